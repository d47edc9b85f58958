// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/pareto_nbd.hpp>

#include "model/cdnow.hpp"
#include "model/pareto_kernels.hpp"
#include "support/catch.hpp"
#include "support/counting_new.hpp"

#include <segmenta/base/random.hpp>

#include <cmath>
#include <iostream>

using namespace segmenta;
using namespace segmenta::test;

// Reference values are those of design/statistics.md, section 2 (verified there with mpmath to 40 digits), with the
// first source named beside each: LT lifetimes' tests, BV the vignette of BTYD, CT the tests of CLVTools.

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

pareto_nbd const published({.r = .5534, .alpha = 10.5802, .s = .6061, .beta = 11.6562});

/// The likelihood by Simpson's rule over the time of leaving, in logarithms: slow and plain.
struct naive {
    double log_likelihood;
    double alive;
};
naive by_simpson(pareto_nbd_parameters const& p, double x, double last, double age) {
    int const steps = 40000;
    double const k = p.r + x;
    double const at_end = -k * std::log(p.alpha + age) - p.s * std::log(p.beta + age);
    double sum = 0;
    // equal steps of log(min + u)
    double const near = std::min(p.alpha, p.beta);
    double const low = std::log(near + last);
    double const width = std::log(near + age) - low;
    for (int i = 0; i <= steps; ++i) {
        double const v = low + width * i / steps;
        double const u = std::exp(v) - near;
        double const weight = i == 0 || i == steps ? 1 : i % 2 == 1 ? 4 : 2;
        double const f = -k * std::log(p.alpha + u) - (p.s + 1) * std::log(p.beta + u) + v;
        sum += weight * std::exp(f - at_end);
    }
    double const odds = p.s * sum * width / (3 * steps);
    double const counts = std::lgamma(k) - std::lgamma(p.r) + p.r * std::log(p.alpha) + p.s * std::log(p.beta);
    return {counts + at_end + std::log1p(odds), 1 / (1 + odds)};
}

} // namespace

TEST_CASE("pareto nbd: published values for customer 1516 and a new customer") {
    auto const best = customer(26, 30.86, 31);
    CHECK(published.probability_alive(best) == within(.997917766552, 1e-10));                       // LT .9979
    CHECK(published.conditional_expected_transactions(best, horizon(52)) == within(25.4549, 2e-6)); // LT, BV 25.45647
    CHECK(published.expected_transactions(horizon(52)) == within(1.4730669919, 1e-9));              // BV 1.473434
    CHECK(published.expected_transactions(horizon(1)) == within(.05100453, 1e-7));
    CHECK(published.expected_transactions(horizon(2)) == within(.09962088, 1e-7));
    CHECK(published.expected_transactions(horizon(3)) == within(.14612427, 1e-7));
    CHECK(published.expected_transactions(horizon(0)) == 0);
}

TEST_CASE("pareto nbd: more purchases up to the same week can mean less (BV)") {
    double const expected[] = {.70590695, .14417454, .022497183, .0030915};
    double x = 10;
    for (double const e : expected) {
        CHECK(published.conditional_expected_transactions(customer(x, 20, 39), horizon(52)) == within(e, 3e-6));
        x += 5;
    }
}

TEST_CASE("pareto nbd: many purchases do not underflow (LT)") {
    pareto_nbd const model({.r = .55, .alpha = 10.58, .s = .61, .beta = 11.67});
    CHECK(model.conditional_expected_transactions(customer(132, 200, 200), horizon(10)) ==
          within(6.206051788962932, 1e-12));
    CHECK(model.conditional_expected_transactions(customer(133, 200, 200), horizon(10)) ==
          within(6.252872247574497, 1e-12));
}

