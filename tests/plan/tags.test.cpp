// SPDX-License-Identifier: Apache-2.0
// Tags and their taxonomy in plan files.
#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>

#include <string>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

namespace {

std::string const shop = R"j({
  "segmenta": 1, "id": "shop", "currency": "CNY",
  "sources": {
    "members": {"kind": "customers", "customer": "id", "fields": {
        "id": "int64", "level": "int64",
        "income": {"type": "int64", "sensitivity": "personal", "purposes": ["service", "research"]},
        "illness": {"type": "string", "sensitivity": "special", "purposes": "service"}}},
    "orders": {"customer": "id", "time": "paid_at", "fields": {
        "id": "int64", "paid_at": "instant", "amount": {"type": "money", "purposes": ["service", "marketing"]}}}
  },
  "columns": {"spent": {"feature": "sum", "of": "orders", "field": "amount"}},
  "tags": {
    "svip": {"rule": "level >= 8", "meaning": "m"},
    "careful": {"rule": "income > 3 && illness != 'none'", "meaning": "m", "purposes": "service"},
    "vip": {"rule": "level >= 5", "meaning": "m", "applies_to": "level < 100"},
    "rich": {"rule": "spent > money('100 CNY') && tag.vip", "meaning": "m", "in": "value"},
    "spender": {"column": "spent", "meaning": "m", "purposes": "marketing"},
    "called": {"kind": "manual", "meaning": "m"}
  },
  "taxonomy": {"value": {"children": {"tier": {
      "dimension": "exclusive", "order": ["svip", "vip"], "otherwise": "regular", "unknown": "tier_unknown"}}}}
})j";

std::string rule_of(plan const& of, std::string const& tag) {
    auto const* column = of.find_column(tag_column(tag));
    return column == nullptr ? "none" : column->rule()->text;
}

std::string said(std::string_view from, std::string_view to) {
    return issues_of(replaced(shop, from, to)).to_string();
}

} // namespace

TEST_CASE("tags are columns, and those of an exclusive dimension leave out what comes before") {
    plan const made = parse_plan(shop);
    CHECK(made.warnings().to_string() == "");
    REQUIRE(made.tags().size() == 8);
    CHECK(made.find_tag("spender")->what.kind == tag_kind::statistic);
    CHECK(made.find_tag("called")->what.kind == tag_kind::manual);
    CHECK(made.find_tag("vip")->what.in == "value/tier");
    CHECK(made.find_tag("regular")->implied);
    CHECK(rule_of(made, "svip") == "level >= 8");
    CHECK(rule_of(made, "vip") == "((level < 100) && (level >= 5)) && !(level >= 8)");
    CHECK(rule_of(made, "regular") == "!(level >= 8) && !((level < 100) && (level >= 5))");
    CHECK(rule_of(made, "tier_unknown") ==
          "!(customer.?`tag.svip`.orValue(false)) && !(customer.?`tag.vip`.orValue(false)) && "
          "!(customer.?`tag.regular`.orValue(false))");
    CHECK(made.find_column("tag_rule.vip")->rule()->text == "(level < 100) && (level >= 5)");
    CHECK(made.find_column("tag_rule.svip") == nullptr); // comes first anyway
    CHECK(rule_of(made, "called") == "none");
    CHECK(made.tag_taxonomy().path_of_tag(*made.tag_taxonomy().find_tag("vip")) == "value/tier/vip");
    auto const resolved = resolve(made, made.source_schema());
    CHECK(resolved.rules[*resolved.graph.find("tag.rich")]->required_names() ==
          std::vector<std::string>{"spent", "tag.vip"});
    CHECK(to_string(resolved.graph[*resolved.graph.find("tag.spender")].what) == "money(CNY,2)");
    CHECK(made.outputs().size() == 8); // a column, five computed tags and two values of the dimension
}

