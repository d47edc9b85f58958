// SPDX-License-Identifier: Apache-2.0
// How many customers does each of a thousand rules hold for? Workload CSW-1 (support/customer_rules.hpp) over a million
// customers in columns (SEGMENTA_BENCH_LINES: another number), counted and with all audiences; and one rule of five
// conditions over ten times as many, in narrow and in wide columns, beside the speed at which the same bytes are read
// and added up. Before a time is reported, the rule index answers for some of the customers alike, and a plain loop for
// the one rule.
//
// `--export <folder>` writes the customers, the rules and the counts instead, for compare_rules_duckdb.py.
//
// All times are of the thread on a processor. Counters: `ns_row`, median nanoseconds per customer; `ns_rule_row`, the
// same per rule; of the one rule `GB_s` and `read_GB_s`, and `of_read%`, the first in percent of the second, all
// medians of passes in turn.

#include "support/customer_rules.hpp"

#include <segmenta/rule/program.hpp>
#include <segmenta/tag/rule_batch.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;
using namespace segmenta::bench;

std::uint32_t customer_count() {
    char const* const wanted = std::getenv("SEGMENTA_BENCH_LINES");
    return wanted == nullptr ? 1'000'000 : static_cast<std::uint32_t>(std::atoi(wanted));
}

std::vector<column_view> views_of(std::vector<column> const& columns) {
    std::vector<column_view> out;
    for (column const& c : columns)
        out.push_back(c.view());
    return out;
}

std::vector<expression> expressions_of(std::vector<customer_rule> const& rules) {
    std::vector<expression> out;
    for (auto const& rule : rules)
        out.push_back(parse_expression(rule.text));
    return out;
}

// Of this thread on a processor: the machines are shared, and who waits for one has done nothing.
double now() {
    timespec t{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}
double seconds_since(double begin) { return now() - begin; }

double median(std::vector<double>& of) {
    auto const middle = of.begin() + static_cast<std::ptrdiff_t>(of.size() / 2);
    std::nth_element(of.begin(), middle, of.end());
    return *middle;
}

[[noreturn]] void differ(std::string const& rule) {
    std::fprintf(stderr, "the answers differ for %s\n", rule.c_str());
    std::exit(1);
}

struct setting {
    rule_mode mode;
    std::size_t rules;
    unsigned missing_percent;
    cpu_level level;
    bool audiences;
};

void compare(customer_rules const& shop, setting const& s, std::vector<customer_rule> const& rules,
             std::vector<expression> const& expressions, rule_batch const& batch, block const& rows) {
    rule_batch_scratch scratch;
    std::vector<std::uint64_t> counts(rules.size());
    std::vector<bitmap> found(rules.size());
    batch.find(rows, counts, found, scratch);
    rule_index const index = build_rule_index(expressions, shop.names());
    rule_index_scratch one;
    bitmap out;
    for (std::uint32_t c = 0; c < rows.size; c += static_cast<std::uint32_t>(rows.size / 500 + 1)) {
        (void)index.match(shop.values_of(shop.customer(c, s.missing_percent)), out, one);
        for (std::size_t r = 0; r < rules.size(); ++r)
            if (found[r].test(c) != out.test(index.position(r))) differ(rules[r].text);
    }
    for (std::size_t r = 0; r < rules.size(); ++r)
        if (counts[r] != found[r].count()) differ(rules[r].text);
}

void rules_over_customers(benchmark::State& state, setting const& s) {
    customer_rules const shop;
    auto const columns = shop.columns_of(customer_count(), s.missing_percent);
    auto const views = views_of(columns);
    block const rows{customer_count(), views};
    auto const rules = shop.make(s.mode, s.rules);
    auto const expressions = expressions_of(rules);
    rule_batch const batch = build_rule_batch(expressions, shop.names(), {s.level});
    compare(shop, s, rules, expressions, batch, rows);
    rule_batch_scratch scratch;
    std::vector<std::uint64_t> counts(rules.size());
    std::vector<bitmap> found(s.audiences ? rules.size() : 0);
    std::vector<double> times;
    for ([[maybe_unused]] auto _ : state) {
        auto const begin = now();
        batch.find(rows, counts, found, scratch);
        benchmark::DoNotOptimize(counts.data());
        times.push_back(seconds_since(begin));
        state.SetIterationTime(times.back());
    }
    double const row = median(times) * 1e9 / static_cast<double>(rows.size);
    state.counters["ns_row"] = row;
    state.counters["ns_rule_row"] = row / static_cast<double>(s.rules);
    state.counters["conditions"] = static_cast<double>(batch.conditions());
}

// The rule of limits that people write most: five conditions on five columns.
constexpr std::string_view one_rule = "age >= 25 && age < 35 && (city == 'city_0' || city == 'city_3') && orders_90d "
                                      ">= 3 && spend_90d > 20000 && !opted_out";

std::uint64_t plain_count(std::vector<column_view> const& of, std::size_t rows) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        auto const age = of[0].as<std::int64_t>()[i];
        auto const city = of[1].text(i);
        out += age >= 25 && age < 35 && (city == "city_0" || city == "city_3") && of[2].as<std::int64_t>()[i] >= 3 &&
                       of[3].as<std::int64_t>()[i] > 20'000 && of[4].as<std::uint8_t>()[i] == 0
                   ? 1
                   : 0;
    }
    return out;
}

