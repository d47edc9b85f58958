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

    // Everything but the logarithm of a + v, which is the answer.
    vector add(customers const& c) {
        vector const shape = r_ + c.x;
        vector const met = b_ + c.x;
        vector const at_last = alpha_ + c.last;
        vector const at_age = alpha_ + c.age;
        vector const inverse = 1.0 / (at_last * at_age);
        vector const inverse_last = at_age * inverse;
        vector const inverse_age = at_last * inverse;
        vector log_last, log_age;
        l::log(at_last, at_age, log_last, log_age);
        vector const grown = log_age - log_last;
        vector const v = l::exp_of_negative(-shape * grown) * met;
        vector const both = a_ + v;
        vector const inverse_product = 1.0 / (both * met);
        vector const inverse_both = met * inverse_product;
        vector const inverse_met = both * inverse_product;
        vector const alive = v * inverse_both;
        vector const dead = a_ * inverse_both;
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
        value -= w * shape * log_last;
        r -= w * l::fma(alive, grown, log_last);
        alpha -= w * shape * mean_inverse;
        dead_sum += w * dead;
        b += met_alive;
        rr = l::fma(grown_spread, grown, rr);
        r_alpha -= l::fma(grown_spread, by_alpha, w * mean_inverse);
        r_a += grown_spread;
        rb -= grown_spread * inverse_met;
        alpha_alpha += l::fma(alpha_spread, by_alpha, w * shape * squares);
        alpha_a -= alpha_spread;
        alpha_b = l::fma(alpha_spread, inverse_met, alpha_b);
        aa -= w * dead * dead;
        ab -= met_spread;
        bb += l::fma(met_spread, inverse_met, -met_alive * inverse_met);
        return both;
    }
    void add_weighted(customers const& c) { value += c.weight * l::log(add(c)); }
    void add_log(vector of) { value += l::log(of); }

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
    // Without weights four logarithms are one of a product, whose factors are between a and a + b + x.
    if (rows.weight == nullptr) {
        for (; i + 4 * width <= rows.n; i += 4 * width) {
            auto product = summer.add(customers::load(rows, i));
            product *= summer.add(customers::load(rows, i + width));
            product *= summer.add(customers::load(rows, i + 2 * width));
            product *= summer.add(customers::load(rows, i + 3 * width));
            summer.add_log(product);
        }
    }
    for (; i + width <= rows.n; i += width)
        summer.add_weighted(customers::load(rows, i));
    if (i < rows.n) summer.add_weighted(customers::load_rest(rows, i));
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

// Lanes of customers that can be; comparisons with NaN are false.
template <class Set>
auto possible(customer_lanes<Set> const& c) {
    constexpr double largest = std::numeric_limits<double>::max();
    return (c.x >= 0.0) & (c.x <= 0x1p51) & ((c.x + 0x1p52) - 0x1p52 == c.x) & (c.last >= 0.0) & (c.age >= c.last) &
           (c.age <= largest);
}

template <class Set>
bool all_possible(repeat_rows const& rows) {
    using customers = customer_lanes<Set>;
    constexpr std::size_t width = lanes<Set>::width;
    auto const right = [](customers const& c) { return possible<Set>(c) & ((c.x > 0.0) == (c.last > 0.0)); };
    decltype(right(customers{})) every = ~decltype(right(customers{})){};
    std::size_t i = 0;
    for (; i + width <= rows.n; i += width)
        every &= right(customers::load(rows, i));
    if (i < rows.n) every &= right(customers::load_rest(rows, i));
    for (std::size_t j = 0; j < width; ++j)
        if (every[j] == 0) return false;
    return true;
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
    return possible<Set>(c) ? p : l::all(std::numeric_limits<double>::quiet_NaN());
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
constexpr repeat_kernels kernels_of{sum_repeats<Set>, sum_singles<Set>, alive_repeats<Set>, all_possible<Set>};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
