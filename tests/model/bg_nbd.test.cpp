// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/bg_nbd.hpp>

#include <segmenta/base/random.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

// References: statistics.md section 2, values there marked verified; the tolerances are its own.

using namespace segmenta;
using namespace segmenta::test;

namespace {

bg_nbd paper() { return {{0.243, 4.414, 0.793, 2.426}, model_time_unit::week}; }
bg_nbd walkthrough() { return {{0.2425967, 4.413659, 0.7929869, 2.426164}, model_time_unit::week}; }

Catch::Approx near(double value, double relative = 1e-10) { return Catch::Approx(value).epsilon(relative); }

double alive(bg_nbd const& m, double x, double last, double age) { return m.probability_alive(customer(x, last, age)); }
double ahead(bg_nbd const& m, double t, double x, double last, double age) {
    return m.conditional_expected_transactions(customer(x, last, age), horizon(t));
}

void check_parameters(bg_nbd const& m, std::vector<double> const& values, double relative) {
    REQUIRE(m.parameters().size() == values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        CHECK(m.parameters()[i].value == near(values[i], relative));
}

std::string code_of(purchase_summary const& s) {
    try {
        (void)fit_bg_nbd(s);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

purchase_summary summary_of(std::vector<std::array<double, 3>> const& customers) {
    purchase_summary s;
    for (auto const& [x, last, age] : customers) {
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
    }
    return s;
}

} // namespace

TEST_CASE("bg_nbd: probabilities of counts (statistics.md 2.3)") {
    auto const m = paper();
    CHECK(m.probability_of(repeat_count(10), horizon(2)) == near(1.07868964036915e-7));
    CHECK(m.probability_of(repeat_count(0), horizon(39)) == near(0.573786352096009));
    std::vector<double> const wanted{.001999521447,  .00151702363,   .001163315007,  .0009003147896, .0007023637659,
                                     .0005517902426, .0004361912809, .0003467171396, .0002769612648, .000222226048};
    for (std::size_t i = 0; i < wanted.size(); ++i)
        CHECK(m.probability_of(repeat_count(static_cast<double>(11 + i)), horizon(30)) ==
              near(wanted[i], 5e-10)); // printed with 10 digits
    double sum = 0;
    double mean = 0;
    for (double n = 0; n < 400; ++n) {
        double const p = m.probability_of(repeat_count(n), horizon(39));
        sum += p;
        mean += n * p;
    }
    CHECK(sum == near(1, 1e-12));
    CHECK(mean == near(m.expected_transactions(horizon(39)), 1e-10));
    CHECK(m.probability_of(repeat_count(0), horizon(0)) == 1);
    CHECK(m.probability_of(repeat_count(1), horizon(0)) == 0);
    CHECK(std::isnan(m.probability_of(repeat_count(1.5), horizon(1))));
}

TEST_CASE("bg_nbd: expected transactions of new customers (statistics.md 2.3)") {
    auto const m = paper();
    std::vector<std::pair<double, double>> const wanted{
        {.1429, .007828347516}, {1, .05326789117},  {3, .1508652309},  {31.8571, 1.041996061},
        {32, 1.045243328},      {52, 1.446050595},  {78, 1.860519058}};
    for (auto const& [t, value] : wanted)
        CHECK(m.expected_transactions(horizon(t)) == near(value, 5e-10)); // printed with 10 digits
    // Hardie's spreadsheet, absolute 1e-3.
    CHECK(m.expected_transactions(horizon(52)) == Catch::Approx(1.4460).margin(1e-3));
    CHECK(walkthrough().expected_transactions(horizon(52)) == near(1.444004156540161));
    CHECK(m.expected_transactions(horizon(0)) == 0);
    CHECK(std::isnan(m.expected_transactions(horizon(-1))));
    CHECK(std::isnan(m.expected_transactions(horizon(std::numeric_limits<double>::quiet_NaN()))));
    // The singular point of the published formula, a = 1.
    bg_nbd const singular({0.243, 4.414, 1, 2.426}, model_time_unit::week);
    CHECK(singular.expected_transactions(horizon(52)) == near(1.289988252484069));
}

TEST_CASE("bg_nbd: P(alive) and conditional expectations (statistics.md 2.3)") {
    auto const m = paper();
    CHECK(ahead(m, 39, 2, 30.43, 38.86) == near(1.22602817476714));
    CHECK(ahead(m, 2, 10, 35, 39) == near(.391569207091, 5e-12));
    CHECK(alive(m, 2, 30.43, 38.86) == near(.726578570081, 5e-12));
    CHECK(alive(m, 23, 39, 39) == near(.968555454221, 5e-12));
    for (double const age : {0.0, 1.0, 39.0, 1e6})
        CHECK(alive(m, 0, 0, age) == 1.0);
    std::vector<double> const wanted{.70562685, .68709113, .66386618, .63654564, .60561449, .57155173,
                                     .53488475, .49621248, .45620505, .41558453, .37509189, .33544622,
                                     .29730313, .26121904, .22762609, .19682044};
    for (std::size_t i = 0; i < wanted.size(); ++i)
        CHECK(alive(m, static_cast<double>(5 + i), 30, 39) == Catch::Approx(wanted[i]).margin(6e-9)); // 8 digits
    CHECK(alive(m, 1000, 10, 100) == 0.0); // underflows without a NaN
    auto const w = walkthrough();
    CHECK(ahead(w, 52, 26, 216.0 / 7, 31) == near(25.75658589067615));
    CHECK(alive(w, 26, 216.0 / 7, 31) == near(.968852260145, 1e-11));
    // More purchases before a silence make it worse.
    std::vector<double> const paradox{.347460628, .0428339119, .0041589726, .000358368519};
    for (std::size_t i = 0; i < paradox.size(); ++i)
        CHECK(ahead(w, 52, 10 + 5 * static_cast<double>(i), 20, 39) == near(paradox[i], 1e-8));
    bg_nbd const stress({.1, 50.16, .40, .81}, model_time_unit::day);
    CHECK(ahead(stress, 365, 400, 700, 720) == near(4.55831731738168));
}

TEST_CASE("bg_nbd: the log-likelihood of single customers (statistics.md 2.3)") {
    bg_nbd const m({.25, 4, .8, 2.5}, model_time_unit::week);
    CHECK(m.log_likelihood(customer(0, 0, 40)) == near(-.5994738181995928));
    CHECK(m.log_likelihood(customer(200, 38, 40)) == near(100.795693092707, 1e-12));
}

TEST_CASE("bg_nbd: long horizons and far futures stay finite") {
    auto const m = paper();
    double before = 0;
    for (double t = 1; t < 1e12; t *= 4) {
        double const now = m.expected_transactions(horizon(t));
        CHECK(std::isfinite(now));
        CHECK(now > before);
        before = now;
    }
    auto const c = customer(2, 30.43, 38.86);
    CHECK(m.probability_alive(c, horizon(0)) == near(m.probability_alive(c), 1e-12));
    CHECK(m.probability_alive(c, horizon(52)) < m.probability_alive(c));
    CHECK(m.probability_alive(c, horizon(1e9)) < 1e-3);
    // The rate of purchases at a time is the mean rate of who is still alive: differences of the mean agree.
    CHECK(m.probability_alive(customer(0, 0, 0), horizon(0)) == near(1, 1e-12));
    // No purchase, no dropout: 1 - P(N >= 1) of a customer who then leaves with the mean chance, to first order.
    double const small = m.probability_alive(customer(0, 0, 0), horizon(1e-6));
    CHECK(1 - small == near(.243 / 4.414 * 1e-6 * .793 / (.793 + 2.426), 1e-4));
}

TEST_CASE("bg_nbd: time to the next purchase") {
    auto const m = paper();
    auto const c = customer(2, 30.43, 38.86);
    double const shape = .243 + 2;
    double const age = 4.414 + 38.86;
    // Lomax: P(time > t) = (age / (age + t))^shape.
    for (double const q : {0.0, 0.1, 0.5, 0.9})
        CHECK(std::pow(age / (age + m.time_to_next(c, q)), shape) == near(1 - q, 1e-12));
    CHECK(m.mean_time_to_next(c) == near(age / (shape - 1), 1e-12));
    CHECK(std::isinf(m.mean_time_to_next(customer(0, 0, 38.86))));
    CHECK(std::isnan(m.time_to_next(c, 1)));
    CHECK(std::isnan(m.time_to_next(customer(2, 40, 39))));
    auto const end = civil_date::of(1997, 9, 30);
    auto const day = m.next_purchase_day(end, c);
    REQUIRE(day);
    CHECK(*day == end + static_cast<std::int32_t>(std::ceil(7 * m.time_to_next(c))));
    CHECK_FALSE(m.next_purchase_day(end, customer(0, 0, 38), 0.9999999)); // more than 1,000 years
}

TEST_CASE("bg_nbd: what no customer can be scores NaN") {
    auto const m = paper();
    double const nan = std::numeric_limits<double>::quiet_NaN();
    purchase_summary s = summary_of({{2, 40, 39},  // reversed recency
                                     {-1, 0, 39}, {1.5, 3, 39}, {nan, 3, 39}, {1, nan, 39}, {1, 3, nan}, {1, -1, 39},
                                     {2, 30.43, 38.86}});
    std::vector<double> p(s.size());
    std::vector<double> e(s.size());
    m.probability_alive(s, p);
    m.conditional_expected_transactions(s, horizon(10), e);
    for (std::size_t i = 0; i + 1 < s.size(); ++i) {
        CHECK(std::isnan(p[i]));
        CHECK(std::isnan(e[i]));
        CHECK(std::isnan(m.probability_alive(customer(s, i))));
        CHECK(std::isnan(m.conditional_expected_transactions(customer(s, i), horizon(10))));
        CHECK(std::isnan(m.log_likelihood(customer(s, i))));
    }
    CHECK(p.back() == near(.726578570081, 1e-11));
    m.conditional_expected_transactions(s, horizon(-1), e);
    CHECK(std::isnan(e.back()));
    s.unit = model_time_unit::day;
    CHECK_THROWS_AS(m.probability_alive(s, p), issue_error); // the unit trap
    s.unit = model_time_unit::week;
    p.pop_back();
    CHECK_THROWS_AS(m.probability_alive(s, p), issue_error);
}

TEST_CASE("bg_nbd: parameters must be above 0") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    for (double const bad : {0.0, -1.0, nan, std::numeric_limits<double>::infinity()}) {
        CHECK_THROWS_AS(bg_nbd({bad, 4, 1, 2}, model_time_unit::week), issue_error);
        CHECK_THROWS_AS(bg_nbd({1, 4, 1, bad}, model_time_unit::week), issue_error);
    }
    auto const m = paper();
    CHECK(std::isnan(m.parameters()[0].standard_error));
    CHECK(m.diagnostics().remark == "the parameters were given, not fitted");
}

// statistics.md section 2.2: log-likelihood 1e-5, parameters 1e-4 and standard errors 1e-3 relative.
// expected_cdnow.json: /bgnbd_mle_sample_weeks/{r, alpha, a, b, log_likelihood,
// sum_expected_transactions_next_39_weeks, sum_p_alive}.
TEST_CASE("bg_nbd: the fit of CDNOW") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const s = cdnow_calibration();
    auto const m = fit_bg_nbd(s);
    auto const& d = m.diagnostics();
    CHECK(d.state == identification::identified);
    CHECK(d.log_likelihood == Catch::Approx(-9582.429207).margin(1e-5));
    CHECK(d.gradient_norm < 1e-9);
    CHECK(d.condition_number < 1e3);
    check_parameters(m, {.2425945, 4.4136021, .7929221, 2.4259073}, 1e-6);
    std::vector<double> const errors{.012557, .378224, .185733, .705409};
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(m.parameters()[i].standard_error == near(errors[i], 1e-4));
    // Published: H (2 decimals of the parameters at 5e-3), BTYD and CLVTools.
    check_parameters(m, {.2425967, 4.413659, .7929869, 2.426164}, 1e-3);
    check_parameters(m, {.2425945, 4.4136019, .7929199, 2.4258881}, 1e-3);

    auto const wanted = expected("expected_cdnow.json");
    std::string const at = "/bgnbd_mle_sample_weeks/";
    CHECK(d.log_likelihood == Catch::Approx(number(wanted, at + "log_likelihood")).margin(1e-5));
    for (auto const& p : m.parameters())
        CHECK(p.value == near(number(wanted, at + p.name), 1e-5));
    std::vector<double> scores(s.size());
    m.conditional_expected_transactions(s, horizon(39), scores);
    CHECK(std::accumulate(scores.begin(), scores.end(), 0.0) ==
          near(number(wanted, at + "sum_expected_transactions_next_39_weeks"), 1e-6));
    CHECK(std::accumulate(scores.begin(), scores.end(), 0.0) == Catch::Approx(1653.416).margin(0.01)); // section 2.6
    m.probability_alive(s, scores);
    CHECK(std::accumulate(scores.begin(), scores.end(), 0.0) == near(number(wanted, at + "sum_p_alive"), 1e-6));
    // The sum over single customers is the likelihood of the fit.
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        sum += m.log_likelihood(customer(s, i));
    CHECK(sum == near(d.log_likelihood, 1e-12));
}

TEST_CASE("bg_nbd: the fit of the rounded CDNOW summary of lifetimes (statistics.md 2.2)") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary.csv");
    auto const m = fit_bg_nbd(cdnow_rounded());
    CHECK(m.diagnostics().log_likelihood == Catch::Approx(-9582.425561).margin(1e-5));
    check_parameters(m, {.2425929, 4.4135310, .7928863, 2.4257538}, 1e-4);
    std::vector<double> const errors{.012557, .378221, .185719, .705345}; // README of lifetimes
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(m.parameters()[i].standard_error == near(errors[i], 1e-3));
}

