// SPDX-License-Identifier: Apache-2.0
#include "plan/score_levels.hpp"

#include "rule/syntax.hpp"

#include <algorithm>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string range_text(std::int64_t low, std::int64_t high) {
    return low == high ? std::to_string(low) : std::to_string(low) + " to " + std::to_string(high);
}

std::optional<whole_bounds> bounds_of_name(std::string const& name, known_bounds const& known) {
    auto const at = known.find(name);
    return at == known.end() ? std::nullopt : std::optional{at->second};
}

} // namespace

known_bounds field_bounds(plan_parts const& parts) {
    known_bounds bounds;
    for (auto const& source : parts.sources) {
        if (source.kind != source_kind::customers) continue;
        for (auto const& field : source.fields)
            if (field.what.base == kind::int64 && field.minimum && field.maximum)
                bounds.emplace(field.name, whole_bounds{field.minimum->as_int(), field.maximum->as_int()});
    }
    return bounds;
}

whole_bounds score_bounds(strategy_outline const& outline) noexcept {
    return {1, static_cast<std::int64_t>(outline.levels)};
}

std::optional<whole_bounds> bounds_of(expression const& rule, std::string_view record, known_bounds const& known) {
    syntax_tree const& tree = rule.tree();
    std::vector<std::optional<whole_bounds>> found(tree.nodes.size()); // children come before their parent
    for (std::uint32_t id = 0; id < tree.nodes.size(); ++id) {
        syntax_node const& node = tree[id];
        switch (node.kind) {
        case syntax_kind::constant:
            if (node.constant.kind == literal_kind::int64) found[id] = {node.constant.integer, node.constant.integer};
            break;
        case syntax_kind::name: found[id] = bounds_of_name(node.text, known); break;
        case syntax_kind::select: {
            syntax_node const& operand = tree[tree.child(id, 0)];
            if (operand.kind == syntax_kind::name && operand.text == record)
                found[id] = bounds_of_name(node.text, known);
            break;
        }
        case syntax_kind::conditional: {
            auto const& then = found[tree.child(id, 1)];
            auto const& otherwise = found[tree.child(id, 2)];
            if (then && otherwise)
                found[id] = {std::min(then->low, otherwise->low), std::max(then->high, otherwise->high)};
            break;
        }
        default: break;
        }
    }
    return found[tree.root()];
}

void check_levels(column_definition const& column, strategy_outline const& outline, known_bounds const& known,
                  issue_list& issues) {
    auto place = column.place;
    place.pointer += "/of";
    for (std::size_t i = 0; i < outline.reads.size() && i < outline.input_levels.size(); ++i) {
        auto const given = bounds_of_name(outline.reads[i], known);
        auto const taken = static_cast<std::int64_t>(outline.input_levels[i]);
        if (!given || (given->low == 1 && given->high == taken)) continue;
        auto const seen = range_text(given->low, given->high);
        if (given->low < 1 || given->high > taken)
            issues.error(
                "plan.input_levels", place.to_string(),
                "the column " + outline.reads[i] + " gives scores that " + column.strategy()->kind +
                    " has no place for",
                seen, range_text(1, taken),
                "Let the column give scores 1 to " + std::to_string(taken) +
                    (given->low < 1 ? "." : ", or take a map of " + std::to_string(given->high) + " levels for it."));
        else
            issues.warning("plan.input_levels", place.to_string(),
                           "the column " + outline.reads[i] + " never gives some of the scores that " +
                               column.strategy()->kind + " has places for",
                           seen, range_text(1, taken),
                           "Take a map of as many levels as the column has scores, or let the column give more.");
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
