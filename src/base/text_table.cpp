// SPDX-License-Identifier: Apache-2.0
#include "base/text_table.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Decodes one character at `at` and moves past it; malformed bytes count one each.
char32_t next_character(std::string_view text, std::size_t& at) noexcept {
    auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    unsigned char const lead = byte(at);
    std::size_t const length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (length == 1 || lead < 0xC2 || at + length > text.size()) {
        ++at;
        return lead;
    }
    char32_t code = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
        code = code << 6 | (byte(at + i) & 0x3F);
    at += length;
    return code;
}

// Ranges of width two in Unicode's EastAsianWidth.txt (W and F), the blocks that labels use.
constexpr bool is_wide(char32_t c) noexcept {
    return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF && c != 0x303F) ||
           (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFE30 && c <= 0xFE6F) ||
           (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
           (c >= 0x20000 && c <= 0x3FFFD);
}

constexpr bool is_combining(char32_t c) noexcept { return (c >= 0x0300 && c <= 0x036F) || c == 0x200D; }

void pad(std::string& to, std::size_t blanks) { to.append(blanks, ' '); }

} // namespace

std::size_t display_width(std::string_view utf8) noexcept {
    std::size_t width = 0;
    for (std::size_t at = 0; at < utf8.size();) {
        char32_t const c = next_character(utf8, at);
        width += is_combining(c) ? 0 : is_wide(c) ? 2 : 1;
    }
    return width;
}

std::string text_table::text() const {
    std::vector<std::size_t> widths;
    for (auto const& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t c = 0; c < row.size(); ++c)
            widths[c] = std::max(widths[c], display_width(row[c]));
    }
    std::string out;
    for (std::size_t r = 0; r < rows_.size(); ++r) {
        std::string line = "  ";
        for (std::size_t c = 0; c < rows_[r].size(); ++c) {
            if (c > 0) line += "  ";
            std::size_t const blanks = widths[c] - display_width(rows_[r][c]);
            bool const left = c == 0 || c >= left_from_;
            if (!left) pad(line, blanks);
            line += rows_[r][c];
            if (left) pad(line, blanks);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        out += line + "\n";
        if (r > 0) continue;
        std::size_t rule = 0;
        for (auto const w : widths)
            rule += w + 2;
        out += "  ";
        for (std::size_t i = 0; i + 2 < rule; ++i)
            out += "─";
        out += "\n";
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
