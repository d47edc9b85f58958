// SPDX-License-Identifier: Apache-2.0
#include "tag/match_kernels.hpp"

#include "tag/match_loops.hpp"
#include "tag/rank_loops.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// How many of sorted cuts are not above the key, where they are compared one by one.
template <std::size_t Cuts, class T>
std::uint32_t count_halving(T const* cuts, T key) noexcept {
    std::uint32_t at = 0;
    for (std::uint32_t step = Cuts / 2; step > 0; step /= 2)
        at += cuts[at + step - 1] <= key ? step : 0;
    return at + (cuts[at] <= key ? 1 : 0);
}

#if defined(__x86_64__)
struct sse2_lanes {
    using vector = __m128i;
    static constexpr std::size_t words = 2;
    static constexpr std::size_t most_blocks = 3;
    static constexpr bool by_fours = false;
    static vector load(std::uint64_t const* p) noexcept { return _mm_load_si128(reinterpret_cast<vector const*>(p)); }
    static void store(std::uint64_t* p, vector v) noexcept { _mm_store_si128(reinterpret_cast<vector*>(p), v); }
    static vector load_anywhere(std::uint64_t const* p) noexcept {
        return _mm_loadu_si128(reinterpret_cast<vector const*>(p));
    }
    static void store_anywhere(std::uint64_t* p, vector v) noexcept {
        _mm_storeu_si128(reinterpret_cast<vector*>(p), v);
    }
    static vector both(vector a, vector b) noexcept { return _mm_and_si128(a, b); }
    static vector without(vector a, vector b) noexcept { return _mm_andnot_si128(b, a); }

    static std::uint32_t count_few(std::int16_t const* cuts, std::int16_t key) noexcept {
        vector const wanted = _mm_set1_epi16(key);
        auto const beyond = [&](std::size_t i) { return _mm_cmpgt_epi16(load_cuts(cuts + 8 * i), wanted); };
        return static_cast<std::uint32_t>(few_cuts) -
               ones(_mm_add_epi8(_mm_packs_epi16(beyond(0), beyond(1)), _mm_packs_epi16(beyond(2), beyond(3))));
    }
    static std::uint32_t count_few(std::int32_t const* cuts, std::int32_t key) noexcept {
        vector const wanted = _mm_set1_epi32(key);
        auto const beyond = [&](std::size_t i) {
            auto const two = [&](std::size_t j) { return _mm_cmpgt_epi32(load_cuts(cuts + 16 * i + 4 * j), wanted); };
            return _mm_packs_epi16(_mm_packs_epi32(two(0), two(1)), _mm_packs_epi32(two(2), two(3)));
        };
        return static_cast<std::uint32_t>(few_cuts) - ones(_mm_add_epi8(beyond(0), beyond(1)));
    }
    static std::uint32_t count_few(std::int64_t const* cuts, std::int64_t key) noexcept {
        return count_halving<few_cuts>(cuts, key);
    }
    static std::uint32_t count_block(std::int64_t const* cuts, std::int64_t key) noexcept {
        return count_halving<block_of_cuts>(cuts, key);
    }

private:
    template <class T>
    static vector load_cuts(T const* cuts) noexcept {
        return _mm_load_si128(reinterpret_cast<vector const*>(cuts));
    }
    // The sum of bytes that are minus numbers.
    static std::uint32_t ones(vector minus) noexcept {
        vector const sums = _mm_sad_epu8(_mm_sub_epi8(_mm_setzero_si128(), minus), _mm_setzero_si128());
        return static_cast<std::uint32_t>(_mm_cvtsi128_si32(_mm_add_epi32(sums, _mm_srli_si128(sums, 8))));
    }
};
using lanes = sse2_lanes;
#else
struct word_lanes {
    using vector = std::uint64_t;
    static constexpr std::size_t words = 1;
    static constexpr std::size_t most_blocks = 1;
    static constexpr bool by_fours = false;
    static vector load(std::uint64_t const* p) noexcept { return *p; }
    static void store(std::uint64_t* p, vector v) noexcept { *p = v; }
    static vector load_anywhere(std::uint64_t const* p) noexcept { return *p; }
    static void store_anywhere(std::uint64_t* p, vector v) noexcept { *p = v; }
    static vector both(vector a, vector b) noexcept { return a & b; }
    static vector without(vector a, vector b) noexcept { return a & ~b; }
    static std::uint32_t count_block(std::int64_t const* cuts, std::int64_t key) noexcept {
        return count_halving<block_of_cuts>(cuts, key);
    }
};
using lanes = word_lanes;
#endif

constexpr match_kernels portable{rank_loops<lanes>::rank_all, combine<lanes>, fold<lanes>, list_names<lanes>};

} // namespace

match_kernels const& match_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx512) return match_kernels_avx512;
    if (level >= cpu_level::avx2) return match_kernels_avx2;
#endif
    return portable;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
