// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/time/parse.hpp>

#include "time/iso_text.hpp"

#include <array>
#include <charconv>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int32_t largest_offset = 18 * 3600;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// Reads fields from the front; the first mistake makes all later reads fail.
class field_reader {
public:
    explicit field_reader(std::string_view text) noexcept : rest_(text) {}

    [[nodiscard]] bool good() const noexcept { return good_; }
    [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
    [[nodiscard]] char peek() const noexcept { return rest_.empty() ? '\0' : rest_.front(); }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

    void skip(std::size_t n) noexcept { rest_.remove_prefix(n); }
    bool accept(char c) noexcept {
        if (rest_.empty() || rest_.front() != c) return false;
        rest_.remove_prefix(1);
        return true;
    }
    void expect(char c) noexcept { good_ = accept(c) && good_; }

    // `least` to `most` digits, as many as there are; `used` tells how many.
    std::int32_t number(std::size_t least, std::size_t most, std::size_t* used = nullptr) noexcept {
        std::int32_t value = 0;
        std::size_t n = 0;
        while (n < most && n < rest_.size() && is_digit(rest_[n]))
            value = value * 10 + (rest_[n++] - '0');
        good_ = good_ && n >= least;
        rest_.remove_prefix(n);
        if (used != nullptr) *used = n;
        return value;
    }

    std::int32_t number_in(std::size_t least, std::size_t most, std::int32_t low, std::int32_t high) noexcept {
        std::int32_t const value = number(least, most);
        good_ = good_ && value >= low && value <= high;
        return value;
    }

    // Decimals of a second in microseconds; those past the sixth are cut off.
    std::int64_t fraction(std::size_t least, std::size_t most) noexcept {
        std::size_t used = 0;
        std::int64_t value = number(least, most, &used);
        for (; used > 6; --used)
            value /= 10;
        for (; used < 6; ++used)
            value *= 10;
        return value;
    }

    // Z, +hh, +hhmm, +hh:mm in seconds
    std::int32_t offset() noexcept {
        if (accept('Z')) return 0;
        bool const negative = accept('-');
        if (!negative) expect('+');
        std::int32_t seconds = number_in(2, 2, 0, 18) * 3600;
        if (accept(':') || is_digit(peek())) seconds += number_in(2, 2, 0, 59) * 60;
        good_ = good_ && seconds <= largest_offset;
        return negative ? -seconds : seconds;
    }

private:
    std::string_view rest_;
    bool good_ = true;
};

// The rest of an ISO text after its date: a separator, HH:MM[:SS[.f]] and perhaps an offset.
bool read_iso_rest(field_reader& in, parsed_time& out) noexcept {
    if (!in.accept('T')) in.expect(' ');
    std::int64_t seconds = std::int64_t{in.number_in(2, 2, 0, 23)} * 3600;
    in.expect(':');
    seconds += std::int64_t{in.number_in(2, 2, 0, 59)} * 60;
    bool const has_seconds = in.accept(':');
    if (has_seconds) seconds += in.number_in(2, 2, 0, 59);
    out.local.time_of_day = seconds * microseconds_per_second;
    if (has_seconds && in.accept('.')) out.local.time_of_day += in.fraction(1, 9);
    out.has_time = true;
    out.has_offset = !in.at_end();
    if (out.has_offset) out.offset_seconds = in.offset();
    return in.good() && in.at_end();
}

// ISO 8601 expanded years: a sign and four to six digits.
bool read_expanded_date(field_reader& in, civil_date& out) noexcept {
    bool const negative = in.accept('-');
    if (!negative) in.expect('+');
    std::int32_t const year = in.number(4, 6);
    in.expect('-');
    std::int32_t const month = in.number_in(2, 2, 1, 12);
    in.expect('-');
    std::int32_t const day = in.number_in(2, 2, 1, 31);
    auto const date =
        checked_date({negative ? -year : year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)});
    if (!in.good() || !date) return false;
    out = *date;
    return true;
}

bool read_iso(std::string_view text, parsed_time& out) noexcept {
    out = {};
    if (text.size() < 10) return false;
    field_reader in(text);
    if (text[0] == '-' || text[0] == '+') {
        if (!read_expanded_date(in, out.local.date)) return false;
    } else {
        if (!detail::read_iso_date(text.data(), out.local.date)) return false;
        in.skip(10);
    }
    return in.at_end() || read_iso_rest(in, out);
}

std::optional<instant> real(instant when) noexcept {
    if (when.is_never() || when.is_earliest()) return std::nullopt; // past the ends of the time line
    return when;
}

std::optional<instant> resolve_offset(parsed_time const& fields) noexcept {
    auto const utc = real(zone::utc().to_instant(fields.local));
    if (!utc) return std::nullopt;
    return checked_add(*utc, duration::seconds(-std::int64_t{fields.offset_seconds}));
}

std::optional<instant> resolve(parsed_time const& fields, zone const& where) noexcept {
    return fields.has_offset ? resolve_offset(fields) : real(where.to_instant(fields.local));
}

constexpr std::array<std::string_view, 12> month_names = {"jan", "feb", "mar", "apr", "may", "jun",
                                                          "jul", "aug", "sep", "oct", "nov", "dec"};

std::int32_t read_month_name(field_reader& in) noexcept {
    std::string_view const text = in.rest().substr(0, 3);
    for (std::size_t i = 0; i < month_names.size(); ++i) {
        if (!equal_ignore_case(text, month_names[i])) continue;
        in.skip(3);
        return static_cast<std::int32_t>(i + 1);
    }
    return 0;
}

