// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_FIELD_TEXT_HPP
#define SEGMENTA_SRC_IO_FIELD_TEXT_HPP

// Value to text, one field at a time, as csv_writer.hpp states it. Digits are made eight at a time in a 64-bit word and
// stored whole: every function may write up to longest_plain_field bytes past `out`, whatever the text takes, and
// returns its end.

#include <segmenta/record/decimal.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Bytes that any number or time takes at most.
inline constexpr std::size_t longest_plain_field = 64;
static_assert(longest_time_text < longest_plain_field && longest_decimal_text + 8 < longest_plain_field);

inline constexpr std::uint64_t eight_zeros = 0x3030'3030'3030'3030ULL;

// The eight digits of a number below 10^8, bytes of 0 to 9; the first digit is the lowest byte.
constexpr std::uint64_t eight_digits(std::uint32_t value) noexcept {
    std::uint64_t const fours = value / 10'000 | std::uint64_t{value % 10'000} << 32;
    std::uint64_t const hundreds = (fours * 5243) >> 19 & 0x0000'007F'0000'007FULL;
    std::uint64_t const pairs = hundreds | (fours - hundreds * 100) << 16;
    std::uint64_t const tens = (pairs * 103) >> 10 & 0x000F'000F'000F'000FULL;
    return tens | (pairs - tens * 10) << 8;
}

inline void store_word(std::uint64_t word, char* out) noexcept {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    std::memcpy(out, &word, sizeof word);
}

// Zeros before the first digit, but not the last one of them when all are.
inline unsigned leading_zeros(std::uint64_t digits) noexcept {
    return static_cast<unsigned>(__builtin_ctzll(digits | std::uint64_t{1} << 56)) / 8;
}

inline char* put_eight(std::uint32_t value, char* out) noexcept {
    store_word(eight_digits(value) | eight_zeros, out);
    return out + 8;
}

inline char* put_unsigned(std::uint64_t value, char* out) noexcept {
    constexpr std::uint64_t limit = 100'000'000;
    if (value >= limit) return put_eight(static_cast<std::uint32_t>(value % limit), put_unsigned(value / limit, out));
    std::uint64_t const digits = eight_digits(static_cast<std::uint32_t>(value));
    unsigned const zeros = leading_zeros(digits);
    store_word((digits | eight_zeros) >> 8 * zeros, out);
    return out + (8 - zeros);
}

inline std::uint64_t magnitude_of(std::int64_t value) noexcept {
    return value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
}

inline char* put_integer(std::int64_t value, char* out) noexcept {
    *out = '-';
    return put_unsigned(magnitude_of(value), out + (value < 0 ? 1 : 0));
}

// `units` of 10^-scale.
inline char* put_decimal(std::int64_t units, unsigned scale, char* out) noexcept {
    if (scale == 0) return put_integer(units, out);
    *out = '-';
    out += units < 0 ? 1 : 0;
    std::uint64_t const magnitude = magnitude_of(units);
    if (magnitude < 100'000'000 && scale < 8) {
        std::uint64_t const digits = eight_digits(static_cast<std::uint32_t>(magnitude));
        unsigned const zeros = leading_zeros(digits);
        unsigned const skipped = zeros < 7 - scale ? zeros : 7 - scale; // a digit stays before the point
        std::uint64_t const text = digits | eight_zeros;
        store_word(text >> 8 * skipped, out);
        char* const point = out + (8 - skipped - scale);
        *point = '.';
        store_word(text >> (64 - 8 * scale), point + 1);
        return point + 1 + scale;
    }
    auto const one = static_cast<std::uint64_t>(power_of_ten(scale));
    std::uint64_t rest = magnitude % one;
    out = put_unsigned(magnitude / one, out);
    *out++ = '.';
    for (char* at = out + scale; at != out; rest /= 10)
        *--at = static_cast<char>('0' + rest % 10);
    return out + scale;
}

// The shortest text that reads back as the same double, as std::to_chars writes it; nothing for NaN and infinities.
char* put_real(double value, char* out) noexcept;

// As format_date and format_instant.
char* put_date(std::int32_t days, char* out) noexcept;
char* put_instant(instant when, zone const& where, char* out) noexcept;

inline char* put_boolean(bool value, char* out) noexcept {
    std::memcpy(out, value ? "true " : "false", 5);
    return out + (value ? 4 : 5);
}

// Bytes that `put_text` writes at most.
constexpr std::size_t longest_text(std::size_t size) noexcept { return 2 * size + 2; }
// With quotes where a field needs them.
char* put_text(std::string_view text, char* out) noexcept;
// In quotes.
char* put_quoted(std::string_view text, char* out) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
