// SPDX-License-Identifier: Apache-2.0
// Every bin of expected_*.json: credit_data.test.cpp, churn_data.test.cpp, online_shoppers_data.test.cpp.
#include <segmenta/model/woe_binning.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"
#include "support/text_columns.hpp"

#include <cmath>
#include <limits>
#include <map>
#include <set>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();
using events = std::vector<std::uint8_t>;

text_columns const& german() {
    static text_columns const data{test_data("german_credit_scorecard.csv")};
    return data;
}
events german_bad() { return german().is("creditability", "bad"); }

std::vector<std::string> codes_of(std::vector<double> const& values, std::vector<std::uint8_t> const& outcomes,
                                  woe_options const& options) {
    std::vector<std::string> out;
    try {
        (void)fit_woe_binning(values, outcomes, options);
    } catch (issue_error const& e) {
        for (issue const& i : e.issues())
            out.push_back(i.code);
    }
    return out;
}
using codes = std::vector<std::string>;

woe_options scorecardpy(woe_method method) {
    woe_options out;
    out.method = method;
    out.start = fine_cut::round_steps;
    out.settings.zeros.amount = 0.9;
    return out;
}

} // namespace

// Source of the values: scorecardpy 0.1.9.7 on german_credit_scorecard.csv, statistics.md 2.15, tolerance 1e-8.
TEST_CASE("woe binning: information value of raw German credit columns, as scorecardpy's iv()") {
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    std::map<std::string, double> const numbers{
        {"duration_in_month", .33757228},
        {"age_in_years", .26045275},
        {"credit_amount", .05463885},
        {"installment_rate_in_percentage_of_disposable_income", .02632209},
        {"number_of_existing_credits_at_this_bank", .01326652},
        {"present_residence_since", .00358877},
        {"number_of_people_being_liable_to_provide_maintenance_for", .00004339}};
    std::map<std::string, double> const texts{{"status_of_existing_checking_account", .66601150},
                                              {"credit_history", .29323355},
                                              {"savings_account_and_bonds", .19600956},
                                              {"purpose", .16919507},
                                              {"property", .11263826},
                                              {"present_employment_since", .08643363},
                                              {"housing", .08329343},
                                              {"other_installment_plans", .05761454},
                                              {"foreign_worker", .04387741},
                                              {"other_debtors_or_guarantors", .03201932},
                                              {"personal_status_and_sex", .00883992},
                                              {"job", .00876277},
                                              {"telephone", .00637761}};
    auto const options = scorecardpy(woe_method::each_value);
    int kept = 0; // by scorecardpy's var_filter: information value of at least .02
    for (auto const& [name, expected] : numbers) {
        INFO(name);
        auto const fitted = fit_woe_binning(german().numbers(name), german_bad(), options);
        CHECK_THAT(fitted.information_value(), WithinAbs(expected, 1e-8));
        kept += fitted.information_value() >= .02;
    }
    for (auto const& [name, expected] : texts) {
        INFO(name);
        auto const fitted = fit_woe_binning(german().views(name), german_bad(), options);
        CHECK_THAT(fitted.information_value(), WithinAbs(expected, 1e-8));
        kept += fitted.information_value() >= .02;
    }
    // var_filter keeps 13 of 20: it also drops what has one value in more than 95 % of rows, and that is
    // foreign_worker.
    CHECK(kept - 1 == 13);
}

TEST_CASE("woe binning: the fill of empty cells is the result, statistics.md 2.15") {
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    auto const iv = [](std::string const& name, double amount, bool totals_after) {
        auto options = scorecardpy(woe_method::each_value);
        options.settings.zeros = {zero_cell_rule::replace, amount, totals_after};
        return fit_woe_binning(german().numbers(name), german_bad(), options).information_value();
    };
    CHECK_THAT(iv("duration_in_month", .99, true), WithinAbs(.33450349, 1e-8));
    CHECK_THAT(iv("age_in_years", .99, true), WithinAbs(.25965142, 1e-8));
    CHECK_THAT(iv("credit_amount", .99, true), WithinAbs(.03895727, 1e-8));
    CHECK_THAT(iv("credit_amount", .9, false), WithinAbs(1.2884, 5e-5));
    CHECK_THAT(iv("credit_amount", .99, false), WithinAbs(1.4416, 5e-5));
    auto const fitted =
        fit_woe_binning(german().numbers("credit_amount"), german_bad(), scorecardpy(woe_method::each_value));
    int empty = 0;
    int distinct = 0;
    for (woe_bin const& bin : fitted.table()) {
        empty += bin.counts.rows() > 0 && (bin.counts.events == 0 || bin.counts.non_events == 0);
        distinct += bin.counts.rows() > 0;
    }
    CHECK(empty == 893);
    CHECK(distinct == 921);
}

