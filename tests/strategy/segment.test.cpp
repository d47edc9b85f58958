// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/strategy/segment.hpp>

using namespace segmenta;

TEST_CASE("segment ids and answers", "[segment]") {
    STATIC_REQUIRE(local_id("rfm.champions") == "champions");
    STATIC_REQUIRE(local_id("champions") == "champions");
    STATIC_REQUIRE(local_id("a.b.c") == "b.c");
    assignment const fresh;
    CHECK_FALSE(fresh.has_segment());
    CHECK(fresh.valid_until.is_never());
    CHECK(no_answer(status::refused).standing == status::refused);
    assignment placed;
    placed.segment = 0;
    CHECK(placed.has_segment());
    placed.standing = status::unknown;
    CHECK_FALSE(placed.has_segment());
}
