// SPDX-License-Identifier: Apache-2.0
// Histories in rules: what a rule asks of a history is a feature nobody had to name.
#include "plan/history_rules.hpp"

#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>

#include <string>
#include <vector>

using namespace segmenta;
using Catch::Matchers::ContainsSubstring;

namespace {

bool is_age(std::string const& name) { return name == "age"; }

std::string rewritten(std::string_view text) {
    issue_list issues;
    auto const found = detail::without_histories(parse_expression(text), is_age, "customer", issues, "rule");
    REQUIRE(issues.to_string() == "");
    return to_string(found.rule);
}

std::vector<std::string> asked(std::string_view text) {
    issue_list issues;
    std::vector<std::string> names;
    for (auto const& feature : detail::without_histories(parse_expression(text), is_age, "customer", issues, "").features)
        names.push_back(detail::implied_name(feature));
    return names;
}

std::string refused(std::string_view text) {
    issue_list issues;
    (void)detail::without_histories(parse_expression(text), is_age, "customer", issues, "rule");
    REQUIRE(issues.has_errors());
    return issues.to_string();
}

std::string shop_with(std::string const& rule) {
    return R"j({"segmenta": 1, "id": "shop", "zone": "Asia/Shanghai", "currency": "CNY",
        "sources": {
            "orders": {"fields": {"id": "int64", "paid_at": "instant", "amount": "money", "category": "category"},
                       "customer": "id", "time": "paid_at"},
            "people": {"kind": "customers", "fields": {"id": "int64", "age": "int64"}, "customer": "id"}},
        "columns": {"answer": ")j" +
           rule + R"j("}})j";
}

} // namespace

TEST_CASE("a question to a history becomes a column, and the rule reads it") {
    CHECK(rewritten("orders.count() > 3 && age > 18") == "`orders.count()` > 3 && age > 18");
    CHECK(rewritten("customer.orders.count() > 3") == "`orders.count()` > 3");
    CHECK(rewritten("age.count() > 3") == "age.count() > 3"); // an attribute is no history
    CHECK(rewritten("-(1 + orders.rows()) * 2 in [orders.days(), 3]") ==
          "-(1 + `orders.rows()`) * 2 in [`orders.days()`, 3]");
    CHECK(asked("orders.within('P90D').sum('amount') > orders.within('P90D').sum('amount') - 1") ==
          std::vector<std::string>{"orders.within('P90D').sum('amount')"});
    CHECK(asked("orders.last('city').startsWith('S')") == std::vector<std::string>{"orders.last('city')"});
}

TEST_CASE("names of implied columns are the question in one spelling, and read back to the same question") {
    for (std::string const text :
         {"orders.count()", "orders.within('P90D').sum('amount')", "orders.between('P90D', 'P30D').avg('amount')",
          "orders.between('2011-10-01', '2011-11-01').count()", "orders.last_month().max('amount')",
          "orders.within('P1Y').where(row, row.category == 'beauty').distinct('brand')", "orders.decayed('P30D', 'amount')",
          "orders.decayed('P30D')", "orders.median('amount')", "orders.most_frequent('brand')", "orders.first_at()",
          "orders.first('brand')", "orders.gaps()", "orders.longest_gap_days()", "orders.today().rows()"})
        CHECK(asked(text) == std::vector<std::string>{text});
    CHECK(asked("orders.where(o, o.a > 1).where(x, x.b < 2 || x.c).rows()") ==
          std::vector<std::string>{"orders.where(row, row.a > 1 && (row.b < 2 || row.c)).rows()"});
    CHECK(asked("orders.between(date('2011-10-01'), timestamp('2011-11-01T00:00:00Z')).rows()") ==
          std::vector<std::string>{"orders.between('2011-10-01', '2011-11-01T00:00:00Z').rows()"});
}

TEST_CASE("two questions never have one name: backquotes and quotes in texts differ") {
    auto const one = asked("orders.where(o, o.kind == 'a`b').rows() == 1");
    auto const other = asked("orders.where(o, o.kind == 'a\"b').rows() == 1");
    auto const spelt = asked("orders.where(o, o.kind == 'a\\\\x60b').rows() == 1");
    CHECK(one != other);
    CHECK(one != spelt);
    CHECK(one[0].find('`') == std::string::npos);
}

TEST_CASE("questions that are made of several") {
    CHECK(rewritten("events.sequence(['view', 'pay'], 'P7D')") ==
          "`events.sequence(row, [row.event == 'view', row.event == 'pay'], 'P7D')` >= 2");
    CHECK(rewritten("events.sequence('kind', ['view', 'pay'])") ==
          "`events.sequence(row, [row.kind == 'view', row.kind == 'pay'])` >= 2");
    CHECK(rewritten("events.sequence(e, [e.kind == 'view', e.n > 2 && e.kind != 'x'], 'PT1H')") ==
          "`events.sequence(row, [row.kind == 'view', row.n > 2 && row.kind != 'x'], 'PT1H')` >= 2");
    CHECK(rewritten("orders.share('category', 'beauty') > 0.5") ==
          "(`orders.last_at()` == `orders.last_at()` ? double(`orders.where(row, row.category == 'beauty').rows()`) / "
          "double(`orders.rows()`) : 0.0) > 0.5");
    CHECK(rewritten("orders.within('P30D').first_time()") ==
          "`orders.within('P30D').rows()` > 0 && `orders.within('P30D').first_at()` == `orders.first_at()`");
    CHECK(rewritten("orders.stopped('P90D')") == "`orders.within('P90D').rows()` == 0 && `orders.rows()` > 0");
    CHECK(rewritten("orders.restarted('P30D', 'P120D')") ==
          "`orders.within('P30D').rows()` > 0 && `orders.between('P120D', 'P30D').rows()` == 0 && "
          "`orders.rows()` > `orders.within('P120D').rows()`");
    CHECK(rewritten("orders.regularly(3, 'P1M', 6)") == "`orders.active_periods('P1M', 6)` >= 3");
}

