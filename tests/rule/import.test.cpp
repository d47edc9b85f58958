// SPDX-License-Identifier: Apache-2.0
#include "rule/support.hpp"

#include "support/catch.hpp"

#include <segmenta/record/money.hpp>
#include <segmenta/rule/import.hpp>
#include <segmenta/rule/program.hpp>

#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

using namespace segmenta;

namespace {

environment shop_names() {
    environment names;
    names.variable("age", int64_type);
    names.variable("spent", float64_type);
    names.variable("city", string_type);
    names.variable("vip", boolean_type);
    names.variable("tags", category_set_type);
    names.variable("born", date_type);
    names.variable("seen", instant_type);
    names.variable("income", money_type(currency("CNY"), 2));
    names.variable("price", decimal_type(2));
    names.variable("Customer ID", string_type);
    names.variable("value.segment", category_type);
    names.variable("stay", duration_type);
    names.zone_name("Asia/Shanghai");
    return names;
}

environment const& names() {
    static environment const made = shop_names();
    return made;
}

constexpr auto json_logic = rule_dialect::json_logic;
constexpr auto growthbook = rule_dialect::growthbook;
constexpr auto querybuilder = rule_dialect::react_querybuilder;

std::string imported(std::string_view json, rule_dialect dialect, import_options const& options = {}) {
    issue_list issues;
    auto const rule = import_rule(json, dialect, issues, "here", options);
    CHECK(rule.has_value() != issues.has_errors());
    return rule ? to_string(*rule) : issues.to_string();
}
std::string typed(std::string_view json, rule_dialect dialect, imported_missing missing = imported_missing::unknown) {
    import_options options;
    options.names = &names();
    options.missing = missing;
    return imported(json, dialect, options);
}
issue first_issue(std::string_view json, rule_dialect dialect, import_options const& options = {}) {
    issue_list issues;
    (void)import_rule(json, dialect, issues, "here", options);
    REQUIRE(!issues.empty());
    return issues[0];
}

struct example {
    std::string_view json;
    std::string_view rule;
};
void check(std::initializer_list<example> examples, rule_dialect dialect,
           imported_missing missing = imported_missing::unknown) {
    for (auto const& [json, rule] : examples) {
        CAPTURE(json);
        CHECK(typed(json, dialect, missing) == rule);
    }
}
void check_untyped(std::initializer_list<example> examples, rule_dialect dialect) {
    for (auto const& [json, rule] : examples) {
        CAPTURE(json);
        CHECK(imported(json, dialect) == rule);
    }
}
struct refusal {
    std::string_view json;
    std::string_view code;
    std::string_view place;
};
void check_refused(std::initializer_list<refusal> refusals, rule_dialect dialect) {
    import_options options;
    options.names = &names();
    for (auto const& [json, code, place] : refusals) {
        CAPTURE(json);
        auto const problem = first_issue(json, dialect, options);
        CHECK(problem.code == code);
        CHECK(problem.place == place);
        CHECK(problem.level == severity::error);
        CHECK(!problem.message.empty());
    }
}

} // namespace

TEST_CASE("import: names of dialects") {
    for (auto const dialect : {json_logic, growthbook, querybuilder})
        CHECK(parse_rule_dialect(to_string(dialect)) == dialect);
    CHECK(!parse_rule_dialect("JsonLogic"));
}

