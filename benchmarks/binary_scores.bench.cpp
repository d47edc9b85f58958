// SPDX-License-Identifier: Apache-2.0
// How long does it take to say how well ten million scores rank their customers? AUC, KS and DeLong's error, against
// the naive way in the same run: sort pairs of score and outcome, give midranks, sum. Each answer is checked against
// it.

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/binary_scores.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <utility>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t customers = 10'000'000;

struct sample {
    std::vector<double> scores;
    std::vector<std::uint8_t> outcomes;
};

/// `grain` 0: all scores differ, as those of a model; else they are points, as those of a scorecard.
sample make_sample(double grain) {
    random_generator random(1);
    sample out;
    out.scores.resize(customers);
    out.outcomes.resize(customers);
    for (std::size_t i = 0; i < customers; ++i) {
        double const score = random_normal(random);
        out.scores[i] = grain > 0 ? std::floor(score / grain) : score;
        out.outcomes[i] = random_bernoulli(random, 1 / (1 + std::exp(2 - score))) ? 1 : 0;
    }
    return out;
}

sample const& sample_of(bool points) {
    static sample const model = make_sample(0);
    static sample const card = make_sample(0.005);
    return points ? card : model;
}

/// Mann and Whitney's midranks.
double naive_auc(sample const& s) {
    std::vector<std::pair<double, std::uint8_t>> all(s.scores.size());
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i] = {s.scores[i], s.outcomes[i]};
    std::sort(all.begin(), all.end());
    double ranks = 0;
    double positives = 0;
    for (std::size_t begin = 0; begin < all.size();) {
        std::size_t end = begin;
        double in = 0;
        for (; end < all.size() && all[end].first == all[begin].first; ++end)
            in += all[end].second;
        ranks += in * (static_cast<double>(begin + end + 1) / 2);
        positives += in;
        begin = end;
    }
    double const negatives = static_cast<double>(all.size()) - positives;
    return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

struct timed_answer {
    double auc;
    double seconds;
};

double processor_seconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

timed_answer const& naive_once(bool points) {
    auto const measure = [](sample const& s) {
        double const begin = processor_seconds();
        double const auc = naive_auc(s);
        return timed_answer{auc, processor_seconds() - begin};
    };
    static timed_answer const model = measure(sample_of(false));
    static timed_answer const card = measure(sample_of(true));
    return points ? card : model;
}

void rank_scores(benchmark::State& state) {
    bool const points = state.range(0) != 0;
    auto const& s = sample_of(points);
    auto const& naive = naive_once(points);
    double auc = 0;
    double const begin = processor_seconds();
    for (auto _ : state) {
        binary_scores const ranked(s.scores, s.outcomes);
        auc = ranked.auc_with_error().value;
        benchmark::DoNotOptimize(ranked.ks());
    }
    double const seconds = (processor_seconds() - begin) / static_cast<double>(state.iterations());
    if (!(std::fabs(auc - naive.auc) < 1e-9)) state.SkipWithError("the area differs from that of midranks");
    state.counters["naive_seconds"] = naive.seconds;
    state.counters["ratio"] = naive.seconds / seconds;
    state.SetItemsProcessed(static_cast<std::int64_t>(customers) * state.iterations());
}

BENCHMARK(rank_scores)->ArgName("points")->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond)->MinTime(3);

} // namespace
