// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CALIBRATION_HPP
#define SEGMENTA_MODEL_CALIBRATION_HPP

/// \file
/// From scores that rank customers to probabilities that come true: Platt's sigmoid, for few outcomes and scores whose
/// log-odds are straight, and isotonic regression, for many outcomes and any rising shape. Fit them on customers the
/// score was not fitted on.
///
/// Sources: J. Platt, "Probabilistic Outputs for Support Vector Machines", 1999; B. Zadrozny and C. Elkan,
/// "Transforming Classifier Scores into Accurate Multiclass Probability Estimates", KDD 2002; pool adjacent violators:
/// M. Ayer et al., "An Empirical Distribution Function for Sampling with Incomplete Information", 1955.
///
///     auto const calibrated = fit_isotonic_calibration(scores, bad);
///     calibrated.probability(612.0);

#include <segmenta/error.hpp>
#include <segmenta/model/fit_diagnostics.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Probability 1 / (1 + exp(-(intercept + slope x score))).
///
/// Thread safety: immutable; concurrent use is safe.
class platt_calibration {
public:
    /// For researchers. Throws `issue_error` (`calibration.parameters`) for numbers that are not finite.
    platt_calibration(double intercept, double slope);

    [[nodiscard]] double intercept() const noexcept { return intercept_; }
    /// Below 0 for scores that fall as the outcome gets likelier, as those of scorecards do.
    [[nodiscard]] double slope() const noexcept { return slope_; }
    /// The two with standard errors; NaN for a given calibration.
    [[nodiscard]] std::vector<parameter_estimate> const& parameters() const noexcept { return parameters_; }
    [[nodiscard]] fit_diagnostics const& diagnostics() const noexcept { return diagnostics_; }

    [[nodiscard]] double probability(double score) const noexcept;
    void probability(std::span<double const> scores, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    static platt_calibration from_json(std::string_view text);

private:
    friend platt_calibration fit_platt_calibration(std::span<double const>, std::span<std::uint8_t const>);

    double intercept_ = 0;
    double slope_ = 0;
    std::vector<parameter_estimate> parameters_;
    fit_diagnostics diagnostics_;
};

/// Fits by maximum likelihood against Platt's targets: (N1 + 1) / (N1 + 2) for each of N1 customers with the outcome
/// and 1 / (N0 + 2) for each of N0 without; so it is finite even where scores part the outcomes. Throws `issue_error`
/// with all of `calibration.empty`, `calibration.ragged`, `calibration.not_finite`, `calibration.outcome` (neither 0
/// nor 1), `calibration.one_class`, `calibration.constant` (all scores equal). O(n).
[[nodiscard]] platt_calibration fit_platt_calibration(std::span<double const> scores,
                                                      std::span<std::uint8_t const> outcomes);

/// Whether probabilities rise or fall with the score.
enum class score_direction : std::uint8_t { rising, falling };

/// A broken line through the ends of each pool of scores; level outside.
///
/// Thread safety: immutable; concurrent use is safe.
class isotonic_calibration {
public:
    /// For researchers: probabilities at ascending scores, straight between them. Throws `issue_error`
    /// (`calibration.parameters`) when there is none, numbers are not finite, scores do not ascend, or probabilities
    /// are outside of [0, 1] or neither rise nor fall throughout.
    isotonic_calibration(std::vector<double> scores, std::vector<double> probabilities);

    [[nodiscard]] std::span<double const> scores() const noexcept { return scores_; }
    [[nodiscard]] std::span<double const> probabilities() const noexcept { return probabilities_; }
    /// NaN for NaN. O(log pools).
    [[nodiscard]] double probability(double score) const noexcept;
    void probability(std::span<double const> scores, std::span<double> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    static isotonic_calibration from_json(std::string_view text);

    friend bool operator==(isotonic_calibration const&, isotonic_calibration const&) = default;

private:
    std::vector<double> scores_;
    std::vector<double> probabilities_;
};

/// Least squares among all lines that only rise (or only fall); equal scores are one point. Throws as
/// `fit_platt_calibration`, but for constant scores, which give the share of the outcome. O(n log n).
[[nodiscard]] isotonic_calibration fit_isotonic_calibration(std::span<double const> scores,
                                                            std::span<std::uint8_t const> outcomes,
                                                            score_direction direction = score_direction::rising);

} // namespace v0
} // namespace segmenta

#endif
