// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/strategy/best_of.hpp>
#include <segmenta/strategy/leaving_reasons.hpp>
#include <segmenta/strategy/level_stages.hpp>
#include <segmenta/strategy/lookup.hpp>
#include <segmenta/strategy/nested_score.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/stages.hpp>
#include <segmenta/strategy/use.hpp>
#include <segmenta/strategy/value.hpp>
#include <segmenta/strategy/weighted_score.hpp>

using namespace segmenta;

TEST_CASE("options written as a plan would write them are accepted by the registry", "[use]") {
    auto const registry = strategy_registry::core();
    std::vector<strategy_use> uses;
    quantile_score_options q;
    q.reads = "x";
    uses.push_back(use_of(q));
    CHECK(
        uses.back().parameters ==
        R"({"method":"quantiles","bins":5,"type":7,"closed":"right","offset":0.0,"ties":"same_score","direction":"ascending"})");
    q.method = cut_method::fixed;
    q.cuts = {1, 2.5};
    q.closed = closed_side::right;
    uses.push_back(use_of(q));
    q.method = cut_method::median;
    uses.push_back(use_of(q));
    nested_score_options n;
    n.reads = {"a", "b"};
    n.directions = {score_direction::descending, score_direction::ascending};
    n.ties = tie_policy::rank_first;
    uses.push_back(use_of(n));
    uses.push_back(use_of(value_by_cut("v", "x", 1, 2)));
    uses.push_back(use_of(value_by_share("v", "x")));
    uses.push_back(use_of(value_by_tertile("v", "x")));
    uses.push_back(use_of(ten_segment_map()));
    uses.push_back(use_of(eight_segment_map()));
    uses.push_back(use_of(eleven_segment_map()));
    uses.push_back(use_of(lookup_options{"l", "x", {{"a", {"b"}}}, "c"}));
    uses.push_back(use_of(weighted_score_options{"w", {"x"}, {0.5}, 1, {}, {}}));
    uses.push_back(use_of(best_of_options{"b", {"x"}, {"y"}, 0.5, "z"}));
    uses.push_back(use_of(stages_options{}));
    stages_options gaps;
    gaps.limits = stage_limits::own_gaps;
    gaps.dead_gaps = 9;
    gaps.drop = frequency_drop::as_lost;
    uses.push_back(use_of(gaps));
    uses.push_back(use_of(level_stages_options{}));
    leaving_reasons_options l;
    l.reasons = {"service"};
    l.reads = {"last", "complaint"};
    uses.push_back(use_of(l));
    for (auto const& u : uses) {
        issue_list issues;
        auto const outline = registry.check(u, issues);
        INFO(u.kind << " " << u.parameters << "\n" << issues.to_string());
        CHECK(outline);
        CHECK(issues.empty());
    }
}
