// SPDX-License-Identifier: Apache-2.0
// CSV to five typed columns (workload W4): how many bytes a second one core reads, at each instruction set, with quotes
// and missing values, and with two threads, against the bounds of the machine (reading the cached file, copying memory)
// and a plain reader (getline and from_chars). Every answer is checked against what the generator wrote.
//
//     bench.csv_read                              SEGMENTA_BENCH_LINES sets the number of orders (1000000),
//                                                 SEGMENTA_BENCH_DIR where they are put (the temporary folder)
//     bench.csv_read --read FILE [LEVEL]          reads an orders file once and prints sums and CPU seconds (for
//                                                 compare_duckdb.py)

#include <segmenta/base/parallel.hpp>
#include <segmenta/io/csv_reader.hpp>
#include <segmenta/io/csv_writer.hpp>

#include "support/orders.hpp"

#include <benchmark/benchmark.h>

#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>
#include <unistd.h>
#include <unordered_map>
#include <vector>

namespace {

using namespace segmenta;
using bench::order_sums;

struct order_file {
    std::string path;
    order_sums sums;
    std::int64_t bytes = 0;
};

order_file const& orders(bool strings) {
    static auto const make = [](bool with_strings) {
        char const* const lines = std::getenv("SEGMENTA_BENCH_LINES");
        char const* const folder = std::getenv("SEGMENTA_BENCH_DIR");
        bench::order_options options;
        options.lines = lines != nullptr ? std::strtoull(lines, nullptr, 10) : 1'000'000;
        options.strings = with_strings;
        order_file made;
        made.path = orders_file(options, folder != nullptr ? folder : std::filesystem::temp_directory_path().string(),
                                made.sums);
        made.bytes = static_cast<std::int64_t>(std::filesystem::file_size(made.path));
        return made;
    };
    static order_file const plain = make(false);
    static order_file const quoted = make(true);
    return strings ? quoted : plain;
}

std::vector<wanted_column> wanted(bool strings) {
    std::vector<wanted_column> all(5);
    std::string const names[] = {"customer_id", "order_time", "amount", "category", "channel"};
    type const types[] = {strings ? string_type : int64_type, instant_type, decimal_type(2), category_type,
                          category_type};
    for (std::size_t i = 0; i < all.size(); ++i) {
        all[i].name = names[i];
        all[i].what = types[i];
    }
    return all;
}

// Adds up a block, touching every value.
void add(parsed_block const& block, bool strings, order_sums& sums) {
    auto const columns = block.columns();
    std::size_t const rows = block.rows();
    sums.lines += rows;
    if (!strings)
        for (std::int64_t const id : columns[0].as<std::int64_t>())
            sums.customers += static_cast<std::uint64_t>(id);
    std::int64_t micros_to_seconds = 0;
    for (std::int64_t const time : columns[1].as<std::int64_t>())
        micros_to_seconds += time / 1'000'000; // missing is 0
    sums.seconds += micros_to_seconds;
    for (std::int64_t const cents : columns[2].as<std::int64_t>())
        sums.cents += cents;
    for (column_view const& column : columns) {
        if (column.valid == nullptr) continue;
        sums.missing += rows - count_words({column.valid, bitmap_words(rows)});
    }
}

order_sums read_orders(std::string const& path, bool strings, cpu_level level, unsigned threads) {
    csv_file file(path, csv_dialect{});
    csv_layout const layout(file, wanted(strings));
    std::vector<order_sums> parts(threads);
    std::atomic<bool> clean{true};
    parallel_for_blocks(threads, threads, [&](std::size_t part) {
        csv_block_reader reader(layout, level);
        text_chunk chunk;
        while (file.source().next(chunk)) {
            parsed_block const& block = reader.parse(chunk);
            if (!block.bad_fields().empty()) clean = false;
            add(block, strings, parts[part]);
        }
    });
    order_sums all;
    for (order_sums const& part : parts) {
        all.lines += part.lines;
        all.customers += part.customers;
        all.seconds += part.seconds;
        all.cents += part.cents;
        all.missing += part.missing;
    }
    if (!clean) all.lines = 0;
    return all;
}

void csv_to_columns(benchmark::State& state, bool strings, cpu_level level, unsigned threads) {
    if (level > detect_cpu_level()) {
        state.SkipWithError("this machine does not have these instructions");
        return;
    }
    order_file const& file = orders(strings);
    for (auto _ : state) {
        if (read_orders(file.path, strings, level, threads) == file.sums) continue;
        state.SkipWithError("wrong sums");
        return;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.bytes);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * file.sums.lines));
}

