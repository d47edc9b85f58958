// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/summarise_purchases.hpp>

#include <segmenta/model/gamma_gamma.hpp>
#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include "model/purchase_data.hpp"
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <set>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using columns = std::vector<std::vector<double>>; // repeats, last, age[, mean spend] by customer

columns table(purchase_summary const& s) {
    columns out;
    for (std::size_t i = 0; i < s.size(); ++i) {
        out.push_back({s.repeats[i], s.last[i], s.age[i]});
        if (!s.mean_spend.empty()) out.back().push_back(s.mean_spend[i]);
    }
    return out;
}

// The transactions of the tests of lifetimes and PyMC-Marketing (statistics.md section 2.12), all in 2015.
purchases fixture() {
    purchases out;
    auto const add = [&](std::int64_t id, std::uint8_t month, std::uint8_t day, double amount) {
        out.add(id, civil_date::of(2015, month, day), amount);
    };
    add(1, 1, 1, 1);
    add(1, 2, 6, 2);
    add(2, 1, 1, 2);
    add(3, 1, 1, 3);
    add(3, 1, 2, 1);
    add(3, 1, 5, 5);
    add(4, 1, 16, 6);
    add(4, 2, 2, 3);
    add(4, 2, 5, 3);
    add(5, 1, 16, 3);
    add(5, 1, 17, 1);
    add(5, 1, 18, 8);
    add(6, 2, 2, 5);
    return out;
}

summarise_purchases_options daily(std::uint8_t month, std::uint8_t day) {
    summarise_purchases_options options;
    options.unit = model_time_unit::day;
    options.observation_end = civil_date::of(2015, month, day);
    return options;
}

