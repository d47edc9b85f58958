// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/nbd.hpp>

#include "model/minimise.hpp"
#include "model/repeat_document.hpp"
#include "model/repeat_functions.hpp"
#include "model/repeat_kernels.hpp"
#include "model/repeat_sums.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using namespace detail;

constexpr std::string_view model_name = "nbd";
constexpr std::array<std::string_view, 2> names{"r", "alpha"};
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// The mean negative log-likelihood and its derivatives by log r and log alpha.
class nbd_objective {
public:
    nbd_objective(purchase_statistics const& data, nbd_options const& options)
        : data_(data), team_(options.threads), level_(usable_cpu_level(options.level)),
          more_than_(customers_with_more(data)), bought_(data.repeaters().repeats) {
        for (std::size_t i = 0; i < bought_.size(); ++i)
            bought_[i] *= data.repeaters().weight(i);
    }

    double operator()(Eigen::VectorXd const& logs, Eigen::VectorXd& gradient) {
        look(logs);
        gradient = gradient_;
        return value_;
    }
    Eigen::MatrixXd curvature(Eigen::VectorXd const& logs) {
        look(logs);
        return curvature_;
    }

private:
    using column = purchase_statistics::column;

    single_sums sum(column const& ages, column const& weights, double alpha) {
        auto const& kernels = repeat_kernels_for(level_);
        return sum_blocks<single_sums>(team_, ages.size(),
                                       [&](std::size_t begin, std::size_t end, single_sums& part) {
                                           double const* const w = weights.empty() ? nullptr : weights.data() + begin;
                                           kernels.sum_single(ages.data() + begin, w, end - begin, alpha, part);
                                       });
    }

    void look(Eigen::VectorXd const& logs) {
        if (at_.size() == 2 && at_ == logs) return;
        double const r = std::exp(logs[0]);
        double const alpha = std::exp(logs[1]);
        // -(r + x) log(alpha + T): customers weigh r, and their purchases 1 each.
        single_sums customers = sum(data_.singles().ages, data_.singles().weights, alpha);
        customers.add(sum(data_.repeaters().ages, data_.repeaters().weights, alpha));
        single_sums const purchases = sum(data_.repeaters().ages, bought_, alpha);
        auto const rising = sum_rising(data_, more_than_, r, 1);
        double const n = data_.customers();
        double const log_alpha = std::log(alpha);
        double const by_r = rising.slope + n * log_alpha - customers.log;
        double const by_alpha = n * r / alpha - r * customers.inverse - purchases.inverse;
        double const r_alpha = n / alpha - customers.inverse;
        double const alpha_alpha = -n * r / (alpha * alpha) + r * customers.square + purchases.square;
        double const scale = -1 / n;
        at_ = logs;
        value_ = scale * (rising.value + n * r * log_alpha - r * customers.log - purchases.log);
        gradient_.resize(2);
        gradient_ << scale * r * by_r, scale * alpha * by_alpha;
        curvature_.resize(2, 2);
        curvature_ << scale * r * r * rising.curve + gradient_[0], scale * r * alpha * r_alpha,
            scale * r * alpha * r_alpha, scale * alpha * alpha * alpha_alpha + gradient_[1];
    }

    purchase_statistics const& data_;
    thread_team team_;
    cpu_level level_;
    std::vector<double> more_than_;
    purchase_statistics::column bought_; // weight times repeat purchases
    Eigen::VectorXd at_;
    double value_ = 0;
    Eigen::VectorXd gradient_;
    Eigen::MatrixXd curvature_;
};

} // namespace

nbd::nbd(nbd_parameters const& parameters, model_time_unit unit) : p_(parameters), unit_(unit) {
    auto document = given_parameters(unit, {{"r", parameters.r}, {"alpha", parameters.alpha}});
    parameters_ = std::move(document.parameters);
    diagnostics_ = std::move(document.diagnostics);
}

