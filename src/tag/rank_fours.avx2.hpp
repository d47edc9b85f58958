// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RANK_FOURS_AVX2_HPP
#define SEGMENTA_TAG_RANK_FOURS_AVX2_HPP

// Ranking four values at once, for kernel files of AVX2 and above: what rank_loops.hpp does one by one. What is found
// stays in registers until it is a row: single stores that are read back as a vector would have to wait for memory.

#include "tag/rank_counts.avx2.hpp"

#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

class avx2_fours : public avx2_counts {
public:
    static constexpr bool by_fours = true;

    // Like rank_loops::run for all rankers that are done by fours.
    [[gnu::always_inline]] static std::uint64_t rank_fours(rank_plan const& plan, unsigned char const* values,
                                                           rank_places const& to) noexcept {
        __m256i odd = _mm256_setzero_si256();
        each<ranking::few_far>(plan, [&](four_rankers const& of) { rank_cuts<std::int32_t>(of, values, to, odd); });
        each<ranking::few_near>(plan, [&](four_rankers const& of) { rank_cuts<std::int16_t>(of, values, to, odd); });
        each<ranking::short_table>(plan, [&](four_rankers const& of) { rank_table(of, values, to, odd); });
        each<ranking::short_codes>(plan, [&](four_rankers const& of) { rank_codes(of, values, to, odd); });
        __m256i const present = _mm256_set1_epi64x(static_cast<long long>(value_layout::present));
        return _mm256_testz_si256(odd, present) != 0 ? 0 : value_layout::present;
    }

private:
    static_assert(value_layout::low_first);
    // By value the first and the second eight bytes of sixteen.
    struct halves {
        __m256i first;
        __m256i second;
    };

    template <ranking How, class Rank>
    [[gnu::always_inline]] static void each(rank_plan const& plan, Rank const& rank) noexcept {
        four_rankers const* const end = plan.fours[static_cast<std::size_t>(How) + 1];
        for (four_rankers const* at = plan.fours[static_cast<std::size_t>(How)]; at != end; ++at)
            rank(*at);
    }

    [[gnu::always_inline]] static void rank_table(four_rankers const& of, unsigned char const* values,
                                                  rank_places const& to, __m256i& odd) noexcept {
        auto const [head, key] = load_halves(of, values);
        __m256i const entry = _mm256_add_epi64(clamp(of, key), load(of.keys));
        keep(of, head, has_usual_head(of, head), bytes_at(entry), to, odd);
    }

