// SPDX-License-Identifier: Apache-2.0
// Online Shoppers Purchasing Intention (UCI, Sakar and Kastro 2018): every figure of expected_online_shoppers.json.
#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

namespace {

std::vector<std::string> const numeric{"Administrative", "Administrative_Duration",
                                       "Informational",  "Informational_Duration",
                                       "ProductRelated", "ProductRelated_Duration",
                                       "BounceRates",    "ExitRates",
                                       "PageValues",     "SpecialDay"};
std::vector<std::string> const categories{"Month",       "OperatingSystems", "Browser", "Region",
                                          "TrafficType", "VisitorType",      "Weekend"};

// pandas writes booleans as True and False.
std::vector<std::string> texts_of(text_columns const& file, std::string const& name) {
    auto out = file.texts(name);
    for (auto& text : out)
        text = text == "TRUE" ? "True" : text == "FALSE" ? "False" : text;
    return out;
}

} // namespace

TEST_CASE("online shoppers: every figure of expected_online_shoppers.json") {
    SEGMENTA_NEED_TEST_DATA("online_shoppers_intention.csv");
    expected_figures const expected("expected_online_shoppers.json");
    text_columns const file(test_data("online_shoppers_intention.csv"));
    auto const bought = file.is("Revenue", "TRUE");
    CHECK(bought.size() == expected.at("rows").count());
    CHECK(std::uint64_t(std::count(bought.begin(), bought.end(), 1)) == expected.at("revenue_true").count());
    std::uint64_t missing = 0;
    for (auto const& [name, figure] : expected.at("numeric").members()) {
        check_moments(figure, file.numbers(name));
        missing += missing_in(file.numbers(name));
    }
    CHECK(missing == expected.at("missing").count());
    for (auto const& [name, figure] : expected.at("category_counts").members())
        check_counts(figure, texts_of(file, name));
    for (auto const& [name, figure] : expected.at("conversion_rate").members())
        check_rates(figure, texts_of(file, name), bought);
    auto columns = numeric;
    columns.insert(columns.end(), categories.begin(), categories.end());
    columns.push_back("Revenue");
    CHECK(repeated_rows(file, columns) == expected.at("exact_duplicate_rows_beyond_first").count());
    CHECK(binary_scores(file.numbers("PageValues"), bought).auc() ==
          near_figure(expected.at("auc_page_values").number()));
    for (auto const& [name, figure] : expected.at("iv_numeric_deciles").members())
        check_decile_bins(figure, file.numbers(name), bought);
    encoded_columns encoded;
    for (auto const& name : numeric)
        encoded.number(name, file.numbers(name));
    for (auto const* name : {"Month", "VisitorType", "Weekend"})
        encoded.text(name, texts_of(file, name));
    check_regression(expected.at("logistic_revenue"), encoded, bought);
    auto const data = scaled(numbers_of(file, numeric), true);
    check_clusterings(expected.at("kmeans_z_log1p_10_numeric"), data, 20);
    check_components(expected.at("pca_z_log1p_10_numeric"), data);
    CHECK(expected.unread({"kmeans_z_log1p_10_numeric/definition"}) == figures_left_out{});
}
