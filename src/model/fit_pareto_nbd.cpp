// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/pareto_nbd.hpp>

#include "model/minimise.hpp"
#include "model/pareto_access.hpp"
#include "model/pareto_kernels.hpp"
#include "model/gamma_functions.hpp"

#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

using row = distinct_purchases::row;
using vector4 = Eigen::Vector4d;
using matrix4 = Eigen::Matrix4d;

// A sum over customers: log-likelihood, gradient and second derivatives by r, alpha, s, beta.
struct derivatives {
    double value = 0;
    vector4 first = vector4::Zero();
    matrix4 second = matrix4::Zero(); // upper triangle

    void merge(derivatives const& other) {
        value += other.value;
        first += other.first;
        second += other.second;
    }
};

// Everything but the gamma functions of x, which depend on x alone and are summed apart.
void add_customer(detail::pareto_parameters const& p, row const& c, cpu_level level, derivatives& out) {
    using namespace detail::pareto_moment;
    auto const integral = detail::integrate_pareto(p, c.repeats, c.last, c.age, level);
    auto const& m = integral.moment;
    double const k = p.r + c.repeats;
    double const at = 1 / (p.alpha + c.age);
    double const bt = 1 / (p.beta + c.age);
    double const log_a = std::log1p(c.age / p.alpha);
    double const log_b = std::log1p(c.age / p.beta);
    double const w = c.weight;

    // The part of who is alive: r log alpha + s log beta - k log(alpha + T) - s log(beta + T).
    out.value += w * (-p.r * log_a + c.repeats * std::log(at) - p.s * log_b + integral.log_alive_odds);
    vector4 first(-log_a, p.r / p.alpha - k * at, -log_b, p.s / p.beta - p.s * bt);
    matrix4 second = matrix4::Zero();
    second(0, 1) = 1 / p.alpha - at;
    second(1, 1) = -p.r / (p.alpha * p.alpha) + k * at * at;
    second(2, 3) = 1 / p.beta - bt;
    second(3, 3) = -p.s / (p.beta * p.beta) + p.s * bt * bt;

    // The logarithm of 1 + left / alive. A node's own logarithm has the gradient g below and the second derivatives h;
    // the sum has E g and E (g g' + h) - E g E g', with E over the moments.
    double const d = m[left];
    double const ks = p.s + 1;
    vector4 const g(-m[A], -k * m[a], d / p.s - m[B], -ks * m[b] - bt * d);
    matrix4 gg = matrix4::Zero();
    gg(0, 0) = m[AA];
    gg(0, 1) = k * m[Aa];
    gg(0, 2) = -m[A] / p.s + m[AB];
    gg(0, 3) = ks * m[Ab] + bt * m[A];
    gg(1, 1) = k * k * m[aa];
    gg(1, 2) = -k * (m[a] / p.s - m[aB]);
    gg(1, 3) = k * (ks * m[ab] + bt * m[a]);
    gg(2, 2) = d / (p.s * p.s) - 2 * m[B] / p.s + m[BB];
    gg(2, 3) = -(ks * m[b] + bt * d) / p.s + ks * m[Bb] + bt * m[B];
    gg(3, 3) = ks * ks * m[bb] + 2 * ks * bt * m[b] + bt * bt * d;
    matrix4 h = matrix4::Zero();
    h(0, 1) = -m[a];
    h(1, 1) = k * (m[aa] + 2 * at * m[a]);
    h(2, 2) = -d / (p.s * p.s);
    h(2, 3) = -m[b];
    h(3, 3) = ks * (m[bb] + 2 * bt * m[b]) + bt * bt * d;
    first += g;
    second += gg + h - g * g.transpose();
    out.first += w * first;
    out.second += w * second;
}

class likelihood {
public:
    likelihood(std::vector<row> rows, thread_team& team, cpu_level level)
        : rows_(std::move(rows)), team_(team), level_(level),
          counts_(counts_of(rows_)) {
        for (row const& r : rows_)
            weight_ += r.weight;
    }

    [[nodiscard]] double weight() const noexcept { return weight_; }

    // Of minus the mean log-likelihood, by the logarithms of the parameters.
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
    static constexpr std::size_t block_size = 256;

    static detail::rising_factorials counts_of(std::vector<row> const& rows) {
        std::vector<std::pair<double, double>> out;
        for (row const& r : rows) {
            if (out.empty() || out.back().first != r.repeats) out.emplace_back(r.repeats, 0);
            out.back().second += r.weight;
        }
        return detail::rising_factorials(out);
    }

    void evaluate(Eigen::VectorXd const& logs) {
        detail::pareto_parameters const p{std::exp(logs[0]), std::exp(logs[1]), std::exp(logs[2]), std::exp(logs[3])};
        std::size_t const blocks = (rows_.size() + block_size - 1) / block_size;
        std::vector<derivatives> parts(blocks);
        team_.for_blocks(blocks, [&](std::size_t block) {
            std::size_t const end = std::min(rows_.size(), (block + 1) * block_size);
            derivatives part;
            for (std::size_t i = block * block_size; i < end; ++i)
                add_customer(p, rows_[i], level_, part);
            parts[block] = part;
        });
        derivatives sum;
        for (derivatives const& part : parts)
            sum.merge(part);
        auto const counts = counts_.at(p.r);
        sum.value += counts.sum;
        sum.first[0] += counts.first;
        sum.second(0, 0) += counts.second;
        store(logs, sum, vector4(p.r, p.alpha, p.s, p.beta));
    }

