// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/parse.hpp>

#include "support/catch.hpp"

#include <cstdio>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

zone const utc_zone;

std::string read(std::string_view format, std::string_view text, zone const& where = utc_zone) {
    auto const when = time_format(format).parse(text, where);
    return when ? to_string(*when) : "nothing";
}

// Strict YYYY-MM-DD?HH:MM:SS, character by character.
bool naive_iso_19(std::string const& s, civil_time& out) {
    if (s.size() != 19) return false;
    auto const number = [&](std::size_t i, std::size_t n) {
        int value = 0;
        for (; n > 0; --n, ++i) {
            if (s[i] < '0' || s[i] > '9') return -1;
            value = value * 10 + (s[i] - '0');
        }
        return value;
    };
    int const y = number(0, 4), m = number(5, 2), d = number(8, 2), h = number(11, 2), n = number(14, 2),
              c = number(17, 2);
    if (y < 0 || m < 1 || m > 12 || d < 1 || h < 0 || h > 23 || n < 0 || n > 59 || c < 0 || c > 59) return false;
    if (s[4] != '-' || s[7] != '-' || (s[10] != 'T' && s[10] != ' ') || s[13] != ':' || s[16] != ':') return false;
    auto const date = checked_date({y, static_cast<std::uint8_t>(m), static_cast<std::uint8_t>(d)});
    if (!date) return false;
    out = {*date, std::int64_t{h * 3600 + n * 60 + c} * 1'000'000};
    return true;
}

} // namespace

