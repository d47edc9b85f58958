// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/strategy/nested_score.hpp>
#include <segmenta/strategy/strategy.hpp>

#include <algorithm>
#include <cmath>

using namespace segmenta;
using test::frame;

static_assert(population_strategy<nested_score>);

namespace {

nested_score_options rfm_nested(std::size_t bins, tie_policy ties) {
    nested_score_options o;
    o.reads = {"r", "f", "m"};
    o.directions = {score_direction::descending, score_direction::ascending, score_direction::ascending};
    o.bins = bins;
    o.ties = ties;
    return o;
}

frame random_customers(std::size_t n, std::uint64_t seed) {
    random_generator random(seed);
    std::vector<std::optional<std::int64_t>> r;
    std::vector<std::optional<std::int64_t>> f;
    std::vector<std::optional<double>> m;
    for (std::size_t i = 0; i < n; ++i) {
        r.push_back(random_integer(random, 0, 400));
        f.push_back(1 + random_integer(random, 0, 3) * random_integer(random, 0, 4));
        m.push_back(random_unit(random) * 1000);
        if (i % 50 == 13) m.back() = std::nullopt;
    }
    frame out;
    out.whole(r).whole(f).real(m);
    return out;
}

} // namespace

TEST_CASE("Hughes: rank_first gives cells of equal size", "[nested_score]") {
    auto f = random_customers(5000, 3);
    auto const s = nested_score::fit(rfm_nested(5, tie_policy::rank_first), f.rows());
    REQUIRE(s.sizes().size() == 125);
    auto const [low, high] = std::minmax_element(s.sizes().begin(), s.sizes().end());
    CHECK(*low >= 38);
    CHECK(*high <= 41); // 4900 customers with all three numbers: 39.2 each
    CHECK(s.is_population());
    std::vector<assignment> out(5000);
    any_strategy(s).assign_everyone(f.rows(), {}, out);
    CHECK(out[13].standing == status::unknown);
    std::vector<std::size_t> counted(125, 0);
    for (auto const& a : out)
        if (a.has_segment()) ++counted[a.segment];
    CHECK(counted == std::vector<std::size_t>(s.sizes().begin(), s.sizes().end()));
    CHECK(any_strategy(s).assign_one({1, f.rows().columns}).standing == status::unknown); // one alone has no rank
}

TEST_CASE("each level is scored inside the cells above it", "[nested_score]") {
    for (auto const ties : {tie_policy::same_score, tie_policy::midrank, tie_policy::rank_first}) {
        auto f = random_customers(1200, 9);
        auto const o = rfm_nested(3, ties);
        auto const s = nested_score::fit(o, f.rows());
        std::vector<assignment> out(1200);
        any_strategy(s).assign_everyone(f.rows(), {}, out);
        // the naive way: score one column with quantile_score on the members of one cell, then go down
        std::map<std::string, std::vector<std::uint32_t>> groups{{"", {}}};
        for (std::uint32_t row = 0; row < 1200; ++row)
            if (f[2].is_present(row)) groups[""].push_back(row);
        std::vector<std::string> cell(1200);
        for (std::size_t d = 0; d < 3; ++d) {
            std::map<std::string, std::vector<std::uint32_t>> next;
            for (auto const& [name, members] : groups) {
                quantile_score_options one;
                one.reads = "x";
                one.bins = 3;
                one.ties = ties;
                one.direction = o.directions[d];
                column const part = gather(f[d], members);
                std::vector<std::uint8_t> scores(members.size());
                quantile_score::fit(one, part.view()).scores_of_everyone(part.view(), {}, scores);
                for (std::size_t i = 0; i < members.size(); ++i) {
                    cell[members[i]] += std::to_string(scores[i]);
                    next[cell[members[i]]].push_back(members[i]);
                }
            }
            groups = next;
        }
        for (std::size_t row = 0; row < 1200; ++row) {
            if (cell[row].empty()) continue;
            REQUIRE(local_id(s.segments()[out[row].segment].id) == cell[row]);
            REQUIRE(std::to_string(static_cast<int>(out[row].score)) == cell[row]);
        }
    }
}

TEST_CASE("a nested score saves and loads, and places customers after the fit", "[nested_score]") {
    auto f = random_customers(300, 5);
    auto const s = nested_score::fit(rfm_nested(10, tie_policy::same_score), f.rows());
    auto const text = s.to_json();
    auto const loaded = nested_score::from_json(text);
    CHECK(loaded.to_json() == text);
    auto g = random_customers(500, 6);
    CHECK(test::segments_of(loaded, g.rows()) == test::segments_of(s, g.rows())); // some land in cells nobody was in
    CHECK(s.segments()[0].id == "rfm.1-1-1");
    CHECK_THROWS_AS(nested_score::from_json(test::replaced(text, "ascending", "descending")), issue_error);
    frame wrong;
    wrong.real({1.0}).whole({1}).real({1.0});
    CHECK(test::segments_of(s, wrong.rows()) == std::vector<std::string>{"<error>"});
    CHECK_THROWS_AS(nested_score::fit(rfm_nested(11, tie_policy::same_score), f.rows()), issue_error);
    frame empty;
    empty.whole({1}).whole({std::nullopt}).real({1.0});
    CHECK_THROWS_AS(nested_score::fit(rfm_nested(5, tie_policy::same_score), empty.rows()), issue_error);
}