// expected_cdnow.json: /bgnbd_at_fixed_parameters/{log_likelihood, expected_transactions_new_customer/*,
// sum_expected_next_39_weeks, sum_p_alive, customers/*, customer_1516_expected_next_52_weeks}.
TEST_CASE("bg_nbd: CDNOW at the parameters of the paper") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const s = cdnow_calibration();
    auto const m = paper();
    auto const wanted = expected("expected_cdnow.json");
    std::string const at = "/bgnbd_at_fixed_parameters/";
    double likelihood = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        likelihood += m.log_likelihood(customer(s, i));
    CHECK(likelihood == near(number(wanted, at + "log_likelihood"), 1e-9));
    for (int const t : {1, 13, 26, 39, 52, 78})
        CHECK(m.expected_transactions(horizon(t)) ==
              near(number(wanted, at + "expected_transactions_new_customer/" + std::to_string(t)), 1e-9));
    std::vector<double> scores(s.size());
    m.conditional_expected_transactions(s, horizon(39), scores);
    CHECK(std::accumulate(scores.begin(), scores.end(), 0.0) ==
          near(number(wanted, at + "sum_expected_next_39_weeks"), 1e-9));
    std::vector<double> p(s.size());
    m.probability_alive(s, p);
    CHECK(std::accumulate(p.begin(), p.end(), 0.0) == near(number(wanted, at + "sum_p_alive"), 1e-9));
    for (std::string const id : {"1", "2", "3", "157", "1516"}) {
        auto const found = std::find(s.ids.begin(), s.ids.end(), id);
        REQUIRE(found != s.ids.end());
        auto const i = static_cast<std::size_t>(found - s.ids.begin());
        std::string const one = at + "customers/" + id + "/";
        CHECK(s.repeats[i] == number(wanted, one + "x"));
        CHECK(s.last[i] == near(number(wanted, one + "tx"), 1e-12));
        CHECK(s.age[i] == near(number(wanted, one + "T"), 1e-12));
        CHECK(p[i] == near(number(wanted, one + "p_alive"), 1e-9));
        CHECK(scores[i] == near(number(wanted, one + "expected_next_39_weeks"), 1e-9));
        if (id == "1516")
            CHECK(m.conditional_expected_transactions(customer(s, i), horizon(52)) ==
                  near(number(wanted, at + "customer_1516_expected_next_52_weeks"), 1e-9));
    }
}

