// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/decimal.hpp>

#include "support/catch.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <charconv>
#include <limits>
#include <string>
#include <vector>

using namespace segmenta;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

namespace {

constexpr auto low = std::numeric_limits<std::int64_t>::min();
constexpr auto high = std::numeric_limits<std::int64_t>::max();

cpp_int power(unsigned exponent) { return boost::multiprecision::pow(cpp_int(10), exponent); }

cpp_rational exact(decimal d) { return cpp_rational(cpp_int(d.units), power(d.scale)); }

/// Rounds a rational to `scale` digits by the definition.
std::optional<decimal> rounded(cpp_rational const& number, std::uint8_t scale, rounding mode) {
    cpp_rational const scaled = number * power(scale);
    cpp_int floor = numerator(scaled) / denominator(scaled);
    if (cpp_rational(floor) > scaled) --floor;
    cpp_rational const rest = scaled - cpp_rational(floor);
    cpp_rational const half(1, 2);
    bool up = rest > half;
    if (rest == half) up = mode == rounding::half_up ? scaled > 0 : floor % 2 != 0;
    if (up) ++floor;
    if (floor < low || floor > high) return std::nullopt;
    return decimal{static_cast<std::int64_t>(floor), scale};
}

/// Units of all magnitudes, with the ends and halves well represented.
decimal random_decimal(random_generator& random) {
    auto const scale = static_cast<std::uint8_t>(random_below(random, 19));
    switch (random_below(random, 6)) {
    case 0: return {random_integer(random, -20, 20), scale};
    case 1: return {low + random_integer(random, 0, 3), scale};
    case 2: return {high - random_integer(random, 0, 3), scale};
    case 3: return {random_integer(random, -2000, 2000) * 5, scale};
    default: return {static_cast<std::int64_t>(random()) >> random_below(random, 64), scale};
    }
}

bool same(std::optional<decimal> a, std::optional<decimal> b) {
    if (!a || !b) return a.has_value() == b.has_value();
    return a->units == b->units && a->scale == b->scale;
}

} // namespace

TEST_CASE("arithmetic agrees with rational numbers", "[decimal]") {
    random_generator random(1);
    for (int i = 0; i < 20'000; ++i) {
        decimal const a = random_decimal(random);
        decimal const b = random_decimal(random);
        auto const scale = static_cast<std::uint8_t>(random_below(random, 19));
        auto const mode = random_bernoulli(random, 0.5) ? rounding::half_even : rounding::half_up;
        auto const larger = std::max(a.scale, b.scale);
        CAPTURE(to_string(a), to_string(b), int{scale}, static_cast<int>(mode));

        CHECK((a < b) == (exact(a) < exact(b)));
        CHECK((a == b) == (exact(a) == exact(b)));
        // sums are exact at the larger scale, so rounding the exact sum there changes nothing
        CHECK(same(checked_add(a, b), rounded(exact(a) + exact(b), larger, mode)));
        CHECK(same(checked_subtract(a, b), rounded(exact(a) - exact(b), larger, mode)));
        CHECK(same(multiply(a, b, scale, mode), rounded(exact(a) * exact(b), scale, mode)));
        if (b.units != 0) CHECK(same(divide(a, b, scale, mode), rounded(exact(a) / exact(b), scale, mode)));
        CHECK(same(rescale(a, scale, mode), rounded(exact(a), scale, mode)));

        auto const kept = rescale(a, scale);
        auto const nearest = rounded(exact(a), scale, mode);
        CHECK(kept.has_value() == (nearest && exact(*nearest) == exact(a)));
        if (kept) CHECK(exact(*kept) == exact(a));

        auto const product = checked_multiply(a, b);
        if (product) CHECK(exact(*product) == exact(a) * exact(b));
        // refused only when no scale can hold the product
        if (!product) {
            bool fits = false;
            for (std::uint8_t s = 0; s <= 18; ++s) {
                auto const at = rounded(exact(a) * exact(b), s, mode);
                fits = fits || (at && exact(*at) == exact(a) * exact(b));
            }
            CHECK_FALSE(fits);
        }
        if (!(a == b)) CHECK((a < b) != (b < a));
    }
    CHECK_FALSE(divide({1, 0}, {0, 3}, 2).has_value());
    CHECK_FALSE(checked_negate({low, 2}).has_value());
    CHECK(checked_negate({5, 2}) == decimal{-5, 2});
}

TEST_CASE("100.10 and 200.20 are exactly 300.30", "[decimal]") {
    auto const sum = checked_add(*parse_decimal("100.10"), *parse_decimal("200.20"));
    REQUIRE(sum);
    CHECK(sum->units == 30030);
    CHECK(to_string(*sum) == "300.30");
    auto const tenths = checked_add(*parse_decimal("0.1"), *parse_decimal("0.2"));
    CHECK(tenths == *parse_decimal("0.3"));
}

