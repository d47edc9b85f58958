// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BENCHMARKS_SUPPORT_IN_TURN_HPP
#define SEGMENTA_BENCHMARKS_SUPPORT_IN_TURN_HPP

// One thread and two in turn, since what else runs on a machine changes from one minute to the next.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

namespace segmenta::bench {

inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

/// Fits with `fit(threads)`, one thread and then two. The documents of both models must be the same to the last bit.
/// The time of an iteration (manual) is that with one thread; the counter `two_threads` is the median of one over the
/// median of two. Answers the last model.
template <class Fit>
auto in_turn(benchmark::State& state, Fit fit) {
    auto model = fit(1U);
    auto const document = model.to_json();
    std::vector<double> seconds[2];
    for (auto _ : state) {
        for (unsigned t = 0; t < 2; ++t) {
            auto const before = std::chrono::steady_clock::now();
            model = fit(t + 1);
            seconds[t].push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count());
            if (model.to_json() != document) state.SkipWithError("the model depends on the number of threads");
        }
        state.SetIterationTime(seconds[0].back());
    }
    if (!seconds[1].empty()) state.counters["two_threads"] = median(seconds[0]) / median(seconds[1]);
    return model;
}

} // namespace segmenta::bench

#endif
