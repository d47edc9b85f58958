// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/experiment_test.hpp>

#include <segmenta/error.hpp>
#include <segmenta/stats/exact_sum.hpp>
#include <segmenta/stats/moments.hpp>

#include "base/indexed_place.hpp"
#include "evaluate/checks.hpp"
#include "evaluate/special_functions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

double real(std::uint64_t count) noexcept { return static_cast<double>(count); }
double squared(double v) noexcept { return v * v; }

void check_proportion(proportion const& arm, std::string const& place, issue_list& issues) {
    detail::check_not_empty(arm.trials, place, issues);
    if (arm.successes > arm.trials)
        issues.error("evaluate.proportion", place, "there are more successes than customers",
                     std::to_string(arm.successes), "at most " + std::to_string(arm.trials),
                     "Count each customer once, also when several successes are theirs");
}

void check_arms(proportion const& treated, proportion const& control, double confidence) {
    issue_list issues;
    check_proportion(treated, "treated", issues);
    check_proportion(control, "control", issues);
    detail::check_inside(confidence, 0, 1, "confidence", issues);
    issues.throw_if_errors();
}

void check_at_least_two(std::uint64_t count, std::string_view place, issue_list& issues) {
    if (count >= 2) return;
    issues.error("evaluate.too_few", std::string(place), "there are too few to compare", std::to_string(count),
                 "2 or more", {});
}

double p_of_z(double z, alternative side) noexcept {
    if (side == alternative::greater) return detail::normal_above(z);
    if (side == alternative::less) return detail::normal_below(z);
    return detail::normal_beyond(z);
}

double p_of_t(double t, double degrees, alternative side) noexcept {
    double const beyond = detail::student_beyond(t, degrees);
    if (side == alternative::two_sided) return beyond;
    bool const expected_sign = (side == alternative::greater) == (t > 0);
    return expected_sign ? beyond / 2 : 1 - beyond / 2;
}

/// Newcombe's method 10: distances to the Wilson limits, squared and added.
interval newcombe_interval(proportion const& treated, proportion const& control, double difference,
                           double confidence) noexcept {
    double const p1 = real(treated.successes) / real(treated.trials);
    double const p2 = real(control.successes) / real(control.trials);
    interval const first = *wilson_interval(treated.successes, treated.trials, confidence);
    interval const second = *wilson_interval(control.successes, control.trials, confidence);
    return {difference - std::hypot(p1 - first.low, second.high - p2),
            difference + std::hypot(first.high - p1, p2 - second.low)};
}

} // namespace

proportion_test two_proportions(proportion treated, proportion control, double confidence, alternative side) {
    check_arms(treated, control, confidence);
    double const n1 = real(treated.trials);
    double const n2 = real(control.trials);
    proportion_test out;
    out.rate_treated = real(treated.successes) / n1;
    out.rate_control = real(control.successes) / n2;
    out.difference = out.rate_treated - out.rate_control;
    if (control.successes > 0) out.relative_lift = out.difference / out.rate_control;
    double const pooled = (real(treated.successes) + real(control.successes)) / (n1 + n2);
    double const variance = pooled * (1 - pooled) * (1 / n1 + 1 / n2);
    if (variance > 0) {
        out.z = out.difference / std::sqrt(variance);
        out.p = p_of_z(*out.z, side);
    }
    double const own = out.rate_treated * (1 - out.rate_treated) / n1 + out.rate_control * (1 - out.rate_control) / n2;
    double const reach = normal_quantile(0.5 + confidence / 2) * std::sqrt(own);
    out.wald = {out.difference - reach, out.difference + reach};
    out.newcombe = newcombe_interval(treated, control, out.difference, confidence);
    return out;
}

