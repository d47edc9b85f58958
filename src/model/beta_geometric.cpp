// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/beta_geometric.hpp>

#include "model/beta_geometric_fit.hpp"
#include "model/repeat_document.hpp"
#include "model/repeat_functions.hpp"
#include "model/repeat_standing.hpp"
#include "model/repeat_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using namespace detail;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr std::array<std::string_view, 4> names{"r", "alpha", "a", "b"};

beta_geometric_parameters values_of(std::vector<parameter_estimate> const& p) {
    return {p[0].value, p[1].value, p[2].value, p[3].value};
}

beta_geometric_state given(beta_geometric_parameters const& p, model_time_unit unit, unsigned regularity) {
    if (regularity < 1 || regularity > largest_regularity) {
        throw issue_error("clv.bad_parameter", "regularity", "this k is out of range", std::to_string(regularity),
                          "1 to " + std::to_string(largest_regularity), {});
    }
    auto document = given_parameters(unit, {{"r", p.r}, {"alpha", p.alpha}, {"a", p.a}, {"b", p.b}});
    return {unit, regularity, std::move(document.parameters), std::move(document.diagnostics)};
}

// Mean of f(future after j steps) over the steps j done since the last purchase.
template <class Function>
double over_steps(standing const& now, repeat_future ahead, Function&& f) noexcept {
    double sum = 0;
    for (unsigned done = 0; done < now.steps(); ++done) {
        ahead.shape = now.shape() + done;
        ahead.done = done;
        if (now.share(done) > 0) sum += now.share(done) * f(ahead);
    }
    return sum;
}

repeat_future ahead_of(beta_geometric_parameters const& p, bool first_drops, standing const& now, double x) noexcept {
    return {now.shape(), now.age(), p.a, p.b + x + (first_drops ? 1 : 0), now.steps(), 0};
}

} // namespace

beta_geometric::beta_geometric(std::string_view model, bool first_drops, beta_geometric_state state)
    : model_(model), first_drops_(first_drops), p_(values_of(state.parameters)), state_(std::move(state)) {}

beta_geometric::beta_geometric(std::string_view model, bool first_drops, beta_geometric_parameters const& parameters,
                               model_time_unit unit, unsigned regularity)
    : beta_geometric(model, first_drops, given(parameters, unit, regularity)) {}

double beta_geometric::probability_alive(repeat_purchases const& c) const noexcept {
    if (!is_customer(c)) return nan;
    return standing(p_, first_drops_, regularity(), c).alive();
}

double beta_geometric::probability_alive(repeat_purchases const& c, horizon after) const noexcept {
    if (!is_customer(c) || !(after.value >= 0)) return nan;
    standing const now(p_, first_drops_, regularity(), c);
    auto const ahead = ahead_of(p_, first_drops_, now, c.repeats.value);
    return now.alive() * over_steps(now, ahead, [&](repeat_future const& f) { return chance_to_stay(f, after.value); });
}

double beta_geometric::expected_transactions(horizon time) const noexcept {
    double const stays = first_drops_ ? p_.b / (p_.a + p_.b) : 1;
    double const b = p_.b + (first_drops_ ? 1 : 0);
    return stays * expected_purchases({p_.r, p_.alpha, p_.a, b, regularity(), 0}, time.value);
}

double beta_geometric::conditional_expected_transactions(repeat_purchases const& c, horizon time) const noexcept {
    if (!is_customer(c) || !(time.value >= 0)) return nan;
    standing const now(p_, first_drops_, regularity(), c);
    if (now.alive() == 0) return 0; // also for all time to come
    auto const ahead = ahead_of(p_, first_drops_, now, c.repeats.value);
    return now.alive() *
           over_steps(now, ahead, [&](repeat_future const& f) { return expected_purchases(f, time.value); });
}

double beta_geometric::probability_of(repeat_count count, horizon time) const noexcept {
    double const n = count.value;
    double const t = time.value;
    if (!(n >= 0 && n < infinity) || n != std::floor(n) || !(t >= 0 && t < infinity)) return nan;
    double const k = regularity();
    double const chances = n + (first_drops_ ? 1 : 0); // to leave, up to and with the last purchase
    double exactly = 0;
    for (double step = 0; step < k; ++step)
        exactly += count_probability(p_.r, p_.alpha, t, n * k + step);
    double const stayed = std::exp(log_beta_ratio(p_.a, p_.b, chances)) * exactly;
    if (chances == 0) return stayed;
    double const left = std::exp(log_beta_ratio(p_.a, p_.b, chances - 1)) * p_.a / (p_.a + p_.b + chances - 1);
    return stayed + left * count_at_least(p_.r, p_.alpha, t, n * k);
}

