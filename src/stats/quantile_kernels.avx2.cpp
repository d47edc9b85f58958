// SPDX-License-Identifier: Apache-2.0
#include "stats/quantile_kernels.hpp"

#if defined(__x86_64__)

#include <algorithm>
#include <cstring>
#include <immintrin.h>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Four values. Comparisons give masks of all ones or zeros per 64-bit lane.
struct double_lanes {
    using element = double;
    using vector = __m256d;

    static vector load(double const* p) { return _mm256_loadu_pd(p); }
    static vector all(double v) { return _mm256_set1_pd(v); }
    static __m256i above(vector a, vector b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_GT_OQ)); }
    static __m256i not_below(vector a, vector b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_GE_OQ)); }
    static __m256i below(vector a, vector b) { return _mm256_castpd_si256(_mm256_cmp_pd(a, b, _CMP_LT_OQ)); }
    static __m256i nan(vector a) { return _mm256_castpd_si256(_mm256_cmp_pd(a, a, _CMP_UNORD_Q)); }
    // with NaN the instructions return their second operand
    static vector smaller(vector v, vector seen) { return _mm256_min_pd(v, seen); }
    static vector larger(vector v, vector seen) { return _mm256_max_pd(v, seen); }
    static void store(double* p, vector v) { _mm256_storeu_pd(p, v); }
    static bool is_nan(double v) { return v != v; }
};

struct int64_lanes {
    using element = std::int64_t;
    using vector = __m256i;

    static vector load(std::int64_t const* p) { return _mm256_loadu_si256(reinterpret_cast<__m256i const*>(p)); }
    static vector all(std::int64_t v) { return _mm256_set1_epi64x(v); }
    static __m256i above(vector a, vector b) { return _mm256_cmpgt_epi64(a, b); }
    static __m256i not_below(vector a, vector b) {
        return _mm256_xor_si256(_mm256_cmpgt_epi64(b, a), _mm256_set1_epi64x(-1));
    }
    static __m256i below(vector a, vector b) { return _mm256_cmpgt_epi64(b, a); }
    static __m256i nan(vector) { return _mm256_setzero_si256(); }
    static vector smaller(vector v, vector seen) { return _mm256_blendv_epi8(seen, v, _mm256_cmpgt_epi64(seen, v)); }
    static vector larger(vector v, vector seen) { return _mm256_blendv_epi8(seen, v, _mm256_cmpgt_epi64(v, seen)); }
    static void store(std::int64_t* p, vector v) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), v); }
    static bool is_nan(std::int64_t) { return false; }
};

std::uint64_t sum_of_masks(__m256i negated) {
    alignas(32) std::int64_t lanes[4];
    _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), negated);
    return static_cast<std::uint64_t>(lanes[0] + lanes[1] + lanes[2] + lanes[3]);
}

template <class Lanes>
std::size_t scan(typename Lanes::element const* values, std::size_t n, typename Lanes::element low,
                 typename Lanes::element high, bracket_counts& counts, typename Lanes::element* inside) {
    auto const low_all = Lanes::all(low);
    auto const high_all = Lanes::all(high);
    __m256i above_low = _mm256_setzero_si256();
    __m256i not_below_low = above_low;
    __m256i above_high = above_low;
    __m256i not_below_high = above_low;
    std::size_t appended = 0;
    std::size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        unsigned hits = 0;
        for (unsigned half = 0; half < 2; ++half) {
            auto const v = Lanes::load(values + i + 4 * half);
            __m256i const a = Lanes::above(v, low_all);
            __m256i const b = Lanes::below(v, high_all);
            above_low = _mm256_sub_epi64(above_low, a);
            not_below_low = _mm256_sub_epi64(not_below_low, Lanes::not_below(v, low_all));
            above_high = _mm256_sub_epi64(above_high, Lanes::above(v, high_all));
            not_below_high = _mm256_sub_epi64(not_below_high, Lanes::not_below(v, high_all));
            __m256i const in = _mm256_and_si256(a, b);
            hits |= static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(in))) << (4 * half);
        }
        // brackets are narrow: most groups of eight have no hit
        for (; hits != 0; hits &= hits - 1)
            inside[appended++] = values[i + _tzcnt_u32(hits)];
    }
    bracket_counts rest;
    for (; i < n; ++i) {
        auto const v = values[i];
        rest.above_low += v > low;
        rest.not_below_low += v >= low;
        rest.above_high += v > high;
        rest.not_below_high += v >= high;
        if (v > low && v < high) inside[appended++] = v;
    }
    counts.above_low += rest.above_low + sum_of_masks(above_low);
    counts.not_below_low += rest.not_below_low + sum_of_masks(not_below_low);
    counts.above_high += rest.above_high + sum_of_masks(above_high);
    counts.not_below_high += rest.not_below_high + sum_of_masks(not_below_high);
    return appended;
}

