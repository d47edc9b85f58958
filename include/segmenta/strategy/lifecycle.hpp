// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_LIFECYCLE_HPP
#define SEGMENTA_STRATEGY_LIFECYCLE_HPP

/// \file
/// The family of lifecycle schemes: `stages` with its usual settings, `level_stages`, `leaving_reasons`. Thin builders.

#include <segmenta/strategy/leaving_reasons.hpp>
#include <segmenta/strategy/level_stages.hpp>
#include <segmenta/strategy/stages.hpp>
#include <segmenta/strategy/use.hpp>

#include <cstdint>
#include <optional>

namespace segmenta {
inline namespace v0 {

/// Fixed windows of days. The defaults 30 and 90 follow tryordinary's new/due/lapsed/lost at 30, 60, 90 days.
[[nodiscard]] stages_options lifecycle_by_days(std::int32_t active_days = 30, std::int32_t silent_days = 90,
                                               std::optional<std::int32_t> dead_days = {});

/// Multiples of the customer's own mean gap, pooled gaps for those with fewer than three. 2 and 4 are an example.
[[nodiscard]] stages_options lifecycle_by_gaps(double active_gaps = 2, double silent_gaps = 4,
                                               std::optional<double> dead_gaps = {});

/// As by days, where a collapse of the own order frequency counts as lost as well ("not bought frequently lately").
[[nodiscard]] stages_options lifecycle_with_collapse(std::int32_t active_days = 30, std::int32_t silent_days = 90,
                                                     double drop_ratio = 0.5);

} // namespace v0
} // namespace segmenta

#endif
