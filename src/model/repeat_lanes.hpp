// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_LANES_HPP
#define SEGMENTA_MODEL_REPEAT_LANES_HPP

// The kernels of repeat_kernels.hpp for vectors of any number of doubles (the vector types of GCC and clang). Included
// once by each file that is compiled for an instruction set, and everything is in a nameless namespace, so that no copy
// compiled for one set is linked into the code of another.

#include "model/repeat_kernels.hpp"

#include <cstdint>
#include <cstring>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

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

    // Normal numbers above 0; within 2 units in the last place. x = 2^e m with m in [sqrt(1/2), sqrt(2)), and
    // log m = 2 artanh((m - 1) / (m + 1)) by its series, whose argument is at most 0.172.
    static vector log(vector x) {
        constexpr std::uint64_t half_root = 0x3fe6a09e667f3bcd; // sqrt(1/2)
        constexpr std::uint64_t bias = std::uint64_t{1023} << 52;
        bits const raw = reinterpret_cast<bits>(x);
        bits const exponent = (raw - half_root + bias) >> 52; // e + 1023
        vector const m = reinterpret_cast<vector>(raw - (exponent << 52) + bias);
        // An integer below 2^52 in the low bits of 2^52 is that sum.
        vector const e = reinterpret_cast<vector>(exponent | 0x4330000000000000ULL) - (0x1p52 + 1023);
        vector const s = (m - 1.0) / (m + 1.0);
        vector const z = s * s;
        vector series = all(2.0 / 23);
        for (int odd = 21; odd >= 3; odd -= 2)
            series = fma(series, z, all(2.0 / odd));
        vector const low = fma(e, all(1.9082149292705877e-10), s * z * series); // log 2 in two parts
        return fma(e, all(6.93147180369123816490e-01), low + 2.0 * s);
    }

    // x <= 0; results below 2.2e-308 are 0.
    static vector exp_of_negative(vector x) {
        constexpr double shift = 0x1.8p52;
        vector const held = x < -708.0 ? all(-708.0) : x;
        vector const shifted = fma(held, all(1.4426950408889634), all(shift));
        vector const n = shifted - shift;
        vector const rest =
            fma(n, all(-1.9082149292705877e-10), fma(n, all(-6.93147180369123816490e-01), held));
        // The exponential series; |rest| <= log(2) / 2, so 14 terms reach the last place.
        constexpr std::size_t terms = 14;
        constexpr double inverse_factorials[terms] = {
            1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040, 1.0 / 40320, 1.0 / 362880,
            1.0 / 3628800, 1.0 / 39916800, 1.0 / 479001600, 1.0 / 6227020800.0};
        vector p = all(inverse_factorials[terms - 1]);
        for (std::size_t i = terms - 1; i-- > 0;)
            p = fma(p, rest, all(inverse_factorials[i]));
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

// One vector of customers; what is missing in the last one is filled up with weight 0.
template <class Set>
struct customer_lanes {
    using l = lanes<Set>;
    using vector = typename l::vector;

    vector x, last, age, weight;

    static customer_lanes load(repeat_rows const& rows, std::size_t i) {
        vector const w = rows.weight == nullptr ? l::all(1) : l::load(rows.weight + i);
        return {l::load(rows.repeats + i), l::load(rows.last + i), l::load(rows.age + i), w};
    }
    static customer_lanes load_rest(repeat_rows const& rows, std::size_t i) {
        auto const part = [&](double const* from, double fill) {
            vector v = l::all(fill);
            for (std::size_t j = 0; i + j < rows.n; ++j)
                v[j] = from == nullptr ? 1 : from[i + j];
            return v;
        };
        return {part(rows.repeats, 1), part(rows.last, 1), part(rows.age, 1), part(rows.weight, 0)};
    }
};

template <class Set>
class repeat_summer {
public:
    using l = lanes<Set>;
    using vector = typename l::vector;
    using customers = customer_lanes<Set>;

    explicit repeat_summer(repeat_point const& at)
        : r_(l::all(at.r)), alpha_(l::all(at.alpha)), a_(l::all(at.a)), b_(l::all(at.b_before)) {}

    void add(customers const& c) {
        vector const shape = r_ + c.x;
        vector const met = b_ + c.x;
        vector const inverse_last = 1.0 / (alpha_ + c.last);
        vector const inverse_age = 1.0 / (alpha_ + c.age);
        vector const log_last = l::log(alpha_ + c.last);
        vector const grown = l::log((alpha_ + c.age) * inverse_last);
        vector const v = l::exp_of_negative(-shape * grown) * met;
        vector const both = a_ + v;
        vector const inverse_both = 1.0 / both;
        vector const alive = v * inverse_both;
        vector const dead = a_ * inverse_both;
        vector const inverse_met = 1.0 / met;
        vector const q = inverse_age - inverse_last;
        vector const by_alpha = -shape * q; // of y
        vector const mean_inverse = l::fma(alive, q, inverse_last);
        vector const w = c.weight;
        vector const spread = w * alive * dead;
        vector const grown_spread = spread * grown;
        vector const alpha_spread = spread * by_alpha;
        vector const met_spread = spread * inverse_met;
        vector const met_alive = w * alive * inverse_met;
        vector const squares = l::fma(alive, l::fma(inverse_age, inverse_age, -inverse_last * inverse_last),
                                      inverse_last * inverse_last);
        value += w * l::fma(-shape, log_last, l::log(both));
        r -= w * l::fma(alive, grown, log_last);
        alpha -= w * shape * mean_inverse;
        dead_sum += w * dead;
        b += met_alive;
        rr += grown_spread * grown;
        r_alpha -= l::fma(grown_spread, by_alpha, w * mean_inverse);
        r_a += grown_spread;
        rb -= grown_spread * inverse_met;
        alpha_alpha += l::fma(alpha_spread, by_alpha, w * shape * squares);
        alpha_a -= alpha_spread;
        alpha_b += alpha_spread * inverse_met;
        aa -= w * dead * dead;
        ab -= met_spread;
        bb += l::fma(met_spread, inverse_met, -met_alive * inverse_met);
    }

    void finish(repeat_sums& out) const {
        out = {l::total(value), l::total(r),       l::total(alpha),   l::total(dead_sum),    l::total(b),
               l::total(rr),    l::total(r_alpha), l::total(r_a),     l::total(rb),          l::total(alpha_alpha),
               l::total(alpha_a), l::total(alpha_b), l::total(aa),    l::total(ab),          l::total(bb)};
    }

private:
    vector r_, alpha_, a_, b_;
    vector value{}, r{}, alpha{}, dead_sum{}, b{}, rr{}, r_alpha{}, r_a{}, rb{};
    vector alpha_alpha{}, alpha_a{}, alpha_b{}, aa{}, ab{}, bb{};
};

template <class Set>
void sum_repeats(repeat_rows const& rows, repeat_point const& at, repeat_sums& sums) {
    using customers = customer_lanes<Set>;
    constexpr std::size_t width = lanes<Set>::width;
    repeat_summer<Set> summer(at);
    std::size_t i = 0;
    for (; i + width <= rows.n; i += width)
        summer.add(customers::load(rows, i));
    if (i < rows.n) summer.add(customers::load_rest(rows, i));
    summer.finish(sums);
}

template <class Set>
void sum_singles(double const* age, double const* weight, std::size_t n, double alpha, single_sums& sums) {
    using l = lanes<Set>;
    using vector = typename l::vector;
    constexpr std::size_t width = l::width;
    vector logs{}, inverses{}, squares{};
    auto const add = [&](vector ages, vector w) {
        vector const shifted = ages + alpha;
        vector const inverse = 1.0 / shifted;
        logs += w * l::log(shifted);
        inverses += w * inverse;
        squares += w * inverse * inverse;
    };
    std::size_t i = 0;
    for (; i + width <= n; i += width)
        add(l::load(age + i), weight == nullptr ? l::all(1) : l::load(weight + i));
    if (i < n) {
        vector ages = l::all(1);
        vector w = l::all(0);
        for (std::size_t j = 0; i + j < n; ++j) {
            ages[j] = age[i + j];
            w[j] = weight == nullptr ? 1 : weight[i + j];
        }
        add(ages, w);
    }
    sums = {l::total(logs), l::total(inverses), l::total(squares)};
}

template <class Set>
typename Set::vector alive_of(customer_lanes<Set> const& c, repeat_point const& at, bool first_drops) {
    using l = lanes<Set>;
    using vector = typename l::vector;
    vector const met = c.x + at.b_before;
    vector const grown = l::log((c.age + at.alpha) / (c.last + at.alpha));
    vector const v = l::exp_of_negative(-(c.x + at.r) * grown) * met;
    vector p = v / (v + at.a);
    if (!first_drops) p = c.x == 0.0 ? l::all(1) : p;
    // Comparisons with NaN are false.
    auto const possible = (c.x >= 0.0) & (c.last >= 0.0) & (c.age >= c.last) &
                          (c.age <= std::numeric_limits<double>::max()) &
                          (c.x <= std::numeric_limits<double>::max()) & ((c.x + 0x1p52) - 0x1p52 == c.x);
    return possible ? p : l::all(std::numeric_limits<double>::quiet_NaN());
}

template <class Set>
void alive_repeats(repeat_rows const& rows, repeat_point const& at, bool first_drops, double* out) {
    using customers = customer_lanes<Set>;
    constexpr std::size_t width = lanes<Set>::width;
    std::size_t i = 0;
    for (; i + width <= rows.n; i += width) {
        auto const p = alive_of<Set>(customers::load(rows, i), at, first_drops);
        std::memcpy(out + i, &p, sizeof p);
    }
    if (i == rows.n) return;
    auto const p = alive_of<Set>(customers::load_rest(rows, i), at, first_drops);
    std::memcpy(out + i, &p, (rows.n - i) * sizeof(double));
}

template <class Set>
constexpr repeat_kernels kernels_of{sum_repeats<Set>, sum_singles<Set>, alive_repeats<Set>};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
