// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_DAY_TURN_HPP
#define SEGMENTA_FEATURE_DAY_TURN_HPP

// When the civil day becomes another one. Mostly that is the next midnight; but where clocks go back over midnight (St.
// John's until 2011, from 00:01 to 23:01), a day that has begun ends for an hour, and begins once more.

#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The first instant after `from`, up to `to`, at which the zone's offset is another one; they must differ at the two.
inline instant offset_change(zone const& where, instant from, instant to) noexcept {
    std::int64_t const before = where.offset_microseconds_at(from);
    std::int64_t low = from.microseconds();
    std::int64_t high = to.microseconds();
    while (high - low > 1) {
        std::int64_t const middle = low + (high - low) / 2;
        (where.offset_microseconds_at(instant{middle}) == before ? low : high) = middle;
    }
    return instant{high};
}

// The first instant after `when` at which the civil day is not `day`, which is that of `when`.
inline instant day_turn(zone const& where, instant when, civil_date day) noexcept {
    instant at = when;
    for (int changes = 0; changes < 4; ++changes) {
        std::int64_t const offset = where.offset_microseconds_at(at);
        std::int64_t const days = std::int64_t{day.days_since_epoch()} + 1;
        instant const midnight{days * 86'400'000'000 - offset};
        if (where.is_fixed() || where.offset_microseconds_at(midnight - duration{1}) == offset) return midnight;
        at = offset_change(where, at, midnight - duration{1});
        if (!(where.civil_day_of(at) == day)) return at;
    }
    return when + duration{1};
}

// When a civil day ends, and whether an earlier one follows.
struct day_end {
    instant at;
    bool goes_back;
};
inline day_end end_of_day(zone const& where, instant when, civil_date day) noexcept {
    instant const turn = day_turn(where, when, day);
    return {turn, !where.is_fixed() && where.civil_day_of(turn) < day};
}

// `then`, the start of a later day; or where the day goes back before that, or `then` is past because the day went
// back, the next instant at which the day is another one. `end` is that of the day of `when`.
inline instant unless_day_goes_back(day_end const& end, instant when, instant then) noexcept {
    if (then <= when) return end.at;
    return end.goes_back ? std::min(then, end.at) : then;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
