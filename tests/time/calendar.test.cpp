// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/calendar.hpp>

#include "support/catch.hpp"

using namespace segmenta;

namespace {

constexpr civil_date day(int y, int m, int d) {
    return civil_date::of(y, static_cast<std::uint8_t>(m), static_cast<std::uint8_t>(d));
}

constexpr date_range range(civil_date a, civil_date b) { return {a, b}; }

// The State Council's plan for the National Day holiday of 2024.
calendar_options china_2024() {
    calendar_options options;
    for (int d = 1; d <= 7; ++d)
        options.holidays.push_back(day(2024, 10, d));
    options.make_up_days = {day(2024, 10, 12), day(2024, 9, 29), day(2024, 9, 29)};
    return options;
}

} // namespace

TEST_CASE("weeks start where the calendar says", "[calendar]") {
    calendar const iso;
    CHECK(iso.week_of(day(2024, 6, 30)) == range(day(2024, 6, 24), day(2024, 7, 1))); // a Sunday
    CHECK(iso.week_of(day(2024, 7, 1)) == range(day(2024, 7, 1), day(2024, 7, 8)));
    CHECK(iso.last_week(day(2024, 7, 1)) == range(day(2024, 6, 24), day(2024, 7, 1)));
    calendar_options options;
    options.week_start = weekday::sunday;
    calendar const american(options);
    CHECK(american.week_of(day(2024, 6, 30)) == range(day(2024, 6, 30), day(2024, 7, 7)));
    CHECK(american.week_of(day(2024, 6, 29)) == range(day(2024, 6, 23), day(2024, 6, 30)));
    for (int start = 1; start <= 7; ++start) {
        options.week_start = static_cast<weekday>(start);
        calendar const any(options);
        for (civil_date d = day(2023, 12, 1); d < day(2024, 3, 10); d = d + 1) {
            date_range const week = any.week_of(d);
            REQUIRE(week.contains(d));
            REQUIRE(week.size() == 7);
            REQUIRE(week.begin.day_of_week() == options.week_start);
        }
    }
}

TEST_CASE("months, quarters and fiscal years", "[calendar]") {
    calendar const civil;
    CHECK(civil.month_of(day(2024, 2, 29)) == range(day(2024, 2, 1), day(2024, 3, 1)));
    CHECK(civil.last_month(day(2024, 3, 31)) == range(day(2024, 2, 1), day(2024, 3, 1)));
    CHECK(civil.last_month(day(2024, 1, 1)) == range(day(2023, 12, 1), day(2024, 1, 1)));
    CHECK(civil.quarter_of(day(2024, 6, 30)) == range(day(2024, 4, 1), day(2024, 7, 1)));
    CHECK(civil.last_quarter(day(2024, 2, 1)) == range(day(2023, 10, 1), day(2024, 1, 1)));
    CHECK(civil.year_of(day(2024, 6, 30)) == range(day(2024, 1, 1), day(2025, 1, 1)));
    CHECK(civil.last_year(day(2024, 6, 30)).size() == 365);

    calendar_options options;
    options.year_start_month = 4; // United Kingdom, India, Japan
    calendar const fiscal(options);
    CHECK(fiscal.year_of(day(2024, 3, 31)) == range(day(2023, 4, 1), day(2024, 4, 1)));
    CHECK(fiscal.year_of(day(2024, 4, 1)) == range(day(2024, 4, 1), day(2025, 4, 1)));
    options.year_start_month = 2;
    calendar const february(options);
    CHECK(february.quarter_of(day(2024, 1, 15)) == range(day(2023, 11, 1), day(2024, 2, 1)));
    CHECK(february.quarter_of(day(2024, 4, 30)) == range(day(2024, 2, 1), day(2024, 5, 1)));
}

TEST_CASE("holidays and make-up days are the host's data", "[calendar]") {
    calendar const china(china_2024());
    CHECK(china.is_holiday(day(2024, 10, 1)));
    CHECK_FALSE(china.is_working_day(day(2024, 10, 1)));
    CHECK_FALSE(china.is_holiday(day(2024, 10, 12)));
    CHECK(china.is_working_day(day(2024, 10, 12))); // a Saturday
    CHECK_FALSE(china.is_working_day(day(2024, 10, 13)));
    CHECK(china.working_days(range(day(2024, 10, 1), day(2024, 11, 1))) == 19);

    random_generator random(1);
    for (int i = 0; i < 2000; ++i) {
        civil_date const begin = day(2024, 9, 1) + static_cast<std::int32_t>(random_below(random, 60));
        date_range const some{begin, begin + static_cast<std::int32_t>(random_below(random, 60)) - 3};
        std::int32_t count = 0;
        for (civil_date d = some.begin; d < some.end; d = d + 1)
            count += china.is_working_day(d) ? 1 : 0;
        REQUIRE(china.working_days(some) == count);
    }
}

TEST_CASE("a calendar that contradicts itself is refused with every mistake", "[calendar]") {
    calendar_options options = china_2024();
    options.make_up_days.push_back(day(2024, 10, 3));
    options.year_start_month = 13;
    options.weekend.push_back(static_cast<weekday>(9));
    options.week_start = static_cast<weekday>(0);
    try {
        calendar const refused(options);
        FAIL("accepted");
    } catch (issue_error const& error) {
        CHECK(error.issues().size() == 4);
        CHECK(error.issues().contains("time.calendar"));
        CHECK_THAT(error.what(), Catch::Matchers::ContainsSubstring("2024-10-03"));
    }
}