TEST_CASE("import: JsonLogic with names") {
    check(
        {{R"({"and":[{">=":[{"var":"age"},18]},{"in":[{"var":"city"},["A","B"]]}]})",
          "age >= 18 && city in ['A', 'B']"},
         {R"({"<":[18,{"var":"age"},"30"]})", "18 < age && age < 30"},
         {R"({"==":[{"var":"customer.city"},7]})", "city == '7'"},
         {R"({"===":[{"var":"Customer ID"},"x"]})", "`Customer ID` == 'x'"},
         {R"({"!==":[{"var":"value.segment"},"gold"]})", "value.segment != 'gold'"},
         {R"({"==":[{"var":"born"},"2024-07-01"]})", "born == date('2024-07-01')"},
         {R"({">":[{"var":"seen"},"2024-07-01T10:00:00+08:00"]})", "seen > timestamp('2024-07-01T10:00:00+08:00')"},
         {R"({">":[{"var":"seen"},"2024-07-01"]})", "seen > timestamp(date('2024-07-01'))"},
         {R"({"<":[{"var":"stay"},"36h"]})", "stay < duration('36h')"},
         {R"({">":[{"var":"income"},500.5]})", "income > money('500.5 CNY')"},
         {R"({"==":[{"var":"price"},0.1]})", "price == decimal('0.1')"},
         {R"({"==":[{"var":"price"},"1e1"]})", "price == 10"},
         {R"({"==":[{"var":"vip"},"true"]})", "vip == true"},
         {R"({"==":[{"var":"city"},null]})", "!has(customer.city)"},
         {R"({"!=":[null,{"var":"city"}]})", "has(customer.city)"},
         {R"({"in":[{"var":"city"},["A",null]]})", "!has(customer.city) || city in ['A']"},
         {R"({"in":["a",{"var":"tags"}]})", "'a' in tags"},
         {R"({"in":["a",{"var":"city"}]})", "city.contains('a')"},
         {R"({"in":[{"var":"city"},"Springfield"]})", "'Springfield'.contains(city)"},
         {R"({"some":[{"var":"tags"},{"in":[{"var":""},["a","b"]]}]})", "'a' in tags || 'b' in tags"},
         {R"({"none":[{"var":"tags"},{"==":[{"var":[]},"a"]}]})", "!('a' in tags)"},
         {R"({"!":{"var":"age"}})", "!(age != 0)"},
         {R"({"!!":[{"var":"city"}]})", "city != ''"},
         {R"({"and":[{"var":"vip"},{"var":"tags"}]})", "vip && size(tags) > 0"},
         {R"({"==":[{"var":["city","none"]},"x"]})", "customer.?city.orValue('none') == 'x'"},
         {R"({"<":[{"var":["spent",5]},7]})", "customer.?spent.orValue(5.0) < 7"},
         {R"({"or":[{"var":"city"},{"var":"Customer ID"}]})", "city != '' ? city : `Customer ID`"},
         {R"({"or":[{"or":[{"var":"city"}]},{"missing":"age"}]})", "city != '' || !has(customer.age)"},
         {R"({"if":[{"<":[{"var":"age"},18]},"child",{"<":[{"var":"age"},65]},"adult","old"]})",
          "age < 18 ? 'child' : age < 65 ? 'adult' : 'old'"},
         {R"({"!":{"missing":["age","city"]}})", "!(!has(customer.age) || !has(customer.city) || city == '')"},
         {R"({"!!":{"missing_some":[1,["age","born"]]}})", "!has(customer.age) && !has(customer.born)"},
         {R"({"!!":{"missing_some":[2,["age","born","vip"]]}})",
          "(!has(customer.age) ? 0 : 1) + (!has(customer.born) ? 0 : 1) + (!has(customer.vip) ? 0 : 1) < 2"},
         {R"({">":[{"+":[{"var":"age"},1]},5]})", "age + 1 > 5"},
         {R"({">":[{"/":[{"var":"age"},2]},5]})", "double(age) / 2.0 > 5"},
         {R"({">":[{"*":[{"var":"age"},1.5]},5]})", "double(age) * 1.5 > 5"},
         {R"({">":[{"*":[{"var":"income"},2]},500]})", "income * 2 > money('500 CNY')"},
         {R"({">":[{"-":[{"var":"spent"},{"var":"age"}]},5]})", "spent - double(age) > 5"},
         {R"({"==":[{"%":[{"var":"age"},2]},1]})", "age % 2 == 1"},
         {R"({">":[{"-":{"var":"age"}},-5]})", "-age > -5"},
         {R"({">":[{"max":[{"var":"age"},{"var":"spent"},3]},5]})", "math.greatest(double(age), spent, 3.0) > 5"},
         {R"({"==":[{"cat":[{"var":"city"},"-",{"var":"age"}]},"a-1"]})", "city + '-' + string(age) == 'a-1'"},
         {R"({"==":[{"substr":[{"var":"city"},0,3]},"abc"]})", "city.substring(0, math.least(3, size(city))) == 'abc'"},
         {R"({"==":[{"substr":[{"var":"city"},-2]},"bc"]})",
          "city.substring(math.greatest(0, size(city) - 2)) == 'bc'"}},
        json_logic);
}

