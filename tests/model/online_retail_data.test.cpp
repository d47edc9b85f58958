// SPDX-License-Identifier: Apache-2.0
// Online Retail (UCI): every figure of "clustering" in expected_online_retail.json, from the customers of
// expected_online_retail_customers.csv.
#include <segmenta/model/gaussian_mixture.hpp>

#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("online retail: every figure of its clustering") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    expected_figures const file("expected_online_retail.json");
    auto const expected = file.at("clustering");
    text_columns const customers(test_data("expected_online_retail_customers.csv"));
    auto const raw = numbers_of(customers, {"recency_days", "frequency", "monetary"});
    auto const scaling = fit_feature_scaling(as_columns(raw), {.log1p = true});
    auto const means = expected.at("column_means_log1p").numbers();
    auto const deviations = expected.at("column_sd_log1p").numbers();
    for (std::size_t j = 0; j < 3; ++j) {
        CHECK(scaling.centres()[j] == near_figure(means[j]));
        CHECK(scaling.scales()[j] == near_figure(deviations[j]));
    }
    auto const data = scaling.apply(as_columns(raw));
    check_clusterings(expected.at("kmeans"), data, 50);
    check_components(expected.at("pca"), data);
    check_ward_sizes(expected.at("ward_k4_sizes"), data);
    auto const gmm = expected.at("gmm_full_k4");
    auto const mixture = fit_gaussian_mixture(as_columns(data), {.components = 4, .starts = 5});
    // The figures are of a search that stopped early: with a tolerance of 1e-9 scikit-learn 1.9.1 ends at -.398418 as
    // we do, 3e-2 higher in the log-likelihood of all. So: not below, and nearer than that above.
    double const likelihood = gmm.at("mean_log_likelihood").number();
    CHECK(mixture.diagnostics().log_likelihood / 4338 >= likelihood);
    CHECK(mixture.diagnostics().log_likelihood / 4338 <= likelihood + 1e-5);
    CHECK(mixture.bic() == Approx(gmm.at("bic").number()).margin(0.1));
    CHECK(mixture.aic() == Approx(gmm.at("aic").number()).margin(0.1));
    CHECK(expected.unread({"features", "kmeans/definition", "dbscan_eps0.3_min10"}) == figures_left_out{});
}
