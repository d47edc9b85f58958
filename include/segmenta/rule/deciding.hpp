// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DECIDING_HPP
#define SEGMENTA_RULE_DECIDING_HPP

/// \file
/// Which missing attributes would decide an answer that is unknown: what to ask a customer, or which call to make,
/// next.

#include <segmenta/record/status.hpp>
#include <segmenta/rule/evaluation.hpp>
#include <segmenta/rule/program.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Bounds on the work of one question.
struct deciding_limits {
    std::size_t steps = 1'000'000; ///< parts of the rule looked at, over all trials
    std::size_t most_sets = 8;     ///< of `deciding_variables::smallest`
};

/// Missing variables of a row, by what they could do for the answer. Numbers are those of the environment.
///
/// A set S of missing variables *can decide* when there are values for all of S such that the rule is known (true or
/// false; of other rules: has a value) while the missing variables outside S stay missing. The values of the row's
/// other variables are as they are.
struct deciding_variables {
    status state = status::unknown; ///< the rule's for the row; unless it is unknown the rest is empty
    /// Sets that can decide, with as few variables as any that can, each ascending, in lexicographic order; at most
    /// `most_sets` of them. Empty when no values of missing variables make the rule known.
    std::vector<std::vector<std::uint32_t>> smallest;
    /// Variables without which nothing is decided: in every set that can decide, of any size. Ascending; empty when no
    /// set can decide.
    std::vector<std::uint32_t> always;
    /// Whether all of it was answered within `steps`. Else `smallest` and `always` hold what was found until then; what
    /// they hold is right, but there may be smaller sets and more variables.
    bool complete = true;
    /// Whether `smallest` is proven. False when the rule has conditions that are not seen through (two missing
    /// variables compared, patterns, parts of dates, ...): such a condition is taken to be able to come to either
    /// answer once its variables are there, so a set may turn out not to decide. `always` is right in either case.
    bool exact = true;
};

/// Finds them. `rule_scratch::missing()` is quicker and a superset: all that evaluation read and missed.
///
///     // age >= 18 && (city == 'Rome' || income > 9)
///     // all three missing: smallest is {age}, for 17 is enough; always is empty, for another city and an income of
///     //                    8 are, too
///     // the age is 20:     smallest is {city} and {income}, either of which can make it true; always is empty
///
/// Exponential in the worst case and bounded by `limits.steps`; some microseconds for rules of a few conditions. Does
/// not throw but `std::bad_alloc`. Thread safety: reads only.
[[nodiscard]] deciding_variables find_deciding(program const& rule, row_source const& row,
                                               deciding_limits const& limits = {});

} // namespace v0
} // namespace segmenta

#endif