TEST_CASE("import: JsonLogic without names says what JSON says") {
    check_untyped(
        {{R"({"==":[{"var":"address.city"},"x"]})", "address.city == 'x'"},
         {R"({">":[{"var":"orders.0.in"},1.0]})", "orders[0].`in` > 1.0"},
         {R"({"some":[{"var":"orders"},{">":[{"var":"amount"},5]}]})", "orders.exists(item, item.amount > 5)"},
         {R"({"all":[{"var":"l"},{"<":[{"var":""},5]}]})", "size(l) > 0 && l.all(item, item < 5)"},
         {R"({"in":[2,{"map":[{"var":"l"},{"+":[{"var":""},1]}]}]})", "2 in l.map(item, double(item) + 1.0)"},
         {R"({"and":[{"var":"a"},{"var":"b"}]})", "a && b"},
         {R"({"or":[{"var":"a"},"text"]})", "a != '' ? a : 'text'"}},
        json_logic);
}

TEST_CASE("import: GrowthBook's conditions") {
    check({{R"({"age":{"$gte":18,"$lt":"65"},"city":"A"})", "age >= 18 && age < 65 && city == 'A'"},
           {R"({"$or":[{"vip":true},{"age":30}],"$not":{"city":{"$in":["A",null]}}})",
            "(vip || age == 30) && !(!has(customer.city) || city in ['A'])"},
           {R"({"$nor":[{"vip":false},{"city":null}]})", "!(!vip || !has(customer.city))"},
           {R"({"$and":[{"age":{"$eq":1}},{"age":{"$ne":2}},{"age":{"$lte":3}},{"age":{"$gt":4}}]})",
            "age == 1 && age != 2 && age <= 3 && age > 4"},
           {R"({"tags":{"$in":["a","b"]}})", "'a' in tags || 'b' in tags"},
           {R"({"tags":{"$nin":["a"]}})", "!('a' in tags)"},
           {R"({"tags":{"$all":["a","b"]}})", "'a' in tags && 'b' in tags"},
           {R"({"tags":{"$size":{"$gt":2}}})", "size(tags) > 2"},
           {R"({"tags":{"$elemMatch":{"$in":["a","b"]}}})", "'a' in tags || 'b' in tags"},
           {R"({"tags":["a"]})", "size(tags) == 1 && 'a' in tags"},
           {R"({"city":{"$not":{"$regex":"^S/h"}}})", "!city.matches('^S/h')"},
           {R"({"city":{"$regexi":"^s"},"age":{"$regex":"1"}})", "city.matches('(?i)^s') && string(age).matches('1')"},
           {R"({"city":{"$ini":["AbC"]}})", "city.lowerAscii() in ['abc']"},
           {R"({"born":{"$exists":true},"age":{"$exists":false}})", "has(customer.born) && !has(customer.age)"},
           {R"({"born":{"$type":"string"},"vip":{"$type":"number"}})", "has(customer.born) && false"},
           {R"({"spent":true})", "spent != 0"}},
          growthbook);
    check_untyped(
        {{R"({"a.b":1,"items":{"$elemMatch":{"x.y":{"$gt":3}}}})", "a.b == 1 && items.exists(item, item.x.y > 3)"},
         {R"({"n":{"$elemMatch":{"$gt":3}}})", "n.exists(item, item > 3)"},
         {R"({"n":{"$all":[{"$gt":3},5]}})", "n.exists(item, item > 3) && 5 in n"},
         {R"({"n":{"$alli":["X"]}})", "n.exists(item, item.lowerAscii() == 'x')"},
         {R"({"n":["a",1]})", "n == ['a', 1]"},
         {R"({"n":{"$type":"number"}})", "type(n) in [int, uint, double]"}},
        growthbook);
}

