// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/shifted_beta_geometric.hpp>

#include "support/catch.hpp"

#include <segmenta/error.hpp>

#include <cmath>

using namespace segmenta;

namespace {

using Catch::Approx;

Approx within(double value, double relative) { return Approx(value).epsilon(relative).margin(0); }

// Shares of 1000 customers left after each year, from P. Fader and B. Hardie, "How to Project Customer Retention",
// 2007, table 1 (after Berry and Linoff); the first eight are fitted, the others projected.
std::vector<double> const regular{1000, 631, 468, 382, 326, 289, 262, 241, 223, 207, 194, 183, 173};
std::vector<double> const high_end{1000, 869, 743, 653, 593, 551, 517, 491, 468, 445, 427, 409, 394};

shifted_beta_geometric fitted(std::vector<double> const& survivors, std::size_t count = 8) {
    renewal_counts counts;
    counts.add_cohort(std::span(survivors).first(count));
    return fit_shifted_beta_geometric(counts, {.unit = model_time_unit::year});
}

std::string code_of(std::vector<double> const& survivors) {
    try {
        (void)fitted(survivors, survivors.size());
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("shifted beta geometric: the two cohorts of Fader and Hardie") {
    auto const low = fitted(regular);
    CHECK(low.diagnostics().state == identification::identified);
    CHECK(low.diagnostics().gradient_norm < 1e-8);
    CHECK(low.values().alpha == Approx(.704).margin(1e-3));
    CHECK(low.values().beta == Approx(1.182).margin(2e-3));
    auto const high = fitted(high_end);
    CHECK(high.values().alpha == Approx(.668).margin(1e-3));
    CHECK(high.values().beta == Approx(3.806).margin(5e-3));
    for (std::size_t t = 8; t < regular.size(); ++t) { // their figure 5: projections within two points
        CHECK(100 * low.survival(static_cast<double>(t)) == Approx(regular[t] / 10).margin(2));
        CHECK(100 * high.survival(static_cast<double>(t)) == Approx(high_end[t] / 10).margin(2));
    }
    for (auto const& p : low.parameters())
        CHECK(p.standard_error > 0);
}

TEST_CASE("shifted beta geometric: the fit's likelihood is that of its customers, and no place nearby is better") {
    auto const model = fitted(regular);
    auto const total = [&](double alpha, double beta) {
        auto const log_beta = [](double a, double b) { return std::lgamma(a) + std::lgamma(b) - std::lgamma(a + b); };
        double sum = 0;
        for (std::size_t t = 1; t < 8; ++t)
            sum += (regular[t - 1] - regular[t]) *
                   (log_beta(alpha + 1, beta + static_cast<double>(t) - 1) - log_beta(alpha, beta));
        return sum + regular[7] * (log_beta(alpha, beta + 7) - log_beta(alpha, beta));
    };
    auto const [alpha, beta] = model.values();
    double const best = model.diagnostics().log_likelihood;
    CHECK(total(alpha, beta) == within(best, 1e-12));
    for (double const by : {.99, 1.01}) {
        CHECK(total(alpha * by, beta) < best);
        CHECK(total(alpha, beta * by) < best);
    }
    // standard errors by second differences of the plain likelihood
    double const h = 1e-4;
    double const aa = (total(alpha + h, beta) - 2 * best + total(alpha - h, beta)) / (h * h);
    double const bb = (total(alpha, beta + h) - 2 * best + total(alpha, beta - h)) / (h * h);
    double const ab = (total(alpha + h, beta + h) - total(alpha + h, beta - h) - total(alpha - h, beta + h) +
                       total(alpha - h, beta - h)) / (4 * h * h);
    CHECK(model.parameters()[0].standard_error == within(std::sqrt(-bb / (aa * bb - ab * ab)), 1e-3));
    CHECK(model.parameters()[1].standard_error == within(std::sqrt(-aa / (aa * bb - ab * ab)), 1e-3));
}

TEST_CASE("shifted beta geometric: survival, retention and lifetimes belong together") {
    shifted_beta_geometric const model({.alpha = 3.5, .beta = 8}, model_time_unit::year);
    CHECK(model.survival(0) == 1);
    double sum = 0;
    double product = 1;
    for (int t = 1; t < 40; ++t) {
        product *= model.retention(t);
        CHECK(model.survival(t) == within(product, 1e-13));
        CHECK(model.retention(t) < model.retention(t + 1));
    }
    for (int t = 0; t < 10000; ++t)
        sum += model.survival(t);
    CHECK(*model.expected_lifetime() == within(sum, 1e-6));
    CHECK(model.survival(10001) == within(model.survival(10000) * model.retention(10001), 1e-9));
    double after = 0;
    for (int t = 5; t < 10000; ++t)
        after += model.survival(t) / model.survival(5);
    CHECK(*model.expected_lifetime_after(5) == within(after, 1e-6));
    for (double const rate : {.1, .01, 2.0}) {
        double direct = 0;
        double z = 1;
        for (int k = 0; z > 1e-17; ++k, z /= 1 + rate)
            direct += model.survival(4 + k) / model.survival(3) * z;
        CHECK(model.discounted_expected_residual_lifetime(3, discount_rate::per_year(rate)) == within(direct, 1e-11));
    }
    CHECK(model.discounted_expected_residual_lifetime(3, {}) == within(*model.expected_lifetime_after(3) - 1, 1e-12));
    shifted_beta_geometric const long_lived({.alpha = .7, .beta = 1.2});
    CHECK_FALSE(long_lived.expected_lifetime());
    CHECK(std::isinf(long_lived.discounted_expected_residual_lifetime(0, {})));
    CHECK(std::isnan(long_lived.discounted_expected_residual_lifetime(0, discount_rate::per_year(-.1))));
    CHECK(std::isnan(model.survival(-1)));
    CHECK(std::isnan(model.survival(1.5)));
    CHECK(std::isnan(model.retention(0)));
}

TEST_CASE("shifted beta geometric: cohorts of different ages add up, in any order") {
    std::vector<double> const older{1000, 631, 468, 382, 326};
    std::vector<double> const younger{500, 320, 240};
    renewal_counts both, other;
    both.add_cohort(older);
    both.add_cohort(younger);
    other.add_cohort(younger);
    renewal_counts first;
    first.add_cohort(older);
    other.merge(first);
    CHECK(std::equal(both.renewals().begin(), both.renewals().end(), other.renewals().begin(), other.renewals().end()));
    CHECK(both.customers() == 1500);
    CHECK(both.renewals()[1] == renewal_counts::renewal{468 + 240, 163 + 80});
    CHECK(fit_shifted_beta_geometric(both).to_json() == fit_shifted_beta_geometric(other).to_json());
}

TEST_CASE("shifted beta geometric: a constant retention rate does not say how customers differ") {
    auto const same = fitted({100000, 80000, 64000, 51200, 40960, 32768}, 6);
    CHECK(same.diagnostics().state == identification::not_identified);
    CHECK(std::isnan(same.parameters()[0].standard_error));
    auto const falling = fitted({1000, 950, 850, 650, 350}, 5);
    CHECK(falling.diagnostics().state == identification::not_identified);
    CHECK(fitted(regular, 2).diagnostics().state == identification::not_identified); // one renewal
}

TEST_CASE("shifted beta geometric: bad input has its code") {
    CHECK(code_of({1000}) == "churn.too_short");
    CHECK(code_of({}) == "churn.too_short");
    CHECK(code_of({1000, -1}) == "churn.bad_count");
    CHECK(code_of({1000, std::nan("")}) == "churn.bad_count");
    CHECK(code_of({1000, 900, 950}) == "churn.growing");
    CHECK(code_of({0, 0}) == "churn.empty");
    CHECK(code_of({1000, 1000}) == "churn.all_alike");
    CHECK(code_of({1000, 0}) == "churn.all_alike");
    CHECK_THROWS_AS(fit_shifted_beta_geometric(renewal_counts{}), issue_error);
    CHECK_THROWS_AS(shifted_beta_geometric({.alpha = 0, .beta = 1}), issue_error);
    renewal_counts counts;
    CHECK_THROWS_AS(counts.add_cohort(std::vector<double>{5, 6}), issue_error);
    CHECK(counts.renewals().empty());
}

TEST_CASE("shifted beta geometric: a document reads back to the last bit, a damaged one is refused") {
    auto const model = fitted(regular);
    auto const text = model.to_json();
    auto const back = shifted_beta_geometric::from_json(text);
    CHECK(back.values() == model.values());
    CHECK(back.to_json() == text);
    CHECK(back.time_unit() == model_time_unit::year);
    CHECK_THROWS_AS(shifted_beta_geometric::from_json(text.substr(3)), issue_error);
    auto damaged = text;
    damaged.replace(damaged.find("year"), 4, "week");
    CHECK_THROWS_AS(shifted_beta_geometric::from_json(damaged), issue_error);
}
