// SPDX-License-Identifier: Apache-2.0
#include "model/octave_polynomial.hpp"

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;

TEST_CASE("octave polynomial: functions that are analytic right of 0 are met to the last places") {
    double (*const functions[])(double) = {
        [](double v) { return std::log(v); },
        [](double v) { return std::exp(-v); },
        [](double v) { return std::pow(v, -1.7); },
        [](double v) { return 1 / (1 + v * v * .1); }, // singular at 3.2 i
    };
    for (auto const f : functions) {
        for (double const from : {1.0, .25, 8.0}) {
            double const scale = from;
            detail::octave_polynomial const p([&](double m) { return f(m * scale); });
            for (double v = from; v < 2 * from; v += from / 37) {
                detail::octave_place const at(v);
                CHECK(detail::octave_place::scale(at.exponent) * at.m == v);
                CHECK(detail::octave_place::scale(at.exponent) == scale);
                CHECK(p(at.m) == Catch::Approx(f(v)).epsilon(1e-13).margin(1e-13));
            }
        }
    }
}