TEST_CASE("woe binning: manual bins of German credit, statistics.md 2.15") {
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    struct row {
        std::string name;
        std::vector<double> breaks;
        std::vector<double> weights;
        double information_value;
    };
    std::vector<row> const rows{
        {"duration_in_month",
         {8, 16, 34, 44},
         {-1.31218639, -.34662461, .10868831, .52452447, 1.13497993},
         .2826180559},
        {"age_in_years", {26, 28, 35, 37}, {.52884413, -.16093037, .14245464, -.87248811, -.21237145}, .1304985421},
        {"age_in_years", {26, 35, 40}, {.52884413, .06046520, -.56368911, -.19415601}, .1127420816},
        {"age_in_years", {26, 35, 37}, {}, .1239351042},
        {"credit_amount",
         {1400, 1800, 4000, 9200},
         {.03366128, -.72823850, -.25830746, .39053946, 1.17007125},
         .1812203747}};
    for (row const& r : rows) {
        INFO(r.name);
        woe_options options;
        options.method = woe_method::manual;
        options.breaks = r.breaks;
        auto const fitted = fit_woe_binning(german().numbers(r.name), german_bad(), options);
        CHECK_THAT(fitted.information_value(), WithinAbs(r.information_value, 1e-8));
        for (std::size_t i = 0; i < r.weights.size(); ++i)
            CHECK_THAT(fitted.table()[i].woe, WithinAbs(r.weights[i], 1e-8));
    }
    woe_options options;
    options.method = woe_method::manual;
    options.breaks = {8, 16, 34, 44};
    auto const fitted = fit_woe_binning(german().numbers("duration_in_month"), german_bad(), options);
    std::vector<outcome_counts> const counts{{78, 9}, {264, 80}, {270, 129}, {58, 42}, {30, 40}};
    for (std::size_t i = 0; i < counts.size(); ++i)
        CHECK(fitted.table()[i].counts == counts[i]);
    CHECK(fitted.table()[1].label == "[8,16)");
    CHECK(fitted.table()[4].label == "[44,inf)");
    CHECK(fitted.woe(8.0) == fitted.table()[1].woe);
    CHECK(fitted.woe(7.999) == fitted.table()[0].woe);

    options.breaks.clear();
    options.groups = {{"... < 0 DM", "0 <= ... < 200 DM"},
                      {"... >= 200 DM / salary assignments for at least 1 year"},
                      {"no checking account"}};
    auto const status = fit_woe_binning(german().views("status_of_existing_checking_account"), german_bad(), options);
    CHECK_THAT(status.table()[0].woe, WithinAbs(.61420398, 1e-8));
    CHECK_THAT(status.table()[1].woe, WithinAbs(-.40546511, 1e-8));
    CHECK_THAT(status.table()[2].woe, WithinAbs(-1.17626322, 1e-8));
    CHECK_THAT(status.information_value(), WithinAbs(.6393719545, 1e-8));
    auto const raw = fit_woe_binning(german().views("status_of_existing_checking_account"), german_bad(),
                                     scorecardpy(woe_method::each_value));
    struct level {
        std::string_view text;
        outcome_counts counts;
        double woe;
    };
    for (level const& l : {level{"... < 0 DM", {139, 135}, .81809871}, level{"0 <= ... < 200 DM", {164, 105}, .40139178},
                           level{"... >= 200 DM / salary assignments for at least 1 year", {49, 14}, -.40546511},
                           level{"no checking account", {348, 46}, -1.17626322}}) {
        INFO(l.text);
        CHECK(raw.table()[raw.bin_of(l.text)].counts == l.counts);
        CHECK_THAT(raw.woe(l.text), WithinAbs(l.woe, 1e-8));
    }
    CHECK_THAT(raw.information_value(), WithinAbs(.6660115033513336, 1e-12));
}

