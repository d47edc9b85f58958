// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/feature.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("feature: the table of aggregates is in the order of the enumeration and names are found again") {
    auto const& all = aggregates();
    for (std::size_t i = 0; i < all.size(); ++i) {
        CHECK(static_cast<std::size_t>(all[i].what) == i);
        CHECK(find_aggregate(all[i].name) == all[i].what);
        if (all[i].needs_number) CHECK(all[i].needs_field);
    }
    CHECK_FALSE(find_aggregate("recency_day"));
}

TEST_CASE("feature: sums keep the type of their field, ratios are doubles") {
    type const money = money_type(currency("CNY"), 2);
    CHECK(result_type(aggregate::sum, money) == money);
    CHECK(result_type(aggregate::maximum, int64_type) == int64_type);
    CHECK(result_type(aggregate::mean, money) == float64_type);
    CHECK(result_type(aggregate::last_day, money) == date_type);
    CHECK(result_type(aggregate::recency, money) == duration_type);
    CHECK(result_type(aggregate::days, money) == int64_type);
    CHECK(result_type(aggregate::first, money) == money);
    CHECK(result_type(aggregate::last, string_type) == category_type);
    CHECK(result_type(aggregate::median, money) == float64_type);
    CHECK(result_type(aggregate::decayed_count, money) == float64_type);
    CHECK(result_type(aggregate::sequence, money) == int64_type);
}
