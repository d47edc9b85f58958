// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cohort.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/time/parse.hpp>

#include "evaluate/online_retail.hpp"

#include <map>
#include <set>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using ids = std::vector<std::uint64_t>;
using dates = std::vector<civil_date>;
using counts = std::vector<std::uint64_t>;

civil_date day(int year, int month, int of_month) {
    return civil_date::of(year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(of_month));
}

} // namespace

TEST_CASE("cohort: a small triangle by hand") {
    retention_triangle const t(ids{1, 2, 1, 1, 3, 2, 1},
                               dates{day(2024, 1, 31), day(2024, 1, 1), day(2024, 2, 1), day(2024, 2, 29),
                                     day(2024, 3, 5), day(2024, 3, 1), day(2024, 4, 30)});
    REQUIRE(t.cohorts().size() == 4);
    CHECK(t.cohorts()[0].begin == day(2024, 1, 1));
    CHECK(t.cohorts()[0].active == counts{2, 1, 1, 1});
    CHECK(t.cohorts()[1].active == counts{0, 0, 0});
    CHECK(t.cohorts()[2].active == counts{1, 0});
    CHECK(t.cohorts()[3].active == counts{0});
    CHECK(t.customers() == 3);
    CHECK(t.retention(0, 1) == 0.5);
    CHECK(t.retention(0, 0) == 1.0);
    CHECK_FALSE(t.retention(1, 0)); // nobody came
    CHECK_FALSE(t.retention(2, 2)); // not observed
    CHECK_FALSE(t.retention(9, 0));
    CHECK_FALSE(t.last_is_partial()); // 30 April ends the month
    CHECK(t.average_retention(1).value() == Catch::Approx(1.0 / 3));
    CHECK(t.average_retention(3) == 0.5);
    CHECK_FALSE(t.average_retention(4));
    CHECK(t.to_csv().starts_with("cohort,age,customers,retention\n2024-01-01,0,2,1\n2024-01-01,1,1,0.5\n"));
    CHECK(t.to_csv().find("2024-02-01,0,0,\n") != std::string::npos);
}

TEST_CASE("cohort: the end of observation") {
    ids const who{1, 1, 2, 1};
    dates const when{day(2024, 1, 5), day(2024, 2, 10), day(2024, 2, 11), day(2024, 5, 1)};
    retention_triangle const cut(who, when, {.through = day(2024, 3, 20)});
    REQUIRE(cut.cohorts().size() == 3);
    CHECK(cut.cohorts()[0].active == counts{1, 1, 0});
    CHECK(cut.last_is_partial());
    CHECK_FALSE(cut.average_retention(2)); // only in the partial month
    CHECK(cut.average_retention(2, false) == 0.0);
    CHECK_FALSE(retention_triangle(who, when, {.through = day(2024, 3, 31)}).last_is_partial());
    CHECK(codes_of([&] { retention_triangle(who, when, {.through = day(2023, 1, 1)}); }) == "evaluate.empty");
}

TEST_CASE("cohort: weeks start where the calendar of the host says") {
    // 2024-01-07 is a Sunday
    ids const who{1, 2, 1};
    dates const when{day(2024, 1, 6), day(2024, 1, 7), day(2024, 1, 8)};
    retention_triangle const monday(who, when, {.unit = cohort_unit::week});
    REQUIRE(monday.cohorts().size() == 2);
    CHECK(monday.cohorts()[0].begin == day(2024, 1, 1));
    CHECK(monday.cohorts()[0].active == counts{2, 1});
    retention_triangle const sunday(who, when, {.unit = cohort_unit::week, .week_start = weekday::sunday});
    REQUIRE(sunday.cohorts().size() == 2);
    CHECK(sunday.cohorts()[0].begin == day(2023, 12, 31));
    CHECK(sunday.cohorts()[0].active == counts{1, 1});
    CHECK(sunday.cohorts()[1].begin == day(2024, 1, 7));
    CHECK(sunday.cohorts()[1].active == counts{1});
    for (int d = 1; d <= 7; ++d) { // every start of a week, before the epoch too
        auto const start = static_cast<weekday>(d);
        dates const old{day(1969, 12, 30)};
        retention_triangle const one(ids{1}, old, {.unit = cohort_unit::week, .week_start = start});
        CHECK(one.cohorts()[0].begin.day_of_week() == start);
        CHECK(one.cohorts()[0].begin <= old[0]);
        CHECK(old[0] < one.cohorts()[0].begin + 7);
    }
}

