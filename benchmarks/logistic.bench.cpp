// SPDX-License-Identifier: Apache-2.0
// How long does it take to fit a logistic regression on a million customers and twenty features? Beside it, in the same
// run, the textbook: Newton's method from zero, a row at a time, exp and log of the standard library. Answers are
// checked: the slope of the likelihood, row by row, is zero at ours, and both end in the same coefficients.
// Against scikit-learn: compare_logistic.py, which reads what this writes with --write=FOLDER.

#include <segmenta/base/random.hpp>
#include <segmenta/model/logistic.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 1'000'000;
constexpr std::size_t features = 20;
constexpr std::size_t unknowns = features + 1;

struct sample {
    std::vector<std::vector<double>> columns;
    std::vector<std::uint8_t> happened;
};

sample const& data() {
    static sample const made = [] {
        random_generator random(4);
        sample out;
        out.columns.assign(features, std::vector<double>(customers));
        out.happened.resize(customers);
        for (std::size_t i = 0; i < customers; ++i) {
            double const common = random_normal(random);
            double odds = -1.5;
            for (std::size_t j = 0; j < features; ++j) {
                double const x = random_normal(random) + 0.5 * common;
                out.columns[j][i] = x;
                odds += x * 0.1 * (static_cast<double>(j % 7) - 3);
            }
            out.happened[i] = random_bernoulli(random, logistic_function(odds));
        }
        return out;
    }();
    return made;
}

// The loss, its slope and its curvature, row by row; the intercept comes first.
struct naive_look {
    double loss = 0;
    std::vector<double> gradient = std::vector<double>(unknowns);
    std::vector<double> curvature = std::vector<double>(unknowns * unknowns);

    explicit naive_look(std::vector<double> const& at) {
        double x[unknowns];
        x[0] = 1;
        for (std::size_t i = 0; i < customers; ++i) {
            double odds = at[0];
            for (std::size_t j = 0; j < features; ++j) {
                x[j + 1] = data().columns[j][i];
                odds += at[j + 1] * x[j + 1];
            }
            double const p = 1 / (1 + std::exp(-odds));
            double const y = data().happened[i];
            loss -= std::log(y > 0 ? p : 1 - p);
            double const weight = p * (1 - p);
            for (std::size_t j = 0; j < unknowns; ++j) {
                gradient[j] += (p - y) * x[j];
                for (std::size_t k = 0; k <= j; ++k)
                    curvature[j * unknowns + k] += weight * x[j] * x[k];
            }
        }
    }
    [[nodiscard]] double slope() const {
        double out = 0;
        for (double const g : gradient)
            out = std::max(out, std::abs(g) / customers);
        return out;
    }
};

// Cholesky, in place.
std::vector<double> solve(std::vector<double> a, std::vector<double> b) {
    for (std::size_t j = 0; j < unknowns; ++j) {
        for (std::size_t k = 0; k <= j; ++k) {
            double sum = a[j * unknowns + k];
            for (std::size_t m = 0; m < k; ++m)
                sum -= a[j * unknowns + m] * a[k * unknowns + m];
            a[j * unknowns + k] = j == k ? std::sqrt(sum) : sum / a[k * unknowns + k];
        }
    }
    for (std::size_t j = 0; j < unknowns; ++j) {
        for (std::size_t m = 0; m < j; ++m)
            b[j] -= a[j * unknowns + m] * b[m];
        b[j] /= a[j * unknowns + j];
    }
    for (std::size_t j = unknowns; j-- > 0;) {
        for (std::size_t m = j + 1; m < unknowns; ++m)
            b[j] -= a[m * unknowns + j] * b[m];
        b[j] /= a[j * unknowns + j];
    }
    return b;
}

std::vector<double> naive_fit() {
    std::vector<double> at(unknowns);
    for (int step = 0; step < 50; ++step) {
        naive_look const look(at);
        if (look.slope() < 1e-8) break;
        auto const move = solve(look.curvature, look.gradient);
        for (std::size_t j = 0; j < unknowns; ++j)
            at[j] -= move[j];
    }
    return at;
}

std::vector<double> const& naive_answer() {
    static std::vector<double> const found = naive_fit();
    return found;
}

std::vector<double> coefficients_of(logistic const& model) {
    std::vector<double> out{model.intercept()};
    out.insert(out.end(), model.coefficients().begin(), model.coefficients().end());
    return out;
}