TEST_CASE("what is no question to a history says what would be one") {
    CHECK_THAT(refused("orders.within('P90D') > 3"), ContainsSubstring("a history is no value"));
    CHECK_THAT(refused("orders.within('P90D').summ('amount') > 3"), ContainsSubstring("Did you mean sum?"));
    CHECK_THAT(refused("orders.within(90).count() > 3"), ContainsSubstring("within('P90D')"));
    CHECK_THAT(refused("orders.sum() > 3"), ContainsSubstring("sum('amount')"));
    CHECK_THAT(refused("orders.count('x') > 3"), ContainsSubstring("none"));
    CHECK_THAT(refused("orders.within('P1D').this_month().count() > 3"), ContainsSubstring("a window already"));
    CHECK_THAT(refused("orders.between('P90D', date('2011-10-01')).count() > 3"), ContainsSubstring("two periods"));
    CHECK_THAT(refused("orders.where(o.amount > 3).count() > 3"), ContainsSubstring("where(o, o.amount > 10)"));
    CHECK_THAT(refused("orders.within('P9D').stopped('P90D')"), ContainsSubstring("without another window"));
    CHECK_THAT(refused("orders.first_time()"), ContainsSubstring("behind a window"));
    CHECK_THAT(refused("orders.regularly(7, 'P1M', 6)"), ContainsSubstring("regularly(3, 'P1M', 6)"));
    CHECK_THAT(refused("events.sequence([], 'P7D')"), ContainsSubstring("sequence(["));
    CHECK_THAT(refused("1 < orders.within('P90D')"), ContainsSubstring("rule 1:12"));
    for (auto const* empty : {"orders.within('').count() > 1", "orders.stopped('')", "orders.decayed('', 'a') > 1.0",
                              "orders.regularly(2, '', 6)", "orders.sequence(['a'], '')", "orders.restarted('P1D', '')"})
        CHECK_THAT(refused(empty), ContainsSubstring("takes other arguments"));
    CHECK_THAT(refused("orders.where(o, ['b'].exists(row, o.kind == row)).count() > 1"), ContainsSubstring("Choose another name"));
}

TEST_CASE("plans read questions to histories, and say them once") {
    plan const shop = parse_plan(shop_with("orders.within('P90D').where(o, o.category == 'beauty').count() >= 2 && "
                                           "orders.within('P90D').sum('amount') > money('500 CNY')"));
    REQUIRE(shop.columns().size() == 3);
    CHECK_FALSE(shop.columns()[0].implied);
    CHECK(shop.columns()[1].implied);
    CHECK(shop.columns()[1].name == "orders.within('P90D').where(row, row.category == 'beauty').count()");
    CHECK(shop.outputs().size() == 1);
    // they are no part of the text, and so the text reads back to an equal plan
    CHECK(shop.to_json().find("implied") == std::string::npos);
    CHECK(parse_plan(shop.to_json()).hash() == shop.hash());
    auto const resolved = resolve(shop, shop.source_schema());
    CHECK(resolved.graph.time_dependent(*resolved.graph.find("answer")));
    std::vector<std::uint32_t> const answer{static_cast<std::uint32_t>(*resolved.graph.find("answer"))};
    CHECK(resolved.graph.fields_for(answer) ==
          required_fields{{}, {{"orders", {"amount", "category"}, {"P90D"}, false}}});
}

TEST_CASE("mistakes in questions to histories are found when the plan is read, with their place") {
    auto const said = [](std::string const& rule) -> std::string {
        try {
            (void)parse_plan(shop_with(rule), "shop.json");
        } catch (issue_error const& error) {
            return error.issues().to_string();
        }
        return {};
    };
    CHECK_THAT(said("order.count() > 1"), ContainsSubstring("there is no such history") && ContainsSubstring("orders") &&
                                              ContainsSubstring("/columns/answer"));
    CHECK_THAT(said("orders.sum('amonut') > 1"), ContainsSubstring("Did you mean amount?"));
    CHECK_THAT(said("orders.sum('category') > 1"), ContainsSubstring("needs a numeric field"));
    CHECK_THAT(said("orders.where(o, o.categry == 'x').count() > 1"), ContainsSubstring("categry"));
    CHECK_THAT(said("orders.within('P-5D').count() > 1"), ContainsSubstring("P-5D"));
    CHECK_THAT(said("orders.within('90D').count() > 1"), ContainsSubstring("90D"));
    CHECK_THAT(said("orders.between('P30D', 'P90D').count() > 1"), ContainsSubstring("feature.empty_window"));
    CHECK_THAT(said("orders.restarted('P120D', 'P30D')"), ContainsSubstring("feature.empty_window"));
    CHECK_THAT(said("orders.between('2011-11-01', '2011-10-01').count() > 1"), ContainsSubstring("2011-10-01"));
    CHECK_THAT(said("orders.between('2011-13-01', '2011-14-01').count() > 1"), ContainsSubstring("2011-13-01"));
    CHECK_THAT(said("orders.regularly(1, 'P0D', 3)"), ContainsSubstring("P0D"));
    CHECK_THAT(said("orders.decayed('30') > 1.0"), ContainsSubstring("30"));
    CHECK_THAT(said("orders.sequence(['view', 'pay'], 'P7D')"), ContainsSubstring("event"));
    CHECK_THAT(said("orders.sequence('category', ['view', 'pay'], 'x')"), ContainsSubstring("\"x\""));
    CHECK_THAT(said("orders > 1"), ContainsSubstring("orders"));
}
