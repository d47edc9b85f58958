// SPDX-License-Identifier: Apache-2.0
// Running sums against one pass over the rows.
#include <segmenta/feature/summarise.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

history_schema orders() {
    return {"orders", "at",
            {{"at", instant_type, {}, {}}, {"amount", decimal_type(2), {}, {}}, {"weight", float64_type, {}, {}},
             {"order", string_type, {}, {}}, {"sku", int64_type, {}, {}}}};
}

history random_history(random_generator& random, zone const& where) {
    history_builder builder(orders(), where);
    std::size_t const n = random() % 60;
    for (std::size_t i = 0; i < n; ++i) {
        std::string const order = "order number " + std::to_string(random() % 12);
        value const row[] = {value::of_instant(instant{static_cast<std::int64_t>(random() % 4000) * 3'600'000'000}),
                             random() % 5 == 0 ? value{}
                                               : value::of_decimal(decimal_type(2), static_cast<std::int64_t>(random() % 4001) - 1000),
                             value::of_double(static_cast<double>(random() % 1000) / 8),
                             value::of_string(order), random() % 4 == 0 ? value{} : value::of_int(static_cast<std::int64_t>(random() % 9))};
        builder.add(row);
    }
    return builder.finish();
}

history_summary one_pass(history_view const& rows, row_range range, std::size_t number, std::vector<std::uint8_t> const& mask) {
    summary_builder builder;
    std::set<std::string> names;
    std::set<std::int64_t> skus;
    for (std::size_t row = range.begin; row < range.end; ++row) {
        if (!mask.empty() && mask[row - range.begin] == 0) continue;
        builder.add_row(rows.times()[row], rows.days()[row]);
        if (value const v = rows.at(row, number); v.present()) {
            if (v.base() == kind::float64)
                builder.add_real(v.as_double());
            else
                builder.add_value(v.as_units());
        }
        names.emplace(rows.at(row, 3).as_string());
        if (value const v = rows.at(row, 4); v.present()) skus.insert(v.as_int());
    }
    auto out = builder.finish();
    out.orders = static_cast<std::int64_t>(names.size());
    out.distinct = static_cast<std::int64_t>(skus.size());
    return out;
}

} // namespace

TEST_CASE("summarise: running sums, masks and extremes agree with one pass over the rows") {
    random_generator random(17);
    zone const where = zone::fixed(-5 * 3600);
    feature_moment const moment(instant{4001 * 3'600'000'000LL}, where);
    std::vector<std::uint64_t> ids;
    for (int round = 0; round < 400; ++round) {
        history const made = random_history(random, where);
        history_view const rows = made.view();
        std::size_t const a = rows.empty() ? 0 : random() % (rows.size() + 1);
        std::size_t const b = rows.empty() ? 0 : random() % (rows.size() + 1);
        row_range const range{std::min(a, b), std::max(a, b)};
        std::size_t const number = 1 + random() % 2;
        std::vector<std::uint8_t> mask;
        if (random() % 2 == 0)
            for (std::size_t i = 0; i < range.size(); ++i) mask.push_back(random() % 3 != 0 ? 1 : 0);
        if (mask.empty() && range.empty()) mask.clear();
        summary_group group;
        group.number = number;
        group.distinct = 4;
        group.orders = true;
        group.extremes = random() % 2 == 0;
        auto const fast = summarise(rows, range, group, 3, mask, ids);
        auto const slow = one_pass(rows, range, number, mask);
        for (auto const& info : aggregates()) {
            if (info.reads_rows) continue;
            bool const extreme = info.what == aggregate::minimum || info.what == aggregate::maximum || info.what == aggregate::gap_max_days;
            if (extreme && !group.extremes) continue;
            CAPTURE(round, std::string(info.name));
            type const field = orders().fields[number].what;
            auto const x = read_aggregate(info.what, field, fast, moment);
            auto const y = read_aggregate(info.what, field, slow, moment);
            REQUIRE(x.state == y.state);
            if (x.state != status::ok) continue;
            if (x.result.base() == kind::float64)
                REQUIRE(x.result.as_double() == Catch::Approx(y.result.as_double()).epsilon(1e-14));
            else
                REQUIRE(x.result.as_int() == y.result.as_int());
        }
    }
}

TEST_CASE("summarise: rows without an order id are one order, rows without a value are none") {
    history_builder builder(orders());
    for (int i = 0; i < 3; ++i) {
        value const row[] = {value::of_instant(instant{i}), value{}, value{}, value{}, value{}};
        builder.add(row);
    }
    history const made = builder.finish();
    summary_group group;
    group.number = 1;
    group.distinct = 4;
    group.orders = true;
    std::vector<std::uint64_t> ids;
    auto const s = summarise(made.view(), made.view().all(), group, 3, {}, ids);
    CHECK(s.rows == 3);
    CHECK(s.orders == 1);
    CHECK(s.distinct == 0);
    CHECK(s.values == 0);
    CHECK(s.sum == 0);
}
