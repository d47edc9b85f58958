// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_lanes.hpp"

#if defined(__x86_64__)

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct four_lanes {
    using vector = double __attribute__((vector_size(32)));
    using bits = std::uint64_t __attribute__((vector_size(32)));

    static vector fma(vector a, vector b, vector c) { return _mm256_fmadd_pd(a, b, c); }
};

} // namespace

repeat_kernels const repeat_kernels_avx2 = kernels_of<four_lanes>;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
