// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_LANES_HPP
#define SEGMENTA_MODEL_REPEAT_LANES_HPP

// The kernels of repeat_kernels.hpp for vectors of any number of doubles, in a nameless namespace for the reason that
// vector_lanes.hpp gives.

#include "model/repeat_kernels.hpp"
#include "model/vector_lanes.hpp"

#include <cstddef>
#include <cstring>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

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
           (c.age <= largest) & ((c.x > 0.0) == (c.last > 0.0));
}

template <class Set>
bool all_possible(repeat_rows const& rows) {
    using customers = customer_lanes<Set>;
    constexpr std::size_t width = lanes<Set>::width;
    decltype(possible<Set>(customers{})) every = ~decltype(possible<Set>(customers{})){};
    std::size_t i = 0;
    for (; i + width <= rows.n; i += width)
        every &= possible<Set>(customers::load(rows, i));
    if (i < rows.n) every &= possible<Set>(customers::load_rest(rows, i));
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
