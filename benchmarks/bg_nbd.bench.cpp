// SPDX-License-Identifier: Apache-2.0
// How long does it take to fit BG/NBD to a million customers and to score them? Against the naive way in the same run:
// gamma functions of every customer at every step, in a BFGS search from the same start as lifetimes (all
// log-parameters 0.1, times scaled to 1). All fits must reach the naive likelihood; scores must be the exact ones.
//
//     build/release/benchmarks/bench.bg_nbd
//     build/release/benchmarks/bench.bg_nbd --write FOLDER   # the data as CSV, for compare_lifetimes.py
//     build/release/benchmarks/bench.bg_nbd --answer         # fits what lines of the standard input name

#include <segmenta/base/random.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/mbg_nbd.hpp>

#include "support/in_turn.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 1'000'000;

enum times { continuous, daily, weekly };
constexpr std::array<char const*, 3> names{"continuous", "daily", "weekly"};

double rounded(double weeks, times kind) {
    if (kind == daily) return std::ceil(weeks * 7) / 7;
    return kind == weekly ? std::ceil(weeks) : weeks;
}

// Drawn from the parameters of CDNOW, observed for up to 78 weeks. At most one purchase a period.
purchase_summary draw(std::size_t n, times kind) {
    random_generator random(1);
    purchase_summary s;
    while (s.size() < n) {
        double const rate = random_gamma(random, 0.5, 1 / 6.0);
        double const leaves = random_beta(random, 0.8, 2.4);
        double const age = rounded(random_uniform(random, 26, 78), kind);
        double now = 0;
        double last = 0;
        double x = 0;
        while (true) {
            now += random_exponential(random, rate);
            double const period = rounded(now, kind);
            if (period > age) break;
            if (period > last) ++x;
            last = period;
            if (random_bernoulli(random, leaves)) break;
        }
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
    }
    return s;
}

purchase_summary const& data(times kind) {
    static std::array<purchase_summary, 3> const made{draw(customers, continuous), draw(customers, daily),
                                                      draw(customers, weekly)};
    return made[kind];
}

// Processor time of the calling thread: what other programs do to the machine matters less. Of a fit in several threads
// it is the share of one.
double thread_seconds() {
    timespec now{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// --- the naive way --------------------------------------------------------------------------------------------------

using vector = std::array<double, 4>;

double digamma(double x) { // recurrence to 6, then the asymptotic series
    double sum = 0;
    for (; x < 6; ++x)
        sum -= 1 / x;
    double const y = 1 / (x * x);
    return sum + std::log(x) - 0.5 / x - y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y / 240)));
}

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

// Mean negative log-likelihood of BG/NBD and its slope in the logarithms; times are multiplied by `scale`.
double naive_value(purchase_summary const& s, double scale, vector const& logs, vector& slope) {
    vector p{};
    for (std::size_t i = 0; i < 4; ++i)
        p[i] = std::exp(logs[i]);
    auto const [r, alpha, a, b] = p;
    double value = 0;
    vector sum{};
    for (std::size_t i = 0; i < s.size(); ++i) {
        double const x = s.repeats[i];
        double const age = alpha + scale * s.age[i];
        double const last = alpha + scale * s.last[i];
        double const log_age = std::log(age);
        double const log_last = std::log(last);
        value += std::lgamma(r + x) - std::lgamma(r) + r * logs[1] + log_beta(a, b + x) - log_beta(a, b);
        double const in_age = -(r + x) * log_age;
        double w = 0;
        if (x > 0) {
            double const in_last = std::log(a / (b + x - 1)) - (r + x) * log_last;
            double const larger = std::max(in_age, in_last);
            double const both = larger + std::log(std::exp(in_age - larger) + std::exp(in_last - larger));
            w = std::exp(in_last - both);
            value += both;
        } else {
            value += in_age;
        }
        double const met = w / (b + x - 1);
        sum[0] += digamma(r + x) - digamma(r) + logs[1] - (1 - w) * log_age - w * log_last;
        sum[1] += r / alpha - (r + x) * ((1 - w) / age + w / last);
        sum[2] += digamma(a + b) - digamma(a + b + x) + w / a;
        sum[3] += digamma(b + x) - digamma(b) + digamma(a + b) - digamma(a + b + x) - (x > 0 ? met : 0);
    }
    double const n = static_cast<double>(s.size());
    for (std::size_t i = 0; i < 4; ++i)
        slope[i] = -sum[i] * p[i] / n;
    return -value / n;
}

double dot(vector const& a, vector const& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3]; }

struct naive_fit {
    double log_likelihood = 0; // of all customers
    double gradient = 0;
    int passes = 0;
    double seconds = 0;
};

