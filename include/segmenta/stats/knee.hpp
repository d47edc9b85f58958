// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_KNEE_HPP
#define SEGMENTA_STATS_KNEE_HPP

/// \file
/// Where a curve bends (Kneedle), and the return-rate curve whose bend suggests after how many days of silence a
/// customer should be called lost.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

enum class curve_shape : std::uint8_t { concave, convex };
enum class curve_direction : std::uint8_t { increasing, decreasing };

struct knee_options {
    /// How far the difference curve must fall after its maximum, in mean steps of x. Larger is more cautious. The
    /// default 1 is that of the paper and of the Python package kneed.
    double sensitivity = 1;
    curve_shape shape = curve_shape::concave;
    curve_direction direction = curve_direction::increasing;
};

struct knee_point {
    std::size_t index = 0;
    double x = 0;
    double y = 0;
};

/// The first knee in order of x. V. Satopaa, J. Albrecht, D. Irwin and B. Raghavan, "Finding a Kneedle in a Haystack",
/// ICDCS Workshops 2011, without smoothing, as in kneed 0.8 offline. `x` must ascend strictly and have the size of
/// `y`; nothing when not, when there are fewer than three points or a value is not finite, when `y` is constant, or
/// when there is no knee.
[[nodiscard]] std::optional<knee_point> find_knee(std::span<double const> x, std::span<double const> y,
                                                  knee_options const& options = {});

/// One customer's pauses in days.
struct silence {
    std::int64_t longest_gap = 0; ///< between two successive purchase days; 0 when there is only one day
    std::int64_t current = 0;     ///< days since the last purchase
};

/// One point of the return-rate curve.
struct return_rate {
    std::int64_t days = 0;      ///< N
    std::uint64_t returned = 0; ///< customers who came back after a pause of N days or more
    std::uint64_t silent = 0;   ///< customers who ever paused N days or more
    /// returned / silent; NaN when nobody was ever silent so long
    [[nodiscard]] double rate() const noexcept;
};

/// The curve at N = step, 2 step, ..., points * step. A customer counts in `silent` when the longest gap or the current
/// pause reaches N, in `returned` when the longest gap does. `step` >= 1; empty otherwise. Linear in customers and
/// points.
[[nodiscard]] std::vector<return_rate> return_rate_curve(std::span<silence const> customers, std::int64_t step,
                                                         std::size_t points);

struct churn_knee_options {
    std::uint64_t minimum_silent = 30; ///< example; points with fewer customers behind them are left out
    double sensitivity = 1;
};

/// The days of silence at the knee of the curve, after leaving out thin points and making the rates decrease
/// (pool-adjacent-violators, weighted by `silent`): on few customers the raw curve goes up and down. Nothing when the
/// curve has no knee. Practice calls 5 to 10 % of returns acceptable at the chosen point.
[[nodiscard]] std::optional<return_rate> find_churn_knee(std::span<return_rate const> curve,
                                                         churn_knee_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
