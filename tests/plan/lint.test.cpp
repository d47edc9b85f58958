// SPDX-License-Identifier: Apache-2.0
// What plans say and cannot mean. The slips are those that published segment definitions have (requirements.md,
// section 2: contradictory conditions, vip before svip, the same tag twice).
#include <segmenta/plan/lint.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string with(std::string const& tags, std::string const& taxonomy = "{}", std::string const& columns = "{\"one\": \"1 + level\"}") {
    return R"j({"segmenta": 1, "id": "shop", "sources": {
        "people": {"kind": "customers", "customer": "id",
                   "fields": {"id": "int64", "level": "int64", "city": "category"}},
        "orders": {"customer": "id", "time": "at", "fields": {"id": "int64", "at": "instant"}}},
        "columns": )j" +
           columns + R"j(, "tags": )j" + tags + R"j(, "taxonomy": )j" + taxonomy + "}";
}

std::string warned(std::string const& text) {
    issue_list const issues = parse_plan(text, "shop.json").warnings();
    std::string out;
    for (auto const& problem : issues)
        if (problem.code.starts_with("rule.")) out += problem.place + " " + problem.code + "; ";
    return out;
}

} // namespace

TEST_CASE("contradictions, tautologies and conditions that change nothing are warned of in columns and tags") {
    CHECK(warned(with(R"j({"t": {"rule": "level > 3 && city == 'x' && orders.count() > 1", "meaning": "m"}})j")) == "");
    CHECK_THAT(warned(with(R"j({"t": {"rule": "level > 5 && level < 3", "meaning": "m"}})j")),
               ContainsSubstring("/tags/t") && ContainsSubstring("rule.never_true"));
    CHECK_THAT(warned(with(R"j({"t": {"rule": "level > 5 || level < 9", "meaning": "m"}})j")), ContainsSubstring("rule.always_true"));
    CHECK_THAT(warned(with(R"j({"t": {"rule": "level > 5 && level > 3", "meaning": "m"}})j")),
               ContainsSubstring("rule.redundant_condition"));
    // questions to a history are seen through as well
    CHECK_THAT(warned(with(R"j({"t": {"rule": "orders.within('P9D').count() > 5 && orders.within('P9D').count() < 3", "meaning": "m"}})j")),
               ContainsSubstring("rule.never_true"));
    CHECK_THAT(warned(with(R"j({"t": {"rule": "level > 1", "meaning": "m"}})j", "{}", R"j({"c": "city == 'a' && city == 'b'"})j")),
               ContainsSubstring("/columns/c rule.never_true") || ContainsSubstring("/columns/c"));
}

TEST_CASE("vip before svip: a value that never comes is warned of") {
    std::string const tags = R"j({"vip": {"rule": "level >= 5", "meaning": "m"}, "svip": {"rule": "level >= 8", "meaning": "m"}})j";
    auto const tier = [](std::string const& order) {
        return R"j({"tier": {"dimension": "exclusive", "order": )j" + order + R"j(, "unknown": "none"}})j";
    };
    CHECK(warned(with(tags, tier(R"j(["svip", "vip"])j"))) == "");
    CHECK_THAT(warned(with(tags, tier(R"j(["vip", "svip"])j"))),
               ContainsSubstring("/tags/svip") && ContainsSubstring("rule.unreachable_value"));
}

TEST_CASE("tags that say the same, or one of which includes the other, are warned of") {
    CHECK_THAT(warned(with(R"j({"a": {"rule": "level >= 5", "meaning": "m"}, "b": {"rule": "!(level < 5)", "meaning": "m"}})j")),
               ContainsSubstring("rule.duplicate_rule"));
    CHECK_THAT(warned(with(R"j({"a": {"rule": "level >= 5", "meaning": "m"}, "b": {"rule": "level >= 5 && city == 'x'", "meaning": "m"}})j")),
               ContainsSubstring("rule.implied_rule"));
    // but not where one is made of the other
    CHECK(warned(with(R"j({"a": {"rule": "level >= 5", "meaning": "m"}, "b": {"rule": "tag.a && city == 'x'", "meaning": "m"}})j")) == "");
}
