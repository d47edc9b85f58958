// SPDX-License-Identifier: Apache-2.0
#include "model/pareto_kernels.hpp"

#if defined(__x86_64__)

#include <cmath>
#include <cstdint>
#include <immintrin.h>

#include "model/pareto_kernel_body.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Four nodes.
struct vector4 {
    __m256d v;
    friend vector4 operator+(vector4 a, vector4 b) { return {_mm256_add_pd(a.v, b.v)}; }
    friend vector4 operator-(vector4 a, vector4 b) { return {_mm256_sub_pd(a.v, b.v)}; }
    friend vector4 operator*(vector4 a, vector4 b) { return {_mm256_mul_pd(a.v, b.v)}; }
    friend vector4 operator/(vector4 a, vector4 b) { return {_mm256_div_pd(a.v, b.v)}; }
};

class avx2_lanes {
public:
    using vector = vector4;
    static constexpr std::size_t size = 4;

    static vector all(double v) noexcept { return {_mm256_set1_pd(v)}; }
    static vector load(double const* p) noexcept { return {_mm256_loadu_pd(p)}; }
    static void store(double* p, vector v) noexcept { _mm256_storeu_pd(p, v.v); }
    static double sum(vector v) noexcept {
        alignas(32) double lane[4];
        _mm256_store_pd(lane, v.v);
        return (lane[0] + lane[1]) + (lane[2] + lane[3]);
    }
    template <class... Factors>
    static __m256d polynomial(__m256d at, double highest, Factors... factors) noexcept {
        __m256d y = _mm256_set1_pd(highest);
        ((y = _mm256_fmadd_pd(y, at, _mm256_set1_pd(factors))), ...);
        return y;
    }

    // 2^k * e^f with |f| <= log(2) / 2 and Taylor's polynomial of degree 13, whose remainder is 4e-18. Arguments of the
    // kernel are at most a few hundred; far below zero the answer is as good as zero.
    static vector exp(vector x) noexcept {
        __m256d const at = _mm256_min_pd(_mm256_max_pd(x.v, _mm256_set1_pd(-700)), _mm256_set1_pd(700));
        __m256d const k = _mm256_round_pd(_mm256_mul_pd(at, _mm256_set1_pd(1.4426950408889634)),
                                          _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
        // log 2 in two parts, of which the first has zeros at its end
        __m256d f = _mm256_fnmadd_pd(k, _mm256_set1_pd(0x1.62e42feep-1), at);
        f = _mm256_fnmadd_pd(k, _mm256_set1_pd(0x1.a39ef35793c76p-33), f);
        __m256d const y =
            polynomial(f, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                       1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0, 1.0);
        __m256i const power = _mm256_cvtepi32_epi64(_mm256_cvtpd_epi32(k));
        __m256i const exponent = _mm256_slli_epi64(_mm256_add_epi64(power, _mm256_set1_epi64x(1023)), 52);
        return {_mm256_mul_pd(y, _mm256_castsi256_pd(exponent))};
    }

    // log(2^k m) with m in [sqrt(1/2), sqrt(2)) and log m = 2 atanh((m - 1) / (m + 1)) as a series of 11 terms. For
    // positive normal numbers.
    static vector log(vector x) noexcept {
        auto const s = split(x);
        return log_of(_mm256_div_pd(s.minus, s.plus), s.power);
    }
    // Two logarithms for one division.
    static void log_both(vector& x, vector& y) noexcept {
        auto const a = split(x);
        auto const b = split(y);
        __m256d const inverse = _mm256_div_pd(_mm256_set1_pd(1), _mm256_mul_pd(a.plus, b.plus));
        x = log_of(_mm256_mul_pd(_mm256_mul_pd(a.minus, b.plus), inverse), a.power);
        y = log_of(_mm256_mul_pd(_mm256_mul_pd(b.minus, a.plus), inverse), b.power);
    }

private:
    struct parts {
        __m256d minus; // m - 1
        __m256d plus;  // m + 1
        __m256d power; // k
    };
    static parts split(vector x) noexcept {
        __m256i const root = _mm256_set1_epi64x(0x3fe6a09e667f3bcd); // sqrt(1/2)
        __m256i const above = _mm256_sub_epi64(_mm256_castpd_si256(x.v), root);
        __m256i const moved = _mm256_add_epi64(above, _mm256_set1_epi64x(std::int64_t{1023} << 52));
        __m256i const k = _mm256_srli_epi64(moved, 52);
        // small whole numbers to doubles: into the last bits of 2^52
        __m256d const magic = _mm256_set1_pd(0x1p52);
        __m256d const shifted = _mm256_castsi256_pd(_mm256_or_si256(k, _mm256_castpd_si256(magic)));
        __m256i const fraction = _mm256_and_si256(above, _mm256_set1_epi64x(0x000fffffffffffff));
        __m256d const m = _mm256_castsi256_pd(_mm256_add_epi64(fraction, root));
        __m256d const one = _mm256_set1_pd(1);
        return {_mm256_sub_pd(m, one), _mm256_add_pd(m, one), _mm256_sub_pd(shifted, _mm256_set1_pd(0x1p52 + 1023))};
    }
    static vector log_of(__m256d t, __m256d power) noexcept {
        __m256d const tt = _mm256_mul_pd(t, t);
        __m256d const series = polynomial(tt, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9,
                                          2.0 / 7, 2.0 / 5, 2.0 / 3);
        __m256d const y = _mm256_mul_pd(_mm256_mul_pd(series, tt), t);
        __m256d const low = _mm256_fmadd_pd(power, _mm256_set1_pd(0x1.a39ef35793c76p-33), y);
        __m256d const high = _mm256_fmadd_pd(power, _mm256_set1_pd(0x1.62e42feep-1), low);
        return {_mm256_add_pd(_mm256_add_pd(t, t), high)};
    }
};

} // namespace

void pareto_widths_avx2(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept {
    widths_of<avx2_lanes>(p, c, out);
}

void pareto_group_avx2(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                       quadrature_rule const& rule, double* alive) noexcept {
    group_alive<avx2_lanes>(p, c, w, rule, alive);
}

double pareto_sum_avx2(pareto_parameters const& p, double x, pareto_range const& range) noexcept {
    return pareto_sum<avx2_lanes>(p, x, range);
}

pareto_moments pareto_sums_avx2(pareto_parameters const& p, double x, double age,
                                pareto_range const& range) noexcept {
    return pareto_sums<avx2_lanes>(p, x, age, range);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
