// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/beta_geometric.hpp>

#include "model/repeat_functions.hpp"
#include "model/repeat_kernels.hpp"
#include "model/repeat_likelihood.hpp"
#include "model/repeat_sums.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cnbd_k.hpp>
#include <segmenta/model/mbg_nbd.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::detail;
using namespace segmenta::test;

namespace {

Catch::Approx near(double value, double relative) { return Catch::Approx(value).epsilon(relative); }

// Customers drawn from a BG/NBD, with times anywhere or in whole units.
purchase_summary draw_customers(std::uint64_t seed, std::size_t n, bool whole) {
    random_generator random(seed);
    purchase_summary s;
    for (std::size_t i = 0; i < n; ++i) {
        double const rate = random_gamma(random, 0.5, 1 / 6.0);
        double const leaves = random_beta(random, 0.8, 2.5);
        double const age = whole ? 1 + static_cast<double>(random_below(random, 60)) : random_uniform(random, 1, 60);
        double now = 0;
        double last = 0;
        double x = 0;
        while (true) {
            now += random_exponential(random, rate);
            if (now > age) break;
            ++x;
            last = whole ? std::ceil(now) : now;
            if (random_bernoulli(random, leaves)) break;
        }
        if (last > age) last = age;
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
    }
    return s;
}

double likelihood(purchase_summary const& s, beta_geometric const& m) {
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        sum += m.log_likelihood(customer(s, i), s.log_times.empty() ? 0 : s.log_times[i]);
    return sum;
}

} // namespace

TEST_CASE("repeat functions: sums over counts and integrals over the chance agree") {
    for (unsigned const steps : {1U, 2U, 5U, 12U})
        for (unsigned const done : {0U, steps - 1})
            for (double const t : {3.0, 40.0, 190.0})
                for (double const a : {0.003, 0.793, 40.0})
                for (double const b : {0.003, 2.4, 500.0}) {
                    CAPTURE(steps, done, t, a, b);
                    repeat_future const ahead{0.6, 4.414, a, b, steps, done};
                    double const sum = expected_purchases_by_sum(ahead, t);
                    // Where little is expected the roots of unity cancel: an absolute error.
                    CHECK(expected_purchases_by_integral(ahead, t) == Catch::Approx(sum).epsilon(1e-11).margin(1e-12));
                }
    // A chance of a or b near 0 or far above 1.
    for (double const b : {0.003, 1.0, 1e6}) {
        repeat_future const ahead{0.8, 9.8, 1.3, b};
        CHECK(expected_purchases_by_integral(ahead, 300) == near(expected_purchases_by_sum(ahead, 300), 1e-11));
    }
}

TEST_CASE("repeat functions: ratios of gamma and beta functions") {
    // B(a, b + n) / B(a, b) by its product.
    for (double const n : {0.0, 1.0, 5.0, 128.0, 129.0, 1000.0}) {
        double product = 0;
        double rising = 0;
        for (double j = 0; j < n; ++j) {
            product += std::log((2.4 + j) / (3.2 + j));
            rising += std::log(0.243 + j);
        }
        CHECK(log_beta_ratio(0.8, 2.4, n) == Catch::Approx(product).epsilon(1e-12).margin(1e-13));
        CHECK(log_rising(0.243, n) == Catch::Approx(rising).epsilon(1e-12).margin(1e-13));
    }
    // With a large b gamma functions would cancel: E (1 - p) = b / (a + b).
    CHECK(log_beta_ratio(1, 1e12, 1) == near(-1e-12, 1e-12));
    double sum = 0;
    for (double n = 0; n < 7; ++n)
        sum += count_probability(0.3, 4, 30, n);
    CHECK(1 - sum == near(count_at_least(0.3, 4, 30, 7), 1e-12));
}

