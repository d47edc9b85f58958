// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_SCALAR_TEXT_HPP
#define SEGMENTA_RULE_SCALAR_TEXT_HPP

// The meaning of the operations that read or make text; same form as scalar_numeric.hpp.

#include "rule/scalar_numeric.hpp"
#include "rule/text_functions.hpp"

#include <segmenta/base/half_width.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/phone.hpp>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace op {

using text = std::string_view;

// Most comparisons are decided by the first byte, without a call.
inline bool same_bytes(char const* a, char const* b, std::size_t size) noexcept {
    if (size == 0) return true;
    if (*a != *b) return false;
    return size == 1 || std::memcmp(a, b, size) == 0;
}

struct equal_text {
    static bool run(context, text a, text b) noexcept {
        return a.size() == b.size() && same_bytes(a.data(), b.data(), a.size());
    }
};
struct not_equal_text {
    static bool run(context c, text a, text b) noexcept { return !equal_text::run(c, a, b); }
};
// Bytewise, which for UTF-8 is the order of code points.
struct less_text {
    static bool run(context, text a, text b) noexcept { return a < b; }
};
struct less_equal_text {
    static bool run(context, text a, text b) noexcept { return a <= b; }
};
struct greater_text {
    static bool run(context, text a, text b) noexcept { return a > b; }
};
struct greater_equal_text {
    static bool run(context, text a, text b) noexcept { return a >= b; }
};

struct starts_with {
    static bool run(context, text a, text b) noexcept {
        return a.size() >= b.size() && same_bytes(a.data(), b.data(), b.size());
    }
};
struct ends_with {
    static bool run(context, text a, text b) noexcept {
        return a.size() >= b.size() && same_bytes(a.data() + (a.size() - b.size()), b.data(), b.size());
    }
};
struct contains {
    static bool run(context, text a, text b) noexcept { return a.find(b) != text::npos; }
};
struct matches {
    static bool run(context c, text a) noexcept { return matches_pattern(*c.tables->patterns[c.immediate], a); }
};
struct in_texts {
    static bool run(context c, text a) noexcept { return c.tables->text_lookups[c.immediate].contains(a); }
};
struct in_set {
    static bool run(context, text a, set_pointer b) noexcept { return b->contains(a); }
};

struct concatenate {
    static bool run(context c, text a, text b, text& out) { return concatenate_texts(*c.arena, a, b, out); }
};
struct size_text {
    static std::int64_t run(context, text a) noexcept { return count_code_points(a); }
};
struct size_bytes {
    static std::int64_t run(context, text a) noexcept { return static_cast<std::int64_t>(a.size()); }
};
struct size_set {
    static std::int64_t run(context, set_pointer a) noexcept { return static_cast<std::int64_t>(a->size()); }
};

struct index_of {
    static std::int64_t run(context, text a, text b) noexcept {
        std::int64_t out = -1;
        find_text(a, b, 0, out);
        return out;
    }
};
struct index_of_from {
    static bool run(context, text a, text b, std::int64_t from, std::int64_t& out) noexcept {
        return find_text(a, b, from, out);
    }
};
struct last_index_of {
    static std::int64_t run(context, text a, text b) noexcept {
        std::size_t const found = a.rfind(b);
        return found == text::npos ? -1 : count_code_points(a.substr(0, found));
    }
};
struct last_index_of_from {
    static bool run(context, text a, text b, std::int64_t from, std::int64_t& out) noexcept {
        return find_last_text(a, b, from, out);
    }
};
struct char_at {
    static bool run(context, text a, std::int64_t at, text& out) noexcept { return character_at(a, at, out); }
};
struct substring_from {
    static bool run(context, text a, std::int64_t begin, text& out) noexcept {
        return cut_text(a, begin, count_code_points(a), out);
    }
};
struct substring {
    static bool run(context, text a, std::int64_t begin, std::int64_t end, text& out) noexcept {
        return cut_text(a, begin, end, out);
    }
};
struct replace {
    static bool run(context c, text a, text from, text to, text& out) {
        return replace_text(*c.arena, a, from, to, -1, out);
    }
};
struct replace_some {
    static bool run(context c, text a, text from, text to, std::int64_t most, text& out) {
        return replace_text(*c.arena, a, from, to, most, out);
    }
};
struct lower_ascii {
    static bool run(context c, text a, text& out) { return map_ascii(*c.arena, a, false, out); }
};
struct upper_ascii {
    static bool run(context c, text a, text& out) { return map_ascii(*c.arena, a, true, out); }
};
struct trim {
    static text run(context, text a) noexcept { return trimmed(a); }
};
struct reverse {
    static bool run(context c, text a, text& out) { return reverse_text(*c.arena, a, out); }
};

