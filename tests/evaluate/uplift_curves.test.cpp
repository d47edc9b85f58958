// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/uplift_curves.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/hillstrom.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct experiment {
    std::vector<double> scores;
    std::vector<std::uint8_t> treated;
    std::vector<double> outcomes;
};

/// The sample that the values of scikit-uplift were taken from: a linear congruential generator.
experiment sixty() {
    std::uint64_t x = 12345;
    auto const next = [&] { return x = (1103515245 * x + 12345) % (std::uint64_t{1} << 31); };
    experiment out;
    for (int i = 0; i < 60; ++i) {
        out.scores.push_back(static_cast<double>(next()) / 2147483648.0);
        out.treated.push_back((next() >> 16) & 1);
        double const limit = 30 + (out.treated.back() == 1 ? 30 * out.scores.back() : 0);
        out.outcomes.push_back(static_cast<double>((next() >> 16) % 100) < limit ? 1 : 0);
    }
    return out;
}

experiment make_experiment(std::uint64_t seed, std::size_t n, double grain, bool money) {
    random_generator random(seed);
    experiment out;
    for (std::size_t i = 0; i < n; ++i) {
        double const score = std::floor(random_unit(random) / grain) * grain;
        bool const in = random_bernoulli(random, 0.4);
        double const chance = 0.2 + (in ? 0.5 * score : 0);
        out.scores.push_back(score);
        out.treated.push_back(in ? 1 : 0);
        double const amount = money ? random_lognormal(random, 2, 1) : 1;
        out.outcomes.push_back(random_bernoulli(random, chance) ? amount : 0);
    }
    out.treated[0] = 1;
    out.treated[1] = 0;
    return out;
}

/// The curve's value among all with at least `cut`, by definition.
double naive_value(experiment const& e, double cut, uplift_curve_kind kind) {
    double n[2] = {0, 0};
    double y[2] = {0, 0};
    for (std::size_t i = 0; i < e.scores.size(); ++i) {
        if (e.scores[i] < cut) continue;
        n[e.treated[i]] += 1;
        y[e.treated[i]] += e.outcomes[i];
    }
    if (kind == uplift_curve_kind::qini) return n[0] > 0 ? y[1] - y[0] * n[1] / n[0] : y[1];
    return ((n[1] > 0 ? y[1] / n[1] : 0) - (n[0] > 0 ? y[0] / n[0] : 0)) * (n[0] + n[1]);
}

} // namespace

TEST_CASE("uplift curves: corners and areas are those of the definitions") {
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        INFO("seed " << seed);
        auto const e = make_experiment(seed, 150, seed % 2 == 0 ? 0.1 : 1e-9, seed > 4);
        uplift_curves const measured(e.scores, e.treated, e.outcomes);
        for (auto const kind : {uplift_curve_kind::qini, uplift_curve_kind::uplift}) {
            auto const curve = measured.curve(kind);
            double area = 0;
            for (std::size_t i = 1; i < curve.size(); ++i) {
                CHECK(curve[i].incremental == Catch::Approx(naive_value(e, curve[i].score, kind)).margin(1e-9));
                double const width = static_cast<double>(curve[i].customers() - curve[i - 1].customers());
                area += width * (curve[i].incremental + curve[i - 1].incremental) / 2;
                double const share = static_cast<double>(curve[i].customers()) / 150;
                CHECK(measured.incremental_at(kind, share) == Catch::Approx(curve[i].incremental).margin(1e-9));
            }
            CHECK(curve.back().customers() == 150);
            CHECK(measured.area(kind).under_curve == Catch::Approx(area / 150));
            CHECK(measured.area(kind).under_line == Catch::Approx(curve.back().incremental / 2));
            auto const raw = measured.area(kind).raw();
            CHECK(measured.coefficient(kind, uplift_normalisation::customers).value() == Catch::Approx(raw / 150));
            CHECK(measured.coefficient(kind, uplift_normalisation::final_value).value() ==
                  Catch::Approx(raw / curve.back().incremental));
            CHECK(measured.coefficient(kind, uplift_normalisation::perfect_curve).has_value() == (seed <= 4));
        }
        // any order of rows gives the same bits
        auto turned = e;
        std::reverse(turned.scores.begin(), turned.scores.end());
        std::reverse(turned.treated.begin(), turned.treated.end());
        std::reverse(turned.outcomes.begin(), turned.outcomes.end());
        uplift_curves const again(turned.scores, turned.treated, turned.outcomes);
        CHECK(again.area(uplift_curve_kind::qini).raw() == measured.area(uplift_curve_kind::qini).raw());
        CHECK(again.uplift_at_share(0.3).uplift == measured.uplift_at_share(0.3).uplift);
    }
}

TEST_CASE("uplift curves: values of scikit-uplift") {
    // scikit-uplift 0.5.1: qini_auc_score, uplift_auc_score, uplift_at_k(k = 0.3)
    auto const e = sixty();
    uplift_curves const measured(e.scores, e.treated, e.outcomes);
    CHECK(measured.treated() == 27);
    auto const best = uplift_normalisation::perfect_curve;
    CHECK_THAT(measured.coefficient(uplift_curve_kind::qini, best).value(), within(.5315702140134408, 1e-12));
    CHECK_THAT(measured.coefficient(uplift_curve_kind::uplift, best).value(), within(.44945170554496805, 1e-12));
    CHECK_THAT(measured.uplift_at_share(.3).uplift.value(), within(.7272727272727273, 1e-12));
    // by group scikit-uplift takes int(27 * .3) = 8 and int(33 * .3) = 9 customers; we take 8.1 and 9.9
    auto const by_group = measured.uplift_at_share(.3, uplift_choice::by_group);
    CHECK(by_group.treated == Catch::Approx(8.1));
    CHECK(by_group.control == Catch::Approx(9.9));
    // at a third both are whole
    CHECK_THAT(measured.uplift_at_share(1. / 3, uplift_choice::by_group).uplift.value(),
               within(.3939393939393939, 1e-12));
    auto ties = e;
    for (double& s : ties.scores)
        s = std::round(s * 10) / 10;
    uplift_curves const tied(ties.scores, ties.treated, ties.outcomes);
    CHECK(tied.curve(uplift_curve_kind::qini).size() <= 12);
    CHECK_THAT(tied.coefficient(uplift_curve_kind::qini, best).value(), within(.5024952008596196, 1e-12));
    CHECK_THAT(tied.coefficient(uplift_curve_kind::uplift, best).value(), within(.42731013049392674, 1e-12));
}

