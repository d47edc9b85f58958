// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/table.hpp>

#include "support/catch.hpp"

#include <limits>
#include <memory>
#include <vector>

using namespace segmenta;

namespace {

column int_column(std::vector<std::int64_t> const& values) {
    column c(int64_type);
    for (auto const v : values)
        c.push(v);
    return c;
}

issue_list refused(table_builder& builder) {
    try {
        (void)builder.finish();
    } catch (issue_error const& e) {
        return e.issues();
    }
    return {};
}

} // namespace

TEST_CASE("a table is columns, ids and a schema", "[table]") {
    auto pool = std::make_shared<string_pool>();
    column cities(category_type);
    cities.set_pool(pool);
    for (auto const* city : {"Paris", "Rome", "Paris"})
        cities.push(pool->intern(city));
    cities.set_missing(1);
    table const shop =
        table_builder().ids({17, 4, 23}).add("age", int_column({30, 40, 50})).add("city", std::move(cities)).finish();
    table const copy = shop;
    CHECK(copy.size() == 3);
    CHECK(copy.find(std::int64_t{4}) == 1);
    CHECK_FALSE(copy.find(std::int64_t{5}).has_value());
    CHECK(copy.at(2, 1).as_string() == "Paris");
    CHECK(copy.at(1, 1).missing());
    CHECK(copy.what().attributes()[1].what == category_type);
    CHECK(table().size() == 0);
    CHECK(table_builder().ids(std::vector<std::string>{}).finish().size() == 0);
}

TEST_CASE("a host's arrays are shown, not copied", "[table]") {
    std::vector<std::int64_t> const ids{3, 1, 2};
    std::vector<double> const spend{1.5, 2.5, 3.5};
    std::vector<std::string_view> const names{"a", "b", "c"};
    std::uint64_t const present = 0b101;
    std::vector<named_column> const columns{{"spend", {float64_type, 3, spend.data(), &present, nullptr, nullptr}},
                                            {"name", {string_type, 3, names.data(), nullptr, nullptr, nullptr}}};
    table const shop = table::from_columns(customer_ids::borrow(ids), columns);
    CHECK(shop.columns()[0].data == spend.data());
    CHECK(shop.at(1, 0).missing());
    CHECK(shop.at(2, 1).as_string() == "c");
    CHECK(shop.ids().integers().data() == ids.data());
}

TEST_CASE("blocks are cut from the columns that are named", "[table]") {
    std::vector<std::int64_t> ids(150);
    std::vector<std::int64_t> twice(150);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        ids[i] = static_cast<std::int64_t>(i);
        twice[i] = static_cast<std::int64_t>(2 * i);
    }
    column marked = int_column(twice);
    marked.set_missing(130);
    table const shop = table_builder().ids(ids).add("x", int_column(ids)).add("y", std::move(marked)).finish();
    std::vector<column_view> scratch;
    std::vector<std::string_view> const names{"y", "x"};
    auto const tile = shop.rows(128, 64, names, scratch);
    CHECK(tile.size == 22);
    REQUIRE(tile.columns.size() == 2);
    CHECK(tile.columns[0].as<std::int64_t>()[1] == 258);
    CHECK_FALSE(tile.columns[0].is_present(2));
    CHECK(tile.columns[1].as<std::int64_t>()[21] == 149);
    CHECK(shop.rows(192, 64, names, scratch).size == 0);
    std::vector<std::string_view> const wrong{"y", "z", "X"};
    try {
        (void)shop.rows(0, 64, wrong, scratch);
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 2);
        CHECK(e.issues().contains("table.unknown_column"));
        CHECK(e.issues()[1].remedy == "Did you mean x?");
    }
}

TEST_CASE("columns are put into the order of the expected schema", "[table]") {
    schema expected;
    expected.attribute("a", int64_type)
        .attribute({"b", int64_type, sensitivity::personal, {}})
        .attribute("c", string_type);
    table const shop = table_builder(expected)
                           .ids({1})
                           .add("c", column(string_type, 1))
                           .add("b", int_column({2}))
                           .add("a", int_column({1}))
                           .finish();
    CHECK(shop.what() == expected);
    CHECK(shop.at(0, 0).as_int() == 1);
    CHECK(shop.at(0, 1).as_int() == 2);

    table_builder builder(expected);
    builder.ids({1}).add("b", column(string_type, 1)).add("aa", int_column({1}));
    auto const issues = refused(builder);
    CAPTURE(issues.to_string());
    CHECK(issues.size() == 4);
    CHECK(issues.contains("table.type"));
    CHECK(issues.contains("table.unknown_column"));
    CHECK(issues.contains("table.missing_column")); // a and c
}

TEST_CASE("everything wrong with a table is told at once", "[table]") {
    auto pool = std::make_shared<string_pool>();
    (void)pool->intern("only");
    column numbers(float64_type, 3);
    numbers.data<double>()[1] = std::numeric_limits<double>::quiet_NaN();
    numbers.data<double>()[2] = std::numeric_limits<double>::quiet_NaN();
    column flags(boolean_type, 3);
    flags.data<std::uint8_t>()[0] = 2;
    column codes(category_type, 3);
    codes.set_pool(pool);
    codes.data<std::uint32_t>()[2] = 1;
    column sets(category_set_type);
    sets.set_pool(pool);
    sets.push_set(std::vector<std::uint32_t>{0});
    sets.push_set(std::vector<std::uint32_t>{7});
    sets.push_set({});
    std::vector<std::uint32_t> const falling{0, 2, 1, 3};

    table_builder builder;
    builder.ids({8, 9, 8}).add("numbers", numbers).add("flags", flags).add("codes", codes).add("sets", sets);
    builder.add("poolless", column(category_type, 3))
        .add("numbers", column(int64_type, 3))
        .add(" bad", column(int64_type, 3));
    builder.borrow("memoryless", {int64_type, 3, nullptr, nullptr, nullptr, nullptr});
    builder.borrow("falling", {category_set_type, 3, falling.data(), nullptr, pool.get(), falling.data()});
    auto const issues = refused(builder);
    CAPTURE(issues.to_string());
    CHECK(issues.size() == 10);
    for (auto const* code : {"table.duplicate_id", "table.nan", "table.bad_bool", "table.bad_code", "table.no_data",
                             "table.bad_offsets", "schema.duplicate_name", "schema.bad_name"})
        CHECK(issues.contains(code));
    CHECK(issues.to_string().find("column numbers row 1") != std::string::npos);
    CHECK(issues.to_string().find("2 rows") != std::string::npos);

    table_builder short_one;
    short_one.ids({1, 2}).add("x", int_column({1}));
    CHECK(refused(short_one).contains("table.length"));
    table_builder nobody;
    nobody.add("x", int_column({1}));
    CHECK(refused(nobody).contains("table.length"));

    // what is marked missing may hold anything
    numbers.set_missing(1);
    numbers.set_missing(2);
    CHECK(table_builder().ids({1, 2, 3}).add("numbers", numbers).finish().at(1, 0).missing());
}
