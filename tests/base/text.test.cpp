// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/base/text.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

// The straightforward way: decode every code point and look at the rules one by one.
std::size_t naive_invalid(std::string_view s) {
    for (std::size_t i = 0; i < s.size();) {
        auto const at = [&](std::size_t k) { return static_cast<unsigned char>(s[k]); };
        std::size_t const n = at(i) < 0x80 ? 1 : at(i) >= 0xF0 ? 4 : at(i) >= 0xE0 ? 3 : at(i) >= 0xC0 ? 2 : 0;
        if (n == 0 || at(i) > 0xF7 || i + n > s.size()) return i;
        std::uint32_t code = n == 1 ? at(i) : at(i) & (0xFFU >> (n + 1));
        for (std::size_t k = 1; k < n; ++k) {
            if ((at(i + k) & 0xC0) != 0x80) return i;
            code = (code << 6) | (at(i + k) & 0x3FU);
        }
        std::uint32_t const least[] = {0, 0, 0x80, 0x800, 0x10000};
        if (code < least[n] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return i;
        i += n;
    }
    return no_position;
}

} // namespace

TEST_CASE("UTF-8 is checked as the standard says", "[text]") {
    CHECK(is_valid_utf8(""));
    CHECK(is_valid_utf8("plain and \xE4\xB8\xAD\xE6\x96\x87 \xF0\x9F\x98\x80"));
    CHECK(find_invalid_utf8("abcdefghij\xFFzz") == 10);
    CHECK(find_invalid_utf8("ab\xC0\x80") == 2);       // overlong
    CHECK(find_invalid_utf8("\xED\xA0\x80") == 0);     // surrogate
    CHECK(find_invalid_utf8("\xF4\x90\x80\x80") == 0); // past U+10FFFF
    CHECK(find_invalid_utf8("abc\xE4\xB8") == 3);      // cut off

    random_generator random(1);
    std::vector<std::string> const pieces = {
        "a",    "1234567",      "\xC3\xA9",         "\xE4\xB8\xAD", "\xF0\x9F\x98\x80", "\x80",
        "\xC1", "\xE0\x80\x80", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF", "\xEE\x80\x80",     "\xF5"};
    for (int i = 0; i < 50'000; ++i) {
        std::string text;
        for (std::uint64_t n = random_below(random, 8); n > 0; --n)
            text += pieces[random_below(random, i % 2 == 0 ? 5 : pieces.size())];
        if (!text.empty() && i % 5 == 0) text.pop_back();
        REQUIRE(find_invalid_utf8(text) == naive_invalid(text));
    }
}

TEST_CASE("Latin-1 and GB18030 become UTF-8 and back", "[text]") {
    std::string const cafe = "caf\xC3\xA9 \xC3\xBF";
    CHECK(convert_to_utf8("caf\xE9 \xFF", encoding::latin1).text == cafe);
    CHECK(convert_from_utf8(cafe, encoding::latin1).text == "caf\xE9 \xFF");
    auto const too_wide = convert_from_utf8("a\xE4\xB8\xAD", encoding::latin1);
    CHECK(too_wide.bad_offset == 1);
    CHECK(too_wide.text == "a");

    // GB 18030-2005: U+4E2D U+6587 are D6 D0 CE C4, U+20AC is A2 E3, U+1F600 is 94 39 FC 36 (four bytes)
    std::string const utf8 = "\xE4\xB8\xAD\xE6\x96\x87,\xE2\x82\xAC,\xF0\x9F\x98\x80\n";
    std::string const gb = "\xD6\xD0\xCE\xC4,\xA2\xE3,\x94\x39\xFC\x36\n";
    auto const there = convert_to_utf8(gb, encoding::gb18030);
    CHECK(there.ok());
    CHECK(there.text == utf8);
    CHECK(convert_from_utf8(utf8, encoding::gb18030).text == gb);

    auto const bad = convert_to_utf8("ok\xD6\xD0\xFFx", encoding::gb18030);
    CHECK(bad.bad_offset == 4);
    CHECK(bad.text == "ok\xE4\xB8\xAD");
    CHECK(convert_to_utf8("ab\xD6", encoding::gb18030).bad_offset == 2); // cut off
    CHECK(convert_to_utf8("ab\xFF", encoding::utf8).bad_offset == 2);
    std::string long_text;
    for (int i = 0; i < 10'000; ++i)
        long_text += "\x81\x30\x81\x30"; // U+0080: four bytes become two
    CHECK(convert_to_utf8(long_text, encoding::gb18030).text.size() == 20'000);
}

TEST_CASE("encodings and byte order marks are known by name and bytes", "[text]") {
    CHECK(parse_encoding("UTF-8") == encoding::utf8);
    CHECK(parse_encoding("ISO-8859-1") == encoding::latin1);
    CHECK(parse_encoding("latin_1") == encoding::latin1);
    CHECK(parse_encoding("GBK") == encoding::gb18030);
    CHECK_FALSE(parse_encoding("utf-16"));
    CHECK_FALSE(parse_encoding("a name that is much too long"));
    for (auto const code : {encoding::utf8, encoding::latin1, encoding::gb18030})
        CHECK(parse_encoding(to_string(code)) == code);
    CHECK(detect_byte_order_mark("\xEF\xBB\xBFid") == byte_order_mark::utf8);
    CHECK(detect_byte_order_mark("\xFF\xFEi") == byte_order_mark::utf16le);
    CHECK(detect_byte_order_mark("\xFE\xFF") == byte_order_mark::utf16be);
    CHECK(detect_byte_order_mark("\x84\x31\x95\x33") == byte_order_mark::gb18030);
    CHECK(detect_byte_order_mark("\xEF\xBB") == byte_order_mark::none);
    CHECK(length(byte_order_mark::utf8) == 3);
    CHECK(length(byte_order_mark::none) == 0);
}

TEST_CASE("trim removes every blank people paste", "[text]") {
    CHECK(trim("plain") == "plain");
    CHECK(trim(" \t a b \r\n") == "a b");
    CHECK(trim("\xC2\xA0\xE3\x80\x80x\xE2\x80\x8B\xEF\xBB\xBF") == "x");
    CHECK(trim("\xE4\xB8\xAD\xE3\x80\x80") == "\xE4\xB8\xAD");
    CHECK(trim(" \xE3\x80\x80 ").empty());
    CHECK(trim("").empty());
    CHECK(trim("\xA0") == "\xA0"); // half a sequence is no blank
}

TEST_CASE("names are compared and suggested", "[text]") {
    CHECK(equal_ignore_case("Europe/LONDON", "europe/london"));
    CHECK_FALSE(equal_ignore_case("a", "ab"));
    CHECK(edit_distance("kitten", "sitting") == 3);
    CHECK(edit_distance("recency", "recnecy") == 1); // a swap
    CHECK(edit_distance("", "abc") == 3);

    std::vector<std::string> const names = {"recency_days", "frequency", "monetary", "age"};
    CHECK(nearest_name("frequncy", names) == "frequency");
    CHECK(nearest_name("Monetary", names) == "monetary");
    CHECK(nearest_name("recencydays", names) == "recency_days");
    CHECK(nearest_name("agee", names) == "age");
    CHECK(nearest_name("telephone", names).empty());
    CHECK(nearest_name("x", names).empty());
    CHECK(nearest_name("x", std::vector<std::string>{}).empty());
    CHECK(join_names(names, 2) == "recency_days, frequency, ... (2 more)");
    CHECK(join_names(names) == "recency_days, frequency, monetary, age");
}

TEST_CASE("quoted text is safe to print", "[text]") {
    CHECK(quoted("a\"b\\c\n\x01") == "\"a\\\"b\\\\c\\n\\x01\"");
    CHECK(quoted("\xE4\xB8\xAD\xFF") == "\"\xE4\xB8\xAD\\xff\"");
    CHECK(quoted("abcdefgh", 4) == "\"abcd...\"");
    CHECK(quoted("ab\xE4\xB8\xAD", 4) == "\"ab...\""); // never half a character
    CHECK(quoted("") == "\"\"");
}

TEST_CASE("join_names shows control characters instead of sending them to the terminal") {
    std::vector<std::string> const names{"a\x1b[31mb", "c\rd", "\xc3\xa9"};
    CHECK(segmenta::join_names(names) == "a\\x1b[31mb, c\\rd, \xc3\xa9");
}
