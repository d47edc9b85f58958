// SPDX-License-Identifier: Apache-2.0
#include "tag/match_kernels.hpp"

#if defined(__x86_64__)

#include "tag/match_loops.hpp"
#include "tag/rank_fours.avx2.hpp"
#include "tag/rank_loops.hpp"

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx512_lanes {
    using vector = __m512i;
    static constexpr std::size_t words = 8;
    static constexpr std::size_t most_blocks = 8;
    static vector load(std::uint64_t const* p) noexcept {
        return _mm512_load_si512(reinterpret_cast<vector const*>(p));
    }
    static void store(std::uint64_t* p, vector v) noexcept { _mm512_store_si512(reinterpret_cast<vector*>(p), v); }
    static vector load_anywhere(std::uint64_t const* p) noexcept { return _mm512_loadu_si512(p); }
    static void store_anywhere(std::uint64_t* p, vector v) noexcept { _mm512_storeu_si512(p, v); }
    static vector both(vector a, vector b) noexcept { return _mm512_and_si512(a, b); }
    static vector without(vector a, vector b) noexcept { return a & ~b; } // _mm512_andnot_si512 makes GCC 12 warn
};

listed list_compressed(std::uint64_t const* words, std::size_t word_count, std::uint32_t const* names,
                       std::uint32_t* out, std::size_t room) noexcept {
    listed made;
    for (; made.words < word_count && made.names + 64 <= room; ++made.words) {
        std::uint64_t const word = words[made.words];
        if (word == 0) continue;
        for (std::size_t part = 0; part < 4; ++part) {
            auto const bits = static_cast<__mmask16>(word >> (16 * part));
            __m512i const here = _mm512_loadu_si512(names + made.words * 64 + 16 * part);
            _mm512_storeu_si512(out + made.names, _mm512_maskz_compress_epi32(bits, here));
            made.names += static_cast<std::size_t>(__builtin_popcount(bits));
        }
    }
    return made;
}

} // namespace

match_kernels const match_kernels_avx512{rank_loops<avx2_fours>::rank_all, combine<avx512_lanes>, fold<avx512_lanes>,
                                         list_compressed};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
