// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/half_width.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

/// The half-width form of the three bytes of a full-width character; empty when they are none. `room` holds one byte.
std::string_view half_of(unsigned char a, unsigned char b, unsigned char c, char& room) noexcept {
    auto const one = [&](unsigned code) {
        room = static_cast<char>(code);
        return std::string_view(&room, 1);
    };
    if (a == 0xE3) return b == 0x80 && c == 0x80 ? one(' ') : std::string_view{};
    if (a != 0xEF) return {};
    if (b == 0xBC && c >= 0x81 && c <= 0xBF) return one(c - 0x81U + '!'); // U+FF01 to U+FF3F
    if (b == 0xBD && c >= 0x80 && c <= 0x9E) return one(c - 0x80U + '`'); // U+FF40 to U+FF5E
    if (b != 0xBF) return {};
    switch (c) {
    case 0xA0: return "\xC2\xA2"; // cent
    case 0xA1: return "\xC2\xA3"; // pound
    case 0xA5: return "\xC2\xA5"; // yen
    default: return {};
    }
}

std::string_view half_at(std::string_view text, std::size_t at, char& room) noexcept {
    if (at + 3 > text.size()) return {};
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
    return half_of(byte(0), byte(1), byte(2), room);
}

} // namespace

bool has_full_width(std::string_view text) noexcept {
    char room = 0;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (static_cast<unsigned char>(text[at]) >= 0xE3 && !half_at(text, at, room).empty()) return true;
    return false;
}

char* half_width(std::string_view text, char* out) noexcept {
    char room = 0;
    for (std::size_t at = 0; at < text.size();) {
        auto const half = static_cast<unsigned char>(text[at]) < 0xE3 ? std::string_view{} : half_at(text, at, room);
        if (half.empty()) {
            *out++ = text[at++];
            continue;
        }
        out = std::copy(half.begin(), half.end(), out);
        at += 3;
    }
    return out;
}

std::string half_width(std::string_view text) {
    std::string out(text.size(), '\0');
    out.resize(static_cast<std::size_t>(half_width(text, out.data()) - out.data()));
    return out;
}

} // namespace v0
} // namespace segmenta
