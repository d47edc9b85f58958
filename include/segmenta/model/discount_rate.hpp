// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_DISCOUNT_RATE_HPP
#define SEGMENTA_MODEL_DISCOUNT_RATE_HPP

/// \file
/// By how much later money counts less, with the time it refers to. There is no way to give a bare number: one per cent
/// is written as `discount_rate::per_month(0.01)` or `discount_rate::per_year(0.01)`, which differ by a factor of 12.

#include <segmenta/model/model_duration.hpp>

#include <cmath>

namespace segmenta {
inline namespace v0 {

/// A constant rate of discount. Rates per period compound: money in two months is divided by (1 + d)^2. A rate below
/// zero, or one that is not finite, is kept as it is and refused where it is used.
///
/// Thread safety: a plain value.
class discount_rate {
public:
    /// No discounting.
    constexpr discount_rate() noexcept = default;

    [[nodiscard]] static discount_rate per(model_duration period, double rate) noexcept {
        return discount_rate(std::log1p(rate) / period.days());
    }
    [[nodiscard]] static discount_rate per_month(double rate) noexcept { return per(of_months(1), rate); }
    [[nodiscard]] static discount_rate per_year(double rate) noexcept { return per(of_years(1), rate); }
    /// The force of interest: money after t years is multiplied by exp(-rate * t).
    [[nodiscard]] static discount_rate continuous_per_year(double rate) noexcept {
        return continuous(of_years(1), rate);
    }
    /// The force of interest per any period: DERT in the literature often takes it per week.
    [[nodiscard]] static discount_rate continuous(model_duration period, double rate) noexcept {
        return discount_rate(rate / period.days());
    }

    /// The force of interest per unit of time: log(1 + d) for a rate of d per unit.
    [[nodiscard]] double continuous_in(model_time_unit unit) const noexcept { return per_day_ * days_in(unit); }
    /// What one unit of money after `time` is worth now, in (0, 1].
    [[nodiscard]] double factor(model_duration time) const noexcept { return std::exp(-per_day_ * time.days()); }
    /// Whether it is finite and not below zero.
    [[nodiscard]] bool valid() const noexcept { return per_day_ >= 0 && std::isfinite(per_day_); }

    friend constexpr bool operator==(discount_rate, discount_rate) noexcept = default;

private:
    constexpr explicit discount_rate(double per_day) noexcept : per_day_(per_day) {}

    double per_day_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