// 0: AM, 1: PM, -1: neither
std::int32_t read_half(field_reader& in) noexcept {
    std::string_view const text = in.rest().substr(0, 2);
    std::int32_t const half = equal_ignore_case(text, "am") ? 0 : equal_ignore_case(text, "pm") ? 1 : -1;
    if (half >= 0) in.skip(2);
    return half;
}

} // namespace

bool time_format::parse_pattern(std::string_view text, parsed_time& out) const noexcept {
    out = {};
    field_reader in(text);
    std::int32_t year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, half = 0;
    std::int64_t decimals = 0;
    for (token const& t : tokens_) {
        switch (t.what) {
        case field::year: year = in.number(t.least, t.most); break;
        case field::month: month = in.number_in(t.least, t.most, 1, 12); break;
        case field::month_name: month = read_month_name(in); break;
        case field::day: day = in.number_in(t.least, t.most, 1, 31); break;
        case field::hour: hour = in.number_in(t.least, t.most, half_day_ ? 1 : 0, half_day_ ? 12 : 23); break;
        case field::minute: minute = in.number_in(t.least, t.most, 0, 59); break;
        case field::second: second = in.number_in(t.least, t.most, 0, 59); break;
        case field::fraction: decimals = in.fraction(t.least, t.most); break;
        case field::half: half = read_half(in); break;
        case field::offset: out.offset_seconds = in.offset(); break;
        case field::literal: in.expect(t.literal); break;
        }
        if (!in.good()) return false;
        out.has_offset = out.has_offset || t.what == field::offset;
    }
    if (!in.at_end() || month == 0 || half < 0) return false;
    auto const date = checked_date({year, static_cast<std::uint8_t>(month), static_cast<std::uint8_t>(day)});
    if (!date) return false;
    if (half_day_) hour = hour % 12 + 12 * half;
    out.has_time = has_time_;
    out.local.date = *date;
    out.local.time_of_day = std::int64_t{hour * 3600 + minute * 60 + second} * microseconds_per_second + decimals;
    return true;
}

bool time_format::parse_unix(std::string_view text, parsed_time& out) const noexcept {
    std::int64_t number = 0;
    auto const [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (status != std::errc{} || end != text.data() + text.size()) return false;
    constexpr auto most = instant::never().microseconds() - 1;
    if (number > most / unit_ || number < -most / unit_) return false;
    out = {};
    out.local = zone::utc().to_local(instant{number * unit_});
    out.has_time = true;
    out.has_offset = true;
    return true;
}

bool time_format::parse_fields(std::string_view text, parsed_time& out) const noexcept {
    if (kind_ == kind::iso) return read_iso(text, out);
    if (kind_ == kind::unix_time) return parse_unix(text, out);
    return parse_pattern(text, out);
}

bool time_format::parse(std::string_view text, zone const& where, instant& out) const noexcept {
    if (separator_ != 0 && text.size() == 19) {
        char const c = text[10];
        bool const separated = separator_ == '*' ? c == 'T' || c == ' ' : c == separator_;
        civil_time local;
        if (separated && detail::read_iso_date_time(text.data(), local)) {
            out = where.to_instant(local);
            return true;
        }
        // not digits there, or a shape such as 2024-06-30T12:34+08 of the same length
    }
    return parse_any(text, where, out);
}

// Apart, so that the fast path above has no stack frame to build.
[[gnu::noinline]] bool time_format::parse_any(std::string_view text, zone const& where, instant& out) const noexcept {
    parsed_time fields;
    if (!parse_fields(text, fields)) return false;
    auto const when = resolve(fields, where);
    if (when) out = *when;
    return when.has_value();
}

std::optional<instant> time_format::parse(std::string_view text, zone const& where, ambiguous_time ambiguous,
                                          nonexistent_time nonexistent) const noexcept {
    parsed_time fields;
    if (!parse_fields(text, fields)) return std::nullopt;
    if (fields.has_offset) return resolve_offset(fields);
    // a date alone is the start of the day, which always exists
    if (!fields.has_time) return real(where.start_of_day(fields.local.date));
    auto const found = where.to_instant(fields.local, ambiguous, nonexistent);
    return found ? real(*found) : std::nullopt;
}

std::optional<civil_date> time_format::parse_date(std::string_view text, zone const& where) const noexcept {
    parsed_time fields;
    if (!parse_fields(text, fields)) return std::nullopt;
    if (!fields.has_offset) return fields.local.date;
    auto const when = resolve(fields, where);
    if (!when) return std::nullopt;
    return where.civil_day_of(*when);
}

std::optional<instant> parse_instant(std::string_view text, zone const& where) noexcept {
    civil_time local;
    if (text.size() == 19 && (text[10] == 'T' || text[10] == ' ') && detail::read_iso_date_time(text.data(), local))
        return where.to_instant(local);
    parsed_time fields;
    if (!read_iso(text, fields)) return std::nullopt;
    return resolve(fields, where);
}

std::optional<civil_date> parse_date(std::string_view text) noexcept {
    civil_date date;
    if (text.size() == 10 && detail::read_iso_date(text.data(), date)) return date;
    parsed_time fields;
    if (!read_iso(text, fields) || fields.has_time) return std::nullopt;
    return fields.local.date;
}

} // namespace v0
} // namespace segmenta
