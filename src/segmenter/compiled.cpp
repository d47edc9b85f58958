// SPDX-License-Identifier: Apache-2.0
#include "segmenter/compiled.hpp"

#include "plan/reader.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<std::size_t> compiled_plan::moment_of(std::size_t node) const noexcept {
    column_node const& n = graph()[node];
    if (n.origin != column_origin::attribute || n.definition < what.attributes().size()) return std::nullopt;
    for (std::size_t i = 0; i < moment_columns.size(); ++i)
        if (moment_columns[i].first == n.name) return i;
    return std::nullopt;
}

std::optional<std::size_t> compiled_plan::flag_of(std::size_t node) const noexcept {
    for (std::size_t i = 0; i < resolved.missing.size(); ++i)
        if (resolved.missing[i].flag == node) return i;
    return std::nullopt;
}

std::optional<std::size_t> compiled_plan::stand_in_of(std::size_t node) const noexcept {
    for (std::size_t i = 0; i < stand_ins.size(); ++i)
        if (stand_ins[i].node == node && stand_ins[i].put.present()) return i;
    return std::nullopt;
}

bool compiled_plan::is_base(std::size_t node) const noexcept {
    column_node const& n = graph()[node];
    if (n.origin == column_origin::feature) return true;
    return n.origin == column_origin::attribute && n.definition < what.attributes().size();
}

strategy_use compiled_plan::use_of(std::size_t node) const {
    column_definition const& column = definition.columns()[graph()[node].definition];
    return detail::use_of(column, *column.strategy(), where);
}

void compiled_plan::set_strategy(std::size_t node, any_strategy made) {
    if (!scores(node)) {
        auto pool = std::make_shared<string_pool>();
        for (auto const& segment : made.segments())
            (void)pool->intern(local_id(segment.id));
        segment_pools[node] = std::move(pool);
    }
    strategies[node] = std::move(made);
}

compiled_plan resolve_plan(plan const& definition, schema const& what, strategy_registry const& mechanisms) {
    resolved_plan resolved = resolve(definition, what, mechanisms);
    std::size_t const size = resolved.graph.size();
    return {definition,
            what,
            std::move(resolved),
            zone::parse(definition.zone()),
            std::vector<any_strategy>(size),
            std::vector<std::shared_ptr<string_pool const>>(size),
            definition.hash(),
            {}};
}

std::shared_ptr<compiled_plan const> compile_plan(plan const& definition, fitted_plan const* fitted, schema const& what,
                                                  strategy_registry const& mechanisms) {
    auto out = std::make_shared<compiled_plan>(resolve_plan(definition, what, mechanisms));
    issue_list issues;
    out->stand_ins = load_stand_ins(definition, out->resolved, fitted, issues);
    for (std::size_t node = 0; node < out->graph().size(); ++node) {
        auto const& outline = out->resolved.strategies[node];
        if (!outline) continue;
        column_node const& n = out->graph()[node];
        strategy_use const use = out->use_of(node);
        fitted_column const* const parameters = fitted != nullptr ? fitted->find(n.name) : nullptr;
        if (outline->needs_fit && parameters == nullptr) {
            issues.error("segmenter.unfitted", n.place, "the column " + n.name + " has not been fitted", use.kind, {},
                         "Fit the plan on data first (fit, or --save-fitted on the command line).");
            continue;
        }
        try {
            out->set_strategy(node,
                              outline->needs_fit ? mechanisms.load(use, parameters->parameters) : mechanisms.make(use));
        } catch (issue_error const& problem) {
            issues.append(problem.issues());
        }
    }
    issues.throw_if_errors();
    if (fitted != nullptr) out->hash = fitted->hash();
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
