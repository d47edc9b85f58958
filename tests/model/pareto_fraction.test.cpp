// SPDX-License-Identifier: Apache-2.0
#include "model/pareto_fraction.hpp"

#include "model/cdnow.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/pareto_nbd.hpp>

#include <array>
#include <cmath>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using Catch::Approx;

constexpr std::array levels{cpu_level::sse2, cpu_level::avx2, cpu_level::avx512};

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

double alive(detail::pareto_parameters const& p, double x, double last, double age, cpu_level level) {
    double out = 0;
    detail::pareto_alive(p, {&x, 1}, {&last, 1}, {&age, 1}, {&out, 1}, level);
    return out;
}

struct columns {
    std::vector<double> x, last, age;
};

// Counts over three orders of magnitude, last purchases just before the end among them.
columns draw(random_generator& random, std::size_t n) {
    columns out;
    for (std::size_t i = 0; i < n; ++i) {
        bool const once = i % 3 == 0;
        double const age = std::exp(random_uniform(random, -1, 6));
        double const idle = i % 5 == 0 ? std::exp(random_uniform(random, -12, -1)) : random_uniform(random, 0, .999);
        out.x.push_back(once ? 0 : std::floor(std::exp(random_uniform(random, 0, 6))));
        out.age.push_back(age);
        out.last.push_back(once ? 0 : age * (1 - idle));
    }
    return out;
}

} // namespace

TEST_CASE("pareto fraction: P(alive) by mpmath") {
    // mpmath 1.3.0 with 60 digits: the closed form by hyp2f1 and the integral by quad agree to 56 digits. The double
    // nearest to each decimal is what was computed with.
    struct {
        std::array<double, 7> of; // r, alpha, s, beta; x, t_x, T
        double alive;
    } const expected[] = {
        {{.553, 10.578, .606, 11.669, 0, 0, 38.86}, 0.29528660461689416},
        {{.553, 10.578, .606, 11.669, 2, 30.43, 38.86}, 0.8691675591530112},
        {{.553, 10.578, .606, 11.669, 29, 38.5, 38.86}, 0.99517602695643658},
        {{.553, 10.578, .606, 11.669, 1, .14, 39}, 0.12990347960353105},
        {{.5143, 2.8845, .2856, 14.1087, 0, 0, 3}, 0.93684164265924616},
        {{.5143, 2.8845, .2856, 14.1087, 3, .5, 60}, 0.00095525907647752339},
        {{.5143, 2.8845, .2856, 14.1087, 221, 103.42857, 103.57143}, 0.9995960523179381},
        {{2, 60, .5, 3, 0, 0, 50}, 0.10520257789038688},
        {{2, 60, .5, 3, 4, 1, 50}, 0.019827667084986588},
        {{2, 60, .5, 3, 40, 45, 50}, 0.86213774442756517},
        {{.5, .5, .6, 100, 0, 0, 30}, 0.75786427016653538},
        {{.5, .5, .6, 100, 5, 2, 30}, 0.00028326404532660796},
        {{.5, .001, .6, 1000, 0, 0, 300}, 0.73219247548232732},
        {{.5, .001, .6, 1000, 2, 250, 300}, 0.97084602998650019},
        {{10.465, .00798565181, 3.0516, 2.820, 40, 5, 6}, 0.0018851281873608511},
        {{10.465, .00798565181, 3.0516, 2.820, 50, 1, 37}, 1.4171442912866075e-96},
        {{.001, 5, .001, 7, 0, 0, 20}, 0.9986499443525246},
        {{.001, 5, .001, 7, 1, 3, 20}, 0.99817377134542354},
        {{300, 900, 20, 15, 12, 30, 60}, 3.2386440047133881e-9},
        {{.55, 5, .61, 5, 3, 4, 10}, 0.48050022866419732},
        {{.553, 10.578, .606, 11.669, 5000, 300, 310}, 1.2219879707744344e-65},
        {{.553, 10.578, .606, 11.669, 20000, 300, 300.5}, 3.5246333053374082e-10},
        // products of the fraction that are far from 1, and once made these 0
        {{.0952, 139.08, 6865.7, 16928.3, 9, 110.06, 942.78}, 9.1017067036833337e-149},
        {{.435, 21.4, 1.34, .47, 5019, .2229, 2.488}, 1.1767762351970952e-216},
    };
    for (auto const& [of, answer] : expected) {
        CAPTURE(of[0], of[1], of[2], of[3], of[4], of[5], of[6]);
        for (cpu_level const level : levels) {
            if (level > detect_cpu_level()) continue;
            CHECK(alive({of[0], of[1], of[2], of[3]}, of[4], of[5], of[6], level) == within(answer, 2e-12));
        }
    }
    // Nearly exponential lives: rounding of beta + T, times s, is what remains.
    CHECK(alive({.001, 10, 1e6, 1e7}, 1, 5, 20, cpu_level::sse2) == within(0.16018415040762983, 1e-9));
}

