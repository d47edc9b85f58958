// SPDX-License-Identifier: Apache-2.0
#include "tag/match_kernels.hpp"

#if defined(__x86_64__)

#include "tag/match_loops.hpp"
#include "tag/rank_fours.avx2.hpp"
#include "tag/rank_loops.hpp"

#include <immintrin.h>

#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_lanes {
    using vector = __m256i;
    static constexpr std::size_t words = 4;
    static constexpr std::size_t most_blocks = 6;
    static vector load(std::uint64_t const* p) noexcept {
        return _mm256_load_si256(reinterpret_cast<vector const*>(p));
    }
    static void store(std::uint64_t* p, vector v) noexcept { _mm256_store_si256(reinterpret_cast<vector*>(p), v); }
    static vector load_anywhere(std::uint64_t const* p) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<vector const*>(p));
    }
    static void store_anywhere(std::uint64_t* p, vector v) noexcept {
        _mm256_storeu_si256(reinterpret_cast<vector*>(p), v);
    }
    static vector both(vector a, vector b) noexcept { return _mm256_and_si256(a, b); }
    static vector without(vector a, vector b) noexcept { return _mm256_andnot_si256(b, a); }
};

// By the eight bits of a byte: where they are, from the lowest on.
constexpr auto places_of_bits = [] {
    std::array<std::array<std::uint8_t, 8>, 256> out{};
    for (std::size_t bits = 0; bits < 256; ++bits)
        for (std::size_t bit = 0, met = 0; bit < 8; ++bit)
            if ((bits >> bit & 1U) != 0) out[bits][met++] = static_cast<std::uint8_t>(bit);
    return out;
}();

// Where bits are dense, eight names are sorted out at once and nothing is guessed.
listed list_permuted(std::uint64_t const* words, std::size_t word_count, std::uint32_t const* names, std::uint32_t* out,
                     std::size_t room) noexcept {
    listed made;
    for (; made.words < word_count && made.names + 64 <= room; ++made.words) {
        std::uint64_t const word = words[made.words];
        std::uint32_t const* const here = names + made.words * 64;
        std::uint32_t* to = out + made.names;
#pragma GCC unroll 8
        for (std::size_t byte = 0; byte < 8; ++byte) {
            std::size_t const bits = word >> (8 * byte) & 255U;
            __m256i const places =
                _mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<__m128i const*>(places_of_bits[bits].data())));
            __m256i const eight = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(here + byte * 8));
            _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_permutevar8x32_epi32(eight, places));
            to += __builtin_popcountll(bits);
        }
        made.names = static_cast<std::size_t>(to - out);
    }
    return made;
}

// At two bits a word both ways take about the same; some words say how dense the bits are.
listed list_either(std::uint64_t const* words, std::size_t word_count, std::uint32_t const* names, std::uint32_t* out,
                   std::size_t room) noexcept {
    std::size_t const step = word_count / 8 + 1;
    std::size_t seen = 0;
    std::size_t bits = 0;
    for (std::size_t w = step / 2; w < word_count; w += step, ++seen)
        bits += static_cast<std::size_t>(__builtin_popcountll(words[w]));
    return bits < 2 * seen ? list_names<avx2_lanes>(words, word_count, names, out, room)
                           : list_permuted(words, word_count, names, out, room);
}

} // namespace

match_kernels const match_kernels_avx2{rank_loops<avx2_fours>::rank_all, combine<avx2_lanes>, fold<avx2_lanes>,
                                       list_either};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