TEST_CASE("beta geometric: slopes and curvature are those of the log-likelihood of single customers") {
    auto s = draw_customers(11, 400, false);
    s.repeats[3] = 5000; // large counts go another way
    s.last[3] = s.age[3];
    for (double const x : s.repeats)
        s.log_times.push_back(0.1 * x);
    purchase_statistics data;
    data.add(s);
    for (bool const first_drops : {false, true})
        for (unsigned const k : {1U, 3U}) {
            CAPTURE(first_drops, k);
            thread_team team(1);
            repeat_objective objective(data, {first_drops, k, cpu_level::sse2}, team);
            Eigen::VectorXd at(4);
            at << std::log(0.4), std::log(5.0), std::log(0.9), std::log(2.0);
            Eigen::VectorXd slope(4);
            double const value = objective(at, slope);
            auto const naive = [&](Eigen::VectorXd const& x) {
                beta_geometric_parameters const p{std::exp(x[0]), std::exp(x[1]), std::exp(x[2]), std::exp(x[3])};
                double sum = 0;
                if (first_drops)
                    sum = likelihood(s, mbg_cnbd_k(p, k, model_time_unit::week));
                else
                    sum = likelihood(s, bg_cnbd_k(p, k, model_time_unit::week));
                return -sum / static_cast<double>(s.size());
            };
            CHECK(value == near(naive(at), 1e-12));
            Eigen::MatrixXd const curve = k == 1 ? objective.curvature(at) : Eigen::MatrixXd();
            for (int j = 0; j < 4; ++j) {
                double const h = 1e-4;
                Eigen::VectorXd up = at, down = at, up_slope(4), down_slope(4);
                up[j] += h;
                down[j] -= h;
                CHECK(slope[j] == Catch::Approx((naive(up) - naive(down)) / (2 * h)).epsilon(1e-5).margin(1e-6));
                if (k > 1) continue;
                (void)objective(up, up_slope);
                (void)objective(down, down_slope);
                for (int i = 0; i < 4; ++i) {
                    double const difference = (up_slope[i] - down_slope[i]) / (2 * h);
                    CHECK(curve(i, j) == Catch::Approx(difference).epsilon(1e-5).margin(1e-6));
                }
            }
        }
}

TEST_CASE("beta geometric: kernels of all instruction sets agree within 1e-10") {
    auto const s = draw_customers(12, 1003, false);
    repeat_rows const rows{s.repeats.data(), s.last.data(), s.age.data(), nullptr, s.size()};
    repeat_point const at{0.3, 4, 0.8, 2.4};
    auto const& plain = repeat_kernels_for(cpu_level::sse2);
    auto const& best = repeat_kernels_for(detect_cpu_level());
    repeat_sums a, b;
    plain.sum(rows, at, a);
    best.sum(rows, at, b);
    double const* const left = &a.value;
    double const* const right = &b.value;
    for (std::size_t i = 0; i < sizeof a / sizeof(double); ++i)
        CHECK(left[i] == near(right[i], 1e-12));
    single_sums c, d;
    plain.sum_single(s.age.data(), nullptr, s.size(), 4, c);
    best.sum_single(s.age.data(), nullptr, s.size(), 4, d);
    CHECK(c.log == near(d.log, 1e-13));
    CHECK(c.square == near(d.square, 1e-13));
    std::vector<double> p(s.size()), q(s.size());
    plain.alive(rows, at, true, p.data());
    best.alive(rows, at, true, q.data());
    mbg_nbd const model({0.3, 4, 0.8, 2.4}, model_time_unit::week);
    for (std::size_t i = 0; i < s.size(); ++i) {
        REQUIRE(p[i] == near(q[i], 1e-13));
        REQUIRE(p[i] == near(model.probability_alive(customer(s, i)), 1e-13));
    }
}

