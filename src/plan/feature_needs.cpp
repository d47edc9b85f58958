// SPDX-License-Identifier: Apache-2.0
#include "plan/feature_needs.hpp"

#include <segmenta/feature/row_task.hpp>
#include <segmenta/time/period.hpp>

#include <string>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

history_need need_of(feature_request const& feature, history_schema const& rows) {
    std::string window = feature.window;
    if (window.empty() && feature.what == aggregate::active_periods)
        window = to_string(times(parse_period(feature.every), feature.periods));
    history_need need{rows.name, {}, {}, window.empty()};
    if (!window.empty()) need.windows.push_back(std::move(window));
    return need;
}

bool changes_with_time(feature_request const& feature) noexcept {
    switch (feature.what) {
    case aggregate::recency_days:
    case aggregate::recency:
    case aggregate::tenure_days:
    case aggregate::decayed_sum:
    case aggregate::decayed_count:
    case aggregate::active_periods: return true;
    default: return !feature.window.empty() || !feature.until.empty() || !feature.calendar.empty();
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
