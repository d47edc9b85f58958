// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/calibration.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/model/logistic.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <map>

using namespace segmenta;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

using outcomes = std::vector<std::uint8_t>;

/// The minimax formula of isotonic regression: max over a <= i of min over b >= i of the mean from a to b.
std::vector<double> minimax(std::vector<double> const& happened, std::vector<double> const& size) {
    std::vector<double> out;
    for (std::size_t i = 0; i < happened.size(); ++i) {
        double best = -1;
        for (std::size_t a = 0; a <= i; ++a) {
            double least = 2;
            double sum = 0;
            double rows = 0;
            for (std::size_t b = a; b < happened.size(); ++b) {
                sum += happened[b];
                rows += size[b];
                if (b >= i) least = std::min(least, sum / rows);
            }
            best = std::max(best, least);
        }
        out.push_back(best);
    }
    return out;
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

TEST_CASE("calibration: isotonic probabilities are those of the minimax formula") {
    auto const seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
    auto const direction = GENERATE(score_direction::rising, score_direction::falling);
    CAPTURE(seed);
    random_generator random(seed);
    std::vector<double> scores;
    outcomes happened;
    std::map<double, std::pair<double, double>> points;
    double const sign = direction == score_direction::rising ? 1 : -1;
    for (int i = 0; i < 120; ++i) {
        double const s = std::floor(random_uniform(random, 0, 40)); // many ties
        scores.push_back(sign * s);
        happened.push_back(random_bernoulli(random, 0.1 + 0.02 * s));
        points[s].first += happened.back();
        points[s].second += 1;
    }
    std::vector<double> sums;
    std::vector<double> sizes;
    for (auto const& [s, point] : points) {
        sums.push_back(point.first);
        sizes.push_back(point.second);
    }
    auto const expected = minimax(sums, sizes);
    auto const fitted = fit_isotonic_calibration(scores, happened, direction);
    std::size_t i = 0;
    for (auto const& [s, point] : points)
        CHECK_THAT(fitted.probability(sign * s), WithinAbs(expected[i++], 1e-15));
    CHECK(isotonic_calibration::from_json(fitted.to_json()) == fitted);
    CHECK(fitted.probability(-1e9) == fitted.probabilities().front());
    CHECK(fitted.probability(1e9) == fitted.probabilities().back());
    CHECK(std::isnan(fitted.probability(std::nan(""))));
}

TEST_CASE("calibration: a broken line, worked by hand") {
    auto const fitted = fit_isotonic_calibration(std::vector{1., 2., 3., 4., 5.}, outcomes{0, 1, 0, 1, 1});
    CHECK(std::vector(fitted.scores().begin(), fitted.scores().end()) == std::vector{1., 2., 3., 4., 5.});
    CHECK(fitted.probability(2.5) == 0.5);
    CHECK(fitted.probability(3.5) == 0.75);
    CHECK(fitted.probability(1.5) == 0.25);
    auto const level = fit_isotonic_calibration(std::vector{7., 7., 7., 7.}, outcomes{0, 1, 0, 0});
    CHECK(level.probability(3) == 0.25);
    std::vector<double> out(2);
    fitted.probability(std::vector{0., 2.5}, out);
    CHECK(out == std::vector{0., 0.5});
}

TEST_CASE("calibration: Platt's sigmoid has the slope zero against his targets, also where scores part the outcomes") {
    auto const parted = GENERATE(false, true);
    random_generator random(5);
    std::vector<double> scores;
    outcomes happened;
    for (int i = 0; i < 300; ++i) {
        scores.push_back(600 + 40 * random_normal(random));
        bool const likely =
            parted ? scores.back() < 600 : random_bernoulli(random, logistic_function((590 - scores.back()) / 30));
        happened.push_back(likely);
    }
    auto const fitted = fit_platt_calibration(scores, happened);
    CHECK(fitted.slope() < 0);
    CHECK(fitted.diagnostics().state == identification::identified);
    CHECK(fitted.parameters()[1].standard_error > 0);
    double const ones = double(std::count(happened.begin(), happened.end(), 1));
    double pull = 0;
    double turn = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        double const target = happened[i] != 0 ? (ones + 1) / (ones + 2) : 1 / (300 - ones + 2);
        double const off = fitted.probability(scores[i]) - target;
        pull += off;
        turn += off * (scores[i] - 600);
    }
    CHECK_THAT(pull, WithinAbs(0, 1e-6));
    CHECK_THAT(turn, WithinAbs(0, 1e-4));
    auto const back = platt_calibration::from_json(fitted.to_json());
    CHECK(back.to_json() == fitted.to_json());
    CHECK(back.probability(611.5) == fitted.probability(611.5));
    std::vector<double> out(1);
    fitted.probability(std::vector{611.5}, out);
    CHECK(out[0] == fitted.probability(611.5));
}

TEST_CASE("calibration: bad input is named, all of it") {
    std::vector<double> const scores{1, 2, 3};
    auto const both = [](std::vector<double> const& s, outcomes const& o) {
        auto const isotonic = codes_of([&] { (void)fit_isotonic_calibration(s, o); });
        CHECK(codes_of([&] { (void)fit_platt_calibration(s, o); }) == isotonic);
        return isotonic;
    };
    CHECK(both({}, {}) == codes{"calibration.empty"});
    CHECK(both(scores, {0, 1}) == codes{"calibration.ragged"});
    CHECK(both({1, std::nan(""), 3}, {0, 1, 2}) == codes{"calibration.not_finite", "calibration.outcome"});
    CHECK(both(scores, {1, 1, 1}) == codes{"calibration.one_class"});
    CHECK(both(scores, {0, 0, 0}) == codes{"calibration.one_class"});
    CHECK(codes_of([] { (void)fit_platt_calibration(std::vector{2., 2.}, outcomes{0, 1}); }) ==
          codes{"calibration.constant"});
    CHECK(codes_of([] { platt_calibration(0, INFINITY); }) == codes{"calibration.parameters"});
    CHECK(codes_of([] { isotonic_calibration({}, {}); }) == codes{"calibration.parameters"});
    CHECK(codes_of([] { isotonic_calibration({1, 1}, {0, 1}); }) == codes{"calibration.parameters"});
    CHECK(codes_of([] { isotonic_calibration({1, 2, 3}, {0, 1, .5}); }) == codes{"calibration.parameters"});
    CHECK(codes_of([] { isotonic_calibration({1, 2}, {0, 1.5}); }) == codes{"calibration.parameters"});
    auto text = isotonic_calibration({1, 2}, {0, 1}).to_json();
    text.replace(text.find("2"), 1, "3");
    CHECK(codes_of([&] { (void)isotonic_calibration::from_json(text); }) == codes{"model.checksum"});
}
