// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_AGREEMENT_HPP
#define SEGMENTA_EVALUATE_AGREEMENT_HPP

/// \file
/// Is the segmentation right: what it assigned against what research (interviews, a survey, an expert) says about the
/// same customers. Accuracy and rates by class with Wilson intervals, macro-F1, Cohen's kappa, and cuts that would
/// agree better. Two clusterings whose numbers mean nothing are compared by partition agreement (Rand), not by this.

#include <segmenta/evaluate/pair_counts.hpp>
#include <segmenta/stats/interval.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One class of an agreement table.
struct class_agreement {
    std::string name;
    std::uint64_t assigned = 0;      ///< customers whom the segmentation put there
    std::uint64_t research = 0;      ///< customers whom research put there
    std::uint64_t agreed = 0;        ///< both
    std::optional<double> precision; ///< agreed / assigned; nothing when nobody was assigned
    std::optional<interval> precision_interval;
    std::optional<double> recall; ///< agreed / research; nothing when research found nobody
    std::optional<interval> recall_interval;
    std::optional<double> f1; ///< 2 agreed / (assigned + research); nothing when both are 0
};

/// What two assignments that differ are worth.
enum class kappa_weights : std::uint8_t {
    none,      ///< only equals agree
    linear,    ///< 1 - distance / (classes - 1): for classes in order
    quadratic, ///< 1 - (distance / (classes - 1))^2
};

/// Agreement beyond chance.
struct kappa_estimate {
    double value = 0;          ///< (observed - expected) / (1 - expected): 1 for full agreement, 0 for chance
    double standard_error = 0; ///< for large samples (Fleiss, Cohen and Everitt 1969)
    interval confidence;       ///< value +- z standard_error, at most 1
    double observed = 0;       ///< weighted share that agreed
    double expected = 0;       ///< the same, had the two nothing to do with each other
};

/// Customers by assigned class (rows) and research class (columns), over one list of classes.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
///
///     auto const table = agreement_table::of_counts({40, 10, 8, 42}, {"loyal", "other"});
///     table.accuracy();                  // 0.82
///     table.accuracy_interval();         // {0.733, 0.883}
class agreement_table {
public:
    /// `assigned[i]` and `research[i]` number the classes of customer i in `classes`. For weighted kappa these are in
    /// order. Throws `issue_error` with all of `evaluate.empty`, `evaluate.length`, `evaluate.segment`,
    /// `evaluate.duplicate`, `evaluate.option` (more than 4096 classes).
    agreement_table(std::span<std::uint32_t const> assigned, std::span<std::uint32_t const> research,
                    std::vector<std::string> classes);
    /// Classes by name, in the order of their names.
    [[nodiscard]] static agreement_table of_labels(std::span<std::string const> assigned,
                                                   std::span<std::string const> research);
    /// From counts, row after row. Throws `evaluate.length` unless there are classes^2, and as above.
    [[nodiscard]] static agreement_table of_counts(std::vector<std::uint64_t> counts, std::vector<std::string> classes);

    [[nodiscard]] std::vector<std::string> const& classes() const noexcept { return counts_.names(); }
    [[nodiscard]] std::size_t size() const noexcept { return counts_.size(); }
    /// Both below `size()`.
    [[nodiscard]] std::uint64_t count(std::size_t assigned, std::size_t research) const noexcept {
        return counts_.count(assigned, research);
    }
    [[nodiscard]] std::uint64_t total() const noexcept { return counts_.total(); }
    [[nodiscard]] std::uint64_t agreed() const noexcept { return counts_.equal(); }
    /// Share of customers on whom both agree.
    [[nodiscard]] double accuracy() const noexcept;
    /// Wilson's. `confidence` inside (0, 1), else `issue_error` (`evaluate.option`), here and below.
    [[nodiscard]] interval accuracy_interval(double confidence = 0.95) const;
    /// Each class, in order.
    [[nodiscard]] std::vector<class_agreement> by_class(double confidence = 0.95) const;
    /// Mean F1 of the classes that occur on either side.
    [[nodiscard]] double macro_f1() const;
    /// J. Cohen, "A Coefficient of Agreement for Nominal Scales", 1960, and "Weighted Kappa", Psychological Bulletin
    /// 70, 1968; error: J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and weighted
    /// kappa", Psychological Bulletin 72, 1969. Nothing when chance alone would agree fully (one class only).
    [[nodiscard]] std::optional<kappa_estimate> kappa(kappa_weights weights = kappa_weights::none,
                                                      double confidence = 0.95) const;
    /// With weights of your own, row after row: 1 for full agreement, 0 for none. Throws besides `evaluate.length`
    /// unless there are classes^2, and `evaluate.probability` for one not in [0, 1].
    [[nodiscard]] std::optional<kappa_estimate> kappa(std::span<double const> weights, double confidence = 0.95) const;

private:
    explicit agreement_table(detail::pair_counts counts) : counts_(std::move(counts)) {}

    detail::pair_counts counts_; ///< assigned and research
};

/// Cuts of a number into classes in order, and how many customers they place as research does.
struct cut_suggestion {
    std::vector<double> cuts;         ///< ascending, one fewer than classes; a value belongs to the class whose number
                                      ///< is how many cuts are at or below it. Equal neighbours enclose a class of
                                      ///< nobody.
    std::uint64_t agreed = 0;         ///< with these cuts
    std::uint64_t agreed_current = 0; ///< with the current ones
    std::uint64_t customers = 0;

    /// Whether anything is better than what there is.
    [[nodiscard]] bool improves() const noexcept { return agreed > agreed_current; }
};

/// The cuts of `values` that agree best with research, found among all (dynamic programming over distinct values). When
/// none are better, the current ones. A proposal, to be tried on other customers and to become a new version of the
/// plan: it is the best on these very customers, which flatters it.
///
/// `research[i]` below the number of classes, `current.size() + 1`, which is 2 to 256. O(n log n + distinct classes).
/// Throws `issue_error` with all of `evaluate.empty`, `evaluate.length`, `evaluate.not_finite`, `evaluate.segment`,
/// `evaluate.option` (no current cuts, too many, or not ascending).
[[nodiscard]] cut_suggestion suggest_cuts(std::span<double const> values, std::span<std::uint32_t const> research,
                                          std::span<double const> current);

} // namespace v0
} // namespace segmenta

#endif
