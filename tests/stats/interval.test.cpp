// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/stats/interval.hpp>

#include <cmath>

using namespace segmenta;

TEST_CASE("normal quantiles", "[interval]") {
    // NIST/SEMATECH e-Handbook 1.3.6.7.1; digits from mpmath
    CHECK(normal_quantile(0.975) == Catch::Approx(1.959963984540054).epsilon(1e-14));
    CHECK(normal_quantile(0.5) == 0);
    CHECK(normal_quantile(1e-300) == Catch::Approx(-37.0471).epsilon(1e-6));
    CHECK(std::isinf(normal_quantile(1)));
    CHECK(std::isnan(normal_quantile(-0.1)));
}

TEST_CASE("Wilson's interval", "[interval]") {
    auto const ten = wilson_interval(10, 100);
    REQUIRE(ten);
    CHECK(ten->low == Catch::Approx(0.05522914).epsilon(1e-7));
    CHECK(ten->high == Catch::Approx(0.17436566).epsilon(1e-7));
    auto const none = wilson_interval(0, 10);
    CHECK(none->low == 0);
    CHECK(none->high ==
          Catch::Approx(1.959963984540054 * 1.959963984540054 / (10 + 1.959963984540054 * 1.959963984540054)));
    CHECK(wilson_interval(10, 10)->high == 1);
    CHECK_FALSE(wilson_interval(0, 0));
    CHECK_FALSE(wilson_interval(3, 2));
    CHECK_FALSE(wilson_interval(1, 2, 1.0));
}
