// SPDX-License-Identifier: Apache-2.0
#include "tag/batch_kernels.hpp"

#include "tag/batch_loops.hpp"

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
    static constexpr bool clamps_32 = false;
    static vector load(void const* p) noexcept { return _mm_load_si128(static_cast<vector const*>(p)); }
    static vector load_any(void const* p) noexcept { return _mm_loadu_si128(static_cast<vector const*>(p)); }
    static void store(std::uint64_t* p, vector v) noexcept { _mm_store_si128(reinterpret_cast<vector*>(p), v); }
    static vector both(vector a, vector b) noexcept { return _mm_and_si128(a, b); }
    static vector either(vector a, vector b) noexcept { return _mm_or_si128(a, b); }
    static vector differ(vector a, vector b) noexcept { return _mm_xor_si128(a, b); }
    static bool is_zero(vector v) noexcept {
        return _mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_setzero_si128())) == 0xFFFF;
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
    static bytes all(std::uint8_t cut) noexcept { return {_mm_set1_epi8(static_cast<char>(cut))}; }
    static shorts all(std::int16_t cut) noexcept { return {_mm_set1_epi16(static_cast<std::int16_t>(cut - 1))}; }
    static ints all(std::int32_t cut) noexcept { return {_mm_set1_epi32(cut - 1)}; }

    template <class Sixteen>
    static std::uint64_t sign_bits(Sixteen&& sixteen) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < 4; ++i)
            out |= static_cast<std::uint64_t>(_mm_movemask_epi8(sixteen(i))) << (16 * i);
        return out;
    }
    static std::uint64_t not_below(std::uint8_t const* codes, bytes of) noexcept {
        return sign_bits([&](std::size_t i) {
            vector const v = load_any(codes + 16 * i);
            return _mm_cmpeq_epi8(_mm_max_epu8(v, of.cut), v);
        });
    }
    static std::uint64_t not_below(std::int16_t const* codes, shorts of) noexcept {
        auto const above = [&](std::size_t i) { return _mm_cmpgt_epi16(load_any(codes + 8 * i), of.below); };
        return sign_bits([&](std::size_t i) { return _mm_packs_epi16(above(2 * i), above(2 * i + 1)); });
    }
    static std::uint64_t not_below(std::int32_t const* codes, ints of) noexcept {
        auto const above = [&](std::size_t i) { return _mm_cmpgt_epi32(load_any(codes + 4 * i), of.below); };
        return sign_bits([&](std::size_t i) {
            return _mm_packs_epi16(_mm_packs_epi32(above(4 * i), above(4 * i + 1)),
                                   _mm_packs_epi32(above(4 * i + 2), above(4 * i + 3)));
        });
    }
};
using lanes = sse2_lanes;
#else
struct word_lanes {
    using vector = std::uint64_t;
    static constexpr std::size_t words = 1;
    static constexpr bool clamps_32 = false;
    static vector load(std::uint64_t const* p) noexcept { return *p; }
    static void store(std::uint64_t* p, vector v) noexcept { *p = v; }
    static vector both(vector a, vector b) noexcept { return a & b; }
    static vector either(vector a, vector b) noexcept { return a | b; }
    static vector differ(vector a, vector b) noexcept { return a ^ b; }
    static bool is_zero(vector v) noexcept { return v == 0; }

    template <class Code>
    static Code all(Code cut) noexcept {
        return cut;
    }
    template <class Code>
    static std::uint64_t not_below(Code const* codes, Code cut) noexcept {
        std::uint64_t out = 0;
        for (std::size_t i = 0; i < 64; ++i)
            out |= std::uint64_t{codes[i] >= cut} << i;
        return out;
    }
};
using lanes = word_lanes;
#endif

constexpr batch_kernels portable = batch_kernels_of<lanes>();

} // namespace

batch_kernels const& batch_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx512) return batch_kernels_avx512;
    if (level >= cpu_level::avx2) return batch_kernels_avx2;
#endif
    return portable;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
