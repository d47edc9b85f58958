// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/value.hpp>

#include "support/catch.hpp"

#include <array>
#include <limits>
#include <vector>

using namespace segmenta;

namespace {

std::vector<std::string_view> members(text_set set) { return {set.begin(), set.end()}; }

} // namespace

TEST_CASE("a value is what it was made of, or missing", "[value]") {
    CHECK(value{}.missing());
    CHECK(value::of_bool(true).as_bool());
    CHECK(value::of_bool(false).present());
    CHECK(value::of_int(-7).as_int() == -7);
    CHECK(value::of_double(1.5).as_double() == 1.5);
    CHECK(value::of_double(std::numeric_limits<double>::quiet_NaN()).missing());
    CHECK(value::of_double(std::numeric_limits<double>::infinity()).present());
    CHECK(value::of_date(civil_date::of(2024, 2, 29)).as_date() == civil_date::of(2024, 2, 29));
    CHECK(value::of_date(civil_date{-1}).as_date() == civil_date{-1});
    CHECK(value::of_instant(instant{-5}).as_instant() == instant{-5});
    CHECK(value::of_duration_us(9).as_duration_us() == 9);
    auto const price = value::of_decimal(money_type(currency("GBP"), 3), 2555);
    CHECK(price.as_units() == 2555);
    CHECK(price.what() == money_type(currency("GBP"), 3));
    CHECK(value::of_string("").present());
    CHECK(value::of_string("x").as_string() == "x");
}

TEST_CASE("a string of a pool knows its code", "[value]") {
    string_pool cities;
    cities.intern("Paris");
    auto const rome = value::of_string(cities, cities.intern("Rome"));
    CHECK(rome.as_string() == "Rome");
    CHECK(rome.pool() == &cities);
    CHECK(rome.code() == 1);
    CHECK(value::of_string("Rome").pool() == nullptr);
}

TEST_CASE("values are usable in constant expressions", "[value]") {
    static_assert(value::of_string("abc").as_string().size() == 3);
    static_assert(value::of_int(3).as_int() == 3);
    static constexpr std::array<std::string_view, 2> texts{"a", "b"};
    static_assert(value::of_set(std::span<std::string_view const>(texts)).as_set().contains("b"));
    SUCCEED();
}

TEST_CASE("a set is read the same from views, strings and codes", "[value]") {
    std::vector<std::string> const strings{"beauty", "a rather long name that is not stored inside the string", ""};
    std::vector<std::string_view> const views(strings.begin(), strings.end());
    string_pool pool;
    std::vector<std::uint32_t> codes;
    (void)pool.intern("another");
    for (auto const& s : strings)
        codes.push_back(pool.intern(s));

    for (auto const& set : {text_set(std::span<std::string const>(strings)),
                            text_set(std::span<std::string_view const>(views)), text_set(codes, pool)}) {
        CHECK(members(value::of_set(set).as_set()) == views);
        CHECK(set.contains(""));
        CHECK_FALSE(set.contains("another"));
    }
    CHECK(text_set{}.empty());
    CHECK(members(text_set{}).empty());
}
