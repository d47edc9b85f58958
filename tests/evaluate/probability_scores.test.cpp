// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/probability_scores.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct predicted {
    std::vector<double> probabilities;
    std::vector<std::uint8_t> outcomes;
};

predicted make_predicted(std::uint64_t seed, std::size_t n, bool calibrated) {
    random_generator random(seed);
    predicted out;
    for (std::size_t i = 0; i < n; ++i) {
        double const truth = random_beta(random, 2, 5);
        out.probabilities.push_back(calibrated ? truth : std::sqrt(truth));
        out.outcomes.push_back(random_bernoulli(random, truth) ? 1 : 0);
    }
    return out;
}

} // namespace

TEST_CASE("probability scores: by hand") {
    std::vector<double> const p{.8, .3};
    std::vector<std::uint8_t> const y{1, 0};
    CHECK_THAT(brier_score(p, y), within(0.065, 1e-14));
    CHECK_THAT(log_loss(p, y), within(-(std::log(.8) + std::log(.7)) / 2, 1e-14));
    std::vector<double> const sure{1, 0, 0};
    std::vector<std::uint8_t> const wrong{0, 0, 1};
    CHECK_THAT(brier_score(sure, wrong), within(2.0 / 3, 1e-14));
    CHECK(std::isinf(log_loss(sure, wrong, 0)));
    CHECK_THAT(log_loss(sure, wrong), within(-2 * std::log(1e-15) / 3, 1e-3));
    CHECK(log_loss(std::vector{1.0, 0.0}, y) == Catch::Approx(0).margin(1e-14));
    CHECK(log_loss(std::vector{1.0, 0.0}, y, 0) == 0);
}

TEST_CASE("probability scores: the parts of Brier's score make the whole") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        INFO("seed " << seed);
        auto s = make_predicted(seed, 700, seed % 2 == 0);
        for (double& p : s.probabilities)
            p = std::round(p * 40) / 40;
        auto const exact = brier_decomposition(s.probabilities, s.outcomes);
        CHECK_THAT(exact.reliability - exact.resolution + exact.uncertainty, within(exact.score, 1e-12));
        CHECK(exact.within_bands == 0);
        CHECK(exact.skill.value() == Catch::Approx(1 - exact.score / exact.uncertainty));
        for (auto const by : {calibration_bands::equal_size, calibration_bands::equal_width}) {
            auto const parts = brier_decomposition(s.probabilities, s.outcomes, by, 8);
            CHECK(parts.score == exact.score);
            CHECK(parts.resolution <= exact.resolution + 1e-15);
            CHECK_THAT(parts.reliability - parts.resolution + parts.uncertainty + parts.within_bands,
                       within(parts.score, 1e-12));
        }
    }
    // nobody has the outcome: no uncertainty, no skill, no NaN
    auto const none = brier_decomposition(std::vector{.1, .2}, std::vector<std::uint8_t>{0, 0});
    CHECK(none.uncertainty == 0);
    CHECK_FALSE(none.skill);
    CHECK_THAT(none.score, within(0.025, 1e-12));
}

TEST_CASE("probability scores: bands of a calibration table") {
    std::vector<double> const p{0, .05, .1, .1, .25, .3, .99, 1};
    std::vector<std::uint8_t> const y{0, 0, 1, 0, 0, 1, 1, 1};
    auto const wide = calibration_table(p, y, calibration_bands::equal_width, 10);
    REQUIRE(wide.size() == 5); // [0,.1) [.1,.2) [.2,.3) [.3,.4) [.9,1]
    CHECK(wide[0].customers == 2);
    CHECK(wide[1].customers == 2);
    CHECK(wide[1].rate == 0.5);
    CHECK(wide[3].lowest == .3);
    CHECK(wide[4].customers == 2);
    CHECK_THAT(wide[4].mean_probability, within(0.995, 1e-14));
    auto const even = calibration_table(p, y, calibration_bands::equal_size, 4);
    REQUIRE(even.size() == 4);
    for (auto const& band : even)
        CHECK(band.customers == 2);
    CHECK(calibration_table(p, y, calibration_bands::distinct).size() == 7);
    // equals are never split
    std::vector<double> const flat(9, .4);
    std::vector<std::uint8_t> const mixed{0, 1, 0, 0, 1, 0, 0, 1, 0};
    auto const one = calibration_table(flat, mixed, calibration_bands::equal_size, 3);
    REQUIRE(one.size() == 1);
    CHECK_THAT(one[0].mean_probability, within(0.4, 1e-15));
    CHECK_THAT(one[0].rate, within(1.0 / 3, 1e-15));
}

