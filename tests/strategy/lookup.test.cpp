// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/error.hpp>
#include <segmenta/strategy/lookup.hpp>
#include <segmenta/strategy/strategy.hpp>

using namespace segmenta;
using test::frame;

static_assert(strategy<lookup>);

TEST_CASE("texts to segments", "[lookup]") {
    lookup_options o;
    o.id = "region";
    o.reads = "city";
    o.entries = {{"north", {"Beijing", "Tianjin"}}, {"south", {"Guangzhou"}}};
    frame f;
    f.texts({"Tianjin", "Guangzhou", "Paris", std::nullopt, "beijing"});
    CHECK(test::segments_of(lookup(o), f.rows()) ==
          std::vector<std::string>{"region.north", "region.south", "<unknown>", "<unknown>", "<unknown>"});
    o.fallback = "elsewhere";
    lookup const l(o);
    CHECK(test::segments_of(l, f.rows())[2] == "region.elsewhere");
    CHECK(test::segments_of(l, f.rows())[3] == "<unknown>");
    CHECK(l.describe(0) == "city is in the list of region.north");
    CHECK(lookup::from_json(l.to_json()).to_json() == l.to_json());

    o.entries[1].texts.push_back("Beijing");
    issue_list issues;
    CHECK_FALSE(lookup::make(o, issues, "here"));
    CHECK(issues.contains("lookup.duplicate"));
    CHECK_THROWS_AS(lookup(lookup_options{}), issue_error);
    frame numbers;
    numbers.whole({1});
    CHECK(test::segments_of(l, numbers.rows()) == std::vector<std::string>{"<error>"});
}
