// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LOGISTIC_HPP
#define SEGMENTA_MODEL_LOGISTIC_HPP

/// \file
/// Logistic regression: the probability of an outcome is 1 / (1 + exp(-(intercept + sum of coefficient x feature))).
///
/// Fitted by Newton's method (iteratively reweighted least squares; P. McCullagh and J. Nelder, "Generalized Linear
/// Models", 2nd ed. 1989, ch. 4), with an elastic net by coordinate descent on the working response (J. Friedman,
/// T. Hastie, R. Tibshirani, "Regularization Paths for Generalized Linear Models via Coordinate Descent", Journal of
/// Statistical Software 33(1), 2010). Large data start from the fit of a part of them.
///
/// A maximum exists only where no combination of features parts the outcomes (A. Albert and J. Anderson, "On the
/// existence of maximum likelihood estimates in logistic regression models", Biometrika 71(1), 1984). Such data are
/// refused, or reported, and never answered with a huge coefficient alone.
///
///     std::vector<std::vector<double>> const features{age, income};
///     auto const model = fit_logistic(as_columns(features), bad, {.names = {"age", "income"}, .ridge = 0.5});
///     model.probability(std::array{35.0, 2400.0});

#include <segmenta/base/cpu.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/fit_diagnostics.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What to do when a combination of features parts the outcomes, so that coefficients would grow without end.
enum class on_separation : std::uint8_t {
    refuse, ///< throw `logistic.separated` or `logistic.quasi_separated`
    report, ///< give the last coefficients, as `not_identified`, without standard errors
};

/// How to fit. The penalties are added to the negative log-likelihood of all rows:
/// ridge / 2 x sum of squares + lasso x sum of sizes of the coefficients, the intercept left out. In scikit-learn's
/// words ridge = (1 - l1_ratio) / C and lasso = l1_ratio / C; in glmnet's, with n rows, ridge = n lambda (1 - alpha)
/// and lasso = n lambda alpha.
struct logistic_options {
    std::vector<std::string> names{};  ///< one for each column; empty: `x0`, `x1`, ...
    double ridge = 0;                  ///< 0 or more
    double lasso = 0;                  ///< 0 or more
    bool intercept = true;             ///< else the probability at all zeros is one half
    bool scale_penalty = false;        ///< penalties apply to coefficients of features of deviation 1; without penalty
                                       ///< there is no difference, and coefficients are those of the features as given
    std::span<double const> weights{}; ///< of rows, finite and 0 or more; empty: 1 each
    on_separation separation = on_separation::refuse;
    std::size_t max_iterations = 100;
    double gradient_tolerance = 1e-8; ///< largest derivative of the mean log-likelihood, of features of deviation about
                                      ///< 1; one more Newton step is taken from there, which squares the distance
    unsigned threads = 1;             ///< results do not depend on it
    cpu_level level = detect_cpu_level();
};

/// Wald's test of one coefficient against 0.
struct wald_test {
    std::string name;
    double z = 0;       ///< estimate by standard error
    double p_value = 0; ///< two-sided
};

/// A logistic regression.
///
/// Thread safety: immutable; concurrent use is safe.
class logistic {
public:
    /// For researchers: a model of known coefficients, without standard errors. `names` may be empty. Throws
    /// `issue_error` (`logistic.parameters`) for numbers that are not finite, or another number of names.
    logistic(double intercept, std::vector<double> coefficients, std::vector<std::string> names = {});

    [[nodiscard]] double intercept() const noexcept { return intercept_; }
    /// In the order and the units of the columns.
    [[nodiscard]] std::span<double const> coefficients() const noexcept { return coefficients_; }
    [[nodiscard]] std::vector<std::string> const& names() const noexcept { return names_; }

    /// The intercept (as `intercept`; when there is one) and the coefficients. Standard errors are from the curvature
    /// at the maximum (of large data: at a point so near that it differs by some 1e-4 of itself); with a ridge, of the
    /// penalised estimate (S. le Cessie and J. van Houwelingen, "Ridge Estimators in Logistic Regression", Applied
    /// Statistics 41(1), 1992); NaN with a lasso, and where the fit is not identified.
    [[nodiscard]] std::vector<parameter_estimate> const& parameters() const noexcept { return parameters_; }
    /// `log_likelihood` is that of all rows, by their weights, without penalty. `gradient_norm`, with penalties, is
    /// that of the last point looked at (see `logistic_options::gradient_tolerance`); of large data, where Newton's
    /// steps have shown how fast they converge, the one foreseen at the answer. `condition_number` is that of the
    /// curvature scaled to a diagonal of 1.
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }
    /// One for each of `parameters()`; NaN where there is no standard error.
    [[nodiscard]] std::vector<wald_test> wald() const;
    /// -2 log-likelihood.
    [[nodiscard]] double deviance() const noexcept { return -2 * diagnostics_.log_likelihood; }
    /// Deviance of the best constant probability (one half without an intercept).
    [[nodiscard]] double null_deviance() const noexcept { return null_deviance_; }
    /// Deviance + 2 x number of parameters that are not 0.
    [[nodiscard]] double aic() const noexcept;

    /// intercept + sum of coefficient x feature; `features` is as long as `coefficients()`. NaN when a feature is.
    [[nodiscard]] double log_odds(std::span<double const> features) const noexcept;
    [[nodiscard]] double probability(std::span<double const> features) const noexcept;
    /// Of many rows; `out` is as long as the columns, of which there is one for each coefficient.
    void log_odds(number_columns columns, std::span<double> out) const noexcept;
    void probability(number_columns columns, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: what the documents of models say (`model.kind`, `model.version`, `model.checksum`,
    /// `model.bad_field`), and what the constructor says.
    static logistic from_json(std::string_view text);

private:
    friend logistic fit_logistic(number_columns, std::span<std::uint8_t const>, logistic_options const&);

    double intercept_ = 0;
    std::vector<double> coefficients_;
    std::vector<std::string> names_;
    std::vector<parameter_estimate> parameters_;
    fit_diagnostics diagnostics_;
    double null_deviance_ = 0;
};

/// 1 / (1 + exp(-log_odds)), without overflow.
[[nodiscard]] double logistic_function(double log_odds) noexcept;

/// Fits `outcomes` (0 or 1) on columns of features.
///
/// Throws `issue_error` with all of: `data.empty`, `data.ragged`, `data.not_finite`, `logistic.outcome` (neither 0 nor
/// 1, or another length), `logistic.one_class`, `logistic.weight`, `logistic.names`, `logistic.options`; and, without a
/// penalty, `logistic.constant_column`, `logistic.collinear` (names the columns it is made of),
/// `logistic.separated`, `logistic.quasi_separated` (unless reported).
/// O(rows x columns^2) a step, commonly 3 to 8 steps over all rows. Memory: a few hundred kilobytes a thread.
[[nodiscard]] logistic fit_logistic(number_columns columns, std::span<std::uint8_t const> outcomes,
                                    logistic_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
