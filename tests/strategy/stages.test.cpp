// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/stages.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <algorithm>

using namespace segmenta;
using test::frame;

static_assert(strategy<stages>);

namespace {

/// A customer's own story: days of orders, ascending, and the day of registration.
struct story {
    std::vector<std::int32_t> orders;
    std::int32_t registered = 0;
};

/// The columns of `stage_inputs` as seen on day `today`, computed straight from the orders.
frame columns_at(std::vector<story> const& stories, stages_options const& o, std::int32_t today) {
    std::map<std::string, std::vector<std::optional<std::int64_t>>> all;
    for (auto const& s : stories) {
        std::vector<std::int32_t> seen;
        for (auto const day : s.orders)
            if (day <= today) seen.push_back(day);
        auto days = seen;
        days.erase(std::unique(days.begin(), days.end()), days.end());
        auto const put = [&](std::string const& name, std::optional<std::int64_t> value) {
            all[name].push_back(value);
        };
        auto const some = [&](std::size_t at_least, auto value) {
            return days.size() >= at_least ? std::optional<std::int64_t>(value()) : std::nullopt;
        };
        put("as_of_day", today);
        put("order_count", static_cast<std::int64_t>(seen.size()));
        put("last_order_day", some(1, [&] { return days.back(); }));
        put("previous_order_day", some(2, [&] { return days[days.size() - 2]; }));
        put("first_order_day", some(1, [&] { return days.front(); }));
        put("gap_count", days.empty() ? 0 : static_cast<std::int64_t>(days.size()) - 1);
        put("gap_sum_days", days.empty() ? 0 : days.back() - days.front());
        put("registered_day", s.registered);
        put("recent_order_count",
            std::count_if(seen.begin(), seen.end(), [&](auto d) { return d > today - o.recent_days; }));
    }
    frame f;
    for (auto const& name : stage_inputs(o)) {
        auto const& values = all[name];
        if (!name.ends_with("_day")) {
            f.whole(values);
            continue;
        }
        std::vector<std::optional<std::int32_t>> days;
        for (auto const& v : values)
            days.push_back(v ? std::optional(static_cast<std::int32_t>(*v)) : std::nullopt);
        f.days(days);
    }
    return f;
}

std::string stage_at(stages const& s, stages_options const& o, story const& one, std::int32_t today) {
    auto f = columns_at({one}, o, today);
    return std::string(local_id(test::segments_of(s, f.rows())[0]));
}

std::vector<story> random_stories(std::size_t n, std::uint64_t seed, std::int32_t today) {
    random_generator random(seed);
    std::vector<story> out(n);
    for (auto& s : out) {
        s.registered = today - static_cast<std::int32_t>(random_below(random, 500));
        std::size_t const orders = random_below(random, 4) == 0 ? 0 : random_below(random, 12);
        auto const typical = static_cast<std::int32_t>(1 + random_below(random, 60));
        std::int32_t day = today - static_cast<std::int32_t>(random_below(random, 600));
        for (std::size_t i = 0; i < orders && day <= today; ++i) {
            s.orders.push_back(day);
            std::int32_t const gap =
                static_cast<std::int32_t>(random_below(random, static_cast<std::uint64_t>(2 * typical)));
            day += random_below(random, 8) == 0 ? gap + 120 : gap;
        }
    }
    return out;
}

std::vector<stages_options> variants() {
    std::vector<stages_options> out(7);
    out[0].dead_days = 365;
    out[1].new_means = new_customer::newly_registered;
    out[1].new_days = 100;
    out[2].limits = stage_limits::own_gaps;
    out[2].dead_gaps = 10;
    out[3].limits = stage_limits::own_gaps;
    out[3].minimum_gaps = 1;
    out[3].least_days = 7;
    out[4].drop = frequency_drop::own_stage;
    out[4].dead_days = 200;
    out[5].drop = frequency_drop::as_lost;
    out[5].recent_days = 30;
    out[5].earlier_orders = 2;
    out[5].drop_ratio = 0.7;
    out[6].active_days = 0;
    out[6].silent_days = 1;
    out[6].new_days = 5;
    out[6].reactivated_days = 0;
    return out;
}

stages make(stages_options const& o, std::vector<story> const& everyone, std::int32_t today) {
    auto f = columns_at(everyone, o, today);
    return stages::fit(o, f.rows());
}

} // namespace

