// SPDX-License-Identifier: Apache-2.0
// Mall customers, UCI Wholesale, credit card usage, Charles Book Club, bath soap: every figure of
// expected_small_sets.json; those of purchases are in summarise_purchases.test.cpp.
#include "model/figure_checks.hpp"

using namespace segmenta;
using namespace segmenta::test;

namespace {

/// {value: [rows, events]}.
void check_responses(figures const& expected, std::vector<std::string> const& texts, outcome_list const& events) {
    INFO(expected.path());
    std::vector<std::string_view> const views(texts.begin(), texts.end());
    auto const fitted = fit_woe_binning(views, events, {.method = woe_method::each_value});
    CHECK(fitted.layout().groups.size() == expected.members().size());
    for (auto const& [value, figure] : expected.members()) {
        auto const& counts = fitted.table()[fitted.bin_of(std::string_view(value))].counts;
        CHECK(std::vector{counts.rows(), counts.events} == figure.counts());
    }
}

/// Values more than 1.5 times the distance of the quartiles outside of them (J. W. Tukey, 1977).
std::uint64_t tukey_outliers(std::vector<double> const& values) {
    double const low = quantile(values, 0.25);
    double const high = quantile(values, 0.75);
    double const reach = 1.5 * (high - low);
    return std::uint64_t(
        std::count_if(values.begin(), values.end(), [&](double v) { return v < low - reach || v > high + reach; }));
}

} // namespace

TEST_CASE("small sets: every figure of mall") {
    SEGMENTA_NEED_TEST_DATA("mall_customers.csv");
    expected_figures const file("expected_small_sets.json");
    auto const expected = file.at("mall");
    text_columns const mall(test_data("mall_customers.csv"));
    CHECK(mall.texts("Genre").size() == expected.at("rows").count());
    check_counts(expected.at("gender"), mall.texts("Genre"));
    auto const data = numbers_of(mall, {"Annual Income (k$)", "Spending Score (1-100)"});
    check_moments(expected.at("age"), mall.numbers("Age"));
    check_moments(expected.at("income"), data[0]);
    check_moments(expected.at("score"), data[1]);
    check_clusterings(expected.at("kmeans_raw_income_score"), data, 50);
    check_ward_sizes(expected.at("ward_k5_sizes"), data);
    CHECK(expected.unread({"kmeans_raw_income_score/definition", "dbscan_raw_eps10_min5"}) == figures_left_out{});
}

TEST_CASE("small sets: every figure of wholesale") {
    SEGMENTA_NEED_TEST_DATA("wholesale_customers.csv");
    expected_figures const file("expected_small_sets.json");
    auto const expected = file.at("wholesale");
    text_columns const wholesale(test_data("wholesale_customers.csv"));
    CHECK(wholesale.texts("Channel").size() == expected.at("rows").count());
    check_counts(expected.at("channel"), wholesale.texts("Channel"));
    check_counts(expected.at("region"), wholesale.texts("Region"));
    number_table logarithms;
    for (auto const& [name, figure] : expected.at("totals").members()) {
        auto column = wholesale.numbers(name);
        CHECK(compute_moments(column).sum == figure.number());
        for (double& v : column)
            v = std::log(v);
        CHECK(tukey_outliers(column) == expected.at("tukey_outliers_on_log").at(name).count());
        logarithms.push_back(std::move(column));
    }
    auto const data = scaled(logarithms);
    check_clusterings(expected.at("kmeans_z_log"), data, 50);
    check_components(expected.at("pca_z_log"), data);
    CHECK(expected.unread({"kmeans_z_log/definition"}) == figures_left_out{});
}

TEST_CASE("small sets: every figure of credit card usage") {
    SEGMENTA_NEED_TEST_DATA("credit_card_usage.csv");
    expected_figures const file("expected_small_sets.json");
    auto const expected = file.at("credit_card_usage");
    text_columns const cards(test_data("credit_card_usage.csv"));
    CHECK(cards.texts("CUST_ID").size() == expected.at("rows").count());
    for (auto const& [name, figure] : expected.at("missing").members())
        CHECK(missing_in(cards.numbers(name)) == figure.count());
    number_table raw;
    for (auto const& [name, figure] : expected.at("numeric").members()) {
        raw.push_back(cards.numbers(name));
        check_moments(figure, raw.back());
        fill_with_median(raw.back());
    }
    auto const data = scaled(raw);
    check_clusterings(expected.at("kmeans_z_median_imputed"), data, 50);
    check_components(expected.at("pca"), data);
    CHECK(expected.unread({"kmeans_z_median_imputed/definition"}) == figures_left_out{});
}

