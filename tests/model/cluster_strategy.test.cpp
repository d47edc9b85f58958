// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_strategy.hpp>

#include <segmenta/strategy/strategy.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;

namespace {

cluster_model two_clusters() {
    cluster_model_parts parts{k_means({-1, 0, 1, 0}, 2)};
    parts.numbers = {"spend", "visits"};
    parts.scaling = feature_scaling(scaling_kind::standard, {10, 0}, {10, 1});
    parts.segments = {{"low", "little"}, {"high", "much"}};
    return cluster_model(parts);
}

} // namespace

TEST_CASE("cluster strategy: rows are scaled and go to the nearest centre, ties to the lower number") {
    static_assert(strategy<cluster_strategy>);
    any_strategy const s(cluster_strategy("habit", two_clusters()));
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
    CHECK(s.describe(out[4].reason) == "missing: visits");
    CHECK(out[5].standing == status::error);
    CHECK(s.describe(out[1].reason) == "much");
    std::vector<assignment> wrong(6);
    s.assign({6, std::span(columns).first(1)}, wrong);
    CHECK(wrong[0].standing == status::error);
}

TEST_CASE("cluster strategy: saved, it is the same") {
    cluster_strategy const made("habit", two_clusters());
    auto const text = made.to_json();
    auto const back = cluster_strategy::from_json(text);
    CHECK(back.to_json() == text);
    CHECK(back.segments()[0].id == "habit.low");
    CHECK(back.model() == made.model());
    CHECK_THROWS_AS(cluster_strategy::from_json(text.substr(0, 200)), issue_error);
    CHECK_THROWS_AS(cluster_strategy("no id", two_clusters()), issue_error);
}
