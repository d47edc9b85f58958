// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cluster_validity.hpp>

#include "evaluate/distance_kernels.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

using namespace segmenta;

namespace {

double gap(number_columns columns, std::size_t a, std::size_t b) {
    double sum = 0;
    for (auto const c : columns)
        sum += (c[a] - c[b]) * (c[a] - c[b]);
    return std::sqrt(sum);
}

std::vector<double> naive_silhouette(number_columns columns, std::span<std::uint32_t const> labels) {
    std::vector<double> out;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        std::vector<double> sum(10);
        std::vector<double> count(10);
        for (std::size_t j = 0; j < labels.size(); ++j) {
            if (i == j) continue;
            sum[labels[j]] += gap(columns, i, j);
            ++count[labels[j]];
        }
        if (count[labels[i]] == 0) {
            out.push_back(0);
            continue;
        }
        double const a = sum[labels[i]] / count[labels[i]];
        double b = 1e300;
        for (std::size_t c = 0; c < 10; ++c)
            if (c != labels[i] && count[c] > 0) b = std::min(b, sum[c] / count[c]);
        out.push_back((b - a) / std::max(a, b));
    }
    return out;
}

std::string code_of(number_columns columns, std::vector<std::uint32_t> const& labels) {
    try {
        (void)silhouette_values(columns, labels);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

// scikit-learn 1.2.1 (statistics.md 2.14, row "iris truth").
TEST_CASE("cluster validity: iris by species as in scikit-learn") {
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    auto const species = test::iris_species();
    CHECK(mean_silhouette(columns, species) == Approx(.5034774407).epsilon(1e-9));
    CHECK(davies_bouldin(columns, species) == Approx(.7513707095).epsilon(1e-9));
    CHECK(calinski_harabasz(columns, species) == Approx(487.33087637).epsilon(1e-9));
    auto const simplified = mean_simplified_silhouette(columns, species);
    CHECK(simplified > .5034774407);
    CHECK(simplified < 1);
}

// scikit-learn's own unit tests (statistics.md 2.14).
TEST_CASE("cluster validity: small cases of scikit-learn") {
    std::vector<std::vector<double>> const three{{0, 1, 3}, {1, 1, 4}};
    std::vector<std::uint32_t> const two{0, 0, 1};
    CHECK(davies_bouldin(as_columns(three), two) == Approx(.12803687993).epsilon(1e-9));

    // [[0,0],[1,1]]*5 + [[3,3],[4,4]]*5 + [[0,4],[1,3]]*5 + [[3,1],[4,0]]*5, ten of each label
    double const x[4][2] = {{0, 1}, {3, 4}, {0, 1}, {3, 4}};
    double const y[4][2] = {{0, 1}, {3, 4}, {4, 3}, {1, 0}};
    std::vector<std::vector<double>> general(2);
    std::vector<std::uint32_t> labels;
    for (std::uint32_t g = 0; g < 4; ++g)
        for (std::size_t i = 0; i < 10; ++i) {
            general[0].push_back(x[g][i % 2]);
            general[1].push_back(y[g][i % 2]);
            labels.push_back(g);
        }
    CHECK(calinski_harabasz(as_columns(general), labels) == Approx(45.0 * 36 / 15).epsilon(1e-12));
    std::vector<std::vector<double>> const ones{std::vector<double>(10, 1.0)};
    std::vector<std::uint32_t> const halves{0, 0, 0, 0, 0, 1, 1, 1, 1, 1};
    CHECK(calinski_harabasz(as_columns(ones), halves) == 1);
    CHECK(davies_bouldin(as_columns(ones), halves) == 0);
    CHECK(mean_silhouette(as_columns(ones), halves) == 0);
}

TEST_CASE("cluster validity: silhouettes are those of the naive way for all sizes, threads and instruction sets") {
    random_generator random(3);
    for (std::size_t const n : {5U, 6U, 7U, 63U, 130U, 301U}) {
        for (std::size_t const d : {1U, 3U, 5U}) {
            std::vector<std::vector<double>> data(d, std::vector<double>(n));
            std::vector<std::uint32_t> labels(n);
            for (auto& column : data)
                for (double& v : column)
                    v = random_normal(random);
            for (std::size_t i = 0; i < n; ++i)
                labels[i] = i == 2 ? 9U : static_cast<std::uint32_t>(random_below(random, 2)) * 3; // one alone
            labels[0] = 0;
            labels[1] = 3;
            auto const expected = naive_silhouette(as_columns(data), labels);
            auto const got = silhouette_values(as_columns(data), labels);
            for (std::size_t i = 0; i < n; ++i)
                CHECK(got[i] == Approx(expected[i]).margin(1e-12));
            CHECK(silhouette_values(as_columns(data), labels, 2) == got);
            CHECK(got[2] == 0);
        }
    }
    std::vector<double> const points{1, 2, 3, 4, 5, 6, 7, 0, 0, 0, 0};
    std::vector<double> const queries{0, 1, 2, 3};
    for (auto const level : {cpu_level::sse2, usable_cpu_level(cpu_level::avx2)}) {
        double sums[4];
        std::vector<double> beside(11, 1.0);
        detail::distance_kernels_for(level).sums({points.data(), 11, 1}, 1, 7, queries.data(), 2, sums, beside.data());
        CHECK(beside == std::vector<double>{1, 4, 6, 8, 10, 12, 14, 1, 1, 1, 1});
        CHECK(sums[0] == 27);
        CHECK(sums[3] == 1 + 0 + 1 + 2 + 3 + 4);
    }
}

TEST_CASE("cluster validity: a matrix of distances gives the silhouettes of the points") {
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    std::vector<double> matrix;
    for (std::size_t i = 0; i < 150; ++i)
        for (std::size_t j = 0; j < 150; ++j)
            matrix.push_back(gap(columns, i, j));
    auto const species = test::iris_species();
    auto const a = silhouette_of_dissimilarities(matrix, species);
    auto const b = silhouette_values(columns, species);
    for (std::size_t i = 0; i < 150; ++i)
        CHECK(a[i] == Approx(b[i]).margin(1e-12));
    matrix.pop_back();
    CHECK_THROWS_AS(silhouette_of_dissimilarities(matrix, species), issue_error);
}

TEST_CASE("cluster validity: one cluster, a cluster for everybody, labels for others, NaN") {
    std::vector<std::vector<double>> const data{{1, 2, 4}};
    auto const columns = as_columns(data);
    CHECK(code_of(columns, {0, 0, 0}) == "validity.clusters");
    CHECK(code_of(columns, {0, 1, 2}) == "validity.clusters");
    CHECK(code_of(columns, {0, 1}) == "validity.labels");
    CHECK(code_of(columns, {5, 5, 7}) == "none");
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::quiet_NaN(), 4}};
    CHECK(code_of(as_columns(broken), {0, 1, 1}) == "data.not_finite");
    CHECK(within_cluster_sum_of_squares(columns, std::vector<std::uint32_t>{0, 0, 0}) == Approx(14.0 / 3));
    CHECK(within_cluster_sum_of_squares(columns, std::vector<std::uint32_t>{0, 0, 1}) == Approx(.5));
}
