// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/phone.hpp>

#include <segmenta/base/half_width.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::size_t most_digits = 15; // E.164, calling code included
constexpr std::size_t longest_extension = 6;
constexpr std::size_t longest_text = 80;

constexpr phone_plan plans[] = {
    {"AU", "61", "0", "0011", 9, 9}, {"CA", "1", "1", "011", 10, 10}, {"CN", "86", "0", "00", 10, 11},
    {"DE", "49", "0", "00", 6, 11},  {"ES", "34", "", "00", 9, 9},    {"FR", "33", "0", "00", 9, 9},
    {"GB", "44", "0", "00", 9, 10},  {"HK", "852", "", "001", 8, 8},  {"ID", "62", "0", "00", 8, 12},
    {"IN", "91", "0", "00", 10, 10}, {"JP", "81", "0", "010", 9, 10}, {"KR", "82", "0", "00", 8, 10},
    {"MO", "853", "", "00", 8, 8},   {"MY", "60", "0", "00", 8, 10},  {"SG", "65", "", "000", 8, 8},
    {"TH", "66", "0", "00", 8, 9},   {"TW", "886", "0", "002", 8, 9}, {"US", "1", "1", "011", 10, 10},
    {"VN", "84", "0", "00", 9, 10},
};

constexpr std::string_view extension_marks[] = {";ext=", "#",   "x",   "X",   "ext.", "Ext.", "EXT.",
                                                "ext", "Ext", "EXT", "转",   "轉",   "分机"};

/// Digits of a number, with what stood before them.
struct dialled {
    std::array<char, most_digits + 8> digits{};
    std::size_t size = 0;
    bool plus = false;

    [[nodiscard]] std::string_view text() const noexcept { return {digits.data(), size}; }
};

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Characters between digits that mean nothing; their length, or 0.
std::size_t separator(std::string_view text) noexcept {
    if (std::string_view(" -./()\t").find(text.front()) != std::string_view::npos) return 1;
    // no-break space, hyphens and dashes U+2010 to U+2015, minus sign, zero-width space
    for (std::string_view const sign : {"\xC2\xA0", "\xE2\x80\x90", "\xE2\x80\x91", "\xE2\x80\x92", "\xE2\x80\x93",
                                        "\xE2\x80\x94", "\xE2\x80\x95", "\xE2\x88\x92", "\xE2\x80\x8B"})
        if (text.starts_with(sign)) return sign.size();
    return 0;
}

/// The extension behind the first mark, which is cut off from `text`; false when it is no extension.
bool take_extension(std::string_view& text, std::string_view& extension) noexcept {
    std::size_t first = text.size();
    std::size_t length = 0;
    for (auto const mark : extension_marks) {
        auto const at = text.find(mark);
        if (at > first || (at == first && mark.size() <= length) || at == std::string_view::npos) continue;
        first = at;
        length = mark.size();
    }
    if (length == 0) return true;
    extension = text.substr(first + length);
    text = text.substr(0, first);
    while (!extension.empty() && (extension.front() == ' ' || extension.front() == ':'))
        extension.remove_prefix(1);
    while (!extension.empty() && extension.back() == ' ')
        extension.remove_suffix(1);
    return !extension.empty() && extension.size() <= longest_extension &&
           std::all_of(extension.begin(), extension.end(), is_digit);
}

bool take_digits(std::string_view text, dialled& out) noexcept {
    while (!text.empty()) {
        if (text.starts_with("(0)") && out.size > 0) { // +44 (0)20: dialled inside the country only
            text.remove_prefix(3);
            continue;
        }
        if (text.front() == '+' && out.size == 0 && !out.plus) {
            out.plus = true;
            text.remove_prefix(1);
            continue;
        }
        if (is_digit(text.front())) {
            if (out.size == out.digits.size()) return false;
            out.digits[out.size++] = text.front();
            text.remove_prefix(1);
            continue;
        }
        std::size_t const skipped = separator(text);
        if (skipped == 0) return false;
        text.remove_prefix(skipped);
    }
    return out.size > 0;
}

bool fits(std::string_view number, phone_plan const& plan) noexcept {
    return number.size() >= plan.shortest && number.size() <= plan.longest;
}

/// The number inside the country of `plan`, or empty.
std::string_view national(std::string_view digits, phone_plan const& plan) noexcept {
    auto const has_trunk = [&] { return !plan.trunk.empty() && digits.starts_with(plan.trunk); };
    if (has_trunk()) digits.remove_prefix(plan.trunk.size());
    return fits(digits, plan) && !has_trunk() ? digits : std::string_view{}; // no area begins with the trunk digit
}

char* write(char* out, std::string_view text) noexcept { return std::copy(text.begin(), text.end(), out); }

/// `+`, calling code and number; `out` when it is none. `digits` begin with the calling code.
char* write_international(std::string_view digits, phone_plan const& home, char* out) noexcept {
    phone_plan const* of = digits.starts_with(home.calling_code) ? &home : nullptr;
    for (auto const& plan : plans)
        if (of == nullptr && digits.starts_with(plan.calling_code)) of = &plan;
    if (of == nullptr) { // a country without a plan here: only the length is known
        if (digits.size() < 7 || digits.size() > most_digits || digits.front() == '0') return out;
        return write(write(out, "+"), digits);
    }
    auto const number = national(digits.substr(of->calling_code.size()), *of);
    return number.empty() ? out : write(write(write(out, "+"), of->calling_code), number);
}

char* write_number(dialled const& from, phone_plan const& home, char* out) noexcept {
    auto const digits = from.text();
    if (from.plus) return write_international(digits, home, out);
    if (digits.starts_with(home.international) || digits.starts_with("00"))
        return write_international(
            digits.substr(digits.starts_with(home.international) ? home.international.size() : 2), home, out);
    if (auto const number = national(digits, home); !number.empty())
        return write(write(write(out, "+"), home.calling_code), number);
    // 8613800138000: the calling code without its sign
    return digits.starts_with(home.calling_code) ? write_international(digits, home, out) : out;
}

} // namespace

std::span<phone_plan const> phone_plans() noexcept { return plans; }

phone_plan const* find_phone_plan(std::string_view country) noexcept {
    for (auto const& plan : plans)
        if (plan.country == country) return &plan;
    return nullptr;
}

char* phone_key(std::string_view text, phone_plan const& home, char* out) noexcept {
    if (text.size() > longest_text) return out;
    std::array<char, longest_text> half;
    std::string_view plain(half.data(), static_cast<std::size_t>(half_width(text, half.data()) - half.data()));
    std::string_view extension;
    dialled digits;
    if (!take_extension(plain, extension) || !take_digits(plain, digits)) return out;
    char* const end = write_number(digits, home, out);
    if (end == out || extension.empty()) return end;
    return write(write(end, ";ext="), extension);
}

std::optional<std::string> phone_key(std::string_view text, phone_plan const& home) {
    std::array<char, longest_phone_key> room;
    char const* const end = phone_key(text, home, room.data());
    if (end == room.data()) return std::nullopt;
    return std::string(static_cast<char const*>(room.data()), end);
}

} // namespace v0
} // namespace segmenta