TEST_CASE("bg_nbd: tracking and holdout of CDNOW (statistics.md 2.6)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const split = split_purchases(cdnow_sample().rows(), civil_date::of(1997, 9, 30), {});
    auto const& s = split.calibration;
    auto const m = fit_bg_nbd(s);
    double const oldest = *std::max_element(s.age.begin(), s.age.end());
    std::vector<double> births;
    for (double const age : s.age)
        births.push_back(oldest - age);
    std::vector<double> const weeks{20, 21, 22, 23, 24, 25};
    std::vector<double> const wanted{1312.458, 1387.346, 1460.392, 1531.713, 1601.418, 1669.6};
    auto const curve = m.tracking_curve(births, weeks);
    for (std::size_t i = 0; i < weeks.size(); ++i)
        CHECK(curve[i] == Catch::Approx(wanted[i]).margin(0.01)); // suggested: 0.5
    std::vector<double> const days{11.0 / 7, 12.0 / 7, 13.0 / 7, 14.0 / 7}; // ends of 1997-01-11 to -14
    std::vector<double> const daily{10.67, 12.67, 14.87, 17.24};
    auto const by_day = m.tracking_curve(births, days);
    for (std::size_t i = 0; i < days.size(); ++i)
        CHECK(by_day[i] == Catch::Approx(daily[i]).margin(0.01));
    // Mean holdout purchases by repeat count 0 to 6 and 7 or more.
    std::vector<double> const actual{.237, .697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359};
    std::vector<double> const predicted{.225, .523, 1.044, 1.520, 2.164, 2.654, 3.504, 6.157};
    std::vector<double> scores(s.size());
    m.conditional_expected_transactions(s, split.holdout, scores);
    std::vector<double> customers(8), bought(8), foreseen(8);
    for (std::size_t i = 0; i < s.size(); ++i) {
        auto const k = static_cast<std::size_t>(std::min(7.0, s.repeats[i]));
        ++customers[k];
        bought[k] += split.holdout_purchases[i];
        foreseen[k] += scores[i];
    }
    for (std::size_t k = 0; k < 8; ++k) {
        CHECK(bought[k] / customers[k] == Catch::Approx(actual[k]).margin(5.1e-4));
        CHECK(foreseen[k] / customers[k] == Catch::Approx(predicted[k]).margin(5e-3));
    }
}