double fisher_exact(proportion treated, proportion control, alternative side) {
    check_arms(treated, control, 0.5);
    double const n1 = real(treated.trials);
    double const n2 = real(control.trials);
    double const successes = real(treated.successes) + real(control.successes);
    double const lowest = std::max(0.0, successes - n2);
    double const highest = std::min(n1, successes);
    double const seen = real(treated.successes);
    // P(x + 1) / P(x) of the hypergeometric distribution
    auto const step = [&](double x) { return (n1 - x) / (x + 1) * ((successes - x) / (n2 - successes + x + 1)); };
    double const mode = std::clamp(std::floor((n1 + 1) * (successes + 1) / (n1 + n2 + 2)), lowest, highest);

    // Weights relative to the mode, outwards from it: no factorials, and each weight good to the last digits.
    double weight_seen = 1;
    for (double x = mode; x < seen && weight_seen > 0; ++x)
        weight_seen *= step(x);
    for (double x = mode; x > seen && weight_seen > 0; --x)
        weight_seen /= step(x - 1);
    constexpr double tolerance = 1 + 1e-7;
    double all = 0;
    double counted = 0;
    auto const count = [&](double x, double weight) {
        all += weight;
        bool const in = side == alternative::greater ? x >= seen
                        : side == alternative::less  ? x <= seen
                                                     : weight <= weight_seen * tolerance;
        if (in) counted += weight;
    };
    // Small terms first on each side would need the ends; the terms shrink so fast that the sum keeps its digits.
    double weight = 1;
    for (double x = mode;; ++x) {
        count(x, weight);
        if (x >= highest || weight == 0) break;
        weight *= step(x);
    }
    weight = 1;
    for (double x = mode; x > lowest && weight > 0; --x) {
        weight /= step(x - 1);
        count(x - 1, weight);
    }
    return std::min(1.0, counted / all);
}

welch_test_result welch_test(arm_summary treated, arm_summary control, double confidence, alternative side) {
    issue_list issues;
    check_at_least_two(treated.count, "treated", issues);
    check_at_least_two(control.count, "control", issues);
    detail::check_finite(std::vector{treated.mean, treated.variance}, "treated", issues);
    detail::check_finite(std::vector{control.mean, control.variance}, "control", issues);
    detail::check_inside(confidence, 0, 1, "confidence", issues);
    issues.throw_if_errors();
    double const v1 = treated.variance / real(treated.count);
    double const v2 = control.variance / real(control.count);
    welch_test_result out;
    out.mean_treated = treated.mean;
    out.mean_control = control.mean;
    out.difference = treated.mean - control.mean;
    if (control.mean > 0) out.relative_lift = out.difference / control.mean;
    out.standard_error = std::sqrt(v1 + v2);
    out.confidence = {out.difference, out.difference};
    if (!(out.standard_error > 0)) return out;
    // Satterthwaite's formula in shares, whose squares neither overflow nor vanish
    double const share = v1 / (v1 + v2);
    double const degrees =
        1 / (squared(share) / (real(treated.count) - 1) + squared(1 - share) / (real(control.count) - 1));
    out.t = out.difference / out.standard_error;
    out.degrees = degrees;
    out.p = p_of_t(*out.t, degrees, side);
    double const reach = detail::student_quantile(0.5 + confidence / 2, degrees) * out.standard_error;
    out.confidence = {out.difference - reach, out.difference + reach};
    return out;
}

welch_test_result welch_test(std::span<double const> treated, std::span<double const> control, double confidence,
                             alternative side) {
    issue_list issues;
    check_at_least_two(treated.size(), "treated", issues);
    check_at_least_two(control.size(), "control", issues);
    detail::check_finite(treated, "treated", issues);
    detail::check_finite(control, "control", issues);
    issues.throw_if_errors();
    auto const summary = [](std::span<double const> values) {
        auto const m = compute_moments(values);
        return arm_summary{m.count, m.mean, m.variance};
    };
    return welch_test(summary(treated), summary(control), confidence, side);
}

