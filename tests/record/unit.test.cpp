// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/unit.hpp>

#include "support/catch.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

namespace {

/// The amount at a scale, or the name of the error.
std::string read(std::string_view text, std::string_view kept, unsigned scale) {
    auto const units = unit_table::of(kept);
    REQUIRE(units);
    std::int64_t out = 0;
    switch (read_quantity(text, *units, scale, out)) {
    case quantity_error::none: return to_string(decimal{out, static_cast<std::uint8_t>(scale)});
    case quantity_error::not_a_number: return "not_a_number";
    case quantity_error::unknown_unit: return "unknown_unit";
    case quantity_error::too_many_decimals: return "too_many_decimals";
    case quantity_error::out_of_range: return "out_of_range";
    }
    return "?";
}

} // namespace

TEST_CASE("units: amounts as people write them", "[record][unit]") {
    CHECK(read("1.2万元", "CNY", 2) == "12000.00");
    CHECK(read("１．２万元", "元", 2) == "12000.00");
    CHECK(read("3亿元", "元", 2) == "300000000.00");
    CHECK(read("3.14159265亿", "元", 2) == "314159265.00");
    CHECK(read("50分", "元", 2) == "0.50");
    CHECK(read("5角", "CNY", 2) == "0.50");
    CHECK(read("￥12.5", "CNY", 2) == "12.50");
    CHECK(read("¥ 1.2万", "CNY", 2) == "12000.00");
    CHECK(read("-¥5", "CNY", 2) == "-5.00");
    CHECK(read("¥-5", "CNY", 2) == "-5.00");
    CHECK(read(" 12.50 RMB ", "CNY", 2) == "12.50");
    CHECK(read("　９９　元　", "CNY", 2) == "99.00");
    CHECK(read("12.50", "CNY", 2) == "12.50");
    CHECK(read("$3", "USD", 2) == "3.00");
    CHECK(read("1.5万 CHF", "CHF", 2) == "15000.00");
    CHECK(read("500g", "kg", 3) == "0.500");
    CHECK(read("3斤", "kg", 1) == "1.5");
    CHECK(read("2 t", "kg", 0) == "2000");
    CHECK(read("2千克", "kg", 0) == "2");
    CHECK(read("2千", "kg", 0) == "2000");
    CHECK(read("1lb", "kg", 8) == "0.45359237");
    CHECK(read("3亩", "m²", 0) == "2000");
    CHECK(read("1亩", "亩", 0) == "1");
    CHECK(read("2ha", "亩", 0) == "30");
    CHECK(read("1 m2", "亩", 4) == "0.0015");
    CHECK(read("6尺", "m", 0) == "2");
    CHECK(read("-0.5万", "元", 0) == "-5000");
    CHECK(read(".5kg", "g", 0) == "500");
    CHECK(read("5.kg", "g", 0) == "5000");
    CHECK(read("9223372036854775807", "kg", 0) == "9223372036854775807");
    CHECK(read("-9223372036854775808", "kg", 0) == "-9223372036854775808");
    CHECK(read("0.0000000000000000000000000000000000000000000000", "kg", 0) == "0");
    CHECK(read("1.50000000000000000000000000000000000000000000000000", "kg", 1) == "1.5");
}

TEST_CASE("units: what is none, does not fit or is not exact says so", "[record][unit]") {
    CHECK(read("1亩", "m²", 2) == "too_many_decimals"); // 666.666…
    CHECK(read("1分", "元", 1) == "too_many_decimals");
    CHECK(read("0.001", "元", 2) == "too_many_decimals");
    CHECK(read("3斗", "kg", 2) == "unknown_unit");
    CHECK(read("3 kg m", "kg", 2) == "unknown_unit");
    CHECK(read("3 Kg", "kg", 2) == "unknown_unit");
    CHECK(read("$3", "CNY", 2) == "unknown_unit");
    CHECK(read("¥3元", "CNY", 2) == "unknown_unit"); // two words
    CHECK(read("3万斗", "kg", 2) == "unknown_unit");
    CHECK(read("万", "kg", 2) == "not_a_number");
    CHECK(read("kg", "kg", 2) == "not_a_number");
    CHECK(read("", "kg", 2) == "not_a_number");
    CHECK(read("-", "kg", 2) == "not_a_number");
    CHECK(read(".", "kg", 2) == "not_a_number");
    CHECK(read("1.2.3", "kg", 2) == "not_a_number");
    CHECK(read("1,200元", "CNY", 2) == "not_a_number");
    CHECK(read("--1", "CNY", 2) == "not_a_number");
    CHECK(read("-¥-1", "CNY", 2) == "not_a_number");
    CHECK(read("9223372036854775808", "kg", 0) == "out_of_range");
    CHECK(read("1万亿", "kg", 9) == "out_of_range");
    CHECK(read("99999999999999999999999999", "kg", 0) == "out_of_range");
    CHECK(read(std::string(longest_quantity, '0') + "1", "kg", 0) == "not_a_number");
}

