// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_WOE_CUTS_HPP
#define SEGMENTA_MODEL_WOE_CUTS_HPP

// Where to cut a row of small cells ("atoms": fine bins of numbers, or categories by event rate) into bins. A cut at k
// stands between atoms k-1 and k; cuts ascend and lie in 1...atoms-1.

#include <segmenta/model/woe_binning.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

using cut_positions = std::vector<std::size_t>;

struct cut_limits {
    std::size_t max_bins = 8;
    double min_rows = 0; // in a bin
    double min_gain = 0.1;
    double chi_square = 2.7;
};

// The counts between cuts; cuts.size() + 1 of them.
std::vector<outcome_counts> counts_between(std::span<outcome_counts const> atoms, cut_positions const& cuts);

// Cuts that leave no atom without events or without non-events, as far as possible: such an atom, the smallest first,
// joins its smaller neighbour; an empty one the one above.
cut_positions without_pure_atoms(std::span<outcome_counts const> atoms);

cut_positions tree_cuts(std::span<outcome_counts const> atoms, cut_positions const& allowed, cut_limits const& limits);
cut_positions chi_merge_cuts(std::span<outcome_counts const> atoms, cut_positions cuts, cut_limits const& limits);

// Without the cuts that stand between bins against the trend (pool adjacent violators).
cut_positions monotone_cuts(std::span<outcome_counts const> atoms, cut_positions const& cuts, woe_trend trend);

// Pearson's statistic of two bins by outcome; 0 where one of the outcomes is absent from both.
double chi_square_of(outcome_counts const& a, outcome_counts const& b) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