double beta_geometric::time_to_next(repeat_purchases const& c, double quantile) const noexcept {
    if (!is_customer(c) || !(quantile >= 0 && quantile < 1)) return nan;
    standing const now(p_, first_drops_, regularity(), c);
    // The rate given the history and life is Gamma(shape, age): a Lomax time for one step.
    if (now.steps() == 1) return now.age() * std::expm1(-std::log1p(-quantile) / now.shape());
    if (quantile == 0) return 0;
    // In several steps, which are done in part: P(time <= t) rises with t; bisection in its logarithm.
    auto const reached = [&](double t) {
        return over_steps(now, ahead_of(p_, first_drops_, now, c.repeats.value), [&](repeat_future const& f) {
            return count_at_least(f.shape, f.age, t, f.steps - f.done);
        });
    };
    double low = std::log(now.age()) - 50;
    double high = std::log(now.age()) + 650;
    if (reached(std::exp(high)) < quantile) return infinity;
    for (int i = 0; i < 100 && high - low > 1e-14 * std::max(1.0, std::abs(high)); ++i) {
        double const middle = low + (high - low) / 2;
        (reached(std::exp(middle)) < quantile ? low : high) = middle;
    }
    return std::exp(high);
}

double beta_geometric::mean_time_to_next(repeat_purchases const& c) const noexcept {
    if (!is_customer(c)) return nan;
    standing const now(p_, first_drops_, regularity(), c);
    if (now.shape() <= 1) return infinity;
    return over_steps(now, ahead_of(p_, first_drops_, now, c.repeats.value),
                      [&](repeat_future const& f) { return (f.steps - f.done) * f.age / (f.shape - 1); });
}

std::optional<civil_date> beta_geometric::next_purchase_day(civil_date observation_end, repeat_purchases const& c,
                                                            double quantile) const noexcept {
    double const days = std::ceil(time_to_next(c, quantile) * days_in(time_unit()));
    if (!(days >= 0 && days <= 365'250)) return std::nullopt;
    return observation_end + static_cast<std::int32_t>(days);
}

double beta_geometric::log_likelihood(repeat_purchases const& c, double log_times) const noexcept {
    if (!is_customer(c)) return nan;
    double const x = c.repeats.value;
    double const k = regularity();
    standing const now(p_, first_drops_, regularity(), c);
    double const timed = k > 1 ? (k - 1) * log_times - x * log_rising(1, k - 1) : 0;
    return log_rising(p_.r, k * x) + p_.r * std::log(p_.alpha) + timed +
           log_beta_ratio(p_.a, p_.b, x + (first_drops_ ? 1 : 0)) + now.log_weight(p_.a);
}

std::vector<double> beta_geometric::tracking_curve(std::span<double const> births,
                                                   std::span<double const> times) const {
    std::map<double, double> cohorts;
    for (double const birth : births)
        ++cohorts[birth];
    std::vector<double> out;
    for (double const time : times) {
        double sum = 0;
        for (auto const& [birth, customers] : cohorts)
            if (birth < time) sum += customers * expected_transactions(horizon(time - birth));
        out.push_back(sum);
    }
    return out;
}

std::string beta_geometric::to_json() const {
    auto fields = write_repeat_document({state_.unit, state_.parameters, state_.diagnostics});
    fields["regularity"] = state_.regularity;
    return write_model_document(model_, 1, std::move(fields));
}

beta_geometric_state beta_geometric::read(std::string_view model, std::string_view text) {
    auto const fields = read_model_document(text, model, 1);
    issue_list issues;
    auto document = read_repeat_document(fields, names, issues);
    auto const regularity = model_reader(fields, issues).count("regularity");
    bool const fixed = !model.ends_with("_k");
    if (issues.empty() && (regularity < 1 || regularity > (fixed ? 1 : largest_regularity))) {
        issues.error("model.bad_field", "/regularity", "this k is out of range", std::to_string(regularity),
                     fixed ? "1" : "1 to " + std::to_string(largest_regularity), {});
    }
    issues.throw_if_errors();
    return {document.unit, static_cast<unsigned>(regularity), std::move(document.parameters),
            std::move(document.diagnostics)};
}

} // namespace v0
} // namespace segmenta