TEST_CASE(
    "pareto fraction: agrees with the integral over wide ranges, whoever stands beside, on each instruction set") {
    std::uint64_t const seed = 20266;
    CAPTURE(seed);
    random_generator random(seed);
    auto const wide = [&](double low, double high) { return std::exp(random_uniform(random, low, high)); };
    for (int i = 0; i < 300; ++i) {
        detail::pareto_parameters const p{wide(-5, 5), wide(-4, 5), wide(-5, 5), wide(-4, 6)};
        auto const c = draw(random, 67);
        std::vector<double> out(c.x.size());
        detail::pareto_alive(p, c.x, c.last, c.age, out, detect_cpu_level());
        std::vector<double> plain(c.x.size());
        detail::pareto_alive(p, c.x, c.last, c.age, plain, cpu_level::sse2);
        for (std::size_t k = 0; k < out.size(); ++k) {
            double const exact =
                std::exp(-detail::integrate_pareto(p, c.x[k], c.last[k], c.age[k], cpu_level::sse2).log_alive_odds);
            CAPTURE(p.r, p.alpha, p.s, p.beta, c.x[k], c.last[k], c.age[k]);
            CHECK(out[k] == Approx(exact).epsilon(1e-10).margin(1e-300));
            CHECK(plain[k] == Approx(out[k]).epsilon(1e-11).margin(1e-300));
            CHECK(out[k] == alive(p, c.x[k], c.last[k], c.age[k], detect_cpu_level()));
        }
    }
}

TEST_CASE("pareto fraction: each class of levels holds what it says") {
    // At the least ratio of a class the fraction with its levels and that with all levels agree to 12 digits.
    for (auto const& c : detail::fraction_classes) {
        for (double const far : {1.0, 40.0}) {
            for (auto const& [r, s] : {std::pair{.01, .02}, {.5, .6}, {30.0, .01}, {.01, 30.0}, {8.0, 9.0}}) {
                for (bool const alpha_near : {true, false}) {
                    double const near = c.least * far;
                    detail::pareto_parameters const p{r, alpha_near ? near : far, s, alpha_near ? far : near};
                    columns const one{{3}, {1e-9}, {.5 * far}};
                    detail::repeat_rows const rows{one.x.data(), one.last.data(), one.age.data(), nullptr, 1};
                    double few = 0;
                    double many = 0;
                    auto const& kernels = detail::pareto_fraction_kernels_for(detect_cpu_level());
                    kernels.alive(p, rows, c.count, &few);
                    kernels.alive(p, rows, 128, &many);
                    CAPTURE(c.count, far, r, s, alpha_near);
                    CHECK(few == within(many, 1e-12));
                }
            }
        }
    }
}