    void store(Eigen::VectorXd const& logs, derivatives const& sum, vector4 const& p) {
        at_ = logs;
        value_ = -sum.value / weight_;
        vector4 const scaled = -sum.first.cwiseProduct(p) / weight_;
        gradient_ = scaled;
        matrix4 const full = sum.second.selfadjointView<Eigen::Upper>();
        curvature_ = -(p.asDiagonal() * full * p.asDiagonal()) / weight_;
        curvature_ += scaled.asDiagonal();
    }

    std::vector<row> rows_;
    thread_team& team_;
    cpu_level level_;
    detail::rising_factorials counts_;
    double weight_ = 0;
    Eigen::VectorXd at_;
    double value_ = 0;
    Eigen::VectorXd gradient_;
    Eigen::MatrixXd curvature_;
};

detail::minimum search(likelihood& of, Eigen::VectorXd const& start) {
    return detail::minimise([&](Eigen::VectorXd const& x, Eigen::VectorXd& g) { return of(x, g); }, start, {},
                            [&](Eigen::VectorXd const& x) { return of.curvature(x); });
}

// Shapes of 1/2, and rates that give the mean number of purchases and a stay of about the mean age.
Eigen::VectorXd first_guess(std::span<row const> rows) {
    double weight = 0;
    double purchases = 0;
    double age = 0;
    for (row const& r : rows) {
        weight += r.weight;
        purchases += r.weight * r.repeats;
        age += r.weight * r.age;
    }
    Eigen::VectorXd out(4);
    double const shape = 0.5;
    double const mean_age = age / weight;
    out << std::log(shape), std::log(shape * age / purchases), std::log(shape), std::log(mean_age * shape);
    return out;
}

Eigen::VectorXd logs_of(pareto_nbd_parameters const& p) {
    Eigen::VectorXd out(4);
    out << std::log(p.r), std::log(p.alpha), std::log(p.s), std::log(p.beta);
    return out;
}

// Many customers: a search over some of them finds nearly the place, and two or three steps over all end it.
std::vector<row> sample_of(std::span<row const> rows) {
    constexpr std::size_t enough = 4096;
    std::size_t const stride = rows.size() / enough;
    if (stride < 4) return {};
    std::vector<row> out;
    for (std::size_t i = stride / 2; i < rows.size(); i += stride)
        out.push_back(rows[i]);
    return out;
}

void check_start(pareto_nbd_options const& options, issue_list& issues) {
    if (!options.start) return;
    std::array const given{options.start->r, options.start->alpha, options.start->s, options.start->beta};
    detail::check_positive(pareto_nbd_access::names, given, "start", issues);
}

void check_statistics(distinct_purchases const& statistics, issue_list& issues) {
    auto const rows = statistics.rows();
    if (rows.empty()) {
        issues.error("clv.empty", "statistics", "there are no customers", {}, "at least one", {});
    } else if (rows.back().repeats == 0) { // in ascending order
        issues.error("clv.too_few", "statistics", "no customer bought again: there is nothing to learn about rates",
                     "0 repeat purchases", "at least one", "Observe longer");
    }
}

} // namespace

pareto_nbd fit_pareto_nbd(distinct_purchases const& statistics, pareto_nbd_options const& options) {
    issue_list issues;
    check_statistics(statistics, issues);
    check_start(options, issues);
    issues.throw_if_errors();
    auto const rows = statistics.rows();
    cpu_level const level = usable_cpu_level(options.level);
    Eigen::VectorXd start = options.start ? logs_of(*options.start) : first_guess(rows);
    thread_team team(options.threads);
    auto const some = sample_of(rows);
    if (!options.start && !some.empty()) {
        likelihood sample(some, team, level);
        auto const found = search(sample, start);
        if (found.converged && !found.ran_away) start = found.x;
    }
    likelihood all({rows.begin(), rows.end()}, team, level);
    auto const found = search(all, start);
    std::array<std::string, 4> names;
    std::copy(pareto_nbd_access::names.begin(), pareto_nbd_access::names.end(), names.begin());
    auto judged = detail::judge_fit(found, names, all.weight());
    return pareto_nbd_access::make({std::move(judged.parameters), std::move(judged.diagnostics)},
                                   statistics.time_unit(), level);
}

pareto_nbd fit_pareto_nbd(purchase_summary const& summary, pareto_nbd_options const& options) {
    distinct_purchases statistics(summary.unit);
    statistics.add(summary, options.threads);
    return fit_pareto_nbd(statistics, options);
}

} // namespace v0
} // namespace segmenta
