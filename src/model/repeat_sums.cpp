// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_sums.hpp"

#include "model/repeat_functions.hpp"

#include <segmenta/error.hpp>

#include <cmath>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

void add_factor(rising_sums& sum, double at, double customers) {
    sum.value += customers * std::log(at);
    sum.slope += customers / at;
    sum.curve -= customers / (at * at);
}

} // namespace

std::vector<double> customers_with_more(purchase_statistics const& data) {
    auto const& counts = data.counts();
    std::vector<double> out(counts.size());
    double more = 0;
    // Large counts are more than every small one.
    for (auto const& c : data.large_counts())
        more += c.customers;
    for (std::size_t x = counts.size(); x-- > 0;) {
        out[x] = more;
        more += counts[x];
    }
    return out;
}

rising_sums sum_rising(purchase_statistics const& data, std::vector<double> const& more_than, double r, double steps) {
    rising_sums out;
    // A factor r + j is there for whoever has more than j / k repeat purchases.
    for (std::size_t x = 0; x < more_than.size() && more_than[x] > 0; ++x)
        for (double step = 0; step < steps; ++step)
            add_factor(out, r + static_cast<double>(x) * steps + step, more_than[x]);
    double const behind = static_cast<double>(more_than.size());
    for (auto const& c : data.large_counts()) {
        double const from = r + behind * steps;
        double const n = (c.repeats - behind) * steps;
        out.value += c.customers * log_rising(from, n);
        out.slope += c.customers * log_rising_slope(from, n);
        out.curve += c.customers * log_rising_curve(from, n);
    }
    return out;
}

void check_statistics(purchase_statistics const& data) {
    if (data.customers() > 0) return;
    throw issue_error("clv.empty", "customers", "there are no customers", {}, "at least one", {});
}

double plain_alpha(purchase_statistics const& data, unsigned steps) {
    double const alpha = data.total_age() / ((data.repeats() + 1) * steps);
    return alpha > 0 && std::isfinite(alpha) ? alpha : 1;
}

bool is_customer(repeat_purchases const& c) noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    double const x = c.repeats.value;
    return x >= 0 && x < infinity && x == std::floor(x) && c.last.value >= 0 && c.last.value <= c.age.value &&
           c.age.value < infinity && (x > 0) == (c.last.value > 0);
}

repeat_purchases customer_of(purchase_summary const& s, std::size_t row) noexcept {
    return {repeat_count(s.repeats[row]), age_at_last_purchase(s.last[row]), customer_age(s.age[row])};
}

void check_scores(purchase_summary const& s, model_time_unit unit, std::size_t out) {
    if (s.unit != unit) {
        throw issue_error("clv.units", "summary", "the summary is in another unit of time than the model",
                          std::string(to_string(s.unit)), std::string(to_string(unit)),
                          "Summarise in the unit of the model");
    }
    if (s.last.size() == s.size() && s.age.size() == s.size() && out == s.size()) return;
    throw issue_error("clv.ragged", "summary", "the columns of the summary and the scores differ in length",
                      std::to_string(s.last.size()) + ", " + std::to_string(s.age.size()) + " and " +
                          std::to_string(out),
                      std::to_string(s.size()) + ", as many as repeat counts", {});
}

} // namespace detail
} // namespace v0
} // namespace segmenta
