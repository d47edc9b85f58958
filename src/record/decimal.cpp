// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/decimal.hpp>

#include <charconv>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::fits_int64;
using detail::int128;
using detail::power_of_ten;

std::optional<decimal> make(int128 units, std::uint8_t scale) noexcept {
    if (!fits_int64(units)) return std::nullopt;
    return decimal{static_cast<std::int64_t>(units), scale};
}

/// 10^exponent up to 36, which is below 2^120.
int128 wide_power(unsigned exponent) noexcept {
    if (exponent <= 18) return power_of_ten(exponent);
    return static_cast<int128>(power_of_ten(18)) * power_of_ten(exponent - 18);
}

/// number / divisor, rounded; divisor > 0 and below 2^126, so that twice the remainder fits.
int128 round_quotient(int128 number, int128 divisor, rounding mode) noexcept {
    int128 const quotient = number / divisor;
    int128 const rest = number % divisor;
    int128 const twice = (rest < 0 ? -rest : rest) * 2;
    bool const away = twice > divisor || (twice == divisor && (mode == rounding::half_up || quotient % 2 != 0));
    if (!away) return quotient;
    return number < 0 ? quotient - 1 : quotient + 1;
}

/// `units` of 10^-from as units of 10^-to; nothing when it leaves 64 bits.
std::optional<decimal> round_to(int128 units, unsigned from, std::uint8_t to, rounding mode) noexcept {
    if (to < from) return make(round_quotient(units, wide_power(from - to), mode), to);
    int128 scaled = 0;
    if (__builtin_mul_overflow(units, wide_power(to - from), &scaled)) return std::nullopt;
    return make(scaled, to);
}

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

std::optional<decimal> sum(decimal a, decimal b, int128 sign) noexcept {
    std::uint8_t const scale = a.scale > b.scale ? a.scale : b.scale;
    int128 const left = static_cast<int128>(a.units) * power_of_ten(static_cast<unsigned>(scale - a.scale));
    int128 const right = static_cast<int128>(b.units) * power_of_ten(static_cast<unsigned>(scale - b.scale));
    return make(left + sign * right, scale);
}

} // namespace

std::optional<decimal> parse_decimal(std::string_view text) noexcept {
    char const* at = text.data();
    char const* const end = at + text.size();
    bool const negative = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    if (at == end || !is_digit(*at)) return std::nullopt;
    int128 units = 0;
    std::uint8_t scale = 0;
    bool fraction = false;
    for (; at != end; ++at) {
        if (*at == '.' && !fraction && at + 1 != end) {
            fraction = true;
            continue;
        }
        if (!is_digit(*at)) return std::nullopt;
        if (fraction && ++scale > max_decimal_scale) return std::nullopt;
        units = units * 10 + (negative ? '0' - *at : *at - '0');
        if (!fits_int64(units)) return std::nullopt; // checked at each digit: endless digits cannot overflow 128 bits
    }
    return make(units, scale);
}

std::optional<decimal> parse_decimal(std::string_view text, std::uint8_t scale) noexcept {
    // Zeros past the wanted scale carry nothing, and may be many.
    auto const point = text.find('.');
    if (point != std::string_view::npos)
        while (text.size() > point + 2 && text.size() - point - 1 > scale && text.back() == '0')
            text.remove_suffix(1);
    auto const number = parse_decimal(text);
    return number ? rescale(*number, scale) : std::nullopt;
}

char* format_decimal(decimal number, char* out) noexcept {
    if (number.units < 0) *out++ = '-';
    // The magnitude as unsigned, because the smallest number has no opposite.
    auto const magnitude =
        number.units < 0 ? ~static_cast<std::uint64_t>(number.units) + 1 : static_cast<std::uint64_t>(number.units);
    if (number.scale == 0) return std::to_chars(out, out + longest_decimal_text, magnitude).ptr;
    auto const power = static_cast<std::uint64_t>(power_of_ten(number.scale));
    out = std::to_chars(out, out + longest_decimal_text, magnitude / power).ptr;
    *out++ = '.';
    std::uint64_t rest = magnitude % power;
    for (unsigned i = number.scale; i-- > 0; rest /= 10)
        out[i] = static_cast<char>('0' + rest % 10);
    return out + number.scale;
}

char* format_decimal(decimal number, char* out, std::uint8_t minimum_digits) noexcept {
    while (number.scale > minimum_digits && number.units % 10 == 0) {
        number.units /= 10;
        --number.scale;
    }
    return format_decimal(number, out);
}