TEST_CASE("cohort: an instant belongs to the civil day of its zone") {
    std::vector<instant> const when{zone::fixed(0).start_of_day(day(2024, 2, 1)) - duration::hours(1)};
    CHECK(retention_triangle(ids{1}, when, zone::utc()).cohorts()[0].begin == day(2024, 1, 1));
    CHECK(retention_triangle(ids{1}, when, zone::fixed(2 * 3600)).cohorts()[0].begin == day(2024, 2, 1));
}

TEST_CASE("cohort: as sets of customers say") {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        random_generator random(seed);
        ids who;
        dates when;
        for (int i = 0; i < 500; ++i) {
            who.push_back(random_below(random, 90));
            when.push_back(day(2020, 11, 3) + static_cast<std::int32_t>(random_below(random, 400)));
        }
        retention_triangle const t(who, when);
        std::map<std::uint64_t, std::set<std::int32_t>> months;
        for (std::size_t i = 0; i < who.size(); ++i)
            months[who[i]].insert(when[i].year() * 12 + when[i].month());
        std::map<std::pair<std::int32_t, std::int32_t>, std::uint64_t> cells;
        for (auto const& [id, set] : months)
            for (auto const m : set)
                ++cells[{*set.begin(), m - *set.begin()}];
        INFO("seed " << seed);
        std::uint64_t seen = 0;
        for (auto const& row : t.cohorts()) {
            for (std::size_t age = 0; age < row.active.size(); ++age) {
                auto const at = cells.find({row.begin.year() * 12 + row.begin.month(), static_cast<std::int32_t>(age)});
                CHECK(row.active[age] == (at == cells.end() ? 0 : at->second));
                seen += row.active[age] > 0 ? 1 : 0;
            }
        }
        CHECK(seen == cells.size());
        CHECK(t.customers() == months.size());
    }
}

TEST_CASE("cohort: bad input is refused by name") {
    CHECK(codes_of([] { retention_triangle(ids{}, dates{}); }) == "evaluate.empty");
    CHECK(codes_of([] { retention_triangle(ids{1, 2}, dates{day(2024, 1, 1)}); }) == "evaluate.length");
    CHECK(codes_of([] { retention_triangle(ids{}, dates{day(2024, 1, 1)}); }) == "evaluate.empty evaluate.length");
    CHECK(codes_of([] {
              retention_triangle(ids{1, 1}, dates{day(1, 1, 1), day(2024, 1, 1)}, {.unit = cohort_unit::week});
          }) == "evaluate.option");
}

TEST_CASE("cohort: expected_online_retail.json") {
    // keys covered: cohorts
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    auto const expected = expected_values("expected_online_retail.json");
    auto const bought = read_online_retail();
    REQUIRE(bought.customers.size() == 397884);
    retention_triangle const t(bought.customers, bought.days);
    CHECK(t.customers() == 4338);
    CHECK(t.last_is_partial()); // nine days of December 2011
    auto const& rows = at(expected, {"cohorts", "cohorts"}).as_object();
    REQUIRE(rows.size() == t.cohorts().size());
    for (auto const& row : t.cohorts()) {
        auto const month = to_string(row.begin).substr(0, 7);
        auto const& wanted = rows.at(month).as_array();
        INFO(month);
        REQUIRE(wanted.size() == row.active.size());
        for (std::size_t age = 0; age < row.active.size(); ++age)
            CHECK(wanted[age].to_number<std::uint64_t>() == row.active[age]);
    }
}
