// SPDX-License-Identifier: Apache-2.0
#include "io/field_text.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <charconv>
#include <cmath>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// --- text
// -------------------------------------------------------------------------------------------------------------

#if defined(__SSE2__)
// 16 bytes of text.
struct text_piece {
    __m128i bytes;
    explicit text_piece(char const* at) noexcept : bytes(_mm_loadu_si128(reinterpret_cast<__m128i const*>(at))) {}
    text_piece(std::uint64_t low, std::uint64_t high) noexcept
        : bytes(_mm_set_epi64x(static_cast<std::int64_t>(high), static_cast<std::int64_t>(low))) {}
    void store(char* out) const noexcept { _mm_storeu_si128(reinterpret_cast<__m128i*>(out), bytes); }
    [[nodiscard]] __m128i specials() const noexcept {
        auto const equal = [&](char c) noexcept { return _mm_cmpeq_epi8(bytes, _mm_set1_epi8(c)); };
        return _mm_or_si128(_mm_or_si128(equal(','), equal('"')), _mm_or_si128(equal('\n'), equal('\r')));
    }
};
using special_bytes = __m128i;
special_bytes no_specials() noexcept { return _mm_setzero_si128(); }
special_bytes either(special_bytes a, special_bytes b) noexcept { return _mm_or_si128(a, b); }
bool any(special_bytes seen) noexcept { return _mm_movemask_epi8(seen) != 0; }
#else
constexpr std::uint64_t every_byte(std::uint64_t value) noexcept { return value * 0x0101'0101'0101'0101ULL; }

// Not zero when some byte is `c`.
constexpr std::uint64_t holds(std::uint64_t word, char c) noexcept {
    std::uint64_t const differs = word ^ every_byte(static_cast<unsigned char>(c));
    return (differs - every_byte(1)) & ~differs & every_byte(0x80);
}

struct text_piece {
    std::uint64_t words[2];
    explicit text_piece(char const* at) noexcept { std::memcpy(words, at, 16); }
    text_piece(std::uint64_t low, std::uint64_t high) noexcept : words{low, high} {}
    void store(char* out) const noexcept { std::memcpy(out, words, 16); }
    [[nodiscard]] std::uint64_t specials() const noexcept {
        std::uint64_t seen = 0;
        for (std::uint64_t const word : words)
            for (char const c : {',', '"', '\n', '\r'})
                seen |= holds(word, c);
        return seen;
    }
};
using special_bytes = std::uint64_t;
special_bytes no_specials() noexcept { return 0; }
special_bytes either(special_bytes a, special_bytes b) noexcept { return a | b; }
bool any(special_bytes seen) noexcept { return seen != 0; }
#endif

template <class Word>
Word load_word(char const* at) noexcept {
    Word word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

// The first and the last part of a text of one to two words: copies it and tells what is special in it.
template <class Word>
special_bytes copy_two(std::string_view text, char* out) noexcept {
    auto const first = load_word<Word>(text.data());
    auto const last = load_word<Word>(text.data() + text.size() - sizeof(Word));
    std::memcpy(out, &first, sizeof first);
    std::memcpy(out + text.size() - sizeof(Word), &last, sizeof last);
    return text_piece(first, last).specials();
}

special_bytes copy_text(std::string_view text, char* out) noexcept {
    std::size_t const size = text.size();
    if (size >= 16) {
        special_bytes seen = no_specials();
        for (std::size_t at = 0; at + 16 < size; at += 16) {
            text_piece const piece(text.data() + at);
            piece.store(out + at);
            seen = either(seen, piece.specials());
        }
        text_piece const last(text.data() + size - 16);
        last.store(out + size - 16);
        return either(seen, last.specials());
    }
    if (size >= 8) return copy_two<std::uint64_t>(text, out);
    if (size >= 4) return copy_two<std::uint32_t>(text, out);
    if (size >= 2) return copy_two<std::uint16_t>(text, out);
    if (size == 0) return no_specials();
    *out = text[0];
    return text_piece(static_cast<unsigned char>(text[0]), 0).specials();
}

// --- numbers
// ----------------------------------------------------------------------------------------------------------

// Whole numbers of up to 15 digits, but for those that are shorter with an exponent, such as 1e+05.
bool is_plain_whole(double value, std::int64_t& out) noexcept {
    if (!(std::fabs(value) < 1e15) || value == 0) return false; // -0 is written with its sign
    out = static_cast<std::int64_t>(value);
    return static_cast<double>(out) == value && out % 100'000 != 0;
}

// Numbers with at most three decimals and 15 digits: no other text of 15 digits reads as the same double (DBL_DIG), so
// theirs is the shortest.
bool is_short_decimal(double value, std::int64_t& thousandths) noexcept {
    double const scaled = value * 1000;
    if (!(std::fabs(scaled) < 1e15)) return false;
    thousandths = static_cast<std::int64_t>(scaled);
    return static_cast<double>(thousandths) == scaled && thousandths % 1000 != 0 && scaled / 1000 == value;
}

} // namespace

char* put_real(double value, char* out) noexcept {
    std::int64_t exact = 0;
    if (is_plain_whole(value, exact)) return put_integer(exact, out);
    if (is_short_decimal(value, exact)) {
        out = put_decimal(exact, 3, out);
        while (out[-1] == '0')
            --out;
        return out;
    }
    // fmt is faster than to_chars and as short; it agrees about the exponent between these bounds
    double const size = std::fabs(value);
    if (size >= 0.01 && size < 1e15 && std::trunc(value) != value) return fmt::format_to(out, FMT_COMPILE("{}"), value);
    if (!std::isfinite(value)) return out;
    return std::to_chars(out, out + longest_plain_field, value).ptr;
}

// --- times
// ------------------------------------------------------------------------------------------------------------

char* put_date(std::int32_t days, char* out) noexcept {
    // 0000-03-01 to 9999-12-31
    constexpr std::int32_t first = -719'468;
    constexpr std::int32_t last = 2'932'896;
    if (days < first || days > last) return format_date(civil_date{days}, out);
    // C. Neri, L. Schneider, "Euclidean affine functions and their application to calendar algorithms", Software:
    // Practice and Experience 53, 2023: years begin in March
    std::uint32_t const n = 4 * static_cast<std::uint32_t>(days - first) + 3;
    std::uint32_t const century = n / 146'097;
    std::uint32_t const of_century = n % 146'097 | 3;
    std::uint64_t const years = std::uint64_t{2'939'745} * of_century;
    auto const of_year = static_cast<std::uint32_t>(years) / 2'939'745 / 4;
    std::uint32_t const m = 2141 * of_year + 197'913;
    std::uint32_t const late = of_year >= 306 ? 1 : 0; // January and February belong to the next year
    std::uint32_t const year = 100 * century + static_cast<std::uint32_t>(years >> 32) + late;
    std::uint32_t const month = (m >> 16) - 12 * late;
    std::uint32_t const day = (m & 0xFFFF) / 2141 + 1;
    std::uint64_t const text = eight_digits(year * 10'000 + month * 100 + day) | eight_zeros; // YYYYMMDD
    store_word(text, out);
    store_word((text >> 32 & 0xFFFF) << 8 | (text >> 48) << 32 | 0x2D00'002DULL, out + 4); // -MM-DD
    return out + 10;
}

char* put_instant(instant when, zone const& where, char* out) noexcept {
    constexpr std::int64_t first = -62'167'219'200; // year 0
    constexpr std::int64_t last = 253'402'300'799;  // 9999
    std::int64_t const micros = when.microseconds();
    std::int64_t seconds = micros / microseconds_per_second;
    bool const utc = where.is_fixed() && where.offset_at(when) == 0;
    if (!utc || seconds * microseconds_per_second != micros || seconds < first + 60 * 86'400 || seconds > last)
        return format_instant(when, where, out);
    constexpr std::int64_t epoch = 719'528; // days from year 0: makes all of them positive
    seconds += epoch * 86'400;
    auto const day = static_cast<std::int32_t>(seconds / 86'400 - epoch);
    auto const clock = static_cast<std::uint32_t>(seconds % 86'400);
    out = put_date(day, out);
    std::uint32_t const minute = clock / 60 % 60;
    std::uint64_t const text =
        eight_digits(clock / 3600 * 10'000 + minute * 100 + clock % 60) | eight_zeros; // 00HHMMSS
    store_word('T' | (text >> 16 & 0xFFFF) << 8 | std::uint64_t{':'} << 24 | (text >> 32 & 0xFFFF) << 32 |
                   std::uint64_t{':'} << 48,
               out);
    store_word(text >> 48 | std::uint64_t{'Z'} << 16, out + 7);
    return out + 10;
}

// --- text
// -------------------------------------------------------------------------------------------------------------

char* put_quoted(std::string_view text, char* out) noexcept {
    *out++ = '"';
    for (char const c : text) {
        if (c == '"') *out++ = '"';
        *out++ = c;
    }
    *out++ = '"';
    return out;
}

char* put_text(std::string_view text, char* out) noexcept {
    if (any(copy_text(text, out))) return put_quoted(text, out);
    return out + text.size();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
