// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/expression.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

std::string canonical(std::string_view text) { return to_string(parse_expression(text)); }

issue only_issue(std::string_view text, expression_limits const& limits = {}) {
    issue_list issues;
    auto const parsed = parse_expression(text, issues, "plan.json:7 /tags/vip", limits);
    INFO(text);
    REQUIRE_FALSE(parsed);
    REQUIRE(issues.size() == 1);
    return issues[0];
}

} // namespace

TEST_CASE("rule texts have one canonical form that parses back to the same tree", "[rule]") {
    std::vector<std::pair<std::string, std::string>> const table{
        {"Quantity>0&&UnitPrice>0.0", "Quantity > 0 && UnitPrice > 0.0"},
        {"((a))", "a"},
        {"a&&b&&c", "a && b && c"},
        {"(a && b) && c", "a && b && c"},
        {"a && (b && c)", "a && b && c"},
        {"a || b && c", "a || b && c"},
        {"(a || b) && c", "(a || b) && c"},
        {"a-b-c", "a - b - c"},
        {"a-(b-c)", "a - (b - c)"},
        {"(a+b)*c", "(a + b) * c"},
        {"a*b%c/d", "a * b % c / d"},
        {"!(a&&b)", "!(a && b)"},
        {"!!a", "!!a"},
        {"-5", "-5"},
        {"-0", "0"},
        {"1 - -0", "1 - 0"},
        {"-0x0", "0"},
        {"-(0)", "-(0)"},
        {"-0.0", "-0.0"},
        {"-(5)", "-(5)"},
        {"- - 5", "-(-5)"},
        {"-a", "-a"},
        {"-(-5).abs()", "-(-5.abs())"},
        {"-9223372036854775808", "-9223372036854775808"},
        {"1 - -1", "1 - -1"},
        {"a ? b : c ? d : e", "a ? b : c ? d : e"},
        {"(a ? b : c) ? d : e", "(a ? b : c) ? d : e"},
        {"a ? (b ? 1 : 2) : 3", "a ? (b ? 1 : 2) : 3"},
        {"a < b == true", "a < b == true"},
        {"a in [1,2,3,]", "a in [1, 2, 3]"},
        {"[]", "[]"},
        {"{'a':1,\"b\":2}", "{'a': 1, 'b': 2}"},
        {"{?'a': x.?b, 'c': 1}", "{?'a': x.?b, 'c': 1}"},
        {"[?a, b]", "[?a, b]"},
        {"a.b.c(d)[e].f", "a.b.c(d)[e].f"},
        {"a[?0].orValue(1)", "a[?0].orValue(1)"},
        {"has(customer.age)", "has(customer.age)"},
        {"has( age )", "has(age)"},
        {"xs.all(x,x>0)", "xs.all(x, x > 0)"},
        {"xs.map(x, x > 0, x * 2)", "xs.map(x, x > 0, x * 2)"},
        {"cel.bind(x, 1, x + x)", "cel.bind(x, 1, x + x)"},
        {"orders.within('P90D').where(o, o.category == 'beauty').sum('amount') > money('500 CNY')",
         "orders.within('P90D').where(o, o.category == 'beauty').sum('amount') > money('500 CNY')"},
        {".a.b", ".a.b"},
        {".f(1)", ".f(1)"},
        {"`Customer ID` == 1", "`Customer ID` == 1"},
        {"row.`\xE5\xB9\xB4\xE9\xBE\x84` + `plain`", "row.`\xE5\xB9\xB4\xE9\xBE\x84` + plain"},
        {"`for` + row.for", "`for` + row.for"},
        {"1u + 0x1Fu", "1u + 31u"},
        {"0xff", "255"},
        {".5e1 + 1e22 + 1.0", "5.0 + 1e+22 + 1.0"},
        {"null == null", "null == null"},
        {"a // comment\n + b", "a + b"},
        {"\"it's\"", "'it\\'s'"},
        {R"('\u5e74\U0001F600\x41\101\n')", "'\xE5\xB9\xB4\xF0\x9F\x98\x80"
                                            "AA\\n'"},
        {R"(r'\d+' + R"a\")", "'\\\\d+' + 'a\\\\'"},
        {"'''two\nlines 'q' '''", "'two\\nlines \\'q\\' '"},
        {R"(b'\xff\377a' + rb'\x')", "b'\\xff\\xffa' + b'\\\\x'"},
        {R"('\x80' == b'\x80')", "'\xC2\x80' == b'\\x80'"}, // a code point in text, a byte in bytes
    };
    for (auto const& [text, expected] : table) {
        INFO(text);
        auto const parsed = parse_expression(text);
        CHECK(to_string(parsed) == expected);
        CHECK(parse_expression(to_string(parsed)) == parsed);
        CHECK(parsed.text() == text);
    }
    CHECK_FALSE(parse_expression("a + b") == parse_expression("b + a"));
    CHECK_FALSE(parse_expression("0.0") == parse_expression("-0.0"));
    CHECK_FALSE(parse_expression("-(5)") == parse_expression("-5"));
}

