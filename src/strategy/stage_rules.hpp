// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_STAGE_RULES_HPP
#define SEGMENTA_STRATEGY_STAGE_RULES_HPP

// The decision of stages as a function of plain numbers, and the day on which it changes by itself.

#include <segmenta/strategy/stages.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class stage : std::uint8_t { potential, fresh, active, frequency_drop, silent, lost, dead, reactivated };
inline constexpr std::size_t stage_count = 8;

inline constexpr std::int64_t no_day = std::numeric_limits<std::int64_t>::max();

/// One customer. Days are days since 1970-01-01; `no_day` where there is none.
struct stage_facts {
    std::int64_t orders = 0;
    std::int64_t last = no_day;
    std::int64_t previous = no_day;
    std::int64_t first = no_day;
    std::int64_t registered = no_day;
    std::int64_t gap_count = 0;
    std::int64_t gap_sum = 0;
    std::int64_t recent = 0;
};

/// Silence in days up to which a stage holds.
struct silence_limits {
    std::int64_t active = 0;
    std::int64_t silent = 0;
    std::int64_t dead = no_day;
    std::uint8_t source = 0; ///< 0 fixed, 1 own gaps, 2 pooled gaps
};

struct stage_decision {
    stage what = stage::potential;
    stage_reason why = stage_reason::no_order;
    stage by_silence = stage::potential;
};

class stage_rules {
public:
    stage_rules() = default;
    /// `pooled_sum` and `pooled_count` are the gaps of everybody; not used with fixed limits.
    stage_rules(stages_options options, std::int64_t pooled_sum, std::int64_t pooled_count)
        : options_(std::move(options)), pooled_sum_(pooled_sum), pooled_count_(pooled_count) {}

    [[nodiscard]] silence_limits limits(std::int64_t gap_count, std::int64_t gap_sum) const noexcept {
        auto const& o = options_;
        if (o.limits == stage_limits::fixed)
            return {o.active_days, o.silent_days, o.dead_days ? *o.dead_days : no_day, 0};
        bool const own = gap_count >= o.minimum_gaps;
        double const sum = static_cast<double>(own ? gap_sum : pooled_sum_);
        double const count = static_cast<double>(own ? gap_count : pooled_count_);
        auto const days = [&](double multiple) {
            constexpr double longest = 10'000'000; // 27,000 years: dates stay inside their range
            double const limit = std::min(longest, multiple * sum / count);
            return std::max<std::int64_t>(o.least_days,
                                          static_cast<std::int64_t>(limit)); // rounds down: limits are >= 0
        };
        return {days(o.active_gaps), days(o.silent_gaps), o.dead_gaps ? days(*o.dead_gaps) : no_day,
                static_cast<std::uint8_t>(own ? 1 : 2)};
    }

    /// Whether the last purchase came after a pause that had made the customer lost by the limits of that time.
    [[nodiscard]] bool returned(stage_facts const& c) const noexcept {
        if (c.previous == no_day) return false;
        std::int64_t const pause = c.last - c.previous;
        return pause > limits(c.gap_count - 1, c.gap_sum - pause).silent;
    }

    [[nodiscard]] stage_decision decide(stage_facts const& c, silence_limits const& l, bool came_back,
                                        std::int64_t today) const noexcept {
        auto const& o = options_;
        if (c.orders == 0) {
            bool const fresh = o.new_means == new_customer::newly_registered && today - c.registered <= o.new_days;
            return fresh ? stage_decision{stage::fresh, stage_reason::newly_registered, stage::fresh}
                         : stage_decision{};
        }
        std::int64_t const silence = today - c.last;
        if (silence > l.dead) return {stage::dead, stage_reason::beyond_dead, stage::dead};
        if (silence > l.silent) return {stage::lost, stage_reason::beyond_silent, stage::lost};
        bool const active = silence <= l.active;
        stage const by_silence = active ? stage::active : stage::silent;
        if (came_back && active && silence <= o.reactivated_days)
            return {stage::reactivated, stage_reason::returned, by_silence};
        if (o.new_means == new_customer::first_time_buyer && c.orders == 1 && silence <= o.new_days)
            return {stage::fresh, stage_reason::first_order_recent, by_silence};
        if (o.drop != frequency_drop::ignore && collapsed(c, today))
            return {o.drop == frequency_drop::own_stage ? stage::frequency_drop : stage::lost,
                    stage_reason::frequency_collapse, by_silence};
        return {by_silence, active ? stage_reason::within_active : stage_reason::within_silent, by_silence};
    }

    /// The first day after `today` on which the decision differs, with the same facts; `no_day` when it never does.
    /// Between the days listed here no condition of `decide` changes.
    [[nodiscard]] std::int64_t next_change(stage_facts const& c, silence_limits const& l, bool came_back,
                                           std::int64_t today, stage now) const noexcept {
        auto const& o = options_;
        std::array<std::int64_t, 9> days;
        std::size_t n = 0;
        if (c.orders == 0) {
            if (o.new_means == new_customer::newly_registered) days[n++] = c.registered + o.new_days + 1;
        } else {
            days[n++] = c.last + l.active + 1;
            days[n++] = c.last + l.silent + 1;
            if (l.dead != no_day) days[n++] = c.last + l.dead + 1;
            if (came_back) days[n++] = c.last + o.reactivated_days + 1;
            if (c.orders == 1) days[n++] = c.last + o.new_days + 1;
            if (o.drop != frequency_drop::ignore) {
                std::int64_t const begin = c.first + o.recent_days - 1; // the day on which 0 days lie before the window
                days[n++] = begin + o.earlier_days;
                if (c.recent > 0) {
                    // the quotient may round; the neighbours are tried as well
                    double const span = expected_scale(c) / static_cast<double>(c.recent);
                    auto const last_span = static_cast<std::int64_t>(std::min(span, 1e9));
                    days[n++] = begin + last_span;
                    days[n++] = begin + last_span + 1;
                    days[n++] = begin + last_span + 2;
                }
            }
        }
        std::sort(days.begin(), days.begin() + static_cast<std::ptrdiff_t>(n));
        for (std::size_t i = 0; i < n; ++i)
            if (days[i] > today && decide(c, l, came_back, days[i]).what != now) return days[i];
        return no_day;
    }

private:
    [[nodiscard]] double expected_scale(stage_facts const& c) const noexcept {
        return options_.drop_ratio * static_cast<double>(c.orders - c.recent) *
               static_cast<double>(options_.recent_days);
    }

    [[nodiscard]] bool collapsed(stage_facts const& c, std::int64_t today) const noexcept {
        std::int64_t const span = today - options_.recent_days - c.first + 1; // days before the window
        if (span < options_.earlier_days || c.orders - c.recent < options_.earlier_orders) return false;
        // recent <= ratio * earlier / span * window, without the division
        return static_cast<double>(c.recent) * static_cast<double>(span) <= expected_scale(c);
    }

    stages_options options_;
    std::int64_t pooled_sum_ = 0;
    std::int64_t pooled_count_ = 1;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
