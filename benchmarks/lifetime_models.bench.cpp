// SPDX-License-Identifier: Apache-2.0
// How long do Pareto/NBD and Gamma-Gamma take to fit, and to score a customer? Against the plain way in the same run: a
// likelihood of one customer after the other with lgamma, log and exp of the standard library and 64 nodes for each
// integral, and a simplex search over it, as the packages of the field do it. Answers are compared before a time is
// reported.

#include <segmenta/base/random.hpp>
#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/model/pareto_nbd.hpp>

#include "model/gauss_legendre.hpp"

#include "support/in_turn.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <map>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t most = 1'000'000;
constexpr std::size_t many = 200'000;
constexpr std::size_t few = 2'357; // as CDNOW's sample

/// Customers of a Pareto/NBD and Gamma-Gamma world with CDNOW's parameters and exact times: hardly two are alike.
purchase_summary draw(std::size_t n) {
    random_generator random(42);
    purchase_summary out;
    for (std::size_t i = 0; i < n; ++i) {
        double const rate = random_gamma(random, .553, 1 / 10.58);
        double const leaves = random_exponential(random, random_gamma(random, .606, 1 / 11.67));
        double const age = random_uniform(random, 27, 39);
        double const until = std::min(age, leaves);
        double t = 0;
        double x = 0;
        double last = 0;
        while ((t += random_exponential(random, rate)) < until) {
            ++x;
            last = t;
        }
        out.repeats.push_back(x);
        out.last.push_back(last);
        out.age.push_back(age);
        double const spend_rate = random_gamma(random, 3.74, 1 / 15.44);
        out.mean_spend.push_back(x > 0 ? random_gamma(random, 6.25 * x, 1 / (spend_rate * x)) : 0);
    }
    return out;
}

purchase_summary const& customers(std::size_t n) {
    static std::map<std::size_t, purchase_summary> made;
    auto const found = made.find(n);
    return found != made.end() ? found->second : made.emplace(n, draw(n)).first->second;
}

/// left / alive and the likelihood by the formula, 64 nodes each.
double naive_odds(pareto_nbd_parameters const& p, double x, double last, double age) {
    auto const rule = detail::gauss_legendre(64);
    double const near = std::min(p.alpha, p.beta);
    double const low = std::log(near + last);
    double const width = std::log(near + age) - low;
    double const end = -(p.r + x) * std::log(p.alpha + age) - p.s * std::log(p.beta + age);
    double sum = 0;
    for (std::size_t i = 0; i < rule.nodes.size(); ++i) {
        double const v = low + width * rule.nodes[i];
        double const u = std::exp(v) - near;
        sum +=
            rule.weights[i] * std::exp(-(p.r + x) * std::log(p.alpha + u) - (p.s + 1) * std::log(p.beta + u) + v - end);
    }
    return p.s * width * sum;
}

double naive_pareto(purchase_summary const& s, pareto_nbd_parameters const& p) {
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        double const x = s.repeats[i];
        sum += std::lgamma(p.r + x) - std::lgamma(p.r) + p.r * std::log(p.alpha) + p.s * std::log(p.beta) -
               (p.r + x) * std::log(p.alpha + s.age[i]) - p.s * std::log(p.beta + s.age[i]) +
               std::log1p(naive_odds(p, x, s.last[i], s.age[i]));
    }
    return sum;
}

double naive_spend(purchase_summary const& s, gamma_gamma_parameters const& g) {
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        double const x = s.repeats[i];
        if (x == 0) continue;
        double const m = s.mean_spend[i];
        sum += std::lgamma(g.p * x + g.q) - std::lgamma(g.p * x) - std::lgamma(g.q) + g.q * std::log(g.v) +
               (g.p * x - 1) * std::log(m) + g.p * x * std::log(x) - (g.p * x + g.q) * std::log(x * m + g.v);
    }
    return sum;
}

/// Nelder and Mead's simplex in N unknowns, from zeros; the smallest value found.
template <std::size_t N>
double simplex(std::function<double(std::array<double, N> const&)> const& f) {
    using point = std::array<double, N>;
    std::vector<std::pair<double, point>> corners;
    for (std::size_t j = 0; j <= N; ++j) {
        point x{};
        if (j > 0) x[j - 1] = 1;
        corners.emplace_back(f(x), x);
    }
    auto const along = [&](point const& from, point const& to, double by) {
        point out;
        for (std::size_t i = 0; i < N; ++i)
            out[i] = from[i] + by * (to[i] - from[i]);
        return std::pair{f(out), out};
    };
    for (int step = 0; step < 2000; ++step) {
        std::sort(corners.begin(), corners.end());
        if (corners[N].first - corners[0].first < 1e-8) break;
        point middle{};
        for (std::size_t j = 0; j < N; ++j)
            for (std::size_t i = 0; i < N; ++i)
                middle[i] += corners[j].second[i] / N;
        auto const mirrored = along(middle, corners[N].second, -1);
        if (mirrored.first < corners[0].first) {
            corners[N] = std::min(mirrored, along(middle, corners[N].second, -2));
        } else if (mirrored.first < corners[N - 1].first) {
            corners[N] = mirrored;
        } else if (auto const inside = along(middle, corners[N].second, .5); inside.first < corners[N].first) {
            corners[N] = inside;
        } else {
            for (std::size_t j = 1; j <= N; ++j)
                corners[j] = along(corners[0].second, corners[j].second, .5);
        }
    }
    return std::min_element(corners.begin(), corners.end())->first;
}

