// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_BINARY_SCORES_HPP
#define SEGMENTA_EVALUATE_BINARY_SCORES_HPP

/// \file
/// How well a score ranks customers whose outcome is known: ROC AUC with DeLong's variance, KS, Gini, lift and gains,
/// precision and recall at a cut. Whether a probability is also right is the matter of evaluate/probability_scores.hpp.
///
/// A higher score means that the outcome is more likely. Equal scores are one group everywhere: no figure depends on
/// the order of the rows.

#include <segmenta/base/large_allocator.hpp>
#include <segmenta/evaluate/bootstrap.hpp>
#include <segmenta/stats/interval.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// All customers of one score.
struct score_group {
    double score = 0;
    std::uint64_t positives = 0; ///< the outcome happened
    std::uint64_t negatives = 0;

    [[nodiscard]] std::uint64_t size() const noexcept { return positives + negatives; }
};

/// Who is above a cut and what became of them.
struct confusion_counts {
    std::uint64_t true_positives = 0;  ///< at or above the cut, and it happened
    std::uint64_t false_positives = 0; ///< at or above the cut, and it did not
    std::uint64_t false_negatives = 0; ///< below the cut, and it happened
    std::uint64_t true_negatives = 0;  ///< below the cut, and it did not

    /// Share of those above the cut whose outcome happened; nothing when nobody is above.
    [[nodiscard]] std::optional<double> precision() const noexcept;
    /// Share of those with the outcome that are above the cut (sensitivity); nothing when there are none.
    [[nodiscard]] std::optional<double> recall() const noexcept;
    /// Share of those without the outcome that are below the cut; nothing when there are none.
    [[nodiscard]] std::optional<double> specificity() const noexcept;
    /// Harmonic mean of precision and recall, 2 TP / (2 TP + FP + FN); nothing when that is 0 / 0.
    [[nodiscard]] std::optional<double> f1() const noexcept;
    /// Share on the right side; nothing when there is nobody.
    [[nodiscard]] std::optional<double> accuracy() const noexcept;

    friend bool operator==(confusion_counts const&, confusion_counts const&) = default;
};

/// A corner of the ROC curve: everybody with at least `score` is called positive.
struct roc_point {
    double score = 0; ///< infinite for the first corner: nobody
    double true_positive_rate = 0;
    double false_positive_rate = 0;
};

/// Kolmogorov and Smirnov's distance of the two classes' score distributions.
struct ks_distance {
    double value = 0; ///< 0 to 1
    double score = 0; ///< where it is reached: customers with at least this score against the others
};

/// One band of a gains table, from the highest scores down.
struct gains_band {
    double lowest_score = 0;         ///< in the band
    double highest_score = 0;        ///< in the band
    std::uint64_t customers = 0;     ///< in the band
    std::uint64_t positives = 0;     ///< in the band
    double rate = 0;                 ///< positives / customers
    double lift = 0;                 ///< rate / rate of everybody
    double cumulative_customers = 0; ///< share of all customers in this band and above
    double cumulative_positives = 0; ///< share of all positives in this band and above (gain, capture rate)
    double cumulative_lift = 0;      ///< cumulative_positives / cumulative_customers
};

/// An area under the ROC curve with its uncertainty.
struct auc_estimate {
    double value = 0;
    double standard_error = 0; ///< DeLong's; 0 when the classes do not overlap
    /// value +- z standard_error, cut at 0 and 1; where the error is 0, or a class has one customer, whose spread
    /// nobody knows, Newcombe's (2006, method 5): it is no point, unless everybody has the same score.
    interval confidence;
};

/// Two areas on the same customers.
struct auc_comparison {
    double difference = 0;     ///< first minus second
    double standard_error = 0; ///< DeLong's, with the covariance of the two
    std::optional<double> z;   ///< nothing when the standard error is 0
    std::optional<double> p;   ///< two-sided, of no difference
};

