// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_LOCALE_HPP
#define SEGMENTA_PLAN_LOCALE_HPP

#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Looks like a BCP 47 language tag: `en`, `zh-Hans`, `zh-Hant-TW`.
bool is_locale(std::string_view tag) noexcept;

// Only the characters 0x21 to 0x7E.
bool is_printable_ascii(std::string_view text) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
