// SPDX-License-Identifier: Apache-2.0
#include "tag/batch_kernels.hpp"

#if defined(__x86_64__)

#include "tag/batch_loops.hpp"

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx512_lanes {
    using vector = __m512i;
    static constexpr std::size_t words = 8;
    static vector load(void const* p) noexcept { return _mm512_load_si512(p); }
    static void store(std::uint64_t* p, vector v) noexcept { _mm512_store_si512(p, v); }
    static vector both(vector a, vector b) noexcept { return _mm512_and_si512(a, b); }
    static vector either(vector a, vector b) noexcept { return _mm512_or_si512(a, b); }
    static vector differ(vector a, vector b) noexcept { return _mm512_xor_si512(a, b); }
    static bool is_zero(vector v) noexcept { return _mm512_test_epi64_mask(v, v) == 0; }

    struct bytes {
        vector cut;
    };
    struct shorts {
        vector cut;
    };
    struct ints {
        vector cut;
    };
    static bytes all(std::uint8_t cut) noexcept { return {_mm512_set1_epi8(static_cast<char>(cut))}; }
    static shorts all(std::int16_t cut) noexcept { return {_mm512_set1_epi16(cut)}; }
    static ints all(std::int32_t cut) noexcept { return {_mm512_set1_epi32(cut)}; }

    static std::uint64_t not_below(std::uint8_t const* codes, bytes of) noexcept {
        return _mm512_cmpge_epu8_mask(load(codes), of.cut);
    }
    static std::uint64_t not_below(std::int16_t const* codes, shorts of) noexcept {
        return std::uint64_t{_mm512_cmpge_epi16_mask(load(codes), of.cut)} |
               std::uint64_t{_mm512_cmpge_epi16_mask(load(codes + 32), of.cut)} << 32;
    }
    static std::uint64_t not_below(std::int32_t const* codes, ints of) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < 4; ++i)
            out |= std::uint64_t{_mm512_cmpge_epi32_mask(load(codes + 16 * i), of.cut)} << (16 * i);
        return out;
    }
};

} // namespace

constinit batch_kernels const batch_kernels_avx512 = batch_kernels_of<avx512_lanes>();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
