// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_CALENDAR_HPP
#define SEGMENTA_TIME_CALENDAR_HPP

/// \file
/// Weeks, months, quarters and years around a date, and which days are worked. Holidays and make-up working days are
/// data of the host: no country's calendar is built in.

#include <segmenta/time/instant.hpp>

#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a calendar is made of. Lists may be unsorted and hold repeats.
struct calendar_options {
    weekday week_start = weekday::monday; ///< first day of a week; ISO 8601 says Monday
    std::uint8_t year_start_month = 1;    ///< first month of the fiscal year, 1 to 12; 1: the civil year
    std::vector<weekday> weekend = {weekday::saturday, weekday::sunday}; ///< days not worked
    std::vector<civil_date> holidays = {};                               ///< not worked besides
    std::vector<civil_date> make_up_days = {}; ///< worked although on a weekend (as after long holidays in China)
};

/// Weeks, periods of the year, holidays and working days. All ranges are half-open.
///
/// Thread safety: immutable after construction; concurrent use is safe.
class calendar {
public:
    /// Monday weeks, civil years, Saturday and Sunday off, no holidays.
    calendar();
    /// Throws `issue_error` (`time.calendar`) when `year_start_month` or a weekday is out of range, or a date is both a
    /// holiday and a make-up day.
    explicit calendar(calendar_options const& options);

    [[nodiscard]] weekday week_start() const noexcept { return week_start_; }

    /// The seven days of the week of `date`.
    [[nodiscard]] date_range week_of(civil_date date) const noexcept;
    /// The civil month of `date`.
    [[nodiscard]] date_range month_of(civil_date date) const noexcept;
    /// The three months of the quarter of `date`, counted from the start of the fiscal year.
    [[nodiscard]] date_range quarter_of(civil_date date) const noexcept;
    /// The fiscal year of `date`.
    [[nodiscard]] date_range year_of(civil_date date) const noexcept;

    [[nodiscard]] date_range last_week(civil_date today) const noexcept { return week_of(week_of(today).begin - 1); }
    [[nodiscard]] date_range last_month(civil_date today) const noexcept { return month_of(month_of(today).begin - 1); }
    [[nodiscard]] date_range last_quarter(civil_date today) const noexcept {
        return quarter_of(quarter_of(today).begin - 1);
    }
    [[nodiscard]] date_range last_year(civil_date today) const noexcept { return year_of(year_of(today).begin - 1); }

    [[nodiscard]] bool is_holiday(civil_date date) const noexcept;
    /// A make-up day, or neither a weekend day nor a holiday.
    [[nodiscard]] bool is_working_day(civil_date date) const noexcept;
    /// Working days in the range. O(log holidays) for the range plus the holidays in it.
    [[nodiscard]] std::int32_t working_days(date_range range) const noexcept;

private:
    [[nodiscard]] bool is_weekend(civil_date date) const noexcept {
        return ((weekend_ >> static_cast<unsigned>(date.day_of_week())) & 1U) != 0;
    }
    [[nodiscard]] date_range months_of(civil_date date, std::int32_t months) const noexcept;

    std::vector<civil_date> holidays_;     // sorted, distinct
    std::vector<civil_date> make_up_days_; // sorted, distinct
    weekday week_start_ = weekday::monday;
    std::uint8_t year_start_month_ = 1;
    std::uint8_t weekend_ = 0; // bit d: weekday d is off
};

} // namespace v0
} // namespace segmenta

#endif
