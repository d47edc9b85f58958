// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNEL_WIDE_HPP
#define SEGMENTA_SRC_IO_CSV_KERNEL_WIDE_HPP

// Included by csv_kernel_convert.hpp, for AVX2 and above: the conversions of csv_kernel_fields.hpp, four fields at a
// time, one in each 64-bit lane (times: eight, two to a register). A field whose lane fails is read once more by the
// plain conversion where that can read more.

#include "io/csv_kernel_fields.hpp"

#if defined(__AVX2__)

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct four_fields {
    char const* end[4];
    __m256i size; // 64 bits each; improper ranges are larger than any limit
    __m256i last; // the last eight characters
};

inline __m256i four_words(char const* a, char const* b, char const* c, char const* d) noexcept {
    __m128i const ab = _mm_set_epi64x(static_cast<std::int64_t>(load64(b)), static_cast<std::int64_t>(load64(a)));
    __m128i const cd = _mm_set_epi64x(static_cast<std::int64_t>(load64(d)), static_cast<std::int64_t>(load64(c)));
    return _mm256_inserti128_si256(_mm256_castsi128_si256(ab), cd, 1);
}

inline char const* bytes_of(std::uint32_t const* at) noexcept { return reinterpret_cast<char const*>(at); }

// Sizes of fields from their bounds, which wrap around at 32 bits: the place before the text is one.
inline __m256i four_sizes(field_cursor const& cursor, __m256i bounds) noexcept {
    __m256i const biases = _mm256_set1_epi32(static_cast<int>(cursor.start_bias + cursor.end_bias));
    __m256i const sizes = _mm256_sub_epi32(_mm256_sub_epi32(_mm256_srli_epi64(bounds, 32), bounds), biases);
    return _mm256_and_si256(sizes, _mm256_set1_epi64x(0xFFFF'FFFF));
}

// One bit per lane that is all ones.
inline unsigned lane_bits(__m256i lanes) noexcept {
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(lanes)));
}

inline four_fields next_four(field_cursor& cursor) noexcept {
    std::uint32_t const* const a = cursor.bounds;
    std::uint32_t const* const b = a + cursor.stride;
    std::uint32_t const* const c = b + cursor.stride;
    std::uint32_t const* const d = c + cursor.stride;
    cursor.bounds = d + cursor.stride;
    char const* const text = cursor.text - cursor.end_bias;
    four_fields out;
    out.size = four_sizes(cursor, four_words(bytes_of(a), bytes_of(b), bytes_of(c), bytes_of(d)));
    out.end[0] = text + a[1];
    out.end[1] = text + b[1];
    out.end[2] = text + c[1];
    out.end[3] = text + d[1];
    out.last = four_words(out.end[0] - 8, out.end[1] - 8, out.end[2] - 8, out.end[3] - 8);
    return out;
}

inline void next_begins(field_cursor& cursor, char const* (&begin)[4], __m256i& size) noexcept {
    std::uint32_t const* const a = cursor.bounds;
    std::uint32_t const* const b = a + cursor.stride;
    std::uint32_t const* const c = b + cursor.stride;
    std::uint32_t const* const d = c + cursor.stride;
    cursor.bounds = d + cursor.stride;
    size = four_sizes(cursor, four_words(bytes_of(a), bytes_of(b), bytes_of(c), bytes_of(d)));
    begin[0] = cursor.text + (a[0] + cursor.start_bias);
    begin[1] = cursor.text + (b[0] + cursor.start_bias);
    begin[2] = cursor.text + (c[0] + cursor.start_bias);
    begin[3] = cursor.text + (d[0] + cursor.start_bias);
}

// One bit per field that is not empty.
inline unsigned present_bits(__m256i size) noexcept {
    return lane_bits(_mm256_cmpgt_epi64(size, _mm256_setzero_si256()));
}

// All ones in the highest `size` bytes of each lane, of which there are 1 to 8; otherwise 0.
inline __m256i high_bytes(__m256i size) noexcept {
    return _mm256_sllv_epi64(_mm256_set1_epi64x(-1),
                             _mm256_sub_epi64(_mm256_set1_epi64x(64), _mm256_slli_epi64(size, 3)));
}

