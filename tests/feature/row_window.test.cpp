// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/row_window.hpp>

#include <segmenta/base/random.hpp>

#include "feature/naive_window.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

instant at(int year, std::uint8_t month, std::uint8_t day, int hour = 0) {
    return zone::utc().start_of_day(civil_date::of(year, month, day)) + duration::hours(hour);
}

std::string same(std::string_view key) { return "here/" + std::string(key); }

row_window read(feature_request const& from) {
    issue_list issues;
    auto out = read_window(from, same, issues);
    INFO(issues.to_string());
    REQUIRE(issues.empty());
    return out;
}

feature_request with_window(std::string window, std::string until = {}) {
    feature_request out;
    out.window = std::move(window);
    out.until = std::move(until);
    return out;
}

row_window on(std::string calendar) {
    feature_request out;
    out.calendar = std::move(calendar);
    return read(out);
}

/// First and last day of 2024-2025 that the window holds, asked at noon.
std::string days_of(row_window const& window, civil_date today) {
    auto const b = bounds_at(window, zone::utc().start_of_day(today) + duration::hours(12), zone::utc(), true);
    std::string out;
    for (civil_date d = civil_date::of(2023, 1, 1); d < civil_date::of(2026, 1, 1); d = d + 1) {
        bool const in = b.contains(zone::utc().start_of_day(d).microseconds());
        if (in && out.empty()) out = to_string(d);
        if (!in && out.size() == 10) return out + " " + to_string(d - 1);
    }
    return out;
}

} // namespace

TEST_CASE("row_window: the last seven days are seven days") {
    row_window const week = read(with_window("P7D"));
    SECTION("instants: half open, as_of itself counts") {
        auto const b = bounds_at(week, at(2024, 7, 1), zone::utc(), false);
        CHECK(b.contains(at(2024, 7, 1).microseconds()));
        CHECK_FALSE(b.contains(at(2024, 7, 1).microseconds() + 1));
        CHECK_FALSE(b.contains(at(2024, 6, 24).microseconds()));
        CHECK(b.contains(at(2024, 6, 24).microseconds() + 1));
    }
    SECTION("dates: whole days before the start of as_of's day") {
        auto const b = bounds_at(week, at(2024, 7, 1), zone::utc(), true);
        int days = 0;
        for (int d = 0; d < 20; ++d)
            days += b.contains(at(2024, 6, 20).microseconds() + d * microseconds_per_day) ? 1 : 0;
        CHECK(days == 7);
        CHECK(b.contains(at(2024, 6, 30).microseconds()));
        CHECK_FALSE(b.contains(at(2024, 7, 1).microseconds()));
        CHECK(b.contains(at(2024, 6, 24).microseconds()));
    }
    SECTION("dates: asked in the afternoon, today is the seventh day") {
        auto const b = bounds_at(week, at(2024, 7, 1, 15), zone::utc(), true);
        CHECK(b.contains(at(2024, 7, 1).microseconds()));
        CHECK(b.contains(at(2024, 6, 25).microseconds()));
        CHECK_FALSE(b.contains(at(2024, 6, 24).microseconds()));
    }
    SECTION("no limit reaches back for ever") {
        CHECK(bounds_at({}, at(2024, 7, 1), zone::utc(), false).contains(std::numeric_limits<std::int64_t>::min()));
        CHECK(row_window{}.whole());
        CHECK_FALSE(week.whole());
    }
}

TEST_CASE("row_window: two windows side by side share no row and leave none out") {
    auto const recent = bounds_at(read(with_window("P30D")), at(2024, 7, 1, 5), zone::utc(), false);
    auto const before = bounds_at(read(with_window("P60D", "P30D")), at(2024, 7, 1, 5), zone::utc(), false);
    CHECK(before.highest + 1 == recent.lowest);
    auto const recent_days = bounds_at(read(with_window("P30D")), at(2024, 7, 1, 5), zone::utc(), true);
    auto const days_before = bounds_at(read(with_window("P60D", "P30D")), at(2024, 7, 1, 5), zone::utc(), true);
    CHECK(days_before.highest + 1 == recent_days.lowest);
    CHECK(days_of(read(with_window("P60D", "P30D")), civil_date::of(2024, 7, 1)) == "2024-05-03 2024-06-01");
}

