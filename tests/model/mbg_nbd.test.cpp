// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/mbg_nbd.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <cmath>

// References: statistics.md section 2.4 and the MBG/NBD rows of 2.2 and 2.10.

using namespace segmenta;
using namespace segmenta::test;

namespace {

mbg_nbd paper() { return {{.525, 6.183, .891, 1.614}, model_time_unit::week}; }

Catch::Approx near(double value, double relative) { return Catch::Approx(value).epsilon(relative); }

} // namespace

TEST_CASE("mbg_nbd: function values (statistics.md 2.4)") {
    auto const m = paper();
    std::vector<std::pair<double, double>> const wanted{
        {.1429, .007783123716}, {1, .05308479526},  {3, .1508632886}, {31.8571, 1.0340421},
        {32, 1.037182832},      {52, 1.419723758},  {78, 1.804757578}};
    for (auto const& [t, value] : wanted)
        CHECK(m.expected_transactions(horizon(t)) == near(value, 5e-10)); // printed with 10 digits
    CHECK(m.conditional_expected_transactions(customer(2, 30.43, 38.86), horizon(39)) == near(1.26296062327, 5e-12));
    CHECK(m.probability_alive(customer(0, 0, 38.86)) == near(.389735080919, 5e-12));
    CHECK(m.probability_alive(customer(2, 30.43, 38.86)) == near(.706202265118, 5e-12));
    mbg_nbd const pm({.25, 4, .8, 2.5}, model_time_unit::week);
    CHECK(pm.log_likelihood(customer(0, 0, 40)) == near(-.4179282620449803, 1e-10));
    CHECK(pm.log_likelihood(customer(200, 38, 40)) == near(100.786909760991, 1e-12));
}

TEST_CASE("mbg_nbd: probabilities of counts add up and have the right mean") {
    auto const m = paper();
    double sum = 0;
    double mean = 0;
    for (double n = 0; n < 500; ++n) {
        double const p = m.probability_of(repeat_count(n), horizon(39));
        sum += p;
        mean += n * p;
    }
    CHECK(sum == near(1, 1e-12));
    CHECK(mean == near(m.expected_transactions(horizon(39)), 1e-10));
    // Who leaves at once never comes back; who stays may be slow.
    double const leaves = .891 / (.891 + 1.614);
    CHECK(m.probability_of(repeat_count(0), horizon(0)) == near(1, 1e-15));
    CHECK(m.probability_of(repeat_count(0), horizon(1e30)) == near(leaves, 1e-6));
}

TEST_CASE("mbg_nbd: the fits of CDNOW and apparel (statistics.md 2.2 and 2.10)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const s = cdnow_calibration();
    auto const m = fit_mbg_nbd(s);
    CHECK(m.diagnostics().state == identification::identified);
    CHECK(m.diagnostics().log_likelihood == Catch::Approx(-9582.135716).margin(1e-5));
    CHECK(m.diagnostics().gradient_norm < 1e-9);
    std::vector<double> const wanted{.5248432, 6.1830855, .8913593, 1.6140021};
    std::vector<double> const published{.525, 6.183, .891, 1.614}; // lifetimes, after BTYDplus
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(m.parameters()[i].value == near(wanted[i], 1e-6));
        CHECK(m.parameters()[i].value == Catch::Approx(published[i]).margin(5e-4));
        CHECK(m.parameters()[i].standard_error > 0);
    }
    CHECK(fit_mbg_nbd(cdnow_rounded()).diagnostics().log_likelihood == Catch::Approx(-9582.132685).margin(1e-5));
    double sum = 0;
    std::vector<double> alive(s.size());
    std::vector<double> ahead(s.size());
    m.probability_alive(s, alive);
    m.conditional_expected_transactions(s, horizon(39), ahead);
    for (std::size_t i = 0; i < s.size(); ++i) {
        sum += m.log_likelihood(customer(s, i));
        REQUIRE(alive[i] == near(m.probability_alive(customer(s, i)), 1e-13));
        REQUIRE(ahead[i] == near(m.conditional_expected_transactions(customer(s, i), horizon(39)), 1e-12));
    }
    CHECK(sum == near(m.diagnostics().log_likelihood, 1e-12));

    summarise_purchases_options options;
    options.observation_end = civil_date::of(2005, 1, 2) + 7 * 104;
    auto const clothes = fit_mbg_nbd(summarise_purchases(apparel().rows(), options).summary);
    CHECK(clothes.diagnostics().log_likelihood == Catch::Approx(-5848.04528).margin(1e-5));
    std::vector<double> const fitted{1.891380, 45.827202, .602369, 1.582371};
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(clothes.parameters()[i].value == near(fitted[i], 1e-5));
}

TEST_CASE("mbg_nbd: who nobody sees again is not identified, and JSON keeps the kind") {
    purchase_summary s;
    s.repeats.assign(30, 0);
    s.last.assign(30, 0);
    s.age.assign(30, 40);
    CHECK(fit_mbg_nbd(s).diagnostics().state == identification::not_identified);
    auto const m = paper();
    auto const back = mbg_nbd::from_json(m.to_json());
    CHECK(back.to_json() == m.to_json());
    CHECK(back.first_drops());
    CHECK_THROWS_AS(mbg_nbd::from_json(back.to_json() + "x"), issue_error);
}
