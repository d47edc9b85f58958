// SPDX-License-Identifier: Apache-2.0
// How long does it take to score ten million customers by quintiles of one number? Edges and codes, against the naive
// way in the same run: nth_element for each edge on a copy, then upper_bound for each value. compare_quantiles.py
// compares with NumPy and DuckDB.

#include <segmenta/base/random.hpp>
#include <segmenta/stats/quantile.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 10'000'000;

/// Heavy-tailed amounts.
std::vector<double> const& amounts() {
    static std::vector<double> const made = [] {
        random_generator random(1);
        std::vector<double> out(customers);
        for (double& v : out)
            v = std::exp(3 + 1.2 * random_normal(random));
        return out;
    }();
    return made;
}

/// Small whole numbers with heavy ties, as order counts are.
std::vector<std::int64_t> const& counts() {
    static std::vector<std::int64_t> const made = [] {
        random_generator random(2);
        std::vector<std::int64_t> out(customers);
        for (auto& v : out)
            v = 1 + static_cast<std::int64_t>(-3 * std::log1p(-random_unit(random)));
        return out;
    }();
    return made;
}

template <class T>
struct naive_result {
    std::vector<double> edges;
    std::vector<std::uint8_t> codes;
};

template <class T>
naive_result<T> naive(std::vector<T> const& values) {
    std::vector<T> copy = values;
    naive_result<T> out;
    std::size_t const n = values.size();
    for (std::size_t k = 1; k < 5; ++k) {
        std::size_t const j = (n - 1) * k / 5;
        double const weight = static_cast<double>((n - 1) * k % 5) / 5;
        auto const at = copy.begin() + static_cast<std::ptrdiff_t>(j);
        std::nth_element(copy.begin(), at, copy.end());
        double const low = static_cast<double>(*at);
        double const high = static_cast<double>(*std::min_element(at + 1, copy.end()));
        out.edges.push_back(std::lerp(low, high, weight));
    }
    out.codes.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        out.codes[i] = static_cast<std::uint8_t>(
            std::lower_bound(out.edges.begin(), out.edges.end(), static_cast<double>(values[i])) - out.edges.begin());
    return out;
}

template <class T>
naive_result<T> const& naive_once(std::vector<T> const& values) {
    static naive_result<T> const made = naive(values);
    return made;
}

template <class T>
void quintiles(benchmark::State& state, std::vector<T> const& values) {
    auto const level = static_cast<cpu_level>(state.range(0));
    if (detect_cpu_level() < level) {
        state.SkipWithError("this machine has no such instructions");
        return;
    }
    auto const& expected = naive_once(values);
    std::vector<std::uint8_t> codes(values.size());
    for (auto _ : state) {
        auto const edges = quantile_edges(values, nullptr, 5, {}, level);
        bin_codes(values, nullptr, edges, codes, level);
        benchmark::DoNotOptimize(codes.data());
    }
    if (codes != expected.codes) state.SkipWithError("codes differ from the naive ones");
    state.SetLabel(std::string(to_string(level)));
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
}

template <class T>
void naive_quintiles(benchmark::State& state, std::vector<T> const& values) {
    for (auto _ : state) {
        auto const result = naive(values);
        benchmark::DoNotOptimize(result.codes.data());
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(values.size()));
}

void doubles(benchmark::State& state) { quintiles(state, amounts()); }
void doubles_naive(benchmark::State& state) { naive_quintiles(state, amounts()); }
void integers(benchmark::State& state) { quintiles(state, counts()); }
void integers_naive(benchmark::State& state) { naive_quintiles(state, counts()); }

// SEGMENTA_BENCH_DATA=<file>: writes the values as raw doubles, and their codes to <file>.codes.
void write_for_comparison(std::vector<std::uint8_t> const& codes) {
    char const* const path = std::getenv("SEGMENTA_BENCH_DATA");
    if (path == nullptr) return;
    auto const write = [](std::string const& to, auto const& values) {
        std::ofstream(to, std::ios::binary)
            .write(reinterpret_cast<char const*>(values.data()),
                   static_cast<std::streamsize>(values.size() * sizeof values[0]));
    };
    write(path, amounts());
    write(std::string(path) + ".codes", codes);
}

// Without the naive way, for compare_quantiles.py.
void doubles_alone(benchmark::State& state) {
    auto const& values = amounts();
    std::vector<std::uint8_t> codes(values.size());
    for (auto _ : state) {
        bin_codes(values, nullptr, quantile_edges(values, nullptr, 5), codes);
        benchmark::DoNotOptimize(codes.data());
    }
    write_for_comparison(codes);
}

BENCHMARK(doubles_alone)->Name("doubles/codes")->Unit(benchmark::kMillisecond);
BENCHMARK(doubles_naive)->Unit(benchmark::kMillisecond);
BENCHMARK(doubles)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);
BENCHMARK(integers_naive)->Unit(benchmark::kMillisecond);
BENCHMARK(integers)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

} // namespace
