// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_CUT_FINDER_HPP
#define SEGMENTA_RULE_CUT_FINDER_HPP

// Where a condition may change its answer as one variable changes: it finds keys (rule/key.hpp) between which the
// answer is the same. The other variables stay as the evaluator has them. Comparisons of the variable, or of something
// that rises or falls with it (sums, products and quotients with constants, rounding, shifts in time, ...), with what
// does not depend on it, membership in constant lists, and any logic on top are understood; nothing else is.

#include "rule/key.hpp"
#include "rule/tree_evaluator.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The keys a variable of a type can have.
struct key_domain {
    std::uint64_t low = 0;
    std::uint64_t high = ~std::uint64_t{0};
};
key_domain domain_of(rule_type what) noexcept;
// Numbers, times and truth values; not for text and sets.
slot slot_of_key(std::uint64_t key, rule_type what) noexcept;
std::uint64_t key_of_slot(slot const& v, rule_type what) noexcept;

// A part of a rule as a function of one variable. The evaluator must have run, and outlive it.
class variable_view {
public:
    variable_view(program_data const& rule, tree_evaluator& evaluator, typed_id part, std::uint32_t variable);

    // The part's value for a value of the variable.
    [[nodiscard]] slot at(slot const& v) { return evaluator_.run_parts(parts_, variable_, v); }
    // To be called before another variable is looked at.
    void restore() { evaluator_.restore(parts_); }
    // Keys, ascending, at which the answer may become another; nothing when that is not understood. For variables that
    // are numbers, times or truth values.
    [[nodiscard]] std::optional<std::vector<std::uint64_t>> cuts(rule_type what);
    // Whether the answer depends only on where the variable stands among the texts that `texts_of` finds.
    [[nodiscard]] bool compares_text() const;
    // Texts of the rule that the part may compare the variable with: all its constants.
    void texts_of(std::vector<std::string_view>& into) const;

private:
    struct finding {
        int direction = 0; // of a number that rises (1) or falls (-1) with the variable
        bool piecewise = false;
        std::vector<std::uint64_t> keys;
    };
    [[nodiscard]] finding study(typed_id part, std::vector<finding> const& found, rule_type what);
    [[nodiscard]] int direction(typed_id part, std::vector<finding> const& found) const;
    [[nodiscard]] bool compare(typed_id part, std::vector<finding> const& found, rule_type what, finding& out);
    [[nodiscard]] bool thresholds(typed_id relation_part, typed_id changing, typed_id limit, int direction,
                                  rule_type what, std::vector<std::uint64_t>& into);
    [[nodiscard]] bool membership(typed_id part, finding& out, rule_type what) const;
    [[nodiscard]] bool reads(typed_id part) const noexcept;
    [[nodiscard]] bool is_variable(typed_id part) const noexcept;
    [[nodiscard]] std::size_t index(typed_id part) const noexcept;

    program_data const& rule_;
    tree_evaluator& evaluator_;
    std::uint32_t variable_;
    std::vector<typed_id> parts_; // that read the variable, ascending; the last is the part itself
    std::vector<typed_id> all_;   // under the part
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
