// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_kernels.hpp"

#if defined(__x86_64__)

#include "model/k_means_loops.hpp"

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_lanes {
    using numbers = __m256;
    using integers = __m256i;

    static numbers all(float v) { return _mm256_set1_ps(v); }
    static numbers load(float const* p) { return _mm256_loadu_ps(p); }
    static integers labels(std::uint32_t c) { return _mm256_set1_epi32(static_cast<int>(c)); }
    // fused: the margin covers either rounding
    static numbers minus_product(numbers s, numbers a, numbers b) { return _mm256_fnmadd_ps(a, b, s); }
    static numbers minus(numbers a, numbers b) { return _mm256_sub_ps(a, b); }
    static numbers marked(numbers score, integers bits, integers number) {
        return _mm256_or_ps(_mm256_and_ps(score, _mm256_castsi256_ps(bits)), _mm256_castsi256_ps(number));
    }
    static integers mark(numbers score, integers bits) { return _mm256_andnot_si256(bits, _mm256_castps_si256(score)); }
    // also true for NaN, which is doubtful
    static integers not_more(numbers a, numbers b) { return _mm256_castps_si256(_mm256_cmp_ps(a, b, _CMP_NGT_UQ)); }
    static numbers smaller(numbers a, numbers b) { return _mm256_min_ps(a, b); }
    static numbers larger(numbers a, numbers b) { return _mm256_max_ps(a, b); }
    static unsigned finish(integers label, integers doubtful, std::uint32_t const* was, std::uint32_t* found) {
        auto const old = _mm256_loadu_si256(reinterpret_cast<__m256i const*>(was));
        auto const marked = _mm256_or_si256(label, _mm256_slli_epi32(doubtful, 31));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(found), marked);
        auto const same = _mm256_cmpeq_epi32(marked, old);
        return static_cast<unsigned>(_mm256_movemask_ps(_mm256_castsi256_ps(same))) ^ 0xFFU;
    }
};

} // namespace

k_means_kernels const k_means_kernels_avx2{nearest<avx2_lanes>};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
