// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_EXPLANATION_HPP
#define SEGMENTA_RULE_EXPLANATION_HPP

/// \file
/// Why a rule answers what it does for one row: each condition with its answer, what was seen, what was needed and how
/// far apart the two are. A separate path, some hundred times slower than evaluation, which pays nothing for it.

#include <segmenta/record/value.hpp>
#include <segmenta/rule/evaluation.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/rule/readable.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a part of a rule came to.
enum class part_state : std::uint8_t {
    is_true,
    is_false,
    unknown, ///< for want of a variable
    error,   ///< a computation failed
    known,   ///< a value that is no truth value
};

/// `true`, `false`, `unknown`, `error`, `known`.
[[nodiscard]] std::string_view to_string(part_state state) noexcept;

/// What a part of a rule is.
enum class part_kind : std::uint8_t {
    all,        ///< `&&`; the parts are its operands
    any,        ///< `||`
    negation,   ///< `!`
    choice,     ///< `?:`; the parts are the condition and the two branches
    comparison, ///< `>=` and its like
    membership, ///< `in`
    presence,   ///< `has(...)`
    other,      ///< a variable, a call, a constant
};

/// `all`, `any`, …
[[nodiscard]] std::string_view to_string(part_kind kind) noexcept;

/// How far a comparison is from the other answer.
struct explained_margin {
    value amount;        ///< never negative; a number, money or a duration; of dates the number of days
    bool days = false;   ///< `amount` counts days
    bool more = false; ///< of a false comparison: the side that was seen must become more, else less. Of a true one: it
                       ///< is above the limit, else below
    bool beyond = false; ///< more than `amount` is needed (`>`, `<`); false when exactly that is enough
};

/// One condition of a rule, or the whole.
struct explained_part {
    part_kind kind = part_kind::other;
    part_state state = part_state::unknown;
    bool decides = false;  ///< the answer of the whole rule comes from here: with another answer it could be another
    std::string condition; ///< canonical text
    std::string value;     ///< what it came to when that is no truth value, as `to_string(value)` writes it; else empty
    std::string seen;      ///< comparisons and memberships: the value compared; empty when there is none
    std::string relation;  ///< comparisons: `>=`, `<`, …, as from the side seen; memberships: `in`
    std::string needed;    ///< the other side: a value, or the values of a list; empty when there is none
    std::optional<explained_margin> margin; ///< comparisons of numbers, money and times, both known
    /// Variables it reads and their values; of parts without parts.
    std::vector<std::pair<std::string, std::string>> inputs;
    std::vector<std::string> missing; ///< when unknown: the variables that are missing in it
    std::string failed;               ///< when an error: the computation that failed
    std::vector<explained_part> parts;
    std::uint32_t node = 0; ///< of the rule's tree, for the library's own writers
};

/// A rule, and why it answers what it does.
///
/// Thread safety: a plain value; it borrows nothing from the row.
struct explanation {
    expression rule;
    explained_part whole;
};

/// Explains the answer of a rule for a row. All parts are computed, also those that evaluation would have skipped, so
/// that an error in a part that does not count is shown too. `whole` has the state that `program::evaluate` answers.
/// Linear in the rule, but for the texts. Does not throw but `std::bad_alloc`.
[[nodiscard]] explanation explain_rule(program const& rule, row_source const& row);

/// As JSON with stable names and order of members; members that are empty are left out:
/// `{"condition": "...", "kind": "comparison", "state": "false", "decides": true, "seen": "1", "relation": ">=",
/// "needed": "2", "margin": {"amount": "1", "direction": "more"}}`.
/// `indent` as spaces per level, 0 for one line.
[[nodiscard]] std::string to_json(explanation const& why, std::size_t indent = 0);

/// As indented lines for people: `✓` true, `✗` false, `?` unknown, `!` error, `=` a value. With names and units from
/// `options`:
///
///     ✗ purchases ≥ 2 and city is Rome
///       ✗ purchases ≥ 2: is 1, 1 more needed (decides)
///       ✓ city is Rome
///
/// and in Chinese `✗ 购买次数 ≥ 2 单：现为 1，差 1 单（决定结果）`. Throws what `options.names` throws.
[[nodiscard]] std::string to_text(explanation const& why, readable_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
