// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/program.hpp>

#include "rule/sample_row.hpp"
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <limits>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("literals, operators and precedence", "[rule]") {
    check({
        {"1 + 2 * 3", "7"},
        {"(1 + 2) * 3", "9"},
        {"7 / 2", "3"},
        {"-7 / 2", "-3"},
        {"-7 % 3", "-1"},
        {"7.0 / 2.0", "3.5"},
        {"age + 1", "31"},
        {"customer.age", "30"},
        {"`Customer ID` - 1", "17849"},
        {"customer.`Customer ID`", "17850"},
        {"value.segment == 'champions'", "true"},
        {"customer.value.segment == 'lost'", "false"},
        {"age >= 25 && age < 35", "true"},
        {"age < 25 || vip", "true"},
        {"!vip", "false"},
        {"vip ? 'yes' : 'no'", "'yes'"},
        {"age > 40 ? 1 : age > 20 ? 2 : 3", "2"},
        {"'a' + \"b\" + r'\\c'", "'ab\\c'"},
        {"'a' < 'b' && 'a' < 'aa' && b'\\xff' > b'a'", "true"},
        {"false < true", "true"},
        {"int(3u) + int(2u * 4u)", "11"},
        {"age in [1, 30, 5]", "true"},
        {"age in []", "false"},
        {"city in ['Beijing', 'Shanghai']", "true"},
        {"!(city in ['Beijing'])", "true"},
        {"'sport' in interests", "true"},
        {"city in interests", "false"},
        {"size(interests)", "2"},
        {"interests", "{beauty,sport,}"},
        {"null == null", "true"},
        {"b'abc' == bytes('abc')", "true"},
        {"string(b'abc')", "'abc'"},
        {"size(b'\\xff\\xfe')", "2"},
    });
}

TEST_CASE("a missing value is unknown, through every function and relation", "[rule]") {
    check({
        {"gone", "unknown"},
        {"gone == 1", "unknown"},
        {"gone != 1", "unknown"},
        {"!(gone == 1)", "unknown"},
        {"gone < 1 || gone >= 1", "unknown"},
        {"gone + 1", "unknown"},
        {"gone / 0", "unknown"}, // unknown takes precedence over error
        {"age / 0 + gone", "unknown"},
        {"age / (age - 30) == gone", "unknown"},
        {"gone in [1, 2]", "unknown"},
        {"gone in []", "unknown"},
        {"age in [30, gone]", "unknown"}, // the list is built first
        {"gone_text.startsWith('a')", "unknown"},
        {"gone_text in ['a']", "unknown"},
        {"gone_text in interests", "unknown"},
        {"gone_flag ? 1 : 1", "unknown"},
        {"vip ? gone : 1", "unknown"},
        {"vip ? 1 : gone", "1"},
        {"has(gone)", "false"},
        {"has(age)", "true"},
        {"has(customer.gone) || has(customer.city)", "true"},
        {"has(interests)", "true"},
        {"customer.?gone.orValue(18)", "18"},
        {"customer.?age.orValue(18)", "30"},
        {"customer.?gone.orValue(gone)", "unknown"},
        {"customer.?gone.orValue(age / 0)", "error"},
        {"customer.?gone_text.orValue('none') + '!'", "'none!'"},
        {"customer.?price.orValue(0)", "12.345"},
        {"customer.?gone.hasValue()", "false"},
        {"customer.?gone.value()", "unknown"},
        {"has(gone) && gone > 3", "false"},
    });
}

