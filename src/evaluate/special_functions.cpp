// SPDX-License-Identifier: Apache-2.0
#include "evaluate/special_functions.hpp"

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace policies = boost::math::policies;
using quiet_policy =
    policies::policy<policies::promote_double<false>, policies::domain_error<policies::ignore_error>,
                     policies::pole_error<policies::ignore_error>, policies::overflow_error<policies::ignore_error>,
                     policies::evaluation_error<policies::ignore_error>,
                     policies::rounding_error<policies::ignore_error>>;
constexpr quiet_policy quiet{};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double root_half = 0.70710678118654752440;

} // namespace

double log_gamma(double x) noexcept { return boost::math::lgamma(x, quiet); }

double log_choose(double n, double k) noexcept { return log_gamma(n + 1) - log_gamma(k + 1) - log_gamma(n - k + 1); }

double normal_below(double z) noexcept { return std::isnan(z) ? nan : 0.5 * boost::math::erfc(-z * root_half, quiet); }

double normal_above(double z) noexcept { return normal_below(-z); }

double normal_beyond(double z) noexcept {
    return std::isnan(z) ? nan : boost::math::erfc(std::fabs(z) * root_half, quiet);
}

double student_beyond(double t, double degrees) noexcept {
    if (!(degrees > 0) || std::isnan(t)) return nan;
    if (std::isinf(t)) return 0;
    // the larger argument keeps its digits: x = v / (v + t^2) near 1 cancels
    double const square = t * t;
    if (degrees > square) return boost::math::ibetac(0.5, degrees / 2, square / (degrees + square), quiet);
    return boost::math::ibeta(degrees / 2, 0.5, degrees / (degrees + square), quiet);
}

double student_quantile(double p, double degrees) noexcept {
    if (!(p > 0 && p < 1) || !(degrees > 0)) return nan;
    if (p == 0.5) return 0;
    double const tail = p < 0.5 ? 2 * p : 2 * (1 - p);
    double rest = 0; // 1 - x, with its own digits
    double const x = boost::math::ibeta_inv(degrees / 2, 0.5, tail, &rest, quiet);
    double const t = std::sqrt(degrees * rest / x);
    return p < 0.5 ? -t : t;
}

double chi_squared_above(double x, double degrees) noexcept {
    if (!(x >= 0) || !(degrees > 0)) return nan;
    if (std::isinf(x)) return 0;
    return boost::math::gamma_q(degrees / 2, x / 2, quiet);
}

double incomplete_beta(double a, double b, double x) noexcept { return boost::math::ibeta(a, b, x, quiet); }

double inverse_incomplete_beta(double a, double b, double p) noexcept {
    return boost::math::ibeta_inv(a, b, p, static_cast<double*>(nullptr), quiet);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
