// SPDX-License-Identifier: Apache-2.0
#include "strategy/strategy_test.hpp"
#include "support/catch.hpp"

#include <segmenta/strategy/lifecycle.hpp>
#include <segmenta/strategy/registry.hpp>

using namespace segmenta;

TEST_CASE("lifecycle builders write uses the registry accepts", "[lifecycle]") {
    auto const registry = strategy_registry::core();
    for (auto const& o : {lifecycle_by_days(), lifecycle_by_days(7, 30, 365), lifecycle_by_gaps(),
                          lifecycle_by_gaps(1.5, 3, 8), lifecycle_with_collapse()}) {
        issue_list issues;
        auto const outline = registry.check(use_of(o), issues);
        INFO(issues.to_string());
        REQUIRE(outline);
        CHECK(outline->time_dependent);
        CHECK(outline->reads == stage_inputs(o));
        CHECK(outline->needs_fit == (o.limits == stage_limits::own_gaps));
        CHECK(outline->inputs.size() == outline->reads.size());
    }
    stages_options const days = lifecycle_by_days(7, 30);
    test::frame f;
    f.days({100}).whole({3}).days({90}).days({80});
    CHECK(test::segments_of(registry.make(use_of(days)), f.rows()) == std::vector<std::string>{"lifecycle.silent"});
}
