// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/sample_size.hpp>

#include <segmenta/stats/interval.hpp>

#include "evaluate/checks.hpp"
#include "evaluate/special_functions.hpp"

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

double squared(double v) noexcept { return v * v; }

void check_options(power_options const& options, issue_list& issues) {
    detail::check_inside(options.alpha, 0, 1, "alpha", issues);
    detail::check_inside(options.power, options.alpha, 1, "power", issues);
    detail::check_inside(options.ratio, 0, std::numeric_limits<double>::infinity(), "ratio", issues);
}

void check_rates(double treated, double control, issue_list& issues) {
    detail::check_inside(treated, 0, 1, "rate_treated", issues);
    detail::check_inside(control, 0, 1, "rate_control", issues);
}

void check_arms(std::uint64_t treated, std::uint64_t control, issue_list& issues) {
    detail::check_not_empty(treated, "treated", issues);
    detail::check_not_empty(control, "control", issues);
}

/// The quantiles of alpha and power together: so many standard errors the difference has to be.
double wanted_errors(power_options const& options) noexcept {
    return normal_quantile(1 - options.alpha / 2) + normal_quantile(options.power);
}

double effect_of(double treated, double control, rate_approximation by) noexcept {
    if (by == rate_approximation::unpooled) return treated - control;
    return 2 * std::asin(std::sqrt(treated)) - 2 * std::asin(std::sqrt(control));
}

/// Variance of one customer's share in the effect.
double variance_of(double rate, rate_approximation by) noexcept {
    return by == rate_approximation::arcsine ? 1 : rate * (1 - rate);
}

sample_size size_for(double effect, double variance_treated, double variance_control, power_options const& options) {
    double const treated =
        squared(wanted_errors(options) / effect) * (variance_treated + variance_control / options.ratio);
    return {treated, treated * options.ratio};
}

void refuse_no_difference(double difference, issue_list& issues) {
    if (difference != 0) return;
    issues.error("evaluate.option", "difference", "no number of customers tells equals apart", "0", "not 0", {});
}

} // namespace

sample_size sample_size_for_rates(double rate_treated, double rate_control, power_options const& options) {
    issue_list issues;
    check_rates(rate_treated, rate_control, issues);
    check_options(options, issues);
    refuse_no_difference(rate_treated - rate_control, issues);
    issues.throw_if_errors();
    auto const by = options.approximation;
    return size_for(effect_of(rate_treated, rate_control, by), variance_of(rate_treated, by),
                    variance_of(rate_control, by), options);
}

double power_for_rates(double rate_treated, double rate_control, std::uint64_t treated, std::uint64_t control,
                       power_options const& options) {
    issue_list issues;
    check_rates(rate_treated, rate_control, issues);
    check_arms(treated, control, issues);
    detail::check_inside(options.alpha, 0, 1, "alpha", issues);
    issues.throw_if_errors();
    auto const by = options.approximation;
    double const error = std::sqrt(variance_of(rate_treated, by) / static_cast<double>(treated) +
                                   variance_of(rate_control, by) / static_cast<double>(control));
    double const away = effect_of(rate_treated, rate_control, by) / error;
    double const needed = normal_quantile(1 - options.alpha / 2);
    return detail::normal_above(needed - away) + detail::normal_below(-needed - away);
}

sample_size sample_size_for_means(double difference, double deviation, power_options const& options) {
    issue_list issues;
    detail::check_finite({&difference, 1}, "difference", issues);
    detail::check_inside(deviation, 0, std::numeric_limits<double>::infinity(), "deviation", issues);
    check_options(options, issues);
    refuse_no_difference(difference, issues);
    issues.throw_if_errors();
    return size_for(difference, squared(deviation), squared(deviation), options);
}

double detectable_difference(double deviation, std::uint64_t treated, std::uint64_t control,
                             power_options const& options) {
    issue_list issues;
    detail::check_inside(deviation, 0, std::numeric_limits<double>::infinity(), "deviation", issues);
    check_arms(treated, control, issues);
    check_options(options, issues);
    issues.throw_if_errors();
    return wanted_errors(options) * deviation *
           std::sqrt(1 / static_cast<double>(treated) + 1 / static_cast<double>(control));
}

} // namespace v0
} // namespace segmenta
