// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_NAIVE_FEATURES_HPP
#define SEGMENTA_TESTS_SEGMENTER_NAIVE_FEATURES_HPP

// Every aggregate the plain way: keep the rows that count, then look at all of them.

#include "feature/naive_window.hpp"
#include "rule/oracle.hpp"

#include <segmenta/feature/feature.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/record/history_rows.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/time/period.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace segmenta::test {

class naive_features {
public:
    naive_features(zone const& where, instant as_of) : where_(where), as_of_(as_of) {}

    /// `order`: the field that names the order of a row; past the fields: none.
    value operator()(feature_request const& asked, history_rows const& all, std::optional<std::size_t> order) const {
        return answer(asked, all, order).result;
    }
    /// `error` where an integer sum leaves 64 bits, `unknown` where there is no value.
    rule_result answer(feature_request const& asked, history_rows const& all, std::optional<std::size_t> order) const {
        keep(asked, all);
        overflow_ = false;
        value const v = aggregate_of(asked, all, order);
        if (overflow_) return {value{}, status::error};
        return {v, v.present() ? status::ok : status::unknown};
    }

private:
    /// Units, and quarters of doubles: with 113 bits all sums are exact.
    __extension__ using wide = __float128;

    struct condition {
        environment names;
        std::optional<expression> rule;
    };

    void keep(feature_request const& asked, history_rows const& all) const {
        kept_.clear();
        bool const dates = all.what()->fields[*all.what()->find(all.what()->time)].what.base == kind::date;
        for (std::size_t row = 0; row < all.size(); ++row) {
            instant const t = all.time(row, where_);
            if (!counts_at(asked, t, as_of_, where_, dates)) continue;
            if (asked.where.empty() || holds(asked.where, all, row)) kept_.push_back(row);
        }
    }

    [[nodiscard]] bool holds(std::string const& text_of, history_rows const& all, std::size_t row) const {
        auto& test = conditions_[{all.what()->name, text_of}];
        if (!test.rule) {
            test.names.zone_name(where_.name());
            for (auto const& f : all.what()->fields)
                test.names.variable(f.name, f.what);
            test.rule = parse_expression(text_of);
        }
        std::vector<value> fields;
        for (std::size_t f = 0; f < all.what()->fields.size(); ++f)
            fields.push_back(all.at(row, f));
        std::string text;
        auto const answer = oracle_answer(*test.rule, test.names, fields, boolean_type, text);
        return answer.state == status::ok && answer.result.as_bool();
    }

    static bool less(value const& a, value const& b) {
        switch (a.base()) {
        case kind::string:
        case kind::category: return a.as_string() < b.as_string();
        case kind::float64: return a.as_double() < b.as_double();
        case kind::date: return a.as_date() < b.as_date();
        default: return a.as_int() < b.as_int();
        }
    }

    [[nodiscard]] static value median(type what, std::vector<wide> values) {
        if (values.empty()) return {};
        std::sort(values.begin(), values.end());
        wide const middle = values[(values.size() - 1) / 2] + values[values.size() / 2];
        return value::of_double(static_cast<double>(middle / (2 * one_of(what))));
    }

    [[nodiscard]] value outermost(history_rows const& all, std::size_t field, bool last) const {
        value best;
        instant when;
        for (auto const row : kept_) {
            value const v = all.at(row, field);
            if (v.missing()) continue;
            instant const t = all.time(row, where_);
            bool const better = best.missing() || (last ? t > when || (t == when && less(best, v))
                                                        : t < when || (t == when && less(v, best)));
            if (!better) continue;
            best = v;
            when = t;
        }
        return best;
    }

    [[nodiscard]] value most_frequent(history_rows const& all, std::size_t field) const {
        std::vector<value> values;
        for (auto const row : kept_)
            if (value const v = all.at(row, field); v.present()) values.push_back(v);
        std::stable_sort(values.begin(), values.end(), less);
        value best;
        std::ptrdiff_t most = 0;
        for (auto const& v : values) {
            auto const n =
                std::count_if(values.begin(), values.end(), [&](auto const& o) { return !less(o, v) && !less(v, o); });
            if (n <= most) continue;
            most = n;
            best = v;
        }
        return best;
    }

