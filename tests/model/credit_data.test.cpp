// SPDX-License-Identifier: Apache-2.0
// German credit and Give Me Some Credit: every figure of expected_german.json and expected_give_me_some_credit.json.
#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("credit data: every figure of expected_german.json") {
    SEGMENTA_NEED_TEST_DATA("german.data");
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
    expected_figures const expected("expected_german.json");
    text_columns const file(test_data("german.data"), ' ', {"checking",
                                                            "duration",
                                                            "history",
                                                            "purpose",
                                                            "amount",
                                                            "savings",
                                                            "employment",
                                                            "installment_rate",
                                                            "status_sex",
                                                            "other_debtors",
                                                            "residence_since",
                                                            "property",
                                                            "age",
                                                            "other_installment",
                                                            "housing",
                                                            "existing_credits",
                                                            "job",
                                                            "liable",
                                                            "telephone",
                                                            "foreign",
                                                            "class"});
    auto const bad = file.is("class", "2");
    CHECK(bad.size() == expected.at("rows").count());
    CHECK(std::uint64_t(std::count(bad.begin(), bad.end(), 0)) == expected.at("class_counts").at("good_1").count());
    CHECK(std::uint64_t(std::count(bad.begin(), bad.end(), 1)) == expected.at("class_counts").at("bad_2").count());
    encoded_columns encoded;
    for (auto const& [name, figure] : expected.at("numeric").members()) {
        check_moments(figure, file.numbers(name));
        encoded.number(name, file.numbers(name));
    }
    for (auto const& [name, figure] : expected.at("category_counts").members()) {
        check_counts(figure, file.texts(name));
        encoded.text(name, file.texts(name));
    }
    for (auto const& [name, figure] : expected.at("iv_categorical").members())
        check_category_bins(figure, file.texts(name), bad);
    for (auto const& [name, figure] : expected.at("iv_numeric_deciles").members())
        check_decile_bins(figure, file.numbers(name), bad);
    check_regression(expected.at("logistic_bad"), encoded, bad);

    text_columns const copy(test_data("german_credit_scorecard.csv"));
    auto const wanted = expected.at("scorecard_copy");
    auto const& codes = file.texts("status_sex");
    auto const& texts = copy.texts("personal_status_and_sex");
    CHECK(texts.size() == wanted.at("rows").count());
    check_counts(wanted.at("creditability"), copy.texts("creditability"));
    check_counts(wanted.at("personal_status_and_sex"), texts);
    for (auto const& [code, row] : wanted.at("cross_table").members()) {
        std::vector<std::string> of_code;
        for (std::size_t i = 0; i < codes.size(); ++i)
            if (codes[i] == code) of_code.push_back(texts[i]);
        check_counts(row, of_code);
    }
    auto const equal = wanted.at("other_columns_row_by_row_equal");
    CHECK((file.numbers("duration") == copy.numbers("duration_in_month")) == equal.at("duration").truth());
    CHECK((file.numbers("amount") == copy.numbers("credit_amount")) == equal.at("amount").truth());
    CHECK((file.numbers("age") == copy.numbers("age_in_years")) == equal.at("age").truth());
    CHECK((bad == copy.is("creditability", "bad")) == equal.at("class").truth());
    CHECK(expected.unread({"scorecard_copy/note"}) == figures_left_out{});
}

TEST_CASE("credit data: every figure of expected_give_me_some_credit.json") {
    SEGMENTA_NEED_TEST_DATA("give_me_some_credit.csv.gz");
    expected_figures const expected("expected_give_me_some_credit.json");
    text_columns const file(test_data("give_me_some_credit.csv.gz"));
    auto const bad = file.is("SeriousDlqin2yrs", "1");
    CHECK(bad.size() == expected.at("rows").count());
    CHECK(std::uint64_t(std::count(bad.begin(), bad.end(), 1)) == expected.at("bad").count());
    std::vector<std::string> names;
    for (auto const& [name, figure] : expected.at("missing").members()) {
        CHECK(missing_in(file.numbers(name)) == figure.count());
        names.push_back(name);
    }
    CHECK(repeated_rows(file, names) == expected.at("exact_duplicate_rows_beyond_first").count());
    for (auto const& [name, figure] : expected.at("numeric").members())
        check_moments(figure, file.numbers(name));
    auto const age = file.numbers("age");
    CHECK(std::uint64_t(std::count(age.begin(), age.end(), 0.0)) == expected.at("age_0").count());
    auto const late = file.numbers("NumberOfTime30-59DaysPastDueNotWorse");
    CHECK(std::uint64_t(std::count_if(late.begin(), late.end(), [](double v) { return v >= 96; })) ==
          expected.at("late_30_59_ge_96").count());
    for (auto const& [name, figure] : expected.at("iv_numeric_deciles").members())
        check_decile_bins(figure, file.numbers(name), bad);
    for (auto const& [name, figure] : expected.at("auc_single_variable").members()) {
        INFO(name);
        auto values = file.numbers(name);
        fill_with_median(values);
        CHECK(binary_scores(values, bad).auc() == near_figure(figure.number()));
    }
    CHECK(expected.unread({"auc_single_variable_note"}) == figures_left_out{});
}
