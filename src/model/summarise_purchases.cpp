// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/summarise_purchases.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

using options_type = summarise_purchases_options;

std::string id_text(std::string const& id) { return id; }
std::string id_text(std::int64_t id) { return std::to_string(id); }

std::string to_text(civil_date day) {
    auto const date = day.to_year_month_day();
    auto const two = [](unsigned v) { return (v < 10 ? "0" : "") + std::to_string(v); };
    return std::to_string(date.year) + '-' + two(date.month) + '-' + two(date.day);
}

// Number of the period a day is in; differences of numbers are lengths in periods.
class period_numbers {
public:
    explicit period_numbers(options_type const& options)
        : days_(options.period == purchase_period::week ? 7 : 1),
          // days since the epoch of the first start of a week: 1970-01-01 was a Thursday
          shift_(options.period == purchase_period::week
                     ? static_cast<std::int32_t>(options.week_start) - static_cast<std::int32_t>(weekday::thursday)
                     : 0),
          unit_(days_in(options.unit)) {}

    [[nodiscard]] std::int64_t of(civil_date day) const noexcept {
        return detail::floor_divide(std::int64_t{day.days_since_epoch()} - shift_, days_);
    }
    // Days first and one division, so that a week of days is exactly 1.
    [[nodiscard]] double time(std::int64_t periods) const noexcept {
        return static_cast<double>(periods * days_) / unit_;
    }

private:
    std::int64_t days_;
    std::int64_t shift_;
    double unit_;
};

template <class Id>
void check_rows(purchase_rows<Id> const& rows, options_type const& options, issue_list& issues) {
    std::size_t const n = rows.customers.size();
    if (rows.days.size() != n || (!rows.amounts.empty() && rows.amounts.size() != n)) {
        issues.error("purchases.ragged", "purchases", "the columns of the purchases differ in length",
                     std::to_string(rows.days.size()) + " days, " + std::to_string(rows.amounts.size()) + " amounts",
                     std::to_string(n) + ", as many as customer ids", {});
    }
    if (n == 0) issues.error("purchases.empty", "purchases", "there are no purchases", {}, "at least one", {});
    std::size_t bad = 0;
    std::size_t first = 0;
    for (std::size_t i = 0; i < rows.amounts.size(); ++i)
        if (!std::isfinite(rows.amounts[i]) && bad++ == 0) first = i;
    if (bad > 0) {
        issues.error("purchases.bad_amount", "purchases row " + std::to_string(first + 1),
                     "this amount is no number" +
                         (bad > 1 ? " (and " + std::to_string(bad - 1) + " more rows)" : std::string()),
                     std::to_string(rows.amounts[first]), "finite numbers", "Leave such rows out, or repair them");
    }
    if (options.observation_begin && options.observation_end && *options.observation_end < *options.observation_begin) {
        issues.error("purchases.bad_range", "purchases", "observation ends before it begins",
                     to_text(*options.observation_end), "from " + to_text(*options.observation_begin) + " on", {});
    }
}

// The rows that count, by customer, day and amount.
struct kept_rows {
    std::vector<std::size_t> order;
    civil_date end;
    std::size_t outside = 0;
    std::size_t too_small = 0;
};

template <class Id>
kept_rows keep(purchase_rows<Id> const& rows, options_type const& options) {
    issue_list issues;
    check_rows(rows, options, issues);
    issues.throw_if_errors();
    kept_rows out;
    out.end = options.observation_end.value_or(*std::max_element(rows.days.begin(), rows.days.end()));
    for (std::size_t i = 0; i < rows.customers.size(); ++i) {
        bool const early = options.observation_begin && rows.days[i] < *options.observation_begin;
        if (early || rows.days[i] > out.end) {
            ++out.outside;
        } else if (options.smallest_amount && !rows.amounts.empty() && rows.amounts[i] < *options.smallest_amount) {
            ++out.too_small;
        } else {
            out.order.push_back(i);
        }
    }
    std::sort(out.order.begin(), out.order.end(), [&](std::size_t a, std::size_t b) {
        if (rows.customers[a] != rows.customers[b]) return rows.customers[a] < rows.customers[b];
        if (rows.days[a] != rows.days[b]) return rows.days[a] < rows.days[b];
        return !rows.amounts.empty() && rows.amounts[a] < rows.amounts[b];
    });
    return out;
}

// Purchases of one customer merged by period, in order of time.
struct merged_purchases {
    std::vector<std::int64_t> periods;
    std::vector<double> spend;

    void add(std::int64_t period, double amount) {
        if (periods.empty() || periods.back() != period) {
            periods.push_back(period);
            spend.push_back(0);
        }
        spend.back() += amount;
    }
    void clear() {
        periods.clear();
        spend.clear();
    }
    [[nodiscard]] double mean_spend(std::size_t from) const {
        if (from >= spend.size()) return 0;
        double const sum = std::accumulate(spend.begin() + static_cast<std::ptrdiff_t>(from), spend.end(), 0.0);
        return sum / static_cast<double>(spend.size() - from);
    }
};