TEST_CASE("a broken rule is refused with place, caret and remedy", "[rule]") {
    struct bad {
        std::string text, code, place, caret, part;
    };
    std::vector<bad> const table{
        {"", "rule.empty", "1:1", "^", "true"},
        {"  // nothing\n ", "rule.empty", "1:1", "^", "empty"},
        {"age >=", "rule.syntax", "1:7", "......^", "a value"},
        {"age >= && x", "rule.syntax", "1:8", ".......^", "\"&&\""},
        {"a = b", "rule.syntax", "1:3", "..^", "=="},
        {"a & b", "rule.syntax", "1:3", "..^", "&&"},
        {"a and b", "rule.syntax", "1:3", "..^", "&&"},
        {"(a", "rule.syntax", "1:3", "..^", "')'"},
        {"a)", "rule.syntax", "1:2", ".^", "end of the rule"},
        {"f(a,)", "rule.syntax", "1:5", "....^", "a value"},
        {"a\n  + * b", "rule.syntax", "2:5", "....^", "\"*\""},
        {"\xE5\xB9\xB4 > 3", "rule.syntax", "1:1", "^", "backquotes"},
        {"'\xE5\xB9\xB4' + %", "rule.syntax", "1:7", "......^", "\"%\""}, // columns count characters
        {"`x", "rule.syntax", "1:1", "^", "no end"},
        {"for + 1", "rule.syntax", "1:1", "^", "`for`"},
        {"'abc", "rule.bad_literal", "1:1", "^", "no end"},
        {"'a\nb'", "rule.bad_literal", "1:1", "^", "three quotes"},
        {"'\\q'", "rule.bad_literal", "1:2", ".^", "\\\\"},
        {"'\\u12'", "rule.bad_literal", "1:2", ".^", "4 hexadecimal digits"},
        {"'\\ud800'", "rule.bad_literal", "1:2", ".^", "no Unicode character"},
        {"b'\\u0041'", "rule.bad_literal", "1:3", "..^", "escape"},
        {"'\xFF'", "rule.bad_literal", "1:2", ".^", "UTF-8"},
        {"'\xC0\xAF'", "rule.bad_literal", "1:2", ".^", "UTF-8"},
        {"9223372036854775808", "rule.bad_literal", "1:1", "^", "out of range"},
        {"-9223372036854775809", "rule.bad_literal", "1:2", ".^", "out of range"},
        {"18446744073709551616u", "rule.bad_literal", "1:1", "^", "out of range"},
        {"1e999", "rule.bad_literal", "1:1", "^", "out of range"},
        {"1abc", "rule.bad_literal", "1:1", "^", "runs into a name"},
        {"Money{units: 1}", "rule.unsupported", "1:6", ".....^", "messages"},
        {"has(1)", "rule.syntax", "1:1", "^", "has(record.name)"},
        {"xs.all(x.y, true)", "rule.syntax", "1:10", ".........^", "simple name"},
    };
    for (auto const& [text, code, place, caret, part] : table) {
        issue const problem = only_issue(text);
        CHECK(problem.code == code);
        CHECK(problem.place == "plan.json:7 /tags/vip " + place);
        CHECK_THAT(problem.remedy, Catch::Matchers::EndsWith("\n  | " + caret));
        CHECK_THAT(to_string(problem), Catch::Matchers::ContainsSubstring(part));
    }
}

TEST_CASE("an issue of a rule reads well as a whole", "[rule]") {
    CHECK(to_string(only_issue("age >= && x")) ==
          "error plan.json:7 /tags/vip 1:8: this cannot stand here (seen: \"&&\"; allowed: a value). \n"
          "  | age >= && x\n"
          "  | .......^ [rule.syntax]");
}