TEST_CASE("woe binning: the tree and chi-merge find scorecardpy's bins on German credit") {
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    auto const tree = scorecardpy(woe_method::tree);
    auto const breaks = [](std::string const& name, woe_options const& options) {
        return fit_woe_binning(german().numbers(name), german_bad(), options).layout().breaks;
    };
    using list = std::vector<double>;
    CHECK(breaks("duration_in_month", tree) == list{8, 16, 34, 44});
    CHECK(breaks("age_in_years", tree) == list{26, 28, 35, 37});
    CHECK(breaks("credit_amount", tree) == list{1400, 1800, 4000, 9200});
    CHECK(breaks("age_in_years", scorecardpy(woe_method::chi_merge)) == list{26, 35, 37});
    std::map<std::string, double> const texts{{"savings_account_and_bonds", .1909739003},
                                              {"credit_history", .2918298549},
                                              {"purpose", .1529244241},
                                              {"property", .1126382624},
                                              {"housing", .0832934336}};
    for (auto const& [name, expected] : texts) {
        INFO(name);
        auto const fitted = fit_woe_binning(german().views(name), german_bad(), tree);
        CHECK_THAT(fitted.information_value(), WithinAbs(expected, 1e-8));
    }
}

// Breast Cancer Wisconsin (Diagnostic), W. Wolberg et al. 1995, UCI, CC BY 4.0. Values: tests of optbinning (relative
// 1e-6), statistics.md 2.15.
TEST_CASE("woe binning: mean radius, as optbinning") {
    text_columns const data{own_data("breast_cancer_mean_radius.csv")};
    woe_options options;
    options.method = woe_method::manual;
    options.settings.direction = woe_direction::non_events_over_events;
    options.breaks = {11.42500019, 12.32999992, 13.09499979, 13.70499992, 15.04500008, 16.92500019};
    auto const values = data.numbers("mean_radius");
    auto const benign = data.is("benign", "1");
    auto const fitted = fit_woe_binning(values, benign, options);
    auto const measures = fitted.measures();
    CHECK_THAT(fitted.information_value(), WithinRel(5.043925466321346, 1e-12));
    CHECK(measures.information_value == fitted.information_value());
    CHECK_THAT(measures.jensen_shannon, WithinAbs(.39378376, 1e-8));
    CHECK_THAT(measures.gini, WithinAbs(.87541620, 1e-8));
    CHECK_THAT(measures.kolmogorov_smirnov, WithinAbs(.72862164, 1e-8));
    CHECK_THAT(measures.hellinger, WithinAbs(.47248971, 1e-8));
    CHECK_THAT(fitted.table()[0].woe, WithinAbs(-3.12517, 5e-6));
    CHECK_THAT(fitted.table()[6].woe, WithinAbs(5.28332, 5e-6));
    options.breaks = {13, 15, 17};
    CHECK_THAT(fit_woe_binning(values, benign, options).information_value(), WithinRel(4.819661314733627, 1e-6));
}

TEST_CASE("woe binning: the weight of two shares, as toad") {
    CHECK_THAT(weight_of_evidence(.2, .3), WithinAbs(-.4054651081, 1e-10));
}

TEST_CASE("woe binning: missing and special values are bins of their own") {
    std::vector<double> const values{1, 2, 3, 4, nan_value, nan_value, 98, 98, 99, 99, 1, 4};
    events const bad{0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0, 1};
    woe_options options;
    options.method = woe_method::manual;
    options.breaks = {3};
    options.special_values = {98, 99};
    auto const fitted = fit_woe_binning(values, bad, options);
    REQUIRE(fitted.table().size() == 5);
    CHECK(fitted.table()[0].counts == outcome_counts{2, 1});
    CHECK(fitted.table()[1].counts == outcome_counts{1, 2});
    CHECK(fitted.table()[2].label == "special 98");
    CHECK(fitted.table()[3].counts == outcome_counts{1, 1});
    CHECK(fitted.table()[4].label == "missing");
    CHECK(fitted.table()[4].counts == outcome_counts{1, 1});
    CHECK(fitted.bin_of(98.0) == 2);
    CHECK(fitted.bin_of(97.9) == 1);
    CHECK(fitted.bin_of(nan_value) == 4);
    CHECK(fitted.bin_of(std::numeric_limits<double>::infinity()) == 1);
    CHECK(fitted.bin_of("98") == 4);
}

