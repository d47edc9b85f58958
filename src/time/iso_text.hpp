// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TIME_ISO_TEXT_HPP
#define SEGMENTA_TIME_ISO_TEXT_HPP

// Reading `YYYY-MM-DD` and `YYYY-MM-DD?HH:MM:SS` eight bytes at a time. Private and inline, for loops over columns of text.

#include <segmenta/time/instant.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

// `Shape` has '0' where the text must have a digit, and else the character it must have. The answer has in byte i the number of the
// two digits at i and i + 1 (of use only where both are digits). `bad` becomes non-zero when the text has another shape.
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

// The ten characters at `p`. False when they are no date.
inline bool read_iso_date(char const* p, civil_date& out) noexcept {
    std::uint64_t bad = 0;
    std::uint64_t const first = read_pairs<pack_eight("0000-00-")>(load_eight(p), bad);
    std::uint64_t const last = read_pairs<pack_eight("00-00-00")>(load_eight(p + 2), bad);
    year_month_day const date{static_cast<std::int32_t>(pair_at(first, 0) * 100 + pair_at(first, 2)),
                              static_cast<std::uint8_t>(pair_at(first, 5)), static_cast<std::uint8_t>(pair_at(last, 6))};
    if (bad != 0 || !is_valid(date)) return false;
    out = civil_date{date};
    return true;
}

// The eight characters HH:MM:SS at `p`. False when they are no time of day; a leap second is none.
inline bool read_iso_clock(char const* p, std::int64_t& microseconds) noexcept {
    std::uint64_t bad = 0;
    std::uint64_t const pairs = read_pairs<pack_eight("00:00:00")>(load_eight(p), bad);
    std::uint32_t const hour = pair_at(pairs, 0);
    std::uint32_t const minute = pair_at(pairs, 3);
    std::uint32_t const second = pair_at(pairs, 6);
    if (bad != 0 || hour > 23 || minute > 59 || second > 59) return false;
    microseconds = std::int64_t{hour * 3600 + minute * 60 + second} * microseconds_per_second;
    return true;
}

// The nineteen characters at `p`; the separator is left to the caller.
inline bool read_iso_date_time(char const* p, civil_time& out) noexcept {
    return read_iso_date(p, out.date) && read_iso_clock(p + 11, out.time_of_day);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
