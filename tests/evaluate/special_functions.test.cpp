// SPDX-License-Identifier: Apache-2.0
#include "evaluate/special_functions.hpp"

#include "support/catch.hpp"

#include <array>

using namespace segmenta;

// E. Rogers, "Diffusion of Innovations", 1962, cuts adopters at the mean and one and two standard deviations and quotes
// rounded shares; the exact ones are statistics.md 2.18.
TEST_CASE("special functions: areas of the normal distribution between Rogers' adopters") {
    std::array const cuts{-2.0, -1.0, 0.0, 1.0};
    std::array const exact{.02275, .13591, .34134, .34134, .15866};
    std::array const quoted{.025, .135, .34, .34, .16};
    double sum = 0;
    for (std::size_t i = 0; i < exact.size(); ++i) {
        double const low = i == 0 ? 0 : detail::normal_below(cuts[i - 1]);
        double const area = i == cuts.size() ? detail::normal_above(cuts.back()) : detail::normal_below(cuts[i]) - low;
        CHECK(area == Approx(exact[i]).margin(5.1e-6).epsilon(0));
        CHECK(area == Approx(quoted[i]).margin(2.5e-3).epsilon(0));
        sum += area;
    }
    CHECK(sum == Approx(1).epsilon(1e-15));
    CHECK(detail::normal_beyond(2) == Approx(2 * detail::normal_above(2)).epsilon(1e-14));
    CHECK(detail::normal_above(38) > 0); // where 1 - P would be 0
}
