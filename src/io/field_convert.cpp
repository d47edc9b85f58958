// SPDX-License-Identifier: Apache-2.0
#include "io/field_convert.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr std::uint64_t largest_magnitude(bool negative) noexcept {
    return static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) + (negative ? 1 : 0);
}

constexpr std::int64_t signed_of(std::uint64_t magnitude, bool negative) noexcept {
    return static_cast<std::int64_t>(negative ? std::uint64_t{0} - magnitude : magnitude);
}

// magnitude * 10 + digit, if that is at most `limit`.
constexpr bool append_digit(std::uint64_t& magnitude, unsigned digit, std::uint64_t limit) noexcept {
    if (magnitude > (limit - digit) / 10) return false;
    magnitude = magnitude * 10 + digit;
    return true;
}

// -?([0-9]+(\.[0-9]*)?|\.[0-9]+), the parts of it.
struct number_parts {
    bool negative = false;
    std::string_view whole;
    std::string_view decimals;
    std::string_view rest; // what follows
};

// False when there is no digit at all.
bool split_number(std::string_view text, number_parts& out) noexcept {
    std::size_t at = 0;
    auto const digits = [&] {
        std::size_t const begin = at;
        while (at < text.size() && is_digit(text[at])) ++at;
        return text.substr(begin, at - begin);
    };
    if (!text.empty() && text[0] == '-') {
        out.negative = true;
        at = 1;
    }
    out.whole = digits();
    if (at < text.size() && text[at] == '.') {
        ++at;
        out.decimals = digits();
    }
    out.rest = text.substr(at);
    return !out.whole.empty() || !out.decimals.empty();
}

// [eE][+-]?[0-9]+ and nothing else.
bool is_exponent(std::string_view text) noexcept {
    if (text.empty() || (text[0] != 'e' && text[0] != 'E')) return false;
    text.remove_prefix(1);
    if (!text.empty() && (text[0] == '+' || text[0] == '-')) text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// p, for a number that is not 0 and lies in [10^(p-1), 10^p).
std::int64_t power_of_first_digit(number_parts const& parts) noexcept {
    std::int64_t exponent = 0;
    if (parts.rest.size() > 1) {
        bool const negative = parts.rest[1] == '-';
        for (char const c : parts.rest.substr(1))
            if (is_digit(c)) exponent = std::min<std::int64_t>(exponent * 10 + (c - '0'), std::int64_t{1} << 40);
        if (negative) exponent = -exponent;
    }
    std::size_t const in_whole = parts.whole.find_first_not_of('0');
    if (in_whole != std::string_view::npos) return exponent + static_cast<std::int64_t>(parts.whole.size() - in_whole);
    std::size_t const in_decimals = parts.decimals.find_first_not_of('0');
    return exponent - static_cast<std::int64_t>(in_decimals == std::string_view::npos ? 0 : in_decimals);
}

} // namespace

read_error read_int64(std::string_view text, std::int64_t& out) noexcept {
    number_parts parts;
    if (!split_number(text, parts) || parts.whole.empty() ||
        text.size() != parts.whole.size() + (parts.negative ? 1 : 0))
        return read_error::not_an_integer;
    std::uint64_t magnitude = 0;
    for (char const c : parts.whole)
        if (!append_digit(magnitude, static_cast<unsigned>(c - '0'), largest_magnitude(parts.negative)))
            return read_error::out_of_range;
    out = signed_of(magnitude, parts.negative);
    return read_error::none;
}

read_error read_decimal(std::string_view text, unsigned scale, std::int64_t& out) noexcept {
    number_parts parts;
    if (!split_number(text, parts) || !parts.rest.empty()) return read_error::not_a_number;
    std::string_view kept = parts.decimals;
    if (kept.size() > scale) {
        if (kept.find_first_not_of('0', scale) != std::string_view::npos) return read_error::too_many_decimals;
        kept = kept.substr(0, scale);
    }
    std::uint64_t const limit = largest_magnitude(parts.negative);
    std::uint64_t magnitude = 0;
    for (std::string_view const digits : {parts.whole, kept})
        for (char const c : digits)
            if (!append_digit(magnitude, static_cast<unsigned>(c - '0'), limit)) return read_error::out_of_range;
    for (std::size_t i = kept.size(); i < scale; ++i)
        if (!append_digit(magnitude, 0, limit)) return read_error::out_of_range;
    out = signed_of(magnitude, parts.negative);
    return read_error::none;
}

read_error read_float64(std::string_view text, double& out) noexcept {
    number_parts parts;
    if (!split_number(text, parts) || (!parts.rest.empty() && !is_exponent(parts.rest)))
        return read_error::not_a_number;
    double value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc::result_out_of_range) {
        if (power_of_first_digit(parts) > 0) return read_error::out_of_range;
        out = parts.negative ? -0.0 : 0.0;
        return read_error::none;
    }
    if (error != std::errc{} || end != text.data() + text.size()) return read_error::not_a_number;
    out = value;
    return read_error::none;
}

word_set::word_set(std::vector<std::string> words) : words_(std::move(words)) {
    for (std::string const& word : words_) sizes_ |= std::uint64_t{1} << std::min<std::size_t>(word.size(), 63);
}

bool word_set::search(std::string_view text) const noexcept {
    return std::find(words_.begin(), words_.end(), text) != words_.end();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