TEST_CASE("dimensions of several values, of values of columns, and of columns that exclude each other") {
    std::string const with = replaced(
        replaced(shop, R"("called": {)", R"("city_tag": {"column": "illness", "applies_to": "level > 1", "meaning": "m", "in": "interest", "purposes": "service"},
            "keen": {"rule": "level > 3", "meaning": "m", "in": "interest"}, "open": {"column": "is_open", "meaning": "m"}, "called": {)"),
        R"("taxonomy": {)", R"("taxonomy": {"interest": {"dimension": "multi", "unknown": "interest_unknown"},
            "door": {"dimension": "exclusive", "order": ["open"], "otherwise": "shut", "unknown": "door_unknown"},)");
    std::string const text = replaced(with, R"("columns": {)", R"("columns": {"is_open": "level > 7",)");
    CHECK(issues_of(text).to_string() == "");
    plan const made = parse_plan(text);
    CHECK(rule_of(made, "interest_unknown") ==
          "!(has(customer.`tag.city_tag`)) && !(customer.?`tag.keen`.orValue(false))");
    CHECK(rule_of(made, "shut") == "!(is_open)");
}

TEST_CASE("a plan with tags is written and read back, and its hash is that of what it means") {
    plan const made = parse_plan(shop);
    plan const again = parse_plan(made.to_json());
    CHECK(again.to_json() == made.to_json());
    CHECK(again.hash() == made.hash());
    CHECK(parse_plan(replaced(shop, R"("level >= 8", "meaning": "m")", R"("level >= 8", "meaning": "other", "owner": "o")")).hash() ==
          made.hash());
    CHECK(parse_plan(replaced(shop, R"(["svip", "vip"])", R"(["vip", "svip"])")).hash() != made.hash());
    CHECK(parse_plan(replaced(shop, R"("purposes": "marketing")", R"("purposes": "service")")).hash() != made.hash());
}

TEST_CASE("comments in rules of a dimension end where the rule does, and rules that are too long together are refused") {
    std::string const commented = replaced(replaced(shop, "level >= 8", "level >= 8 // eight"), "level >= 5", "level >= 5 // five");
    CHECK(issues_of(commented).to_string() == "");
    plan const made = parse_plan(commented);
    auto const resolved = resolve(made, made.source_schema());
    CHECK(resolved.rules[*resolved.graph.find("tag.regular")]);
    std::string longest = "level >= 8";
    while (longest.size() < 40'000)
        longest += " || level == 1";
    CHECK_THAT(issues_of(replaced(replaced(shop, "level >= 8", longest), "level >= 5", longest)).to_string(),
               ContainsSubstring("rule.too_large") && ContainsSubstring("/tags/vip"));
}

TEST_CASE("outputs name single tags or all of them") {
    std::string const with = replaced(shop, R"("columns":)", R"("outputs": ["spent", "tag.rich", "tag.*"], "columns":)");
    plan const made = parse_plan(with);
    CHECK(std::vector<std::string>(made.outputs().begin(), made.outputs().end()) ==
          std::vector<std::string>{"spent", "tag.rich", "tag.svip", "tag.careful", "tag.vip", "tag.spender", "tag.regular",
                                   "tag.tier_unknown"});
    CHECK_THAT(issues_of(replaced(with, "tag.rich", "tag.ritch")).to_string(), ContainsSubstring("tag.rich"));
}

TEST_CASE("a tag for a purpose that a field may not serve is refused when the plan is read") {
    CHECK_THAT(said(R"("level >= 8", "meaning": "m")", R"("income > 8", "meaning": "m", "purposes": ["service", "marketing"])"),
               ContainsSubstring("tag.purpose") && ContainsSubstring("serves marketing") && ContainsSubstring("income") &&
                   ContainsSubstring("research, service") && ContainsSubstring("/tags/svip"));
    CHECK(said(R"("level >= 8", "meaning": "m")", R"("income > 8", "meaning": "m", "purposes": "service")") == "");
    // through a feature, and through another tag
    CHECK_THAT(said(R"("purposes": "marketing"})", R"("purposes": "research"})"), ContainsSubstring("orders.amount"));
    CHECK_THAT(said(R"("in": "value"})", R"("in": "value", "purposes": "research"})"), ContainsSubstring("orders.amount"));
    // the time of the rows is looked at by whoever counts them
    CHECK_THAT(issues_of(replaced(replaced(shop, R"("paid_at": "instant")", R"("paid_at": {"type": "instant", "purposes": "service"})"),
                                  R"("level >= 8", "meaning": "m")", R"("orders.count() > 8", "meaning": "m", "purposes": "marketing")"))
                   .to_string(),
               ContainsSubstring("orders.paid_at"));
    CHECK_THAT(said("level >= 8", "illness == 'flu'"), ContainsSubstring("special category"));
    CHECK_THAT(said(R"("level >= 8")", R"("income > 8", "sensitivity": "internal")"),
               ContainsSubstring("tag.sensitivity") && ContainsSubstring("at least personal"));
    CHECK_THAT(said(R"("special", "purposes": "service")", R"("special", "purposes": [])"), ContainsSubstring("nothing would be allowed"));
    CHECK_THAT(said(R"("sensitivity": "special")", R"("sensitivity": "specil")"), ContainsSubstring("Did you mean special?"));
}

TEST_CASE("what is wrong with tags is said with its place and remedy") {
    CHECK_THAT(said("level >= 8", "levle >= 8"), ContainsSubstring("Did you mean level?") && ContainsSubstring("/tags/svip"));
    CHECK_THAT(said("level >= 8", ""), ContainsSubstring("plan.empty_rule"));
    CHECK_THAT(said("level >= 8", "level >="), ContainsSubstring("rule.syntax"));
    CHECK_THAT(said(R"("in": "value")", R"("in": "vaule")"), ContainsSubstring("tag.unknown_place"));
    CHECK_THAT(said(R"(["svip", "vip"])", R"(["svip", "vipp"])"), ContainsSubstring("tag.order"));
    CHECK_THAT(said(R"(, "unknown": "tier_unknown")", ""), ContainsSubstring("tag.not_total"));
    CHECK_THAT(said(R"("kind": "manual")", R"("kind": "rule")"), ContainsSubstring("not manual"));
    CHECK_THAT(said(R"("level >= 8")", R"("level >= 8", "kind": "manual")"), ContainsSubstring("given by people"));
    CHECK_THAT(said(R"("level >= 8")", R"("level >= 8", "refresh": "keep")"), ContainsSubstring("tag.no_validity"));
    CHECK_THAT(said(R"("level >= 8")", R"("level >= 8", "valid_for": "30D")"), ContainsSubstring("30D"));
    CHECK_THAT(said(R"("level >= 8", "meaning": "m")", R"("level >= 8")"), ContainsSubstring("tag.no_meaning"));
    CHECK_THAT(said("level >= 8", "level >= 8 && tag.rich"), ContainsSubstring("tag.rich -> tag.vip -> tag.rich") ||
                                                                ContainsSubstring("column.cycle"));
    CHECK_THAT(said(R"("svip": {)", R"("1vip": {)"), ContainsSubstring("plan.bad_name"));
    CHECK_THAT(said(R"("dimension": "exclusive")", R"("dimension": "exclusiv")"), ContainsSubstring("Did you mean exclusive?"));
}