TEST_CASE("pareto nbd: log-likelihoods that overflow as closed forms") {
    pareto_nbd const model({.r = 10.465, .alpha = .00798565181, .s = 3.0516, .beta = 2.820});
    CHECK(model.log_likelihood(customer(400, 5, 6)) == within(1323.188930967818, 1e-12));
    CHECK(model.log_likelihood(customer(500, 1, 37)) == within(2594.404454622757, 1e-12));
    CHECK(model.log_likelihood(customer(500, 4, 37)) == within(1888.821249738941, 1e-12));
    CHECK(model.log_likelihood(customer(40, 5, 6)) == within(-5.719021585223, 1e-11));
    CHECK(model.probability_alive(customer(40, 5, 6)) == within(.0018851282, 1e-7));
    CHECK(model.probability_alive(customer(50, 1, 37)) == within(1.417e-96, 5e-4));
    CHECK(model.probability_alive(customer(500, 1, 37)) >= 0);
}

TEST_CASE("pareto nbd: customers for whom CLVTools gave NaN") {
    pareto_nbd const model({.r = .5143, .alpha = 2.8845, .s = .2856, .beta = 14.1087});
    CHECK(model.probability_alive(customer(221, 103.42857, 103.57143)) == within(.999596052318, 1e-9));
    CHECK(model.probability_alive(customer(254, 97.14286, 97.28571)) == within(.999558226123, 1e-9));
    CHECK(model.probability_alive(customer(161, 94.71429, 98.0)) == within(.749487752258, 1e-9));
    CHECK(model.probability_alive(customer(204, 98.57143, 99.42857)) == within(.994255079638, 1e-9));
}

TEST_CASE("pareto nbd: alpha equal to beta, and s of one, are no special cases") {
    pareto_nbd const equal({.r = .55, .alpha = 5, .s = .61, .beta = 5});
    CHECK(equal.log_likelihood(customer(3, 4, 10)) == within(-7.889101994131892, 1e-12));
    pareto_nbd const one({.r = .55, .alpha = 10.58, .s = 1, .beta = 11.67});
    CHECK(one.conditional_expected_transactions(customer(3, 20, 39), horizon(10)) == within(.2425027102, 2e-10));
    for (double const s : {1 - 1e-9, 1.0, 1 + 1e-9}) {
        pareto_nbd const model({.r = .5534, .alpha = 10.5802, .s = s, .beta = 11.6562});
        pareto_nbd const beside({.r = .5534, .alpha = 10.5802, .s = 1.0001, .beta = 11.6562});
        auto const c = customer(3, 20, 39);
        CHECK(model.conditional_expected_transactions(c, horizon(10)) ==
              within(beside.conditional_expected_transactions(c, horizon(10)), 1e-4));
        CHECK(model.expected_transactions(horizon(10)) == within(beside.expected_transactions(horizon(10)), 1e-3));
    }
}

TEST_CASE("pareto nbd: discounted expected residual transactions") {
    // r and others of P. Fader, B. Hardie, K. Lee, "RFM and CLV", 2005; 15 % a year is 0.0027 a week, continuously
    pareto_nbd const model({.r = .5629966, .alpha = 12.559037, .s = .4081095, .beta = 10.5148048});
    auto const rate = discount_rate::continuous(of_weeks(1), .0027);
    auto const dert = [&](double x, double last) {
        return model.discounted_expected_residual_transactions(customer(x, last, 77.86), rate);
    };
    CHECK(dert(7, 35) == within(1.86418332807, 1e-10));
    double const expected[] = {2.1991554, 2.8435344, 2.8671284, 2.4454101, 1.8405019,
                               1.2624165, .80961812, .49480362, .2920247,  .16792751};
    double x = 1;
    for (double const e : expected)
        CHECK(dert(x++, 30) == within(e, 5e-8));
    // Without discounting it is the limit of the expectations: finite only above s = 1.
    auto const c = customer(2, 30, 40);
    CHECK(std::isinf(model.discounted_expected_residual_transactions(c, {})));
    pareto_nbd const leaving({.r = .5, .alpha = 10, .s = 2.5, .beta = 11});
    CHECK(leaving.discounted_expected_residual_transactions(c, {}) ==
          within(leaving.conditional_expected_transactions(c, horizon(1e9)), 1e-9));
    CHECK(std::isnan(leaving.discounted_expected_residual_transactions(c, discount_rate::per_year(-0.1))));
}

