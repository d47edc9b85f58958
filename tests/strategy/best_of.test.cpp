// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/best_of.hpp>
#include <segmenta/strategy/strategy.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<best_of>);

TEST_CASE("the highest score wins, with margin and runner-up", "[best_of]") {
    best_of_options o;
    o.id = "psy";
    o.reads = {"rational", "emotional", "functional", "image"};
    o.segments = o.reads;
    frame f;
    f.real({0.8, 0.5, std::nullopt, std::nullopt, 0.1})
        .real({0.3, 0.5, std::nullopt, 0.4, 0.1})
        .real({0.6, 0.1, std::nullopt, std::nullopt, 0.05})
        .real({0.2, 0.1, std::nullopt, std::nullopt, 0.1});
    best_of const s(o);
    auto const a = test::assign_all(s, f.rows());
    CHECK(test::segments_of(s, f.rows()) ==
          std::vector<std::string>{"psy.rational", "psy.rational", "<unknown>", "psy.emotional", "psy.rational"});
    CHECK(a[0].score == Catch::Approx(0.2));
    CHECK(a[0].also_matched == 0b100); // functional
    CHECK(a[1].score == 0);
    CHECK(a[1].also_matched == 0b10);
    CHECK(a[3].score == 0.4);
    CHECK(a[3].also_matched == 0);
    CHECK(s.describe(0) == "rational is highest");
    CHECK(best_of::from_json(s.to_json()).to_json() == s.to_json());
    o.least = 0.3;
    CHECK_THROWS_AS(best_of(o), issue_error); // whose are the others?
    o.fallback = "none";
    CHECK(test::segments_of(best_of(o), f.rows())[4] == "psy.none");
}
