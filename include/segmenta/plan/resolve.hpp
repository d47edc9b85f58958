// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_RESOLVE_HPP
#define SEGMENTA_PLAN_RESOLVE_HPP

/// \file
/// A plan against a schema: names found, types known, columns ordered.

#include <segmenta/column/graph.hpp>
#include <segmenta/error.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/strategy/registry.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Columns every plan has without defining them: the moment of the question and its civil day in the plan's zone.
inline constexpr std::array<std::pair<std::string_view, type>, 2> moment_columns{
    {{"as_of", instant_type}, {"as_of_day", date_type}}};

/// A policy for missing values, resolved.
struct resolved_missing {
    std::uint32_t node = 0;            ///< of the attribute
    std::optional<std::uint32_t> flag; ///< of its `imputed_flag`, where something reads it
    missing_action what = missing_action::drop;
};

/// The result of `resolve`.
///
/// Thread safety: a plain value; concurrent reads are safe.
struct resolved_plan {
    /// Nodes of the attributes that the plan reads or puts out, in the order of the schema, then of all its columns in
    /// the order of the plan. `column_node::definition` indexes `schema::attributes()` (`moment_columns` and the flags
    /// of `resolved_missing` follow those of the schema) or `plan::columns()`.
    column_graph graph;
    std::vector<std::uint32_t> outputs; ///< nodes, in the order of the plan's outputs
    /// The variables of the programs below: variable k is node `graph.order()[k]`, the k-th to be computed.
    environment names;
    std::vector<std::optional<program>> rules;               ///< per node: of rule columns
    std::vector<std::optional<program>> conditions;          ///< per node: of columns with `applies_to`; boolean
    std::vector<std::optional<strategy_outline>> strategies; ///< per node: of strategy columns
    std::vector<resolved_missing> missing;                   ///< as `plan::when_missing()`
    issue_list warnings; ///< definitions that no output reads; rules and maps with parts that can never matter
};

/// Checks the plan against `what`: unknown attributes, histories and fields, types, CEL, mechanisms, cycles. Throws
/// all issues at once as `issue_error`. Attributes and histories the plan does not use are fine.
[[nodiscard]] resolved_plan resolve(plan const& definition, schema const& what,
                                    strategy_registry const& mechanisms = strategy_registry::core());

} // namespace v0
} // namespace segmenta

#endif