/// The low 32 bits of the eight 64-bit lanes: a0 a1 b0 b1 in the lower half, a2 a3 b2 b3 in the upper.
__m256i low_halves(__m256i a, __m256i b) {
    return _mm256_castps_si256(_mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88));
}

/// Which value a bit of `low_halves` is of, among eight.
constexpr std::uint8_t value_of_half[8] = {0, 1, 4, 5, 2, 3, 6, 7};

/// Appends the values of 64 that a bit is set for. Mostly one or two are, at places nobody can guess: two are written
/// always, and only more of them take a branch.
template <class T>
std::size_t append_hits(std::uint64_t hits, T const* values, T* inside, std::size_t appended) {
    auto const write_first = [&] {
        std::size_t const bit = _tzcnt_u64(hits) % 64;
        inside[appended] = values[bit / 8 * 8 + value_of_half[bit % 8]];
        appended += hits != 0 ? 1U : 0U;
        hits &= hits - 1;
    };
    write_first();
    write_first();
    while (hits != 0)
        write_first();
    return appended;
}

template <class Lanes>
std::size_t sift(typename Lanes::element const* values, std::size_t n, typename Lanes::element low,
                 typename Lanes::element high, std::uint64_t& above_low, typename Lanes::element* inside) {
    constexpr std::size_t stretch = 2048;
    auto const low_all = Lanes::all(low);
    auto const high_all = Lanes::all(high);
    __m256i above = _mm256_setzero_si256();
    auto const in_bracket = [&](std::size_t at) {
        auto const v = Lanes::load(values + at);
        __m256i const a = Lanes::above(v, low_all);
        above = _mm256_sub_epi64(above, a);
        return _mm256_and_si256(a, Lanes::below(v, high_all));
    };
    std::size_t appended = 0;
    std::size_t i = 0;
    while (i + 64 <= n) {
        std::size_t const begin = i;
        std::size_t const end = i + std::min(stretch, (n - i) / 64 * 64);
        alignas(8) std::uint8_t hits[stretch / 8];
        for (; i < end; i += 8) {
            __m256i const in = low_halves(in_bracket(i), in_bracket(i + 4));
            hits[(i - begin) / 8] = static_cast<std::uint8_t>(_mm256_movemask_ps(_mm256_castsi256_ps(in)));
        }
        for (std::size_t at = begin; at < end; at += 64) {
            std::uint64_t word;
            std::memcpy(&word, hits + (at - begin) / 8, sizeof word);
            appended = append_hits(word, values + at, inside, appended);
        }
    }
    above_low += sum_of_masks(above);
    for (; i < n; ++i) {
        auto const v = values[i];
        above_low += v > low;
        if (v > low && v < high) inside[appended++] = v;
    }
    return appended;
}

template <class Lanes>
void extremes(typename Lanes::element const* values, std::size_t n, value_extremes<typename Lanes::element>& seen) {
    auto smallest = Lanes::all(seen.minimum);
    auto largest = Lanes::all(seen.maximum);
    __m256i nan = _mm256_setzero_si256();
    std::size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        auto const v = Lanes::load(values + i);
        smallest = Lanes::smaller(v, smallest);
        largest = Lanes::larger(v, largest);
        nan = _mm256_sub_epi64(nan, Lanes::nan(v));
    }
    typename Lanes::element low[4];
    typename Lanes::element high[4];
    Lanes::store(low, smallest);
    Lanes::store(high, largest);
    for (int lane = 0; lane < 4; ++lane) {
        seen.minimum = low[lane] < seen.minimum ? low[lane] : seen.minimum;
        seen.maximum = high[lane] > seen.maximum ? high[lane] : seen.maximum;
    }
    seen.nan += sum_of_masks(nan);
    for (; i < n; ++i) {
        auto const v = values[i];
        seen.nan += Lanes::is_nan(v);
        seen.minimum = v < seen.minimum ? v : seen.minimum;
        seen.maximum = v > seen.maximum ? v : seen.maximum;
    }
}

