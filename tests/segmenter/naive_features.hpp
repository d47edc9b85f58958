// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_NAIVE_FEATURES_HPP
#define SEGMENTA_TESTS_SEGMENTER_NAIVE_FEATURES_HPP

// Every aggregate the plain way: keep the rows that count, then look at all of them.

#include "segmenter/shop.hpp"

#include <segmenta/feature/feature.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/time/period.hpp>

#include <cmath>
#include <set>

namespace segmenta::test {

class naive_features {
public:
    naive_features(zone const& where, instant as_of) : where_(where), as_of_(as_of) {}

    /// `order`: the field that names the order of a row; past the fields: none.
    value operator()(feature_request const& asked, history_rows const& all, std::optional<std::size_t> order) const {
        keep(asked, all);
        return aggregate_of(asked, all, order);
    }

private:
    void keep(feature_request const& asked, history_rows const& all) const {
        kept_.clear();
        bool const dates = all.what()->fields[*all.what()->find(all.what()->time)].what.base == kind::date;
        std::optional<instant> start;
        if (!asked.window.empty()) start = subtract(parse_period(asked.window), as_of_, where_);
        std::optional<program> test;
        if (!asked.where.empty()) {
            environment names;
            names.record_name("row").zone_name(where_.name());
            for (auto const& f : all.what()->fields) names.variable(f.name, f.what);
            test = compile_rule(asked.where, names, boolean_type);
        }
        for (std::size_t row = 0; row < all.size(); ++row) {
            instant const t = all.time(row, where_);
            bool const inside = dates ? t < as_of_ && (!start || t >= *start) : t <= as_of_ && (!start || t > *start);
            if (!inside) continue;
            if (test) {
                std::vector<value> fields;
                for (std::size_t f = 0; f < all.what()->fields.size(); ++f) fields.push_back(all.at(row, f));
                rule_scratch scratch;
                std::span<value const> const span(fields);
                auto const holds = test->evaluate(span, scratch);
                if (holds.state != status::ok || !holds.result.as_bool()) continue;
            }
            kept_.push_back(row);
        }
    }

    [[nodiscard]] std::size_t distinct(history_rows const& all, std::size_t field, bool missing_counts) const {
        std::set<std::string> seen;
        for (auto const row : kept_)
            if (value const v = all.at(row, field); v.present() || missing_counts) seen.insert(to_string(v));
        return seen.size();
    }

    [[nodiscard]] std::vector<std::int64_t> gaps(history_rows const& all) const {
        std::set<std::int32_t> days;
        for (auto const row : kept_) days.insert(all.day(row, where_).days_since_epoch());
        std::vector<std::int64_t> out;
        for (auto d = days.begin(); d != days.end() && std::next(d) != days.end(); ++d) out.push_back(*std::next(d) - *d);
        return out;
    }

    [[nodiscard]] std::vector<double> numbers(history_rows const& all, std::size_t field) const {
        std::vector<double> out; // cents, units and quarters: all sums are exact in a double
        for (auto const row : kept_) {
            value const v = all.at(row, field);
            if (v.present()) out.push_back(v.base() == kind::float64 ? v.as_double() : static_cast<double>(v.as_int()));
        }
        return out;
    }

    static value as(type what, double v) {
        if (what.base == kind::float64) return value::of_double(v);
        if (what.base == kind::decimal) return value::of_decimal(what, static_cast<std::int64_t>(v));
        return value::of_int(static_cast<std::int64_t>(v));
    }

    [[nodiscard]] value number_of(aggregate what, history_rows const& all, std::size_t field, std::size_t orders) const {
        type const t = all.what()->fields[field].what;
        double sum = 0;
        double gross = 0;
        auto const values = numbers(all, field);
        for (double const v : values) {
            sum += v;
            gross += std::max(v, 0.0);
        }
        double const scale = t.base == kind::decimal ? 100 : 1;
        switch (what) {
        case aggregate::sum: return as(t, sum);
        case aggregate::gross_sum: return as(t, gross);
        case aggregate::refund_sum: return as(t, gross - sum);
        case aggregate::mean:
            // Rounded once.
            return values.empty() ? value{} : value::of_double(sum / (scale * static_cast<double>(values.size())));
        case aggregate::average_order_value:
            return orders == 0 ? value{} : value::of_double(sum / (scale * static_cast<double>(orders)));
        case aggregate::minimum: return values.empty() ? value{} : as(t, *std::min_element(values.begin(), values.end()));
        default: return values.empty() ? value{} : as(t, *std::max_element(values.begin(), values.end()));
        }
    }

    [[nodiscard]] value aggregate_of(feature_request const& asked, history_rows const& all,
                                     std::optional<std::size_t> order) const {
        auto const whole = [](auto n) { return value::of_int(static_cast<std::int64_t>(n)); };
        std::size_t const orders = order ? distinct(all, *order, true) : kept_.size();
        auto const& info = aggregates()[static_cast<std::size_t>(asked.what)];
        if (info.needs_number) return number_of(asked.what, all, *all.what()->find(asked.field), orders);
        auto const between = gaps(all);
        std::set<std::int32_t> days;
        for (auto const row : kept_) days.insert(all.day(row, where_).days_since_epoch());
        switch (asked.what) {
        case aggregate::rows: return whole(kept_.size());
        case aggregate::orders: return whole(orders);
        case aggregate::days: return whole(days.size());
        case aggregate::distinct: return whole(distinct(all, *all.what()->find(asked.field), false));
        case aggregate::gap_count: return whole(between.size());
        case aggregate::gap_sum_days: return whole(days.empty() ? 0 : *days.rbegin() - *days.begin());
        default: break;
        }
        if (kept_.empty()) return {};
        std::int32_t const today = where_.civil_day_of(as_of_).days_since_epoch();
        double const n = static_cast<double>(between.size());
        switch (asked.what) {
        case aggregate::recency_days: return whole(today - *days.rbegin());
        case aggregate::tenure_days: return whole(today - *days.begin());
        case aggregate::recency:
            return value::of_duration_us((as_of_ - all.time(kept_.back(), where_)).microseconds());
        case aggregate::first_time: return value::of_instant(all.time(kept_.front(), where_));
        case aggregate::last_time: return value::of_instant(all.time(kept_.back(), where_));
        case aggregate::first_day: return value::of_date(civil_date{*days.begin()});
        case aggregate::last_day: return value::of_date(civil_date{*days.rbegin()});
        default: break;
        }
        if (between.empty()) return {};
        switch (asked.what) {
        case aggregate::previous_day: return value::of_date(civil_date{*std::prev(days.end(), 2)});
        case aggregate::gap_mean_days: return value::of_double((*days.rbegin() - *days.begin()) / n);
        case aggregate::gap_max_days: return whole(*std::max_element(between.begin(), between.end()));
        default: break;
        }
        // deviation: n sum g^2 - (sum g)^2, whole numbers until the root
        std::int64_t squares = 0;
        std::int64_t sum = 0;
        for (auto const g : between) {
            squares += g * g;
            sum += g;
        }
        auto const count = static_cast<std::int64_t>(between.size());
        return value::of_double(std::sqrt(static_cast<double>(count * squares - sum * sum)) / n);
    }

    zone const& where_;
    instant as_of_;
    mutable std::vector<std::size_t> kept_;
};

} // namespace segmenta::test

#endif
