// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/experiment_test.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/multiple_tests.hpp>

#include "evaluate/hillstrom.hpp"
#include "evaluate/special_functions.hpp"
#include "support/moment_figures.hpp"

#include <algorithm>
#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("experiment test: two proportions as in statistics.md 2.18") {
    auto const test = two_proportions({120, 1000}, {100, 1000});
    CHECK_THAT(test.z.value(), within(1.42930085, 1e-8));
    CHECK_THAT(test.p, within(.15291778, 1e-7));
    CHECK_THAT(test.difference, within(.02, 1e-12));
    CHECK_THAT(test.relative_lift.value(), within(.2, 1e-12));
    CHECK(two_proportions({120, 1000}, {100, 1000}, .95, alternative::greater).p == Catch::Approx(test.p / 2));
    CHECK(two_proportions({120, 1000}, {100, 1000}, .95, alternative::less).p == Catch::Approx(1 - test.p / 2));
    // Newcombe 1998, table II, method 10: (a) 56/70 - 48/80, (g) 10/10 - 0/20; digits from statsmodels 0.15
    auto const a = two_proportions({56, 70}, {48, 80}).newcombe;
    CHECK_THAT(a.low, within(.05243147240236494, 1e-10));
    CHECK_THAT(a.high, within(.33387265403690614, 1e-10));
    auto const g = two_proportions({10, 10}, {0, 20}).newcombe;
    CHECK_THAT(g.low, within(.6790860371419145, 1e-10));
    CHECK(g.high == 1);
}

TEST_CASE("experiment test: arms in which nobody or everybody succeeded have a documented answer") {
    auto const nobody = two_proportions({0, 10}, {0, 20});
    CHECK_FALSE(nobody.z);
    CHECK(nobody.p == 1);
    CHECK_FALSE(nobody.relative_lift);
    CHECK(nobody.wald.low == 0);
    CHECK(nobody.newcombe.low < 0);
    CHECK(nobody.newcombe.high > 0);
    auto const everybody = two_proportions({10, 10}, {20, 20});
    CHECK_FALSE(everybody.z);
    CHECK(everybody.p == 1);
    CHECK(fisher_exact({0, 10}, {0, 20}) == 1);
    CHECK(compare_rates(std::vector<proportion>{{0, 5}, {0, 6}}).statistic == 0);
    CHECK(compare_rates(std::vector<proportion>{{0, 5}, {0, 6}}).p == 1.0);
}

TEST_CASE("experiment test: Fisher's exact test") {
    struct row {
        proportion treated, control;
        double two_sided, greater, less;
    };
    // scipy 1.17.1 fisher_exact
    for (auto const& r : {row{{8, 10}, {1, 6}, .034965034965034975, .024475524475524483, .9991258741258742},
                          row{{10, 20}, {3, 18}, .04341947222926089, .033020387302923455, .9948212156221055},
                          row{{120, 1000}, {100, 1000}, .17440710410433716, .08720355205216858, .9333648487815597},
                          row{{1, 10}, {11, 14}, .0027594561852200836, .9999663480953022, .0013797280926100418},
                          row{{3894, 21307}, {2262, 21306}, 5.43735902795221e-113, 2.8405462132796484e-113, 1}}) {
        CHECK_THAT(fisher_exact(r.treated, r.control), within(r.two_sided, 1e-8));
        CHECK_THAT(fisher_exact(r.treated, r.control, alternative::greater), within(r.greater, 1e-8));
        CHECK_THAT(fisher_exact(r.treated, r.control, alternative::less), within(r.less, 1e-8));
    }
    // a table beyond all numbers
    CHECK(fisher_exact({1'000'000, 1'000'000}, {0, 1'000'000}) == 0);
    CHECK(fisher_exact({500'000, 1'000'000}, {500'000, 1'000'000}) == Catch::Approx(1));
    // by counting all tables of small margins
    for (std::uint64_t a = 0; a <= 4; ++a) {
        for (std::uint64_t c = 0; c <= 6; ++c) {
            auto const choose = [](double n, double k) { return std::round(std::exp(detail::log_choose(n, k))); };
            double all = 0, extreme = 0;
            auto const weight = [&](std::uint64_t x) {
                return x > 4 || a + c - x > 6 ? 0.0 : choose(4, double(x)) * choose(6, double(a + c - x));
            };
            for (std::uint64_t x = 0; x <= a + c; ++x) {
                all += weight(x);
                if (weight(x) <= weight(a)) extreme += weight(x);
            }
            CHECK_THAT(fisher_exact({a, 4}, {c, 6}), within(extreme / all, 1e-12));
        }
    }
}

