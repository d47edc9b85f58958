// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_BOUND_NAMES_HPP
#define SEGMENTA_RULE_BOUND_NAMES_HPP

// Which names in a rule are its own and no columns.

#include "rule/syntax.hpp"

#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// By node: whether it is a name that a macro gives or uses, in `xs.exists(x, x > n)` both x, and the `cel` of cel.bind.
// Linear in the tree times the depth of macros.
std::vector<bool> bound_names(syntax_tree const& tree);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
