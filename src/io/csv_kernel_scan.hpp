// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNEL_SCAN_HPP
#define SEGMENTA_SRC_IO_CSV_KERNEL_SCAN_HPP

// Included by the kernel files only, each compiled for another instruction set, hence the anonymous namespace.
// Text is looked at 64 bytes at a time; each question gives a 64-bit mask (the idea of simdjson: G. Langdale, D. Lemire,
// "Parsing Gigabytes of JSON per Second", VLDB Journal 28, 2019).

#include "io/csv_kernels.hpp"

#include <cstring>

#if defined(__x86_64__)
#if defined(__GNUC__) && !defined(__clang__)
// GCC warns about its own header: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
#include <immintrin.h>
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

inline std::uint64_t load64(char const* at) noexcept {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline std::uint32_t load32(char const* at) noexcept {
    std::uint32_t word;
    std::memcpy(&word, at, sizeof word);
    return word;
}

inline unsigned lowest_bit(std::uint64_t mask) noexcept { return static_cast<unsigned>(__builtin_ctzll(mask)); }
inline unsigned count_bits(std::uint64_t mask) noexcept { return static_cast<unsigned>(__builtin_popcountll(mask)); }

// Bit i: the number of bits set in mask[0..i] is odd.
inline std::uint64_t prefix_xor(std::uint64_t mask) noexcept {
    for (unsigned shift = 1; shift < 64; shift *= 2) mask ^= mask << shift;
    return mask;
}

// 64 bytes of text.
#if defined(__AVX512BW__)
struct block64 {
    __m512i bytes;
    explicit block64(char const* at) noexcept : bytes(_mm512_loadu_si512(at)) {}
    std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c)); }
    std::uint64_t not_ascii() const noexcept { return _mm512_movepi8_mask(bytes); }
};
#elif defined(__AVX2__)
struct block64 {
    __m256i low, high;
    explicit block64(char const* at) noexcept
        : low(_mm256_loadu_si256(reinterpret_cast<__m256i const*>(at))),
          high(_mm256_loadu_si256(reinterpret_cast<__m256i const*>(at + 32))) {}
    static std::uint64_t mask(__m256i a, __m256i b) noexcept {
        auto const l = static_cast<std::uint32_t>(_mm256_movemask_epi8(a));
        auto const h = static_cast<std::uint32_t>(_mm256_movemask_epi8(b));
        return l | std::uint64_t{h} << 32;
    }
    std::uint64_t equal(char c) const noexcept {
        __m256i const wanted = _mm256_set1_epi8(c);
        return mask(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
    }
    std::uint64_t not_ascii() const noexcept { return mask(low, high); }
};
#elif defined(__SSE2__)
struct block64 {
    __m128i part[4];
    explicit block64(char const* at) noexcept {
        for (int i = 0; i < 4; ++i) part[i] = _mm_loadu_si128(reinterpret_cast<__m128i const*>(at + 16 * i));
    }
    static std::uint64_t mask(__m128i a) noexcept {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(a)));
    }
    std::uint64_t equal(char c) const noexcept {
        __m128i const wanted = _mm_set1_epi8(c);
        std::uint64_t all = 0;
        for (int i = 0; i < 4; ++i) all |= mask(_mm_cmpeq_epi8(part[i], wanted)) << (16 * i);
        return all;
    }
    std::uint64_t not_ascii() const noexcept {
        std::uint64_t all = 0;
        for (int i = 0; i < 4; ++i) all |= mask(part[i]) << (16 * i);
        return all;
    }
};
#else
struct block64 {
    char const* at;
    explicit block64(char const* text) noexcept : at(text) {}
    std::uint64_t equal(char c) const noexcept {
        std::uint64_t all = 0;
        for (unsigned i = 0; i < 64; ++i) all |= std::uint64_t{at[i] == c} << i;
        return all;
    }
    std::uint64_t not_ascii() const noexcept {
        std::uint64_t all = 0;
        for (unsigned i = 0; i < 64; ++i) all |= std::uint64_t{(at[i] & 0x80) != 0} << i;
        return all;
    }
};
#endif

// Appends `base` + the number of each set bit.
#if defined(__AVX512VBMI2__)
inline std::uint32_t* append_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
    alignas(64) static constexpr auto numbers = [] {
        struct {
            std::uint8_t of[64];
        } all{};
        for (unsigned i = 0; i < 64; ++i) all.of[i] = static_cast<std::uint8_t>(i);
        return all;
    }();
    __m512i const packed = _mm512_maskz_compress_epi8(mask, _mm512_load_si512(numbers.of));
    __m512i const bases = _mm512_set1_epi32(static_cast<int>(base));
    unsigned const count = count_bits(mask);
    _mm512_storeu_si512(out, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(packed))));
    if (count > 16) [[unlikely]] {
        auto const store = [&](int at, __m128i quarter) {
            _mm512_storeu_si512(out + at, _mm512_add_epi32(bases, _mm512_cvtepu8_epi32(quarter)));
        };
        store(16, _mm512_extracti32x4_epi32(packed, 1));
        store(32, _mm512_extracti32x4_epi32(packed, 2));
        store(48, _mm512_extracti32x4_epi32(packed, 3));
    }
    return out + count;
}
#else
inline std::uint32_t* append_positions(std::uint64_t mask, std::uint32_t base, std::uint32_t* out) noexcept {
    // Eight at a time without looking: a wrong guess of the count would cost more than the surplus.
    std::uint32_t* const end = out + count_bits(mask);
    while (mask != 0) {
        for (int i = 0; i < 8; ++i) {
#if defined(__BMI__)
            out[i] = base + static_cast<std::uint32_t>(_tzcnt_u64(mask));
#else
            out[i] = base + lowest_bit(mask | std::uint64_t{1} << 63); // 0 has no lowest bit
#endif
            mask &= mask - 1;
        }
        out += 8;
    }
    return end;
}
#endif