TEST_CASE("row_window: civil periods of the calendar") {
    // 2024-07-01 is a Monday: cal(1).
    CHECK(days_of(on("today"), civil_date::of(2024, 7, 1)) == "2024-07-01 2024-07-01");
    CHECK(days_of(on("yesterday"), civil_date::of(2024, 3, 1)) == "2024-02-29 2024-02-29");
    CHECK(days_of(on("this_week"), civil_date::of(2024, 7, 3)) == "2024-07-01 2024-07-03");
    CHECK(days_of(on("last_week"), civil_date::of(2024, 7, 7)) == "2024-06-24 2024-06-30");
    CHECK(days_of(on("last_week"), civil_date::of(2024, 7, 8)) == "2024-07-01 2024-07-07");
    CHECK(days_of(on("this_month"), civil_date::of(2024, 2, 29)) == "2024-02-01 2024-02-29");
    CHECK(days_of(on("last_month"), civil_date::of(2024, 3, 31)) == "2024-02-01 2024-02-29");
    CHECK(days_of(on("this_quarter"), civil_date::of(2024, 5, 5)) == "2024-04-01 2024-05-05");
    CHECK(days_of(on("last_quarter"), civil_date::of(2024, 1, 1)) == "2023-10-01 2023-12-31");
    CHECK(days_of(on("this_year"), civil_date::of(2024, 12, 31)) == "2024-01-01 2024-12-31");
    CHECK(days_of(on("last_year"), civil_date::of(2024, 1, 1)) == "2023-01-01 2023-12-31");
    for (auto const name : calendar_periods())
        CHECK(find_calendar_limit(name));
    CHECK_FALSE(find_calendar_limit("this_decade"));
}

TEST_CASE("row_window: a day named by its date starts in the plan's zone, an instant where it says") {
    feature_request asked;
    asked.from = "2011-10-01";
    asked.to = "2011-10-02T00:00:00+08:00";
    zone const shanghai = zone::fixed(8 * 3600);
    auto const b = bounds_at(read(asked), at(2024, 1, 1), shanghai, false);
    CHECK(b.lowest == at(2011, 9, 30, 16).microseconds());
    CHECK(b.highest == at(2011, 10, 1, 16).microseconds() - 1);
    // never after as_of
    CHECK(bounds_at(read(asked), at(2011, 10, 1), shanghai, false).highest == at(2011, 10, 1).microseconds());
}

TEST_CASE("row_window: limits that hold nothing or are nothing are refused with place and remedy") {
    struct wrong {
        feature_request asked;
        std::string code;
        std::string place;
        std::string says; ///< somewhere in the text of the issue
    };
    auto const with = [](auto set) {
        feature_request out;
        set(out);
        return out;
    };
    std::vector<wrong> const cases{
        {with_window("P30D", "P30D"), "feature.empty_window", "here/until", "Make the window longer"},
        {with_window("P1M", "P30D"), "feature.empty_window", "here/until", "P1M"}, // 28 days in February
        {with_window("P1D", "PT24H"), "feature.empty_window", "here/until", ""},
        {with_window("P-5D"), "time.period_range", "here/window", "minus"},
        {with_window("-P5D"), "time.period_range", "here/window", "minus"},
        {with_window("P0D"), "time.period_range", "here/window", "at least one unit"},
        {with_window("", "P0D"), "time.period_range", "here/until", "zero"},
        {with([](auto& f) { f.from = "2024-02-30"; }), "feature.moment", "here/from", "2024-02-30"},
        {with([](auto& f) { f.to = "2024-02-03T10:00:00"; }), "feature.moment", "here/to", "offset"},
        {with([](auto& f) { f.from = f.to = "2024-02-03"; }), "feature.empty_window", "here/to", "Swap"},
        {with([](auto& f) {
             f.from = "2024-02-04";
             f.to = "2024-02-03T01:00:00Z";
         }),
         "feature.empty_window", "here/to", ""},
        {with([](auto& f) { f.calendar = "lastmonth"; }), "feature.unknown_calendar", "here/calendar", "last_month"},
    };
    for (auto const& c : cases) {
        issue_list issues;
        (void)read_window(c.asked, same, issues);
        CAPTURE(issues.to_string(), c.code);
        REQUIRE(issues.size() == 1);
        CHECK(issues[0].code == c.code);
        CHECK(issues[0].place == c.place);
        CHECK(issues.to_string().find(c.says) != std::string::npos);
    }
    for (auto const& [window, until] : std::vector<std::pair<std::string, std::string>>{
             {"P1Y", "P364D"}, {"P90D", "P2M"}, {"P2D", "PT24H"}, {"P1Y1D", "P12M"}, {"PT2H", "PT1H"}, {"P8W", "P1M"}})
        (void)read(with_window(window, until));
}

