// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_profile.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;

TEST_CASE("cluster profile: drivers by size, names of them, no name twice") {
    std::vector<std::vector<double>> const data{{0, 0, 10, 10}, {1, 1, 1, 1}, {5, 6, 5, 4}};
    std::vector<std::string> const names{"Spend EUR", "flat", "recency"};
    std::vector<std::uint32_t> const labels{7, 7, 3, 3};
    auto const profiles = profile_clusters(as_columns(data), names, labels);
    REQUIRE(profiles.size() == 2);
    CHECK(profiles[0].cluster == 3);
    CHECK(profiles[0].share == .5);
    CHECK(profiles[0].drivers[0].name == "Spend EUR");
    CHECK(profiles[0].drivers[0].difference == Approx(1));
    CHECK(profiles[0].drivers[0].mean == 10);
    CHECK(profiles[0].drivers[1].difference == Approx(-.5 / std::sqrt(.5)));
    CHECK(profiles[0].drivers[2].difference == 0);
    CHECK(profiles[0].name == "high_spend_eur_low_recency");
    CHECK(profiles[1].name == "low_spend_eur_high_recency");
    CHECK(describe(profiles[0]) == "Spend EUR is 1.0 standard deviations above the mean of all; recency is 0.7 standard "
                                   "deviations below the mean of all");
    auto const quiet = profile_clusters(as_columns(data), names, labels, {.notable = 9});
    CHECK(quiet[0].name == "average");
    CHECK(quiet[1].name == "average_2");
    CHECK(describe(quiet[1], {.notable = 9}) == "near the mean of all customers");
}

TEST_CASE("cluster profile: other numbers of names or labels, nobody") {
    std::vector<std::vector<double>> const data{{0, 0, 10, 10}};
    std::vector<std::string> const names{"a"};
    CHECK_THROWS_AS(profile_clusters(as_columns(data), names, std::vector<std::uint32_t>{1}), issue_error);
    CHECK_THROWS_AS(profile_clusters(as_columns(data), {}, std::vector<std::uint32_t>{1, 1, 1, 1}), issue_error);
    CHECK_THROWS_AS(profile_clusters({}, {}, {}), issue_error);
}

TEST_CASE("cluster profile: attributes are drivers by the category that is over-represented") {
    std::vector<std::uint32_t> const way{0, 0, 0, 1, 1, 1, 2, 2};
    std::vector<std::uint32_t> const city{0, 1, 0, 1, 0, 1, 0, 1};
    std::vector<std::uint32_t> const labels{0, 0, 0, 1, 1, 1, 1, 1};
    std::vector<std::span<std::uint32_t const>> const columns{way, city};
    std::vector<std::string> const names{"way", "city"};
    std::vector<std::vector<std::string>> const categories{{"Web", "shop", "苏州"}, {"a", "b"}};
    auto const profiles = profile_clusters({}, {}, {columns, names, categories}, labels);
    REQUIRE(profiles.size() == 2);
    CHECK(profiles[0].name == "way_web");
    CHECK(profiles[0].drivers[0].category == "Web");
    CHECK(profiles[0].drivers[0].mean == 1);
    // 2 asin sqrt 1 - 2 asin sqrt(3/8)
    CHECK(profiles[0].drivers[0].difference == Approx(2 * std::asin(1.0) - 2 * std::asin(std::sqrt(.375))));
    CHECK(describe(profiles[0]) == "way is Web for 100 %, more than of all");
    CHECK(profiles[1].name == "average"); // shop: 3 of 5 against 3 of 8, h = .46
    std::vector<std::uint32_t> const foreign{0, 0, 1, 1, 1, 1, 2, 2};
    std::vector<std::uint32_t> const two{0, 0, 0, 0, 0, 0, 1, 1};
    std::vector<std::span<std::uint32_t const>> const one{foreign};
    auto const third = profile_clusters({}, {}, {one, std::span(names).first(1), std::span(categories).first(1)}, two);
    CHECK(third[1].name == "way_3"); // a name of ASCII for what has no letters of it
    std::vector<std::vector<std::string>> const short_list{{"web"}, {"a", "b"}};
    CHECK_THROWS_AS(profile_clusters({}, {}, {columns, names, short_list}, labels), issue_error);
}
