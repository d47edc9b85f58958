// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/half_width.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/base/text.hpp>

#include "support/catch.hpp"

#include <string>

using namespace segmenta;

namespace {

std::string utf8(std::uint32_t c) {
    std::string out;
    auto const push = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (c < 0x80) {
        push(c);
    } else if (c < 0x800) {
        push(0xC0 | c >> 6);
        push(0x80 | (c & 0x3F));
    } else {
        push(0xE0 | c >> 12);
        push(0x80 | (c >> 6 & 0x3F));
        push(0x80 | (c & 0x3F));
    }
    return out;
}

/// The table of the standard, code point by code point.
std::uint32_t naive(std::uint32_t c) {
    if (c >= 0xFF01 && c <= 0xFF5E) return c - 0xFEE0;
    switch (c) {
    case 0x3000: return 0x20;
    case 0xFFE0: return 0xA2;
    case 0xFFE1: return 0xA3;
    case 0xFFE5: return 0xA5;
    default: return c;
    }
}

} // namespace

TEST_CASE("half width: every character of the first plane as the table says, alone and among others", "[base][width]") {
    std::string all;
    std::string wanted;
    for (std::uint32_t c = 1; c < 0x10000; ++c) {
        if (c >= 0xD800 && c < 0xE000) continue;
        std::string const from = utf8(c);
        std::string const to = utf8(naive(c));
        if (half_width(from) != to || has_full_width(from) != (from != to)) FAIL("U+" << std::hex << c);
        all += from;
        wanted += to;
    }
    CHECK(half_width(all) == wanted);
    CHECK(half_width(std::string_view{}).empty());
    CHECK(half_width("１３８－００１３　ＡＢｃ，￥９") == "138-0013 ABc,¥9");
    CHECK_FALSE(has_full_width("plain ¥ 元 カ"));
}

TEST_CASE("half width: malformed and cut bytes stay as they are, and nothing grows", "[base][width]") {
    CHECK(half_width("\xEF\xBC") == "\xEF\xBC");
    CHECK(half_width("a\xEF") == "a\xEF");
    CHECK(half_width("\xEF\xBC\xEF\xBC\x91") == "\xEF\xBC"
                                                "1");
    random_generator random(11);
    for (int round = 0; round < 2000; ++round) {
        std::string text;
        for (int i = 0; i < 12; ++i)
            text += static_cast<char>(std::string_view("\xEF\xBC\xBD\xBF\xE3\x80\x81"
                                                       "a")[random_below(random, 8)]);
        std::string const once = half_width(text);
        CHECK(once.size() <= text.size());
        CHECK(has_full_width(text) == (once != text));
    }
}
