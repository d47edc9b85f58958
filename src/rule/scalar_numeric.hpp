// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_SCALAR_NUMERIC_HPP
#define SEGMENTA_RULE_SCALAR_NUMERIC_HPP

// The meaning of the operations over numbers and times, one struct each. `run` either returns its answer, or takes it
// as a last reference and returns whether there is one. It leaves that reference alone when there is none.

#include "rule/exact.hpp"
#include "rule/typed.hpp"

#include <segmenta/time/instant.hpp>

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace op {

using context = operation_context const&;

inline constexpr std::int64_t smallest_int = std::numeric_limits<std::int64_t>::min();
// Timestamps are 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999Z and durations about 10,000 years either way
// (langdef.md, "Timestamp and Duration", after google.protobuf.Timestamp and Duration).
inline constexpr std::int64_t first_instant = -62'135'596'800 * microseconds_per_second;
inline constexpr std::int64_t last_instant = 253'402'300'800 * microseconds_per_second - 1;
inline constexpr std::int64_t longest_duration = 315'576'000'000 * microseconds_per_second;
inline constexpr std::int64_t first_day = first_instant / microseconds_per_day;
inline constexpr std::int64_t last_day = last_instant / microseconds_per_day;
// Times outside that range, such as the library's own `never`, have no date: their parts are errors.

inline bool within(std::int64_t v, std::int64_t low, std::int64_t high, std::int64_t& out) noexcept {
    if (v < low || v > high) return false;
    out = v;
    return true;
}

// --- int and decimal units; CEL: overflow is an error, division truncates --------------------------------------------
struct add_integer {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        return !__builtin_add_overflow(a, b, &out);
    }
};
struct subtract_integer {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        return !__builtin_sub_overflow(a, b, &out);
    }
};
struct multiply_integer {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        return !__builtin_mul_overflow(a, b, &out);
    }
};
struct divide_integer {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        if (b == 0 || (a == smallest_int && b == -1)) return false;
        out = a / b;
        return true;
    }
};
struct modulo_integer {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        if (b == 0 || (a == smallest_int && b == -1)) return false;
        out = a % b;
        return true;
    }
};
struct negate_integer {
    static bool run(context, std::int64_t a, std::int64_t& out) noexcept {
        if (a == smallest_int) return false;
        out = -a;
        return true;
    }
};

// --- uint ------------------------------------------------------------------------------------------------------------
struct add_natural {
    static bool run(context, std::uint64_t a, std::uint64_t b, std::uint64_t& out) noexcept {
        return !__builtin_add_overflow(a, b, &out);
    }
};
struct subtract_natural {
    static bool run(context, std::uint64_t a, std::uint64_t b, std::uint64_t& out) noexcept {
        return !__builtin_sub_overflow(a, b, &out);
    }
};
struct multiply_natural {
    static bool run(context, std::uint64_t a, std::uint64_t b, std::uint64_t& out) noexcept {
        return !__builtin_mul_overflow(a, b, &out);
    }
};
struct divide_natural {
    static bool run(context, std::uint64_t a, std::uint64_t b, std::uint64_t& out) noexcept {
        if (b == 0) return false;
        out = a / b;
        return true;
    }
};
struct modulo_natural {
    static bool run(context, std::uint64_t a, std::uint64_t b, std::uint64_t& out) noexcept {
        if (b == 0) return false;
        out = a % b;
        return true;
    }
};

// --- double: IEEE 754, never an error --------------------------------------------------------------------------------
struct add_real {
    static double run(context, double a, double b) noexcept { return a + b; }
};
struct subtract_real {
    static double run(context, double a, double b) noexcept { return a - b; }
};
struct multiply_real {
    static double run(context, double a, double b) noexcept { return a * b; }
};
struct divide_real {
    static double run(context, double a, double b) noexcept { return a / b; }
};
struct negate_real {
    static double run(context, double a) noexcept { return -a; }
};
// Of decimals: they have no infinity, so dividing by zero is an error as for ints.
struct ratio {
    static bool run(context, double a, double b, double& out) noexcept {
        if (b == 0) return false;
        out = a / b;
        return true;
    }
};

