// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature_set.hpp>

#include "base/powers_of_ten.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace segmenta {
inline namespace v0 {

time_bounds bounds_at(std::optional<period> const& window, instant as_of, zone const& where, bool dates_only) noexcept {
    time_bounds bounds;
    bounds.highest = as_of.microseconds() - (dates_only ? 1 : 0);
    if (!window) return bounds;
    std::int64_t const start = subtract(*window, as_of, where).microseconds();
    bounds.lowest = start == std::numeric_limits<std::int64_t>::min() || dates_only ? start : start + 1;
    return bounds;
}

namespace {

using detail::feature_bits;

constexpr feature_bits counted(std::int64_t n) noexcept { return {n, status::ok}; }
constexpr feature_bits missing() noexcept { return {0, status::unknown}; }

feature_bits real(double v) noexcept {
    if (!std::isfinite(v)) return {0, status::error};
    return {std::bit_cast<std::int64_t>(v), status::ok};
}

/// a - b, or an error past the range of int64.
feature_bits difference(std::int64_t a, std::int64_t b) noexcept {
    std::int64_t out = 0;
    if (__builtin_sub_overflow(a, b, &out)) return {0, status::error};
    return counted(out);
}

/// sum / below, rounded once: customers with equal means get equal doubles, however many rows each has.
double exact_ratio(type field, std::int64_t sum, std::int64_t below) noexcept {
    constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;
    std::int64_t const unit = field.base == kind::decimal ? detail::powers_of_ten[field.scale] : 1;
    std::int64_t divisor = 0;
    bool const fits = !__builtin_mul_overflow(below, unit, &divisor);
    if (fits && divisor <= exact_in_double && sum >= -exact_in_double && sum <= exact_in_double)
        return static_cast<double>(sum) / static_cast<double>(divisor);
    // Wider than a double's 53 bits: as near as 64 bits come before the one rounding.
    return static_cast<double>(static_cast<long double>(sum) /
                               (static_cast<long double>(below) * static_cast<long double>(unit)));
}

feature_bits ratio(type field, history_summary const& from, std::int64_t below) noexcept {
    if (below == 0) return missing();
    return real(field.base == kind::float64 ? from.real_sum / static_cast<double>(below)
                                            : exact_ratio(field, from.sum, below));
}

feature_bits deviation(history_summary const& from) noexcept {
    // Exact until the last step: n*sum(g^2) - sum(g)^2 in 128 bits, then one division and one root.
    __extension__ using wide = __int128;
    wide const n = from.days - 1;
    wide const total = static_cast<wide>(from.last_day) - from.first_day;
    wide const spread = n * from.gap_square_sum - total * total;
    return real(std::sqrt(static_cast<double>(spread)) / static_cast<double>(n));
}

} // namespace

// One switch: a request reads a handful of features, and each jump that is foretold wrongly costs as much as a feature.
detail::feature_bits detail::read_bits(aggregate what, type field, history_summary const& from,
                                       feature_moment const& at) noexcept {
    bool const real_field = field.base == kind::float64;
    bool const some = from.rows > 0;
    bool const gaps = some && from.days > 1;
    auto const if_some = [some](std::int64_t n) { return some ? counted(n) : missing(); };
    auto const unless_overflown = [&from](feature_bits answer) {
        return from.overflow ? feature_bits{0, status::error} : answer;
    };
    switch (what) {
    case aggregate::rows: return counted(from.rows);
    case aggregate::orders: return counted(from.orders);
    case aggregate::days: return counted(from.days);
    case aggregate::distinct: return counted(from.distinct);
    case aggregate::gap_count: return counted(from.days > 1 ? from.days - 1 : 0);
    case aggregate::gap_sum_days: return counted(some ? from.last_day - from.first_day : 0);
    case aggregate::sum: return unless_overflown(real_field ? real(from.real_sum) : counted(from.sum));
    case aggregate::gross_sum: return unless_overflown(real_field ? real(from.real_gross) : counted(from.gross));
    case aggregate::refund_sum:
        return unless_overflown(real_field ? real(from.real_gross - from.real_sum) : difference(from.gross, from.sum));
    case aggregate::mean: return unless_overflown(some ? ratio(field, from, from.values) : missing());
    case aggregate::average_order_value: return unless_overflown(some ? ratio(field, from, from.orders) : missing());
    case aggregate::recency_days: return if_some(std::int64_t{at.day.days_since_epoch()} - from.last_day);
    case aggregate::recency: return if_some(at.as_of.microseconds() - from.last_time);
    case aggregate::tenure_days: return if_some(std::int64_t{at.day.days_since_epoch()} - from.first_day);
    case aggregate::minimum:
        if (!some || from.values == 0) return missing();
        return real_field ? real(from.real_minimum) : counted(from.minimum);
    case aggregate::maximum:
        if (!some || from.values == 0) return missing();
        return real_field ? real(from.real_maximum) : counted(from.maximum);
    case aggregate::first_time: return if_some(from.first_time);
    case aggregate::last_time: return if_some(from.last_time);
    case aggregate::first_day: return if_some(from.first_day);
    case aggregate::last_day: return if_some(from.last_day);
    case aggregate::previous_day: return gaps ? counted(from.previous_day) : missing();
    case aggregate::gap_mean_days:
        if (!gaps) return missing();
        return real(static_cast<double>(from.last_day - from.first_day) / static_cast<double>(from.days - 1));
    case aggregate::gap_deviation_days: return gaps ? deviation(from) : missing();
    case aggregate::gap_max_days: return gaps ? counted(from.gap_max) : missing();
    }
    return missing();
}

feature_value read_aggregate(aggregate what, type field, history_summary const& from,
                             feature_moment const& at) noexcept {
    auto const [bits, state] = detail::read_bits(what, field, from, at);
    if (state != status::ok) return {value{}, state};
    type const result = result_type(what, field);
    switch (result.base) {
    case kind::float64: return {value::of_double(std::bit_cast<double>(bits)), state};
    case kind::decimal: return {value::of_decimal(result, bits), state};
    case kind::date: return {value::of_date(civil_date{static_cast<std::int32_t>(bits)}), state};
    case kind::instant: return {value::of_instant(instant{bits}), state};
    case kind::duration: return {value::of_duration_us(bits), state};
    default: return {value::of_int(bits), state};
    }
}

namespace {

std::vector<std::string> names_of(history_schema const& history) {
    std::vector<std::string> names;
    for (auto const& f : history.fields)
        names.push_back(f.name);
    return names;
}

} // namespace

feature_set::feature_set(history_schema const& history, std::span<feature_request const> requests, issue_list& issues,
                         std::span<std::string const> places) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
        feature_request const& request = requests[i];
        std::string const place = i < places.size() ? places[i] : history.name;
        aggregate_info const& info = aggregates()[static_cast<std::size_t>(request.what)];
        feature_request known{request.what, request.history, request.field, request.window, request.where};
        if (info.reads_rows || known != request) {
            issues.error("feature.not_supported", place, "features of this form cannot be computed yet",
                         std::string(info.name));
            continue;
        }
        summary_group group;
        group.where = request.where;
        group.orders = request.what == aggregate::orders || request.what == aggregate::average_order_value;
        group.extremes = request.what == aggregate::minimum || request.what == aggregate::maximum ||
                         request.what == aggregate::gap_max_days;
        if (!request.window.empty()) group.window = parse_period(request.window, place, issues);
        type field_type{};
        if (info.needs_field) {
            auto const index = history.find(request.field);
            if (!index) {
                auto const names = names_of(history);
                auto const near = nearest_name(request.field, names);
                issues.error("feature.unknown_field", place, "the history " + history.name + " has no such field",
                             request.field, {}, near.empty() ? "" : "Did you mean " + std::string(near) + "?");
                continue;
            }
            field_type = history.fields[*index].what;
            if (info.needs_number && !field_type.is_numeric()) {
                issues.error("feature.needs_number", place,
                             "the aggregate " + std::string(info.name) + " needs a numeric field",
                             request.field + ": " + to_string(field_type), "int64, double, decimal, money");
                continue;
            }
            (info.needs_number ? group.number : group.distinct) = *index;
        }
        // Requests over the same rows share one summary; one that needs no field joins any.
        auto const same_rows = [&](summary_group const& g) {
            return g.window == group.window && g.where == group.where &&
                   (!g.number || !group.number || g.number == group.number) &&
                   (!g.distinct || !group.distinct || g.distinct == group.distinct);
        };
        auto at = std::find_if(groups_.begin(), groups_.end(), same_rows);
        if (at == groups_.end()) at = groups_.insert(at, group);
        if (group.number) at->number = group.number;
        if (group.distinct) at->distinct = group.distinct;
        at->orders = at->orders || group.orders;
        at->extremes = at->extremes || group.extremes;
        items_.push_back({request.what, static_cast<std::uint32_t>(at - groups_.begin()), field_type,
                          result_type(request.what, field_type)});
    }
}

} // namespace v0
} // namespace segmenta
