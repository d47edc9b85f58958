// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_BOOTSTRAP_HPP
#define SEGMENTA_EVALUATE_BOOTSTRAP_HPP

/// \file
/// Confidence intervals for any figure of a sample, by drawing customers with replacement and figuring again.
///
/// B. Efron, "Better Bootstrap Confidence Intervals", JASA 82, 1987; B. Efron and R. J. Tibshirani, "An Introduction to
/// the Bootstrap", 1993, chapters 13 and 14.

#include <segmenta/stats/interval.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>

namespace segmenta {
inline namespace v0 {

/// How resampled figures become an interval.
enum class bootstrap_interval : std::uint8_t {
    percentile, ///< quantiles (type 7) of the resampled figures
    bca,        ///< the same at probabilities corrected for bias and acceleration
};

struct bootstrap_options {
    std::size_t resamples = 2000; ///< 100 to 10,000,000; Efron and Tibshirani advise 1000 or more for intervals
    double confidence = 0.95;     ///< inside (0, 1)
    bootstrap_interval kind = bootstrap_interval::bca;
    std::uint64_t seed = 1;
    /// The acceleration of BCa comes from leaving customers out: one at a time (0), or one of this many blocks of
    /// neighbours at a time, which is enough for large samples and far cheaper.
    std::size_t jackknife_blocks = 0;
    unsigned threads = 1; ///< 0: all; the answer does not depend on it
};

struct bootstrap_result {
    double estimate = 0;       ///< of the sample itself
    double standard_error = 0; ///< standard deviation of the resampled figures
    interval confidence;
    std::size_t resamples = 0; ///< that had a figure
    std::size_t undefined = 0; ///< resamples without one, left out
    double bias = 0;           ///< mean of the resampled figures minus `estimate`
};

/// The figure of the customers with the given row numbers, each as often as it is named; nothing when these have none
/// (all of one class, say). Called concurrently when more than one thread is asked for.
using bootstrap_statistic = std::function<std::optional<double>(std::span<std::uint32_t const> rows)>;

/// Draws `rows` of `rows` customers, `options.resamples` times, and figures each time.
///
///     auto const median = [&](std::span<std::uint32_t const> rows) -> std::optional<double> { ... };
///     auto const drawn = bootstrap(amounts.size(), median, {.seed = 7});
///     drawn.confidence;   // 95 % by BCa
///
/// `strata`: a class per customer, numbered from 0; customers are then drawn within classes, whose sizes stay. Empty:
/// one class. Resample i uses its own random numbers made of seed and i, so the answer depends on neither threads nor
/// their order.
///
/// BCa falls back on nothing: where all resampled figures are equal, the interval is that figure; where the jackknife
/// is constant, the acceleration is 0.
///
/// Throws `issue_error` with all of: `evaluate.empty`, `evaluate.too_few` (one row, of which every resample is the
/// same), `evaluate.length` (strata), `evaluate.option`, `evaluate.undefined` when the sample has no figure, or fewer
/// than half of the resamples have.
[[nodiscard]] bootstrap_result bootstrap(std::size_t rows, bootstrap_statistic const& statistic,
                                         bootstrap_options const& options = {},
                                         std::span<std::uint32_t const> strata = {});

/// Bootstrap interval of a mean.
[[nodiscard]] bootstrap_result bootstrap_mean(std::span<double const> values, bootstrap_options const& options = {});

/// Bootstrap interval of `mean(treated) - mean(control)`; customers are drawn within the two arms.
[[nodiscard]] bootstrap_result bootstrap_mean_difference(std::span<double const> treated,
                                                         std::span<double const> control,
                                                         bootstrap_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
