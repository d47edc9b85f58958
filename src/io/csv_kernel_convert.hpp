// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNEL_CONVERT_HPP
#define SEGMENTA_SRC_IO_CSV_KERNEL_CONVERT_HPP

// Included by the kernel files only, like csv_kernel_scan.hpp: columns of fields to columns of values.

#include "io/csv_kernel_fields.hpp"
#include "io/csv_kernel_scan.hpp"
#include "io/csv_kernel_wide.hpp"
#include "io/csv_kernels.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

#if !defined(__AVX2__)

void convert_int64(field_list const& fields, std::int64_t* out, std::uint64_t* ok) {
    for_each_field(fields, out, ok, [](field f, std::int64_t& value) noexcept { return read_int64_field(f, value); });
}

void convert_decimal(field_list const& fields, unsigned scale, std::int64_t* out, std::uint64_t* ok) {
    if (scale == 0 || scale > 7) {
        convert_rare_decimal(fields, scale, out, ok);
        return;
    }
    for_each_field(fields, out, ok,
                   [scale](field f, std::int64_t& value) noexcept { return read_decimal_field(f, scale, value); });
}

void convert_float64(field_list const& fields, double* out, std::uint64_t* ok) {
    for_each_field(fields, out, ok, [](field f, double& value) noexcept { return read_float64_field(f, value); });
}

#if defined(__SSSE3__)
// The vector below works on the last 16 of the 19 characters: "Y-MM-DDTHH:MM:SS".
void convert_instant(field_list const& fields, char separator, std::int64_t offset, std::int64_t* out,
                     std::uint64_t* ok) {
    __m128i const zero =
        _mm_setr_epi8('0', '-', '0', '0', '-', '0', '0', separator, '0', '0', ':', '0', '0', ':', '0', '0');
    __m128i const limit = _mm_setr_epi8(9, 0, 3, 9, 0, 3, 9, 0, 2, 9, 0, 5, 9, 0, 5, 9);
    __m128i const pairs = _mm_setr_epi8(2, 3, 5, 6, 8, 9, 11, 12, 14, 15, -1, -1, -1, -1, -1, -1);
    __m128i const tens = _mm_setr_epi8(10, 1, 10, 1, 10, 1, 10, 1, 10, 1, 0, 0, 0, 0, 0, 0);
    // month, day, hour, minute, second
    __m128i const most = _mm_setr_epi16(12, 31, 23, 59, 59, 0, 0, 0);
    __m128i const weights = _mm_setr_epi16(1, 0, 3600, 60, 1, 0, 0, 0);
    for_each_field(fields, out, ok, [=](field f, std::int64_t& value) noexcept -> bool {
        if (f.size != 19) return false;
        __m128i const text = _mm_loadu_si128(reinterpret_cast<__m128i const*>(f.begin + 3));
        __m128i const digits = _mm_sub_epi8(text, zero);
        __m128i const numbers = _mm_maddubs_epi16(_mm_shuffle_epi8(digits, pairs), tens);
        __m128i const wrong = _mm_or_si128(_mm_subs_epu8(digits, limit), _mm_subs_epu16(numbers, most));
        std::uint32_t const year_digits = load32(f.begin) ^ 0x3030'3030U;
        __m128i const seconds = _mm_madd_epi16(numbers, weights); // month, hour and minute, second
        auto const month_and_clock = static_cast<std::uint64_t>(_mm_cvtsi128_si64(seconds));
        auto const clock = static_cast<std::int64_t>(month_and_clock >> 32) +
                           static_cast<std::int64_t>(_mm_cvtsi128_si64(_mm_srli_si128(seconds, 8)));
        auto const month = static_cast<std::uint32_t>(month_and_clock);
        auto const day = static_cast<std::uint32_t>(_mm_extract_epi16(numbers, 1));
        std::int32_t date = 0;
        bool const exists = day_number(four_digits(year_digits), month, day, date);
        value = (date * std::int64_t{86'400} + clock) * 1'000'000 - offset;
        bool const clean = _mm_movemask_epi8(_mm_cmpeq_epi8(wrong, _mm_setzero_si128())) == 0xFFFF;
        return (clean & exists & (no_digits(year_digits) == 0)) != 0;
    });
}
#else
void convert_instant(field_list const& fields, char separator, std::int64_t offset, std::int64_t* out,
                     std::uint64_t* ok) {
    for_each_field(fields, out, ok, [=](field f, std::int64_t& value) noexcept {
        return read_instant_field(f, separator, offset, value);
    });
}
#endif

void convert_category(field_list const& fields, short_strings const& known, std::uint32_t* out, std::uint64_t* ok) {
    for_each_field(fields, out, ok,
                   [known](field f, std::uint32_t& code) noexcept { return read_category_field(f, known, code); });
}

#endif // AVX2

void convert_date(field_list const& fields, std::int32_t* out, std::uint64_t* ok) {
    for_each_field(fields, out, ok, [](field f, std::int32_t& value) noexcept { return read_date_field(f, value); });
}

constexpr csv_kernels all_kernels() noexcept {
    csv_kernels all{};
    all.scan = scan_quoted_text;
    all.scan_clean = scan_clean_text;
    all.scan_plain = scan_plain_text;
    all.survey = survey_text;
    all.survey_quoted = survey_quoted_text;
    all.int64 = convert_int64;
    all.decimal = convert_decimal;
    all.float64 = convert_float64;
    all.instant = convert_instant;
    all.date = convert_date;
    all.category = convert_category;
    return all;
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
