// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_GAMMA_FUNCTIONS_HPP
#define SEGMENTA_MODEL_GAMMA_FUNCTIONS_HPP

// Boost's special functions in double precision, with errors answered as NaN or infinity instead of thrown. Not
// std::lgamma: on glibc it writes a global and is not safe in threads. No promotion to long double: it costs time and
// gives other last bits on other machines.

#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/digamma.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <boost/math/special_functions/trigamma.hpp>

#include <cstddef>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace boost_policies = boost::math::policies;
using quiet_policy =
    boost_policies::policy<boost_policies::promote_double<false>,
                           boost_policies::domain_error<boost_policies::ignore_error>,
                           boost_policies::pole_error<boost_policies::ignore_error>,
                           boost_policies::overflow_error<boost_policies::ignore_error>,
                           boost_policies::evaluation_error<boost_policies::ignore_error>>;

inline double log_gamma_function(double x) { return boost::math::lgamma(x, quiet_policy{}); }
inline double digamma_function(double x) { return boost::math::digamma(x, quiet_policy{}); }
inline double trigamma_function(double x) { return boost::math::trigamma(x, quiet_policy{}); }
inline double log_beta_function(double a, double b) {
    return log_gamma_function(a) + log_gamma_function(b) - log_gamma_function(a + b);
}

// 2F1(1, b; c; z) for 0 < b < c and 0 <= z < 1, by Gauss's continued fraction (DLMF 15.7.5 with a = 1 in its place) and
// Lentz's algorithm; the sum over 1/sqrt(1 - z) steps or so. Boost 1.81 has no Gauss hypergeometric function.
double hypergeometric_one(double b, double c, double z) noexcept;

// log Gamma(r + to) - log Gamma(r + from) for whole numbers from <= to, and its derivatives by r: as a sum of
// log(r + k), which does not subtract large from large, as long as that is short.
struct rising_factorial {
    double sum = 0;
    double first = 0;
    double second = 0;
};
rising_factorial rise(double r, double from, double to);

// Sums of log Gamma(r + x) - log Gamma(r) over many whole numbers x with weights, and their derivatives by r: each rise
// from one x to the next is taken once.
class rising_factorials {
public:
    // Pairs of x and weight, in ascending order of x.
    explicit rising_factorials(std::vector<std::pair<double, double>> const& counts);

    [[nodiscard]] rising_factorial at(double r) const;

private:
    struct step {
        double from, to; // log Gamma(r + to) - log Gamma(r + from)
        double weight;   // of all x >= to
    };
    std::vector<step> steps_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
