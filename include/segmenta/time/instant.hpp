// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_INSTANT_HPP
#define SEGMENTA_TIME_INSTANT_HPP

/// \file
/// Points on the UTC time line (`instant`), spans of it (`duration`) and days of the proleptic Gregorian calendar
/// (`civil_date`), all as plain integers. A civil date has no zone: `time/zone.hpp` says which instants belong to it.
///
/// Day numbers: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms",
/// https://howardhinnant.github.io/date_algorithms.html (days_from_civil, civil_from_days, weekday_from_days).
/// ISO week: ISO 8601:2004 section 2.2.10, weeks start on Monday, week 1 holds the year's first Thursday.
///
/// Thread safety: plain values; everything here is `constexpr` and `noexcept`.

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

namespace segmenta {
inline namespace v0 {

namespace detail {

/// a + b when it fits in 64 bits.
constexpr std::optional<std::int64_t> add_if_fits(std::int64_t a, std::int64_t b) noexcept {
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    constexpr auto high = std::numeric_limits<std::int64_t>::max();
    if (b > 0 ? a > high - b : a < low - b) return std::nullopt;
    return a + b;
}

/// Quotient rounded towards minus infinity; `divisor` > 0. Truncation would put 1969-12-31 on the day of the epoch.
constexpr std::int64_t floor_divide(std::int64_t dividend, std::int64_t divisor) noexcept {
    return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

} // namespace detail

inline constexpr std::int64_t microseconds_per_second = 1'000'000;
inline constexpr std::int64_t seconds_per_day = 86'400;
/// Of a day without a clock change.
inline constexpr std::int64_t microseconds_per_day = seconds_per_day * microseconds_per_second;

/// An exact length of time in microseconds; may be negative. Calendar lengths (days, months) are `period`s.
class duration {
public:
    constexpr duration() = default;
    constexpr explicit duration(std::int64_t microseconds) noexcept : microseconds_(microseconds) {}
    /// `n` must satisfy |n| <= 9.2e12 (292,000 years).
    static constexpr duration seconds(std::int64_t n) noexcept { return duration{n * microseconds_per_second}; }
    static constexpr duration minutes(std::int64_t n) noexcept { return seconds(n * 60); }
    static constexpr duration hours(std::int64_t n) noexcept { return seconds(n * 3600); }

    [[nodiscard]] constexpr std::int64_t microseconds() const noexcept { return microseconds_; }

    friend constexpr auto operator<=>(duration const&, duration const&) = default;

private:
    std::int64_t microseconds_ = 0;
};

/// A point in time: microseconds since 1970-01-01T00:00:00Z, without leap seconds (as POSIX). Covers the years
/// -290308 to 294247.
class instant {
public:
    /// 1970-01-01T00:00:00Z.
    constexpr instant() = default;
    constexpr explicit instant(std::int64_t microseconds) noexcept : microseconds_(microseconds) {}

    /// Later than every real instant: "never happens", the `valid_until` of what does not expire.
    static constexpr instant never() noexcept { return instant{std::numeric_limits<std::int64_t>::max()}; }
    /// Earlier than every real instant: the open start of history.
    static constexpr instant earliest() noexcept { return instant{std::numeric_limits<std::int64_t>::min()}; }

    [[nodiscard]] constexpr std::int64_t microseconds() const noexcept { return microseconds_; }
    [[nodiscard]] constexpr bool is_never() const noexcept { return *this == never(); }
    [[nodiscard]] constexpr bool is_earliest() const noexcept { return *this == earliest(); }

    friend constexpr auto operator<=>(instant const&, instant const&) = default;

private:
    std::int64_t microseconds_ = 0;
};

/// `when + length`, or nothing when it overflows or `when` is `never()` or `earliest()`.
constexpr std::optional<instant> checked_add(instant when, duration length) noexcept {
    if (when.is_never() || when.is_earliest()) return std::nullopt;
    auto const sum = detail::add_if_fits(when.microseconds(), length.microseconds());
    if (!sum) return std::nullopt;
    return instant{*sum};
}

/// Saturating: past the ends of the time line the answer is `never()` or `earliest()`, which stay what they are.
constexpr instant operator+(instant when, duration length) noexcept {
    if (when.is_never() || when.is_earliest()) return when;
    auto const sum = detail::add_if_fits(when.microseconds(), length.microseconds());
    if (sum) return instant{*sum};
    return length.microseconds() > 0 ? instant::never() : instant::earliest();
}

/// Saturating, see `operator+`.
constexpr instant operator-(instant when, duration length) noexcept {
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    // -low does not exist; two halves do
    if (length.microseconds() == low) return when + duration{std::numeric_limits<std::int64_t>::max()} + duration{1};
    return when + duration{-length.microseconds()};
}

/// The length from `from` to `to`; saturates at the ends of the 64-bit range, so that `never() - x` is the longest
/// length.
constexpr duration operator-(instant to, instant from) noexcept {
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    constexpr auto high = std::numeric_limits<std::int64_t>::max();
    std::int64_t const a = to.microseconds();
    std::int64_t const b = from.microseconds();
    if (b < 0 ? a > high + b : a < low + b) return duration{b < 0 ? high : low};
    return duration{a - b};
}

/// Monday is 1 and Sunday is 7, as in ISO 8601.
enum class weekday : std::uint8_t { monday = 1, tuesday, wednesday, thursday, friday, saturday, sunday };

/// A date as people write it.
struct year_month_day {
    std::int32_t year = 1970; ///< astronomical: year 0 is 1 BC
    std::uint8_t month = 1;   ///< 1 to 12
    std::uint8_t day = 1;     ///< 1 to 31

    friend constexpr auto operator<=>(year_month_day const&, year_month_day const&) = default;
};

/// An ISO 8601 week date: 2024-12-30 is the Monday of week 1 of 2025.
struct iso_week_date {
    std::int32_t year = 1970; ///< the year the week belongs to
    std::uint8_t week = 1;    ///< 1 to 53
    weekday day = weekday::thursday;

    friend constexpr bool operator==(iso_week_date const&, iso_week_date const&) = default;
};

constexpr bool is_leap_year(std::int32_t year) noexcept {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/// 28 to 31; `month` must be 1 to 12.
constexpr std::uint8_t last_day_of_month(std::int32_t year, std::uint8_t month) noexcept {
    if (month == 2) return is_leap_year(year) ? 29 : 28;
    return static_cast<std::uint8_t>(30 + ((month + (month >> 3)) & 1));
}

/// Whether the date exists.
constexpr bool is_valid(year_month_day date) noexcept {
    return date.month >= 1 && date.month <= 12 && date.day >= 1 && date.day <= last_day_of_month(date.year, date.month);
}

/// What a month step does with a day the target month does not have (29 February in a common year, 31 June).
enum class leap_day_policy : std::uint8_t {
    clamp_to_28, ///< the target month's last day: 2024-02-29 + 1 year = 2025-02-28, 2024-05-31 + 1 month = 2024-06-30
    march_1,     ///< the first day of the following month: 2024-02-29 + 1 year = 2025-03-01
};

/// A day of the calendar: days since 1970-01-01. Years -5,000,000 to 5,000,000 are safe in all functions here.
class civil_date {
public:
    /// 1970-01-01.
    constexpr civil_date() = default;
    constexpr explicit civil_date(std::int32_t days_since_epoch) noexcept : days_(days_since_epoch) {}
    /// `date` must satisfy `is_valid`; use `checked_date` for data.
    constexpr explicit civil_date(year_month_day date) noexcept
        : days_(days_from_civil(date.year, date.month, date.day)) {}
    /// `civil_date::of(2024, 2, 29)`; the date must exist.
    static constexpr civil_date of(std::int32_t year, std::uint8_t month, std::uint8_t day) noexcept {
        return civil_date{days_from_civil(year, month, day)};
    }

    [[nodiscard]] constexpr std::int32_t days_since_epoch() const noexcept { return days_; }

    /// Hinnant, civil_from_days.
    [[nodiscard]] constexpr year_month_day to_year_month_day() const noexcept {
        std::int64_t const shifted = std::int64_t{days_} + 719'468; // days since 0000-03-01
        auto const era = static_cast<std::int32_t>(detail::floor_divide(shifted, 146'097));
        auto const day_of_era = static_cast<std::uint32_t>(shifted - std::int64_t{era} * 146'097);
        std::uint32_t const year_of_era =
            (day_of_era - day_of_era / 1'460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
        std::uint32_t const day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        std::uint32_t const month_from_march = (5 * day_of_year + 2) / 153;
        std::uint32_t const day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        std::uint32_t const month = month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
        std::int32_t const year = static_cast<std::int32_t>(year_of_era) + era * 400 + (month <= 2 ? 1 : 0);
        return {year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)};
    }
    [[nodiscard]] constexpr std::int32_t year() const noexcept { return to_year_month_day().year; }
    [[nodiscard]] constexpr std::uint8_t month() const noexcept { return to_year_month_day().month; }
    [[nodiscard]] constexpr std::uint8_t day() const noexcept { return to_year_month_day().day; }

    [[nodiscard]] constexpr weekday day_of_week() const noexcept {
        std::int64_t const since_monday = std::int64_t{days_} + 3; // 1970-01-01 was a Thursday
        return static_cast<weekday>(since_monday - detail::floor_divide(since_monday, 7) * 7 + 1);
    }

    /// 1 to 366.
    [[nodiscard]] constexpr std::uint16_t day_of_year() const noexcept {
        return static_cast<std::uint16_t>(days_ - days_from_civil(year(), 1, 1) + 1);
    }

    [[nodiscard]] constexpr iso_week_date iso_week() const noexcept {
        weekday const name = day_of_week();
        // the week belongs to the year of its Thursday
        civil_date const thursday{days_ + 4 - static_cast<std::int32_t>(name)};
        auto const week = static_cast<std::uint8_t>((thursday.day_of_year() - 1) / 7 + 1);
        return {thursday.year(), week, name};
    }

    friend constexpr auto operator<=>(civil_date const&, civil_date const&) = default;

private:
    /// Hinnant, days_from_civil.
    static constexpr std::int32_t days_from_civil(std::int32_t year, std::uint32_t month, std::uint32_t day) noexcept {
        std::int32_t const y = year - (month <= 2 ? 1 : 0); // years begin in March, so that the leap day is the last
        std::int32_t const era = (y >= 0 ? y : y - 399) / 400;
        auto const year_of_era = static_cast<std::uint32_t>(y - era * 400);
        std::uint32_t const day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
        std::uint32_t const day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        return era * 146'097 + static_cast<std::int32_t>(day_of_era) - 719'468;
    }

    std::int32_t days_ = 0;
};

/// The date, or nothing when it does not exist (2023-02-29, month 13).
constexpr std::optional<civil_date> checked_date(year_month_day date) noexcept {
    if (!is_valid(date)) return std::nullopt;
    return civil_date{date};
}

/// Day steps; the result must stay inside the 32-bit range.
constexpr civil_date operator+(civil_date date, std::int32_t days) noexcept {
    return civil_date{date.days_since_epoch() + days};
}
constexpr civil_date operator-(civil_date date, std::int32_t days) noexcept {
    return civil_date{date.days_since_epoch() - days};
}
/// Days from `from` to `to`; negative when `to` is earlier.
constexpr std::int32_t operator-(civil_date to, civil_date from) noexcept {
    return to.days_since_epoch() - from.days_since_epoch();
}

/// `date` moved by `months` (negative: back), keeping the day of the month where the target month has it.
constexpr civil_date add_months(civil_date date, std::int32_t months,
                                leap_day_policy policy = leap_day_policy::clamp_to_28) noexcept {
    year_month_day const from = date.to_year_month_day();
    std::int64_t const index = std::int64_t{from.year} * 12 + (from.month - 1) + months;
    auto const year = static_cast<std::int32_t>(detail::floor_divide(index, 12));
    auto const month = static_cast<std::uint8_t>(index - std::int64_t{year} * 12 + 1);
    std::uint8_t const last = last_day_of_month(year, month);
    if (from.day <= last) return civil_date::of(year, month, from.day);
    civil_date const clamped = civil_date::of(year, month, last);
    return policy == leap_day_policy::clamp_to_28 ? clamped : clamped + 1;
}

/// A local reading of calendar and clock, without a zone.
struct civil_time {
    civil_date date;
    std::int64_t time_of_day = 0; ///< microseconds since local midnight, 0 to 86,399,999,999

    friend constexpr auto operator<=>(civil_time const&, civil_time const&) = default;
};

/// Half-open range of days `[begin, end)`.
struct date_range {
    civil_date begin;
    civil_date end;

    [[nodiscard]] constexpr bool contains(civil_date date) const noexcept { return begin <= date && date < end; }
    /// Number of days, 0 when empty.
    [[nodiscard]] constexpr std::int32_t size() const noexcept { return end > begin ? end - begin : 0; }
    friend constexpr bool operator==(date_range const&, date_range const&) = default;
};

} // namespace v0
} // namespace segmenta

#endif
