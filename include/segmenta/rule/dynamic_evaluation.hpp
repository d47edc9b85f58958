// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DYNAMIC_EVALUATION_HPP
#define SEGMENTA_RULE_DYNAMIC_EVALUATION_HPP

/// \file
/// Evaluates any expression of the Common Expression Language over bindings whose types are not declared: for `segmenta
/// eval`, for trying things out, and to hold the typed evaluators against. It walks the tree; a program
/// (rule/program.hpp) is what hosts want.

#include <segmenta/rule/dynamic_value.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What the names of an expression mean.
struct dynamic_bindings {
    std::vector<std::pair<std::string, dynamic_value>> variables; ///< names may have dots: `a.b.c`
    std::string container; ///< names are looked for in it first, then in what holds it (langdef.md, "Name Resolution")
};

/// A value, or why there is none.
struct dynamic_result {
    dynamic_value value;
    std::string error; ///< empty: there is a value

    [[nodiscard]] bool ok() const noexcept { return error.empty(); }
};

/// Bounds on the work of one evaluation; past them the result is the error `limit exceeded`.
struct dynamic_limits {
    std::size_t steps = 10'000'000;  ///< nodes evaluated and elements made
    std::size_t bytes = 100'000'000; ///< of texts made
};

/// Evaluates the expression. Errors (no such key, overflow, division by zero, an operator that does not take these
/// types, unknown names and functions, …) are those of cel-spec; `&&`, `||`, `all` and `exists` absorb them where the
/// answer does not depend on them.
///
///     evaluate_dynamic(parse_expression("[1, 2, 3].map(x, x * n)"), {{{"n", std::int64_t{2}}}, {}}).value; // [2, 4,
///     6]
///
/// Does not throw but `std::bad_alloc`.
[[nodiscard]] dynamic_result evaluate_dynamic(expression const& what, dynamic_bindings const& with,
                                              dynamic_limits const& limits = {});

} // namespace v0
} // namespace segmenta

#endif