// --- days of people and places ---------------------------------------------------------------------------------------
inline leap_day_policy policy_of(context c) noexcept { return static_cast<leap_day_policy>(c.immediate); }

// The anniversary of a day in the year of `on`; 29 February as the policy says.
inline std::int64_t anniversary(context c, std::int64_t birthday, std::int64_t on, std::int32_t years_later) noexcept {
    civil_date const born{static_cast<std::int32_t>(birthday)};
    std::int32_t const years = civil_date{static_cast<std::int32_t>(on)}.year() - born.year() + years_later;
    return add_months(born, years * 12, policy_of(c)).days_since_epoch();
}
inline bool is_day(std::int64_t day) noexcept { return day >= first_day && day <= last_day; }

// Anniversaries passed, the day itself included; before the birthday there is no age.
struct full_years {
    static bool run(context c, std::int64_t birthday, std::int64_t on, std::int64_t& out) noexcept {
        if (!is_day(birthday) || !is_day(on) || on < birthday) return false;
        std::int64_t const years = civil_date{static_cast<std::int32_t>(on)}.year() -
                                   civil_date{static_cast<std::int32_t>(birthday)}.year();
        out = years - (anniversary(c, birthday, on, 0) > on ? 1 : 0);
        return true;
    }
};
// From `on` to the next anniversary, 0 on the day itself. The birthday may be still to come: the year does not count.
struct days_until_anniversary {
    static bool run(context c, std::int64_t birthday, std::int64_t on, std::int64_t& out) noexcept {
        if (!is_day(birthday) || !is_day(on)) return false;
        std::int64_t const this_year = anniversary(c, birthday, on, 0);
        out = (this_year >= on ? this_year : anniversary(c, birthday, on, 1)) - on;
        return true;
    }
};

// Great-circle distance on a sphere in metres, by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky
// and Telescope 68 (1984) 159): h = sin²(Δφ/2) + cos φ1 cos φ2 sin²(Δλ/2), d = 2 R asin √h. R is the mean radius R1 of
// the earth, 6,371,008.8 m (H. Moritz, Geodetic Reference System 1980, Journal of Geodesy 74 (2000) 128-133). The earth
// is no sphere: up to 0.6 % off.
struct geo_distance {
    static bool run(context, double latitude, double longitude, double other_latitude, double other_longitude,
                    double& out) noexcept {
        constexpr double radius = 6'371'008.8;
        constexpr double radians = 3.14159265358979323846 / 180;
        bool const on_earth = std::fabs(latitude) <= 90 && std::fabs(other_latitude) <= 90 &&
                              std::fabs(longitude) <= 180 && std::fabs(other_longitude) <= 180;
        if (!on_earth) return false; // NaN too
        double const north = std::sin((other_latitude - latitude) * radians / 2);
        double const east = std::sin((other_longitude - longitude) * radians / 2);
        double const h =
            north * north + std::cos(latitude * radians) * std::cos(other_latitude * radians) * east * east;
        out = 2 * radius * std::asin(std::sqrt(std::fmin(1.0, h)));
        return true;
    }
};

