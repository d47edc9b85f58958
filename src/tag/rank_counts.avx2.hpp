// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RANK_COUNTS_AVX2_HPP
#define SEGMENTA_TAG_RANK_COUNTS_AVX2_HPP

// What rank_loops.hpp asks for, with 32-byte vectors, for kernel files of AVX2 and above.

#include "tag/ranker.hpp"

#include <immintrin.h>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct avx2_counts {
    static bool find_rows(rank_plan const& plan, rank_places const& to) noexcept {
        static_assert(places_at_once == 4 && value_layout::low_first);
        __m256i const zero = _mm256_setzero_si256();
        __m256i unusual = zero;
        for (std::size_t i = 0; i < plan.places; i += 4) {
            __m256i const head = load(to.heads + i);
            __m256i const differs = _mm256_slli_epi64(_mm256_xor_si256(head, load(plan.heads + i)), 16);
            __m256i const usual = _mm256_cmpeq_epi64(differs, zero);
            __m256i const rank = _mm256_blendv_epi8(load_wide(plan.missing + i), load_wide(to.ranks + i), usual);
            unusual = _mm256_or_si256(unusual, _mm256_andnot_si256(usual, head));
            __m256i const row =
                _mm256_add_epi64(load(plan.rows + i), _mm256_mul_epu32(rank, load_wide(plan.strides + i)));
            _mm256_store_si256(reinterpret_cast<__m256i*>(to.rows + i), row);
            __m128i const narrow =
                _mm256_castsi256_si128(_mm256_permutevar8x32_epi32(rank, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6)));
            _mm_store_si128(reinterpret_cast<__m128i*>(to.ranks + i), narrow);
        }
        __m256i const present = _mm256_set1_epi64x(static_cast<long long>(value_layout::present));
        return _mm256_testz_si256(unusual, present) == 0;
    }
    static std::uint32_t count_few(std::int16_t const* cuts, std::int16_t key) noexcept {
        __m256i const wanted = _mm256_set1_epi16(key);
        auto const beyond = [&](std::size_t i) { return _mm256_cmpgt_epi16(load(cuts + 16 * i), wanted); };
        return static_cast<std::uint32_t>(few_cuts) - bytes(_mm256_packs_epi16(beyond(0), beyond(1)));
    }
    static std::uint32_t count_few(std::int32_t const* cuts, std::int32_t key) noexcept {
        __m256i const wanted = _mm256_set1_epi32(key);
        auto const beyond = [&](std::size_t i) { return _mm256_cmpgt_epi32(load(cuts + 8 * i), wanted); };
        return static_cast<std::uint32_t>(few_cuts) -
               bytes(_mm256_packs_epi16(_mm256_packs_epi32(beyond(0), beyond(1)),
                                        _mm256_packs_epi32(beyond(2), beyond(3))));
    }
    static std::uint32_t count_few(std::int64_t const* cuts, std::int64_t key) noexcept {
        return count_block(cuts, key) + count_block(cuts + block_of_cuts, key);
    }
    static std::uint32_t count_block(std::int64_t const* cuts, std::int64_t key) noexcept {
        __m256i const wanted = _mm256_set1_epi64x(key);
        auto const beyond = [&](std::size_t i) { return _mm256_cmpgt_epi64(load(cuts + 4 * i), wanted); };
        // A number of 64 bits becomes two bytes.
        return static_cast<std::uint32_t>(block_of_cuts) -
               bytes(_mm256_packs_epi16(_mm256_packs_epi32(beyond(0), beyond(1)),
                                        _mm256_packs_epi32(beyond(2), beyond(3)))) /
                   2;
    }

private:
    template <class T>
    static __m256i load(T const* cuts) noexcept {
        return _mm256_load_si256(reinterpret_cast<__m256i const*>(cuts));
    }
    static __m256i load_wide(std::uint32_t const* numbers) noexcept {
        return _mm256_cvtepu32_epi64(_mm_load_si128(reinterpret_cast<__m128i const*>(numbers)));
    }
    // How many bytes are not zero, of those that are all ones or zero.
    static std::uint32_t bytes(__m256i ones) noexcept {
        return static_cast<std::uint32_t>(__builtin_popcount(static_cast<unsigned>(_mm256_movemask_epi8(ones))));
    }
};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
