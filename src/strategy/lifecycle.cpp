// SPDX-License-Identifier: Apache-2.0
#include <segmenta/strategy/lifecycle.hpp>

namespace segmenta {
inline namespace v0 {

stages_options lifecycle_by_days(std::int32_t active_days, std::int32_t silent_days,
                                 std::optional<std::int32_t> dead_days) {
    stages_options out;
    out.active_days = active_days;
    out.silent_days = silent_days;
    out.dead_days = dead_days;
    return out;
}

stages_options lifecycle_by_gaps(double active_gaps, double silent_gaps, std::optional<double> dead_gaps) {
    stages_options out;
    out.limits = stage_limits::own_gaps;
    out.active_gaps = active_gaps;
    out.silent_gaps = silent_gaps;
    out.dead_gaps = dead_gaps;
    return out;
}

stages_options lifecycle_with_collapse(std::int32_t active_days, std::int32_t silent_days, double drop_ratio) {
    stages_options out = lifecycle_by_days(active_days, silent_days, {});
    out.drop = frequency_drop::as_lost;
    out.drop_ratio = drop_ratio;
    return out;
}

} // namespace v0
} // namespace segmenta
