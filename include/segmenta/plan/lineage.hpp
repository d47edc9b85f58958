// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_LINEAGE_HPP
#define SEGMENTA_PLAN_LINEAGE_HPP

/// \file
/// Where tags come from, and what a field is used for: the way through the graph of columns in both directions.

#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a column is made of, in the end.
struct lineage {
    /// Attributes (`age`) and fields of histories (`orders.amount`), sorted; a history alone (`orders`) when only the
    /// times of its rows matter.
    std::vector<std::string> fields;
    std::vector<std::string> columns; ///< the plan's own columns on the way, in the order of evaluation; without itself
};

/// Of a column, an attribute or the column of a tag (`tag.vip`). Throws `issue_error` (`plan.unknown_column`, with the
/// nearest name). Linear in the graph.
[[nodiscard]] lineage lineage_of(resolved_plan const& resolved, std::string_view column);

/// The columns that read `source`, directly or through others, in the order of evaluation: tags are among them under
/// their columns (`tag.vip`). `source` is an attribute, a column, a history (`orders`) or one of its fields
/// (`orders.amount`). Throws `issue_error` (`plan.unknown_column`) when the plan reads nothing of that name.
///
///     readers_of(resolved, "orders.amount"); // "monetary", "tag.big_spender"
[[nodiscard]] std::vector<std::string> readers_of(resolved_plan const& resolved, std::string_view source);

} // namespace v0
} // namespace segmenta

#endif
