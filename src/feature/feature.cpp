// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature.hpp>

namespace segmenta {
inline namespace v0 {

std::array<aggregate_info, 24> const& aggregates() noexcept {
    static constexpr std::array<aggregate_info, 24> all{{
        {aggregate::recency_days, "recency_days", false, false},
        {aggregate::recency, "recency", false, false},
        {aggregate::tenure_days, "tenure_days", false, false},
        {aggregate::rows, "rows", false, false},
        {aggregate::orders, "orders", false, false},
        {aggregate::days, "days", false, false},
        {aggregate::sum, "sum", true, true},
        {aggregate::gross_sum, "gross_sum", true, true},
        {aggregate::refund_sum, "refund_sum", true, true},
        {aggregate::mean, "mean", true, true},
        {aggregate::minimum, "minimum", true, true},
        {aggregate::maximum, "maximum", true, true},
        {aggregate::average_order_value, "average_order_value", true, true},
        {aggregate::first_time, "first_time", false, false},
        {aggregate::last_time, "last_time", false, false},
        {aggregate::first_day, "first_day", false, false},
        {aggregate::last_day, "last_day", false, false},
        {aggregate::previous_day, "previous_day", false, false},
        {aggregate::gap_count, "gap_count", false, false},
        {aggregate::gap_sum_days, "gap_sum_days", false, false},
        {aggregate::gap_mean_days, "gap_mean_days", false, false},
        {aggregate::gap_deviation_days, "gap_deviation_days", false, false},
        {aggregate::gap_max_days, "gap_max_days", false, false},
        {aggregate::distinct, "distinct", false, true},
    }};
    return all;
}

std::optional<aggregate> find_aggregate(std::string_view name) noexcept {
    for (auto const& info : aggregates())
        if (info.name == name) return info.what;
    return std::nullopt;
}

type result_type(aggregate what, type field) noexcept {
    switch (what) {
    case aggregate::recency: return duration_type;
    case aggregate::sum:
    case aggregate::gross_sum:
    case aggregate::refund_sum:
    case aggregate::minimum:
    case aggregate::maximum: return field;
    case aggregate::mean:
    case aggregate::average_order_value:
    case aggregate::gap_mean_days:
    case aggregate::gap_deviation_days: return float64_type;
    case aggregate::first_time:
    case aggregate::last_time: return instant_type;
    case aggregate::first_day:
    case aggregate::last_day:
    case aggregate::previous_day: return date_type;
    default: return int64_type;
    }
}

} // namespace v0
} // namespace segmenta