void pareto_fit(benchmark::State& state) {
    auto const& data = customers(static_cast<std::size_t>(state.range(0)));
    double found = 0;
    for (auto _ : state) {
        auto const model = fit_pareto_nbd(data, {.threads = static_cast<unsigned>(state.range(1))});
        found = model.diagnostics().log_likelihood;
        if (model.diagnostics().state != identification::identified) state.SkipWithError("not identified");
        benchmark::DoNotOptimize(found);
    }
    state.counters["log_likelihood"] = found;
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void pareto_fit_naive(benchmark::State& state) {
    auto const& data = customers(few);
    double found = 0;
    for (auto _ : state) {
        found = -simplex<4>([&](std::array<double, 4> const& x) {
            return -naive_pareto(data, {std::exp(x[0]), std::exp(x[1]), std::exp(x[2]), std::exp(x[3])});
        });
    }
    auto const model = fit_pareto_nbd(data);
    if (std::abs(naive_pareto(data, model.values()) - model.diagnostics().log_likelihood) > 1e-6)
        state.SkipWithError("likelihoods differ");
    if (found > model.diagnostics().log_likelihood + 1e-6) state.SkipWithError("the plain search found more");
    state.counters["log_likelihood"] = found;
}

void alive(benchmark::State& state) {
    auto const& data = customers(many);
    pareto_nbd const model({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669});
    std::vector<double> out(data.size());
    for (auto _ : state) {
        model.probability_alive(data.repeats, data.last, data.age, out);
        benchmark::DoNotOptimize(out.data());
    }
    for (std::size_t i = 0; i < out.size(); i += 97) {
        double const expected = 1 / (1 + naive_odds(model.values(), data.repeats[i], data.last[i], data.age[i]));
        if (std::abs(out[i] - expected) > 1e-10) state.SkipWithError("probabilities differ");
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

void alive_naive(benchmark::State& state) {
    auto const& data = customers(few);
    pareto_nbd_parameters const p{.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669};
    std::vector<double> out(data.size());
    for (auto _ : state) {
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] = 1 / (1 + naive_odds(p, data.repeats[i], data.last[i], data.age[i]));
        benchmark::DoNotOptimize(out.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(out.size()));
}

void spend_fit(benchmark::State& state) {
    auto const& data = customers(static_cast<std::size_t>(state.range(0)));
    spend_statistics statistics;
    statistics.add(data);
    double found = 0;
    for (auto _ : state)
        found = fit_gamma_gamma(statistics, {.threads = static_cast<unsigned>(state.range(1))})
                    .diagnostics()
                    .log_likelihood;
    state.counters["log_likelihood"] = found;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(statistics.rows().size()));
}

// `two_threads` says how many times as fast two threads are, measured in turn.
void pareto_in_turn(benchmark::State& state) {
    auto const& data = customers(static_cast<std::size_t>(state.range(0)));
    bench::in_turn(state, [&](unsigned threads) { return fit_pareto_nbd(data, {.threads = threads}); });
}
void spend_in_turn(benchmark::State& state) {
    auto const& data = customers(static_cast<std::size_t>(state.range(0)));
    spend_statistics statistics;
    statistics.add(data);
    bench::in_turn(state, [&](unsigned threads) { return fit_gamma_gamma(statistics, {.threads = threads}); });
}

void spend_fit_naive(benchmark::State& state) {
    auto const& data = customers(many);
    double found = 0;
    for (auto _ : state) {
        found = -simplex<3>([&](std::array<double, 3> const& x) {
            return -naive_spend(data, {std::exp(x[0]), std::exp(x[1]), std::exp(x[2])});
        });
    }
    auto const model = fit_gamma_gamma(data);
    if (std::abs(naive_spend(data, model.values()) - model.diagnostics().log_likelihood) > 1e-5)
        state.SkipWithError("likelihoods differ");
    if (found > model.diagnostics().log_likelihood + 1e-5) state.SkipWithError("the plain search found more");
    spend_statistics statistics;
    statistics.add(data);
    state.counters["log_likelihood"] = found;
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(statistics.rows().size()));
}

BENCHMARK(pareto_in_turn)->Arg(many)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(7);
BENCHMARK(spend_in_turn)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(51);
BENCHMARK(pareto_fit)->Args({few, 1})->Args({many, 1})->Args({many, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(pareto_fit_naive)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(alive)->Unit(benchmark::kMillisecond);
BENCHMARK(alive_naive)->Unit(benchmark::kMillisecond);
BENCHMARK(spend_fit)->Args({many, 1})->Args({most, 1})->Args({most, 2})->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(spend_fit_naive)->Unit(benchmark::kMillisecond)->UseRealTime();

} // namespace
