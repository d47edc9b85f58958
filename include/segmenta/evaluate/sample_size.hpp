// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_SAMPLE_SIZE_HPP
#define SEGMENTA_EVALUATE_SAMPLE_SIZE_HPP

/// \file
/// How many customers an experiment needs, and what it can see with those it has. Two-sided tests throughout.

#include <cstdint>

namespace segmenta {
inline namespace v0 {

/// How the variance of two rates enters.
enum class rate_approximation : std::uint8_t {
    arcsine,  ///< h = 2 asin sqrt p1 - 2 asin sqrt p2, whose variance does not depend on the rates (J. Cohen,
              ///< "Statistical Power Analysis for the Behavioral Sciences", 2nd ed. 1988, chapter 6)
    unpooled, ///< each arm with its own p (1 - p)
};

/// What is asked of the experiment.
struct power_options {
    double alpha = 0.05; ///< chance of a finding where there is nothing; inside (0, 1)
    double power = 0.8;  ///< chance of finding what is there; inside (alpha, 1)
    double ratio = 1;    ///< customers in control for each treated one; above 0
    rate_approximation approximation = rate_approximation::arcsine;
};

/// Customers, not rounded: round up.
struct sample_size {
    double treated = 0;
    double control = 0;
};

/// Customers needed to tell two rates apart. The tail on the wrong side is left out, which matters only when the power
/// asked for is hardly above alpha. Throws `issue_error` (`evaluate.option`): rates not inside (0, 1) or equal,
/// options out of range.
///
///     sample_size_for_rates(.10, .12).treated;   // 3834.6, so 3835 in each arm
[[nodiscard]] sample_size sample_size_for_rates(double rate_treated, double rate_control,
                                                power_options const& options = {});

/// The chance to find that two rates differ, with so many customers; both tails. `options.power` and `ratio` are not
/// read. Throws as above, but equal rates are fine (the answer is alpha).
[[nodiscard]] double power_for_rates(double rate_treated, double rate_control, std::uint64_t treated,
                                     std::uint64_t control, power_options const& options = {});

/// Customers needed to see a difference of means of `difference` where single customers vary by the standard deviation
/// `deviation` in both arms, by the normal approximation. Throws `issue_error` (`evaluate.option`): a deviation not
/// above 0, a difference of 0, options out of range.
[[nodiscard]] sample_size sample_size_for_means(double difference, double deviation, power_options const& options = {});

/// The smallest difference of means that is found with the chance `options.power`; the same for rates when `deviation`
/// is sqrt(p (1 - p)). Throws as above and `evaluate.empty` for an arm of nobody.
[[nodiscard]] double detectable_difference(double deviation, std::uint64_t treated, std::uint64_t control,
                                           power_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