inline __m256i every_byte_of(char c) noexcept { return _mm256_set1_epi8(c); }

inline __m256i is_zero(__m256i lanes) noexcept { return _mm256_cmpeq_epi64(lanes, _mm256_setzero_si256()); }

// The numbers written by eight digits.
inline __m256i numbers_of(__m256i digits) noexcept {
    __m256i const pairs = _mm256_maddubs_epi16(digits, _mm256_set1_epi16(1 << 8 | 10));
    __m256i const fours = _mm256_madd_epi16(pairs, _mm256_set1_epi32(1 << 16 | 100));
    return _mm256_add_epi64(_mm256_mul_epu32(fours, _mm256_set1_epi64x(10'000)), _mm256_srli_epi64(fours, 32));
}

inline __m256i with_signs(__m256i magnitudes, __m256i negative) noexcept {
    return _mm256_sub_epi64(_mm256_xor_si256(magnitudes, negative), negative);
}

// Digits of a number whose characters are the bytes of `kept`, a mask of high bytes in each lane.
struct four_numbers {
    __m256i digits;
    __m256i kept;     // without the sign
    __m256i negative; // lanes
    __m256i good;     // lanes: there is a digit, and nothing else
};

inline four_numbers read_four(__m256i characters, __m256i kept) noexcept {
    four_numbers out;
    __m256i const values = _mm256_and_si256(_mm256_xor_si256(characters, every_byte_of('0')), kept);
    __m256i const shorter = _mm256_slli_epi64(kept, 8);
    __m256i const first = _mm256_xor_si256(kept, shorter);
    __m256i const minus = _mm256_and_si256(first, every_byte_of('-' ^ '0'));
    out.negative = _mm256_cmpeq_epi64(_mm256_and_si256(values, first), minus);
    out.digits = _mm256_andnot_si256(_mm256_and_si256(out.negative, first), values);
    out.kept = _mm256_blendv_epi8(kept, shorter, out.negative);
    __m256i const wrong = _mm256_subs_epu8(out.digits, every_byte_of(9));
    out.good = _mm256_andnot_si256(is_zero(out.kept), is_zero(wrong));
    return out;
}

// Calls `many(cursor, row) -> bits` for each `Count` rows and `one(field, row) -> bool` for those that are left.
template <unsigned Count, class Many, class One>
inline void for_each_group(field_list const& fields, std::uint64_t* ok, Many many, One one) noexcept {
    field_cursor cursor(fields);
    for (std::size_t row = 0; row < fields.rows; row += 64) {
        unsigned const count = fields.rows - row < 64 ? static_cast<unsigned>(fields.rows - row) : 64;
        std::uint64_t bits = 0;
        unsigned i = 0;
        for (; i + Count <= count; i += Count)
            bits |= std::uint64_t{many(cursor, row + i)} << i;
        for (; i < count; ++i)
            bits |= std::uint64_t{one(cursor.next(), row + i)} << i;
        ok[row / 64] = bits;
    }
}

// Reads with `one(field, row) -> bool` those of four fields whose bit is set in `which`.
template <class One>
inline unsigned read_some(field_cursor cursor, std::size_t row, unsigned which, One one) noexcept {
    unsigned good = 0;
    for (unsigned i = 0; i < 4; ++i, cursor.skip())
        if ((which >> i & 1) != 0) good |= unsigned{one(cursor.peek(), row + i)} << i;
    return good;
}

inline void store_four(std::int64_t* out, __m256i values) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), values);
}

// --- whole numbers
// ----------------------------------------------------------------------------------------------------

