// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_SPECIAL_FUNCTIONS_HPP
#define SEGMENTA_EVALUATE_SPECIAL_FUNCTIONS_HPP

// Distribution functions over Boost.Math, without promotion to long double (the same bits on all machines, and faster)
// and without exceptions: outside a function's domain the answer is NaN. Thread-safe, unlike std::lgamma.

#include <segmenta/stats/interval.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {

double log_gamma(double x) noexcept; // of |Gamma(x)|
double log_choose(double n, double k) noexcept;

double normal_below(double z) noexcept;  // P(Z <= z)
double normal_above(double z) noexcept;  // P(Z > z), exact far out
double normal_beyond(double z) noexcept; // P(|Z| > |z|), the two-sided p of z

double student_beyond(double t, double degrees) noexcept;      // P(|T| > |t|), degrees > 0
double student_quantile(double p, double degrees) noexcept;    // 0 < p < 1
double chi_squared_above(double x, double degrees) noexcept;   // P(X > x), x >= 0
double incomplete_beta(double a, double b, double x) noexcept; // regularised I_x(a, b)
double inverse_incomplete_beta(double a, double b, double p) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
