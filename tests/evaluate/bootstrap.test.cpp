// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/bootstrap.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/stats/moments.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<double> skewed(std::uint64_t seed, std::size_t n) {
    random_generator random(seed);
    std::vector<double> out(n);
    for (double& v : out)
        v = random_lognormal(random, 0, 1);
    return out;
}

} // namespace

TEST_CASE("bootstrap: the error of a mean is the known one") {
    auto const values = skewed(1, 400);
    auto const truth = compute_moments(values);
    bootstrap_options options;
    options.resamples = 4000;
    auto const drawn = bootstrap_mean(values, options);
    CHECK(drawn.estimate == Catch::Approx(truth.mean));
    CHECK(drawn.standard_error == Catch::Approx(std::sqrt(truth.population_variance / 400)).epsilon(0.05));
    CHECK(std::fabs(drawn.bias) < 0.1 * drawn.standard_error);
    CHECK(drawn.resamples == 4000);
    CHECK(drawn.confidence.low < drawn.estimate);
    CHECK(drawn.confidence.high > drawn.estimate);
    // amounts lean to the right: BCa moves both ends up
    options.kind = bootstrap_interval::percentile;
    auto const plain = bootstrap_mean(values, options);
    CHECK(plain.confidence.low < drawn.confidence.low);
    CHECK(plain.confidence.high < drawn.confidence.high);
    // leaving out blocks instead of single customers changes little
    options.kind = bootstrap_interval::bca;
    options.jackknife_blocks = 100;
    CHECK(bootstrap_mean(values, options).confidence.high == Catch::Approx(drawn.confidence.high).epsilon(0.05));
}

TEST_CASE("bootstrap: BCa of Efron and Tibshirani's spatial test data") {
    // Chapter 14: variance of A (divided by n) 171.5, 90 % intervals: percentile (100.8, 233.9), BCa (115.8, 259.6)
    // from 2000 resamples; scipy 1.17.1 from 100,000 over five seeds: 115.5 to 116.2 and 259.6 to 262.1; percentile
    // (98.02, 235.46)
    std::vector<double> const a{48, 36, 20, 29, 42, 42, 20, 42, 22, 41, 45, 14, 6,
                                0,  33, 28, 34, 4,  32, 24, 47, 41, 24, 26, 30, 41};
    auto const variance = [&](std::span<std::uint32_t const> rows) -> std::optional<double> {
        double sum = 0;
        double squares = 0;
        for (auto const row : rows) {
            sum += a[row];
            squares += a[row] * a[row];
        }
        double const n = static_cast<double>(rows.size());
        return squares / n - sum / n * (sum / n);
    };
    bootstrap_options options;
    options.resamples = 100'000;
    options.confidence = 0.9;
    auto const bca = bootstrap(a.size(), variance, options);
    CHECK(bca.estimate == Catch::Approx(171.534).epsilon(1e-5));
    CHECK(bca.standard_error == Catch::Approx(41.74).epsilon(0.01));
    CHECK(bca.confidence.low == Catch::Approx(115.8).margin(1.5));
    CHECK(bca.confidence.high == Catch::Approx(260.9).margin(2.5));
    options.kind = bootstrap_interval::percentile;
    auto const plain = bootstrap(a.size(), variance, options);
    CHECK(plain.confidence.low == Catch::Approx(98.02).margin(1));
    CHECK(plain.confidence.high == Catch::Approx(235.46).margin(1));
}

TEST_CASE("bootstrap: the interval covers the truth about as often as it says") {
    std::size_t covered = 0;
    bootstrap_options options;
    options.resamples = 400;
    options.confidence = 0.9;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        random_generator random(seed, 11);
        std::vector<double> values(60);
        for (double& v : values)
            v = random_normal(random, 5, 2);
        options.seed = seed;
        auto const drawn = bootstrap_mean(values, options);
        covered += drawn.confidence.low <= 5 && 5 <= drawn.confidence.high ? 1 : 0;
    }
    CHECK(covered >= 250); // 270 expected, 4 deviations of 5.2
    CHECK(covered <= 290);
}

TEST_CASE("bootstrap: the same bits for the same seed and any number of threads") {
    auto const values = skewed(2, 100);
    bootstrap_options options;
    options.seed = 42;
    auto const one = bootstrap_mean(values, options);
    for (unsigned const threads : {0U, 2U, 5U}) {
        options.threads = threads;
        auto const many = bootstrap_mean(values, options);
        CHECK(many.confidence.low == one.confidence.low);
        CHECK(many.confidence.high == one.confidence.high);
        CHECK(many.standard_error == one.standard_error);
    }
    options.seed = 43;
    CHECK(bootstrap_mean(values, options).confidence.low != one.confidence.low);
}

