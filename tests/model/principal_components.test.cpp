// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/principal_components.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;

// scikit-learn 1.9.1, PCA().fit(load_iris().data).
TEST_CASE("principal components: iris as in scikit-learn, signs too") {
    auto const data = test::iris_columns();
    auto const model = fit_principal_components(as_columns(data));
    double const variance[] = {4.22824171, 0.24267075, 0.0782095, 0.02383509};
    double const share[] = {0.92461872, 0.05306648, 0.01710261, 0.00521218};
    double const loadings[4][4] = {{0.36138659, -0.08452251, 0.85667061, 0.3582892},
                                   {0.65658877, 0.73016143, -0.17337266, -0.07548102},
                                   {-0.58202985, 0.59791083, 0.07623608, 0.54583143},
                                   {0.31548719, -0.3197231, -0.47983899, 0.75365743}};
    for (std::size_t c = 0; c < 4; ++c) {
        CHECK(model.explained_variance()[c] == Approx(variance[c]).margin(1e-8));
        CHECK(model.explained_share()[c] == Approx(share[c]).margin(1e-8));
        for (std::size_t j = 0; j < 4; ++j)
            CHECK(model.loadings(c)[j] == Approx(loadings[c][j]).margin(1e-8));
    }
    std::vector<double> scores(4);
    model.transform(test::iris_rows[0], scores);
    CHECK(scores[0] == Approx(-2.68412563).margin(1e-8));
    CHECK(scores[3] == Approx(2.26243707e-03).margin(1e-8));
    std::vector<double> back(4);
    model.invert(scores, back);
    for (std::size_t j = 0; j < 4; ++j)
        CHECK(back[j] == Approx(test::iris_rows[0][j]).epsilon(1e-12));
    CHECK(model.transform(as_columns(data))[0][0] == scores[0]);
    CHECK(principal_components::from_json(model.to_json()) == model);
    auto const text = model.to_json();
    CHECK_THROWS_AS(principal_components::from_json(text.substr(0, 100)), issue_error);
}

TEST_CASE("principal components: as many as asked for, or as explain a share") {
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    CHECK(fit_principal_components(columns, {.components = 2}).components() == 2);
    CHECK(fit_principal_components(columns, {.variance_share = .9}).components() == 1);
    CHECK(fit_principal_components(columns, {.variance_share = .95}).components() == 2);
    auto const standard = fit_principal_components(columns, {.correlation = true});
    double sum = 0;
    for (double const v : standard.explained_variance())
        sum += v;
    CHECK(sum == Approx(4)); // the trace of a correlation matrix
}

TEST_CASE("principal components: constant columns, all identical, one customer, NaN") {
    std::vector<std::vector<double>> const constant{{1, 2, 3}, {.1, .1, .1}};
    auto const model = fit_principal_components(as_columns(constant), {.correlation = true});
    CHECK(model.loadings(0)[0] == Approx(1));
    CHECK(model.explained_variance()[1] == Approx(0).margin(1e-15));
    std::vector<std::vector<double>> const same{{3, 3}, {1, 1}};
    CHECK(fit_principal_components(as_columns(same)).explained_share()[0] == 0);
    std::vector<std::vector<double>> const single{{3}};
    CHECK_THROWS_AS(fit_principal_components(as_columns(single)), issue_error);
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::quiet_NaN()}};
    CHECK_THROWS_AS(fit_principal_components(as_columns(broken)), issue_error);
    CHECK_THROWS_AS(fit_principal_components(as_columns(constant), {.variance_share = 0}), issue_error);
    std::vector<double> out(1);
    model.transform(std::vector<double>{1}, out);
    CHECK(std::isnan(out[0]));
}
