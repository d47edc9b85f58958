// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/level_stages.hpp>
#include <segmenta/strategy/strategy.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<level_stages>);

TEST_CASE("three levels times four states, limits by level", "[level_stages]") {
    level_stages_options o;
    // ten customers at each of two levels with mean gaps 10...100 and 1...10; nobody is mature
    std::vector<std::optional<std::int32_t>> as_of;
    std::vector<std::optional<std::int64_t>> orders;
    std::vector<std::optional<std::int32_t>> last;
    std::vector<std::optional<std::int64_t>> gaps;
    std::vector<std::optional<std::int64_t>> sums;
    for (int level = 0; level < 2; ++level)
        for (int i = 1; i <= 10; ++i) {
            as_of.push_back(1000);
            orders.push_back(level == 0 ? 2 : 5);
            last.push_back(990);
            gaps.push_back(level == 0 ? 1 : 4);
            sums.push_back(level == 0 ? 10 * i : 4 * i);
        }
    frame everyone;
    everyone.days(as_of).whole(orders).days(last).whole(gaps).whole(sums);
    auto const s = level_stages::fit(o, everyone.rows());
    REQUIRE(s.segments().size() == 13);
    CHECK(*s.levels()[0].active_days == 82); // type 7 at 0.8 of 10...100
    CHECK(*s.levels()[0].warning_days == 91);
    CHECK(*s.levels()[1].active_days == 8);
    CHECK(*s.levels()[1].warning_days == 9);
    CHECK(*s.levels()[2].active_days == 62); // pooled: 0.8 of 1...10, 10...100

    frame f;
    f.days({1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000})
        .whole({0, 1, 2, 2, 3, 7, 8, 5})
        .days({std::nullopt, 918, 910, 900, 992, 991, 700, std::nullopt})
        .whole({0, 0, 1, 1, 2, 6, 7, 4})
        .whole({0, 0, 5, 5, 5, 9, 9, 9});
    CHECK(test::segments_of(s, f.rows()) ==
          std::vector<std::string>{"stage.potential", "stage.entry_active", "stage.entry_warning", "stage.entry_lost",
                                   "stage.growth_active", "stage.growth_warning", "stage.mature_dead", "<unknown>"});
    auto const a = test::assign_all(s, f.rows());
    CHECK(a[1].valid_until == zone::utc().start_of_day(civil_date{918 + 83}));
    CHECK(a[3].valid_until == zone::utc().start_of_day(civil_date{900 + 181}));
    CHECK(a[0].valid_until.is_never());
    CHECK(a[6].valid_until.is_never());
    CHECK(s.describe(a[2].reason) == "level entry, silence up to 91 days");
    auto const text = s.to_json();
    CHECK(level_stages::from_json(text).to_json() == text);
    CHECK(test::segments_of(level_stages::from_json(text), f.rows()) == test::segments_of(s, f.rows()));
    CHECK_THROWS_AS(level_stages::from_json(test::replaced(text, "82", "81")), issue_error);
}

TEST_CASE("levels with given limits need no fit and no gaps", "[level_stages]") {
    level_stages_options o;
    o.levels = {{"few", 3, 10, 20}, {"many", {}, 5, 6}};
    level_stages const s(o);
    CHECK(s.reads().size() == 3);
    frame f;
    // every day from the last order on: the state changes exactly when the day before promised it
    std::vector<std::optional<std::int32_t>> days;
    for (std::int32_t d = 100; d < 300; ++d)
        days.push_back(d);
    f.days(days)
        .whole(std::vector<std::optional<std::int64_t>>(days.size(), 4))
        .days(std::vector<std::optional<std::int32_t>>(days.size(), 100));
    auto const a = test::assign_all(s, f.rows());
    for (std::size_t i = 0; i + 1 < a.size(); ++i) {
        bool const changes = a[i + 1].segment != a[i].segment;
        bool const promised = a[i].valid_until == zone::utc().start_of_day(civil_date{*days[i + 1]});
        REQUIRE(changes == promised);
    }
    o.levels[0].warning_days = 5;
    CHECK_THROWS_AS(level_stages(o), issue_error);
    o.levels[0] = {"few", std::nullopt, 1, 2};
    CHECK_THROWS_AS(level_stages(o), issue_error);
    CHECK_THROWS_AS(level_stages(level_stages_options{}), issue_error); // limits missing
}