TEST_CASE("experiment test: Welch's test") {
    std::vector<double> const a{1.1, 2.3, 3.7, 4.2, 9.5, 0.3};
    std::vector<double> const b{0.2, 1.0, 1.5, 2.2, 0.7};
    // scipy 1.17.1 ttest_ind(equal_var=False), 90 % interval
    auto const test = welch_test(a, b, 0.9);
    CHECK_THAT(test.t.value(), within(1.7312941025598054, 1e-12));
    CHECK_THAT(test.degrees.value(), within(5.643853597087002, 1e-12));
    CHECK_THAT(test.p.value(), within(.137232654604027, 1e-11));
    CHECK_THAT(test.confidence.low, within(-.32402613641076217, 1e-10));
    CHECK_THAT(test.confidence.high, within(5.117359469744096, 1e-10));
    CHECK_THAT(welch_test(a, b, .9, alternative::greater).p.value(), within(.0686163273020135, 1e-11));
    CHECK_THAT(welch_test(a, b, .9, alternative::less).p.value(), within(.9313836726979865, 1e-11));
    // neither arm varies: no test, no NaN
    auto const flat = welch_test(std::vector{2.0, 2.0}, std::vector{1.0, 1.0, 1.0});
    CHECK_FALSE(flat.t);
    CHECK_FALSE(flat.p);
    CHECK(flat.difference == 1);
    CHECK(flat.confidence.low == 1);
    CHECK(flat.relative_lift == 1.0);
    // amounts of any size: nothing overflows on the way
    CHECK_THAT(welch_test(arm_summary{9, 2e150, 1e300}, arm_summary{9, 0, 1e300}).degrees.value(), within(16, 1e-12));
    CHECK_THAT(welch_test(arm_summary{9, 2e-150, 1e-300}, arm_summary{9, 0, 1e-300}).degrees.value(),
               within(16, 1e-12));
    // one arm varies
    CHECK(welch_test(std::vector{2.0, 3.0}, std::vector{1.0, 1.0, 1.0}).degrees.value() == Catch::Approx(1));
    CHECK_FALSE(welch_test(std::vector{2.0, 3.0}, std::vector{-1.0, 1.0}).relative_lift);
}

TEST_CASE("experiment test: Student's distribution") {
    // scipy 1.17.1
    CHECK_THAT(detail::student_beyond(2.5, 3.7), within(.07182202291182678, 1e-12));
    CHECK_THAT(detail::student_beyond(40, 5), within(1.8411962171772954e-07, 1e-12));
    CHECK_THAT(detail::student_beyond(.01, 200), within(.992031255153281, 1e-12));
    CHECK_THAT(detail::student_quantile(.975, 3.7), within(2.8675207071911895, 1e-12));
    CHECK_THAT(detail::student_quantile(.025, 3.7), within(-2.8675207071911895, 1e-12));
    CHECK(detail::student_beyond(infinity, 4) == 0);
    CHECK(std::isnan(detail::student_beyond(1, 0)));
}

TEST_CASE("experiment test: Mann and Whitney's test") {
    std::vector<double> const a{1.1, 2.3, 3.7, 4.2, 9.5, 0.3};
    std::vector<double> const b{0.2, 1.0, 1.5, 2.2, 0.7};
    // scipy 1.17.1 mannwhitneyu
    auto const exact = mann_whitney(a, b);
    CHECK(exact.exact);
    CHECK(exact.u == 24);
    CHECK(exact.superiority == 0.8);
    CHECK_THAT(exact.p, within(.12554112554112554, 1e-12));
    CHECK_THAT(mann_whitney(a, b, alternative::greater).p, within(.06277056277056277, 1e-12));
    CHECK_THAT(mann_whitney(a, b, alternative::less).p, within(.9588744588744589, 1e-12));
    auto const normal = mann_whitney(a, b, alternative::two_sided, rank_test_method::normal);
    CHECK_THAT(normal.p, within(.12069080052744556, 1e-11));
    CHECK_FALSE(normal.exact);
    std::vector<double> const at{1, 2, 2, 3, 5, 5, 5};
    std::vector<double> const bt{0, 1, 2, 2, 2, 3};
    auto const ties = mann_whitney(at, bt);
    CHECK_FALSE(ties.exact);
    CHECK(ties.u == 32);
    CHECK_THAT(ties.p, within(.1195598855848161, 1e-11));
    CHECK_THAT(mann_whitney(at, bt, alternative::greater).p, within(.05977994279240805, 1e-11));
    CHECK_THAT(mann_whitney(at, bt, alternative::less).p, within(.9558909834680571, 1e-11));
    auto const equal = mann_whitney(std::vector(5, 1.0), std::vector(4, 1.0));
    CHECK(equal.p == 1);
    CHECK(equal.superiority == 0.5);
    CHECK_FALSE(equal.z);
    CHECK(codes_of([&] { (void)mann_whitney(at, bt, alternative::two_sided, rank_test_method::exact); }) ==
          "evaluate.option");
    CHECK(codes_of([&] { (void)mann_whitney(std::vector<double>{}, std::vector{no_number}); }) ==
          "evaluate.empty evaluate.not_finite");
}

