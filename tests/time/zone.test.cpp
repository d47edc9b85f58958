// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/zone.hpp>

#include "support/catch.hpp"
#include "time/posix_rule.hpp"

#include <array>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

instant utc(char const* text) { return parse_instant(text, zone::utc()).value(); }

civil_time local(char const* text) {
    parsed_time fields;
    REQUIRE(time_format().parse_fields(text, fields));
    return fields.local;
}

// The time zone database is a package of its own; without it only fixed offsets are tested.
bool have_database() {
    try {
        (void)zone::named("Europe/London");
        return true;
    } catch (issue_error const& error) {
        REQUIRE(error.issues().contains("time.no_database"));
        WARN("SKIPPED: no time zone database");
        return false;
    }
}

// The C library's view of a zone, for comparison.
class c_library_zone {
public:
    explicit c_library_zone(std::string const& name) {
        ::setenv("TZ", (":" + name).c_str(), 1);
        ::tzset();
    }
    ~c_library_zone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    [[nodiscard]] std::int64_t offset_at(std::int64_t seconds) const {
        auto const time = static_cast<std::time_t>(seconds);
        std::tm parts{};
        ::localtime_r(&time, &parts);
        return parts.tm_gmtoff;
    }
};

std::string code_of(std::string_view text) {
    try {
        (void)zone::parse(text);
    } catch (issue_error const& error) {
        return error.issues()[0].code + "|" + error.issues()[0].remedy;
    }
    return "accepted";
}

} // namespace

