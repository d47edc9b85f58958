// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_TEXT_HPP
#define SEGMENTA_BASE_TEXT_HPP

/// \file
/// Text: encodings at the border (inside, everything is UTF-8), trimming, comparing names, suggesting names.
/// Nothing depends on the locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// How the bytes of an input stand for characters.
enum class encoding : std::uint8_t {
    utf8,
    latin1,  ///< ISO 8859-1: every byte is the code point of that number
    gb18030, ///< the Chinese standard; GBK and GB2312 are parts of it
};

/// `utf-8`, `latin-1`, `gb18030`.
[[nodiscard]] std::string_view to_string(encoding code) noexcept;
/// Any case, with or without `-` and `_`: `utf8`, `latin1`, `iso-8859-1`, `gb18030`, `gbk`, `gb2312`. Else nothing.
[[nodiscard]] std::optional<encoding> parse_encoding(std::string_view name) noexcept;

/// "No position", "no bad byte".
inline constexpr std::size_t no_position = static_cast<std::size_t>(-1);

/// Offset of the first byte of the first malformed sequence (overlong forms, surrogates and code points past U+10FFFF
/// are malformed, a sequence cut off at the end too), or `no_position`. Several GB/s for ASCII.
[[nodiscard]] std::size_t find_invalid_utf8(std::string_view bytes) noexcept;
[[nodiscard]] inline bool is_valid_utf8(std::string_view bytes) noexcept {
    return find_invalid_utf8(bytes) == no_position;
}

/// A byte order mark at the start of a file.
enum class byte_order_mark : std::uint8_t {
    none,
    utf8,    ///< EF BB BF
    utf16le, ///< FF FE: not supported as an input encoding, so that it can be named in a message
    utf16be, ///< FE FF: likewise
    gb18030, ///< 84 31 95 33
};

[[nodiscard]] byte_order_mark detect_byte_order_mark(std::string_view bytes) noexcept;
/// Bytes it takes.
[[nodiscard]] std::size_t length(byte_order_mark mark) noexcept;

/// What a conversion gave.
struct conversion {
    std::string text;                     ///< UTF-8; up to the bad sequence if there is one
    std::size_t bad_offset = no_position; ///< offset in the input of the first malformed sequence, or `no_position`
    [[nodiscard]] bool ok() const noexcept { return bad_offset == no_position; }
};

/// `bytes` as UTF-8; a leading byte order mark is kept. Stateless: an input may be cut after any line feed and
/// converted in parts, since in all three encodings the byte 0A is always a line feed. Throws `issue_error`
/// (`base.encoding`) when the system has no converter for GB18030, and `std::bad_alloc`.
[[nodiscard]] conversion convert_to_utf8(std::string_view bytes, encoding from);

/// `text` (valid UTF-8) in another encoding, for export; `bad_offset` tells the first character it cannot express.
[[nodiscard]] conversion convert_from_utf8(std::string_view text, encoding to);

namespace detail {
std::string_view trim_slow(std::string_view text) noexcept;
}

/// Without blanks at both ends: ASCII space and control characters 09 to 0D, no-break space U+00A0, full-width space
/// U+3000, zero-width space U+200B, word joiner U+2060 and byte order mark U+FEFF. `text` is UTF-8.
[[nodiscard]] inline std::string_view trim(std::string_view text) noexcept {
    auto const plain = [](char c) { return c > 0x20 && c < 0x7F; };
    if (text.empty() || (plain(text.front()) && plain(text.back()))) return text;
    return detail::trim_slow(text);
}

[[nodiscard]] constexpr char to_lower_ascii(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}
[[nodiscard]] std::string to_lower_ascii(std::string_view text);
/// Equal but for the case of A to Z.
[[nodiscard]] bool equal_ignore_case(std::string_view a, std::string_view b) noexcept;

/// Insertions, deletions, substitutions and swaps of neighbours (restricted Damerau-Levenshtein) between two byte
/// strings. O(|a| |b|).
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate most like `name`, ignoring ASCII case, when it is near enough to be a likely slip (distance at most a
/// third of the longer one, and at least one edit is always allowed for names of three or more); the earliest of
/// equals; else empty. The view refers to the candidate's characters.
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<std::string_view const> candidates);
[[nodiscard]] std::string_view nearest_name(std::string_view name, std::span<std::string const> candidates);

/// For `issue::seen`: `text` in double quotes, control characters, quotes, backslashes and malformed bytes escaped as
/// in JSON or `\xNN`, cut to at most `limit` bytes of content with `...`.
[[nodiscard]] std::string quoted(std::string_view text, std::size_t limit = 60);

/// For `issue::allowed`: `a, b, c`, at most `limit` of them and then `... (12 more)`.
[[nodiscard]] std::string join_names(std::span<std::string_view const> names, std::size_t limit = 20);
[[nodiscard]] std::string join_names(std::span<std::string const> names, std::size_t limit = 20);

} // namespace v0
} // namespace segmenta

#endif
