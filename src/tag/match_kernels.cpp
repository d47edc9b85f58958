// SPDX-License-Identifier: Apache-2.0
#include "tag/match_kernels.hpp"

#include "tag/match_loops.hpp"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

#if defined(__x86_64__)
struct sse2_lanes {
    using vector = __m128i;
    static constexpr std::size_t words = 2;
    static constexpr std::size_t most_blocks = 3;
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
};
using lanes = sse2_lanes;
#else
struct word_lanes {
    using vector = std::uint64_t;
    static constexpr std::size_t words = 1;
    static constexpr std::size_t most_blocks = 1;
    static vector load(std::uint64_t const* p) noexcept { return *p; }
    static void store(std::uint64_t* p, vector v) noexcept { *p = v; }
    static vector load_anywhere(std::uint64_t const* p) noexcept { return *p; }
    static void store_anywhere(std::uint64_t* p, vector v) noexcept { *p = v; }
    static vector both(vector a, vector b) noexcept { return a & b; }
    static vector without(vector a, vector b) noexcept { return a & ~b; }
};
using lanes = word_lanes;
#endif

constexpr match_kernels portable{combine<lanes>, fold<lanes>, list_names<lanes>};

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