TEST_CASE("the fast path agrees with reading character by character", "[parse]") {
    random_generator random(9);
    std::string const characters = "0123456789-:T /.;,Zt+\x80\xFF\x7F\x00\x10:"; // neighbours of digits in ASCII too
    time_format const format;
    int accepted = 0;
    for (int i = 0; i < 400'000; ++i) {
        char buffer[64];
        std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02d%c%02d:%02d:%02d",
                      static_cast<int>(random_below(random, 10'000)), static_cast<int>(random_below(random, 14)),
                      static_cast<int>(random_below(random, 33)), random_bernoulli(random, 0.5) ? 'T' : ' ',
                      static_cast<int>(random_below(random, 25)), static_cast<int>(random_below(random, 61)),
                      static_cast<int>(random_below(random, 61)));
        std::string text = buffer;
        if (i % 3 == 0) text[random_below(random, 19)] = characters[random_below(random, characters.size())];
        if (i % 7 == 0) text[random_below(random, 19)] = static_cast<char>(random_below(random, 256));
        if (text[16] == '+' || text[16] == '-') continue; // 2024-06-30T12:34+08, another shape of 19 characters
        civil_time expected;
        bool const good = naive_iso_19(text, expected);
        auto const seen = format.parse(text, utc_zone);
        INFO(text);
        REQUIRE(seen.has_value() == good);
        if (good) REQUIRE(*seen == utc_zone.to_instant(expected));
        accepted += good ? 1 : 0;
    }
    CHECK(accepted > 50'000);
}

TEST_CASE("ISO texts", "[parse]") {
    zone const east = zone::fixed(8 * 3600);
    CHECK(read("iso", "2024-06-30") == "2024-06-30T00:00:00Z");
    CHECK(read("iso", "2024-06-30", east) == "2024-06-29T16:00:00Z"); // the start of that day there
    CHECK(read("iso", "2024-06-30T12:34:56") == "2024-06-30T12:34:56Z");
    CHECK(read("iso", "2024-06-30 12:34") == "2024-06-30T12:34:00Z");
    CHECK(read("iso", "2024-06-30T12:34:56", east) == "2024-06-30T04:34:56Z");
    CHECK(read("iso", "2024-06-30T12:34:56Z", east) == "2024-06-30T12:34:56Z");
    CHECK(read("iso", "2024-06-30T12:34:56+08:00") == "2024-06-30T04:34:56Z");
    CHECK(read("iso", "2024-06-30T12:34:56-0330") == "2024-06-30T16:04:56Z");
    CHECK(read("iso", "2024-06-30 12:34+08") == "2024-06-30T04:34:00Z");
    CHECK(read("iso", "2024-06-30T12:34:56.5Z") == "2024-06-30T12:34:56.500Z");
    CHECK(read("iso", "2024-06-30T12:34:56.789012") == "2024-06-30T12:34:56.789012Z");
    CHECK(read("iso", "2024-06-30T12:34:56.789012999") == "2024-06-30T12:34:56.789012Z");
    CHECK(read("iso", "1969-12-31T23:59:59.999999") == "1969-12-31T23:59:59.999999Z");
    CHECK(read("iso", "0000-01-01") == "0000-01-01T00:00:00Z");
    CHECK(read("iso", "-0044-03-15") == "-0044-03-15T00:00:00Z");
    CHECK(read("iso", "+12024-01-01T01:02:03Z") == "+12024-01-01T01:02:03Z");

    for (char const* const bad : {"",
                                  "2024",
                                  "2024-06",
                                  "2024-6-30",
                                  "2024-06-31",
                                  "2023-02-29",
                                  "2024-00-10",
                                  "2024-13-01",
                                  "2024-06-30T",
                                  "2024-06-30T12",
                                  "2024-06-30T24:00:00",
                                  "2024-06-30T12:60:00",
                                  "2024-06-30T12:34:60",
                                  "2024-06-30T12:34:5",
                                  "2024-06-30T12:34:56.",
                                  "2024-06-30T12:34:56.1234567890",
                                  "2024-06-30T12:34:56+8",
                                  "2024-06-30T12:34:56+19:00",
                                  "2024-06-30T12:34:56 Z",
                                  "2024-06-30T12:34:56z",
                                  " 2024-06-30",
                                  "2024-06-30 ",
                                  "2024-06-30x12:34:56",
                                  "2024/06/30",
                                  "20240630",
                                  "2024-06-30Z",
                                  "+999999-01-01",
                                  "-999999-01-01",
                                  "+2024-02-30",
                                  "2024-06-30T12:34Z+",
                                  "12:34:56"}) {
        INFO(bad);
        CHECK(read("iso", bad) == "nothing");
        CHECK_FALSE(parse_instant(bad, utc_zone));
    }
    CHECK(parse_date("2024-02-29") == civil_date::of(2024, 2, 29));
    CHECK_FALSE(parse_date("2024-02-29T00:00"));
    CHECK_FALSE(parse_date("2024-02-3"));
}

TEST_CASE("named patterns", "[parse]") {
    CHECK(read("M/D/YYYY H:MM", "12/1/2010 8:26") == "2010-12-01T08:26:00Z");
    CHECK(read("M/D/YYYY H:MM", "1/31/2011 18:05") == "2011-01-31T18:05:00Z");
    CHECK(read("DD-MM-YYYY", "04-09-2012") == "2012-09-04T00:00:00Z");
    CHECK(read("YYYYMMDD", "19970101") == "1997-01-01T00:00:00Z");
    CHECK(read("YYYY-MM-DD HH:MM:SS", "2017-11-25 00:00:01") == "2017-11-25T00:00:01Z");
    CHECK(read("YYYY-MM-DDTHH:MM:SS", "2017-11-25T00:00:01") == "2017-11-25T00:00:01Z");
    CHECK(read("YYYYMMDDHHMMSS", "20240630123456") == "2024-06-30T12:34:56Z");
    CHECK(read("DD MMM YYYY", "05 feb 2024") == "2024-02-05T00:00:00Z");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 12:05 AM") == "2024-06-30T00:05:00Z");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 12:05 pm") == "2024-06-30T12:05:00Z");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 1:05 PM") == "2024-06-30T13:05:00Z");
    CHECK(read("YYYY-MM-DD HH:MM:SS.fff", "2024-06-30 12:34:56.789") == "2024-06-30T12:34:56.789Z");
    CHECK(read("YYYY-MM-DD HH:MM:SS.f Z", "2024-06-30 12:34:56.7 +08:00") == "2024-06-30T04:34:56.700Z");
    CHECK(read("HH:MM DD.MM.YYYY", "12:34 30.06.2024") == "2024-06-30T12:34:00Z");
    CHECK(read("DD.MM.YYYY 'um' HH 'o''clock'", "30.06.2024 um 12 o'clock") == "2024-06-30T12:00:00Z");
    CHECK(read("YYYY-MM-DD mm HH", "2024-06-30 05 12") == "2024-06-30T12:05:00Z");

    CHECK(read("M/D/YYYY H:MM", "13/1/2010 8:26") == "nothing"); // day and month turned round
    CHECK(read("M/D/YYYY H:MM", "2/29/2011 8:26") == "nothing");
    CHECK(read("M/D/YYYY H:MM", "12/1/2010 8:6") == "nothing");
    CHECK(read("M/D/YYYY H:MM", "12/1/2010 8:26 ") == "nothing");
    CHECK(read("M/D/YYYY H:MM", "12/1/10 8:26") == "nothing");
    CHECK(read("M/D/YYYY H:MM", "012/1/2010 8:26") == "nothing");
    CHECK(read("M/D/YYYY H:MM", "12/1/2010 24:00") == "nothing");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 13:05 PM") == "nothing");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 0:05 AM") == "nothing");
    CHECK(read("M/D/YYYY h:MM A", "6/30/2024 1:05") == "nothing");
    CHECK(read("YYYYMMDD", "1997010") == "nothing");
    CHECK(read("YYYYMMDD", "199701011") == "nothing");
    CHECK(read("YYYY-MM-DD HH:MM:SS", "2017-11-25T00:00:01") == "nothing"); // the pattern says a blank
    CHECK(read("YYYY-MM-DDTHH:MM:SS", "2017-11-25 00:00:01") == "nothing");
    CHECK(read("DD MMM YYYY", "05 xyz 2024") == "nothing");
    CHECK(read("YYYY-MM-DD HH:MM:SS.fff", "2024-06-30 12:34:56.78") == "nothing");
    CHECK_FALSE(time_format("YYYYMMDD").has_time());
    CHECK(time_format("M/D/YYYY H:MM").has_time());
    CHECK(time_format("YYYYMMDD").text() == "YYYYMMDD");
    CHECK(time_format("YYYYMMDD") == time_format("YYYYMMDD"));
}

