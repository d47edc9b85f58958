// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/bg_bb.hpp>

#include "model/cdnow.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <iostream>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

/// 11,104 donors of 1995 over six years (design/statistics.md 2.9).
purchase_summary donations() {
    purchase_summary out;
    out.unit = model_time_unit::year;
    for (auto const& row : csv_rows("lifetimes_donations.csv")) {
        out.repeats.push_back(std::stod(row[0]));
        out.last.push_back(std::stod(row[1]));
        out.age.push_back(std::stod(row[2]));
        out.weight.push_back(std::stod(row[3]));
    }
    return out;
}

double log_beta(double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); }

/// The likelihood as the paper writes it (equation 5).
double naive_likelihood(bg_bb_parameters const& p, double x, double last, double n) {
    auto const& [a, b, g, d] = p;
    double sum = std::exp(log_beta(a + x, b + n - x) - log_beta(a, b) + log_beta(g, d + n) - log_beta(g, d));
    for (double i = 0; i < n - last; ++i)
        sum += std::exp(log_beta(a + x, b + last - x + i) - log_beta(a, b) + log_beta(g + 1, d + last + i) -
                        log_beta(g, d));
    return sum;
}

std::string code_of(purchase_summary const& summary, bg_bb_options const& options = {}) {
    try {
        (void)fit_bg_bb(summary, options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

purchase_summary one(double x, double last, double age) {
    purchase_summary s;
    s.repeats = {x};
    s.last = {last};
    s.age = {age};
    return s;
}

} // namespace

TEST_CASE("bg bb: donations") {
    SEGMENTA_NEED_TEST_DATA("lifetimes_donations.csv");
    auto const summary = donations();
    auto const model = fit_bg_bb(summary);
    auto const& d = model.diagnostics();
    CHECK(d.state == identification::identified);
    CHECK(d.gradient_norm < 1e-8);
    CHECK(d.log_likelihood == Approx(-33225.581274).margin(1e-5)); // BTYD -33225.58
    CHECK(model.values().alpha == within(1.20352222, 1e-4));
    CHECK(model.values().beta == within(.74971629, 1e-4));
    CHECK(model.values().gamma == within(.65671838, 1e-4));
    CHECK(model.values().delta == within(2.78344324, 1e-4));
    CHECK(model.values().alpha == Approx(1.204).margin(5e-3)); // lifetimes
    CHECK(model.values().delta == Approx(2.783).margin(5e-3));
    for (auto const& p : model.parameters())
        CHECK(p.standard_error > 0);
    // lifetimes: alive in the next period
    CHECK(model.probability_alive(customer(0, 0, 6), horizon(1)) == Approx(.11).margin(5e-3));
    CHECK(model.probability_alive(customer(2, 4, 6), horizon(1)) == Approx(.59).margin(5e-3));
    CHECK(model.probability_alive(customer(6, 6, 6), horizon(1)) == Approx(.93).margin(5e-3));
    double expected = 0;
    double customers = 0;
    for (std::size_t i = 0; i < summary.size(); ++i) {
        auto const c = customer(summary.repeats[i], summary.last[i], summary.age[i]);
        expected += summary.weight[i] * model.conditional_expected_transactions(c, horizon(5));
        customers += summary.weight[i];
    }
    CHECK(customers == 11104);
    CHECK(expected == Approx(12884.2).margin(.5));
    CHECK(customers * model.probability_of(repeat_count(0), horizon(6)) == Approx(3454.9).margin(.5));
    CHECK(customers * model.probability_of(repeat_count(6), horizon(6)) == Approx(1253.1).margin(.5));
    std::cout << "bg_bb donations: " << d.evaluations << " evaluations, condition " << d.condition_number << '\n';
}

TEST_CASE("bg bb: the product of chances is the paper's likelihood") {
    for (auto const& p : {bg_bb_parameters{1.2, .75, .66, 2.78}, {.3, 4, 1, 9}, {20, 30, 2, .5}}) {
        bg_bb const model(p);
        for (double n : {1.0, 6.0, 40.0})
            for (double last = 0; last <= n; last += n > 10 ? 7 : 1)
                for (double x = last > 0 ? 1 : 0; x <= last; x += n > 10 ? 5 : 1) {
                    auto const c = customer(x, last, n);
                    double const expected = naive_likelihood(p, x, last, n);
                    CAPTURE(p.alpha, x, last, n);
                    CHECK(model.log_likelihood(c) == Approx(std::log(expected)).margin(1e-11).epsilon(0));
                    double const alive = std::exp(log_beta(p.alpha + x, p.beta + n - x) - log_beta(p.alpha, p.beta) +
                                                  log_beta(p.gamma, p.delta + n) - log_beta(p.gamma, p.delta));
                    CHECK(model.probability_alive(c) == within(alive / expected, 1e-10));
                }
    }
}

TEST_CASE("bg bb: expectations agree with the closed forms, and with gamma of one where those divide by zero") {
    auto const c = customer(2, 4, 6);
    for (double const g : {.65, 1.7, 3.0}) {
        bg_bb_parameters const p{1.2, .75, g, 2.78};
        bg_bb const model(p);
        // equation 13 of the paper
        double const d = p.delta;
        auto const ratio = [&](double n) { return std::exp(std::lgamma(1 + d + n) - std::lgamma(g + d + n)); };
        double const start = std::exp(std::lgamma(g + d) - std::lgamma(1 + d));
        double const closed = std::exp(log_beta(p.alpha + 3, p.beta + 4) - log_beta(p.alpha, p.beta)) * d / (g - 1) *
                              start * (ratio(6) - ratio(11)) / naive_likelihood(p, 2, 4, 6);
        CHECK(model.conditional_expected_transactions(c, horizon(5)) == within(closed, 1e-11));
        double sum = 0;
        double mean = 0;
        for (int x = 0; x <= 12; ++x) {
            sum += model.probability_of(repeat_count(x), horizon(12));
            mean += x * model.probability_of(repeat_count(x), horizon(12));
        }
        CHECK(sum == within(1, 1e-13));
        CHECK(mean == within(model.expected_transactions(horizon(12)), 1e-12));
    }
    auto const near = [&](double g) {
        return bg_bb({1.2, .75, g, 2.78}).conditional_expected_transactions(c, horizon(5));
    };
    CHECK(near(1) == within((near(1 - 1e-6) + near(1 + 1e-6)) / 2, 1e-10));
}

TEST_CASE("bg bb: residual purchases are the discounted sum") {
    bg_bb const model({1.2, .75, .66, 2.78}, model_time_unit::year);
    auto const c = customer(2, 4, 6);
    for (double const rate : {.1, .01, 3.0}) {
        double sum = 0;
        double before = 0;
        double still = model.conditional_expected_transactions(c, horizon(1));
        double z = 1;
        for (double k = 1; z > 1e-16; ++k) {
            z /= 1 + rate;
            sum += still * z;
            still *= (2.78 + 6 + k) / (.66 + 2.78 + 6 + k);
            before = k;
        }
        CAPTURE(rate, before);
        CHECK(model.discounted_expected_residual_transactions(c, discount_rate::per_year(rate)) == within(sum, 1e-11));
    }
    CHECK(std::isinf(model.discounted_expected_residual_transactions(c, {})));
    bg_bb const leaving({1.2, .75, 2.5, 2.78}, model_time_unit::year);
    CHECK(leaving.discounted_expected_residual_transactions(c, {}) ==
          within(leaving.conditional_expected_transactions(c, horizon(1e6)), 1e-6));
    CHECK(std::isnan(leaving.discounted_expected_residual_transactions(c, discount_rate::per_year(-.5))));
}

TEST_CASE("bg bb: batch scores are those of single customers, by any number of threads") {
    auto const rate = discount_rate::per_year(.1);
    purchase_summary s;
    s.unit = model_time_unit::year;
    auto const add = [&](double x, double last, double age) {
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
    };
    for (double const age : {0.0, 1.0, 6.0, 40.0, 255.0, 256.0, 3000.0})
        for (double x = 0; x <= std::min(age, 9.0); ++x)
            for (double const last : {x, std::floor((x + age) / 2), age})
                if (x > 0 || last == 0) add(x, last, age);
    add(3, 2, 6); // more purchases than occasions
    add(1, 2.5, 6);
    add(1, 7, 6);
    for (bg_bb_parameters const& p : {bg_bb_parameters{1.2, .75, .66, 2.8}, {.1, 40, 3, .2}, {2, 3, 1e-3, 50}}) {
        bg_bb const model(p);
        std::vector<double> alive(s.size()), ahead(s.size()), dert(s.size()), other(s.size());
        model.probability_alive(s, alive);
        model.conditional_expected_transactions(s, horizon(5), ahead);
        model.discounted_expected_residual_transactions(s, rate, dert);
        auto const same = [](double a, double b) { return (std::isnan(a) && std::isnan(b)) || a == within(b, 1e-12); };
        for (std::size_t i = 0; i < s.size(); ++i) {
            auto const c = customer(s.repeats[i], s.last[i], s.age[i]);
            CAPTURE(p.alpha, s.repeats[i], s.last[i], s.age[i]);
            CHECK(same(alive[i], model.probability_alive(c)));
            CHECK(same(ahead[i], model.conditional_expected_transactions(c, horizon(5))));
            CHECK(same(dert[i], model.discounted_expected_residual_transactions(c, rate)));
        }
        CHECK(std::isnan(alive.back()));
        alive.resize(s.size() - 3); // NaN equals nothing
        model.probability_alive(s, other, 3);
        CHECK(std::equal(alive.begin(), alive.end(), other.begin()));
        model.conditional_expected_transactions(s, horizon(-1), other);
        CHECK(std::isnan(other.front()));
        model.discounted_expected_residual_transactions(s, discount_rate::per_year(-1), other);
        CHECK(std::isnan(other.front()));
        other.pop_back();
        CHECK_THROWS_AS(model.probability_alive(s, other), issue_error);
    }
}

TEST_CASE("bg bb: who cannot be has no answer") {
    bg_bb const model({1.2, .75, .66, 2.78});
    CHECK(std::isnan(model.probability_alive(customer(1, 0, 6))));
    CHECK(std::isnan(model.probability_alive(customer(0, 2, 6))));
    CHECK(std::isnan(model.probability_alive(customer(2, 1, 6))));
    CHECK(std::isnan(model.probability_alive(customer(1, 7, 6))));
    CHECK(std::isnan(model.probability_alive(customer(1, 1.5, 6))));
    CHECK(std::isnan(model.log_likelihood(customer(1, std::nan(""), 6))));
    CHECK(std::isnan(model.conditional_expected_transactions(customer(1, 2, 6), horizon(-1))));
    CHECK(model.conditional_expected_transactions(customer(1, 2, 6), horizon(2.5)) ==
          model.conditional_expected_transactions(customer(1, 2, 6), horizon(2)));
    CHECK(model.probability_of(repeat_count(7), horizon(6)) == 0);
    CHECK(model.probability_alive(customer(0, 0, 0)) == 1);
}

TEST_CASE("bg bb: bad input has its code") {
    CHECK(code_of(one(1, 1.5, 6)) == "clv.not_periods");
    CHECK(code_of(one(3, 2, 6)) == "clv.more_than_periods");
    CHECK(code_of(one(1, 7, 6)) == "clv.last_after_end");
    CHECK(code_of(one(0, 0, 6)) == "clv.too_few");
    CHECK(code_of({}) == "clv.empty");
    CHECK(code_of(one(1, 2, 6), {.start = bg_bb_parameters{1, 1, 1, 0}}) == "clv.bad_parameter");
    CHECK_THROWS_AS(bg_bb({.alpha = -1, .beta = 1, .gamma = 1, .delta = 1}), issue_error);
    auto alike = one(3, 5, 6);
    alike.weight = {100};
    CHECK(fit_bg_bb(alike).diagnostics().state != identification::identified);
}

TEST_CASE("bg bb: a document reads back to the last bit, a damaged one is refused") {
    SEGMENTA_NEED_TEST_DATA("lifetimes_donations.csv");
    auto const model = fit_bg_bb(donations());
    auto const text = model.to_json();
    auto const back = bg_bb::from_json(text);
    CHECK(back.values() == model.values());
    CHECK(back.to_json() == text);
    CHECK(back.time_unit() == model_time_unit::year);
    auto damaged = text;
    damaged.replace(damaged.find("year"), 4, "week");
    CHECK_THROWS_AS(bg_bb::from_json(damaged), issue_error);
}
