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

// Eight customers; the arithmetic of pareto_kernels.avx2.cpp.
struct vector8 {
    __m512d v;
    friend vector8 operator+(vector8 a, vector8 b) { return {_mm512_add_pd(a.v, b.v)}; }
    friend vector8 operator-(vector8 a, vector8 b) { return {_mm512_sub_pd(a.v, b.v)}; }
    friend vector8 operator*(vector8 a, vector8 b) { return {_mm512_mul_pd(a.v, b.v)}; }
    friend vector8 operator/(vector8 a, vector8 b) { return {_mm512_div_pd(a.v, b.v)}; }
};

class avx512_lanes {
public:
    using vector = vector8;
    // Operators where g++ 12 warns about the headers of intrinsics.
    using words = std::uint64_t __attribute__((vector_size(64)));
    static constexpr std::size_t size = 8;

    static vector all(double v) noexcept { return {_mm512_set1_pd(v)}; }
    static vector load(double const* p) noexcept { return {_mm512_loadu_pd(p)}; }
    static void store(double* p, vector v) noexcept { _mm512_storeu_pd(p, v.v); }
    template <class... Factors>
    static __m512d polynomial(__m512d at, double highest, Factors... factors) noexcept {
        __m512d y = _mm512_set1_pd(highest);
        ((y = _mm512_fmadd_pd(y, at, _mm512_set1_pd(factors))), ...);
        return y;
    }

    // 2^k * e^f with |f| <= log(2) / 2 and Taylor's polynomial of degree 13, whose remainder is 4e-18. Arguments of the
    // kernel are at most a few hundred; far below zero the answer is as good as zero.
    static vector exp(vector x) noexcept {
        __m512d const low = _mm512_set1_pd(-700);
        __m512d const high = _mm512_set1_pd(700);
        __m512d const above = x.v < low ? low : x.v;
        __m512d const at = above > high ? high : above;
        // rounds to a whole number, which then stands in the last bits
        __m512d const magic = _mm512_set1_pd(0x1.8p52);
        __m512d const shifted = _mm512_fmadd_pd(at, _mm512_set1_pd(1.4426950408889634), magic);
        __m512d const k = _mm512_sub_pd(shifted, magic);
        // log 2 in two parts, of which the first has zeros at its end
        __m512d f = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.62e42feep-1), at);
        f = _mm512_fnmadd_pd(k, _mm512_set1_pd(0x1.a39ef35793c76p-33), f);
        __m512d const y =
            polynomial(f, 1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320,
                       1.0 / 5040, 1.0 / 720, 1.0 / 120, 1.0 / 24, 1.0 / 6, 1.0 / 2, 1.0, 1.0);
        words const exponent = (reinterpret_cast<words>(shifted) + 1023) << 52;
        return {_mm512_mul_pd(y, reinterpret_cast<__m512d>(exponent))};
    }

    // log(2^k m) with m in [sqrt(1/2), sqrt(2)) and log m = 2 atanh((m - 1) / (m + 1)) as a series of 11 terms. For
    // positive normal numbers.
    static vector log(vector x) noexcept {
        auto const s = split(x);
        return log_of(_mm512_div_pd(s.minus, s.plus), s.power);
    }
    // Two logarithms for one division.
    static void log_both(vector& x, vector& y) noexcept {
        auto const a = split(x);
        auto const b = split(y);
        __m512d const inverse = _mm512_div_pd(_mm512_set1_pd(1), _mm512_mul_pd(a.plus, b.plus));
        x = log_of(_mm512_mul_pd(_mm512_mul_pd(a.minus, b.plus), inverse), a.power);
        y = log_of(_mm512_mul_pd(_mm512_mul_pd(b.minus, a.plus), inverse), b.power);
    }

private:
    struct parts {
        __m512d minus; // m - 1
        __m512d plus;  // m + 1
        __m512d power; // k
    };
    static parts split(vector x) noexcept {
        __m512i const root = _mm512_set1_epi64(0x3fe6a09e667f3bcd); // sqrt(1/2)
        __m512i const above = _mm512_sub_epi64(_mm512_castpd_si512(x.v), root);
        words const moved = reinterpret_cast<words>(above) + (std::uint64_t{1023} << 52);
        __m512i const k = reinterpret_cast<__m512i>(moved >> 52);
        // small whole numbers to doubles: into the last bits of 2^52
        __m512d const magic = _mm512_set1_pd(0x1p52);
        __m512d const shifted = _mm512_castsi512_pd(_mm512_or_si512(k, _mm512_castpd_si512(magic)));
        __m512i const fraction = _mm512_and_si512(above, _mm512_set1_epi64(0x000fffffffffffff));
        __m512d const m = _mm512_castsi512_pd(_mm512_add_epi64(fraction, root));
        __m512d const one = _mm512_set1_pd(1);
        return {_mm512_sub_pd(m, one), _mm512_add_pd(m, one), _mm512_sub_pd(shifted, _mm512_set1_pd(0x1p52 + 1023))};
    }
    static vector log_of(__m512d t, __m512d power) noexcept {
        __m512d const tt = _mm512_mul_pd(t, t);
        __m512d const series = polynomial(tt, 2.0 / 21, 2.0 / 19, 2.0 / 17, 2.0 / 15, 2.0 / 13, 2.0 / 11, 2.0 / 9,
                                          2.0 / 7, 2.0 / 5, 2.0 / 3);
        __m512d const y = _mm512_mul_pd(_mm512_mul_pd(series, tt), t);
        __m512d const low = _mm512_fmadd_pd(power, _mm512_set1_pd(0x1.a39ef35793c76p-33), y);
        __m512d const high = _mm512_fmadd_pd(power, _mm512_set1_pd(0x1.62e42feep-1), low);
        return {_mm512_add_pd(_mm512_add_pd(t, t), high)};
    }
};

} // namespace

void pareto_widths_avx512(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept {
    widths_of<avx512_lanes>(p, c, out);
}

void pareto_group_avx512(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                         quadrature_rule const& rule, double* alive) noexcept {
    group_alive<avx512_lanes>(p, c, w, rule, alive);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
