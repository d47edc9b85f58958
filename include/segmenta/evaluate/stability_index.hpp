// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_STABILITY_INDEX_HPP
#define SEGMENTA_EVALUATE_STABILITY_INDEX_HPP

/// \file
/// Population stability index (PSI): how far the distribution of a score or a feature has moved from a reference.
///
///     PSI = sum over bins of (actual share - expected share) ln(actual share / expected share)
///
/// which is the symmetric Kullback-Leibler divergence of the two (E. M. Lewis, "An Introduction to Credit Scoring",
/// 1994; N. Siddiqi, "Credit Risk Scorecards", 2006). A bin that is empty on one side makes it infinite, and what is
/// put in its place *is* the result; so the policy for empty bins is an argument without a default.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// An empty bin is an error.
struct refuse_empty_bins {
    friend bool operator==(refuse_empty_bins const&, refuse_empty_bins const&) = default;
};
/// The share of an empty bin is taken as `share`; the other shares stay as they are (what most packages do: 0.0001,
/// 0.001).
struct fill_share {
    double share = 0.0001; ///< inside (0, 1)
    friend bool operator==(fill_share const&, fill_share const&) = default;
};
/// `count` is added to every bin of both sides, empty or not, before shares are taken (Jeffreys' prior with 0.5): the
/// shares still sum to 1.
struct add_count {
    double count = 0.5; ///< above 0
    friend bool operator==(add_count const&, add_count const&) = default;
};
/// A bin that is empty on either side adds nothing: the index is then too small. For comparison with packages that do
/// so silently.
struct skip_empty_bins {
    friend bool operator==(skip_empty_bins const&, skip_empty_bins const&) = default;
};
/// What is done about bins that are empty on one side. A bin that is empty on both sides never adds anything, except
/// through `add_count` when the totals differ.
using empty_bin_policy = std::variant<refuse_empty_bins, fill_share, add_count, skip_empty_bins>;

/// What one bin adds.
struct stability_bin {
    std::uint64_t expected = 0; ///< customers in the reference
    std::uint64_t actual = 0;   ///< customers now
    double expected_share = 0;  ///< after the policy for empty bins
    double actual_share = 0;    ///< after the policy for empty bins
    double part = 0;            ///< of the index; never negative unless shares were filled
};

struct stability_index {
    double value = 0;
    std::vector<stability_bin> bins;
    std::size_t filled = 0; ///< bins that the policy filled or skipped; when above 0, the value depends on the policy
};

/// Index of counts by bin; `expected[i]` and `actual[i]` count the same bin. Throws `issue_error` with all of
/// `evaluate.empty` (no bins, or nobody on a side), `evaluate.length`, `evaluate.option` (the policy's number) and
/// `evaluate.empty_bin` (under `refuse_empty_bins`).
///
///     std::vector<std::uint64_t> const before{248, 247, 260, 245}, now{13, 43, 63, 81};
///     population_stability(before, now, refuse_empty_bins{}).value;   // 0.3404592225
[[nodiscard]] stability_index population_stability(std::span<std::uint64_t const> expected,
                                                   std::span<std::uint64_t const> actual,
                                                   empty_bin_policy const& policy);

/// Characteristic analysis of a scorecard's attribute (Siddiqi 2006, chapter 8): how many points the mean score has
/// moved because customers moved between bins, sum of (actual share - expected share) points. `points[i]` is what bin i
/// scores. Empty bins are no problem. Throws `evaluate.empty`, `evaluate.length`, `evaluate.not_finite`.
/// The *characteristic stability index* (CSI) of most texts is `population_stability` over the bins of one feature.
[[nodiscard]] double characteristic_shift(std::span<std::uint64_t const> expected,
                                          std::span<std::uint64_t const> actual, std::span<double const> points);

/// How much has moved.
enum class drift_level : std::uint8_t {
    stable,  ///< below the lower threshold
    shifted, ///< from the lower threshold: look into it
    drifted, ///< from the upper threshold: fit again
};

/// `stable`, `shifted`, `drifted`.
[[nodiscard]] std::string_view to_string(drift_level level) noexcept;

/// The rule of thumb of Lewis (1994) and Siddiqi (2006): below 0.10 nothing, from 0.25 a real change. It is no test:
/// the index of two samples of one population has about the mean (bins - 1) (1/expected + 1/actual customers) (B.
/// Yurdakul, "Statistical Properties of Population Stability Index", 2018), so small samples exceed it by chance.
struct drift_thresholds {
    double shifted = 0.10;
    double drifted = 0.25;

    [[nodiscard]] drift_level level_of(double index) const noexcept {
        if (index >= drifted) return drift_level::drifted;
        return index >= shifted ? drift_level::shifted : drift_level::stable;
    }
    friend bool operator==(drift_thresholds const&, drift_thresholds const&) = default;
};

/// The index that chance alone makes on average, when both samples come from one population (Yurdakul 2018); 0 for
/// fewer than two bins, infinite for an empty sample.
[[nodiscard]] double expected_stability_index(std::size_t bins, std::uint64_t expected, std::uint64_t actual) noexcept;

} // namespace v0
} // namespace segmenta

#endif
