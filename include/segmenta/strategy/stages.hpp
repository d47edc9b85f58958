// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_STAGES_HPP
#define SEGMENTA_STRATEGY_STAGES_HPP

/// \file
/// Where a customer stands between the first look and the last purchase: potential, new, active, silent, lost, dead,
/// reactivated. Exactly one stage for every customer, and the day on which it changes if nothing happens.

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

/// Where the limits of silence come from.
enum class stage_limits : std::uint8_t {
    fixed,    ///< days
    own_gaps, ///< multiples of the customer's own mean gap between purchase days; pooled gaps for those with few
};

/// Who is "new". Trade and seeds disagree, so the plan says it.
enum class new_customer : std::uint8_t {
    first_time_buyer, ///< one order, not longer ago than `new_days`
    newly_registered, ///< no order yet, registered not longer ago than `new_days`
};

/// What a collapse of the customer's own order frequency means.
enum class frequency_drop : std::uint8_t {
    ignore,
    own_stage, ///< a stage `frequency_drop` between active and lost
    as_lost,   ///< the stage `lost`
};

/// Days are civil days in the plan's zone; `silence` is the day of `as_of` minus the day of the last purchase.
struct stages_options {
    std::string id = "lifecycle";   ///< scheme: prefix of the segment ids
    std::vector<std::string> reads; ///< names of the columns in the order of `stage_inputs`; empty: those names

    stage_limits limits = stage_limits::fixed;
    std::int32_t active_days = 30; ///< silence up to which a customer is active; tryordinary: new up to 30, due 31-60,
    std::int32_t silent_days = 90; ///< lapsed 61-90, lost beyond: here both middle ones are silent
    std::optional<std::int32_t> dead_days; ///< silence up to which lost is lost; then dead. Nothing: dead is lost

    double active_gaps = 2;          ///< own_gaps: the same limits in mean gaps; example
    double silent_gaps = 4;          ///< example
    std::optional<double> dead_gaps; ///< as `dead_days`
    std::int32_t minimum_gaps = 3;   ///< fewer gaps of one's own: the pooled mean gap of everybody counts; example
    std::int32_t least_days = 1;     ///< no limit is shorter, however often somebody buys

    new_customer new_means = new_customer::first_time_buyer;
    std::int32_t new_days = 30;         ///< tryordinary
    std::int32_t reactivated_days = 30; ///< silence up to which somebody who came back after being lost is reactivated;
                                        ///< example

    /// A collapse: in the last `recent_days`, at most `drop_ratio` of the orders that this customer's own rate before
    /// them would give. The rate is taken from the first order to the window's begin, at least `earlier_days` days with
    /// at least `earlier_orders` orders. All four numbers are examples.
    frequency_drop drop = frequency_drop::ignore;
    std::int32_t recent_days = 90; ///< the window of `recent_order_count`
    double drop_ratio = 0.5;
    std::int32_t earlier_orders = 3;
    std::int32_t earlier_days = 60;

    zone days_in; ///< the plan's zone; `valid_until` is the start of a day in it
};

/// The features that stages read under these options, in order: `as_of_day` (date), `order_count` (int64),
/// `last_order_day`, `previous_order_day` (dates; the purchase day before the last one, missing when there is none);
/// with own gaps `gap_count`, `gap_sum_days` (int64, between purchase days); for newly_registered `registered_day`
/// (date); unless drops are ignored `first_order_day` (date) and `recent_order_count` (int64, window `recent_days`).
[[nodiscard]] std::vector<std::string> stage_inputs(stages_options const& options);

/// Reasons of stages, the low byte of `assignment::reason`. The byte above says where the limits came from: 0 fixed, 1
/// the customer's own gaps, 2 pooled gaps.
enum class stage_reason : std::uint8_t {
    no_order,           ///< potential
    newly_registered,   ///< new
    first_order_recent, ///< new
    within_active,      ///< active
    within_silent,      ///< silent
    beyond_silent,      ///< lost: no purchase for long
    beyond_dead,        ///< dead
    returned,           ///< reactivated: the last purchase came after being lost
    frequency_collapse, ///< frequency_drop or lost: far fewer orders than this customer's own rate before
};

/// Fitted stages.
///
/// Decided in this order: no order: potential (or new). Silence beyond the silent limit: lost, beyond the dead limit:
/// dead. Came back after a gap beyond the silent limit (the limit that held then) and silence within
/// `reactivated_days` and the active limit: reactivated. First order within `new_days`: new. Frequency collapse.
/// Silence within the active limit: active. Else silent.
///
/// A customer with a missing input has status `unknown`; a last order after `as_of_day` status `error`.
/// `assignment::score` is the silence in days (0 without orders). `also_matched` holds the stage by silence alone when
/// new, reactivated or a frequency collapse decided.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class stages {
public:
    /// Stages with fixed limits. Throws `issue_error`, `stages.*`.
    explicit stages(stages_options const& options);
    /// With own gaps, `everyone` (columns as `stage_inputs`) gives the pooled mean gap; `fit.no_gaps` when nobody has a
    /// gap: then use fixed limits. With fixed limits the same as the constructor.
    [[nodiscard]] static stages fit(stages_options const& options, block const& everyone);
    [[nodiscard]] static stages from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    /// Mean gap in days over all customers; nothing with fixed limits.
    [[nodiscard]] std::optional<double> pooled_gap_days() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit stages(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
