// SPDX-License-Identifier: Apache-2.0
// Online Retail (UCI): the figures of expected_online_retail.json that come after cleaning, and all of its clustering.
#include <segmenta/model/gaussian_mixture.hpp>
#include <segmenta/model/summarise_purchases.hpp>
#include <segmenta/stats/concentration.hpp>
#include <segmenta/time/parse.hpp>

#include "model/figure_checks.hpp"

#include <cstdio>

using namespace segmenta;
using namespace segmenta::test;

namespace {

struct sold_line {
    std::string invoice, product, country;
    std::int64_t customer = 0;
    civil_date day;
    double pieces = 0;
    double amount = 0;
};

/// Lines with a customer that are sales: no cancellation, quantity and price above 0.
std::vector<sold_line> read_sales() {
    std::vector<sold_line> out;
    record_source source(test_data("online_retail.csv.gz"), {});
    (void)source.take_record();
    text_chunk chunk;
    while (source.next(chunk)) {
        std::istringstream lines{std::string(chunk.text())};
        for (std::string line; std::getline(lines, line);) {
            while (!line.empty() && line.back() == '\r')
                line.pop_back();
            auto const f = text_columns::split(line, ',');
            // InvoiceNo, StockCode, Description, Quantity, InvoiceDate M/D/YYYY H:MM, UnitPrice, CustomerID, Country
            if (f.size() != 8 || f[6].empty() || f[0].starts_with('C')) continue;
            double const pieces = std::stod(f[3]);
            double const price = std::stod(f[5]);
            int month = 0, day = 0, year = 0;
            if (pieces <= 0 || price <= 0 || std::sscanf(f[4].c_str(), "%d/%d/%d", &month, &day, &year) != 3) continue;
            out.push_back({f[0], f[1], f[7], std::stol(f[6]),
                           civil_date::of(year, std::uint8_t(month), std::uint8_t(day)), pieces, pieces * price});
        }
    }
    return out;
}

/// [[name, amount], ...]: the ten with the largest sum.
void check_top_ten(boost::json::array const& expected, std::map<std::string, double> const& sums) {
    std::vector<std::pair<double, std::string>> order;
    for (auto const& [name, sum] : sums)
        order.emplace_back(-sum, name);
    std::sort(order.begin(), order.end());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        auto const& wanted = expected[i].as_array();
        CHECK(order[i].second == (wanted[0].is_string() ? std::string(wanted[0].as_string())
                                                        : std::to_string(wanted[0].to_number<std::int64_t>())));
        CHECK(-order[i].first == near_figure(wanted[1].to_number<double>()));
    }
}

struct buyer {
    std::set<std::int32_t> days;
    std::set<std::string> invoices;
    double amount = 0;
};

} // namespace

