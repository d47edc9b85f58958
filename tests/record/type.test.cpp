// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/type.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("the text of a type reads back as the type", "[type]") {
    for (auto const t : {boolean_type, int64_type, float64_type, date_type, instant_type, duration_type, string_type,
                         category_type, category_set_type, decimal_type(0), decimal_type(3), decimal_type(18),
                         money_type(currency("GBP"), 2), money_type(currency("KWD"), 3)}) {
        CAPTURE(to_string(t));
        CHECK(parse_type(to_string(t)) == t);
    }
    CHECK(to_string(decimal_type(3)) == "decimal(3)");
    CHECK(to_string(money_type(currency("GBP"), 2)) == "money(GBP,2)");
    CHECK(to_string(category_set_type) == "set");
}

TEST_CASE("money without a scale takes that of ISO 4217", "[type]") {
    CHECK(parse_type("money(JPY)") == money_type(currency("JPY"), 0));
    CHECK(parse_type("money(CNY)") == money_type(currency("CNY"), 2));
    CHECK(parse_type("money(KWD)") == money_type(currency("KWD"), 3));
    CHECK(parse_type("money(GBP, 4)") == money_type(currency("GBP"), 4));
}

TEST_CASE("what is no type is refused", "[type]") {
    for (auto const* text : {"", "int", "Int64", "decimal", "decimal()", "decimal(19)", "decimal(-1)", "decimal(2",
                             "decimal(2) ", "money", "money()", "money(QQQ)", "money(gbp)", "money(GBP,)",
                             "money(GBP,19)", "money(GBP,2,3)", "decimal(+2)", "decimal(2.0)"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_type(text).has_value());
    }
}

TEST_CASE("a currency is three capital letters or none", "[type]") {
    CHECK(currency("CNY").name() == "CNY");
    CHECK(currency("cny").empty());
    CHECK(currency("CNYX").empty());
    CHECK(currency("").name().empty());
}
