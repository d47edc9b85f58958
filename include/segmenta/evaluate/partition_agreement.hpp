// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_PARTITION_AGREEMENT_HPP
#define SEGMENTA_EVALUATE_PARTITION_AGREEMENT_HPP

/// \file
/// How far two ways of grouping the same customers agree, whatever the groups are called: Rand index, mutual
/// information, and what is left of them after chance.
///
///     auto const agreement = segmenta::compare_partitions(last_year, this_year);
///     agreement.adjusted_rand();               // 1: the same groups; about 0: no more than chance

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// By what a mutual information is divided. H are the entropies of the two groupings.
enum class information_normalisation : std::uint8_t {
    arithmetic, ///< (H1 + H2) / 2: what scikit-learn does unless told otherwise
    geometric,  ///< sqrt(H1 H2)
    minimum,    ///< the smaller
    maximum,    ///< the larger
};

/// How many customers are in group i of the first and group j of the second grouping, and measures made of that.
/// Definitions and special cases as in scikit-learn 1.2; N. Vinh, J. Epps, J. Bailey, "Information theoretic measures
/// for clusterings comparison", JMLR 11, 2010; L. Hubert and P. Arabie, "Comparing partitions", 1985.
///
/// Thread safety: immutable.
class partition_agreement {
public:
    /// One label per customer, any numbers. Throws `issue_error`: `agreement.labels` for different lengths,
    /// `agreement.empty` for none. O(n log n).
    partition_agreement(std::span<std::uint32_t const> first, std::span<std::uint32_t const> second);

    [[nodiscard]] std::size_t customers() const noexcept { return customers_; }
    /// The groups' labels, ascending.
    [[nodiscard]] std::span<std::uint32_t const> first_labels() const noexcept { return first_labels_; }
    [[nodiscard]] std::span<std::uint32_t const> second_labels() const noexcept { return second_labels_; }
    /// Customers in both groups; indices into the labels above.
    [[nodiscard]] std::uint64_t count(std::size_t first, std::size_t second) const noexcept {
        return counts_[first * second_labels_.size() + second];
    }

    /// Pairs of customers that both groupings put together or both put apart, by all pairs; 1 for one customer.
    [[nodiscard]] double rand_index() const noexcept;
    /// The same less what chance gives, in [-0.5, 1]; 1 when both have one group, or both one per customer.
    [[nodiscard]] double adjusted_rand() const noexcept;
    /// Geometric mean of precision and recall over pairs; 0 when no pair is together in both.
    /// E. Fowlkes and C. Mallows, JASA 78, 1983.
    [[nodiscard]] double fowlkes_mallows() const noexcept;
    /// In nats.
    [[nodiscard]] double mutual_information() const noexcept;
    /// What chance gives with groups of these sizes (hypergeometric). O(groups x groups x sizes).
    [[nodiscard]] double expected_mutual_information() const noexcept;
    /// In [0, 1]; 1 when both have one group (or both one customer each).
    [[nodiscard]] double normalised_mutual_information(
        information_normalisation by = information_normalisation::arithmetic) const noexcept;
    /// (MI - E) / (normalisation - E); 1 for equal groupings, about 0 for chance.
    [[nodiscard]] double adjusted_mutual_information(
        information_normalisation by = information_normalisation::arithmetic) const noexcept;

    /// Largest share of a group that can be got back: for each group of the first grouping the largest Jaccard index
    /// (common customers by all of both) with a group of the second.
    [[nodiscard]] std::vector<double> best_jaccard() const;

private:
    [[nodiscard]] double normaliser(information_normalisation by) const noexcept;
    [[nodiscard]] bool trivial() const noexcept;

    std::size_t customers_ = 0;
    std::vector<std::uint32_t> first_labels_;
    std::vector<std::uint32_t> second_labels_;
    std::vector<std::uint64_t> counts_;
    std::vector<std::uint64_t> first_sizes_;
    std::vector<std::uint64_t> second_sizes_;
};

/// The class above, as a function.
[[nodiscard]] partition_agreement compare_partitions(std::span<std::uint32_t const> first,
                                                     std::span<std::uint32_t const> second);

} // namespace v0
} // namespace segmenta

#endif
