// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_VECTOR_LANES_HPP
#define SEGMENTA_MODEL_VECTOR_LANES_HPP

// Arithmetic and elementary functions of vectors of any number of doubles (the vector types of GCC and clang). Included
// by files that are compiled for an instruction set, and everything is in a nameless namespace, so that no copy
// compiled for one set is linked into the code of another.

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct two_lanes {
    using vector = double __attribute__((vector_size(16)));
    using bits = std::uint64_t __attribute__((vector_size(16)));

    static vector fma(vector a, vector b, vector c) { return a * b + c; }
};

#if defined(__AVX2__)
struct four_lanes {
    using vector = double __attribute__((vector_size(32)));
    using bits = std::uint64_t __attribute__((vector_size(32)));

    static vector fma(vector a, vector b, vector c) { return _mm256_fmadd_pd(a, b, c); }
};
#endif

// Set gives: `vector` and `bits` (doubles and 64-bit unsigned integers, equally many) and fma(a, b, c).
template <class Set>
struct lanes {
    using vector = typename Set::vector;
    using bits = typename Set::bits;
    static constexpr std::size_t width = sizeof(vector) / sizeof(double);

    static vector all(double v) { return vector{} + v; }
    static vector load(double const* p) {
        vector v;
        std::memcpy(&v, p, sizeof v);
        return v;
    }
    static vector fma(vector a, vector b, vector c) { return Set::fma(a, b, c); }

    // c0 + c1 z + c2 z^2 + ... (a loop would not be unrolled at every level of optimisation)
    template <class... More>
    static vector polynomial(vector z, double c, More... more) {
        if constexpr (sizeof...(more) == 0)
            return all(c);
        else
            return fma(polynomial(z, more...), z, all(c));
    }

    // x = 2^exponent mantissa with the mantissa in [sqrt(1/2), sqrt(2)).
    struct parts {
        vector exponent, mantissa;

        explicit parts(vector x) {
            constexpr std::uint64_t half_root = 0x3fe6a09e667f3bcd; // sqrt(1/2)
            constexpr std::uint64_t bias = std::uint64_t{1023} << 52;
            bits const raw = reinterpret_cast<bits>(x);
            bits const biased = (raw - half_root + bias) >> 52;
            mantissa = reinterpret_cast<vector>(raw - (biased << 52) + bias);
            // An integer below 2^52 in the low bits of 2^52 is that sum.
            exponent = reinterpret_cast<vector>(biased | 0x4330000000000000ULL) - (0x1p52 + 1023);
        }
    };
    // log m = 2 artanh(s), s = (m - 1) / (m + 1), |s| < 0.172: the polynomial is (2 artanh(s) / s - 2) / s^2, which
    // Chebyshev's points of that range give to 3e-16.
    static vector log_of(vector exponent, vector s) {
        vector const z = s * s;
        vector const series =
            polynomial(z, 0.666666666666667, 0.39999999999899505, 0.28571428625975487, 0.2222221113479508,
                       0.18182889125261723, 0.15331721600556042, 0.14616449685043406);
        vector const low = fma(exponent, all(1.9082149292705877e-10), s * z * series); // log 2 in two parts
        return fma(exponent, all(6.93147180369123816490e-01), low + 2.0 * s);
    }
    // Normal numbers above 0; within 2 units in the last place.
    static vector log(vector x) {
        parts const p(x);
        return log_of(p.exponent, (p.mantissa - 1.0) / (p.mantissa + 1.0));
    }
    // Of two at once with one division.
    static void log(vector x, vector y, vector& log_x, vector& log_y) {
        parts const p(x);
        parts const q(y);
        vector const below_p = p.mantissa + 1.0;
        vector const below_q = q.mantissa + 1.0;
        vector const inverse = 1.0 / (below_p * below_q);
        log_x = log_of(p.exponent, (p.mantissa - 1.0) * (below_q * inverse));
        log_y = log_of(q.exponent, (q.mantissa - 1.0) * (below_p * inverse));
    }

    // x <= 0; results below 2.2e-308 are 0.
    static vector exp_of_negative(vector x) {
        constexpr double shift = 0x1.8p52;
        vector const held = x < -708.0 ? all(-708.0) : x;
        vector const shifted = fma(held, all(1.4426950408889634), all(shift));
        vector const n = shifted - shift;
        vector const r = fma(n, all(-1.9082149292705877e-10), fma(n, all(-6.93147180369123816490e-01), held));
        // (exp(r) - 1 - r) / r^2 for |r| <= log(2) / 2, from Chebyshev's points to 1e-16.
        vector const series =
            polynomial(r, 0.5000000000000001, 0.16666666666666669, 0.04166666666662413, 0.008333333333330062,
                       0.0013888888917213717, 0.00019841269863053618, 2.4801521295954376e-05, 2.7557268459997064e-06,
                       2.7620088445409746e-07, 2.510038549551032e-08);
        vector const p = fma(r * r, series, r) + 1.0;
        bits const power = reinterpret_cast<bits>(shifted) << 52; // the low bits of `shifted` are n
        vector const scaled = reinterpret_cast<vector>(reinterpret_cast<bits>(p) + power);
        return x < -708.0 ? all(0.0) : scaled;
    }
    static double total(vector v) {
        double sum = 0;
        for (std::size_t i = 0; i < width; ++i)
            sum += v[i];
        return sum;
    }
};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
