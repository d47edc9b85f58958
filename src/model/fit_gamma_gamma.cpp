// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gamma_gamma.hpp>

#include "evaluate/csv_text.hpp"
#include "model/gamma_functions.hpp"
#include "model/gamma_gamma_access.hpp"
#include "model/minimise.hpp"
#include "model/spend_kernels.hpp"
#include "model/spend_moments.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/model/purchase_statistics.hpp>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using row = spend_statistics::row;

// Of minus the mean log-likelihood
//   sum w [ log Gamma(p x + q) - log Gamma(p x) - log Gamma(q)
//           + q log v + p x log(x m) - (p x + q) log(x m + v) - log m ]
// by the logarithms of p, q, v. Gamma functions depend on x alone and are taken once for each x.
class likelihood {
public:
    static constexpr std::size_t worth_threads = 32768;

    likelihood(std::span<row const> rows, unsigned threads)
        : threads_(rows.size() < worth_threads ? 1 : threads), kernel_(detail::spend_kernel_for(detect_cpu_level())),
          total_(rows.size()), weight_(rows.size()), x_weight_(rows.size()) {
        fill(rows);
        // What does not hang on the parameters, from the logarithms of totals alone.
        auto const logs = sums_at(0);
        x_log_total_ = logs.x_log;
        log_mean_ = logs.log;
        for (auto const& [x, w] : counts_) {
            customers_ += w;
            log_mean_ -= w * std::log(x);
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
    using counts = std::vector<std::pair<double, double>>; // x and weight, in ascending order of x

    template <class Work>
    void in_blocks(Work&& work) const {
        std::size_t const n = total_.size();
        parallel_for_blocks(threads_, (n + block_size - 1) / block_size, [&](std::size_t block) {
            std::size_t const from = block * block_size;
            work(block, from, std::min(block_size, n - from));
        });
    }

    static void count(counts& to, double x, double weight) {
        if (to.empty() || to.back().first != x) to.emplace_back(x, 0);
        to.back().second += weight;
    }

    void fill(std::span<row const> rows) {
        std::vector<counts> parts((rows.size() + block_size - 1) / block_size);
        in_blocks([&](std::size_t block, std::size_t from, std::size_t size) {
            for (std::size_t i = from; i < from + size; ++i) {
                row const& r = rows[i];
                total_[i] = r.repeats * r.mean;
                weight_[i] = r.weight;
                x_weight_[i] = r.weight * r.repeats;
                count(parts[block], r.repeats, r.weight);
            }
        });
        for (counts const& part : parts)
            for (auto const& [x, w] : part)
                count(counts_, x, w);
    }

    [[nodiscard]] detail::spend_sums sums_at(double v) const {
        std::vector<detail::spend_sums> parts((total_.size() + block_size - 1) / block_size);
        in_blocks([&](std::size_t block, std::size_t from, std::size_t size) {
            kernel_({total_.data() + from, weight_.data() + from, x_weight_.data() + from, size}, v, parts[block]);
        });
        detail::spend_sums out;
        for (detail::spend_sums const& part : parts)
            out.add(part);
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
    detail::spend_kernel kernel_;
    using column = std::vector<double, detail::unset_allocator<double>>;
    column total_; // of all amounts of a customer
    column weight_;
    column x_weight_;
    counts counts_;
    double customers_ = 0;
    double log_mean_ = 0;
    double x_log_total_ = 0;
    Eigen::VectorXd at_;
    double value_ = 0;
    Eigen::VectorXd gradient_;
    Eigen::MatrixXd curvature_;
};

// Amounts so small or large that their sums, times parameters, could leave what a double holds.
void check_totals(spend_statistics const& statistics, issue_list& issues) {
    constexpr double least = 1e-290;
    constexpr double most = 1e290;
    auto const wrong = [](row const& r) { return !(r.mean >= least && r.repeats * r.mean <= most); };
    auto const rows = statistics.rows();
    auto const found = std::find_if(rows.begin(), rows.end(), wrong);
    if (found == rows.end()) return;
    issues.error("clv.bad_spend", "statistics", "an amount is too small or too large to calculate with",
                 detail::csv_number(found->mean) + " with " + detail::csv_number(found->repeats) + " repeat purchases",
                 "means from 1e-290, totals up to 1e290", "Count amounts in another unit of money");
}

// Shapes of the size that shops have, and the v that gives the mean of the data.
Eigen::VectorXd first_guess(double mean) {
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
    check_totals(statistics, issues);
    if (options.start) {
        std::array const given{options.start->p, options.start->q, options.start->v};
        detail::check_positive(gamma_gamma_access::names, given, "start", issues);
    }
    issues.throw_if_errors();
    likelihood of(statistics.rows(), options.threads);
    unsigned const threads = statistics.rows().size() < likelihood::worth_threads ? 1 : options.threads;
    detail::spend_moments const moments(statistics.rows(), statistics.customers(), threads);
    Eigen::VectorXd start = first_guess(moments.mean_amount());
    if (options.start) start << std::log(options.start->p), std::log(options.start->q), std::log(options.start->v);
    auto const found = detail::minimise([&](Eigen::VectorXd const& x, Eigen::VectorXd& g) { return of(x, g); }, start,
                                        {}, [&](Eigen::VectorXd const& x) { return of.curvature(x); });
    std::array<std::string, 3> names;
    std::copy(gamma_gamma_access::names.begin(), gamma_gamma_access::names.end(), names.begin());
    auto judged = detail::judge_fit(found, names, of.customers());
    return gamma_gamma_access::make({std::move(judged.parameters), std::move(judged.diagnostics)},
                                    moments.correlation(), options.correlation_limit);
}

gamma_gamma fit_gamma_gamma(purchase_summary const& summary, gamma_gamma_options const& options) {
    spend_statistics statistics;
    statistics.add(summary, options.threads);
    return fit_gamma_gamma(statistics, options);
}

} // namespace v0
} // namespace segmenta
