// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/strategy.hpp>
#include <segmenta/strategy/weighted_score.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<weighted_score>);

TEST_CASE("a weighted sum, reproducible to the last bit", "[weighted_score]") {
    weighted_score_options o;
    o.reads = {"r", "f", "m"};
    o.weights = {0.25, 0.25, 0.5};
    o.cuts = {2, 4};
    o.segments = {"low", "middle", "high"};
    weighted_score const s(o);
    frame f;
    f.whole({5, 1, 4, std::nullopt}).whole({3, 1, 4, 1}).whole({450, 123, 400, 1}, decimal_type(2));
    auto const a = test::assign_all(s, f.rows());
    CHECK(a[0].score == 0.25 * 5 + 0.25 * 3 + 0.5 * 4.5);
    CHECK(a[1].score == Catch::Approx(1.115).epsilon(1e-12));
    CHECK(test::segments_of(s, f.rows()) ==
          std::vector<std::string>{"score.high", "score.low", "score.high", "<unknown>"}); // 4 is on the cut: above
    CHECK(s.describe(1) == "score >= 2.000000");
    CHECK(weighted_score::from_json(s.to_json()).to_json() == s.to_json());
    SECTION("a result that is not finite is an error") {
        frame huge;
        huge.real({1e308}).real({1e308}).real({1.7e308});
        o.weights = {1, 1, 1};
        CHECK(test::segments_of(weighted_score(o), huge.rows()) == std::vector<std::string>{"<error>"});
    }
    SECTION("bad options") {
        issue_list issues;
        o.weights = {1};
        o.cuts = {2, 2};
        o.segments = {"a"};
        CHECK_FALSE(weighted_score::make(o, issues, "here"));
        CHECK(issues.contains("weighted_score.reads"));
        CHECK(issues.contains("weighted_score.cuts"));
        CHECK(issues.contains("weighted_score.sizes"));
    }
}
