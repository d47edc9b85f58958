// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_AMOUNTS_HPP
#define SEGMENTA_RULE_AMOUNTS_HPP

// How far two values are apart, and that in words.

#include "rule/typed.hpp"

#include <segmenta/rule/explanation.hpp>

#include <optional>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Fills in `amount` and `days`; the answer is -1, 0 or 1 for the first being less, equal or more. Nothing for values of
// two families, text, truth values, and distances that do not fit. Both are known.
std::optional<int> measure(slot const& a, rule_type x, slot const& b, rule_type y, explained_margin& out);

bool is_zero(explained_margin const& margin) noexcept;
// `130.00 CNY`, `3`, `5 days`, `1 hour 30 minutes`.
std::string amount_text(explained_margin const& margin, bool chinese);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
