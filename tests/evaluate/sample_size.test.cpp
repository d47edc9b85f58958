// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/sample_size.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/experiment_test.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("sample size: reference values") {
    // statistics.md 2.18: 10 % to 12 %, alpha .05, power .8, arcsine: 3834.6. statsmodels 0.15's
    // NormalIndPower counts the tail on the wrong side too, whose 1e-6 is a hundredth of a customer
    double const root =
        (1.959963984540054 + 0.8416212335729143) / (2 * (std::asin(std::sqrt(.12)) - std::asin(std::sqrt(.1))));
    CHECK_THAT(sample_size_for_rates(.12, .10).treated, within(2 * root * root, 1e-12));
    CHECK_THAT(sample_size_for_rates(.12, .10).treated, within(3834.595739884031, 3e-6));
    auto const twice = sample_size_for_rates(.3, .2, {.alpha = .01, .power = .9, .ratio = 2});
    CHECK_THAT(twice.treated, within(414.7240826388491, 1e-6));
    CHECK_THAT(twice.control, within(2 * twice.treated, 1e-14));
    CHECK_THAT(power_for_rates(.12, .10, 3835, 3835), within(.8000413398624785, 1e-9));
    // (z.975 + z.8)^2 (p1 q1 + p2 q2) / d^2
    double const z = 1.959963984540054 + 0.8416212335729143;
    power_options const unpooled{.approximation = rate_approximation::unpooled};
    CHECK_THAT(sample_size_for_rates(.12, .10, unpooled).treated,
               within(z * z * (.12 * .88 + .1 * .9) / (.02 * .02), 1e-9));
    CHECK_THAT(sample_size_for_means(2, 10).treated, within(z * z * 2 * 100 / 4, 1e-9));
}

TEST_CASE("sample size: power at the needed size is the power asked for") {
    for (auto const by : {rate_approximation::arcsine, rate_approximation::unpooled}) {
        for (double const rate : {.05, .2, .7}) {
            power_options const options{.power = .9, .ratio = 3, .approximation = by};
            auto const size = sample_size_for_rates(rate, .5, options);
            double const power = power_for_rates(rate, .5, static_cast<std::uint64_t>(std::ceil(size.treated * 1000)),
                                                 static_cast<std::uint64_t>(std::ceil(size.control * 1000)), options);
            CHECK(power > .999999);
            CHECK(power_for_rates(rate, .5, static_cast<std::uint64_t>(std::ceil(size.treated)),
                                  static_cast<std::uint64_t>(std::ceil(size.control)), options) >= .9);
        }
    }
    auto const size = sample_size_for_means(.3, 1);
    CHECK_THAT(detectable_difference(1, 1'000'000, 1'000'000) * 1000, within(.3 * std::sqrt(size.treated), 1e-9));
    CHECK_THAT(power_for_rates(.2, .2, 100, 100), within(.05, 1e-9));
}

TEST_CASE("sample size: experiments of that size find what is there as often as promised") {
    auto const n = static_cast<std::uint64_t>(std::ceil(sample_size_for_rates(.3, .2).treated));
    random_generator random(4);
    std::size_t found = 0;
    for (int i = 0; i < 1000; ++i) {
        proportion treated{0, n}, control{0, n};
        for (std::uint64_t k = 0; k < n; ++k) {
            treated.successes += random_bernoulli(random, .3) ? 1 : 0;
            control.successes += random_bernoulli(random, .2) ? 1 : 0;
        }
        found += two_proportions(treated, control).p < .05 ? 1 : 0;
    }
    CHECK(found > 800 - 51); // 4 deviations of 12.6
    CHECK(found < 800 + 51);
}

TEST_CASE("sample size: what cannot be asked is refused by name") {
    CHECK(codes_of([] { (void)sample_size_for_rates(.1, .1); }) == "evaluate.option");
    CHECK(codes_of([] { (void)sample_size_for_rates(0, 1.5); }) == "evaluate.option evaluate.option");
    CHECK(codes_of([] { (void)sample_size_for_rates(.1, .2, {.alpha = .5, .power = .4}); }) == "evaluate.option");
    CHECK(codes_of([] { (void)sample_size_for_rates(.1, .2, {.ratio = 0}); }) == "evaluate.option");
    CHECK(codes_of([] { (void)power_for_rates(.1, .2, 0, 5); }) == "evaluate.empty");
    CHECK(codes_of([] { (void)sample_size_for_means(0, 1); }) == "evaluate.option");
    CHECK(codes_of([] { (void)sample_size_for_means(no_number, 0); }) == "evaluate.not_finite evaluate.option");
    CHECK(codes_of([] { (void)detectable_difference(-1, 5, 5); }) == "evaluate.option");
}
