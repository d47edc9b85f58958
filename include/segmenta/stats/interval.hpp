// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_INTERVAL_HPP
#define SEGMENTA_STATS_INTERVAL_HPP

/// \file
/// Confidence intervals for a share.

#include <cstdint>
#include <optional>

namespace segmenta {
inline namespace v0 {

struct interval {
    double low = 0;
    double high = 0;
};

/// The value that a standard normal variable stays below with probability `p`; infinite at 0 and 1, NaN outside.
[[nodiscard]] double normal_quantile(double p) noexcept;

/// Wilson's score interval for `successes` out of `trials` (E. B. Wilson, JASA 22, 1927), without continuity
/// correction. It stays inside [0, 1] and works for 0 successes. Nothing when there are no trials, when
/// `successes` > `trials`, or when `confidence` is not inside (0, 1).
///
///     wilson_interval(10, 100)   // {0.05522914, 0.17436566}
[[nodiscard]] std::optional<interval> wilson_interval(std::uint64_t successes, std::uint64_t trials,
                                                      double confidence = 0.95) noexcept;

} // namespace v0
} // namespace segmenta

#endif