/// Scores and outcomes, sorted once.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
///
///     binary_scores const ranked(std::vector{.9, .8, .3, .3}, std::vector<std::uint8_t>{1, 0, 1, 0});
///     ranked.auc();                       // 0.625
///     ranked.confusion_at(.5).recall();   // 0.5
class binary_scores {
public:
    /// `outcomes[i]` is 1 when it happened to customer i and 0 when it did not. O(n) by radix sort; 24 bytes for each
    /// distinct score are kept. Throws `issue_error` with all of: `evaluate.empty`, `evaluate.length`,
    /// `evaluate.not_finite` (scores), `evaluate.outcome`, and `evaluate.one_class` when everybody or nobody has the
    /// outcome, for which a ranking has no quality.
    binary_scores(std::span<double const> scores, std::span<std::uint8_t const> outcomes);
    /// From counts, in any order; groups of equal score are merged, empty ones left out. Throws as above.
    explicit binary_scores(std::span<score_group const> groups);

    /// From the highest score down; each score once.
    [[nodiscard]] std::span<score_group const> groups() const noexcept { return groups_; }
    [[nodiscard]] std::uint64_t positives() const noexcept { return positives_; }
    [[nodiscard]] std::uint64_t negatives() const noexcept { return negatives_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return positives_ + negatives_; }
    /// Share of everybody with the outcome; inside (0, 1).
    [[nodiscard]] double rate() const noexcept;

    /// Probability that a customer with the outcome has a higher score than one without, ties counting half: the area
    /// under the ROC curve, Mann and Whitney's U over the number of pairs (D. Bamber, J. Math. Psych. 12, 1975).
    /// 0.5 when all scores are equal. Exact but for the last division while there are at most 2^62 pairs.
    [[nodiscard]] double auc() const noexcept;
    /// Gini coefficient of a score (accuracy ratio, Somers' D): 2 auc - 1.
    [[nodiscard]] double gini() const noexcept { return 2 * auc() - 1; }
    /// Largest difference of the two classes' cumulative shares; the highest such score of equals. 0 when all scores
    /// are equal.
    [[nodiscard]] ks_distance ks() const noexcept;
    /// Mean of precision at each score, weighted by the recall gained there (the "average precision" of information
    /// retrieval; not the trapezoid).
    [[nodiscard]] double average_precision() const noexcept;
    /// From nobody to everybody: one corner more than there are groups.
    [[nodiscard]] std::vector<roc_point> roc_curve() const;

    /// Customers with a score of at least `cut` are called positive. O(groups). `cut` may be infinite; NaN is above
    /// all.
    [[nodiscard]] confusion_counts confusion_at(double cut) const noexcept;

    /// `bands` bands of as equal size as whole groups allow: band k of `bands` ends with the group that reaches the
    /// share k / bands of the customers. A band that would be empty, because one group fills several, is left out, so
    /// there may be fewer. Throws `issue_error` (`evaluate.option`) unless 1 <= bands <= 10,000.
    [[nodiscard]] std::vector<gains_band> gains_table(std::size_t bands = 10) const;

    /// E. R. DeLong, D. M. DeLong and D. L. Clarke-Pearson, "Comparing the Areas under Two or More Correlated Receiver
    /// Operating Characteristic Curves", Biometrics 44, 1988. A class of one customer adds no variance of its own.
    /// Throws `issue_error` (`evaluate.option`) unless `confidence` is inside (0, 1).
    [[nodiscard]] auc_estimate auc_with_error(double confidence = 0.95) const;

private:
    void finish();

    std::vector<score_group, detail::large_allocator<score_group>> groups_;
    std::uint64_t positives_ = 0;
    std::uint64_t negatives_ = 0;
};

/// Whether two scores rank the same customers differently well: DeLong's test of correlated areas. Throws as the
/// constructor of `binary_scores`, at `first` and `second`. O(n log n).
[[nodiscard]] auc_comparison compare_auc(std::span<double const> first, std::span<double const> second,
                                         std::span<std::uint8_t const> outcomes);

/// Bootstrap interval of the area: customers are drawn within the two classes, so that both are always there.
/// O(resamples n); memory 8 bytes a customer and thread. Throws as `binary_scores` and `bootstrap`.
[[nodiscard]] bootstrap_result bootstrap_auc(std::span<double const> scores, std::span<std::uint8_t const> outcomes,
                                             bootstrap_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
