// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/resolve.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

using list = std::vector<std::string>;

std::uint32_t at(resolved_plan const& resolved, std::string_view name) {
    return static_cast<std::uint32_t>(resolved.graph.find(name).value());
}

} // namespace

TEST_CASE("a plan becomes a graph of typed columns") {
    plan const shop = parse_plan(whole_plan);
    auto const resolved = resolve(shop, shop.source_schema());
    CHECK(resolved.warnings.to_string() == "");

    list names;
    for (auto const& node : resolved.graph.nodes())
        names.push_back(node.name + " " + to_string(node.what) + " " + std::string(to_string(node.scope)));
    CHECK(names == list{"age int64 customer", "city category customer", "vip bool customer",
                        "spent money(CNY,3) customer", "silence int64 customer", "brands int64 customer",
                        "r int64 fitted", "local int64 customer"});
    names.clear();
    for (auto const node : resolved.graph.order())
        names.push_back(resolved.graph[node].name);
    CHECK(names == list{"age", "city", "spent", "silence", "brands", "r", "vip", "local"});
    names.clear();
    for (auto const output : resolved.outputs)
        names.push_back(resolved.graph[output].name);
    CHECK(names == list{"r", "vip", "local", "age"});

    // variables are numbered in the order of evaluation
    for (std::size_t k = 0; k < resolved.graph.size(); ++k) {
        CHECK(resolved.names.name(k) == resolved.graph[resolved.graph.order()[k]].name);
        CHECK(resolved.names.what(k) == resolved.graph[resolved.graph.order()[k]].what);
    }
    auto const vip = at(resolved, "vip");
    REQUIRE(resolved.rules[vip]);
    CHECK(resolved.rules[vip]->required_names() == list{"spent", "r"});
    REQUIRE(resolved.conditions[vip]);
    CHECK(resolved.conditions[vip]->required_names() == list{"age"});
    CHECK_FALSE(resolved.rules[at(resolved, "spent")]);
    REQUIRE(resolved.strategies[at(resolved, "r")]);
    CHECK(resolved.strategies[at(resolved, "r")]->segments.size() == 5);

    CHECK(resolved.graph.reaches(vip, column_scope::fitted));
    CHECK(resolved.graph.time_dependent(vip));
    CHECK_FALSE(resolved.graph.time_dependent(at(resolved, "local")));
    std::vector<std::uint32_t> const outputs{vip};
    CHECK(resolved.graph.fields_for(outputs) ==
          required_fields{{"age"}, {{"orders", {"amount", "brand"}, {}, true}}}); // silence reads back to the first row
    std::vector<std::uint32_t> const spent{at(resolved, "spent")};
    CHECK(resolved.graph.fields_for(spent) == required_fields{{}, {{"orders", {"amount", "brand"}, {"P90D"}, false}}});
}

TEST_CASE("a rule that reads the record as a whole reads its attributes") {
    plan const embedded = parse_plan(R"j({"segmenta": 1, "id": "embedded", "columns": {
        "teenager": "has(customer.age) && customer.age < 20"}})j");
    schema host;
    host.attribute("age", int64_type);
    auto const resolved = resolve(embedded, host);
    auto const age = at(resolved, "age");
    CHECK(resolved.graph.order()[0] == age);
    REQUIRE(resolved.graph.reads(at(resolved, "teenager")).size() == 1);
    CHECK(resolved.graph.reads(at(resolved, "teenager"))[0] == age);
}

TEST_CASE("a plan is refused by a host that lacks what it reads, with all reasons") {
    plan const shop = parse_plan(whole_plan);
    schema host;
    host.attribute("age", string_type).attribute("unknown_to_the_plan", int64_type);
    host.history({"orders", "paid_at", {{"paid_at", instant_type, {}, {}}, {"brand", int64_type, {}, {}}}});
    try {
        (void)resolve(shop, host);
        FAIL("was accepted");
    } catch (issue_error const& error) {
        CAPTURE(error.issues().to_string());
        CHECK(error.issues().contains("plan.unknown_field")); // amount
        CHECK(error.issues().contains("rule.unknown_name"));  // city
        CHECK(error.issues().contains("rule.type"));          // brand != 'x' on a number
        for (auto const& i : error.issues())
            CHECK(i.place.rfind("plan:", 0) == 0);
    }
    host = {};
    CHECK_THROWS_AS(resolve(shop, host), issue_error);
}

TEST_CASE("names that both a host and a plan define are refused") {
    plan const shop = parse_plan(whole_plan);
    schema host = shop.source_schema();
    host.attribute("spent", float64_type);
    try {
        (void)resolve(shop, host);
        FAIL("was accepted");
    } catch (issue_error const& error) {
        REQUIRE(error.issues().size() == 1);
        CHECK(error.issues()[0].code == "plan.duplicate_name");
    }
}

namespace {

/// A plan of two scores and a map over them, without sources.
std::string map_plan(std::string const& first, std::string const& second, std::string const& map) {
    return R"j({"segmenta": 1, "id": "map", "columns": {
        "a": )j" +
           first + ",\n        \"b\": " + second +
           ",\n        \"cell\": {\"strategy\": \"cell_map\", \"of\": [\"a\", \"b\"], " + map + "}}}";
}

std::string const two_by_two = R"j("levels": [2, 2], "segments": [{"id": "all", "boxes": [[[1, 2], [1, 2]]]}])j";