// --- times -----------------------------------------------------------------------------------------------------------
struct add_instant {
    static bool run(context, std::int64_t when, std::int64_t length, std::int64_t& out) noexcept {
        std::int64_t sum = 0;
        return !__builtin_add_overflow(when, length, &sum) && within(sum, first_instant, last_instant, out);
    }
};
struct subtract_instant {
    static bool run(context, std::int64_t when, std::int64_t length, std::int64_t& out) noexcept {
        std::int64_t difference = 0;
        return !__builtin_sub_overflow(when, length, &difference) &&
               within(difference, first_instant, last_instant, out);
    }
};
struct difference_instant {
    static bool run(context, std::int64_t to, std::int64_t from, std::int64_t& out) noexcept {
        std::int64_t difference = 0;
        return !__builtin_sub_overflow(to, from, &difference) &&
               within(difference, -longest_duration, longest_duration, out);
    }
};
struct add_duration {
    static bool run(context, std::int64_t a, std::int64_t b, std::int64_t& out) noexcept {
        std::int64_t sum = 0;
        return !__builtin_add_overflow(a, b, &sum) && within(sum, -longest_duration, longest_duration, out);
    }
};
struct subtract_duration : difference_instant {};
struct negate_duration : negate_integer {};
struct add_days {
    static bool run(context, std::int64_t date, std::int64_t days, std::int64_t& out) noexcept {
        std::int64_t sum = 0;
        return !__builtin_add_overflow(date, days, &sum) && within(sum, first_day, last_day, out);
    }
};
struct subtract_days {
    static bool run(context, std::int64_t date, std::int64_t days, std::int64_t& out) noexcept {
        std::int64_t difference = 0;
        return !__builtin_sub_overflow(date, days, &difference) && within(difference, first_day, last_day, out);
    }
};
struct difference_days : subtract_integer {};

// --- relations -------------------------------------------------------------------------------------------------------
#define SEGMENTA_RULE_RELATIONS(lane_name, machine_type)                                                               \
    struct equal_##lane_name {                                                                                         \
        static bool run(context, machine_type a, machine_type b) noexcept { return a == b; }                           \
    };                                                                                                                 \
    struct not_equal_##lane_name {                                                                                     \
        static bool run(context, machine_type a, machine_type b) noexcept { return a != b; }                           \
    };                                                                                                                 \
    struct less_##lane_name {                                                                                          \
        static bool run(context, machine_type a, machine_type b) noexcept { return a < b; }                            \
    };                                                                                                                 \
    struct less_equal_##lane_name {                                                                                    \
        static bool run(context, machine_type a, machine_type b) noexcept { return a <= b; }                           \
    };                                                                                                                 \
    struct greater_##lane_name {                                                                                       \
        static bool run(context, machine_type a, machine_type b) noexcept { return a > b; }                            \
    };                                                                                                                 \
    struct greater_equal_##lane_name {                                                                                 \
        static bool run(context, machine_type a, machine_type b) noexcept { return a >= b; }                           \
    };
SEGMENTA_RULE_RELATIONS(boolean, bool)
SEGMENTA_RULE_RELATIONS(integer, std::int64_t)
SEGMENTA_RULE_RELATIONS(natural, std::uint64_t)
SEGMENTA_RULE_RELATIONS(real, double)
#undef SEGMENTA_RULE_RELATIONS

inline relation relation_of(context c) noexcept { return static_cast<relation>(c.immediate & 255U); }
inline unsigned left_scale(context c) noexcept { return static_cast<unsigned>(c.immediate >> 8 & 255U); }
inline unsigned right_scale(context c) noexcept { return static_cast<unsigned>(c.immediate >> 16 & 255U); }

struct relate_decimals {
    static bool run(context c, std::int64_t a, std::int64_t b) noexcept {
        return holds(relation_of(c), order_decimals(a, left_scale(c), b, right_scale(c)));
    }
};
struct relate_decimal_natural {
    static bool run(context c, std::int64_t a, std::uint64_t b) noexcept {
        return holds(relation_of(c), order_decimal_natural(a, left_scale(c), b));
    }
};
struct relate_decimal_real {
    static bool run(context c, std::int64_t a, double b) noexcept {
        return holds(relation_of(c), order_decimal_real(a, left_scale(c), b));
    }
};
struct relate_natural_real {
    static bool run(context c, std::uint64_t a, double b) noexcept {
        return holds(relation_of(c), order_natural_real(a, b));
    }
};

struct logical_not {
    static bool run(context, bool a) noexcept { return !a; }
};
// `in` with a list that must be built first: unlike ||, one unknown element makes it unknown.
struct strict_or {
    static bool run(context, bool a, bool b) noexcept { return a || b; }
};
struct in_integers {
    static bool run(context c, std::int64_t a) noexcept { return c.tables->integer_lookups[c.immediate].contains(a); }
};
struct in_reals {
    static bool run(context c, double a) noexcept { return c.tables->real_lookups[c.immediate].contains(a); }
};