TEST_CASE("uplift curves: all scores equal is the straight line") {
    auto e = make_experiment(3, 100, 0.5, false);
    std::fill(e.scores.begin(), e.scores.end(), 4.0);
    uplift_curves const measured(e.scores, e.treated, e.outcomes);
    for (auto const kind : {uplift_curve_kind::qini, uplift_curve_kind::uplift}) {
        CHECK(std::fabs(measured.area(kind).raw()) < 1e-13);
        CHECK(std::fabs(measured.coefficient(kind, uplift_normalisation::final_value).value()) < 1e-13);
    }
    CHECK(measured.uplift_at_share(0.2).uplift.value() == Catch::Approx(measured.average_effect()));
    CHECK(measured.uplift_at_share(1, uplift_choice::by_group).uplift.value() ==
          Catch::Approx(measured.average_effect()));
    // nothing happened: no effect, and no NaN
    std::fill(e.outcomes.begin(), e.outcomes.end(), 0.0);
    uplift_curves const nothing(e.scores, e.treated, e.outcomes);
    CHECK_FALSE(nothing.coefficient(uplift_curve_kind::qini, uplift_normalisation::final_value));
    CHECK_FALSE(nothing.coefficient(uplift_curve_kind::qini, uplift_normalisation::perfect_curve));
    CHECK(nothing.coefficient(uplift_curve_kind::qini, uplift_normalisation::customers) == 0.0);
    CHECK(nothing.incremental_at(uplift_curve_kind::qini, no_number) == 0);
}

TEST_CASE("uplift curves: a share in which an arm has nobody has no uplift") {
    std::vector<double> const scores{4, 3, 2, 1};
    std::vector<std::uint8_t> const treated{1, 1, 0, 0};
    std::vector<double> const outcomes{1, 0, 1, 1};
    uplift_curves const measured(scores, treated, outcomes);
    CHECK_FALSE(measured.uplift_at_share(.5).uplift);
    CHECK(measured.uplift_at_share(.75).uplift.value() == -.5);
    CHECK(measured.uplift_at_share(.5, uplift_choice::by_group).uplift.value() == 0);
}

TEST_CASE("uplift curves: bad input is refused by name") {
    std::vector<double> const two{1, 2};
    CHECK(codes_of([&] { uplift_curves({}, {}, {}); }) == "evaluate.empty");
    CHECK(codes_of([&] { uplift_curves(two, std::vector<std::uint8_t>{1}, std::vector<double>(3)); }) ==
          "evaluate.length evaluate.length");
    std::vector<double> const broken{1, no_number};
    CHECK(codes_of([&] { uplift_curves(broken, std::vector<std::uint8_t>{1, 2}, broken); }) ==
          "evaluate.not_finite evaluate.outcome evaluate.not_finite");
    CHECK(codes_of([&] { uplift_curves(two, std::vector<std::uint8_t>{1, 1}, two); }) == "evaluate.one_class");
    CHECK(codes_of([&] { uplift_curves(two, std::vector<std::uint8_t>{0, 0}, two); }) == "evaluate.one_class");
    uplift_curves const fine(two, std::vector<std::uint8_t>{0, 1}, two);
    CHECK(codes_of([&] { (void)fine.uplift_at_share(0); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)fine.uplift_at_share(no_number); }) == "evaluate.option");
}

TEST_CASE("uplift curves: expected_hillstrom.json") {
    // keys covered: versus_no_email / qini_visit_ranked_by_history (ties in file order: scores are the places)
    SEGMENTA_NEED_TEST_DATA("hillstrom_email.csv");
    auto const expected = expected_values("expected_hillstrom.json");
    hillstrom const data;
    for (auto const arm : {"Mens E-Mail", "Womens E-Mail"}) {
        std::vector<std::size_t> rows;
        for (std::size_t i = 0; i < data.size(); ++i)
            if (data.arm()[i] == arm || data.arm()[i] == "No E-Mail") rows.push_back(i);
        std::stable_sort(rows.begin(), rows.end(),
                         [&](auto a, auto b) { return data.history()[a] > data.history()[b]; });
        experiment e;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            e.scores.push_back(-static_cast<double>(i));
            e.treated.push_back(data.arm()[rows[i]] == arm ? 1 : 0);
            e.outcomes.push_back(data.visit()[rows[i]]);
        }
        uplift_curves const measured(e.scores, e.treated, e.outcomes);
        auto const curve = measured.curve(uplift_curve_kind::qini);
        auto const& points =
            at(expected, {"versus_no_email", arm, "qini_visit_ranked_by_history", "points"}).as_array();
        REQUIRE(points.size() == 10);
        for (auto const& point : points) {
            auto const m = static_cast<std::size_t>(point.as_array()[0].to_number<double>());
            REQUIRE(curve[m].customers() == m);
            CHECK_THAT(curve[m].incremental, within(point.as_array()[1].to_number<double>()));
        }
    }
}
