// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/latent_class.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace segmenta;

namespace {

// Answers of 4000 customers to five yes-no items and one of three levels, from two classes with weights .7 and .3.
std::vector<std::vector<std::uint32_t>> survey() {
    random_generator random(8);
    std::vector<std::vector<std::uint32_t>> out(6, std::vector<std::uint32_t>(4'000));
    for (std::size_t i = 0; i < 4'000; ++i) {
        bool const rare = random_bernoulli(random, .3);
        for (std::size_t j = 0; j < 5; ++j)
            out[j][i] = random_bernoulli(random, rare ? .9 : .2) ? 1 : 0;
        out[5][i] = rare ? 2 : static_cast<std::uint32_t>(random_below(random, 2));
    }
    return out;
}

} // namespace

TEST_CASE("latent class: classes that were put in come out, and BIC finds their number") {
    auto const data = survey();
    auto const items = as_categories(data);
    auto const model = fit_latent_class(items, {.classes = 2});
    CHECK(model.diagnostics().state == identification::identified);
    std::size_t const rare = model.weights()[0] < model.weights()[1] ? 0 : 1;
    CHECK(model.weights()[rare] == Approx(.3).margin(.03));
    CHECK(model.probability(rare, 0, 1) == Approx(.9).margin(.03));
    CHECK(model.probability(1 - rare, 3, 1) == Approx(.2).margin(.03));
    CHECK(model.probability(1 - rare, 5, 2) == Approx(0).margin(1e-3));
    CHECK(model.parameter_count() == 2 * 7 + 1);
    CHECK(fit_latent_class(items, {.classes = 1}).bic() > model.bic());
    CHECK(fit_latent_class(items, {.classes = 3}).bic() > model.bic());
    CHECK(fit_latent_class(items, {.classes = 2, .threads = 2}) == model);
    auto const text = model.to_json();
    CHECK(latent_class::from_json(text) == model);
    CHECK(latent_class::from_json(text).to_json() == text);
    CHECK_THROWS_AS(latent_class::from_json(text.substr(5)), issue_error);
}

TEST_CASE("latent class: one class has the shares of the answers and their likelihood") {
    std::vector<std::vector<std::uint32_t>> const data{{0, 1, 1, 1}, {0, 0, 1, 1}};
    auto const model = fit_latent_class(as_categories(data), {.classes = 1});
    CHECK(model.probability(0, 0, 1) == Approx(.75));
    CHECK(model.diagnostics().log_likelihood ==
          Approx(3 * std::log(.75) + std::log(.25) + 4 * std::log(.5)).epsilon(1e-12));
    CHECK(model.aic() == Approx(4 - 2 * model.diagnostics().log_likelihood));
}

TEST_CASE("latent class: missing answers count for nothing, unknown ones fit no class") {
    latent_class const model({.5, .5}, {2, 2}, {.9, .1, .8, .2, .1, .9, .3, .7});
    std::vector<double> p(2);
    model.memberships(std::vector<std::uint32_t>{0, missing_category}, p);
    CHECK(p[0] == Approx(.9));
    CHECK(model.nearest(std::vector<std::uint32_t>{1, 1}) == 1);
    CHECK(model.nearest(std::vector<std::uint32_t>{missing_category, missing_category}) == 0);
    CHECK(model.nearest(std::vector<std::uint32_t>{2, 0}) == latent_class::no_class);
    CHECK(std::isnan(model.log_probability(std::vector<std::uint32_t>{0})));
    auto data = survey();
    data[0][17] = missing_category;
    CHECK(fit_latent_class(as_categories(data), {.classes = 2}).customers() == 4'000);
}

TEST_CASE(
    "latent class: too many classes for the items is not identified; k of 0, k above n, one customer, identical") {
    std::vector<std::vector<std::uint32_t>> const data{{0, 1, 1, 1}, {0, 0, 1, 1}};
    auto const items = as_categories(data);
    CHECK(fit_latent_class(items, {.classes = 2}).diagnostics().state == identification::not_identified);
    CHECK_THROWS_AS(fit_latent_class(items, {.classes = 0}), issue_error);
    CHECK_THROWS_AS(fit_latent_class(items, {.classes = 5}), issue_error);
    CHECK_THROWS_AS(fit_latent_class({}, {}), issue_error);
    std::vector<std::vector<std::uint32_t>> const single{{1}};
    CHECK(fit_latent_class(as_categories(single), {.classes = 1}).diagnostics().log_likelihood == 0);
    std::vector<std::vector<std::uint32_t>> const same{{1, 1, 1}, {0, 0, 0}};
    CHECK(fit_latent_class(as_categories(same), {.classes = 2}).diagnostics().log_likelihood ==
          Approx(0).margin(1e-12));
    CHECK_THROWS_AS(latent_class({1}, {2}, {.5}), issue_error);
    CHECK_THROWS_AS(latent_class({1}, {2}, {.5, 2}), issue_error);
}

// The likelihood of the model is that of its customers one by one, and one more step of EM, customer by customer,
// changes nothing: classes are where Goodman's equations hold.
TEST_CASE("latent class: the fit solves the likelihood equations, customer by customer, on any number of threads") {
    auto data = survey();
    for (std::size_t i = 0; i < 4'000; i += 7)
        data[i % 6][i] = missing_category;
    auto const items = as_categories(data);
    latent_class_options options{.classes = 3, .starts = 4, .max_iterations = 20'000, .tolerance = 1e-14, .seed = 2};
    auto const model = fit_latent_class(items, options);
    REQUIRE(model.diagnostics().state == identification::identified);
    double log_likelihood = 0;
    std::vector<double> weights(3);
    std::vector<std::vector<std::vector<double>>> counts(3,
                                                         std::vector<std::vector<double>>(6, std::vector<double>(3)));
    std::vector<double> shares(3);
    for (std::size_t i = 0; i < 4'000; ++i) {
        std::vector<std::uint32_t> answers;
        for (auto const& column : data)
            answers.push_back(column[i]);
        log_likelihood += model.log_probability(answers);
        model.memberships(answers, shares);
        for (std::size_t c = 0; c < 3; ++c) {
            weights[c] += shares[c] / 4'000;
            for (std::size_t j = 0; j < 6; ++j)
                if (answers[j] != missing_category) counts[c][j][answers[j]] += shares[c];
        }
    }
    CHECK(model.diagnostics().log_likelihood == Approx(log_likelihood).epsilon(1e-12));
    for (std::size_t c = 0; c < 3; ++c) {
        CHECK(model.weights()[c] == Approx(weights[c]).margin(1e-4));
        for (std::size_t j = 0; j < 6; ++j) {
            double const total = counts[c][j][0] + counts[c][j][1] + counts[c][j][2];
            for (std::size_t l = 0; l < model.levels()[j]; ++l)
                CHECK(model.probability(c, j, l) == Approx(counts[c][j][l] / total).margin(1e-4));
        }
    }
    for (unsigned const threads : {2U, 5U}) {
        options.threads = threads;
        CHECK(fit_latent_class(items, options) == model);
    }
}

// Tables of so many levels that starts follow each other and patterns are not cut into blocks: the model of each start
// is what it is alone.
TEST_CASE("latent class: items of 65,536 levels do not take gigabytes, and the best start wins") {
    std::vector<std::vector<std::uint32_t>> data(6, std::vector<std::uint32_t>(600));
    random_generator random(4);
    for (std::size_t j = 0; j < 6; ++j) {
        for (auto& code : data[j])
            code = static_cast<std::uint32_t>(random_below(random, 2)) * 65'535;
    }
    auto const items = as_categories(data);
    latent_class_options options{.classes = 3, .starts = 4, .max_iterations = 3};
    auto const best = fit_latent_class(items, options);
    options.threads = 2;
    CHECK(fit_latent_class(items, options) == best);
    for (auto& column : data)
        for (auto& code : column)
            code = code > 0 ? 1 : 0;
    CHECK(fit_latent_class(as_categories(data), options).diagnostics().log_likelihood ==
          Approx(best.diagnostics().log_likelihood).epsilon(1e-12));
}
