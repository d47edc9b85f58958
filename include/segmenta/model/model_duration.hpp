// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_MODEL_DURATION_HPP
#define SEGMENTA_MODEL_MODEL_DURATION_HPP

/// \file
/// A length of time that carries its unit, so that a model that counts weeks and a plan that counts months cannot be
/// mixed up.

#include <segmenta/model/purchase_summary.hpp>

namespace segmenta {
inline namespace v0 {

/// An amount of a unit of time. Make one with `of_days(30)`, `of_weeks(4)`, `of_months(12)`, `of_years(1)`.
///
/// Thread safety: a plain value.
struct model_duration {
    double amount = 0;
    model_time_unit unit = model_time_unit::day;

    [[nodiscard]] double days() const noexcept { return amount * days_in(unit); }
    /// The same length counted in another unit: `of_years(1).in(model_time_unit::month)` is 12.
    [[nodiscard]] double in(model_time_unit wanted) const noexcept {
        return wanted == unit ? amount : days() / days_in(wanted);
    }
};

[[nodiscard]] constexpr model_duration of_days(double n) noexcept { return {n, model_time_unit::day}; }
[[nodiscard]] constexpr model_duration of_weeks(double n) noexcept { return {n, model_time_unit::week}; }
[[nodiscard]] constexpr model_duration of_months(double n) noexcept { return {n, model_time_unit::month}; }
[[nodiscard]] constexpr model_duration of_years(double n) noexcept { return {n, model_time_unit::year}; }

} // namespace v0
} // namespace segmenta

#endif
