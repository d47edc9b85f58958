// SPDX-License-Identifier: Apache-2.0
#include "record/value_json.hpp"

#include "base/json.hpp"

#include <segmenta/record/decimal.hpp>
#include <segmenta/time/parse.hpp>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::optional<value> decimal_from(boost::json::value const& from, type what) {
    std::string text;
    if (auto const* const written = from.if_string()) text = std::string(written->data(), written->size());
    if (auto const* const whole = from.if_int64()) text = std::to_string(*whole);
    if (auto const* const real = from.if_double()) text = format_double(*real);
    auto const exact = parse_decimal(text, what.scale);
    return exact ? std::optional(value::of_decimal(what, exact->units)) : std::nullopt;
}

std::optional<value> text_from(std::string_view text, type what, std::string& memory) {
    switch (what.base) {
    case kind::date:
        if (auto const day = parse_date(text)) return value::of_date(*day);
        return std::nullopt;
    case kind::instant:
        if (auto const when = parse_instant(text, zone::utc())) return value::of_instant(*when);
        return std::nullopt;
    case kind::string:
    case kind::category: memory = text; return value::of_string(memory);
    default: return std::nullopt;
    }
}

} // namespace

std::optional<value> value_from_json(boost::json::value const& from, type what, std::string& memory) {
    if (what.base == kind::decimal) return decimal_from(from, what);
    if (auto const* const text = from.if_string()) return text_from({text->data(), text->size()}, what, memory);
    if (what.base == kind::boolean && from.is_bool()) return value::of_bool(from.get_bool());
    if (what.base == kind::int64 && from.is_int64()) return value::of_int(from.get_int64());
    if (what.base == kind::float64 && from.is_number()) return value::of_double(from.to_number<double>());
    return std::nullopt;
}

boost::json::value value_to_json(value const& v) {
    switch (v.base()) {
    case kind::boolean: return v.as_bool();
    case kind::int64: return v.as_int();
    case kind::float64: return v.as_double();
    case kind::decimal: return boost::json::value(to_string(decimal{v.as_units(), v.what().scale}));
    case kind::date: return boost::json::value(to_string(v.as_date()));
    case kind::instant: return boost::json::value(to_string(v.as_instant()));
    case kind::string:
    case kind::category: return boost::json::value(v.as_string());
    default: return nullptr;
    }
}

std::string json_form_of(type what) {
    switch (what.base) {
    case kind::boolean: return "true, false";
    case kind::int64: return "an integer";
    case kind::float64: return "a number";
    case kind::decimal:
        return "a number with at most " + std::to_string(what.scale) + " digits after the point, such as \"0.50\"";
    case kind::date: return "a date such as \"2024-06-30\"";
    case kind::instant: return "an instant such as \"2024-06-30T00:00:00Z\"";
    case kind::string:
    case kind::category: return "a string";
    default: return {};
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
