// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_medoids.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>
#include <segmenta/model/dissimilarity.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <algorithm>
#include <limits>

using namespace segmenta;

namespace {

std::string code_of(std::vector<double> const& matrix, std::size_t clusters) {
    try {
        (void)fit_k_medoids(matrix, {.clusters = clusters});
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

double objective_of(std::span<double const> matrix, std::size_t n, std::vector<std::size_t> const& medoids) {
    double sum = 0;
    for (std::size_t o = 0; o < n; ++o) {
        double best = 1e300;
        for (auto const m : medoids)
            best = std::min(best, matrix[m * n + o]);
        sum += best;
    }
    return sum / static_cast<double>(n);
}

} // namespace

// R cluster::pam on iris, k = 3 (statistics.md 2.14).
TEST_CASE("k-medoids: iris as by PAM of R") {
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    auto const model = fit_k_medoids(columns, {.clusters = 3});
    CHECK(model.build_objective() == Approx(.6709390884).epsilon(1e-9));
    CHECK(model.objective() == Approx(.6542076992).epsilon(1e-9));
    CHECK(mean_silhouette(columns, model.labels()) == Approx(.5528190124).epsilon(1e-9));
    CHECK(model.converged());
    for (std::size_t i = 0; i < 150; ++i)
        CHECK(model.nearest(test::iris_rows[i]) == model.labels()[i]);
    auto const text = model.to_json();
    auto const back = k_medoids::from_json(text);
    CHECK(back.to_json() == text);
    CHECK(back.medoids()[2] == model.medoids()[2]);
    CHECK_THROWS_AS(k_medoids::from_json(text.substr(1)), issue_error);
}

TEST_CASE("k-medoids: no swap makes the end any better") {
    random_generator random(17);
    for (int round = 0; round < 20; ++round) {
        std::size_t const n = 12;
        std::vector<std::vector<double>> data(2, std::vector<double>(n));
        for (auto& column : data)
            for (double& v : column)
                v = static_cast<double>(random_below(random, 6)); // with ties
        auto const matrix = euclidean_dissimilarities(as_columns(data));
        std::size_t const k = 1 + static_cast<std::size_t>(random_below(random, 4));
        auto const model = fit_k_medoids(matrix, {.clusters = k});
        std::vector<std::size_t> const medoids(model.medoids().begin(), model.medoids().end());
        CHECK(model.objective() == Approx(objective_of(matrix, n, medoids)));
        CHECK(model.objective() <= model.build_objective() * (1 + 1e-12));
        for (std::size_t m = 0; m < k; ++m)
            for (std::size_t o = 0; o < n; ++o) {
                auto other = medoids;
                other[m] = o;
                CHECK(objective_of(matrix, n, other) >= model.objective() * (1 - 1e-9));
            }
    }
}

TEST_CASE("k-medoids: k of 0, k above n, no matrix, one customer, all identical") {
    CHECK(code_of({0, 1, 1, 0}, 0) == "cluster.none");
    CHECK(code_of({0, 1, 1, 0}, 3) == "cluster.too_many");
    CHECK(code_of({0, 1, 1}, 1) == "cluster.bad_matrix");
    CHECK(code_of({0, -1, -1, 0}, 1) == "cluster.bad_matrix");
    CHECK(code_of({0, std::numeric_limits<double>::quiet_NaN(), 1, 0}, 1) == "cluster.bad_matrix");
    CHECK(code_of({}, 1) == "cluster.bad_matrix");
    CHECK(code_of({0}, 1) == "none");
    CHECK(fit_k_medoids(std::vector<double>(9, 0.0), {.clusters = 2}).objective() == 0);
    std::vector<double> const gaps{3, 1, std::numeric_limits<double>::quiet_NaN()};
    CHECK(k_medoids({4, 5, 6}).nearest_of(gaps) == 1);
    CHECK(k_medoids({4}).nearest(gaps) == k_medoids::no_cluster);
    CHECK_THROWS_AS(k_medoids({}), issue_error);
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::infinity()}};
    CHECK_THROWS_AS(fit_k_medoids(as_columns(broken), {.clusters = 1}), issue_error);
}

// Candidates are tried several at once; the swaps have to be those of one after the other. Also with few passes, which
// may end in the middle of a batch.
TEST_CASE("k-medoids: any number of threads makes the same swaps") {
    random_generator random(31);
    std::vector<std::vector<double>> data(2, std::vector<double>(700));
    for (auto& column : data)
        for (double& v : column)
            v = random_exponential(random);
    auto const columns = as_columns(data);
    for (std::size_t const clusters : {2U, 7U, 40U})
        for (std::size_t const passes : {1U, 2U, 100U}) {
            auto const model = fit_k_medoids(columns, {.clusters = clusters, .max_passes = passes});
            CHECK(model.objective() <= model.build_objective());
            for (unsigned const threads : {2U, 3U, 8U}) {
                auto const other =
                    fit_k_medoids(columns, {.clusters = clusters, .max_passes = passes, .threads = threads});
                CHECK(other.to_json() == model.to_json());
                CHECK(std::equal(other.labels().begin(), other.labels().end(), model.labels().begin()));
            }
        }
    auto const settled = fit_k_medoids(columns, {.clusters = 7});
    REQUIRE(settled.converged());
    CHECK(settled.swaps() > 0);
    // no swap of a medoid against another customer helps
    auto const matrix = euclidean_dissimilarities(columns);
    for (std::size_t m = 0; m < 7; ++m)
        for (std::size_t c = 0; c < 700; c += 3) {
            std::vector<std::size_t> medoids(settled.medoids().begin(), settled.medoids().end());
            medoids[m] = c;
            REQUIRE(objective_of(matrix, 700, medoids) >= settled.objective() * (1 - 1e-12));
        }
}
