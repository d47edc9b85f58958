// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/row_window.hpp>

#include "feature/day_turn.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::int64_t earliest_time = std::numeric_limits<std::int64_t>::min();

/// The start of rows in `(as_of - back, ...`, or of days in `[as_of - back, ...`.
std::int64_t first_after(period const& back, instant as_of, zone const& where, bool dates_only) noexcept {
    std::int64_t const start = subtract(back, as_of, where).microseconds();
    return start == earliest_time || dates_only ? start : start + 1;
}

/// The last time before `time`; saturates.
constexpr std::int64_t just_before(std::int64_t time) noexcept { return time == earliest_time ? time : time - 1; }

/// What a row's time is taken for: a day leaves when the window starts after its start, and comes in after it.
std::int64_t as_event(std::int64_t time, bool dates_only) noexcept {
    return dates_only && time != std::numeric_limits<std::int64_t>::max() ? time + 1 : time;
}

instant moment_in(row_window::moment const& of, zone const& where) noexcept {
    if (auto const* const day = std::get_if<civil_date>(&of)) return where.start_of_day(*day);
    return *std::get_if<instant>(&of);
}

/// The shortest and longest time a period may take, in microseconds. A civil day may be an hour shorter or longer where
/// clocks change; that counts only beside an exact period.
struct spread {
    std::int64_t shortest = 0;
    std::int64_t longest = 0;
};

spread spread_of(period const& length) noexcept {
    if (length.is_exact()) return {length.length().microseconds(), length.length().microseconds()};
    std::int64_t const years = length.months() / 12;
    std::int64_t const months = length.months() % 12;
    // Of n months, n < 12: at least 28 days for one, and 30 or 31 on the average for more; whole years: 365 or 366.
    constexpr std::array<std::int64_t, 12> least{0, 28, 59, 89, 120, 150, 181, 212, 242, 273, 303, 334};
    constexpr std::array<std::int64_t, 12> most{0, 31, 62, 92, 123, 153, 184, 215, 245, 276, 306, 337};
    std::int64_t const least_days = years * 365 + years / 8 + least[static_cast<std::size_t>(months)] + length.days();
    std::int64_t const most_days =
        years * 365 + (years + 3) / 4 + most[static_cast<std::size_t>(months)] + length.days();
    return {least_days * microseconds_per_day, most_days * microseconds_per_day};
}

/// Whether the first period is longer than the second, whatever the date.
bool always_longer(period const& a, period const& b) noexcept {
    if (!a.is_exact() && !b.is_exact()) { // the months and days in common do not matter
        if (a.months() >= b.months() && a.days() >= b.days()) return a != b;
        return spread_of(a).shortest > spread_of(b).longest;
    }
    std::int64_t const clock_change = a.is_exact() == b.is_exact() ? 0 : 3'600'000'000;
    return spread_of(a).shortest - clock_change > spread_of(b).longest;
}

bool is_empty(row_window::moment const& from, row_window::moment const& to) noexcept {
    if (from.index() == to.index()) return from >= to;
    // A day's start is only known in a zone; offsets are at most 18 hours.
    constexpr std::int64_t slack = std::int64_t{18} * 3'600'000'000;
    return moment_in(from, zone::utc()).microseconds() - slack >= moment_in(to, zone::utc()).microseconds();
}

class window_reader {
public:
    window_reader(key_places const& place_of, issue_list& issues) : place_of_(place_of), issues_(issues) {}

    row_window read(feature_request const& from) {
        row_window out;
        out.length = length("window", from.window);
        out.until = length("until", from.until);
        out.from = moment("from", from.from);
        out.to = moment("to", from.to);
        if (!from.calendar.empty()) out.days = days(from.calendar);
        if (out.length && out.until && !always_longer(*out.length, *out.until))
            issues_.error("feature.empty_window", place_of_("until"), "the window ends before it begins, or may do so",
                          quoted(from.until), "shorter than the window " + to_string(*out.length),
                          "Make the window longer, or leave it out to look back to the first row.");
        if (out.from && out.to && is_empty(*out.from, *out.to))
            issues_.error("feature.empty_window", place_of_("to"), "no row lies from \"from\" until before \"to\"",
                          quoted(from.to), "after " + from.from, "Swap the two, or correct one.");
        return out;
    }

private:
    std::optional<period> length(std::string_view key, std::string const& text) {
        if (text.empty()) return std::nullopt;
        return parse_period(text, place_of_(key), issues_);
    }

