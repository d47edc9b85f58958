// SPDX-License-Identifier: Apache-2.0
// Any bytes as a rule that people ask about: it reads as valid text in both languages; its explanation has the answer of
// the evaluator; what lint says can never be true is not true for any row; what would decide was missing; a change that is
// found makes the rule answer as wanted.
#include "fuzz/replay.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/rule/deciding.hpp>
#include <segmenta/rule/explanation.hpp>
#include <segmenta/rule/lint.hpp>
#include <segmenta/rule/nearest_change.hpp>
#include <segmenta/rule/readable.hpp>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <string_view>
#include <vector>

using namespace segmenta;

namespace {

environment make_names() {
    environment names;
    names.variable("i", int64_type);
    names.variable("r", float64_type);
    names.variable("b", boolean_type);
    names.variable("m", money_type(currency("CNY"), 2));
    names.variable("day", date_type);
    names.variable("at", instant_type);
    names.variable("len", duration_type);
    names.variable("s", string_type);
    names.variable("set", category_set_type);
    return names;
}

std::vector<std::vector<value>> make_rows() {
    static std::string_view const interests[] = {"a", "b"};
    constexpr auto low = std::numeric_limits<std::int64_t>::min();
    std::vector<std::vector<value>> rows;
    for (int k = 0; k < 4; ++k) {
        rows.push_back({k == 3 ? value{} : value::of_int(k == 0 ? low : k - 2), value::of_double(k == 2 ? 1e308 : k / 2.0),
                        k == 1 ? value{} : value::of_bool(k % 2 == 0), value::of_decimal(money_type(currency("CNY"), 2), k),
                        value::of_date(civil_date{k * 1000}), k == 2 ? value{} : value::of_instant(instant{k * 123'456'789'012}),
                        value::of_duration_us(k == 2 ? low : k * 1'000'000),
                        k == 0 ? value{} : value::of_string(k == 3 ? "\xFF\xC3" "a" : "a"),
                        value::of_set(std::span<std::string_view const>(interests).first(static_cast<std::size_t>(k % 3)))});
    }
    return rows;
}

void demand(bool holds) {
    if (!holds) std::abort();
}

std::string_view state_text(rule_result const& r) {
    if (r.state != status::ok) return to_string(r.state);
    return r.result.base() != kind::boolean ? "known" : r.result.as_bool() ? "true" : "false";
}

void ask(program const& rule, std::vector<value> const& row) {
    std::span<value const> const values(row);
    rule_scratch scratch;
    auto const answer = rule.evaluate(values, scratch);
    auto const why = explain_rule(rule, values);
    // A NaN is an error as an answer only.
    bool const nan = answer.state == status::error && why.whole.state == part_state::known;
    demand(nan || to_string(why.whole.state) == state_text(answer));
    demand(is_valid_utf8(to_text(why)) && is_valid_utf8(to_json(why)));

    deciding_limits few;
    few.steps = 3'000;
    auto const deciding = find_deciding(rule, values, few);
    for (auto const& set : deciding.smallest)
        for (auto const variable : set)
            demand(row[variable].missing());
    demand(deciding.state == status::unknown || deciding.smallest.empty());

    nearest_change_options limits;
    limits.most_changes = 2;
    limits.most_evaluations = 300;
    auto const change = find_nearest_change(rule, values, limits);
    demand(is_valid_utf8(to_text(change)));
    if (change.outcome != change_outcome::found) return;
    std::vector<value> changed = row;
    for (auto const& one : change.changes)
        changed[one.variable] = one.to;
    demand(state_text(rule.evaluate(std::span<value const>(changed), scratch)) == "true");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* bytes, std::size_t size) {
    static environment const names = make_names();
    static std::vector<std::vector<value>> const rows = make_rows();
    std::string_view const text(reinterpret_cast<char const*>(bytes), size);
    issue_list issues;
    auto const rule = parse_expression(text, issues, "fuzz");
    if (!rule) return 0;
    for (auto const language : {readable_language::english, readable_language::chinese}) {
        readable_options options;
        options.language = language;
        auto const words = to_readable(*rule, options);
        demand(!words.empty() && is_valid_utf8(words));
    }
    auto const made = compile_rule(*rule, names, issues, "fuzz");
    if (!made) return 0;
    issue_list found;
    lint_limits few;
    few.steps_per_rule = few.steps_per_pair = 5'000;
    lint_rule(*made, found, "fuzz", few);
    std::vector<named_rule> const twice{{"one", "", *made}, {"two", "", *made}};
    lint_rules(twice, rule_relation::exclusive, found, true, few);
    bool const never = std::any_of(found.begin(), found.end(), [](issue const& i) {
        return i.code == "rule.never_true" && i.message.starts_with("the rule");
    });
    bool const always = std::any_of(found.begin(), found.end(), [](issue const& i) {
        return i.code == "rule.always_true" && i.message.starts_with("the rule");
    });
    rule_scratch scratch;
    for (auto const& row : rows) {
        auto const answer = state_text(made->evaluate(std::span<value const>(row), scratch));
        demand(!(never && answer == "true") && !(always && answer == "false"));
        ask(*made, row);
    }
    return 0;
}