TEST_CASE("woe binning: what training never saw goes by the policy that was chosen") {
    std::vector<std::string_view> const seen{"a", "a", "a", "b", "b", "b"};
    events const bad{1, 1, 0, 0, 0, 1};
    woe_options options;
    options.method = woe_method::each_value;
    auto const neutral = fit_woe_binning(seen, bad, options);
    CHECK(neutral.woe("c") == 0);
    CHECK(neutral.woe("") == 0);
    CHECK(neutral.table()[neutral.bin_of("c")].label == "unseen");
    options.settings.unseen = fallback_woe::riskiest;
    options.settings.missing = fallback_woe::not_a_number;
    auto const other = fit_woe_binning(seen, bad, options);
    CHECK(other.woe("c") == other.woe("a"));
    CHECK(std::isnan(other.woe("")));
    options.settings.direction = woe_direction::non_events_over_events;
    auto const turned = fit_woe_binning(seen, bad, options);
    CHECK(turned.woe("a") == -other.woe("a"));
    CHECK(turned.woe("c") == turned.woe("a"));
    CHECK(turned.information_value() == other.information_value());
    std::vector<double> out(2);
    std::vector<std::string_view> const asked{"b", "zzz"};
    other.woe(asked, out);
    CHECK(out == std::vector{other.woe("b"), other.woe("a")});
}

TEST_CASE("woe binning: zero cells are filled, added to or refused") {
    std::vector<double> const values{1, 1, 2, 2, 3, 3};
    events const bad{0, 0, 0, 1, 1, 0};
    woe_options options;
    options.method = woe_method::each_value;
    options.settings.zeros = {zero_cell_rule::replace, 0.5, false};
    CHECK_THAT(fit_woe_binning(values, bad, options).woe(1.0), WithinRel(std::log((0.5 / 2) / (2. / 4)), 1e-14));
    options.settings.zeros = {zero_cell_rule::replace, 0.5, true};
    CHECK_THAT(fit_woe_binning(values, bad, options).woe(1.0), WithinRel(std::log((0.5 / 2.5) / (2. / 4)), 1e-14));
    options.settings.zeros = {zero_cell_rule::add, 0.5, true};
    CHECK_THAT(fit_woe_binning(values, bad, options).woe(1.0), WithinRel(std::log((0.5 / 3.5) / (2.5 / 5.5)), 1e-14));
    options.settings.zeros.rule = zero_cell_rule::refuse;
    CHECK(codes_of(values, bad, options) == codes{"woe.zero_cell"});
}

TEST_CASE("woe binning: a trend holds after merging, and costs no more than it must") {
    auto const seed = GENERATE(1U, 2U, 3U, 4U, 5U);
    CAPTURE(seed);
    random_generator random(seed);
    std::vector<double> values(4000);
    events bad(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = random_normal(random);
        bad[i] = random_bernoulli(random, 0.2 + 0.3 * std::exp(-values[i] * values[i]) + 0.05 * (values[i] > 0));
    }
    auto const method = GENERATE(woe_method::tree, woe_method::quantile, woe_method::chi_merge);
    auto const rates = [&](woe_trend trend) {
        woe_options options;
        options.method = method;
        options.trend = trend;
        auto const fitted = fit_woe_binning(values, bad, options);
        std::vector<double> out;
        std::uint64_t rows = 0;
        for (std::size_t i = 0; i <= fitted.layout().breaks.size(); ++i) {
            out.push_back(fitted.table()[i].counts.event_rate());
            rows += fitted.table()[i].counts.rows();
            if (method != woe_method::quantile) CHECK(fitted.table()[i].counts.rows() >= 200);
        }
        CHECK(rows == values.size());
        return std::pair(out, fitted.information_value());
    };
    auto const [up, up_value] = rates(woe_trend::ascending);
    auto const [down, down_value] = rates(woe_trend::descending);
    auto const [best, best_value] = rates(woe_trend::automatic);
    CHECK(std::is_sorted(up.begin(), up.end()));
    CHECK(std::is_sorted(down.rbegin(), down.rend()));
    CHECK(best_value == std::max(up_value, down_value));
    CHECK(rates(woe_trend::any).second >= best_value);
}

