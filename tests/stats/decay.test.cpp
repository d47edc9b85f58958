// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/stats/decay.hpp>

#include <cmath>
#include <vector>

using namespace segmenta;

TEST_CASE("a half-life halves", "[decay]") {
    std::vector<double> const amounts{100, 100, 100};
    std::vector<double> const ages{0, 30, 60};
    CHECK(decayed_sum(amounts, ages, 30) == 175);
    CHECK(log2_decayed_sum(amounts, ages, 30) == Catch::Approx(std::log2(175.0)).epsilon(1e-14));
    CHECK(decayed_sum({}, {}, 30) == 0);
    CHECK(log2_decayed_sum({}, {}, 30) == -INFINITY);
}

TEST_CASE("the logarithm does not underflow", "[decay]") {
    std::vector<double> const amounts{8, 8};
    std::vector<double> const ages{3000, 3000};
    CHECK(decayed_sum(amounts, ages, 1) == 0);
    CHECK(log2_decayed_sum(amounts, ages, 1) == Catch::Approx(4 - 3000.0));
}

TEST_CASE("the order of events does not matter", "[decay]") {
    random_generator random(8);
    std::vector<double> amounts;
    std::vector<double> ages;
    for (int i = 0; i < 1000; ++i) {
        amounts.push_back(random_unit(random) * 1e6);
        ages.push_back(random_unit(random) * 1e3);
    }
    double const sum = decayed_sum(amounts, ages, 17);
    double const logarithm = log2_decayed_sum(amounts, ages, 17);
    for (std::size_t i = amounts.size(); i > 1; --i) {
        auto const j = random_below(random, i);
        std::swap(amounts[i - 1], amounts[j]);
        std::swap(ages[i - 1], ages[j]);
    }
    CHECK(decayed_sum(amounts, ages, 17) == sum);
    CHECK(log2_decayed_sum(amounts, ages, 17) == logarithm);
    CHECK(std::exp2(logarithm) == Catch::Approx(sum).epsilon(1e-12));
}

TEST_CASE("decay of nonsense is NaN", "[decay]") {
    std::vector<double> const one{1};
    std::vector<double> const minus{-1};
    CHECK(std::isnan(decayed_sum(one, minus, 30)));
    CHECK(std::isnan(decayed_sum(one, {}, 30)));
    CHECK(std::isnan(decayed_sum(one, one, 0)));
    CHECK(std::isnan(log2_decayed_sum(minus, one, 30)));
}
