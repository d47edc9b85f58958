// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_LANES_HPP
#define SEGMENTA_MODEL_PARETO_LANES_HPP

// The kernels of pareto_fraction.hpp, in a nameless namespace for the reason that vector_lanes.hpp gives.

#include "model/pareto_fraction.hpp"
#include "model/repeat_lanes.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// The constants of the continued fractions of some customers, all times `unit`, which keeps products of a hundred
// levels near 1.
template <class Set>
struct fraction_of {
    using vector = typename Set::vector;
    vector unit;
    vector less;  // c - 1
    vector first; // b
    vector rest;  // c - b
};

// From the last level down, for fractions that differ in z alone: T_0 times `unit` is p / q.
template <class Set, std::size_t Count>
void descend(fraction_of<Set> const& f, unsigned levels, typename Set::vector const (&z)[Count],
             typename Set::vector (&p)[Count], typename Set::vector (&q)[Count]) {
    using l = lanes<Set>;
    using vector = typename Set::vector;
    vector const two_units = f.unit + f.unit;
    vector m = l::all(levels / 2); // m - 1 of the formulas
    for (std::size_t j = 0; j < Count; ++j) {
        p[j] = l::fma(m, two_units, f.less);
        q[j] = l::all(1);
    }
    for (unsigned pair = levels / 2; pair > 0; --pair) {
        vector const after = m;
        m -= 1.0;
        vector const low = l::fma(m, two_units, f.less);
        vector const high = low + f.unit;
        vector const even = after * f.unit * l::fma(m, f.unit, f.rest);
        vector const odd = l::fma(m, f.unit, f.first) * l::fma(m, f.unit, f.less);
        for (std::size_t j = 0; j < Count; ++j) {
            q[j] = l::fma(high, p[j], -(even * z[j]) * q[j]);
            p[j] = l::fma(low, q[j], -(odd * z[j]) * p[j]);
        }
    }
}

template <class Set>
struct pareto_times {
    using l = lanes<Set>;
    using vector = typename Set::vector;

    bool alpha_near;
    vector near, apart;

    explicit pareto_times(pareto_parameters const& p)
        : alpha_near(p.alpha <= p.beta), near(l::all(alpha_near ? p.alpha : p.beta)),
          apart(l::all(alpha_near ? p.beta - p.alpha : p.alpha - p.beta)) {}

    [[nodiscard]] fraction_of<Set> fraction(vector k, double s, vector unit) const {
        vector const of_k = k * unit;
        vector const of_s = unit * (s + 1);
        return {unit, (k + s) * unit, alpha_near ? of_s : of_k, alpha_near ? of_k : of_s};
    }
    // s / (c - 1) * F without its q / p
    [[nodiscard]] vector factor(double s, vector unit, vector near_u, vector inverse_far_u) const {
        vector const scale = unit * s;
        return alpha_near ? scale * (near_u * inverse_far_u) : scale;
    }
    // minus the logarithm of R
    [[nodiscard]] vector drop(vector k, double s, vector near_grown, vector far_grown) const {
        vector log_near, log_far;
        l::log(near_grown, far_grown, log_near, log_far);
        return alpha_near ? l::fma(k, log_near, log_far * s) : l::fma(k, log_far, log_near * s);
    }
};

// With odds = left / alive times `alive`, which rounding may have put below 0. Beyond e^-1200 a share, which is at
// least s / (k + s) / 72, cannot bring the answer back to what a double can hold. What is above 0 there may be too
// small for all its digits, or be lost, since with counts in the thousands the products are far from 1.
template <class Set>
typename Set::vector alive_or_nan(customer_lanes<Set> const& c, typename Set::vector alive, typename Set::vector odds,
                                  typename Set::vector drop) {
    using l = lanes<Set>;
    auto const p = alive / (alive + (odds < 0.0 ? l::all(0) : odds)); // NaN stays
    auto const within = possible<Set>(c) & (c.x <= fraction_largest_count) & (c.age <= fraction_largest_time) &
                        (((drop <= 600.0) & (alive >= 1e-280)) | (drop >= 1200.0));
    auto const sure = c.last == c.age;
    return within ? (sure ? l::all(1) : p) : l::all(std::numeric_limits<double>::quiet_NaN());
}

template <class Set>
class pareto_alive_lanes {
public:
    using l = lanes<Set>;
    using vector = typename Set::vector;

    pareto_alive_lanes(pareto_parameters const& p, unsigned levels) : p_(p), levels_(levels), times_(p) {}

    vector operator()(customer_lanes<Set> const& c) const {
        vector const k = c.x + p_.r;
        vector const near_last = times_.near + c.last;
        vector const near_age = times_.near + c.age;
        vector const far_last = near_last + times_.apart;
        vector const far_age = near_age + times_.apart;
        vector const middle = k + (p_.s + 1 + levels_ / 2);
        // four inverses for one division
        vector const fars = far_last * far_age;
        vector const others = near_last * middle;
        vector const inverse = 1.0 / (fars * others);
        vector const of_fars = inverse * others;
        vector const of_others = inverse * fars;
        vector const by_far_last = of_fars * far_age;
        vector const by_far_age = of_fars * far_last;
        vector const unit = of_others * near_last;
        vector const drop = times_.drop(k, p_.s, near_age * (of_others * middle), far_age * by_far_last);
        vector const ratio = l::exp_of_negative(-drop);
        vector const z[2] = {times_.apart * by_far_last, times_.apart * by_far_age};
        vector p[2], q[2];
        descend<Set, 2>(times_.fraction(k, p_.s, unit), levels_, z, p, q);
        vector const at_last = q[0] * times_.factor(p_.s, unit, near_last, by_far_last);
        vector const at_age = q[1] * times_.factor(p_.s, unit, near_age, by_far_age);
        return alive_or_nan<Set>(c, ratio * (p[0] * p[1]), at_last * p[1] - ratio * (at_age * p[0]), drop);
    }

private:
    pareto_parameters p_;
    unsigned levels_;
    pareto_times<Set> times_;
};

