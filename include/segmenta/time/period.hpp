// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_PERIOD_HPP
#define SEGMENTA_TIME_PERIOD_HPP

/// \file
/// ISO 8601 lengths of time (ISO 8601-1:2019 section 5.5.2). `P90D`, `P2W`, `P3M`, `P1Y`, `P1Y6M` are civil: they move
/// the local date and keep the local time of day, whatever clocks do in between. `PT36H`, `PT15M`, `PT0.5S` are exact.
/// A mixture such as `P1DT12H` is refused: where its exact part would start has no single answer across clock changes.
/// Zero and negative lengths are refused: a window must hold something.

#include <segmenta/error.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// A positive length of time, civil (months and days) or exact (microseconds).
///
/// Thread safety: a plain value.
class period {
public:
    /// `days` from 1 to 3,652,500 (10,000 years), here and below for the equivalent.
    static period of_days(std::int32_t days) { return civil(0, days); }
    static period of_weeks(std::int32_t weeks) { return civil(0, weeks * 7); }
    static period of_months(std::int32_t months) { return civil(months, 0); }
    static period of_years(std::int32_t years) { return civil(years * 12, 0); }
    /// Throws `issue_error` (`time.period_range`) unless both parts are >= 0, one is > 0 and neither is past the limit.
    static period civil(std::int32_t months, std::int32_t days);
    /// Throws `issue_error` (`time.period_range`) unless 0 < length <= 10,000 years.
    static period exact(duration length);

    [[nodiscard]] constexpr bool is_exact() const noexcept { return exact_.microseconds() != 0; }
    /// Of a civil period.
    [[nodiscard]] constexpr std::int32_t months() const noexcept { return months_; }
    /// Of a civil period, besides the months.
    [[nodiscard]] constexpr std::int32_t days() const noexcept { return days_; }
    /// Of an exact period.
    [[nodiscard]] constexpr duration length() const noexcept { return exact_; }
    /// A civil period of days alone, so that it has the same length everywhere on the calendar.
    [[nodiscard]] constexpr bool is_days() const noexcept { return months_ == 0 && !is_exact(); }

    friend constexpr bool operator==(period const&, period const&) = default;

private:
    constexpr period(std::int32_t months, std::int32_t days, duration exact) noexcept
        : months_(months), days_(days), exact_(exact) {}

    std::int32_t months_ = 0;
    std::int32_t days_ = 0;
    duration exact_;
};

/// Reads `P90D`, `P2W`, `P3M`, `P1Y2M10D`, `PT36H`, `PT1H30M`, `PT0.5S` (fractions of seconds only, at most 6 digits).
/// Throws `issue_error` with code `time.period`, `time.period_mixed`, `time.period_range` and `place` as its place.
period parse_period(std::string_view text, std::string_view place = {});

/// As `parse_period`; adds to `issues` instead of throwing.
std::optional<period> parse_period(std::string_view text, std::string_view place, issue_list& issues);

/// Canonical text: `P1Y2M10D`, `P90D`, `PT36H`, `PT0.5S`; weeks are written as days. Equal periods have equal text.
std::string to_string(period const& length);

/// `date` moved by a civil period: the months first, then the days. For an exact period, whole days of 24 hours,
/// rounded away from `date`.
civil_date add(period const& length, civil_date date, leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept;
civil_date subtract(period const& length, civil_date date,
                    leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept;

/// `when` moved by the period: exact ones on the time line, civil ones on the zone's calendar keeping the time of day
/// (first pass of an ambiguous local time, end of the gap for one that does not exist).
/// Saturates; `never()` and `earliest()` stay.
instant add(period const& length, instant when, zone const& where,
            leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept;
/// The open start of the window `(subtract(length, as_of, zone), as_of]`.
instant subtract(period const& length, instant when, zone const& where,
                 leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept;

/// The first `as_of >= event` whose window `(subtract(length, as_of, where), as_of]` no longer holds `event`: when a
/// count over the window changes with no new event. `never()` when it never does.
///
/// `add` is not this: 29 February + 1 year is 28 February, on which the window P1Y does still hold it, or not, by
/// policy and time of day; across clock changes the two differ by the change.
instant expiry(period const& length, instant event, zone const& where,
               leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept;

} // namespace v0
} // namespace segmenta

#endif
