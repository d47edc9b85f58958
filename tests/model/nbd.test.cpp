// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/nbd.hpp>

#include <segmenta/model/bg_nbd.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::test;

namespace {

Catch::Approx near(double value, double relative) { return Catch::Approx(value).epsilon(relative); }

} // namespace

TEST_CASE("nbd: the fit of CDNOW (statistics.md 2.2)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const s = cdnow_calibration();
    auto const m = fit_nbd(s);
    CHECK(m.diagnostics().state == identification::identified);
    CHECK(m.diagnostics().log_likelihood == Catch::Approx(-9763.657615).margin(1e-5));
    CHECK(m.diagnostics().gradient_norm < 1e-9);
    CHECK(m.values().r == near(.3847661, 1e-6));
    CHECK(m.values().alpha == near(12.0720232, 1e-6));
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        sum += m.log_likelihood(customer(s, i));
    CHECK(sum == near(m.diagnostics().log_likelihood, 1e-12));
    // Standard errors from second differences of that sum.
    double const h = 1e-4;
    auto const likelihood = [&](double log_r, double log_alpha) {
        nbd const at({std::exp(log_r), std::exp(log_alpha)}, s.unit);
        double total = 0;
        for (std::size_t i = 0; i < s.size(); ++i)
            total += at.log_likelihood(customer(s, i));
        return total;
    };
    double const x = std::log(m.values().r);
    double const y = std::log(m.values().alpha);
    double const middle = likelihood(x, y);
    double const xx = (likelihood(x + h, y) - 2 * middle + likelihood(x - h, y)) / (h * h);
    double const yy = (likelihood(x, y + h) - 2 * middle + likelihood(x, y - h)) / (h * h);
    double const xy = (likelihood(x + h, y + h) - likelihood(x + h, y - h) - likelihood(x - h, y + h) +
                       likelihood(x - h, y - h)) / (4 * h * h);
    double const determinant = xx * yy - xy * xy;
    CHECK(m.parameters()[0].standard_error == near(m.values().r * std::sqrt(-yy / determinant), 1e-4));
    CHECK(m.parameters()[1].standard_error == near(m.values().alpha * std::sqrt(-xx / determinant), 1e-4));
    nbd_options two;
    two.threads = 2;
    CHECK(fit_nbd(s, two).to_json() == m.to_json());
}

TEST_CASE("nbd: it is BG/NBD for customers who never leave") {
    nbd const m({.4, 12}, model_time_unit::week);
    bg_nbd const bg({.4, 12, 1e-9, 1}, model_time_unit::week);
    auto const c = customer(3, 20, 30);
    CHECK(m.probability_alive(c) == 1);
    CHECK(bg.conditional_expected_transactions(c, horizon(39)) ==
          near(m.conditional_expected_transactions(c, horizon(39)), 1e-7));
    CHECK(bg.expected_transactions(horizon(52)) == near(m.expected_transactions(horizon(52)), 1e-7));
    CHECK(bg.probability_of(repeat_count(4), horizon(52)) == near(m.probability_of(repeat_count(4), horizon(52)), 1e-7));
    CHECK(bg.time_to_next(c, 0.3) == near(m.time_to_next(c, 0.3), 1e-12));
    CHECK(bg.log_likelihood(c) == near(m.log_likelihood(c), 1e-7));
    double sum = 0;
    for (double n = 0; n < 300; ++n)
        sum += m.probability_of(repeat_count(n), horizon(39));
    CHECK(sum == near(1, 1e-12));
    CHECK(std::isnan(m.probability_alive(customer(3, 31, 30))));
    CHECK(std::isnan(m.conditional_expected_transactions(c, horizon(-1))));
    CHECK(m.tracking_curve(std::vector<double>{0, 5}, std::vector<double>{4, 8})[1] == near(.4 / 12 * 11, 1e-14));
}

TEST_CASE("nbd: not identified without differences, bad input by name, JSON") {
    purchase_summary s;
    s.repeats.assign(200, 3);
    s.last.assign(200, 20);
    s.age.assign(200, 40);
    CHECK(fit_nbd(s).diagnostics().state == identification::not_identified);
    CHECK_THROWS_AS(fit_nbd(purchase_summary()), issue_error);
    CHECK_THROWS_AS(fit_nbd(purchase_statistics()), issue_error);
    s.last[7] = 41;
    CHECK_THROWS_AS(fit_nbd(s), issue_error);
    CHECK_THROWS_AS(nbd({0, 1}, model_time_unit::day), issue_error);
    nbd const m({.4, 12}, model_time_unit::day);
    auto const back = nbd::from_json(m.to_json());
    CHECK(back.to_json() == m.to_json());
    CHECK(back.values().alpha == 12);
    CHECK_THROWS_AS(bg_nbd::from_json(m.to_json()), issue_error);
    std::vector<double> out(200);
    CHECK_THROWS_AS(m.conditional_expected_transactions(s, horizon(1), out), issue_error); // weeks
    s.unit = model_time_unit::day;
    m.conditional_expected_transactions(s, horizon(10), out);
    CHECK(out[0] == near(3.4 / 52 * 10, 1e-14));
    CHECK(std::isnan(out[7]));
}