// Numbers of up to 16 characters.
inline unsigned read_long_four(four_fields const& f, std::int64_t* out) noexcept {
    __m256i const eights = _mm256_slli_epi64(f.size, 3);
    __m256i const proper =
        is_zero(_mm256_andnot_si256(_mm256_set1_epi64x(15), _mm256_sub_epi64(f.size, _mm256_set1_epi64x(1))));
    __m256i const ones = _mm256_set1_epi64x(-1);
    __m256i const low = _mm256_sllv_epi64(ones, _mm256_subs_epu16(_mm256_set1_epi64x(64), eights));
    __m256i const high = _mm256_sllv_epi64(ones, _mm256_sub_epi64(_mm256_set1_epi64x(128), eights));
    __m256i const before = four_words(f.end[0] - 16, f.end[1] - 16, f.end[2] - 16, f.end[3] - 16);
    __m256i const is_short = is_zero(high);
    // the sign stands in one of the two words; the other one has none, and may have no digit
    four_numbers const front = read_four(before, high);
    four_numbers const back = read_four(f.last, low);
    __m256i const back_values = _mm256_and_si256(_mm256_xor_si256(f.last, every_byte_of('0')), low);
    __m256i const back_wrong = _mm256_subs_epu8(back_values, every_byte_of(9));
    // nine characters may be a sign and eight digits: then the front has no digit and that is right
    __m256i const front_wrong = _mm256_subs_epu8(front.digits, every_byte_of(9));
    __m256i const long_good = _mm256_and_si256(is_zero(front_wrong), is_zero(back_wrong));
    __m256i const good = _mm256_and_si256(_mm256_blendv_epi8(long_good, back.good, is_short), proper);
    __m256i const negative = _mm256_blendv_epi8(front.negative, back.negative, is_short);
    __m256i const digits = _mm256_blendv_epi8(back_values, back.digits, is_short);
    __m256i const fronts = _mm256_mul_epu32(numbers_of(front.digits), _mm256_set1_epi64x(100'000'000));
    store_four(out, with_signs(_mm256_add_epi64(fronts, numbers_of(digits)), negative));
    return lane_bits(good);
}

void convert_int64(field_list const& fields, std::int64_t* out, std::uint64_t* ok) {
    bool long_ones = false; // seen before in this column: ids are most often alike
    for_each_group<4>(
        fields, ok,
        [&](field_cursor& cursor, std::size_t row) noexcept -> unsigned {
            four_fields const f = next_four(cursor);
            if (long_ones) return read_long_four(f, out + row);
            four_numbers const read = read_four(f.last, high_bytes(f.size));
            store_four(out + row, with_signs(numbers_of(read.digits), read.negative));
            unsigned const good = lane_bits(read.good);
            if (lane_bits(_mm256_cmpgt_epi64(f.size, _mm256_set1_epi64x(8))) == 0) [[likely]]
                return good;
            long_ones = true;
            return read_long_four(f, out + row);
        },
        [&](field f, std::size_t row) noexcept -> bool { return read_int64_field(f, out[row]); });
}

// --- numbers with a point
// ---------------------------------------------------------------------------------------------

struct four_pointed {
    four_numbers number; // without the point
    __m256i decimals;    // digits after it
};

// Numbers of up to eight characters.
inline four_pointed read_four_pointed(four_fields const& f) noexcept {
    __m256i const ones = every_byte_of(1);
    __m256i const kept = high_bytes(f.size);
    __m256i const points = _mm256_and_si256(_mm256_cmpeq_epi8(f.last, every_byte_of('.')), kept);
    // All bits above the (first) point. A second one stays among the digits and is none.
    __m256i const above = _mm256_slli_epi64(_mm256_and_si256(points, ones), 8);
    __m256i const after = _mm256_sub_epi64(_mm256_setzero_si256(), above);
    __m256i const no_point = is_zero(points);
    // what stands before the point moves up by one byte, over it
    __m256i const moved = _mm256_slli_epi64(f.last, 8);
    __m256i const joined = _mm256_blendv_epi8(moved, f.last, _mm256_or_si256(after, no_point));
    four_pointed out;
    out.number = read_four(joined, _mm256_blendv_epi8(_mm256_slli_epi64(kept, 8), kept, no_point));
    out.decimals = _mm256_sad_epu8(_mm256_and_si256(after, ones), _mm256_setzero_si256());
    return out;
}

