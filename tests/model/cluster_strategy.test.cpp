// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_strategy.hpp>

#include <segmenta/strategy/strategy.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;

namespace {

cluster_strategy made() {
    return {{.id = "habit", .reads = {"spend", "visits"}, .segments = {"low", "high"}, .descriptions = {"little", "much"}},
            feature_scaling(scaling_kind::standard, {10, 0}, {10, 1}),
            k_means({-1, 0, 1, 0}, 2)};
}

} // namespace

TEST_CASE("cluster strategy: rows are scaled and go to the nearest centre, ties to the lower number") {
    static_assert(strategy<cluster_strategy>);
    any_strategy const s(made());
    CHECK(s.id() == "habit");
    CHECK(s.segments()[1].id == "habit.high");
    column spend(type{kind::float64});
    column visits(type{kind::int64});
    for (double const v : {0.0, 20.0, 10.0, 25.0}) {
        spend.push(v);
        visits.push(std::int64_t{0});
    }
    visits.push_missing();
    spend.push(1.0);
    spend.push(std::nan(""));
    visits.push(std::int64_t{0});
    std::vector<column_view> const columns{spend.view(), visits.view()};
    std::vector<assignment> out(6);
    s.assign({6, columns}, out);
    CHECK(out[0].segment == 0);
    CHECK(out[0].score == 0);
    CHECK(out[1].segment == 1);
    CHECK(out[2].segment == 0);
    CHECK(out[3].score == Approx(.5));
    CHECK(out[4].standing == status::unknown);
    CHECK(out[5].standing == status::error);
    CHECK(made().describe(1) == "much");
    std::vector<assignment> wrong(6);
    s.assign({6, std::span(columns).first(1)}, wrong);
    CHECK(wrong[0].standing == status::error);
}

TEST_CASE("cluster strategy: saved, it is the same") {
    auto const text = made().to_json();
    auto const back = cluster_strategy::from_json(text);
    CHECK(back.to_json() == text);
    CHECK(back.segments()[0].id == "habit.low");
    CHECK(back.model() == made().model());
    CHECK_THROWS_AS(cluster_strategy::from_json(text.substr(0, 200)), issue_error);
}

TEST_CASE("cluster strategy: names come from profiles, and what does not fit is refused") {
    std::vector<cluster_profile> profiles(2);
    profiles[0] = {0, 5, .5, {{0, "spend", 1, 2}}, "high_spend"};
    profiles[1] = {1, 5, .5, {{0, "spend", 1, -2}}, "low_spend"};
    std::vector<std::string> const reads{"spend"};
    auto const options = name_clusters("habit", reads, profiles);
    feature_scaling const scaling(scaling_kind::none, {0}, {1});
    CHECK(cluster_strategy(options, scaling, k_means({1, 2}, 2)).describe(0) ==
          "spend is 2.0 standard deviations above the mean of all");
    CHECK_THROWS_AS(cluster_strategy(options, scaling, k_means({1, 2, 3}, 3)), issue_error);
    auto twice = options;
    twice.segments[1] = twice.segments[0];
    CHECK_THROWS_AS(cluster_strategy(twice, scaling, k_means({1, 2}, 2)), issue_error);
    auto named = options;
    named.id = "no id";
    CHECK_THROWS_AS(cluster_strategy(named, scaling, k_means({1, 2}, 2)), issue_error);
}