TEST_CASE("import: react-querybuilder's queries") {
    check(
        {{R"({"combinator":"and","rules":[{"field":"age","operator":">=","value":"18"},
                {"field":"city","operator":"in","value":"A, B\\,C"}]})",
          "age >= 18 && city in ['A', 'B,C']"},
         {R"({"combinator":"OR","not":true,"rules":[{"field":"city","operator":"contains","value":"x"},
                {"field":"tags","operator":"doesNotContain","value":"a"}]})",
          "!(city.contains('x') || !('a' in tags))"},
         {R"({"rules":[{"field":"age","operator":"=","value":1},"and",{"field":"vip","operator":"=","value":"true"},"or",
                {"field":"city","operator":"null"},"xor",{"field":"city","operator":"notNull"}]})",
          "age == 1 && vip == true || !has(customer.city) != has(customer.city)"},
         {R"({"combinator":"and","rules":[{"field":"income","operator":"between","value":"500,100.5"}]})",
          "income >= money('100.5 CNY') && income <= money('500 CNY')"},
         {R"({"combinator":"and","rules":[{"field":"born","operator":"notBetween","value":["2024-01-01","2024-02-01"]}]})",
          "born < date('2024-01-01') || born > date('2024-02-01')"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"!=","value":"spent","valueSource":"field"}]})",
          "age != spent"},
         {R"({"combinator":"and","rules":[{"field":"city","operator":"beginsWith","value":"Customer ID","valueSource":"field"},
                {"field":"city","operator":"doesNotEndWith","value":"x"}]})",
          "city.startsWith(`Customer ID`) && !city.endsWith('x')"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"notIn","value":[1,"2"]}]})", "!(age in [1, 2])"},
         {R"({"combinator":"and","rules":[{"combinator":"or","rules":[{"field":"age","operator":"<","value":"1"},
                {"field":"price","operator":"<=","value":"19.90"}]}]})",
          "age < 1 || price <= decimal('19.90')"}},
        querybuilder);
    check_untyped({{R"({"combinator":"and","rules":[{"field":"orders","match":{"mode":"atLeast","threshold":2},
                        "value":{"combinator":"and","rules":[{"field":"amount","operator":">","value":5}]}}]})",
                    "size(orders.filter(item, item.amount > 5)) >= 2"},
                   {R"({"combinator":"and","rules":[{"field":"l","match":{"mode":"none"},
                        "value":{"combinator":"and","rules":[{"field":"","operator":"=","value":"x"}]}}]})",
                    "!l.exists(item, item == 'x')"}},
                  querybuilder);
}