TEST_CASE("Kleene logic with errors, as CEL", "[rule]") {
    // t, f, u, e in both positions; unknown takes precedence over error.
    std::string const texts[4] = {"vip", "!vip", "gone_flag", "age / (age - 30) == 1"};
    char const* const names[4] = {"true", "false", "unknown", "error"};
    char const* const all[4][4] = {{"true", "false", "unknown", "error"},
                                   {"false", "false", "false", "false"},
                                   {"unknown", "false", "unknown", "unknown"},
                                   {"error", "false", "unknown", "error"}};
    char const* const any[4][4] = {{"true", "true", "true", "true"},
                                   {"true", "false", "unknown", "error"},
                                   {"true", "unknown", "unknown", "unknown"},
                                   {"true", "error", "unknown", "error"}};
    for (std::size_t a = 0; a < 4; ++a) {
        CHECK(answer("!(" + texts[a] + ")") == (a < 2 ? names[1 - a] : names[a]));
        CHECK(answer("(" + texts[a] + ") ? 1 : 2") == (a < 2 ? std::to_string(a + 1) : names[a]));
        for (std::size_t b = 0; b < 4; ++b) {
            INFO(texts[a] << " with " << texts[b]);
            CHECK(answer("(" + texts[a] + ") && (" + texts[b] + ")") == all[a][b]);
            CHECK(answer("(" + texts[a] + ") || (" + texts[b] + ")") == any[a][b]);
        }
    }
}

TEST_CASE("what cannot be meant is refused when the rule is read", "[rule]") {
    check({
        {"agee > 3", "refused rule.unknown_name"},
        {"customer.agee > 3", "refused rule.unknown_name"},
        {"customer == 3", "refused rule.unknown_name"},
        {"age.year > 3", "refused rule.type"},
        {"agee > 3 && citty == 'x'", "refused rule.unknown_name rule.unknown_name"},
        {"name.startWith('a')", "refused rule.unknown_function"},
        {"startsWith(name, 'a')", "refused rule.unknown_function"},
        {"name.startsWith(3)", "refused rule.type"},
        {"age + 1.5", "refused rule.type"},
        {"age + 'x'", "refused rule.type"},
        {"age + 1u", "refused rule.type"},
        {"price * ratio", "refused rule.type"},
        {"price % 2", "refused rule.type"},
        {"age == 'x'", "refused rule.type"},
        {"age == null", "refused rule.type"},
        {"born == '1994-02-28'", "refused rule.type"},
        {"born < seen", "refused rule.type"},
        {"interests == 'a'", "refused rule.type"},
        {"age && vip", "refused rule.type"},
        {"!age", "refused rule.type"},
        {"age ? 1 : 2", "refused rule.type"},
        {"vip ? 1 : 'x'", "refused rule.type"},
        {"vip ? 1 : 2.0", "refused rule.type"},
        {"age in ['x']", "refused rule.type"},
        {"age in interests", "refused rule.type"},
        {"name in 'abc'", "refused rule.type"},
        {"spent > owed", "refused rule.currency"},
        {"spent + 1", "refused rule.currency"},
        {"spent > 100", "refused rule.currency"},
        {"spent > 0.5", "refused rule.currency"},
        {"spent * owed", "refused rule.currency"},
        {"spent / owed", "refused rule.currency"},
        {"money(spent, 'GBP')", "refused rule.currency"},
        {"spent in [money('1 GBP')]", "refused rule.currency"},
        {"decimal('0.0000000001') * decimal('0.000000001')", "refused rule.scale"},
        {"decimal('0.1234567890123456789')", "refused rule.scale"},
        {"decimal(name)", "refused rule.scale"},
        {"decimal(price, 1)", "refused rule.scale"},
        {"decimal('1,5')", "refused rule.bad_constant"},
        {"decimal('99999999999999999999')", "refused rule.bad_constant"},
        {"money('500')", "refused rule.bad_constant"},
        {"money('x CNY')", "refused rule.bad_constant"},
        {"money(5, 'yuan')", "refused rule.bad_constant"},
        {"date('2023-02-29') == born", "refused rule.bad_constant"},
        {"timestamp('2024-06-30') < seen", "refused rule.bad_constant"},
        {"timestamp('2024-06-30T12:00:00') < seen", "refused rule.bad_constant"},
        {"timestamp('2024-06-30T12:00:00.1234567Z') < seen", "refused rule.bad_constant"},
        {"duration('1 day') < stay", "refused rule.bad_constant"},
        {"duration('') < stay", "refused rule.bad_constant"},
        {"duration('99999999999h') < stay", "refused rule.bad_constant"},
        {"seen.getHours('Mars/Olympus') > 3", "refused rule.bad_constant"},
        {"seen.getHours(name) > 3", "refused rule.unsupported"},
        {"stay.getFullYear() > 3", "refused rule.type"},
        {"name.matches('(')", "refused rule.bad_constant"},
        {"name.matches(city)", "refused rule.unsupported"},
        {"name.matches('(a)\\\\1')", "refused rule.bad_constant"},
        {"[1, 2]", "refused rule.result_type"},
        {"{'a': 1}", "refused rule.result_type"},
        {"interests.exists(x, y == 'a')", "refused rule.unknown_name"},
        {"interests['a']", "refused rule.type"},
        {"name.split(',')", "refused rule.result_type"},
        {"type(age) == int", "refused rule.unsupported rule.unknown_name"},
        {"customer.?age", "refused rule.result_type"},
        {"age.?x.orValue(1)", "refused rule.type"},
        {"customer.?agee.orValue(1)", "refused rule.unknown_name"},
        {"1u", "refused rule.result_type"},
        {"b'a'", "refused rule.result_type"},
        {"null", "refused rule.result_type"},
    });
}