    /// Summed with 113 bits, and rounded once.
    [[nodiscard]] value decayed(feature_request const& asked, history_rows const& all) const {
        wide sum = 0;
        period const half = parse_period(asked.half_life);
        for (auto const row : kept_) {
            double amount = 1;
            if (asked.what == aggregate::decayed_sum) {
                std::size_t const field = *all.what()->find(asked.field);
                value const v = all.at(row, field);
                if (v.missing()) continue;
                amount = static_cast<double>(number(v) / one_of(v.what()));
            }
            double const age = half.is_exact()
                                   ? static_cast<double>((as_of_ - all.time(row, where_)).microseconds())
                                   : static_cast<double>(where_.civil_day_of(as_of_) - all.day(row, where_));
            double const unit = half.is_exact() ? static_cast<double>(half.length().microseconds()) : half.days();
            sum += amount * std::exp2(-age / unit);
        }
        return value::of_double(static_cast<double>(sum));
    }

    [[nodiscard]] std::int64_t active_periods(feature_request const& asked, history_rows const& all, bool dates) const {
        period const one = parse_period(asked.every);
        auto const back = [&](int n) {
            if (n == 0) return as_of_;
            auto const many = one.is_exact() ? period::exact(duration{one.length().microseconds() * n})
                                             : period::civil(one.months() * n, one.days() * n);
            return subtract(many, as_of_, where_);
        };
        std::int64_t out = 0;
        for (int n = 1; n <= asked.periods; ++n)
            out += std::any_of(kept_.begin(), kept_.end(), [&](auto row) {
                instant const t = all.time(row, where_);
                return dates ? t >= back(n) && t < back(n - 1) : t > back(n) && t <= back(n - 1);
            });
        return out;
    }

    /// Times of the rows that count, and which steps each may do.
    struct step_table {
        std::vector<instant> times;
        std::vector<std::vector<bool>> may;
    };
    [[nodiscard]] step_table steps_of(feature_request const& asked, history_rows const& all) const {
        step_table out;
        for (auto const row : kept_) {
            out.times.push_back(all.time(row, where_));
            auto& may = out.may.emplace_back();
            for (auto const& step : asked.steps)
                may.push_back(holds(step, all, row));
        }
        return out;
    }

    /// The most steps from `done` on, with rows at `since` or later that are not used.
    [[nodiscard]] std::size_t steps_from(feature_request const& asked, step_table const& rows, std::size_t done,
                                         instant first, instant since, std::set<std::size_t>& used) const {
        std::size_t best = done;
        if (done == asked.steps.size()) return best;
        for (std::size_t row = 0; row < rows.times.size(); ++row) {
            instant const t = rows.times[row];
            if (used.count(row) != 0 || (done > 0 && t < since) || !rows.may[row][done]) continue;
            if (done > 0 && !asked.within.empty() && t > add(parse_period(asked.within), first, where_)) continue;
            used.insert(row);
            best = std::max(best, steps_from(asked, rows, done + 1, done == 0 ? t : first, t, used));
            used.erase(row);
        }
        return best;
    }

