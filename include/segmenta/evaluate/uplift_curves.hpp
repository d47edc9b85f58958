// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_UPLIFT_CURVES_HPP
#define SEGMENTA_EVALUATE_UPLIFT_CURVES_HPP

/// \file
/// How well a score ranks customers by what a treatment changes for them: Qini and uplift curves, their areas, uplift
/// among the first k. Needs an experiment: treated and control customers drawn by chance.
///
/// Areas are first in incremental outcomes, the unit of the outcome itself (visits, money); packages that print "Qini"
/// or "AUUC" divide by different things, so each normalisation is a name of its own. Equal scores are one group:
/// between the ends of a group the curve is straight, which is the mean over all orders of its customers.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is drawn over the customers from the highest score down. With Nt treated customers so far, whose outcomes sum
/// to Yt, and likewise Nc and Yc in control:
enum class uplift_curve_kind : std::uint8_t {
    qini,   ///< Yt - Yc Nt / Nc: what the treated ones brought above their share (N. J. Radcliffe, "Using control
            ///< groups to target on predicted lift", 2007). Without control customers Yt.
    uplift, ///< (Yt / Nt - Yc / Nc)(Nt + Nc): what treating all so far would bring (P. Gutierrez and J.-Y. Gerardy,
            ///< "Causal Inference and Uplift Modelling", PMLR 67, 2017). The rate of an arm of nobody is taken as 0.
};

/// A corner of a curve: all customers with at least `score`.
struct uplift_point {
    double score = 0; ///< infinite for the first corner: nobody
    std::uint64_t treated = 0;
    std::uint64_t control = 0;
    double incremental = 0; ///< the curve's value, in outcomes

    [[nodiscard]] std::uint64_t customers() const noexcept { return treated + control; }
};

/// The area under a curve against that under the straight line to its end, the line of a score that says nothing.
/// Shares of customers from 0 to 1 are the base, so areas are mean incremental outcomes.
struct uplift_area {
    double under_curve = 0;
    double under_line = 0; ///< half the final value

    /// The raw coefficient, in incremental outcomes; above 0 when the score ranks better than chance.
    [[nodiscard]] double raw() const noexcept { return under_curve - under_line; }
};

/// What a raw coefficient is divided by.
enum class uplift_normalisation : std::uint8_t {
    customers,     ///< the number of customers: incremental outcomes per customer (Radcliffe's Q is stated per head)
    final_value,   ///< the final value of the curve: share of the total effect; nothing when that is 0
    perfect_curve, ///< the coefficient of the best ranking there is for outcomes of 0 and 1, as scikit-uplift 0.5 has
                   ///< it in `qini_auc_score(negative_effect = True)`: treated who did first, control who did last; and
                   ///< in `uplift_auc_score`: treated who did, control who did not, then the smaller of the two other
                   ///< groups last. Nothing for other outcomes, or when it is 0
};

/// Mean difference of the arms among some customers.
struct uplift_at {
    double treated = 0;           ///< customers, whole or with the share of a group of equals that is cut
    double control = 0;           ///< likewise
    std::optional<double> uplift; ///< mean outcome treated minus control; nothing when an arm has nobody there
};

/// Who is "the first k".
enum class uplift_choice : std::uint8_t {
    overall,  ///< the first share k of all customers
    by_group, ///< the first share k of the treated ones and the first share k of control, each in their own order
};

/// Scores, arms and outcomes, sorted once.
///
///     uplift_curves const measured(predicted, treated, visits);
///     measured.area(uplift_curve_kind::qini).raw();      // visits gained over targeting by chance, on average
///     measured.uplift_at_share(0.1).uplift;              // among the first tenth
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class uplift_curves {
public:
    /// `scores`: the predicted uplift, or whatever ranks customers, higher first. `treated[i]` is 1 or 0. `outcomes`:
    /// any finite amount; 1 and 0 for what happened or not. O(n log n). Throws `issue_error` with all of
    /// `evaluate.empty`, `evaluate.length`, `evaluate.not_finite`, `evaluate.outcome` (`treated` is neither 0 nor 1),
    /// and `evaluate.one_class` when an arm has nobody.
    uplift_curves(std::span<double const> scores, std::span<std::uint8_t const> treated,
                  std::span<double const> outcomes);

    [[nodiscard]] std::uint64_t treated() const noexcept { return points_.back().treated; }
    [[nodiscard]] std::uint64_t control() const noexcept { return points_.back().control; }
    [[nodiscard]] std::uint64_t size() const noexcept { return treated() + control(); }
    /// Difference of the arms' mean outcomes over everybody.
    [[nodiscard]] double average_effect() const noexcept;

    /// Corners from nobody to everybody, one more than there are distinct scores.
    [[nodiscard]] std::vector<uplift_point> curve(uplift_curve_kind kind) const;
    /// The curve's value when the first `share` of the customers is taken, straight between corners. `share` is held
    /// inside [0, 1]; NaN is 0.
    [[nodiscard]] double incremental_at(uplift_curve_kind kind, double share) const noexcept;
    [[nodiscard]] uplift_area area(uplift_curve_kind kind) const noexcept;
    /// `area(kind).raw()` divided as named.
    [[nodiscard]] std::optional<double> coefficient(uplift_curve_kind kind, uplift_normalisation by) const;
    /// Uplift among the first `share` of the customers; of a group of equal scores that is cut, every customer counts
    /// in part. Throws `issue_error` (`evaluate.option`) unless 0 < share <= 1.
    [[nodiscard]] uplift_at uplift_at_share(double share, uplift_choice choice = uplift_choice::overall) const;

private:
    struct sums {
        double score = 0;
        std::uint64_t treated = 0;
        std::uint64_t control = 0;
        double treated_outcome = 0;
        double control_outcome = 0;
    };
    uplift_curves() = default;
    [[nodiscard]] static double value_of(sums const& so_far, uplift_curve_kind kind) noexcept;
    [[nodiscard]] std::optional<double> best_raw(uplift_curve_kind kind) const;

    std::vector<sums> points_; ///< cumulative; the first is nobody
    std::uint64_t responders_treated_ = 0;
    std::uint64_t responders_control_ = 0;
    bool binary_ = true; ///< all outcomes are 0 or 1
};

} // namespace v0
} // namespace segmenta

#endif
