// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/pareto_nbd.hpp>

#include "model/octave_polynomial.hpp"
#include "model/pareto_access.hpp"
#include "model/pareto_fraction.hpp"
#include "model/repeat_sums.hpp"

#include "model/gamma_functions.hpp"
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view model_name = "pareto_nbd";
constexpr int version = 1;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

detail::pareto_parameters for_kernel(pareto_nbd_parameters const& p) noexcept { return {p.r, p.alpha, p.s, p.beta}; }

// (1 - q^(s-1)) / (s - 1) with q = beta / (beta + t): the mean time a customer stays, over beta. At s = 1 its limit.
double stay(double s, double beta, double t) noexcept {
    double const growth = std::log1p(t / beta);
    if (s == 1) return growth;
    return -std::expm1((1 - s) * growth) / (s - 1);
}

bool bad_horizon(horizon time) noexcept { return !(time.value >= 0); }

// The probability that a customer who is alive does not buy for a time t. Leaving within it is the integral of the
// kernel with the present as the time of the last purchase.
double silent(pareto_nbd_parameters const& p, repeat_purchases const& c, double t, cpu_level level) noexcept {
    double const age = c.age.value;
    double const x = c.repeats.value;
    auto const leaving = detail::integrate_pareto(for_kernel(p), x, age, age + t, level);
    return std::exp(leaving.log_alive_odds - (p.r + x) * std::log1p(t / (p.alpha + age)) -
                    p.s * std::log1p(t / (p.beta + age)));
}

// Integral over t >= 0 of exp(-delta t) (b / (b + t))^s: with 1 + t / b = exp(w) it is smooth and falls off faster than
// any exponential.
double discounted_stay(double delta, double s, double b) noexcept {
    double const z = delta * b;
    if (z == 0) return s > 1 ? b / (s - 1) : std::numeric_limits<double>::infinity();
    auto const exponent = [&](double w) { return -z * std::expm1(w) - (s - 1) * w; };
    // The end, where the exponent is 40 below its largest value.
    double const peak = s < 1 ? std::max(0.0, std::log((1 - s) / z)) : 0;
    double const top = exponent(peak);
    double low = peak;
    double high = peak + 1;
    while (exponent(high) > top - 40)
        high = peak + 2 * (high - peak);
    for (int step = 0; step < 30 && high - low > 0.01 * high; ++step) {
        double const middle = (low + high) / 2;
        (exponent(middle) > top - 40 ? low : high) = middle;
    }
    // a panel for each three units, and for each 20 of drop
    auto const panels = static_cast<std::size_t>(std::ceil(std::max(high / 3, 2.0)));
    auto const height = [&](double w) { return std::exp(exponent(w) - top); };
    double const sum = detail::integrate_smooth(0, high, panels, height);
    return b * sum * std::exp(top);
}

// discounted_stay by b = beta + T, which is analytic in it for Re b > 0, interpolated octave by octave as asked for.
class stay_table {
public:
    stay_table(double delta, double s) noexcept : delta_(delta), s_(s) {}

    double operator()(double b) {
        if (delta_ == 0 || !(b < 1e300)) return discounted_stay(delta_, s_, b);
        detail::octave_place const at(b);
        if (octaves_.empty()) octaves_.resize(2048);
        auto& octave = octaves_[at.exponent];
        if (!octave) {
            double const scale = detail::octave_place::scale(at.exponent);
            octave = std::make_unique<detail::octave_polynomial>(
                [&](double m) { return discounted_stay(delta_, s_, m * scale); });
        }
        return (*octave)(at.m);
    }

private:
    double delta_;
    double s_;
    std::vector<std::unique_ptr<detail::octave_polynomial>> octaves_; // by exponent
};

struct columns {
    std::span<double const> repeats, last, age;
};

// Blocks are whole groups of the kernel, whose answers do not depend on the group anyway.
template <class Score>
void score_in_blocks(purchase_summary const& s, std::span<double> out, unsigned threads, Score const& score) {
    constexpr std::size_t block_size = 4096;
    columns const all{s.repeats, s.last, s.age};
    parallel_for_blocks(threads, (s.size() + block_size - 1) / block_size, [&](std::size_t block, unsigned worker) {
        std::size_t const from = block * block_size;
        std::size_t const n = std::min(block_size, s.size() - from);
        score({all.repeats.subspan(from, n), all.last.subspan(from, n), all.age.subspan(from, n)}, out.subspan(from, n),
              worker);
    });
}

} // namespace