TEST_CASE("bg_nbd: the example of lifetimes (statistics.md 2.8)") {
    SEGMENTA_NEED_TEST_DATA("lifetimes_example_transactions.csv");
    summarise_purchases_options options;
    options.unit = model_time_unit::day;
    options.observation_end = civil_date::of(2014, 12, 31);
    auto const s = summarise_purchases(lifetimes_example().rows(), options).summary;
    REQUIRE(s.size() == 5000);
    auto const m = fit_bg_nbd(s);
    check_parameters(m, {.16, 1.86, 1.85, 3.18}, 0.03);
    std::vector<double> const wanted{.016053, .021171, .030461, .031686, .001607};
    for (std::size_t i = 0; i < 5; ++i)
        CHECK(m.conditional_expected_transactions(customer(s, i), horizon(30)) ==
              Catch::Approx(wanted[i]).margin(1e-6));
    // In weeks it is the same model: time only has another name.
    options.unit = model_time_unit::week;
    auto const weekly = summarise_purchases(lifetimes_example().rows(), options).summary;
    auto const w = fit_bg_nbd(weekly);
    CHECK(w.values().alpha * 7 == near(m.values().alpha, 1e-6));
    CHECK(w.conditional_expected_transactions(customer(weekly, 0), horizon(30.0 / 7)) ==
          Catch::Approx(wanted[0]).margin(1e-6));
}

