// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_LINT_HPP
#define SEGMENTA_RULE_LINT_HPP

/// \file
/// What is wrong with rules that compile: conditions that contradict each other, that always hold, that change nothing;
/// rules that say the same, that include one another, that can never be the first to match.
///
/// Everything reported is certain, whatever the values of the variables and whichever of them are missing; not
/// everything that is so is found. Comparisons of one variable with constants, also after arithmetic with constants,
/// membership, `has`, `orValue` and any logic on top are seen through; a condition on two variables, a pattern or a
/// part of a date is taken as one that may come to anything.

#include <segmenta/error.hpp>
#include <segmenta/rule/program.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Bounds on the work. Questions past them stay open and nothing is reported for them.
struct lint_limits {
    std::size_t steps_per_rule = 2'000'000;  ///< parts looked at for one rule by itself, or for one against the others
    std::size_t steps_per_pair = 200'000;    ///< likewise for two rules
    std::size_t most_pairs = 20'000;         ///< of rules that read a common variable
};

/// How the rules of a list belong together.
enum class rule_relation : std::uint8_t {
    independent, ///< each holds by itself: tags of their own
    first_match, ///< the first that is true decides: values of one tag in order of priority
    exclusive,   ///< at most one may be true: bands, cells
};

/// A rule of a list.
struct named_rule {
    std::string name;  ///< as messages call it: `vip`
    std::string place; ///< as issues carry it: `plan.json:12 /tags/vip`
    program rule;
};

/// Looks at one rule. Adds warnings at `place`, line and column of the part:
///
/// - `rule.never_true`: a part (or the whole) can never be true; the conditions that exclude each other are given, as
///   few as can be
/// - `rule.always_true`: a part is true whenever it is known (it may still be unknown, or fail)
/// - `rule.redundant_condition`: without this condition the rule answers the same, also where variables are missing
/// - `rule.unreachable_branch`: an earlier condition of `a ? x : b ? y : z` takes all that `b` would
///
/// Rules of any type are taken; of those that answer no truth value the conditions inside are looked at. Returns
/// whether every question was answered within the limits. Thread safety: reads only; call it from any thread.
///
///     environment names;
///     names.variable("x", int64_type);
///     issue_list issues;
///     lint_rule(compile_rule("x > 5 && x < 3", names), issues, "vip");
///     issues.to_string(); // warning vip 1:12: the rule can never be true: these exclude each other
///                         // (seen: x > 5, x < 3) ...
bool lint_rule(program const& rule, issue_list& issues, std::string_view place = {}, lint_limits const& limits = {});

/// Looks at boolean rules that were compiled against one environment, each against the others (not by itself: that is
/// `lint_rule`). Adds warnings at the place of the later rule:
///
/// - `rule.duplicate_rule`: two rules are true for the same values (in any kind of list)
/// - `rule.implied_rule`: whenever one is true the other is too (independent rules)
/// - `rule.unreachable_value`: whenever it is true, an earlier one is (first match): `vip` before `svip`
/// - `rule.overlap`: two can be true at once, with an example (exclusive rules)
///
/// and, when `whole` is set for first_match and exclusive rules, `rule.gap`: no rule is true for the values of an
/// example that gives every variable a value. Overlaps and gaps are reported only with an example that was tried.
///
/// A rule that is never true takes no part. Rules that are not boolean are passed over. Returns whether every question
/// was answered within the limits. Quadratic in the rules that share a variable.
bool lint_rules(std::span<named_rule const> rules, rule_relation relation, issue_list& issues, bool whole = false,
                lint_limits const& limits = {});

} // namespace v0
} // namespace segmenta

#endif
