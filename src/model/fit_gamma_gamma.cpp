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
#include <array>
#include <atomic>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using row = spend_statistics::row;

constexpr std::size_t block_rows = 4096;

std::size_t blocks_of(std::span<row const> rows) { return (rows.size() + block_rows - 1) / block_rows; }

// Calls work(block, rows of it).
template <class Work>
void in_blocks(thread_team& team, std::span<row const> rows, Work&& work) {
    team.for_blocks(blocks_of(rows), [&](std::size_t block) {
        std::size_t const from = block * block_rows;
        work(block, rows.subspan(from, std::min(block_rows, rows.size() - from)));
    });
}

// Of minus the mean log-likelihood
//   sum w [ log Gamma(p x + q) - log Gamma(p x) - log Gamma(q)
//           + q log v + p x log(x m) - (p x + q) log(x m + v) - log m ]
// by the logarithms of p, q, v. Gamma functions depend on x alone and are taken once for each x.
class likelihood {
public:
    likelihood(std::span<row const> rows, thread_team& team)
        : team_(team), kernel_(detail::spend_kernel_for(detect_cpu_level())), rows_(rows) {
        count_purchases();
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
    using counts = std::vector<std::pair<double, double>>; // x and weight, in ascending order of x

    // What the kernel reads of a few rows: made anew each time in the nearest cache, which costs less than keeping it.
    struct columns {
        static constexpr std::size_t size = 512;
        std::array<double, size> total; // of all amounts of a customer
        std::array<double, size> weight;
        std::array<double, size> x_weight;

        detail::spend_rows fill(std::span<row const> rows) noexcept {
            for (std::size_t i = 0; i < rows.size(); ++i) {
                total[i] = rows[i].repeats * rows[i].mean;
                weight[i] = rows[i].weight;
                x_weight[i] = rows[i].weight * rows[i].repeats;
            }
            return {total.data(), weight.data(), x_weight.data(), rows.size()};
        }
    };

    static void count(counts& to, double x, double weight) {
        if (to.empty() || to.back().first != x) to.emplace_back(x, 0);
        to.back().second += weight;
    }

    void count_purchases() {
        std::vector<counts> parts(blocks_of(rows_));
        in_blocks(team_, rows_, [&](std::size_t block, std::span<row const> some) {
            for (std::size_t i = 0; i < some.size();) {
                double const x = some[i].repeats;
                double weight = 0;
                for (; i < some.size() && some[i].repeats == x; ++i)
                    weight += some[i].weight;
                parts[block].emplace_back(x, weight);
            }
        });
        for (counts const& part : parts)
            for (auto const& [x, w] : part)
                count(counts_, x, w);
    }

    [[nodiscard]] detail::spend_sums sums_at(double v) const {
        std::vector<detail::spend_sums> parts(blocks_of(rows_));
        in_blocks(team_, rows_, [&](std::size_t block, std::span<row const> some) {
            columns room;
            for (std::size_t from = 0; from < some.size(); from += columns::size) {
                detail::spend_sums sums;
                kernel_(room.fill(some.subspan(from, std::min(columns::size, some.size() - from))), v, sums);
                parts[block].add(sums);
            }
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

    thread_team& team_;
    detail::spend_kernel kernel_;
    std::span<row const> rows_; // in ascending order of x
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
void check_totals(spend_statistics const& statistics, thread_team& team, issue_list& issues) {
    constexpr double least = 1e-290;
    constexpr double most = 1e290;
    auto const right = [](row const& r) { return r.mean >= least && r.repeats * r.mean <= most; };
    auto const rows = statistics.rows();
    std::atomic<bool> all_right = true;
    in_blocks(team, rows, [&](std::size_t, std::span<row const> some) {
        if (!std::all_of(some.begin(), some.end(), right)) all_right = false;
    });
    if (all_right) return;
    auto const found = std::find_if_not(rows.begin(), rows.end(), right);
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
    thread_team team(options.threads);
    check_totals(statistics, team, issues);
    if (options.start) {
        std::array const given{options.start->p, options.start->q, options.start->v};
        detail::check_positive(gamma_gamma_access::names, given, "start", issues);
    }
    issues.throw_if_errors();
    likelihood of(statistics.rows(), team);
    detail::spend_moments const moments(statistics.rows(), statistics.customers(), team);
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
