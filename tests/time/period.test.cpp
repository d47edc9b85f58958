// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/period.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

instant utc(char const* text) { return parse_instant(text, zone::utc()).value(); }

// Zones with clock changes where the database is there, else fixed ones.
std::vector<zone> some_zones() {
    std::vector<zone> zones = {zone::utc(), zone::fixed(-12'600)};
    for (char const* const name : {"Europe/London", "America/Havana", "Pacific/Apia", "America/St_Johns"}) {
        try {
            zones.push_back(zone::named(name));
        } catch (issue_error const&) {
            WARN("SKIPPED: no time zone database");
        }
    }
    return zones;
}

std::string code_of(std::string_view text) {
    issue_list issues;
    auto const result = parse_period(text, "/rules/vip", issues);
    REQUIRE(result.has_value() == issues.empty());
    if (issues.empty()) return "accepted";
    CHECK(issues[0].place == "/rules/vip");
    return issues[0].code;
}

} // namespace

TEST_CASE("ISO 8601 periods are read", "[period]") {
    CHECK(parse_period("P90D") == period::of_days(90));
    CHECK(parse_period("P2W") == period::of_days(14));
    CHECK(parse_period("P3M") == period::of_months(3));
    CHECK(parse_period("P1Y") == period::of_years(1));
    CHECK(parse_period("P1Y2M10D") == period::civil(14, 10));
    CHECK(parse_period("PT36H") == period::exact(duration::hours(36)));
    CHECK(parse_period("PT1H30M") == period::exact(duration::minutes(90)));
    CHECK(parse_period("PT0.5S") == period::exact(duration{500'000}));
    CHECK(parse_period("PT0,000001S") == period::exact(duration{1}));
    CHECK(parse_period("P0Y5D") == period::of_days(5));
    CHECK(parse_period("P90D").is_days());
    CHECK_FALSE(parse_period("P1M").is_days());
    CHECK(parse_period("PT24H").is_exact());
    CHECK_FALSE(parse_period("PT24H") == parse_period("P1D"));
}

TEST_CASE("periods with no single meaning are refused", "[period]") {
    for (char const* const text :
         {"",    "P",   "90D",  "P90",  "PD",    "PT",     "P1DT",         "P1H",   "PT1D", "P1D1M",  "P1D1D",
          "P1X", "p1d", "P 1D", "P1D ", "P1.5D", "PT1.5H", "PT0.1234567S", "PT.5S", "P1.D", "P1Y-2M "})
        CHECK_THAT(code_of(text), Catch::Matchers::StartsWith("time.period"));
    CHECK(code_of("P1DT12H") == "time.period_mixed");
    CHECK(code_of("P1W2D") == "time.period_mixed");
    CHECK(code_of("P1Y2W") == "time.period_mixed");
    CHECK(code_of("P0D") == "time.period_range");
    CHECK(code_of("PT0S") == "time.period_range");
    CHECK(code_of("-P1D") == "time.period_range");
    CHECK(code_of("P-1D") == "time.period_range");
    CHECK(code_of("P99999999999999999999D") == "time.period_range");
    CHECK(code_of("P4000000D") == "time.period_range");
    CHECK(code_of("PT99999999999H") == "time.period_range");
    CHECK(code_of("P10000Y") == "accepted");
    CHECK_THROWS_AS(parse_period("P1DT12H"), issue_error);
    CHECK_THROWS_AS(period::of_days(0), issue_error);
    CHECK_THROWS_AS(period::exact(duration{-1}), issue_error);
}

TEST_CASE("periods are written canonically and read back", "[period]") {
    CHECK(to_string(parse_period("P2W")) == "P14D");
    CHECK(to_string(parse_period("P18M")) == "P1Y6M");
    CHECK(to_string(parse_period("PT90M")) == "PT1H30M");
    CHECK(to_string(parse_period("PT0.50S")) == "PT0.5S");
    CHECK(to_string(parse_period("PT60S")) == "PT1M");
    random_generator random(1);
    for (int i = 0; i < 2000; ++i) {
        auto const months = static_cast<std::int32_t>(random_below(random, 300));
        auto const days = static_cast<std::int32_t>(random_below(random, 1000) + 1);
        period const civil = period::civil(months, days);
        period const exact = period::exact(duration{random_integer(random, 1, 10'000'000'000'000)});
        REQUIRE(parse_period(to_string(civil)) == civil);
        REQUIRE(parse_period(to_string(exact)) == exact);
    }
}

TEST_CASE("civil periods move the date and keep the clock, exact ones keep the length", "[period]") {
    auto const zones = some_zones();
    if (zones.size() < 3) return;
    zone const london = zones[2];
    // clocks went forward on 2024-03-31
    CHECK(subtract(period::of_days(1), utc("2024-03-31T12:00:00Z"), london) == utc("2024-03-30T13:00:00Z"));
    CHECK(subtract(parse_period("PT24H"), utc("2024-03-31T12:00:00Z"), london) == utc("2024-03-30T12:00:00Z"));
    CHECK(add(period::of_days(1), utc("2024-03-30T01:30:00Z"), london) ==
          utc("2024-03-31T01:00:00Z")); // 01:30 does not exist
    CHECK(add(period::of_days(1), utc("2024-10-26T00:30:00Z"), london) ==
          utc("2024-10-27T00:30:00Z")); // the first 01:30
    CHECK(subtract(period::of_months(1), utc("2024-03-31T12:00:00Z"), zone::utc()) == utc("2024-02-29T12:00:00Z"));
    CHECK(subtract(period::of_years(1), utc("2024-02-29T12:00:00Z"), zone::utc()) == utc("2023-02-28T12:00:00Z"));
    CHECK(subtract(period::of_years(1), utc("2024-02-29T12:00:00Z"), zone::utc(), leap_day_policy::march_1) ==
          utc("2023-03-01T12:00:00Z"));

    CHECK(subtract(period::of_days(90), civil_date::of(2024, 6, 30)) == civil_date::of(2024, 4, 1));
    CHECK(add(period::civil(1, 1), civil_date::of(2024, 1, 31)) == civil_date::of(2024, 3, 1));
    CHECK(add(parse_period("PT36H"), civil_date::of(2024, 1, 1)) == civil_date::of(2024, 1, 3));
    for (auto const end : {instant::never(), instant::earliest()}) {
        CHECK(add(period::of_days(1), end, london) == end);
        CHECK(subtract(parse_period("PT1H"), end, london) == end);
        CHECK(expiry(period::of_days(1), end, london) == end);
    }
}

TEST_CASE("expiry is the first instant whose window no longer holds the event", "[period]") {
    random_generator random(21);
    std::vector<period> const periods = {period::of_days(1),   period::of_days(30), period::of_months(1),
                                         period::of_years(1),  period::civil(1, 3), parse_period("PT36H"),
                                         parse_period("PT90M")};
    for (auto const& where : some_zones()) {
        for (auto const policy : {leap_day_policy::clamp_to_28, leap_day_policy::march_1}) {
            for (int i = 0; i < 4000; ++i) {
                auto const& length = periods[random_below(random, periods.size())];
                // the end of February, and days around clock changes, on whole minutes so that the search can step
                civil_date const around = i % 3 == 0   ? civil_date::of(2024, 2, 28)
                                          : i % 3 == 1 ? civil_date::of(2024, 3, 30)
                                                       : civil_date::of(2011, 12, 29);
                std::int64_t const minute =
                    std::int64_t{around.days_since_epoch()} * 1440 + random_integer(random, -3 * 1440, 6 * 1440);
                instant const event{minute * 60'000'000};
                instant const end = expiry(length, event, where, policy);
                INFO(where.name() << " " << to_string(length) << " " << to_string(event) << " -> " << to_string(end));
                REQUIRE(end > event);
                REQUIRE(subtract(length, end, where, policy) >= event);
                // nothing before: one microsecond, and every minute of the two days before
                REQUIRE(subtract(length, end - duration{1}, where, policy) < event);
                for (std::int64_t m = 1; m < 2 * 1440 && i % 40 == 0; ++m) {
                    instant const earlier = end - duration::minutes(m);
                    if (earlier < event) break;
                    REQUIRE(subtract(length, earlier, where, policy) < event);
                }
            }
        }
    }
}