TEST_CASE("every one of 10,000 random customers is in exactly one stage", "[stages]") {
    constexpr std::int32_t today = 19'000;
    auto const everyone = random_stories(10'000, 42, today);
    for (auto const& o : variants()) {
        auto const s = make(o, everyone, today);
        auto f = columns_at(everyone, o, today);
        auto const found = test::assign_all(s, f.rows());
        std::map<std::string, int> counts;
        for (auto const& a : found) {
            REQUIRE(a.standing == status::ok);
            REQUIRE(a.segment < s.segments().size());
            REQUIRE(((a.also_matched >> a.segment) & 1U) == 0);
            ++counts[s.segments()[a.segment].id];
        }
        // exhaustive and not degenerate: every stage of the scheme occurs
        if (o.active_days > 0) CHECK(counts.size() == s.segments().size());
    }
}

TEST_CASE("valid_until is the day on which the stage really changes", "[stages]") {
    constexpr std::int32_t today = 19'000;
    auto const everyone = random_stories(600, 7, today);
    auto const new_york = zone::fixed(-5 * 3600);
    for (auto o : variants()) {
        o.days_in = new_york;
        auto const s = make(o, everyone, today);
        auto f = columns_at(everyone, o, today);
        auto const now = test::assign_all(s, f.rows());
        bool const windowed = o.drop != frequency_drop::ignore;
        // what a window count promises of itself: it changes when its oldest row leaves
        auto const window_changes = [&](story const& one) {
            for (auto const day : one.orders)
                if (day > today - o.recent_days) return day + o.recent_days;
            return std::int32_t{1'000'000};
        };
        std::vector<std::int32_t> change(everyone.size(), 1'000'000);
        for (std::int32_t day = today + 1; day <= today + 800; ++day) {
            auto later = columns_at(everyone, o, day);
            auto const then = test::assign_all(s, later.rows());
            for (std::size_t i = 0; i < everyone.size(); ++i)
                if (change[i] == 1'000'000 && then[i].segment != now[i].segment) change[i] = day;
        }
        for (std::size_t i = 0; i < everyone.size(); ++i) {
            INFO("customer " << i << " segment " << s.segments()[now[i].segment].id);
            std::int32_t promised = 1'000'000;
            if (!now[i].valid_until.is_never()) {
                promised = new_york.civil_day_of(now[i].valid_until).days_since_epoch();
                REQUIRE(new_york.start_of_day(civil_date{promised}) == now[i].valid_until);
                REQUIRE(promised > today);
            }
            if (!windowed) {
                REQUIRE(promised == change[i]);
                continue;
            }
            // with a window the answer holds until the earlier of the two promises, and its own one is exact before
            // that
            std::int32_t const window = everyone[i].orders.empty() ? 1'000'000 : window_changes(everyone[i]);
            REQUIRE(change[i] >= std::min(promised, window));
            if (promised < window) REQUIRE(change[i] == promised);
        }
    }
}

TEST_CASE("two orders a month, then one in 90 days: the second predicate of leaving fires, the first does not",
          "[stages]") {
    story one;
    for (int i = 0; i < 12; ++i)
        one.orders.push_back(19'000 - 90 - i * 15); // two a month before the window
    std::reverse(one.orders.begin(), one.orders.end());
    one.orders.push_back(19'000 - 20);
    stages_options o;
    CHECK(stage_at(stages(o), o, one, 19'000) == "active"); // no purchase for long: no
    o.drop = frequency_drop::own_stage;
    stages const s(o);
    auto f = columns_at({one}, o, 19'000);
    auto const a = test::assign_all(s, f.rows())[0];
    CHECK(test::segment_of(s, a) == "lifecycle.frequency_drop");
    CHECK(a.reason == static_cast<std::uint32_t>(stage_reason::frequency_collapse));
    CHECK(s.describe(a.reason) == "far fewer orders than this customer's own rate before");
    CHECK(s.segments()[static_cast<std::size_t>(std::countr_zero(a.also_matched))].id == "lifecycle.active");
    o.drop = frequency_drop::as_lost;
    CHECK(stage_at(stages(o), o, one, 19'000) == "lost");
}

TEST_CASE("the life of one customer, day by day", "[stages]") {
    story one{{1000, 1010, 1150}, 990};
    stages_options o;
    stages const s(o);
    auto const on = [&](std::int32_t day) { return stage_at(s, o, one, day); };
    CHECK(on(995) == "potential");
    CHECK(on(1000) == "new");
    CHECK(on(1009) == "new");
    CHECK(on(1010) == "active");
    CHECK(on(1040) == "active");
    CHECK(on(1041) == "silent");
    CHECK(on(1100) == "silent");
    CHECK(on(1101) == "lost");
    CHECK(on(1149) == "lost");
    CHECK(on(1150) == "reactivated"); // after 140 days
    CHECK(on(1180) == "reactivated");
    CHECK(on(1181) == "silent");
    CHECK(on(1241) == "lost");
    CHECK(on(5000) == "lost"); // dead is lost unless the plan says otherwise
    o.dead_days = 300;
    CHECK(stage_at(stages(o), o, one, 1450) == "lost");
    CHECK(stage_at(stages(o), o, one, 1451) == "dead");

    SECTION("new can mean newly registered") {
        o.new_means = new_customer::newly_registered;
        stages const r(o);
        CHECK(stage_at(r, o, one, 995) == "new");
        CHECK(stage_at(r, o, {{}, 990}, 1020) == "new");
        CHECK(stage_at(r, o, {{}, 990}, 1021) == "potential");
        CHECK(stage_at(r, o, one, 1000) == "active");
    }
}

TEST_CASE("limits from own gaps, and pooled gaps for those with few", "[stages]") {
    stages_options o;
    o.limits = stage_limits::own_gaps;
    std::vector<story> const everyone{{{100, 110, 120, 130}, 0}, {{100, 160}, 0}, {{}, 0}};
    auto const s = make(o, everyone, 200); // gaps 10, 10, 10 and 60
    CHECK(s.pooled_gap_days() == 22.5);
    CHECK(stage_at(s, o, everyone[0], 150) == "active"); // 2 x 10 days
    CHECK(stage_at(s, o, everyone[0], 151) == "silent");
    CHECK(stage_at(s, o, everyone[0], 171) == "lost");   // 4 x 10
    CHECK(stage_at(s, o, everyone[1], 205) == "active"); // one gap is too few: 2 x 22.5
    CHECK(stage_at(s, o, everyone[1], 206) == "silent");
    CHECK(stage_at(s, o, everyone[1], 251) == "lost"); // 4 x 22.5 = 90
    auto f = columns_at(everyone, o, 205);
    auto const found = test::assign_all(s, f.rows());
    CHECK(s.describe(found[0].reason) == "no purchase for longer than the silent limit (limits from own gaps)");
    CHECK(s.describe(found[1].reason) == "silence within the active limit (limits from pooled gaps)");
    CHECK_THROWS_AS(stages(o), issue_error);
    CHECK_THROWS_AS(make(o, {{{100}, 0}}, 200), issue_error);
    auto const text = s.to_json();
    auto const loaded = stages::from_json(text);
    CHECK(loaded.to_json() == text);
    CHECK(stage_at(loaded, o, everyone[1], 251) == "lost");
    CHECK_THROWS_AS(stages::from_json(test::replaced(text, "\"gap_count\":4", "\"gap_count\":2")), issue_error);
}

TEST_CASE("missing and impossible inputs", "[stages]") {
    stages const s{stages_options{}};
    frame f; // as_of, orders, last, previous
    f.days({100, std::nullopt, 100, 100, 100, 100})
        .whole({std::nullopt, 1, 2, 1, -1, 2})
        .days({90, 90, std::nullopt, 101, 90, 90})
        .days({std::nullopt, std::nullopt, 80, 80, std::nullopt, 95});
    CHECK(test::segments_of(s, f.rows()) ==
          std::vector<std::string>{"<unknown>", "<unknown>", "<unknown>", "<error>", "<error>", "<error>"});
    frame wrong;
    wrong.whole({1});
    CHECK(test::segments_of(s, wrong.rows()) == std::vector<std::string>{"<error>"});
}

TEST_CASE("options of stages are checked", "[stages]") {
    auto const code = [](stages_options const& o) {
        try {
            stages const made(o);
        } catch (issue_error const& e) {
            return e.issues()[0].code;
        }
        return std::string("accepted");
    };
    stages_options o;
    o.silent_days = 30;
    CHECK(code(o) == "stages.limits");
    o = {};
    o.dead_days = 80;
    CHECK(code(o) == "stages.limits");
    o = {};
    o.reads = {"a", "b"};
    CHECK(code(o) == "stages.reads");
    o = {};
    o.new_days = -1;
    CHECK(code(o) == "stages.value");
    o = {};
    o.drop_ratio = 1.5;
    CHECK(code(o) == "stages.value");
    CHECK(code(stages_options{}) == "accepted");
}
