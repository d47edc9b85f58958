// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/dynamic_check.hpp>

#include "support/catch.hpp"

#include <string>
#include <utility>

using namespace segmenta;

namespace {

/// The type, or the codes of the issues.
std::string checked(std::string_view text) {
    declared_type const string{declared_kind::string};
    declared_type const integer{declared_kind::int64};
    dynamic_declarations const names{{{"n", integer},
                                      {"s", string},
                                      {"flags", {declared_kind::list, {{declared_kind::boolean}}}},
                                      {"by_name", {declared_kind::map, {string, integer}}},
                                      {"any", {}},
                                      {"now", {declared_kind::timestamp}},
                                      {"a.b", integer},
                                      {"in.side.x", integer}},
                                     {{"f", false, {string, integer}, string},
                                      {"twice", true, {{declared_kind::parameter, {}, "T"}}, {declared_kind::list, {{declared_kind::parameter, {}, "T"}}}}},
                                     "in.side"};
    issue_list issues;
    auto const made = check_dynamic(parse_expression(text), names, issues, "test");
    if (made) return to_string(*made);
    std::string codes;
    for (auto const& problem : issues)
        codes += (codes.empty() ? "" : " ") + problem.code;
    return codes;
}

} // namespace

TEST_CASE("check_dynamic: types of expressions", "[rule][dynamic_check]") {
    for (auto const& [text, expected] : std::initializer_list<std::pair<char const*, char const*>>{
             {"n + 1", "int"},
             {"[1, n]", "list(int)"},
             {"[1, 'a']", "list(dyn)"}, // langdef.md: elements may differ
             {"[]", "list(dyn)"},
             {"[[], [1]]", "list(list(int))"},
             {"{'a': n, 'b': 1.5}", "map(string, dyn)"},
             {"by_name.x + 1", "int"},
             {"by_name['x']", "int"},
             {"by_name[?'x']", "optional_type(int)"},
             {"by_name.?x.orValue(1)", "int"},
             {"flags.map(f, !f)", "list(bool)"},
             {"flags.exists(i, f, f && i > 0)", "bool"},
             {"by_name.transformMap(k, v, k + string(v))", "map(string, string)"},
             {"any.x.y + 1", "int"},
             {"any + any", "dyn"},
             {"1 < 2.0", "bool"},
             {"1 == dyn('a')", "bool"},
             {"now - now", "google.protobuf.Duration"},
             {"now.getHours('Asia/Shanghai')", "int"},
             {"s.split(',').map(w, w.size())", "list(int)"},
             {"cel.bind(x, n * 2, x > 3 ? [x] : [])", "list(int)"},
             {"type(n) == int", "bool"},
             {"a.b + x", "int"},
             {"f(s, n)", "string"},
             {"n.twice()", "list(int)"},
             {"math.greatest(1, n)", "int"},
             {"math.least(1, 2.0)", "dyn"},
             {"sets.contains(flags, [true])", "bool"},
             {"has(by_name.x)", "bool"},
             {"optional.of(n).optMap(x, string(x)).orValue('')", "string"},
         }) {
        CAPTURE(text);
        CHECK(checked(text) == expected);
    }
}

TEST_CASE("check_dynamic: names and overloads that do not exist", "[rule][dynamic_check]") {
    for (auto const& [text, expected] : std::initializer_list<std::pair<char const*, char const*>>{
             {"m + 1", "rule.unknown_name"},
             {"true || m", "rule.unknown_name"}, // before evaluation, not when it is asked for
             {"n + s", "rule.type"},
             {"1 + 1u", "rule.type"},
             {"1 == 'a'", "rule.type"},
             {"s && true", "rule.type"},
             {"n ? 1 : 2", "rule.type"},
             {"true ? 1 : 'a'", "rule.type"},
             {"n.x", "rule.type"},
             {"n.all(x, true)", "rule.type"},
             {"flags.all(f, f > n)", "rule.type"},
             {"flags.exists(f, g)", "rule.unknown_name"},
             {"[0] < [1]", "rule.type"},
             {"s.startWith('a')", "rule.unknown_function"},
             {"f(n, s)", "rule.type"},
             {"by_name[1]", "rule.type"},
             {"{1.5: 1}", "rule.type"},
             {"[?n]", "rule.type"},
             {"n + s + m", "rule.type rule.unknown_name"},
         }) {
        CAPTURE(text);
        CHECK(checked(text) == expected);
    }
    issue_list issues;
    CHECK_FALSE(check_dynamic(parse_expression("nmber > 1"), {{{"number", {declared_kind::int64}}}, {}, {}}, issues, "line 1"));
    CHECK_THAT(issues.to_string(), Catch::Matchers::ContainsSubstring("line 1 1:1") &&
                                       Catch::Matchers::ContainsSubstring("Did you mean number?"));
    std::string chain = "1"; // deep on its left
    for (int i = 0; i < 15'000; ++i)
        chain += " + 1";
    CHECK(checked(chain) == "int");
}
