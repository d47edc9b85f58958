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
    static vector load_any(void const* p) noexcept { return _mm512_loadu_si512(p); } // columns of hosts
    static void store(std::uint64_t* p, vector v) noexcept { _mm512_store_si512(p, v); }
    static vector both(vector a, vector b) noexcept { return _mm512_and_si512(a, b); }
    static vector either(vector a, vector b) noexcept { return _mm512_or_si512(a, b); }
    static vector differ(vector a, vector b) noexcept { return _mm512_xor_si512(a, b); }
    static bool is_zero(vector v) noexcept { return _mm512_test_epi64_mask(v, v) == 0; }

    static constexpr bool clamps_32 = true; // numbers of 64 bits
    struct limits {
        vector low;
        vector high;
    };
    static limits bounds(std::int64_t low, std::int64_t high) noexcept {
        return {_mm512_set1_epi64(low), _mm512_set1_epi64(high)};
    }
    static vector clamp_eight(std::int64_t const* in, limits of) noexcept {
        vector const v = _mm512_maskz_max_epi64(0xFF, _mm512_loadu_si512(in), of.low);
        return _mm512_sub_epi64(_mm512_maskz_min_epi64(0xFF, v, of.high), of.low);
    }
    static void clamp(std::int64_t const* in, limits of, std::int32_t* out) noexcept {
        for (std::size_t i = 0; i < 32; i += 8)
            _mm256_store_si256(reinterpret_cast<__m256i*>(out + i),
                               _mm512_maskz_cvtepi64_epi32(0xFF, clamp_eight(in + i, of)));
    }
    static void clamp(std::int64_t const* in, limits of, std::uint8_t* out) noexcept {
        for (std::size_t i = 0; i < 32; i += 8)
            _mm_storel_epi64(reinterpret_cast<__m128i*>(out + i),
                             _mm512_maskz_cvtepi64_epi8(0xFF, clamp_eight(in + i, of)));
    }

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
        return _mm512_cmpge_epu8_mask(load_any(codes), of.cut);
    }
    static std::uint64_t not_below(std::int16_t const* codes, shorts of) noexcept {
        return _mm512_kunpackd(_mm512_cmpge_epi16_mask(load_any(codes + 32), of.cut),
                               _mm512_cmpge_epi16_mask(load_any(codes), of.cut));
    }
    static std::uint64_t not_below(std::int32_t const* codes, ints of) noexcept {
        auto const part = [&](std::size_t i) { return _mm512_cmpge_epi32_mask(load_any(codes + 16 * i), of.cut); };
        return _mm512_kunpackd(_mm512_kunpackw(part(3), part(2)), _mm512_kunpackw(part(1), part(0)));
    }

    // How many bits of each byte are set, of both halves by look-up, and the sum of bytes.
    static vector bits_of_bytes(vector v) noexcept {
        vector const halves =
            _mm512_maskz_broadcast_i32x4(0xFFFF, _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        vector const low = _mm512_set1_epi8(15);
        return _mm512_add_epi8(_mm512_shuffle_epi8(halves, _mm512_and_si512(v, low)),
                               _mm512_shuffle_epi8(halves, _mm512_and_si512(_mm512_srli_epi16(v, 4), low)));
    }
    static vector add_bytes(vector a, vector b) noexcept { return _mm512_add_epi8(a, b); }
    static std::uint64_t sum_of_bytes(vector v) noexcept {
        vector const sums = _mm512_sad_epu8(v, _mm512_setzero_si512());
        __m256i const four = _mm256_add_epi64(_mm512_maskz_extracti64x4_epi64(0xF, sums, 0),
                                              _mm512_maskz_extracti64x4_epi64(0xF, sums, 1));
        __m128i const two = _mm_add_epi64(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
    }
};

} // namespace

constinit batch_kernels const batch_kernels_avx512 = batch_kernels_of<avx512_lanes>();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