// expected_online_retail.json: /bgnbd_mle_weeks/{r, alpha, log_likelihood}; a and b "may sit on a flat ridge".
TEST_CASE("bg_nbd: the fit of Online Retail") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    std::ifstream file(test_data("expected_online_retail_customers.csv"));
    std::string line;
    std::getline(file, line);
    purchase_summary s;
    while (std::getline(file, line)) {
        auto const parts = split(line, ',');
        s.repeats.push_back(std::stod(parts[14]));
        s.last.push_back(std::stod(parts[15]) / 7);
        s.age.push_back(std::stod(parts[16]) / 7);
    }
    auto const m = fit_bg_nbd(s);
    auto const wanted = expected("expected_online_retail.json");
    CHECK(m.diagnostics().log_likelihood ==
          Catch::Approx(number(wanted, "/bgnbd_mle_weeks/log_likelihood")).margin(1e-3));
    CHECK(m.diagnostics().gradient_norm < 1e-9);
    CHECK(m.values().r == near(number(wanted, "/bgnbd_mle_weeks/r"), 1e-4));
    CHECK(m.values().alpha == near(number(wanted, "/bgnbd_mle_weeks/alpha"), 1e-4));
    // a and b are hardly known, and the errors say so.
    CHECK(m.parameters()[2].standard_error > m.values().a);
    CHECK(m.parameters()[3].standard_error > m.values().b);
}

