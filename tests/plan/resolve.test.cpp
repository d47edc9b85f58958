// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/resolve.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

using namespace segmenta;
using namespace segmenta::test;

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
