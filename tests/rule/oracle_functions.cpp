// SPDX-License-Identifier: Apache-2.0
#include "rule/oracle_functions.hpp"

#include <segmenta/time/zone.hpp>

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <regex>
#include <set>

namespace segmenta::test::naive {

using family = datum::family;
namespace {

using big = boost::multiprecision::cpp_int;
using rational = boost::multiprecision::cpp_rational;

} // namespace

datum failure() {
    datum out;
    out.state = status::error;
    return out;
}
datum of(family what, std::int64_t v) {
    datum out;
    out.state = status::ok;
    out.what = what;
    out.integer = v;
    return out;
}
datum of_bool(bool v) { return of(family::boolean, v ? 1 : 0); }
datum of_real(double v) {
    datum out = of(family::real, 0);
    out.real = v;
    return out;
}
datum of_text(std::string v) {
    datum out = of(family::text, 0);
    out.text = std::move(v);
    return out;
}

namespace {

bool fits(big const& v) {
    return v >= std::numeric_limits<std::int64_t>::min() && v <= std::numeric_limits<std::int64_t>::max();
}
datum checked(family what, big const& v) { return fits(v) ? of(what, v.convert_to<std::int64_t>()) : failure(); }
datum checked_natural(big const& v) {
    if (v < 0 || v > std::numeric_limits<std::uint64_t>::max()) return failure();
    datum out = of(family::natural, 0);
    out.natural = v.convert_to<std::uint64_t>();
    return out;
}
datum checked_decimal(big const& units, unsigned scale, std::string unit) {
    datum out = checked(family::decimal, units);
    out.scale = scale;
    out.unit = std::move(unit);
    return out;
}
big power_of_ten(unsigned n) {
    big out = 1;
    for (unsigned i = 0; i < n; ++i)
        out *= 10;
    return out;
}
bool is_exact(datum const& v) { return v.what == family::integer || v.what == family::decimal; }

rational exact_of(datum const& v) {
    switch (v.what) {
    case family::natural: return rational(big(v.natural));
    case family::real: return rational(v.real);
    case family::decimal: return rational(big(v.integer), power_of_ten(v.scale));
    default: return rational(big(v.integer));
    }
}

} // namespace

// -1, 0, 1; 2 when one is NaN.
int order_of(datum const& a, datum const& b) {
    if (a.what == family::text) return a.text < b.text ? -1 : (a.text == b.text ? 0 : 1);
    auto const infinite = [](datum const& v) { return v.what == family::real && std::isinf(v.real); };
    auto const nan = [](datum const& v) { return v.what == family::real && std::isnan(v.real); };
    if (nan(a) || nan(b)) return 2;
    if (infinite(a) && infinite(b)) return a.real < b.real ? -1 : (a.real == b.real ? 0 : 1);
    if (infinite(a)) return a.real < 0 ? -1 : 1;
    if (infinite(b)) return b.real < 0 ? 1 : -1;
    auto const x = exact_of(a);
    auto const y = exact_of(b);
    return x < y ? -1 : (x == y ? 0 : 1);
}

namespace {

std::vector<std::string> characters(std::string const& text) {
    std::vector<std::string> out;
    for (char const c : text) {
        bool const tail = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (tail && !out.empty())
            out.back() += c;
        else
            out.emplace_back(1, c);
    }
    return out;
}
std::string joined(std::vector<std::string> const& parts, std::size_t begin, std::size_t end) {
    std::string out;
    for (std::size_t i = begin; i < end; ++i)
        out += parts[i];
    return out;
}

constexpr std::int64_t day_us = 86'400'000'000;
big const first_instant = big(-62'135'596'800) * 1'000'000;
big const last_instant = big(253'402'300'800) * 1'000'000 - 1;
big const longest = big(315'576'000'000) * 1'000'000;

datum bounded(family what, big const& v, big const& low, big const& high) {
    return v < low || v > high ? failure() : checked(what, v);
}
datum bounded_instant(big const& v) { return bounded(family::instant, v, first_instant, last_instant); }
datum bounded_duration(big const& v) { return bounded(family::duration, v, -longest, longest); }
datum bounded_date(big const& v) { return bounded(family::date, v, first_instant / day_us, last_instant / day_us); }

std::int64_t floor_of(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

} // namespace

datum arithmetic(char op, datum const& a, datum const& b) {
    if (op == '/' && (a.what == family::decimal || b.what == family::decimal)) {
        auto const real = [](datum const& v) {
            if (v.what == family::real) return v.real;
            if (v.what == family::natural) return static_cast<double>(v.natural);
            return static_cast<double>(v.integer) / std::pow(10.0, v.scale);
        };
        if (b.what != family::real && real(b) == 0) return failure();
        return of_real(real(a) / real(b));
    }
    if (a.what == family::decimal || b.what == family::decimal) {
        std::string const unit = a.unit.empty() ? b.unit : a.unit;
        if (op == '*') return checked_decimal(big(a.integer) * b.integer, a.scale + b.scale, unit);
        unsigned const scale = std::max(a.scale, b.scale);
        big const x = big(a.integer) * power_of_ten(scale - a.scale);
        big const y = big(b.integer) * power_of_ten(scale - b.scale);
        if (!fits(x) || !fits(y)) return failure();
        return checked_decimal(op == '+' ? big(x + y) : big(x - y), scale, unit);
    }
    if (a.what == family::text) return of_text(a.text + b.text);
    if (a.what == family::real) {
        if (op == '+') return of_real(a.real + b.real);
        if (op == '-') return of_real(a.real - b.real);
        if (op == '*') return of_real(a.real * b.real);
        return of_real(a.real / b.real);
    }
    if (a.what == family::natural) {
        big const x = a.natural;
        big const y = b.natural;
        if ((op == '/' || op == '%') && y == 0) return failure();
        if (op == '+') return checked_natural(x + y);
        if (op == '-') return checked_natural(x - y);
        if (op == '*') return checked_natural(x * y);
        return checked_natural(op == '/' ? big(x / y) : big(x % y));
    }
    big const x = a.integer;
    big const y = b.integer;
    if (a.what == family::instant || b.what == family::instant) {
        if (op == '+') return bounded_instant(x + y);
        return b.what == family::instant ? bounded_duration(x - y) : bounded_instant(x - y);
    }
    if (a.what == family::duration) return bounded_duration(op == '+' ? big(x + y) : big(x - y));
    if (a.what == family::date || b.what == family::date) {
        if (op == '+') return bounded_date(x + y);
        return b.what == family::date ? checked(family::integer, x - y) : bounded_date(x - y);
    }
    if (op == '+') return checked(family::integer, x + y);
    if (op == '-') return checked(family::integer, x - y);
    if (op == '*') return checked(family::integer, x * y);
    if (y == 0) return failure();
    if (!fits(x / y)) return failure();
    return checked(family::integer, op == '/' ? big(x / y) : big(x % y)); // cpp_int truncates as CEL
}

namespace {

// Of the zone that is named, else of the usual one; what the zone knows is tested in the room of times.
std::int64_t offset_at(std::int64_t when, arguments const& a, zone const& usual) {
    zone const where = a.size() > 1 ? zone::parse(a[1].text) : usual;
    return where.offset_microseconds_at(instant{when});
}

datum civil_part(std::string const& name, std::int64_t days) {
    namespace calendar = std::chrono;
    calendar::sys_days const day{calendar::days{days}};
    calendar::year_month_day const ymd{day};
    if (name == "getFullYear") return of(family::integer, static_cast<int>(ymd.year()));
    if (name == "getMonth")
        return of(family::integer, static_cast<std::int64_t>(static_cast<unsigned>(ymd.month())) - 1);
    if (name == "getDate") return of(family::integer, static_cast<unsigned>(ymd.day()));
    if (name == "getDayOfMonth")
        return of(family::integer, static_cast<std::int64_t>(static_cast<unsigned>(ymd.day())) - 1);
    if (name == "getDayOfWeek") return of(family::integer, calendar::weekday{day}.c_encoding());
    return of(family::integer, (day - calendar::sys_days{ymd.year() / calendar::January / 1}).count());
}

} // namespace

datum time_part(std::string const& name, arguments const& a, zone const& usual) {
    std::int64_t v = a[0].integer;
    if (a[0].what == family::date) return bounded_date(v).state == status::ok ? civil_part(name, v) : failure();
    bool const instant = a[0].what == family::instant;
    if (instant && bounded_instant(v).state != status::ok) return failure();
    if (instant) v += offset_at(v, a, usual);
    std::int64_t const of_day = instant ? v - floor_of(v, day_us) * day_us : v;
    std::int64_t const hours = of_day / 3'600'000'000;
    std::int64_t const minutes = of_day / 60'000'000;
    std::int64_t const seconds = of_day / 1'000'000;
    if (name == "getHours") return of(family::integer, hours);
    if (name == "getMinutes") return of(family::integer, instant ? minutes % 60 : minutes);
    if (name == "getSeconds") return of(family::integer, instant ? seconds % 60 : seconds);
    if (name == "getMilliseconds") return of(family::integer, of_day / 1000 % 1000);
    return civil_part(name, floor_of(v, day_us));
}

namespace {

std::optional<rational> read_number(std::string const& text) {
    bool const negative = text.starts_with('-');
    std::string digits;
    unsigned decimals = 0;
    bool point = false;
    for (std::size_t i = negative ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == '.' && !point && !digits.empty() && i + 1 < text.size())
            point = true;
        else if (text[i] >= '0' && text[i] <= '9')
            digits += text[i], decimals += point ? 1 : 0;
        else
            return std::nullopt;
    }
    if (digits.empty()) return std::nullopt;
    big units = 0;
    for (char const c : digits) // not big(string): a leading 0 would mean octal
        units = units * 10 + (c - '0');
    rational const out(units, power_of_ten(decimals));
    return negative ? rational(-out) : out;
}

datum decimal_from(std::string const& text, unsigned scale, std::string unit) {
    auto const number = read_number(text);
    if (!number) return failure();
    rational const scaled = *number * rational(power_of_ten(scale));
    if (denominator(scaled) != 1) return failure();
    return checked_decimal(numerator(scaled), scale, std::move(unit));
}

} // namespace

datum make_decimal(std::string const& name, arguments const& a) {
    if (name == "money" && a.size() == 1) {
        auto const blank = a[0].text.find(' ');
        std::string const number = a[0].text.substr(0, blank);
        auto const point = number.find('.');
        std::size_t const digits = point == std::string::npos ? 0 : number.size() - point - 1;
        std::string const unit = a[0].text.substr(blank + 1);
        std::size_t const usual = unit == "JPY" ? 0 : unit == "KWD" ? 3 : 2; // ISO 4217
        return decimal_from(number, static_cast<unsigned>(std::max(digits, usual)), unit);
    }
    if (a[0].what == family::text) {
        auto const point = a[0].text.find('.');
        std::size_t const digits = point == std::string::npos ? 0 : a[0].text.size() - point - 1;
        return decimal_from(a[0].text,
                            a.size() == 2 ? static_cast<unsigned>(a[1].integer) : static_cast<unsigned>(digits), {});
    }
    if (name == "money") return checked_decimal(a[0].integer, a[0].scale, a[1].text);
    unsigned const scale = a.size() == 2 ? static_cast<unsigned>(a[1].integer) : a[0].scale;
    return checked_decimal(big(a[0].integer) * power_of_ten(scale - a[0].scale), scale, {});
}

namespace {

datum to_integer(datum const& v) {
    switch (v.what) {
    case family::natural: return checked(family::integer, big(v.natural));
    case family::real:
        if (!(std::fabs(v.real) < 9223372036854775808.0)) return failure();
        return of(family::integer, static_cast<std::int64_t>(v.real));
    case family::decimal: return checked(family::integer, big(v.integer) / power_of_ten(v.scale));
    case family::instant: return of(family::integer, floor_of(v.integer, 1'000'000));
    case family::text: {
        auto const number = read_number(v.text);
        if (!number || v.text.find('.') != std::string::npos) return failure();
        return checked(family::integer, numerator(*number));
    }
    default: return v;
    }
}

datum to_text(datum const& v) {
    switch (v.what) {
    case family::boolean: return of_text(v.integer != 0 ? "true" : "false");
    case family::natural: return of_text(std::to_string(v.natural));
    case family::decimal: {
        std::string digits = big(abs(big(v.integer))).str();
        if (digits.size() <= v.scale) digits.insert(0, v.scale + 1 - digits.size(), '0');
        if (v.scale > 0) digits.insert(digits.size() - v.scale, 1, '.');
        return of_text((v.integer < 0 ? "-" : "") + digits);
    }
    case family::text: return v;
    default: return of_text(std::to_string(v.integer));
    }
}

} // namespace

datum convert(std::string const& name, arguments const& a, zone const& usual) {
    datum const& v = a[0];
    if (name == "int") return to_integer(v);
    if (name == "uint") {
        if (v.what == family::natural) return v;
        if (v.what == family::real) {
            if (!(v.real >= 0 && v.real < 18446744073709551616.0)) return failure();
            return checked_natural(big(v.real));
        }
        datum const whole = to_integer(v);
        return whole.state == status::ok ? checked_natural(whole.integer) : whole;
    }
    if (name == "double") {
        if (v.what == family::natural) return of_real(static_cast<double>(v.natural));
        if (is_exact(v)) return of_real(static_cast<double>(v.integer) / std::pow(10.0, v.scale));
        return v;
    }
    if (name == "string") return to_text(v);
    if (name == "date") {
        if (v.what != family::instant) return v;
        if (bounded_instant(v.integer).state != status::ok) return failure();
        return of(family::date, floor_of(v.integer + offset_at(v.integer, a, usual), day_us));
    }
    if (v.what != family::date) return v; // timestamp(timestamp)
    if (bounded_date(v.integer).state != status::ok) return failure();
    zone const where = a.size() > 1 ? zone::parse(a[1].text) : usual;
    return of(family::instant, where.start_of_day(civil_date{static_cast<std::int32_t>(v.integer)}).microseconds());
}

datum text_function(std::string const& name, arguments const& a) {
    std::string const& text = a[0].text;
    auto const parts = characters(text);
    auto const size = static_cast<std::int64_t>(parts.size());
    auto const inside = [&](std::int64_t i) { return i >= 0 && i <= size; };
    if (name == "size") return of(family::integer, size);
    if (name == "startsWith") return of_bool(text.substr(0, a[1].text.size()) == a[1].text);
    if (name == "endsWith") {
        return of_bool(text.size() >= a[1].text.size() && text.substr(text.size() - a[1].text.size()) == a[1].text);
    }
    if (name == "matches") return of_bool(std::regex_search(text, std::regex(a[1].text)));
    if (name == "contains") return of_bool(text.find(a[1].text) != std::string::npos);
    if (name == "charAt") {
        if (!inside(a[1].integer)) return failure();
        return of_text(a[1].integer == size ? "" : parts[static_cast<std::size_t>(a[1].integer)]);
    }
    if (name == "substring") {
        std::int64_t const end = a.size() > 2 ? a[2].integer : size;
        if (!inside(a[1].integer) || !inside(end) || a[1].integer > end) return failure();
        return of_text(joined(parts, static_cast<std::size_t>(a[1].integer), static_cast<std::size_t>(end)));
    }
    if (name == "indexOf" || name == "lastIndexOf") {
        auto const wanted = characters(a[1].text);
        bool const first = name == "indexOf";
        std::int64_t const from = a.size() > 2 ? a[2].integer : (first ? 0 : size);
        if (!inside(from)) return failure();
        for (std::int64_t i = from; first ? i <= size : i >= 0; i += first ? 1 : -1) {
            auto const at = static_cast<std::size_t>(i);
            if (at + wanted.size() <= parts.size() && joined(parts, at, at + wanted.size()) == a[1].text) {
                return of(family::integer, i);
            }
        }
        return of(family::integer, -1);
    }
    if (name == "replace") {
        std::string out;
        std::int64_t left = a.size() > 3 ? a[3].integer : -1;
        std::string const& from = a[1].text;
        std::size_t i = 0;
        while (i < text.size()) {
            bool const here = left != 0 && text.compare(i, from.size(), from) == 0;
            if (here) out += a[2].text;
            if (here && left > 0) --left; // negative: no limit
            if (here && !from.empty()) {
                i += from.size();
                continue;
            }
            std::size_t next = i + 1;
            while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0U) == 0x80U)
                ++next;
            out += text.substr(i, next - i);
            i = next;
        }
        if (from.empty() && left != 0) out += a[2].text;
        return of_text(out);
    }
    std::string out;
    if (name == "reverse") {
        for (auto const& part : parts)
            out = part + out;
        return of_text(out);
    }
    if (name == "trim") {
        auto const blank = [](std::string const& c) {
            return c == " " || c == "\n" || c == "\t" || c == "\xE3\x80\x80";
        };
        std::size_t begin = 0;
        std::size_t end = parts.size();
        while (begin < end && blank(parts[begin]))
            ++begin;
        while (end > begin && blank(parts[end - 1]))
            --end;
        return of_text(joined(parts, begin, end));
    }
    if (name == "halfWidth") {
        for (auto const& c : parts) {
            bool const wide = c.size() == 3 && (c[0] == '\xEF' || c[0] == '\xE3');
            unsigned const code = !wide ? 0
                                        : (static_cast<unsigned char>(c[0]) & 0x0FU) << 12 |
                                              (static_cast<unsigned char>(c[1]) & 0x3FU) << 6 |
                                              (static_cast<unsigned char>(c[2]) & 0x3FU);
            if (code >= 0xFF01 && code <= 0xFF5E)
                out += static_cast<char>(code - 0xFEE0);
            else
                out += code == 0x3000 ? " " : code == 0xFFE5 ? "\xC2\xA5" : c;
        }
        return of_text(out);
    }
    bool const upper = name == "upperAscii";
    for (char const c : text) {
        bool const change = upper ? c >= 'a' && c <= 'z' : c >= 'A' && c <= 'Z';
        out += change ? static_cast<char>(c + (upper ? -32 : 32)) : c;
    }
    return of_text(out);
}

datum math(std::string const& name, arguments const& a) {
    if (name == "least" || name == "greatest") {
        datum best = a[0];
        for (auto const& v : a) {
            int const order = order_of(v, best);
            if (order == (name == "least" ? -1 : 1)) best = v;
        }
        return best;
    }
    datum out = a[0];
    if (a[0].what == family::real) {
        double const v = a[0].real;
        if (name == "abs") return of_real(v < 0 || std::signbit(v) ? -v : v);
        if (name == "ceil") return of_real(std::ceil(v));
        if (name == "floor") return of_real(std::floor(v));
        if (name == "trunc") return of_real(std::trunc(v));
        if (name == "round") return of_real(std::round(v));
        if (name == "isNaN") return of_bool(std::isnan(v));
        if (name == "isInf") return of_bool(std::isinf(v));
        return of_bool(std::isfinite(v));
    }
    if (name == "sign") return of(family::integer, (a[0].integer > 0) - (a[0].integer < 0));
    if (name == "abs") {
        out = checked(a[0].what, abs(big(a[0].integer)));
        out.scale = a[0].scale;
        out.unit = a[0].unit;
        return out;
    }
    big const unit = power_of_ten(a[0].scale);
    big const v = a[0].integer;
    big const below = v >= 0 ? big(v / unit) : big(-((-v + unit - 1) / unit));
    big const above = v > 0 ? big((v + unit - 1) / unit) : big(-(-v / unit));
    big whole = name == "floor" ? below : above;
    if (name == "trunc") whole = v / unit;
    if (name == "round") whole = (abs(v) * 2 + unit) / (unit * 2) * (v < 0 ? -1 : 1);
    return checked_decimal(whole, 0, a[0].unit);
}
datum natural_of(std::uint64_t v) { return checked_natural(big(v)); }

datum decimal_of(std::int64_t units, unsigned scale, std::string unit) {
    return checked_decimal(big(units), scale, std::move(unit));
}

datum negated(datum const& v) {
    if (v.what == family::real) return of_real(-v.real);
    datum out = checked(v.what, -big(v.integer));
    out.scale = v.scale;
    out.unit = v.unit;
    return out;
}

namespace {

std::set<std::string> distinct(datum const& v) { return {v.set.begin(), v.set.end()}; }

} // namespace

datum set_function(std::string const& name, arguments const& a) {
    auto const x = distinct(a[0]);
    auto const y = distinct(a[1]);
    if (name == "equivalent") return of_bool(x == y);
    auto const within = [&](std::string const& text) { return x.count(text) > 0; };
    return of_bool(name == "contains" ? std::all_of(y.begin(), y.end(), within)
                                      : std::any_of(y.begin(), y.end(), within));
}

} // namespace segmenta::test::naive