TEST_CASE("bg_nbd: apparel at 104 weeks is identified, at 40 it is not (statistics.md 2.10)") {
    SEGMENTA_NEED_TEST_DATA("apparel_trans.csv");
    auto const at = [](std::int32_t weeks) {
        summarise_purchases_options options;
        options.observation_end = civil_date::of(2005, 1, 2) + 7 * weeks;
        return fit_bg_nbd(summarise_purchases(apparel().rows(), options).summary);
    };
    auto const known = at(104);
    CHECK(known.diagnostics().state == identification::identified);
    CHECK(known.diagnostics().log_likelihood == Catch::Approx(-5857.01975).margin(1e-5));
    check_parameters(known, {.607311, 20.956754, 1.275561, 8.860948}, 1e-6);
    auto const unknown = at(40);
    CHECK(unknown.diagnostics().state == identification::not_identified);
    CHECK(unknown.diagnostics().remark.find("ridge") != std::string::npos);
    CHECK(unknown.values().a > 1e5); // no cap
    for (auto const& p : unknown.parameters())
        CHECK(std::isnan(p.standard_error));
}

TEST_CASE("bg_nbd: data without a finite maximum are not identified") {
    // All bought again just now, whatever they bought before: nobody ever leaves.
    std::vector<std::array<double, 3>> loyal;
    for (int i = 1; i <= 60; ++i)
        loyal.push_back({1.0 + i % 12, 50, 50});
    CHECK(fit_bg_nbd(summary_of(loyal)).diagnostics().state == identification::not_identified);
    // Nobody ever bought again.
    std::vector<std::array<double, 3>> once(50, {0, 0, 40});
    CHECK(fit_bg_nbd(summary_of(once)).diagnostics().state == identification::not_identified);
    // One customer, and many with the same history.
    CHECK(fit_bg_nbd(summary_of({{3, 20, 40}})).diagnostics().state == identification::not_identified);
    std::vector<std::array<double, 3>> same(500, {3, 20, 40});
    CHECK(fit_bg_nbd(summary_of(same)).diagnostics().state == identification::not_identified);
    // Nobody is observed for any time.
    std::vector<std::array<double, 3>> now(20, {0, 0, 0});
    CHECK(fit_bg_nbd(summary_of(now)).diagnostics().state == identification::not_identified);
}

TEST_CASE("bg_nbd: bad input by name") {
    CHECK(code_of(summary_of({{2, 39, 38}})) == "clv.last_after_end");
    CHECK(code_of(summary_of({{0, 1, 38}})) == "clv.last_without_repeat");
    CHECK(code_of(summary_of({{1, std::numeric_limits<double>::quiet_NaN(), 38}})) == "clv.not_finite");
    CHECK(code_of({}) == "clv.empty");
    CHECK_THROWS_AS(fit_bg_nbd(purchase_statistics()), issue_error);
    beta_geometric_options options;
    options.start = beta_geometric_parameters{1, 1, 0, 1};
    CHECK_THROWS_AS(fit_bg_nbd(summary_of({{3, 20, 40}}), options), issue_error);
    // The message names both meanings of recency.
    try {
        (void)fit_bg_nbd(summary_of({{2, 39, 38}}));
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].remedy.find("lifetimes") != std::string::npos);
        CHECK(e.issues()[0].remedy.find("RFM") != std::string::npos);
    }
}

