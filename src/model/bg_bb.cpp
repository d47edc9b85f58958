// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/bg_bb.hpp>

#include "model/fit_document.hpp"
#include "model/gamma_functions.hpp"
#include "model/minimise.hpp"
#include "model/repeat_sums.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <vector>

namespace segmenta {
inline namespace v0 {

// Makes fitted models; only the fit and the reader of documents know how.
class bg_bb_access {
public:
    static constexpr std::array<std::string_view, 4> names{"alpha", "beta", "gamma", "delta"};

    static bg_bb make(detail::stored_fit fit, model_time_unit unit) {
        bg_bb out;
        auto const& p = fit.parameters;
        out.values_ = {p[0].value, p[1].value, p[2].value, p[3].value};
        out.unit_ = unit;
        out.estimates_ = std::move(fit.parameters);
        out.diagnostics_ = std::move(fit.diagnostics);
        return out;
    }
};

namespace {

using row = distinct_purchases::row;

constexpr std::string_view model_name = "bg_bb";
constexpr int version = 1;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double most_occasions = 1e7; // so that sums over occasions end

bool whole(double v) noexcept { return v >= 0 && v == std::floor(v) && v <= most_occasions; }

bool possible(double x, double last, double age) noexcept {
    return whole(x) && whole(last) && whole(age) && x <= last && last <= age && (x > 0 || last == 0);
}

// Likelihood of a customer, relative to that of having left right after the last purchase: each further occasion
// without a purchase multiplies by the chances of staying and of not buying, so there is one product to follow and
// nothing overflows.
struct pattern {
    double left = 0;  // sum over the occasions at which the customer may have left
    double alive = 0; // still there at the end
    // derivatives of log(left + alive) by alpha, beta, gamma, delta
    std::array<double, 4> slope{};
};

pattern pattern_of(bg_bb_parameters const& p, double x, double last, double age) noexcept {
    auto const& [alpha, beta, gamma, delta] = p;
    pattern out;
    std::array<double, 4> sum{};  // of products times their logarithmic derivatives
    std::array<double, 4> logs{}; // the logarithmic derivatives of the product
    double product = 1;
    auto const add = [&](double term, double of_gamma, double of_delta) {
        sum[0] += term * logs[0];
        sum[1] += term * logs[1];
        sum[2] += term * (logs[2] + of_gamma);
        sum[3] += term * (logs[3] + of_delta);
    };
    for (double n = last; n < age; ++n) {
        out.left += product;
        add(product, 0, 0);
        double const both = 1 / (alpha + beta + n);
        double const leave = 1 / (gamma + 1 + delta + n);
        product *= (beta + n - x) * both * (delta + n) * leave;
        logs[0] -= both;
        logs[1] += 1 / (beta + n - x) - both;
        logs[2] -= leave;
        logs[3] += 1 / (delta + n) - leave;
    }
    double const end = 1 / (gamma + delta + age);
    out.alive = product / (end * gamma);
    add(out.alive, end - 1 / gamma, end);
    for (std::size_t i = 0; i < 4; ++i)
        out.slope[i] = sum[i] / (out.left + out.alive);
    return out;
}

// The factor that pattern_of leaves out: purchases up to the last one, and leaving right after it.
struct base_value {
    double log;
    std::array<double, 4> slope;
};
base_value base_of(bg_bb_parameters const& p, double x, double last) {
    auto const bought = detail::rise(p.alpha, 0, x);
    auto const missed = detail::rise(p.beta, 0, last - x);
    auto const occasions = detail::rise(p.alpha + p.beta, 0, last);
    auto const stayed = detail::rise(p.delta, 0, last);
    auto const chances = detail::rise(p.gamma + p.delta, 0, last + 1);
    return {bought.sum + missed.sum - occasions.sum + std::log(p.gamma) + stayed.sum - chances.sum,
            {bought.first - occasions.first, missed.first - occasions.first, 1 / p.gamma - chances.first,
             stayed.first - chances.first}};
}

double alive_at_end(pattern const& p) noexcept { return p.alive / (p.left + p.alive); }

// The chance of an occasion at which the customer is still there, after `from` of them, summed over the next `count`.
double later_occasions(bg_bb_parameters const& p, double from, double count) noexcept {
    double sum = 0;
    double still = 1;
    for (double n = from; n < from + count; ++n) {
        still *= (p.delta + n) / (p.gamma + p.delta + n);
        sum += still;
    }
    return sum;
}

// The same over all that follow, each discounted by another factor z.
double discounted_occasions(bg_bb_parameters const& p, double from, double z) noexcept {
    double const old = p.delta + from;
    if (z >= 1) return p.gamma > 1 ? old / (p.gamma - 1) : std::numeric_limits<double>::infinity();
    return z * old / (p.gamma + old) * detail::hypergeometric_one(old + 1, p.gamma + old + 1, z);
}

// P(alive) of customers of up to 255 occasions: for all last purchases of one count and age at once, when first asked
// for; and what hangs on the age alone.
class occasion_tables {
public:
    static constexpr double largest_age = 255;
    static constexpr std::size_t index_count = 256;

    explicit occasion_tables(bg_bb_parameters const& p) noexcept : p_(p) {}

    [[nodiscard]] double alive(double x, double last, double age) {
        auto& of_age = rows_[index(age)];
        if (of_age.empty()) of_age.resize(index(age) + 1);
        auto& shares = of_age[index(x)];
        if (shares.empty()) shares = by_last(x, age);
        return shares[index(last - x)];
    }
    template <class Factor>
    [[nodiscard]] double factor(double age, Factor const& at) {
        auto& known = factors_[index(age)];
        if (!known) known = at(age);
        return *known;
    }

private:
    static std::size_t index(double v) noexcept { return static_cast<std::size_t>(v); }

    // As pattern_of, from the end on: what follows occasion n is that of n + 1 times the chances of n, and one more.
    [[nodiscard]] std::vector<double> by_last(double x, double age) const {
        auto const& [alpha, beta, gamma, delta] = p_;
        std::vector<double> out(index(age - x) + 1);
        double alive = (gamma + delta + age) / gamma;
        double all = alive;
        out.back() = 1;
        for (double n = age - 1; n >= x; --n) {
            double const chances = (beta + n - x) / (alpha + beta + n) * (delta + n) / (gamma + 1 + delta + n);
            alive *= chances;
            all = 1 + chances * all;
            out[index(n - x)] = alive / all;
        }
        return out;
    }

    bg_bb_parameters p_;
    std::array<std::vector<std::vector<double>>, index_count> rows_;
    std::array<std::optional<double>, index_count> factors_;
};

bool in_tables(double x, double last, double age) noexcept {
    return possible(x, last, age) && age <= occasion_tables::largest_age;
}

// With `times`: the chance to buy and factor(age) too; the rest as for one customer.
template <class Factor>
void score_by_occasions(bg_bb const& model, purchase_summary const& s, std::span<double> out, unsigned threads,
                        Factor const& factor, bool times = false) {
    constexpr std::size_t block_rows = 4096;
    detail::check_scores(s, model.time_unit(), out.size());
    auto const& p = model.values();
    std::vector<std::unique_ptr<occasion_tables>> tables(usable_threads(threads));
    parallel_for_blocks(threads, (s.size() + block_rows - 1) / block_rows, [&](std::size_t block, unsigned worker) {
        auto& own = tables[worker];
        if (!own) own = std::make_unique<occasion_tables>(p);
        std::size_t const end = std::min(s.size(), (block + 1) * block_rows);
        for (std::size_t i = block * block_rows; i < end; ++i) {
            double const x = s.repeats[i];
            double const age = s.age[i];
            bool const known = in_tables(x, s.last[i], age);
            double const alive =
                known ? own->alive(x, s.last[i], age) : model.probability_alive(detail::customer_of(s, i));
            out[i] = alive;
            if (!times || !(alive > 0)) continue; // NaN stays, and who has left buys nothing
            out[i] *= (p.alpha + x) / (p.alpha + p.beta + age) * (known ? own->factor(age, factor) : factor(age));
        }
    });
}

// Whole occasions within a horizon; NaN for none such. Multiples of a step may miss a whole number by rounding.
double occasions_in(horizon time) noexcept {
    double const out = std::floor(time.value + 1e-9);
    return out >= 0 && out <= most_occasions ? out : nan;
}

void check_periods(distinct_purchases const& statistics, issue_list& issues) {
    row const* part = nullptr;
    row const* much = nullptr;
    for (row const& r : statistics.rows()) {
        bool const in_occasions = whole(r.last) && whole(r.age);
        if (!in_occasions && part == nullptr) part = &r;
        if (in_occasions && r.repeats > r.last && much == nullptr) much = &r;
    }
    if (part != nullptr) {
        issues.error("clv.not_periods", "statistics", "times are no whole occasions",
                     std::to_string(part->last) + " of " + std::to_string(part->age), "whole numbers from 0",
                     "Count time in occasions to buy, or use a model of continuous time");
    }
    if (much != nullptr) {
        issues.error("clv.more_than_periods", "statistics", "there are more purchases than occasions",
                     std::to_string(much->repeats) + " until occasion " + std::to_string(much->last),
                     "at most one purchase an occasion", {});
    }
}

void check_fit(distinct_purchases const& statistics, bg_bb_options const& options, issue_list& issues) {
    auto const rows = statistics.rows();
    if (rows.empty()) {
        issues.error("clv.empty", "statistics", "there are no customers", {}, "at least one", {});
    } else if (rows.back().repeats == 0) { // in ascending order
        issues.error("clv.too_few", "statistics", "no customer bought again: there is nothing to learn about rates",
                     "0 repeat purchases", "at least one", "Observe longer");
    }
    check_periods(statistics, issues);
    if (!options.start) return;
    auto const& [alpha, beta, gamma, delta] = *options.start;
    detail::check_positive(bg_bb_access::names, std::array{alpha, beta, gamma, delta}, "start", issues);
}

// Minus the mean log-likelihood, by the logarithms of the parameters.
double mean_loss(std::span<row const> rows, double weight, Eigen::VectorXd const& logs, Eigen::VectorXd& gradient) {
    Eigen::VectorXd const e = logs.array().exp();
    bg_bb_parameters const p{e[0], e[1], e[2], e[3]};
    double sum = 0;
    gradient.setZero();
    for (row const& r : rows) {
        auto const base = base_of(p, r.repeats, r.last);
        auto const later = pattern_of(p, r.repeats, r.last, r.age);
        sum += r.weight * (base.log + std::log(later.left + later.alive));
        for (Eigen::Index i = 0; i < 4; ++i) {
            auto const k = static_cast<std::size_t>(i);
            gradient[i] -= r.weight * (base.slope[k] + later.slope[k]) * e[i] / weight;
        }
    }
    return -sum / weight;
}

} // namespace

bg_bb::bg_bb(bg_bb_parameters const& parameters, model_time_unit unit) : values_(parameters), unit_(unit) {
    std::array const given{parameters.alpha, parameters.beta, parameters.gamma, parameters.delta};
    issue_list issues;
    detail::check_positive(bg_bb_access::names, given, model_name, issues);
    issues.throw_if_errors();
    auto stored = detail::given_parameters(bg_bb_access::names, given);
    estimates_ = std::move(stored.parameters);
    diagnostics_ = std::move(stored.diagnostics);
}

double bg_bb::probability_alive(repeat_purchases const& c, horizon ahead) const noexcept {
    double const more = occasions_in(ahead);
    if (!possible(c.repeats.value, c.last.value, c.age.value) || std::isnan(more)) return nan;
    double out = alive_at_end(pattern_of(values_, c.repeats.value, c.last.value, c.age.value));
    for (double n = c.age.value; n < c.age.value + more; ++n)
        out *= (values_.delta + n) / (values_.gamma + values_.delta + n);
    return out;
}

double bg_bb::expected_transactions(horizon time) const noexcept {
    double const count = occasions_in(time);
    if (std::isnan(count)) return nan;
    return values_.alpha / (values_.alpha + values_.beta) * later_occasions(values_, 0, count);
}

double bg_bb::conditional_expected_transactions(repeat_purchases const& c, horizon time) const noexcept {
    double const count = occasions_in(time);
    double const alive = probability_alive(c);
    if (std::isnan(count) || std::isnan(alive)) return nan;
    double const buys = (values_.alpha + c.repeats.value) / (values_.alpha + values_.beta + c.age.value);
    return alive * buys * later_occasions(values_, c.age.value, count);
}

double bg_bb::probability_of(repeat_count purchases, horizon time) const noexcept {
    double const x = purchases.value;
    double const n = occasions_in(time);
    if (!whole(x) || std::isnan(n)) return nan;
    if (x > n) return 0;
    auto const& [alpha, beta, gamma, delta] = values_;
    // x purchases on the first x occasions; each further occasion adds a miss and its place
    double const first =
        detail::rise(alpha, 0, x).sum - detail::rise(alpha + beta, 0, x).sum + detail::rise(delta, 0, x).sum -
        detail::rise(gamma + delta, 0, x).sum;
    double term = std::exp(first); // still there after i occasions, x of them used
    double gone = 0;
    for (double i = x; i < n; ++i) {
        gone += term * gamma / (gamma + delta + i);
        term *= (i + 1) / (i + 1 - x) * (beta + i - x) / (alpha + beta + i) * (delta + i) / (gamma + delta + i);
    }
    return term + gone;
}

double bg_bb::discounted_expected_residual_transactions(repeat_purchases const& c, discount_rate rate) const noexcept {
    double const alive = probability_alive(c);
    if (!rate.valid() || std::isnan(alive)) return nan;
    if (alive == 0) return 0; // also where the rest is infinite
    double const buys = (values_.alpha + c.repeats.value) / (values_.alpha + values_.beta + c.age.value);
    return alive * buys * discounted_occasions(values_, c.age.value, std::exp(-rate.continuous_in(unit_)));
}

void bg_bb::probability_alive(purchase_summary const& s, std::span<double> out, unsigned threads) const {
    score_by_occasions(*this, s, out, threads, [](double) { return nan; });
}

void bg_bb::conditional_expected_transactions(purchase_summary const& s, horizon time, std::span<double> out,
                                              unsigned threads) const {
    double const count = occasions_in(time);
    score_by_occasions(*this, s, out, threads, [&](double age) { return later_occasions(values_, age, count); }, true);
    if (std::isnan(count)) std::fill(out.begin(), out.end(), nan);
}

void bg_bb::discounted_expected_residual_transactions(purchase_summary const& s, discount_rate rate,
                                                      std::span<double> out, unsigned threads) const {
    double const z = std::exp(-rate.continuous_in(unit_));
    score_by_occasions(*this, s, out, threads, [&](double age) { return discounted_occasions(values_, age, z); }, true);
    if (!rate.valid()) std::fill(out.begin(), out.end(), nan);
}

double bg_bb::log_likelihood(repeat_purchases const& c) const noexcept {
    if (!possible(c.repeats.value, c.last.value, c.age.value)) return nan;
    auto const later = pattern_of(values_, c.repeats.value, c.last.value, c.age.value);
    return base_of(values_, c.repeats.value, c.last.value).log + std::log(later.left + later.alive);
}

std::string bg_bb::to_json() const {
    boost::json::object fields;
    fields["time_unit"] = to_string(unit_);
    detail::write_fit(fields, {estimates_, diagnostics_});
    return detail::write_model_document(model_name, version, std::move(fields));
}

bg_bb bg_bb::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, model_name, version);
    issue_list issues;
    auto const unit = detail::read_time_unit(fields, issues);
    auto fit = detail::read_fit(fields, bg_bb_access::names, issues);
    issues.throw_if_errors();
    return bg_bb_access::make(std::move(fit), unit);
}

bg_bb fit_bg_bb(distinct_purchases const& statistics, bg_bb_options const& options) {
    issue_list issues;
    check_fit(statistics, options, issues);
    issues.throw_if_errors();
    auto const start = options.start.value_or(bg_bb_parameters{});
    Eigen::VectorXd logs(4);
    logs << std::log(start.alpha), std::log(start.beta), std::log(start.gamma), std::log(start.delta);
    double const weight = statistics.customers();
    auto const found = detail::minimise(
        [&](Eigen::VectorXd const& x, Eigen::VectorXd& g) { return mean_loss(statistics.rows(), weight, x, g); }, logs);
    std::array<std::string, 4> names;
    std::copy(bg_bb_access::names.begin(), bg_bb_access::names.end(), names.begin());
    auto judged = detail::judge_fit(found, names, weight);
    return bg_bb_access::make({std::move(judged.parameters), std::move(judged.diagnostics)}, statistics.time_unit());
}

bg_bb fit_bg_bb(purchase_summary const& summary, bg_bb_options const& options) {
    distinct_purchases statistics(summary.unit);
    statistics.add(summary);
    return fit_bg_bb(statistics, options);
}

} // namespace v0
} // namespace segmenta
