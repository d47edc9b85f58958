// SPDX-License-Identifier: Apache-2.0
// The Big Five items of R's psych (bfi.csv) and the survey of the book Market Segmentation Analysis
// (mcdonalds_survey.csv): every figure of expected_psychographic.json.
#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<std::string> const scales{"A", "C", "E", "N", "O"};

std::vector<std::string> items_of(std::string const& scale) {
    std::vector<std::string> out;
    for (int i = 1; i <= 5; ++i)
        out.push_back(scale + std::to_string(i));
    return out;
}

/// Rows without a missing value.
number_table complete_rows(number_table const& data) {
    number_table out(data.size());
    for (std::size_t i = 0; i < data[0].size(); ++i) {
        if (std::any_of(data.begin(), data.end(), [i](auto const& c) { return std::isnan(c[i]); })) continue;
        for (std::size_t j = 0; j < data.size(); ++j)
            out[j].push_back(data[j][i]);
    }
    return out;
}

/// Sum and number of the answers of each row.
std::pair<std::vector<double>, std::vector<double>> row_sums(number_table const& data) {
    std::pair<std::vector<double>, std::vector<double>> out;
    for (std::size_t i = 0; i < data[0].size(); ++i) {
        double sum = 0;
        double answers = 0;
        for (auto const& column : data) {
            sum += std::isnan(column[i]) ? 0 : column[i];
            answers += std::isnan(column[i]) ? 0 : 1;
        }
        out.first.push_back(sum);
        out.second.push_back(answers);
    }
    return out;
}

/// L. J. Cronbach, "Coefficient alpha and the internal structure of tests", Psychometrika 16, 1951.
double cronbach_alpha(number_table const& complete) {
    double of_items = 0;
    for (auto const& column : complete)
        of_items += compute_moments(column).variance;
    auto const k = double(complete.size());
    return k / (k - 1) * (1 - of_items / compute_moments(row_sums(complete).first).variance);
}

} // namespace

TEST_CASE("surveys: every figure of bfi") {
    SEGMENTA_NEED_TEST_DATA("bfi.csv");
    expected_figures const file("expected_psychographic.json");
    auto const expected = file.at("bfi");
    text_columns const bfi(test_data("bfi.csv"));
    auto const& genders = bfi.texts("gender");
    CHECK(genders.size() == expected.at("rows").count());
    for (auto const& [name, figure] : expected.at("missing").members())
        CHECK(missing_in(bfi.numbers(name)) == figure.count());
    check_counts(expected.at("gender"), genders);
    auto education = bfi.texts("education");
    for (auto& text : education)
        text = text.empty() ? "(missing)" : text + ".0"; // pandas reads a column with gaps as floating point
    check_counts(expected.at("education"), education);
    check_moments(expected.at("age"), bfi.numbers("age"));
    auto const reversed = expected.at("reverse_keyed").texts();
    number_table all;
    for (auto const& scale : scales) {
        auto items = numbers_of(bfi, items_of(scale));
        for (std::size_t j = 0; j < 5; ++j) {
            if (std::find(reversed.begin(), reversed.end(), items_of(scale)[j]) == reversed.end()) continue;
            for (double& v : items[j])
                v = 7 - v;
        }
        all.insert(all.end(), items.begin(), items.end());
        auto const wanted = expected.at("scales").at(scale);
        INFO(wanted.path());
        auto const [sums, answers] = row_sums(items);
        std::vector<double> means;
        std::map<std::string, std::vector<double>> by_gender;
        for (std::size_t i = 0; i < sums.size(); ++i) {
            if (answers[i] == 0) continue;
            means.push_back(sums[i] / answers[i]);
            by_gender[genders[i]].push_back(means.back());
        }
        CHECK(means.size() == wanted.at("respondents").count());
        CHECK(compute_moments(means).mean == near_figure(wanted.at("mean").number()));
        CHECK(std::sqrt(compute_moments(means).variance) == near_figure(wanted.at("sd_ddof1").number()));
        CHECK(cronbach_alpha(complete_rows(items)) == near_figure(wanted.at("cronbach_alpha_complete_cases").number()));
        for (auto const& [gender, mean] : wanted.at("mean_by_gender").members())
            CHECK(compute_moments(by_gender.at(gender)).mean == near_figure(mean.number()));
    }
    auto const complete = complete_rows(all);
    CHECK(complete[0].size() == expected.at("complete_on_25_items").count());
    auto const components = fit_principal_components(as_columns(complete), {.correlation = true});
    auto const eigenvalues = expected.at("correlation_eigenvalues_complete_cases").numbers();
    REQUIRE(components.components() == eigenvalues.size());
    for (std::size_t c = 0; c < eigenvalues.size(); ++c)
        CHECK(components.explained_variance()[c] == near_figure(eigenvalues[c]));
    check_clusterings(expected.at("kmeans_z_25_items_complete_cases"), scaled(complete), 50);
    CHECK(expected.unread({"*/definition"}) == figures_left_out{});
}

TEST_CASE("surveys: every figure of mcdonalds") {
    SEGMENTA_NEED_TEST_DATA("mcdonalds_survey.csv");
    expected_figures const file("expected_psychographic.json");
    auto const expected = file.at("mcdonalds");
    text_columns const survey(test_data("mcdonalds_survey.csv"));
    CHECK(survey.texts("Gender").size() == expected.at("rows").count());
    check_counts(expected.at("gender"), survey.texts("Gender"));
    check_counts(expected.at("like"), survey.texts("Like"));
    check_counts(expected.at("visit_frequency"), survey.texts("VisitFrequency"));
    check_moments(expected.at("age"), survey.numbers("Age"));
    number_table data;
    std::string published;
    for (auto const& [name, share] : expected.at("yes_share").members()) {
        auto const yes = survey.is(name, "Yes");
        data.emplace_back(yes.begin(), yes.end());
        double const mean = compute_moments(data.back()).mean;
        CHECK(mean == near_figure(share.number()));
        auto const hundredths = std::to_string(int(std::lround(100 * mean)));
        published += (published.empty() ? "" : " ") + name + " ." + (hundredths.size() < 2 ? "0" : "") + hundredths;
    }
    // F. Leisch, S. Dolnicar, B. Gruen, "Market Segmentation Analysis", 2018, of the same answers, rounded.
    CHECK(published == expected.at("published_yes_share").text());
    check_clusterings(expected.at("kmeans_binary"), data, 100);
    check_components(expected.at("pca"), data);
    auto const shares = fit_principal_components(as_columns(data)).explained_share();
    auto const published_shares = expected.at("published_pca_proportion_first_3").numbers();
    for (std::size_t c = 0; c < published_shares.size(); ++c)
        CHECK_THAT(shares[c], Catch::Matchers::WithinAbs(published_shares[c], 5e-5));
    CHECK(expected.unread({"kmeans_binary/definition"}) == figures_left_out{});
}
