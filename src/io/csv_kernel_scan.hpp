// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_IO_CSV_KERNEL_SCAN_HPP
#define SEGMENTA_SRC_IO_CSV_KERNEL_SCAN_HPP

// Included by the kernel files only, each compiled for another instruction set, hence the anonymous namespace.
// Text is looked at 64 bytes at a time; each question gives a 64-bit mask (the idea of simdjson: G. Langdale, D.
// Lemire, "Parsing Gigabytes of JSON per Second", VLDB Journal 28, 2019).

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
#if defined(__PCLMUL__)
    // without carries, times all ones
    __m128i const product =
        _mm_clmulepi64_si128(_mm_cvtsi64_si128(static_cast<std::int64_t>(mask)), _mm_set1_epi8(-1), 0);
    return static_cast<std::uint64_t>(_mm_cvtsi128_si64(product));
#else
    for (unsigned shift = 1; shift < 64; shift *= 2)
        mask ^= mask << shift;
    return mask;
#endif
}

// 64 bytes of text.
#if defined(__AVX512BW__)
struct block64 {
    __m512i bytes;
    explicit block64(char const* at) noexcept : bytes(_mm512_loadu_si512(at)) {}
    std::uint64_t equal(char c) const noexcept { return _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8(c)); }
    std::uint64_t not_ascii() const noexcept { return _mm512_movepi8_mask(bytes); }
    void add(block64 const& other) noexcept { bytes = _mm512_or_si512(bytes, other.bytes); }
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
    void add(block64 const& other) noexcept {
        low = _mm256_or_si256(low, other.low);
        high = _mm256_or_si256(high, other.high);
    }
};
#elif defined(__SSE2__)
struct block64 {
    __m128i part[4];
    explicit block64(char const* at) noexcept {
        for (int i = 0; i < 4; ++i)
            part[i] = _mm_loadu_si128(reinterpret_cast<__m128i const*>(at + 16 * i));
    }
    static std::uint64_t mask(__m128i a) noexcept {
        return static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(a)));
    }
    std::uint64_t equal(char c) const noexcept {
        __m128i const wanted = _mm_set1_epi8(c);
        std::uint64_t all = 0;
        for (int i = 0; i < 4; ++i)
            all |= mask(_mm_cmpeq_epi8(part[i], wanted)) << (16 * i);
        return all;
    }
    std::uint64_t not_ascii() const noexcept {
        std::uint64_t all = 0;
        for (int i = 0; i < 4; ++i)
            all |= mask(part[i]) << (16 * i);
        return all;
    }
    void add(block64 const& other) noexcept {
        for (int i = 0; i < 4; ++i)
            part[i] = _mm_or_si128(part[i], other.part[i]);
    }
};
#else
struct block64 {
    char at[64];
    explicit block64(char const* text) noexcept { std::memcpy(at, text, 64); }
    void add(block64 const& other) noexcept {
        for (unsigned i = 0; i < 64; ++i)
            at[i] = static_cast<char>(at[i] | other.at[i]);
    }
    std::uint64_t equal(char c) const noexcept {
        std::uint64_t all = 0;
        for (unsigned i = 0; i < 64; ++i)
            all |= std::uint64_t{at[i] == c} << i;
        return all;
    }
    std::uint64_t not_ascii() const noexcept {
        std::uint64_t all = 0;
        for (unsigned i = 0; i < 64; ++i)
            all |= std::uint64_t{(at[i] & 0x80) != 0} << i;
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
        for (unsigned i = 0; i < 64; ++i)
            all.of[i] = static_cast<std::uint8_t>(i);
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

// What quotes do to a block.
struct quoted_block {
    std::uint64_t inside;     // from an opening quote to before its end
    std::uint64_t separators; // outside
    std::uint64_t doubled;    // second quotes of doubled ones
    std::uint64_t wrong;      // what stands where it may not
};

// `Strict`: looks for what is wrong, and needs a state that was always kept so.
template <bool Strict>
inline quoted_block read_quotes(block64 const& block, block_masks const& masks, scan_state& state) noexcept {
    quoted_block out{};
    out.inside = prefix_xor(masks.quotes) ^ state.inside;
    out.separators = masks.separators & ~out.inside;
    std::uint64_t const opening = masks.quotes & out.inside;
    std::uint64_t const closing = masks.quotes & ~out.inside;
    std::uint64_t const after_close = closing << 1 | state.after_close;
    out.doubled = opening & after_close;
    state.inside = static_cast<std::uint64_t>(static_cast<std::int64_t>(out.inside) >> 63);
    state.after_close = closing >> 63;
    if constexpr (Strict) {
        std::uint64_t const field_start = out.separators << 1 | state.field_start;
        state.field_start = out.separators >> 63;
        out.wrong = opening & ~(field_start | after_close);
        std::uint64_t const other = after_close & ~(out.separators | opening);
        if ((other | state.after_close_cr) != 0) { // most often CR LF everywhere or nowhere
            std::uint64_t const returns = block.equal('\r') & after_close;
            std::uint64_t const after_return = returns << 1 | state.after_close_cr;
            out.wrong |= (other & ~returns) | (after_return & ~(masks.newlines & ~out.inside));
            state.after_close_cr = returns >> 63;
        }
    }
    return out;
}

inline block_masks masks_of(block64 const& block, std::uint64_t valid, char delimiter, char quote) noexcept {
    block_masks masks{};
    masks.newlines = block.equal('\n') & valid;
    masks.separators = (block.equal(delimiter) & valid) | masks.newlines;
    masks.quotes = block.equal(quote) & valid;
    return masks;
}

// Calls visit(at, valid) for each 64 bytes of [begin, end), the last time perhaps for fewer.
template <class Visit>
inline void for_each_block(std::size_t begin, std::size_t end, Visit visit) noexcept {
    // one call in the code, so that it is inlined and its sums stay in registers
    for (std::size_t at = begin; at < end; at += 64) {
        std::size_t const left = end - at;
        visit(at, left >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} >> (64 - left));
    }
}

template <bool Strict>
inline scan_result scan_quotes(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                               scan_state& state, std::uint32_t* out) noexcept {
    scan_result result;
    scan_state now = state;
    std::uint64_t quoted = state.inside;
    std::uint64_t doubled = 0;
    std::uint64_t wrong = 0;
    for_each_block(begin, end, [&](std::size_t at, std::uint64_t valid) noexcept {
        block64 const block(text + at);
        block_masks const masks = masks_of(block, valid, delimiter, quote);
        quoted_block const read = read_quotes<Strict>(block, masks, now);
        quoted |= masks.quotes;
        doubled |= read.doubled;
        wrong |= read.wrong & valid;
        result.newlines += count_bits(masks.newlines & read.separators);
        out = append_positions(read.separators, static_cast<std::uint32_t>(at), out);
    });
    state = now;
    result.end = out;
    result.quotes = quoted != 0;
    result.doubled = doubled != 0;
    result.stray = wrong != 0;
    return result;
}

scan_result scan_quoted_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                             scan_state& state, std::uint32_t* out) {
    return scan_quotes<true>(text, begin, end, delimiter, quote, state, out);
}