// Adds up all bytes, column after column from its beginning to its end: as fast as this thread can read.
double read_seconds(std::span<narrow_column const> of, std::span<std::size_t const> bytes) {
    using words = std::uint64_t __attribute__((vector_size(16), may_alias, aligned(8)));
    auto const begin = now();
    words a{};
    words b{};
    words c{};
    words d{};
    for (std::size_t k = 0; k < of.size(); ++k) {
        auto const* const in = static_cast<words const*>(of[k].column.data);
        for (std::size_t i = 0; i + 4 <= bytes[k] / sizeof(words); i += 4) {
            a += in[i];
            b += in[i + 1];
            c += in[i + 2];
            d += in[i + 3];
        }
    }
    a += b + c + d;
    benchmark::DoNotOptimize(a);
    return seconds_since(begin);
}

// The five columns, as the library's own (29 bytes a row) or as narrow as their values are (8.1).
class five_columns {
public:
    five_columns(customer_rules const& shop, std::size_t customers, bool narrow) {
        auto const all = shop.attribute_names();
        std::size_t const part = customer_count();
        auto const some = shop.columns_of(customer_count(), 0);
        for (std::string_view const name : {"age", "city", "orders_90d", "spend_90d", "opted_out"}) {
            auto const at = static_cast<std::size_t>(std::find(all.begin(), all.end(), name) - all.begin());
            plain_.emplace_back(some[at].what(), customers);
            column& to = plain_.back();
            to.set_pool(some[at].pool());
            column_view const from = some[at].view();
            std::size_t const size = element_size(from.what.base) * part;
            auto* const out = reinterpret_cast<char*>(to.data<std::uint8_t>().data());
            for (std::size_t i = 0; i < customers / part; ++i)
                std::copy_n(static_cast<char const*>(from.data), size, out + i * size);
            names.variable(std::string(name), from.what);
        }
        views = views_of(plain_);
        if (!narrow) {
            columns.assign(views.begin(), views.end());
            for (column_view const& v : views)
                bytes.push_back(v.size * element_size(v.what.base));
            return;
        }
        add(ages_, views[0].as<std::int64_t>());
        add(cities_, views[1].as<std::uint32_t>());
        add(orders_, views[2].as<std::int64_t>());
        add(spent_, views[3].as<std::int64_t>());
        opted_out_.resize((customers + 63) / 64);
        for (std::size_t i = 0; i < customers; ++i)
            opted_out_[i / 64] |= std::uint64_t{views[4].as<std::uint8_t>()[i]} << (i % 64);
        columns = {narrow_column(int64_type, std::span<std::uint8_t const>(ages_)),
                   narrow_column(std::span<std::uint8_t const>(cities_), *plain_[1].pool()),
                   narrow_column(int64_type, std::span<std::uint16_t const>(orders_)),
                   narrow_column(int64_type, std::span<std::int32_t const>(spent_)),
                   narrow_column::of_bits(opted_out_.data(), customers)};
        bytes.push_back(opted_out_.size() * 8);
    }
    environment names;
    std::vector<column_view> views; // plain
    std::vector<narrow_column> columns;
    std::vector<std::size_t> bytes; // of each of these

private:
    template <class T, class From>
    void add(std::vector<T>& to, std::span<From const> from) {
        for (From const v : from)
            to.push_back(static_cast<T>(v));
        bytes.push_back(to.size() * sizeof(T));
    }
    std::vector<column> plain_;
    std::vector<std::uint8_t> ages_;
    std::vector<std::uint8_t> cities_;
    std::vector<std::uint16_t> orders_;
    std::vector<std::int32_t> spent_;
    std::vector<std::uint64_t> opted_out_;
};

