// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_LEVEL_STAGES_HPP
#define SEGMENTA_STRATEGY_LEVEL_STAGES_HPP

/// \file
/// Lifecycle on two axes: how far a customer has come (by orders) times how long the silence is, with limits of its own
/// for each level. The published example has levels 1-2, 3-7 and more orders, limits at the 80 % and 90 % quantile of
/// the time between purchases of the level, and calls more than 180 days dead (codeprj 81e9d91).

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>
#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One level. Both limits are given, or both are found by the fit.
struct order_level {
    std::string id;                           ///< part of the local ids: `entry` gives `entry_active`
    std::optional<std::int64_t> most_orders;  ///< the last level has none
    std::optional<std::int32_t> active_days;  ///< silence up to which a customer is active
    std::optional<std::int32_t> warning_days; ///< ... is in the state of warning
};

struct level_stages_options {
    std::string id = "stage"; ///< scheme: prefix of the segment ids
    /// Names of the columns: `as_of_day` (date), `order_count` (int64), `last_order_day` (date), and for a fit
    /// `gap_count` and `gap_sum_days` (int64); empty: those names.
    std::vector<std::string> reads;
    std::vector<order_level> levels{{"entry", 2, {}, {}}, {"growth", 7, {}, {}}, {"mature", {}, {}, {}}};
    double active_quantile = 0.8; ///< of the customers' mean gaps in the level
    double warning_quantile = 0.9;
    std::int32_t dead_days = 180; ///< silence up to which lost is lost; then dead
    zone days_in;                 ///< the plan's zone
};

/// The names in `level_stages_options::reads` when it is empty.
[[nodiscard]] std::vector<std::string> level_stage_inputs(level_stages_options const& options);

/// Segments: `potential` (no order), then for each level `<level>_active`, `_warning`, `_lost`, `_dead`. Status,
/// `valid_until` and score are as for `stages`.
///
/// The fit takes one gap per customer, the mean of his own (what a summary keeps), and quantiles of type 7 rounded down
/// to days; a level without gaps takes the quantiles of everybody.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class level_stages {
public:
    /// All limits given. Throws `issue_error`, `level_stages.*`.
    explicit level_stages(level_stages_options const& options);
    /// `fit.no_gaps` when nobody has a gap. With all limits given the same as the constructor.
    [[nodiscard]] static level_stages fit(level_stages_options const& options, block const& everyone);
    [[nodiscard]] static level_stages from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    /// The levels with their limits, fitted or given.
    [[nodiscard]] std::span<order_level const> levels() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit level_stages(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