// The masks of one block, for scan.
struct block_masks {
    std::uint64_t separators;
    std::uint64_t newlines;
    std::uint64_t quotes;
};

// A block with quotes in or around it: which separators are outside, and whether all quotes stand where they may.
inline std::uint64_t quoted_separators(block64 const& block, block_masks const& masks, std::uint64_t valid,
                                       scan_state& state, scan_result& result) noexcept {
    std::uint64_t const inside = prefix_xor(masks.quotes) ^ state.inside; // from an opening quote to before its end
    std::uint64_t const separators = masks.separators & ~inside;
    std::uint64_t const opening = masks.quotes & inside;
    std::uint64_t const closing = masks.quotes & ~inside;
    std::uint64_t const after_close = closing << 1 | state.after_close;
    std::uint64_t const field_start = separators << 1 | state.field_start;
    std::uint64_t const returns = block.equal('\r') & after_close;
    std::uint64_t const after_return = returns << 1 | state.after_close_cr;
    std::uint64_t wrong = opening & ~(field_start | after_close);
    wrong |= after_close & ~(separators | opening | returns);
    wrong |= after_return & ~(masks.newlines & ~inside);
    result.quotes = true;
    result.doubled |= (opening & after_close) != 0;
    result.stray |= (wrong & valid) != 0;
    state.inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(inside) >> 63);
    state.field_start = separators >> 63;
    state.after_close = closing >> 63;
    state.after_close_cr = returns >> 63;
    return separators;
}

template <bool Quoting>
inline void scan_block(char const* text, std::uint32_t at, std::uint64_t valid, char delimiter, char quote,
                       scan_state& state, scan_result& result) noexcept {
    block64 const block(text + at);
    block_masks masks{};
    masks.newlines = block.equal('\n') & valid;
    masks.separators = (block.equal(delimiter) & valid) | masks.newlines;
    std::uint64_t separators = masks.separators;
    if constexpr (Quoting) {
        masks.quotes = block.equal(quote) & valid;
        result.all_newlines += count_bits(masks.newlines);
        if ((masks.quotes | state.inside | state.after_close | state.after_close_cr) != 0) [[unlikely]] {
            separators = quoted_separators(block, masks, valid, state, result);
            result.newlines += count_bits(masks.newlines & separators);
        } else {
            state.field_start = separators >> 63;
            result.newlines += count_bits(masks.newlines);
        }
    } else {
        result.newlines += count_bits(masks.newlines);
    }
    result.end = append_positions(separators, at, result.end);
}

template <bool Quoting>
scan_result scan_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                      scan_state& state, std::uint32_t* out) noexcept {
    scan_result result;
    result.end = out;
    scan_state now = state;
    std::uint32_t at = begin;
    for (; end - at >= 64; at += 64) scan_block<Quoting>(text, at, ~std::uint64_t{0}, delimiter, quote, now, result);
    if (at != end)
        scan_block<Quoting>(text, at, ~std::uint64_t{0} >> (64 - (end - at)), delimiter, quote, now, result);
    state = now;
    if constexpr (!Quoting) result.all_newlines = result.newlines;
    return result;
}

scan_result scan_quoted_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                             scan_state& state, std::uint32_t* out) {
    return scan_text<true>(text, begin, end, delimiter, quote, state, out);
}

scan_result scan_plain_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter,
                            std::uint32_t* out) {
    scan_state unused;
    return scan_text<false>(text, begin, end, delimiter, '\0', unused, out);
}

csv_kernels::survey_result survey_text(char const* text, std::size_t size, char quote) {
    csv_kernels::survey_result result;
    std::uint64_t quotes = 0;
    std::uint64_t high = 0;
    std::size_t at = 0;
    for (; size - at >= 64; at += 64) {
        block64 const block(text + at);
        result.newlines += count_bits(block.equal('\n'));
        quotes |= block.equal(quote);
        high |= block.not_ascii();
    }
    if (at != size) {
        block64 const block(text + at);
        std::uint64_t const valid = ~std::uint64_t{0} >> (64 - (size - at));
        result.newlines += count_bits(block.equal('\n') & valid);
        quotes |= block.equal(quote) & valid;
        high |= block.not_ascii() & valid;
    }
    result.quotes = quotes != 0;
    result.ascii = high == 0;
    return result;
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