// --- math.* (cel-go ext/math.go) -------------------------------------------------------------------------------------
struct absolute_integer {
    static bool run(context, std::int64_t a, std::int64_t& out) noexcept {
        if (a == smallest_int) return false;
        out = a < 0 ? -a : a;
        return true;
    }
};
struct absolute_real {
    static double run(context, double a) noexcept { return std::fabs(a); }
};
struct sign_integer {
    static std::int64_t run(context, std::int64_t a) noexcept { return a > 0 ? 1 : (a < 0 ? -1 : 0); }
};
struct sign_natural {
    static std::uint64_t run(context, std::uint64_t a) noexcept { return a > 0 ? 1 : 0; }
};
struct sign_real {
    static double run(context, double a) noexcept { return a > 0 ? 1 : (a < 0 ? -1 : a); }
};
struct least_integer {
    static std::int64_t run(context, std::int64_t a, std::int64_t b) noexcept { return b < a ? b : a; }
};
struct greatest_integer {
    static std::int64_t run(context, std::int64_t a, std::int64_t b) noexcept { return b > a ? b : a; }
};
struct least_natural {
    static std::uint64_t run(context, std::uint64_t a, std::uint64_t b) noexcept { return b < a ? b : a; }
};
struct greatest_natural {
    static std::uint64_t run(context, std::uint64_t a, std::uint64_t b) noexcept { return b > a ? b : a; }
};
struct least_real {
    static double run(context, double a, double b) noexcept { return b < a ? b : a; }
};
struct greatest_real {
    static double run(context, double a, double b) noexcept { return b > a ? b : a; }
};
struct ceil_real {
    static double run(context, double a) noexcept { return std::ceil(a); }
};
struct floor_real {
    static double run(context, double a) noexcept { return std::floor(a); }
};
struct round_real { // half away from zero
    static double run(context, double a) noexcept { return std::round(a); }
};
struct truncate_real {
    static double run(context, double a) noexcept { return std::trunc(a); }
};
struct square_root {
    static double run(context, double a) noexcept { return std::sqrt(a); }
};
struct is_nan {
    static bool run(context, double a) noexcept { return a != a; }
};
struct is_infinite {
    static bool run(context, double a) noexcept { return std::isinf(a); }
};
struct is_finite {
    static bool run(context, double a) noexcept { return std::isfinite(a); }
};
// A decimal to whole units.
struct round_decimal {
    static std::int64_t run(context c, std::int64_t units) noexcept {
        std::int64_t const divisor = powers_of_ten[left_scale(c)];
        std::int64_t const whole = units / divisor;
        std::int64_t const rest = units % divisor;
        switch (static_cast<rounding>(c.immediate & 255U)) {
        case rounding::ceil: return whole + (rest > 0 ? 1 : 0);
        case rounding::floor: return whole - (rest < 0 ? 1 : 0);
        case rounding::half_away:
            // divisor is even or 1, so halves are exact
            if (rest > 0 && rest >= divisor / 2) return whole + 1;
            if (rest < 0 && rest <= -(divisor / 2)) return whole - 1;
            return whole;
        case rounding::truncate: return whole;
        }
        return whole;
    }
};