    std::optional<row_window::moment> moment(std::string_view key, std::string const& text) {
        if (text.empty()) return std::nullopt;
        time_format const iso;
        parsed_time parts;
        bool const good = iso.parse_fields(text, parts);
        if (good && !parts.has_time) return parts.local.date;
        if (good && parts.has_offset) return iso.parse(text, zone::utc());
        issues_.error("feature.moment", place_of_(key),
                      good ? "a time of day needs its offset from UTC" : "this is neither a date nor an instant",
                      quoted(text), "2024-03-01, 2024-03-01T12:00:00+08:00, 2024-03-01T04:00:00Z",
                      good ? "Add Z or the offset, or write the date alone." : "");
        return std::nullopt;
    }

    std::optional<calendar_limit> days(std::string const& name) {
        if (auto found = find_calendar_limit(name)) return found;
        auto const& names = calendar_periods();
        auto const near = nearest_name(name, names);
        issues_.error("feature.unknown_calendar", place_of_("calendar"), "there is no such calendar period",
                      quoted(name), join_names(names), near.empty() ? "" : "Did you mean " + std::string(near) + "?");
        return std::nullopt;
    }

    key_places const& place_of_;
    issue_list& issues_;
};

} // namespace

date_range calendar_limit::current(civil_date today) const noexcept {
    switch (length_) {
    case unit::day: return {today, today + 1};
    case unit::week: return days_.week_of(today);
    case unit::month: return days_.month_of(today);
    case unit::quarter: return days_.quarter_of(today);
    case unit::year: return days_.year_of(today);
    }
    return {today, today};
}

date_range calendar_limit::days_at(civil_date today) const noexcept {
    date_range const around = current(today);
    return last_ ? current(around.begin - 1) : around;
}

std::optional<calendar_limit> find_calendar_limit(std::string_view name) {
    // The names are in the order of the units, each with the one before it.
    auto const& names = calendar_periods();
    auto const at = std::find(names.begin(), names.end(), name);
    if (at == names.end()) return std::nullopt;
    auto const index = static_cast<std::size_t>(at - names.begin());
    return calendar_limit(static_cast<calendar_limit::unit>(index / 2), index % 2 == 1);
}

row_window read_window(feature_request const& from, key_places const& place_of, issue_list& issues) {
    return window_reader(place_of, issues).read(from);
}

time_bounds bounds_at(row_window const& window, instant as_of, zone const& where, bool dates_only) noexcept {
    time_bounds out;
    out.highest = dates_only ? just_before(as_of.microseconds()) : as_of.microseconds();
    if (window.length) out.lowest = first_after(*window.length, as_of, where, dates_only);
    if (window.until) out.highest = just_before(first_after(*window.until, as_of, where, dates_only));
    if (window.from) out.lowest = std::max(out.lowest, moment_in(*window.from, where).microseconds());
    if (window.to) out.highest = std::min(out.highest, just_before(moment_in(*window.to, where).microseconds()));
    if (window.days) {
        auto const [begin, end] = where.instants_of(window.days->days_at(where.civil_day_of(as_of)));
        out.lowest = std::max(out.lowest, begin.microseconds());
        out.highest = std::min(out.highest, just_before(end.microseconds()));
    }
    return out;
}

instant next_change(row_window const& window, window_edge const& edge, instant as_of, zone const& where,
                    bool dates_only) noexcept {
    instant changes = instant::never();
    if (window.length && edge.oldest)
        changes = expiry(*window.length, instant{as_event(*edge.oldest, dates_only)}, where);
    bool const ahead = edge.next && (!window.to || *edge.next < moment_in(*window.to, where).microseconds());
    if (ahead) {
        instant const event{as_event(*edge.next, dates_only)};
        instant const enters = window.until ? expiry(*window.until, event, where) : event;
        if (enters > as_of) changes = std::min(changes, enters); // else the calendar keeps it out
    }
    if (window.days) {
        civil_date const day = where.civil_day_of(as_of);
        instant const turns = where.start_of_day(window.days->current(day).end);
        changes = std::min(changes, detail::unless_day_goes_back(detail::end_of_day(where, as_of, day), as_of, turns));
    }
    return changes;
}

} // namespace v0
} // namespace segmenta
