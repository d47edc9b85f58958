// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_ISO_TEXT_HPP
#define SEGMENTA_TIME_ISO_TEXT_HPP

// Reading `YYYY-MM-DD` and `YYYY-MM-DD?HH:MM:SS` eight bytes at a time. Private and inline, for loops over columns of
// text.

#include <segmenta/time/instant.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE4_1__)
#include <immintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {

// Eight characters as a number whose lowest byte is the first character, on every machine.
inline std::uint64_t load_eight(char const* p) noexcept {
    std::uint64_t word;
    std::memcpy(&word, p, 8);
    if constexpr (std::endian::native == std::endian::big) {
        std::uint64_t turned = 0;
        for (int i = 0; i < 8; ++i)
            turned = (turned << 8) | ((word >> (8 * i)) & 0xFFU);
        word = turned;
    }
    return word;
}

constexpr std::uint64_t pack_eight(char const (&text)[9]) noexcept {
    std::uint64_t word = 0;
    for (int i = 7; i >= 0; --i)
        word = (word << 8) | static_cast<unsigned char>(text[i]);
    return word;
}

// `Shape` has '0' where the text must have a digit, and else the character it must have. The answer has in byte i the
// number of the two digits at i and i + 1 (of use only where both are digits). `bad` becomes non-zero when the text has
// another shape.
template <std::uint64_t Shape>
inline std::uint64_t read_pairs(std::uint64_t word, std::uint64_t& bad) noexcept {
    constexpr std::uint64_t slack = [] {
        // a digit may be up to 9 and 0x76 + 9 < 0x80; any other character must be 0 after the exclusive or
        std::uint64_t sum = 0;
        for (int i = 0; i < 8; ++i)
            sum |= std::uint64_t{((Shape >> (8 * i)) & 0xFFU) == '0' ? 0x76U : 0x7FU} << (8 * i);
        return sum;
    }();
    std::uint64_t const digits = word ^ Shape;
    // a carry into a neighbour only happens when this byte is bad already
    bad |= ((digits + slack) | digits) & 0x8080'8080'8080'8080U;
    return digits * 10 + (digits >> 8);
}

constexpr std::uint32_t pair_at(std::uint64_t pairs, int i) noexcept {
    return static_cast<std::uint32_t>((pairs >> (8 * i)) & 0xFFU);
}

// Indexed by month; 0 where there is none.
inline constexpr std::uint8_t month_lengths[2][16] = {{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0},
                                                      {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0}};
inline constexpr std::uint16_t days_before_month[2][16] = {
    {0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 0, 0, 0},
    {0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 0, 0, 0}};

// The day of a year given as century and rest. `bad` becomes non-zero when month or day does not exist.
//
// No branch and no division: the leap days up to the end of the year are 25 per century and 1 per four years of the
// rest, less 1 per century but not every fourth, and 1 for year 0.
inline civil_date day_number(std::uint32_t century, std::uint32_t rest, std::uint32_t month, std::uint32_t day,
                             std::uint64_t& bad) noexcept {
    auto const leap = static_cast<std::uint32_t>(((rest == 0 ? century : rest) & 3U) == 0);
    std::uint32_t const leap_days = century * 25 + rest / 4 - century + century / 4 + 1;
    bad |= static_cast<std::uint64_t>(month > 12) |
           static_cast<std::uint64_t>(day - 1U >= month_lengths[leap][month & 15U]);
    constexpr std::int32_t epoch = 719'528; // days from 0000-01-01 to 1970-01-01
    std::uint32_t const days =
        (century * 100 + rest) * 365 + leap_days - leap + days_before_month[leap][month & 15U] + day - 1;
    return civil_date{static_cast<std::int32_t>(days) - epoch};
}

// The ten characters at `p`. False when they are no date.
inline bool read_iso_date(char const* p, civil_date& out) noexcept {
    std::uint64_t bad = 0;
    std::uint64_t const first = read_pairs<pack_eight("0000-00-")>(load_eight(p), bad);
    std::uint64_t const last = read_pairs<pack_eight("00-00-00")>(load_eight(p + 2), bad);
    out = day_number(pair_at(first, 0), pair_at(first, 2), pair_at(first, 5), pair_at(last, 6), bad);
    return bad == 0;
}