void convert_decimal(field_list const& fields, unsigned scale, std::int64_t* out, std::uint64_t* ok) {
    if (scale > 7) {
        convert_rare_decimal(fields, scale, out, ok);
        return;
    }
    auto const one = [=](field f, std::size_t row) noexcept -> bool {
        return scale == 0 ? false : read_decimal_field(f, scale, out[row]);
    };
    __m256i const scales = _mm256_set1_epi64x(scale);
    int many_failed = 0; // a column of longer numbers is read one by one
    for_each_group<4>(
        fields, ok,
        [&](field_cursor& cursor, std::size_t row) noexcept -> unsigned {
            field_cursor const again = cursor;
            if (many_failed > 16) {
                for (unsigned i = 0; i < 4; ++i)
                    cursor.skip();
                return read_some(again, row, 15, one);
            }
            four_fields const f = next_four(cursor);
            four_pointed const read = read_four_pointed(f);
            // As many zeros after the digits as the scale is longer: too many decimals shift everything out.
            __m256i const shift = _mm256_slli_epi64(_mm256_sub_epi64(scales, read.decimals), 3);
            __m256i const digits = _mm256_srlv_epi64(read.number.digits, shift);
            __m256i const whole = _mm256_srlv_epi64(read.number.kept, shift);
            __m256i const fits = _mm256_cmpeq_epi64(_mm256_sllv_epi64(whole, shift), read.number.kept);
            store_four(out + row, with_signs(numbers_of(digits), read.number.negative));
            unsigned const good = lane_bits(_mm256_and_si256(read.number.good, fits));
            unsigned const left = present_bits(f.size) & ~good;
            if (left == 0) [[likely]]
                return good;
            many_failed += static_cast<int>(count_bits(left));
            return good | read_some(again, row, left, one);
        },
        one);
}

void convert_float64(field_list const& fields, double* out, std::uint64_t* ok) {
    alignas(32) static constexpr double powers[8] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7};
    auto const one = [=](field f, std::size_t row) noexcept { return read_float64_field(f, out[row]); };
    int many_failed = 0;
    for_each_group<4>(
        fields, ok,
        [&](field_cursor& cursor, std::size_t row) noexcept -> unsigned {
            field_cursor const again = cursor;
            if (many_failed > 16) {
                for (unsigned i = 0; i < 4; ++i)
                    cursor.skip();
                return read_some(again, row, 15, one);
            }
            four_fields const f = next_four(cursor);
            four_pointed const read = read_four_pointed(f);
            // whole numbers below 2^31, one to a lane
            __m256i const halves =
                _mm256_permutevar8x32_epi32(numbers_of(read.number.digits), _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
            __m256d const whole = _mm256_cvtepi32_pd(_mm256_castsi256_si128(halves));
            __m256i const index = _mm256_and_si256(read.decimals, _mm256_set1_epi64x(7));
            __m256d const power = _mm256_i64gather_pd(powers, index, 8);
            __m256i const signs = _mm256_slli_epi64(read.number.negative, 63);
            _mm256_storeu_pd(out + row, _mm256_or_pd(_mm256_div_pd(whole, power), _mm256_castsi256_pd(signs)));
            unsigned const good = lane_bits(read.number.good);
            unsigned const left = present_bits(f.size) & ~good;
            if (left == 0) [[likely]]
                return good;
            many_failed += static_cast<int>(count_bits(left));
            return good | read_some(again, row, left, one);
        },
        one);
}

// --- times
// ------------------------------------------------------------------------------------------------------------

