// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/share_bands.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <algorithm>
#include <numeric>

using namespace segmenta;
using test::frame;

static_assert(strategy<share_bands>);

TEST_CASE("ABC with the crossing customer above or below", "[share_bands]") {
    frame f;
    f.whole({50, 25, 10, 5, 5, 5, 0, -3, std::nullopt}, decimal_type(0)); // total 100
    share_bands_options o;
    o.reads = "sales";
    auto const above = share_bands::fit(o, f[0]);
    // 50, 75, 85 crosses 80: A; 90, 95: the three fives are one item and reach 100, crossing 95: B
    CHECK(test::segments_of(above, f.rows()) == std::vector<std::string>{"abc.a", "abc.a", "abc.a", "abc.b", "abc.b",
                                                                         "abc.b", "abc.c", "abc.c", "<unknown>"});
    CHECK(above.thresholds()[0] == 10);
    CHECK(above.realised_shares()[0] == Catch::Approx(0.85));
    CHECK(std::vector(above.sizes().begin(), above.sizes().end()) == std::vector<std::size_t>{3, 3, 2});
    o.crossing = crossing_policy::below;
    auto const below = share_bands::fit(o, f[0]);
    CHECK(test::segments_of(below, f.rows()) == std::vector<std::string>{"abc.a", "abc.a", "abc.b", "abc.c", "abc.c",
                                                                         "abc.c", "abc.c", "abc.c", "<unknown>"});
    CHECK(below.describe(0) == "sales >= 25.000000");
    auto const text = below.to_json();
    CHECK(share_bands::from_json(text).to_json() == text);
    CHECK_THROWS_AS(share_bands::from_json(test::replaced(text, "below", "above")), issue_error);
}

TEST_CASE("a border met exactly is no crossing", "[share_bands]") {
    frame f;
    f.real({80.0, 15.0, 5.0});
    share_bands_options o;
    o.reads = "sales";
    for (auto const policy : {crossing_policy::above, crossing_policy::below}) {
        o.crossing = policy;
        CHECK(test::segments_of(share_bands::fit(o, f[0]), f.rows()) ==
              std::vector<std::string>{"abc.a", "abc.b", "abc.c"});
    }
}

TEST_CASE("one giant takes everything", "[share_bands]") {
    frame f;
    f.whole({1'000'000, 1, 1});
    share_bands_options o;
    o.reads = "sales";
    auto const above = share_bands::fit(o, f[0]);
    CHECK(test::segments_of(above, f.rows()) == std::vector<std::string>{"abc.a", "abc.c", "abc.c"});
    o.crossing = crossing_policy::below;
    auto const below = share_bands::fit(o, f[0]);
    CHECK(test::segments_of(below, f.rows()) == std::vector<std::string>{"abc.c", "abc.c", "abc.c"});
    auto const text = below.to_json();
    CHECK(share_bands::from_json(text).to_json() == text);
}

TEST_CASE("classes against the definition on random amounts", "[share_bands]") {
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        random_generator random(seed);
        std::vector<std::int64_t> amounts(1 + random_below(random, 200));
        for (auto& a : amounts)
            a = random_integer(random, 1, seed % 2 == 0 ? 20 : 100'000);
        std::vector<std::optional<std::int64_t>> cells(amounts.begin(), amounts.end());
        frame f;
        f.whole(cells);
        share_bands_options o;
        o.reads = "x";
        o.shares = {0.5, 0.75, 0.9};
        o.segments = {"a", "b", "c", "d"};
        o.crossing = seed % 3 == 0 ? crossing_policy::below : crossing_policy::above;
        auto const found = test::assign_all(share_bands::fit(o, f[0]), f.rows());
        std::int64_t const total = std::accumulate(amounts.begin(), amounts.end(), std::int64_t{0});
        for (std::size_t i = 0; i < amounts.size(); ++i) {
            // what larger customers hold, and what those of this amount and larger hold, in twentieths of the total
            std::int64_t larger = 0;
            std::int64_t with_equals = 0;
            for (auto const a : amounts) {
                larger += a > amounts[i] ? a : 0;
                with_equals += a >= amounts[i] ? a : 0;
            }
            std::uint16_t expected = 0;
            for (std::int64_t const twentieths : {10, 15, 18}) {
                bool const inside = o.crossing == crossing_policy::above ? larger * 20 < twentieths * total
                                                                         : with_equals * 20 <= twentieths * total;
                expected = static_cast<std::uint16_t>(expected + (inside ? 0 : 1));
            }
            REQUIRE(found[i].segment == expected);
        }
    }
}

TEST_CASE("share bands refuse what has no shares", "[share_bands]") {
    share_bands_options o;
    o.reads = "x";
    frame f;
    f.whole({0, -5}).whole({std::nullopt, std::nullopt});
    auto const code = [](share_bands_options const& options, column_view values) {
        try {
            (void)share_bands::fit(options, values);
        } catch (issue_error const& e) {
            return e.issues()[0].code;
        }
        return std::string("accepted");
    };
    CHECK(code(o, f[0]) == "fit.total");
    CHECK(code(o, f[1]) == "fit.no_values");
    o.shares = {0.8, 0.5};
    CHECK(code(o, f[0]) == "share_bands.shares");
    o.shares = {80, 95};
    CHECK(code(o, f[0]) == "share_bands.shares");
    o.shares = {0.8};
    CHECK(code(o, f[0]) == "share_bands.segments");
}
