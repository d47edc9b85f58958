// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_COMPILE_RULES_HPP
#define SEGMENTA_TAG_COMPILE_RULES_HPP

#include "tag/rule_clauses.hpp"

#include <segmenta/error.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/rule/program.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Boolean rules as clauses, and the programs of those whose clauses are not all there is to say.
struct compiled_rules {
    std::vector<std::optional<program>> programs;
    std::vector<rule_clauses> clauses;
    texts_by_variable texts;
};

// Nothing when a rule has an error; then all errors of all rules are in `issues`. `most` as of `clauses_of`;
// the same result with any number of threads.
std::optional<compiled_rules> compile_rules(std::span<expression const> rules, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads);

// The same of rules as they are written; what only reading and checking need is given back rule by rule.
std::optional<compiled_rules> compile_rules(std::span<std::string_view const> texts, environment const& names,
                                            issue_list& issues, std::string_view place, std::size_t most,
                                            unsigned threads);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
