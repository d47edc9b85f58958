// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_functions.hpp"

#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <algorithm>
#include <cmath>
#include <complex>
#include <limits>
#include <numbers>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace policies = boost::math::policies;
// Without long double: the same bits on all machines. Without exceptions: errors are NaN or infinity.
using quiet = policies::policy<
    policies::promote_double<false>, policies::domain_error<policies::ignore_error>,
    policies::pole_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
    policies::underflow_error<policies::ignore_error>, policies::denorm_error<policies::ignore_error>,
    policies::rounding_error<policies::ignore_error>, policies::evaluation_error<policies::ignore_error>,
    policies::indeterminate_result_error<policies::ignore_error>>;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// Up to here products are cheaper than gamma functions, and lose nothing when a is large.
constexpr double few = 128;

} // namespace

double log_rising(double a, double n) noexcept {
    if (n > few) return boost::math::lgamma(a + n, quiet()) - boost::math::lgamma(a, quiet());
    double sum = 0;
    for (double j = 0; j < n; ++j)
        sum += std::log(a + j);
    return sum;
}

double log_rising_slope(double a, double n) noexcept {
    if (n > few) return boost::math::digamma(a + n, quiet()) - boost::math::digamma(a, quiet());
    double sum = 0;
    for (double j = 0; j < n; ++j)
        sum += 1 / (a + j);
    return sum;
}

double log_rising_curve(double a, double n) noexcept {
    if (n > few) return boost::math::trigamma(a + n, quiet()) - boost::math::trigamma(a, quiet());
    double sum = 0;
    for (double j = 0; j < n; ++j)
        sum -= 1 / ((a + j) * (a + j));
    return sum;
}

double log_beta_ratio(double a, double b, double n) noexcept {
    // The first factors apart: there the two gamma functions of a large b would cancel.
    double sum = 0;
    double const loop = std::min(n, few);
    for (double j = 0; j < loop; ++j)
        sum -= std::log1p(a / (b + j));
    if (n <= few) return sum;
    return sum + log_rising(b + few, n - few) - log_rising(a + b + few, n - few);
}

double count_probability(double shape, double age, double t, double n) noexcept {
    double const missed = age / (age + t);
    if (n == 0) return std::exp(-shape * std::log1p(t / age));
    if (t == 0) return 0;
    return missed / (shape + n) * boost::math::ibeta_derivative(shape, n + 1, missed, quiet());
}

double count_at_least(double shape, double age, double t, double n) noexcept {
    if (n <= 0) return 1;
    return boost::math::ibeta(n, shape, t / (age + t), quiet());
}

