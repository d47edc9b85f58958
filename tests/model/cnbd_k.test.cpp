// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cnbd_k.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/mbg_nbd.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

Catch::Approx near(double value, double relative) { return Catch::Approx(value).epsilon(relative); }

// One customer of the story in beta_geometric.hpp, drawn step by step.
struct drawn {
    double repeats = 0, last = 0, log_times = 0;
    bool alive = true;
    std::vector<double> times;
};

drawn draw(random_generator& random, beta_geometric_parameters const& p, unsigned k, bool first_drops, double until) {
    drawn out;
    double const rate = random_gamma(random, p.r, 1 / p.alpha);
    double const leaves = random_beta(random, p.a, p.b);
    double now = 0;
    if (first_drops && random_bernoulli(random, leaves)) out.alive = false;
    while (out.alive) {
        double const gap = random_gamma(random, k, 1 / rate);
        if (now + gap > until) break;
        now += gap;
        out.times.push_back(now);
        out.alive = !random_bernoulli(random, leaves);
    }
    double before = 0;
    for (double const t : out.times) {
        out.log_times += std::log(t - before);
        before = t;
    }
    out.repeats = static_cast<double>(out.times.size());
    out.last = before;
    return out;
}

} // namespace

TEST_CASE("cnbd_k: for k = 1 they are BG/NBD and MBG/NBD") {
    beta_geometric_parameters const p{.243, 4.414, .793, 2.426};
    bg_cnbd_k const bg(p, 1, model_time_unit::week);
    bg_nbd const plain(p, model_time_unit::week);
    auto const c = customer(2, 30.43, 38.86);
    CHECK(bg.probability_alive(c) == plain.probability_alive(c));
    CHECK(bg.conditional_expected_transactions(c, horizon(39)) ==
          plain.conditional_expected_transactions(c, horizon(39)));
    CHECK(bg.log_likelihood(c, 3) == plain.log_likelihood(c));
}

TEST_CASE("cnbd_k: k is chosen by the likelihood; CDNOW buyers are irregular (statistics.md 2.2)") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto s = cdnow_calibration();
    cnbd_k_options two;
    two.regularity = 2;
    auto const bg = fit_bg_cnbd_k(s, two);
    CHECK(bg.diagnostics().log_likelihood == Catch::Approx(-9855.32697).margin(1e-4));
    CHECK(bg.diagnostics().state == identification::identified);
    auto const mbg = fit_mbg_cnbd_k(s, two);
    CHECK(mbg.diagnostics().log_likelihood == Catch::Approx(-9853.25313).margin(1e-4));
    double sum = 0;
    for (std::size_t i = 0; i < s.size(); ++i)
        sum += mbg.log_likelihood(customer(s, i), s.log_times[i]);
    CHECK(sum == near(mbg.diagnostics().log_likelihood, 1e-12));
    auto const best = fit_bg_cnbd_k(s);
    CHECK(best.regularity() == 1);
    CHECK(best.diagnostics().log_likelihood == Catch::Approx(-9582.429207).margin(1e-5));
    CHECK(fit_mbg_cnbd_k(s).regularity() == 1);

    s.log_times.clear();
    try {
        (void)fit_bg_cnbd_k(s);
        FAIL("log_times are missing");
    } catch (issue_error const& e) {
        CHECK(e.issues()[0].code == "clv.no_log_times");
    }
    cnbd_k_options one;
    one.regularity = 1;
    CHECK(fit_bg_cnbd_k(s, one).regularity() == 1);
    cnbd_k_options many;
    many.regularity = 33;
    CHECK_THROWS_AS(fit_bg_cnbd_k(s, many), issue_error);
}

