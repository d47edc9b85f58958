// SPDX-License-Identifier: Apache-2.0
// RFM from orders that are in memory already (workload W1m): ingest, fit, classify, with the plan of
// benchmarks/compare_rfm.py, against a naive hash map of histories in the same run.
//
//     bench.columns_rfm                        SEGMENTA_BENCH_LINES sets the number of orders (1000000)
//     bench.columns_rfm --orders FILE OUT      reads an orders file into columns, then does the job once for each line
//     on the
//                                              standard input and prints its CPU seconds; writes the last answer to OUT
//                                              (for compare_rfm.py --memory)

#include <segmenta/ingest/ingest.hpp>
#include <segmenta/io/csv_reader.hpp>
#include <segmenta/io/csv_writer.hpp>
#include <segmenta/segmenter/segmenter.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
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
    for (auto const c : orders().cents)
        sum += c;
    return sum;
}

struct rfm_answer {
    ingest_result read;
    batch_result result;
};

rfm_answer segment(order_columns const& o, unsigned threads) {
    auto const view = [&](type what, std::vector<std::int64_t> const& data) {
        return column_view{what, data.size(), data.data(), nullptr, nullptr, nullptr};
    };
    memory_source const source{
        "orders",
        {"customer_id", "order_time", "amount"},
        {view(int64_type, o.id), view(instant_type, o.time), view(money_type(currency("CNY"), 2), o.cents)}};
    ingest_options options;
    options.as_of = as_of;
    options.threads = threads;
    auto read = ingest(rfm(), {&source, 1}, options);
    auto const fitted = fit(rfm(), read.customers, as_of, threads);
    auto result = compile(fitted).classify(read.customers, {as_of, threads, false});
    return {std::move(read), std::move(result)};
}

void segmenta_columns(benchmark::State& state) {
    auto const& o = orders();
    for (auto _ : state) {
        rfm_answer const answer = segment(o, static_cast<unsigned>(state.range(0)));
        std::int64_t sum = 0;
        for (auto const units : answer.result.find("monetary")->values.as<std::int64_t>())
            sum += units;
        if (sum != total_cents()) state.SkipWithError("wrong sum");
        benchmark::DoNotOptimize(answer.result);
    }
    state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(o.id.size()));
}

/// What one would write first: a history per customer in a hash map, sorted, then a pass; scores left out.
void naive_hash_map(benchmark::State& state) {
    auto const& o = orders();
    for (auto _ : state) {
        std::unordered_map<std::int64_t, std::vector<std::pair<std::int64_t, std::int64_t>>> histories;
        for (std::size_t i = 0; i < o.id.size(); ++i)
            histories[o.id[i]].emplace_back(o.time[i], o.cents[i]);
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

order_columns read_orders(std::string const& path) {
    csv_file file(path, csv_dialect{});
    std::vector<wanted_column> wanted(3);
    std::string const names[] = {"customer_id", "order_time", "amount"};
    type const types[] = {int64_type, instant_type, decimal_type(2)};
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        wanted[i].name = names[i];
        wanted[i].what = types[i];
    }
    csv_layout const layout(file, wanted);
    csv_block_reader reader(layout);
    text_chunk chunk;
    order_columns out;
    while (file.source().next(chunk)) {
        auto const columns = reader.parse(chunk).columns();
        std::vector<std::int64_t>* const to[] = {&out.id, &out.time, &out.cents};
        for (std::size_t i = 0; i < 3; ++i) {
            auto const values = columns[i].as<std::int64_t>();
            to[i]->insert(to[i]->end(), values.begin(), values.end());
        }
    }
    return out;
}

void write_answer(rfm_answer const& answer, std::string const& path) {
    auto const& customers = answer.read.customers;
    std::vector<std::string> header{"customer_id"};
    std::vector<column_view> columns{{int64_type, customers.size(), customers.ids.data(), nullptr, nullptr, nullptr}};
    for (auto const& column : answer.result.columns()) {
        header.push_back(column.name);
        columns.push_back(column.values);
    }
    csv_writer writer(path, header);
    writer.out().records(columns, 0, customers.size());
    writer.commit();
}

int answer_each_line(std::string const& orders_path, std::string const& out) {
    order_columns const o = read_orders(orders_path);
    std::optional<rfm_answer> answer;
    for (std::string line; std::getline(std::cin, line);) {
        answer.reset();
        std::clock_t const begin = std::clock();
        answer = segment(o, 1);
        double const seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
        std::cout << "{\"cpu_seconds\": " << seconds << "}" << std::endl;
    }
    if (answer) write_answer(*answer, out);
    return answer ? 0 : 1;
}

} // namespace

BENCHMARK(segmenta_columns)->Arg(1)->Arg(2)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(naive_hash_map)->Unit(benchmark::kMillisecond)->MeasureProcessCPUTime()->UseRealTime();

int main(int argc, char** argv) {
    if (argc == 4 && std::string_view(argv[1]) == "--orders") return answer_each_line(argv[2], argv[3]);
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
