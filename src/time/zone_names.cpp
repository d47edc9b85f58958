// SPDX-License-Identifier: Apache-2.0
// Making zones from names. The only file that sees date-tz; afterwards a zone is a table of our own.
#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>
#include <segmenta/time/zone.hpp>

#include "time/posix_rule.hpp"

#include <date/tz.h>

#include <array>
#include <fstream>
#include <iterator>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

using segment_list = std::vector<detail::zone_table::segment>;

constexpr std::int32_t first_year = 1900;
constexpr std::int32_t end_year = 2200;
constexpr std::int32_t largest_offset = 18 * 3600; // as in java.time and Temporal; the widest in use is +14:00
constexpr char const* no_database_remedy =
    "Install the package tzdata, or use a fixed offset such as +08:00 where no clock changes matter";

std::int64_t year_start(std::int32_t year) noexcept {
    return std::int64_t{civil_date::of(year, 1, 1).days_since_epoch()} * seconds_per_day;
}

date::tzdb const& database() {
    try {
        date::tzdb const& found = date::get_tzdb();
        if (!found.zones.empty()) return found;
    } catch (std::exception const&) {
        // said below in our words
    }
    throw issue_error("time.no_database", "time zone", "this machine has no time zone database", {}, {},
                      no_database_remedy);
}

std::string nearest_zone(date::tzdb const& db, std::string_view name) {
    // The database names zones by the largest city when they began; China's is Shanghai. CST stands for several.
    if (name == "Beijing" || name == "Asia/Beijing") return "Asia/Shanghai";
    if (name == "CST") return {};
    std::vector<std::string> names;
    for (auto const& z : db.zones)
        names.push_back(z.name());
    for (auto const& known : names) { // "Shanghai" means Asia/Shanghai
        std::size_t const slash = known.rfind('/');
        if (slash != std::string::npos && equal_ignore_case(std::string_view(known).substr(slash + 1), name))
            return known;
    }
    return std::string(nearest_name(name, names));
}

date::time_zone const& find_zone(std::string_view name) {
    date::tzdb const& db = database();
    bool const leap_seconds = name.starts_with("right/"); // count leap seconds, which instants do not
    if (!leap_seconds) {
        try {
            return *date::locate_zone(name);
        } catch (std::exception const&) {
            // said below, with a suggestion
        }
    }
    std::string const nearest = nearest_zone(db, name);
    throw issue_error("time.unknown_zone", "time zone", "there is no such time zone", quoted(name),
                      "UTC, offsets such as +08:00, IANA names such as Europe/London",
                      nearest.empty() ? "" : "Did you mean " + nearest + "?");
}

// Where no data is at hand, the offset just stays after the last listed change.
std::optional<detail::posix_rule> standing_rule(std::string const& name) {
    for (char const* const folder : {"/usr/share/zoneinfo/", "/usr/share/lib/zoneinfo/", "/etc/zoneinfo/"}) {
        std::ifstream file(folder + name, std::ios::binary);
        if (!file) continue;
        std::string const bytes{std::istreambuf_iterator<char>(file), {}};
        if (bytes.size() < 2 || bytes.back() != '\n') return std::nullopt;
        std::size_t const line = bytes.rfind('\n', bytes.size() - 2);
        if (line == std::string::npos) return std::nullopt;
        return detail::posix_rule::parse(std::string_view(bytes).substr(line + 1, bytes.size() - line - 2));
    }
    return std::nullopt;
}

void add_change(segment_list& segments, std::int64_t seconds, std::int64_t offset) {
    if (segments.back().offset == offset * microseconds_per_second) return; // a new abbreviation only
    segments.push_back({seconds * microseconds_per_second, offset * microseconds_per_second});
}

