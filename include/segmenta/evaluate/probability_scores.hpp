// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_PROBABILITY_SCORES_HPP
#define SEGMENTA_EVALUATE_PROBABILITY_SCORES_HPP

/// \file
/// Whether predicted probabilities are right, not only well ranked: Brier score with its parts, log loss, calibration
/// table and Hosmer-Lemeshow test. All of them also exist when everybody or nobody has the outcome.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How customers are put into bands of like probability.
enum class calibration_bands : std::uint8_t {
    equal_size,  ///< as many customers in each as whole groups of equal probability allow
    equal_width, ///< [0, 1/k), [1/k, 2/k), ..., the last one closed; empty bands are left out
    distinct,    ///< a band for each probability that occurs
};

/// Customers of like probability.
struct calibration_band {
    double lowest = 0;           ///< probability in the band
    double highest = 0;          ///< probability in the band
    std::uint64_t customers = 0; ///< at least 1
    std::uint64_t positives = 0; ///< whose outcome happened
    double mean_probability = 0; ///< what was predicted for them
    double rate = 0;             ///< what happened: positives / customers
};

/// The Brier score taken apart. With bands of one probability each (`distinct`),
/// score = reliability - resolution + uncertainty (A. H. Murphy, "A New Vector Partition of the Probability Score",
/// J. Applied Meteorology 12, 1973); with wider ones, `within_bands` is what is left (D. B. Stephenson, C. A. S. Coelho
/// and I. T. Jolliffe, Weather and Forecasting 23, 2008): score = reliability - resolution + uncertainty +
/// within_bands.
struct brier_parts {
    double score = 0;        ///< mean squared difference of probability and outcome, 0 (best) to 1
    double reliability = 0;  ///< mean squared difference of what was predicted and what happened, by band; small is
                             ///< good
    double resolution = 0;   ///< how much the bands' rates differ from the overall rate; large is good
    double uncertainty = 0;  ///< of the outcome itself: rate (1 - rate)
    double within_bands = 0; ///< from differences inside bands; may be negative
    /// 1 - score / uncertainty: the gain over predicting the overall rate for everybody; nothing when everybody or
    /// nobody has the outcome.
    std::optional<double> skill;
};

/// Hosmer and Lemeshow's test of calibration.
struct hosmer_lemeshow {
    double statistic = 0;    ///< sum over bands of (positives - expected)^2 / (expected (1 - mean
                             ///< probability))
    std::size_t bands = 0;   ///< that there were
    std::size_t degrees = 0; ///< of freedom
    std::optional<double> p; ///< upper tail of chi-squared; nothing without degrees of freedom. Small: not
                             ///< calibrated
};

/// Where the probabilities come from decides the degrees of freedom.
enum class calibration_sample : std::uint8_t {
    fitted, ///< the model was fitted to these very customers: bands - 2
    unseen, ///< customers the model has not seen: bands
};

/// Mean of (probability - outcome)^2 (G. W. Brier, Monthly Weather Review 78, 1950). Throws `issue_error` with all of
/// `evaluate.empty`, `evaluate.length`, `evaluate.probability` (not in [0, 1], NaN included), `evaluate.outcome`; so do
/// all functions here.
///
///     brier_score(std::vector{.8, .3}, std::vector<std::uint8_t>{1, 0});   // (0.04 + 0.09) / 2 = 0.065
[[nodiscard]] double brier_score(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes);

/// The score and its parts over a calibration table.
[[nodiscard]] brier_parts brier_decomposition(std::span<double const> probabilities,
                                              std::span<std::uint8_t const> outcomes,
                                              calibration_bands by = calibration_bands::distinct,
                                              std::size_t bands = 10);

/// Mean of -ln(probability of what happened), in nats. Probabilities are held inside [clip, 1 - clip], since one
/// outcome that was called impossible would make the mean infinite; `clip` 0 lets it. 1e-15 is customary. Throws
/// besides `evaluate.option` unless 0 <= clip < 0.5.
[[nodiscard]] double log_loss(std::span<double const> probabilities, std::span<std::uint8_t const> outcomes,
                              double clip = 1e-15);

/// What was predicted beside what happened, by ascending probability. `bands` (1 to 10,000) is not read for `distinct`.
/// Customers of equal probability are never split over bands. O(n log n). Throws besides `evaluate.option`.
[[nodiscard]] std::vector<calibration_band> calibration_table(std::span<double const> probabilities,
                                                              std::span<std::uint8_t const> outcomes,
                                                              calibration_bands by = calibration_bands::equal_size,
                                                              std::size_t bands = 10);

/// D. W. Hosmer and S. Lemeshow, "Goodness of fit tests for the multiple logistic regression model", Communications in
/// Statistics A9, 1980, with bands of equal size. A band whose probabilities are all 0 or all 1 adds nothing when it
/// was right and makes the statistic infinite (p = 0) when it was wrong.
[[nodiscard]] hosmer_lemeshow hosmer_lemeshow_test(std::span<double const> probabilities,
                                                   std::span<std::uint8_t const> outcomes, calibration_sample sample,
                                                   std::size_t bands = 10);

} // namespace v0
} // namespace segmenta

#endif
