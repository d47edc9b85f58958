// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/quantile_score.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <algorithm>
#include <numeric>

using namespace segmenta;
using test::frame;

static_assert(strategy<quantile_score>);
static_assert(population_strategy<quantile_score>);

namespace {

std::vector<int> scores_of(quantile_score const& s, column_view values) {
    std::vector<std::uint8_t> out(values.size);
    s.scores(values, out);
    return {out.begin(), out.end()};
}

std::string code_of_failure(quantile_score_options const& options, column_view values) {
    try {
        (void)quantile_score::fit(options, values);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "accepted";
}

} // namespace

TEST_CASE("quintiles of a column, both directions", "[quantile_score]") {
    frame f;
    f.whole({1, 2, 3, 4, 5, 6, 7, 8, 9, std::nullopt, 10});
    quantile_score_options o;
    o.id = "f";
    o.reads = "orders";
    auto const up = quantile_score::fit(o, f[0]);
    CHECK(scores_of(up, f[0]) == std::vector<int>{1, 1, 2, 2, 3, 3, 4, 4, 5, 0, 5});
    CHECK(up.report().edges == std::vector<double>{1, 2.8, 4.6, 6.4, 8.2, 10});
    CHECK(up.report().sizes == std::vector<std::size_t>{2, 2, 2, 2, 2});
    CHECK(up.report().missing == 1);
    CHECK(up.segments()[4].id == "f.5");
    o.direction = score_direction::descending;
    auto const down = quantile_score::fit(o, f[0]);
    CHECK(scores_of(down, f[0]) == std::vector<int>{5, 5, 4, 4, 3, 3, 2, 2, 1, 0, 1});
    SECTION("as assignments") {
        auto const out = test::assign_all(any_strategy(down), f.rows());
        CHECK(out[0].segment == 4);
        CHECK(out[0].score == 5);
        CHECK(out[9].standing == status::unknown);
        CHECK(down.describe(4) == "score 5 of 5 by orders");
    }
    SECTION("another type of column is refused") {
        frame g;
        g.real({1.0});
        CHECK(scores_of(up, g[0]) == std::vector<int>{0});
        CHECK(test::segments_of(up, g.rows()) == std::vector<std::string>{"<error>"});
    }
}

TEST_CASE("equal values fall into one score and the report says so", "[quantile_score]") {
    frame f;
    f.whole({1, 1, 1, 1, 1, 1, 1, 1, 2, 9});
    quantile_score_options o;
    o.reads = "orders";
    auto const s = quantile_score::fit(o, f[0]);
    CHECK(s.report().sizes == std::vector<std::size_t>{8, 0, 0, 0, 2});
    CHECK(s.report().empty_scores == std::vector<std::size_t>{2, 3, 4});

    frame equal;
    equal.whole({7, 7, 7});
    auto const one = quantile_score::fit(o, equal[0]);
    CHECK(one.report().sizes == std::vector<std::size_t>{3, 0, 0, 0, 0});

    SECTION("midrank keeps them together in the middle") {
        o.ties = tie_policy::midrank;
        auto const m = quantile_score::fit(o, f[0]);
        // the eight ones share rank 4.5 of 10: above 2.8, not above 4.6
        CHECK(scores_of(m, f[0]) == std::vector<int>{2, 2, 2, 2, 2, 2, 2, 2, 5, 5});
    }
    SECTION("rank_first splits them by id and needs everybody") {
        o.ties = tie_policy::rank_first;
        auto const r = quantile_score::fit(o, f[0]);
        CHECK(r.is_population());
        CHECK(any_strategy(r).is_population());
        CHECK(r.report().sizes == std::vector<std::size_t>{2, 2, 2, 2, 2});
        CHECK(r.report().split_values == 1);
        CHECK(scores_of(r, f[0]) == std::vector<int>(10, 0));
        std::vector<std::uint32_t> order(10);
        std::iota(order.rbegin(), order.rend(), 0U); // ids run against the rows
        std::vector<assignment> out(10);
        any_strategy(r).assign_everyone(f.rows(), order, out);
        CHECK(out[7].score == 1);
        CHECK(out[0].score == 4);
        CHECK(out[9].score == 5);
    }
}

TEST_CASE("fixed cuts give the value on the cut to the better score", "[quantile_score]") {
    quantile_score_options r;
    r.id = "r";
    r.reads = "recency_days";
    r.method = cut_method::fixed;
    r.cuts = {10};
    r.direction = score_direction::descending;
    frame days;
    days.whole({9, 10, 11});
    CHECK(scores_of(quantile_score::from_cuts(r), days[0]) == std::vector<int>{2, 2, 1});
    quantile_score_options f = r;
    f.cuts = {3, 5};
    f.direction = score_direction::ascending;
    frame orders;
    orders.whole({2, 3, 4, 5, 6});
    CHECK(scores_of(quantile_score::from_cuts(f), orders[0]) == std::vector<int>{1, 2, 2, 3, 3});
    f.closed = closed_side::right;
    CHECK(scores_of(quantile_score::from_cuts(f), orders[0]) == std::vector<int>{1, 1, 2, 2, 3});

    SECTION("exact for decimals, where the double 0.1 lies above one tenth") {
        f.cuts = {0.1, 199.99};
        f.closed = closed_side::left;
        frame money;
        money.whole({99, 100, 101, 199'989, 199'990}, decimal_type(3));
        CHECK(scores_of(quantile_score::from_cuts(f), money[0]) == std::vector<int>{1, 2, 2, 2, 3});
        frame coarse; // cents cannot say 199.999
        f.cuts = {-0.005, 199.999};
        coarse.whole({-1, 0, 19'999, 20'000}, decimal_type(2));
        CHECK(scores_of(quantile_score::from_cuts(f), coarse[0]) == std::vector<int>{1, 2, 2, 3});
        f.closed = closed_side::right;
        CHECK(scores_of(quantile_score::from_cuts(f), coarse[0]) == std::vector<int>{1, 2, 2, 3});
    }
}

TEST_CASE("mean and median cuts", "[quantile_score]") {
    quantile_score_options o;
    o.reads = "amount";
    o.method = cut_method::mean;
    frame f;
    f.whole({1, 2, 3, 10}, decimal_type(0));
    CHECK(scores_of(quantile_score::fit(o, f[0]), f[0]) == std::vector<int>{1, 1, 1, 2}); // mean 4
    frame even;
    even.whole({1, 2, 2, 3});
    CHECK(scores_of(quantile_score::fit(o, even[0]), even[0]) == std::vector<int>{1, 2, 2, 2}); // on the mean: high
    o.direction = score_direction::descending;
    CHECK(scores_of(quantile_score::fit(o, even[0]), even[0]) == std::vector<int>{2, 2, 2, 1});
    o.method = cut_method::median;
    o.direction = score_direction::ascending;
    CHECK(scores_of(quantile_score::fit(o, f[0]), f[0]) == std::vector<int>{1, 1, 2, 2}); // 2.5
    frame negative;
    negative.whole({-3, -2, -2});
    o.method = cut_method::mean; // -7/3
    CHECK(scores_of(quantile_score::fit(o, negative[0]), negative[0]) == std::vector<int>{1, 2, 2});
    frame real;
    real.real({0.1, 0.2, 0.6});
    CHECK(quantile_score::fit(o, real[0]).report().edges[1] == Catch::Approx(0.3));
}

TEST_CASE("a fitted score saves, loads and refuses alterations", "[quantile_score]") {
    random_generator random(3);
    std::vector<std::optional<std::int64_t>> money;
    std::vector<std::optional<double>> real;
    std::vector<std::optional<std::int32_t>> days;
    for (int i = 0; i < 1500; ++i) {
        money.push_back(random_integer(random, -500, 100'000));
        real.push_back(random_unit(random) * 1e6);
        days.push_back(static_cast<std::int32_t>(random_integer(random, 10'000, 15'000)));
        if (i % 7 == 0) money.back() = std::nullopt, days.back() = std::nullopt;
    }
    frame f;
    f.whole(money, money_type(currency("GBP"), 3)).real(real).days(days);
    for (std::size_t i = 0; i < 3; ++i)
        for (auto const method : {cut_method::quantiles, cut_method::mean, cut_method::median, cut_method::fixed})
            for (auto const ties : {tie_policy::same_score, tie_policy::midrank, tie_policy::rank_first}) {
                quantile_score_options o;
                o.id = "m";
                o.reads = "amount";
                o.method = method;
                if (method == cut_method::fixed) o.cuts = {12'000.5, 13'000};
                if (method == cut_method::quantiles) {
                    o.ties = ties;
                    o.bins = 7;
                    if (ties == tie_policy::same_score) o.quantiles = {quantile_type::type_6, closed_side::left, 1};
                }
                auto const made = quantile_score::fit(o, f[i]);
                auto const text = made.to_json();
                auto const loaded = quantile_score::from_json(text);
                CHECK(loaded.to_json() == text);
                CHECK(scores_of(loaded, f[i]) == scores_of(made, f[i]));
                CHECK(loaded.report().edges == made.report().edges);
                CHECK(loaded.report().sizes == made.report().sizes);
            }
    quantile_score_options o;
    o.reads = "amount";
    auto const text = quantile_score::fit(o, f[0]).to_json();
    auto const code = [](std::string const& altered) {
        try {
            (void)quantile_score::from_json(altered);
        } catch (issue_error const& e) {
            return e.issues()[0].code;
        }
        return std::string("accepted");
    };
    CHECK(code(test::replaced(text, "\"bins\":5", "\"bins\":4")) == "fitted.checksum");
    CHECK(code(test::replaced(text, "\"version\":1", "\"version\":2")) == "fitted.version");
    CHECK(code(test::replaced(text, "quantile_score", "bands")) == "fitted.kind");
    CHECK(code(text.substr(0, text.size() / 2)) == "fitted.content");
    CHECK(code("[]") == "fitted.content");
    CHECK(code("{}") == "fitted.missing_key");
}

TEST_CASE("one row, tiles and everybody agree", "[quantile_score]") {
    random_generator random(5);
    std::vector<std::optional<std::int32_t>> days;
    for (int i = 0; i < 1700; ++i)
        days.push_back(i % 11 == 0 ? std::nullopt
                                   : std::optional(static_cast<std::int32_t>(random_integer(random, 0, 400))));
    frame f;
    f.days(days);
    quantile_score_options o;
    o.reads = "day";
    o.bins = 10;
    auto const s = quantile_score::fit(o, f[0]);
    auto const batch = scores_of(s, f[0]);
    auto const assigned = test::assign_all(s, f.rows());
    for (std::size_t i = 0; i < days.size(); ++i) {
        frame one;
        one.days({days[i]});
        REQUIRE(scores_of(s, one[0])[0] == batch[i]);
        REQUIRE(static_cast<int>(assigned[i].score) == batch[i]);
    }
}

TEST_CASE("bad options and columns are refused with a code", "[quantile_score]") {
    frame f;
    f.whole({1, 2, 3})
        .whole({std::nullopt, std::nullopt, std::nullopt})
        .texts({"a", "b", "c"})
        .real({1.0, INFINITY, 2.0});
    quantile_score_options o;
    o.reads = "x";
    CHECK(code_of_failure(o, f[0]) == "accepted");
    CHECK(code_of_failure(o, f[1]) == "fit.no_values");
    CHECK(code_of_failure(o, f[2]) == "fit.type");
    CHECK(code_of_failure(o, f[3]) == "fit.infinite");
    CHECK(code_of_failure(o, column_view{int64_type}) == "fit.no_values");
    auto bad = o;
    bad.bins = 11;
    CHECK(code_of_failure(bad, f[0]) == "quantile_score.bins");
    bad = o;
    bad.id = "a b";
    CHECK(code_of_failure(bad, f[0]) == "quantile_score.scheme");
    bad = o;
    bad.segments = {"low", "high"};
    CHECK(code_of_failure(bad, f[0]) == "quantile_score.segments");
    bad = o;
    bad.method = cut_method::fixed;
    bad.cuts = {3, 3};
    CHECK(code_of_failure(bad, f[0]) == "quantile_score.cuts");
    bad = o;
    bad.ties = tie_policy::midrank;
    bad.quantiles.offset = 1;
    CHECK(code_of_failure(bad, f[0]) == "quantile_score.offset");
    CHECK_THROWS_AS(quantile_score::from_cuts(o), issue_error);
    o.segments = {"lowest", "low", "middle", "high", "highest"};
    CHECK(quantile_score::fit(o, f[0]).segments()[4].id == "score.highest");
}
