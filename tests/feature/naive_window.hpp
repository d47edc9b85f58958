// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_FEATURE_NAIVE_WINDOW_HPP
#define SEGMENTA_TESTS_FEATURE_NAIVE_WINDOW_HPP

// The limits of time of a feature the plain way: one after the other, without bounds.

#include <segmenta/feature/feature.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/period.hpp>
#include <segmenta/time/zone.hpp>

#include <string>

namespace segmenta::test {

/// Whether a row at `t` lies within all limits of a feature asked for at `as_of`.
inline bool counts_at(feature_request const& asked, instant t, instant as_of, zone const& where, bool dates) {
    if (dates ? t >= as_of : t > as_of) return false;
    if (!asked.window.empty()) {
        instant const start = subtract(parse_period(asked.window), as_of, where);
        if (dates ? t < start : t <= start) return false;
    }
    if (!asked.until.empty()) {
        instant const end = subtract(parse_period(asked.until), as_of, where);
        if (dates ? t >= end : t > end) return false;
    }
    auto const moment = [&](std::string const& text) {
        return text.size() == 10 ? where.start_of_day(civil_date::of(std::stoi(text), std::uint8_t(std::stoi(text.substr(5))),
                                                                      std::uint8_t(std::stoi(text.substr(8)))))
                                 : *time_format().parse(text, where);
    };
    if (!asked.from.empty() && t < moment(asked.from)) return false;
    if (!asked.to.empty() && t >= moment(asked.to)) return false;
    if (asked.calendar.empty()) return true;
    civil_date const today = where.civil_day_of(as_of);
    civil_date const day = where.civil_day_of(t);
    auto const months = [](civil_date d) { return d.year() * 12 + d.month() - 1; };
    auto const monday = [](civil_date d) { return d - (static_cast<int>(d.day_of_week()) - 1); };
    std::string const unit = asked.calendar.substr(5);
    bool const last = asked.calendar.substr(0, 4) == "last" || asked.calendar == "yesterday";
    if (asked.calendar == "today" || asked.calendar == "yesterday") return today - day == (last ? 1 : 0);
    if (unit == "week") return monday(today) - monday(day) == (last ? 7 : 0);
    int const length = unit == "month" ? 1 : unit == "quarter" ? 3 : 12;
    return months(today) / length - months(day) / length == (last ? 1 : 0);
}

} // namespace segmenta::test

#endif
