// SPDX-License-Identifier: Apache-2.0
// How long does it take to put a million customers of four features into eight clusters? Lloyd to convergence from
// given centres, against a textbook loop in double precision in the same run (a few of its iterations, scaled).
// SEGMENTA_BENCH_DATA=<file>: writes the customers as raw doubles, column after column, for compare_k_means.py.

#include <segmenta/base/random.hpp>
#include <segmenta/model/k_means.hpp>

#include "support/in_turn.hpp"

#include <benchmark/benchmark.h>

#include <cstdlib>
#include <fstream>
#include <limits>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 1'000'000;
constexpr std::size_t features = 4;
constexpr std::size_t clusters = 8;

std::vector<std::vector<double>> const& data() {
    static std::vector<std::vector<double>> const made = [] {
        random_generator random(42);
        std::vector<std::vector<double>> out(features, std::vector<double>(customers));
        std::vector<double> middle(clusters * features);
        for (double& v : middle)
            v = random_uniform(random, -3, 3);
        for (std::size_t i = 0; i < customers; ++i) {
            auto const group = static_cast<std::size_t>(random_below(random, clusters));
            for (std::size_t j = 0; j < features; ++j)
                out[j][i] = middle[group * features + j] + random_normal(random, 0, 1.2);
        }
        if (char const* const path = std::getenv("SEGMENTA_BENCH_DATA")) {
            std::ofstream file(path, std::ios::binary);
            for (auto const& column : out)
                file.write(reinterpret_cast<char const*>(column.data()),
                           static_cast<std::streamsize>(column.size() * sizeof(double)));
        }
        return out;
    }();
    return made;
}

// The first eight customers.
std::vector<double> first_centres() {
    std::vector<double> out;
    for (std::size_t c = 0; c < clusters; ++c)
        for (std::size_t j = 0; j < features; ++j)
            out.push_back(data()[j][c]);
    return out;
}

double naive(std::vector<double>& centres, std::size_t iterations) {
    auto const& x = data();
    double inertia = 0;
    for (std::size_t it = 0; it < iterations; ++it) {
        std::vector<double> sums(clusters * features);
        std::vector<double> counts(clusters);
        inertia = 0;
        for (std::size_t i = 0; i < customers; ++i) {
            double best = std::numeric_limits<double>::infinity();
            std::size_t label = 0;
            for (std::size_t c = 0; c < clusters; ++c) {
                double sum = 0;
                for (std::size_t j = 0; j < features; ++j) {
                    double const gap = x[j][i] - centres[c * features + j];
                    sum += gap * gap;
                }
                if (sum < best) best = sum, label = c;
            }
            inertia += best;
            ++counts[label];
            for (std::size_t j = 0; j < features; ++j)
                sums[label * features + j] += x[j][i];
        }
        for (std::size_t i = 0; i < centres.size(); ++i)
            centres[i] = sums[i] / counts[i / features];
    }
    return inertia;
}

void naive_iterations(benchmark::State& state) {
    data();
    constexpr std::size_t iterations = 5;
    for (auto _ : state) {
        auto centres = first_centres();
        benchmark::DoNotOptimize(naive(centres, iterations));
    }
    state.counters["ns_per_customer_and_iteration"] = benchmark::Counter(
        iterations * customers * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(naive_iterations)->Unit(benchmark::kMillisecond);

// One more iteration of the textbook loop from the answer must not find anything better.
void fit_to_convergence(benchmark::State& state) {
    auto const columns = as_columns(data());
    auto const start = first_centres();
    k_means_options options{.clusters = clusters, .max_iterations = 1000, .first_centres = start};
    options.threads = static_cast<unsigned>(state.range(0));
    k_means model(start, clusters);
    for (auto _ : state)
        model = fit_k_means(columns, options);
    std::vector<double> centres(model.centres().begin(), model.centres().end());
    double const inertia = naive(centres, 1);
    if (!model.fit().converged || std::abs(inertia - model.fit().inertia) > 1e-9 * inertia)
        state.SkipWithError("the answer is not a fixed point");
    state.counters["iterations"] = static_cast<double>(model.fit().iterations);
    state.counters["inertia"] = model.fit().inertia;
    state.counters["ns_per_customer_and_iteration"] =
        benchmark::Counter(static_cast<double>(model.fit().iterations * customers) * 1e-9,
                           benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(fit_to_convergence)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

// `two_threads` says how many times as fast two threads are, measured in turn.
void fit_in_turn(benchmark::State& state) {
    auto const columns = as_columns(data());
    auto const start = first_centres();
    bench::in_turn(state, [&](unsigned threads) {
        return fit_k_means(columns,
                           {.clusters = clusters, .max_iterations = 1000, .first_centres = start, .threads = threads});
    });
}
BENCHMARK(fit_in_turn)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(15);

void start_and_fit(benchmark::State& state) {
    auto const columns = as_columns(data());
    double inertia = 0;
    for (auto _ : state)
        inertia = fit_k_means(columns, {.clusters = clusters, .starts = 1, .seed = 1}).fit().inertia;
    state.counters["inertia"] = inertia;
}
BENCHMARK(start_and_fit)->Unit(benchmark::kMillisecond);

void assign_customers(benchmark::State& state) {
    auto const columns = as_columns(data());
    k_means const model(first_centres(), clusters);
    std::vector<std::uint32_t> labels(customers);
    for (auto _ : state)
        model.assign(columns, labels);
    for (std::size_t i = 0; i < clusters; ++i)
        if (labels[i] != i) state.SkipWithError("a centre is not nearest to itself");
    state.counters["ns_per_customer"] = benchmark::Counter(
        customers * 1e-9, benchmark::Counter::kIsIterationInvariantRate | benchmark::Counter::kInvert);
}
BENCHMARK(assign_customers)->Unit(benchmark::kMillisecond);

} // namespace
