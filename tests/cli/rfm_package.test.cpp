// SPDX-License-Identifier: Apache-2.0
// The tables of the R package rfm, exactly: thresholds, cells, and both published segment maps as custom maps.
// Figures: expected_rfm_package.json, and for the README map the rendered documentation of rfm 0.3.0.
#include "cli/command.hpp"
#include "support/catch.hpp"
#include "support/test_data.hpp"

using namespace segmenta::test;
namespace json = boost::json;

namespace {

struct segment_totals {
    std::int64_t customers = 0;
    std::int64_t orders = 0;
    std::int64_t revenue = 0;
    friend bool operator==(segment_totals const&, segment_totals const&) = default;
};

struct run_table {
    json::value summary;
    std::map<std::string, std::size_t> at;
    std::vector<std::vector<std::string>> rows;

    [[nodiscard]] std::map<std::string, segment_totals> totals(std::string const& column, std::string const& orders,
                                                               std::string const& revenue) const {
        std::map<std::string, segment_totals> out;
        for (std::size_t i = 1; i < rows.size(); ++i) {
            auto& t = out[rows[i][at.at(column)]];
            ++t.customers;
            t.orders += std::stoll(rows[i][at.at(orders)]);
            t.revenue += std::stoll(rows[i][at.at(revenue)]);
        }
        return out;
    }
    void check_cells(json::object const& expected) const {
        std::map<std::string, std::int64_t> cells;
        for (std::size_t i = 1; i < rows.size(); ++i)
            ++cells[rows[i][at.at("r")] + rows[i][at.at("f")] + rows[i][at.at("m")]];
        CHECK(cells.size() == expected.size());
        for (auto const& cell : expected) {
            CAPTURE(std::string(cell.key()));
            CHECK(cells[std::string(cell.key())] == cell.value().as_int64());
        }
    }
    /// Lower edges are the expectation's; the last upper edge is the largest value and one more.
    void check_thresholds(json::value const& expected, char const* measure, char const* column) const {
        json::array const& lower = expected.at(measure).at("lower").as_array();
        json::array const& upper = expected.at(measure).at("upper").as_array();
        json::array const& edges = summary.at("columns").at(column).at("fit").at("edges").as_array();
        REQUIRE(edges.size() == lower.size() + 1);
        for (std::size_t i = 0; i < lower.size(); ++i) {
            CAPTURE(measure, i);
            CHECK(edges[i].to_number<double>() == Catch::Approx(lower[i].to_number<double>()).epsilon(1e-12));
        }
        CHECK(edges.back().to_number<double>() + 1 == Catch::Approx(upper.back().to_number<double>()).epsilon(1e-12));
    }
};

run_table run_example(scratch_directory const& where, std::string const& name, std::string const& source,
                      std::string const& as_of) {
    std::string const plan = std::string(SEGMENTA_SOURCE_DIR) + "/examples/plans/" + name;
    auto const ran = run_command(where, "run '" + plan + "' --source '" + source + "' --as-of " + as_of + " --out out --quiet");
    INFO(ran.err);
    REQUIRE(ran.code == 0);
    run_table out;
    out.summary = read_json(where.path() / "out" / "summary.json");
    out.rows = read_rows(where.path() / "out" / "customers.csv");
    for (std::size_t i = 0; i < out.rows[0].size(); ++i) out.at[out.rows[0][i]] = i;
    return out;
}

} // namespace

TEST_CASE("rfm_package: the order table with both maps") {
    SEGMENTA_NEED_TEST_DATA("rfm_data_orders.csv");
    SEGMENTA_NEED_TEST_DATA("expected_rfm_package.json");
    scratch_directory const where;
    auto const got = run_example(where, "rfm_orders.json", "orders=" + test_data("rfm_data_orders.csv").string(), "2006-12-31");
    json::value const want = read_json(test_data("expected_rfm_package.json")).at("orders");
    CHECK(got.summary.at("customers").to_number<std::int64_t>() == want.at("customers").as_int64());
    CHECK(got.summary.at("columns").at("monetary").at("sum") == std::to_string(want.at("sum_revenue").as_int64()).c_str());
    CHECK(got.summary.at("columns").at("frequency").at("sum") == std::to_string(want.at("sum_orders").as_int64()).c_str());
    got.check_thresholds(want.at("thresholds"), "recency_days", "r");
    got.check_thresholds(want.at("thresholds"), "frequency", "f");
    got.check_thresholds(want.at("thresholds"), "monetary", "m");
    got.check_cells(want.at("rfm_cells").as_object());
    // statistics.md 2.13, rendered documentation of rfm 0.3.0: customers, orders, revenue
    std::map<std::string, segment_totals> const readme{
        {"about_to_sleep", {102, 283, 23449}}, {"at_risk", {28, 216, 22227}},       {"cant_lose_them", {47, 274, 32446}},
        {"champions", {35, 316, 31646}},       {"lost", {148, 393, 35324}},         {"loyal_customers", {170, 799, 76562}},
        {"need_attention", {10, 57, 4562}},    {"new_customers", {104, 329, 28837}}, {"potential_loyalist", {342, 2211, 204856}},
        {"promising", {9, 28, 4249}}};
    CHECK(got.totals("segment", "frequency", "monetary") == readme);
    auto const tests_map = got.totals("segment_tests", "frequency", "monetary");
    for (auto const& segment : want.at("segments").as_object()) {
        std::string id(segment.key());
        std::erase(id, '\'');
        for (auto& c : id) c = c == ' ' ? '_' : static_cast<char>(std::tolower(c));
        CAPTURE(id);
        REQUIRE(tests_map.count(id) == 1);
        CHECK(tests_map.at(id).customers == segment.value().at("customers").as_int64());
        CHECK(tests_map.at(id).orders == segment.value().at("orders").as_int64());
        CHECK(tests_map.at(id).revenue == segment.value().at("revenue").as_int64());
    }
    CHECK(tests_map.size() == want.at("segments").as_object().size());
}

TEST_CASE("rfm_package: the customer table") {
    SEGMENTA_NEED_TEST_DATA("rfm_data_customer.csv");
    SEGMENTA_NEED_TEST_DATA("expected_rfm_package.json");
    scratch_directory const where;
    auto const got = run_example(where, "rfm_customers.json", "customers=" + test_data("rfm_data_customer.csv").string(), "2007-01-01");
    json::value const want = read_json(test_data("expected_rfm_package.json")).at("customer");
    CHECK(got.rows.size() - 1 == static_cast<std::size_t>(want.at("rows").as_int64()));
    CHECK(got.summary.at("columns").at("number_of_orders").at("sum") == std::to_string(want.at("sum_orders").as_int64()).c_str());
    got.check_thresholds(want.at("thresholds"), "recency_days", "r");
    got.check_thresholds(want.at("thresholds"), "frequency", "f");
    got.check_thresholds(want.at("thresholds"), "monetary", "m");
    got.check_cells(want.at("rfm_cells").as_object());
    std::map<std::string, std::int64_t> const readme{
        {"potential_loyalist", 12762}, {"loyal_customers", 6965}, {"lost", 5535},          {"new_customers", 4475},
        {"about_to_sleep", 4095},      {"at_risk", 2081},         {"champions", 1571},     {"cant_lose_them", 1471},
        {"need_attention", 679},       {"promising", 297},        {"others", 68}};
    std::map<std::string, std::int64_t> customers;
    for (auto const& [id, totals] : got.totals("segment", "number_of_orders", "revenue")) customers[id] = totals.customers;
    CHECK(customers == readme);
}