std::string code_of(purchases const& data, summarise_purchases_options const& options = {}) {
    try {
        (void)summarise_purchases(data.rows(), options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("summarise purchases: the published fixture by days") {
    auto const found = summarise_purchases(fixture().rows(), daily(2, 7));
    CHECK(table(found.summary) ==
          columns{{1, 36, 37, 2}, {0, 0, 37, 0}, {2, 4, 37, 3}, {2, 20, 22, 3}, {2, 2, 22, 4.5}, {0, 0, 5, 0}});
    CHECK(found.summary.ids == std::vector<std::string>{"1", "2", "3", "4", "5", "6"});
    CHECK(found.observation_end == civil_date::of(2015, 2, 7));
    CHECK(found.outside == 0);
    CHECK(found.summary.log_times[2] == Catch::Approx(std::log(1.0) + std::log(3.0)));
    CHECK(found.summary.log_times[1] == 0);
}

TEST_CASE("summarise purchases: the published fixture by calendar weeks") {
    auto options = daily(2, 7);
    options.period = purchase_period::week;
    options.unit = model_time_unit::week;
    auto data = fixture();
    data.amounts.clear();
    CHECK(table(summarise_purchases(data.rows(), options).summary) ==
          columns{{1, 5, 5}, {0, 0, 5}, {1, 1, 5}, {1, 3, 3}, {0, 0, 3}, {0, 0, 0}});
    // In days the same weeks are seven times as long.
    options.unit = model_time_unit::day;
    CHECK(summarise_purchases(data.rows(), options).summary.age == std::vector<double>{35, 35, 35, 21, 21, 0});
    // From Sunday on, 2015-02-01 and 2015-02-07 are in one week.
    purchases two;
    two.add(1, civil_date::of(2015, 2, 1), 1);
    two.add(1, civil_date::of(2015, 2, 7), 1);
    CHECK(summarise_purchases(two.rows(), options).summary.repeats[0] == 1);
    options.week_start = weekday::sunday;
    CHECK(summarise_purchases(two.rows(), options).summary.repeats[0] == 0);
}

TEST_CASE("summarise purchases: the published fixture, calibration and holdout") {
    auto const at = civil_date::of(2015, 2, 1);
    auto const full = split_purchases(fixture().rows(), at, daily(2, 7));
    CHECK(full.calibration.mean_spend == std::vector<double>{0, 0, 3, 0, 4.5});
    CHECK(full.holdout_spend == std::vector<double>{2, 0, 0, 3, 0});
    CHECK(full.holdout_purchases == std::vector<double>{1, 0, 0, 2, 0});
    CHECK(full.holdout == horizon(6));
    CHECK(full.new_customers == 1);
    auto const shorter = split_purchases(fixture().rows(), at, daily(2, 4));
    CHECK(shorter.holdout_purchases == std::vector<double>{0, 0, 0, 1, 0});
    CHECK(shorter.outside == 2);
    CHECK(shorter.calibration.ids == std::vector<std::string>{"1", "2", "3", "4", "5"});
}

TEST_CASE("summarise purchases: rows in any order, and two purchases in one period") {
    purchases data;
    data.add(1, civil_date::of(2015, 4, 9), 20);
    data.add(1, civil_date::of(2015, 3, 14), 10);
    data.add(1, civil_date::of(2015, 5, 21), 25);
    CHECK(summarise_purchases(data.rows()).summary.mean_spend[0] == 22.5);
    purchases same;
    same.add(1, civil_date::of(2015, 4, 9), 20);
    same.add(1, civil_date::of(2015, 4, 9), 5);
    auto const s = summarise_purchases(same.rows()).summary;
    CHECK(table(s) == columns{{0, 0, 0, 0}});
}

TEST_CASE("summarise purchases: the first purchase counts when asked") {
    auto options = daily(2, 7);
    options.include_first = true;
    auto const s = summarise_purchases(fixture().rows(), options).summary;
    CHECK(s.repeats == std::vector<double>{2, 1, 3, 3, 3, 1});
    CHECK(s.mean_spend == std::vector<double>{1.5, 2, 3, 4, 4, 5});
    CHECK(s.last == std::vector<double>{36, 0, 4, 20, 2, 0});
}

TEST_CASE("summarise purchases: what is left out is counted") {
    auto options = daily(2, 4);
    options.observation_begin = civil_date::of(2015, 1, 2);
    options.smallest_amount = 2;
    auto const found = summarise_purchases(fixture().rows(), options);
    // Left: 3 on 01-05; 4 on 01-16 and 02-02; 5 on 01-16 and 01-18; 6 on 02-02.
    CHECK(found.outside == 5);
    CHECK(found.too_small == 2);
    CHECK(table(found.summary) == columns{{0, 0, 30, 0}, {1, 17, 19, 3}, {1, 2, 19, 8}, {0, 0, 2, 0}});
}

TEST_CASE("summarise purchases: ids as text sort by bytes, months are 30.4375 days") {
    std::vector<std::string> const ids{"b", "a", "10", "9"};
    std::vector<civil_date> const days(4, civil_date::of(2015, 1, 1));
    summarise_purchases_options options;
    options.unit = model_time_unit::month;
    options.observation_end = civil_date::of(2016, 1, 1);
    auto const s = summarise_purchases(purchase_rows<std::string>{ids, days, {}}, options).summary;
    CHECK(s.ids == std::vector<std::string>{"10", "9", "a", "b"});
    CHECK(s.age[0] == 365 / 30.4375);
    CHECK(s.mean_spend.empty());
}

TEST_CASE("summarise purchases: bad input by name") {
    CHECK(code_of({}) == "purchases.empty");
    auto ragged = fixture();
    ragged.days.pop_back();
    CHECK(code_of(ragged) == "purchases.ragged");
    auto few_amounts = fixture();
    few_amounts.amounts.pop_back();
    CHECK(code_of(few_amounts) == "purchases.ragged");
    auto nan = fixture();
    nan.amounts[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(code_of(nan) == "purchases.bad_amount");
    auto backwards = daily(1, 1);
    backwards.observation_begin = civil_date::of(2015, 2, 1);
    CHECK(code_of(fixture(), backwards) == "purchases.bad_range");
    auto before = daily(1, 1);
    before.observation_end = civil_date::of(2014, 1, 1);
    CHECK(code_of(fixture(), before) == "purchases.empty");
    CHECK_THROWS_AS(split_purchases(fixture().rows(), civil_date::of(2015, 2, 7), daily(2, 7)), issue_error);
    CHECK_THROWS_AS(split_purchases(fixture().rows(), civil_date::of(2014, 2, 7), daily(2, 7)), issue_error);
}

TEST_CASE("summarise purchases: a naive count agrees on random purchases, in any order of the rows") {
    std::uint64_t const seed = 20261126;
    CAPTURE(seed);
    random_generator random(seed);
    purchases data;
    for (int i = 0; i < 3000; ++i)
        data.add(static_cast<std::int64_t>(random_below(random, 400)),
                 civil_date(static_cast<std::int32_t>(random_below(random, 200))),
                 static_cast<double>(random_below(random, 1000)) / 100);
    summarise_purchases_options options;
    options.unit = model_time_unit::day;
    auto const s = summarise_purchases(data.rows(), options).summary;
    std::map<std::int64_t, std::map<std::int32_t, double>> naive;
    std::int32_t end = 0;
    for (std::size_t i = 0; i < data.days.size(); ++i) {
        naive[data.customers[i]][data.days[i].days_since_epoch()] += data.amounts[i];
        end = std::max(end, data.days[i].days_since_epoch());
    }
    REQUIRE(s.size() == naive.size());
    std::size_t row = 0;
    for (auto const& [id, days] : naive) {
        CHECK(s.ids[row] == std::to_string(id));
        CHECK(s.repeats[row] == static_cast<double>(days.size() - 1));
        CHECK(s.last[row] == days.rbegin()->first - days.begin()->first);
        CHECK(s.age[row] == end - days.begin()->first);
        double spend = 0;
        for (auto at = std::next(days.begin()); at != days.end(); ++at)
            spend += at->second;
        if (days.size() > 1) CHECK(s.mean_spend[row] == Catch::Approx(spend / static_cast<double>(days.size() - 1)));
        ++row;
    }
    std::vector<std::size_t> order(data.days.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    random_shuffle(random, std::span(order));
    purchases shuffled;
    for (std::size_t const i : order)
        shuffled.add(data.customers[i], data.days[i], data.amounts[i]);
    auto const again = summarise_purchases(shuffled.rows(), options).summary;
    CHECK(again.mean_spend == s.mean_spend); // every bit
    CHECK(again.log_times == s.log_times);
}

// statistics.md section 2.1 and expected_cdnow.json: /sample|master/calibration_1997_09_30_weeks/{customers, sum_x,
// sum_tx, sum_T, sum_zbar, x0, max_x, x_histogram}, /sample|master/holdout_1997_10_01_to_1998_06_30/
// {transactions_by_customer_day, customers_with_any}, /holdout_sample_actual_sum.
TEST_CASE("summarise purchases: CDNOW, sample and master") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const wanted = expected("expected_cdnow.json");
    for (std::string const set : {"sample", "master"}) {
        CAPTURE(set);
        auto const data = set == "sample" ? cdnow_sample() : cdnow_master();
        auto const found = split_purchases(data.rows(), civil_date::of(1997, 9, 30), {});
        auto const& s = found.calibration;
        auto const sum = [](std::vector<double> const& v) { return std::accumulate(v.begin(), v.end(), 0.0); };
        std::string const at = "/" + set + "/calibration_1997_09_30_weeks/";
        CHECK(static_cast<double>(s.size()) == number(wanted, at + "customers"));
        CHECK(sum(s.repeats) == number(wanted, at + "sum_x"));
        CHECK(sum(s.last) == Catch::Approx(number(wanted, at + "sum_tx")).epsilon(1e-9));
        CHECK(sum(s.age) == Catch::Approx(number(wanted, at + "sum_T")).epsilon(1e-9));
        CHECK(sum(s.mean_spend) == Catch::Approx(number(wanted, at + "sum_zbar")).epsilon(1e-9));
        CHECK(*std::max_element(s.repeats.begin(), s.repeats.end()) == number(wanted, at + "max_x"));
        for (int x = 0; x <= 10; ++x) {
            auto const count = std::count_if(s.repeats.begin(), s.repeats.end(),
                                             [&](double v) { return x < 10 ? v == x : v >= 10; });
            CHECK(static_cast<double>(count) == number(wanted, at + "x_histogram/" + std::to_string(x)));
        }
        CHECK(static_cast<double>(std::count(s.repeats.begin(), s.repeats.end(), 0)) == number(wanted, at + "x0"));
        std::string const after = "/" + set + "/holdout_1997_10_01_to_1998_06_30/";
        CHECK(sum(found.holdout_purchases) == number(wanted, after + "transactions_by_customer_day"));
        auto const any = std::count_if(found.holdout_purchases.begin(), found.holdout_purchases.end(),
                                       [](double v) { return v > 0; });
        CHECK(static_cast<double>(any) == number(wanted, after + "customers_with_any"));
        CHECK(found.holdout == horizon(39));
        if (set == "master") continue;
        CHECK(sum(found.holdout_purchases) == number(wanted, "/holdout_sample_actual_sum"));
        // statistics.md section 2.1: mean spend of the 946 repeaters, described as by pandas and rounded as by lifetimes;
        // its correlation with x; distinct triples.
        std::vector<double> spend;
        for (std::size_t i = 0; i < s.size(); ++i)
            if (s.repeats[i] > 0) spend.push_back(s.mean_spend[i]);
        auto const described = compute_moments(spend);
        CHECK(described.count == 946);
        CHECK(std::round(described.mean) == 35);
        CHECK(std::round(std::sqrt(described.variance)) == 30);
        CHECK(std::round(described.minimum) == 3);
        CHECK(std::round(quantile(spend, 0.5)) == 27);
        CHECK(std::round(described.maximum) == 300);
        CHECK(fit_gamma_gamma(s).correlation() == Catch::Approx(.1139).margin(5e-5));
        std::set<std::vector<double>> triples;
        for (std::size_t i = 0; i < s.size(); ++i)
            triples.insert({s.repeats[i], s.last[i], s.age[i]});
        CHECK(triples.size() == 1016);
    }
}

// expected_cdnow.json: /sample|master/{rows, customers, customer_days, one_time_buyers_by_day, zero_amount_rows,
// spend_exact_decimal, first_day, last_day, last_first_purchase_day}.
TEST_CASE("summarise purchases: totals of CDNOW") {
    SEGMENTA_NEED_TEST_DATA("CDNOW_sample.txt");
    auto const wanted = expected("expected_cdnow.json");
    for (std::string const set : {"sample", "master"}) {
        CAPTURE(set);
        std::string const at = "/" + set + "/";
        auto const data = set == "sample" ? cdnow_sample() : cdnow_master();
        summarise_purchases_options options;
        options.unit = model_time_unit::day;
        options.include_first = true;
        auto const found = summarise_purchases(data.rows(), options);
        auto const& s = found.summary;
        double days = 0;
        double spend = 0;
        double youngest = 1e9;
        double oldest = 0;
        for (std::size_t i = 0; i < s.size(); ++i) {
            days += s.repeats[i];
            spend += s.repeats[i] * s.mean_spend[i];
            youngest = std::min(youngest, s.age[i]);
            oldest = std::max(oldest, s.age[i]);
        }
        CHECK(static_cast<double>(data.days.size()) == number(wanted, at + "rows"));
        CHECK(static_cast<double>(s.size()) == number(wanted, at + "customers"));
        CHECK(days == number(wanted, at + "customer_days"));
        CHECK(static_cast<double>(std::count(s.repeats.begin(), s.repeats.end(), 1)) ==
              number(wanted, at + "one_time_buyers_by_day"));
        auto const text = [&](char const* key) { return std::string(wanted.at_pointer(at + key).as_string()); };
        CHECK(spend == Catch::Approx(std::stod(text("spend_exact_decimal"))).epsilon(1e-12));
        CHECK(found.observation_end == iso_day(text("last_day")));
        CHECK(found.observation_end - static_cast<std::int32_t>(oldest) == iso_day(text("first_day")));
        CHECK(found.observation_end - static_cast<std::int32_t>(youngest) == iso_day(text("last_first_purchase_day")));
        options.smallest_amount = 0.01;
        CHECK(static_cast<double>(summarise_purchases(data.rows(), options).too_small) ==
              number(wanted, at + "zero_amount_rows"));
    }
}

// expected_small_sets.json: /apparel_trans/btyd_days/* and /lifetimes_example_transactions/btyd_days_end_2014_12_31/*.
TEST_CASE("summarise purchases: apparel and the example of lifetimes") {
    SEGMENTA_NEED_TEST_DATA("expected_small_sets.json");
    auto const wanted = expected("expected_small_sets.json");
    auto const check = [&](purchases const& data, std::string const& at, std::optional<civil_date> end) {
        summarise_purchases_options options;
        options.unit = model_time_unit::day;
        options.observation_end = end;
        auto const s = summarise_purchases(data.rows(), options).summary;
        auto const sum = [](std::vector<double> const& v) { return std::accumulate(v.begin(), v.end(), 0.0); };
        CHECK(static_cast<double>(s.size()) == number(wanted, at + "customers"));
        CHECK(sum(s.repeats) == number(wanted, at + "sum_x"));
        CHECK(sum(s.last) == number(wanted, at + "sum_tx"));
        CHECK(sum(s.age) == number(wanted, at + "sum_T"));
        if (!s.mean_spend.empty())
            CHECK(sum(s.mean_spend) == Catch::Approx(number(wanted, at + "sum_zbar")).epsilon(1e-9));
        CHECK(*std::max_element(s.repeats.begin(), s.repeats.end()) == number(wanted, at + "max_x"));
        CHECK(static_cast<double>(std::count(s.repeats.begin(), s.repeats.end(), 0)) == number(wanted, at + "x0"));
    };
    check(apparel(), "/apparel_trans/btyd_days/", std::nullopt);
    check(lifetimes_example(), "/lifetimes_example_transactions/btyd_days_end_2014_12_31/",
          civil_date::of(2014, 12, 31));
}
