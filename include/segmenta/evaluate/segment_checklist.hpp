// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_SEGMENT_CHECKLIST_HPP
#define SEGMENTA_EVALUATE_SEGMENT_CHECKLIST_HPP

/// \file
/// Can anything be done with a segment: the five marks of a usable one (P. Kotler, "Marketing Management": measurable,
/// substantial, accessible, differentiable; and stable, so that it is still there when the campaign is).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What is known about one segment. What is absent is reported as unknown, never as fine.
struct segment_facts {
    std::string name;
    std::uint64_t customers = 0;
    std::optional<std::uint64_t> known;     ///< of them, customers whose deciding features are all known
    std::optional<std::uint64_t> reachable; ///< of them, customers with a channel and consent
    std::optional<double> difference;       ///< from all others in what matters, in standard deviations (absolute):
                                            ///< the largest `standardised_difference` of the drivers
    std::optional<double> stability;        ///< mean Jaccard of bootstrap samples, or the share of stayers; 0 to 1
};

/// Limits below which a segment fails. Customary values, to be set by whoever acts on the segments.
struct checklist_thresholds {
    double share = 0.01;     ///< of all customers (1 %: below, a campaign of its own rarely pays; example)
    double known = 0.8;      ///< of the segment (example)
    double reachable = 0.5;  ///< of the segment (example)
    double difference = 0.2; ///< a "small" effect (J. Cohen, "Statistical Power Analysis", 1988)
    double stability = 0.6;  ///< below, a cluster should not be trusted (C. Hennig, "Cluster-wise assessment of
                             ///< cluster stability", Computational Statistics & Data Analysis 52, 2007)
};

/// The five marks, in the order in which they are reported.
enum class segment_mark : std::uint8_t { measurable, substantial, reachable, different, stable };

/// How a mark came out.
enum class mark_result : std::uint8_t { met, failed, unknown };

/// `measurable`, `substantial`, `reachable`, `different`, `stable`.
[[nodiscard]] std::string_view to_string(segment_mark mark) noexcept;
/// `met`, `failed`, `unknown`.
[[nodiscard]] std::string_view to_string(mark_result result) noexcept;

struct mark_check {
    segment_mark mark = segment_mark::measurable;
    mark_result result = mark_result::unknown;
    std::optional<double> value; ///< what was compared; nothing when unknown
    double threshold = 0;        ///< at least this is needed
    /// `not_measurable`, `too_small`, `not_reachable`, `not_different`, `unstable` when failed; else empty. Stable
    /// codes.
    std::string_view finding;
};

/// All marks of one segment.
struct segment_check {
    std::string name;
    std::uint64_t customers = 0;
    std::array<mark_check, 5> marks; ///< indexed by `segment_mark`

    [[nodiscard]] mark_check const& operator[](segment_mark mark) const noexcept {
        return marks[static_cast<std::size_t>(mark)];
    }
    /// All five are met.
    [[nodiscard]] bool usable() const noexcept;
    /// None has failed; some may be unknown.
    [[nodiscard]] bool passes() const noexcept;
};

/// Checks each segment. `total`: all customers, also those of no segment. A segment of nobody is too small, and its
/// shares are unknown. Throws `issue_error` with all of `evaluate.empty` (no segments, total 0), `evaluate.proportion`
/// (more customers than there are, known or reachable above the segment's), `evaluate.not_finite` (a difference or
/// stability that is no number), `evaluate.option` (a threshold below 0 or no number).
///
///     auto const checked = check_segments(facts, 10'000);
///     checked[0][segment_mark::substantial].finding;   // "too_small" below 100 customers
[[nodiscard]] std::vector<segment_check> check_segments(std::span<segment_facts const> segments, std::uint64_t total,
                                                        checklist_thresholds const& thresholds = {});

/// Difference of means over the pooled standard deviation (Cohen's d): how far the segment's customers lie from all
/// others in one feature. Nothing when either side has fewer than 2 or nothing varies. Throws `evaluate.not_finite`.
[[nodiscard]] std::optional<double> standardised_difference(std::span<double const> segment,
                                                            std::span<double const> others);

} // namespace v0
} // namespace segmenta

#endif
