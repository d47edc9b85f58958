// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/environment.hpp>

#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/time/parse.hpp>

#include <string>
#include <vector>

using namespace segmenta;

namespace {

std::string code_of(std::string_view rule, environment const& names) {
    issue_list issues;
    auto const made = compile_rule(rule, names, issues);
    return made ? to_string(made->result_type()) : issues[0].code;
}

} // namespace

TEST_CASE("variables are numbered in order and found by name", "[rule]") {
    environment names;
    CHECK(names.variable("b", int64_type) == 0);
    CHECK(names.variable("a", decimal_type(2)) == 1);
    CHECK(names.variable("Customer ID", string_type) == 2);
    CHECK(names.variable("\xE5\xB9\xB4\xE9\xBE\x84", int64_type) == 3);
    CHECK(names.size() == 4);
    CHECK(names.find("a") == std::size_t{1});
    CHECK(names.find("b") == std::size_t{0});
    CHECK_FALSE(names.find("c"));
    CHECK(names.name(2) == "Customer ID");
    CHECK(names.what(1) == decimal_type(2));
    CHECK(code_of("`Customer ID` + '!'", names) == "string");
    CHECK(code_of("`\xE5\xB9\xB4\xE9\xBE\x84` > 3", names) == "bool");
}

TEST_CASE("names no rule could write, and names given twice, are refused", "[rule]") {
    environment names;
    names.variable("a", int64_type);
    auto const code = [&](std::string name) {
        try {
            names.variable(std::move(name), int64_type);
        } catch (issue_error const& problem) {
            return problem.issues()[0].code;
        }
        return std::string("taken");
    };
    CHECK(code("a") == "rule.duplicate_name");
    CHECK(code("") == "rule.bad_name");
    CHECK(code("a`b") == "rule.bad_name");
    CHECK(code("a\nb") == "rule.bad_name");
    CHECK(code("a b") == "taken");
}

TEST_CASE("the attributes of a schema are fields of the record", "[rule]") {
    schema customers;
    customers.attribute("age", int64_type).attribute("city", category_type);
    environment names(customers);
    CHECK(names.record_name() == "customer");
    CHECK(code_of("age + customer.age", names) == "int64");
    CHECK(code_of("row.age", names) == "rule.unknown_name");
    names.record_name("row");
    CHECK(code_of("row.age", names) == "int64");
    CHECK(code_of("customer.age", names) == "rule.unknown_name");
}

TEST_CASE("the longest declared name wins", "[rule]") {
    environment names;
    names.variable("tag", int64_type);
    names.variable("tag.vip", boolean_type);
    CHECK(code_of("tag.vip", names) == "bool");
    CHECK(code_of("tag", names) == "int64");
    CHECK(code_of("tag.other", names) == "rule.type"); // tag has no fields
}

TEST_CASE("the nearest name forgives slips and case", "[rule]") {
    environment names;
    names.variable("Quantity", int64_type);
    names.variable("UnitPrice", float64_type);
    CHECK(names.nearest("quantity") == "Quantity");
    CHECK(names.nearest("Qantity") == "Quantity");
    CHECK(names.nearest("UnitPirce") == "UnitPrice");
    CHECK(names.nearest("warehouse").empty());
    CHECK(environment{}.nearest("x").empty());
}

TEST_CASE("the zone of the environment serves functions that name none", "[rule]") {
    environment names;
    names.variable("at", instant_type);
    std::vector<value> const row{value::of_instant(*parse_instant("2024-06-30T20:30:00Z", zone::utc()))};
    rule_scratch scratch;
    auto const hours = [&] {
        return compile_rule("at.getHours()", names).evaluate(std::span<value const>(row), scratch).result.as_int();
    };
    CHECK(hours() == 20);
    names.zone_name("Asia/Shanghai");
    CHECK(hours() == 4);
    names.zone_name("-03:30");
    CHECK(hours() == 17);
    names.zone_name("Atlantis/Center");
    CHECK(code_of("at.getHours()", names) == "rule.bad_constant");
    CHECK(code_of("at > timestamp('2024-01-01T00:00:00Z')", names) == "bool"); // needs no zone
}