template <class Set>
class pareto_once_lanes {
public:
    using l = lanes<Set>;
    using vector = typename Set::vector;

    pareto_once_lanes(pareto_parameters const& p, double share_at_birth, unsigned levels)
        : p_(p), levels_(levels), times_(p), share_(l::all(share_at_birth)), k_(l::all(p.r)),
          unit_(1.0 / l::all(p.r + p.s + 1 + levels / 2)) {}

    vector operator()(customer_lanes<Set> const& c) const {
        vector const near_age = times_.near + c.age;
        vector const far_age = near_age + times_.apart;
        vector const by_far_age = 1.0 / far_age;
        vector const far = times_.near + times_.apart;
        vector const drop = times_.drop(k_, p_.s, near_age / times_.near, far_age / far);
        vector const ratio = l::exp_of_negative(-drop);
        vector const z[1] = {times_.apart * by_far_age};
        vector p[1], q[1];
        descend<Set, 1>(times_.fraction(k_, p_.s, unit_), levels_, z, p, q);
        vector const at_age = q[0] * times_.factor(p_.s, unit_, near_age, by_far_age);
        return alive_or_nan<Set>(c, ratio * p[0], share_ * p[0] - ratio * at_age, drop);
    }

private:
    pareto_parameters p_;
    unsigned levels_;
    pareto_times<Set> times_;
    vector share_, k_, unit_;
};

// (r+x) / (alpha+T) * (beta+T) * (1 - q^(s-1)) / (s-1), where q is (beta+T) / (beta+T+t)
template <class Set>
class pareto_future_lanes {
public:
    using l = lanes<Set>;
    using vector = typename Set::vector;

    pareto_future_lanes(pareto_parameters const& p, double t) : p_(p), t_(t) {}

    vector operator()(customer_lanes<Set> const& c) const {
        vector const old = c.age + p_.beta;
        vector const grown = t_ / old;
        vector const sum = grown + 1.0;
        // the logarithm of 1 + grown: what was rounded off the sum is put right (its derivative is 1 / sum)
        vector const growth = l::log(sum) - ((sum - 1.0) - grown) / sum;
        vector const rate = (c.x + p_.r) / (c.age + p_.alpha);
        return rate * old * growth * mean_power(growth * (1 - p_.s));
    }

private:
    // (e^y - 1) / y
    static vector mean_power(vector y) {
        vector const size = y < 0.0 ? -y : y;
        vector const shrunk = l::exp_of_negative(-size);
        vector const large = (1.0 - shrunk) / (size > 0.25 ? size : l::all(1)); // for -size
        vector const risen = y < 0.0 ? large : large / shrunk;
        vector const small = l::polynomial(y, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
                                           1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800);
        return size > 0.25 ? risen : small;
    }

    pareto_parameters p_;
    double t_;
};

// Calls `score` for each vector of customers and `put` with the answers and their place.
template <class Set, class Score, class Put>
void for_customers(repeat_rows const& rows, Score const& score, Put const& put) {
    using customers = customer_lanes<Set>;
    constexpr std::size_t width = lanes<Set>::width;
    std::size_t i = 0;
    for (; i + width <= rows.n; i += width)
        put(score(customers::load(rows, i)), i, width);
    if (i < rows.n) put(score(customers::load_rest(rows, i)), i, rows.n - i);
}

template <class Set, class Score>
void write_scores(repeat_rows const& rows, Score const& score, double* out) {
    for_customers<Set>(rows, score, [&](typename Set::vector v, std::size_t at, std::size_t n) {
        std::memcpy(out + at, &v, n * sizeof(double));
    });
}

template <class Set>
void pareto_alive_of(pareto_parameters const& p, repeat_rows const& rows, unsigned levels, double* out) {
    write_scores<Set>(rows, pareto_alive_lanes<Set>(p, levels), out);
}
template <class Set>
void pareto_alive_once_of(pareto_parameters const& p, double share_at_birth, repeat_rows const& rows, unsigned levels,
                          double* out) {
    write_scores<Set>(rows, pareto_once_lanes<Set>(p, share_at_birth, levels), out);
}
template <class Set>
void pareto_times_future_of(pareto_parameters const& p, double t, repeat_rows const& rows, double* out) {
    for_customers<Set>(rows, pareto_future_lanes<Set>(p, t),
                       [&](typename Set::vector v, std::size_t at, std::size_t n) {
                           for (std::size_t i = 0; i < n; ++i)
                               out[at + i] *= v[i];
                       });
}

template <class Set>
constexpr pareto_fraction_kernels pareto_fraction_kernels_of{pareto_alive_of<Set>, pareto_alive_once_of<Set>,
                                                             pareto_times_future_of<Set>};

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
