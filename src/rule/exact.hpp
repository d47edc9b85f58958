// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_EXACT_HPP
#define SEGMENTA_RULE_EXACT_HPP

// Exact order of numbers of different types, as CEL's cross-type comparison asks (langdef.md, "Ordering"): as if all
// were on one real number line. Nothing is rounded on the way.

#include "base/powers_of_ten.hpp"
#include "rule/operations.hpp"

#include <array>
#include <cmath>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

inline constexpr unsigned largest_scale = 18;

template <class T>
constexpr order three_way(T a, T b) noexcept {
    return a < b ? order::less : (b < a ? order::greater : order::equal);
}

constexpr order reversed(order o) noexcept {
    return o == order::less ? order::greater : (o == order::greater ? order::less : o);
}

// a / 10^a_scale against b / 10^b_scale. 2^63 * 10^18 < 2^127.
constexpr order order_decimals(std::int64_t a, unsigned a_scale, std::int64_t b, unsigned b_scale) noexcept {
    unsigned const common = a_scale > b_scale ? a_scale : b_scale;
    return three_way(static_cast<int128>(a) * powers_of_ten[common - a_scale],
                     static_cast<int128>(b) * powers_of_ten[common - b_scale]);
}

// a / 10^scale against b. 2^64 * 10^18 < 2^124.
constexpr order order_decimal_natural(std::int64_t a, unsigned scale, std::uint64_t b) noexcept {
    return three_way(static_cast<int128>(a), static_cast<int128>(b) * powers_of_ten[scale]);
}

// numerator / denominator against fraction, with 0 <= numerator < denominator <= 10^18 and 0 <= fraction < 1.
inline order order_fractions(std::uint64_t numerator, std::uint64_t denominator, double fraction) noexcept {
    if (fraction == 0) return numerator == 0 ? order::equal : order::greater;
    if (numerator == 0) return order::less;
    // A positive numerator / denominator is at least 10^-18 > 2^-60.
    if (fraction < 0x1p-60) return order::greater;
    int exponent = 0;
    double const mantissa = std::frexp(fraction, &exponent); // in [1/2, 1), exponent in [-59, 0]
    auto const whole = static_cast<std::uint64_t>(mantissa * 0x1p53);
    auto const shift = static_cast<unsigned>(53 - exponent);          // fraction = whole / 2^shift, shift in [53, 112]
    uint128 const scaled = static_cast<uint128>(whole) * denominator; // < 2^113
    auto const quotient = static_cast<std::uint64_t>(scaled >> shift);
    if (numerator != quotient) return three_way(numerator, quotient);
    return (scaled & ((static_cast<uint128>(1) << shift) - 1)) != 0 ? order::less : order::equal;
}

// units / 10^scale against b.
inline order order_decimal_real(std::int64_t units, unsigned scale, double b) noexcept {
    if (b != b) return order::unordered;
    if (b >= 0x1p63) return order::less;
    if (b < -0x1p63) return order::greater;
    bool const negative = units < 0;
    if (negative != (b < 0)) return negative ? order::less : order::greater;
    // Of magnitudes, because b - floor(b) is exact for b >= 0 only.
    auto const magnitude = negative ? 0 - static_cast<std::uint64_t>(units) : static_cast<std::uint64_t>(units);
    double const real = std::fabs(b);
    double const floored = std::floor(real);
    auto const real_whole = static_cast<std::uint64_t>(floored);
    auto const divisor = static_cast<std::uint64_t>(powers_of_ten[scale]);
    std::uint64_t const whole = magnitude / divisor;
    order const found = whole != real_whole ? three_way(whole, real_whole)
                                            : order_fractions(magnitude % divisor, divisor, real - floored);
    return negative ? reversed(found) : found;
}

inline order order_natural_real(std::uint64_t a, double b) noexcept {
    if (b != b) return order::unordered;
    if (b >= 0x1p64) return order::less;
    if (b < 0) return order::greater;
    double const floored = std::floor(b);
    auto const b_whole = static_cast<std::uint64_t>(floored);
    if (a != b_whole) return three_way(a, b_whole);
    return floored < b ? order::less : order::equal;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