// --- conversions -----------------------------------------------------------------------------------------------------
struct integer_to_real {
    static double run(context, std::int64_t a) noexcept { return static_cast<double>(a); }
};
struct natural_to_real {
    static double run(context, std::uint64_t a) noexcept { return static_cast<double>(a); }
};
struct decimal_to_real { // correctly rounded for up to 2^53 units
    static double run(context c, std::int64_t a) noexcept {
        return static_cast<double>(a) / static_cast<double>(powers_of_ten[c.immediate]);
    }
};
struct real_to_integer { // truncates; the ends are excluded as in cel-go
    static bool run(context, double a, std::int64_t& out) noexcept {
        if (!(a > -0x1p63 && a < 0x1p63)) return false;
        out = static_cast<std::int64_t>(a);
        return true;
    }
};
struct real_to_natural {
    static bool run(context, double a, std::uint64_t& out) noexcept {
        if (!(a >= 0 && a < 0x1p64)) return false;
        out = static_cast<std::uint64_t>(a);
        return true;
    }
};
struct integer_to_natural {
    static bool run(context, std::int64_t a, std::uint64_t& out) noexcept {
        if (a < 0) return false;
        out = static_cast<std::uint64_t>(a);
        return true;
    }
};
struct natural_to_integer {
    static bool run(context, std::uint64_t a, std::int64_t& out) noexcept {
        if (a > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return false;
        out = static_cast<std::int64_t>(a);
        return true;
    }
};
struct decimal_to_integer { // truncates
    static std::int64_t run(context c, std::int64_t a) noexcept { return a / powers_of_ten[c.immediate]; }
};
struct instant_to_seconds {
    static std::int64_t run(context, std::int64_t a) noexcept { return floor_divide(a, microseconds_per_second); }
};
struct seconds_to_instant {
    static bool run(context, std::int64_t a, std::int64_t& out) noexcept {
        std::int64_t when = 0;
        return !__builtin_mul_overflow(a, microseconds_per_second, &when) &&
               within(when, first_instant, last_instant, out);
    }
};
struct instant_to_date {
    static bool run(context c, std::int64_t a, std::int64_t& out) noexcept {
        if (a < first_instant || a > last_instant) return false;
        out = c.tables->zones[c.immediate].civil_day_of(instant{a}).days_since_epoch();
        return true;
    }
};
struct date_to_instant {
    static bool run(context c, std::int64_t a, std::int64_t& out) noexcept {
        if (a < first_day || a > last_day) return false;
        out = c.tables->zones[c.immediate].start_of_day(civil_date{static_cast<std::int32_t>(a)}).microseconds();
        return true;
    }
};

// --- parts of times (langdef.md, "Timestamp and duration functions") -------------------------------------------------
inline std::int64_t date_part(time_field field, civil_date date) noexcept {
    switch (field) {
    case time_field::full_year: return date.year();
    case time_field::month: return date.month() - 1;
    case time_field::day_of_month: return date.day() - 1;
    case time_field::date: return date.day();
    case time_field::day_of_week: return static_cast<std::int64_t>(date.day_of_week()) % 7;
    case time_field::day_of_year: return date.day_of_year() - 1;
    default: return 0;
    }
}
struct date_field {
    static bool run(context c, std::int64_t a, std::int64_t& out) noexcept {
        if (a < first_day || a > last_day) return false;
        out = date_part(static_cast<time_field>(c.immediate & 255U), civil_date{static_cast<std::int32_t>(a)});
        return true;
    }
};
struct instant_field {
    static bool run(context c, std::int64_t a, std::int64_t& out) noexcept {
        if (a < first_instant || a > last_instant) return false;
        civil_time const local = c.tables->zones[c.immediate >> 8].to_local(instant{a});
        auto const field = static_cast<time_field>(c.immediate & 255U);
        std::int64_t const seconds = local.time_of_day / microseconds_per_second;
        switch (field) {
        case time_field::hours: out = seconds / 3600; break;
        case time_field::minutes: out = seconds / 60 % 60; break;
        case time_field::seconds: out = seconds % 60; break;
        case time_field::milliseconds: out = local.time_of_day / 1000 % 1000; break;
        default: out = date_part(field, local.date); break;
        }
        return true;
    }
};
// The whole length in hours, minutes or seconds; of milliseconds only those past the last whole second.
struct duration_field {
    static std::int64_t run(context c, std::int64_t a) noexcept {
        switch (static_cast<time_field>(c.immediate & 255U)) {
        case time_field::hours: return a / (3600 * microseconds_per_second);
        case time_field::minutes: return a / (60 * microseconds_per_second);
        case time_field::milliseconds: return a / 1000 % 1000;
        default: return a / microseconds_per_second;
        }
    }
};

} // namespace op
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
