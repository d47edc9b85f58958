// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr unsigned char byte(char c) noexcept { return static_cast<unsigned char>(c); }

constexpr bool is_continuation(char c) noexcept { return (byte(c) & 0xC0U) == 0x80; }

// Offset of the first byte >= 80, eight bytes at a time.
std::size_t skip_ascii(std::string_view bytes, std::size_t i) noexcept {
    for (; i + 8 <= bytes.size(); i += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes.data() + i, 8);
        if ((word & 0x8080'8080'8080'8080U) != 0) break;
    }
    while (i < bytes.size() && byte(bytes[i]) < 0x80)
        ++i;
    return i;
}

// Bytes of the well-formed sequence at `i`, whose first byte is >= 80; 0 when malformed (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view bytes, std::size_t i) noexcept {
    unsigned const first = byte(bytes[i]);
    std::size_t const left = bytes.size() - i;
    if (first < 0xC2 || left < 2) return 0;
    unsigned const second = byte(bytes[i + 1]);
    if (first < 0xE0) return is_continuation(bytes[i + 1]) ? 2 : 0;
    if (first < 0xF0) {
        unsigned const low = first == 0xE0 ? 0xA0 : 0x80;
        unsigned const high = first == 0xED ? 0x9F : 0xBF; // no surrogates
        return left >= 3 && second >= low && second <= high && is_continuation(bytes[i + 2]) ? 3 : 0;
    }
    if (first > 0xF4) return 0;
    unsigned const low = first == 0xF0 ? 0x90 : 0x80;
    unsigned const high = first == 0xF4 ? 0x8F : 0xBF; // not past U+10FFFF
    bool const good =
        left >= 4 && second >= low && second <= high && is_continuation(bytes[i + 2]) && is_continuation(bytes[i + 3]);
    return good ? 4 : 0;
}

constexpr std::array<std::string_view, 5> wide_blanks = {
    "\xC2\xA0",     // U+00A0 no-break space
    "\xE3\x80\x80", // U+3000 ideographic space
    "\xE2\x80\x8B", // U+200B zero-width space
    "\xE2\x81\xA0", // U+2060 word joiner
    "\xEF\xBB\xBF", // U+FEFF byte order mark
};

constexpr bool is_ascii_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::size_t blank_at_start(std::string_view text) noexcept {
    if (text.empty()) return 0;
    if (is_ascii_blank(text.front())) return 1;
    for (auto const blank : wide_blanks)
        if (text.starts_with(blank)) return blank.size();
    return 0;
}

std::size_t blank_at_end(std::string_view text) noexcept {
    if (text.empty()) return 0;
    if (is_ascii_blank(text.back())) return 1;
    for (auto const blank : wide_blanks)
        if (text.ends_with(blank)) return blank.size();
    return 0;
}

template <class Text>
std::string_view nearest(std::string_view name, std::span<Text const> candidates) {
    std::string const wanted = to_lower_ascii(name);
    std::string_view best;
    std::size_t best_distance = no_position;
    for (auto const& candidate : candidates) {
        std::size_t const longer = std::max(wanted.size(), candidate.size());
        std::size_t const limit = longer >= 3 ? std::max<std::size_t>(1, longer / 3) : 0;
        std::size_t const shorter = std::min(wanted.size(), candidate.size());
        if (longer - shorter > limit) continue; // the distance is at least the difference of the lengths
        std::size_t const distance = edit_distance(wanted, to_lower_ascii(candidate));
        if (distance > limit || distance >= best_distance) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

void append_escaped(std::string& out, char c) {
    constexpr std::string_view digits = "0123456789abcdef";
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
    }
    out += "\\x";
    out += digits[byte(c) >> 4];
    out += digits[byte(c) & 15U];
}

template <class Text>
std::string join(std::span<Text const> names, std::size_t limit) {
    std::string text;
    for (std::size_t i = 0; i < names.size() && i < limit; ++i) {
        if (i != 0) text += ", ";
        for (char const c : std::string_view(names[i])) // names come from data, too: nothing that moves a cursor
            if (byte(c) >= ' ' && c != 0x7F)
                text += c;
            else
                append_escaped(text, c);
    }
    if (names.size() > limit) text += ", ... (" + std::to_string(names.size() - limit) + " more)";
    return text;
}

} // namespace