struct half_width {
    static bool run(context c, text a, text& out) {
        if (!has_full_width(a)) return out = a, true;
        if (a.size() > text_arena::longest_text) return false;
        char* const room = c.arena->take(a.size());
        if (room == nullptr) return false;
        out = {room, static_cast<std::size_t>(v0::half_width(a, room) - room)};
        return true;
    }
};
// Half-width, and without white space at both ends: NBSP and the ideographic space are such (Unicode, White_Space).
struct normalized {
    static bool run(context c, text a, text& out) {
        if (!half_width::run(c, trimmed(a), out)) return false;
        out = trimmed(out); // a full-width space has become one
        return true;
    }
};
struct phone_key {
    static bool run(context c, text a, text& out) {
        char room[longest_phone_key];
        char* const end = v0::phone_key(a, phone_plans()[c.immediate], room);
        return end != room && copy_text(*c.arena, {room, static_cast<std::size_t>(end - room)}, out);
    }
};
struct is_phone {
    static bool run(context c, text a) noexcept {
        char room[longest_phone_key];
        return v0::phone_key(a, phone_plans()[c.immediate], room) != room;
    }
};

struct text_to_integer {
    static bool run(context, text a, std::int64_t& out) noexcept { return read_integer(a, out); }
};
struct text_to_natural {
    static bool run(context, text a, std::uint64_t& out) noexcept { return read_natural(a, out); }
};
struct text_to_real {
    static bool run(context, text a, double& out) noexcept { return read_real(a, out); }
};
struct text_to_boolean {
    static bool run(context, text a, bool& out) noexcept { return read_boolean(a, out); }
};
struct text_to_decimal {
    static bool run(context c, text a, std::int64_t& out) noexcept {
        return read_scaled_decimal(a, static_cast<unsigned>(c.immediate), out);
    }
};
struct text_to_instant {
    static bool run(context, text a, std::int64_t& out) noexcept { return read_instant(a, out); }
};
struct text_to_date {
    static bool run(context, text a, std::int64_t& out) noexcept { return read_date(a, out); }
};
struct text_to_duration {
    static bool run(context, text a, std::int64_t& out) noexcept { return read_duration(a, out); }
};
struct bytes_to_text {
    static bool run(context, text a, text& out) noexcept {
        if (!is_valid_utf8(a)) return false;
        out = a;
        return true;
    }
};

template <class Write>
bool written(context c, Write&& write, text& out) {
    char buffer[longest_scalar_text];
    return copy_text(*c.arena, {buffer, write(buffer)}, out);
}
struct integer_to_text {
    static bool run(context c, std::int64_t a, text& out) {
        return written(c, [&](char* to) { return write_decimal(a, 0, to); }, out);
    }
};
struct natural_to_text {
    static bool run(context c, std::uint64_t a, text& out) {
        auto const write = [&](char* to) {
            return static_cast<std::size_t>(std::to_chars(to, to + longest_scalar_text, a).ptr - to);
        };
        return written(c, write, out);
    }
};
struct real_to_text {
    static bool run(context c, double a, text& out) {
        return written(c, [&](char* to) { return write_real(a, to); }, out);
    }
};
struct boolean_to_text {
    static text run(context, bool a) noexcept { return a ? text("true") : text("false"); }
};
struct decimal_to_text {
    static bool run(context c, std::int64_t a, text& out) {
        return written(c, [&](char* to) { return write_decimal(a, static_cast<unsigned>(c.immediate), to); }, out);
    }
};
struct instant_to_text {
    static bool run(context c, std::int64_t a, text& out) {
        auto const write = [&](char* to) {
            return static_cast<std::size_t>(format_instant(instant{a}, zone::utc(), to) - to);
        };
        return written(c, write, out);
    }
};
struct date_to_text {
    static bool run(context c, std::int64_t a, text& out) {
        auto const write = [&](char* to) {
            return static_cast<std::size_t>(format_date(civil_date{static_cast<std::int32_t>(a)}, to) - to);
        };
        return written(c, write, out);
    }
};
struct duration_to_text {
    static bool run(context c, std::int64_t a, text& out) {
        return written(c, [&](char* to) { return write_duration(a, to); }, out);
    }
};

} // namespace op
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
