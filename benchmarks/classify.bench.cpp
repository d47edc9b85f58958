// SPDX-License-Identifier: Apache-2.0
// One customer per request: RFM and lifecycle on a prepared history, the answers checked. Each time is of one classify
// call.
#include <segmenta/segmenta.hpp>

#include <benchmark/benchmark.h>

#include <cstdint>
#include <vector>

namespace {

using namespace segmenta;

constexpr char const* rfm_and_lifecycle = R"json({
  "segmenta": 1, "id": "request", "zone": "UTC", "currency": "CNY",
  "columns": {
    "recency_days": {"feature": "recency_days", "of": "orders"},
    "frequency": {"feature": "days", "of": "orders"},
    "monetary": {"feature": "sum", "of": "orders", "field": "amount"},
    "last": {"feature": "last_day", "of": "orders"},
    "previous": {"feature": "previous_day", "of": "orders"},
    "r": {"strategy": "quantile_score", "of": "recency_days", "method": "fixed", "cuts": [7, 30, 90, 180], "direction": "descending"},
    "f": {"strategy": "quantile_score", "of": "frequency", "method": "fixed", "cuts": [2, 4, 8, 16]},
    "m": {"strategy": "quantile_score", "of": "monetary", "method": "fixed", "cuts": [100, 300, 1000, 3000]},
    "segment": {"strategy": "cell_map", "of": ["r", "f"], "map": "rf_ten", "scheme": "rfm"},
    "stage": {"strategy": "stages", "of": ["as_of_day", "frequency", "last", "previous"], "scheme": "lifecycle", "source": "example"}
  },
  "outputs": ["r", "f", "m", "segment", "stage"]
})json";

struct order {
    instant paid_at;
    std::int64_t cents;
};
struct shopper {
    std::vector<order> orders;
};
struct prepared_shopper {
    history orders;
};

constexpr instant as_of{1'719'792'000LL * 1'000'000}; // 2024-07-01

customer_schema<shopper> own_schema() {
    return schema_of<shopper>().history("orders", &shopper::orders, "paid_at", &order::paid_at,
                                        row_field("amount", &order::cents, as_units{money_type(currency("CNY"), 2)}));
}

/// Customers with `rows` orders each, three days apart, the last one `c` days before as_of.
std::vector<shopper> shoppers(std::size_t rows) {
    std::vector<shopper> out(64);
    for (std::size_t c = 0; c < out.size(); ++c)
        for (std::size_t i = rows; i > 0; --i)
            out[c].orders.push_back({as_of - duration::hours(static_cast<std::int64_t>(24 * (c + 3 * (i - 1)) + 1)),
                                     static_cast<std::int64_t>(1000 + 10 * c + i)});
    return out;
}

history prepared(shopper const& s, history_schema const& what) {
    history_builder builder(what);
    for (auto const& o : s.orders) {
        value const row[] = {value::of_instant(o.paid_at), value::of_decimal(money_type(currency("CNY"), 2), o.cents)};
        builder.add(row);
    }
    return builder.finish();
}

/// Silence up to 30 days is active, the twenty orders make f = 5 (or more rows the same).
bool right(classification const& now, output_handle stage, output_handle segment, std::size_t customer) {
    bool const active = now[stage].segment == "active";
    bool const silent = now[stage].segment == "silent";
    return (customer < 30 ? active : silent) && now[segment].ok() && now[segment].segment.size() > 3;
}

template <class Bind, class Customers>
void ask(benchmark::State& state, segmenter const& seg, Bind const& bind, Customers const& customers, bool one_output) {
    classification now = seg.make_classification();
    auto const stage = seg.output("stage");
    auto const segment = seg.output("segment");
    std::vector<output_handle> const only{segment};
    query asked{.as_of = as_of};
    for (std::size_t c = 0; c < customers.size(); ++c) {
        seg.classify(bind.bind(customers[c]), asked, now);
        if (!right(now, stage, segment, c)) state.SkipWithError("wrong answer");
    }
    if (one_output) asked.outputs = only;
    std::size_t c = 0;
    for (auto _ : state) {
        seg.classify(bind.bind(customers[c]), asked, now);
        benchmark::DoNotOptimize(now);
        c = (c + 1) % customers.size();
    }
}

void prepared_history(benchmark::State& state) {
    auto const own = own_schema();
    auto const what = own.what().histories()[0];
    auto const bind = schema_of<prepared_shopper>().history(what, &prepared_shopper::orders);
    std::vector<prepared_shopper> customers;
    for (auto const& s : shoppers(static_cast<std::size_t>(state.range(0))))
        customers.push_back({prepared(s, what)});
    segmenter const seg = compile(parse_plan(rfm_and_lifecycle), bind);
    ask(state, seg, bind, customers, state.range(1) != 0);
}

void own_rows(benchmark::State& state) {
    auto const bind = own_schema();
    segmenter const seg = compile(parse_plan(rfm_and_lifecycle), bind);
    ask(state, seg, bind, shoppers(static_cast<std::size_t>(state.range(0))), state.range(1) != 0);
}

} // namespace

// rows per history, 1: the segment alone is asked for
BENCHMARK(prepared_history)->Args({20, 0})->Args({20, 1})->Args({1000, 0})->Repetitions(5)->ReportAggregatesOnly(true);
BENCHMARK(own_rows)->Args({20, 0})->Args({20, 1})->Repetitions(5)->ReportAggregatesOnly(true);
