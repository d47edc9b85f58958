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

protected:
    template <class T>
    static __m256i load(T const* cuts) noexcept {
        return _mm256_load_si256(reinterpret_cast<__m256i const*>(cuts));
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
