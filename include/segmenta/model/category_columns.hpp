// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CATEGORY_COLUMNS_HPP
#define SEGMENTA_MODEL_CATEGORY_COLUMNS_HPP

/// \file
/// Categories as columns of small numbers, the shape in which clusterings take what is no number: column j holds the
/// code of the j-th attribute of all customers. Views only. `one_hot.hpp` makes codes of texts.

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One span per attribute, all of one length; codes from 0.
using category_columns = std::span<std::span<std::uint32_t const> const>;

/// The code of a customer of whom the category is not known.
inline constexpr std::uint32_t missing_category = 0xFFFF'FFFFU;

/// How many customers there are: the length of the first column; 0 without columns.
[[nodiscard]] inline std::size_t row_count(category_columns columns) noexcept {
    return columns.empty() ? 0 : columns[0].size();
}

/// Views of whole columns, for vectors a caller holds.
[[nodiscard]] std::vector<std::span<std::uint32_t const>>
as_categories(std::span<std::vector<std::uint32_t> const> columns);

/// Adds `data.empty`, `data.ragged`, `data.missing` (a missing category, which a fit cannot use) and
/// `data.too_many_categories` (a code of 65536 or more: these are no categories) with the first row, at
/// `place[column]`.
void check_categories(category_columns columns, issue_list& issues, std::string_view place);

} // namespace v0
} // namespace segmenta

#endif