TEST_CASE("online retail: what the cleaned lines say") {
    SEGMENTA_NEED_TEST_DATA("online_retail.csv.gz");
    expected_figures const file("expected_online_retail.json");
    auto const as_of = civil_date::of(2011, 12, 10);
    CHECK(file.at("as_of").text() == to_string(as_of));
    auto const sales = read_sales();
    std::map<std::int64_t, buyer> buyers;
    std::map<std::string, double> by_country, by_product;
    std::vector<double> amounts;
    double pieces = 0;
    for (auto const& line : sales) {
        auto& one = buyers[line.customer];
        one.days.insert(line.day.days_since_epoch());
        one.invoices.insert(line.invoice);
        one.amount += line.amount;
        by_country[line.country] += line.amount;
        by_product[line.product] += line.amount;
        amounts.push_back(line.amount);
        pieces += line.pieces;
    }
    std::vector<double> recency, frequency, monetary, order_value, gaps;
    std::map<std::string, double> spend_of, orders_of;
    std::uint64_t one_invoice = 0;
    for (auto const& [id, one] : buyers) {
        recency.push_back(as_of.days_since_epoch() - *one.days.rbegin());
        frequency.push_back(double(one.invoices.size()));
        monetary.push_back(one.amount);
        order_value.push_back(one.amount / frequency.back());
        one_invoice += one.invoices.size() == 1 ? 1 : 0;
        spend_of[std::to_string(id)] = one.amount;
        orders_of[std::to_string(id)] = frequency.back();
        for (auto day = std::next(one.days.begin()); day != one.days.end(); ++day)
            gaps.push_back(*day - *std::prev(day));
    }
    auto const cleaned = file.at("cleaned");
    CHECK(sales.size() == cleaned.at("rows").count());
    CHECK(buyers.size() == cleaned.at("customers").count());
    CHECK(compute_moments(frequency).sum == cleaned.at("orders").number());
    CHECK(by_product.size() == cleaned.at("stock_codes").count());
    CHECK(pieces == cleaned.at("items").number());
    CHECK(compute_moments(amounts).sum == near_figure(cleaned.at("revenue_float").number()));
    CHECK(compute_moments(amounts).sum == near_figure(std::stod(cleaned.at("revenue_exact_decimal").text())));
    CHECK(compute_moments(recency).sum == cleaned.at("sum_recency_days").number());
    CHECK(compute_moments(frequency).sum == cleaned.at("sum_frequency").number());
    CHECK(compute_moments(monetary).sum == near_figure(cleaned.at("sum_monetary").number()));
    auto squares = monetary;
    for (double& v : squares)
        v *= v;
    CHECK(compute_moments(squares).sum == near_figure(cleaned.at("sum_sq_monetary").number()));
    CHECK(one_invoice == cleaned.at("one_time_buyers_by_invoice").count());
    CHECK(1 - double(one_invoice) / double(buyers.size()) ==
          near_figure(cleaned.at("repeat_rate_by_invoice").number()));
    check_moments(cleaned.at("recency"), recency);
    check_moments(cleaned.at("frequency"), frequency);
    check_moments(cleaned.at("monetary"), monetary);
    check_moments(cleaned.at("aov"), order_value);
    check_top_ten(cleaned.at("top10_by_monetary").list(), spend_of);
    check_top_ten(cleaned.at("top10_by_frequency").list(), orders_of);
    check_top_ten(file.at("country_top10_by_revenue").list(), by_country);
    check_top_ten(file.at("product_top10_by_revenue").list(), by_product);
    check_moments(file.at("interpurchase_days"), gaps);
    for (auto const& [band, range] : {std::pair{"active", std::pair{0, 30}},
                                      {"cooling", {31, 90}},
                                      {"lapsing", {91, 180}},
                                      {"lost", {181, 100000}}})
        CHECK(std::uint64_t(std::count_if(recency.begin(), recency.end(), [&days = range](double v) {
                  return v >= days.first && v <= days.second;
              })) == file.at("band_counts").at(band).count());

    struct month {
        double revenue = 0;
        std::set<std::string> orders;
        std::set<std::int64_t> customers;
        std::uint64_t newcomers = 0;
    };
    std::map<std::string, month> months;
    std::map<std::string, std::set<std::string>> weekdays;
    for (auto const& line : sales) {
        auto& one = months[to_string(line.day).substr(0, 7)];
        one.revenue += line.amount;
        one.orders.insert(line.invoice);
        one.customers.insert(line.customer);
        weekdays[std::to_string((line.day.days_since_epoch() + 3) % 7)].insert(line.invoice); // 1970-01-01: a Thursday
    }
    for (auto const& [_, one] : buyers)
        ++months[to_string(civil_date(*one.days.begin())).substr(0, 7)].newcomers;
    CHECK(months.size() == file.at("monthly").members().size());
    for (auto const& [name, figure] : file.at("monthly").members()) {
        INFO(name);
        CHECK(months[name].revenue == near_figure(figure.at("revenue").number()));
        CHECK(months[name].orders.size() == figure.at("orders").count());
        CHECK(months[name].customers.size() == figure.at("customers").count());
        CHECK(months[name].newcomers == figure.at("new_customers").count());
    }
    for (auto const& [day, orders] : file.at("orders_by_weekday_monday_0").members())
        CHECK(weekdays[day].size() == orders.count());

    std::vector<std::int64_t> ids;
    std::vector<civil_date> days;
    for (auto const& line : sales) {
        ids.push_back(line.customer);
        days.push_back(line.day);
    }
    auto const wanted = file.at("btyd_inputs_days");
    CHECK(wanted.at("end").text() == "2011-12-09");
    summarise_purchases_options options;
    options.unit = model_time_unit::day;
    options.observation_end = civil_date::of(2011, 12, 9);
    auto const s = summarise_purchases(purchase_rows<std::int64_t>{ids, days, amounts}, options).summary;
    CHECK(s.size() == wanted.at("customers").count());
    CHECK(compute_moments(s.repeats).sum == wanted.at("sum_x").number());
    CHECK(compute_moments(s.last).sum == wanted.at("sum_tx").number());
    CHECK(compute_moments(s.age).sum == wanted.at("sum_T").number());
    CHECK(compute_moments(s.mean_spend).sum == near_figure(wanted.at("sum_zbar").number()));
    auto const once = std::uint64_t(std::count(s.repeats.begin(), s.repeats.end(), 0));
    CHECK(once == wanted.at("x0").count());
    CHECK(once == cleaned.at("one_time_buyers_by_day").count());
    CHECK(compute_moments(s.repeats).maximum == wanted.at("max_x").number());
    CHECK(compute_moments(s.mean_spend).sum / double(s.size() - once) ==
          near_figure(wanted.at("mean_zbar_of_repeaters").number()));
    for (auto const& [x, customers] : wanted.at("x_histogram").members()) {
        double const count = std::stod(x);
        CHECK(std::uint64_t(std::count_if(s.repeats.begin(), s.repeats.end(), [count](double v) {
                  return count < 10 ? v == count : v >= 10;
              })) == customers.count());
    }
    CHECK(file.unread({"*/definition", "btyd_inputs_days/x_histogram_note",
                       "cleaned/sum_recency_days_floor_of_timestamps",             // recency is of days here
                       "cleaned/concentration",                                    // tests/stats/concentration.test.cpp
                       "raw", "with_customer", "cleaned_without_exact_duplicates", // reading: tests/cli
                       "scores",                             // tests/strategy/value.test.cpp, tests/cli
                       "cohorts", "migration",               // tests/evaluate
                       "bgnbd_mle_weeks", "gamma_gamma_mle", // their own tests
                       "clustering",                         // below
                       "tag_rules"})                         // tests/cli/online_retail_tags.test.cpp
          == figures_left_out{});
}