TEST_CASE("pareto fraction: alive for sure is 1, beyond doubles is 0, and who cannot be is NaN") {
    detail::pareto_parameters const models[] = {
        {.553, 10.578, .606, 11.669}, {.5, 3, .5, 60}, {.5, .001, 3, 10}, {2, 50, .5, .1}, {1e5, 3, 1e5, 4}};
    for (auto const& p : models) {
        for (cpu_level const level : levels) {
            if (level > detect_cpu_level()) continue;
            CAPTURE(p.r, p.alpha, p.s, p.beta);
            CHECK(alive(p, 0, 0, 0, level) == 1);
            CHECK(alive(p, 3, 20, 20, level) == 1);
            CHECK(alive(p, 1e9, 1, 100, level) == 0);
            CHECK(alive(p, 0, 0, 10, level) < 1);
            CHECK(alive(p, 2, 1e70, 1e80, level) >= 0); // out of the kernels' bounds
            double const bad[][3] = {
                {0, 5, 39},           {2, 0, 39},       {1, 40, 39},           {-1, 5, 39},
                {1, -5, 39},          {1.5, 5, 39},     {1, std::nan(""), 39}, {std::nan(""), 5, 39},
                {1, 5, std::nan("")}, {1, 5, HUGE_VAL}, {HUGE_VAL, 5, 39},     {0, 0, -1}};
            for (auto const& [x, last, age] : bad) {
                CAPTURE(x, last, age);
                CHECK(std::isnan(alive(p, x, last, age, level)));
            }
        }
    }
}

TEST_CASE("pareto fraction: the mean of a living customer in batch is that of the formula") {
    std::uint64_t const seed = 20267;
    CAPTURE(seed);
    random_generator random(seed);
    for (double const s : {1e-6, .2, .9, 1 - 1e-9, 1.0, 1 + 1e-9, 1.3, 8.0, 500.0}) {
        detail::pareto_parameters const p{.5, 10, s, 12};
        for (double const t : {0.0, 1e-12, .3, 39.0, 1e5, 1e40, 1e90}) {
            auto const c = draw(random, 21);
            detail::repeat_rows const rows{c.x.data(), c.last.data(), c.age.data(), nullptr, c.x.size()};
            std::vector<double> plain(c.x.size(), 1);
            std::vector<double> best(c.x.size(), 1);
            detail::pareto_fraction_kernels_for(cpu_level::sse2).times_future(p, t, rows, plain.data());
            detail::pareto_fraction_kernels_for(detect_cpu_level()).times_future(p, t, rows, best.data());
            for (std::size_t i = 0; i < plain.size(); ++i) {
                double const old = p.beta + c.age[i];
                double const growth = std::log1p(t / old);
                double const stay = s == 1 ? growth : -std::expm1((1 - s) * growth) / (s - 1);
                double const mean = (p.r + c.x[i]) / (p.alpha + c.age[i]) * old * stay;
                CAPTURE(s, t, c.x[i], c.age[i]);
                CHECK(plain[i] == within(mean, std::abs(s - 1) < 1e-6 ? 1e-7 : 1e-13)); // the plain way cancels there
                CHECK(best[i] == within(plain[i], 1e-14));
            }
        }
    }
}

TEST_CASE("pareto fraction: DERT in batch is that of single customers, by any number of threads") {
    random_generator random(20268);
    auto const c = draw(random, 300);
    purchase_summary s;
    s.repeats = c.x;
    s.last = c.last;
    s.age = c.age;
    for (double const shape : {.2, 1.0, 1.3, 40.0}) {
        pareto_nbd const model({.r = .5, .alpha = 10, .s = shape, .beta = 12});
        for (double const yearly : {0.0, .02, .15, 2.0}) {
            auto const rate = discount_rate::per_year(yearly);
            std::vector<double> one(s.size()), three(s.size());
            model.discounted_expected_residual_transactions(s, rate, one);
            model.discounted_expected_residual_transactions(s, rate, three, 3);
            CHECK(three == one);
            for (std::size_t i = 0; i < s.size(); ++i) {
                double const exact =
                    model.discounted_expected_residual_transactions(customer(c.x[i], c.last[i], c.age[i]), rate);
                CAPTURE(shape, yearly, c.x[i], c.last[i], c.age[i]);
                CHECK((one[i] == exact || one[i] == within(exact, 1e-12)));
            }
        }
    }
    std::vector<double> out(s.size());
    pareto_nbd const model({.r = .5, .alpha = 10, .s = 2, .beta = 12});
    model.discounted_expected_residual_transactions(s, discount_rate::per_year(-.1), out);
    CHECK(std::isnan(out.front()));
    out.pop_back();
    CHECK_THROWS_AS(model.discounted_expected_residual_transactions(s, discount_rate::per_year(.1), out), issue_error);
}
