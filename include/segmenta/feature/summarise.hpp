// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_SUMMARISE_HPP
#define SEGMENTA_FEATURE_SUMMARISE_HPP

/// \file
/// From a prepared history to the summary that features are read from, for the request path.

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/feature/history_summary.hpp>
#include <segmenta/record/history.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The summary of the rows of `rows`, for the needs of `group`. Counts, days, gaps and sums come from running sums in
/// constant time where the history has them; distinct orders and values, extremes and masked rows are counted row by
/// row.
///
/// `order_field`: the field that names a row's order, if any. `mask`: one byte per row of `rows`, 0 for rows that do
/// not count; empty: all count. `ids` is working memory; after it has grown to the longest history nothing is
/// allocated. If memory runs out, the summary is marked `overflow`.
[[nodiscard]] history_summary summarise(history_view const& from, row_range rows, summary_group const& group,
                                        std::optional<std::size_t> order_field, std::span<std::uint8_t const> mask,
                                        std::vector<std::uint64_t>& ids) noexcept;
/// The same, written where it is wanted.
void summarise(history_view const& from, row_range rows, summary_group const& group,
               std::optional<std::size_t> order_field, std::span<std::uint8_t const> mask,
               std::vector<std::uint64_t>& ids, history_summary& out) noexcept;

} // namespace v0
} // namespace segmenta

#endif
