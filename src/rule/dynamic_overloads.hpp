// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DYNAMIC_OVERLOADS_HPP
#define SEGMENTA_RULE_DYNAMIC_OVERLOADS_HPP

// The standard functions, operators and type names of evaluate_dynamic, for it and for check_dynamic.

#include <segmenta/rule/dynamic_check.hpp>

#include <span>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Types in letters: b bool, i int, u uint, d double, s string, y bytes, t timestamp, r duration, n null, T type, * dyn,
// A and B any type (the same wherever it stands), L list of the type behind it, M map of the two behind it, O optional
// of the one behind it. `iLs` is an int and a list of strings.
struct standard_overload {
    std::string_view function; // operators as they are written; `[]` and `[?]` take an element, `-_` negates
    bool method = false;
    std::string_view parameters;
    std::string_view result;
};
std::span<standard_overload const> standard_overloads() noexcept;

// The types that are names of their own (langdef.md, "Values").
bool is_type_name(std::string_view name) noexcept;

// Reads one type off the front.
declared_type read_type(std::string_view& letters);
std::vector<declared_type> read_types(std::string_view letters);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
