// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_EXPERIMENT_TEST_HPP
#define SEGMENTA_EVALUATE_EXPERIMENT_TEST_HPP

/// \file
/// Did the campaign work: tests of a treated arm against a control arm. Rates by the pooled z test or Fisher's exact
/// one, amounts by Welch's t test or by ranks, and, before any of them, whether the arms have the sizes they were meant
/// to have. Several tests at once: evaluate/multiple_tests.hpp. How many customers: evaluate/sample_size.hpp.

#include <segmenta/stats/interval.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace segmenta {
inline namespace v0 {

/// Successes among customers: buyers among those who got a letter.
struct proportion {
    std::uint64_t successes = 0;
    std::uint64_t trials = 0;
};

/// What is tested against "no difference".
enum class alternative : std::uint8_t {
    two_sided, ///< the arms differ
    greater,   ///< the treated arm is above the control arm
    less,      ///< the treated arm is below it
};

/// Two rates compared. "Treated" is the first arm.
struct proportion_test {
    double rate_treated = 0;
    double rate_control = 0;
    double difference = 0;               ///< treated minus control
    std::optional<double> relative_lift; ///< difference / rate_control; nothing when nobody in control succeeded
    std::optional<double> z;             ///< with the pooled variance; nothing when it is 0 (nobody or everybody
                                         ///< succeeded)
    double p = 1;                        ///< of `z`; 1 without one, since the rates are then equal
    interval wald;                       ///< of the difference, with the arms' own variances: the usual one, too narrow
                                         ///< for rates near 0 or 1
    interval newcombe;                   ///< of the difference from two Wilson intervals (R. G. Newcombe, Statistics in
                                         ///< Medicine 17, 1998, method 10): right for small and extreme rates as well
};

/// Pooled z test of two rates and intervals of their difference. Throws `issue_error` with all of: `evaluate.empty` (an
/// arm of nobody), `evaluate.proportion` (more successes than trials), `evaluate.option` (confidence not inside (0,
/// 1)).
///
///     two_proportions({120, 1000}, {100, 1000});   // z 1.42930085, p 0.15291778
[[nodiscard]] proportion_test two_proportions(proportion treated, proportion control, double confidence = 0.95,
                                              alternative side = alternative::two_sided);

/// Fisher's exact test of two rates; the p-value. Two-sided: the probability of all tables with the same margins that
/// are no likelier than this one (as R and scipy do, with a relative tolerance of 1e-7 for "likelier"). Throws as
/// `two_proportions`. O(smaller margin). Below 1e-290 the answer is 0.
[[nodiscard]] double fisher_exact(proportion treated, proportion control, alternative side = alternative::two_sided);

/// Two means compared without assuming equal variances.
struct welch_test_result {
    double mean_treated = 0;
    double mean_control = 0;
    double difference = 0;               ///< treated minus control
    std::optional<double> relative_lift; ///< difference / mean_control; nothing when that is not above 0
    double standard_error = 0;           ///< of the difference
    std::optional<double> t;             ///< nothing when neither arm varies: there is no test then
    std::optional<double> degrees;       ///< of freedom (Satterthwaite's)
    std::optional<double> p;
    interval confidence; ///< of the difference
};

/// Count, mean and variance (divided by count - 1) of an arm, from wherever.
struct arm_summary {
    std::uint64_t count = 0;
    double mean = 0;
    double variance = 0;
};

/// B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved",
/// Biometrika 34, 1947. Throws `issue_error` with all of: `evaluate.too_few` (an arm of fewer than 2),
/// `evaluate.not_finite`, `evaluate.option`.
[[nodiscard]] welch_test_result welch_test(std::span<double const> treated, std::span<double const> control,
                                           double confidence = 0.95, alternative side = alternative::two_sided);
[[nodiscard]] welch_test_result welch_test(arm_summary treated, arm_summary control, double confidence = 0.95,
                                           alternative side = alternative::two_sided);

/// How the p-value of ranks is found.
enum class rank_test_method : std::uint8_t {
    automatic, ///< exact for fewer than 50 customers in each arm and no ties (as R's wilcox.test), else normal
    exact,     ///< over all orders; refused with ties or for an arm of more than 100
    normal,    ///< with corrections for ties and continuity
};

struct mann_whitney_result {
    double u = 0;            ///< pairs in which the treated customer is above, ties counting half
    double superiority = 0;  ///< u / pairs: the probability that a treated customer is above one in control
    std::optional<double> z; ///< with both corrections; nothing for the exact method or when all values are equal
    double p = 1;
    bool exact = false;
};

/// H. B. Mann and D. R. Whitney, "On a Test of Whether one of Two Random Variables is Stochastically Larger than the
/// Other", Ann. Math. Stat. 18, 1947. Says whether one arm is above the other, not by how much money: for totals use
/// `welch_test`. O(n log n). Throws `issue_error`: `evaluate.empty`, `evaluate.not_finite`, `evaluate.option` (exact
/// where that cannot be).
[[nodiscard]] mann_whitney_result mann_whitney(std::span<double const> treated, std::span<double const> control,
                                               alternative side = alternative::two_sided,
                                               rank_test_method method = rank_test_method::automatic);

/// Pearson's chi-squared.
struct chi_squared_result {
    double statistic = 0;
    std::size_t degrees = 0;
    std::optional<double> p;   ///< nothing without degrees of freedom
    bool small_counts = false; ///< an expected count is below 5: the p-value is rough (Cochran's rule)
};

/// Sample ratio mismatch: whether the arms have the sizes they were meant to have. A tiny p (0.001 is a common alarm:
/// A. Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD 2019) means that the
/// assignment or the counting is broken, and no other test of this experiment should be believed.
/// `weights[i]` > 0 is the intended size of arm i in any unit. Throws `issue_error`: `evaluate.too_few` (fewer than two
/// arms), `evaluate.length`, `evaluate.empty` (nobody), `evaluate.option` (a weight not above 0).
[[nodiscard]] chi_squared_result sample_ratio(std::span<std::uint64_t const> customers,
                                              std::span<double const> weights);
/// Arms meant to be equal.
[[nodiscard]] chi_squared_result sample_ratio(std::span<std::uint64_t const> customers);

/// Whether rates differ among two or more arms, without continuity correction. Throws `issue_error`:
/// `evaluate.too_few` arms, `evaluate.proportion`, `evaluate.empty` (an arm of nobody). When nobody or everybody
/// succeeded the statistic is 0.
[[nodiscard]] chi_squared_result compare_rates(std::span<proportion const> arms);

/// A difference of means after what a covariate from before the experiment explains has been taken away.
struct covariate_adjusted_difference {
    double theta = 0;              ///< slope: covariance / variance of the covariate, both arms together; 0 when the
                                   ///< covariate does not vary
    double difference = 0;         ///< of the adjusted means, treated minus control
    double standard_error = 0;     ///< of it
    double raw_difference = 0;     ///< without adjustment
    double raw_standard_error = 0; ///< without adjustment
    std::optional<double> variance_reduction; ///< 1 - (standard_error / raw_standard_error)^2; nothing when that is 0/0
};

/// CUPED: y' = y - theta (x - mean x), A. Deng, Y. Xu, R. Kohavi and T. Walker, "Improving the Sensitivity of Online
/// Controlled Experiments by Utilizing Pre-Experiment Data", WSDM 2013. `x` must be known before the treatment.
/// Throws `issue_error` with all of: `evaluate.too_few`, `evaluate.length`, `evaluate.not_finite`.
[[nodiscard]] covariate_adjusted_difference adjust_for_covariate(std::span<double const> treated_outcome,
                                                                 std::span<double const> treated_covariate,
                                                                 std::span<double const> control_outcome,
                                                                 std::span<double const> control_covariate);

} // namespace v0
} // namespace segmenta

#endif
