// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISSIMILARITIES_HPP
#define SEGMENTA_MODEL_DISSIMILARITIES_HPP

#include <segmenta/base/parallel.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// As euclidean_dissimilarities, of columns that were checked, into room for them whose diagonal is 0.
void euclidean_into(number_columns columns, std::span<double> out, thread_team& team);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