naive_fit fit_naive(purchase_summary const& s) {
    double const begin = thread_seconds();
    double const scale = 1 / *std::max_element(s.age.begin(), s.age.end());
    vector x{0.1, 0.1, 0.1, 0.1};
    vector g{};
    naive_fit out;
    double value = naive_value(s, scale, x, g);
    ++out.passes;
    std::array<vector, 4> inverse{};
    for (std::size_t i = 0; i < 4; ++i)
        inverse[i][i] = 1;
    auto const size = [](vector const& v) {
        double m = 0;
        for (double const c : v)
            m = std::max(m, std::abs(c));
        return m;
    };
    while (size(g) > 1e-6 && out.passes < 200) {
        vector step{};
        for (std::size_t i = 0; i < 4; ++i)
            step[i] = -dot(inverse[i], g);
        vector next{};
        vector next_g{};
        double next_value = 0;
        for (double factor = 1; factor > 1e-10; factor /= 2) {
            for (std::size_t i = 0; i < 4; ++i)
                next[i] = x[i] + factor * step[i];
            next_value = naive_value(s, scale, next, next_g);
            ++out.passes;
            if (next_value <= value + 1e-4 * factor * dot(g, step)) break;
        }
        vector d{};
        vector y{};
        for (std::size_t i = 0; i < 4; ++i) {
            d[i] = next[i] - x[i];
            y[i] = next_g[i] - g[i];
        }
        x = next;
        g = next_g;
        value = next_value;
        double const along = dot(d, y);
        if (along <= 0) continue;
        vector hy{};
        for (std::size_t i = 0; i < 4; ++i)
            hy[i] = dot(inverse[i], y);
        double const factor = (1 + dot(y, hy) / along) / along;
        for (std::size_t i = 0; i < 4; ++i)
            for (std::size_t j = 0; j < 4; ++j)
                inverse[i][j] += factor * d[i] * d[j] - (hy[i] * d[j] + d[i] * hy[j]) / along;
    }
    // Scaled times have densities scaled: one factor for each repeat purchase.
    double repeats = 0;
    for (double const v : s.repeats)
        repeats += v;
    out.log_likelihood = -value * static_cast<double>(s.size()) + repeats * std::log(scale);
    out.gradient = size(g);
    out.seconds = thread_seconds() - begin;
    return out;
}

naive_fit const& naive(times kind) {
    static std::array<naive_fit, 3> made{};
    if (made[kind].passes == 0) made[kind] = fit_naive(data(kind));
    return made[kind];
}

// --- benchmarks -----------------------------------------------------------------------------------------------------