TEST_CASE("small sets: every figure of the Charles Book Club") {
    SEGMENTA_NEED_TEST_DATA("charles_book_club.csv");
    expected_figures const file("expected_small_sets.json");
    auto const expected = file.at("charles_book_club");
    text_columns const club(test_data("charles_book_club.csv"));
    auto const bought = club.is("Florence", "1");
    CHECK(bought.size() == expected.at("rows").count());
    CHECK(std::uint64_t(std::count(bought.begin(), bought.end(), 1)) == expected.at("buyers").count());
    for (std::string const code : {"Rcode", "Fcode", "Mcode"})
        check_responses(expected.at("response_by_" + code), club.texts(code), bought);
    std::vector<std::string> cells;
    for (std::size_t i = 0; i < bought.size(); ++i)
        cells.push_back(club.texts("Rcode")[i] + club.texts("Fcode")[i] + club.texts("Mcode")[i]);
    std::vector<std::string_view> const views(cells.begin(), cells.end());
    auto const fitted = fit_woe_binning(views, bought, {.method = woe_method::each_value});
    double const mean = double(std::count(bought.begin(), bought.end(), 1)) / double(bought.size());
    std::uint64_t filled = 0;
    std::uint64_t above = 0;
    outcome_counts of_above;
    for (auto const& bin : fitted.table()) {
        filled += bin.counts.rows() > 0 ? 1 : 0;
        if (bin.counts.event_rate() <= mean) continue;
        ++above;
        of_above.merge(bin.counts);
    }
    // The name says rows, the figure is the number of cells that somebody is in; no cell has 51 rows.
    CHECK(filled == expected.at("best_cell_rows").count());
    auto const wanted = expected.at("cells_above_mean_response");
    CHECK(above == wanted.at("cells").count());
    CHECK(of_above.rows() == wanted.at("customers").count());
    CHECK(of_above.events == wanted.at("buyers").count());
    encoded_columns encoded;
    for (auto const* name : {"R", "F", "M", "FirstPurch"})
        encoded.number(name, club.numbers(name));
    encoded.text("Gender", club.texts("Gender"));
    check_regression(expected.at("logistic"), encoded, bought);
    CHECK(expected.unread() == figures_left_out{});
}

TEST_CASE("small sets: every figure of bath soap, apparel's own, and no other set") {
    SEGMENTA_NEED_TEST_DATA("bath_soap_household.csv");
    expected_figures const file("expected_small_sets.json");
    auto const soap = file.at("bath_soap");
    text_columns const households(test_data("bath_soap_household.csv"));
    CHECK(households.texts("SEC").size() == soap.at("rows").count());
    CHECK(households.names().size() == soap.at("columns").count());
    check_counts(soap.at("sec"), households.texts("SEC"));
    check_counts(soap.at("sex"), households.texts("SEX"));
    CHECK(compute_moments(households.numbers("Total Volume")).sum == soap.at("sum_total_volume").number());
    CHECK(compute_moments(households.numbers("Value")).sum == near_figure(soap.at("sum_value").number()));

    auto const apparel = file.at("apparel_trans");
    text_columns const sales(test_data("apparel_trans.csv"));
    auto ids = sales.texts("Id");
    CHECK(ids.size() == apparel.at("rows").count());
    std::sort(ids.begin(), ids.end());
    CHECK(std::uint64_t(std::unique(ids.begin(), ids.end()) - ids.begin()) == apparel.at("customers").count());
    auto const days = sales.texts("Date");
    CHECK(*std::min_element(days.begin(), days.end()) == apparel.at("first").text());
    CHECK(*std::max_element(days.begin(), days.end()) == apparel.at("last").text());
    CHECK(compute_moments(sales.numbers("Price")).sum == near_figure(apparel.at("sum_price").number()));
    CHECK(file.unread({"mall", "wholesale", "credit_card_usage", "charles_book_club", // above
                       "apparel_trans/btyd_days", "lifetimes_example_transactions"})  // summarise_purchases.test.cpp
          == figures_left_out{});
}