    [[gnu::always_inline]] static void rank_codes(four_rankers const& of, unsigned char const* values,
                                                  rank_places const& to, __m256i& odd) noexcept {
        auto const [pool, after] = load_halves(of, values + value_layout::pool);
        static_assert(value_layout::code == value_layout::pool + 8);
        __m256i const code = _mm256_and_si256(after, _mm256_set1_epi64x(0xFFFF'FFFF));
        __m256i const highest = load(of.highest);
        __m256i const is_new = _mm256_cmpgt_epi64(code, highest);
        __m256i const entry = _mm256_add_epi64(_mm256_blendv_epi8(code, highest, is_new), load(of.keys));
        __m256i const known = _mm256_andnot_si256(is_new, _mm256_cmpeq_epi64(pool, load(of.pool)));
        __m256i const head = load_heads(of, values);
        keep(of, head, _mm256_and_si256(has_usual_head(of, head), known), bytes_at(entry), to, odd);
    }

    // How many cuts are below the number that follows the key.
    template <class Cut>
    [[gnu::always_inline]] static void rank_cuts(four_rankers const& of, unsigned char const* values,
                                                 rank_places const& to, __m256i& odd) noexcept {
        auto const [head, key] = load_halves(of, values);
        __m256i const above = _mm256_sub_epi64(clamp(of, key), load(of.lowest));
        __m256i const next = _mm256_add_epi64(above, _mm256_set1_epi64x(1));
        alignas(32) std::uint64_t keys[4];
        _mm256_store_si256(reinterpret_cast<__m256i*>(keys), next);
        __m128i ranks = _mm_cvtsi32_si128(count_below<Cut>(of.keys[0], keys[0]));
        ranks = _mm_insert_epi32(ranks, count_below<Cut>(of.keys[1], keys[1]), 1);
        ranks = _mm_insert_epi32(ranks, count_below<Cut>(of.keys[2], keys[2]), 2);
        ranks = _mm_insert_epi32(ranks, count_below<Cut>(of.keys[3], keys[3]), 3);
        keep(of, head, has_usual_head(of, head), _mm256_cvtepu32_epi64(ranks), to, odd);
    }

    template <class Cut>
    [[gnu::always_inline]] static int count_below(std::uint64_t cuts, std::uint64_t key) noexcept {
        auto const* const at = reinterpret_cast<Cut const*>(cuts); // NOLINT: see ranker.hpp
        if constexpr (sizeof(Cut) == 2) {
            __m256i const wanted = _mm256_set1_epi16(static_cast<std::int16_t>(key ^ 0x8000U)); // as padded_cuts does
            auto const below = [&](std::size_t i) { return _mm256_cmpgt_epi16(wanted, load(at + 16 * i)); };
            return static_cast<int>(bytes(_mm256_packs_epi16(below(0), below(1))));
        } else {
            __m256i const wanted = _mm256_set1_epi32(static_cast<std::int32_t>(key));
            auto const below = [&](std::size_t i) { return _mm256_cmpgt_epi32(wanted, load(at + 8 * i)); };
            return static_cast<int>(bytes(
                _mm256_packs_epi16(_mm256_packs_epi32(below(0), below(1)), _mm256_packs_epi32(below(2), below(3)))));
        }
    }

    [[gnu::always_inline]] static __m256i clamp(four_rankers const& of, __m256i key) noexcept {
        __m256i const lowest = load(of.lowest);
        __m256i const highest = load(of.highest);
        __m256i const from = _mm256_blendv_epi8(key, lowest, _mm256_cmpgt_epi64(lowest, key));
        return _mm256_blendv_epi8(from, highest, _mm256_cmpgt_epi64(from, highest));
    }

    [[gnu::always_inline]] static __m256i has_usual_head(four_rankers const& of, __m256i head) noexcept {
        __m256i const differs = _mm256_slli_epi64(_mm256_xor_si256(head, load(of.head)), 16);
        return _mm256_cmpeq_epi64(differs, _mm256_setzero_si256());
    }

    [[gnu::always_inline]] static void keep(four_rankers const& of, __m256i head, __m256i usual, __m256i found,
                                            rank_places const& to, __m256i& odd) noexcept {
        odd = _mm256_or_si256(odd, _mm256_andnot_si256(usual, head));
        __m256i const rank = _mm256_blendv_epi8(load(of.missing), found, usual);
        __m256i const row = _mm256_add_epi64(load(of.first_row), _mm256_mul_epu32(rank, load(of.stride)));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(to.rows + of.place), row);
        __m256i const narrow = _mm256_permutevar8x32_epi32(rank, _mm256_setr_epi32(0, 2, 4, 6, 0, 2, 4, 6));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to.ranks + of.place), _mm256_castsi256_si128(narrow));
    }

    [[gnu::always_inline]] static halves load_halves(four_rankers const& of, unsigned char const* values) noexcept {
        auto const sixteen = [&](std::size_t i) {
            return _mm_loadu_si128(reinterpret_cast<__m128i const*>(values + of.value[i]));
        };
        __m256i const even = _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(0)), sixteen(2), 1);
        __m256i const uneven = _mm256_inserti128_si256(_mm256_castsi128_si256(sixteen(1)), sixteen(3), 1);
        return {_mm256_unpacklo_epi64(even, uneven), _mm256_unpackhi_epi64(even, uneven)};
    }
    [[gnu::always_inline]] static __m256i load_heads(four_rankers const& of, unsigned char const* values) noexcept {
        auto const head = [&](std::size_t i) { return static_cast<long long>(head_of_value(values + of.value[i])); };
        return _mm256_setr_epi64x(head(0), head(1), head(2), head(3));
    }
    [[gnu::always_inline]] static __m256i bytes_at(__m256i addresses) noexcept {
        __m128i const high = _mm256_extracti128_si256(addresses, 1);
        __m128i const low = _mm256_castsi256_si128(addresses);
        auto const byte = [](long long address) {
            return int{*reinterpret_cast<std::uint8_t const*>(address)}; // NOLINT: see ranker.hpp
        };
        __m128i bytes = _mm_cvtsi32_si128(byte(_mm_cvtsi128_si64(low)));
        bytes = _mm_insert_epi8(bytes, byte(_mm_extract_epi64(low, 1)), 1);
        bytes = _mm_insert_epi8(bytes, byte(_mm_cvtsi128_si64(high)), 2);
        bytes = _mm_insert_epi8(bytes, byte(_mm_extract_epi64(high, 1)), 3);
        return _mm256_cvtepu8_epi64(bytes);
    }
    template <class T>
    [[gnu::always_inline]] static __m256i load(T const* from) noexcept {
        return _mm256_loadu_si256(reinterpret_cast<__m256i const*>(from));
    }
};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