void fit(benchmark::State& state) {
    auto const kind = static_cast<times>(state.range(0));
    beta_geometric_options options;
    options.threads = static_cast<unsigned>(state.range(1));
    auto const& s = data(kind);
    auto const& reference = naive(kind);
    auto const model = fit_bg_nbd(s, options);
    auto const& d = model.diagnostics();
    if (d.state != identification::identified || d.gradient_norm > 1e-8 ||
        d.log_likelihood < reference.log_likelihood - 1e-9 * std::abs(reference.log_likelihood)) {
        state.SkipWithError("the fit is worse than the naive one");
        return;
    }
    double seconds = 0;
    for ([[maybe_unused]] auto step : state) {
        double const begin = thread_seconds();
        benchmark::DoNotOptimize(fit_bg_nbd(s, options).values().r);
        seconds += thread_seconds() - begin;
    }
    state.SetLabel(names[kind]);
    state.counters["passes"] = static_cast<double>(d.evaluations);
    state.counters["gradient"] = d.gradient_norm;
    state.counters["naive_s"] = reference.seconds;
    state.counters["naive_passes"] = reference.passes;
    state.counters["x_naive"] = reference.seconds / (seconds / static_cast<double>(state.iterations()));
}
BENCHMARK(fit)
    ->ArgNames({"times", "threads"})
    ->ArgsProduct({{continuous, daily, weekly}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// `two_threads` says how many times as fast two threads are, measured in turn.
void fit_in_turn(benchmark::State& state) {
    auto const kind = static_cast<times>(state.range(0));
    auto const& s = data(kind);
    bench::in_turn(state, [&](unsigned threads) {
        beta_geometric_options options;
        options.threads = threads;
        return fit_bg_nbd(s, options);
    });
    state.SetLabel(names[kind]);
}
BENCHMARK(fit_in_turn)
    ->ArgName("times")
    ->DenseRange(continuous, weekly)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(31);

// Statistics collected before, as of many files: what is left is the search.
void fit_statistics(benchmark::State& state) {
    beta_geometric_options options;
    options.threads = static_cast<unsigned>(state.range(0));
    purchase_statistics statistics;
    statistics.add(data(continuous));
    for ([[maybe_unused]] auto step : state)
        benchmark::DoNotOptimize(fit_bg_nbd(statistics, options).values().r);
}
BENCHMARK(fit_statistics)->ArgName("threads")->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->UseRealTime();

// As large as the published CDNOW sample.
void fit_small(benchmark::State& state) {
    auto const s = draw(2357, daily);
    for ([[maybe_unused]] auto step : state)
        benchmark::DoNotOptimize(fit_bg_nbd(s).values().r);
}
BENCHMARK(fit_small)->Unit(benchmark::kMillisecond);

void check_scores(benchmark::State& state, beta_geometric const& model, std::vector<double> const& alive,
                  std::vector<double> const& ahead) {
    auto const& s = data(continuous);
    for (std::size_t i = 0; i < s.size(); i += 997) {
        repeat_purchases const c{repeat_count(s.repeats[i]), age_at_last_purchase(s.last[i]), customer_age(s.age[i])};
        double const p = model.probability_alive(c);
        double const e = model.conditional_expected_transactions(c, horizon(39));
        if (std::abs(alive[i] - p) > 1e-11 * p || std::abs(ahead[i] - e) > 1e-11 * e)
            state.SkipWithError("batch scores are not those of single customers");
    }
}

void score(benchmark::State& state) {
    bool const expectation = state.range(0) == 1;
    auto const threads = static_cast<unsigned>(state.range(1));
    auto const& s = data(continuous);
    bg_nbd const model({0.243, 4.414, 0.793, 2.426}, model_time_unit::week);
    std::vector<double> alive(s.size());
    std::vector<double> ahead(s.size());
    model.probability_alive(s, alive, threads);
    model.conditional_expected_transactions(s, horizon(39), ahead, threads);
    check_scores(state, model, alive, ahead);
    double const begin = thread_seconds();
    for ([[maybe_unused]] auto step : state) {
        if (expectation)
            model.conditional_expected_transactions(s, horizon(39), ahead, threads);
        else
            model.probability_alive(s, alive, threads);
        benchmark::ClobberMemory();
    }
    state.SetLabel(expectation ? "expected transactions in 39 weeks" : "P(alive)");
    double const scored = static_cast<double>(s.size()) * static_cast<double>(state.iterations());
    state.counters["ns_per_customer"] = (thread_seconds() - begin) * 1e9 / scored;
}
BENCHMARK(score)
    ->ArgNames({"expectation", "threads"})
    ->ArgsProduct({{0, 1}, {1, 2}})
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();

// The same scores one at a time, each exact.
void score_naive(benchmark::State& state) {
    auto const& s = data(continuous);
    bg_nbd const model({0.243, 4.414, 0.793, 2.426}, model_time_unit::week);
    std::size_t i = 0;
    for ([[maybe_unused]] auto step : state) {
        i = i + 1 == s.size() ? 0 : i + 1;
        benchmark::DoNotOptimize(model.conditional_expected_transactions(
            {repeat_count(s.repeats[i]), age_at_last_purchase(s.last[i]), customer_age(s.age[i])}, horizon(39)));
    }
}
BENCHMARK(score_naive);

int write_data(std::string const& folder) {
    for (auto const kind : {continuous, daily, weekly}) {
        auto const& s = data(kind);
        std::ofstream file(folder + "/" + names[kind] + ".csv");
        file.precision(17);
        file << "frequency,recency,T\n";
        for (std::size_t i = 0; i < s.size(); ++i)
            file << s.repeats[i] << ',' << s.last[i] << ',' << s.age[i] << '\n';
        if (!file) return 1;
    }
    return 0;
}

// One fit per line on the standard output, each after a line on the standard input has named the data: for
// interleaved rounds.
int answer_lines() {
    std::array<char, 64> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), stdin) != nullptr) {
        std::string name(line.data());
        while (!name.empty() && name.back() == '\n')
            name.pop_back();
        auto const found = std::find(names.begin(), names.end(), name);
        if (found == names.end()) return 1;
        auto const& s = data(static_cast<times>(found - names.begin()));
        auto const begin = std::clock();
        auto const model = fit_bg_nbd(s);
        double const seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        std::printf("{\"seconds\": %.6f, \"log_likelihood\": %.17g, \"gradient\": %.3g}\n", seconds,
                    model.diagnostics().log_likelihood, model.diagnostics().gradient_norm);
        std::fflush(stdout);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::string const first = argc > 1 ? argv[1] : "";
    if (first == "--write" && argc == 3) return write_data(argv[2]);
    if (first == "--answer") return answer_lines();
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
