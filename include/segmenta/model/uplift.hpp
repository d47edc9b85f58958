// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_UPLIFT_HPP
#define SEGMENTA_MODEL_UPLIFT_HPP

/// \file
/// Uplift: how much likelier an outcome is for a customer who is treated (mailed, called, given a coupon) than for the
/// same customer who is not. Both learners stand on logistic regression; treatment must have been given at random, or
/// what decided on it must be among the features.
///
/// Source: S. Künzel et al., "Metalearners for estimating heterogeneous treatment effects using machine learning", PNAS
/// 116(10), 2019, for the names T-learner (two models) and S-learner (a single one).
///
///     auto const model = fit_t_learner(as_columns(features), bought, mailed);
///     model.uplift(std::array{3.0, 120.0});   // 0.021: 2.1 points more buy when mailed

#include <segmenta/model/logistic.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// One regression for treated customers and one for the others.
///
/// Thread safety: immutable; concurrent use is safe.
class t_learner {
public:
    /// For researchers, or for models fitted apart. Throws `issue_error` (`uplift.models`) when they differ in
    /// features.
    t_learner(logistic treated, logistic control);

    [[nodiscard]] logistic const& treated() const noexcept { return treated_; }
    [[nodiscard]] logistic const& control() const noexcept { return control_; }
    [[nodiscard]] double probability_if_treated(std::span<double const> features) const noexcept;
    [[nodiscard]] double probability_if_not(std::span<double const> features) const noexcept;
    /// The first less the second, from -1 to 1.
    [[nodiscard]] double uplift(std::span<double const> features) const noexcept;
    /// Of many customers; one column for each feature, all as long as `out`.
    void uplift(number_columns columns, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    static t_learner from_json(std::string_view text);

private:
    logistic treated_;
    logistic control_;
};

/// A single regression on the features, the treatment (0 or 1) and, when wanted, their products.
///
/// Thread safety: immutable; concurrent use is safe.
class s_learner {
public:
    /// `model` has n features, then the treatment, then n products or none. Throws `issue_error` (`uplift.models`) for
    /// another number.
    s_learner(logistic model, std::size_t features);

    [[nodiscard]] logistic const& model() const noexcept { return model_; }
    [[nodiscard]] std::size_t features() const noexcept { return features_; }
    [[nodiscard]] bool has_products() const noexcept { return model_.coefficients().size() > features_ + 1; }
    [[nodiscard]] double probability_if_treated(std::span<double const> features) const noexcept;
    [[nodiscard]] double probability_if_not(std::span<double const> features) const noexcept;
    [[nodiscard]] double uplift(std::span<double const> features) const noexcept;
    void uplift(number_columns columns, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    static s_learner from_json(std::string_view text);

private:
    [[nodiscard]] double log_odds(std::span<double const> features, bool treated) const noexcept;

    logistic model_;
    std::size_t features_;
};

/// `outcomes[i]` and `treated[i]` are 0 or 1. `options.weights` may weigh customers.
///
/// Throws `issue_error` with all of `uplift.ragged` (another number of outcomes or treatments than rows),
/// `uplift.treatment` (neither 0 nor 1), `uplift.one_arm` (all treated, or none); and what `fit_logistic` says of
/// either group, its places behind `treated` or `control`.
[[nodiscard]] t_learner fit_t_learner(number_columns columns, std::span<std::uint8_t const> outcomes,
                                      std::span<std::uint8_t const> treated, logistic_options const& options = {});

/// How a single model is fitted.
struct s_learner_options {
    logistic_options regression{}; ///< names, when given, are those of the features
    bool products = true;          ///< without them, treatment moves the log-odds of all customers alike; with them and
                                   ///< without a penalty, the answer is that of the T-learner
};

/// Throws as `fit_t_learner`.
[[nodiscard]] s_learner fit_s_learner(number_columns columns, std::span<std::uint8_t const> outcomes,
                                      std::span<std::uint8_t const> treated, s_learner_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
