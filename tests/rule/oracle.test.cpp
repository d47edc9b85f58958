// SPDX-License-Identifier: Apache-2.0
#include "rule/oracle.hpp"

#include "support/catch.hpp"

#include <boost/multiprecision/cpp_int.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace segmenta::test {
namespace {

using detail::literal_kind;
using detail::syntax_kind;
using family = datum::family;
using big = boost::multiprecision::cpp_int;
using rational = boost::multiprecision::cpp_rational;
using arguments = std::vector<datum>;

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

std::vector<std::string> characters(std::string const& text) {
    std::vector<std::string> out;
    for (char const c : text) {
        bool const tail = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
        if (tail && !out.empty()) out.back() += c;
        else out.emplace_back(1, c);
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

datum civil_part(std::string const& name, std::int64_t days) {
    namespace calendar = std::chrono;
    calendar::sys_days const day{calendar::days{days}};
    calendar::year_month_day const ymd{day};
    if (name == "getFullYear") return of(family::integer, static_cast<int>(ymd.year()));
    if (name == "getMonth") return of(family::integer, static_cast<std::int64_t>(static_cast<unsigned>(ymd.month())) - 1);
    if (name == "getDate") return of(family::integer, static_cast<unsigned>(ymd.day()));
    if (name == "getDayOfMonth") return of(family::integer, static_cast<std::int64_t>(static_cast<unsigned>(ymd.day())) - 1);
    if (name == "getDayOfWeek") return of(family::integer, calendar::weekday{day}.c_encoding());
    return of(family::integer, (day - calendar::sys_days{ymd.year() / calendar::January / 1}).count());
}

datum time_part(std::string const& name, arguments const& a) {
    std::int64_t v = a[0].integer;
    if (a[0].what == family::date) return bounded_date(v).state == status::ok ? civil_part(name, v) : failure();
    bool const instant = a[0].what == family::instant;
    if (instant && bounded_instant(v).state != status::ok) return failure();
    if (instant && a.size() > 1 && a[1].text == "+08:00") v += 8 * 3'600'000'000;
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

std::optional<rational> read_number(std::string const& text) {
    bool const negative = text.starts_with('-');
    std::string digits;
    unsigned decimals = 0;
    bool point = false;
    for (std::size_t i = negative ? 1 : 0; i < text.size(); ++i) {
        if (text[i] == '.' && !point && !digits.empty() && i + 1 < text.size()) point = true;
        else if (text[i] >= '0' && text[i] <= '9') digits += text[i], decimals += point ? 1 : 0;
        else return std::nullopt;
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

datum make_decimal(std::string const& name, arguments const& a) {
    if (name == "money" && a.size() == 1) {
        auto const blank = a[0].text.find(' ');
        std::string const number = a[0].text.substr(0, blank);
        auto const point = number.find('.');
        std::size_t const digits = point == std::string::npos ? 0 : number.size() - point - 1;
        return decimal_from(number, static_cast<unsigned>(std::max<std::size_t>(digits, 2)), a[0].text.substr(blank + 1));
    }
    if (a[0].what == family::text) {
        auto const point = a[0].text.find('.');
        std::size_t const digits = point == std::string::npos ? 0 : a[0].text.size() - point - 1;
        return decimal_from(a[0].text, a.size() == 2 ? static_cast<unsigned>(a[1].integer) : static_cast<unsigned>(digits), {});
    }
    if (name == "money") return checked_decimal(a[0].integer, a[0].scale, a[1].text);
    unsigned const scale = a.size() == 2 ? static_cast<unsigned>(a[1].integer) : a[0].scale;
    return checked_decimal(big(a[0].integer) * power_of_ten(scale - a[0].scale), scale, {});
}

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
        if (v.scale > 0) digits.insert(digits.size() - v.scale, ".");
        return of_text((v.integer < 0 ? "-" : "") + digits);
    }
    case family::text: return v;
    default: return of_text(std::to_string(v.integer));
    }
}

datum convert(std::string const& name, arguments const& a) {
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
        std::int64_t const offset = a.size() > 1 && a[1].text == "+08:00" ? 8 * 3'600'000'000 : 0;
        return of(family::date, floor_of(v.integer + offset, day_us));
    }
    if (v.what != family::date) return v; // timestamp(timestamp)
    return bounded_date(v.integer).state == status::ok ? of(family::instant, v.integer * day_us) : failure();
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
        auto const blank = [](std::string const& c) { return c == " " || c == "\n" || c == "\t" || c == "\xE3\x80\x80"; };
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

class walker {
public:
    walker(detail::syntax_tree const& tree, environment const& names, std::vector<value> const& row)
        : tree_(tree), names_(names), row_(row) {}

    datum walk(std::uint32_t id) {
        auto const& node = tree_[id];
        auto const children = tree_.children_of(id);
        switch (node.kind) {
        case syntax_kind::constant: return literal(node.constant);
        case syntax_kind::name:
        case syntax_kind::select: return variable(node.text);
        case syntax_kind::presence: return of_bool(variable(tree_[children[0]].text).state == status::ok);
        case syntax_kind::conjunction: return chain(children, false);
        case syntax_kind::disjunction: return chain(children, true);
        case syntax_kind::conditional: {
            datum const condition = walk(children[0]);
            if (condition.state != status::ok) return condition;
            return walk(children[condition.integer != 0 ? 1 : 2]);
        }
        case syntax_kind::in: return membership(children[0], children[1]);
        case syntax_kind::call:
            if (node.text == "orValue") {
                datum const value = variable(tree_[children[0]].text);
                return value.state == status::unknown ? walk(children[1]) : value;
            }
            break;
        default: break;
        }
        bool const mathematical = node.flag && tree_[children[0]].kind == syntax_kind::name && tree_[children[0]].text == "math";
        arguments values;
        status state = status::ok;
        for (std::size_t i = mathematical ? 1 : 0; i < children.size(); ++i) {
            values.push_back(walk(children[i]));
            bool const worse = state == status::ok || values.back().state == status::unknown;
            if (values.back().state != status::ok && worse) state = values.back().state;
        }
        if (state != status::ok) {
            datum out;
            out.state = state;
            return out;
        }
        return mathematical ? math(node.text, values) : strict(node, values);
    }

private:
    static datum literal(detail::literal const& from) {
        switch (from.kind) {
        case literal_kind::boolean: return of_bool(from.integer != 0);
        case literal_kind::int64: return of(family::integer, from.integer);
        case literal_kind::uint64: return checked_natural(static_cast<std::uint64_t>(from.integer));
        case literal_kind::float64: return of_real(from.real);
        default: return of_text(from.text);
        }
    }

    datum variable(std::string const& name) {
        value const v = row_[names_.find(name).value()];
        datum out;
        if (v.missing()) return out;
        switch (v.base()) {
        case kind::boolean: return of_bool(v.as_bool());
        case kind::int64: return of(family::integer, v.as_int());
        case kind::float64: return of_real(v.as_double());
        case kind::decimal: return checked_decimal(v.as_units(), v.what().scale, std::string(v.what().unit.name()));
        case kind::date: return of(family::date, v.as_date().days_since_epoch());
        case kind::instant: return of(family::instant, v.as_instant().microseconds());
        case kind::duration: return of(family::duration, v.as_duration_us());
        case kind::string:
        case kind::category: return of_text(std::string(v.as_string()));
        case kind::category_set:
            out = of(family::set, 0);
            for (auto const text : v.as_set())
                out.set.emplace_back(text);
            return out;
        }
        return out;
    }

    // decisive: true for ||, false for &&
    datum chain(std::span<std::uint32_t const> parts, bool decisive) {
        bool unknown = false;
        bool error = false;
        for (auto const part : parts) {
            datum const v = walk(part);
            if (v.state == status::ok && (v.integer != 0) == decisive) return of_bool(decisive);
            unknown |= v.state == status::unknown;
            error |= v.state == status::error;
        }
        if (unknown) return {};
        return error ? failure() : of_bool(!decisive);
    }

    datum membership(std::uint32_t value_node, std::uint32_t list_node) {
        datum const v = walk(value_node);
        arguments elements;
        bool unknown = v.state == status::unknown;
        bool error = v.state == status::error;
        if (tree_[list_node].kind == syntax_kind::list) {
            for (auto const child : tree_.children_of(list_node))
                elements.push_back(walk(child));
        } else {
            datum const set = walk(list_node);
            unknown |= set.state == status::unknown;
            for (auto const& text : set.set)
                elements.push_back(of_text(text));
        }
        bool found = false;
        for (auto const& element : elements) {
            unknown |= element.state == status::unknown;
            error |= element.state == status::error;
            found |= v.state == status::ok && element.state == status::ok && order_of(v, element) == 0;
        }
        if (unknown) return {};
        return error ? failure() : of_bool(found);
    }

    static datum strict(detail::syntax_node const& node, arguments const& a) {
        switch (node.kind) {
        case syntax_kind::logical_not: return of_bool(a[0].integer == 0);
        case syntax_kind::negate: {
            if (a[0].what == family::real) return of_real(-a[0].real);
            datum out = checked(a[0].what, -big(a[0].integer));
            out.scale = a[0].scale;
            out.unit = a[0].unit;
            return out;
        }
        case syntax_kind::add: return arithmetic('+', a[0], a[1]);
        case syntax_kind::subtract: return arithmetic('-', a[0], a[1]);
        case syntax_kind::multiply: return arithmetic('*', a[0], a[1]);
        case syntax_kind::divide: return arithmetic('/', a[0], a[1]);
        case syntax_kind::modulo: return arithmetic('%', a[0], a[1]);
        case syntax_kind::less: return of_bool(order_of(a[0], a[1]) == -1);
        case syntax_kind::less_equal: return of_bool(order_of(a[0], a[1]) <= 0);
        case syntax_kind::greater: return of_bool(order_of(a[0], a[1]) == 1);
        case syntax_kind::greater_equal: return of_bool(order_of(a[0], a[1]) == 0 || order_of(a[0], a[1]) == 1);
        case syntax_kind::equal: return of_bool(order_of(a[0], a[1]) == 0);
        case syntax_kind::not_equal: return of_bool(order_of(a[0], a[1]) != 0);
        default: break;
        }
        std::string const& name = node.text;
        if (name.starts_with("get")) return time_part(name, a);
        if (name == "decimal" || name == "money") return make_decimal(name, a);
        if (name == "size" && a[0].what == family::set) return of(family::integer, static_cast<std::int64_t>(a[0].set.size()));
        if (node.flag || name == "size") return text_function(name, a);
        if (a[0].what == family::text && (name == "date" || name == "timestamp" || name == "duration")) return constant_time(name, a[0].text);
        return convert(name, a);
    }

    // The generator writes these in one form only.
    static datum constant_time(std::string const& name, std::string const& text) {
        if (name == "duration") return of(family::duration, std::stoll(text) * 1'000'000); // `123s`
        namespace calendar = std::chrono;
        auto const number = [&](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
        calendar::year_month_day const ymd{calendar::year{number(0, 4)}, calendar::month{static_cast<unsigned>(number(5, 2))},
                                           calendar::day{static_cast<unsigned>(number(8, 2))}};
        std::int64_t const days = calendar::sys_days{ymd}.time_since_epoch().count();
        if (name == "date") return of(family::date, days);
        return of(family::instant, days * day_us + number(11, 2) * 3'600'000'000);
    }

    detail::syntax_tree const& tree_;
    environment const& names_;
    std::vector<value> const& row_;
};

} // namespace

rule_result oracle_answer(expression const& rule, environment const& names, std::vector<value> const& row, type wanted,
                          std::string& text_memory) {
    datum const v = walker(rule.tree(), names, row).walk(rule.tree().root());
    if (v.state != status::ok) return {value{}, v.state};
    switch (v.what) {
    case family::boolean: return {value::of_bool(v.integer != 0), status::ok};
    case family::integer: return {value::of_int(v.integer), status::ok};
    case family::real:
        if (std::isnan(v.real)) return {value{}, status::error};
        return {value::of_double(v.real), status::ok};
    case family::decimal: return {value::of_decimal(wanted, v.integer), v.scale == wanted.scale ? status::ok : status::refused};
    case family::date: return {value::of_date(civil_date{static_cast<std::int32_t>(v.integer)}), status::ok};
    case family::instant: return {value::of_instant(instant{v.integer}), status::ok};
    case family::duration: return {value::of_duration_us(v.integer), status::ok};
    case family::text: text_memory = v.text; return {value::of_string(text_memory), status::ok};
    default: return {value{}, status::refused};
    }
}

TEST_CASE("the oracle itself: a few answers by hand", "[rule]") {
    environment names;
    names.variable("n", int64_type);
    std::string memory;
    auto const run = [&](std::string_view rule, value n) {
        auto const r = oracle_answer(parse_expression(rule), names, {n}, int64_type, memory);
        return r.state == status::ok ? std::to_string(r.result.as_int()) : std::string(to_string(r.state));
    };
    CHECK(run("n * 2 + 1", value::of_int(20)) == "41");
    CHECK(run("n > 9223372036854775807.0 ? 1 : 2", value::of_int(std::numeric_limits<std::int64_t>::max())) == "2");
    CHECK(run("n / 0", value{}) == "unknown");
    CHECK(run("n / 0", value::of_int(1)) == "error");
    CHECK(run("false && n / 0 == 1 ? 1 : 'abc'.indexOf('c')", value{}) == "2");
}

} // namespace segmenta::test