TEST_CASE("units: own words, and tables that there are", "[record][unit]") {
    unit_table own;
    own.add("％", *parse_unit_factor("0.01"));
    own.add("成", *parse_unit_factor("1/10"));
    std::int64_t out = 0;
    CHECK(read_quantity("12.5%", own, 3, out) == quantity_error::none);
    CHECK(out == 125);
    CHECK(read_quantity("３成", own, 3, out) == quantity_error::none);
    CHECK(out == 300);
    own.add("成", *parse_unit_factor("0.2"));
    CHECK(read_quantity("3成", own, 3, out) == quantity_error::none);
    CHECK(out == 600);
    CHECK(own.words() == "%, 成, also after 十 百 千 万 亿");
    CHECK(own.money().empty());

    CHECK_FALSE(unit_table::of("斗"));
    CHECK_FALSE(unit_table::of(""));
    CHECK_FALSE(unit_table::of("XYZ"));
    CHECK(unit_table::of("元")->money() == currency("CNY"));
    CHECK(unit_table::of("ＫＧ"));
    CHECK(unit_table::of("kg")->money().empty());
    for (auto const first : unit_table::ready_made())
        CHECK(unit_table::of(first)->find(first) == unit_factor{});

    CHECK(parse_unit_factor("2000/3") == unit_factor{2000, 3});
    CHECK(parse_unit_factor("0.45359237") == unit_factor{45359237, 100000000});
    CHECK(parse_unit_factor("0.5/1.5") == unit_factor{1, 3});
    for (auto const text : {"0", "-1", "", "1/0", "1/2/3", "a", "1e3", "9999999999999", "1/9999999999999"}) {
        INFO(text);
        CHECK_FALSE(parse_unit_factor(text));
    }
}

TEST_CASE("units: against rational numbers, exact and nearest", "[record][unit]") {
    struct word {
        std::string kept;
        std::string text;
        cpp_rational factor;
    };
    std::vector<word> const words{
        {"kg", "斤", {1, 2}},         {"kg", "lb", {45359237, 100000000}},
        {"m²", "亩", {2000, 3}},      {"亩", "坪", cpp_rational(400, 121) * cpp_rational(3, 2000)},
        {"元", "万元", 10000},        {"元", "分", {1, 100}},
        {"元", "千亿", 100000000000}, {"m", "寸", {1, 30}},
        {"t", "mg", {1, 1000000000}}, {"mg", "t", 1000000000}};
    random_generator random(7);
    int exact_ones = 0;
    for (int round = 0; round < 20'000; ++round) {
        word const& w = words[random_below(random, words.size())];
        std::string whole = std::to_string(random_below(random, round % 3 == 0 ? 100'000'000'000'000 : 10'000));
        std::string decimals;
        for (auto n = random_below(random, 5); n > 0; --n)
            decimals += static_cast<char>('0' + random_below(random, 10));
        cpp_int const digits(
            cpp_int((whole + decimals)
                        .erase(0, std::min((whole + decimals).find_first_not_of('0'), (whole + decimals).size() - 1))));
        cpp_rational amount(digits, boost::multiprecision::pow(cpp_int(10), static_cast<unsigned>(decimals.size())));
        bool const negative = random_below(random, 4) == 0;
        if (negative) amount = -amount;
        cpp_rational const wanted = amount * w.factor;
        std::string const text = (negative ? "-" : "") + whole + (decimals.empty() ? "" : "." + decimals) + w.text;
        INFO(text << " in " << w.kept);
        auto const units = *unit_table::of(w.kept);

        auto const scale = static_cast<unsigned>(random_below(random, 10));
        cpp_rational const scaled = wanted * boost::multiprecision::pow(cpp_int(10), scale);
        std::int64_t out = 0;
        auto const error = read_quantity(text, units, scale, out);
        bool const whole_number = denominator(scaled) == 1;
        bool const fits = abs(numerator(scaled)) <= std::numeric_limits<std::int64_t>::max();
        if (whole_number && fits) {
            REQUIRE(error == quantity_error::none);
            REQUIRE(cpp_int(out) == numerator(scaled));
            ++exact_ones;
        } else if (whole_number) {
            REQUIRE(error == quantity_error::out_of_range);
        } else {
            REQUIRE(error != quantity_error::none);
        }

        double real = 0;
        REQUIRE(read_quantity(text, units, real) == quantity_error::none);
        auto const distance = [&](double v) { return cpp_rational(abs(cpp_rational(v) - wanted)); };
        REQUIRE(distance(real) <= distance(std::nextafter(real, 1e300)));
        REQUIRE(distance(real) <= distance(std::nextafter(real, -1e300)));
    }
    CHECK(exact_ones > 5'000);
}
