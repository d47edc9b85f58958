// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/bands.hpp>
#include <segmenta/strategy/strategy.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<bands>);

namespace {

bands_options recency_bands() {
    bands_options o;
    o.id = "recency";
    o.reads = "recency_days";
    o.ends = band_ends::both;
    o.bands = {{"active", 0, 30}, {"cooling", 31, 90}, {"lapsing", 91, 180}, {"lost", 181, {}}};
    return o;
}

std::vector<std::string> codes_of(bands_options const& o) {
    std::vector<std::string> out;
    try {
        bands const made(o);
    } catch (issue_error const& e) {
        for (auto const& i : e.issues())
            out.push_back(i.code);
    }
    return out;
}

} // namespace

TEST_CASE("bands of whole numbers own both ends", "[bands]") {
    bands const b(recency_bands());
    frame f;
    f.whole({0, 30, 31, 90, 91, 180, 181, 100'000, -1, std::nullopt});
    CHECK(test::segments_of(b, f.rows()) ==
          std::vector<std::string>{"recency.active", "recency.active", "recency.cooling", "recency.cooling",
                                   "recency.lapsing", "recency.lapsing", "recency.lost", "recency.lost", "<error>",
                                   "<unknown>"});
    CHECK(b.describe(test::assign_all(b, f.rows())[2].reason) == "recency_days >= 31 and <= 90");
    auto const text = b.to_json();
    CHECK(bands::from_json(text).to_json() == text);
    CHECK_THROWS_AS(bands::from_json(test::replaced(text, "31", "32")), issue_error);
}

TEST_CASE("Online Retail: the customers of each recency band", "[bands]") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    auto const table = test::read_plain_csv(test::test_data("expected_online_retail_customers.csv"));
    frame f;
    f.whole(test::whole_numbers(table.at("recency_days")));
    std::map<std::string, int> counts;
    for (auto const& id : test::segments_of(bands(recency_bands()), f.rows()))
        ++counts[id];
    CHECK(counts ==
          std::map<std::string, int>{
              {"recency.active", 1628}, {"recency.cooling", 1261}, {"recency.lapsing", 588}, {"recency.lost", 861}});
}

TEST_CASE("every problem of bands is reported at once", "[bands]") {
    auto o = recency_bands();
    // recency 0 without a class, an empty range between(100000, 19999), a hole, an overlap: all seen in published code
    o.bands = {{"a", 1, 30}, {"b", 32, 90}, {"c", 90, 180}, {"d", 100'000, 19'999}, {"a", 181, {}}};
    auto const codes = codes_of(o);
    for (auto const* code : {"bands.gap", "bands.overlap", "bands.inverted", "bands.duplicate"}) {
        INFO(code);
        CHECK(std::find(codes.begin(), codes.end(), code) != codes.end());
    }
    o = recency_bands();
    o.bands[1].to = 90.5;
    CHECK(codes_of(o)[0] == "bands.whole");
    o = recency_bands();
    std::swap(o.bands[0], o.bands[1]);
    CHECK(codes_of(o) == std::vector<std::string>{"bands.order", "bands.gap"});
    o = recency_bands();
    o.bands[2].to = std::nullopt;
    CHECK(codes_of(o) == std::vector<std::string>{"bands.open"});
    o.bands.clear();
    CHECK(codes_of(o) == std::vector<std::string>{"bands.empty"});
    o = recency_bands();
    o.bands[0].id = "ac tive";
    CHECK(codes_of(o) == std::vector<std::string>{"bands.id"});
    try {
        auto hole = recency_bands();
        hole.bands[1].from = 35;
        bands const made(hole);
    } catch (issue_error const& e) {
        CHECK_THAT(e.what(), Catch::Matchers::ContainsSubstring("`active` to 30, `cooling` from 35"));
        CHECK_THAT(e.what(), Catch::Matchers::ContainsSubstring("Begin at 31"));
    }
}

TEST_CASE("bands of fractions close on one side, exactly for decimals", "[bands]") {
    bands_options o;
    o.id = "assets";
    o.reads = "assets";
    o.bands = {{"low", 0, 0.1}, {"middle", 0.1, 50'000.25}, {"high", 50'000.25, 1e6}};
    o.outside = "other";
    frame f;
    f.whole({-1, 0, 99, 100, 50'000'249, 50'000'250, 999'999'999, 1'000'000'000}, decimal_type(3));
    bands const left(o);
    CHECK(test::segments_of(left, f.rows()) == std::vector<std::string>{"assets.other", "assets.low", "assets.low",
                                                                        "assets.middle", "assets.middle", "assets.high",
                                                                        "assets.high", "assets.other"});
    o.ends = band_ends::right;
    bands const right(o);
    CHECK(test::segments_of(right, f.rows()) == std::vector<std::string>{"assets.other", "assets.other", "assets.low",
                                                                         "assets.low", "assets.middle", "assets.middle",
                                                                         "assets.high", "assets.high"});
    frame texts;
    texts.texts({"x"});
    CHECK(test::segments_of(left, texts.rows()) == std::vector<std::string>{"<error>"});
}

TEST_CASE("random bands agree with plain comparison", "[bands]") {
    for (std::uint64_t seed = 1; seed < 40; ++seed) {
        random_generator random(seed);
        bands_options o;
        o.reads = "x";
        o.ends = static_cast<band_ends>(seed % 3);
        double from = static_cast<double>(random_integer(random, -50, 0));
        std::size_t const n = 1 + random_below(random, 6);
        for (std::size_t i = 0; i < n; ++i) {
            double const to = from + static_cast<double>(random_integer(random, 1, 20));
            o.bands.push_back({"b" + std::to_string(i), from, to});
            from = to + (o.ends == band_ends::both ? 1 : 0);
        }
        if (seed % 4 == 0) o.bands.front().from = std::nullopt;
        if (seed % 5 == 0) o.bands.back().to = std::nullopt;
        bands const b(o);
        frame f;
        std::vector<std::optional<std::int64_t>> values;
        for (int i = -60; i < 140; ++i)
            values.push_back(i);
        f.whole(values);
        auto const found = test::assign_all(b, f.rows());
        for (std::size_t row = 0; row < values.size(); ++row) {
            auto const v = static_cast<double>(*values[row]);
            std::uint16_t expected = no_segment;
            for (std::size_t i = 0; i < n; ++i) {
                auto const& one = o.bands[i];
                bool const above = !one.from || (o.ends == band_ends::right ? v > *one.from : v >= *one.from);
                bool const below = !one.to || (o.ends == band_ends::left ? v < *one.to : v <= *one.to);
                if (above && below) expected = static_cast<std::uint16_t>(i);
            }
            REQUIRE(found[row].segment == expected);
        }
    }
}