TEST_CASE("Unix times", "[parse]") {
    CHECK(read("unix_s", "1719750896") == "2024-06-30T12:34:56Z");
    CHECK(read("unix_ms", "1719750896789") == "2024-06-30T12:34:56.789Z");
    CHECK(read("unix_us", "-1") == "1969-12-31T23:59:59.999999Z");
    CHECK(read("unix_s", "0") == "1970-01-01T00:00:00Z");
    for (char const* const bad :
         {"", "-", "+1", " 1", "1 ", "1.5", "1e9", "9223372036854775807", "99999999999999999999", "0x10"})
        CHECK(read("unix_s", bad) == "nothing");
    CHECK(read("unix_us", "9223372036854775807") == "nothing"); // never() is no data
    CHECK(time_format("unix_s").parse_date("1719763200", zone::fixed(8 * 3600)) == civil_date::of(2024, 7, 1));
}

TEST_CASE("dates keep what was written; instants are seen in the zone", "[parse]") {
    time_format const iso;
    zone const east = zone::fixed(8 * 3600);
    CHECK(iso.parse_date("2024-06-30T23:00:00", east) == civil_date::of(2024, 6, 30));
    CHECK(iso.parse_date("2024-06-30T23:00:00Z", east) == civil_date::of(2024, 7, 1));
    CHECK_FALSE(iso.parse_date("nonsense", east));
    parsed_time fields;
    REQUIRE(iso.parse_fields("2024-06-30T23:00:00-01:00", fields));
    CHECK(fields.has_time);
    CHECK(fields.has_offset);
    CHECK(fields.offset_seconds == -3600);
    REQUIRE(iso.parse_fields("2024-06-30", fields));
    CHECK_FALSE(fields.has_time);
    CHECK_FALSE(fields.has_offset);

    try {
        zone const york = zone::named("America/New_York");
        auto const strict = nonexistent_time::refuse;
        CHECK_FALSE(iso.parse("2024-03-10T02:30:00", york, ambiguous_time::earliest, strict));
        CHECK(iso.parse("2024-03-10T02:30:00", york) == parse_instant("2024-03-10T07:00:00Z", york));
        CHECK(iso.parse("2024-11-03T01:30:00", york, ambiguous_time::latest, strict) ==
              parse_instant("2024-11-03T06:30:00Z", york));
        CHECK(iso.parse("2024-11-03T01:30:00-04:00", york, ambiguous_time::latest, strict) ==
              parse_instant("2024-11-03T05:30:00Z", york));
    } catch (issue_error const&) {
        WARN("SKIPPED: no time zone database");
    }
}

