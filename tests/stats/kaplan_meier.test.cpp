// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/kaplan_meier.hpp>

#include "base/json.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>

#include <boost/json/object.hpp>

#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

using namespace segmenta;

namespace {

using Catch::Approx;

struct observations {
    std::vector<double> durations;
    std::vector<std::uint8_t> events;
};

/// Weeks in remission of leukaemia patients on 6-MP (E. Freireich et al., Blood 21, 1963), the classic example.
observations const remission{{6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35},
                             {1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0}};

/// By the definition, for each time anew.
double naive_survival(observations const& o, double until) {
    double out = 1;
    for (std::size_t i = 0; i < o.durations.size(); ++i) {
        double const t = o.durations[i];
        bool first = o.events[i] != 0 && t <= until;
        double risk = 0;
        double gone = 0;
        for (std::size_t j = 0; j < o.durations.size(); ++j) {
            if (j < i && o.durations[j] == t && o.events[j] != 0) first = false;
            risk += o.durations[j] >= t;
            gone += o.durations[j] == t && o.events[j] != 0;
        }
        if (first) out *= 1 - gone / risk;
    }
    return out;
}

std::string code_of(observations const& o, std::vector<double> const& weights = {}, double confidence = .95) {
    try {
        (void)kaplan_meier(o.durations, o.events, weights, confidence);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("kaplan meier: remission on 6-MP, as in the textbooks") {
    kaplan_meier const curve(remission.durations, remission.events);
    // Kalbfleisch and Prentice, section 1.4: survival and Greenwood's errors to four places
    double const times[] = {6, 7, 10, 13, 16, 22, 23};
    double const survival[] = {.8571, .8067, .7529, .6902, .6275, .5378, .4482};
    double const errors[] = {.0764, .0869, .0963, .1068, .1141, .1282, .1346};
    std::size_t k = 0;
    for (survival_point const& p : curve.points()) {
        if (p.events == 0) continue;
        CHECK(p.time == times[k]);
        CHECK(p.survival == Approx(survival[k]).margin(6e-5));
        CHECK(p.standard_error == Approx(errors[k]).margin(6e-5));
        double const spread = 1.959963984540054 * p.standard_error / p.survival / std::log(p.survival);
        CHECK(p.confidence.low == Approx(std::pow(p.survival, std::exp(-spread))).epsilon(1e-12));
        CHECK(p.confidence.high == Approx(std::pow(p.survival, std::exp(spread))).epsilon(1e-12));
        CHECK(p.confidence.low < p.survival);
        CHECK(p.confidence.high > p.survival);
        ++k;
    }
    CHECK(k == 7);
    CHECK(curve.points().front().at_risk == 21);
    CHECK(curve.median() == 23);
    CHECK(curve.quantile(.25) == 13);
    CHECK_FALSE(curve.quantile(.9));
    CHECK_FALSE(curve.quantile(0));
    CHECK_FALSE(curve.quantile(std::nan("")));
    auto const range = curve.quantile_interval(.5);
    REQUIRE(range);
    CHECK(range->low == 13); // R's survfit(conf.type = "log-log")
    CHECK(std::isinf(range->high));
}

TEST_CASE("kaplan meier: random data agree with the definition, and parts with the whole") {
    std::uint64_t const seed = 77;
    CAPTURE(seed);
    random_generator random(seed);
    for (int round = 0; round < 20; ++round) {
        observations o;
        std::size_t const n = 1 + random_below(random, 80);
        for (std::size_t i = 0; i < n; ++i) {
            o.durations.push_back(static_cast<double>(random_below(random, 12)));
            o.events.push_back(random_bernoulli(random, .6) ? 1 : 0);
        }
        kaplan_meier const curve(o.durations, o.events);
        double const end = curve.points().back().time;
        for (double t = 0; t <= end; t += .5)
            CHECK(curve.survival_at(t) == Approx(naive_survival(o, t)).margin(1e-12));
        // the area under the curve, step by step
        double area = 0;
        for (double t = 0; t < end; ++t)
            area += naive_survival(o, t);
        CHECK(curve.mean_until(end).mean == Approx(area).margin(1e-11));
        std::span<double const> const durations = o.durations;
        std::span<std::uint8_t const> const events = o.events;
        survival_counts front, back;
        front.add(durations.first(n / 2), events.first(n / 2));
        back.add(durations.subspan(n / 2), events.subspan(n / 2));
        back.merge(front);
        survival_counts whole;
        whole.add(durations, events);
        CHECK(back.times() == whole.times());
    }
}

TEST_CASE("kaplan meier: weights count customers, and nothing is left at the end") {
    std::vector<double> const durations{1, 2, 2, 3};
    std::vector<std::uint8_t> const events{1, 1, 0, 1};
    std::vector<double> const weights{2, 1, 3, 1};
    kaplan_meier const weighted(durations, events, weights);
    kaplan_meier const repeated(std::vector<double>{1, 1, 2, 2, 2, 2, 3},
                                std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0, 1});
    REQUIRE(weighted.points().size() == 3);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(weighted.points()[i].survival == Approx(repeated.points()[i].survival).epsilon(1e-15));
    auto const& end = weighted.points().back();
    CHECK(end.survival == 0);
    CHECK(std::isnan(end.standard_error));
    CHECK(std::isnan(end.confidence.low));
    CHECK(weighted.survival_at(100) == 0);
    CHECK(weighted.mean_until(100).mean == Approx(weighted.mean_until(3).mean));
    kaplan_meier const thirds(std::vector<double>{1, 2, 3}, std::vector<std::uint8_t>{1, 1, 1},
                              std::vector<double>{.1, .2, .3});
    CHECK(thirds.points().back().survival == 0);
}

TEST_CASE("kaplan meier: before, after and without events") {
    kaplan_meier const curve(remission.durations, remission.events);
    CHECK(curve.survival_at(0) == 1);
    CHECK(curve.survival_at(5.999) == 1);
    CHECK(curve.survival_at(6) < 1);
    CHECK(curve.survival_at(35) == curve.survival_at(23));
    CHECK(std::isnan(curve.survival_at(35.1))); // nobody was seen there
    CHECK(std::isnan(curve.survival_at(-1)));
    CHECK(std::isnan(curve.mean_until(36).mean));
    CHECK(curve.mean_until(0).mean == 0);
    CHECK(curve.mean_until(6).mean == 6);
    CHECK(curve.mean_until(6).standard_error == 0);
    CHECK(curve.mean_until(35).standard_error > 0);
    kaplan_meier const stayed(std::vector<double>{4, 5}, std::vector<std::uint8_t>{0, 0});
    CHECK(stayed.survival_at(5) == 1);
    CHECK(stayed.points()[1].confidence.low == 1);
    CHECK_FALSE(stayed.median());
    CHECK(stayed.mean_until(5).mean == 5);
}

TEST_CASE("kaplan meier: the error of the restricted mean is that of repeated samples") {
    random_generator random(5);
    double sum = 0, squares = 0, error = 0;
    int const rounds = 400;
    for (int round = 0; round < rounds; ++round) {
        observations o;
        for (int i = 0; i < 200; ++i) {
            double const leaves = random_exponential(random, .2);
            double const seen = random_uniform(random, 2, 12);
            o.durations.push_back(std::min(leaves, seen));
            o.events.push_back(leaves <= seen ? 1 : 0);
        }
        auto const m = kaplan_meier(o.durations, o.events).mean_until(6);
        sum += m.mean;
        squares += m.mean * m.mean;
        error += m.standard_error / rounds;
    }
    double const mean = sum / rounds;
    CHECK(mean == Approx((1 - std::exp(-1.2)) / .2).margin(.03));
    CHECK(error == Approx(std::sqrt(squares / rounds - mean * mean)).epsilon(.12));
}

TEST_CASE("kaplan meier: bad input has its code") {
    CHECK(code_of({{}, {}}) == "survival.empty");
    CHECK(code_of({{1, 2}, {1}}) == "survival.ragged");
    CHECK(code_of({{1, 2}, {1, 0}}, {1}) == "survival.ragged");
    CHECK(code_of({{1, -2}, {1, 0}}) == "survival.bad_duration");
    CHECK(code_of({{1, std::nan("")}, {1, 0}}) == "survival.bad_duration");
    CHECK(code_of({{1, INFINITY}, {1, 0}}) == "survival.bad_duration");
    CHECK(code_of({{1, 2}, {1, 0}}, {1, -1}) == "survival.bad_weight");
    CHECK(code_of({{1, 2}, {1, 0}}, {0, 0}) == "survival.empty");
    CHECK(code_of({{1, 2}, {1, 0}}, {}, 1) == "survival.bad_confidence");
    survival_counts counts;
    CHECK_THROWS_AS(counts.add(std::vector<double>{1, -1}, std::vector<std::uint8_t>{1, 1}), issue_error);
    CHECK(counts.times().empty());
}

// expected_telco.json: kaplan_meier (all keys)
TEST_CASE("kaplan meier: expected_telco.json") {
    SEGMENTA_NEED_TEST_DATA("expected_telco.json");
    observations o;
    std::ifstream in(test::test_data("telco_customer_churn.csv"));
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        while (!line.empty() && (line.back() == '\r' || line.back() == '\n'))
            line.pop_back();
        std::istringstream fields(line);
        std::string field;
        for (int i = 0; i < 6; ++i)
            std::getline(fields, field, ',');
        o.durations.push_back(std::stod(field));
        o.events.push_back(line.ends_with("Yes") ? 1 : 0);
    }
    REQUIRE(o.durations.size() == 7043);
    kaplan_meier const curve(o.durations, o.events);
    std::ifstream text(test::test_data("expected_telco.json"));
    std::string const document((std::istreambuf_iterator<char>(text)), {});
    auto const expected = detail::parse_json(document).at("kaplan_meier").at("survival").as_object();
    CHECK(expected.size() == 9);
    for (auto const& [month, survival] : expected) {
        CAPTURE(std::string(month));
        CHECK(curve.survival_at(std::stod(std::string(month))) ==
              Approx(survival.to_number<double>()).epsilon(1e-9).margin(0));
    }
}
