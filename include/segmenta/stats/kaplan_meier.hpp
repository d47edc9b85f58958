// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_KAPLAN_MEIER_HPP
#define SEGMENTA_STATS_KAPLAN_MEIER_HPP

/// \file
/// How long customers stay when some are still there: the product-limit estimate of the survival curve, with errors,
/// intervals, quantiles and the mean up to a limit.
///
/// Source: E. Kaplan and P. Meier, "Nonparametric Estimation from Incomplete Observations", JASA 53, 1958; variance: M.
/// Greenwood, 1926; intervals on the scale log(-log S), which stay inside (0, 1): J. Kalbfleisch and R. Prentice, The
/// Statistical Analysis of Failure Time Data, 2nd ed., 2002, section 1.4.

#include <segmenta/stats/interval.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Who left and who was last seen, by time. Parts are added and merged in any order.
///
/// Thread safety: a plain value; concurrent reads are safe.
class survival_counts {
public:
    struct at_time {
        double events = 0;   ///< weight of who left
        double censored = 0; ///< weight of who was last seen, still there
        friend bool operator==(at_time const&, at_time const&) = default;
    };

    /// Counts observations: how long each lasted, and whether it ended with the event (not 0) or was still going on
    /// (0). Weights may be empty: one each; rows of weight 0 are left out. O(n log k) for k distinct durations. Throws
    /// `issue_error` with the first row and the number of rows of each kind of problem: `survival.ragged`,
    /// `survival.bad_duration` (negative or not finite), `survival.bad_weight`; then nothing is added.
    void add(std::span<double const> durations, std::span<std::uint8_t const> events,
             std::span<double const> weights = {}, std::string_view place = "observations");
    void merge(survival_counts const& other);

    /// By ascending duration.
    [[nodiscard]] std::map<double, at_time> const& times() const noexcept { return times_; }

private:
    std::map<double, at_time> times_;
};

/// The curve at one distinct duration.
struct survival_point {
    double time = 0;
    double at_risk = 0; ///< weight of who lasted at least so long; who is censored at a time is at risk at it
    double events = 0;
    double censored = 0;
    double survival = 1;       ///< probability to last longer than `time`
    double standard_error = 0; ///< Greenwood's; NaN where nobody is left
    interval confidence{};     ///< log-log; {1, 1} before the first event, NaN where nobody is left
};

/// A mean with its standard error.
struct restricted_mean {
    double mean = 0;
    double standard_error = 0;
};

/// A survival curve.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class kaplan_meier {
public:
    /// Throws `issue_error`: `survival.empty` when there are no observations, `survival.bad_confidence` when
    /// `confidence` is not inside (0, 1).
    explicit kaplan_meier(survival_counts const& counts, double confidence = 0.95);
    /// From observations at once; also throws as survival_counts::add does.
    kaplan_meier(std::span<double const> durations, std::span<std::uint8_t const> events,
                 std::span<double const> weights = {}, double confidence = 0.95);

    /// One for each distinct duration, ascending.
    [[nodiscard]] std::span<survival_point const> points() const noexcept { return points_; }

    /// Probability to last longer than `time`: a step function, 1 before the first duration. NaN for a negative or NaN
    /// time, and past the longest duration unless the curve has reached 0: nobody was observed there. O(log k).
    [[nodiscard]] double survival_at(double time) const noexcept;
    /// The shortest duration at which at most 1 - `share` are left: 0.5 for the median. Nothing when the curve does not
    /// come down so far, or when `share` is not inside (0, 1).
    [[nodiscard]] std::optional<double> quantile(double share) const noexcept;
    [[nodiscard]] std::optional<double> median() const noexcept { return quantile(0.5); }
    /// From where the lower to where the upper limits of the curve reach that quantile (R. Brookmeyer and J. Crowley,
    /// Biometrics 38, 1982); the upper end is infinite where the upper limit does not come down so far. Nothing when
    /// the lower one does not.
    [[nodiscard]] std::optional<interval> quantile_interval(double share) const noexcept;
    /// Mean time lasted, counting at most `limit`: the area under the curve, with the error of Irwin (1949). NaN for a
    /// limit below 0 and past the longest duration unless the curve has reached 0.
    [[nodiscard]] restricted_mean mean_until(double limit) const noexcept;

private:
    std::vector<survival_point> points_;
};

} // namespace v0
} // namespace segmenta

#endif
