// SPDX-License-Identifier: Apache-2.0
// Timestamps and durations of evaluate_dynamic, to the nanosecond.
#include "rule/dynamic.hpp"

#include <segmenta/error.hpp>
#include <segmenta/time/zone.hpp>

#include <array>
#include <cstdio>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t day_seconds = 86'400;
constexpr std::int64_t first_second = -62'135'596'800; // 0001-01-01T00:00:00Z
constexpr std::int64_t last_second = 253'402'300'799;  // 9999-12-31T23:59:59Z
constexpr std::int64_t longest = 315'576'000'000;      // protobuf, duration.proto

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

// `count` digits at `at`.
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) noexcept {
    if (at + count > text.size()) return std::nullopt;
    int out = 0;
    for (std::size_t i = at; i < at + count; ++i) {
        if (!is_digit(text[i])) return std::nullopt;
        out = out * 10 + (text[i] - '0');
    }
    return out;
}

// Digits after a point as nanoseconds, nine at most; moves `at` past them.
std::optional<std::int32_t> fraction(std::string_view text, std::size_t& at) noexcept {
    std::int32_t out = 0;
    std::size_t count = 0;
    for (; at < text.size() && is_digit(text[at]); ++at, ++count)
        if (count < 9) out = out * 10 + (text[at] - '0');
    if (count == 0 || count > 9) return std::nullopt;
    for (; count < 9; ++count)
        out *= 10;
    return out;
}

// `Z`, `+08:00` or `-05:30` to the end, in seconds.
std::optional<std::int64_t> offset_of(std::string_view text) noexcept {
    if (text == "Z" || text == "z") return 0;
    if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return std::nullopt;
    auto const hours = digits(text, 1, 2);
    auto const minutes = digits(text, 4, 2);
    if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    std::int64_t const seconds = *hours * 3600 + *minutes * 60;
    return text[0] == '-' ? -seconds : seconds;
}

struct local_time {
    civil_date date;
    std::int64_t second_of_day = 0;
};

local_time in_zone(split_seconds t, std::span<dynamic_value const> zones) {
    std::int64_t offset = 0;
    if (!zones.empty()) {
        auto const* const name = zones[0].as<std::string>();
        if (name == nullptr) no_overload("a zone that is no string");
        // langdef.md lets an offset go without its sign: `02:00`
        bool const bare = !name->empty() && is_digit((*name)[0]);
        try {
            zone const where = zone::parse(bare ? "+" + *name : *name);
            offset = where.offset_at(instant{t.seconds * 1'000'000});
        } catch (issue_error const&) {
            dynamic_fail("unknown time zone: " + *name);
        }
    }
    std::int64_t const local = t.seconds + offset;
    std::int64_t const day = local >= 0 ? local / day_seconds : (local - day_seconds + 1) / day_seconds;
    return {civil_date{static_cast<std::int32_t>(day)}, local - day * day_seconds};
}

std::optional<std::int64_t> part_of(std::string_view name, split_seconds t, std::span<dynamic_value const> zones) {
    auto const at = [&] { return in_zone(t, zones); };
    if (name == "getFullYear") return at().date.year();
    if (name == "getMonth") return at().date.month() - 1;
    if (name == "getDate") return at().date.day();
    if (name == "getDayOfMonth") return at().date.day() - 1;
    if (name == "getDayOfYear") return at().date.day_of_year() - 1;
    if (name == "getDayOfWeek") return static_cast<std::int64_t>(at().date.day_of_week()) % 7; // Sunday is 0
    if (name == "getHours") return at().second_of_day / 3600;
    if (name == "getMinutes") return at().second_of_day / 60 % 60;
    if (name == "getSeconds") return at().second_of_day % 60;
    if (name == "getMilliseconds") return t.nanoseconds / 1'000'000;
    return std::nullopt;
}

// Whole units of a duration, towards zero.
std::optional<std::int64_t> units_of(std::string_view name, split_seconds d) {
    std::int64_t const whole = d.seconds + (d.seconds < 0 && d.nanoseconds > 0 ? 1 : 0);
    if (name == "getHours") return whole / 3600;
    if (name == "getMinutes") return whole / 60;
    if (name == "getSeconds") return whole;
    if (name != "getMilliseconds") return std::nullopt;
    std::int64_t const nanoseconds = d.seconds < 0 && d.nanoseconds > 0 ? d.nanoseconds - 1'000'000'000 : d.nanoseconds;
    return nanoseconds / 1'000'000; // of the second: the seconds have their own name
}

std::string fraction_text(std::int32_t nanoseconds) {
    if (nanoseconds == 0) return {};
    std::array<char, 16> text{};
    std::snprintf(text.data(), text.size(), ".%09d", nanoseconds);
    std::string out = text.data();
    while (out.back() == '0')
        out.pop_back();
    return out;
}

} // namespace

bool valid_timestamp(split_seconds t) noexcept { return t.seconds >= first_second && t.seconds <= last_second; }
bool valid_duration(split_seconds d) noexcept {
    return d.seconds >= -longest && (d.seconds < longest || (d.seconds == longest && d.nanoseconds == 0));
}

