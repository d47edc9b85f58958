// SPDX-License-Identifier: Apache-2.0
#include "cli/moment.hpp"

#include "support/catch.hpp"

#include <segmenta/error.hpp>

#include <string>

using namespace segmenta;

namespace {

std::string message_of(std::string const& text, zone const& where = zone::utc()) {
    try {
        (void)cli::moment_of(text, where);
    } catch (issue_error const& e) {
        return e.issues()[0].code + ": " + e.issues()[0].message;
    }
    return "none";
}

} // namespace

TEST_CASE("moment: dates, times, and years in which rows count") {
    CHECK(cli::moment_of("1970-01-02", zone::utc()) == instant{86'400'000'000});
    CHECK(cli::moment_of("1970-01-02T08:00:00+08:00", zone::utc()) == instant{86'400'000'000});
    CHECK(message_of("0001-01-01") == "none");
    CHECK(message_of("0001-01-01", zone::named("Asia/Shanghai")) == "none"); // in UTC that is the year before
    CHECK(message_of("9999-12-31") == "none");
    for (std::string const text : {"0000-01-01", "0000-12-31T23:59:59Z", "-0005-01-01", "+12024-01-01"})
        CHECK(message_of(text) == "cli.as_of: rows count in the years 0001 to 9999");
    for (std::string const text : {"-5-01-01", "2024-02-30", "", "yesterday"})
        CHECK(message_of(text) == "cli.as_of: this is no date or time");
}
