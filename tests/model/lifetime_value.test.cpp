// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/lifetime_value.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/pareto_nbd.hpp>

#include "model/cdnow.hpp"
#include "model/gamma_functions.hpp"
#include "model/gauss_legendre.hpp"
#include "support/catch.hpp"

#include <cmath>
#include <numeric>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

/// BG/NBD's conditional expectation by plain quadrature (design/statistics.md 5.1): a host's own model.
struct plain_bg_nbd {
    double r, alpha, a, b;
    model_time_unit unit = model_time_unit::week;

    [[nodiscard]] model_time_unit time_unit() const noexcept { return unit; }
    [[nodiscard]] double conditional_expected_transactions(repeat_purchases const& c, horizon time) const noexcept {
        double const x = c.repeats.value;
        double const gone =
            x == 0 ? 0 : a / (b + x - 1) * std::pow((alpha + c.age.value) / (alpha + c.last.value), r + x);
        // not std::lgamma: it writes a global, and this runs in threads
        using detail::log_gamma_function;
        double const beta =
            std::exp(log_gamma_function(a) + log_gamma_function(b + x) - log_gamma_function(a + b + x));
        // w = p^a takes the singularity at 0 away
        double const sum = detail::integrate_smooth(0, 1, 64, [&](double w) {
            double const p = std::pow(w, 1 / a);
            double const inner = -std::expm1(-(r + x) * std::log1p(p * time.value / (alpha + c.age.value))) / p;
            return inner * std::pow(1 - p, b + x - 1);
        });
        return sum / a / beta / (1 + gone);
    }
};
static_assert(repeat_buying_model<plain_bg_nbd>);
static_assert(!residual_buying_model<plain_bg_nbd>);
static_assert(repeat_buying_model<bg_nbd> && repeat_buying_model<mbg_nbd>);
static_assert(residual_buying_model<pareto_nbd> && residual_buying_model<bg_bb>);
static_assert(spend_model<gamma_gamma> && spend_model<fixed_spend>);

// The maximum-likelihood fits to lifetimes' summary (design/statistics.md 2.2, "csv").
plain_bg_nbd const bg{.r = .2425929, .alpha = 4.4135310, .a = .7928863, .b = 2.4257538};
gamma_gamma const spend({.p = 6.2488027, .q = 3.7445884, .v = 15.4477472});

// lifetimes has months of 4.345 weeks; ours are those of the calendar, 4.348 weeks.
lifetime_value const theirs({.step = of_weeks(4.345),
                             .steps = 12,
                             .rate = discount_rate::per(of_weeks(4.345), .01)});