TEST_CASE("beta geometric: fits are the same bits for any number of threads, near for other instruction sets") {
    auto const s = draw_customers(13, 100'000, false);
    beta_geometric_options options;
    auto const one = fit_bg_nbd(s, options);
    CHECK(one.diagnostics().state == identification::identified);
    CHECK(one.diagnostics().gradient_norm < 1e-8);
    CHECK(one.diagnostics().evaluations <= 6); // the sample did most of the way
    CHECK(likelihood(s, one) == near(one.diagnostics().log_likelihood, 1e-11));
    for (unsigned const threads : {2U, 5U}) {
        options.threads = threads;
        CHECK(fit_bg_nbd(s, options).to_json() == one.to_json());
        auto const scored = [&](unsigned with) {
            std::vector<double> out(s.size());
            one.conditional_expected_transactions(s, horizon(26), out, with);
            return out;
        };
        CHECK(scored(threads) == scored(1));
    }
    options.threads = 1;
    options.level = cpu_level::sse2;
    auto const plain = fit_bg_nbd(s, options);
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(plain.parameters()[i].value == near(one.parameters()[i].value, 1e-10));
    CHECK(one.values().r == near(0.5, 0.1)); // as they were drawn
    CHECK(one.values().alpha == near(6, 0.1));
}

TEST_CASE("beta geometric: grouped whole weeks give the fit of single customers") {
    auto s = draw_customers(14, 150'000, true);
    purchase_statistics grouped;
    grouped.add(s);
    CHECK(grouped.repeaters().size() < s.size() / 2);
    purchase_statistics single;
    for (std::size_t i = 0; i < s.size(); i += 500) { // too few for a table
        purchase_summary some;
        for (std::size_t j = i; j < i + 500; ++j) {
            some.repeats.push_back(s.repeats[j]);
            some.last.push_back(s.last[j]);
            some.age.push_back(s.age[j]);
        }
        purchase_statistics part;
        part.add(some);
        single.merge(part);
    }
    CHECK(single.repeaters().size() > grouped.repeaters().size());
    for (bool const first_drops : {false, true}) {
        auto const fit = [&](purchase_statistics const& from) {
            return first_drops ? fit_mbg_nbd(from).parameters() : fit_bg_nbd(from).parameters();
        };
        auto const a = fit(grouped);
        auto const b = fit(single);
        for (std::size_t i = 0; i < 4; ++i)
            CHECK(a[i].value == near(b[i].value, 1e-6)); // each within the tolerance of the slope
    }
}

TEST_CASE("beta geometric: batch scores are those of single customers") {
    std::uint64_t const seed = 15;
    CAPTURE(seed);
    random_generator random(seed);
    for (int round = 0; round < 20; ++round) {
        beta_geometric_parameters const p{random_lognormal(random, -0.5, 1), random_lognormal(random, 1.5, 1),
                                          random_lognormal(random, 0, 1), random_lognormal(random, 1, 1)};
        double const t = random_lognormal(random, 3, 1.5);
        CAPTURE(p.r, p.alpha, p.a, p.b, t);
        bg_nbd const model(p, model_time_unit::week);
        purchase_summary s;
        for (int i = 0; i < 200; ++i) {
            double const x = static_cast<double>(random_below(random, i % 10 == 0 ? 300 : 20));
            double const age = random_lognormal(random, 2, 2);
            s.repeats.push_back(x);
            s.age.push_back(age);
            s.last.push_back(x == 0 ? 0 : age * random_unit(random));
        }
        std::vector<double> alive(s.size()), ahead(s.size());
        model.probability_alive(s, alive);
        model.conditional_expected_transactions(s, horizon(t), ahead, 2);
        for (std::size_t i = 0; i < s.size(); ++i) {
            CAPTURE(s.repeats[i], s.last[i], s.age[i]);
            REQUIRE(alive[i] == Catch::Approx(model.probability_alive(customer(s, i))).epsilon(1e-11).margin(1e-300));
            REQUIRE(ahead[i] == Catch::Approx(model.conditional_expected_transactions(customer(s, i), horizon(t)))
                                    .epsilon(1e-11)
                                    .margin(1e-300));
        }
    }
}

TEST_CASE("beta geometric: batch scores of regular buyers are those of single customers, by any number of threads") {
    std::uint64_t const seed = 16;
    CAPTURE(seed);
    random_generator random(seed);
    purchase_summary s;
    for (int i = 0; i < 400; ++i) {
        double const x = static_cast<double>(random_below(random, i % 10 == 0 ? 120 : 5));
        double const age = random_uniform(random, 20, 70);
        s.repeats.push_back(x);
        s.age.push_back(age);
        s.last.push_back(x == 0 ? 0 : age * (1 - random_unit(random)));
    }
    auto const check = [&](beta_geometric const& model) {
        std::vector<double> ahead(s.size()), other(s.size());
        model.conditional_expected_transactions(s, horizon(39), ahead);
        model.conditional_expected_transactions(s, horizon(39), other, 3);
        CHECK(other == ahead);
        for (std::size_t i = 0; i < s.size(); ++i) {
            CAPTURE(model.regularity(), s.repeats[i], s.last[i], s.age[i]);
            REQUIRE(ahead[i] ==
                    near(model.conditional_expected_transactions(customer(s, i), horizon(39)), 1e-11).margin(1e-300));
        }
    };
    check(bg_cnbd_k({.3, 4, .8, 2.4}, 2, model_time_unit::week));
    check(mbg_cnbd_k({.7, 9, .6, 1.4}, 3, model_time_unit::week));
}

TEST_CASE("beta geometric: a cohort is tracked by births") {
    bg_nbd const m({0.243, 4.414, 0.793, 2.426}, model_time_unit::week);
    std::vector<double> const births{0, 0, 3, 10};
    std::vector<double> const times{0, 3, 12};
    auto const curve = m.tracking_curve(births, times);
    auto const mean = [&](double t) { return m.expected_transactions(horizon(t)); };
    CHECK(curve[0] == 0);
    CHECK(curve[1] == near(2 * mean(3), 1e-14));
    CHECK(curve[2] == near(2 * mean(12) + mean(9) + mean(2), 1e-14));
}

TEST_CASE("bg nbd: expectations for very long horizons go on rising where customers stay for ever") {
    // They stood still from about 1e24 on, and were wrong in the sixth digit before: rare customers who hardly ever
    // leave carry them. mpmath 1.3.0 with 400 digits, by the closed form with hyp2f1.
    struct {
        double a, time, expected;
    } const values[] = {
        {.793, 1e20, 66258.0161331453},        {.793, 1e25, 718303.38583425021},      {.793, 1e30, 7785998.6396535811},
        {.793, 1e60, 12627430153489.538},      {.793, 1e200, 1.2059102177097037e+42}, {.01, 1e20, 4.8860265104797914e+18},
        {.01, 1e30, 3.8811088128854539e+28},   {.01, 1e200, 7.7438301546439499e+196}, {1.5, 1e20, 3.7132693997240753},
        {1.5, 1e200, 3.7132694032428613},
    };
    purchase_summary one;
    one.repeats = {3};
    one.last = {20};
    one.age = {39};
    double out = 0;
    for (auto const& [a, time, expected] : values) {
        bg_nbd const model({.243, 4.414, a, 2.426}, model_time_unit::week);
        CAPTURE(a, time);
        CHECK(model.conditional_expected_transactions(customer_of(one, 0), horizon(time)) == near(expected, 1e-10));
        model.conditional_expected_transactions(one, horizon(time), {&out, 1});
        CHECK(out == near(expected, 1e-10));
    }
    // All time to come: the mean of the number of purchases until a customer leaves.
    bg_nbd const leaving({.243, 4.414, 1.5, 2.426}, model_time_unit::week);
    bg_nbd const staying({.243, 4.414, .793, 2.426}, model_time_unit::week);
    auto const forever = horizon(HUGE_VAL);
    repeat_purchases const gone{repeat_count(100'000), age_at_last_purchase(1), customer_age(1e6)};
    CHECK(leaving.conditional_expected_transactions(customer_of(one, 0), forever) == near(3.7132694032428613, 1e-12));
    CHECK(staying.conditional_expected_transactions(customer_of(one, 0), forever) == HUGE_VAL);
    CHECK(staying.conditional_expected_transactions(gone, forever) == 0);
    staying.conditional_expected_transactions(one, forever, {&out, 1});
    CHECK(out == HUGE_VAL);
}