class summary_builder {
public:
    summary_builder(options_type const& options, civil_date end, bool with_spend)
        : numbers_(options), end_(numbers_.of(end)), from_(options.include_first ? 0 : 1), with_spend_(with_spend) {
        out.unit = options.unit;
    }

    void add(std::string id, merged_purchases const& bought) {
        auto const& at = bought.periods;
        out.ids.push_back(std::move(id));
        out.repeats.push_back(static_cast<double>(at.size() - from_));
        out.last.push_back(numbers_.time(at.back() - at.front()));
        out.age.push_back(numbers_.time(end_ - at.front()));
        double log_times = 0;
        for (std::size_t i = 1; i < at.size(); ++i)
            log_times += std::log(numbers_.time(at[i] - at[i - 1]));
        out.log_times.push_back(log_times);
        if (with_spend_) out.mean_spend.push_back(bought.mean_spend(from_));
    }
    [[nodiscard]] period_numbers const& numbers() const noexcept { return numbers_; }

    purchase_summary out;

private:
    period_numbers numbers_;
    std::int64_t end_;
    std::size_t from_; // index of the first purchase that counts
    bool with_spend_;
};

// Calls per_customer(id, begin, end) for each run of one customer in kept.order.
template <class Id, class PerCustomer>
void for_each_customer(purchase_rows<Id> const& rows, kept_rows const& kept, PerCustomer&& per_customer) {
    for (std::size_t begin = 0; begin < kept.order.size();) {
        Id const& id = rows.customers[kept.order[begin]];
        std::size_t end = begin + 1;
        while (end < kept.order.size() && rows.customers[kept.order[end]] == id)
            ++end;
        per_customer(id, begin, end);
        begin = end;
    }
}

void need_customers(purchase_summary const& summary, kept_rows const& kept) {
    if (summary.size() > 0) return;
    throw issue_error("purchases.empty", "purchases", "no purchase is left",
                      std::to_string(kept.outside) + " rows outside the time of observation, " +
                          std::to_string(kept.too_small) + " below the smallest amount",
                      "at least one", "Check the begin and the end of observation");
}

template <class Id>
summarised_purchases summarise(purchase_rows<Id> const& rows, options_type const& options) {
    kept_rows const kept = keep(rows, options);
    summary_builder builder(options, kept.end, !rows.amounts.empty());
    merged_purchases bought;
    for_each_customer(rows, kept, [&](Id const& id, std::size_t begin, std::size_t end) {
        bought.clear();
        for (std::size_t k = begin; k < end; ++k) {
            std::size_t const row = kept.order[k];
            bought.add(builder.numbers().of(rows.days[row]), rows.amounts.empty() ? 0 : rows.amounts[row]);
        }
        builder.add(id_text(id), bought);
    });
    need_customers(builder.out, kept);
    return {std::move(builder.out), kept.end, kept.outside, kept.too_small};
}

template <class Id>
purchase_split split(purchase_rows<Id> const& rows, civil_date calibration_end, options_type const& options) {
    kept_rows const kept = keep(rows, options);
    if (!(calibration_end < kept.end)) {
        throw issue_error("purchases.bad_range", "purchases",
                          "the calibration does not end before the observation does", to_text(calibration_end),
                          "before " + to_text(kept.end),
                          "Give an earlier end of calibration, or a later end of observation");
    }
    summary_builder builder(options, calibration_end, !rows.amounts.empty());
    purchase_split out;
    merged_purchases before;
    merged_purchases after;
    for_each_customer(rows, kept, [&](Id const& id, std::size_t begin, std::size_t end) {
        before.clear();
        after.clear();
        for (std::size_t k = begin; k < end; ++k) {
            std::size_t const row = kept.order[k];
            auto& bought = rows.days[row] <= calibration_end ? before : after;
            bought.add(builder.numbers().of(rows.days[row]), rows.amounts.empty() ? 0 : rows.amounts[row]);
        }
        if (before.periods.empty()) {
            ++out.new_customers;
            return;
        }
        builder.add(id_text(id), before);
        out.holdout_purchases.push_back(static_cast<double>(after.periods.size()));
        if (!rows.amounts.empty()) out.holdout_spend.push_back(after.mean_spend(0));
    });
    need_customers(builder.out, kept);
    out.calibration = std::move(builder.out);
    auto const& numbers = builder.numbers();
    out.holdout = horizon(numbers.time(numbers.of(kept.end) - numbers.of(calibration_end)));
    out.outside = kept.outside;
    out.too_small = kept.too_small;
    return out;
}

} // namespace

summarised_purchases summarise_purchases(purchase_rows<std::string> const& rows, options_type const& options) {
    return summarise(rows, options);
}
summarised_purchases summarise_purchases(purchase_rows<std::int64_t> const& rows, options_type const& options) {
    return summarise(rows, options);
}
purchase_split split_purchases(purchase_rows<std::string> const& rows, civil_date calibration_end,
                               options_type const& options) {
    return split(rows, calibration_end, options);
}
purchase_split split_purchases(purchase_rows<std::int64_t> const& rows, civil_date calibration_end,
                               options_type const& options) {
    return split(rows, calibration_end, options);
}

} // namespace v0
} // namespace segmenta
