// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_KERNELS_HPP
#define SEGMENTA_MODEL_PARETO_KERNELS_HPP

// The one integral behind everything in the Pareto/NBD model: over the times u at which a customer may have left,
//
//   left / alive = s / (beta + T) * integral from t_x to T of ((alpha+T)/(alpha+u))^(r+x) ((beta+T)/(beta+u))^(s+1) du
//
// It is positive and smooth for all parameters, also where the closed form (a Gauss hypergeometric function) overflows,
// subtracts equals (alpha near beta) or divides by zero. With v = log(min(alpha, beta) + u) the nearest singularity is
// pi away and the logarithm of the integrand is concave, so that a tail can be cut where it has dropped far enough and
// 8 to 48 Gauss-Legendre nodes give 12 digits.

#include "model/gauss_legendre.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/model/distinct_purchases.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct pareto_parameters {
    double r, alpha, s, beta;
};

// Moments of the time of leaving, over the posterior distribution of a customer who may also be alive (whose part is
// left out: it is at the origin). A = log((alpha+u)/(alpha+T)), a = 1/(alpha+u) - 1/(alpha+T), B and b with beta.
namespace pareto_moment {
enum index : std::size_t {
    left, // the probability to have left
    A,
    a,
    B,
    b,
    AA,
    Aa,
    AB,
    Ab,
    aa,
    aB,
    ab,
    BB,
    Bb,
    bb,
    count,
};
} // namespace pareto_moment
using pareto_moments = std::array<double, pareto_moment::count>;

struct pareto_integral {
    double log_alive_odds = 0; // log(1 + left / alive): minus the logarithm of the probability to be alive
    pareto_moments moment{};
};

// The interval in v, shortened to where the integrand matters, and the rule for it.
struct pareto_range {
    double start = 0;     // min(alpha, beta) + t_x
    double apart = 0;     // |alpha - beta|
    double width = 0;     // of v
    double log_ratio = 0; // of the integrand at t_x to that at T, without du/dv
    quadrature_rule rule;
};
pareto_range range_of(pareto_parameters const& p, double x, double last, double age) noexcept;

// With all moments. Customers must be valid: 0 <= last <= age, x >= 0.
pareto_integral integrate_pareto(pareto_parameters const& p, double x, double last, double age,
                                 cpu_level level) noexcept;
// Only the probability to be alive, for many, within 1e-10; NaN for customers that cannot be. What a customer gets does
// not depend on who the others are. By the continued fraction of pareto_fraction.hpp where that is short.
void pareto_alive(pareto_parameters const& p, std::span<double const> x, std::span<double const> last,
                  std::span<double const> age, std::span<double> out, cpu_level level) noexcept;
// The same by the integral alone, for all parameters; and for one customer.
void pareto_alive_by_quadrature(pareto_parameters const& p, std::span<double const> x, std::span<double const> last,
                                std::span<double const> age, std::span<double> out, cpu_level level) noexcept;
double pareto_alive_alone(pareto_parameters const& p, double x, double last, double age, cpu_level level) noexcept;

// Customers of one kind, eight in columns: what is known of them, and the odds of having left.
inline constexpr std::size_t pareto_group = 8;
struct pareto_customers {
    double x[pareto_group], last[pareto_group], age[pareto_group];
};
struct pareto_widths {
    double near[pareto_group], far[pareto_group]; // log((near + T) / (near + t_x)), and with the larger one
};
void pareto_widths_generic(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept;
void pareto_widths_avx2(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept;
void pareto_widths_avx512(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept;
// For customers without a sharp drop, on an even number of nodes.
void pareto_group_generic(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                          quadrature_rule const& rule, double* alive) noexcept;
void pareto_group_avx2(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                       quadrature_rule const& rule, double* alive) noexcept;
void pareto_group_avx512(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                         quadrature_rule const& rule, double* alive) noexcept;

// Sums over nodes, without the constant factor: of the integrand over its value at t_x.
double pareto_sum_generic(pareto_parameters const& p, double x, pareto_range const& range) noexcept;
double pareto_sum_avx2(pareto_parameters const& p, double x, pareto_range const& range) noexcept;
pareto_moments pareto_sums_generic(pareto_parameters const& p, double x, double age,
                                   pareto_range const& range) noexcept;
pareto_moments pareto_sums_avx2(pareto_parameters const& p, double x, double age, pareto_range const& range) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
