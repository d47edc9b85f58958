// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_RESOLVE_HPP
#define SEGMENTA_PLAN_RESOLVE_HPP

/// \file
/// A plan against a schema: names found, types known, columns ordered.

#include <segmenta/column/graph.hpp>
#include <segmenta/error.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/schema.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The result of `resolve`.
struct resolved_plan {
    /// Nodes of the attributes that the plan reads or puts out, in the order of the schema, then of all its columns in
    /// the order of the plan. `column_node::definition` indexes `schema::attributes()` or `plan::columns()`.
    column_graph graph;
    std::vector<std::uint32_t> outputs; ///< nodes, in the order of the plan's outputs
    issue_list warnings;                ///< columns that no output reads, missing labels
};

/// Checks the plan against `what`: unknown attributes, histories and fields, types, CEL, mechanisms, cycles. Throws
/// all issues at once as `issue_error`. Attributes and histories the plan does not use are fine.
[[nodiscard]] resolved_plan resolve(plan const& definition, schema const& what);

} // namespace v0
} // namespace segmenta

#endif
