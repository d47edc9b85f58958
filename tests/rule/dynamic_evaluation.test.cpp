// SPDX-License-Identifier: Apache-2.0
// The language as a whole is held against cel-spec's own tests (tests/conformance/cel_spec.js); here stands what they
// do not ask.
#include <segmenta/rule/dynamic_evaluation.hpp>

#include "support/catch.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace segmenta;

namespace {

dynamic_result evaluate(std::string const& text, dynamic_bindings const& with = {}, dynamic_limits const& limits = {}) {
    return evaluate_dynamic(parse_expression(text), with, limits);
}
bool is_true(std::string const& text, dynamic_bindings const& with = {}) {
    auto const result = evaluate(text, with);
    INFO(text << ": " << result.error);
    auto const* const truth = result.value.as<bool>();
    return result.ok() && truth != nullptr && *truth;
}

} // namespace

TEST_CASE("evaluate_dynamic: what must be true") {
    for (char const* const text :
         {"1 + 2 * 3 - 4 / 2 == 5",
          "7 % 4 == 3 && -7 / 2 == -3",
          "[1, 2] + [3] == [1, 2, 3]",
          "'a' + 'b' == 'ab'",
          "{'a': 1}.a == 1 && {'a': 1}['a'] == 1",
          "has({'a': 1}.a) && !has({'a': 1}.b)",
          "2 in [1, 2] && 'a' in {'a': 1}",
          "[1, 2, 3].map(x, x * 2) == [2, 4, 6]",
          "[1, 2, 3].filter(x, x > 1) == [2, 3]",
          "[1, 2, 3].map(x, x > 1, x * 10) == [20, 30]",
          "[1, 2].exists_one(x, x == 2)",
          "{1: 'a'}.all(k, k == 1)",
          "['x', 'y'].transformMap(i, v, v + string(i)) == {0: 'x0', 1: 'y1'}",
          "cel.bind(x, 5, x * x) == 25",
          "optional.of(1).optMap(x, x + 1).value() == 2",
          "{'a': {}}.?a.?b.orValue(7) == 7",
          "[1][?5].hasValue() == false",
          "[?optional.none(), 1] == [1]",
          "{?'a': optional.of(1)} == {'a': 1}",
          "type(1u) == uint && type([]) == list",
          "size('äö') == 2 && size(b'äö') == 4",
          "'%s has %.1f%%'.format(['x', 12.25]) == 'x has 12.2%'",
          "timestamp('2024-02-29T23:59:59.5Z') + duration('500ms') == timestamp('2024-03-01T00:00:00Z')",
          "timestamp('2024-01-01T00:00:00Z').getHours('Asia/Shanghai') == 8",
          "timestamp('2024-01-01T00:00:00Z').getHours('-02:30') == 21",
          "string(duration('-1.5s')) == '-1.5s'",
          "duration('1h30m').getMinutes() == 90",
          "math.greatest(1, 2u, 1.5) == 2",
          "math.bitShiftRight(-1, 60) == 15",
          "'a,b,c'.split(',', 2) == ['a', 'b,c'] && ['a', 'b'].join('-') == 'a-b'",
          "strings.quote('a\"b') == '\"a\\\\\"b\"'"})
        CHECK(is_true(text));
}

TEST_CASE("evaluate_dynamic: what must be an error, and what absorbs it") {
    for (char const* const text : {"1 / 0",
                                   "1 % 0",
                                   "9223372036854775807 + 1",
                                   "-9223372036854775807 - 2",
                                   "0u - 1u",
                                   "1 + 1.0",
                                   "1 + 'a'",
                                   "x",
                                   "f(1)",
                                   "[1][1]",
                                   "[1][-1]",
                                   "[1][0.5]",
                                   "{'a': 1}.b",
                                   "{1.5: 1}",
                                   "{'a': 1, 'a': 2}",
                                   "'a' < 1",
                                   "!1",
                                   "1 ? 2 : 3",
                                   "[1].all(x, x)",
                                   "int('1.5')",
                                   "int(1e19)",
                                   "uint(-1)",
                                   "timestamp('2024-02-30T00:00:00Z')",
                                   "duration('1')",
                                   "duration('400000000000s')",
                                   "timestamp('9999-12-31T23:59:59Z') + duration('1s')",
                                   "optional.none().value()",
                                   "'a'.matches('(')",
                                   "'a'.charAt(2)",
                                   "'%d'.format(['a'])",
                                   "'%'.format([])",
                                   "string(b'\\xff')",
                                   "timestamp('2024-01-01T00:00:00Z').getHours('Mars/Base')",
                                   "1 && true",
                                   "true.f()"}) {
        auto const result = evaluate(text);
        CAPTURE(text);
        CHECK_FALSE(result.ok());
    }
    CHECK(is_true("true || 1 / 0 == 1"));
    CHECK(is_true("1 / 0 == 1 || true"));
    CHECK(is_true("!(false && x) && !(x && false)"));
    CHECK(is_true("[0, 1].exists(i, 1 / i == 1)"));
    CHECK(is_true("![0, 2].all(i, 1 / i == 1)"));
    CHECK(evaluate("[0, 1].all(i, 1 / i == 1)").error == "divide by zero");
}

TEST_CASE(
    "evaluate_dynamic: names are looked for from the longest on, in the container first, behind what a macro binds") {
    dynamic_value const map = dynamic_map{{dynamic_value(std::string("c")), dynamic_value(std::int64_t{1})}};
    dynamic_bindings const with{
        {{"a.b", map}, {"a.b.c", std::int64_t{2}}, {"s.y", std::int64_t{3}}, {"y", std::int64_t{4}}}, "s.t"};
    CHECK(is_true("a.b.c == 2 && a.b['c'] == 1", with));
    CHECK(is_true("y == 3 && .y == 4", with));
    CHECK(is_true("[5].all(y, y == 5 && .y == 4)", with));
    CHECK(is_true("[{'b': {'c': 9}}].all(a, a.b.c == 9)", with));
}

TEST_CASE("evaluate_dynamic: deep and long expressions end, and work is bounded") {
    std::string chain = "1";
    for (int i = 0; i < 15'000; ++i)
        chain += " + 1";
    CHECK(is_true("(" + chain + ") == 15001"));
    std::string const hundred = "[1,1,1,1,1,1,1,1,1,1]";
    std::string nested = "1";
    for (int i = 0; i < 9; ++i)
        nested = hundred + ".map(x, " + nested + ")";
    auto const result = evaluate(nested, {}, {.steps = 100'000, .bytes = 1'000'000});
    CHECK(result.error.find("limit exceeded") == 0);
    auto const doubled = evaluate("['x'].map(a, a+a+a+a+a+a+a+a).map(b, b+b+b+b+b+b+b+b).map(c, c+c+c+c+c+c+c+c)", {},
                                  {.steps = 100'000, .bytes = 1'000});
    CHECK(doubled.error.find("limit exceeded") == 0);
}

TEST_CASE("evaluate_dynamic: comparing values that share their parts is bounded, too") {
    std::string equal = "s == s";
    std::string within = "s in [s]";
    for (int i = 0; i < 40; ++i) {
        equal = "cel.bind(s, [s, s], " + equal + ")";
        within = "cel.bind(s, {'a': s, 'b': s}, " + within + ")";
    }
    CHECK(evaluate("cel.bind(s, [1], " + equal + ")").error.find("limit exceeded") == 0);
    CHECK(evaluate("cel.bind(s, {'c': 1}, " + within + ")").error.find("limit exceeded") == 0);
}