TEST_CASE("pareto nbd: DERT is the sum of small steps for slow and fast discounting") {
    for (double const s : {0.2, 0.9, 1.0, 2.0, 40.0}) {
        pareto_nbd const model({.r = .5, .alpha = 10, .s = s, .beta = 12});
        auto const c = customer(3, 25, 40);
        for (double const yearly : {0.02, 0.15, 2.0}) {
            auto const rate = discount_rate::per_year(yearly);
            double const delta = rate.continuous_in(model_time_unit::week);
            double sum = 0;
            double before = 0;
            double t = 0;
            double step = 0.01; // mid-points of ever longer steps
            while (delta * t < 45) {
                double const after = model.conditional_expected_transactions(c, horizon(t + step));
                sum += (after - before) * std::exp(-delta * (t + step / 2));
                before = after;
                t += step;
                step = 0.01 + t * 0.002;
            }
            CAPTURE(s, yearly);
            CHECK(model.discounted_expected_residual_transactions(c, rate) == within(sum, 2e-5));
        }
    }
}

TEST_CASE("pareto nbd: the integral agrees with Simpson's rule, on each instruction set") {
    std::uint64_t const seed = 20261;
    CAPTURE(seed);
    random_generator random(seed);
    for (int i = 0; i < 60; ++i) {
        auto const wide = [&](double low, double high) { return std::exp(random_uniform(random, low, high)); };
        pareto_nbd_parameters const p{wide(-3, 3), wide(-3, 5), wide(-3, 4), wide(-3, 5)};
        double const x = std::floor(wide(0, 4)) - 1;
        double const age = wide(0, 5);
        double const last = x == 0 ? 0 : age * random_uniform(random, 0.05, 1);
        auto const expected = by_simpson(p, x, last, age);
        CAPTURE(p.r, p.alpha, p.s, p.beta, x, last, age);
        pareto_nbd const model(p);
        double const scale = std::max(1.0, std::abs(expected.log_likelihood));
        CHECK(model.log_likelihood(customer(x, last, age)) ==
              Approx(expected.log_likelihood).margin(1e-9 * scale).epsilon(0));
        if (expected.alive > 1e-12) // Simpson's rule is not that good for sharper ones
            CHECK(model.probability_alive(customer(x, last, age)) == within(expected.alive, 1e-7));
        detail::pareto_parameters const k{p.r, p.alpha, p.s, p.beta};
        auto const plain = detail::integrate_pareto(k, x, last, age, cpu_level::sse2);
        auto const fast = detail::integrate_pareto(k, x, last, age, detect_cpu_level());
        CHECK(fast.log_alive_odds == Approx(plain.log_alive_odds).margin(1e-13).epsilon(1e-12));
        for (std::size_t m = 0; m < plain.moment.size(); ++m)
            CHECK(fast.moment[m] == Approx(plain.moment[m]).epsilon(1e-9).margin(1e-14));
    }
}

TEST_CASE("pareto nbd: the probabilities of counts sum to one and have the mean") {
    for (double const t : {0.5, 5.0, 39.0, 400.0}) {
        for (auto const& p : {published.values(), pareto_nbd_parameters{2.5, 3, 1, 80}, {.3, 40, 4, .1}}) {
            pareto_nbd const model(p);
            double sum = 0;
            double mean = 0;
            double mass = 1;
            for (int x = 0; x < 6000 && (x < 30 || mass > 1e-13); ++x) {
                mass = model.probability_of(repeat_count(x), horizon(t));
                sum += mass;
                mean += mass * x;
            }
            CAPTURE(t, p.r);
            CHECK(sum == within(1, 1e-9));
            CHECK(mean == within(model.expected_transactions(horizon(t)), 1e-7));
        }
    }
    CHECK(published.probability_of(repeat_count(0), horizon(0)) == 1);
    CHECK(published.probability_of(repeat_count(1), horizon(0)) == 0);
    CHECK(std::isnan(published.probability_of(repeat_count(1.5), horizon(1))));
}