TEST_CASE("bg_nbd: a fit from merged parts, from weights and from another start is the same fit") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const s = cdnow_calibration();
    auto const whole = fit_bg_nbd(s);
    purchase_statistics all;
    for (std::size_t part = 0; part < 3; ++part) {
        purchase_summary some;
        for (std::size_t i = part; i < s.size(); i += 3) {
            some.repeats.push_back(s.repeats[i]);
            some.last.push_back(s.last[i]);
            some.age.push_back(s.age[i]);
        }
        purchase_statistics statistics;
        statistics.add(some);
        all.merge(statistics);
    }
    auto const merged = fit_bg_nbd(all);
    auto doubled = s;
    doubled.weight.assign(s.size(), 2);
    auto const twice = fit_bg_nbd(doubled);
    beta_geometric_options options;
    options.start = beta_geometric_parameters{3, 50, 5, 0.5};
    auto const elsewhere = fit_bg_nbd(s, options);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(merged.parameters()[i].value == near(whole.parameters()[i].value, 1e-7));
        CHECK(twice.parameters()[i].value == near(whole.parameters()[i].value, 1e-7));
        CHECK(elsewhere.parameters()[i].value == near(whole.parameters()[i].value, 1e-7));
        CHECK(twice.parameters()[i].standard_error ==
              near(whole.parameters()[i].standard_error / std::sqrt(2.0), 1e-6));
    }
    CHECK(twice.diagnostics().log_likelihood == near(2 * whole.diagnostics().log_likelihood, 1e-12));
}

TEST_CASE("bg_nbd: JSON keeps every bit and shows damage") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const m = fit_bg_nbd(cdnow_calibration());
    auto const text = m.to_json();
    auto const back = bg_nbd::from_json(text);
    CHECK(back.to_json() == text);
    for (std::size_t i = 0; i < 4; ++i) {
        CHECK(back.parameters()[i].name == m.parameters()[i].name);
        CHECK(back.parameters()[i].value == m.parameters()[i].value);
        CHECK(back.parameters()[i].standard_error == m.parameters()[i].standard_error);
    }
    CHECK(back.time_unit() == m.time_unit());
    CHECK(back.diagnostics().log_likelihood == m.diagnostics().log_likelihood);
    CHECK(back.diagnostics().state == m.diagnostics().state);
    CHECK(back.probability_alive(customer(2, 30.43, 38.86)) == m.probability_alive(customer(2, 30.43, 38.86)));
    auto const changed = [&](std::string const& from, std::string const& to) {
        std::string out = text;
        out.replace(out.find(from), from.size(), to);
        return out;
    };
    CHECK_THROWS_AS(bg_nbd::from_json(changed("\"week\"", "\"day\"")), issue_error);
    CHECK_THROWS_AS(bg_nbd::from_json(changed("bg_nbd", "mbg_nbd")), issue_error);
    CHECK_THROWS_AS(bg_nbd::from_json(text.substr(0, text.size() / 2)), issue_error);
    // What has no finite maximum is kept too.
    auto const given = paper();
    auto const again = bg_nbd::from_json(given.to_json());
    CHECK(again.to_json() == given.to_json());
    CHECK(std::isnan(again.parameters()[0].standard_error));
    CHECK(std::isinf(again.diagnostics().condition_number));
}

TEST_CASE("bg_nbd: any changed byte of a document is refused, and none does harm") {
    std::uint64_t const seed = 99;
    CAPTURE(seed);
    random_generator random(seed);
    auto const text = paper().to_json();
    for (int i = 0; i < 2000; ++i) {
        std::string changed = text;
        auto const at = static_cast<std::size_t>(random_below(random, text.size()));
        changed[at] = static_cast<char>(random_below(random, 256));
        if (i % 3 == 0) changed.resize(at);
        CAPTURE(changed);
        try {
            auto const read = bg_nbd::from_json(changed);
            CHECK(read.to_json() == text); // only blanks were changed
        } catch (issue_error const& e) {
            CHECK_FALSE(e.issues().empty());
        }
    }
}

TEST_CASE("bg_nbd: the model document of version 1") {
    // Golden: going red is right only with a new version of the format, and then old files must still be read.
    CHECK(paper().to_json() == R"({
  "model": "bg_nbd",
  "version": 1,
  "time_unit": "week",
  "parameters": {
    "r": 0.243,
    "alpha": 4.414,
    "a": 0.793,
    "b": 2.426
  },
  "standard_errors": {
    "r": null,
    "alpha": null,
    "a": null,
    "b": null
  },
  "log_likelihood": null,
  "diagnostics": {
    "state": "not_converged",
    "gradient_norm": null,
    "condition_number": null,
    "evaluations": 0,
    "remark": "the parameters were given, not fitted"
  },
  "regularity": 1,
  "checksum": "ca4cc60bd443c19ef298bbc96cc10e19"
}
)");
}
