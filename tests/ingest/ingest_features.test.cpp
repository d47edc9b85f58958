// SPDX-License-Identifier: Apache-2.0
// Features that look at rows, and more fields and conditions than the first word of bits holds.
#include <segmenta/ingest/ingest.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/record/cell.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

struct plain_row {
    std::int64_t id;
    std::int64_t units;
    bool has_units;
};

/// Rows of one moment, so that nothing but `units` decides.
struct shop {
    std::vector<plain_row> rows;
    column ids{int64_type};
    column times{instant_type};
    column units{int64_type};

    shop(random_generator& random, std::size_t n, bool all_present, std::int64_t largest) {
        for (std::size_t i = 0; i < n; ++i) {
            rows.push_back({static_cast<std::int64_t>(random_below(random, 50)), random_integer(random, 0, largest),
                            all_present || random_bernoulli(random, 0.8)});
            ids.push(rows.back().id);
            times.push(std::int64_t{1'700'000'000'000'000});
            if (rows.back().has_units)
                units.push(rows.back().units);
            else
                units.push_missing();
        }
    }
    [[nodiscard]] customer_columns read(plan const& definition, unsigned threads) const {
        memory_source const source{"orders", {"id", "at", "units"}, {ids.view(), times.view(), units.view()}};
        ingest_options options;
        options.as_of = instant{1'700'000'000'000'001};
        options.threads = threads;
        return ingest(definition, std::span(&source, 1), options).customers;
    }
};

/// `sum` of derived fields units * k and `last` of text fields, and numbers of rows with units of at least k.
plan wide_plan(int sums, int texts, int conditions) {
    std::string derive;
    std::string columns;
    for (int k = 1; k <= sums; ++k) {
        derive += R"("d)" + std::to_string(k) + R"(": "units * )" + std::to_string(k) + R"(", )";
        columns += R"("s)" + std::to_string(k) + R"(": {"feature": "sum", "of": "orders", "field": "d)" + std::to_string(k) + R"("}, )";
    }
    for (int k = 1; k <= texts; ++k) {
        derive += R"("t)" + std::to_string(k) + R"(": "string(units) + ' of text )" + std::to_string(k) + R"('", )";
        columns += R"("l)" + std::to_string(k) + R"(": {"feature": "last", "of": "orders", "field": "t)" + std::to_string(k) + R"("}, )";
    }
    for (int k = 1; k <= conditions; ++k)
        columns += R"("c)" + std::to_string(k) + R"(": {"feature": "rows", "of": "orders", "where": "units >= )" + std::to_string(k) + R"("}, )";
    return parse_plan(R"({"segmenta": 1, "id": "wide", "sources": {"orders": {
        "fields": {"id": "int64", "at": "instant", "units": "int64"}, "customer": "id", "time": "at", "derive": {)" +
                      derive + R"("unused": "units"}}}, "columns": {)" + columns + R"("n": {"feature": "rows", "of": "orders"}}})");
}

} // namespace

TEST_CASE("ingest: more fields and conditions than the first word of bits holds, with values missing and wide") {
    constexpr std::uint64_t seed = 5;
    random_generator random(seed);
    struct shape {
        int sums, texts, conditions;
    };
    for (auto const& s : {shape{9, 0, 0}, shape{0, 9, 0}, shape{3, 2, 16}, shape{0, 0, 60}, shape{24, 24, 200}, shape{8, 8, 15}}) {
        plan const definition = wide_plan(s.sums, s.texts, s.conditions);
        for (bool const all_present : {true, false}) {
            for (std::int64_t const largest : {std::int64_t{250}, std::int64_t{5'000'000'000}}) {
                shop const made(random, 2'000, all_present, largest);
                for (unsigned const threads : {1U, 3U}) {
                    auto const table = made.read(definition, threads);
                    CAPTURE(seed, s.sums, s.texts, s.conditions, all_present, largest, threads);
                    for (std::size_t row = 0; row < table.size(); ++row) {
                        std::int64_t sum = 0;
                        std::string last;
                        std::vector<std::int64_t> units;
                        for (auto const& r : made.rows) {
                            if (r.id != table.ids[row] || !r.has_units) continue;
                            sum += r.units;
                            last = std::max(last, std::to_string(r.units) + " of text ");
                            units.push_back(r.units);
                        }
                        auto const shown = [&](std::string const& name) { return to_string(cell(table.find(name)->view(), row)); };
                        for (int k = 1; k <= s.sums; ++k) REQUIRE(shown("s" + std::to_string(k)) == std::to_string(sum * k));
                        for (int k = 1; k <= s.texts; ++k)
                            REQUIRE(shown("l" + std::to_string(k)) == to_string(value::of_string(last + std::to_string(k))));
                        for (int k = 1; k <= s.conditions; ++k)
                            REQUIRE(shown("c" + std::to_string(k)) ==
                                    std::to_string(std::count_if(units.begin(), units.end(), [&](auto u) { return u >= k; })));
                    }
                }
            }
        }
    }
}

TEST_CASE("ingest: what does not fit into a row is refused with numbers") {
    random_generator random(5);
    shop const made(random, 10, true, 9);
    for (auto const& definition : {wide_plan(25, 0, 0), wide_plan(0, 25, 0), wide_plan(0, 0, 201)}) {
        try {
            (void)made.read(definition, 1);
            FAIL("was read");
        } catch (issue_error const& problem) {
            CHECK(problem.issues()[0].code == "ingest.too_many_lanes");
            CHECK(problem.issues()[0].allowed == "24, 24 and 200");
        }
    }
}
