// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/stats/exact_sum.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

using namespace segmenta;

namespace {

double sum_of(std::vector<double> const& x) {
    exact_sum s;
    s.add(x);
    return s.value();
}

__extension__ using wide = __int128;
__extension__ using unsigned_wide = unsigned __int128;

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double largest = std::numeric_limits<double>::max();
constexpr double tiny = std::numeric_limits<double>::denorm_min();

} // namespace

TEST_CASE("exact sums round once", "[exact_sum]") {
    CHECK(sum_of({}) == 0);
    CHECK(sum_of({1e308, 1e308, -1e308, -1e308, 1.5}) == 1.5);
    CHECK(sum_of({1e100, 1, -1e100}) == 1);
    CHECK(sum_of({0x1p53, 1}) == 0x1p53);           // tie to even
    CHECK(sum_of({0x1p53, 1, tiny}) == 0x1p53 + 2); // just above the tie
    CHECK(sum_of({0x1p53, 1, -tiny}) == 0x1p53);    // just below
    CHECK(sum_of({0x1p53 + 2, 1}) == 0x1p53 + 4);   // tie to even, upwards
    CHECK(sum_of({-0x1p53, -1, -tiny}) == -0x1p53 - 2);
    CHECK(sum_of({tiny, tiny, tiny}) == 3 * tiny);
    CHECK(sum_of({0x1p-1022, -tiny}) == 0x1p-1022 - tiny); // across the subnormal border
    CHECK(sum_of({largest, largest}) == infinity);
    CHECK(sum_of({largest, largest, -largest}) == largest);
    CHECK(sum_of({-largest, -largest}) == -infinity);
    CHECK(sum_of({infinity, 1}) == infinity);
    CHECK(std::isnan(sum_of({infinity, -infinity})));
    CHECK(std::isnan(sum_of({std::nan(""), 1})));
    std::vector<double> tenths(10, 0.1);
    CHECK(sum_of(tenths) == 1.0); // as Python's math.fsum; a plain loop gives 0.9999999999999999
}

TEST_CASE("an exact sum of random bits equals an integer sum, in any grouping", "[exact_sum]") {
    random_generator random(11);
    for (int round = 0; round < 200; ++round) {
        // whole multiples of 2^-60 below 2^63, so that 128-bit integers hold the truth
        exact_sum all;
        exact_sum first;
        exact_sum second;
        wide truth = 0;
        int const n = static_cast<int>(random_below(random, 300)) + 1;
        for (int i = 0; i < n; ++i) {
            auto const mantissa = static_cast<std::int64_t>(random() >> 11) - (std::int64_t{1} << 52);
            int const shift = static_cast<int>(random_below(random, 60));
            truth += static_cast<wide>(mantissa) << shift;
            double const d = std::ldexp(static_cast<double>(mantissa), shift - 60);
            all.add(d);
            (i % 3 == 0 ? first : second).add(d);
        }
        first.add(second);
        // round the truth by hand
        bool const negative = truth < 0;
        auto magnitude = static_cast<unsigned_wide>(negative ? -truth : truth);
        int exponent = -60;
        while (magnitude >> 54 != 0) {
            magnitude = (magnitude >> 1) | (magnitude & 1); // keeps "something follows" in the last bit
            ++exponent;
        }
        if (magnitude >> 53 != 0) {
            // the last bit is the half, but also carries what follows; recompute exactly
            auto const whole = static_cast<unsigned_wide>(negative ? -truth : truth);
            int const dropped = exponent + 60 + 1;
            auto const half = static_cast<unsigned_wide>(1) << (dropped - 1);
            auto const rest = whole & ((half << 1) - 1);
            auto head = whole >> dropped;
            if (rest > half || (rest == half && (head & 1) != 0)) ++head;
            magnitude = head;
            exponent = dropped - 60;
        }
        double expected = std::ldexp(static_cast<double>(static_cast<std::uint64_t>(magnitude)), exponent);
        if (negative) expected = -expected;
        REQUIRE(all.value() == expected);
        REQUIRE(first.value() == expected);
    }
}