TEST_CASE("pareto nbd: alive for sure at the purchase, less later, never for who cannot be") {
    CHECK(published.probability_alive(customer(0, 0, 0)) == 1);
    CHECK(published.probability_alive(customer(3, 20, 20)) == 1);
    auto const c = customer(3, 20, 39);
    CHECK(published.probability_alive(c, horizon(0)) == published.probability_alive(c));
    CHECK(published.probability_alive(c, horizon(10)) ==
          within(published.probability_alive(c) * std::pow((11.6562 + 39) / (11.6562 + 49), .6061), 1e-12));
    CHECK(std::isnan(published.probability_alive(customer(1, 40, 39))));
    CHECK(std::isnan(published.probability_alive(customer(-1, 0, 39))));
    CHECK(std::isnan(published.probability_alive(customer(1, std::nan(""), 39))));
    CHECK(std::isnan(published.conditional_expected_transactions(c, horizon(-1))));
    CHECK(std::isnan(published.log_likelihood(customer(1, 40, 39))));
    // columns: the same numbers
    std::vector<double> const x{3, 0, 1}, last{20, 0, 40}, age{39, 12, 39};
    std::vector<double> out(3), expected(3);
    published.probability_alive(x, last, age, out);
    CHECK(out[0] == published.probability_alive(c));
    CHECK(out[1] == published.probability_alive(customer(0, 0, 12)));
    CHECK(std::isnan(out[2]));
    published.conditional_expected_transactions(x, last, age, horizon(52), expected);
    CHECK(expected[0] == published.conditional_expected_transactions(c, horizon(52)));
    CHECK(std::isnan(expected[2]));
}

TEST_CASE("pareto nbd: what a customer gets does not depend on the others, nor much on the instruction set") {
    std::uint64_t const seed = 99;
    CAPTURE(seed);
    random_generator random(seed);
    for (auto const& p : {published.values(), pareto_nbd_parameters{3, 2, .2, 70}, {.2, 80, 5, 3}, {1, 7, 1, 7}}) {
        std::vector<double> x, last, age;
        for (int i = 0; i < 203; ++i) {
            x.push_back(i % 3 == 0 ? 0 : std::floor(std::exp(random_uniform(random, 0, 4))));
            age.push_back(std::exp(random_uniform(random, 0, 5)));
            last.push_back(x.back() == 0 ? 0 : age.back() * random_uniform(random, .01, 1));
        }
        last[5] = age[5];     // surely alive
        last[6] = 2 * age[6]; // cannot be
        pareto_nbd const model(p);
        std::vector<double> out(x.size());
        model.probability_alive(x, last, age, out);
        for (cpu_level const level : {cpu_level::sse2, cpu_level::avx2, cpu_level::avx512}) {
            if (level > detect_cpu_level()) continue;
            std::vector<double> other(x.size());
            detail::pareto_alive({p.r, p.alpha, p.s, p.beta}, x, last, age, other, level);
            for (std::size_t i = 0; i < x.size(); ++i)
                if (i != 6) CHECK(other[i] == Approx(out[i]).epsilon(1e-12).margin(1e-300));
            CHECK(std::isnan(other[6]));
        }
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (i == 6) continue;
            CAPTURE(p.r, x[i], last[i], age[i]);
            CHECK(model.probability_alive(customer(x[i], last[i], age[i])) == out[i]);
            double const exact =
                std::exp(-detail::integrate_pareto({p.r, p.alpha, p.s, p.beta}, x[i], last[i], age[i], cpu_level::sse2)
                              .log_alive_odds);
            CHECK(out[i] == Approx(exact).epsilon(1e-10).margin(1e-300));
        }
    }
}