TEST_CASE("import: as_source guards what JavaScript answers for null") {
    auto const as_source = imported_missing::as_source;
    check({{R"({"<":[{"var":"age"},18]})", "!has(customer.age) || age < 18"}, // null is 0
           {R"({">":[{"var":"age"},18]})", "has(customer.age) && age > 18"},
           {R"({"==":[{"var":"age"},0]})", "has(customer.age) && age == 0"}, // but does not equal it
           {R"({"!=":[{"var":"city"},"A"]})", "!has(customer.city) || city != 'A'"},
           {R"({"<":[{"var":"age"},{"var":"spent"}]})", "customer.?age.orValue(0) < customer.?spent.orValue(0.0)"},
           {R"({"==":[{"var":"city"},{"var":"Customer ID"}]})",
            "has(customer.city) ? has(customer.`Customer ID`) && city == `Customer ID` : !has(customer.`Customer ID`)"},
           {R"({">":[{"+":[{"var":"age"},1]},0]})", "has(customer.age) && age + 1 > 0"}, // NaN
           {R"({">":[{"-":[1,{"var":"age"}]},0]})", "1 - customer.?age.orValue(0) > 0"}},
          json_logic, as_source);
    check({{R"({"age":0})", "!has(customer.age) || age == 0"}, // null * 1 === 0
           {R"({"city":"null"})", "!has(customer.city) || city == 'null'"},
           {R"({"city":{"$regex":"ul"}})", "!has(customer.city) || city.matches('ul')"}, // the text "null"
           {R"({"vip":false})", "has(customer.vip) && !vip"},
           {R"({"city":{"$nin":["A"]}})", "!(has(customer.city) && city in ['A'])"}},
          growthbook, as_source);
    check({{R"({"combinator":"and","rules":[{"field":"city","operator":"doesNotContain","value":"x"}]})",
            "!(has(customer.city) && city.contains('x'))"}},
          querybuilder, as_source);
}

TEST_CASE("import: what is refused, and where") {
    check_refused({{R"({"==":[{"var":"agee"},1]})", "rule.unknown_name", "here /==/0/var"},
                   {R"({"eq":[1,2]})", "import.unknown_operator", "here /eq"},
                   {R"({"==":[1]})", "import.wrong_type", "here /=="},
                   {R"({"==":[1,2,3]})", "import.wrong_type", "here /=="},
                   {R"({"==":[1,2],"!=":[1,2]})", "import.wrong_type", "here"},
                   {R"({"and":[]})", "import.empty", "here /and"},
                   {R"({"and":[true,{"or":[]}]})", "import.empty", "here /and/1/or"},
                   {R"({"==":[{"var":"age"},"x"]})", "import.type", "here /==/1"},
                   {R"({"==":[{"var":"born"},"01/07/2024"]})", "import.type", "here /==/1"},
                   {R"({"<":[{"var":"city"},5]})", "import.type", "here /<"},
                   {R"({"<":[{"var":"age"},null]})", "import.unsupported", "here /<"},
                   {R"({"reduce":[1,2]})", "import.unsupported", "here /reduce"},
                   {R"({"var":{"cat":["a","b"]}})", "import.unsupported", "here /var"},
                   {R"({"all":[{"var":"tags"},{"==":[{"var":""},"a"]}]})", "import.unsupported", "here /all/1"},
                   {R"({"==":[{"var":"income"},{"var":"age"}]})", "rule.currency", "here 1:8"},
                   {R"({"a":1,"a":2})", "json.duplicate_key", "here:1:8"},
                   {"", "json.syntax", "here:1:1"},
                   {"{\"var\":\"\xFF\"}", "json.syntax", "here:1:9"}},
                  json_logic);
    check_refused({{"{}", "import.empty", "here"},
                   {"[]", "import.wrong_type", "here"},
                   {R"({"$or":[]})", "import.empty", "here /$or"},
                   {R"({"$or":[{}]})", "import.empty", "here /$or/0"},
                   {R"({"$ro":[]})", "import.unknown_operator", "here /$ro"},
                   {R"({"age":{"$gtee":1}})", "import.unknown_operator", "here /age/$gtee"},
                   {R"({"age":{"x":1}})", "import.wrong_type", "here /age"},
                   {R"({"age":{"$in":5}})", "import.wrong_type", "here /age/$in"},
                   {R"({"age":{"$exists":"yes"}})", "import.wrong_type", "here /age/$exists"},
                   {R"json({"city":{"$regex":"(?=a)"}})json", "import.bad_pattern", "here /city/$regex"},
                   {R"({"city":{"$regex":"\\Aa"}})", "import.bad_pattern", "here /city/$regex"},
                   {R"({"tags":{"$elemMatch":{"$regex":"a"}}})", "import.unsupported", "here /tags/$elemMatch"},
                   {R"({"city":{"$inGroup":"g"}})", "import.unsupported", "here /city/$inGroup"},
                   {R"({"city":{"$type":"text"}})", "import.wrong_type", "here /city/$type"}},
                  growthbook);
    check_refused(
        {{R"({"combinator":"and","rules":[]})", "import.empty", "here"},
         {R"({"combinator":"and","rules":[{"rules":[]}]})", "import.empty", "here /rules/0"},
         {R"({"field":"age"})", "import.wrong_type", "here"},
         {R"({"combinator":"nand","rules":[]})", "import.unknown_operator", "here /combinator"},
         {R"({"combinator":"and","rules":[{"field":"~","operator":"=","value":1}]})", "import.incomplete",
          "here /rules/0/field"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"="}]})", "import.incomplete", "here /rules/0"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"=>","value":1}]})", "import.unknown_operator",
          "here /rules/0/operator"},
         {R"({"combinator":"and","rules":[{"field":"city","operator":"contains","value":""}]})", "import.incomplete",
          "here /rules/0/value"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"between","value":"1"}]})", "import.incomplete",
          "here /rules/0/value"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"in","value":""}]})", "import.incomplete",
          "here /rules/0/value"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"contains","value":"1"}]})", "import.type",
          "here /rules/0/value"},
         {R"({"combinator":"and","rules":[{"field":"age","operator":"=","value":"p","valueSource":"parameter"}]})",
          "import.unsupported", "here /rules/0/valueSource"},
         {R"({"rules":[{"field":"city","operator":"null"},"and"]})", "import.wrong_type", "here /rules"},
         {R"({"combinator":"and","rules":[{"field":"city","operator":"null"},"and"]})", "import.wrong_type",
          "here /rules/1"}},
        querybuilder);
}

