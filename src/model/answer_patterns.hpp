// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_ANSWER_PATTERNS_HPP
#define SEGMENTA_MODEL_ANSWER_PATTERNS_HPP

#include "model/cluster_data.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/category_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Customers with the same answers count once, with a weight: the sufficient statistics of a latent class model.
// Ascending by the answers to the first item, then the second, ...; missing_category is above all.
class answer_patterns {
public:
    // The same for any number of threads. `ranges` are those of the items, `usable`.
    answer_patterns(category_columns items, std::span<category_range const> ranges, thread_team& team);

    [[nodiscard]] std::size_t size() const noexcept { return weights_.size(); }
    [[nodiscard]] std::size_t items() const noexcept { return levels_.size(); }
    [[nodiscard]] std::span<std::uint32_t const> answers(std::size_t pattern) const noexcept {
        return std::span(answers_).subspan(pattern * items(), items());
    }
    // How many customers gave these answers.
    [[nodiscard]] double weight(std::size_t pattern) const noexcept { return weights_[pattern]; }
    // Of each item: the highest code and 1, at least 1.
    [[nodiscard]] std::vector<std::size_t> const& levels() const noexcept { return levels_; }

private:
    std::vector<std::uint32_t> answers_;
    std::vector<double> weights_;
    std::vector<std::size_t> levels_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
