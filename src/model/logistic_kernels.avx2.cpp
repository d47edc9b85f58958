// SPDX-License-Identifier: Apache-2.0
#include "model/logistic_kernels.hpp"

#if defined(__x86_64__)

#include "model/logistic_kernel_body.hpp"

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_lanes {
    using vector = __m256d;
    using bits = long long __attribute__((vector_size(32)));
    static constexpr std::size_t width = 4;
    static vector fused(vector const& a, vector const& b, vector const& c) { return _mm256_fmadd_pd(a, b, c); }
    static vector root(vector const& a) { return _mm256_sqrt_pd(a); }
};

} // namespace

logistic_kernel const logistic_kernel_avx2 = logistic_loops<avx2_lanes>::add;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
