// SPDX-License-Identifier: Apache-2.0
#include <segmenta/error.hpp>

#include "support/catch.hpp"

#include <string>

using namespace segmenta;

TEST_CASE("an issue is one line that says where, what, what else and what next", "[error]") {
    issue const full{severity::error, "plan.unknown_column",     "plan.json:12 /columns/vip", "\"ag\"",
                     "age, city",     "there is no such column", "Did you mean age?"};
    CHECK(to_string(full) ==
          "error plan.json:12 /columns/vip: there is no such column (seen: \"ag\"; allowed: age, city). "
          "Did you mean age? [plan.unknown_column]");
    issue bare;
    bare.message = "something";
    CHECK(to_string(bare) == "error: something");
    bare.level = severity::warning;
    bare.allowed = "less";
    CHECK(to_string(bare) == "warning: something (allowed: less)");
}

TEST_CASE("issues are collected in order and thrown once, when one is an error", "[error]") {
    issue_list issues;
    CHECK(issues.empty());
    CHECK_NOTHROW(issues.throw_if_errors());
    issues.warning("a.first", "x", "one");
    CHECK_FALSE(issues.has_errors());
    CHECK_NOTHROW(issues.throw_if_errors());

    issue_list more;
    more.error("b.second", "y", "two");
    issues.append(more);
    CHECK(issues.size() == 2);
    CHECK(issues.contains("b.second"));
    CHECK_FALSE(issues.contains("b"));
    CHECK(issues.to_string() == "warning x: one [a.first]\nerror y: two [b.second]");
    try {
        issues.throw_if_errors();
        FAIL("not thrown");
    } catch (issue_error const& error) {
        CHECK(error.issues().size() == 2);
        CHECK(error.issues()[0].level == severity::warning);
        CHECK(std::string(error.what()) == issues.to_string());
    }
    CHECK(issue_error("c", "place", "message").issues()[0].code == "c");
}
