// SPDX-License-Identifier: Apache-2.0
#include "evaluate/distance_kernels.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_lanes {
    __m256d v;

    static avx2_lanes all(double x) { return {_mm256_set1_pd(x)}; }
    static avx2_lanes load(double const* p) { return {_mm256_loadu_pd(p)}; }
    void store(double* p) const { _mm256_storeu_pd(p, v); }
    // not fused: the same bits as the portable kernel
    void add_square(avx2_lanes a, avx2_lanes b) {
        auto const gap = _mm256_sub_pd(a.v, b.v);
        v = _mm256_add_pd(v, _mm256_mul_pd(gap, gap));
    }
    [[nodiscard]] avx2_lanes root() const { return {_mm256_sqrt_pd(v)}; }
    [[nodiscard]] avx2_lanes first(std::size_t n) const {
        alignas(32) double lanes[4];
        _mm256_store_pd(lanes, v);
        for (std::size_t i = n; i < 4; ++i)
            lanes[i] = 0;
        return {_mm256_load_pd(lanes)};
    }
    void add(avx2_lanes other) { v = _mm256_add_pd(v, other.v); }
    [[nodiscard]] double sum() const {
        alignas(32) double lanes[4];
        _mm256_store_pd(lanes, v);
        return (lanes[0] + lanes[1]) + (lanes[2] + lanes[3]);
    }
};

} // namespace

distance_kernels const distance_kernels_avx2{distance_sums<avx2_lanes>};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
