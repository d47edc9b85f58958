// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/exact_sum.hpp>

#include <bit>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::uint64_t digit_mask = 0xFFFF'FFFFU;

} // namespace

void exact_sum::add(double summand) noexcept {
    auto const bits = std::bit_cast<std::uint64_t>(summand);
    auto const exponent = static_cast<unsigned>((bits >> 52) & 0x7FFU);
    std::uint64_t mantissa = bits & ((std::uint64_t{1} << 52) - 1);
    bool const negative = (bits >> 63) != 0;
    if (exponent == 0x7FF) {
        if (mantissa != 0)
            nan_ = true;
        else
            (negative ? negative_infinity_ : positive_infinity_) = true;
        return;
    }
    if (exponent != 0) mantissa |= std::uint64_t{1} << 52;
    unsigned const shift = exponent == 0 ? 0 : exponent - 1; // in steps of 2^-1074
    std::size_t const first = shift / 32;
    unsigned const inside = shift % 32;
    std::uint64_t const low = mantissa << inside; // 53 + 31 bits: the top ones are shifted out and come back below
    std::uint64_t const top = inside == 0 ? 0 : mantissa >> (64 - inside);
    auto const a = static_cast<std::int64_t>(low & digit_mask);
    auto const b = static_cast<std::int64_t>(low >> 32);
    auto const c = static_cast<std::int64_t>(top);
    digit_[first] += negative ? -a : a;
    digit_[first + 1] += negative ? -b : b;
    digit_[first + 2] += negative ? -c : c;
    // each summand adds less than 2^32 to a digit, so 2^30 of them fit before a carry is due
    if (++waiting_ == std::uint32_t{1} << 30) carry();
}

void exact_sum::carry() noexcept {
    std::int64_t over = 0;
    for (std::size_t i = 0; i + 1 < digits; ++i) {
        std::int64_t const sum = digit_[i] + over;
        digit_[i] = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) & digit_mask);
        over = sum >> 32; // rounds down, so that every digit but the top one is positive
    }
    digit_[digits - 1] += over;
    waiting_ = 0;
}

void exact_sum::add(exact_sum const& other) noexcept {
    exact_sum carried = other;
    carried.carry();
    carry();
    for (std::size_t i = 0; i < digits; ++i)
        digit_[i] += carried.digit_[i];
    waiting_ = 2;
    positive_infinity_ |= other.positive_infinity_;
    negative_infinity_ |= other.negative_infinity_;
    nan_ |= other.nan_;
}

double exact_sum::value() const noexcept {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    if (nan_ || (positive_infinity_ && negative_infinity_)) return std::numeric_limits<double>::quiet_NaN();
    if (positive_infinity_) return infinity;
    if (negative_infinity_) return -infinity;

    exact_sum copy = *this;
    copy.carry();
    bool const negative = copy.digit_[digits - 1] < 0;
    if (negative) {
        for (auto& d : copy.digit_)
            d = -d;
        copy.carry();
    }
    std::size_t top = digits;
    while (top > 0 && copy.digit_[top - 1] == 0)
        --top;
    if (top == 0) return 0.0;

    auto const digit = [&copy](std::size_t i) { return static_cast<std::uint64_t>(copy.digit_[i]); };
    // the top digit alone may hold 64 bits; otherwise three digits hold at least 65
    auto const length = static_cast<int>(32 * (top - 1) + static_cast<std::size_t>(std::bit_width(digit(top - 1))));
    // the highest 54 bits, the last of which decides the rounding together with whether anything follows
    int const dropped = length > 54 ? length - 54 : 0;
    std::uint64_t head = 0;
    bool rest = false;
    for (std::size_t i = 0; i < top; ++i) {
        int const at = static_cast<int>(32 * i) - dropped; // place of the digit's lowest bit in `head`
        if (at >= 0) {
            head += digit(i) << at;
        } else if (at > -64) {
            head += digit(i) >> -at;
            rest |= (digit(i) & ((std::uint64_t{1} << -at) - 1)) != 0;
        } else {
            rest |= digit(i) != 0;
        }
    }
    int exponent = dropped - 1074;
    if (length > 53) { // round 54 bits to 53, ties to even
        bool const half = (head & 1U) != 0;
        head >>= 1;
        ++exponent;
        if (half && (rest || (head & 1U) != 0)) ++head;
    }
    double const magnitude = std::ldexp(static_cast<double>(head), exponent);
    return negative ? -magnitude : magnitude;
}

} // namespace v0
} // namespace segmenta