TEST_CASE("pareto nbd: CDNOW's sample, exact days / 7") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const summary = cdnow_exact();
    distinct_purchases statistics;
    statistics.add(summary);
    CHECK(statistics.size() == 1016);
    CHECK(statistics.customers() == 2357);
    auto const model = fit_pareto_nbd(summary);
    auto const& d = model.diagnostics();
    CHECK(d.state == identification::identified);
    CHECK(d.log_likelihood == Approx(-9594.976179).margin(1e-5));
    CHECK(d.gradient_norm < 1e-8);
    CHECK(model.values().r == within(.5532770, 2e-4));
    CHECK(model.values().alpha == within(10.5776833, 2e-4));
    CHECK(model.values().s == within(.6062402, 2e-4));
    CHECK(model.values().beta == within(11.6687410, 2e-4));
    double const errors[] = {.047628, .842722, .187281, 6.2111};
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(model.parameters()[i].standard_error == within(errors[i], 1e-3));
    std::cout << "pareto_nbd CDNOW: " << d.evaluations << " evaluations, gradient " << d.gradient_norm << ", condition "
              << d.condition_number << '\n';
}

TEST_CASE("pareto nbd: CDNOW's sample, rounded to two decimals") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    auto const model = fit_pareto_nbd(cdnow_rounded());
    CHECK(model.diagnostics().log_likelihood == Approx(-9594.973930).margin(1e-5));
}

TEST_CASE("pareto nbd: apparel at 104 weeks is identified, at 40 weeks not") {
    SEGMENTA_NEED_TEST_DATA("apparel_trans.csv");
    auto const days = apparel();
    int const first = day_number(2005, 1, 2);
    auto const longer = fit_pareto_nbd(summary_at(days, first + 104 * 7));
    CHECK(longer.diagnostics().state == identification::identified);
    CHECK(longer.diagnostics().log_likelihood == Approx(-5848.09783).margin(1e-4));
    CHECK(longer.values().r == within(1.4489768, 1e-3));
    CHECK(longer.values().alpha == within(48.6360845, 1e-3));
    CHECK(longer.values().s == within(.5612598, 1e-3));
    CHECK(longer.values().beta == within(46.8843633, 1e-3));
    double const errors[] = {.2434282, 7.4891816, .2710479, 35.6114114};
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(longer.parameters()[i].standard_error == within(errors[i], 5e-3));
    auto const shorter = fit_pareto_nbd(summary_at(days, first + 40 * 7));
    CHECK(shorter.diagnostics().state == identification::not_identified);
    CHECK_FALSE(shorter.diagnostics().remark.empty());
    CHECK(std::isnan(shorter.parameters()[2].standard_error));
    std::cout << "apparel 40 weeks: s " << shorter.values().s << " beta " << shorter.values().beta << " condition "
              << shorter.diagnostics().condition_number << " evaluations " << shorter.diagnostics().evaluations << '\n';
}

