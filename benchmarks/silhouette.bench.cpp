// SPDX-License-Identifier: Apache-2.0
// How long does the exact silhouette of twenty thousand customers of four features in eight clusters take? Against the
// naive way in the same run, which adds up every distance of each customer.
// SEGMENTA_BENCH_DATA=<file>: writes the customers as raw doubles, column after column, for compare_silhouette.py.

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 20'000;
constexpr std::size_t features = 4;
constexpr std::uint32_t clusters = 8;

std::vector<std::uint32_t> labels() {
    std::vector<std::uint32_t> out(customers);
    for (std::size_t i = 0; i < customers; ++i)
        out[i] = static_cast<std::uint32_t>(i % clusters);
    return out;
}

std::vector<std::vector<double>> const& data() {
    static std::vector<std::vector<double>> const made = [] {
        random_generator random(7);
        std::vector<std::vector<double>> out(features, std::vector<double>(customers));
        for (std::size_t j = 0; j < features; ++j)
            for (std::size_t i = 0; i < customers; ++i)
                out[j][i] = static_cast<double>((i % clusters) * (j + 1) % 5) + random_normal(random);
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

double naive(std::vector<std::uint32_t> const& of) {
    auto const& x = data();
    double total = 0;
    for (std::size_t i = 0; i < customers; ++i) {
        double sums[clusters] = {};
        for (std::size_t j = 0; j < customers; ++j) {
            double squared = 0;
            for (std::size_t f = 0; f < features; ++f)
                squared += (x[f][i] - x[f][j]) * (x[f][i] - x[f][j]);
            sums[of[j]] += std::sqrt(squared);
        }
        double const size = customers / clusters;
        double const a = sums[of[i]] / (size - 1);
        double b = std::numeric_limits<double>::infinity();
        for (std::uint32_t c = 0; c < clusters; ++c)
            if (c != of[i]) b = std::min(b, sums[c] / size);
        total += (b - a) / std::max(a, b);
    }
    return total / customers;
}

void naive_silhouette(benchmark::State& state) {
    auto const of = labels();
    data();
    for (auto _ : state)
        benchmark::DoNotOptimize(naive(of));
}
BENCHMARK(naive_silhouette)->Unit(benchmark::kMillisecond)->Iterations(1);

void exact_silhouette(benchmark::State& state) {
    auto const of = labels();
    auto const columns = as_columns(data());
    double mean = 0;
    for (auto _ : state)
        mean = mean_silhouette(columns, of, static_cast<unsigned>(state.range(0)));
    static double const expected = naive(of);
    if (std::abs(mean - expected) > 1e-9) state.SkipWithError("not the naive silhouette");
    state.counters["silhouette"] = mean;
}
BENCHMARK(exact_silhouette)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

} // namespace
