// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_ROW_WINDOW_HPP
#define SEGMENTA_FEATURE_ROW_WINDOW_HPP

/// \file
/// Which times of a history's rows count at a moment, and when the passing of time changes that.

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/time/calendar.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/period.hpp>
#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace segmenta {
inline namespace v0 {

/// A closed interval of row times in microseconds UTC; empty when `lowest > highest`.
struct time_bounds {
    std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
    std::int64_t highest = std::numeric_limits<std::int64_t>::max();

    [[nodiscard]] constexpr bool contains(std::int64_t time) const noexcept {
        return time >= lowest && time <= highest;
    }
    friend constexpr bool operator==(time_bounds const&, time_bounds const&) = default;
};

/// The civil day, week, month, quarter or year around a day, or the one before it: `this_month`, `last_month`.
///
/// Thread safety: immutable after construction; concurrent use is safe.
class calendar_limit {
public:
    enum class unit : std::uint8_t { day, week, month, quarter, year };

    calendar_limit(unit length, bool last) : length_(length), last_(last) {}

    /// The days of the period around `today`, whether or not the limit is the one before it. Weeks start on Monday.
    [[nodiscard]] date_range current(civil_date today) const noexcept;
    /// The days that count when it is `today`.
    [[nodiscard]] date_range days_at(civil_date today) const noexcept;

    friend bool operator==(calendar_limit const& a, calendar_limit const& b) noexcept {
        return a.length_ == b.length_ && a.last_ == b.last_;
    }

private:
    unit length_;
    bool last_;
    calendar days_;
};

/// The limit of this name (see `calendar_periods`), or nothing.
[[nodiscard]] std::optional<calendar_limit> find_calendar_limit(std::string_view name);

/// The limits of time of a feature (see `feature_request`), read.
struct row_window {
    using moment = std::variant<civil_date, instant>; ///< a date: the start of that day

    std::optional<period> length; ///< back from `as_of`
    std::optional<period> until;  ///< back from `as_of`
    std::optional<moment> from;   ///< inclusive
    std::optional<moment> to;     ///< exclusive
    std::optional<calendar_limit> days;

    [[nodiscard]] bool whole() const noexcept { return !length && !until && !from && !to && !days; }
    friend bool operator==(row_window const&, row_window const&) = default;
};

/// Where the key of a feature stands, for issues: `window` to `plan.json:12 /columns/recent/window`; an empty key is
/// the feature itself.
using key_places = std::function<std::string(std::string_view key)>;

/// Reads the limits of time of a request. Issues: `time.period*`; `feature.moment` (neither a date nor an instant with
/// an offset); `feature.unknown_calendar`; `feature.empty_window` (`window` is not always longer than `until`, or
/// `from` is not before `to`). What is wrong is left out of the result.
[[nodiscard]] row_window read_window(feature_request const& from, key_places const& place_of, issue_list& issues);

/// The row times that count at `as_of`: those within every limit. Rows with an instant count in
/// `(as_of - length, as_of - until]`. Rows that only have a date count as whole days: the day's start must lie in
/// `[as_of - length, as_of - until)`, so that at the start of a day `P7D` holds the seven days before it, and a row
/// dated on that very day lies in the future.
[[nodiscard]] time_bounds bounds_at(row_window const& window, instant as_of, zone const& where,
                                    bool dates_only) noexcept;

/// The rows of a history around those that count, by their times.
struct window_edge {
    std::optional<std::int64_t> oldest; ///< of the rows that count
    std::optional<std::int64_t> next;   ///< of the first row after `time_bounds::highest`
};

/// A moment after `as_of` before which the same rows count: when the oldest row leaves, the next one comes in, or the
/// calendar turns, whichever is first. `never()` when nothing of that will happen. Never late; early only where another
/// limit keeps out a row that comes in by one.
[[nodiscard]] instant next_change(row_window const& window, window_edge const& edge, instant as_of, zone const& where,
                                  bool dates_only) noexcept;

} // namespace v0
} // namespace segmenta

#endif