TEST_CASE("woe binning: each value falls into the bin it was counted in, whichever side is closed") {
    std::vector<double> const values{1, 2, 2, 3, 3, 4, 5, 5, 6, 7, nan_value};
    events const bad{0, 1, 0, 1, 0, 0, 1, 0, 1, 1, 0};
    auto const closed = GENERATE(closed_side::left, closed_side::right);
    auto const method = GENERATE(woe_method::manual, woe_method::each_value, woe_method::quantile, woe_method::tree);
    woe_options options;
    options.closed = closed;
    options.method = method;
    options.breaks = {2, 5};
    options.max_bins = 4;
    auto const fitted = fit_woe_binning(values, bad, options);
    std::vector<outcome_counts> counted(fitted.table().size());
    for (std::size_t i = 0; i < values.size(); ++i)
        counted[fitted.bin_of(values[i])].add(bad[i] != 0);
    for (std::size_t i = 0; i < counted.size(); ++i)
        CHECK(counted[i] == fitted.table()[i].counts);
}

TEST_CASE("woe binning: bad input is named, all of it") {
    std::vector<double> const values{1, 2, 3, 4};
    events const bad{0, 1, 0, 1};
    woe_options options;
    options.method = woe_method::manual;
    options.breaks = {2};
    CHECK(codes_of(values, bad, options).empty());
    CHECK(codes_of({}, {}, options) == codes{"woe.empty"});
    CHECK(codes_of(values, {0, 1, 0}, options) == codes{"woe.ragged"});
    CHECK(codes_of(values, {0, 1, 2, 0}, options) == codes{"woe.outcome"});
    CHECK(codes_of(values, {0, 0, 0, 0}, options) == codes{"woe.one_class"});
    CHECK(codes_of(values, {1, 1, 1, 1}, options) == codes{"woe.one_class"});
    CHECK(codes_of({3, 3, 3, 3}, bad, options) == codes{"woe.constant"});
    CHECK(codes_of({nan_value, nan_value, nan_value, nan_value}, bad, options) == codes{"woe.constant"});
    CHECK(codes_of({1, INFINITY, 2, 3}, bad, options) == codes{"woe.not_finite"});
    options.breaks = {3, 2};
    CHECK(codes_of(values, bad, options) == codes{"woe.breaks"});
    options.breaks = {nan_value};
    CHECK(codes_of(values, bad, options) == codes{"woe.breaks"});
    options.breaks = {};
    CHECK(codes_of(values, bad, options) == codes{"woe.breaks"});
    options.breaks = {2};
    options.special_values = {7, 7};
    CHECK(codes_of(values, bad, options) == codes{"woe.special"});
    options.special_values = {};
    options.settings.zeros.amount = 0;
    CHECK(codes_of(values, bad, options) == codes{"woe.options"});
    options.settings.zeros.amount = 1;
    options.max_bins = 1;
    options.min_share = 0.7;
    CHECK(codes_of({3, 3, 3}, bad, options) == codes{"woe.ragged", "woe.options", "woe.options", "woe.constant"});
    std::vector<std::string_view> const texts{"a", "b", "a", "b"};
    woe_options groups;
    groups.method = woe_method::manual;
    groups.groups = {{"a"}};
    CHECK_THROWS_AS(fit_woe_binning(texts, bad, groups), issue_error);
    groups.groups = {{"a", "b"}, {"b"}};
    CHECK_THROWS_AS(fit_woe_binning(texts, bad, groups), issue_error);
    groups.method = woe_method::quantile;
    CHECK_THROWS_AS(fit_woe_binning(texts, bad, groups), issue_error);
}

TEST_CASE("woe binning: a document gives back the same binning, and a damaged one is refused") {
    std::vector<std::string_view> const texts{"a", "b", "a", "b", "c", "", "c", "d"};
    events const bad{0, 1, 1, 1, 0, 0, 1, 0};
    woe_options options;
    options.name = "city";
    options.method = woe_method::each_value;
    options.settings = {woe_direction::non_events_over_events,
                        {zero_cell_rule::add, 0.1, false},
                        fallback_woe::riskiest,
                        fallback_woe::not_a_number};
    auto const categories = fit_woe_binning(texts, bad, options);
    options.settings.unseen = fallback_woe::neutral;
    options.special_values = {98};
    auto const numbers = fit_woe_binning(std::vector{1., 2., .1 + .2, 4., 98., nan_value, 3., 1.}, bad, options);
    auto const text = numbers.to_json();
    CHECK(woe_binning::from_json(text) == numbers);
    CHECK(woe_binning::from_json(categories.to_json()).to_json() == categories.to_json());
    auto damaged = text;
    damaged.replace(damaged.find("98"), 2, "97");
    CHECK_THROWS_AS(woe_binning::from_json(damaged), issue_error);
    CHECK_THROWS_AS(woe_binning::from_json(text.substr(0, 50)), issue_error);
}
