// SPDX-License-Identifier: Apache-2.0
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace {

char* put_two(std::int64_t n, char* out) noexcept {
    *out++ = static_cast<char>('0' + n / 10);
    *out++ = static_cast<char>('0' + n % 10);
    return out;
}

char* put_text(std::string_view text, char* out) noexcept { return std::copy(text.begin(), text.end(), out); }

// Years 0 to 9999 as four digits; others with a sign and at least four digits (ISO 8601 expanded).
char* put_year(std::int32_t year, char* out) noexcept {
    if (year >= 0 && year <= 9999) return put_two(year % 100, put_two(year / 100, out));
    *out++ = year < 0 ? '-' : '+';
    std::array<char, 12> digits{};
    std::size_t n = 0;
    for (std::int64_t rest = year < 0 ? -std::int64_t{year} : year; rest != 0 || n < 4; rest /= 10)
        digits[n++] = static_cast<char>('0' + rest % 10);
    return std::reverse_copy(digits.begin(), digits.begin() + static_cast<std::ptrdiff_t>(n), out);
}

char* put_three(std::int64_t n, char* out) noexcept {
    *out++ = static_cast<char>('0' + n / 100);
    return put_two(n % 100, out);
}

// .fff or .ffffff
char* put_fraction(std::int64_t microseconds, char* out) noexcept {
    if (microseconds == 0) return out;
    *out++ = '.';
    out = put_three(microseconds / 1000, out);
    return microseconds % 1000 == 0 ? out : put_three(microseconds % 1000, out);
}

char* put_offset(std::int64_t seconds, char* out) noexcept {
    *out++ = seconds < 0 ? '-' : '+';
    std::int64_t const size = seconds < 0 ? -seconds : seconds;
    out = put_two(size / 3600, out);
    *out++ = ':';
    return put_two(size / 60 % 60, out);
}

} // namespace

char* format_date(civil_date date, char* out) noexcept {
    auto const [year, month, day] = date.to_year_month_day();
    out = put_year(year, out);
    *out++ = '-';
    out = put_two(month, out);
    *out++ = '-';
    return put_two(day, out);
}

char* format_instant(instant when, zone const& where, char* out) noexcept {
    if (when.is_never()) return put_text("never", out);
    if (when.is_earliest()) return put_text("earliest", out);
    bool const utc = where.is_fixed() && where.offset_at(when) == 0;
    std::int32_t const offset = where.offset_at(when);
    // Offsets before standard time had seconds (London -00:01:15), which ISO 8601 cannot write: then say it in UTC.
    bool const writable = offset % 60 == 0;
    civil_time const local = writable ? where.to_local(when) : zone::utc().to_local(when);
    out = format_date(local.date, out);
    *out++ = 'T';
    std::int64_t const seconds = local.time_of_day / microseconds_per_second;
    out = put_two(seconds / 3600, out);
    *out++ = ':';
    out = put_two(seconds / 60 % 60, out);
    *out++ = ':';
    out = put_two(seconds % 60, out);
    out = put_fraction(local.time_of_day % microseconds_per_second, out);
    if (utc || !writable) return put_text("Z", out);
    return put_offset(offset, out);
}

std::string to_string(civil_date date) {
    std::array<char, longest_time_text> buffer{};
    return {buffer.data(), format_date(date, buffer.data())};
}

std::string to_string(instant when, zone const& where) {
    std::array<char, longest_time_text> buffer{};
    return {buffer.data(), format_instant(when, where, buffer.data())};
}

} // namespace v0
} // namespace segmenta
