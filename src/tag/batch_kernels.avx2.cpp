// SPDX-License-Identifier: Apache-2.0
#include "tag/batch_kernels.hpp"

#if defined(__x86_64__)

#include "tag/batch_loops.hpp"

#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_lanes {
    using vector = __m256i;
    static constexpr std::size_t words = 4;
    static vector load(void const* p) noexcept { return _mm256_load_si256(static_cast<vector const*>(p)); }
    static vector load_any(void const* p) noexcept { return _mm256_loadu_si256(static_cast<vector const*>(p)); }
    static void store(std::uint64_t* p, vector v) noexcept { _mm256_store_si256(reinterpret_cast<vector*>(p), v); }
    static vector both(vector a, vector b) noexcept { return _mm256_and_si256(a, b); }
    static vector either(vector a, vector b) noexcept { return _mm256_or_si256(a, b); }
    static vector differ(vector a, vector b) noexcept { return _mm256_xor_si256(a, b); }
    static bool is_zero(vector v) noexcept { return _mm256_testz_si256(v, v) != 0; }

    // 32 numbers of 64 bits.
    static constexpr bool clamps_32 = true;
    struct limits {
        vector low;
        vector high;
    };
    static limits bounds(std::int64_t low, std::int64_t high) noexcept {
        return {_mm256_set1_epi64x(low), _mm256_set1_epi64x(high)};
    }
    static vector clamp_four(std::int64_t const* in, limits of) noexcept {
        vector v = _mm256_loadu_si256(reinterpret_cast<vector const*>(in));
        v = _mm256_blendv_epi8(v, of.low, _mm256_cmpgt_epi64(of.low, v));
        v = _mm256_blendv_epi8(v, of.high, _mm256_cmpgt_epi64(v, of.high));
        return _mm256_sub_epi64(v, of.low);
    }
    // The lower halves of eight numbers, in the order 0 1 4 5 and 2 3 6 7.
    static vector clamp_eight(std::int64_t const* in, limits of) noexcept {
        return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(clamp_four(in, of)),
                                                     _mm256_castsi256_ps(clamp_four(in + 4, of)), 0x88));
    }
    static void clamp(std::int64_t const* in, limits of, std::int32_t* out) noexcept {
        for (std::size_t i = 0; i < 32; i += 8)
            _mm256_store_si256(reinterpret_cast<vector*>(out + i),
                               _mm256_permute4x64_epi64(clamp_eight(in + i, of), 0xD8));
    }
    static void clamp(std::int64_t const* in, limits of, std::uint8_t* out) noexcept {
        vector const a = _mm256_packus_epi32(clamp_eight(in, of), clamp_eight(in + 8, of));
        vector const b = _mm256_packus_epi32(clamp_eight(in + 16, of), clamp_eight(in + 24, of));
        vector const fours =
            _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
        vector const order = _mm256_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15, //
                                              0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
        _mm256_store_si256(reinterpret_cast<vector*>(out), _mm256_shuffle_epi8(fours, order));
    }

    struct bytes {
        vector cut;
    };
    struct shorts {
        vector below; // cut - 1
    };
    struct ints {
        vector below;
    };
    static bytes all(std::uint8_t cut) noexcept { return {_mm256_set1_epi8(static_cast<char>(cut))}; }
    static shorts all(std::int16_t cut) noexcept { return {_mm256_set1_epi16(static_cast<std::int16_t>(cut - 1))}; }
    static ints all(std::int32_t cut) noexcept { return {_mm256_set1_epi32(cut - 1)}; }

    static std::uint64_t sign_bits(vector low, vector high) noexcept {
        auto const lower = static_cast<std::uint32_t>(_mm256_movemask_epi8(low));
        return lower | std::uint64_t{static_cast<std::uint32_t>(_mm256_movemask_epi8(high))} << 32;
    }
    static std::uint64_t not_below(std::uint8_t const* codes, bytes of) noexcept {
        vector const a = load_any(codes);
        vector const b = load_any(codes + 32);
        return sign_bits(_mm256_cmpeq_epi8(_mm256_max_epu8(a, of.cut), a),
                         _mm256_cmpeq_epi8(_mm256_max_epu8(b, of.cut), b));
    }
    template <std::size_t Count>
    static std::uint64_t odd(std::uint8_t const* codes, std::array<bytes, Count> const& cuts) noexcept {
        vector const a = load_any(codes);
        vector const b = load_any(codes + 32);
        vector low = _mm256_setzero_si256();
        vector high = low;
        for (bytes const of : cuts) {
            low = _mm256_xor_si256(low, _mm256_cmpeq_epi8(_mm256_max_epu8(a, of.cut), a));
            high = _mm256_xor_si256(high, _mm256_cmpeq_epi8(_mm256_max_epu8(b, of.cut), b));
        }
        return sign_bits(low, high);
    }
    // 32 rows; packing works in halves of a register, so these are put in order afterwards.
    static vector packed(std::int16_t const* codes, shorts of) noexcept {
        vector const a = _mm256_cmpgt_epi16(load_any(codes), of.below);
        vector const b = _mm256_cmpgt_epi16(load_any(codes + 16), of.below);
        return _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8);
    }
    static std::uint64_t not_below(std::int16_t const* codes, shorts of) noexcept {
        return sign_bits(packed(codes, of), packed(codes + 32, of));
    }
    static vector packed(std::int32_t const* codes, ints of) noexcept {
        auto const above = [&](std::size_t i) { return _mm256_cmpgt_epi32(load_any(codes + 8 * i), of.below); };
        vector const pairs =
            _mm256_packs_epi16(_mm256_packs_epi32(above(0), above(1)), _mm256_packs_epi32(above(2), above(3)));
        return _mm256_permutevar8x32_epi32(pairs, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7));
    }
    static std::uint64_t not_below(std::int32_t const* codes, ints of) noexcept {
        return sign_bits(packed(codes, of), packed(codes + 32, of));
    }

    // How many bits of each byte are set, of both halves by look-up, and the sum of bytes.
    static vector bits_of_bytes(vector v) noexcept {
        vector const halves =
            _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
        vector const low = _mm256_set1_epi8(15);
        return _mm256_add_epi8(_mm256_shuffle_epi8(halves, _mm256_and_si256(v, low)),
                               _mm256_shuffle_epi8(halves, _mm256_and_si256(_mm256_srli_epi16(v, 4), low)));
    }
    static vector add_bytes(vector a, vector b) noexcept { return _mm256_add_epi8(a, b); }
    static std::uint64_t sum_of_bytes(vector v) noexcept {
        vector const sums = _mm256_sad_epu8(v, _mm256_setzero_si256());
        __m128i const two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
        return static_cast<std::uint64_t>(_mm_cvtsi128_si64(two) + _mm_extract_epi64(two, 1));
    }
};

} // namespace

constinit batch_kernels const batch_kernels_avx2 = batch_kernels_of<avx2_lanes>();

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
