// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gamma_gamma.hpp>

#include "model/gamma_functions.hpp"
#include "model/gamma_gamma_access.hpp"
#include "model/minimise.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using row = spend_statistics::row;
using array = Eigen::ArrayXd;

// Sums over customers of weight, and of weight times repeats, with: log(x m + v), its inverse, and that squared.
struct total_sums {
    double log = 0, x_log = 0;
    double inverse = 0, x_inverse = 0;
    double square = 0, x_square = 0;

    void merge(total_sums const& other) {
        log += other.log;
        x_log += other.x_log;
        inverse += other.inverse;
        x_inverse += other.x_inverse;
        square += other.square;
        x_square += other.x_square;
    }
};

// Of minus the mean log-likelihood
//   sum w [ log Gamma(p x + q) - log Gamma(p x) - log Gamma(q)
//           + q log v + p x log(x m) - (p x + q) log(x m + v) - log m ]
// by the logarithms of p, q, v. Gamma functions depend on x alone and are taken once for each x.
class likelihood {
public:
    likelihood(std::span<row const> rows, unsigned threads) : threads_(rows.size() < worth_threads ? 1 : threads) {
        auto const n = static_cast<Eigen::Index>(rows.size());
        total_.resize(n);
        weight_.resize(n);
        x_weight_.resize(n);
        for (Eigen::Index i = 0; i < n; ++i) {
            row const& r = rows[static_cast<std::size_t>(i)];
            total_[i] = r.repeats * r.mean;
            weight_[i] = r.weight;
            x_weight_[i] = r.weight * r.repeats;
            customers_ += r.weight;
            log_mean_ += r.weight * std::log(r.mean);
            x_log_total_ += x_weight_[i] * std::log(total_[i]);
            if (counts_.empty() || counts_.back().first != r.repeats) counts_.emplace_back(r.repeats, 0);
            counts_.back().second += r.weight;
        }
    }

    [[nodiscard]] double customers() const noexcept { return customers_; }

    double operator()(Eigen::VectorXd const& logs, Eigen::VectorXd& gradient) {
        evaluate(logs);
        gradient = gradient_;
        return value_;
    }
    Eigen::MatrixXd curvature(Eigen::VectorXd const& logs) {
        if (logs != at_) evaluate(logs);
        return curvature_;
    }

private:
    static constexpr std::size_t block_size = 4096;
    static constexpr std::size_t worth_threads = 65536;

    [[nodiscard]] total_sums sums_at(double v) const {
        auto const n = static_cast<std::size_t>(total_.size());
        std::size_t const blocks = (n + block_size - 1) / block_size;
        std::vector<total_sums> parts(blocks);
        parallel_for_blocks(threads_, blocks, [&](std::size_t block) {
            auto const from = static_cast<Eigen::Index>(block * block_size);
            auto const size = static_cast<Eigen::Index>(std::min(block_size, n - block * block_size));
            auto const w = weight_.segment(from, size);
            auto const xw = x_weight_.segment(from, size);
            array const sum = total_.segment(from, size) + v;
            array const log = sum.log();
            array const inverse = sum.inverse();
            array const square = inverse * inverse;
            parts[block] = {(w * log).sum(),      (xw * log).sum(),  (w * inverse).sum(),
                            (xw * inverse).sum(), (w * square).sum(), (xw * square).sum()};
        });
        total_sums out;
        for (total_sums const& part : parts)
            out.merge(part);
        return out;
    }

