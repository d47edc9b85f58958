// SPDX-License-Identifier: Apache-2.0
// Values of the JSON as literals of the type that the rule wants.
#include "rule/import_writer.hpp"
#include "rule/syntax.hpp"
#include "rule/text_functions.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/time/parse.hpp>
#include <segmenta/time/zone.hpp>

#include <charconv>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::optional<double> read_double(std::string_view text) noexcept {
    if (text.starts_with('+')) text.remove_prefix(1);
    double out = 0;
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (problem != std::errc{} || end != text.data() + text.size() || !std::isfinite(out)) return std::nullopt;
    return out;
}

// Digits, a point and digits, as far as it takes.
std::string fixed_text(double v) {
    char buffer[400]; // the longest double has 309 digits before the point, the smallest some 340 after it
    auto const [end, problem] = std::to_chars(buffer, buffer + sizeof buffer, v, std::chars_format::fixed);
    return problem == std::errc{} ? std::string(buffer, end) : std::string();
}

// As JavaScript's String(v).
std::string number_text(boost::json::value const& v) {
    if (v.is_int64()) return std::to_string(v.get_int64());
    if (v.is_uint64()) return std::to_string(v.get_uint64());
    char buffer[32];
    return {buffer, std::to_chars(buffer, buffer + sizeof buffer, v.get_double()).ptr};
}

bool is_plain_decimal(std::string_view text) noexcept {
    if (text.starts_with('-')) text.remove_prefix(1);
    auto const point = text.find('.');
    auto const digits = [](std::string_view part) {
        return !part.empty() && part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    return digits(text.substr(0, point)) && (point == std::string_view::npos || digits(text.substr(point + 1)));
}

// The number a constant means, as digits with or without a point.
std::optional<std::string> decimal_text(boost::json::value const& v) {
    if (v.is_double()) return fixed_text(v.get_double());
    if (v.is_number()) return number_text(v);
    if (!v.is_string()) return std::nullopt;
    std::string const text(trim(std::string_view(v.get_string())));
    if (is_plain_decimal(text)) return text;
    auto const real = read_double(text);
    if (!real) return std::nullopt;
    return fixed_text(*real);
}

// A literal of that number: an int if it is one, else the nearest double.
std::string number_literal(std::string const& digits) {
    std::int64_t integer = 0;
    auto const* const end = digits.data() + digits.size();
    auto const whole = std::from_chars(digits.data(), end, integer);
    if (whole.ec == std::errc{} && whole.ptr == end) return std::to_string(integer);
    std::uint64_t natural = 0;
    auto const large = std::from_chars(digits.data(), end, natural);
    if (large.ec == std::errc{} && large.ptr == end) return std::to_string(natural) + "u";
    return double_text(read_double(digits).value_or(0));
}

std::string scalar_text(boost::json::value const& v) {
    if (v.is_null()) return "null";
    if (v.is_bool()) return v.get_bool() ? "true" : "false";
    if (v.is_string()) return text_literal(std::string_view(v.get_string()));
    if (v.is_double()) return double_text(v.get_double());
    return v.is_uint64() ? std::to_string(v.get_uint64()) + "u" : std::to_string(v.get_int64());
}

} // namespace

double javascript_number(boost::json::value const& value) {
    if (value.is_null()) return 0;
    if (value.is_bool()) return value.get_bool() ? 1 : 0;
    if (value.is_number()) return value.to_number<double>();
    if (!value.is_string()) return std::numeric_limits<double>::quiet_NaN();
    auto const text = trim(std::string_view(value.get_string()));
    if (text.empty()) return 0;
    return read_double(text).value_or(std::numeric_limits<double>::quiet_NaN());
}

std::optional<std::string> constant_text(term const& part) {
    if (!part.constant || !part.constant->value->is_string()) return std::nullopt;
    return std::string(std::string_view(part.constant->value->get_string()));
}

term import_writer::constant(json_spot const& at) {
    auto const& value = *at.value;
    if (value.is_object()) return wrong_type(at, "a value");
    term out;
    out.constant = at;
    if (!value.is_array()) {
        out.text = scalar_text(value);
        return out;
    }
    if (!list_fits(value.get_array().size(), at)) return {};
    for (auto const& element : at.elements()) {
        auto const part = constant(element);
        if (part.failed()) return {};
        out.text += (out.text.empty() ? "[" : ", ") + part.text;
        if (out.text.size() > options_.limits.max_bytes) return bounded(std::move(out), at);
    }
    out.text += out.text.empty() ? "[]" : "]";
    return out;
}

term import_writer::cannot_be(term const& of, type wanted, std::string remedy) {
    return fail(*of.constant, "import.type", "the attribute cannot have this value", shown_json(*of.constant->value),
                to_string(wanted), std::move(remedy));
}

term import_writer::as_type(term of, std::optional<type> const& wanted) {
    if (of.failed() || !of.constant || !wanted || of.is_null()) return of;
    auto const& value = *of.constant->value;
    switch (wanted->base) {
    case kind::boolean:
        if (value.is_string() && (value.get_string() == "true" || value.get_string() == "false")) {
            of.text = std::string(std::string_view(value.get_string()));
        } else if (value.is_int64() && (value.get_int64() == 0 || value.get_int64() == 1)) {
            of.text = value.get_int64() == 1 ? "true" : "false";
        } else if (!value.is_bool()) {
            return cannot_be(of, *wanted);
        }
        break;
    case kind::int64:
    case kind::float64:
    case kind::decimal: return as_number(std::move(of), *wanted);
    case kind::date:
    case kind::instant:
    case kind::duration: return as_time(std::move(of), *wanted);
    case kind::string:
    case kind::category:
        if (value.is_number()) {
            of.text = text_literal(number_text(value));
        } else if (!value.is_string()) {
            return cannot_be(of, *wanted);
        }
        break;
    case kind::category_set: return cannot_be(of, *wanted, "Ask whether one value is in the set");
    }
    of.what = *wanted;
    return of;
}

term import_writer::as_number(term of, type wanted) {
    auto const digits = decimal_text(*of.constant->value);
    if (!digits) return cannot_be(of, wanted, "Write a number");
    of.what = wanted;
    of.text = number_literal(*digits);
    if (wanted.is_money()) {
        of.text = "money('" + *digits + " " + std::string(wanted.unit.name()) + "')";
    } else if (wanted.base == kind::decimal && digits->find('.') != std::string::npos) {
        of.text = "decimal('" + *digits + "')"; // the double nearest to 0.1 is not 0.1
    }
    return of;
}

term import_writer::as_time(term of, type wanted) {
    auto const text = constant_text(of);
    std::int64_t ignored = 0;
    of.what = wanted;
    if (wanted.base == kind::duration) {
        if (!text || !read_duration(*text, ignored)) return cannot_be(of, wanted, "Write it as '36h' or '1h30m'");
        of.text = "duration(" + text_literal(*text) + ")";
        return of;
    }
    if (wanted.base == kind::date) {
        if (!text || !read_date(*text, ignored)) return cannot_be(of, wanted, "Write it as '2024-07-01'");
        of.text = "date(" + text_literal(*text) + ")";
        return of;
    }
    if (text && read_instant(*text, ignored)) {
        of.text = "timestamp(" + text_literal(*text) + ")";
        return of;
    }
    if (text && read_date(*text, ignored)) { // the start of that day in the zone of the rule
        of.text = "timestamp(date(" + text_literal(*text) + "))";
        return of;
    }
    return cannot_be(of, wanted, "Write it as '2024-07-01T10:00:00+08:00' or '2024-07-01'");
}

} // namespace detail
} // namespace v0
} // namespace segmenta