// RFC 3339: YYYY-MM-DDTHH:MM:SS[.fraction](Z|+HH:MM)
std::optional<split_seconds> read_timestamp_text(std::string_view text) {
    auto const year = digits(text, 0, 4);
    auto const month = digits(text, 5, 2);
    auto const day = digits(text, 8, 2);
    auto const hour = digits(text, 11, 2);
    auto const minute = digits(text, 14, 2);
    auto const second = digits(text, 17, 2);
    if (!year || !month || !day || !hour || !minute || !second || text[4] != '-' || text[7] != '-' ||
        (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':')
        return std::nullopt;
    if (*month < 1 || *month > 12 || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
    auto const date = civil_date::of(*year, static_cast<std::uint8_t>(*month), static_cast<std::uint8_t>(*day));
    if (*day < 1 || date.month() != *month || date.day() != *day) return std::nullopt;
    split_seconds out;
    std::size_t at = 19;
    if (at < text.size() && text[at] == '.') {
        auto const part = fraction(text, ++at);
        if (!part) return std::nullopt;
        out.nanoseconds = *part;
    }
    auto const offset = offset_of(text.substr(at));
    if (!offset) return std::nullopt;
    out.seconds = date.days_since_epoch() * day_seconds + *hour * 3600 + *minute * 60 + *second - *offset;
    return out;
}

// A sign, then numbers with units: h, m, s, ms, us, ns (Go's time.ParseDuration, which langdef.md refers to).
std::optional<split_seconds> read_duration_text(std::string_view text) {
    __extension__ using wide = __int128;
    bool const negative = !text.empty() && text[0] == '-';
    std::size_t at = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
    if (text.substr(at) == "0") return split_seconds{};
    if (at == text.size()) return std::nullopt;
    wide total = 0; // nanoseconds
    while (at < text.size()) {
        wide number = 0; // in 10^-9 of the unit
        std::size_t seen = 0;
        for (; at < text.size() && is_digit(text[at]); ++at, ++seen) {
            if (number > wide{1'000'000'000'000'000'000} * 1'000'000'000) return std::nullopt;
            number = number * 10 + (text[at] - '0');
        }
        number *= 1'000'000'000;
        if (at < text.size() && text[at] == '.') {
            wide scale = 100'000'000;
            for (++at; at < text.size() && is_digit(text[at]); ++at, ++seen, scale /= 10)
                number += (text[at] - '0') * scale;
        }
        if (seen == 0) return std::nullopt;
        std::size_t unit_end = at;
        while (unit_end < text.size() && !is_digit(text[unit_end]) && text[unit_end] != '.')
            ++unit_end;
        std::string_view const unit = text.substr(at, unit_end - at);
        std::int64_t const nanoseconds = unit == "h"    ? 3'600'000'000'000
                                         : unit == "m"  ? 60'000'000'000
                                         : unit == "s"  ? 1'000'000'000
                                         : unit == "ms" ? 1'000'000
                                         : unit == "us" || unit == "\xC2\xB5s" || unit == "\xCE\xBCs" ? 1'000
                                         : unit == "ns"                                               ? 1
                                                                                                      : 0;
        if (nanoseconds == 0) return std::nullopt;
        wide const most = wide{longest} * 1'000'000'000;
        if (number / 1'000'000'000 > most / nanoseconds + 1) return std::nullopt;
        total += number / 1'000'000'000 * nanoseconds + number % 1'000'000'000 * nanoseconds / 1'000'000'000;
        if (total > most) return std::nullopt;
        at = unit_end;
    }
    if (negative) total = -total;
    wide seconds = total / 1'000'000'000;
    wide rest = total % 1'000'000'000;
    if (rest < 0) rest += 1'000'000'000, --seconds;
    return split_seconds{static_cast<std::int64_t>(seconds), static_cast<std::int32_t>(rest)};
}

std::string text_of_timestamp(split_seconds t) {
    auto const local = in_zone(t, {});
    auto const date = local.date.to_year_month_day();
    std::array<char, 48> text{};
    std::snprintf(text.data(), text.size(), "%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month, date.day,
                  static_cast<int>(local.second_of_day / 3600), static_cast<int>(local.second_of_day / 60 % 60),
                  static_cast<int>(local.second_of_day % 60));
    return text.data() + fraction_text(t.nanoseconds) + "Z";
}

std::string text_of_duration(split_seconds d) {
    bool const negative = d.seconds < 0;
    if (negative && d.nanoseconds > 0)
        d = {-d.seconds - 1, 1'000'000'000 - d.nanoseconds};
    else if (negative)
        d.seconds = -d.seconds;
    return (negative ? "-" : "") + std::to_string(d.seconds) + fraction_text(d.nanoseconds) + "s";
}

std::optional<dynamic_value> call_time(std::string_view name, bool method, std::span<dynamic_value const> arguments) {
    if (!method || arguments.empty() || arguments.size() > 2) return std::nullopt;
    std::optional<std::int64_t> out;
    if (auto const* const t = arguments[0].as<dynamic_timestamp>())
        out = part_of(name, t->since, arguments.subspan(1));
    else if (auto const* const d = arguments[0].as<dynamic_duration>(); d != nullptr && arguments.size() == 1)
        out = units_of(name, d->length);
    return out ? std::optional<dynamic_value>(*out) : std::nullopt;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
