// SPDX-License-Identifier: Apache-2.0
#include "plan/usage.hpp"

#include "plan/score_levels.hpp"
#include "rule/bound_names.hpp"
#include "rule/syntax.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool history_reads(resolved_plan const& resolved, std::string const& history, std::string const* field) {
    for (auto const& node : resolved.graph.nodes())
        for (auto const& need : node.histories)
            if (need.history == history &&
                (field == nullptr || std::find(need.fields.begin(), need.fields.end(), *field) != need.fields.end()))
                return true;
    return false;
}

void unused_field(issue_list& warnings, std::string const& name, definition_place const& place) {
    warnings.warning("plan.unused_field", place.to_string(), "nothing reads the field \"" + name + "\"", {}, {},
                     "Remove it; reading it costs time.");
}

} // namespace

std::vector<std::string> names_in(expression const& rule, std::string_view record) {
    syntax_tree const& tree = rule.tree();
    std::vector<std::string> names;
    std::vector<bool> is_record(tree.nodes.size(), false);
    auto const bound = bound_names(tree);
    auto const add = [&](std::string const& name) {
        if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    };
    for (auto const& node : tree.nodes) {
        bool const selects = node.kind == syntax_kind::select || node.kind == syntax_kind::optional_select;
        if (!selects || node.child_count == 0) continue;
        std::uint32_t const operand = tree.children[node.first_child];
        if (tree[operand].kind != syntax_kind::name || bound[operand]) continue;
        is_record[operand] = tree[operand].text == record;
        add(is_record[operand] ? node.text : tree[operand].text + "." + node.text); // such as tag.vip
    }
    for (std::size_t i = 0; i < tree.nodes.size(); ++i)
        if (tree.nodes[i].kind == syntax_kind::name && !is_record[i] && !bound[i]) add(tree.nodes[i].text);
    return names;
}

issue_list unused_fields(plan_parts const& parts, schema const& described, resolved_plan const& resolved,
                         used_fields const& used) {
    issue_list warnings;
    for (auto const& source : parts.sources) {
        bool const is_history = source.kind == source_kind::history;
        if (is_history && !history_reads(resolved, source.name, nullptr)) {
            warnings.warning("plan.unused_source", source.place.to_string(), "no column reads this history", {}, {},
                             "Remove the source, or compute something from it.");
            continue;
        }
        auto const is_used = [&](std::string const& name) {
            if (used.count({source.name, name}) != 0) return true;
            if (is_history) return history_reads(resolved, source.name, &name);
            return !described.find_attribute(name) || resolved.graph.find(name).has_value();
        };
        for (auto const& field : source.fields)
            if (!is_used(field.name)) unused_field(warnings, field.name, field.place);
        for (auto const& derived : source.derive)
            if (!is_used(derived.name)) unused_field(warnings, derived.name, derived.place);
    }
    return warnings;
}

issue_list check_mechanisms(plan_parts const& parts, strategy_registry const& mechanisms, zone const& days_in,
                            broken_names const& broken) {
    issue_list issues;
    known_bounds bounds;
    std::vector<std::pair<column_definition const*, strategy_outline>> outlines;
    for (auto const& column : parts.columns) {
        auto const* strategy = column.strategy();
        if (strategy == nullptr || broken.columns.count(column.name) != 0) continue;
        auto outline = mechanisms.check(use_of(column, *strategy, days_in), issues);
        if (!outline) continue;
        if (outline->levels != 0) bounds.emplace(column.name, score_bounds(*outline));
        outlines.emplace_back(&column, *std::move(outline));
    }
    for (auto const& [column, outline] : outlines)
        check_levels(*column, outline, bounds, issues);
    return issues;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
