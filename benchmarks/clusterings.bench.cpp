// SPDX-License-Identifier: Apache-2.0
// How long do the other clusterings take than k-means itself (k_means.bench.cpp): mini-batch k-means, k-prototypes,
// Gaussian mixtures, latent classes, k-medoids and the tree of Ward? Each is fitted with one thread and with two in
// turn; the models must be the same to the last bit. The time is that with one thread, `two_threads` says how many
// times as fast two are: the median of one over the median of two.

#include <segmenta/base/random.hpp>
#include <segmenta/model/agglomerative.hpp>
#include <segmenta/model/gaussian_mixture.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/model/k_medoids.hpp>
#include <segmenta/model/k_prototypes.hpp>
#include <segmenta/model/latent_class.hpp>

#include "support/in_turn.hpp"

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

using namespace segmenta;

struct customers {
    std::vector<std::vector<double>> numbers;           // four, around the middle of a group
    std::vector<std::vector<std::uint32_t>> categories; // six of four levels, mostly that of the group
};

customers make(std::size_t rows) {
    constexpr std::size_t groups = 4;
    random_generator random(42);
    customers out{std::vector(4, std::vector<double>(rows)), std::vector(6, std::vector<std::uint32_t>(rows))};
    std::vector<double> middle(groups * out.numbers.size());
    for (double& v : middle)
        v = random_uniform(random, -3, 3);
    for (std::size_t i = 0; i < rows; ++i) {
        auto const group = static_cast<std::size_t>(random_below(random, groups));
        for (std::size_t j = 0; j < out.numbers.size(); ++j)
            out.numbers[j][i] = middle[group * out.numbers.size() + j] + random_normal(random, 0, 1.2);
        for (std::size_t j = 0; j < out.categories.size(); ++j)
            out.categories[j][i] = static_cast<std::uint32_t>(
                random_bernoulli(random, 0.7) ? (group + j) % groups : random_below(random, groups));
    }
    return out;
}

std::vector<std::span<std::uint32_t const>> columns_of(std::vector<std::vector<std::uint32_t>> const& columns) {
    return {columns.begin(), columns.end()};
}

template <class Number>
void write(std::string const& path, std::vector<std::vector<Number>> const& columns) {
    std::ofstream file(path, std::ios::binary);
    for (auto const& column : columns)
        file.write(reinterpret_cast<char const*>(column.data()),
                   static_cast<std::streamsize>(column.size() * sizeof(Number)));
}

customers make_and_write(std::size_t rows) {
    auto const made = make(rows);
    if (char const* const folder = std::getenv("SEGMENTA_BENCH_DATA")) {
        auto const name = std::string(folder) + "/" + std::to_string(rows);
        write(name + ".numbers", made.numbers);
        write(name + ".categories", made.categories);
    }
    return made;
}

customers const& data(std::size_t rows) {
    static customers const few = make_and_write(5'000);
    static customers const several = make_and_write(20'000);
    static customers const some = make_and_write(200'000);
    static customers const many = make_and_write(1'000'000);
    return rows == 5'000 ? few : rows == 20'000 ? several : rows == 1'000'000 ? many : some;
}

// fit(customers, threads) answers a model, of which answer(model, customers) is shown.
template <class Fit, class Answer>
void in_turn(benchmark::State& state, Fit fit, Answer answer) {
    auto const& input = data(static_cast<std::size_t>(state.range(0)));
    auto const model = bench::in_turn(state, [&](unsigned threads) { return fit(input, threads); });
    state.counters["answer"] = answer(model, static_cast<double>(input.numbers[0].size()));
}

void mini_batch_k_means(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_mini_batch_k_means(as_columns(input.numbers), {.clusters = 8, .seed = 7, .threads = threads});
        },
        [](auto const& model, double n) { return model.fit().inertia / n; });
}
BENCHMARK(mini_batch_k_means)
    ->Arg(200'000)
    ->Arg(1'000'000)
    ->Unit(benchmark::kMillisecond)
    ->UseManualTime()
    ->Iterations(21);

void prototypes(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_k_prototypes(as_columns(input.numbers), columns_of(input.categories),
                                    {.clusters = 4, .starts = 3, .seed = 7, .threads = threads});
        },
        [](auto const& model, double n) { return model.fit().cost / n; });
}
BENCHMARK(prototypes)->Arg(200'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(7);

void mixture(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_gaussian_mixture(as_columns(input.numbers), {.components = 4, .seed = 7, .threads = threads});
        },
        [](auto const& model, double n) { return model.diagnostics().log_likelihood / n; });
}
BENCHMARK(mixture)->Arg(200'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(5);

void latent_classes(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_latent_class(columns_of(input.categories), {.classes = 4, .seed = 7, .threads = threads});
        },
        [](auto const& model, double n) { return model.diagnostics().log_likelihood / n; });
}
BENCHMARK(latent_classes)->Arg(200'000)->Arg(1'000'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(3);

void medoids(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_k_medoids(as_columns(input.numbers), {.clusters = 8, .threads = threads});
        },
        [](auto const& model, double) { return model.objective(); });
}
BENCHMARK(medoids)->Arg(5'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(3);

void tree(benchmark::State& state) {
    in_turn(
        state,
        [](customers const& input, unsigned threads) {
            return fit_agglomerative(as_columns(input.numbers), {.threads = threads});
        },
        [](auto const& model, double) { return model.merges().back().height; });
}
BENCHMARK(tree)->Arg(5'000)->Arg(20'000)->Unit(benchmark::kMillisecond)->UseManualTime()->Iterations(3);

} // namespace