TEST_CASE("experiment test: p-values are uniform when there is no difference") {
    std::size_t low = 0;
    random_generator random(2024);
    for (int i = 0; i < 2000; ++i) {
        std::vector<double> a(30), b(40);
        for (double& v : a)
            v = random_normal(random);
        for (double& v : b)
            v = random_normal(random, 0, 3);
        low += welch_test(a, b).p.value() < 0.1 ? 1 : 0;
    }
    CHECK(low > 200 - 54); // 4 deviations of 13.4
    CHECK(low < 200 + 54);
}

TEST_CASE("experiment test: bad input is refused by name") {
    CHECK(codes_of([] { (void)two_proportions({0, 0}, {5, 3}, 1); }) ==
          "evaluate.empty evaluate.proportion evaluate.option");
    CHECK(codes_of([] { (void)fisher_exact({2, 1}, {0, 1}); }) == "evaluate.proportion");
    CHECK(codes_of([] { (void)welch_test(std::vector{1.0}, std::vector<double>{}); }) ==
          "evaluate.too_few evaluate.too_few");
    CHECK(codes_of([] { (void)welch_test(std::vector{1.0, infinity}, std::vector{1.0, 2.0}); }) ==
          "evaluate.not_finite");
    CHECK(codes_of([] { (void)welch_test(arm_summary{5, 1, no_number}, arm_summary{5, 1, 1}); }) ==
          "evaluate.not_finite");
    using counts = std::vector<std::uint64_t>;
    CHECK(codes_of([] { (void)sample_ratio(counts{5}); }) == "evaluate.too_few");
    CHECK(codes_of([] { (void)sample_ratio(counts{0, 0}); }) == "evaluate.empty");
    CHECK(codes_of([] { (void)sample_ratio(counts{1, 2}, std::vector{1.0}); }) == "evaluate.length");
    CHECK(codes_of([] { (void)sample_ratio(counts{1, 2}, std::vector{1.0, 0.0}); }) == "evaluate.option");
    CHECK(codes_of([] { (void)compare_rates(std::vector<proportion>{{1, 2}}); }) == "evaluate.too_few");
    CHECK(codes_of([] { (void)compare_rates(std::vector<proportion>{{1, 2}, {0, 0}}); }) == "evaluate.empty");
    CHECK(codes_of([] {
              (void)adjust_for_covariate(std::vector{1.0, 2.0}, std::vector{1.0}, std::vector{1.0, 2.0},
                                         std::vector{1.0, no_number});
          }) == "evaluate.length evaluate.not_finite");
}

TEST_CASE("experiment test: a covariate that does not vary changes nothing") {
    std::vector<double> const y1{1, 2, 3}, y0{0, 1, 1}, x(3, 7.0);
    auto const adjusted = adjust_for_covariate(y1, x, y0, x);
    CHECK(adjusted.theta == 0);
    CHECK(adjusted.difference == adjusted.raw_difference);
    CHECK(adjusted.variance_reduction == 0.0);
    // one that explains everything leaves nothing over
    auto const all = adjust_for_covariate(y1, y1, y0, y0);
    CHECK_THAT(all.theta, within(1, 1e-14));
    CHECK(std::fabs(all.difference) < 1e-14);
    CHECK(all.standard_error < 1e-14);
    CHECK_FALSE(adjust_for_covariate(x, x, x, x).variance_reduction);
}