void fit(benchmark::State& state) {
    auto const columns = as_columns(data().columns);
    logistic_options options;
    options.threads = static_cast<unsigned>(state.range(0));
    options.level = static_cast<cpu_level>(state.range(1));
    if (usable_cpu_level(options.level) != options.level) {
        state.SkipWithError("this machine lacks the instruction set");
        return;
    }
    std::vector<double> found;
    double log_likelihood = 0;
    for ([[maybe_unused]] auto const _ : state) {
        auto const model = fit_logistic(columns, data().happened, options);
        found = coefficients_of(model);
        log_likelihood = model.diagnostics().log_likelihood;
        state.counters["looks"] = static_cast<double>(model.diagnostics().evaluations);
    }
    naive_look const look(found);
    if (!(look.slope() < 1e-8)) state.SkipWithError("the slope is not zero at the answer");
    if (!(std::abs(look.loss + log_likelihood) < 1e-9 * look.loss)) state.SkipWithError("another log-likelihood");
    for (std::size_t j = 0; j < unknowns; ++j) {
        if (!(std::abs(found[j] - naive_answer()[j]) < 1e-7))
            state.SkipWithError("not the coefficients of the textbook");
    }
    state.counters["slope"] = look.slope();
    state.counters["mean_loss"] = look.loss / customers;
}
BENCHMARK(fit)
    ->ArgNames({"threads", "cpu"})
    ->Args({1, static_cast<int>(cpu_level::avx2)})
    ->Args({2, static_cast<int>(cpu_level::avx2)})
    ->Args({1, static_cast<int>(cpu_level::sse2)})
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime()
    ->UseRealTime();

void textbook(benchmark::State& state) {
    for ([[maybe_unused]] auto const _ : state)
        benchmark::DoNotOptimize(naive_fit());
    state.counters["mean_loss"] = naive_look(naive_answer()).loss / customers;
}
BENCHMARK(textbook)->Iterations(1)->Unit(benchmark::kMillisecond)->UseRealTime();

void score(benchmark::State& state) {
    auto const columns = as_columns(data().columns);
    logistic const model(naive_answer()[0], {naive_answer().begin() + 1, naive_answer().end()});
    std::vector<double> out(customers);
    for ([[maybe_unused]] auto const _ : state) {
        model.probability(columns, out);
        benchmark::DoNotOptimize(out.data());
    }
    state.counters["ns_per_customer"] = benchmark::Counter(
        1e-9 * customers, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(score)->Unit(benchmark::kMillisecond);

// Fits alternating with the textbook's looks: the ratio a busy machine cannot bend.
void print_ratios() {
    using clock = std::chrono::steady_clock;
    auto const seconds = [](auto const& work) {
        auto const begin = clock::now();
        work();
        return std::chrono::duration<double>(clock::now() - begin).count();
    };
    auto const columns = as_columns(data().columns);
    auto const timed = [&](unsigned threads) {
        logistic_options options;
        options.threads = threads;
        return seconds([&] { (void)fit_logistic(columns, data().happened, options); });
    };
    std::vector<double> one, two, plain;
    for (int round = 0; round < 5; ++round) {
        one.push_back(timed(1));
        two.push_back(timed(2));
        if (round < 2) plain.push_back(seconds([] { (void)naive_fit(); }));
    }
    auto const median = [](std::vector<double>& v) {
        std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
        return v[v.size() / 2];
    };
    double const ours = median(one);
    std::printf("one thread %.3f s; textbook %.1f times as long; two threads %.2f times as fast\n", ours,
                median(plain) / ours, ours / median(two));
}

int write(std::string const& folder) {
    for (std::size_t j = 0; j < features; ++j) {
        std::ofstream out(folder + "/x" + std::to_string(j) + ".f64", std::ios::binary);
        out.write(reinterpret_cast<char const*>(data().columns[j].data()), customers * sizeof(double));
    }
    std::ofstream out(folder + "/y.u8", std::ios::binary);
    out.write(reinterpret_cast<char const*>(data().happened.data()), customers);
    return out ? 0 : 1;
}

// For compare_logistic.py: a line with the CPU seconds and the mean loss of each round.
int rounds(int count) {
    auto const columns = as_columns(data().columns);
    for (int i = 0; i < count; ++i) {
        std::clock_t const begin = std::clock();
        auto const model = fit_logistic(columns, data().happened);
        double const took = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        std::printf("%.6f %.17g\n", took, -model.diagnostics().log_likelihood / customers);
        std::fflush(stdout);
    }
    return 0;
}

} // namespace

int main(int argc, char** argv) {
    std::string_view const first = argc > 1 ? argv[1] : "";
    if (first.starts_with("--write=")) return write(std::string(first.substr(8)));
    if (first.starts_with("--rounds=")) return rounds(std::stoi(std::string(first.substr(9))));
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    print_ratios();
    return 0;
}