namespace {

// Mean of f(p, 1 - p) for p ~ Beta(a, b) by the trapezoidal rule in y = log(p / (1 - p)). The density is analytic for
// |Im y| < pi and so are all functions here, which are bounded for |Im y| <= pi / 2 whatever their scale: a step of 1/4
// is exact to exp(-4 pi^2) = 7e-18 as far as they are concerned. The density of large a and b is nearly normal with
// variance 1 / a + 1 / b, for which half a deviation is as good (see L. Trefethen and J. Weideman, "The Exponentially
// Convergent Trapezoidal Rule", SIAM Review 56(3), 2014). f must be constant for p < smallest and for 1 - p < 1e-18:
// beyond those the sums are geometric, which matters where a or b is near 0. A side ends where neither the density nor
// its product with f adds anything: f may rise by as much as the density falls.
template <class Function>
double beta_mean(double a, double b, double smallest, Function&& f) {
    double const step = std::min(0.25, 0.5 * std::sqrt(1 / a + 1 / b));
    double const mode = std::log(a / b);
    double const log_p = -std::log1p(b / a);
    double const log_q = -std::log1p(a / b);
    double const top = a * log_p + b * log_q;
    auto const density = [&](double y) {
        double const lp = y < 0 ? y - std::log1p(std::exp(y)) : -std::log1p(std::exp(-y));
        return std::exp(a * lp + b * (lp - y) - top);
    };
    auto const at = [&](double y) { return f(1 / (1 + std::exp(-y)), 1 / (1 + std::exp(y))); };
    double sum = 0;
    double mass = 0;
    auto const adds_nothing = [&](double d, double value) {
        return d < 1e-19 * mass && d * std::abs(value) <= 1e-19 * std::abs(sum);
    };
    double const low = std::log(smallest);
    for (double y = mode;; y -= step) {
        double const d = density(y);
        double const value = at(y);
        sum += d * value;
        mass += d;
        if (adds_nothing(d, value)) break;
        if (y < low) { // density(y - j step) is d exp(-a j step)
            double const rest = d / std::expm1(a * step);
            sum += rest * value;
            mass += rest;
            break;
        }
    }
    for (double y = mode + step;; y += step) {
        double const d = density(y);
        double const value = at(y);
        sum += d * value;
        mass += d;
        if (adds_nothing(d, value)) break;
        if (y > 42) {
            double const rest = d / std::expm1(b * step);
            sum += rest * value;
            mass += rest;
            break;
        }
    }
    return sum / mass;
}

using complex = std::complex<double>;

// (1 + z)^-shape for Re z >= 0, exact for small z.
complex power(complex z, double shape) {
    // log|1 + z| from |1 + z|^2 - 1 = 2 Re z + |z|^2.
    double const log_size = 0.5 * std::log1p(2 * z.real() + std::norm(z));
    return std::polar(std::exp(-shape * log_size), -shape * std::arg(complex(1) + z));
}

// The mean of 1 - q^(purchases in t), by p = 1 - q. With M = floor((N + done) / k) purchases in N counts, q^M is a sum
// over the k-th roots s of q of c(s) s^(N + done), c(s) = p s / (k q (1 - s)), and the means of s^N are known.
double loss_in_purchases(repeat_future const& f, double t, double p, double q) {
    double const slope = t / f.age;
    if (f.steps == 1) return -std::expm1(-f.shape * std::log1p(p * slope)) / p;
    double const k = f.steps;
    if (q < 1e-3) { // the roots' factors would be large and cancel; powers of q need no roots
        double mean = 0;
        double power_of_q = 1;
        for (double m = 0; m < 6; ++m, power_of_q *= q)
            mean += power_of_q * (count_at_least(f.shape, f.age, t, m * k - f.done) -
                                  count_at_least(f.shape, f.age, t, (m + 1) * k - f.done));
        return (1 - mean) / p;
    }
    double const log_root = (p < 0.5 ? std::log1p(-p) : std::log(q)) / k;
    // The real root apart: its mean is near 1 where p is near 0.
    double above = 0; // c(s) - 1 = mean of q^(-m / k) - 1, m = 0, ..., k - 1
    for (double m = 1; m < k; ++m)
        above += std::expm1(-m * log_root) / k;
    double const log_mean =
        std::log1p(above) + f.done * log_root - f.shape * std::log1p(-std::expm1(log_root) * slope);
    double sum = -std::expm1(log_mean) / p;
    for (unsigned l = 1; l < f.steps; ++l) {
        complex const s = std::polar(std::exp(log_root), 2 * std::numbers::pi * l / k);
        complex const rest = complex(1) - s;
        sum -= (s / (k * q * rest) * std::pow(s, static_cast<double>(f.done)) * power(rest * slope, f.shape)).real();
    }
    return sum;
}

bool possible(repeat_future const& f, double t) noexcept {
    return f.shape > 0 && f.age > 0 && f.a > 0 && f.b > 0 && f.shape < infinity && f.age < infinity && f.a < infinity &&
           f.b < infinity && t >= 0;
}

// Below this chance the mean of what depends on p is its value at 0.
double smallest_chance(repeat_future const& f, double t) noexcept {
    return 1e-18 / (1 + f.shape * t / f.age);
}

// Where the sum over counts has few terms, none of which underflows.
bool is_short(repeat_future const& f, double t) noexcept {
    return t < 50 * f.age && f.shape * std::log1p(t / f.age) < 600;
}

} // namespace

double expected_purchases_by_sum(repeat_future const& f, double t) noexcept {
    double const z = t / (f.age + t);
    double weight = std::exp(-f.shape * std::log1p(t / f.age)); // P(N = n)
    double chance = 1;                                          // of coming to the next purchase
    double expected = 0;                                        // purchases in n steps
    double met = 0;
    double sum = 0;
    unsigned step = f.done;
    for (double n = 0;; ++n) {
        sum += weight * expected;
        double const ratio = z * (f.shape + n) / (n + 1);
        double const largest = std::max(ratio, z);
        // What is left grows by at most one purchase a step and shrinks by `largest`.
        double const rest = weight * (expected + 1) / (1 - largest);
        if (largest < 1 && rest / (1 - largest) <= 1e-17 * sum) break;
        if (largest < 1 && rest < 1e-300) break;
        weight *= ratio;
        if (++step == f.steps) {
            step = 0;
            expected += chance;
            chance *= (f.b + met) / (f.a + f.b + met);
            ++met;
        }
    }
    return sum;
}

double expected_purchases_by_integral(repeat_future const& f, double t) noexcept {
    double const smallest = smallest_chance(f, t);
    return beta_mean(f.a, f.b, smallest,
                     [&](double p, double q) { return loss_in_purchases(f, t, std::max(p, smallest), q); });
}

double expected_purchases(repeat_future const& f, double t) noexcept {
    if (!possible(f, t)) return nan;
    if (t == 0) return 0;
    if (t == infinity) return f.a > 1 ? (f.a + f.b - 1) / (f.a - 1) : infinity; // the mean of 1 / p
    if (is_short(f, t)) return expected_purchases_by_sum(f, t);
    return expected_purchases_by_integral(f, std::min(t, 1e300));
}

double chance_to_stay(repeat_future const& f, double t) noexcept {
    if (!possible(f, t)) return nan;
    if (t == 0) return 1;
    double const until = std::min(t, 1e300);
    double const smallest = smallest_chance(f, until);
    return beta_mean(f.a, f.b, smallest,
                     [&](double p, double q) { return 1 - p * loss_in_purchases(f, until, std::max(p, smallest), q); });
}

} // namespace detail
} // namespace v0
} // namespace segmenta
