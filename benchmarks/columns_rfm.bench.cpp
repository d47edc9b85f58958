// SPDX-License-Identifier: Apache-2.0
// RFM from orders that are in memory already: ingest, fit, classify, with the plan of benchmarks/compare_rfm.py, against a
// naive hash map of histories in the same run. SEGMENTA_BENCH_LINES sets the number of orders (1000000).

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

using namespace segmenta;

struct order_columns {
    std::vector<std::int64_t> id;
    std::vector<std::int64_t> time;
    std::vector<std::int64_t> cents;
};

/// About ten orders a customer over two years, in the order of time.
order_columns const& orders() {
    static order_columns const made = [] {
        char const* const given = std::getenv("SEGMENTA_BENCH_LINES");
        std::size_t const n = given != nullptr ? std::strtoull(given, nullptr, 10) : 1'000'000;
        order_columns out;
        std::uint64_t state = 42;
        auto const draw = [&] {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            return state >> 33;
        };
        for (std::size_t i = 0; i < n; ++i) {
            out.id.push_back(static_cast<std::int64_t>(draw() % (n / 10 + 1)));
            out.time.push_back((1'672'531'200LL + static_cast<std::int64_t>(i * 63'072'000 / n)) * 1'000'000);
            out.cents.push_back(static_cast<std::int64_t>(draw() % 50'000));
        }
        return out;
    }();
    return made;
}

plan const& rfm() {
    static plan const made = read_plan(SEGMENTA_SOURCE_DIR "/benchmarks/plans/orders_rfm.json");
    return made;
}

constexpr instant as_of{1'735'689'600LL * 1'000'000};

std::int64_t total_cents() {
    std::int64_t sum = 0;
    for (auto const c : orders().cents) sum += c;
    return sum;
}

void segmenta_columns(benchmark::State& state) {
    auto const& o = orders();
    auto const view = [&](type what, std::vector<std::int64_t> const& data) {
        return column_view{what, data.size(), data.data(), nullptr, nullptr, nullptr};
    };
    memory_source const source{"orders", {"customer_id", "order_time", "amount"},
                               {view(int64_type, o.id), view(instant_type, o.time), view(money_type(currency("CNY"), 2), o.cents)}};
    ingest_options options;
    options.as_of = as_of;
    options.threads = static_cast<unsigned>(state.range(0));
    for (auto _ : state) {
        auto const read = ingest(rfm(), {&source, 1}, options);
        auto const fitted = fit(rfm(), read.customers, as_of, options.threads);
        auto const result = compile(fitted).classify(read.customers, {as_of, options.threads, false});
        std::int64_t sum = 0;
        for (auto const units : result.find("monetary")->values.as<std::int64_t>()) sum += units;
        if (sum != total_cents()) state.SkipWithError("wrong sum");
        benchmark::DoNotOptimize(result);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(o.id.size()));
}

/// What one would write first: a history per customer in a hash map, sorted, then a pass; scores left out.
void naive_hash_map(benchmark::State& state) {
    auto const& o = orders();
    for (auto _ : state) {
        std::unordered_map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>> histories;
        for (std::size_t i = 0; i < o.id.size(); ++i) histories[o.id[i]].emplace_back(o.time[i], o.cents[i]);
        std::int64_t sum = 0;
        std::int64_t days = 0;
        for (auto& [id, rows] : histories) {
            std::sort(rows.begin(), rows.end());
            std::int64_t last = -1;
            for (auto const& [time, cents] : rows) {
                sum += cents;
                std::int64_t const day = time / 86'400'000'000;
                days += day != last ? 1 : 0;
                last = day;
            }
        }
        if (sum != total_cents()) state.SkipWithError("wrong sum");
        benchmark::DoNotOptimize(days);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(o.id.size()));
}

} // namespace

BENCHMARK(segmenta_columns)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(naive_hash_map)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
