// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_HALF_WIDTH_HPP
#define SEGMENTA_BASE_HALF_WIDTH_HPP

/// \file
/// Full-width letters, digits and signs, as Chinese and Japanese input methods type them, as the plain ones.

#include <cstddef>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Whether `half_width` would change anything. Linear; a byte compare where the text is ASCII.
[[nodiscard]] bool has_full_width(std::string_view text) noexcept;

/// Writes `text` with U+FF01 to U+FF5E as ASCII, U+3000 as a space, and U+FFE0, U+FFE1, U+FFE5 as the signs of cent,
/// pound and yen at `out`, which has room for `text.size()`; returns the end. All else stays, malformed bytes too.
/// Source: The Unicode Standard, block Halfwidth and Fullwidth Forms.
char* half_width(std::string_view text, char* out) noexcept;
[[nodiscard]] std::string half_width(std::string_view text);

} // namespace v0
} // namespace segmenta

#endif
