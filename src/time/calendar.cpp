// SPDX-License-Identifier: Apache-2.0
#include <segmenta/error.hpp>
#include <segmenta/time/calendar.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <bit>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

bool is_weekday(weekday day) noexcept { return day >= weekday::monday && day <= weekday::sunday; }

std::vector<civil_date> sorted_set(std::vector<civil_date> dates) {
    std::sort(dates.begin(), dates.end());
    dates.erase(std::unique(dates.begin(), dates.end()), dates.end());
    return dates;
}

bool contains(std::vector<civil_date> const& dates, civil_date date) noexcept {
    return std::binary_search(dates.begin(), dates.end(), date);
}

// Calls visit for each date of the sorted list that lies in the range.
template <class Visit>
void for_each_in(std::vector<civil_date> const& dates, date_range range, Visit visit) {
    for (auto i = std::lower_bound(dates.begin(), dates.end(), range.begin); i != dates.end() && *i < range.end; ++i)
        visit(*i);
}

} // namespace

calendar::calendar() : calendar(calendar_options{}) {}

calendar::calendar(calendar_options const& options)
    : holidays_(sorted_set(options.holidays)), make_up_days_(sorted_set(options.make_up_days)),
      week_start_(options.week_start), year_start_month_(options.year_start_month) {
    issue_list issues;
    if (!is_weekday(week_start_)) issues.error("time.calendar", "calendar/week_start", "there is no such weekday");
    if (year_start_month_ < 1 || year_start_month_ > 12)
        issues.error("time.calendar", "calendar/year_start_month", "there is no such month",
                     std::to_string(year_start_month_), "1 to 12");
    for (weekday const day : options.weekend) {
        if (!is_weekday(day)) {
            issues.error("time.calendar", "calendar/weekend", "there is no such weekday");
            continue;
        }
        weekend_ = static_cast<std::uint8_t>(weekend_ | (1U << static_cast<unsigned>(day)));
    }
    for (civil_date const date : make_up_days_)
        if (contains(holidays_, date))
            issues.error("time.calendar", "calendar/make_up_days", "a date is both a holiday and a make-up working day",
                         to_string(date), {}, "Remove it from one of the two lists");
    issues.throw_if_errors();
}

date_range calendar::week_of(civil_date date) const noexcept {
    std::int32_t const since =
        (static_cast<std::int32_t>(date.day_of_week()) - static_cast<std::int32_t>(week_start_) + 7) % 7;
    return {date - since, date - since + 7};
}

// The run of `months` months around `date`, counted from the start of the fiscal year; `months` divides 12.
date_range calendar::months_of(civil_date date, std::int32_t months) const noexcept {
    auto const [year, month, day] = date.to_year_month_day();
    std::int32_t const since_year_start = (month - year_start_month_ + 12) % 12;
    civil_date const first = add_months(civil_date::of(year, month, 1), -(since_year_start % months));
    return {first, add_months(first, months)};
}

date_range calendar::month_of(civil_date date) const noexcept { return months_of(date, 1); }
date_range calendar::quarter_of(civil_date date) const noexcept { return months_of(date, 3); }
date_range calendar::year_of(civil_date date) const noexcept { return months_of(date, 12); }

bool calendar::is_holiday(civil_date date) const noexcept { return contains(holidays_, date); }

bool calendar::is_working_day(civil_date date) const noexcept {
    if (contains(make_up_days_, date)) return true;
    return !is_weekend(date) && !is_holiday(date);
}

std::int32_t calendar::working_days(date_range range) const noexcept {
    std::int32_t const days = range.size();
    if (days == 0) return 0;
    std::int32_t const week_days = 7 - std::popcount(weekend_);
    std::int32_t count = days / 7 * week_days;
    for (std::int32_t i = 0; i < days % 7; ++i)
        if (!is_weekend(range.begin + i)) ++count;
    for_each_in(holidays_, range, [&](civil_date date) { count -= is_weekend(date) ? 0 : 1; });
    for_each_in(make_up_days_, range, [&](civil_date date) { count += is_weekend(date) ? 1 : 0; });
    return count;
}

} // namespace v0
} // namespace segmenta
