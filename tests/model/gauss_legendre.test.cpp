// SPDX-License-Identifier: Apache-2.0
#include "model/gauss_legendre.hpp"

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta::detail;

TEST_CASE("gauss legendre: n nodes integrate x to any power below 2 n exactly") {
    for (std::size_t const n : gauss_legendre_sizes) {
        auto const rule = gauss_legendre(n);
        REQUIRE(rule.nodes.size() == n);
        for (std::size_t power = 0; power < 2 * n; power += power < 8 ? 1 : 7) {
            double sum = 0;
            for (std::size_t i = 0; i < n; ++i)
                sum += rule.weights[i] * std::pow(rule.nodes[i], static_cast<double>(power));
            CHECK(sum == Catch::Approx(1 / static_cast<double>(power + 1)).epsilon(1e-14));
        }
    }
    CHECK(gauss_legendre(9).nodes.size() == 12);
    CHECK(gauss_legendre(1000).nodes.size() == 64);
    // Abscissa and weight of the largest node for n = 8 (M. Abramowitz, I. Stegun, table 25.4)
    CHECK(2 * gauss_legendre(8).nodes[7] - 1 == Catch::Approx(0.960289856497536).epsilon(1e-14));
    CHECK(2 * gauss_legendre(8).weights[7] == Catch::Approx(0.101228536290376).epsilon(1e-14));
}

TEST_CASE("gauss legendre: panels add up") {
    CHECK(integrate_smooth(0, 40, 10, [](double x) { return std::exp(-x); }) == Catch::Approx(1).epsilon(1e-14));
}