segment_list read_segments(date::time_zone const& source) {
    auto const at = [](std::int64_t seconds) { return date::sys_seconds{std::chrono::seconds{seconds}}; };
    std::int64_t const end = year_start(end_year);
    auto info = source.get_info(at(year_start(first_year)));
    segment_list segments{{std::numeric_limits<std::int64_t>::min(), info.offset.count() * microseconds_per_second}};
    std::int64_t last = year_start(first_year);
    while (info.end.time_since_epoch().count() < end) {
        info = source.get_info(info.end);
        last = info.begin.time_since_epoch().count();
        add_change(segments, last, info.offset.count());
    }
    auto const rule = standing_rule(source.name());
    if (!rule || !rule->has_changes()) return segments;
    std::int32_t const last_year =
        civil_date{static_cast<std::int32_t>(detail::floor_divide(last, seconds_per_day))}.year();
    for (std::int32_t year = last_year; year < end_year; ++year)
        for (auto const& change : rule->changes_of(year))
            if (change.when > last) add_change(segments, change.when, change.offset);
    return segments;
}

// Two digits at `text[i]`, or -1.
int two_digits(std::string_view text, std::size_t i) noexcept {
    auto const digit = [](char c) { return c >= '0' && c <= '9'; };
    if (i + 2 > text.size() || !digit(text[i]) || !digit(text[i + 1])) return -1;
    return (text[i] - '0') * 10 + (text[i + 1] - '0');
}

// Seconds of +hh, +hhmm, +hh:mm, +hh:mm:ss.
std::optional<std::int32_t> parse_offset(std::string_view text) noexcept {
    if (text.empty() || (text[0] != '+' && text[0] != '-')) return std::nullopt;
    int const hours = two_digits(text, 1);
    if (hours < 0) return std::nullopt;
    std::size_t at = 3;
    std::array<int, 2> parts{0, 0};
    bool const colons = at < text.size() && text[at] == ':';
    for (int& part : parts) {
        if (at == text.size()) break;
        if (colons && text[at++] != ':') return std::nullopt;
        part = two_digits(text, at);
        if (part < 0 || part > 59) return std::nullopt;
        at += 2;
    }
    if (at != text.size()) return std::nullopt;
    std::int32_t const seconds = hours * 3600 + parts[0] * 60 + parts[1];
    return text[0] == '-' ? -seconds : seconds;
}

std::string offset_name(std::int64_t seconds) {
    std::string text(1, seconds < 0 ? '-' : '+');
    std::int64_t const size = seconds < 0 ? -seconds : seconds;
    auto const add = [&](std::int64_t n) {
        text += {static_cast<char>('0' + n / 10), static_cast<char>('0' + n % 10)};
    };
    add(size / 3600);
    text += ':';
    add(size / 60 % 60);
    if (size % 60 == 0) return text;
    text += ':';
    add(size % 60);
    return text;
}

} // namespace

zone zone::fixed(std::int32_t seconds) {
    if (seconds < -largest_offset || seconds > largest_offset)
        throw issue_error("time.offset_range", "time zone", "the offset from UTC is too large",
                          std::to_string(seconds) + " s", "-18:00 to +18:00");
    zone result;
    result.fixed_offset_ = std::int64_t{seconds} * microseconds_per_second;
    return result;
}

zone zone::named(std::string_view iana_name) {
    date::time_zone const& source = find_zone(iana_name);
    zone result;
    result.table_ = std::make_shared<detail::zone_table const>(source.name(), read_segments(source));
    return result;
}

zone zone::parse(std::string_view text) {
    if (text == "UTC" || text == "Z" || text == "GMT") return utc(); // without a database
    std::string_view const offset = text.starts_with("UTC") ? text.substr(3) : text;
    if (auto const seconds = parse_offset(offset)) return fixed(*seconds);
    return named(text);
}

std::string zone::name() const {
    if (table_ != nullptr) return table_->name();
    return fixed_offset_ == 0 ? "UTC" : offset_name(fixed_offset_ / microseconds_per_second);
}

} // namespace v0
} // namespace segmenta