namespace {

constexpr std::size_t most_exact = 100; // a table of 8 MiB
constexpr std::size_t automatic_exact = 50;

struct rank_sums {
    double u = 0;
    double tie_cubes = 0; ///< sum of t^3 - t over groups of t equals
};

rank_sums rank_both(std::span<double const> treated, std::span<double const> control) {
    struct entry {
        double value;
        bool treated;
    };
    std::vector<entry> all;
    all.reserve(treated.size() + control.size());
    for (double const v : treated)
        all.push_back({v, true});
    for (double const v : control)
        all.push_back({v, false});
    std::sort(all.begin(), all.end(), [](entry const& a, entry const& b) { return a.value < b.value; });
    rank_sums out;
    std::uint64_t below = 0; // of control
    for (std::size_t i = 0; i < all.size();) {
        std::uint64_t in[2] = {0, 0};
        std::size_t end = i;
        for (; end < all.size() && all[end].value == all[i].value; ++end)
            ++in[all[end].treated ? 1 : 0];
        out.u += real(in[1]) * (real(below) + real(in[0]) / 2);
        double const ties = real(end - i);
        out.tie_cubes += ties * ties * ties - ties;
        below += in[0];
        i = end;
    }
    return out;
}

/// P(U <= u) when all orders are equally likely: Mann and Whitney's recursion over the last customer, as probabilities.
double exact_at_most(std::size_t n1, std::size_t n2, double u) {
    auto const last = static_cast<std::size_t>(u);
    // chance[j][k]: of U = k among i treated and j control customers
    std::vector<std::vector<double>> chance(n2 + 1, std::vector<double>(last + 1, 0.0));
    for (auto& row : chance)
        row[0] = 1;
    for (std::size_t i = 1; i <= n1; ++i) {
        // j = 0: U is 0 for sure, as it stands in chance[0]
        for (std::size_t j = 1; j <= n2; ++j) {
            // the highest of all i + j is treated (and beats all j) or not
            double const treated = real(i) / real(i + j);
            for (std::size_t k = last + 1; k-- > 0;) {
                double const with = k >= j ? chance[j][k - j] : 0;
                chance[j][k] = treated * with + (1 - treated) * chance[j - 1][k];
            }
        }
    }
    return std::min(1.0, std::accumulate(chance[n2].begin(), chance[n2].end(), 0.0));
}

double exact_p(std::size_t n1, std::size_t n2, double u, alternative side) {
    double const pairs = real(n1) * real(n2);
    double const at_most = exact_at_most(n1, n2, u);
    if (side == alternative::less) return at_most;
    double const at_least = exact_at_most(n1, n2, pairs - u); // by symmetry
    if (side == alternative::greater) return at_least;
    return std::min(1.0, 2 * std::min(at_most, at_least));
}

void check_exact(std::size_t n1, std::size_t n2, bool ties, rank_test_method method) {
    if (method != rank_test_method::exact) return;
    issue_list issues;
    detail::check_count(std::max(n1, n2), 1, most_exact, "method", issues);
    if (ties)
        issues.error("evaluate.option", "method", "with equal values there is no exact test", "exact",
                     "automatic or normal", {});
    issues.throw_if_errors();
}

} // namespace

mann_whitney_result mann_whitney(std::span<double const> treated, std::span<double const> control, alternative side,
                                 rank_test_method method) {
    issue_list issues;
    detail::check_not_empty(treated.size(), "treated", issues);
    detail::check_not_empty(control.size(), "control", issues);
    detail::check_finite(treated, "treated", issues);
    detail::check_finite(control, "control", issues);
    issues.throw_if_errors();
    auto const ranks = rank_both(treated, control);
    bool const ties = ranks.tie_cubes > 0;
    check_exact(treated.size(), control.size(), ties, method);
    double const n1 = real(treated.size());
    double const n2 = real(control.size());
    mann_whitney_result out;
    out.u = ranks.u;
    out.superiority = ranks.u / (n1 * n2);
    out.exact = method == rank_test_method::exact || (method == rank_test_method::automatic && !ties &&
                                                      std::max(treated.size(), control.size()) < automatic_exact);
    if (out.exact) {
        out.p = exact_p(treated.size(), control.size(), ranks.u, side);
        return out;
    }
    double const n = n1 + n2;
    double const variance = n1 * n2 / 12 * (n + 1 - ranks.tie_cubes / (n * (n - 1)));
    if (!(variance > 0)) return out;
    double const apart = ranks.u - n1 * n2 / 2;
    double correction = 0.5;
    if (side == alternative::less) correction = -0.5;
    if (side == alternative::two_sided)
        correction = apart == 0 ? 0 : std::copysign(std::min(0.5, std::fabs(apart)), apart);
    out.z = (apart - correction) / std::sqrt(variance);
    out.p = std::min(1.0, p_of_z(*out.z, side));
    return out;
}

chi_squared_result sample_ratio(std::span<std::uint64_t const> customers, std::span<double const> weights) {
    issue_list issues;
    check_at_least_two(customers.size(), "customers", issues);
    detail::check_same_length(weights.size(), "weights", customers.size(), "customers", issues);
    std::uint64_t const total = std::accumulate(customers.begin(), customers.end(), std::uint64_t{0});
    detail::check_not_empty(total, "customers", issues);
    for (std::size_t i = 0; i < weights.size(); ++i)
        detail::check_inside(weights[i], 0, std::numeric_limits<double>::infinity(),
                             detail::indexed_place("weights", i), issues);
    issues.throw_if_errors();
    double const weight = std::accumulate(weights.begin(), weights.end(), 0.0);
    chi_squared_result out;
    out.degrees = customers.size() - 1;
    for (std::size_t i = 0; i < customers.size(); ++i) {
        double const expected = real(total) * (weights[i] / weight);
        out.statistic += squared(real(customers[i]) - expected) / expected;
        out.small_counts = out.small_counts || expected < 5;
    }
    out.p = detail::chi_squared_above(out.statistic, real(out.degrees));
    return out;
}

