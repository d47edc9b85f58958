// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature_set.hpp>

#include "feature/ratio.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <bit>
#include <cmath>

namespace segmenta {
inline namespace v0 {

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

feature_bits ratio(type field, history_summary const& from, std::int64_t below) noexcept {
    if (below == 0) return missing();
    return real(field.base == kind::float64 ? from.real_sum / static_cast<double>(below)
                                            : detail::exact_ratio(field, from.sum, below));
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
    case aggregate::active_periods:
    case aggregate::sequence: return some ? missing() : counted(0);
    case aggregate::decayed_sum:
    case aggregate::decayed_count: return some ? missing() : real(0);
    case aggregate::median:
    case aggregate::first:
    case aggregate::last:
    case aggregate::most_frequent: return missing();
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

/// Finds the field of one request; nothing when it is not there or not what the aggregate takes.
std::optional<std::size_t> find_field(history_schema const& history, feature_request const& request,
                                      std::string const& place, issue_list& issues) {
    aggregate_info const& info = aggregates()[static_cast<std::size_t>(request.what)];
    auto const index = history.find(request.field);
    if (!index) {
        auto const names = names_of(history);
        auto const near = nearest_name(request.field, names);
        issues.error("feature.unknown_field", place, "the history " + history.name + " has no such field",
                     request.field, {}, near.empty() ? "" : "Did you mean " + std::string(near) + "?");
        return std::nullopt;
    }
    type const what = history.fields[*index].what;
    if (info.needs_number && !what.is_numeric()) {
        issues.error("feature.needs_number", place,
                     "the aggregate " + std::string(info.name) + " needs a numeric field",
                     request.field + ": " + to_string(what), "int64, double, decimal, money");
        return std::nullopt;
    }
    if (what.base == kind::category_set) {
        issues.error("feature.set_field", place,
                     "the aggregate " + std::string(info.name) + " needs a field with one value",
                     request.field + ": " + to_string(what), {}, "Count rows with a condition such as 'x' in field.");
        return std::nullopt;
    }
    return index;
}

bool counts_orders(aggregate what) noexcept {
    return what == aggregate::orders || what == aggregate::average_order_value;
}

bool has_extremes(aggregate what) noexcept {
    return what == aggregate::minimum || what == aggregate::maximum || what == aggregate::gap_max_days;
}

} // namespace

feature_set::feature_set(history_schema const& history, std::span<feature_request const> requests, issue_list& issues,
                         std::span<std::string const> places) {
    for (std::size_t i = 0; i < requests.size(); ++i) {
        feature_request const& request = requests[i];
        std::string const place = i < places.size() ? places[i] : history.name;
        auto const key_place = [&place](std::string_view) { return place; };
        aggregate_info const& info = aggregates()[static_cast<std::size_t>(request.what)];
        summary_group group;
        group.window = read_window(request, key_place, issues);
        group.where = request.where;
        group.orders = counts_orders(request.what);
        group.extremes = has_extremes(request.what);
        row_task task = read_task(request, key_place, issues);
        if (info.needs_field) {
            task.field = find_field(history, request, place, issues);
            if (!task.field) continue;
            task.field_type = history.fields[*task.field].what;
            if (!info.reads_rows) (info.needs_number ? group.number : group.distinct) = task.field;
        }
        item made{request.what, place_in_group(group), no_task, task.field_type,
                  result_type(request.what, task.field_type)};
        task.group = made.group;
        if (info.reads_rows) made.task = place_in_tasks(std::move(task));
        items_.push_back(made);
    }
}

/// Requests over the same rows share one summary; one that needs no field joins any.
std::uint32_t feature_set::place_in_group(summary_group const& group) {
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
    return static_cast<std::uint32_t>(at - groups_.begin());
}

std::uint32_t feature_set::place_in_tasks(row_task task) {
    auto const at = std::find(tasks_.begin(), tasks_.end(), task);
    if (at != tasks_.end()) return static_cast<std::uint32_t>(at - tasks_.begin());
    tasks_.push_back(std::move(task));
    return static_cast<std::uint32_t>(tasks_.size() - 1);
}

} // namespace v0
} // namespace segmenta