TEST_CASE("issues of types name place, types, choices and remedy", "[rule]") {
    environment const names = sample_names();
    auto const text_of = [&](std::string_view rule) {
        issue_list issues;
        REQUIRE_FALSE(compile_rule(rule, names, issues, "plan.json:3 /tags/x"));
        return issues.to_string();
    };
    using Catch::Matchers::ContainsSubstring;
    CHECK_THAT(text_of("agee > 3"), ContainsSubstring("plan.json:3 /tags/x 1:1") && ContainsSubstring("Did you mean age?") &&
                                        ContainsSubstring("  | agee > 3\n  | ^"));
    CHECK_THAT(text_of("vip && name.startWith('a')"),
               ContainsSubstring("1:13") && ContainsSubstring("Did you mean startsWith?"));
    CHECK_THAT(text_of("startsWith(name, 'a')"), ContainsSubstring("string.startsWith(string)"));
    CHECK_THAT(text_of("age + 1.5"), ContainsSubstring("int, double") && ContainsSubstring("int + int") &&
                                         ContainsSubstring("double(...)"));
    CHECK_THAT(text_of("spent > 100"), ContainsSubstring("money('1.00 CNY')"));
    CHECK_THAT(text_of("age == null"), ContainsSubstring("has(...)"));
    CHECK_THAT(text_of("born == '1994-02-28'"), ContainsSubstring("date('2024-06-30')"));
    CHECK_THAT(text_of("seen.getHours('Europe/Londn') > 3"), ContainsSubstring("Europe/London"));
}

TEST_CASE("the wanted type of an answer", "[rule]") {
    environment const names = sample_names();
    auto const typed = [&](std::string_view rule, type wanted) {
        issue_list issues;
        auto const made = compile_rule(rule, names, issues, {}, wanted);
        if (!made) return "refused " + issues[0].code;
        auto const row = sample_row();
        rule_scratch scratch;
        return to_string(made->result_type()) + " " + show(made->evaluate(std::span<value const>(row), scratch));
    };
    CHECK(typed("vip", boolean_type) == "bool true");
    CHECK(typed("age", boolean_type) == "refused rule.result_type");
    CHECK(typed("age", decimal_type(2)) == "decimal(2) 30.00");
    CHECK(typed("age * price", decimal_type(3)) == "decimal(3) 370.350");
    CHECK(typed("price * price", decimal_type(3)) == "refused rule.result_type");
    CHECK(typed("age * price", money_type(gbp, 3)) == "money(GBP,3) GBP 370.350");
    CHECK(typed("spent", money_type(gbp, 2)) == "refused rule.result_type");
    CHECK(typed("price", float64_type) == "double 12.345000000000001");
    CHECK(typed("spent", float64_type) == "refused rule.result_type");
    CHECK(typed("ratio", int64_type) == "refused rule.result_type");
    CHECK(typed("city", category_type) == "category 'Shanghai'");
    CHECK(typed("city", string_type) == "category 'Shanghai'");
    CHECK(typed("city + ''", category_type) == "string 'Shanghai'");
    CHECK(typed("born", instant_type) == "refused rule.result_type");
    CHECK_THROWS_AS(compile_rule("age +", names), issue_error);
}

