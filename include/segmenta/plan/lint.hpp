// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_LINT_HPP
#define SEGMENTA_PLAN_LINT_HPP

/// \file
/// What is allowed in a plan and yet cannot be meant: rules that never hold or always do, conditions that change
/// nothing, tags that say the same, values of a dimension that never come because an earlier one takes all.

#include <segmenta/error.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>

namespace segmenta {
inline namespace v0 {

/// Looks at every rule, `applies_to` and tag; warnings at the place of each in the plan, with the codes of
/// rule/lint.hpp: `rule.never_true`, `rule.always_true`, `rule.redundant_condition`, `rule.unreachable_branch`; between
/// the tags of an exclusive dimension `rule.unreachable_value` and `rule.duplicate_rule` (`vip` before `svip`); between
/// other tags of one place `rule.duplicate_rule` and `rule.implied_rule`, but for tags that read others. Everything
/// said is certain.
///
/// `read_plan` and `parse_plan` do this by themselves for plans with sources; a host that has the data calls it with
/// what `resolve` gave. Tags are compared with each other up to 10,000 pairs that read something in common.
[[nodiscard]] issue_list lint(plan_parts const& parts, resolved_plan const& resolved);
[[nodiscard]] inline issue_list lint(plan const& definition, resolved_plan const& resolved) {
    return lint(definition.parts(), resolved);
}

} // namespace v0
} // namespace segmenta

#endif