TEST_CASE("fixed offsets need no database", "[zone]") {
    zone const shanghai = zone::fixed(8 * 3600);
    CHECK(shanghai.name() == "+08:00");
    CHECK(shanghai.civil_day_of(utc("2024-06-30T16:30:00Z")) == civil_date::of(2024, 7, 1));
    CHECK(shanghai.start_of_day(civil_date::of(2024, 7, 1)) == utc("2024-06-30T16:00:00Z"));
    CHECK(zone::utc().civil_day_of(instant{-1}) == civil_date::of(1969, 12, 31));
    CHECK(zone::fixed(-12'600).name() == "-03:30");
    CHECK(zone::fixed(28'830).name() == "+08:00:30");
    CHECK(zone{}.name() == "UTC");
    CHECK(zone{}.is_fixed());
    for (char const* const text : {"UTC", "Z", "GMT", "+00:00"})
        CHECK(zone::parse(text) == zone::utc());
    for (char const* const text : {"+08:00", "+0800", "+08", "UTC+08:00"})
        CHECK(zone::parse(text) == shanghai);
    for (auto const seconds : {-64'800, -12'600, -1, 0, 1, 28'800, 28'830, 64'800})
        CHECK(zone::parse(zone::fixed(seconds).name()) == zone::fixed(seconds));
    CHECK_FALSE(zone::fixed(3600) == zone::utc());
    CHECK_THROWS_AS(zone::fixed(64'801), issue_error);
    CHECK(code_of("+19:00").starts_with("time.offset_range"));
}

TEST_CASE("extreme instants and dates do not overflow", "[zone]") {
    zone const east = zone::fixed(18 * 3600);
    CHECK(east.civil_day_of(instant::never()) >= zone::utc().civil_day_of(instant::never()));
    CHECK(zone::utc().civil_day_of(instant::never()).year() == 294'247);
    CHECK(zone::utc().civil_day_of(instant::earliest()).year() == -290'308);
    CHECK(east.start_of_day(civil_date{2'000'000'000}) == instant::never());
    CHECK(east.start_of_day(civil_date{-2'000'000'000}) == instant::earliest());
}

TEST_CASE("named zones agree with the C library at every instant", "[zone]") {
    if (!have_database()) return;
    random_generator random(2);
    for (std::string const name :
         {"Europe/London", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "Australia/Lord_Howe", "Europe/Dublin",
          "Africa/Casablanca", "America/Nuuk", "Asia/Kathmandu", "America/St_Johns", "Asia/Tehran", "Asia/Gaza"}) {
        zone const ours = zone::named(name);
        CHECK(ours.name() == name);
        c_library_zone const theirs(name);
        auto const agree = [&](std::int64_t seconds) {
            return ours.offset_at(instant{seconds * microseconds_per_second}) == theirs.offset_at(seconds);
        };
        INFO(name);
        // 1900 to 2200: before and after, the offset at the ends holds
        for (int i = 0; i < 20'000; ++i)
            REQUIRE(agree(random_integer(random, -2'208'988'800, 7'258'118'399)));
        // each quarter of an hour over some years that have changes, past 2037 as well
        for (std::int64_t const year : {1988, 2011, 2024, 2050, 2150}) {
            std::int64_t const start = (year - 1970) * 31'556'952;
            for (std::int64_t t = start; t < start + 31'556'952; t += 900)
                REQUIRE(agree(t));
        }
    }
}

TEST_CASE("the first instant of a day agrees with looking at every second", "[zone]") {
    if (!have_database()) return;
    struct row {
        char const* zone_name;
        char const* from;
        int days;
    };
    // gaps and overlaps at night, at midnight (Havana, Beirut), a skipped day (Apia), half an hour (Lord Howe)
    std::vector<row> const rows = {{"Europe/London", "2024-03-30", 3},       {"Europe/London", "2024-10-26", 3},
                                   {"America/New_York", "2024-03-09", 3},    {"America/Havana", "2024-03-09", 3},
                                   {"America/Havana", "2024-11-02", 3},      {"Asia/Beirut", "2024-03-30", 3},
                                   {"Pacific/Apia", "2011-12-28", 5},        {"America/St_Johns", "2010-11-06", 3},
                                   {"Australia/Lord_Howe", "2024-04-06", 3}, {"Asia/Shanghai", "1986-05-03", 3},
                                   {"Asia/Shanghai", "1991-09-14", 3}};
    for (auto const& [zone_name, from, days] : rows) {
        zone const where = zone::named(zone_name);
        civil_date const first = parse_date(from).value();
        for (std::int32_t d = 0; d < days; ++d) {
            civil_date const date = first + d;
            instant const start = where.start_of_day(date);
            // the first second whose clock is at or past the day's midnight
            std::int64_t expected = (std::int64_t{date.days_since_epoch()} - 2) * seconds_per_day;
            while (expected + where.offset_at(instant{expected * 1'000'000}) <
                   std::int64_t{date.days_since_epoch()} * seconds_per_day)
                ++expected;
            INFO(zone_name << " " << to_string(date));
            REQUIRE(start.microseconds() == expected * microseconds_per_second);
        }
    }
}

TEST_CASE("days that clocks lengthen, shorten, skip or cut", "[zone]") {
    if (!have_database()) return;
    zone const london = zone::named("Europe/London");
    auto const length = [](zone const& where, civil_date date) {
        return (where.start_of_day(date + 1) - where.start_of_day(date)).microseconds() / 3'600'000'000;
    };
    CHECK(length(london, civil_date::of(2024, 3, 31)) == 23);
    CHECK(length(london, civil_date::of(2024, 10, 27)) == 25);
    CHECK(length(london, civil_date::of(2024, 6, 30)) == 24);
    CHECK(london.start_of_day(civil_date::of(2024, 6, 30)) == utc("2024-06-29T23:00:00Z"));
    CHECK(london.to_local(utc("2024-03-31T00:59:59Z")) == local("2024-03-31T00:59:59"));
    CHECK(london.to_local(utc("2024-03-31T01:00:00Z")) == local("2024-03-31T02:00:00"));

    zone const shanghai = zone::named("Asia/Shanghai"); // summer time from 1986 to 1991
    CHECK(shanghai.offset_at(utc("1988-07-01T00:00:00Z")) == 9 * 3600);
    CHECK(shanghai.offset_at(utc("1992-07-01T00:00:00Z")) == 8 * 3600);
    CHECK(shanghai.civil_day_of(utc("1988-06-30T15:30:00Z")) == civil_date::of(1988, 7, 1));
    CHECK(shanghai.civil_day_of(utc("1992-06-30T15:30:00Z")) == civil_date::of(1992, 6, 30));

    zone const apia = zone::named("Pacific/Apia"); // 2011-12-30 never was
    CHECK(apia.start_of_day(civil_date::of(2011, 12, 30)) == apia.start_of_day(civil_date::of(2011, 12, 31)));
    CHECK(apia.start_of_day(civil_date::of(2011, 12, 31)) == utc("2011-12-30T10:00:00Z"));
    CHECK(length(apia, civil_date::of(2011, 12, 30)) == 0);
    CHECK(apia.civil_day_of(utc("2011-12-30T09:59:59Z")) == civil_date::of(2011, 12, 29));
    CHECK(apia.civil_day_of(utc("2011-12-30T10:00:00Z")) == civil_date::of(2011, 12, 31));
    auto const [begin, end] = apia.instants_of({civil_date::of(2011, 12, 29), civil_date::of(2012, 1, 1)});
    CHECK((end - begin).microseconds() == 2 * microseconds_per_day);
}

TEST_CASE("local times that occur twice or not at all follow the stated policy", "[zone]") {
    if (!have_database()) return;
    zone const york = zone::named("America/New_York");
    civil_time const twice = local("2024-11-03T01:30:00");
    CHECK(york.to_instant(twice) == utc("2024-11-03T05:30:00Z"));
    CHECK(york.to_instant(twice, ambiguous_time::earliest, nonexistent_time::refuse) == utc("2024-11-03T05:30:00Z"));
    CHECK(york.to_instant(twice, ambiguous_time::latest, nonexistent_time::refuse) == utc("2024-11-03T06:30:00Z"));
    CHECK(york.to_instant(local("2024-11-03T02:00:00"), ambiguous_time::earliest, nonexistent_time::refuse) ==
          utc("2024-11-03T07:00:00Z"));
    civil_time const never_was = local("2024-03-10T02:30:00");
    CHECK(york.to_instant(never_was) == utc("2024-03-10T07:00:00Z"));
    CHECK(york.to_instant(never_was, ambiguous_time::latest, nonexistent_time::shift_forward) ==
          utc("2024-03-10T07:00:00Z"));
    CHECK_FALSE(york.to_instant(never_was, ambiguous_time::latest, nonexistent_time::refuse));
    CHECK(york.to_instant(local("2024-03-10T03:00:00"), ambiguous_time::latest, nonexistent_time::refuse) ==
          utc("2024-03-10T07:00:00Z"));
    CHECK(zone::utc().to_instant(never_was, ambiguous_time::latest, nonexistent_time::refuse) ==
          utc("2024-03-10T02:30:00Z"));
}

TEST_CASE("every instant is found again from its local time", "[zone]") {
    if (!have_database()) return;
    random_generator random(3);
    for (char const* const name : {"Europe/London", "America/St_Johns", "Pacific/Apia", "Asia/Tehran"}) {
        zone const where = zone::named(name);
        for (int i = 0; i < 20'000; ++i) {
            // near the autumn changes half of the time
            std::int64_t const year = random_integer(random, 1970, 2100);
            std::int64_t const t =
                i % 2 == 0 ? random_integer(random, 0, 4'102'444'800'000'000)
                           : (year - 1970) * 31'556'952'000'000 + random_integer(random, 0, 31'556'952'000'000);
            // now and then the very instant of a change
            instant const when =
                i % 10 == 9
                    ? where.to_instant({civil_date::of(2024, 3, 31), random_integer(random, 0, 5) * 1'800'000'000})
                    : instant{t};
            civil_time const shown = where.to_local(when);
            auto const early = where.to_instant(shown, ambiguous_time::earliest, nonexistent_time::refuse);
            auto const late = where.to_instant(shown, ambiguous_time::latest, nonexistent_time::refuse);
            REQUIRE(early);
            REQUIRE(late);
            REQUIRE((when == *early || when == *late));
            REQUIRE(where.to_local(*early) == shown);
            REQUIRE(where.to_local(*late) == shown);
            // to_instant(x) >= when exactly from local_not_before(when) on
            civil_time const bound = where.local_not_before(when);
            REQUIRE(where.to_instant(bound) >= when);
            civil_time before = bound;
            before.time_of_day -= 1; // also right below midnight: the arithmetic is linear
            REQUIRE(where.to_instant(before) < when);
        }
    }
}

TEST_CASE("unknown zones are named with a suggestion", "[zone]") {
    if (!have_database()) return;
    CHECK(code_of("Europe/Londn") == "time.unknown_zone|Did you mean Europe/London?");
    CHECK(code_of("Shanghai") == "time.unknown_zone|Did you mean Asia/Shanghai?");
    CHECK(code_of("Asia/Beijing") == "time.unknown_zone|Did you mean Asia/Shanghai?");
    CHECK(code_of("CST") == "time.unknown_zone|"); // Chicago, Shanghai or Havana
    for (char const* const text : {"", "Mars/Olympus", "+8", "+08:60", "+08:0", "08:00", "+08:00:00:00", "right/UTC",
                                   "../../etc/passwd", "UTC+8"})
        CHECK(code_of(text).starts_with("time.unknown_zone"));
    CHECK(zone::named("Europe/London") == zone::parse("Europe/London"));
    CHECK_FALSE(zone::named("Europe/London") == zone::named("Europe/Lisbon"));
    CHECK_FALSE(zone::named("Europe/London") == zone::utc());
}

TEST_CASE("standing rules of all POSIX forms", "[zone]") {
    using segmenta::detail::posix_rule;
    auto const change = [](char const* rule, std::int32_t year, std::size_t i) {
        auto const c = posix_rule::parse(rule).value().changes_of(year)[i];
        return to_string(instant{c.when * microseconds_per_second}) + " " + std::to_string(c.offset);
    };
    // checked with zdump
    CHECK(change("GMT0BST,M3.5.0/1,M10.5.0", 2040, 0) == "2040-03-25T01:00:00Z 3600");
    CHECK(change("GMT0BST,M3.5.0/1,M10.5.0", 2040, 1) == "2040-10-28T01:00:00Z 0");
    CHECK(change("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2040, 0) == "2040-03-25T01:00:00Z -3600");
    CHECK(change("IST-1GMT0,M10.5.0,M3.5.0/1", 2040, 0) ==
          "2040-03-25T01:00:00Z 3600"); // Dublin: winter is the exception
    CHECK(change("AEST-10AEDT,M10.1.0,M4.1.0/3", 2040, 0) == "2040-03-31T16:00:00Z 36000");
    // days of the year: with 29 February counted, and without
    CHECK(change("A0B,59,J60", 2024, 0) == "2024-02-29T02:00:00Z 3600");
    CHECK(change("A0B,59,J60", 2024, 1) == "2024-03-01T01:00:00Z 0");
    CHECK(change("A0B,59,J60", 2023, 0) ==
          "2023-03-01T01:00:00Z 0"); // both 1 March; summer ends first on the time line
    CHECK_FALSE(posix_rule::parse("<+0330>-3:30").value().has_changes());
    CHECK(posix_rule::parse("<+0330>-3:30").value().standard_offset() == 12'600);
    for (char const* const bad : {"", "GMT", "GMT0BST", "GMT0BST,M3.5.0", "GMT0BST,M13.1.0,M10.5.0",
                                  "GMT0BST,M3.6.0,M10.5.0", "<+03-3", "GMT0BST,M3.5.0/1,M10.5.0x"})
        CHECK_FALSE(posix_rule::parse(bad));
}
