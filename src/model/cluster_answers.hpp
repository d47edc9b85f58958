// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_ANSWERS_HPP
#define SEGMENTA_MODEL_CLUSTER_ANSWERS_HPP

// How a clustering answers rows: for the strategy of C++ and for mechanisms of plans alike.

#include "model/row_strategy.hpp"

#include <segmenta/model/cluster_model.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Numbers, then texts.
[[nodiscard]] std::vector<input_kind> inputs_of(cluster_model const& model);
[[nodiscard]] std::vector<std::string> segment_ids(cluster_model const& model);

// Answers rows of the number columns of the model, then of its attributes: the cluster is
// segment and reason. With `probability_of` the score is the probability of that cluster instead.
[[nodiscard]] model_answer cluster_answers(std::shared_ptr<cluster_model const> model,
                                           std::optional<std::size_t> probability_of = std::nullopt);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
