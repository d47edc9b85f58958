// SPDX-License-Identifier: Apache-2.0
#include "rule/oracle.hpp"

#include "support/catch.hpp"

#include <limits>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("the oracle itself: a few answers by hand", "[rule]") {
    environment names;
    names.variable("n", int64_type);
    std::string memory;
    auto const run = [&](std::string_view rule, value n) {
        auto const r = oracle_answer(parse_expression(rule), names, {n}, int64_type, memory);
        return r.state == status::ok ? std::to_string(r.result.as_int()) : std::string(to_string(r.state));
    };
    CHECK(run("n * 2 + 1", value::of_int(20)) == "41");
    CHECK(run("n > 9223372036854775807.0 ? 1 : 2", value::of_int(std::numeric_limits<std::int64_t>::max())) == "2");
    CHECK(run("n / 0", value{}) == "unknown");
    CHECK(run("n / 0", value::of_int(1)) == "error");
    CHECK(run("false && n / 0 == 1 ? 1 : 'abc'.indexOf('c')", value{}) == "2");
}