pareto_nbd::pareto_nbd(pareto_nbd_parameters const& parameters, model_time_unit unit)
    : values_(parameters), unit_(unit), level_(detect_cpu_level()) {
    std::array const given{parameters.r, parameters.alpha, parameters.s, parameters.beta};
    issue_list issues;
    detail::check_positive(pareto_nbd_access::names, given, model_name, issues);
    issues.throw_if_errors();
    auto stored = detail::given_parameters(pareto_nbd_access::names, given);
    estimates_ = std::move(stored.parameters);
    diagnostics_ = std::move(stored.diagnostics);
}

double pareto_nbd::probability_alive(repeat_purchases const& c, horizon ahead) const noexcept {
    if (!detail::is_customer(c) || bad_horizon(ahead)) return nan;
    double out = nan;
    detail::pareto_alive(for_kernel(values_), {&c.repeats.value, 1}, {&c.last.value, 1}, {&c.age.value, 1}, {&out, 1},
                         level_);
    return ahead.value == 0 ? out : out * std::exp(-values_.s * std::log1p(ahead.value / (values_.beta + c.age.value)));
}

void pareto_nbd::probability_alive(std::span<double const> repeats, std::span<double const> last,
                                   std::span<double const> age, std::span<double> out) const noexcept {
    detail::pareto_alive(for_kernel(values_), repeats, last, age, out, level_);
}

double pareto_nbd::expected_transactions(horizon time) const noexcept {
    if (bad_horizon(time)) return nan;
    return values_.r * values_.beta / values_.alpha * stay(values_.s, values_.beta, time.value);
}

double pareto_nbd::conditional_expected_transactions(repeat_purchases const& c, horizon time) const noexcept {
    double out = nan;
    conditional_expected_transactions({&c.repeats.value, 1}, {&c.last.value, 1}, {&c.age.value, 1}, time, {&out, 1});
    return out;
}

void pareto_nbd::conditional_expected_transactions(std::span<double const> repeats, std::span<double const> last,
                                                   std::span<double const> age, horizon time,
                                                   std::span<double> out) const noexcept {
    std::size_t const n = std::min({repeats.size(), last.size(), age.size(), out.size()});
    if (bad_horizon(time)) {
        std::fill_n(out.begin(), n, nan);
        return;
    }
    probability_alive(repeats, last, age, out);
    if (time.value <= 1e100 && values_.beta >= 1e-100) {
        detail::pareto_fraction_kernels_for(level_).times_future(
            for_kernel(values_), time.value, {repeats.data(), last.data(), age.data(), nullptr, n}, out.data());
        return;
    }
    for (std::size_t i = 0; i < n; ++i) {
        double const old = values_.beta + age[i];
        double const rate = (values_.r + repeats[i]) / (values_.alpha + age[i]);
        if (out[i] != 0) out[i] *= rate * old * stay(values_.s, old, time.value); // 0 also for all time to come
    }
}

void pareto_nbd::probability_alive(purchase_summary const& s, std::span<double> out, unsigned threads) const {
    detail::check_scores(s, unit_, out.size());
    score_in_blocks(s, out, threads, [&](columns const& c, std::span<double> part, unsigned) {
        probability_alive(c.repeats, c.last, c.age, part);
    });
}

void pareto_nbd::conditional_expected_transactions(purchase_summary const& s, horizon time, std::span<double> out,
                                                   unsigned threads) const {
    detail::check_scores(s, unit_, out.size());
    score_in_blocks(s, out, threads, [&](columns const& c, std::span<double> part, unsigned) {
        conditional_expected_transactions(c.repeats, c.last, c.age, time, part);
    });
}

double pareto_nbd::probability_of_purchase(repeat_purchases const& c, horizon time) const noexcept {
    if (bad_horizon(time) || !std::isfinite(time.value)) return nan;
    double const alive = probability_alive(c);
    return std::isnan(alive) ? nan : alive * (1 - silent(values_, c, time.value, level_));
}

double pareto_nbd::time_to_next(repeat_purchases const& c, double quantile) const noexcept {
    if (!detail::is_customer(c) || !(quantile >= 0 && quantile < 1)) return nan;
    if (quantile == 0) return 0;
    auto const comes = [&](double t) { return 1 - silent(values_, c, t, level_) >= quantile; };
    double low = 0;
    double high = (values_.alpha + c.age.value) / (values_.r + c.repeats.value); // the mean time between purchases
    double const end = 1e9 * (high + values_.beta + c.age.value);
    while (!comes(high)) {
        low = high;
        high *= 2;
        if (high > end) return std::numeric_limits<double>::infinity();
    }
    for (int step = 0; step < 200; ++step) {
        double const middle = (low + high) / 2;
        if (middle == low || middle == high || high - low <= 1e-13 * high) break;
        (comes(middle) ? high : low) = middle;
    }
    return high;
}

