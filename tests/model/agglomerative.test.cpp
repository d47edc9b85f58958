// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/agglomerative.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace segmenta;

namespace {

// Heights by looking through all pairs of groups at every step, from the definition of each linkage.
std::vector<double> naive_heights(number_columns columns, linkage by) {
    std::vector<std::vector<std::size_t>> groups;
    for (std::size_t i = 0; i < row_count(columns); ++i)
        groups.push_back({i});
    auto const squared = [&](std::size_t a, std::size_t b) {
        double sum = 0;
        for (auto const c : columns)
            sum += (c[a] - c[b]) * (c[a] - c[b]);
        return sum;
    };
    auto const between = [&](std::vector<std::size_t> const& a, std::vector<std::size_t> const& b) {
        double sum = 0;
        double low = 1e300;
        double high = 0;
        for (auto const i : a)
            for (auto const j : b) {
                double const d = std::sqrt(squared(i, j));
                sum += d;
                low = std::min(low, d);
                high = std::max(high, d);
            }
        double const na = static_cast<double>(a.size());
        double const nb = static_cast<double>(b.size());
        if (by == linkage::single) return low;
        if (by == linkage::complete) return high;
        if (by == linkage::average) return sum / na / nb;
        double centres = 0;
        for (auto const c : columns) {
            double ma = 0;
            double mb = 0;
            for (auto const i : a)
                ma += c[i] / na;
            for (auto const i : b)
                mb += c[i] / nb;
            centres += (ma - mb) * (ma - mb);
        }
        return std::sqrt(2 * na * nb / (na + nb) * centres);
    };
    std::vector<double> out;
    while (groups.size() > 1) {
        std::size_t x = 0;
        std::size_t y = 1;
        double best = 1e300;
        for (std::size_t a = 0; a < groups.size(); ++a)
            for (std::size_t b = a + 1; b < groups.size(); ++b)
                if (double const d = between(groups[a], groups[b]); d < best) best = d, x = a, y = b;
        out.push_back(best);
        groups[x].insert(groups[x].end(), groups[y].begin(), groups[y].end());
        groups.erase(groups.begin() + static_cast<std::ptrdiff_t>(y));
    }
    return out;
}

} // namespace

// R cluster::agnes(iris, method = "ward") (statistics.md 2.14).
TEST_CASE("agglomerative: the coefficient of iris is that of agnes of R") {
    auto const data = test::iris_columns();
    auto const tree = fit_agglomerative(as_columns(data));
    CHECK(tree.agglomerative_coefficient() == Approx(.9908772434).epsilon(1e-9));
    auto const labels = tree.cut(3);
    CHECK(std::count(labels.begin(), labels.end(), 0U) == 50);
    CHECK(labels[0] == 0);
    CHECK(fit_agglomerative(as_columns(data), {.threads = 2}) == tree);
    auto const text = tree.to_json();
    CHECK(agglomerative::from_json(text) == tree);
    CHECK(agglomerative::from_json(text).to_json() == text);
    CHECK_THROWS_AS(agglomerative::from_json(text.substr(0, 99)), issue_error);
}

TEST_CASE("agglomerative: heights of all linkages are those of the definition") {
    random_generator random(5);
    std::vector<std::vector<double>> data(3, std::vector<double>(40));
    for (auto& column : data)
        for (double& v : column)
            v = random_normal(random);
    auto const columns = as_columns(data);
    for (auto const by : {linkage::ward, linkage::complete, linkage::average, linkage::single}) {
        INFO(to_string(by));
        auto const expected = naive_heights(columns, by);
        auto const tree = fit_agglomerative(columns, {.by = by});
        REQUIRE(tree.merges().size() == expected.size());
        for (std::size_t m = 0; m < expected.size(); ++m)
            CHECK(tree.merges()[m].height == Approx(expected[m]).epsilon(1e-10));
        CHECK(tree.merges().back().size == 40);
    }
}