TEST_CASE("import: all problems at once, the nearest name, and no rule") {
    import_options options;
    options.names = &names();
    issue_list issues;
    CHECK(!import_rule(R"({"and":[{"==":[{"var":"agee"},1]},{"inn":[1,2]},{"==":[{"var":"age"},"x"]}]})", json_logic,
                       issues, "here", options));
    REQUIRE(issues.size() == 3);
    CHECK(issues[0].remedy == "Did you mean age?");
    CHECK(issues[1].remedy == "Did you mean in?");
    CHECK(issues[2].seen == "\"x\"");
    CHECK(issues[2].allowed == to_string(int64_type));
    CHECK_THROWS_AS(import_rule("{}", growthbook), issue_error);
}

TEST_CASE("import: groups that may be empty answer as in their source, with a note") {
    import_options options;
    options.allow_empty_groups = true;
    CHECK(imported("{}", growthbook, options) == "true");
    CHECK(imported(R"({"$or":[]})", growthbook, options) == "true");
    CHECK(imported(R"({"$nor":[]})", growthbook, options) == "!true");
    CHECK(imported(R"({"and":[]})", json_logic, options) == "false");
    CHECK(imported(R"({"combinator":"or","rules":[]})", querybuilder, options) == "true");
    auto const told = first_issue("{}", growthbook, options);
    CHECK(told.level == severity::note);
    CHECK(told.code == "import.empty");
}

TEST_CASE("import: what a builder muted is left out with a note, and unknown keys with a warning") {
    issue_list issues;
    auto const rule = import_rule(
        R"({"rules":[{"field":"a","operator":"=","value":1},"and",{"field":"b","operator":"=","value":1,"muted":true},"or",
            {"field":"c","operator":"=","value":2,"negate":true}]})",
        querybuilder, issues);
    REQUIRE(rule);
    CHECK(to_string(*rule) == "a == 1 || c == 2");
    REQUIRE(issues.size() == 2);
    CHECK(issues[0].code == "import.muted");
    CHECK(issues[1].code == "import.unknown_key");
    CHECK(issues[1].place == "/rules/4/negate");
}