// What one writes without a library: no quotes, no missing values, no dates that do not exist, no line numbers.
order_sums read_plainly(std::string const& path) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    std::getline(in, line);
    std::unordered_map<std::string, std::uint32_t> categories;
    std::unordered_map<std::string, std::uint32_t> channels;
    std::vector<std::uint32_t> codes;
    order_sums sums;
    while (std::getline(in, line)) {
        char const* const end = line.data() + line.size();
        std::int64_t id = 0;
        char const* at = std::from_chars(line.data(), end, id).ptr + 1;
        int part[6] = {};
        for (int& p : part)
            at = std::from_chars(at, end, p).ptr + 1;
        auto const date =
            civil_date::of(part[0], static_cast<std::uint8_t>(part[1]), static_cast<std::uint8_t>(part[2]));
        std::int64_t whole = 0;
        std::int64_t decimals = 0;
        at = std::from_chars(at, end, whole).ptr + 1;
        at = std::from_chars(at, end, decimals).ptr + 1;
        char const* const comma = std::find(at, end, ',');
        auto const code = [](auto& known, std::string name) {
            return known.emplace(std::move(name), static_cast<std::uint32_t>(known.size())).first->second;
        };
        codes.push_back(code(categories, std::string(at, comma)));
        codes.push_back(code(channels, std::string(comma + 1, end)));
        if (codes.size() > 10'000) codes.clear();
        ++sums.lines;
        sums.customers += static_cast<std::uint64_t>(id);
        sums.seconds += std::int64_t{date.days_since_epoch()} * 86'400 + part[3] * 3600 + part[4] * 60 + part[5];
        sums.cents += whole * 100 + decimals;
    }
    return sums;
}

void getline_and_from_chars(benchmark::State& state) {
    order_file const& file = orders(false);
    for (auto _ : state) {
        if (read_plainly(file.path) == file.sums) continue;
        state.SkipWithError("wrong sums");
        return;
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.bytes);
}

void bound_read_cached_file(benchmark::State& state) {
    order_file const& file = orders(false);
    std::vector<char> buffer(std::size_t{256} << 10);
    for (auto _ : state) {
        int const in = ::open(file.path.c_str(), O_RDONLY | O_CLOEXEC);
        std::int64_t total = 0;
        for (ssize_t got = 0; (got = ::read(in, buffer.data(), buffer.size())) > 0; total += got)
            benchmark::ClobberMemory();
        ::close(in);
        if (total != file.bytes) state.SkipWithError("the file was not read whole");
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * file.bytes);
}

void bound_copy_memory(benchmark::State& state) {
    std::vector<char> const from(std::size_t{64} << 20, 'x');
    std::vector<char> to(from.size());
    for (auto _ : state) {
        std::memcpy(to.data(), from.data(), from.size());
        benchmark::ClobberMemory();
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(from.size()));
}

// A million customers of eight columns, as `segmenta run` writes them; one of them a double with few digits or, as
// means have, many.
void write_columns(benchmark::State& state, bool long_doubles) {
    constexpr std::size_t rows = 1'000'000;
    auto pool = std::make_shared<string_pool>();
    for (char const* const name : {"champions", "hibernating", "loyal_customers", "at_risk"})
        pool->intern(name);
    std::vector<column> columns;
    for (type const what :
         {int64_type, int64_type, int64_type, decimal_type(2), int64_type, int64_type, float64_type, category_type})
        columns.emplace_back(what, rows);
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t const c : {0U, 1U, 2U, 3U, 4U, 5U})
            columns[c].data<std::int64_t>()[r] =
                static_cast<std::int64_t>((r * (c + 1) * 2'654'435'761U) % (c < 2 ? 1'000'000 : 1000));
        columns[6].data<double>()[r] =
            static_cast<double>(r % 1000) / (long_doubles ? static_cast<double>(r % 29 + 3) : 8);
        columns[7].data<std::uint32_t>()[r] = static_cast<std::uint32_t>(r % 4);
    }
    columns[7].set_pool(pool);
    std::vector<column_view> views;
    for (column const& c : columns)
        views.push_back(c.view());
    std::size_t size = 0;
    for (auto _ : state) {
        csv_text text;
        size = 0;
        for (std::size_t begin = 0; begin < rows; begin += 10'000) {
            text.clear();
            text.records(views, begin, 10'000);
            size += text.pending().size();
            benchmark::ClobberMemory();
        }
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * size));
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * rows));
}

int read_once(std::string const& path, std::string_view level_name) {
    auto const level = usable_cpu_level(parse_cpu_level(level_name));
    std::ifstream in(path);
    std::string line;
    std::getline(in, line);
    std::getline(in, line);
    bool const strings = line.find(',') == 36; // a UUID
    std::clock_t const begin = std::clock();
    order_sums const sums = read_orders(path, strings, level, 1);
    double const seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::cout << "{\"cpu_seconds\": " << seconds << ", \"lines\": " << sums.lines
              << ", \"customers\": " << sums.customers << ", \"seconds\": " << sums.seconds
              << ", \"cents\": " << sums.cents << ", \"missing\": " << sums.missing << "}\n";
    return sums.lines > 0 ? 0 : 1;
}

} // namespace

BENCHMARK(bound_read_cached_file)->Unit(benchmark::kMillisecond);
BENCHMARK(bound_copy_memory)->Unit(benchmark::kMillisecond);
BENCHMARK(getline_and_from_chars)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(csv_to_columns, sse2, false, cpu_level::sse2, 1U)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(csv_to_columns, avx2, false, cpu_level::avx2, 1U)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(csv_to_columns, avx512, false, cpu_level::avx512, 1U)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(csv_to_columns, two_threads, false, detect_cpu_level(), 2U)
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
BENCHMARK_CAPTURE(csv_to_columns, quotes_uuids_missing, true, detect_cpu_level(), 1U)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_columns, short_doubles, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(write_columns, long_doubles, true)->Unit(benchmark::kMillisecond);

int main(int argc, char** argv) {
    if (argc >= 3 && std::string_view(argv[1]) == "--read") return read_once(argv[2], argc > 3 ? argv[3] : "avx512");
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