TEST_CASE("agglomerative: cuts number groups by their first customer") {
    std::vector<std::vector<double>> const data{{0, 10, 0.5, 10.5, 30}};
    auto const tree = fit_agglomerative(as_columns(data), {.by = linkage::single});
    CHECK(tree.cut(3) == std::vector<std::uint32_t>{0, 1, 0, 1, 2});
    CHECK(tree.cut(1) == std::vector<std::uint32_t>{0, 0, 0, 0, 0});
    CHECK(tree.cut(5) == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
    CHECK(tree.cut_at(.5) == std::vector<std::uint32_t>{0, 1, 0, 1, 2});
    CHECK(tree.cut_at(100) == tree.cut(1));
    CHECK_THROWS_AS(tree.cut(0), issue_error);
    CHECK_THROWS_AS(tree.cut(6), issue_error);
}

TEST_CASE("agglomerative: one customer, all identical, too many, NaN, an impossible tree") {
    std::vector<std::vector<double>> const single{{3}};
    CHECK(fit_agglomerative(as_columns(single)).cut(1) == std::vector<std::uint32_t>{0});
    std::vector<std::vector<double>> const same{{3, 3, 3, 3}};
    auto const tree = fit_agglomerative(as_columns(same));
    CHECK(tree.merges().back().height == 0);
    CHECK(tree.agglomerative_coefficient() == 0);
    CHECK_THROWS_AS(fit_agglomerative(as_columns(same), {.max_customers = 3}), issue_error);
    std::vector<std::vector<double>> const broken{{3, std::numeric_limits<double>::quiet_NaN()}};
    CHECK_THROWS_AS(fit_agglomerative(as_columns(broken)), issue_error);
    CHECK_THROWS_AS(fit_agglomerative({}), issue_error);
    CHECK_THROWS_AS(agglomerative({{0, 1, 1, 2}, {0, 2, 2, 3}}), issue_error);
    CHECK_THROWS_AS(agglomerative({{0, 5, 1, 2}}), issue_error);
}

// Equal distances everywhere, and groups that are left out of the search once half of them are gone.
TEST_CASE("agglomerative: points of a grid, many of them twice, on any number of threads") {
    std::vector<std::vector<double>> data(2);
    for (std::size_t i = 0; i < 300; ++i) {
        data[0].push_back(static_cast<double>(i % 12));
        data[1].push_back(static_cast<double>(i / 20 % 9));
    }
    auto const columns = as_columns(data);
    for (auto const by : {linkage::ward, linkage::complete, linkage::average, linkage::single}) {
        INFO(to_string(by));
        auto const tree = fit_agglomerative(columns, {.by = by});
        REQUIRE(tree.merges().size() == 299);
        CHECK(tree.merges().back().size == 300);
        CHECK(std::count_if(tree.merges().begin(), tree.merges().end(), [](auto const& m) { return m.height == 0; }) ==
              300 - 12 * 9);
        if (by == linkage::single) CHECK(tree.merges().back().height == 1);
        for (unsigned const threads : {2U, 3U})
            CHECK(fit_agglomerative(columns, {.by = by, .threads = threads}) == tree);
    }
}

TEST_CASE("agglomerative: ward of so many customers that threads share the search, as its definition wants it") {
    random_generator random(12);
    std::vector<std::vector<double>> data(2, std::vector<double>(9'000));
    for (auto& column : data)
        for (double& v : column)
            v = random_normal(random);
    auto const columns = as_columns(data);
    auto const tree = fit_agglomerative(columns);
    CHECK(fit_agglomerative(columns, {.threads = 2}) == tree);
    // The squared heights of all merges are twice the sum of squares around the mean.
    double heights = 0;
    for (auto const& merge : tree.merges())
        heights += merge.height * merge.height / 2;
    double squares = 0;
    for (auto const& column : data) {
        double mean = 0;
        for (double const v : column)
            mean += v / 9'000;
        for (double const v : column)
            squares += (v - mean) * (v - mean);
    }
    CHECK(heights == Approx(squares).epsilon(1e-10));
}
