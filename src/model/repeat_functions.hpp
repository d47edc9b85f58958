// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_REPEAT_FUNCTIONS_HPP
#define SEGMENTA_MODEL_REPEAT_FUNCTIONS_HPP

// What the models of repeat buying with gamma rates and beta dropout are made of: ratios of gamma and beta functions
// without cancellation, the negative binomial distribution, and the expected number of events until dropout. All are
// noexcept and answer NaN outside their domains.

namespace segmenta {
inline namespace v0 {
namespace detail {

// log(Gamma(a + n) / Gamma(a)) for a > 0 and whole n >= 0, and its first two derivatives by a.
double log_rising(double a, double n) noexcept;
double log_rising_slope(double a, double n) noexcept;
double log_rising_curve(double a, double n) noexcept;

// log(B(a, b + n) / B(a, b)): the logarithm of the mean of (1 - p)^n, p ~ Beta(a, b).
double log_beta_ratio(double a, double b, double n) noexcept;

// Counts N in a time t of a Poisson process whose rate is Gamma(shape, age): negative binomial.
double count_probability(double shape, double age, double t, double n) noexcept; // P(N = n)
double count_at_least(double shape, double age, double t, double n) noexcept;    // P(N >= n)

// Chances and dropout ahead of a customer: the rate of buying steps is Gamma(shape, age), and after each purchase the
// customer leaves with a chance p ~ Beta(a, b). A purchase takes `steps` steps, `done` of which are behind.
struct repeat_future {
    double shape, age;
    double a, b;
    unsigned steps = 1;
    unsigned done = 0;
};
// Mean number of purchases in a time t.
double expected_purchases(repeat_future const& ahead, double t) noexcept;
// P(still a customer after a time t).
double chance_to_stay(repeat_future const& ahead, double t) noexcept;

// The two ways to compute the first, for tests: a sum over counts, good while t is not far above `age`, and an integral
// over p.
double expected_purchases_by_sum(repeat_future const& ahead, double t) noexcept;
double expected_purchases_by_integral(repeat_future const& ahead, double t) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
