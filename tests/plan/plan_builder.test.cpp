// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/plan_builder.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

#include <segmenta/plan/resolve.hpp>
#include <segmenta/strategy/value.hpp>

using namespace segmenta;
using namespace segmenta::test;

namespace {

field_definition field_of(std::string name, type what) {
    field_definition field;
    field.name = std::move(name);
    field.what = what;
    return field;
}

/// `whole_plan` in C++.
plan_builder whole_builder() {
    type const price = money_type(currency("CNY"), 3);
    source_definition orders;
    orders.name = "orders";
    orders.format.dialect.encoding = "gb18030";
    orders.format.dialect.delimiter = '\t';
    orders.format.dialect.missing = {"NA"};
    orders.fields = {field_of("customer_id", int64_type), field_of("order_id", string_type),
                     field_of("quantity", int64_type),    field_of("price", price),
                     field_of("paid_at", instant_type),   field_of("brand", category_type)};
    orders.fields[1].column = "Order No";
    orders.fields[2].minimum = value::of_int(-1000);
    orders.fields[2].maximum = value::of_int(1000);
    orders.fields[3].minimum = value::of_decimal(price, 1);
    orders.fields[4].format = "M/D/YYYY H:MM";
    orders.customer = "customer_id";
    orders.time = "paid_at";
    orders.order = "order_id";
    orders.derive = {{"amount", "price * quantity", {}}, {"big", "quantity > 10", {}}};
    orders.cancelled = "order_id.startsWith('C')";
    orders.reject = {{"no_quantity", "quantity == 0", {}}, {"odd", "big && brand == 'odd'", {}}};

    source_definition people;
    people.name = "people";
    people.kind = source_kind::customers;
    people.format.what = file_type::jsonl;
    people.fields = {field_of("id", int64_type), field_of("age", int64_type), field_of("city", category_type)};
    people.fields[1].minimum = value::of_int(0);
    people.fields[1].maximum = value::of_int(130);
    people.customer = "id";

    return plan_builder("shop")
        .zone("+08:00")
        .source(orders)
        .source(people)
        .rule("vip", "spent > money('1000 CNY') && r >= 4", {"age >= 18", "for the hotline", "example"})
        .feature("spent", {aggregate::sum, "orders", "amount", "P90D", "brand != 'x'"})
        .feature("silence", {aggregate::recency_days, "orders", "", "", ""})
        .feature("brands", {aggregate::distinct, "orders", "brand", "", ""})
        .strategy("r", {"quantile_score", "", {"silence"}, R"({"direction": "descending", "bins": 5})"})
        .rule("local", "city in ['Beijing', 'Shanghai'] ? brands : 0")
        .output("r")
        .output("vip")
        .output("local")
        .output("age");
}

} // namespace

TEST_CASE("a plan built in C++ equals the same plan in a file") {
    plan const built = whole_builder().build();
    CHECK(built.hash() == parse_plan(whole_plan).hash());
    CHECK(built.warnings().to_string() == "");
    CHECK(built.find_column("vip")->meaning == "for the hotline");
}

TEST_CASE("the options of a mechanism are columns of a plan") {
    quantile_score_options options;
    options.id = "r";
    options.reads = "age";
    rfm_options rfm;
    rfm.recency = rfm.frequency = rfm.monetary = "age";
    plan const built = plan_builder("x")
                           .strategy(strategy_column{"old", use_of(options)}, {"", "how old", ""})
                           .strategies(rfm_columns(rfm))
                           .build();
    CHECK(built.columns().size() == 5);
    CHECK(built.find_column("old")->meaning == "how old");
    CHECK(built.find_column("segment")->strategy()->reads == std::vector<std::string>{"r", "f"});
    schema host;
    host.attribute("age", int64_type);
    CHECK(resolve(built, host).graph.size() == 6);
    CHECK_THROWS_AS(plan_builder("x").strategies(rfm_columns(rfm)).strategies(rfm_columns(rfm)).build(), issue_error);
}

TEST_CASE("a builder's slips are found when it builds") {
    auto const codes = [](plan_builder const& builder) {
        try {
            (void)builder.build();
            return std::string("none");
        } catch (issue_error const& error) {
            return error.issues()[0].code + " " + error.issues()[0].place;
        }
    };
    CHECK(codes(plan_builder("x").rule("a", "1 +")).rfind("rule.syntax x:5 /columns/a", 0) == 0);
    CHECK(codes(plan_builder("x").rule("a", "1").rule("a", "2")) == "plan.duplicate_name x");
    CHECK(codes(plan_builder("x").rule("a", "1").strategy("b", {"bands", "", {"a"}, "[]"})) ==
          "plan.bad_parameters x /columns/b");
    CHECK(codes(plan_builder("x").rule("a", "1").strategy("b", {"bands", "", {"a"}, R"({"of": "a"})"})) ==
          "plan.bad_parameters x /columns/b");
    CHECK(codes(plan_builder("x").rule("a", "1").strategy("b", {"bands", "", {"a"}, "{"}))
              .rfind("plan.bad_parameters", 0) == 0);
    CHECK(codes(plan_builder("x y").rule("a", "1")).rfind("plan.bad_name", 0) == 0);
    CHECK(codes(plan_builder("x")).rfind("plan.missing_key", 0) == 0);
}
