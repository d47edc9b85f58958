// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_NUMBER_COLUMNS_HPP
#define SEGMENTA_STATS_NUMBER_COLUMNS_HPP

/// \file
/// Observations as columns of numbers, the shape in which fits and measures take them: column j holds the j-th feature
/// of all customers. Views only; nothing is copied.

#include <segmenta/error.hpp>

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One span per feature, all of one length.
using number_columns = std::span<std::span<double const> const>;

/// How many observations there are: the length of the first column; 0 without columns.
[[nodiscard]] inline std::size_t row_count(number_columns columns) noexcept {
    return columns.empty() ? 0 : columns[0].size();
}

/// Views of whole columns, for vectors a caller holds.
[[nodiscard]] std::vector<std::span<double const>> as_columns(std::span<std::vector<double> const> columns);

/// Adds an issue for each column that cannot be fitted: `data.ragged` where lengths differ, `data.not_finite` for the
/// first NaN or infinity of a column, at `place[column]`, and `data.empty` where there are no columns or no rows.
void check_columns(number_columns columns, issue_list& issues, std::string_view place);

} // namespace v0
} // namespace segmenta

#endif
