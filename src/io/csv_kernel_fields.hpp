// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNEL_FIELDS_HPP
#define SEGMENTA_SRC_IO_CSV_KERNEL_FIELDS_HPP

// Included by the kernel files only, like csv_kernel_scan.hpp: one field of text to one value. Eight digits are read as
// one 64-bit word: the last character of a field is the word's highest byte, so a shorter number only needs its lower
// bytes cleared. Each returns whether it could; a field it declines is left to field_convert.hpp.

#include "io/csv_kernel_scan.hpp"
#include "io/csv_kernels.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::uint64_t every_byte(std::uint64_t value) noexcept { return value * 0x0101'0101'0101'0101ULL; }

constexpr std::int64_t powers_of_ten[19] = {1,
                                            10,
                                            100,
                                            1'000,
                                            10'000,
                                            100'000,
                                            1'000'000,
                                            10'000'000,
                                            100'000'000,
                                            1'000'000'000,
                                            10'000'000'000,
                                            100'000'000'000,
                                            1'000'000'000'000,
                                            10'000'000'000'000,
                                            100'000'000'000'000,
                                            1'000'000'000'000'000,
                                            10'000'000'000'000'000,
                                            100'000'000'000'000'000,
                                            1'000'000'000'000'000'000};

// Not zero unless every byte is 0 to 9.
inline std::uint64_t no_digits(std::uint64_t digits) noexcept {
    return ((digits + every_byte(0x76)) | digits) & every_byte(0x80);
}

