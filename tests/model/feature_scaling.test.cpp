// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/feature_scaling.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;

TEST_CASE("feature scaling: each kind does what it says, and back again") {
    std::vector<std::vector<double>> const data{{1, 2, 3, 4, 100}, {7, 7, 7, 7, 7}};
    auto const columns = as_columns(data);
    struct expected {
        scaling_kind kind;
        double centre, scale;
    };
    for (auto const& e : {expected{scaling_kind::standard, 22, std::sqrt((441 + 400 + 361 + 324 + 6084) / 5.0)},
                          expected{scaling_kind::min_max, 1, 99}, expected{scaling_kind::robust, 3, 2},
                          expected{scaling_kind::none, 0, 1}}) {
        INFO(to_string(e.kind));
        auto const scaling = fit_feature_scaling(columns, {.kind = e.kind});
        CHECK(scaling.centres()[0] == Approx(e.centre));
        CHECK(scaling.scales()[0] == Approx(e.scale));
        CHECK(scaling.scales()[1] == 1);
        auto const out = scaling.apply(columns);
        CHECK(out[1][3] == (e.kind == scaling_kind::none ? 7 : 0));
        std::vector<double> customer{4, 7};
        scaling.apply(customer);
        CHECK(customer[0] == out[0][3]);
        scaling.invert(customer);
        CHECK(customer[0] == Approx(4));
        CHECK(feature_scaling::from_json(scaling.to_json()) == scaling);
        CHECK(parse_scaling_kind(to_string(e.kind)) == e.kind);
    }
}

TEST_CASE("feature scaling: logarithms first, where they exist") {
    std::vector<std::vector<double>> const data{{0, std::exp(1) - 1}};
    auto const scaling = fit_feature_scaling(as_columns(data), {.kind = scaling_kind::min_max, .log1p = true});
    std::vector<double> customer{std::exp(2) - 1};
    scaling.apply(customer);
    CHECK(customer[0] == Approx(2));
    scaling.invert(customer);
    CHECK(customer[0] == Approx(std::exp(2) - 1));
    std::vector<double> bad{-1};
    scaling.apply(bad);
    CHECK(std::isnan(bad[0]));
    CHECK(feature_scaling::from_json(scaling.to_json()) == scaling);
    std::vector<std::vector<double>> const debts{{3, -1}};
    CHECK_THROWS_AS(fit_feature_scaling(as_columns(debts), {.log1p = true}), issue_error);
}

TEST_CASE("feature scaling: one customer, a column of one number that has no exact mean, NaN, other columns") {
    std::vector<std::vector<double>> const single{{3}};
    CHECK(fit_feature_scaling(as_columns(single)).apply(as_columns(single))[0][0] == 0);
    std::vector<std::vector<double>> const tenth{std::vector<double>(10, .1)};
    CHECK(fit_feature_scaling(as_columns(tenth)).apply(as_columns(tenth))[0][9] == 0);
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::quiet_NaN()}};
    CHECK_THROWS_AS(fit_feature_scaling(as_columns(broken)), issue_error);
    CHECK_THROWS_AS(fit_feature_scaling(as_columns(single)).apply(number_columns{}), issue_error);
    CHECK_THROWS_AS(feature_scaling(scaling_kind::standard, {1}, {0}), issue_error);
    auto const text = fit_feature_scaling(as_columns(single)).to_json();
    CHECK_THROWS_AS(feature_scaling::from_json(text.substr(0, 30)), issue_error);
}
