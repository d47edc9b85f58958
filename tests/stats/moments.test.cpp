// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/stats/exact_sum.hpp>
#include <segmenta/stats/moments.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace segmenta;

TEST_CASE("moments against scipy's definitions on a small set", "[moments]") {
    // x = 2 4 4 4 5 5 7 9: mean 5, population variance 4 (the textbook example); m3 = 42/8, m4 = 178*2/8 = 44.5
    std::vector<double> const x{2, 4, 4, 4, 5, 5, 7, 9};
    auto const m = compute_moments(x);
    CHECK(m.count == 8);
    CHECK(m.sum == 40);
    CHECK(m.mean == 5);
    CHECK(m.population_variance == 4);
    CHECK(m.variance == Catch::Approx(32.0 / 7));
    CHECK(m.skewness == Catch::Approx(5.25 / 8));
    CHECK(m.excess_kurtosis == Catch::Approx(44.5 / 16 - 3));
    CHECK(m.minimum == 2);
    CHECK(m.maximum == 9);
    std::vector<std::int64_t> const cents{200, 400, 400, 400, 500, 500, 700, 900};
    auto const c = compute_moments(cents, nullptr, 0.01);
    CHECK(c.mean == Catch::Approx(5));
    CHECK(c.skewness == Catch::Approx(m.skewness));
}

TEST_CASE("moments are the same bits in any order, and survive a large mean", "[moments]") {
    random_generator random(3);
    std::vector<double> x;
    for (int i = 0; i < 5000; ++i)
        x.push_back(1e9 + random_unit(random) * std::pow(10.0, i % 7));
    auto const a = compute_moments(x);
    for (std::size_t i = x.size(); i > 1; --i)
        std::swap(x[i - 1], x[random_below(random, i)]);
    auto const b = compute_moments(x);
    CHECK(a.sum == b.sum);
    CHECK(a.variance == b.variance);
    CHECK(a.skewness == b.skewness);
    CHECK(a.excess_kurtosis == b.excess_kurtosis);
    std::vector<double> const shifted{1e15 + 1, 1e15 + 2, 1e15 + 3};
    CHECK(compute_moments(shifted).variance == 1);
}

TEST_CASE("moments that do not exist are NaN", "[moments]") {
    auto const none = compute_moments(std::vector<double>{std::nan("")});
    CHECK(none.count == 0);
    CHECK(none.missing == 1);
    CHECK(std::isnan(none.mean));
    auto const one = compute_moments(std::vector<double>{4});
    CHECK(one.mean == 4);
    CHECK(one.population_variance == 0);
    CHECK(std::isnan(one.variance));
    CHECK(std::isnan(one.skewness));
    auto const equal = compute_moments(std::vector<double>(9, 0.1));
    CHECK(std::isnan(equal.excess_kurtosis));
    std::uint64_t const valid[] = {0b101};
    CHECK(compute_moments(std::vector<std::int64_t>{1, 100, 3}, valid).mean == 2);
}
