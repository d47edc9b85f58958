// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature.hpp>

namespace segmenta {
inline namespace v0 {

std::array<aggregate_info, 32> const& aggregates() noexcept {
    static constexpr std::array<aggregate_info, 32> all{{
        {aggregate::recency_days, "recency_days", false, false, false},
        {aggregate::recency, "recency", false, false, false},
        {aggregate::tenure_days, "tenure_days", false, false, false},
        {aggregate::rows, "rows", false, false, false},
        {aggregate::orders, "orders", false, false, false},
        {aggregate::days, "days", false, false, false},
        {aggregate::sum, "sum", true, true, false},
        {aggregate::gross_sum, "gross_sum", true, true, false},
        {aggregate::refund_sum, "refund_sum", true, true, false},
        {aggregate::mean, "mean", true, true, false},
        {aggregate::minimum, "minimum", true, true, false},
        {aggregate::maximum, "maximum", true, true, false},
        {aggregate::average_order_value, "average_order_value", true, true, false},
        {aggregate::first_time, "first_time", false, false, false},
        {aggregate::last_time, "last_time", false, false, false},
        {aggregate::first_day, "first_day", false, false, false},
        {aggregate::last_day, "last_day", false, false, false},
        {aggregate::previous_day, "previous_day", false, false, false},
        {aggregate::gap_count, "gap_count", false, false, false},
        {aggregate::gap_sum_days, "gap_sum_days", false, false, false},
        {aggregate::gap_mean_days, "gap_mean_days", false, false, false},
        {aggregate::gap_deviation_days, "gap_deviation_days", false, false, false},
        {aggregate::gap_max_days, "gap_max_days", false, false, false},
        {aggregate::distinct, "distinct", false, true, false},
        {aggregate::median, "median", true, true, true},
        {aggregate::first, "first", false, true, true},
        {aggregate::last, "last", false, true, true},
        {aggregate::most_frequent, "most_frequent", false, true, true},
        {aggregate::decayed_sum, "decayed_sum", true, true, true},
        {aggregate::decayed_count, "decayed_count", false, false, true},
        {aggregate::active_periods, "active_periods", false, false, true},
        {aggregate::sequence, "sequence", false, false, true},
    }};
    return all;
}

std::optional<aggregate> find_aggregate(std::string_view name) noexcept {
    for (auto const& info : aggregates())
        if (info.name == name) return info.what;
    return std::nullopt;
}

std::array<std::string_view, 10> const& calendar_periods() noexcept {
    static constexpr std::array<std::string_view, 10> all{"today",      "yesterday",    "this_week",    "last_week",
                                                          "this_month", "last_month",   "this_quarter", "last_quarter",
                                                          "this_year",  "last_year"};
    return all;
}

type result_type(aggregate what, type field) noexcept {
    switch (what) {
    case aggregate::recency: return duration_type;
    case aggregate::sum:
    case aggregate::gross_sum:
    case aggregate::refund_sum:
    case aggregate::minimum:
    case aggregate::maximum: return field;
    case aggregate::first:
    case aggregate::last:
    case aggregate::most_frequent: return field.is_text() ? category_type : field;
    case aggregate::median:
    case aggregate::decayed_sum:
    case aggregate::decayed_count:
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
