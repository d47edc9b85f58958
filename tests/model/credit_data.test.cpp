// SPDX-License-Identifier: Apache-2.0
// What the expected files of the two credit data sets say beside bins and regressions: counts and moments of the
// columns, and how well each variable alone ranks.

#include <segmenta/stats/moments.hpp>
#include <segmenta/stats/quantile.hpp>

#include "support/catch.hpp"
#include "support/text_columns.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::WithinRel;

namespace {

void check_number(boost::json::object const& expected, std::vector<double> values) {
    std::erase_if(values, [](double v) { return std::isnan(v); });
    auto const m = compute_moments(values);
    auto const near = [&expected](std::string_view key, double seen) {
        INFO(std::string(key));
        CHECK_THAT(seen, WithinRel(expected.at(key).to_number<double>(), 1e-9));
    };
    CHECK(std::int64_t(values.size()) == expected.at("n").get_int64());
    near("sum", m.sum);
    near("mean", m.mean);
    near("std_ddof1", std::sqrt(m.variance));
    near("min", m.minimum);
    near("max", m.maximum);
    near("skew_g1_biased", m.skewness);
    near("excess_kurtosis_g2_biased", m.excess_kurtosis);
    near("q05", quantile(values, 0.05));
    near("q25", quantile(values, 0.25));
    near("median", quantile(values, 0.5));
    near("q75", quantile(values, 0.75));
    near("q95", quantile(values, 0.95));
}

// By midranks; a missing value is the median.
double area_under_curve(std::vector<double> values, std::vector<std::uint8_t> const& bad) {
    std::vector<double> present = values;
    std::erase_if(present, [](double v) { return std::isnan(v); });
    double const median = quantile(present, 0.5);
    std::map<double, std::pair<double, double>> seen; // good, bad
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto& counts = seen[std::isnan(values[i]) ? median : values[i]];
        (bad[i] != 0 ? counts.second : counts.first) += 1;
    }
    double good_below = 0;
    double bad_sum = 0;
    double won = 0;
    for (auto const& [value, counts] : seen) {
        won += counts.second * (good_below + counts.first / 2);
        good_below += counts.first;
        bad_sum += counts.second;
    }
    return won / (good_below * bad_sum);
}

} // namespace

// Keys of expected_german.json: category_counts, numeric, scorecard_copy. The others: woe_binning.test.cpp,
// logistic.test.cpp.
TEST_CASE("credit data: German credit, counts and moments") {
    SEGMENTA_NEED_TEST_DATA("german.data");
    SEGMENTA_NEED_TEST_DATA("german_credit_scorecard.csv");
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
    auto const expected = expected_values("expected_german.json");
    for (auto const& column : expected.at("category_counts").get_object()) {
        std::map<std::string, std::int64_t> seen;
        for (std::string const& text : file.texts(std::string(column.key())))
            ++seen[text];
        auto const& counts = column.value().get_object();
        CHECK(seen.size() == counts.size());
        for (auto const& entry : counts)
            CHECK(seen[std::string(entry.key())] == entry.value().get_int64());
    }
    for (auto const& column : expected.at("numeric").get_object())
        check_number(column.value().get_object(), file.numbers(std::string(column.key())));

    text_columns const copy(test_data("german_credit_scorecard.csv"));
    auto const& wanted = expected.at("scorecard_copy").get_object();
    auto const& codes = file.texts("status_sex");
    auto const& texts = copy.texts("personal_status_and_sex");
    CHECK(std::int64_t(texts.size()) == wanted.at("rows").get_int64());
    auto const bad = copy.is("creditability", "bad");
    CHECK(std::count(bad.begin(), bad.end(), 1) == wanted.at("creditability").at("bad").get_int64());
    CHECK(std::count(bad.begin(), bad.end(), 0) == wanted.at("creditability").at("good").get_int64());
    for (auto const& entry : wanted.at("personal_status_and_sex").get_object())
        CHECK(std::count(texts.begin(), texts.end(), std::string(entry.key())) == entry.value().get_int64());
    std::map<std::pair<std::string, std::string>, std::int64_t> table;
    for (std::size_t i = 0; i < codes.size(); ++i)
        ++table[{codes[i], texts[i]}];
    for (auto const& row : wanted.at("cross_table").get_object()) {
        for (auto const& entry : row.value().get_object())
            CHECK(table[{std::string(row.key()), std::string(entry.key())}] == entry.value().get_int64());
    }
    auto const& equal = wanted.at("other_columns_row_by_row_equal").get_object();
    CHECK((file.numbers("duration") == copy.numbers("duration_in_month")) == equal.at("duration").get_bool());
    CHECK((file.numbers("amount") == copy.numbers("credit_amount")) == equal.at("amount").get_bool());
    CHECK((file.numbers("age") == copy.numbers("age_in_years")) == equal.at("age").get_bool());
    CHECK((file.is("class", "2") == bad) == equal.at("class").get_bool());
}

// Keys of expected_give_me_some_credit.json: numeric, age_0, late_30_59_ge_96, exact_duplicate_rows_beyond_first,
// auc_single_variable. The others: woe_binning.test.cpp.
TEST_CASE("credit data: Give Me Some Credit, counts, moments, ranking by one variable") {
    SEGMENTA_NEED_TEST_DATA("give_me_some_credit.csv.gz");
    text_columns const file(test_data("give_me_some_credit.csv.gz"));
    auto const expected = expected_values("expected_give_me_some_credit.json");
    for (auto const& column : expected.at("numeric").get_object()) {
        INFO(std::string(column.key()));
        check_number(column.value().get_object(), file.numbers(std::string(column.key())));
    }
    auto const age = file.numbers("age");
    CHECK(std::count(age.begin(), age.end(), 0.0) == expected.at("age_0").get_int64());
    auto const late = file.numbers("NumberOfTime30-59DaysPastDueNotWorse");
    auto const coded = std::count_if(late.begin(), late.end(), [](double v) { return v >= 96; });
    CHECK(coded == expected.at("late_30_59_ge_96").get_int64());
    std::set<std::vector<std::string>> rows;
    auto const& missing = expected.at("missing").get_object();
    for (std::size_t i = 0; i < age.size(); ++i) {
        std::vector<std::string> row;
        for (auto const& column : missing)
            row.push_back(file.texts(std::string(column.key()))[i]);
        rows.insert(std::move(row));
    }
    auto const repeated = std::int64_t(age.size() - rows.size());
    CHECK(repeated == expected.at("exact_duplicate_rows_beyond_first").get_int64());
    auto const bad = file.is("SeriousDlqin2yrs", "1");
    for (auto const& entry : expected.at("auc_single_variable").get_object()) {
        INFO(std::string(entry.key()));
        double const area = area_under_curve(file.numbers(std::string(entry.key())), bad);
        CHECK_THAT(area, WithinRel(entry.value().get_double(), 1e-9));
    }
}