    [[nodiscard]] value by_rows(feature_request const& asked, history_rows const& all) const {
        std::optional<std::size_t> const field = all.what()->find(asked.field);
        bool const dates = all.what()->fields[*all.what()->find(all.what()->time)].what.base == kind::date;
        std::set<std::size_t> used;
        switch (asked.what) {
        case aggregate::median: return median(all.what()->fields[*field].what, numbers(all, *field));
        case aggregate::first: return outermost(all, *field, false);
        case aggregate::last: return outermost(all, *field, true);
        case aggregate::most_frequent: return most_frequent(all, *field);
        case aggregate::active_periods: return value::of_int(active_periods(asked, all, dates));
        case aggregate::sequence:
            return value::of_int(static_cast<std::int64_t>(steps_from(asked, steps_of(asked, all), 0, {}, {}, used)));
        default: return decayed(asked, all);
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
        for (auto const row : kept_)
            days.insert(all.day(row, where_).days_since_epoch());
        std::vector<std::int64_t> out;
        for (auto d = days.begin(); d != days.end() && std::next(d) != days.end(); ++d)
            out.push_back(*std::next(d) - *d);
        return out;
    }

    /// How many units one is.
    static wide one_of(type what) {
        wide out = 1;
        for (unsigned digit = 0; what.base == kind::decimal && digit < what.scale; ++digit)
            out *= 10;
        return out;
    }
    static wide number(value const& v) { return v.base() == kind::float64 ? wide(v.as_double()) : wide(v.as_int()); }

    [[nodiscard]] std::vector<wide> numbers(history_rows const& all, std::size_t field) const {
        std::vector<wide> out;
        for (auto const row : kept_)
            if (value const v = all.at(row, field); v.present()) out.push_back(number(v));
        return out;
    }

    /// A sum past 64 bits is an error.
    [[nodiscard]] value as(type what, wide v) const {
        if (what.base == kind::float64) return value::of_double(static_cast<double>(v));
        overflow_ = overflow_ || v > wide(std::numeric_limits<std::int64_t>::max()) ||
                    v < wide(std::numeric_limits<std::int64_t>::min());
        if (overflow_) return {};
        auto const units = static_cast<std::int64_t>(v);
        return what.base == kind::decimal ? value::of_decimal(what, units) : value::of_int(units);
    }

    [[nodiscard]] value number_of(aggregate what, history_rows const& all, std::size_t field,
                                  std::size_t orders) const {
        type const t = all.what()->fields[field].what;
        wide sum = 0;
        wide gross = 0;
        auto const values = numbers(all, field);
        for (wide const v : values) {
            sum += v;
            gross += v > 0 ? v : 0;
        }
        bool const sums = what != aggregate::minimum && what != aggregate::maximum;
        if (sums && (as(t, sum).missing() || as(t, gross).missing())) return {}; // none of the sums is told then
        auto const mean = [&](std::size_t n) {                                   // rounded once
            if (n == 0) return value{};
            return value::of_double(static_cast<double>(sum / (one_of(t) * wide(n))));
        };
        switch (what) {
        case aggregate::sum: return as(t, sum);
        case aggregate::gross_sum: return as(t, gross);
        case aggregate::refund_sum: return as(t, gross - sum);
        case aggregate::mean: return mean(values.size());
        case aggregate::average_order_value: return mean(orders);
        case aggregate::minimum:
            return values.empty() ? value{} : as(t, *std::min_element(values.begin(), values.end()));
        default: return values.empty() ? value{} : as(t, *std::max_element(values.begin(), values.end()));
        }
    }

    [[nodiscard]] value aggregate_of(feature_request const& asked, history_rows const& all,
                                     std::optional<std::size_t> order) const {
        auto const whole = [](auto n) { return value::of_int(static_cast<std::int64_t>(n)); };
        std::size_t const orders = order ? distinct(all, *order, true) : kept_.size();
        auto const& info = aggregates()[static_cast<std::size_t>(asked.what)];
        if (info.reads_rows) return by_rows(asked, all);
        if (info.needs_number) return number_of(asked.what, all, *all.what()->find(asked.field), orders);
        auto const between = gaps(all);
        std::set<std::int32_t> days;
        for (auto const row : kept_)
            days.insert(all.day(row, where_).days_since_epoch());
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
        case aggregate::recency: return value::of_duration_us((as_of_ - all.time(kept_.back(), where_)).microseconds());
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
    mutable bool overflow_ = false;
    mutable std::map<std::pair<std::string, std::string>, condition> conditions_; ///< by history and text
};

} // namespace segmenta::test

#endif