std::optional<civil_date> pareto_nbd::next_purchase_day(civil_date observation_end, repeat_purchases const& c,
                                                        double quantile) const noexcept {
    double const days = std::ceil(time_to_next(c, quantile) * days_in(unit_));
    if (!(days >= 0 && days <= 365'250)) return std::nullopt;
    return observation_end + static_cast<std::int32_t>(days);
}

std::vector<double> pareto_nbd::tracking_curve(std::span<double const> births, std::span<double const> times) const {
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

double pareto_nbd::probability_of(repeat_count purchases, horizon time) const noexcept {
    double const x = purchases.value;
    double const t = time.value;
    if (!(x >= 0) || x != std::floor(x) || bad_horizon(time) || !std::isfinite(t)) return nan;
    if (t == 0) return x == 0 ? 1 : 0;
    auto const& [r, alpha, s, beta] = values_;
    // Alive until u, x purchases by then: negative binomial.
    double const constant = detail::rise(r, 0, x).sum - detail::log_gamma_function(x + 1);
    auto const log_count = [&](double u) {
        double const of_x = x == 0 ? 0 : x * std::log(u / (alpha + u));
        return constant - r * std::log1p(u / alpha) + of_x;
    };
    double const alive = std::exp(log_count(t) - s * std::log1p(t / beta));
    // Left at u, in v = log(near + u); panels of half a unit resolve u^x for any x.
    double const near = std::min(alpha, beta);
    double const width = std::log1p(t / near);
    auto const panels = static_cast<std::size_t>(std::ceil(2 * width + 8));
    double const gone = detail::integrate_smooth(0, width, panels, [&](double v) {
        double const u = near * std::expm1(v);
        return std::exp(log_count(u) - (s + 1) * std::log1p(u / beta)) * (near + u);
    });
    return alive + gone * s / beta;
}

double pareto_nbd::discounted_expected_residual_transactions(repeat_purchases const& c,
                                                             discount_rate rate) const noexcept {
    double const alive = probability_alive(c);
    if (!rate.valid() || std::isnan(alive)) return nan;
    if (alive == 0) return 0;
    double const old = values_.beta + c.age.value;
    return alive * (values_.r + c.repeats.value) / (values_.alpha + c.age.value) *
           discounted_stay(rate.continuous_in(unit_), values_.s, old);
}

void pareto_nbd::discounted_expected_residual_transactions(purchase_summary const& s, discount_rate rate,
                                                           std::span<double> out, unsigned threads) const {
    detail::check_scores(s, unit_, out.size());
    if (!rate.valid()) {
        std::fill(out.begin(), out.end(), nan);
        return;
    }
    double const delta = rate.continuous_in(unit_);
    std::vector<stay_table> tables; // one a thread: each makes what it needs
    for (unsigned i = 0; i < usable_threads(threads); ++i)
        tables.emplace_back(delta, values_.s);
    score_in_blocks(s, out, threads, [&](columns const& c, std::span<double> part, unsigned worker) {
        probability_alive(c.repeats, c.last, c.age, part);
        for (std::size_t i = 0; i < part.size(); ++i) {
            if (!(part[i] > 0)) continue; // NaN stays, and who has left buys nothing
            double const buys = (values_.r + c.repeats[i]) / (values_.alpha + c.age[i]);
            part[i] *= buys * tables[worker](values_.beta + c.age[i]);
        }
    });
}

double pareto_nbd::log_likelihood(repeat_purchases const& c) const noexcept {
    if (!detail::is_customer(c)) return nan;
    auto const& [r, alpha, s, beta] = values_;
    double const x = c.repeats.value;
    auto const integral = detail::integrate_pareto(for_kernel(values_), x, c.last.value, c.age.value, level_);
    double const counts = detail::rise(r, 0, x).sum;
    return counts - r * std::log1p(c.age.value / alpha) - x * std::log(alpha + c.age.value) -
           s * std::log1p(c.age.value / beta) + integral.log_alive_odds;
}

std::string pareto_nbd::to_json() const {
    boost::json::object fields;
    fields["time_unit"] = to_string(unit_);
    detail::write_fit(fields, {estimates_, diagnostics_});
    return detail::write_model_document(model_name, version, std::move(fields));
}

pareto_nbd pareto_nbd::from_json(std::string_view text) {
    auto const fields = detail::read_model_document(text, model_name, version);
    issue_list issues;
    auto const unit = detail::read_time_unit(fields, issues);
    auto fit = detail::read_fit(fields, pareto_nbd_access::names, issues);
    issues.throw_if_errors();
    return pareto_nbd_access::make(std::move(fit), unit, detect_cpu_level());
}

} // namespace v0
} // namespace segmenta
