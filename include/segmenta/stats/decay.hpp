// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_DECAY_HPP
#define SEGMENTA_STATS_DECAY_HPP

/// \file
/// Sums in which the past counts less: an amount of age `a` counts 2^(-a / half_life) of itself.
///
/// Every term is computed by itself and the terms are summed exactly, so the order of events does not matter. The
/// logarithmic form scales by the youngest age first and so never underflows.

#include <span>

namespace segmenta {
inline namespace v0 {

/// The sum of `amounts[i] * 2^(-ages[i] / half_life)`. Ages and the half-life share a unit; ages are >= 0 (an event in
/// the future has no place here). 0 for no events. NaN when the sizes differ, an age is negative, the half-life is not
/// positive, or anything is NaN.
[[nodiscard]] double decayed_sum(std::span<double const> amounts, std::span<double const> ages,
                                 double half_life) noexcept;

/// log2 of the same sum for amounts >= 0, also where the sum itself would be 0 in a double: ages of thousands of
/// half-lives. Minus infinity for no events or only zero amounts. NaN as above and for negative amounts.
[[nodiscard]] double log2_decayed_sum(std::span<double const> amounts, std::span<double const> ages,
                                      double half_life) noexcept;

} // namespace v0
} // namespace segmenta

#endif
