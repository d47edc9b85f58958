// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/customer_record.hpp>
#include <segmenta/record/standard.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

schema shop() {
    schema made;
    made.attribute("age", int64_type)
        .attribute("score", float64_type)
        .attribute("city", category_type)
        .attribute("spend", money_type(currency("CNY"), 2))
        .attribute("vip", boolean_type)
        .attribute("born", date_type)
        .attribute("seen", instant_type)
        .attribute("stay", duration_type)
        .attribute("tags", category_set_type);
    made.history({"orders",
                  "day",
                  {{"day", date_type, {}, {}},
                   {"amount", money_type(currency("CNY"), 2), {}, {}},
                   {"note", string_type, {}, {}},
                   {"tags", category_set_type, {}, {}}}});
    return made;
}

std::string shown(customer_view const& view) {
    std::string text;
    for (std::size_t i = 0; i < view.what().attributes().size(); ++i)
        text += to_string(view.attribute(i)) + ' ';
    for (std::size_t h = 0; h < view.what().histories().size(); ++h) {
        auto const rows = view.history(h);
        for (std::size_t row = 0; row < rows.size(); ++row)
            for (std::size_t f = 0; f < rows.what()->fields.size(); ++f)
                text += (f == 0 ? "| " : "") + to_string(rows.at(row, f)) + ' ';
    }
    return text;
}

issue_list refused(std::string_view json, record_layout const& layout) {
    customer_record who(layout);
    who.set("age", value::of_int(1));
    std::string const before = shown(who.view());
    try {
        read_json(json, who, "line 7");
    } catch (issue_error const& e) {
        CHECK(shown(who.view()) == before);
        return e.issues();
    }
    return {};
}

} // namespace

TEST_CASE("a record owns what it is given", "[customer_record]") {
    customer_record who{record_layout(shop())};
    CHECK(who.view().attribute("city").missing());
    {
        std::string const city = "a city whose name needs memory of its own";
        std::vector<std::string> const tags{city, "b"};
        REQUIRE(who.set("city", value::of_string(city)));
        REQUIRE(who.set("tags", value::of_set(std::span<std::string const>(tags))));
        REQUIRE(who.set("spend", value::of_int(5)));
        REQUIRE(
            who.insert("orders", std::vector{value::of_date(civil_date{2}), value{}, value::of_string(city), value{}}));
        REQUIRE(who.insert("orders", std::vector{value::of_date(civil_date{1}), value::of_int(3), value{}, value{}}));
    }
    CHECK_FALSE(who.set("age", value::of_string("x")));
    CHECK_FALSE(who.set("nothing", value::of_int(1)));
    CHECK_FALSE(who.insert("nothing", {}));
    CHECK_FALSE(who.insert("orders", {}));
    customer_record const copy = who;
    who.clear();
    CHECK(shown(copy.view()) ==
          "missing missing \"a city whose name needs memory of its own\" 5.00 CNY missing missing missing missing "
          "{\"a city whose name needs memory of its own\", \"b\"} | 1970-01-02 3.00 CNY missing missing | 1970-01-03 "
          "missing \"a city whose name needs memory of its own\" missing ");
    CHECK(copy.view().history(0).prepared() != nullptr);
    CHECK(check(copy.view()).empty());
    CHECK(shown(who.view()) == "missing missing missing missing missing missing missing missing missing ");
}

TEST_CASE("a record is read from JSON", "[customer_record]") {
    record_layout const layout(shop(), zone::fixed(8 * 3600));
    customer_record who(layout);
    read_json(R"({"age": 30, "score": 0.5, "city": "Köln", "spend": "12.50 CNY", "vip": true, "born": "1990-05-17",
                  "seen": "2024-06-30T08:00:00", "stay": "PT36H", "tags": ["a", "b"], "unknown": {"x": [1]},
                  "orders": [{"day": "2024-05-20", "amount": -400}, {"day": "2024-05-01", "amount": 1000.10,
                              "note": "n", "tags": ["t"]}]})",
              who);
    CHECK(shown(who.view()) ==
          "30 0.5 \"Köln\" 12.50 CNY true 1990-05-17 2024-06-30T00:00:00Z PT129600S {\"a\", \"b\"} "
          "| 2024-05-01 1000.10 CNY \"n\" {\"t\"} | 2024-05-20 -400.00 CNY missing missing ");
    read_json(R"({"age": null, "orders": null, "spend": 8911407.9})", who);
    CHECK(shown(who.view()) == "missing missing missing 8911407.90 CNY missing missing missing missing missing ");
    read_json("{}", who);
    CHECK(who.view().attribute("spend").missing());
}

TEST_CASE("every problem of a JSON record is told with its place, and nothing is taken", "[customer_record]") {
    record_layout const layout(shop());
    auto const issues = refused(
        "{\"age\": 1.5, \"score\": \"x\", \"city\": 3, \"spend\": 1.005,\n \"vip\": 1, \"born\": \"2023-02-29\", "
        "\"seen\": \"yesterday\", \"stay\": \"P3D\", \"tags\": [\"a\", 2],\n"
        "\"orders\": [{\"amount\": 1}, 5, {\"day\": \"2024-01-01\", \"amount\": \"1,000\"}]}",
        layout);
    std::string const text = issues.to_string();
    CAPTURE(text);
    CHECK(issues.size() == 12);
    CHECK(issues.contains("record.type"));
    CHECK(issues.contains("record.value"));
    CHECK(issues.contains("history.missing_time"));
    CHECK(text.find("line 7:1 /spend") != std::string::npos);
    CHECK(text.find("line 7:3 /orders/2/amount") != std::string::npos);
    CHECK(refused("[]", layout).contains("record.type"));
    CHECK(refused("{\"orders\": {}}", layout).contains("record.type"));
    CHECK(refused("{\"age\": 9223372036854775808}", layout).contains("record.value"));
    CHECK(refused("{\"spend\": \"1 USD\"}", layout).contains("record.value"));
    // 17 digits are more than a double keeps, so what was written is not known
    CHECK(refused("{\"spend\": 123456789012345.67}", layout).contains("record.value"));
    CHECK(refused("{\"spend\": \"123456789012345.67\"}", layout).empty());
    CHECK(refused("{", layout).contains("json.syntax"));
}
