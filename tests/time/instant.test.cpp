// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/time/instant.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace segmenta;

namespace {

constexpr auto low = std::numeric_limits<std::int64_t>::min();
constexpr auto high = std::numeric_limits<std::int64_t>::max();

// Counting days one by one, the definition of the calendar.
year_month_day next(year_month_day d) {
    static constexpr int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool const leap = (d.year % 4 == 0 && d.year % 100 != 0) || d.year % 400 == 0;
    int const last = d.month == 2 && leap ? 29 : lengths[d.month - 1];
    if (d.day < last) return {d.year, d.month, static_cast<std::uint8_t>(d.day + 1)};
    if (d.month < 12) return {d.year, static_cast<std::uint8_t>(d.month + 1), 1};
    return {d.year + 1, 1, 1};
}

} // namespace

TEST_CASE("dates agree with counting day by day over two cycles of 400 years", "[instant]") {
    civil_date date = civil_date::of(-10, 1, 1);
    year_month_day expected{-10, 1, 1};
    weekday name = date.day_of_week();
    std::uint16_t day_of_year = 1;
    for (int i = 0; i < 2 * 146'097 + 4000; ++i) {
        REQUIRE(date.to_year_month_day() == expected);
        REQUIRE(civil_date{expected} == date);
        REQUIRE(date.day_of_week() == name);
        REQUIRE(date.day_of_year() == day_of_year);
        REQUIRE(is_valid(expected));
        bool const last = next(expected).day == 1;
        REQUIRE((last_day_of_month(expected.year, expected.month) == expected.day) == last);

        year_month_day const following = next(expected);
        day_of_year = following.year != expected.year ? std::uint16_t{1} : static_cast<std::uint16_t>(day_of_year + 1);
        name = name == weekday::sunday ? weekday::monday : static_cast<weekday>(static_cast<int>(name) + 1);
        expected = following;
        date = date + 1;
    }
    CHECK(civil_date{}.to_year_month_day() == year_month_day{1970, 1, 1});
    CHECK(civil_date{}.day_of_week() == weekday::thursday);
    CHECK(civil_date::of(2000, 3, 1).days_since_epoch() == 11'017); // Hinnant
    CHECK(civil_date::of(-5'000'000, 1, 1).year() == -5'000'000);
    CHECK(civil_date::of(5'000'000, 12, 31).to_year_month_day() == year_month_day{5'000'000, 12, 31});
}

TEST_CASE("impossible dates are nothing", "[instant]") {
    CHECK(checked_date({2024, 2, 29}));
    CHECK_FALSE(checked_date({2023, 2, 29}));
    CHECK_FALSE(checked_date({1900, 2, 29}));
    CHECK(checked_date({2000, 2, 29}));
    CHECK_FALSE(checked_date({2024, 0, 1}));
    CHECK_FALSE(checked_date({2024, 13, 1}));
    CHECK_FALSE(checked_date({2024, 4, 31}));
    CHECK_FALSE(checked_date({2024, 4, 0}));
}

TEST_CASE("ISO weeks", "[instant]") {
    auto const week = [](int y, int m, int d) {
        return civil_date::of(y, static_cast<std::uint8_t>(m), static_cast<std::uint8_t>(d)).iso_week();
    };
    // examples of Wikipedia, "ISO week date"
    CHECK(week(1977, 1, 1) == iso_week_date{1976, 53, weekday::saturday});
    CHECK(week(1977, 12, 31) == iso_week_date{1977, 52, weekday::saturday});
    CHECK(week(1978, 1, 2) == iso_week_date{1978, 1, weekday::monday});
    CHECK(week(1980, 12, 29) == iso_week_date{1981, 1, weekday::monday});
    CHECK(week(1981, 12, 31) == iso_week_date{1981, 53, weekday::thursday});
    CHECK(week(2024, 12, 30) == iso_week_date{2025, 1, weekday::monday});
    CHECK(week(2010, 1, 3) == iso_week_date{2009, 53, weekday::sunday});
}

TEST_CASE("month steps and the policy for 29 February", "[instant]") {
    auto const clamp = leap_day_policy::clamp_to_28;
    auto const march = leap_day_policy::march_1;
    civil_date const leap = civil_date::of(2024, 2, 29);
    CHECK(add_months(leap, 12) == civil_date::of(2025, 2, 28));
    CHECK(add_months(leap, 12, clamp) == civil_date::of(2025, 2, 28));
    CHECK(add_months(leap, 12, march) == civil_date::of(2025, 3, 1));
    CHECK(add_months(leap, 48, march) == civil_date::of(2028, 2, 29));
    CHECK(add_months(leap, -12, clamp) == civil_date::of(2023, 2, 28));
    CHECK(add_months(leap, -12, march) == civil_date::of(2023, 3, 1));
    CHECK(add_months(civil_date::of(2024, 5, 31), 1) == civil_date::of(2024, 6, 30));
    CHECK(add_months(civil_date::of(2024, 5, 31), 1, march) == civil_date::of(2024, 7, 1));
    CHECK(add_months(civil_date::of(2024, 12, 31), -10) == civil_date::of(2024, 2, 29));
    CHECK(add_months(civil_date::of(2024, 1, 15), -13) == civil_date::of(2022, 12, 15));
    CHECK(add_months(civil_date::of(1, 1, 1), -1) == civil_date::of(0, 12, 1));

    // never decreases as the date grows, which `expiry` relies on
    for (auto const policy : {clamp, march})
        for (std::int32_t months = -25; months <= 25; ++months)
            for (civil_date d = civil_date::of(2022, 1, 1); d < civil_date::of(2026, 1, 1); d = d + 1)
                REQUIRE(add_months(d, months, policy) <= add_months(d + 1, months, policy));
}

TEST_CASE("instants saturate at the ends and never wrap", "[instant]") {
    CHECK(instant{5} + duration{7} == instant{12});
    CHECK(instant{5} - duration{7} == instant{-2});
    CHECK(instant{high - 1} + duration{10} == instant::never());
    CHECK(instant{low + 1} - duration{10} == instant::earliest());
    CHECK(instant::never() - duration{10} == instant::never());
    CHECK(instant::earliest() + duration::hours(1) == instant::earliest());
    CHECK(instant{0} - duration{low} == instant::never());
    CHECK(instant{-1} - duration{low} == instant::never()); // 2^63 - 1 is never
    CHECK(instant{-5} - duration{low} == instant{high - 4});
    CHECK(instant{12} - instant{5} == duration{7});
    CHECK(instant{high} - instant{-1} == duration{high});
    CHECK(instant{low} - instant{1} == duration{low});
    CHECK(duration::hours(36).microseconds() == 129'600'000'000);

    CHECK(checked_add(instant{5}, duration{7}) == instant{12});
    CHECK_FALSE(checked_add(instant{high - 1}, duration{10}));
    CHECK_FALSE(checked_add(instant::never(), duration{-10}));

    random_generator random(6);
    for (int i = 0; i < 100'000; ++i) {
        auto const a = static_cast<std::int64_t>(random());
        auto const b = static_cast<std::int64_t>(random());
        __extension__ using wide = __int128;
        wide const sum = wide{a} + b;
        auto const clamped = static_cast<std::int64_t>(sum > high ? high : sum < low ? low : sum);
        REQUIRE((instant{a} + duration{b}).microseconds() == clamped);
        wide const difference = wide{a} - b;
        auto const shorter = static_cast<std::int64_t>(difference > high ? high : difference < low ? low : difference);
        REQUIRE((instant{a} - instant{b}).microseconds() == shorter);
        REQUIRE((instant{a} - duration{b}).microseconds() == shorter);
    }
}

TEST_CASE("ranges of days are half-open", "[instant]") {
    date_range const june{civil_date::of(2024, 6, 1), civil_date::of(2024, 7, 1)};
    CHECK(june.size() == 30);
    CHECK(june.contains(civil_date::of(2024, 6, 30)));
    CHECK_FALSE(june.contains(civil_date::of(2024, 7, 1)));
    CHECK(date_range{june.end, june.begin}.size() == 0);
}