TEST_CASE("bootstrap: strata keep their sizes") {
    std::vector<std::uint32_t> const strata{0, 1, 0, 1, 1, 0, 7};
    auto const counts = [&](std::span<std::uint32_t const> rows) -> std::optional<double> {
        std::size_t ones = 0;
        std::size_t sevens = 0;
        for (auto const row : rows) {
            ones += strata[row] == 1 ? 1 : 0;
            sevens += strata[row] == 7 ? 1 : 0;
        }
        return static_cast<double>(10 * ones + sevens);
    };
    auto const drawn = bootstrap(strata.size(), counts, {.kind = bootstrap_interval::percentile}, strata);
    CHECK(drawn.confidence.low == 31);
    CHECK(drawn.confidence.high == 31);
    CHECK(drawn.standard_error == 0);
}

TEST_CASE("bootstrap: a difference of means is drawn within the arms") {
    auto const treated = skewed(3, 200);
    auto const control = skewed(4, 300);
    auto const drawn = bootstrap_mean_difference(treated, control);
    auto const a = compute_moments(treated);
    auto const b = compute_moments(control);
    CHECK(drawn.estimate == Catch::Approx(a.mean - b.mean));
    double const known = std::sqrt(a.population_variance / 200 + b.population_variance / 300);
    CHECK(drawn.standard_error == Catch::Approx(known).epsilon(0.08));
    CHECK(drawn.undefined == 0);
}

TEST_CASE("bootstrap: all equal is an interval of one point") {
    auto const drawn = bootstrap_mean(std::vector<double>(20, 3.5));
    CHECK(drawn.confidence.low == 3.5);
    CHECK(drawn.confidence.high == 3.5);
}

TEST_CASE("bootstrap: one customer is refused, not an interval of one point") {
    try {
        (void)bootstrap_mean(std::vector{1.25});
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "evaluate.too_few");
    }
}

TEST_CASE("bootstrap: resamples without a figure are counted, and refused when they are most") {
    auto const rare = [](std::span<std::uint32_t const> rows) -> std::optional<double> {
        for (auto const row : rows)
            if (row == 0) return static_cast<double>(rows[0]);
        return std::nullopt;
    };
    auto const drawn = bootstrap(20, rare, {.kind = bootstrap_interval::percentile});
    CHECK(drawn.undefined > 500); // (19/20)^20 = 36 % of 2000
    CHECK(drawn.undefined < 950);
    CHECK(drawn.resamples + drawn.undefined == 2000);
    auto const never = [](std::span<std::uint32_t const>) -> std::optional<double> { return std::nullopt; };
    CHECK(codes_of([&] { (void)bootstrap(5, never); }) == "evaluate.undefined");
    auto const only_whole = [](std::span<std::uint32_t const> rows) -> std::optional<double> {
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rows[i] != i) return std::nullopt;
        return 1.0;
    };
    CHECK(codes_of([&] { (void)bootstrap(9, only_whole); }) == "evaluate.undefined");
}

TEST_CASE("bootstrap: bad input is refused by name") {
    auto const any = [](std::span<std::uint32_t const>) -> std::optional<double> { return 1.0; };
    CHECK(codes_of([&] { (void)bootstrap(0, any); }) == "evaluate.empty");
    CHECK(codes_of([&] { (void)bootstrap(3, any, {.resamples = 5, .confidence = 1}); }) ==
          "evaluate.option evaluate.option");
    CHECK(codes_of([&] { (void)bootstrap(3, any, {.jackknife_blocks = 1}); }) == "evaluate.option");
    std::vector<std::uint32_t> const two{0, 1};
    CHECK(codes_of([&] { (void)bootstrap(3, any, {}, two); }) == "evaluate.length");
    std::vector<double> const bad{1, std::numeric_limits<double>::quiet_NaN()};
    CHECK(codes_of([&] { (void)bootstrap_mean(bad); }) == "evaluate.not_finite");
    CHECK(codes_of([&] { (void)bootstrap_mean_difference(bad, std::vector<double>{}); }) ==
          "evaluate.empty evaluate.not_finite");
}
