// SPDX-License-Identifier: Apache-2.0
#include "model/gamma_functions.hpp"

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta::detail;

TEST_CASE("gamma functions: the hypergeometric continued fraction is the series") {
    for (double const b : {0.3, 2.0, 17.5})
        for (double const more : {0.01, 0.7, 30.0})
            for (double const z : {0.0, 0.2, 0.9, 0.999}) {
                double const c = b + more;
                double sum = 0;
                double term = 1;
                for (int k = 0; k < 100000 && term > 1e-18 * sum; ++k) {
                    sum += term;
                    term *= (b + k) / (c + k) * z;
                }
                CAPTURE(b, c, z);
                CHECK(hypergeometric_one(b, c, z) == Catch::Approx(sum).epsilon(1e-11));
            }
    // 2F1(1, 1; 2; z) = -log(1 - z) / z (DLMF 15.4.1)
    CHECK(hypergeometric_one(1, 2, 0.9999) == Catch::Approx(-std::log(1e-4) / 0.9999).epsilon(1e-11));
    CHECK(hypergeometric_one(0.5, 1, 0.25) == Catch::Approx(1 / std::sqrt(0.75)).epsilon(1e-13)); // c of 1
}

TEST_CASE("gamma functions: sums over counts are sums of gamma functions") {
    std::vector<std::pair<double, double>> const counts{{0, 5}, {1, 2}, {3, 1.5}, {40, 3}, {900, 1}};
    rising_factorials const sums(counts);
    for (double const r : {0.01, 0.55, 3.0, 1000.0}) {
        double sum = 0, first = 0, second = 0;
        for (auto const& [x, w] : counts) {
            sum += w * (std::lgamma(r + x) - std::lgamma(r));
            first += w * (digamma_function(r + x) - digamma_function(r));
            second += w * (trigamma_function(r + x) - trigamma_function(r));
        }
        auto const at = sums.at(r);
        CHECK(at.sum == Catch::Approx(sum).epsilon(1e-11));
        CHECK(at.first == Catch::Approx(first).epsilon(1e-10));
        CHECK(at.second == Catch::Approx(second).epsilon(1e-10));
    }
    CHECK(rising_factorials({}).at(1).sum == 0);
    CHECK(rising_factorials({{0, 7}}).at(1).sum == 0);
}
