// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_FUNCTIONS_HPP
#define SEGMENTA_RULE_FUNCTIONS_HPP

// The table of operators and functions whose types are fixed. What depends on scales, currencies or constant arguments
// is in check_*.cpp.

#include "rule/typed.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct overload {
    std::string_view name; // `math.abs`, `startsWith`, `+`
    bool method = false;   // the first argument is the receiver
    opcode code{};
    rule_kind result{};
    std::size_t arity = 0;
    std::array<rule_kind, 4> arguments{};
};

// The overload for exactly these arguments, or null.
overload const* find_overload(std::string_view name, bool method, std::span<rule_kind const> arguments) noexcept;

// How the function is called, for `issue::allowed`: `string.startsWith(string)`, `int + int`. Empty: there is no such
// one.
std::vector<std::string> signatures(std::string_view name, bool method);

// Functions that check_*.cpp knows by name, with their forms for messages.
struct special_function {
    std::string_view name;
    bool method = false;
    std::string_view form;
};
std::span<special_function const> special_functions() noexcept;

// Whether cel-spec or its extensions define this function although it is not taken here.
bool is_known_elsewhere(std::string_view name) noexcept;

// The known function most like this name, or empty.
std::string_view nearest_function(std::string_view name);

std::optional<time_field> time_field_of(std::string_view getter) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