chi_squared_result sample_ratio(std::span<std::uint64_t const> customers) {
    return sample_ratio(customers, std::vector<double>(customers.size(), 1.0));
}

chi_squared_result compare_rates(std::span<proportion const> arms) {
    issue_list issues;
    check_at_least_two(arms.size(), "arms", issues);
    double successes = 0;
    double trials = 0;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        check_proportion(arms[i], detail::indexed_place("arms", i), issues);
        successes += real(arms[i].successes);
        trials += real(arms[i].trials);
    }
    issues.throw_if_errors();
    double const rate = successes / trials;
    chi_squared_result out;
    out.degrees = arms.size() - 1;
    for (auto const& arm : arms) {
        double const expected = real(arm.trials) * rate;
        double const others = real(arm.trials) - expected;
        double const apart = squared(real(arm.successes) - expected);
        if (expected > 0 && others > 0) out.statistic += apart / expected + apart / others;
        out.small_counts = out.small_counts || expected < 5 || others < 5;
    }
    out.p = detail::chi_squared_above(out.statistic, real(out.degrees));
    return out;
}

namespace {

struct adjusted_arm {
    double mean = 0;
    double variance_of_mean = 0;
    double raw_mean = 0;
    double raw_variance_of_mean = 0;
};

adjusted_arm adjust_arm(std::span<double const> outcome, std::span<double const> covariate, double theta,
                        double mean_covariate) {
    std::vector<double> adjusted(outcome.size());
    for (std::size_t i = 0; i < outcome.size(); ++i)
        adjusted[i] = outcome[i] - theta * (covariate[i] - mean_covariate);
    auto const after = compute_moments(adjusted);
    auto const before = compute_moments(outcome);
    double const n = real(outcome.size());
    return {after.mean, after.variance / n, before.mean, before.variance / n};
}

} // namespace

covariate_adjusted_difference adjust_for_covariate(std::span<double const> treated_outcome,
                                                   std::span<double const> treated_covariate,
                                                   std::span<double const> control_outcome,
                                                   std::span<double const> control_covariate) {
    issue_list issues;
    check_at_least_two(treated_outcome.size(), "treated_outcome", issues);
    check_at_least_two(control_outcome.size(), "control_outcome", issues);
    detail::check_same_length(treated_covariate.size(), "treated_covariate", treated_outcome.size(), "treated_outcome",
                              issues);
    detail::check_same_length(control_covariate.size(), "control_covariate", control_outcome.size(), "control_outcome",
                              issues);
    detail::check_finite(treated_outcome, "treated_outcome", issues);
    detail::check_finite(treated_covariate, "treated_covariate", issues);
    detail::check_finite(control_outcome, "control_outcome", issues);
    detail::check_finite(control_covariate, "control_covariate", issues);
    issues.throw_if_errors();

    auto const mean_of_both = [](std::span<double const> a, std::span<double const> b) {
        exact_sum sum;
        sum.add(a);
        sum.add(b);
        return sum.value() / real(a.size() + b.size());
    };
    double const mean_x = mean_of_both(treated_covariate, control_covariate);
    double const mean_y = mean_of_both(treated_outcome, control_outcome);
    exact_sum products;
    exact_sum squares;
    auto const add = [&](std::span<double const> y, std::span<double const> x) {
        for (std::size_t i = 0; i < y.size(); ++i) {
            products.add((y[i] - mean_y) * (x[i] - mean_x));
            squares.add(squared(x[i] - mean_x));
        }
    };
    add(treated_outcome, treated_covariate);
    add(control_outcome, control_covariate);

    covariate_adjusted_difference out;
    if (squares.value() > 0) out.theta = products.value() / squares.value();
    auto const treated = adjust_arm(treated_outcome, treated_covariate, out.theta, mean_x);
    auto const control = adjust_arm(control_outcome, control_covariate, out.theta, mean_x);
    out.difference = treated.mean - control.mean;
    out.standard_error = std::sqrt(treated.variance_of_mean + control.variance_of_mean);
    out.raw_difference = treated.raw_mean - control.raw_mean;
    out.raw_standard_error = std::sqrt(treated.raw_variance_of_mean + control.raw_variance_of_mean);
    if (out.raw_standard_error > 0) out.variance_reduction = 1 - squared(out.standard_error / out.raw_standard_error);
    return out;
}

} // namespace v0
} // namespace segmenta
