// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/cell.hpp>

#include "support/catch.hpp"

#include <limits>
#include <memory>
#include <vector>

using namespace segmenta;

namespace {

constexpr type cents = money_type(currency("CNY"), 2);

value of_cents(std::int64_t units) { return value::of_decimal(cents, units); }

std::string shown(std::optional<value> const& v) { return v ? to_string(v->what()) + ' ' + to_string(*v) : "refused"; }

} // namespace

TEST_CASE("conversions lose nothing or are refused", "[cell]") {
    CHECK(shown(convert(value::of_int(12), cents)) == "money(CNY,2) 12.00 CNY");
    CHECK(shown(convert(value::of_int(12), decimal_type(0))) == "decimal(0) 12");
    CHECK(shown(convert(value::of_int(std::numeric_limits<std::int64_t>::max()), cents)) == "refused");
    CHECK(shown(convert(value::of_int(std::int64_t{1} << 53), float64_type)) == "double 9007199254740992");
    CHECK(shown(convert(value::of_int((std::int64_t{1} << 53) + 1), float64_type)) == "refused");
    CHECK(shown(convert(value::of_decimal(decimal_type(3), 1500), cents)) == "money(CNY,2) 1.50 CNY");
    CHECK(shown(convert(value::of_decimal(decimal_type(3), 1505), cents)) == "refused");
    CHECK(shown(convert(of_cents(150), money_type(currency("CNY"), 4))) == "money(CNY,4) 1.5000 CNY");
    CHECK(shown(convert(of_cents(150), money_type(currency("USD"), 2))) == "refused");
    CHECK(shown(convert(of_cents(150), decimal_type(2))) == "refused");
    CHECK(shown(convert(of_cents(100), int64_type)) == "refused");
    CHECK(shown(convert(value::of_double(1), int64_type)) == "refused");
    CHECK(shown(convert(value::of_double(0.5), decimal_type(1))) == "refused");
    CHECK(shown(convert(value::of_bool(true), int64_type)) == "refused");
    CHECK(shown(convert(value::of_date(civil_date{}), instant_type)) == "refused");
    CHECK(convert(value::of_string("x"), category_type)->as_string() == "x");
    CHECK(convert(value{}, category_type)->missing());
}

TEST_CASE("what is appended is read back, for every kind", "[cell]") {
    std::vector<std::string_view> const members{"b", "a"};
    std::vector<std::pair<type, value>> const samples{
        {boolean_type, value::of_bool(true)},
        {int64_type, value::of_int(-3)},
        {float64_type, value::of_double(2.5)},
        {cents, of_cents(-1999)},
        {date_type, value::of_date(civil_date::of(1969, 7, 20))},
        {instant_type, value::of_instant(instant{-1})},
        {duration_type, value::of_duration_us(5)},
        {string_type, value::of_string("text")},
        {category_type, value::of_string("code")},
        {category_set_type, value::of_set(std::span<std::string_view const>(members))}};
    for (auto const& [what, sample] : samples) {
        CAPTURE(to_string(what));
        auto const pool = std::make_shared<string_pool>();
        (void)pool->intern("so that codes are not row numbers");
        column c(what);
        c.set_pool(pool);
        REQUIRE(append(c, sample, *pool));
        REQUIRE(append(c, value{}, *pool));
        REQUIRE(append(c, sample, *pool));
        REQUIRE_FALSE(append(c, what == boolean_type ? value::of_int(1) : value::of_bool(true), *pool));
        REQUIRE(c.size() == 3);
        CHECK((compare(cell(c.view(), 0), sample) == 0));
        CHECK(to_string(cell(c.view(), 2)) == to_string(sample));
        CHECK(cell(c.view(), 1).missing());
        CHECK(cell(c.view(), 3).missing());
    }
}

TEST_CASE("the order of values is total", "[cell]") {
    std::vector<std::string_view> const ab{"a", "b"};
    std::vector<std::string_view> const ba{"b", "a", "b"};
    std::vector<std::string_view> const c{"c"};
    auto const set = [](auto const& v) { return value::of_set(std::span<std::string_view const>(v)); };
    // ascending; equal ones share an entry
    std::vector<std::vector<value>> const classes{
        {value{}},
        {value::of_bool(false)},
        {value::of_bool(true)},
        {value::of_int(-1)},
        {value::of_int(4)},
        {value::of_double(-1.0)},
        {value::of_double(0.0), value::of_double(-0.0)},
        {value::of_decimal(decimal_type(1), 15), value::of_decimal(decimal_type(2), 150)},
        {value::of_decimal(decimal_type(2), 151)},
        {of_cents(1)},
        {value::of_string("")},
        {value::of_string("a")},
        {value::of_string("\xE4")}, // by unsigned bytes
        {set(ab), set(ba)},
        {set(c)}};
    for (std::size_t i = 0; i < classes.size(); ++i)
        for (std::size_t j = 0; j < classes.size(); ++j)
            for (auto const& a : classes[i])
                for (auto const& b : classes[j]) {
                    CAPTURE(to_string(a), to_string(b));
                    CHECK((compare(a, b) == (i <=> j)));
                }
}

TEST_CASE("values are shown as a reader expects", "[cell]") {
    std::vector<std::string_view> const members{"b", "a"};
    CHECK(to_string(value{}) == "missing");
    CHECK(to_string(value::of_bool(false)) == "false");
    CHECK(to_string(value::of_double(0.1)) == "0.1");
    CHECK(to_string(of_cents(1250)) == "12.50 CNY");
    CHECK(to_string(value::of_date(civil_date::of(2024, 6, 30))) == "2024-06-30");
    CHECK(to_string(value::of_instant(instant{})) == "1970-01-01T00:00:00Z");
    CHECK(to_string(value::of_duration_us(129'600'000'000)) == "PT129600S");
    CHECK(to_string(value::of_duration_us(-1'500'000)) == "-PT1.5S");
    CHECK(to_string(value::of_string("a\"b")) == R"("a\"b")");
    CHECK(to_string(value::of_set(std::span<std::string_view const>(members))) == R"({"b", "a"})");
}
