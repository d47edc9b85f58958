// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_MOMENTS_HPP
#define SEGMENTA_STATS_MOMENTS_HPP

/// \file
/// Count, sum, mean, variance, skewness and kurtosis of a column, the same bits in any order of its rows.
///
/// Two passes, each with exact sums (stats/exact_sum.hpp): first the mean, then the powers of the deviations from it,
/// so that a large mean costs no digits. Definitions as in scipy: skewness g1 = m3 / m2^(3/2) and excess kurtosis
/// g2 = m4 / m2^2 - 3 from the biased central moments (D. N. Joanes and C. A. Gill, The Statistician 47, 1998).

#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {

/// NaN where a figure does not exist: mean and extremes of nothing, variance of fewer than two values (one value for
/// the population variance), skewness and kurtosis when all values are equal.
struct moments {
    std::size_t count = 0;   ///< present values
    std::size_t missing = 0; ///< rows without a value, NaN included
    double sum = 0;
    double mean = 0;
    double variance = 0;            ///< divided by count - 1
    double population_variance = 0; ///< divided by count
    double skewness = 0;            ///< g1, biased
    double excess_kurtosis = 0;     ///< g2, biased
    double minimum = 0;
    double maximum = 0;
};

/// `valid`: bit i%64 of word i/64 is set when row i is present; null: all are.
[[nodiscard]] moments compute_moments(std::span<double const> values, std::uint64_t const* valid = nullptr);

/// Integers counting `unit`s (0.01 for a decimal of scale 2). The sum of integers is exact before it meets `unit`.
[[nodiscard]] moments compute_moments(std::span<std::int64_t const> values, std::uint64_t const* valid = nullptr,
                                      double unit = 1);

} // namespace v0
} // namespace segmenta

#endif
