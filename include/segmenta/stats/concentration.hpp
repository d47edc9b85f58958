// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_CONCENTRATION_HPP
#define SEGMENTA_STATS_CONCENTRATION_HPP

/// \file
/// How unevenly a total is spread over customers: Gini coefficient, shares of the top, how few make up 80 %.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The Lorenz curve of some amounts, from the largest down.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class concentration {
public:
    /// Sorts a copy: O(n log n). NaN is left out. Throws `issue_error` (`concentration.negative`) for a negative or
    /// infinite amount: shares of a total with negative parts mean nothing.
    explicit concentration(std::span<double const> amounts);

    [[nodiscard]] std::size_t count() const noexcept { return cumulative_.size(); }
    [[nodiscard]] double total() const noexcept { return cumulative_.empty() ? 0 : cumulative_.back(); }

    /// The Gini coefficient of these very amounts (not corrected for n): 0 when all are equal, (n - 1) / n when one has
    /// everything. NaN for no amounts or a zero total.
    [[nodiscard]] double gini() const noexcept { return gini_; }
    /// The share of the total that the `customers` largest amounts hold; NaN for a zero total.
    [[nodiscard]] double share_of_top(std::size_t customers) const noexcept;
    /// The share of the top floor(fraction * n) customers, `fraction` in [0, 1].
    [[nodiscard]] double share_of_top_fraction(double fraction) const noexcept;
    /// The fewest customers whose amounts reach `share` of the total, 0.8 for the rule of 80/20. 0 for a zero total.
    [[nodiscard]] std::size_t customers_for_share(double share) const noexcept;
    /// The share of each of `parts` groups of customers from the richest down; the first n % parts groups have one
    /// customer more.
    [[nodiscard]] std::vector<double> group_shares(std::size_t parts) const;

private:
    std::vector<double> cumulative_; ///< from the largest down
    double gini_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