TEST_CASE("online retail: every figure of its clustering") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    expected_figures const file("expected_online_retail.json");
    auto const expected = file.at("clustering");
    text_columns const customers(test_data("expected_online_retail_customers.csv"));
    auto const raw = numbers_of(customers, {"recency_days", "frequency", "monetary"});
    auto const scaling = fit_feature_scaling(as_columns(raw), {.log1p = true});
    auto const means = expected.at("column_means_log1p").numbers();
    auto const deviations = expected.at("column_sd_log1p").numbers();
    for (std::size_t j = 0; j < 3; ++j) {
        CHECK(scaling.centres()[j] == near_figure(means[j]));
        CHECK(scaling.scales()[j] == near_figure(deviations[j]));
    }
    auto const data = scaling.apply(as_columns(raw));
    check_clusterings(expected.at("kmeans"), data, 50);
    check_components(expected.at("pca"), data);
    check_ward_sizes(expected.at("ward_k4_sizes"), data);
    auto const gmm = expected.at("gmm_full_k4");
    auto const mixture = fit_gaussian_mixture(as_columns(data), {.components = 4, .starts = 5});
    // The figures are of a search that stopped early: with a tolerance of 1e-9 scikit-learn 1.9.1 ends at -.398418 as
    // we do, 3e-2 higher in the log-likelihood of all. So: not below, and nearer than that above.
    double const likelihood = gmm.at("mean_log_likelihood").number();
    CHECK(mixture.diagnostics().log_likelihood / 4338 >= likelihood);
    CHECK(mixture.diagnostics().log_likelihood / 4338 <= likelihood + 1e-5);
    CHECK(mixture.bic() == Approx(gmm.at("bic").number()).margin(0.1));
    CHECK(mixture.aic() == Approx(gmm.at("aic").number()).margin(0.1));
    CHECK(expected.unread({"features", "kmeans/definition", "dbscan_eps0.3_min10"}) == figures_left_out{});
}
