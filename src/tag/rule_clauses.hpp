// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RULE_CLAUSES_HPP
#define SEGMENTA_TAG_RULE_CLAUSES_HPP

// A checked rule as clauses: it is true exactly when every clause holds. A clause holds when one of its literals does,
// and a literal says for which values of one variable something is known and true. Negations are pushed into the
// literals, where Kleene's logic lets them: `!a` is true where `a` is known and false.

#include "rule/code.hpp"
#include "tag/key_set.hpp"
#include "tag/text_codes.hpp"

#include <cstdint>
#include <map>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A value of another type than declared makes every literal that reads it an error: none holds, whatever it says.
struct literal {
    std::uint32_t variable = 0;
    key_set keys;              // holds for present values with these keys
    bool when_missing = false; // holds when the value is missing
};

using clause = std::vector<literal>; // ascending by variable, each once; empty: never holds

struct rule_clauses {
    std::vector<clause> clauses; // of one variable: each variable in at most one
    bool exact = true;           // else the clauses are necessary only, and the rule must be evaluated where they hold
};

// Numbers of the texts that rules compare text variables with.
using texts_by_variable = std::map<std::uint32_t, text_codes>;

inline constexpr std::size_t most_clauses = 32;

// Of a boolean rule.
rule_clauses clauses_of(program_data const& rule, texts_by_variable& texts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