// The number written by eight digits, each a byte 0 to 9.
inline std::uint64_t number_of(std::uint64_t digits) noexcept {
    digits = (digits * (1 + (10 << 8))) >> 8 & 0x00FF'00FF'00FF'00FFULL;
    digits = (digits * (1 + (100 << 16))) >> 16 & 0x0000'FFFF'0000'FFFFULL;
    return (digits * (1 + (10'000ULL << 32))) >> 32;
}

// All ones in the highest `count` bytes, 1 to 8 of them.
inline std::uint64_t high_bytes(std::uint32_t count) noexcept { return ~std::uint64_t{0} << (64 - 8 * count); }

struct field {
    char const* begin;
    std::uint32_t size; // wraps around for improper ranges, so that it is larger than any limit
};

struct field_cursor {
    char const* text;
    std::uint32_t const* bounds; // of the next field
    std::size_t stride;
    std::uint32_t start_bias;
    std::uint32_t end_bias;

    explicit field_cursor(field_list const& fields) noexcept
        : text(fields.text), bounds(fields.bounds), stride(fields.stride), start_bias(fields.start_bias),
          end_bias(fields.end_bias) {}
    [[nodiscard]] field peek() const noexcept {
        std::uint32_t const begin = bounds[0] + start_bias;
        std::uint32_t const end = bounds[1] - end_bias;
        return {text + begin, end - begin};
    }
    void skip() noexcept { bounds += stride; }
    field next() noexcept {
        field const out = peek();
        skip();
        return out;
    }
};

// Calls `convert(field, out) -> bool` for each field and collects the answers as bits.
template <class T, class Convert>
inline void for_each_field(field_list const& fields, T* out, std::uint64_t* ok, Convert convert) noexcept {
    field_cursor cursor(fields);
    std::size_t row = 0;
    for (; fields.rows - row >= 64; row += 64) {
        std::uint64_t bits = 0;
        for (unsigned i = 0; i < 64; ++i)
            bits = bits >> 1 | std::uint64_t{convert(cursor.next(), out[row + i])} << 63;
        ok[row / 64] = bits;
    }
    if (row == fields.rows) return;
    std::uint64_t bits = 0;
    for (unsigned i = 0; row + i < fields.rows; ++i)
        bits |= std::uint64_t{convert(cursor.next(), out[row + i])} << i;
    ok[row / 64] = bits;
}

// -?[0-9]{1,16}
inline bool read_digits(char const* begin, std::uint32_t size, std::uint64_t& out) noexcept {
    char const* const end = begin + size;
    if (size - 1 < 8) [[likely]] {
        std::uint64_t const digits = (load64(end - 8) ^ every_byte('0')) & high_bytes(size);
        out = number_of(digits);
        return no_digits(digits) == 0;
    }
    if (size - 1 >= 16) return false;
    std::uint64_t const low = load64(end - 8) ^ every_byte('0');
    std::uint64_t const high = (load64(end - 16) ^ every_byte('0')) & high_bytes(size - 8);
    out = number_of(high) * 100'000'000 + number_of(low);
    return (no_digits(low) | no_digits(high)) == 0;
}

inline std::int64_t with_sign(std::uint64_t magnitude, std::uint32_t negative) noexcept {
    auto const mask = -static_cast<std::uint64_t>(negative);
    return static_cast<std::int64_t>((magnitude ^ mask) - mask);
}

inline bool read_int64_field(field f, std::int64_t& value) noexcept {
    std::uint32_t const negative = *f.begin == '-' ? 1 : 0;
    std::uint64_t magnitude = 0;
    bool const good = read_digits(f.begin + negative, f.size - negative, magnitude);
    value = with_sign(magnitude, negative);
    return good;
}

// [0-9]*.[0-9]* with a point and 1 to 16 digits, of which `decimals` after the point; out: the number without its
// point.
inline bool read_pointed(char const* begin, std::uint32_t size, std::uint32_t decimals, std::uint64_t& out) noexcept {
    char const* const end = begin + size;
    std::uint64_t const word = load64(end - 8);
    std::uint64_t const after = decimals == 0 ? 0 : high_bytes(decimals); // decimals < 8
    if (size - 2 < 7) [[likely]] {
        // what stands before the point moves up by one byte, over it
        std::uint64_t const joined = (word & after) | (word << 8 & ~after);
        std::uint64_t const digits = (joined ^ every_byte('0')) & high_bytes(size - 1);
        out = number_of(digits);
        return no_digits(digits) == 0;
    }
    if (size - 2 >= 16) return false;
    std::uint64_t const before = load64(end - 9);
    std::uint64_t const low = ((word & after) | (before & ~after)) ^ every_byte('0');
    std::uint64_t const high = size == 9 ? 0 : (load64(end - 17) ^ every_byte('0')) & high_bytes(size - 9);
    out = number_of(high) * 100'000'000 + number_of(low);
    return (no_digits(low) | no_digits(high)) == 0;
}

// Digits after the point of a number whose last eight characters hold one, or -1. Two points are found later: the other
// one is no digit.
inline int decimals_of(char const* begin, std::uint32_t size) noexcept {
    std::uint64_t const differs = load64(begin + size - 8) ^ every_byte('.');
    std::uint64_t points = ~(((differs & every_byte(0x7F)) + every_byte(0x7F)) | differs | every_byte(0x7F));
    if (size < 8) points &= high_bytes(size);
    return points == 0 ? -1 : __builtin_clzll(points) / 8;
}

// `scale` is 1 to 7.
inline bool read_decimal_field(field f, unsigned scale, std::int64_t& value) noexcept {
    std::uint32_t const negative = *f.begin == '-' ? 1 : 0;
    char const* const begin = f.begin + negative;
    std::uint32_t const size = f.size - negative;
    auto const point = static_cast<std::ptrdiff_t>(scale) + 1;
    std::uint64_t magnitude = 0;
    bool good = false;
    if (size - 2 < 16 && begin[size - point] == '.' && size > scale) [[likely]] {
        good = read_pointed(begin, size, scale, magnitude);
    } else if (size - 1 < 9) {
        int const decimals = decimals_of(begin, size);
        unsigned const shift = scale - static_cast<unsigned>(decimals < 0 ? 0 : decimals);
        good = shift <= scale &&
               (decimals < 0 ? read_digits(begin, size, magnitude)
                             : size > 1 && read_pointed(begin, size, static_cast<std::uint32_t>(decimals), magnitude));
        magnitude *= static_cast<std::uint64_t>(powers_of_ten[shift <= 18 ? shift : 0]);
    }
    value = with_sign(magnitude, negative);
    return good;
}

// Other scales are rare: only whole numbers are read here.
inline void convert_rare_decimal(field_list const& fields, unsigned scale, std::int64_t* out,
                                 std::uint64_t* ok) noexcept {
    auto const factor = static_cast<std::uint64_t>(powers_of_ten[scale]);
    for_each_field(fields, out, ok, [factor](field f, std::int64_t& value) noexcept -> bool {
        std::uint32_t const negative = *f.begin == '-' ? 1 : 0;
        std::uint64_t magnitude = 0;
        bool const good = read_digits(f.begin + negative, f.size - negative, magnitude);
        bool const fits = magnitude <= 9'000'000'000'000'000'000ULL / factor;
        value = with_sign(fits ? magnitude * factor : 0, negative);
        return good && fits;
    });
}

// Exact: the digits make a whole number below 2^53 and the power of ten is exact too, so one division rounds correctly
// (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990).
inline bool read_float64_field(field f, double& value) noexcept {
    std::uint32_t const negative = *f.begin == '-' ? 1 : 0;
    char const* const begin = f.begin + negative;
    std::uint32_t const size = f.size - negative;
    std::uint64_t magnitude = 0;
    bool good = false;
    int decimals = -1;
    if (size - 1 < 15) [[likely]] {
        decimals = decimals_of(begin, size);
        if (decimals < 0)
            good = read_digits(begin, size, magnitude);
        else
            good = size > 1 && read_pointed(begin, size, static_cast<std::uint32_t>(decimals), magnitude);
    }
    double const read = static_cast<double>(static_cast<std::int64_t>(magnitude)) /
                        static_cast<double>(powers_of_ten[decimals < 0 ? 0 : decimals]);
    value = negative != 0 ? -read : read;
    return good;
}

// --- dates ----------------------------------------------------------------------------------------------------------

// Years 1900 to 2155: (days from 1970-01-01 to January 1st) * 2 + leap.
struct year_table {
    std::int32_t of[256];
};
constexpr year_table years = [] {
    year_table all{};
    std::int32_t day = -25567; // 1900-01-01
    for (int i = 0; i < 256; ++i) {
        int const year = 1900 + i;
        bool const leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        all.of[i] = day * 2 + (leap ? 1 : 0);
        day += leap ? 366 : 365;
    }
    return all;
}();

// By leap * 16 + month: (days of the year before the month) * 32 + days of the month; 0 where there is no such month.
struct month_table {
    std::uint16_t of[32];
};
constexpr month_table months = [] {
    month_table all{};
    constexpr int lengths[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    for (int leap = 0; leap < 2; ++leap) {
        int before = 0;
        for (int month = 1; month <= 12; ++month) {
            int const length = lengths[month - 1] + (month == 2 ? leap : 0);
            all.of[leap * 16 + month] = static_cast<std::uint16_t>(before * 32 + length);
            before += length;
        }
    }
    return all;
}();

// Days since 1970-01-01, if the date exists and its year is in the table. month may be 0 to 15 here.
inline bool day_number(std::uint32_t year, std::uint32_t month, std::uint32_t day, std::int32_t& out) noexcept {
    std::uint32_t const index = year - 1900;
    std::int32_t const of_year = years.of[index & 255];
    std::uint32_t const of_month = months.of[(static_cast<std::uint32_t>(of_year) & 1) * 16 + (month & 15)];
    out = (of_year >> 1) + static_cast<std::int32_t>(of_month >> 5) + static_cast<std::int32_t>(day) - 1;
    return ((index < 256) & (month < 16) & (day - 1 < (of_month & 31))) != 0;
}

// "YYYY": four digits of a word's low half.
inline std::uint32_t four_digits(std::uint32_t digits) noexcept {
    digits = (digits * 10 + (digits >> 8)) & 0x00FF'00FF;
    return (digits * 100 + (digits >> 16)) & 0xFFFF;
}

inline bool read_date_field(field f, std::int32_t& value) noexcept {
    if (f.size != 10) return false;
    std::uint64_t const front = load64(f.begin) ^ 0x2D30'302D'3030'3030ULL;         // "0000-00-"
    std::uint32_t const back = (load32(f.begin + 6) ^ 0x3030'0000U) & 0xFFFF'0000U; // "..DD"
    auto const year = static_cast<std::uint32_t>(front);
    auto const month = static_cast<std::uint32_t>(front >> 40) & 0xFFFF;
    // the dashes have become 0, which passes as a digit; other characters there have not
    std::uint64_t const wrong = no_digits(front) | no_digits(back) | (front & 0xFF00'00FF'0000'0000ULL);
    std::uint32_t const day_digits = back >> 16;
    std::int32_t day = 0;
    bool const exists = day_number(four_digits(year), (month & 0xFF) * 10 + (month >> 8),
                                   (day_digits & 0xFF) * 10 + (day_digits >> 8), day);
    value = day;
    return ((wrong == 0) & exists) != 0;
}

inline std::uint32_t two_digits(std::uint64_t digits) noexcept {
    return static_cast<std::uint32_t>((digits & 0xFF) * 10 + (digits >> 8 & 0xFF));
}

// YYYY-MM-DD, `separator`, HH:MM:SS
inline bool read_instant_field(field f, char separator, std::int64_t offset, std::int64_t& value) noexcept {
    if (f.size != 19 || f.begin[10] != separator) return false;
    std::uint64_t const date = load64(f.begin) ^ 0x2D30'302D'3030'3030ULL;       // "0000-00-"
    std::uint32_t const day_word = load32(f.begin + 8) ^ 0x3030U;                // "00T."
    std::uint64_t const clock = load64(f.begin + 11) ^ 0x3030'3A30'303A'3030ULL; // "00:00:00"
    std::uint64_t const wrong = no_digits(date) | no_digits(day_word & 0xFFFF) | no_digits(clock) |
                                (date & 0xFF00'00FF'0000'0000ULL) | (clock & 0x0000'FF00'00FF'0000ULL);
    std::uint32_t const hour = two_digits(clock);
    std::uint32_t const minute = two_digits(clock >> 24);
    std::uint32_t const second = two_digits(clock >> 48);
    std::int32_t day = 0;
    bool const exists =
        day_number(four_digits(static_cast<std::uint32_t>(date)), two_digits(date >> 40), two_digits(day_word), day);
    std::uint32_t const of_day = hour * 3600 + minute * 60 + second;
    value = (day * std::int64_t{86'400} + of_day) * 1'000'000 - offset;
    return ((wrong == 0) & exists & (hour < 24) & (minute < 60) & (second < 60)) != 0;
}

// --- categories -----------------------------------------------------------------------------------------------------

// Which bytes of two words belong to a string of 0 to 16 bytes.
struct size_masks {
    std::uint64_t low[17];
    std::uint64_t high[17];
};
constexpr size_masks masks_by_size = [] {
    size_masks all{};
    for (unsigned size = 0; size <= 16; ++size) {
        all.low[size] = size >= 8 ? ~std::uint64_t{0} : (std::uint64_t{1} << 8 * size) - 1;
        all.high[size] = size == 16 ? ~std::uint64_t{0} : size <= 8 ? 0 : (std::uint64_t{1} << (8 * size - 64)) - 1;
    }
    return all;
}();

inline bool read_category_field(field f, short_strings const& known, std::uint32_t& code) noexcept {
    if (f.size - 1 >= longest_short_string) return false;
    std::uint64_t const low = load64(f.begin) & masks_by_size.low[f.size];
    std::uint64_t const high = load64(f.begin + 8) & masks_by_size.high[f.size];
    for (std::uint32_t at = short_string_home(low, high, known.seed, known.mask);; at = (at + 1) & known.mask) {
        short_string_slot const& slot = known.slots[at];
        // in one test: lengths and words vary, and a wrong guess costs more than all of it
        if (((slot.low ^ low) | (slot.high ^ high) | (slot.size ^ f.size)) == 0) [[likely]] {
            code = slot.code;
            return true;
        }
        if (slot.size == 0) return false;
    }
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
