// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/lint.hpp>

#include <segmenta/rule/lint.hpp>

#include "plan/history_rules.hpp"
#include "plan/reader.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Reading a plan should not take longer than using it.
constexpr lint_limits plan_limits{
    .steps_per_rule = 50'000, .steps_per_pair = 2'000, .most_pairs = 10'000};

/// Looks at one plan; made for one call.
class plan_linter {
public:
    plan_linter(plan_parts const& parts, resolved_plan const& resolved) : parts_(parts), resolved_(resolved) {}

    issue_list run() {
        for (std::size_t i = 0; i < parts_.columns.size(); ++i)
            if (!parts_.columns[i].implied) lint_column(parts_.columns[i]);
        visit(parts_.taxonomy, {});
        lint_free_tags();
        return std::move(issues_);
    }

private:
    [[nodiscard]] std::string place_of(definition_place const& where, std::string_view key) const {
        definition_place at = where;
        if (!key.empty()) at.pointer = pointer_append(at.pointer, key);
        return at.to_string();
    }

    void lint_column(column_definition const& column) {
        auto const node = resolved_.graph.find(column.name);
        if (!node) return;
        bool const alone = column.applies_to.empty();
        if (auto const& rule = resolved_.rules[*node])
            lint_rule(*rule, issues_, place_of(column.place, alone ? "" : "rule"), plan_limits);
        if (auto const& condition = resolved_.conditions[*node])
            if (!condition->is_constant()) // said already
                lint_rule(*condition, issues_, place_of(column.place, "applies_to"), plan_limits);
    }

    /// The rule that a tag has by itself, whatever its dimension makes of it.
    [[nodiscard]] std::optional<program> own_program(tag_definition const& tag) const {
        std::string const text = tag.rule.empty() ? tag.column : tag.rule;
        auto const node = resolved_.graph.find(tag_column(tag.name));
        if (text.empty() || !node) return std::nullopt;
        issue_list ignored;
        auto const parsed = parse_expression(text, ignored);
        if (!parsed) return std::nullopt;
        auto const is_column = [this](std::string const& name) { return resolved_.names.find(name).has_value(); };
        auto rule = without_histories(*parsed, is_column, "customer", ignored, {}).rule;
        return compile_rule(rule, resolved_.names, ignored, {}, boolean_type);
    }

    std::optional<named_rule> lint_tag(tag_entry const& entry) {
        auto rule = own_program(entry.what);
        if (!rule) return std::nullopt;
        std::string const place = place_of(entry.place, "");
        lint_rule(*rule, issues_, place, plan_limits);
        return named_rule{entry.what.name, place, *std::move(rule)};
    }

    [[nodiscard]] tag_entry const* find(std::string_view name) const {
        auto const at = std::find_if(parts_.tags.begin(), parts_.tags.end(),
                                     [&](tag_entry const& entry) { return entry.what.name == name; });
        return at == parts_.tags.end() ? nullptr : &*at;
    }

    void visit(std::vector<taxonomy_node> const& nodes, std::string const& above) {
        for (auto const& node : nodes) {
            if (node.kind == dimension_kind::exclusive) lint_dimension(node);
            visit(node.children, above + node.name + "/");
        }
    }

    void lint_dimension(taxonomy_node const& node) {
        std::vector<named_rule> values;
        for (auto const& name : node.order) {
            seen_.insert(name);
            auto const* entry = find(name);
            // who a value is not for, it does not take from the next one
            if (entry == nullptr) continue;
            auto rule = lint_tag(*entry);
            if (rule && entry->what.applies_to.empty()) values.push_back(*std::move(rule));
        }
        lint_rules(values, rule_relation::first_match, issues_, false, plan_limits);
    }

    /// Each with those at its place: that two tags about different things go together is no mistake.
    void lint_free_tags() {
        std::map<std::string, std::vector<named_rule>> by_place;
        for (auto const& entry : parts_.tags) {
            if (entry.implied || seen_.count(entry.what.name) != 0) continue;
            auto rule = lint_tag(entry);
            if (rule && entry.what.applies_to.empty() && !reads_a_tag(entry))
                by_place[entry.what.in].push_back(*std::move(rule));
        }
        for (auto const& [place, rules] : by_place)
            lint_rules(rules, rule_relation::independent, issues_, false, plan_limits);
    }

    /// A tag made of another one is meant to be included in it.
    [[nodiscard]] bool reads_a_tag(tag_entry const& entry) const {
        auto const node = resolved_.graph.find(tag_column(entry.what.name));
        auto const read = resolved_.graph.reads(*node);
        return std::any_of(read.begin(), read.end(), [&](std::uint32_t const other) {
            return resolved_.graph[other].name.starts_with(tag_prefix);
        });
    }

    plan_parts const& parts_;
    resolved_plan const& resolved_;
    std::set<std::string> seen_; // tags of exclusive dimensions
    issue_list issues_;
};

} // namespace
} // namespace detail

issue_list lint(plan_parts const& parts, resolved_plan const& resolved) {
    return detail::plan_linter(parts, resolved).run();
}

} // namespace v0
} // namespace segmenta