TEST_CASE("pareto nbd: CDNOW's tracking curve and holdout (BV)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const days = cdnow_sample();
    int const first = day_number(1997, 1, 1);
    int const end = day_number(1997, 9, 30);
    auto const summary = summary_at(days, end);
    auto const model = fit_pareto_nbd(summary);
    double const actual[] = {1359, 1414, 1484, 1517, 1573, 1672};
    double const expected[] = {1308.856, 1385.275, 1459.923, 1532.906, 1604.32, 1674.253};
    double const increments[] = {78.308, 76.419, 74.648, 72.983, 71.414, 69.933};
    std::vector<double> births; // 0 on the first day
    for (double const age : summary.age)
        births.push_back(static_cast<double>(end - first) / 7 - age);
    auto const cumulative = [&](int week) {
        double const until = week;
        return model.tracking_curve(births, {&until, 1})[0];
    };
    for (int i = 0; i < 6; ++i) {
        int const week = 20 + i;
        double seen = 0;
        for (auto const& [id, bought] : days)
            for (auto const& [day, amount] : bought)
                seen += day != bought.begin()->first && day < first + 7 * week ? 1 : 0;
        CAPTURE(week);
        CHECK(seen == actual[i]);
        CHECK(cumulative(week) == Approx(expected[i]).margin(.5));
        CHECK(cumulative(week) - cumulative(week - 1) == Approx(increments[i]).margin(.01));
    }
    double const holdout[] = {.237, .697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359};
    double const predicted[] = {.138, .600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403};
    double count[8] = {}, seen[8] = {}, sum[8] = {};
    for (std::size_t i = 0; i < summary.size(); ++i) {
        auto const k = static_cast<std::size_t>(std::min(summary.repeats[i], 7.0));
        ++count[k];
        sum[k] += model.conditional_expected_transactions(customer(summary.repeats[i], summary.last[i], summary.age[i]),
                                                          horizon(39));
        for (auto const& [day, amount] : days.at(summary.ids[i]))
            seen[k] += day > end ? 1 : 0;
    }
    for (std::size_t k = 0; k < 8; ++k) {
        CHECK(seen[k] / count[k] == Approx(holdout[k]).margin(5.1e-4));
        CHECK(sum[k] / count[k] == Approx(predicted[k]).margin(5e-3));
    }
}

TEST_CASE("pareto nbd: the next purchase, by simulation and by the probabilities of counts") {
    // A new customer's silence is a count of none.
    auto const fresh = customer(0, 0, 0);
    for (double const t : {1.0, 10.0, 80.0})
        CHECK(published.probability_of_purchase(fresh, horizon(t)) ==
              within(1 - published.probability_of(repeat_count(0), horizon(t)), 1e-10));
    std::uint64_t const seed = 5;
    CAPTURE(seed);
    random_generator random(seed);
    auto const& p = published.values();
    auto const c = customer(4, 30, 39);
    int const rounds = 40000;
    int bought = 0;
    for (int i = 0; i < rounds; ++i) { // given alive, rates are gamma distributed anew
        double const rate = random_gamma(random, p.r + 4, 1 / (p.alpha + 39));
        double const leaves = random_exponential(random, random_gamma(random, p.s, 1 / (p.beta + 39)));
        double const buys = random_exponential(random, rate);
        bought += buys < leaves && buys <= 8 ? 1 : 0;
    }
    double const share = static_cast<double>(bought) / rounds;
    CHECK(published.probability_of_purchase(c, horizon(8)) / published.probability_alive(c) ==
          Approx(share).margin(4 * std::sqrt(share * (1 - share) / rounds)));
    double const median = published.time_to_next(c);
    CHECK(published.probability_of_purchase(c, horizon(median)) == within(published.probability_alive(c) / 2, 1e-10));
    CHECK(published.time_to_next(c, .25) < median);
    CHECK(published.time_to_next(c, 0) == 0);
    CHECK(std::isinf(published.time_to_next(c, .9999999))); // may leave before
    CHECK(std::isnan(published.time_to_next(c, 1)));
    CHECK(std::isnan(published.time_to_next(customer(4, 40, 39))));
    auto const end = civil_date::of(1997, 9, 30);
    CHECK(published.next_purchase_day(end, c) == end + static_cast<std::int32_t>(std::ceil(7 * median)));
    CHECK_FALSE(published.next_purchase_day(end, c, .9999999));
}