namespace {

void check_rates(proportion_test const& test, figures const& expected) {
    CHECK_THAT(test.rate_treated, within(number_at(expected, {"rate_treated"})));
    CHECK_THAT(test.rate_control, within(number_at(expected, {"rate_control"})));
    CHECK_THAT(test.difference, within(number_at(expected, {"difference"})));
    CHECK_THAT(test.relative_lift.value(), within(number_at(expected, {"relative_lift"})));
    CHECK_THAT(test.z.value(), within(number_at(expected, {"z_pooled"})));
    CHECK_THAT(test.p, within(number_at(expected, {"p_two_sided"})));
    auto const wald = expected.at("wald95").numbers();
    // the reference took 1.96 or the quantile: both ends tell
    CHECK_THAT(test.wald.low, within(wald[0]));
    CHECK_THAT(test.wald.high, within(wald[1]));
}

} // namespace

TEST_CASE("experiment test: expected_hillstrom.json") {
    SEGMENTA_NEED_TEST_DATA("hillstrom_email.csv");
    expected_figures const file("expected_hillstrom.json");
    auto const expected = file.all();
    hillstrom const data;
    CHECK(data.size() == static_cast<std::size_t>(number_at(expected, {"rows"})));
    check_moments(file.at("history"), data.history());
    check_moments(file.at("spend"), data.spend());
    for (auto const& [column, figure] : file.at("category_counts").members())
        check_counts(figure, data.column(column));
    CHECK(data.repeated_rows() == file.at("exact_duplicate_rows_beyond_first").count());
    CHECK_THAT(compute_moments(data.conversion()).mean, within(number_at(expected, {"overall", "conversion_rate"})));
    CHECK_THAT(compute_moments(data.spend()).mean, within(number_at(expected, {"overall", "mean_spend"})));
    std::string_view const arms[] = {"Mens E-Mail", "Womens E-Mail", "No E-Mail"};

    std::vector<std::uint64_t> sizes;
    std::vector<proportion> visits;
    for (auto const arm : arms) {
        auto const visit = data.rate(arm, data.visit());
        CHECK(static_cast<double>(visit.trials) == number_at(expected, {"arms", arm, "n"}));
        CHECK(static_cast<double>(visit.successes) == number_at(expected, {"arms", arm, "visits"}));
        CHECK(static_cast<double>(data.rate(arm, data.conversion()).successes) ==
              number_at(expected, {"arms", arm, "conversions"}));
        CHECK_THAT(compute_moments(data.of(arm, data.spend())).sum,
                   within(number_at(expected, {"arms", arm, "spend"})));
        sizes.push_back(visit.trials);
        visits.push_back(visit);
    }
    auto const ratio = sample_ratio(sizes);
    CHECK_THAT(ratio.statistic, within(number_at(expected, {"sample_ratio_equal_thirds", "chi2"})));
    CHECK_THAT(ratio.p.value(), within(number_at(expected, {"sample_ratio_equal_thirds", "p"})));
    auto const three = compare_rates(visits);
    CHECK_THAT(three.statistic, within(number_at(expected, {"visit_chi2_three_arms", "chi2"})));
    CHECK_THAT(three.p.value(), within(number_at(expected, {"visit_chi2_three_arms", "p"})));
    CHECK(static_cast<double>(three.degrees) == number_at(expected, {"visit_chi2_three_arms", "dof"}));
    std::uint64_t visitors = 0;
    for (auto const& v : visits)
        visitors += v.successes;
    CHECK_THAT(static_cast<double>(visitors) / 64000, within(number_at(expected, {"overall", "visit_rate"})));

    std::vector<std::string> names;
    std::vector<double> p_values;
    for (auto const arm : {"Mens E-Mail", "Womens E-Mail"}) {
        auto const section = at(expected, {"versus_no_email", arm});
        auto const visit = two_proportions(data.rate(arm, data.visit()), data.rate("No E-Mail", data.visit()));
        check_rates(visit, at(section, {"visit"}));
        auto const conversion =
            two_proportions(data.rate(arm, data.conversion()), data.rate("No E-Mail", data.conversion()));
        check_rates(conversion, at(section, {"conversion"}));

        auto const spend = data.of(arm, data.spend());
        auto const control = data.of("No E-Mail", data.spend());
        auto const welch = welch_test(spend, control);
        CHECK_THAT(welch.mean_treated, within(number_at(section, {"spend", "mean_treated"})));
        CHECK_THAT(welch.mean_control, within(number_at(section, {"spend", "mean_control"})));
        CHECK_THAT(welch.difference, within(number_at(section, {"spend", "difference"})));
        CHECK_THAT(welch.t.value(), within(number_at(section, {"spend", "welch_t"})));
        CHECK_THAT(welch.degrees.value(), within(number_at(section, {"spend", "welch_df"})));
        CHECK_THAT(welch.p.value(), within(number_at(section, {"spend", "p_two_sided"})));
        CHECK_THAT(welch.difference * static_cast<double>(spend.size()),
                   within(number_at(section, {"spend", "incremental_total_spend"})));

        auto const cuped =
            adjust_for_covariate(spend, data.of(arm, data.history()), control, data.of("No E-Mail", data.history()));
        CHECK_THAT(cuped.theta, within(number_at(section, {"spend_cuped_on_history", "theta"})));
        CHECK_THAT(cuped.difference, within(number_at(section, {"spend_cuped_on_history", "difference"})));
        CHECK_THAT(cuped.standard_error, within(number_at(section, {"spend_cuped_on_history", "standard_error"})));
        CHECK_THAT(cuped.raw_standard_error,
                   within(number_at(section, {"spend_cuped_on_history", "standard_error_raw"})));

        for (auto const& [column, levels] : at(section, {"visit_uplift_by"}).members()) {
            for (auto const& [level, rates] : levels.members()) {
                INFO(rates.path());
                check_rates(two_proportions(data.rate(arm, data.visit(), column, level),
                                            data.rate("No E-Mail", data.visit(), column, level)),
                            rates);
            }
        }
        for (auto const& [what, p] : {std::pair{"visit", visit.p}, {"conversion", conversion.p}, {"spend", *welch.p}}) {
            names.push_back(std::string(arm) + '/' + what);
            p_values.push_back(p);
        }
    }
    auto const bonferroni = adjust_p_values(p_values, p_adjustment::bonferroni);
    auto const hochberg = adjust_p_values(p_values, p_adjustment::benjamini_hochberg);
    for (std::size_t i = 0; i < names.size(); ++i) {
        CHECK_THAT(bonferroni[i], within(number_at(expected, {"bonferroni_adjusted_p", names[i]})));
        CHECK_THAT(hochberg[i],
                   within(number_at(expected, {"benjamini_hochberg_adjusted_p_of_the_6_tests", names[i]})));
    }
    CHECK(file.unread({"*/definition", "published",
                       "versus_no_email/Mens E-Mail/qini_visit_ranked_by_history", // uplift_curves.test.cpp
                       "versus_no_email/Womens E-Mail/qini_visit_ranked_by_history"}) == figures_left_out{});
}