std::string to_string(decimal number) {
    char text[longest_decimal_text];
    return {text, format_decimal(number, text)};
}

std::string to_string(decimal number, std::uint8_t minimum_digits) {
    char text[longest_decimal_text];
    return {text, format_decimal(number, text, minimum_digits)};
}

std::optional<decimal> rescale(decimal number, std::uint8_t scale) noexcept {
    if (scale > max_decimal_scale) return std::nullopt;
    if (scale < number.scale) {
        std::int64_t const power = power_of_ten(static_cast<unsigned>(number.scale - scale));
        if (number.units % power != 0) return std::nullopt;
        return decimal{number.units / power, scale};
    }
    return make(static_cast<int128>(number.units) * power_of_ten(static_cast<unsigned>(scale - number.scale)), scale);
}

std::optional<decimal> rescale(decimal number, std::uint8_t scale, rounding mode) noexcept {
    if (scale > max_decimal_scale) return std::nullopt;
    return round_to(number.units, number.scale, scale, mode);
}

std::optional<decimal> checked_add(decimal a, decimal b) noexcept { return sum(a, b, 1); }
std::optional<decimal> checked_subtract(decimal a, decimal b) noexcept { return sum(a, b, -1); }

std::optional<decimal> checked_negate(decimal number) noexcept {
    return make(-static_cast<int128>(number.units), number.scale);
}

std::optional<decimal> checked_multiply(decimal a, decimal b) noexcept {
    int128 product = static_cast<int128>(a.units) * b.units;
    unsigned scale = static_cast<unsigned>(a.scale) + b.scale;
    while (scale > 0 && (scale > max_decimal_scale || !fits_int64(product)) && product % 10 == 0) {
        product /= 10;
        --scale;
    }
    if (scale > max_decimal_scale) return std::nullopt;
    return make(product, static_cast<std::uint8_t>(scale));
}

std::optional<decimal> multiply(decimal a, decimal b, std::uint8_t scale, rounding mode) noexcept {
    if (scale > max_decimal_scale) return std::nullopt;
    return round_to(static_cast<int128>(a.units) * b.units, static_cast<unsigned>(a.scale) + b.scale, scale, mode);
}

std::optional<decimal> divide(decimal a, decimal b, std::uint8_t scale, rounding mode) noexcept {
    if (b.units == 0 || scale > max_decimal_scale) return std::nullopt;
    // a.units 10^(scale + b.scale - a.scale) / b.units, with a positive divisor
    int128 number = b.units < 0 ? -static_cast<int128>(a.units) : static_cast<int128>(a.units);
    int128 divisor = b.units < 0 ? -static_cast<int128>(b.units) : static_cast<int128>(b.units);
    int const exponent = int{scale} + int{b.scale} - int{a.scale};
    if (exponent < 0)
        return make(round_quotient(number, divisor * power_of_ten(static_cast<unsigned>(-exponent)), mode), scale);
    // Past 128 bits the quotient is past 64 bits, because the divisor is below 2^64.
    if (__builtin_mul_overflow(number, wide_power(static_cast<unsigned>(exponent)), &number)) return std::nullopt;
    return make(round_quotient(number, divisor, mode), scale);
}

double to_double(decimal number) noexcept {
    constexpr std::int64_t exact = std::int64_t{1} << 53;
    // Both operands are exact doubles (10^18 is 2^18 times 5^18 < 2^42), so the one division rounds once.
    if (number.units >= -exact && number.units <= exact)
        return static_cast<double>(number.units) / static_cast<double>(power_of_ten(number.scale));
    char text[longest_decimal_text];
    char const* const end = format_decimal(number, text);
    double nearest = 0;
    std::from_chars(text, end, nearest);
    return nearest;
}

bool decimal_sum::add(decimal number) noexcept {
    // Not through rescale: the addend may leave 64 bits where the sum does not.
    if (number.scale <= scale_) {
        int128 const wide =
            static_cast<int128>(number.units) * power_of_ten(static_cast<unsigned>(scale_ - number.scale));
        int128 sum = 0;
        if (__builtin_add_overflow(units_, wide, &sum)) return false;
        units_ = sum;
        return true;
    }
    auto const same = rescale(number, scale_);
    if (!same) return false;
    units_ += same->units;
    return true;
}

} // namespace v0
} // namespace segmenta
