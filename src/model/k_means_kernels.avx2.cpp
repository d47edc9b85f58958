// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_kernels.hpp"

#if defined(__x86_64__)

#include "model/k_means_loops.hpp"

#include <array>

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// For each mask of eight rows the numbers of those in it.
constexpr std::array<std::uint64_t, 256> make_members() {
    std::array<std::uint64_t, 256> out{};
    for (unsigned mask = 0; mask < 256; ++mask) {
        unsigned at = 0;
        for (std::uint64_t row = 0; row < 8; ++row)
            if ((mask >> row & 1U) != 0) out[mask] |= row << (8 * at++);
    }
    return out;
}
constexpr auto members = make_members();

struct avx2_lanes {
    using numbers = __m256;
    using integers = __m256i;

    static numbers all(float v) { return _mm256_set1_ps(v); }
    static numbers load(float const* p) { return _mm256_loadu_ps(p); }
    static integers labels(std::uint32_t c) { return _mm256_set1_epi32(static_cast<int>(c)); }
    // fused: the margin covers either rounding
    static numbers minus_product(numbers s, numbers a, numbers b) { return _mm256_fnmadd_ps(a, b, s); }
    static numbers plus_square(numbers s, numbers a) { return _mm256_fmadd_ps(a, a, s); }
    static numbers product(numbers a, numbers b) { return _mm256_mul_ps(a, b); }
    static numbers plus(numbers a, numbers b) { return _mm256_add_ps(a, b); }
    static numbers minus(numbers a, numbers b) { return _mm256_sub_ps(a, b); }
    static numbers root(numbers a) { return _mm256_sqrt_ps(a); }
    static void store(float* p, numbers a) { _mm256_storeu_ps(p, a); }
    static numbers first(numbers a, std::size_t n) {
        auto const number = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
        auto const kept = _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), number);
        return _mm256_and_ps(a, _mm256_castsi256_ps(kept));
    }
    // Rows of four pairs.
    static numbers pairs(float const* p, std::uint32_t const* list) {
        auto const two = [](float const* a, float const* b) {
            auto const low = _mm_castsi128_ps(_mm_loadl_epi64(reinterpret_cast<__m128i const*>(a)));
            return _mm_loadh_pi(low, reinterpret_cast<__m64 const*>(b));
        };
        return _mm256_insertf128_ps(_mm256_castps128_ps256(two(p + 2 * list[0], p + 2 * list[1])),
                                    two(p + 2 * list[2], p + 2 * list[3]), 1);
    }
    static integers pairs(std::uint32_t const* p, std::uint32_t const* list) {
        return _mm256_castps_si256(pairs(reinterpret_cast<float const*>(p), list)); // only loads that may alias
    }
    static numbers least_of_pairs(numbers a) { return _mm256_min_ps(a, _mm256_permute_ps(a, 0xB1)); }
    static unsigned bits(integers a) { return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(a))); }
    // writes eight numbers, whatever the mask
    static void list(unsigned mask, std::uint32_t first, std::uint32_t* out) {
        auto const rows = _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(static_cast<long long>(members[mask])));
        auto const numbers = _mm256_add_epi32(rows, _mm256_set1_epi32(static_cast<int>(first)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), numbers);
    }

    struct sums {
        __m256d low = _mm256_setzero_pd();
        __m256d high = _mm256_setzero_pd();
    };
    static sums add(sums const& total, numbers a) {
        return {_mm256_add_pd(total.low, _mm256_cvtps_pd(_mm256_castps256_ps128(a))),
                _mm256_add_pd(total.high, _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1)))};
    }
    static double sum(sums const& total) {
        alignas(32) double lanes[8];
        _mm256_store_pd(lanes, total.low);
        _mm256_store_pd(lanes + 4, total.high);
        double out = 0;
        for (double const v : lanes)
            out += v;
        return out;
    }
    static numbers marked(numbers score, integers bits, integers number) {
        return _mm256_or_ps(_mm256_and_ps(score, _mm256_castsi256_ps(bits)), _mm256_castsi256_ps(number));
    }
    static integers mark(numbers score, integers bits) { return _mm256_andnot_si256(bits, _mm256_castps_si256(score)); }
    // also true for NaN, which is doubtful
    static integers not_more(numbers a, numbers b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_NGT_UQ)); }
    static numbers smaller(numbers a, numbers b) { return _mm256_min_ps(a, b); }
    static numbers larger(numbers a, numbers b) { return _mm256_max_ps(a, b); }
    static unsigned finish(integers label, integers doubtful, integers was, std::uint32_t* found) {
        auto const marked = _mm256_or_si256(label, _mm256_slli_epi32(doubtful, 31));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(found), marked);
        auto const same = _mm256_cmpeq_epi32(marked, was);
        return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(same))) ^ 0xFFU;
    }
};

} // namespace

k_means_kernels const k_means_kernels_avx2{select<avx2_lanes>, nearest<avx2_lanes>, nearer<avx2_lanes>};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