scan_result scan_clean_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter, char quote,
                            scan_state& state, std::uint32_t* out) {
    return scan_quotes<false>(text, begin, end, delimiter, quote, state, out);
}

scan_result scan_plain_text(char const* text, std::uint32_t begin, std::uint32_t end, char delimiter,
                            std::uint32_t* out) {
    scan_result result;
    for_each_block(begin, end, [&](std::size_t at, std::uint64_t valid) noexcept {
        block64 const block(text + at);
        std::uint64_t const newlines = block.equal('\n') & valid;
        result.newlines += count_bits(newlines);
        out = append_positions((block.equal(delimiter) & valid) | newlines, static_cast<std::uint32_t>(at), out);
    });
    result.end = out;
    return result;
}

// Collects whether text is all ASCII.
class high_bytes_seen {
public:
    void add(block64 const& block, std::uint64_t valid) noexcept {
        if (valid == ~std::uint64_t{0})
            all_.add(block);
        else
            rest_ |= block.not_ascii() & valid;
    }
    [[nodiscard]] bool none() const noexcept { return (all_.not_ascii() | rest_) == 0; }

private:
    static constexpr char zeros[64] = {};
    block64 all_{zeros};
    std::uint64_t rest_ = 0;
};

csv_kernels::survey_result survey_text(char const* text, std::size_t size, char quote) {
    csv_kernels::survey_result result;
    std::uint64_t quotes = 0;
    high_bytes_seen high;
    for_each_block(0, size, [&](std::size_t at, std::uint64_t valid) noexcept {
        block64 const block(text + at);
        result.newlines += count_bits(block.equal('\n') & valid);
        quotes |= block.equal(quote) & valid;
        high.add(block, valid);
    });
    result.quotes = quotes != 0;
    result.ascii = high.none();
    return result;
}

csv_kernels::quoted_survey survey_quoted_text(char const* text, std::size_t size, char delimiter, char quote) {
    csv_kernels::quoted_survey result;
    scan_state now;
    std::uint64_t quotes = 0;
    std::uint64_t wrong = 0;
    std::uint64_t feeds_inside = 0;
    high_bytes_seen high;
    for_each_block(0, size, [&](std::size_t at, std::uint64_t valid) noexcept {
        block64 const block(text + at);
        block_masks const masks = masks_of(block, valid, delimiter, quote);
        quoted_block const read = read_quotes<true>(block, masks, now);
        result.all.newlines += count_bits(masks.newlines);
        feeds_inside |= masks.newlines & read.inside;
        quotes |= masks.quotes;
        wrong |= read.wrong & valid;
        high.add(block, valid);
    });
    result.all.quotes = quotes != 0;
    result.all.ascii = high.none();
    result.newlines_inside = feeds_inside != 0;
    result.ends_inside = now.inside != 0;
    result.stray = wrong != 0;
    return result;
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