/// The issue of this code, resolved against a host with the number x and a score of its own.
issue level_issue(std::string const& text) {
    schema host;
    host.attribute("x", int64_type).attribute("given", int64_type);
    issue_list found;
    try {
        found = resolve(parse_plan(text), host).warnings;
    } catch (issue_error const& error) {
        found = error.issues();
    }
    CAPTURE(text, found.to_string());
    for (auto const& i : found) {
        if (i.code != "plan.input_levels") continue;
        CHECK(found.size() == 1);
        return i;
    }
    CHECK(found.empty());
    return {severity::note, {}, {}, {}, {}, {}, {}};
}

} // namespace

TEST_CASE("a map is refused over scores it has no cells for, before any fit") {
    std::string const two = R"j({"strategy": "quantile_score", "of": "x", "bins": 2})j";
    auto const [score, seen] = GENERATE(table<std::string, std::string>({
        {R"j({"strategy": "quantile_score", "of": "x", "bins": 3})j", "1 to 3"},
        {R"j({"strategy": "quantile_score", "of": "x"})j", "1 to 5"},
        {R"j({"strategy": "quantile_score", "of": "x", "method": "fixed", "cuts": [1, 2, 3]})j", "1 to 4"},
        {R"j({"strategy": "quantile_score", "of": "x", "bins": 3, "ties": "rank_first"})j", "1 to 3"},
        {R"j("x > 5 ? 2 : x > 3 ? 1 : 0")j", "0 to 2"},
        {R"j("x > 5 ? 3 : 1")j", "1 to 3"},
        {R"j("customer.score")j", "1 to 7"},
    }));
    bool const through = score.find("customer.score") != std::string::npos;
    auto text = map_plan(two, score, two_by_two);
    if (through)
        text = replaced(text, R"("a": )", R"("score": {"strategy": "quantile_score", "of": "x", "bins": 7}, "a": )");
    auto const i = level_issue(text);
    CAPTURE(score);
    CHECK(i.code == "plan.input_levels");
    CHECK(i.level == severity::error);
    CHECK(i.place == "plan:" + std::to_string(4) + " /columns/cell/of");
    CHECK(i.seen == seen);
    CHECK(i.allowed == "1 to 2");
    CHECK_FALSE(i.remedy.empty());
}

TEST_CASE("a map over scores that are as many as it has cells for, or not known before a fit, is taken") {
    auto const score = GENERATE(as<std::string>{}, R"j({"strategy": "quantile_score", "of": "x", "bins": 2})j",
                                R"j({"strategy": "quantile_score", "of": "x", "method": "mean"})j",
                                R"j({"strategy": "quantile_score", "of": "x", "method": "median"})j",
                                R"j({"strategy": "quantile_score", "of": "x", "method": "fixed", "cuts": [10]})j",
                                R"j("x > 5 ? 2 : 1")j", R"j("customer.given")j", R"j("x > 5 ? given : 2")j",
                                R"j("math.least(x, 2)")j");
    CHECK(level_issue(map_plan(score, score, two_by_two)).code.empty());
}

TEST_CASE("a map with more levels than its scores is warned about") {
    std::string const three = R"j({"strategy": "quantile_score", "of": "x", "bins": 3})j";
    auto const i =
        level_issue(map_plan(R"j({"strategy": "quantile_score", "of": "x"})j", three, R"j("map": "rf_ten")j"));
    CHECK(i.code == "plan.input_levels");
    CHECK(i.level == severity::warning);
    CHECK(i.seen == "1 to 3");
    CHECK(i.allowed == "1 to 5");
}

TEST_CASE("a misspelt name is answered with the nearest, also of attributes that nothing else reads") {
    auto const said = [](std::string const& columns) {
        plan const small = parse_plan(R"j({"segmenta": 1, "id": "small", "columns": {)j" + columns + "}}");
        schema host;
        host.attribute("age", int64_type).attribute("city", string_type);
        host.history({"orders", "paid_at", {{"paid_at", instant_type, {}, {}}}});
        try {
            (void)resolve(small, host);
        } catch (issue_error const& error) {
            CHECK(error.issues().size() == 1);
            return to_string(error.issues()[0]);
        }
        return std::string{};
    };
    CHECK_THAT(said(R"j("a": "citty == 'Paris'")j"), ContainsSubstring("Did you mean city?"));
    CHECK_THAT(said(R"j("a": "customer.citty == 'Paris'")j"), ContainsSubstring("Did you mean city?"));
    CHECK_THAT(said(R"j("a": "has(customer.agee)")j"), ContainsSubstring("Did you mean age?"));
    CHECK_THAT(said(R"j("a": {"rule": "true", "applies_to": "as_of_dy == as_of_day"})j"),
               ContainsSubstring("as_of_day?"));
    CHECK_THAT(said(R"j("a": {"feature": "orders", "of": "orders", "applies_to": "citty == 'x'"})j"),
               ContainsSubstring("Did you mean city?"));
}

TEST_CASE("a misspelt name is answered with the nearest even when that one is defined wrongly") {
    auto const found = issues_of(replaced(broken(R"("age": {"type": "int64", "minimum": 0, "maximum": 130})",
                                                 R"("age": {"type": "int46", "minimum": 0, "maximum": 130})"),
                                          R"("applies_to": "age >= 18")", R"("applies_to": "aage >= 18")"));
    CAPTURE(found.to_string());
    REQUIRE(found.size() == 2);
    CHECK(found[0].code == "plan.bad_type");
    CHECK(found[1].code == "rule.unknown_name");
    CHECK_THAT(found[1].remedy, ContainsSubstring("Did you mean age?"));
}
