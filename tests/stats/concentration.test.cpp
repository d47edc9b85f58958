// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"
#include "support/test_data.hpp"

#include "base/json.hpp"

#include <segmenta/error.hpp>
#include <segmenta/stats/concentration.hpp>
#include <segmenta/stats/moments.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cmath>
#include <fstream>
#include <sstream>
#include <vector>

using namespace segmenta;

namespace {

std::string text_of(std::filesystem::path const& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

/// The column `index` of a comma-separated file without quotes, after its header.
std::vector<double> numbers_of(std::filesystem::path const& path, std::size_t index) {
    std::ifstream in(path);
    std::vector<double> out;
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream cells(line);
        std::string cell;
        for (std::size_t i = 0; i <= index; ++i)
            std::getline(cells, cell, ',');
        out.push_back(std::stod(cell));
    }
    return out;
}

} // namespace

TEST_CASE("Online Retail: concentration and moments of monetary", "[concentration]") {
    SEGMENTA_NEED_TEST_DATA("expected_online_retail_customers.csv");
    auto const monetary = numbers_of(test::test_data("expected_online_retail_customers.csv"), 5);
    REQUIRE(monetary.size() == 4338);
    auto const expected = detail::parse_json(text_of(test::test_data("expected_online_retail.json")));
    auto const& wanted = expected.at("cleaned").at("concentration");
    auto const number = [](boost::json::value const& v) { return v.to_number<double>(); };
    concentration const c(monetary);
    CHECK(c.total() == Catch::Approx(8911407.904).epsilon(1e-13));
    CHECK(c.share_of_top_fraction(0.01) == Catch::Approx(number(wanted.at("share_top_1pct"))).epsilon(1e-9));
    CHECK(c.share_of_top_fraction(0.10) == Catch::Approx(number(wanted.at("share_top_10pct"))).epsilon(1e-9));
    CHECK(c.share_of_top_fraction(0.20) == Catch::Approx(number(wanted.at("share_top_20pct"))).epsilon(1e-9));
    CHECK(c.customers_for_share(0.8) == static_cast<std::size_t>(number(wanted.at("pareto80_customers"))));
    CHECK(c.gini() == Catch::Approx(number(wanted.at("gini"))).epsilon(1e-9));
    auto const deciles = c.group_shares(10);
    for (std::size_t i = 0; i < 10; ++i)
        CHECK(deciles[i] == Catch::Approx(number(wanted.at("decile_shares").at(i))).epsilon(1e-9));

    auto const& m = expected.at("cleaned").at("monetary");
    auto const moments = compute_moments(monetary);
    CHECK(moments.mean == Catch::Approx(number(m.at("mean"))).epsilon(1e-9));
    CHECK(std::sqrt(moments.variance) == Catch::Approx(number(m.at("std_ddof1"))).epsilon(1e-9));
    CHECK(moments.skewness == Catch::Approx(number(m.at("skew_g1_biased"))).epsilon(1e-9));
    CHECK(moments.excess_kurtosis == Catch::Approx(number(m.at("excess_kurtosis_g2_biased"))).epsilon(1e-9));
}

TEST_CASE("concentration of simple totals", "[concentration]") {
    concentration const equal(std::vector<double>(4, 5));
    CHECK(equal.gini() == 0);
    CHECK(equal.share_of_top_fraction(0.5) == 0.5);
    CHECK(equal.customers_for_share(0.75) == 3);
    concentration const one(std::vector<double>{0, 0, 0, 8});
    CHECK(one.gini() == 0.75);
    CHECK(one.customers_for_share(0.8) == 1);
    concentration const none(std::vector<double>{});
    CHECK(std::isnan(none.gini()));
    CHECK(none.customers_for_share(0.8) == 0);
    CHECK_THROWS_AS(concentration(std::vector<double>{1, -1}), issue_error);
    CHECK(concentration(std::vector<double>{std::nan(""), 2}).count() == 1);
}
