// SPDX-License-Identifier: Apache-2.0
#include "model/repeat_sums.hpp"

#include "model/cdnow.hpp"
#include "support/catch.hpp"

#include <segmenta/model/bg_bb.hpp>
#include <segmenta/model/bg_nbd.hpp>
#include <segmenta/model/cnbd_k.hpp>
#include <segmenta/model/mbg_nbd.hpp>
#include <segmenta/model/nbd.hpp>
#include <segmenta/model/pareto_nbd.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;

namespace {

double const no_number = std::nan("");

purchase_summary impossible_customers() {
    purchase_summary s;
    auto const add = [&](double x, double last, double age) {
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
    };
    add(0, 5, 39); // a last purchase without a repeat
    add(2, 0, 39); // repeat purchases in no time
    add(2, 40, 39);
    add(-1, 5, 39);
    add(-1, 0, 39);
    add(1.5, 5, 39);
    add(2, -1, 39);
    add(0, 0, -1);
    for (double const bad : {no_number, HUGE_VAL, -HUGE_VAL}) {
        add(bad, 5, 39);
        add(2, bad, 39);
        add(2, 5, bad);
        add(0, 0, bad);
    }
    return s;
}

// Whether the model has this way to score, and what it says.
template <class Model>
void need_nothing_for(Model const& model, repeat_purchases const& c) {
    CHECK(std::isnan(model.probability_alive(c)));
    CHECK(std::isnan(model.conditional_expected_transactions(c, horizon(10))));
    CHECK(std::isnan(model.conditional_expected_transactions(c, horizon(0))));
    CHECK(std::isnan(model.log_likelihood(c)));
    if constexpr (requires { model.probability_alive(c, horizon(3)); })
        CHECK(std::isnan(model.probability_alive(c, horizon(3))));
    if constexpr (requires { model.time_to_next(c); }) CHECK(std::isnan(model.time_to_next(c)));
    if constexpr (requires { model.mean_time_to_next(c); }) CHECK(std::isnan(model.mean_time_to_next(c)));
    if constexpr (requires { model.probability_of_purchase(c, horizon(3)); })
        CHECK(std::isnan(model.probability_of_purchase(c, horizon(3))));
    if constexpr (requires { model.discounted_expected_residual_transactions(c, discount_rate::per_year(.1)); })
        CHECK(std::isnan(model.discounted_expected_residual_transactions(c, discount_rate::per_year(.1))));
    if constexpr (requires { model.next_purchase_day(civil_date{}, c); })
        CHECK_FALSE(model.next_purchase_day(civil_date{}, c).has_value());
}

template <class Model>
void need_nothing(Model const& model) {
    auto const s = impossible_customers();
    for (std::size_t i = 0; i < s.size(); ++i) {
        CAPTURE(s.repeats[i], s.last[i], s.age[i]);
        need_nothing_for(model, detail::customer_of(s, i));
    }
    std::vector<double> out(s.size(), 0);
    if constexpr (requires { model.conditional_expected_transactions(s, horizon(10), out); }) {
        model.conditional_expected_transactions(s, horizon(10), out);
        for (double const v : out)
            CHECK(std::isnan(v));
    }
    auto const rate = discount_rate::per_year(.1);
    if constexpr (requires { model.discounted_expected_residual_transactions(s, rate, out); }) {
        std::fill(out.begin(), out.end(), 0);
        model.discounted_expected_residual_transactions(s, rate, out);
        for (double const v : out)
            CHECK(std::isnan(v));
    }
    if constexpr (requires { model.probability_alive(s, out); }) {
        std::fill(out.begin(), out.end(), 0);
        model.probability_alive(s, out);
        for (double const v : out)
            CHECK(std::isnan(v));
    }
}

} // namespace

TEST_CASE("customers that cannot be: no model answers, alone or in batch") {
    need_nothing(nbd({.r = .4, .alpha = 12}, model_time_unit::week));
    need_nothing(bg_nbd({.243, 4.414, .793, 2.426}, model_time_unit::week));
    need_nothing(mbg_nbd({.525, 6.183, .891, 1.614}, model_time_unit::week));
    need_nothing(bg_cnbd_k({.3, 4, .8, 2.4}, 2, model_time_unit::week));
    need_nothing(mbg_cnbd_k({.3, 4, .8, 2.4}, 3, model_time_unit::week));
    need_nothing(pareto_nbd({.r = .553, .alpha = 10.578, .s = .606, .beta = 11.669}));
    need_nothing(pareto_nbd({.r = .5, .alpha = 3, .s = .5, .beta = 60}));
    need_nothing(pareto_nbd({.r = .001, .alpha = 10, .s = 1e6, .beta = 1e7}));
    need_nothing(bg_bb({.alpha = 1.2, .beta = .75, .gamma = .66, .delta = 2.8}, model_time_unit::week));
}

TEST_CASE("customers that cannot be: is_customer() is check_summary()") {
    auto const s = impossible_customers();
    for (std::size_t i = 0; i < s.size(); ++i) {
        CAPTURE(s.repeats[i], s.last[i], s.age[i]);
        CHECK_FALSE(detail::is_customer(detail::customer_of(s, i)));
        purchase_summary one;
        one.repeats = {s.repeats[i]};
        one.last = {s.last[i]};
        one.age = {s.age[i]};
        issue_list issues;
        check_summary(one, issues, "summary");
        CHECK_FALSE(issues.empty());
    }
    CHECK(detail::is_customer(customer(0, 0, 0)));
    CHECK(detail::is_customer(customer(2, 39, 39)));
}