TEST_CASE("hostile rules are refused, not crashed on", "[rule]") {
    auto const repeated = [](std::string_view what, std::size_t times) {
        std::string out;
        for (std::size_t i = 0; i < times; ++i)
            out += what;
        return out;
    };
    CHECK(only_issue(repeated("(", 10'000) + "1" + repeated(")", 10'000)).code == "rule.too_deep");
    CHECK(only_issue(repeated("[", 10'000)).code == "rule.too_deep");
    CHECK(only_issue(repeated("!", 10'000) + "a").code == "rule.too_deep");
    CHECK(only_issue(repeated("-", 10'000) + "1").code == "rule.too_deep");
    CHECK(only_issue("a" + repeated(" + (a", 10'000)).code == "rule.too_deep");
    CHECK(only_issue("a" + repeated(" < a", 10'000)).code == "rule.too_deep");
    CHECK(only_issue("a" + repeated(".b", 10'000)).code == "rule.too_deep");
    CHECK(only_issue("a" + repeated("[0]", 10'000)).code == "rule.too_deep");
    CHECK(only_issue(repeated("a ? (", 10'000)).code == "rule.too_deep");
    CHECK(only_issue(repeated("a ? b : ", 5'000) + "c").code == "rule.too_deep");
    CHECK(only_issue(repeated("a.f(", 10'000)).code == "rule.too_deep");
    CHECK(only_issue(std::string(std::size_t{1} << 20, 'a')).code == "rule.too_large");
    expression_limits roomy;
    roomy.max_bytes = std::size_t{1} << 26;
    CHECK(only_issue("x in [" + repeated("1,", 1'000'000) + "1]", roomy).code == "rule.too_large");
    roomy.max_depth = 1'000'000'000; // a wish: the stack decides
    CHECK(only_issue(repeated("(", 100'000), roomy).code == "rule.too_deep");
    roomy.max_list_elements = 1'000'000;
    CHECK(only_issue("x in [" + repeated("1,", 500'000) + "1]", roomy).code == "rule.too_large"); // nodes

    // Long chains of conditions are flat, and 200 levels are allowed.
    CHECK(canonical("a" + repeated(" && a", 5'000)) == "a" + repeated(" && a", 5'000));
    CHECK(canonical("a" + repeated(" + a", 10'000)) == "a" + repeated(" + a", 10'000));
    CHECK(canonical("a" + repeated(" * a / b - a % b", 4'000)) == "a" + repeated(" * a / b - a % b", 4'000));
    CHECK(canonical(repeated("(", 150) + "a" + repeated(" + a)", 150)) == "a" + repeated(" + a", 150));
    CHECK(only_issue("a" + repeated(" + a", 60'000), roomy).code == "rule.too_large"); // nodes
    auto const sum = parse_expression("a" + repeated(" + a", 10'000));
    CHECK(sum == parse_expression("a" + repeated(" + a", 10'000)));
    CHECK_FALSE(sum == parse_expression("b" + repeated(" + a", 10'000)));
    CHECK_FALSE(sum == parse_expression("a" + repeated(" + a", 9'999) + " - a"));
    CHECK(canonical(repeated("(", 150) + "1" + repeated(")", 150)) == "1");
}

TEST_CASE("rule: many expressions are read the same by any number of threads") {
    std::vector<std::string> written;
    for (int i = 0; i < 1'000; ++i) {
        written.push_back("a > " + std::to_string(i) + " && b == 'text " + std::to_string(i) + "'");
    }
    std::vector<std::string_view> texts(written.begin(), written.end());
    for (unsigned const threads : {1U, 2U, 3U}) {
        issue_list issues;
        auto const read = parse_expressions(texts, issues, "rules", threads);
        REQUIRE(read);
        REQUIRE(read->size() == texts.size());
        CHECK(issues.empty());
        for (std::size_t i = 0; i < texts.size(); ++i)
            if (to_string((*read)[i]) != texts[i]) FAIL(texts[i]);
    }
    texts[3] = "a >";
    texts[70] = "(";
    texts[999] = "";
    for (unsigned const threads : {1U, 2U, 3U}) {
        issue_list issues;
        CHECK_FALSE(parse_expressions(texts, issues, "rules", threads));
        REQUIRE(issues.size() == 3);
        CHECK(issues[0].place == "rules[3] 1:4");
        CHECK(issues[1].place == "rules[70] 1:2");
        CHECK(issues[2].code == "rule.empty");
    }
    issue_list none;
    CHECK(parse_expressions({}, none)->empty());
}

// The lexer takes symbols of two characters before those of one, and runs of text at once.
TEST_CASE("rule: tokens end where CEL says") {
    CHECK(canonical("a<=b") == "a <= b");
    CHECK(canonical("!a!=!b") == "!a != !b");
    CHECK(canonical("a?.b:c") == "a ? .b : c");
    CHECK(canonical("a.?b[?0]") == "a.?b[?0]");
    CHECK(only_issue("a = b").remedy.find("Equality is written ==") == 0);
    CHECK(only_issue("a & b").remedy.find("And is written &&") == 0);
    CHECK(only_issue("a | b").remedy.find("Or is written ||") == 0);
    CHECK(canonical(R"("""it's "quoted" here""" == x)") == R"('it\'s "quoted" here' == x)");
    CHECK(canonical(R"(r'\d' == x)") == R"('\\d' == x)");
    CHECK(only_issue("'two\nlines'").code == "rule.bad_literal");
    CHECK(only_issue("x == 'open").code == "rule.bad_literal");
    CHECK(canonical("'a' in x && 5 > y") == "'a' in x && 5 > y"); // a number keeps nothing of the text before it
}
