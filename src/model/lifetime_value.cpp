// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/lifetime_value.hpp>

#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

void check_options(lifetime_value_options const& options) {
    constexpr std::size_t most = 100'000;
    issue_list issues;
    double const days = options.step.days();
    if (!(days > 0 && std::isfinite(days))) {
        issues.error("clv.bad_step", "lifetime value", "this is no step of time", std::to_string(days) + " days",
                     "a finite time above 0", {});
    }
    if (options.steps == 0 || options.steps > most) {
        issues.error("clv.bad_horizon", "lifetime value", "the horizon has no such number of steps",
                     std::to_string(options.steps), "1 to " + std::to_string(most),
                     "For all time to come use residual_lifetime_value");
    }
    if (!options.rate.valid()) {
        issues.error("clv.bad_rate", "lifetime value", "this is no rate of discount",
                     std::to_string(options.rate.continuous_in(model_time_unit::year)) + " a year, continuously",
                     "a finite rate from 0", "One per cent is 0.01");
    }
    if (!(options.margin > 0 && std::isfinite(options.margin))) {
        issues.error("clv.bad_margin", "lifetime value", "this is no margin", std::to_string(options.margin),
                     "a finite share above 0", {});
    }
    issues.throw_if_errors();
}

} // namespace

lifetime_value::lifetime_value(lifetime_value_options const& options) : options_(options) {
    check_options(options);
    factors_.reserve(options.steps);
    for (std::size_t i = 1; i <= options.steps; ++i)
        factors_.push_back(options.rate.factor({options.step.amount * static_cast<double>(i), options.step.unit}));
}

void lifetime_value::check(purchase_summary const& summary, model_time_unit unit) {
    issue_list issues;
    check_summary(summary, issues, "summary");
    if (summary.unit != unit) {
        issues.error("clv.units", "summary", "customers are summarised in another unit than the model counts in",
                     std::string(to_string(summary.unit)), std::string(to_string(unit)),
                     "Summarise in the unit in which the model was fitted");
    }
    if (summary.size() > 0 && summary.mean_spend.empty()) {
        issues.error("clv.no_spend", "summary", "the summary has no amounts", {},
                     "the mean amount of each customer's repeat purchases",
                     "Name the column of amounts when purchases are summarised");
    }
    issues.throw_if_errors();
}

void lifetime_value::check_means(std::vector<double> const& values) {
    auto const missing = [](double v) { return std::isnan(v); };
    auto const first = std::find_if(values.begin(), values.end(), missing);
    if (first == values.end()) return;
    auto const count = std::count_if(first, values.end(), missing);
    throw issue_error("clv.mean_does_not_exist", "summary row " + std::to_string(first - values.begin() + 1),
                      "the mean does not exist: the spend model has no finite mean for " + std::to_string(count) +
                          " customers",
                      "q <= 1 in Gamma-Gamma", "a spend model with a mean",
                      "Look for amounts that are no purchases, or value only customers with repeat purchases");
}

} // namespace v0
} // namespace segmenta