    void evaluate(Eigen::VectorXd const& logs) {
        double const p = std::exp(logs[0]);
        double const q = std::exp(logs[1]);
        double const v = std::exp(logs[2]);
        auto const sums = sums_at(v);
        double const n = customers_;
        double value = n * q * logs[2] + p * x_log_total_ - p * sums.x_log - q * sums.log - log_mean_;
        Eigen::Vector3d first(x_log_total_ - sums.x_log, n * logs[2] - sums.log,
                              n * q / v - p * sums.x_inverse - q * sums.inverse);
        Eigen::Matrix3d second = Eigen::Matrix3d::Zero();
        second(0, 2) = -sums.x_inverse;
        second(1, 2) = n / v - sums.inverse;
        second(2, 2) = -n * q / (v * v) + p * sums.x_square + q * sums.square;
        double const log_q = detail::log_gamma_function(q);
        double const first_q = detail::digamma_function(q);
        double const second_q = detail::trigamma_function(q);
        for (auto const& [x, w] : counts_) {
            double const px = p * x;
            double const slope = detail::digamma_function(px + q);
            double const bend = detail::trigamma_function(px + q);
            value += w * (detail::log_gamma_function(px + q) - detail::log_gamma_function(px) - log_q);
            first[0] += w * x * (slope - detail::digamma_function(px));
            first[1] += w * (slope - first_q);
            second(0, 0) += w * x * x * (bend - detail::trigamma_function(px));
            second(0, 1) += w * x * bend;
            second(1, 1) += w * (bend - second_q);
        }
        store(logs, value, first, second, Eigen::Vector3d(p, q, v));
    }

    void store(Eigen::VectorXd const& logs, double value, Eigen::Vector3d const& first, Eigen::Matrix3d const& second,
               Eigen::Vector3d const& parameters) {
        at_ = logs;
        value_ = -value / customers_;
        Eigen::Vector3d const scaled = -first.cwiseProduct(parameters) / customers_;
        gradient_ = scaled;
        Eigen::Matrix3d const full = second.selfadjointView<Eigen::Upper>();
        curvature_ = -(parameters.asDiagonal() * full * parameters.asDiagonal()) / customers_;
        curvature_ += scaled.asDiagonal();
    }

    unsigned threads_;
    array total_; // of all amounts of a customer
    array weight_;
    array x_weight_;
    std::vector<std::pair<double, double>> counts_; // x and weight
    double customers_ = 0;
    double log_mean_ = 0;
    double x_log_total_ = 0;
    Eigen::VectorXd at_;
    double value_ = 0;
    Eigen::VectorXd gradient_;
    Eigen::MatrixXd curvature_;
};

// Shapes of the size that shops have, and the v that gives the mean of the data.
Eigen::VectorXd first_guess(spend_statistics const& statistics) {
    double mean = 0;
    for (row const& r : statistics.rows())
        mean += r.weight * r.mean / statistics.customers();
    constexpr double p = 4;
    constexpr double q = 4;
    Eigen::VectorXd out(3);
    out << std::log(p), std::log(q), std::log(mean * (q - 1) / p);
    return out;
}

} // namespace

gamma_gamma fit_gamma_gamma(spend_statistics const& statistics, gamma_gamma_options const& options) {
    issue_list issues;
    if (statistics.rows().empty()) {
        issues.error("clv.too_few", "statistics", "no customer bought again: there are no amounts to learn from",
                     "0 repeat purchases", "at least one", "Observe longer");
    }
    if (options.start) {
        std::array const given{options.start->p, options.start->q, options.start->v};
        detail::check_positive(gamma_gamma_access::names, given, "start", issues);
    }
    issues.throw_if_errors();
    likelihood of(statistics.rows(), options.threads);
    Eigen::VectorXd start = first_guess(statistics);
    if (options.start) start << std::log(options.start->p), std::log(options.start->q), std::log(options.start->v);
    auto const found = detail::minimise([&](Eigen::VectorXd const& x, Eigen::VectorXd& g) { return of(x, g); }, start,
                                        {}, [&](Eigen::VectorXd const& x) { return of.curvature(x); });
    std::array<std::string, 3> names;
    std::copy(gamma_gamma_access::names.begin(), gamma_gamma_access::names.end(), names.begin());
    auto judged = detail::judge_fit(found, names, of.customers());
    return gamma_gamma_access::make({std::move(judged.parameters), std::move(judged.diagnostics)},
                                    statistics.correlation(), options.correlation_limit);
}

gamma_gamma fit_gamma_gamma(purchase_summary const& summary, gamma_gamma_options const& options) {
    spend_statistics statistics;
    statistics.add(summary);
    return fit_gamma_gamma(statistics, options);
}

} // namespace v0
} // namespace segmenta
