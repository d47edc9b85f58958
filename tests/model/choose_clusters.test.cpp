// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/choose_clusters.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <cmath>

using namespace segmenta;

// R cluster::clusGap on iris, B = 100, references in the box of the features (statistics.md 2.14): logW to its
// seven decimals, the gap within +-.03 by simulation.
TEST_CASE("choose clusters: the gap statistic of iris as by clusGap of R") {
    auto const data = test::iris_columns();
    choose_clusters_options const options{.most = 6,
                                          .references = 100,
                                          .principal_box = false,
                                          .squared_distances = false,
                                          .bootstraps = 0,
                                          .mixtures = false,
                                          .seed = 123,
                                          .threads = 2};
    auto const table = choose_clusters(as_columns(data), options);
    double const logs[] = {4.5516417, 3.8083973, 3.5194068, 3.3681236, 3.2770326, 3.1834053};
    double const gaps[] = {.1412, .6018, .7838, .8422, .8602, .8958};
    for (std::size_t k = 0; k < 6; ++k) {
        CHECK(table.rows[k].gap == Approx(gaps[k]).margin(.03));
        CHECK(table.rows[k].gap_error == Approx(.02).margin(.015));
    }
    // logW is that of the best clustering, which at k = 6 (inertia 39.03998725) one start in twenty finds.
    auto thorough = options;
    thorough.starts = 200;
    thorough.references = 0;
    auto const best = choose_clusters(as_columns(data), thorough);
    for (std::size_t k = 0; k < 6; ++k)
        CHECK(best.rows[k].log_within == Approx(logs[k]).margin(5.1e-8).epsilon(0));
    // The paper's rule on R's figures; by simulation 4 and 5 are within a standard error, so either may come.
    cluster_counts published;
    for (std::size_t k = 0; k < 6; ++k)
        published.rows.push_back({.clusters = k + 1, .gap = gaps[k], .gap_error = .02, .stability = {}});
    CHECK(published.best(cluster_criterion::gap) == 4);
    // The same by NumPy and scikit-learn 1.9 with 15 references in the box of the principal components.
    auto turned = options;
    turned.most = 4;
    turned.principal_box = true;
    auto const principal = choose_clusters(as_columns(data), turned);
    double const narrower[] = {.0969, .3802, .4887, .5436};
    for (std::size_t k = 0; k < 4; ++k)
        CHECK(principal.rows[k].gap == Approx(narrower[k]).margin(.03));
    CHECK(table.best(cluster_criterion::silhouette) == 2);
    CHECK(table.best(cluster_criterion::bic) == 0);
    CHECK(table.best(cluster_criterion::stability) == 0);
}

TEST_CASE("choose clusters: three clear groups are three by every criterion, whatever the threads") {
    random_generator random(2);
    std::vector<std::vector<double>> data(2, std::vector<double>(240));
    for (std::size_t i = 0; i < 240; ++i) {
        data[0][i] = random_normal(random, i % 3 == 0 ? 0 : 12, 1);
        data[1][i] = random_normal(random, i % 3 == 1 ? 0 : 12, 1);
    }
    choose_clusters_options options{.most = 5, .references = 20, .bootstraps = 20, .seed = 5};
    auto const table = choose_clusters(as_columns(data), options);
    for (auto const by :
         {cluster_criterion::silhouette, cluster_criterion::gap, cluster_criterion::bic, cluster_criterion::stability})
        CHECK(table.best(by) == 3);
    CHECK(std::isnan(table.rows[0].silhouette));
    options.threads = 2;
    auto const other = choose_clusters(as_columns(data), options);
    for (std::size_t r = 0; r < 5; ++r) {
        CHECK(other.rows[r].gap == table.rows[r].gap);
        CHECK(other.rows[r].bic == table.rows[r].bic);
        CHECK(other.rows[r].stability == table.rows[r].stability);
    }
    for (double const s : cluster_stability(as_columns(data), {.clusters = 3, .bootstraps = 10}))
        CHECK(s > .98);
}

TEST_CASE("choose clusters: k of 0, k above n, one customer, all identical") {
    std::vector<std::vector<double>> const three{{1, 2, 4}};
    CHECK_THROWS_AS(choose_clusters(as_columns(three), {.least = 0, .most = 2}), issue_error);
    CHECK_THROWS_AS(choose_clusters(as_columns(three), {.least = 3, .most = 2}), issue_error);
    CHECK_THROWS_AS(choose_clusters(as_columns(three), {.most = 4}), issue_error);
    std::vector<std::vector<double>> const single{{1}};
    CHECK(choose_clusters(as_columns(single), {.most = 1}).rows[0].inertia == 0);
    std::vector<std::vector<double>> const same{{1, 1, 1}};
    CHECK_THROWS_AS(choose_clusters(as_columns(same), {.most = 2}), issue_error);
    CHECK_THROWS_AS(cluster_stability(as_columns(three), {.clusters = 0}), issue_error);
}