std::string code_of(lifetime_value_options const& options) {
    try {
        (void)lifetime_value(options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("lifetime value: 36.28 for CDNOW's first customer, 12 months at 1 % a month") {
    auto const first = customer(2, 30.43, 38.86);
    plain_bg_nbd const checked{.r = .243, .alpha = 4.414, .a = .793, .b = 2.426};
    REQUIRE(checked.conditional_expected_transactions(first, horizon(39)) == within(1.22602817476714, 1e-8)); // 2.3
    CHECK(theirs.of(bg, spend, first, mean_spend(22.35)) == Approx(36.28).margin(.005));
    lifetime_value const ours({.step = of_months(1), .steps = 12, .rate = discount_rate::per_month(.01)});
    CHECK(ours.of(bg, spend, first, mean_spend(22.35)) == Approx(36.28).margin(.03));
}

TEST_CASE("lifetime value: the wrong unit of lifetimes' quick start takes an explicit lie") {
    // Days taken for weeks: the published 140.10 comes out only when the model says that it counts in days.
    auto lying = bg;
    lying.unit = model_time_unit::day;
    lifetime_value const twelve({.step = of_days(30), .steps = 12, .rate = discount_rate::per(of_days(30), .01)});
    auto const first = customer(2, 30.43, 38.86);
    CHECK(twelve.of(lying, spend, first, mean_spend(22.35)) == Approx(140.10).margin(.005));
    CHECK(twelve.of(bg, spend, first, mean_spend(22.35)) < 37);
    // and not for a whole summary, which knows better
    purchase_summary summary;
    summary.repeats = {2};
    summary.last = {30.43};
    summary.age = {38.86};
    summary.mean_spend = {22.35};
    try {
        (void)twelve.of(lying, spend, summary);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "clv.units");
    }
}

TEST_CASE("lifetime value: all of CDNOW (lifetimes with the right and the wrong unit)") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    auto summary = cdnow_rounded();
    auto const values = theirs.of(bg, spend, summary);
    CHECK(std::accumulate(values.begin(), values.end(), 0.0) == within(71510, 2e-5));
    CHECK(theirs.of(bg, spend, summary, 2) == values);
    CHECK(theirs.of(bg, spend, summary, 3) == values);
    CHECK(values[0] == theirs.of(bg, spend, customer(2, 30.43, 38.86), mean_spend(22.35)));
    auto lying = bg;
    lying.unit = model_time_unit::day;
    summary.unit = model_time_unit::day;
    lifetime_value const wrong({.step = of_days(30), .steps = 12, .rate = discount_rate::per(of_days(30), .01)});
    auto const inflated = wrong.of(lying, spend, summary);
    CHECK(std::accumulate(inflated.begin(), inflated.end(), 0.0) == within(266621, 2e-5));
}

// design/statistics.md 2.8 (lifetimes' tests): amounts of 1, one and two months
TEST_CASE("lifetime value: an amount of one and no rate count purchases, 100 % halves them") {
    plain_bg_nbd const daily{.r = .16, .alpha = 1.86, .a = 1.85, .b = 3.18, .unit = model_time_unit::day};
    auto const c = customer(3, 120, 300);
    double const purchases = daily.conditional_expected_transactions(c, horizon(30));
    auto const value = [&](std::size_t months, double rate) {
        return lifetime_value({.step = of_days(30), .steps = months, .rate = discount_rate::per(of_days(30), rate)})
            .of(daily, fixed_spend(1), c, mean_spend(0));
    };
    CHECK(value(1, 0) == purchases);
    CHECK(value(1, 1) == within(purchases / 2, 1e-15));
    CHECK(value(2, 0) == Approx(2 * purchases).epsilon(.1));
    CHECK(value(2, 1) == Approx(purchases / 2 + purchases / 4).epsilon(.1));
    lifetime_value const quarter({.step = of_days(30), .steps = 1, .margin = .25});
    CHECK(quarter.of(daily, fixed_spend(1), c, mean_spend(0)) == within(purchases / 4, 1e-15));
}

TEST_CASE("lifetime value: from lifetimes' summaries to 36.28, all fitted here") {
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    auto const summary = cdnow_rounded();
    auto const buying = fit_bg_nbd(summary);
    auto const spending = fit_gamma_gamma(summary);
    auto const values = theirs.of(buying, spending, summary);
    CHECK(values[0] == Approx(36.28).margin(.005));
    CHECK(std::accumulate(values.begin(), values.end(), 0.0) == within(71510, 2e-5));
}

// design/statistics.md 2.8: lifetimes' 30-day predictions for its simulated example
TEST_CASE("lifetime value: an amount of one gives the predictions of the example transactions") {
    SEGMENTA_NEED_TEST_DATA("lifetimes_example_transactions.csv");
    purchase_days days;
    for (auto const& row : csv_rows("lifetimes_example_transactions.csv")) {
        auto const date = fields_of(row[0].substr(0, 10), '-');
        days[row[1]][day_number(std::stoi(date[0]), static_cast<unsigned>(std::stoi(date[1])),
                                static_cast<unsigned>(std::stoi(date[2])))] += 1;
    }
    auto summary = summary_at(days, day_number(2014, 12, 31));
    summary.unit = model_time_unit::day;
    for (auto* times : {&summary.last, &summary.age})
        for (double& t : *times)
            t = std::round(t * 7);
    auto const model = fit_bg_nbd(summary);
    CHECK(model.values().r == Approx(.16).margin(.005));
    CHECK(model.values().alpha == Approx(1.86).margin(.005));
    CHECK(model.values().a == Approx(1.85).margin(.005));
    CHECK(model.values().b == Approx(3.18).margin(.005));
    auto const values = [&](double rate) {
        return lifetime_value({.step = of_days(30), .steps = 1, .rate = discount_rate::per(of_days(30), rate)})
            .of(model, fixed_spend(1), summary);
    };
    auto const plain = values(0);
    auto const halved = values(1);
    double const expected[] = {.016053, .021171, .030461, .031686, .001607};
    for (int id = 0; id < 5; ++id) {
        auto const at = std::find(summary.ids.begin(), summary.ids.end(), std::to_string(id)) - summary.ids.begin();
        CAPTURE(id);
        CHECK(plain[static_cast<std::size_t>(at)] == Approx(expected[id]).margin(1e-5));
        CHECK(halved[static_cast<std::size_t>(at)] == within(plain[static_cast<std::size_t>(at)] / 2, 1e-14));
    }
}

TEST_CASE("lifetime value: many small steps come near the residual value") {
    pareto_nbd const model({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669});
    auto const c = customer(2, 30.43, 38.86);
    auto const rate = discount_rate::continuous_per_year(.6);
    double const residual = residual_lifetime_value(model, spend, c, mean_spend(22.35), rate, .5);
    lifetime_value const steps({.step = of_days(1), .steps = 20000, .rate = rate, .margin = .5});
    CHECK(steps.of(model, spend, c, mean_spend(22.35)) == within(residual, 2e-3));
    CHECK(steps.of(model, spend, c, mean_spend(22.35)) < residual); // paid at the end of each day
}

TEST_CASE("lifetime value: no number where the mean spend does not exist") {
    pareto_nbd const model({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669});
    gamma_gamma const heavy({.p = 2, .q = .8, .v = 10});
    lifetime_value const year({.rate = discount_rate::per_month(.01)});
    CHECK(std::isnan(year.of(model, heavy, customer(0, 0, 30), mean_spend(0))));
    CHECK(year.of(model, heavy, customer(1, 10, 30), mean_spend(20)) > 0);
    purchase_summary summary;
    summary.repeats = {1, 0, 0};
    summary.last = {10, 0, 0};
    summary.age = {30, 30, 30};
    summary.mean_spend = {20, 0, 0};
    try {
        (void)year.of(model, heavy, summary);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "clv.mean_does_not_exist");
        CHECK(e.issues()[0].place == "summary row 2");
        CHECK(e.issues()[0].message.find("2 customers") != std::string::npos);
    }
    summary.mean_spend.clear();
    CHECK_THROWS_AS(year.of(model, heavy, summary), issue_error);
}

TEST_CASE("lifetime value: options that mean nothing are refused") {
    CHECK(code_of({}) == "none");
    CHECK(code_of({.step = of_months(0)}) == "clv.bad_step");
    CHECK(code_of({.step = of_months(std::nan(""))}) == "clv.bad_step");
    CHECK(code_of({.steps = 0}) == "clv.bad_horizon");
    CHECK(code_of({.steps = 1'000'000}) == "clv.bad_horizon");
    CHECK(code_of({.rate = discount_rate::per_year(-.1)}) == "clv.bad_rate");
    CHECK(code_of({.margin = 0}) == "clv.bad_margin");
    lifetime_value_options const all{
        .step = of_days(-1), .steps = 0, .rate = discount_rate::per_year(-.1), .margin = -1};
    try {
        (void)lifetime_value(all);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 4);
    }
}
