// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gaussian_mixture.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/partition_agreement.hpp>
#include <segmenta/model/feature_scaling.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"
#include "support/text_columns.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;

namespace {

std::string code_of(number_columns columns, gaussian_mixture_options const& options) {
    try {
        (void)fit_gaussian_mixture(columns, options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

// scikit-learn 1.2.1, reg 1e-6 (statistics.md 2.14): mean log-likelihood, BIC, adjusted Rand index against the species.
TEST_CASE("gaussian mixture: iris with four kinds of covariance as in scikit-learn") {
    struct expected {
        covariance_kind kind;
        double likelihood, bic, rand;
    };
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    for (auto const& e : {expected{covariance_kind::full, -1.20123652, 580.83891, .903874},
                          expected{covariance_kind::diagonal, -2.04785049, 744.63166, .759199},
                          expected{covariance_kind::tied, -1.70902696, 632.96333, .941012},
                          expected{covariance_kind::spherical, -2.56209397, 853.80899, .730238}}) {
        INFO(to_string(e.kind));
        auto const model = fit_gaussian_mixture(columns, {.components = 3, .kind = e.kind, .tolerance = 1e-9});
        CHECK(model.diagnostics().state == identification::identified);
        CHECK(model.diagnostics().log_likelihood / 150 == Approx(e.likelihood).margin(1e-5));
        CHECK(model.bic() == Approx(e.bic).margin(3e-3));
        std::vector<std::uint32_t> labels(150);
        model.assign(columns, labels);
        CHECK(compare_partitions(labels, test::iris_species()).adjusted_rand() == Approx(e.rand).margin(1e-6));
        double sum = 0;
        for (auto const& row : test::iris_rows)
            sum += model.log_density(row);
        CHECK(sum == Approx(model.diagnostics().log_likelihood).epsilon(1e-9));
        auto const text = model.to_json();
        CHECK(gaussian_mixture::from_json(text) == model);
        CHECK(gaussian_mixture::from_json(text).to_json() == text);
        CHECK(parse_covariance_kind(to_string(e.kind)) == e.kind);
    }
}

// scikit-learn 1.2.1, reg 1e-6, features divided by their standard deviation (statistics.md 2.14).
TEST_CASE("gaussian mixture: wines with diagonal and tied covariances as in scikit-learn") {
    struct expected {
        covariance_kind kind;
        double likelihood, bic, rand;
    };
    test::text_columns const wine(test::own_data("wine.csv"));
    std::vector<std::vector<double>> raw;
    for (std::string const& name : wine.names())
        if (name != "cultivar") raw.push_back(wine.numbers(name));
    auto const data = fit_feature_scaling(as_columns(raw)).apply(as_columns(raw));
    std::vector<std::uint32_t> cultivars;
    for (double const v : wine.numbers("cultivar"))
        cultivars.push_back(static_cast<std::uint32_t>(v));
    REQUIRE(cultivars.size() == 178);
    for (auto const& e : {expected{covariance_kind::diagonal, -14.40679983, 5543.36342, .915021},
                          expected{covariance_kind::tied, -13.72199586, 5569.02596, .929490}}) {
        INFO(to_string(e.kind));
        auto const model = fit_gaussian_mixture(
            as_columns(data), {.components = 3, .kind = e.kind, .tolerance = 1e-9, .starts = 20});
        CHECK(model.diagnostics().state == identification::identified);
        CHECK(model.diagnostics().log_likelihood / 178 == Approx(e.likelihood).margin(1e-5));
        CHECK(model.bic() == Approx(e.bic).margin(3e-3));
        std::vector<std::uint32_t> labels(178);
        model.assign(as_columns(data), labels);
        CHECK(compare_partitions(labels, cultivars).adjusted_rand() == Approx(e.rand).margin(1e-6));
    }
}

TEST_CASE("gaussian mixture: probabilities sum to one, far away too, and threads change nothing") {
    random_generator random(4);
    std::vector<std::vector<double>> data(2, std::vector<double>(5'000));
    for (std::size_t i = 0; i < 5'000; ++i) {
        data[0][i] = random_normal(random, i % 2 == 0 ? 0 : 6, 1) + 1e6;
        data[1][i] = random_normal(random, 0, i % 2 == 0 ? 1 : 3);
    }
    auto const one = fit_gaussian_mixture(as_columns(data), {.components = 2, .seed = 1});
    CHECK(fit_gaussian_mixture(as_columns(data), {.components = 2, .seed = 1, .threads = 2}) == one);
    for (std::vector<double> const& at : {std::vector<double>{1e6, 0}, {1e6 + 3, 1}, {1e6 - 900, 900}}) {
        std::vector<double> p(2);
        one.probabilities(at, p);
        CHECK(p[0] + p[1] == Approx(1).epsilon(1e-12));
        CHECK(one.nearest(at) == (p[1] > p[0] ? 1U : 0U));
    }
    auto const low = one.mean(0)[0] < one.mean(1)[0] ? 0U : 1U;
    CHECK(one.mean(low)[0] == Approx(1e6).margin(.1));
    CHECK(one.mean(1 - low)[0] == Approx(1e6 + 6).margin(.1));
    CHECK(std::isnan(one.log_density(std::vector<double>{1.0})));
    CHECK(one.nearest(std::vector<double>{1, std::numeric_limits<double>::quiet_NaN()}) ==
          gaussian_mixture::no_component);
}

TEST_CASE("gaussian mixture: k of 0, k above n, one customer, all identical, constant columns, NaN") {
    std::vector<std::vector<double>> const three{{1, 2, 4}};
    CHECK(code_of(as_columns(three), {.components = 0}) == "cluster.none");
    CHECK(code_of(as_columns(three), {.components = 4}) == "cluster.too_many");
    CHECK(code_of(as_columns(three), {.regularisation = -1}) == "cluster.bad_option");
    std::vector<std::vector<double>> const single{{3}};
    CHECK(fit_gaussian_mixture(as_columns(single), {.components = 1}).mean(0)[0] == 3);
    std::vector<std::vector<double>> const same{{3, 3, 3}, {1, 1, 1}};
    CHECK(code_of(as_columns(same), {.components = 2}) == "cluster.too_few_distinct");
    CHECK(code_of(as_columns(same), {.components = 1}) == "none");
    CHECK(code_of(as_columns(same), {.components = 1, .regularisation = 0}) == "mixture.collapsed");
    std::vector<std::vector<double>> const constant{{0, 1, 10, 11}, {5, 5, 5, 5}};
    auto const flat = fit_gaussian_mixture(as_columns(constant), {.components = 2});
    CHECK(std::isfinite(flat.diagnostics().log_likelihood));
    CHECK(code_of(as_columns(constant), {.components = 2, .regularisation = 0}) == "mixture.collapsed");
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::quiet_NaN()}};
    CHECK(code_of(as_columns(broken), {}) == "data.not_finite");
    CHECK_THROWS_AS(gaussian_mixture(covariance_kind::full, {1}, {0, 0}, {1, 2, 2, 1}), issue_error);
    CHECK_THROWS_AS(gaussian_mixture(covariance_kind::diagonal, {1}, {0, 0}, {1}), issue_error);
    CHECK_THROWS_AS(gaussian_mixture(covariance_kind::spherical, {0}, {0, 0}, {1}), issue_error);
}
