// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/dissimilarity.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;

// R cluster::daisy (statistics.md 2.14): (1, 2, 4), (x, y, x), (10, NA, 30) give .66667 .66667 .83333.
TEST_CASE("dissimilarity: Gower of numbers, categories and missing values as by daisy of R") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<double>> const numbers{{1, 2, 4}, {10, nan, 30}};
    std::vector<std::vector<std::uint32_t>> const categories{{0, 1, 0}};
    auto const d = gower_dissimilarities(as_columns(numbers), as_categories(categories));
    CHECK(d[1] == Approx(2.0 / 3));
    CHECK(d[2] == Approx(2.0 / 3));
    CHECK(d[5] == Approx(5.0 / 6));
    CHECK(d[7] == d[5]);
    CHECK(d[4] == 0);
}

TEST_CASE("dissimilarity: constant columns, nothing in common, only categories, bad data") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<double>> const constant{{5, 5, nan}};
    auto const d = gower_dissimilarities(as_columns(constant), {});
    CHECK(d[1] == 0);
    CHECK(std::isnan(d[2]));
    std::vector<std::vector<std::uint32_t>> const categories{{0, missing_category, 1}, {3, 4, 3}};
    auto const c = gower_dissimilarities({}, as_categories(categories), 2);
    CHECK(c[1] == 1);
    CHECK(c[2] == .5);
    std::vector<std::vector<double>> const endless{{1, std::numeric_limits<double>::infinity()}};
    CHECK_THROWS_AS(gower_dissimilarities(as_columns(endless), {}), issue_error);
    CHECK_THROWS_AS(gower_dissimilarities({}, {}), issue_error);
    CHECK_THROWS_AS(gower_dissimilarities(as_columns(endless), as_categories(categories)), issue_error);
    std::vector<std::vector<double>> const plane{{0, 3}, {0, 4}};
    CHECK(euclidean_dissimilarities(as_columns(plane)) == std::vector<double>{0, 5, 5, 0});
    CHECK_THROWS_AS(euclidean_dissimilarities(as_columns(constant)), issue_error);
}
