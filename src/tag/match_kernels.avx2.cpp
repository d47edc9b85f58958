// SPDX-License-Identifier: Apache-2.0
#include "tag/match_kernels.hpp"

#if defined(__x86_64__)

#include "tag/match_loops.hpp"

#include <immintrin.h>

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
    static vector both(vector a, vector b) noexcept { return _mm256_and_si256(a, b); }
};

} // namespace

match_kernels const match_kernels_avx2{combine<avx2_lanes>, list_names<avx2_lanes>};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