// Days since 1970-01-01 of dates that exist, in years 1900 to 2155. After C. Neri, L. Schneider, "Euclidean affine
// functions and their application to calendar algorithms", Software: Practice and Experience 53, 2023: years begin in
// March.
inline __m256i day_numbers(__m256i year, __m256i month, __m256i day, __m256i& exists) noexcept {
    __m256i const lengths = _mm256_setr_epi8(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0, //
                                             0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0, 0, 0);
    auto const number = [](int value) noexcept { return _mm256_set1_epi32(value); };
    // (year / 100 of years below 43698)
    __m256i const early = _mm256_cmpgt_epi32(number(3), month);
    __m256i const y = _mm256_add_epi32(year, early);
    __m256i const m = _mm256_add_epi32(month, _mm256_and_si256(early, number(12)));
    __m256i const century = _mm256_srli_epi32(_mm256_mulhi_epu16(y, number(5243)), 3);
    __m256i const leaps =
        _mm256_add_epi32(_mm256_sub_epi32(_mm256_srli_epi32(y, 2), century), _mm256_srli_epi32(century, 2));
    __m256i const of_years = _mm256_add_epi32(_mm256_madd_epi16(y, number(365)), leaps);
    __m256i const of_months = _mm256_srli_epi32(_mm256_sub_epi32(_mm256_madd_epi16(m, number(979)), number(2919)), 5);
    // a leap year: divisible by 16, or by 4 and not by 100
    __m256i const own_century = _mm256_srli_epi32(_mm256_mulhi_epu16(year, number(5243)), 3);
    __m256i const full = _mm256_cmpeq_epi32(_mm256_madd_epi16(own_century, number(100)), year);
    __m256i const low = _mm256_and_si256(year, _mm256_blendv_epi8(number(3), number(15), full));
    __m256i const leap = _mm256_cmpeq_epi32(low, _mm256_setzero_si256());
    __m256i const february = _mm256_cmpeq_epi32(month, number(2));
    // months are 0 to 39 here; a table of 16 reads 16 and more as others
    __m256i const bytes = _mm256_or_si256(month, _mm256_cmpgt_epi32(month, number(12)));
    __m256i const length = _mm256_sub_epi32(_mm256_and_si256(_mm256_shuffle_epi8(lengths, bytes), number(0xFF)),
                                            _mm256_and_si256(leap, february));
    __m256i const wrong_day = _mm256_or_si256(_mm256_cmpgt_epi32(number(1), day), _mm256_cmpgt_epi32(day, length));
    __m256i const wrong_year =
        _mm256_or_si256(_mm256_cmpgt_epi32(number(1900), year), _mm256_cmpgt_epi32(year, number(2155)));
    exists = _mm256_andnot_si256(_mm256_or_si256(wrong_day, wrong_year), number(-1));
    return _mm256_add_epi32(_mm256_add_epi32(of_years, of_months), _mm256_sub_epi32(day, number(719'469)));
}

// "Y-MM-DDTHH:MM:SS" of two fields: what their characters are above those of a zero time.
struct two_times {
    __m256i numbers; // of each: month, day, seconds of the hour and ten minutes, the rest
    __m256i wrong;   // not zero: no time
};

inline two_times read_two(char const* a, char const* b, __m256i zero, __m256i limit) noexcept {
    __m256i const weights = _mm256_setr_epi8(0, 0, 10, 1, 0, 10, 1, 0, 10, 1, 0, 10, 1, 0, 10, 1, //
                                             0, 0, 10, 1, 0, 10, 1, 0, 10, 1, 0, 10, 1, 0, 10, 1);
    __m256i const units = _mm256_setr_epi16(0, 1, 1, 1, 3600, 60, 60, 1, 0, 1, 1, 1, 3600, 60, 60, 1);
    __m256i const most = _mm256_setr_epi16(9, 12, 30, 9, 23, 50, 9, 59, 9, 12, 30, 9, 23, 50, 9, 59);
    __m128i const first = _mm_loadu_si128(reinterpret_cast<__m128i const*>(a));
    __m128i const second = _mm_loadu_si128(reinterpret_cast<__m128i const*>(b));
    __m256i const text = _mm256_inserti128_si256(_mm256_castsi128_si256(first), second, 1);
    __m256i const digits = _mm256_sub_epi8(text, zero);
    __m256i const pairs = _mm256_maddubs_epi16(digits, weights);
    two_times out;
    out.numbers = _mm256_madd_epi16(pairs, units);
    out.wrong = _mm256_or_si256(_mm256_subs_epu8(digits, limit), _mm256_subs_epu16(pairs, most));
    return out;
}

inline __m256i even_words(__m256i a, __m256i b) noexcept {
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88));
}
inline __m256i odd_words(__m256i a, __m256i b) noexcept {
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0xDD));
}

inline __m128i four_years(char const* a, char const* b, char const* c, char const* d) noexcept {
    return _mm_setr_epi32(static_cast<int>(load32(a)), static_cast<int>(load32(b)), static_cast<int>(load32(c)),
                          static_cast<int>(load32(d)));
}