TEST_CASE("import: large and deep documents end at the limits") {
    auto const repeated = [](std::string_view text, std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i)
            out += text;
        return out;
    };
    for (auto const& [open, close, dialect] :
         {std::tuple{R"({"!":[)", "]}", json_logic}, std::tuple{R"({"$not":)", "}", growthbook},
          std::tuple{R"({"combinator":"and","rules":[)", "]}", querybuilder}}) {
        CHECK(first_issue(repeated(open, 10'000) + "1" + repeated(close, 10'000), dialect).code == "json.too_deep");
    }
    CHECK(first_issue(repeated(R"({"!":)", 300) + R"({"var":"a"})" + repeated("}", 300), json_logic).code ==
          "rule.too_deep");
    std::string const million = "[1" + repeated(",1", 999'999) + "]";
    auto const list = first_issue(R"({"in":[{"var":"a"},)" + million + "]}", json_logic);
    CHECK(list.code == "rule.too_large");
    CHECK(list.place == "here /in/1");
    CHECK(first_issue(R"({"a":{"$in":)" + million + "}}", growthbook).place == "here /a/$in");
    CHECK(first_issue(R"({"combinator":"and","rules":[{"field":"a","operator":"in","value":)" + million + "}]}",
                      querybuilder)
              .place == "here /rules/0/value");
    CHECK(first_issue(R"({"==":[{"var":"a"},")" + repeated("x", 1'000'000) + "\"]}", json_logic).code ==
          "rule.too_large");
    issue_list many;
    CHECK(!import_rule(R"({"and":[{"x":1})" + repeated(R"(,{"x":1})", 5'000) + "]}", json_logic, many));
    CHECK(many.size() == 1'000);
    CHECK(many[999].code == "import.more");
    issue_list warnings; // an error is told however many warnings there are
    std::string keys;
    for (int i = 0; i < 2'000; ++i)
        keys += ",\"k" + std::to_string(i) + "\":1";
    CHECK(!import_rule(R"({"combinator":"and","rules":[{"field":"a","operator":"x","value":1}])" + keys + "}",
                       querybuilder, warnings));
    CHECK(warnings.size() == 1'001);
    CHECK(warnings.contains("import.unknown_operator"));
    // The operand in the middle is said twice, on each level.
    std::string chain = R"({"var":"a"})";
    for (int i = 0; i < 100; ++i)
        chain = R"({"if":[{"<":[1,)" + chain + ",9]},1,2]}";
    CHECK(first_issue(chain, json_logic).code == "rule.too_large");
    std::string lists = R"({"var":"a"})";
    for (int i = 0; i < 60; ++i)
        lists = R"({"filter":[)" + lists + R"(,{">":[{"var":""},1]}]})";
    CHECK(imported(R"({"some":[)" + lists + R"(,{">":[{"var":""},1]}]})", json_logic)
              .starts_with("a.filter(item, item > 1)"));
}

TEST_CASE("import: imported rules answer for customers") {
    import_options options;
    options.names = &names();
    options.missing = imported_missing::as_source;
    auto const rule = import_rule(R"({"age":{"$lt":18},"tags":{"$in":["a"]},"city":{"$ne":"X"}})", growthbook, options);
    program const compiled = compile_rule(rule.text(), names(), boolean_type);
    std::string_view const interests[] = {"a", "b"};
    std::vector<value> row(names().size());
    rule_scratch scratch;
    row[4] = value::of_set(std::span<std::string_view const>(interests));
    CHECK(compiled.evaluate(std::span<value const>(row), scratch).result.as_bool());
    row[0] = value::of_int(18);
    CHECK(!compiled.evaluate(std::span<value const>(row), scratch).result.as_bool());
}