TEST_CASE("pareto nbd: a whole summary scores as its customers do, on any number of threads") {
    purchase_summary s;
    for (int i = 0; i < 20000; ++i) {
        s.repeats.push_back(i % 7);
        s.last.push_back(i % 7 == 0 ? 0 : 1 + i % 23);
        s.age.push_back(25 + i % 14);
    }
    std::vector<double> one(s.size()), two(s.size());
    published.probability_alive(s, one);
    published.probability_alive(s, two, 2);
    CHECK(one == two);
    CHECK(one[13] == published.probability_alive(customer(s.repeats[13], s.last[13], s.age[13])));
    published.conditional_expected_transactions(s, horizon(52), one, 2);
    auto const c = customer(s.repeats[19999], s.last[19999], s.age[19999]);
    CHECK(one[19999] == published.conditional_expected_transactions(c, horizon(52)));
    CHECK_THROWS_AS(published.probability_alive(s, std::span(one).first(3)), issue_error);
    s.unit = model_time_unit::day;
    CHECK_THROWS_AS(published.probability_alive(s, one), issue_error);
}

// expected_cdnow.json: pareto_nbd_mle_sample_weeks (all keys), pareto_nbd_at_fixed_parameters (all but "published")
TEST_CASE("pareto nbd: expected_cdnow.json") {
    SEGMENTA_NEED_TEST_DATA("expected_cdnow.json");
    auto const document = expected_document("expected_cdnow.json");
    auto const& best = document.at("pareto_nbd_mle_sample_weeks");
    auto const summary = cdnow_exact();
    auto const fitted = fit_pareto_nbd(summary);
    CHECK(fitted.diagnostics().log_likelihood == Approx(number_at(best, "log_likelihood")).margin(1e-6));
    for (auto const& p : fitted.parameters())
        CHECK(p.value == within(number_at(best, p.name), 1e-5));

    auto const& fixed = document.at("pareto_nbd_at_fixed_parameters");
    auto const& given = fixed.at("parameters");
    pareto_nbd const model(
        {number_at(given, "r"), number_at(given, "alpha"), number_at(given, "s"), number_at(given, "beta")});
    double log_likelihood = 0;
    double alive = 0;
    double expected = 0;
    for (std::size_t i = 0; i < summary.size(); ++i) {
        auto const c = customer(summary.repeats[i], summary.last[i], summary.age[i]);
        log_likelihood += model.log_likelihood(c);
        alive += model.probability_alive(c);
        expected += model.conditional_expected_transactions(c, horizon(39));
    }
    CHECK(log_likelihood == within(number_at(fixed, "log_likelihood"), 1e-9));
    CHECK(alive == within(number_at(fixed, "sum_p_alive"), 1e-9));
    CHECK(expected == within(number_at(fixed, "sum_expected_next_39_weeks"), 1e-9));
    for (auto const& [week, value] : fixed.at("expected_transactions_new_customer").as_object())
        CHECK(model.expected_transactions(horizon(std::stod(std::string(week)))) == within(value.as_double(), 1e-9));
    auto const c = customer(26, 216.0 / 7, 31);
    auto const& one = fixed.at("customer_1516");
    CHECK(model.probability_alive(c) == within(number_at(one, "p_alive"), 1e-9));
    CHECK(model.conditional_expected_transactions(c, horizon(52)) ==
          within(number_at(one, "expected_next_52_weeks"), 1e-9));
}

// log_likelihood made a list of one count, and the first integral of a process its rules in vectors: without memory
// both ended the process, since they are noexcept.
TEST_CASE("pareto nbd: what must not throw asks for no memory") {
    repeat_purchases const c{repeat_count(2), age_at_last_purchase(30.43), customer_age(38.86)};
    auto const rate = discount_rate::per_year(.15);
    auto const before = test::allocations();
    double sum = published.log_likelihood(c) + published.probability_alive(c) + published.time_to_next(c);
    sum += published.probability_of(repeat_count(3), horizon(10)) + published.probability_of_purchase(c, horizon(4));
    sum += published.conditional_expected_transactions(c, horizon(39)) +
           published.discounted_expected_residual_transactions(c, rate);
    auto const after = test::allocations();
    CHECK(std::isfinite(sum));
    CHECK(after == before);
}