inline void store_instants(std::int64_t* out, __m128i days, __m128i seconds, std::int64_t offset) noexcept {
    // days * 86400 + seconds does not fit in 32 bits; below 2^52 micros are exact in 64
    __m256i const wide_days = _mm256_cvtepi32_epi64(days);
    __m256i const all =
        _mm256_add_epi64(_mm256_mul_epi32(wide_days, _mm256_set1_epi64x(86'400)), _mm256_cvtepi32_epi64(seconds));
    // times a million: the low half unsigned, the high half signed
    __m256i const million = _mm256_set1_epi64x(1'000'000);
    __m256i const low = _mm256_mul_epu32(all, million);
    __m256i const high = _mm256_mul_epi32(_mm256_srli_epi64(all, 32), million);
    __m256i const micros = _mm256_add_epi64(low, _mm256_slli_epi64(high, 32));
    store_four(out, _mm256_sub_epi64(micros, _mm256_set1_epi64x(offset)));
}

void convert_instant(field_list const& fields, char separator, std::int64_t offset, std::int64_t* out,
                     std::uint64_t* ok) {
    __m128i const zero_text =
        _mm_setr_epi8('0', '-', '0', '0', '-', '0', '0', separator, '0', '0', ':', '0', '0', ':', '0', '0');
    __m256i const zero = _mm256_broadcastsi128_si256(zero_text);
    __m256i const limit = _mm256_broadcastsi128_si256(_mm_setr_epi8(9, 0, 3, 9, 0, 3, 9, 0, 2, 9, 0, 5, 9, 0, 5, 9));
    for_each_group<8>(
        fields, ok,
        [=](field_cursor& cursor, std::size_t row) noexcept -> unsigned {
            char const* at[8];
            alignas(32) std::uint32_t sizes[8];
            for (unsigned i = 0; i < 8; ++i) {
                field const f = cursor.next();
                at[i] = f.begin;
                sizes[i] = f.size;
            }
            two_times const t04 = read_two(at[0] + 3, at[4] + 3, zero, limit);
            two_times const t15 = read_two(at[1] + 3, at[5] + 3, zero, limit);
            two_times const t26 = read_two(at[2] + 3, at[6] + 3, zero, limit);
            two_times const t37 = read_two(at[3] + 3, at[7] + 3, zero, limit);
            __m256i const dates01 = _mm256_unpacklo_epi64(t04.numbers, t15.numbers);
            __m256i const dates23 = _mm256_unpacklo_epi64(t26.numbers, t37.numbers);
            __m256i const clocks01 = _mm256_unpackhi_epi64(t04.numbers, t15.numbers);
            __m256i const clocks23 = _mm256_unpackhi_epi64(t26.numbers, t37.numbers);
            __m256i const month = even_words(dates01, dates23);
            __m256i const day = odd_words(dates01, dates23);
            __m256i const seconds = _mm256_add_epi32(even_words(clocks01, clocks23), odd_words(clocks01, clocks23));
            // wrong bytes of each field: together in the high half of a lane's words, and so on
            __m256i const wrong01 = _mm256_or_si256(_mm256_unpacklo_epi64(t04.wrong, t15.wrong),
                                                    _mm256_unpackhi_epi64(t04.wrong, t15.wrong));
            __m256i const wrong23 = _mm256_or_si256(_mm256_unpacklo_epi64(t26.wrong, t37.wrong),
                                                    _mm256_unpackhi_epi64(t26.wrong, t37.wrong));
            __m256i wrong = _mm256_or_si256(even_words(wrong01, wrong23), odd_words(wrong01, wrong23));
            __m256i const year_digits =
                _mm256_xor_si256(_mm256_inserti128_si256(_mm256_castsi128_si256(four_years(at[0], at[1], at[2], at[3])),
                                                         four_years(at[4], at[5], at[6], at[7]), 1),
                                 every_byte_of('0'));
            wrong = _mm256_or_si256(wrong, _mm256_subs_epu8(year_digits, every_byte_of(9)));
            __m256i const year = _mm256_madd_epi16(_mm256_maddubs_epi16(year_digits, _mm256_set1_epi16(1 << 8 | 10)),
                                                   _mm256_set1_epi32(1 << 16 | 100));
            __m256i exists;
            __m256i const days = day_numbers(year, month, day, exists);
            __m256i const length = _mm256_load_si256(reinterpret_cast<__m256i const*>(sizes));
            wrong = _mm256_or_si256(wrong, _mm256_xor_si256(length, _mm256_set1_epi32(19)));
            __m256i const good = _mm256_and_si256(exists, _mm256_cmpeq_epi32(wrong, _mm256_setzero_si256()));
            store_instants(out + row, _mm256_castsi256_si128(days), _mm256_castsi256_si128(seconds), offset);
            store_instants(out + row + 4, _mm256_extracti128_si256(days, 1), _mm256_extracti128_si256(seconds, 1),
                           offset);
            return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(good)));
        },
        [=](field f, std::size_t row) noexcept -> bool { return read_instant_field(f, separator, offset, out[row]); });
}

// --- categories -----------------------------------------------------------------------------------------------------

inline char const* bytes_of(short_string_slot const& slot) noexcept { return reinterpret_cast<char const*>(&slot); }

void convert_category(field_list const& fields, short_strings const& known, std::uint32_t* out, std::uint64_t* ok) {
    auto const one = [=](field f, std::size_t row) noexcept -> bool { return read_category_field(f, known, out[row]); };
    __m256i const ones = _mm256_set1_epi64x(-1);
    __m256i const low_half = _mm256_set1_epi64x(0xFFFF'FFFF);
    __m256i const seed = _mm256_set1_epi64x(static_cast<std::int64_t>(known.seed));
    __m256i const high_seed = _mm256_srli_epi64(seed, 32);
    __m256i const mask = _mm256_set1_epi64x(known.mask);
    for_each_group<4>(
        fields, ok,
        [&](field_cursor& cursor, std::size_t row) noexcept -> unsigned {
            field_cursor const again = cursor;
            __m256i size;
            char const* begin[4];
            next_begins(cursor, begin, size);
            __m256i const eights = _mm256_slli_epi64(size, 3);
            __m256i const not_low = _mm256_sllv_epi64(ones, eights);
            __m256i const not_high = _mm256_sllv_epi64(ones, _mm256_subs_epu16(eights, _mm256_set1_epi64x(64)));
            __m256i const low = _mm256_andnot_si256(not_low, four_words(begin[0], begin[1], begin[2], begin[3]));
            __m256i const high =
                _mm256_andnot_si256(not_high, four_words(begin[0] + 8, begin[1] + 8, begin[2] + 8, begin[3] + 8));
            // short_string_home
            __m256i const turned = _mm256_or_si256(_mm256_slli_epi64(high, 29), _mm256_srli_epi64(high, 35));
            __m256i const mixed = _mm256_xor_si256(low, turned);
            __m256i const sum = _mm256_add_epi64(_mm256_mul_epu32(mixed, seed),
                                                 _mm256_mul_epu32(_mm256_srli_epi64(mixed, 32), high_seed));
            alignas(32) std::uint64_t home[4];
            _mm256_store_si256(reinterpret_cast<__m256i*>(home), _mm256_and_si256(_mm256_srli_epi64(sum, 32), mask));
            char const* const a = bytes_of(known.slots[home[0]]);
            char const* const b = bytes_of(known.slots[home[1]]);
            char const* const c = bytes_of(known.slots[home[2]]);
            char const* const d = bytes_of(known.slots[home[3]]);
            __m256i const differs = _mm256_or_si256(_mm256_xor_si256(low, four_words(a, b, c, d)),
                                                    _mm256_xor_si256(high, four_words(a + 8, b + 8, c + 8, d + 8)));
            __m256i const size_and_code = four_words(a + 16, b + 16, c + 16, d + 16);
            __m256i const other_size = _mm256_xor_si256(size, _mm256_and_si256(size_and_code, low_half));
            __m256i const codes = _mm256_permutevar8x32_epi32(size_and_code, _mm256_setr_epi32(1, 3, 5, 7, 1, 3, 5, 7));
            _mm_storeu_si128(reinterpret_cast<__m128i*>(out + row), _mm256_castsi256_si128(codes));
            unsigned const present = present_bits(size);
            unsigned const good = lane_bits(is_zero(_mm256_or_si256(differs, other_size))) & present;
            if (good == present) [[likely]]
                return good;
            return good | read_some(again, row, present & ~good, one);
        },
        one);
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
#endif
