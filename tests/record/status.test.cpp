// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/status.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("unknown takes precedence over error, and both over ok", "[status]") {
    CHECK(combine(status::ok, status::ok) == status::ok);
    CHECK(combine(status::ok, status::error) == status::error);
    CHECK(combine(status::error, status::unknown) == status::unknown);
    CHECK(combine(status::unknown, status::error) == status::unknown);
    CHECK(combine(status::truncated, status::unknown) == status::unknown);
    CHECK(combine(status::refused, status::error) == status::error);
    // commutative over all pairs
    for (int a = 0; a <= static_cast<int>(status::refused); ++a)
        for (int b = 0; b <= static_cast<int>(status::refused); ++b)
            CHECK(combine(static_cast<status>(a), static_cast<status>(b)) ==
                  combine(static_cast<status>(b), static_cast<status>(a)));
    CHECK(to_string(status::not_applicable) == "not_applicable");
}