void one_rule_over_customers(benchmark::State& state, cpu_level level, bool narrow) {
    customer_rules const shop;
    std::size_t const customers = std::size_t{customer_count()} * 10;
    five_columns const of(shop, customers, narrow);
    rule_batch const batch = build_rule_batch(std::vector{parse_expression(one_rule)}, of.names, {level});
    rule_batch_scratch scratch;
    narrow_block const rows(customers, of.columns);
    std::vector<std::uint64_t> counts(1);
    batch.count(rows, counts, scratch);
    if (counts[0] != plain_count(of.views, customers) || counts[0] == 0) differ(std::string(one_rule));
    std::size_t const bytes = std::accumulate(of.bytes.begin(), of.bytes.end(), std::size_t{0});
    std::vector<double> times;
    std::vector<double> reads;
    for ([[maybe_unused]] auto _ : state) {
        auto const begin = now();
        batch.count(rows, counts, scratch);
        benchmark::DoNotOptimize(counts.data());
        times.push_back(seconds_since(begin));
        reads.push_back(read_seconds(of.columns, of.bytes));
        state.SetIterationTime(times.back());
    }
    double const time = median(times);
    double const read = median(reads);
    state.counters["bytes_row"] = static_cast<double>(bytes) / static_cast<double>(customers);
    state.counters["ns_row"] = time * 1e9 / static_cast<double>(customers);
    state.counters["GB_s"] = static_cast<double>(bytes) / time / 1e9;
    state.counters["read_GB_s"] = static_cast<double>(bytes) / read / 1e9;
    state.counters["of_read%"] = 100 * read / time;
}

// One line for each customer, rule and count; and the time the counting took.
int write_files(std::string const& folder) {
    customer_rules const shop;
    auto const names = shop.attribute_names();
    std::uint32_t const customers = customer_count();
    std::ofstream table(folder + "/customers.csv");
    for (std::size_t a = 0; a < names.size(); ++a)
        table << (a == 0 ? "" : ",") << names[a];
    for (std::uint32_t c = 0; c < customers; ++c) {
        customer_codes const codes = shop.customer(c, 0);
        for (std::size_t a = 0; a < names.size(); ++a)
            table << (a == 0 ? '\n' : ',') << shop.text_of(a, codes[a]);
    }
    table << '\n';
    auto const columns = shop.columns_of(customers, 0);
    auto const views = views_of(columns);
    auto const rules = shop.make(rule_mode::pooled, 1'000);
    rule_batch const batch = build_rule_batch(expressions_of(rules), shop.names());
    rule_batch_scratch scratch;
    std::vector<double> times;
    std::vector<std::uint64_t> counts;
    for (int pass = 0; pass < 7; ++pass) {
        counts.assign(rules.size(), 0);
        auto const begin = now();
        batch.count({customers, views}, counts, scratch);
        times.push_back(seconds_since(begin));
    }
    std::ofstream list(folder + "/rules.txt");
    for (std::size_t r = 0; r < rules.size(); ++r)
        list << counts[r] << '\t' << rules[r].text << '\n';
    std::printf("%.9f\n", median(times));
    return table.good() && list.good() ? 0 : 1;
}

void register_case(setting const& s) {
    std::string const name = std::string(to_string(s.mode)) + '/' + std::to_string(s.rules) +
                             (s.missing_percent > 0 ? "/missing" : "") + (s.audiences ? "/audiences" : "") + '/' +
                             std::string(to_string(s.level));
    benchmark::RegisterBenchmark(name.c_str(), [s](benchmark::State& state) { rules_over_customers(state, s); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
}

} // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--export") return write_files(argv[2]);
    cpu_level const best = detect_cpu_level();
    for (cpu_level const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512})
        if (level <= best) register_case({rule_mode::pooled, 1'000, 0, level, false});
    register_case({rule_mode::pooled, 1'000, 10, best, false});
    register_case({rule_mode::pooled, 1'000, 0, best, true});
    register_case({rule_mode::wide, 1'000, 0, best, false});
    register_case({rule_mode::pooled, 10'000, 0, best, false});
    for (cpu_level const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
        if (level > best) continue;
        for (bool const narrow : {true, false})
            benchmark::RegisterBenchmark(
                ("one_rule/" + std::string(narrow ? "narrow/" : "wide/") + std::string(to_string(level))).c_str(),
                [level, narrow](benchmark::State& state) { one_rule_over_customers(state, level, narrow); })
                ->UseManualTime()
                ->Unit(benchmark::kMillisecond);
    }
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::RunSpecifiedBenchmarks();
    return 0;
}
