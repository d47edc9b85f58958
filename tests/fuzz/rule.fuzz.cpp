// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule: it is refused with an issue, or it has a canonical text that reads back to the same tree. What also
// compiles gives the same answer by rows and by blocks. The checker and the evaluator of the whole language take it too.
#include "fuzz/replay.hpp"
#include "rule/support.hpp"

#include <segmenta/rule/dynamic_check.hpp>
#include <segmenta/rule/dynamic_evaluation.hpp>
#include <segmenta/rule/program.hpp>

#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

using namespace segmenta;
using segmenta::test::show;

namespace {

environment make_names() {
    environment names;
    names.variable("i", int64_type);
    names.variable("j", int64_type);
    names.variable("r", float64_type);
    names.variable("b", boolean_type);
    names.variable("d", decimal_type(3));
    names.variable("m", money_type(currency("CNY"), 2));
    names.variable("day", date_type);
    names.variable("at", instant_type);
    names.variable("len", duration_type);
    names.variable("s", string_type);
    names.variable("c", category_type);
    names.variable("set", category_set_type);
    return names;
}

std::vector<std::vector<value>> make_rows() {
    static std::string_view const interests[] = {"a", "b"};
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    constexpr auto high = std::numeric_limits<std::int64_t>::max();
    std::vector<std::vector<value>> rows;
    for (int k = 0; k < 9; ++k) {
        std::int64_t const n = k == 0 ? low : k == 1 ? high : k - 4;
        rows.push_back({value::of_int(n), k % 3 == 0 ? value{} : value::of_int(-n / 2), value::of_double(k == 2 ? 1e308 : k / 2.0),
                        value::of_bool(k % 2 == 0), value::of_decimal(decimal_type(3), n),
                        value::of_decimal(money_type(currency("CNY"), 2), k),
                        value::of_date(civil_date{k == 0 ? std::numeric_limits<std::int32_t>::max() : k * 1000}),
                        value::of_instant(k == 1 ? instant::never() : instant{k * 123'456'789'012}),
                        value::of_duration_us(k == 2 ? low : k * 1'000'000),
                        value::of_string(k == 3 ? "\xFF\xC3" "a" : k % 2 == 0 ? "ab" : "\xE5\xB0\x8F"),
                        k == 4 ? value{} : value::of_string(k % 2 == 0 ? "a" : ""),
                        value::of_set(std::span<std::string_view const>(interests).first(static_cast<std::size_t>(k % 3)))});
    }
    return rows;
}

void demand(bool holds) {
    if (!holds) std::abort();
}

// Any expression is checked, and then evaluated, without harm; one that has a type has no unknown name.
void check_whole_language(expression const& rule) {
    static dynamic_declarations const declared{{{"i", {declared_kind::int64}},
                                                {"s", {declared_kind::string}},
                                                {"set", {declared_kind::list, {{declared_kind::string}}}}},
                                               {},
                                               {}};
    static dynamic_bindings const bound{{{"i", std::int64_t{3}},
                                         {"s", std::string("a,b")},
                                         {"set", dynamic_list{dynamic_value(std::string("a"))}}},
                                        {}};
    issue_list issues;
    auto const type = check_dynamic(rule, declared, issues, "fuzz");
    demand(type.has_value() != issues.has_errors());
    auto const answer = evaluate_dynamic(rule, bound, {100'000, 1'000'000});
    if (type && !answer.ok()) demand(answer.error.find("undeclared reference") == std::string::npos);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static environment const names = make_names();
    static std::vector<std::vector<value>> const rows = make_rows();
    static test::table_of_values const table(names, rows);
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);

    issue_list issues;
    auto const rule = parse_expression(text, issues, "fuzz");
    if (!rule) {
        demand(issues.has_errors());
        return 0;
    }
    auto const canonical = to_string(*rule);
    expression_limits roomy; // spaces and escapes may make it longer
    roomy.max_bytes = canonical.size();
    demand(parse_expression(canonical, roomy) == *rule);

    check_whole_language(*rule);
    auto const made = compile_rule(*rule, names, issues, "fuzz");
    demand(made.has_value() != issues.has_errors());
    if (!made) return 0;
    rule_scratch by_row;
    rule_scratch by_block;
    auto const answers = made->evaluate(table.all(), by_block);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        demand(show(test::row_of(answers, r)) == show(made->evaluate(std::span<value const>(rows[r]), by_row)));
    }
    return 0;
}
