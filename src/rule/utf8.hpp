// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_UTF8_HPP
#define SEGMENTA_RULE_UTF8_HPP

// Steps over UTF-8: CEL's strings are sequences of code points. Validation is base/text.hpp's.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Length in bytes of the well-formed code point at `at` (Unicode 15, table 3-7), or 0 when there is none.
inline std::size_t code_point_length(std::string_view text, std::size_t at) noexcept {
    auto const byte = [&](std::size_t i) {
        return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    auto const tail = [&](std::size_t i) { return (byte(i) & 0xC0U) == 0x80U; };
    unsigned const lead = byte(0);
    if (lead < 0x80) return at < text.size() ? 1 : 0;
    if (lead >= 0xC2 && lead <= 0xDF) return tail(1) ? 2 : 0;
    if (lead >= 0xE0 && lead <= 0xEF) {
        unsigned const low = lead == 0xE0 ? 0xA0 : 0x80;
        unsigned const high = lead == 0xED ? 0x9F : 0xBF; // no surrogates
        return byte(1) >= low && byte(1) <= high && tail(2) ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4) {
        unsigned const low = lead == 0xF0 ? 0x90 : 0x80;
        unsigned const high = lead == 0xF4 ? 0x8F : 0xBF; // up to U+10FFFF
        return byte(1) >= low && byte(1) <= high && tail(2) && tail(3) ? 4 : 0;
    }
    return 0;
}

// Bytes of the next character of data that may be ill-formed: a stray byte counts as one character.
inline std::size_t step_length(std::string_view text, std::size_t at) noexcept {
    std::size_t const length = code_point_length(text, at);
    return length == 0 ? 1 : length;
}

inline void append_code_point(std::string& out, std::uint32_t code) {
    auto const put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(static_cast<unsigned char>(byte))); };
    if (code < 0x80) return put(code);
    if (code < 0x800) return put(0xC0 | code >> 6), put(0x80 | (code & 0x3F));
    if (code < 0x10000) return put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
    put(0xF0 | code >> 18), put(0x80 | (code >> 12 & 0x3F)), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F));
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
