// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_DECIMAL_HPP
#define SEGMENTA_RECORD_DECIMAL_HPP

/// \file
/// Exact decimal numbers: 64-bit units of 10^-scale. Nothing here rounds unless a rounding mode is given, and nothing
/// wraps around: what does not fit is no result.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

namespace detail {

/// 128 bits for exact intermediate results; `__extension__` keeps -Wpedantic quiet.
__extension__ typedef __int128 int128;

/// 10^exponent; exponent 0 to 18.
constexpr std::int64_t power_of_ten(unsigned exponent) noexcept {
    std::int64_t power = 1;
    for (; exponent > 0; --exponent)
        power *= 10;
    return power;
}

constexpr bool fits_int64(int128 v) noexcept {
    return v >= std::numeric_limits<std::int64_t>::min() && v <= std::numeric_limits<std::int64_t>::max();
}

} // namespace detail

/// Digits after the point a decimal may have: 10^18 is the largest power of ten in 64 bits.
inline constexpr std::uint8_t max_decimal_scale = 18;

/// How to decide between two neighbours when digits are dropped. Both are symmetric about zero.
enum class rounding : std::uint8_t {
    half_even, ///< nearest, ties to the even digit ("bankers' rounding", IEEE 754 roundTiesToEven): no bias in sums
    half_up,   ///< nearest, ties away from zero (commercial rounding): 2.5 -> 3, -2.5 -> -3
};

/// `units` times 10^-`scale`: {10010, 2} is 100.10. Comparison is by number, not by scale: 1.0 == 1.00.
///
/// Thread safety: a plain value.
struct decimal {
    std::int64_t units = 0;
    std::uint8_t scale = 0; ///< 0 to 18

    /// Exact across scales.
    friend constexpr std::strong_ordering operator<=>(decimal a, decimal b) noexcept {
        if (a.scale == b.scale) return a.units <=> b.units;
        // at most 2^63 * 10^18 < 2^123
        auto const left = static_cast<detail::int128>(a.units) *
                          detail::power_of_ten(b.scale > a.scale ? static_cast<unsigned>(b.scale - a.scale) : 0U);
        auto const right = static_cast<detail::int128>(b.units) *
                           detail::power_of_ten(a.scale > b.scale ? static_cast<unsigned>(a.scale - b.scale) : 0U);
        if (left == right) return std::strong_ordering::equal;
        return left < right ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    friend constexpr bool operator==(decimal a, decimal b) noexcept { return (a <=> b) == 0; }
};

/// Reads an optional sign, digits, and optionally a point with digits: `-12.50`, `+7`, `0.001`. The scale is the number
/// of digits after the point as written. Nothing for anything else: blanks, exponents, `.5`, `5.`, thousands
/// separators, more than 18 digits after the point, a number outside 64 bits.
[[nodiscard]] std::optional<decimal> parse_decimal(std::string_view text) noexcept;

/// As above, brought to `scale`, losing no digit but zeros: (`1.500`, 2) is 1.50, (`1.505`, 2) is nothing.
[[nodiscard]] std::optional<decimal> parse_decimal(std::string_view text, std::uint8_t scale) noexcept;

/// Longest text of `format_decimal`.
inline constexpr std::size_t longest_decimal_text = 24;

/// Writes the number with exactly `scale` digits after the point (none: no point) at `out`, which has room for
/// `longest_decimal_text`; returns the end. `parse_decimal` reads back the same units and scale.
char* format_decimal(decimal number, char* out) noexcept;
/// As above, dropping zeros at the end down to `minimum_digits` after the point: (8911407.904, 2) stays, (5.100, 2) is
/// `5.10`.
char* format_decimal(decimal number, char* out, std::uint8_t minimum_digits) noexcept;
[[nodiscard]] std::string to_string(decimal number);
[[nodiscard]] std::string to_string(decimal number, std::uint8_t minimum_digits);

/// The same number at another scale; nothing when digits other than 0 would be lost or it does not fit.
[[nodiscard]] std::optional<decimal> rescale(decimal number, std::uint8_t scale) noexcept;
/// As above, rounded when digits are dropped; nothing only when it does not fit.
[[nodiscard]] std::optional<decimal> rescale(decimal number, std::uint8_t scale, rounding mode) noexcept;

/// Exact sum and difference at the larger of the two scales; nothing on overflow.
[[nodiscard]] std::optional<decimal> checked_add(decimal a, decimal b) noexcept;
[[nodiscard]] std::optional<decimal> checked_subtract(decimal a, decimal b) noexcept;
/// `-number`; nothing for the smallest 64-bit number.
[[nodiscard]] std::optional<decimal> checked_negate(decimal number) noexcept;
/// Exact product. Its scale is the sum of the scales; zeros at the end are dropped when it would not fit otherwise.
/// Nothing when it still does not fit.
[[nodiscard]] std::optional<decimal> checked_multiply(decimal a, decimal b) noexcept;
/// The exact product, rounded once.
[[nodiscard]] std::optional<decimal> multiply(decimal a, decimal b, std::uint8_t scale,
                                              rounding mode = rounding::half_even) noexcept;
/// The exact quotient, rounded once; nothing when `b` is 0.
[[nodiscard]] std::optional<decimal> divide(decimal a, decimal b, std::uint8_t scale,
                                            rounding mode = rounding::half_even) noexcept;

/// The nearest double, ties to even.
[[nodiscard]] double to_double(decimal number) noexcept;

/// A sum of many numbers of one scale in 128 bits. It does not depend on the order, cannot overflow on the way (that
/// would take 2^64 addends), and is checked once, at the end.
///
/// Thread safety: a plain value; sum per thread and `merge`.
class decimal_sum {
public:
    constexpr explicit decimal_sum(std::uint8_t scale = 0) noexcept : scale_(scale) {}

    [[nodiscard]] constexpr std::uint8_t scale() const noexcept { return scale_; }
    /// Adds units of 10^-scale().
    constexpr void add(std::int64_t units) noexcept { units_ += units; }
    /// Adds a number that `scale()` can express and 128 bits can hold; otherwise false, and nothing is added.
    [[nodiscard]] bool add(decimal number) noexcept;
    constexpr void subtract(std::int64_t units) noexcept { units_ -= units; }
    /// `other` must have the same scale.
    constexpr void merge(decimal_sum const& other) noexcept { units_ += other.units_; }

    /// The sum in units; nothing when it does not fit in 64 bits.
    [[nodiscard]] constexpr std::optional<std::int64_t> units() const noexcept {
        if (!detail::fits_int64(units_)) return std::nullopt;
        return static_cast<std::int64_t>(units_);
    }
    [[nodiscard]] constexpr std::optional<decimal> total() const noexcept {
        auto const sum = units();
        if (!sum) return std::nullopt;
        return decimal{*sum, scale_};
    }
    friend constexpr bool operator==(decimal_sum const&, decimal_sum const&) = default;

private:
    detail::int128 units_ = 0;
    std::uint8_t scale_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
