// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/kaplan_meier.hpp>

#include <segmenta/error.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

// Where a list of numbers first breaks a rule, and how often.
template <class Broken>
void report_rows(std::span<double const> values, Broken broken, issue_list& issues, std::string_view place,
                 char const* code, char const* message, char const* allowed) {
    auto const first = std::find_if(values.begin(), values.end(), broken);
    if (first == values.end()) return;
    auto const more = std::count_if(first + 1, values.end(), broken);
    std::string text = message;
    if (more > 0) text += " (and " + std::to_string(more) + " more rows)";
    issues.error(code, std::string(place) + " row " + std::to_string(first - values.begin() + 1), text,
                 std::to_string(*first), allowed, {});
}

bool no_count(double v) noexcept { return !(v >= 0 && std::isfinite(v)); }

// On the scale log(-log S); undefined where S is 0, and without width where it is 1.
interval log_log_interval(double survival, double log_variance, double z) noexcept {
    if (survival >= 1) return {1, 1};
    if (!(survival > 0)) return {nan, nan};
    double const reach = z * std::sqrt(log_variance) / std::log(survival); // negative
    return {std::pow(survival, std::exp(-reach)), std::pow(survival, std::exp(reach))};
}

std::vector<survival_point> curve_of(survival_counts const& counts, double z) {
    std::vector<survival_point> out;
    // from the end, so that weights which are no whole numbers cannot leave a rest at the last time
    for (auto at = counts.times().rbegin(); at != counts.times().rend(); ++at) {
        double const above = out.empty() ? 0 : out.back().at_risk;
        auto const& [events, censored] = at->second;
        double const at_risk = above + events + censored;
        out.push_back({.time = at->first, .at_risk = at_risk, .events = events, .censored = censored});
    }
    std::reverse(out.begin(), out.end());
    double survival = 1;
    double log_variance = 0; // of the logarithm of the survival
    for (survival_point& p : out) {
        double const rest = p.at_risk - p.events;
        bool const nobody = p.events > 0 && !(rest > 0);
        if (p.events > 0) {
            survival = nobody ? 0 : survival * (rest / p.at_risk);
            log_variance += nobody ? nan : p.events / (p.at_risk * rest);
        }
        p.survival = survival;
        p.standard_error = survival > 0 ? survival * std::sqrt(log_variance) : nan;
        p.confidence = log_log_interval(survival, log_variance, z);
    }
    return out;
}

survival_counts counted(std::span<double const> durations, std::span<std::uint8_t const> events,
                        std::span<double const> weights) {
    survival_counts out;
    out.add(durations, events, weights);
    return out;
}

// The first time at which a curve has come down to `level`; rounding of products is forgiven.
template <class Curve>
std::optional<double> first_at_most(std::span<survival_point const> points, double level, Curve curve) noexcept {
    for (survival_point const& p : points)
        if (curve(p) <= level * (1 + 1e-12)) return p.time;
    return std::nullopt;
}

bool inside(double share) noexcept { return share > 0 && share < 1; }

} // namespace

void survival_counts::add(std::span<double const> durations, std::span<std::uint8_t const> events,
                          std::span<double const> weights, std::string_view place) {
    issue_list issues;
    if (events.size() != durations.size() || (!weights.empty() && weights.size() != durations.size())) {
        issues.error("survival.ragged", std::string(place), "durations, events and weights differ in length",
                     std::to_string(durations.size()) + ", " + std::to_string(events.size()) + " and " +
                         std::to_string(weights.size()),
                     "one length, or no weights", {});
    }
    report_rows(durations, no_count, issues, place, "survival.bad_duration", "this is no duration",
                "a finite number from 0");
    report_rows(weights, no_count, issues, place, "survival.bad_weight", "this is no weight", "a finite number from 0");
    issues.throw_if_errors();
    for (std::size_t i = 0; i < durations.size(); ++i) {
        double const weight = weights.empty() ? 1 : weights[i];
        if (!(weight > 0)) continue;
        at_time& at = times_[durations[i]];
        (events[i] != 0 ? at.events : at.censored) += weight;
    }
}

void survival_counts::merge(survival_counts const& other) {
    std::map<double, at_time> const theirs = other.times_; // other may be this very object
    for (auto const& [time, counts] : theirs) {
        at_time& at = times_[time];
        at.events += counts.events;
        at.censored += counts.censored;
    }
}

kaplan_meier::kaplan_meier(survival_counts const& counts, double confidence) {
    issue_list issues;
    if (counts.times().empty())
        issues.error("survival.empty", "observations", "there are no observations", {}, "at least one", {});
    if (!inside(confidence))
        issues.error("survival.bad_confidence", "confidence", "this is no confidence level", std::to_string(confidence),
                     "a number between 0 and 1", {});
    issues.throw_if_errors();
    points_ = curve_of(counts, normal_quantile(0.5 + confidence / 2));
}

kaplan_meier::kaplan_meier(std::span<double const> durations, std::span<std::uint8_t const> events,
                           std::span<double const> weights, double confidence)
    : kaplan_meier(counted(durations, events, weights), confidence) {}

double kaplan_meier::survival_at(double time) const noexcept {
    if (!(time >= 0)) return nan;
    survival_point const& end = points_.back();
    if (time > end.time) return end.survival == 0 ? 0 : nan;
    auto const later = [](double t, survival_point const& p) { return t < p.time; };
    auto const after = std::upper_bound(points_.begin(), points_.end(), time, later);
    return after == points_.begin() ? 1 : (after - 1)->survival;
}

std::optional<double> kaplan_meier::quantile(double share) const noexcept {
    if (!inside(share)) return std::nullopt;
    return first_at_most(points_, 1 - share, [](survival_point const& p) { return p.survival; });
}

std::optional<interval> kaplan_meier::quantile_interval(double share) const noexcept {
    if (!inside(share)) return std::nullopt;
    auto const low = first_at_most(points_, 1 - share, [](survival_point const& p) { return p.confidence.low; });
    auto const high = first_at_most(points_, 1 - share, [](survival_point const& p) { return p.confidence.high; });
    if (!low) return std::nullopt;
    return interval{*low, high.value_or(std::numeric_limits<double>::infinity())};
}

restricted_mean kaplan_meier::mean_until(double limit) const noexcept {
    survival_point const& end = points_.back();
    if (!(limit >= 0) || (limit > end.time && end.survival > 0)) return {nan, nan};
    // From the limit back, the area to the right of each event is at hand.
    double area = 0;
    double variance = 0;
    double right = limit;
    for (std::size_t i = points_.size(); i-- > 0;) {
        survival_point const& p = points_[i];
        if (p.time > limit) continue;
        area += p.survival * (right - p.time);
        right = p.time;
        double const rest = p.at_risk - p.events;
        if (p.events > 0 && rest > 0) variance += area * area * p.events / (p.at_risk * rest);
    }
    return {area + right, std::sqrt(variance)};
}

} // namespace v0
} // namespace segmenta
