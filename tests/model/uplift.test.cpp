// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/uplift.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <array>
#include <cmath>

using namespace segmenta;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

struct campaign {
    std::vector<std::vector<double>> features{2};
    std::vector<std::uint8_t> bought;
    std::vector<std::uint8_t> mailed;
    std::vector<double> weights;

    explicit campaign(std::uint64_t seed, std::size_t rows = 4000) {
        random_generator random(seed);
        for (std::size_t i = 0; i < rows; ++i) {
            double const recency = random_uniform(random, 0, 12);
            double const history = random_normal(random);
            bool const mail = random_bernoulli(random, 0.5);
            double const odds = -1.5 - 0.1 * recency + 0.5 * history + mail * (0.6 - 0.05 * recency + 0.3 * history);
            features[0].push_back(recency);
            features[1].push_back(history);
            mailed.push_back(mail);
            bought.push_back(random_bernoulli(random, logistic_function(odds)));
            weights.push_back(random_uniform(random, 0.5, 2));
        }
    }
};

template <class Work>
std::vector<std::string> codes_of(Work const& work) {
    std::vector<std::string> out;
    try {
        work();
    } catch (issue_error const& e) {
        for (issue const& i : e.issues())
            out.push_back(i.code);
    }
    return out;
}
using codes = std::vector<std::string>;

} // namespace

TEST_CASE("uplift: without features that matter, the T-learner gives the difference of two shares") {
    // 120 of 1000 treated buy, 100 of 1000 others (statistics.md 2.18); the feature is the same in all four groups.
    std::vector<std::vector<double>> x(1);
    std::vector<std::uint8_t> bought;
    std::vector<std::uint8_t> mailed;
    for (int i = 0; i < 2000; ++i) {
        bool const mail = i < 1000;
        mailed.push_back(mail);
        bought.push_back(i % 1000 < (mail ? 120 : 100));
        x[0].push_back(i % 2);
    }
    auto const t = fit_t_learner(as_columns(x), bought, mailed);
    for (double const v : {0.0, 1.0})
        CHECK_THAT(t.uplift(std::array{v}), WithinAbs(0.02, 1e-12));
    auto const s = fit_s_learner(as_columns(x), bought, mailed, {.products = false});
    CHECK(!s.has_products());
    CHECK_THAT(s.probability_if_treated(std::array{1.0}), WithinAbs(0.12, 1e-12));
    CHECK_THAT(s.probability_if_not(std::array{0.0}), WithinAbs(0.10, 1e-12));
}

TEST_CASE("uplift: a single model with all products is the two models, weights and all") {
    auto const seed = GENERATE(1U, 2U);
    auto const weighted = GENERATE(false, true);
    CAPTURE(seed, weighted);
    campaign const data(seed);
    s_learner_options options;
    if (weighted) options.regression.weights = data.weights;
    auto const columns = as_columns(data.features);
    auto const t = fit_t_learner(columns, data.bought, data.mailed, options.regression);
    auto const s = fit_s_learner(columns, data.bought, data.mailed, options);
    CHECK(s.model().names() == std::vector<std::string>{"x0", "x1", "treated", "treated x x0", "treated x x1"});
    std::vector<double> by_t(data.bought.size());
    std::vector<double> by_s(data.bought.size());
    t.uplift(columns, by_t);
    s.uplift(columns, by_s);
    double worst = 0;
    double off = 0;
    for (std::size_t i = 0; i < by_t.size(); ++i) {
        std::array const row{data.features[0][i], data.features[1][i]};
        worst = std::max(worst, std::abs(by_t[i] - by_s[i]));
        off = std::max({off, std::abs(by_t[i] - t.uplift(row)), std::abs(by_s[i] - s.uplift(row))});
    }
    CHECK(worst < 1e-9);
    CHECK(off < 1e-15);
    CHECK(t.uplift(std::array{0.0, 2.0}) > t.uplift(std::array{12.0, -2.0}));
}

TEST_CASE("uplift: a single model without products moves all log-odds alike") {
    campaign const data(3);
    auto const s = fit_s_learner(as_columns(data.features), data.bought, data.mailed,
                                 {.regression = {.names = {"recency", "history"}}, .products = false});
    CHECK(s.model().names().back() == "treated");
    auto const shift = [&](double recency, double history) {
        std::array const row{recency, history};
        double const with = s.probability_if_treated(row);
        double const without = s.probability_if_not(row);
        return std::log(with / (1 - with)) - std::log(without / (1 - without));
    };
    CHECK_THAT(shift(1, 0), WithinRel(shift(9, 2), 1e-10));
    CHECK_THAT(shift(1, 0), WithinRel(s.model().coefficients()[2], 1e-10));
}

TEST_CASE("uplift: documents give back the same models, and damaged ones are refused") {
    campaign const data(4, 500);
    auto const columns = as_columns(data.features);
    auto const t = fit_t_learner(columns, data.bought, data.mailed);
    auto const s = fit_s_learner(columns, data.bought, data.mailed);
    std::array const row{3.0, 0.4};
    CHECK(t_learner::from_json(t.to_json()).to_json() == t.to_json());
    CHECK(t_learner::from_json(t.to_json()).uplift(row) == t.uplift(row));
    CHECK(s_learner::from_json(s.to_json()).to_json() == s.to_json());
    CHECK(s_learner::from_json(s.to_json()).uplift(row) == s.uplift(row));
    CHECK_THROWS_AS(s_learner::from_json(t.to_json()), issue_error);
    CHECK_THROWS_AS(t_learner::from_json(t.to_json().substr(0, 300)), issue_error);
}

TEST_CASE("uplift: bad input is named, all of it") {
    std::vector<std::vector<double>> const x{{1, 2, 3, 4, 1, 2, 3, 4}};
    std::vector<std::uint8_t> const bought{0, 1, 1, 0, 1, 0, 0, 1};
    std::vector<std::uint8_t> const mailed{0, 0, 0, 0, 1, 1, 1, 1};
    auto const both = [&](std::vector<std::uint8_t> const& b, std::vector<std::uint8_t> const& m) {
        auto const by_t = codes_of([&] { (void)fit_t_learner(as_columns(x), b, m); });
        CHECK(codes_of([&] { (void)fit_s_learner(as_columns(x), b, m, {.products = false}); }) == by_t);
        return by_t;
    };
    CHECK(both(bought, mailed).empty());
    CHECK(both({0, 1}, {1}) == codes{"uplift.ragged", "uplift.ragged", "uplift.one_arm"});
    CHECK(both(bought, {0, 0, 0, 0, 2, 1, 1, 1}) == codes{"uplift.treatment"});
    CHECK(both(bought, {0, 0, 0, 0, 0, 0, 0, 0}) == codes{"uplift.one_arm"});
    CHECK(both(bought, {1, 1, 1, 1, 1, 1, 1, 1}) == codes{"uplift.one_arm"});
    // Nobody of one arm bought: each arm says so by its name.
    try {
        (void)fit_t_learner(as_columns(x), std::vector<std::uint8_t>{0, 0, 0, 0, 1, 0, 0, 1}, mailed);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "logistic.one_class");
        CHECK(e.issues()[0].place == "control outcomes");
    }
    CHECK_THROWS_AS(t_learner(logistic(0, {1}), logistic(0, {1, 2})), issue_error);
    CHECK_THROWS_AS(s_learner(logistic(0, {1}), 1), issue_error);
}