TEST_CASE("rounding modes on halves", "[decimal]") {
    auto const to_whole = [](char const* text, rounding mode) { return rescale(*parse_decimal(text), 0, mode)->units; };
    // IEEE 754-2019 section 4.3.1, and commercial rounding as DIN 1333
    CHECK(to_whole("0.5", rounding::half_even) == 0);
    CHECK(to_whole("1.5", rounding::half_even) == 2);
    CHECK(to_whole("2.5", rounding::half_even) == 2);
    CHECK(to_whole("-2.5", rounding::half_even) == -2);
    CHECK(to_whole("-3.5", rounding::half_even) == -4);
    CHECK(to_whole("2.5", rounding::half_up) == 3);
    CHECK(to_whole("-2.5", rounding::half_up) == -3);
    CHECK(to_whole("2.51", rounding::half_even) == 3);
    CHECK(to_whole("2.49", rounding::half_up) == 2);
}

TEST_CASE("what is written is read back", "[decimal]") {
    random_generator random(2);
    for (int i = 0; i < 20'000; ++i) {
        decimal const d = random_decimal(random);
        auto const text = to_string(d);
        CAPTURE(text);
        REQUIRE(text.size() <= longest_decimal_text);
        REQUIRE(same(parse_decimal(text), d));
        REQUIRE(same(parse_decimal(text, d.scale), d));
        auto const least = static_cast<std::uint8_t>(random_below(random, 19));
        auto const short_text = to_string(d, least);
        REQUIRE(parse_decimal(short_text) == d); // the same number at another scale
        auto const point = short_text.find('.');
        auto const digits = point == std::string::npos ? 0 : short_text.size() - point - 1;
        REQUIRE(digits >= std::min<std::size_t>(least, d.scale));
        REQUIRE((digits <= least || short_text.back() != '0'));
    }
    CHECK(to_string({low, 0}) == "-9223372036854775808");
    CHECK(to_string({low, 18}) == "-9.223372036854775808");
    CHECK(to_string({-5, 3}) == "-0.005");
    CHECK(to_string({0, 2}) == "0.00");
    CHECK(to_string({8911407904, 3}, 2) == "8911407.904");
    CHECK(to_string({5100, 3}, 2) == "5.10");
    CHECK(to_string({5000, 3}, 0) == "5");
}

TEST_CASE("only plain decimals are read", "[decimal]") {
    CHECK(same(parse_decimal("+7"), decimal{7, 0}));
    CHECK(same(parse_decimal("-0.00"), decimal{0, 2}));
    CHECK(same(parse_decimal("007.50"), decimal{750, 2}));
    for (auto const* text : {"",
                             "-",
                             "+",
                             ".",
                             "-.",
                             ".5",
                             "5.",
                             "-.5",
                             "1.2.3",
                             "1..2",
                             " 1",
                             "1 ",
                             "1,5",
                             "1e3",
                             "1E0",
                             "0x1",
                             "NaN",
                             "inf",
                             "--1",
                             "+-1",
                             "1-",
                             "1_000",
                             "9223372036854775808",
                             "-9223372036854775809",
                             "0.0000000000000000000",
                             "12345678901.123456789"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_decimal(text).has_value());
    }
    CHECK(same(parse_decimal("-9223372036854775808"), decimal{low, 0}));
    CHECK_FALSE(parse_decimal(std::string(100'000, '9')).has_value());
    CHECK(same(parse_decimal(std::string(100'000, '0') + "1"), decimal{1, 0}));

    CHECK(same(parse_decimal("1.500", 2), decimal{150, 2}));
    CHECK(same(parse_decimal("1.5", 2), decimal{150, 2}));
    CHECK(same(parse_decimal("1.5" + std::string(50, '0'), 2), decimal{150, 2}));
    CHECK(same(parse_decimal("3.000", 0), decimal{3, 0}));
    CHECK_FALSE(parse_decimal("1.505", 2).has_value());
    CHECK_FALSE(parse_decimal("1.", 2).has_value());
    CHECK_FALSE(parse_decimal("1", 19).has_value());
}

TEST_CASE("the nearest double is what from_chars makes of the text", "[decimal]") {
    random_generator random(3);
    for (int i = 0; i < 20'000; ++i) {
        decimal const d = random_decimal(random);
        auto const text = to_string(d);
        double expected = 0;
        std::from_chars(text.data(), text.data() + text.size(), expected);
        REQUIRE(to_double(d) == expected);
    }
}

TEST_CASE("a sum does not depend on the order and is checked at the end", "[decimal]") {
    random_generator random(4);
    std::vector<std::int64_t> units(1000);
    for (auto& u : units)
        u = static_cast<std::int64_t>(random());
    cpp_int expected = 0;
    decimal_sum forward(2);
    decimal_sum backward(2);
    for (std::size_t i = 0; i < units.size(); ++i) {
        expected += units[i];
        forward.add(units[i]);
        backward.add(units[units.size() - 1 - i]);
    }
    CHECK(forward == backward);
    bool const fits = expected >= low && expected <= high;
    CHECK(forward.units().has_value() == fits);

    decimal_sum over;
    over.add(high);
    over.add(1);
    CHECK_FALSE(over.units().has_value());
    CHECK_FALSE(over.total().has_value());
    over.subtract(1); // on the way past the range and back
    CHECK(over.units() == high);

    decimal_sum mixed(3);
    CHECK(mixed.add(decimal{15, 1}));
    CHECK(mixed.add(decimal{25000, 4}));
    CHECK_FALSE(mixed.add(decimal{25001, 4}));
    CHECK(mixed.total() == decimal{4000, 3});
    decimal_sum other(3);
    other.add(1);
    mixed.merge(other);
    CHECK(mixed.units() == 4001);
}
