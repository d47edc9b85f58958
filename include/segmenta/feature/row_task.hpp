// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_ROW_TASK_HPP
#define SEGMENTA_FEATURE_ROW_TASK_HPP

/// \file
/// Aggregates that no `history_summary` can tell, because they look at the rows themselves: medians, first and last
/// values, decayed sums, active periods, sequences. What of a feature's keys they need, read and checked.

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/feature/row_window.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/time/period.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What an aggregate needs beside the rows that count.
struct row_task {
    static constexpr std::size_t most_steps = 8;
    static constexpr std::int64_t most_periods = 1'000;

    aggregate what{};
    std::uint32_t group = 0;          ///< index of the `summary_group` whose rows it looks at
    std::optional<std::size_t> field; ///< index of the history's field
    type field_type{};
    std::optional<period> half_life; ///< decayed aggregates: days, or exact
    std::optional<period> every;     ///< active_periods
    std::int64_t periods = 0;        ///< active_periods
    std::vector<std::string> steps;  ///< sequence: conditions over the history's fields
    std::optional<period> within;    ///< sequence; none: no limit

    friend bool operator==(row_task const&, row_task const&) = default;
};

/// Reads the keys of a request that only some aggregates have; `group`, `field` and `field_type` are left alone. Works
/// for all aggregates: those that need no rows may have none of the keys.
///
/// Issues: `feature.missing_key` and `feature.unused_key`; `time.period*`; `feature.half_life` (of months, whose length
/// differs); `feature.periods` (not 1 to 1,000, or longer than 10,000 years together); `feature.steps` (not 1 to 8, or
/// an empty one). What is wrong is left out of the result.
[[nodiscard]] row_task read_task(feature_request const& from, key_places const& place_of, issue_list& issues);

/// `n` times as long as `length`: `P1M` to `P3M`. `n` is at least 1 and the product a possible period.
[[nodiscard]] period times(period const& length, std::int64_t n);

} // namespace v0
} // namespace segmenta

#endif