// The eight characters HH:MM:SS at `p`. False when they are no time of day; a leap second is none.
inline bool read_iso_clock(char const* p, std::int64_t& microseconds) noexcept {
    std::uint64_t bad = 0;
    std::uint64_t const pairs = read_pairs<pack_eight("00:00:00")>(load_eight(p), bad);
    std::uint32_t const hour = pair_at(pairs, 0);
    std::uint32_t const minute = pair_at(pairs, 3);
    std::uint32_t const second = pair_at(pairs, 6);
    bad |= static_cast<std::uint64_t>(hour > 23) | static_cast<std::uint64_t>(minute > 59) |
           static_cast<std::uint64_t>(second > 59);
    microseconds = std::int64_t{hour * 3600 + minute * 60 + second} * microseconds_per_second;
    return bad == 0;
}

// The nineteen characters at `p`; the one between date and clock is left to the caller.
#if defined(__SSE4_1__)
// All fourteen digits at once: gathered, checked, joined in pairs; half the instructions of the portable form.
inline bool read_iso_date_time(char const* p, civil_time& out) noexcept {
    __m128i const tail = _mm_loadu_si128(reinterpret_cast<__m128i const*>(p + 3)); // 0-00-00?00:00:00
    std::int32_t year;
    std::memcpy(&year, p, 4);
    constexpr char none = -128;
    __m128i const gather = _mm_setr_epi8(none, none, none, none, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, none, none);
    __m128i const text = _mm_or_si128(_mm_shuffle_epi8(tail, gather), _mm_cvtsi32_si128(year)); // YYYYMMDDHHMMSS
    __m128i const zeros = _mm_setr_epi8('0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', '0', 0, 0);
    __m128i const digits = _mm_sub_epi8(text, zeros);
    __m128i const pairs = _mm_maddubs_epi16(digits, _mm_set1_epi16(0x010A)); // ten times the first and the second

    __m128i const no_digit = _mm_subs_epu8(digits, _mm_set1_epi8(9));
    __m128i const too_large = _mm_cmpgt_epi16(pairs, _mm_setr_epi16(99, 99, 12, 31, 23, 59, 59, 0));
    __m128i const marks = _mm_setr_epi8(0, '-', 0, 0, '-', 0, 0, 0, 0, 0, ':', 0, 0, ':', 0, 0);
    __m128i const where = _mm_setr_epi8(0, -1, 0, 0, -1, 0, 0, 0, 0, 0, -1, 0, 0, -1, 0, 0);
    __m128i const no_mark = _mm_and_si128(_mm_xor_si128(tail, marks), where);
    __m128i const wrong = _mm_or_si128(_mm_or_si128(no_digit, too_large), no_mark);
    auto bad = static_cast<std::uint64_t>(_mm_testz_si128(wrong, wrong) == 0);

    auto const date = static_cast<std::uint64_t>(_mm_cvtsi128_si64(pairs));
    out.date = day_number(pair_at(date, 0), pair_at(date, 2), pair_at(date, 4), pair_at(date, 6), bad);
    // hours and minutes in one lane, seconds in the next
    __m128i const clock = _mm_madd_epi16(pairs, _mm_setr_epi16(0, 0, 0, 0, 3600, 60, 1, 0));
    auto const parts = static_cast<std::uint64_t>(_mm_extract_epi64(clock, 1));
    out.time_of_day = static_cast<std::int64_t>((parts & 0xFFFF'FFFFU) + (parts >> 32)) * microseconds_per_second;
    return bad == 0;
}
#else
inline bool read_iso_date_time(char const* p, civil_time& out) noexcept {
    bool const date = read_iso_date(p, out.date);
    bool const clock = read_iso_clock(p + 11, out.time_of_day);
    return date && clock;
}
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