TEST_CASE("experiment test: expected_online_shoppers.json") {
    // keys covered: rows, revenue_true, category_counts (Month, VisitorType, Weekend), conversion_rate
    SEGMENTA_NEED_TEST_DATA("online_shoppers_intention.csv");
    auto const expected = expected_values("expected_online_shoppers.json");
    auto const csv = read_plain_csv(test_data("online_shoppers_intention.csv"));
    auto const& bought = csv.at("Revenue");
    CHECK(static_cast<double>(bought.size()) == number_at(expected, {"rows"}));
    CHECK(static_cast<double>(std::count(bought.begin(), bought.end(), "TRUE")) ==
          number_at(expected, {"revenue_true"}));
    for (auto const& [column, levels] : at(expected, {"conversion_rate"}).as_object()) {
        for (auto const& [level, rate] : levels.as_object()) {
            std::string text(level);
            if (text == "True") text = "TRUE";
            if (text == "False") text = "FALSE";
            proportion chosen, others;
            auto const& values = csv.at(std::string(column));
            for (std::size_t i = 0; i < values.size(); ++i) {
                auto& arm = values[i] == text ? chosen : others;
                ++arm.trials;
                arm.successes += bought[i] == "TRUE" ? 1 : 0;
            }
            INFO(std::string(column) << ' ' << text);
            CHECK(static_cast<double>(chosen.trials) == number_at(expected, {"category_counts", column, level}));
            CHECK_THAT(two_proportions(chosen, others).rate_treated, within(rate.to_number<double>()));
        }
    }
}
