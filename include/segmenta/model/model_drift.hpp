// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_DRIFT_HPP
#define SEGMENTA_MODEL_MODEL_DRIFT_HPP

/// \file
/// Are the customers of today those a model of a plan was fitted on: how its answers were distributed then (kept in the
/// fitted plan, in the model's document, or named by the plan) against how they are now.
///
///     auto const* const made = with.strategy_of(with.output("p_alive"));
///     if (auto const now = segmenta::drift_of(*made, *result.find("p_alive")))
///         now->level;                                    // stable, shifted or drifted

#include <segmenta/evaluate/drift_monitor.hpp>
#include <segmenta/segmenter/batch.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Where a reference comes from.
enum class drift_source : std::uint8_t {
    none,     ///< there is none: nothing can be said
    fit,      ///< the customers the plan was fitted on
    document, ///< the customers the model of a document was fitted on
    plan,     ///< the plan names it (`drift`)
};

/// `none`, `fit`, `document`, `plan`.
[[nodiscard]] std::string_view to_string(drift_source source) noexcept;

/// How a model's answers were distributed, and from when on a difference counts.
///
/// Thread safety: immutable once made; concurrent reads are safe.
struct drift_watch {
    drift_source source = drift_source::none;
    /// Of the features `score` (a number) and `segment` (ids without the scheme); one of them may be absent.
    std::optional<drift_reference> reference{};
    drift_thresholds thresholds{};
};

/// The distribution of answers: `scores` (NaN: no answer) in 10 bins of equal size, `segments` (empty: no answer) by
/// name. One of them may be empty, or have no answer at all: it is then not part of the reference; nothing when neither
/// is. Throws `issue_error` (`evaluate.not_finite`) for an infinite score. O(n log n).
[[nodiscard]] std::optional<drift_reference> freeze_answers(std::span<double const> scores,
                                                            std::span<std::string const> segments);

/// What a mechanism of models watches; null for other strategies. Lives as long as `made` or a copy of it.
[[nodiscard]] drift_watch const* drift_watch_of(any_strategy const& made) noexcept;

/// The answers of a table run against the reference: by segment where the column holds segments, else by score. A row
/// without an answer, for whatever reason, counts as missing on both sides. Nothing when `made` is no model or its
/// reference does not hold what the column does. Empty bins count as a share of 0.0001 (`fill_share`). O(n).
[[nodiscard]] std::optional<drift_report_row> drift_of(any_strategy const& made, batch_column const& now);

} // namespace v0
} // namespace segmenta

#endif
