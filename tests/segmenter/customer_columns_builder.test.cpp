// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/customer_columns_builder.hpp>

#include "segmenter/small_shop.hpp"

#include "support/catch.hpp"

#include <string>

using namespace segmenta;
using namespace segmenta::test;

TEST_CASE("customer_columns_builder: one row per customer, sorted by id, whatever the order they come in") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    auto shoppers = crowd(100);
    auto const forward = columns_of(definition, own, shoppers, at(2024, 7, 1));
    std::reverse(shoppers.begin(), shoppers.end());
    auto const backward = columns_of(definition, own, shoppers, at(2024, 7, 1));
    REQUIRE(forward.ids == backward.ids);
    CHECK(std::is_sorted(forward.ids.begin(), forward.ids.end()));
    REQUIRE(forward.names == backward.names);
    for (std::size_t c = 0; c < forward.columns.size(); ++c)
        for (std::size_t row = 0; row < forward.size(); ++row)
            REQUIRE(to_string(cell(forward.columns[c].view(), row)) == to_string(cell(backward.columns[c].view(), row)));
}

TEST_CASE("customer_columns_builder: values one can follow by hand, and text that outlives its customer") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    customer_columns_builder everybody(definition, own, at(2024, 7, 1));
    {
        shopper s = someone();
        everybody.add("a customer with a long name", own.bind(s));
        s.city = "overwritten";
    }
    auto const made = everybody.finish();
    REQUIRE(made.text_ids.size() == 1);
    CHECK(made.text_ids[0] == "a customer with a long name");
    CHECK(made.find("city")->view().text(0) == "Paris");
    CHECK(made.find("recency_days")->view().as<std::int64_t>()[0] == 11);
    CHECK(made.find("frequency")->view().as<std::int64_t>()[0] == 3);
    CHECK(made.find("monetary")->view().as<std::int64_t>()[0] == 17'000);
    CHECK(everybody.finish().size() == 0); // empty again
}

TEST_CASE("customer_columns_builder: repeated and mixed ids are refused") {
    auto const own = shopper_schema();
    plan const definition = parse_plan(small_plan);
    shopper const s = someone();
    customer_columns_builder twice(definition, own, at(2024, 7, 1));
    twice.add(5, own.bind(s)).add(5, own.bind(s));
    CHECK(refusal([&] { (void)twice.finish(); }) == "segmenter.duplicate_id");
    customer_columns_builder mixed(definition, own, at(2024, 7, 1));
    mixed.add(5, own.bind(s)).add("five", own.bind(s));
    CHECK(refusal([&] { (void)mixed.finish(); }) == "segmenter.mixed_ids");
}
