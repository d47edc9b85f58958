// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_COMPILER_HPP
#define SEGMENTA_RULE_COMPILER_HPP

// compile_rule in two steps, for those who can do without the code of most rules.

#include <segmenta/error.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/rule/program.hpp>

#include "rule/code.hpp"

#include <memory>
#include <optional>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The checked tree and its tables; null when the rule has errors.
std::shared_ptr<program_data> check_rule(expression const& rule, environment const& names, issue_list& issues,
                                         std::string_view place, std::optional<type> wanted);

// The code of a checked rule. Only of a tree of more than `surely_small` nodes can there be too much of it.
std::optional<program> finish_rule(std::shared_ptr<program_data> checked, environment const& names, issue_list& issues,
                                   std::string_view place);
inline constexpr std::size_t surely_small = 100; // a node takes two registers at the most, and there are 256

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
