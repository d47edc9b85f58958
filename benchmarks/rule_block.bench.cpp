// SPDX-License-Identifier: Apache-2.0
// What does a rule cost per row? The cleaning rules of an orders file over blocks of 16,384 rows (what ingest does),
// the same rules row by row (what a request does), and a hand-written loop for the same answer as the bound. Every
// benchmark compares its answers with the hand-written loop before it reports a time. `per_node` is the time per row
// divided by the operations, conditions and joins of the rule.

#include <segmenta/base/random.hpp>
#include <segmenta/rule/program.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace segmenta;

constexpr std::size_t rows = 16'384;

struct orders {
    std::vector<std::int64_t> quantity;
    std::vector<std::int64_t> price; // thousandths
    std::vector<double> weight;
    std::vector<std::string> invoice_text;
    std::vector<std::string_view> invoice;
    std::vector<std::uint32_t> country;
    string_pool countries;
    std::vector<std::uint64_t> known; // of quantity in the blocks with missing values
    environment names;
    std::vector<column_view> views;

    explicit orders(bool missing) {
        for (int i = 0; i < 38; ++i)
            countries.intern("country " + std::to_string(i));
        random_generator random(7);
        known.assign(rows / 64, ~std::uint64_t{0});
        for (std::size_t i = 0; i < rows; ++i) {
            quantity.push_back(static_cast<std::int64_t>(random_below(random, 50)) - 2);
            price.push_back(static_cast<std::int64_t>(random_below(random, 20'000)));
            weight.push_back(random_unit(random) * 10);
            invoice_text.push_back((random_below(random, 50) == 0 ? "C" : "") + std::to_string(536'365 + i / 20));
            country.push_back(static_cast<std::uint32_t>(random_below(random, 38)));
            if (missing && random_below(random, 10) == 0) known[i / 64] &= ~(std::uint64_t{1} << i % 64);
        }
        invoice.assign(invoice_text.begin(), invoice_text.end());
        names.variable("Quantity", int64_type);
        names.variable("UnitPrice", decimal_type(3));
        names.variable("Weight", float64_type);
        names.variable("InvoiceNo", string_type);
        names.variable("Country", category_type);
        views = {{int64_type, rows, quantity.data(), missing ? known.data() : nullptr, nullptr, nullptr},
                 {decimal_type(3), rows, price.data(), nullptr, nullptr, nullptr},
                 {float64_type, rows, weight.data(), nullptr, nullptr, nullptr},
                 {string_type, rows, invoice.data(), nullptr, nullptr, nullptr},
                 {category_type, rows, country.data(), nullptr, &countries, nullptr}};
    }
    [[nodiscard]] bool is_known(std::size_t i) const { return (known[i / 64] >> i % 64 & 1U) != 0; }
};

orders const& data(bool missing) {
    static orders const complete(false);
    static orders const holes(true);
    return missing ? holes : complete;
}

value read_row(void const* context, std::size_t variable) noexcept;

struct row_of_orders {
    orders const* from;
    std::size_t row;
};

value read_row(void const* context, std::size_t variable) noexcept {
    auto const& [from, row] = *static_cast<row_of_orders const*>(context);
    switch (variable) {
    case 0: return from->is_known(row) ? value::of_int(from->quantity[row]) : value{};
    case 1: return value::of_decimal(decimal_type(3), from->price[row]);
    case 2: return value::of_double(from->weight[row]);
    case 3: return value::of_string(from->invoice[row]);
    default: return value::of_string(from->countries.view(from->country[row]));
    }
}

/// A rule, how many nodes it has, and its answer by hand as a number.
struct task {
    std::string_view rule;
    int nodes;
    double (*by_hand)(orders const&, std::size_t);
};

task const tasks[] = {
    {"Quantity * UnitPrice", 1,
     [](orders const& o, std::size_t i) { return static_cast<double>(o.quantity[i] * o.price[i]); }},
    {"Quantity > 0 && UnitPrice > decimal('0')", 3,
     [](orders const& o, std::size_t i) { return o.quantity[i] > 0 && o.price[i] > 0 ? 1.0 : 0.0; }},
    {"InvoiceNo.startsWith('C')", 1,
     [](orders const& o, std::size_t i) { return o.invoice[i].starts_with("C") ? 1.0 : 0.0; }},
    {"Country == 'country 7'", 1,
     [](orders const& o, std::size_t i) { return o.countries.view(o.country[i]) == "country 7" ? 1.0 : 0.0; }},
    {"Country in ['country 1', 'country 2', 'country 30']", 1,
     [](orders const& o, std::size_t i) {
         auto const c = o.country[i];
         return c == 1 || c == 2 || c == 30 ? 1.0 : 0.0;
     }},
    {"Quantity < 0 ? -Quantity : Quantity", 3,
     [](orders const& o, std::size_t i) {
         return static_cast<double>(o.quantity[i] < 0 ? -o.quantity[i] : o.quantity[i]);
     }},
    {"Weight * 2.5 + 1.0 > 12.0", 3,
     [](orders const& o, std::size_t i) { return o.weight[i] * 2.5 + 1.0 > 12.0 ? 1.0 : 0.0; }},
    {"Quantity / 7 + Quantity % 7", 3,
     [](orders const& o, std::size_t i) { return static_cast<double>(o.quantity[i] / 7 + o.quantity[i] % 7); }},
    {"Quantity >= 2 && Quantity < 30 && (Country == 'country 3' || Country == 'country 4') && UnitPrice > 5", 8,
     [](orders const& o, std::size_t i) {
         auto const q = o.quantity[i];
         return q >= 2 && q < 30 && (o.country[i] == 3 || o.country[i] == 4) && o.price[i] > 5'000 ? 1.0 : 0.0;
     }},
};

double number_of(value const& v) {
    switch (v.base()) {
    case kind::boolean: return v.as_bool() ? 1 : 0;
    case kind::float64: return v.as_double();
    default: return static_cast<double>(v.as_int());
    }
}

double number_of(block_result const& r, std::size_t i) {
    switch (r.values.what.base) {
    case kind::boolean: return r.values.as<std::uint8_t>()[i];
    case kind::float64: return r.values.as<double>()[i];
    default: return static_cast<double>(r.values.as<std::int64_t>()[i]);
    }
}

void report(benchmark::State& state, task const& t) {
    state.SetLabel(std::string(t.rule));
    state.counters["per_row"] = benchmark::Counter(static_cast<double>(state.iterations()) * rows,
                                                   benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
    state.counters["per_node"] = benchmark::Counter(static_cast<double>(state.iterations()) * rows * t.nodes,
                                                    benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void blocks(benchmark::State& state, task const& t, bool missing) {
    orders const& o = data(missing);
    program const made = compile_rule(t.rule, o.names);
    rule_scratch scratch;
    block const all{rows, o.views};
    auto const answers = made.evaluate(all, scratch);
    bool const reads_quantity =
        made.required_names().front() == "Quantity" || made.required_names().back() == "Quantity";
    for (std::size_t i = 0; i < rows; ++i) {
        bool const known = answers.state(i) == status::ok;
        if (!missing && !known) return state.SkipWithError("a row has no answer");
        if (known && number_of(answers, i) != t.by_hand(o, i)) return state.SkipWithError("a wrong answer");
        // With a missing quantity only a condition may still be certain.
        if (missing && reads_quantity && !o.is_known(i) && known && t.by_hand(o, i) != 0) {
            return state.SkipWithError("an answer without a quantity");
        }
    }
    for (auto _ : state) {
        auto const once = made.evaluate(all, scratch);
        benchmark::DoNotOptimize(once.values.data);
    }
    report(state, t);
}

void single_rows(benchmark::State& state, task const& t) {
    orders const& o = data(false);
    program const made = compile_rule(t.rule, o.names);
    rule_scratch scratch;
    for (std::size_t i = 0; i < rows; ++i) {
        row_of_orders const at{&o, i};
        auto const answer = made.evaluate(row_source(&at, &read_row), scratch);
        if (answer.state != status::ok || number_of(answer.result) != t.by_hand(o, i)) {
            return state.SkipWithError("a wrong answer");
        }
    }
    for (auto _ : state) {
        for (std::size_t i = 0; i < rows; ++i) {
            row_of_orders const at{&o, i};
            auto const once = made.evaluate(row_source(&at, &read_row), scratch);
            benchmark::DoNotOptimize(once.state);
        }
    }
    report(state, t);
}

void by_hand(benchmark::State& state, task const& t) {
    orders const& o = data(false);
    std::vector<double> out(rows);
    for (auto _ : state) {
        for (std::size_t i = 0; i < rows; ++i)
            out[i] = t.by_hand(o, i);
        benchmark::DoNotOptimize(out.data());
        benchmark::ClobberMemory();
    }
    report(state, t);
}

int register_all() {
    for (std::size_t k = 0; k < std::size(tasks); ++k) {
        task const& t = tasks[k];
        auto const name = [&](char const* form) { return std::string(form) + "/" + std::to_string(k + 1); };
        benchmark::RegisterBenchmark(name("block").c_str(), [&t](benchmark::State& s) { blocks(s, t, false); });
        benchmark::RegisterBenchmark(name("block_10%_missing").c_str(),
                                     [&t](benchmark::State& s) { blocks(s, t, true); });
        benchmark::RegisterBenchmark(name("row").c_str(), [&t](benchmark::State& s) { single_rows(s, t); });
        benchmark::RegisterBenchmark(name("by_hand").c_str(), [&t](benchmark::State& s) { by_hand(s, t); });
    }
    return 0;
}
int const registered = register_all();

} // namespace