nbd::nbd(std::vector<parameter_estimate> parameters, fit_diagnostics diagnostics, model_time_unit unit)
    : parameters_(std::move(parameters)), diagnostics_(std::move(diagnostics)),
      p_{parameters_.at(0).value, parameters_.at(1).value}, unit_(unit) {}

double nbd::probability_alive(repeat_purchases const& c) const noexcept { return is_customer(c) ? 1 : nan; }

double nbd::expected_transactions(horizon time) const noexcept {
    return time.value >= 0 ? p_.r / p_.alpha * time.value : nan;
}

double nbd::conditional_expected_transactions(repeat_purchases const& c, horizon time) const noexcept {
    if (!is_customer(c) || !(time.value >= 0)) return nan;
    return (p_.r + c.repeats.value) / (p_.alpha + c.age.value) * time.value;
}

double nbd::probability_of(repeat_count count, horizon time) const noexcept {
    double const n = count.value;
    if (!(n >= 0 && n < infinity) || n != std::floor(n) || !(time.value >= 0 && time.value < infinity)) return nan;
    return count_probability(p_.r, p_.alpha, time.value, n);
}

double nbd::time_to_next(repeat_purchases const& c, double quantile) const noexcept {
    if (!is_customer(c) || !(quantile >= 0 && quantile < 1)) return nan;
    return (p_.alpha + c.age.value) * std::expm1(-std::log1p(-quantile) / (p_.r + c.repeats.value));
}

double nbd::log_likelihood(repeat_purchases const& c) const noexcept {
    if (!is_customer(c)) return nan;
    double const x = c.repeats.value;
    return log_rising(p_.r, x) + p_.r * std::log(p_.alpha) - (p_.r + x) * std::log(p_.alpha + c.age.value);
}

void nbd::conditional_expected_transactions(purchase_summary const& s, horizon time, std::span<double> out) const {
    check_scores(s, unit_, out.size());
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = conditional_expected_transactions(customer_of(s, i), time);
}

std::vector<double> nbd::tracking_curve(std::span<double const> births, std::span<double const> times) const {
    std::vector<double> out;
    for (double const time : times) {
        double sum = 0;
        for (double const birth : births)
            if (birth < time) sum += expected_transactions(horizon(time - birth));
        out.push_back(sum);
    }
    return out;
}

std::string nbd::to_json() const {
    return write_model_document(model_name, 1, write_repeat_document({unit_, parameters_, diagnostics_}));
}

nbd nbd::from_json(std::string_view text) {
    auto const fields = read_model_document(text, model_name, 1);
    issue_list issues;
    auto document = read_repeat_document(fields, names, issues);
    issues.throw_if_errors();
    return {std::move(document.parameters), std::move(document.diagnostics), document.unit};
}

nbd fit_nbd(purchase_statistics const& data, nbd_options const& options) {
    check_statistics(data);
    if (data.repeats() == 0)
        throw issue_error("clv.too_few", "statistics",
                          "no customer bought again: there is nothing to learn about rates", "0",
                          "at least one customer with a repeat purchase", "Observe longer");
    nbd_objective objective(data, options);
    smooth_function const value = [&](Eigen::VectorXd const& x, Eigen::VectorXd& gradient) {
        return objective(x, gradient);
    };
    curvature_function const curvature = [&](Eigen::VectorXd const& x) { return objective.curvature(x); };
    Eigen::VectorXd start(2);
    start << 0, std::log(plain_alpha(data, 1));
    auto const found = minimise(value, start, {}, curvature);
    std::array<std::string, 2> const wanted{"r", "alpha"};
    auto judged = judge_fit(found, wanted, data.customers());
    return {std::move(judged.parameters), std::move(judged.diagnostics), data.time_unit()};
}

nbd fit_nbd(purchase_summary const& customers, nbd_options const& options) {
    purchase_statistics statistics;
    statistics.add(customers, options.threads);
    return fit_nbd(statistics, options);
}

} // namespace v0
} // namespace segmenta
