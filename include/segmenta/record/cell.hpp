// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_CELL_HPP
#define SEGMENTA_RECORD_CELL_HPP

/// \file
/// One value in and out of a column, and conversions between types that lose nothing.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/record/value.hpp>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace segmenta {
inline namespace v0 {

/// The value of a row; missing when its validity bit is not set or `row` is past the end. Text and sets are views into
/// the column and its pool.
[[nodiscard]] value cell(column_view const& from, std::size_t row) noexcept;

/// `v` as `to` when nothing is lost: the same type; int64 to decimal, money or (up to 2^53) float64; a decimal to
/// another scale that holds its digits; a plain decimal to money of any currency, money only to money of the same
/// currency; string and category serve each other. Missing stays missing. Nothing otherwise.
[[nodiscard]] std::optional<value> convert(value const& v, type to) noexcept;

/// Appends `v` to a column, converted as by `convert`. Texts and sets are interned into `pool`, which must be the
/// column's pool for categories and must outlive it for strings. False, and the column is unchanged, when the value
/// does not convert.
[[nodiscard]] bool append(column& to, value const& v, string_pool& pool);

/// A total order of the values of one type: missing first, then by number, time or bytes of text; sets by their sorted,
/// distinct members. -0.0 equals 0.0. Values of two types compare by kind, so the order is total for any values.
[[nodiscard]] std::strong_ordering compare(value const& a, value const& b);

/// For messages and tests: `missing`, `true`, `42`, `1.5`, `12.50 GBP`, `2024-06-30`, `2024-06-30T12:00:00Z`, `PT36H`
/// (as seconds: `PT129600S`), `"text"`, `{"a", "b"}`.
[[nodiscard]] std::string to_string(value const& v);

} // namespace v0
} // namespace segmenta

#endif