TEST_CASE("a program says what it reads and what was missing", "[rule]") {
    environment const names = sample_names();
    auto const made = compile_rule("age > 3 && (gone > 1 || gone_text == 'a') && has(city)", names);
    CHECK(made.required_names() == std::vector<std::string>{"age", "city", "gone", "gone_text"});
    CHECK(made.result_type() == boolean_type);
    CHECK_FALSE(made.is_constant());
    CHECK(made.source().text().starts_with("age > 3"));
    auto const row = sample_row();
    rule_scratch scratch;
    CHECK(made.evaluate(std::span<value const>(row), scratch).state == status::unknown);
    std::vector<std::string> missing;
    for (auto const variable : scratch.missing())
        missing.emplace_back(made.variable_name(variable));
    CHECK(missing == std::vector<std::string>{"gone", "gone_text"});

    auto const certain = compile_rule("age < 3 && gone > 1", names);
    CHECK(show(certain.evaluate(std::span<value const>(row), scratch)) == "false");
    CHECK(scratch.missing().empty());

    auto const folded = compile_rule("1 + 1 == 2 || age > 3", names);
    CHECK(folded.is_constant());
    CHECK(folded.required_names().empty());
}

TEST_CASE("hostile rules and values", "[rule]") {
    constexpr std::int64_t int_min = std::numeric_limits<std::int64_t>::min();
    constexpr std::int64_t int_max = std::numeric_limits<std::int64_t>::max();
    environment names;
    names.variable("text", string_type);
    names.variable("n", int64_type);
    names.variable("x", float64_type);
    rule_scratch scratch;
    auto const run = [&](std::string_view rule, std::vector<value> row) {
        return show(compile_rule(rule, names).evaluate(std::span<value const>(row), scratch));
    };
    // Catastrophic for a backtracking engine: 2^50000 steps.
    std::string const many(50'000, 'a');
    CHECK(run("text.matches('^(a+)+$')", {value::of_string(many + "!")}) == "false");
    CHECK(run("text.matches('^(a+)+$')", {value::of_string(many)}) == "true");
    // Data need not be UTF-8.
    CHECK(run("size(text) == 3 && text.substring(1, 2) == text.charAt(1)", {value::of_string("a\xFF\xC3")}) == "true");
    CHECK(run("text.reverse().size()", {value::of_string("a\xFF\xE5\xB0\x8F")}) == "3");
    CHECK(run("text.matches('^a.c$')", {value::of_string("a\xFF" "c")}) == "false");
    // Text grows up to a bound.
    std::string doubling = "text";
    for (int i = 0; i < 30; ++i)
        doubling = "(" + doubling + ").replace('a', 'aa')";
    CHECK(run("size(" + doubling + ")", {value::of_string("a")}) == "error");
    CHECK(run("n - 1", {value{}, value::of_int(int_min)}) == "error");
    CHECK(run("n + 1", {value{}, value::of_int(int_max)}) == "error");
    CHECK(run("n == -9223372036854775808", {value{}, value::of_int(int_min)}) == "true");
    CHECK(run("has(x)", {value{}, value{}, value::of_double(std::numeric_limits<double>::quiet_NaN())}) == "false");
    CHECK(run("x == x", {value{}, value{}, value::of_double(std::numeric_limits<double>::infinity())}) == "true");
    // A value of another type than declared, and a row that is too short.
    CHECK(run("n > 1", {value{}, value::of_double(3)}) == "error");
    CHECK(run("n > 1 || true", {value{}, value::of_double(3)}) == "true");
    CHECK(run("n > 1", {}) == "unknown");
    // A hundred levels of conditions and ten thousand elements.
    std::string nested = "n";
    for (int i = 0; i < 90; ++i)
        nested = "(n > " + std::to_string(i) + " ? " + nested + " + 1 : 0)";
    CHECK(run(nested, {value{}, value::of_int(1000)}) == "1090");
    std::string list = "n in [0";
    for (int i = 1; i < 10'000; ++i)
        list += "," + std::to_string(i * 2);
    CHECK(run(list + "]", {value{}, value::of_int(19'998)}) == "true");
    CHECK(run(list + "]", {value{}, value::of_int(19'999)}) == "false");
}
