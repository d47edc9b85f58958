// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/gamma_gamma.hpp>

#include "model/cdnow.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <cmath>
#include <iostream>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

/// Customers drawn from the model.
purchase_summary drawn(gamma_gamma_parameters const& p, std::size_t n, std::uint64_t seed) {
    random_generator random(seed);
    purchase_summary out;
    for (std::size_t i = 0; i < n; ++i) {
        double const x = 1 + static_cast<double>(random_below(random, 6));
        double const rate = random_gamma(random, p.q, 1 / p.v);
        out.repeats.push_back(x);
        out.last.push_back(1);
        out.age.push_back(2);
        out.mean_spend.push_back(random_gamma(random, p.p * x, 1 / (rate * x)));
    }
    return out;
}

std::string code_of(purchase_summary const& summary, gamma_gamma_options const& options = {}) {
    try {
        (void)fit_gamma_gamma(summary, options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

// design/statistics.md 2.7: published parameters, exact formula
TEST_CASE("gamma gamma: conditional spend of CDNOW's first customers") {
    gamma_gamma const model({.p = 6.25, .q = 3.74, .v = 15.44});
    CHECK(model.expected_spend(repeat_count(2), mean_spend(22.35)) == within(24.66371391, 1e-9));
    CHECK(model.expected_spend(repeat_count(1), mean_spend(11.77)) == within(18.91685206, 1e-9));
    CHECK(model.expected_spend(repeat_count(7), mean_spend(73.74)) == within(71.4696709, 1e-9));
    CHECK(model.expected_spend(repeat_count(2), mean_spend(25.55)) == within(27.28838583, 1e-9));
    CHECK(model.expected_spend(repeat_count(0), mean_spend(0)) == within(35.2189781, 1e-9));
    CHECK(model.population_mean() == model.expected_spend(repeat_count(0), mean_spend(0)));
    CHECK(model.warnings().empty());
    SEGMENTA_NEED_TEST_DATA("cdnow_customers_summary_with_transactions.csv");
    auto const summary = cdnow_rounded();
    double const expected[] = {24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17}; // lifetimes
    std::vector<double> out(10);
    model.expected_spend(summary.repeats, summary.mean_spend, out);
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(out[i] == Approx(expected[i]).margin(.1));
}

// design/statistics.md 2.2
TEST_CASE("gamma gamma: CDNOW's sample, exact and rounded") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const model = fit_gamma_gamma(cdnow_exact());
    auto const& d = model.diagnostics();
    CHECK(d.state == identification::identified);
    CHECK(d.gradient_norm < 1e-8);
    CHECK(d.log_likelihood == Approx(-4055.917695).margin(1e-5)); // CLVTools -4055.9177
    CHECK(model.values().p == within(6.2495734, 1e-4));
    CHECK(model.values().q == within(3.7442244, 1e-4));
    CHECK(model.values().v == within(15.4435169, 1e-4));
    CHECK(model.values().p == Approx(6.25).margin(5e-3)); // note 025
    CHECK(model.values().q == Approx(3.74).margin(5e-3));
    CHECK(model.values().v == Approx(15.44).margin(5e-3));
    CHECK(model.parameters()[0].standard_error > 0);
    auto const rounded = fit_gamma_gamma(cdnow_rounded());
    CHECK(rounded.diagnostics().log_likelihood == Approx(-4055.923244).margin(1e-5));
    CHECK(rounded.values().p == within(6.2488027, 1e-4));
    CHECK(rounded.values().q == within(3.7445884, 1e-4));
    CHECK(rounded.values().v == within(15.4477472, 1e-4));
    CHECK(rounded.correlation() == Approx(.1139).margin(5e-4)); // 2.1
    std::cout << "gamma_gamma CDNOW: " << d.evaluations << " evaluations, condition " << d.condition_number << '\n';
}

TEST_CASE("gamma gamma: apparel at 104 weeks (CLVTools)") {
    SEGMENTA_NEED_TEST_DATA("apparel_trans.csv");
    auto const summary = summary_at(apparel(), day_number(2005, 1, 2) + 104 * 7);
    spend_statistics statistics;
    statistics.add(summary);
    CHECK(statistics.customers() == 387);
    auto const model = fit_gamma_gamma(statistics);
    CHECK(model.diagnostics().log_likelihood == Approx(-1670.66304).margin(1e-4));
    CHECK(model.values().p == within(3.09904, 1e-4));
    CHECK(model.values().q == within(5.65369, 1e-4));
    CHECK(model.values().v == within(56.50420, 2e-4));
}

// expected_cdnow.json: gamma_gamma_mle_sample (all keys)
TEST_CASE("gamma gamma: expected_cdnow.json") {
    SEGMENTA_NEED_TEST_DATA("expected_cdnow.json");
    auto const document = expected_document("expected_cdnow.json");
    auto const& best = document.at("gamma_gamma_mle_sample");
    auto const summary = cdnow_exact();
    spend_statistics statistics;
    statistics.add(summary);
    CHECK(statistics.customers() == number_at(best, "customers"));
    auto const model = fit_gamma_gamma(statistics);
    CHECK(model.diagnostics().log_likelihood == Approx(number_at(best, "log_likelihood")).margin(1e-6));
    for (auto const& p : model.parameters())
        CHECK(p.value == within(number_at(best, p.name), 1e-5));
    gamma_gamma const given({number_at(best, "p"), number_at(best, "q"), number_at(best, "v")});
    auto const& first = best.at("conditional_expected_value_first_5_customers").as_array();
    for (std::size_t i = 0; i < first.size(); ++i)
        CHECK(given.expected_spend(repeat_count(summary.repeats[i]), mean_spend(summary.mean_spend[i])) ==
              within(first[i].as_double(), 1e-9));
}

// expected_online_retail.json: gamma_gamma_mle (all keys), from expected_online_retail_customers.csv
TEST_CASE("gamma gamma: expected_online_retail.json") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    auto const document = expected_document("expected_online_retail.json");
    auto const& best = document.at("gamma_gamma_mle");
    purchase_summary summary;
    summary.unit = model_time_unit::day;
    for (auto const& row : csv_rows("expected_online_retail_customers.csv")) {
        summary.repeats.push_back(std::stod(row[14]));
        summary.last.push_back(std::stod(row[15]));
        summary.age.push_back(std::stod(row[16]));
        summary.mean_spend.push_back(std::stod(row[17]));
    }
    spend_statistics statistics;
    statistics.add(summary);
    CHECK(statistics.customers() == number_at(best, "customers"));
    CHECK(statistics.correlation() == within(number_at(best, "pearson_x_zbar"), 1e-6)); // amounts are rounded there
    auto const model = fit_gamma_gamma(statistics);
    CHECK(model.diagnostics().log_likelihood == Approx(number_at(best, "log_likelihood")).margin(1e-3));
    for (auto const& p : model.parameters())
        CHECK(p.value == within(number_at(best, p.name), 1e-4));
    CHECK(model.warnings().empty());
}

TEST_CASE("gamma gamma: the fit's likelihood is that of its customers, and no place nearby is better") {
    auto const summary = drawn({.p = 3, .q = 5, .v = 40}, 3000, 11);
    auto const model = fit_gamma_gamma(summary);
    auto const total = [&](gamma_gamma_parameters const& at) {
        gamma_gamma const here(at);
        double sum = 0;
        for (std::size_t i = 0; i < summary.size(); ++i)
            sum += here.log_likelihood(repeat_count(summary.repeats[i]), mean_spend(summary.mean_spend[i]));
        return sum;
    };
    auto const [p, q, v] = model.values();
    double const best = model.diagnostics().log_likelihood;
    CHECK(total(model.values()) == within(best, 1e-11));
    for (double const by : {0.98, 1.02}) {
        CHECK(total({p * by, q, v}) < best);
        CHECK(total({p, q * by, v}) < best);
        CHECK(total({p, q, v * by}) < best);
    }
    // drawn from the model: within four standard errors of the truth
    double const truth[] = {3, 5, 40};
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(std::abs(model.parameters()[i].value - truth[i]) < 4 * model.parameters()[i].standard_error);
}

TEST_CASE("gamma gamma: threads and parts do not change a bit") {
    auto const summary = drawn({.p = 6, .q = 4, .v = 15}, 100000, 5);
    auto const one = fit_gamma_gamma(summary);
    CHECK(fit_gamma_gamma(summary, {.threads = 2}).to_json() == one.to_json());
    CHECK(fit_gamma_gamma(summary, {.threads = 3}).to_json() == one.to_json());
    purchase_summary half[2];
    for (std::size_t i = summary.size(); i-- > 0;) {
        half[i % 2].repeats.push_back(summary.repeats[i]);
        half[i % 2].last.push_back(summary.last[i]);
        half[i % 2].age.push_back(summary.age[i]);
        half[i % 2].mean_spend.push_back(summary.mean_spend[i]);
    }
    spend_statistics all, other;
    all.add(half[1]);
    other.add(half[0]);
    all.merge(other);
    CHECK(fit_gamma_gamma(all).to_json() == one.to_json());
}

TEST_CASE("gamma gamma: q of one or less has no mean, and never a negative one") {
    gamma_gamma const model({.p = 2, .q = .8, .v = 10});
    CHECK_FALSE(model.population_mean());
    CHECK(std::isnan(model.expected_spend(repeat_count(0), mean_spend(0))));
    CHECK(model.expected_spend(repeat_count(1), mean_spend(20)) == within(2 * 30 / 1.8, 1e-14));
    REQUIRE(model.warnings().size() == 1);
    CHECK(model.warnings()[0].code == "clv.mean_does_not_exist");
    CHECK(model.warnings()[0].message.find("mean does not exist") != std::string::npos);
    CHECK_FALSE(gamma_gamma({.p = .1, .q = .5, .v = 10}).expected_spend(repeat_count(1), mean_spend(20)) < 0);
    auto const fitted = fit_gamma_gamma(drawn({.p = 2, .q = .7, .v = 10}, 5000, 3));
    CHECK(fitted.values().q < 1);
    CHECK(fitted.warnings().contains("clv.mean_does_not_exist"));
    CHECK(gamma_gamma::from_json(fitted.to_json()).warnings().contains("clv.mean_does_not_exist"));
}

TEST_CASE("gamma gamma: correlated spend is reported from the limit on") {
    auto summary = drawn({.p = 6, .q = 4, .v = 15}, 2000, 4);
    for (std::size_t i = 0; i < summary.size(); ++i)
        summary.mean_spend[i] *= summary.repeats[i];
    auto const model = fit_gamma_gamma(summary);
    CHECK(model.correlation() > .3);
    CHECK(model.warnings().contains("clv.spend_correlated"));
    CHECK_FALSE(fit_gamma_gamma(summary, {.correlation_limit = .95}).warnings().contains("clv.spend_correlated"));
}

TEST_CASE("gamma gamma: bad input has its code") {
    auto const fine = drawn({.p = 3, .q = 5, .v = 40}, 50, 1);
    for (double const bad : {0.0, -3.0, std::nan("")}) {
        auto s = fine;
        s.mean_spend[7] = bad;
        CHECK(code_of(s) == "clv.bad_spend");
    }
    for (double const extreme : {1e-300, 1e300}) { // are amounts, but no sums of theirs can be trusted
        auto s = fine;
        s.mean_spend[7] = extreme;
        CHECK(code_of(s) == "clv.bad_spend");
    }
    auto none = fine;
    none.mean_spend.clear();
    CHECK(code_of(none) == "clv.no_spend");
    purchase_summary once;
    once.repeats = {0};
    once.last = {0};
    once.age = {3};
    once.mean_spend = {0};
    CHECK(code_of(once) == "clv.too_few");
    CHECK(code_of(fine, {.start = gamma_gamma_parameters{1, 0, 1}}) == "clv.bad_parameter");
    CHECK_THROWS_AS(gamma_gamma({.p = 1, .q = 1, .v = -1}), issue_error);
    gamma_gamma const model({.p = 1, .q = 2, .v = 1});
    CHECK(std::isnan(model.expected_spend(repeat_count(-1), mean_spend(1))));
    CHECK(std::isnan(model.expected_spend(repeat_count(1), mean_spend(0))));
    CHECK(std::isnan(model.expected_spend(repeat_count(1), mean_spend(std::nan("")))));
    CHECK(std::isnan(model.log_likelihood(repeat_count(0), mean_spend(1))));
}

TEST_CASE("gamma gamma: one customer, or all alike, determine nothing and the fit says so") {
    purchase_summary s;
    s.repeats = {2};
    s.last = {1};
    s.age = {2};
    s.mean_spend = {30};
    CHECK(fit_gamma_gamma(s).diagnostics().state != identification::identified);
    s.weight = {1000};
    auto const alike = fit_gamma_gamma(s);
    CHECK(alike.diagnostics().state == identification::not_identified);
    CHECK(std::isnan(alike.parameters()[0].standard_error));
    CHECK(std::isnan(alike.correlation()));
}

TEST_CASE("gamma gamma: a document reads back to the last bit, a damaged one is refused") {
    auto const model = fit_gamma_gamma(drawn({.p = 3, .q = 5, .v = 40}, 300, 2));
    auto const text = model.to_json();
    auto const back = gamma_gamma::from_json(text);
    CHECK(back.values() == model.values());
    CHECK(back.correlation() == model.correlation());
    CHECK(back.to_json() == text);
    auto damaged = text;
    damaged[damaged.find("\"q\": ") + 5] = '9';
    CHECK_THROWS_AS(gamma_gamma::from_json(damaged), issue_error);
    CHECK_THROWS_AS(gamma_gamma::from_json("{}"), issue_error);
    gamma_gamma const given({.p = 1, .q = 2, .v = 3});
    CHECK(gamma_gamma::from_json(given.to_json()).to_json() == given.to_json());
}