namespace {

feature_request random_limits(random_generator& random) {
    auto const pick = [&](std::vector<std::string> const& from) { return from[random_below(random, from.size())]; };
    feature_request out;
    if (random_bernoulli(random, 0.5)) out.window = pick({"P7D", "P30D", "P2M", "PT36H", "P1Y", "P1M"});
    if (random_bernoulli(random, 0.4)) out.until = pick({"P1D", "P3D", "PT6H", "PT1H", "P5D"});
    if (out.window == "PT36H" && !out.until.empty()) out.until = "PT6H";
    if (random_bernoulli(random, 0.3)) out.from = pick({"2024-02-20", "2024-03-05", "2024-03-10T12:30:00Z"});
    if (random_bernoulli(random, 0.3)) out.to = pick({"2024-03-20", "2024-04-02", "2024-04-01T00:30:00+01:00"});
    if (random_bernoulli(random, 0.4)) {
        auto const name = calendar_periods()[random_below(random, calendar_periods().size())];
        out.calendar = std::string(name);
    }
    return out;
}

} // namespace

TEST_CASE("row_window: the bounds hold what each limit lets through, and nothing changes before next_change",
          "[property]") {
    constexpr std::uint64_t seed = 20'240'331; // clocks changed in London that day
    random_generator random(seed);
    std::size_t exact = 0;
    for (int round = 0; round < 600; ++round) {
        zone const where = zone::named(std::vector<std::string>{"Europe/London", "Asia/Shanghai", "America/Sao_Paulo",
                                                                "UTC"}[random_below(random, 4)]);
        bool const dates = random_bernoulli(random, 0.4);
        auto const asked = random_limits(random);
        row_window const window = read(asked);
        instant const as_of = at(2024, 3, 1) + duration{random_integer(random, 0, 45 * 24 * 60) * 60'000'000};
        std::vector<std::int64_t> times;
        for (std::size_t n = random_below(random, 12); n > 0; --n) {
            instant const t = as_of - duration::hours(random_integer(random, -24 * 20, 24 * 90));
            times.push_back((dates ? where.start_of_day(where.civil_day_of(t)) : t).microseconds());
        }
        std::sort(times.begin(), times.end());
        auto const counted_at = [&](instant when) {
            std::vector<std::int64_t> out;
            for (auto const t : times)
                if (test::counts_at(asked, instant{t}, when, where, dates)) out.push_back(t);
            return out;
        };
        CAPTURE(seed, round, where.name(), dates, to_string(as_of), asked.window, asked.until, asked.from, asked.to,
                asked.calendar);
        auto const now = counted_at(as_of);
        auto const bounds = bounds_at(window, as_of, where, dates);
        std::vector<std::int64_t> inside;
        std::copy_if(times.begin(), times.end(), std::back_inserter(inside), [&](auto t) { return bounds.contains(t); });
        REQUIRE(inside == now);
        window_edge edge;
        if (!now.empty()) edge.oldest = now.front();
        for (auto const t : times)
            if (t > bounds.highest && !edge.next) edge.next = t;
        instant const until = next_change(window, edge, as_of, where, dates);
        REQUIRE(until > as_of);
        for (int hour = 0; hour < 24 * 60; ++hour) {
            instant const t = as_of + duration::hours(hour);
            if (t < until) REQUIRE(counted_at(t) == now);
        }
        if (until.is_never()) continue;
        REQUIRE(counted_at(until - duration{1}) == now);
        if (asked.from.empty() && asked.calendar.empty()) {
            REQUIRE(counted_at(until) != now);
            ++exact;
        }
    }
    CHECK(exact > 100);
}
