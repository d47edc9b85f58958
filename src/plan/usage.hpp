// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_USAGE_HPP
#define SEGMENTA_PLAN_USAGE_HPP

#include "plan/reader.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The variables that a rule may read: bare names, and fields of `record`. Bound variables of macros are among them; the
// caller keeps those names that are declared. Each once, in the order of the text's tree.
std::vector<std::string> names_in(expression const& rule, std::string_view record);

// Warnings about fields and histories of the plan's sources that nothing reads.
issue_list unused_fields(plan_parts const& parts, schema const& described, resolved_plan const& resolved,
                         used_fields const& used);

// The mechanisms' own checks of their parameters, for a plan whose columns cannot be resolved yet.
issue_list check_mechanisms(plan_parts const& parts, strategy_registry const& mechanisms, zone const& days_in,
                            broken_names const& broken);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
