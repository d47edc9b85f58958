// SPDX-License-Identifier: Apache-2.0
// Fits of Pareto/NBD: threads, parts, documents and input that cannot be fitted. Its values are in pareto_nbd.test.cpp.
#include <segmenta/model/pareto_nbd.hpp>

#include "model/cdnow.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

pareto_nbd const published({.r = .5534, .alpha = 10.5802, .s = .6061, .beta = 11.6562});

std::string code_of(purchase_summary const& summary, pareto_nbd_options const& options = {}) {
    try {
        (void)fit_pareto_nbd(summary, options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("pareto nbd: the fit does not depend on threads, the order or the parts of the data") {
    random_generator random(7);
    purchase_summary summary;
    for (int i = 0; i < 30000; ++i) {
        double const rate = random_gamma(random, .55, 1 / 10.6);
        double const leaves = random_exponential(random, random_gamma(random, .6, 1 / 11.7));
        double const age = random_uniform(random, 25, 39);
        double const until = std::min(age, leaves);
        double t = 0;
        double x = 0;
        double last = 0;
        while ((t += random_exponential(random, rate)) < until) {
            ++x;
            last = t;
        }
        summary.repeats.push_back(x);
        summary.last.push_back(last);
        summary.age.push_back(age);
    }
    auto const one = fit_pareto_nbd(summary, {.threads = 1});
    auto const two = fit_pareto_nbd(summary, {.threads = 2});
    auto const many = fit_pareto_nbd(summary, {.threads = 5});
    CHECK(one.to_json() == two.to_json());
    CHECK(one.to_json() == many.to_json());
    CHECK(one.diagnostics().state == identification::identified);
    CHECK(one.values().r == within(.55, .1)); // drawn from the model itself
    CHECK(one.values().alpha == within(10.6, .1));
    // halves, the second one first and backwards
    purchase_summary halves[2];
    for (std::size_t i = summary.size(); i-- > 0;) {
        auto& half = halves[i % 2];
        half.repeats.push_back(summary.repeats[i]);
        half.last.push_back(summary.last[i]);
        half.age.push_back(summary.age[i]);
    }
    distinct_purchases all;
    distinct_purchases other;
    all.add(halves[1]);
    other.add(halves[0]);
    all.merge(other);
    CHECK(fit_pareto_nbd(all).to_json() == one.to_json());
    // the best that plain instructions find is the same to ten digits
    auto const plain = fit_pareto_nbd(summary, {.level = cpu_level::sse2});
    CHECK(plain.diagnostics().log_likelihood == within(one.diagnostics().log_likelihood, 1e-12));
    CHECK(plain.values().beta == within(one.values().beta, 1e-6));
    // another start ends there too
    auto const elsewhere = fit_pareto_nbd(summary, {.start = pareto_nbd_parameters{3, 3, 3, 3}});
    CHECK(elsewhere.diagnostics().log_likelihood == within(one.diagnostics().log_likelihood, 1e-10));
}

TEST_CASE("pareto nbd: a document reads back to the last bit, a damaged one is refused") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const model = fit_pareto_nbd(cdnow_exact());
    auto const text = model.to_json();
    auto const back = pareto_nbd::from_json(text);
    CHECK(back.values() == model.values());
    CHECK(back.to_json() == text);
    CHECK(back.time_unit() == model_time_unit::week);
    auto const c = customer(3, 20, 39);
    CHECK(back.probability_alive(c) == model.probability_alive(c));
    auto const given = pareto_nbd({.r = 1, .alpha = 2, .s = 3, .beta = 4}, model_time_unit::day);
    CHECK(pareto_nbd::from_json(given.to_json()).to_json() == given.to_json());
    CHECK(std::isnan(pareto_nbd::from_json(given.to_json()).parameters()[0].standard_error));
    for (std::size_t i = 0; i < text.size() - 1; i += 7) {
        auto damaged = text;
        damaged[i] = damaged[i] == '1' ? '2' : '1';
        CHECK_THROWS_AS(pareto_nbd::from_json(damaged), issue_error);
        CHECK_THROWS_AS(pareto_nbd::from_json(text.substr(0, i)), issue_error);
    }
}

TEST_CASE("pareto nbd: recency above the age is refused with both meanings of recency") {
    purchase_summary s;
    s.repeats = {1, 2};
    s.last = {5, 50};
    s.age = {39, 39};
    try {
        (void)fit_pareto_nbd(s);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "clv.last_after_end");
        CHECK(e.issues()[0].remedy.find("lifetimes calls") != std::string::npos);
        CHECK(e.issues()[0].remedy.find("recency of RFM") != std::string::npos);
    }
}

TEST_CASE("pareto nbd: other bad input has its code") {
    auto const one = [](double x, double last, double age) {
        purchase_summary s;
        s.repeats = {x};
        s.last = {last};
        s.age = {age};
        return s;
    };
    CHECK(code_of(one(0, 5, 39)) == "clv.last_without_repeat");
    CHECK(code_of(one(1, std::nan(""), 39)) == "clv.not_finite");
    CHECK(code_of({}) == "clv.empty");
    CHECK(code_of(one(0, 0, 39)) == "clv.too_few");
    auto weightless = one(1, 5, 39);
    weightless.weight = {0};
    CHECK(code_of(weightless) == "clv.empty");
    CHECK(code_of(one(1, 5, 39), {.start = pareto_nbd_parameters{1, 1, -1, 1}}) == "clv.bad_parameter");
    CHECK_THROWS_AS(pareto_nbd({.r = 0, .alpha = 1, .s = 1, .beta = 1}), issue_error);
    distinct_purchases weeks;
    auto days = one(1, 5, 39);
    days.unit = model_time_unit::day;
    CHECK_THROWS_AS(weeks.add(days), issue_error);
    CHECK(weeks.size() == 0);
}

TEST_CASE("pareto nbd: one customer, or all alike, determine nothing and the fit says so") {
    purchase_summary s;
    s.repeats = {3};
    s.last = {20};
    s.age = {39};
    CHECK(fit_pareto_nbd(s).diagnostics().state != identification::identified);
    s.weight = {500};
    auto const alike = fit_pareto_nbd(s);
    CHECK(alike.diagnostics().state == identification::not_identified);
    CHECK(std::isnan(alike.parameters()[0].standard_error));
}

TEST_CASE("pareto nbd: GGompertz/NBD's likelihood on CDNOW is no better (CT)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    // CLVTools' GGompertz/NBD ends at -9594.9762 with b near 0, where it is the Pareto/NBD model: parameters are not
    // identified there, so this is all that its published number says.
    CHECK(fit_pareto_nbd(cdnow_exact()).diagnostics().log_likelihood == Approx(-9594.9762).margin(1e-3));
}