TEST_CASE("cnbd_k: a simulation agrees with likelihood, expectations and chances") {
    std::uint64_t const seed = 4;
    CAPTURE(seed);
    for (bool const first_drops : {false, true}) {
        CAPTURE(first_drops);
        random_generator random(seed, first_drops ? 1 : 0);
        beta_geometric_parameters const p{1.2, 2, .8, 3.2};
        unsigned const k = 3;
        double const until = 30;
        double const later = 50;
        std::size_t const n = 40'000;
        purchase_summary s;
        std::vector<drawn> people;
        double new_repeats = 0;
        double never = 0;
        for (std::size_t i = 0; i < n; ++i) {
            auto const whole = draw(random, p, k, first_drops, later);
            new_repeats += whole.repeats;
            never += whole.repeats == 0;
            drawn seen;
            double before = 0;
            for (double const t : whole.times) {
                if (t > until) break;
                seen.log_times += std::log(t - before);
                before = t;
                ++seen.repeats;
            }
            seen.last = before;
            // Alive at `until`: bought afterwards, or had not left by `later`.
            seen.alive = whole.repeats > seen.repeats || whole.alive;
            s.repeats.push_back(seen.repeats);
            s.last.push_back(seen.last);
            s.age.push_back(until);
            s.log_times.push_back(seen.log_times);
            people.push_back(whole);
            people.back().alive = seen.alive;
        }
        auto const check = [&](beta_geometric const& m) {
            CHECK(m.regularity() == k);
            auto const& v = m.values();
            // Four standard errors.
            std::vector<std::pair<double, parameter_estimate>> const pairs{
                {p.r, m.parameters()[0]},
                {p.alpha, m.parameters()[1]},
                {p.a, m.parameters()[2]},
                {p.b, m.parameters()[3]}};
            for (auto const& [truth, estimate] : pairs)
                CHECK(std::abs(estimate.value - truth) < 4 * estimate.standard_error);
            CHECK(v.r > 0);
            double alive = 0, bought = 0, foreseen_alive = 0, foreseen = 0;
            std::vector<double> p_alive(n), ahead(n);
            m.probability_alive(s, p_alive);
            m.conditional_expected_transactions(s, horizon(later - until), ahead);
            double median = 0, returned = 0;
            for (std::size_t i = 0; i < n; ++i) {
                alive += people[i].alive;
                bought += people[i].repeats - s.repeats[i];
                foreseen_alive += p_alive[i];
                foreseen += ahead[i];
                if (!people[i].alive || i >= 4000) continue;
                double const half = m.time_to_next(customer(s, i));
                if (half > later - until) continue;
                ++returned;
                auto const next = static_cast<std::size_t>(s.repeats[i]);
                median += next < people[i].times.size() && people[i].times[next] <= until + half;
            }
            CHECK(foreseen_alive == near(alive, 0.01));
            CHECK(foreseen == near(bought, 0.02));
            CHECK(median / returned == Catch::Approx(0.5).margin(0.04));
            CHECK(m.expected_transactions(horizon(later)) == near(new_repeats / static_cast<double>(n), 0.02));
            CHECK(m.probability_of(repeat_count(0), horizon(later)) ==
                  Catch::Approx(never / static_cast<double>(n)).margin(0.01));
        };
        if (first_drops)
            check(fit_mbg_cnbd_k(s));
        else
            check(fit_bg_cnbd_k(s));
    }
}

TEST_CASE("cnbd_k: counts add up, means agree, quantiles invert") {
    mbg_cnbd_k const m({.6, 3, .8, 2}, 4, model_time_unit::week);
    double sum = 0;
    double mean = 0;
    for (double n = 0; n < 400; ++n) {
        double const p = m.probability_of(repeat_count(n), horizon(60));
        sum += p;
        mean += n * p;
    }
    CHECK(sum == near(1, 1e-12));
    CHECK(mean == near(m.expected_transactions(horizon(60)), 1e-9));
    auto const c = customer(5, 20, 22);
    double before = -1;
    for (double const q : {0.0, 0.1, 0.5, 0.9, 0.99}) {
        double const t = m.time_to_next(c, q);
        CHECK(t > before);
        before = t;
    }
    CHECK(m.mean_time_to_next(c) > 0);
    // Who has just bought waits longer than who has waited a while; with k = 1 it would be the other way round.
    CHECK(m.time_to_next(customer(5, 20, 20)) > m.time_to_next(customer(5, 20, 23)));
}

TEST_CASE("cnbd_k: JSON keeps k") {
    bg_cnbd_k const m({.6, 3, .8, 2}, 4, model_time_unit::day);
    auto const back = bg_cnbd_k::from_json(m.to_json());
    CHECK(back.regularity() == 4);
    CHECK(back.time_unit() == model_time_unit::day);
    CHECK(back.to_json() == m.to_json());
    CHECK_THROWS_AS(mbg_cnbd_k::from_json(m.to_json()), issue_error);
    CHECK_THROWS_AS(bg_cnbd_k({.6, 3, .8, 2}, 0, model_time_unit::day), issue_error);
    CHECK_THROWS_AS(bg_cnbd_k({.6, 3, .8, 2}, 33, model_time_unit::day), issue_error);
}