std::string_view to_string(encoding code) noexcept {
    if (code == encoding::latin1) return "latin-1";
    if (code == encoding::gb18030) return "gb18030";
    return "utf-8";
}

std::optional<encoding> parse_encoding(std::string_view name) noexcept {
    std::array<char, 16> plain{};
    std::size_t size = 0;
    for (char const c : name) {
        if (c == '-' || c == '_' || c == ' ') continue;
        if (size == plain.size()) return std::nullopt;
        plain[size++] = to_lower_ascii(c);
    }
    constexpr std::array<std::pair<std::string_view, encoding>, 8> names = {{
        {"utf8", encoding::utf8},
        {"latin1", encoding::latin1},
        {"iso88591", encoding::latin1},
        {"gb18030", encoding::gb18030},
        {"gbk", encoding::gb18030},
        {"cp936", encoding::gb18030},
        {"gb2312", encoding::gb18030},
        {"ascii", encoding::utf8},
    }};
    for (auto const& [known, code] : names)
        if (std::string_view(plain.data(), size) == known) return code;
    return std::nullopt;
}

std::size_t find_invalid_utf8(std::string_view bytes) noexcept {
    for (std::size_t i = skip_ascii(bytes, 0); i < bytes.size(); i = skip_ascii(bytes, i)) {
        // stay in the multi-byte loop while the text is: Chinese text has long runs
        while (i < bytes.size() && byte(bytes[i]) >= 0x80) {
            std::size_t const length = sequence_length(bytes, i);
            if (length == 0) return i;
            i += length;
        }
    }
    return no_position;
}

byte_order_mark detect_byte_order_mark(std::string_view bytes) noexcept {
    if (bytes.starts_with("\xEF\xBB\xBF")) return byte_order_mark::utf8;
    if (bytes.starts_with("\xFF\xFE")) return byte_order_mark::utf16le;
    if (bytes.starts_with("\xFE\xFF")) return byte_order_mark::utf16be;
    if (bytes.starts_with("\x84\x31\x95\x33")) return byte_order_mark::gb18030;
    return byte_order_mark::none;
}

std::size_t length(byte_order_mark mark) noexcept {
    switch (mark) {
    case byte_order_mark::utf8: return 3;
    case byte_order_mark::utf16le:
    case byte_order_mark::utf16be: return 2;
    case byte_order_mark::gb18030: return 4;
    case byte_order_mark::none: break;
    }
    return 0;
}

std::string_view detail::trim_slow(std::string_view text) noexcept {
    while (std::size_t const n = blank_at_start(text))
        text.remove_prefix(n);
    while (std::size_t const n = blank_at_end(text))
        text.remove_suffix(n);
    return text;
}

std::string to_lower_ascii(std::string_view text) {
    std::string lower(text);
    for (char& c : lower)
        c = to_lower_ascii(c);
    return lower;
}

bool equal_ignore_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower_ascii(x) == to_lower_ascii(y); });
}

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            std::size_t const substituted = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, substituted});
            bool const swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        std::swap(before_last, last);
        std::swap(last, row);
    }
    return last[b.size()];
}

std::string_view nearest_name(std::string_view name, std::span<std::string_view const> candidates) {
    return nearest(name, candidates);
}
std::string_view nearest_name(std::string_view name, std::span<std::string const> candidates) {
    return nearest(name, candidates);
}

std::string quoted(std::string_view text, std::size_t limit) {
    std::string out = "\"";
    std::size_t i = 0;
    while (i < text.size()) {
        bool const ascii = byte(text[i]) < 0x80;
        std::size_t const whole = ascii ? 1 : sequence_length(text, i);
        std::size_t const step = std::max<std::size_t>(1, whole);
        if (i + step > limit) break;
        bool const plain =
            whole != 0 && (!ascii || (text[i] >= ' ' && text[i] != 0x7F && text[i] != '"' && text[i] != '\\'));
        if (plain)
            out += text.substr(i, step);
        else
            append_escaped(out, text[i]);
        i += step;
    }
    if (i < text.size()) out += "...";
    return out + "\"";
}

std::string join_names(std::span<std::string_view const> names, std::size_t limit) { return join(names, limit); }
std::string join_names(std::span<std::string const> names, std::size_t limit) { return join(names, limit); }

} // namespace v0
} // namespace segmenta