template <class Lanes, bool Closed>
__m256i reached(typename Lanes::vector v, typename Lanes::vector edge) {
    return Closed ? Lanes::not_below(v, edge) : Lanes::above(v, edge);
}

template <class Lanes, bool Closed>
void codes(typename Lanes::element const* values, std::size_t n, typename Lanes::element const* edges,
           std::size_t edge_count, std::uint8_t* out) {
    // after the packs, dwords hold a0 a1 b0 b1 | c0 c1 d0 d1 | (same) || a2 a3 b2 b3 | c2 c3 d2 d3 | (same), in bytes
    __m256i const pairs_in_order = _mm256_setr_epi8(0, 1, -1, -1, 2, 3, -1, -1, 4, 5, -1, -1, 6, 7, -1, -1, //
                                                    -1, -1, 0, 1, -1, -1, 2, 3, -1, -1, 4, 5, -1, -1, 6, 7);
    std::size_t i = 0;
    for (; i + 16 <= n; i += 16) {
        // by name and not in an array: the compiler then keeps them in registers
        auto const v0 = Lanes::load(values + i);
        auto const v1 = Lanes::load(values + i + 4);
        auto const v2 = Lanes::load(values + i + 8);
        auto const v3 = Lanes::load(values + i + 12);
        __m256i c0 = _mm256_setzero_si256();
        __m256i c1 = c0;
        __m256i c2 = c0;
        __m256i c3 = c0;
        for (std::size_t e = 0; e < edge_count; ++e) {
            auto const edge = Lanes::all(edges[e]);
            c0 = _mm256_sub_epi64(c0, reached<Lanes, Closed>(v0, edge));
            c1 = _mm256_sub_epi64(c1, reached<Lanes, Closed>(v1, edge));
            c2 = _mm256_sub_epi64(c2, reached<Lanes, Closed>(v2, edge));
            c3 = _mm256_sub_epi64(c3, reached<Lanes, Closed>(v3, edge));
        }
        c0 = _mm256_or_si256(c0, Lanes::nan(v0));
        c1 = _mm256_or_si256(c1, Lanes::nan(v1));
        c2 = _mm256_or_si256(c2, Lanes::nan(v2));
        c3 = _mm256_or_si256(c3, Lanes::nan(v3));
        __m256i const words = _mm256_packs_epi32(low_halves(c0, c1), low_halves(c2, c3));
        __m256i const bytes = _mm256_packs_epi16(words, words); // 255 is -1 and stays so
        __m256i const spread = _mm256_shuffle_epi8(bytes, pairs_in_order);
        __m128i const result = _mm_or_si128(_mm256_castsi256_si128(spread), _mm256_extracti128_si256(spread, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(out + i), result);
    }
    for (; i < n; ++i) {
        auto const v = values[i];
        unsigned code = 0;
        for (std::size_t e = 0; e < edge_count; ++e)
            code += Closed ? v >= edges[e] : v > edges[e];
        out[i] = static_cast<std::uint8_t>(Lanes::is_nan(v) ? 255U : code);
    }
}

} // namespace

quantile_kernels<double> const quantile_kernels_avx2_double{scan<double_lanes>, sift<double_lanes>,
                                                            extremes<double_lanes>, codes<double_lanes, false>,
                                                            codes<double_lanes, true>};
quantile_kernels<std::int64_t> const quantile_kernels_avx2_int64{
    scan<int64_lanes>, sift<int64_lanes>, extremes<int64_lanes>, codes<int64_lanes, false>, codes<int64_lanes, true>};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