TEST_CASE("formats that mean nothing or two things are refused", "[parse]") {
    struct row {
        char const* format;
        char const* message;
    };
    std::vector<row> const rows = {{"", "needs year, month and day"},
                                   {"YY-MM-DD", "two-digit years"},
                                   {"YYYY-MM", "needs year, month and day"},
                                   {"YYYY-MM-DD QQ", "means nothing: QQ"},
                                   {"MDYYYY", "varying width"},
                                   {"YYYY-MM-DD H", nullptr},
                                   {"YYYY-MM-DD HH:SS", "seconds without"},
                                   {"YYYY-MM-DD h:MM", "h and A"},
                                   {"YYYY-MM-DD H:MM A", "h and A"},
                                   {"YYYY-YYYY-MM-DD", "twice"},
                                   {"YYYY-MM-DD MMM", "twice"},
                                   {"YYYY-MM-DD 'x", "not closed"},
                                   {"YYYY-MM-DD Z", "without an hour"},
                                   {"YYYY-MM-DD HH:MM f", "decimals"},
                                   {"YYYY-MM-D0", "varying width"},
                                   {"iso8601", "means nothing"},
                                   {"YYYYY-MM-DD", "means nothing"},
                                   {"YYYY-MM-DD mm", "minutes without"}};
    for (auto const& [format, message] : rows) {
        INFO(format);
        if (message == nullptr) {
            CHECK_NOTHROW(time_format(format));
            continue;
        }
        try {
            time_format const refused(format, "plan.json:7 /sources/orders/time");
            FAIL("accepted");
        } catch (issue_error const& error) {
            CHECK(error.issues()[0].code == "time.format");
            CHECK(error.issues()[0].place == "plan.json:7 /sources/orders/time");
            CHECK_THAT(error.issues()[0].message, Catch::Matchers::ContainsSubstring(message));
        }
    }
}

TEST_CASE("what is written is read back", "[parse]") {
    random_generator random(14);
    std::vector<zone> zones = {zone::utc(), zone::fixed(28'800), zone::fixed(-12'600)};
    try {
        zones.push_back(zone::named("Europe/London"));
        zones.push_back(zone::named("America/St_Johns"));
    } catch (issue_error const&) {
        WARN("SKIPPED: no time zone database");
    }
    for (auto const& where : zones) {
        for (int i = 0; i < 20'000; ++i) {
            std::int64_t t = i % 4 == 0 ? static_cast<std::int64_t>(random())
                                        : random_integer(random, -4'000'000'000'000'000, 4'000'000'000'000'000);
            if (i % 3 == 0) t -= t % 1'000'000;
            instant const when{t};
            std::string const text = to_string(when, where);
            INFO(text);
            REQUIRE(text.size() <= longest_time_text);
            REQUIRE(parse_instant(text, utc_zone) == when);
        }
    }
    CHECK(to_string(instant{1'719'750'896'000'000}, zones[1]) == "2024-06-30T20:34:56+08:00");
    CHECK(to_string(instant::never()) == "never");
    CHECK(to_string(instant::earliest()) == "earliest");
    CHECK(to_string(civil_date::of(7, 1, 2)) == "0007-01-02");
    CHECK(to_string(civil_date{std::numeric_limits<std::int32_t>::max()}) == "+5881580-07-11");
}