TEST_CASE("probability scores: Hosmer and Lemeshow's test") {
    // what is predicted rightly passes, what is not fails
    auto const good = make_predicted(3, 4000, true);
    auto const bad = make_predicted(3, 4000, false);
    auto const passes = hosmer_lemeshow_test(good.probabilities, good.outcomes, calibration_sample::unseen);
    CHECK(passes.degrees == 10);
    CHECK(passes.p.value() > 0.01);
    auto const fails = hosmer_lemeshow_test(bad.probabilities, bad.outcomes, calibration_sample::unseen);
    CHECK(fails.p.value() < 1e-10);
    CHECK(hosmer_lemeshow_test(good.probabilities, good.outcomes, calibration_sample::fitted).degrees == 8);
    // by hand: two bands of 4, expected 1 and 2, seen 2 and 2
    std::vector<double> const p{.25, .25, .25, .25, .5, .5, .5, .5};
    std::vector<std::uint8_t> const y{1, 1, 0, 0, 1, 1, 0, 0};
    auto const hand = hosmer_lemeshow_test(p, y, calibration_sample::unseen, 2);
    CHECK_THAT(hand.statistic, within(1.0 / 0.75, 1e-14));
    CHECK_THAT(hand.p.value(), within(std::exp(-hand.statistic / 2), 1e-12)); // chi-squared with 2 degrees
    CHECK_FALSE(hosmer_lemeshow_test(p, y, calibration_sample::fitted, 2).p);
    auto const sure =
        hosmer_lemeshow_test(std::vector{0.0, 1.0}, std::vector<std::uint8_t>{0, 1}, calibration_sample::unseen, 2);
    CHECK(sure.statistic == 0);
    CHECK(sure.p == 1.0);
    auto const wrong =
        hosmer_lemeshow_test(std::vector{0.0, 1.0}, std::vector<std::uint8_t>{1, 1}, calibration_sample::unseen, 2);
    CHECK(std::isinf(wrong.statistic));
    CHECK(wrong.p == 0.0);
}

TEST_CASE("probability scores: bad input is refused by name") {
    std::vector<std::uint8_t> const y{0, 1};
    CHECK(codes_of([&] { (void)brier_score(std::vector{.5, 1.5}, y); }) == "evaluate.probability");
    CHECK(codes_of([&] { (void)brier_score(std::vector{.5, no_number}, y); }) == "evaluate.probability");
    CHECK(codes_of([&] { (void)brier_score(std::vector{-.1}, y); }) == "evaluate.length evaluate.probability");
    CHECK(codes_of([&] { (void)log_loss(std::vector{.5, .5}, y, .5); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)log_loss(std::vector{.5, .5}, std::vector<std::uint8_t>{0, 3}); }) ==
          "evaluate.outcome");
    CHECK(codes_of([&] { (void)calibration_table(std::vector{.5, .5}, y, calibration_bands::equal_size, 0); }) ==
          "evaluate.option");
    CHECK(codes_of([&] { (void)brier_score(std::vector<double>{}, std::vector<std::uint8_t>{}); }) == "evaluate.empty");
}

TEST_CASE("probability scores: as scikit-learn has them") {
    // scikit-learn 1.9 log_loss and brier_score_loss of NumPy's seed 1: 500 rand(), 500 randint(2)
    numpy_random random(1);
    predicted s;
    for (int i = 0; i < 500; ++i)
        s.probabilities.push_back(random.rand());
    for (int i = 0; i < 500; ++i)
        s.outcomes.push_back(random.coin());
    CHECK_THAT(log_loss(s.probabilities, s.outcomes), within(1.0149337372684948, 1e-12));
    CHECK_THAT(brier_score(s.probabilities, s.outcomes), within(.33612628582605736, 1e-12));
}
