// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/lineage.hpp>

#include <segmenta/base/text.hpp>

#include "plan/json_node.hpp"

#include <algorithm>
#include <set>

namespace segmenta {
inline namespace v0 {
namespace {

/// Everything that can be asked about.
std::vector<std::string> sources_of(column_graph const& graph) {
    std::set<std::string> names;
    for (auto const& node : graph.nodes()) {
        names.insert(node.name);
        for (auto const& need : node.histories) {
            names.insert(need.history);
            for (auto const& field : need.fields)
                names.insert(need.history + "." + field);
        }
    }
    return {names.begin(), names.end()};
}

[[noreturn]] void unknown(column_graph const& graph, std::string_view name) {
    auto const names = sources_of(graph);
    auto const near = nearest_name(name, names);
    throw issue_error("plan.unknown_column", "lineage", "the plan reads nothing of this name", detail::shown(name),
                      join_names(names), near.empty() ? "" : "Did you mean " + std::string(near) + "?");
}

bool reads(column_node const& node, std::string_view source) {
    return std::any_of(node.histories.begin(), node.histories.end(), [&](history_need const& need) {
        if (need.history == source) return true;
        return source.starts_with(need.history + ".") &&
               std::find(need.fields.begin(), need.fields.end(), source.substr(need.history.size() + 1)) !=
                   need.fields.end();
    });
}

} // namespace

lineage lineage_of(resolved_plan const& resolved, std::string_view column) {
    column_graph const& graph = resolved.graph;
    auto const at = graph.find(column);
    if (!at) unknown(graph, column);
    lineage out;
    std::uint32_t const of[]{static_cast<std::uint32_t>(*at)};
    for (std::uint32_t const node : graph.required_for(of)) {
        if (graph[node].origin == column_origin::attribute)
            out.fields.push_back(graph[node].name);
        else if (node != of[0])
            out.columns.push_back(graph[node].name);
        for (auto const& need : graph[node].histories) {
            for (auto const& field : need.fields)
                out.fields.push_back(need.history + "." + field);
            if (need.fields.empty()) out.fields.push_back(need.history); // when its rows are
        }
    }
    std::sort(out.fields.begin(), out.fields.end());
    out.fields.erase(std::unique(out.fields.begin(), out.fields.end()), out.fields.end());
    return out;
}

std::vector<std::string> readers_of(resolved_plan const& resolved, std::string_view source) {
    column_graph const& graph = resolved.graph;
    std::set<std::uint32_t> found;
    bool known = false;
    for (std::uint32_t node = 0; node < graph.size(); ++node) {
        bool const is_source = graph[node].name == source;
        if (!is_source && !reads(graph[node], source)) continue;
        known = true;
        for (std::uint32_t const reader : graph.affected_by(node))
            if (reader != node || !is_source) found.insert(reader);
    }
    if (!known) unknown(graph, source);
    std::vector<std::string> out;
    for (std::uint32_t const node : graph.order())
        if (found.count(node) != 0) out.push_back(graph[node].name);
    return out;
}

} // namespace v0
} // namespace segmenta
