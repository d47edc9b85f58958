// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_SCORE_LEVELS_HPP
#define SEGMENTA_PLAN_SCORE_LEVELS_HPP

// Whether the scores that a column gives are those that its reader takes, as far as a plan says so before any fit.

#include "plan/reader.hpp"

#include <segmenta/strategy/registry.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Whole numbers from low to high, both included.
struct whole_bounds {
    std::int64_t low = 0;
    std::int64_t high = 0;
};

using known_bounds = std::map<std::string, whole_bounds, std::less<>>;

// Fields of customers whose minimum and maximum the plan gives.
known_bounds field_bounds(plan_parts const& parts);

// 1...levels, of an outline that knows them.
whole_bounds score_bounds(strategy_outline const& outline) noexcept;

// What a rule can answer, when it is made of whole constants and columns of known bounds, chosen by `?:`.
std::optional<whole_bounds> bounds_of(expression const& rule, std::string_view record, known_bounds const& known);

// plan.input_levels: an error for scores that `column` does not take, a warning for those that never come. Columns of
// unknown bounds are passed over.
void check_levels(column_definition const& column, strategy_outline const& outline, known_bounds const& known,
                  issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
