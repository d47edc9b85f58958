// SPDX-License-Identifier: Apache-2.0
#include "rule/functions.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <iterator>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr rule_kind boolean = rule_kind::boolean;
constexpr rule_kind integer = rule_kind::int64;
constexpr rule_kind natural = rule_kind::uint64;
constexpr rule_kind real = rule_kind::float64;
constexpr rule_kind date = rule_kind::date;
constexpr rule_kind when = rule_kind::instant;
constexpr rule_kind length = rule_kind::duration;
constexpr rule_kind text = rule_kind::string;
constexpr rule_kind bytes = rule_kind::bytes;
constexpr rule_kind set = rule_kind::set;

constexpr overload function(std::string_view name, opcode code, rule_kind result, rule_kind a) {
    return {name, false, code, result, 1, {a}};
}
constexpr overload function(std::string_view name, opcode code, rule_kind result, rule_kind a, rule_kind b) {
    return {name, false, code, result, 2, {a, b}};
}
template <class... Arguments>
constexpr overload method(std::string_view name, opcode code, rule_kind result, Arguments... arguments) {
    return {name, true, code, result, sizeof...(arguments), {arguments...}};
}

// Operators and standard functions: cel-spec doc/langdef.md, "List of Standard Definitions". Text: cel-go
// ext/strings.go. math.*: cel-go ext/math.go. Dates and days: as PostgreSQL's date + integer, date - date.
constexpr overload overloads[] = {
    function("+", opcode::add_integer, integer, integer, integer),
    function("+", opcode::add_natural, natural, natural, natural),
    function("+", opcode::add_real, real, real, real),
    function("+", opcode::concatenate, text, text, text),
    function("+", opcode::concatenate, bytes, bytes, bytes),
    function("+", opcode::add_instant, when, when, length),
    function("+", opcode::add_instant, when, length, when),
    function("+", opcode::add_duration, length, length, length),
    function("+", opcode::add_days, date, date, integer),
    function("+", opcode::add_days, date, integer, date),
    function("-", opcode::subtract_integer, integer, integer, integer),
    function("-", opcode::subtract_natural, natural, natural, natural),
    function("-", opcode::subtract_real, real, real, real),
    function("-", opcode::subtract_instant, when, when, length),
    function("-", opcode::difference_instant, length, when, when),
    function("-", opcode::subtract_duration, length, length, length),
    function("-", opcode::subtract_days, date, date, integer),
    function("-", opcode::difference_days, integer, date, date),
    function("-", opcode::negate_integer, integer, integer),
    function("-", opcode::negate_real, real, real),
    function("-", opcode::negate_duration, length, length),
    function("*", opcode::multiply_integer, integer, integer, integer),
    function("*", opcode::multiply_natural, natural, natural, natural),
    function("*", opcode::multiply_real, real, real, real),
    function("/", opcode::divide_integer, integer, integer, integer),
    function("/", opcode::divide_natural, natural, natural, natural),
    function("/", opcode::divide_real, real, real, real),
    function("%", opcode::modulo_integer, integer, integer, integer),
    function("%", opcode::modulo_natural, natural, natural, natural),
    function("!", opcode::logical_not, boolean, boolean),

    function("int", opcode::natural_to_integer, integer, natural),
    function("int", opcode::real_to_integer, integer, real),
    function("int", opcode::text_to_integer, integer, text),
    function("int", opcode::instant_to_seconds, integer, when),
    function("uint", opcode::integer_to_natural, natural, integer),
    function("uint", opcode::real_to_natural, natural, real),
    function("uint", opcode::text_to_natural, natural, text),
    function("double", opcode::integer_to_real, real, integer),
    function("double", opcode::natural_to_real, real, natural),
    function("double", opcode::text_to_real, real, text),
    function("bool", opcode::text_to_boolean, boolean, text),
    function("string", opcode::integer_to_text, text, integer),
    function("string", opcode::natural_to_text, text, natural),
    function("string", opcode::real_to_text, text, real),
    function("string", opcode::boolean_to_text, text, boolean),
    function("string", opcode::bytes_to_text, text, bytes),
    function("string", opcode::instant_to_text, text, when),
    function("string", opcode::date_to_text, text, date),
    function("string", opcode::duration_to_text, text, length),
    function("timestamp", opcode::text_to_instant, when, text),
    function("timestamp", opcode::seconds_to_instant, when, integer),
    function("date", opcode::text_to_date, date, text),
    function("duration", opcode::text_to_duration, length, text),

    function("size", opcode::size_text, integer, text),
    function("size", opcode::size_bytes, integer, bytes),
    function("size", opcode::size_set, integer, set),
    method("size", opcode::size_text, integer, text),
    method("size", opcode::size_bytes, integer, bytes),
    method("size", opcode::size_set, integer, set),

    method("startsWith", opcode::starts_with, boolean, text, text),
    method("endsWith", opcode::ends_with, boolean, text, text),
    method("contains", opcode::contains, boolean, text, text),
    method("charAt", opcode::char_at, text, text, integer),
    method("indexOf", opcode::index_of, integer, text, text),
    method("indexOf", opcode::index_of_from, integer, text, text, integer),
    method("lastIndexOf", opcode::last_index_of, integer, text, text),
    method("lastIndexOf", opcode::last_index_of_from, integer, text, text, integer),
    method("substring", opcode::substring_from, text, text, integer),
    method("substring", opcode::substring, text, text, integer, integer),
    method("replace", opcode::replace, text, text, text, text),
    method("replace", opcode::replace_some, text, text, text, text, integer),
    method("lowerAscii", opcode::lower_ascii, text, text),
    method("upperAscii", opcode::upper_ascii, text, text),
    method("trim", opcode::trim, text, text),
    method("reverse", opcode::reverse, text, text),
    method("halfWidth", opcode::half_width, text, text),
    method("normalized", opcode::normalized, text, text),

    function("math.abs", opcode::absolute_integer, integer, integer),
    function("math.abs", opcode::absolute_real, real, real),
    function("math.sign", opcode::sign_integer, integer, integer),
    function("math.sign", opcode::sign_natural, natural, natural),
    function("math.sign", opcode::sign_real, real, real),
    function("math.ceil", opcode::ceil_real, real, real),
    function("math.floor", opcode::floor_real, real, real),
    function("math.round", opcode::round_real, real, real),
    function("math.trunc", opcode::truncate_real, real, real),
    function("math.sqrt", opcode::square_root, real, real),
    function("math.isNaN", opcode::is_nan, boolean, real),
    function("math.isInf", opcode::is_infinite, boolean, real),
    function("math.isFinite", opcode::is_finite, boolean, real),
};

constexpr special_function specials[] = {
    {"+", false, "decimal + decimal or int"},
    {"-", false, "decimal - decimal or int"},
    {"-", false, "- decimal"},
    {"*", false, "decimal * decimal or int"},
    {"/", false, "decimal / number"},
    {"int", false, "int(decimal)"},
    {"uint", false, "uint(decimal)"},
    {"double", false, "double(decimal)"},
    {"string", false, "string(decimal)"},
    {"bytes", false, "bytes(string)"},
    {"timestamp", false, "timestamp(date)"},
    {"timestamp", false, "timestamp(date, 'zone')"},
    {"date", false, "date(timestamp)"},
    {"date", false, "date(timestamp, 'zone')"},
    {"decimal", false, "decimal('1.25')"},
    {"decimal", false, "decimal(string, digits)"},
    {"decimal", false, "decimal(int or decimal)"},
    {"decimal", false, "decimal(int or decimal, digits)"},
    {"money", false, "money('500 CNY')"},
    {"money", false, "money(int or decimal, 'CNY')"},
    {"matches", true, "string.matches('pattern')"},
    {"matches", false, "matches(string, 'pattern')"},
    {"phoneKey", true, "string.phoneKey('CN')"},
    {"isPhone", true, "string.isPhone('CN')"},
    {"math.least", false, "math.least(number, ...) of one type"},
    {"math.greatest", false, "math.greatest(number, ...) of one type"},
    {"math.abs", false, "math.abs(decimal)"},
    {"math.sign", false, "math.sign(decimal)"},
    {"math.ceil", false, "math.ceil(decimal)"},
    {"math.floor", false, "math.floor(decimal)"},
    {"math.round", false, "math.round(decimal)"},
    {"math.trunc", false, "math.trunc(decimal)"},
    {"orValue", true, "record.?name.orValue(value), optional.orValue(value)"},
    {"hasValue", true, "record.?name.hasValue(), optional.hasValue()"},
    {"value", true, "record.?name.value(), optional.value()"},
    {"or", true, "optional.or(optional)"},
    {"optional.of", false, "optional.of(value)"},
    {"optional.none", false, "optional.none()"},
    {"size", false, "size(list or map)"},
    {"size", true, "list.size(), map.size()"},
    {"split", true, "string.split(string) or .split(string, int)"},
    {"join", true, "list(string).join() or .join(string)"},
    {"sets.contains", false, "sets.contains(list, list)"},
    {"sets.equivalent", false, "sets.equivalent(list, list)"},
    {"sets.intersects", false, "sets.intersects(list, list)"},
    {"dyn", false, "dyn(value)"},
    {"geo.distance", false, "geo.distance(latitude, longitude, latitude, longitude) in degrees"},
    {"daysUntilAnniversary", false, "daysUntilAnniversary(date, date) or (date, date, 'march_1')"},
    {"age", false, "age(date, date) or age(date, date, 'march_1')"},
    {"getFullYear", true, "timestamp.getFullYear() or .getFullYear('zone'), date.getFullYear()"},
    {"getMonth", true, "timestamp.getMonth() or .getMonth('zone'), date.getMonth()"},
    {"getDate", true, "timestamp.getDate() or .getDate('zone'), date.getDate()"},
    {"getDayOfMonth", true, "timestamp.getDayOfMonth() or .getDayOfMonth('zone'), date.getDayOfMonth()"},
    {"getDayOfWeek", true, "timestamp.getDayOfWeek() or .getDayOfWeek('zone'), date.getDayOfWeek()"},
    {"getDayOfYear", true, "timestamp.getDayOfYear() or .getDayOfYear('zone'), date.getDayOfYear()"},
    {"getHours", true, "timestamp.getHours() or .getHours('zone'), duration.getHours()"},
    {"getMinutes", true, "timestamp.getMinutes() or .getMinutes('zone'), duration.getMinutes()"},
    {"getSeconds", true, "timestamp.getSeconds() or .getSeconds('zone'), duration.getSeconds()"},
    {"getMilliseconds", true, "timestamp.getMilliseconds() or .getMilliseconds('zone'), duration.getMilliseconds()"},
};

constexpr std::string_view known_elsewhere[] = {
    "type",         "format",      "quote",
    "strings.quote", "math.bitAnd", "math.bitOr",    "math.bitXor",    "math.bitNot", "math.bitShiftLeft",
    "math.bitShiftRight", "optional.ofNonZeroValue", "optional.unwrap",
    "sort",         "sortBy",      "distinct",      "flatten",        "slice",       "lists.range", "first", "last",
    "unwrap", "unwrapOpt",
};

std::string form_of(overload const& f) {
    auto const name = [](rule_kind k) { return to_string(rule_type{k, 0, {}}); };
    bool const is_operator = f.name.find_first_not_of("+-*/%!") == std::string_view::npos;
    std::string out;
    if (is_operator && f.arity == 2)
        return name(f.arguments[0]) + " " + std::string(f.name) + " " + name(f.arguments[1]);
    if (is_operator) return std::string(f.name) + name(f.arguments[0]);
    std::size_t first = 0;
    if (f.method) out = name(f.arguments[first++]) + ".";
    out += std::string(f.name) + "(";
    for (std::size_t i = first; i < f.arity; ++i)
        out += (i > first ? ", " : "") + name(f.arguments[i]);
    return out + ")";
}

} // namespace

overload const* find_overload(std::string_view name, bool is_method, std::span<rule_kind const> arguments) noexcept {
    for (auto const& candidate : overloads) {
        if (candidate.method == is_method && candidate.arity == arguments.size() && candidate.name == name &&
            std::equal(arguments.begin(), arguments.end(), candidate.arguments.begin())) {
            return &candidate;
        }
    }
    return nullptr;
}

std::vector<std::string> signatures(std::string_view name, bool is_method) {
    std::vector<std::string> out;
    for (auto const& candidate : overloads)
        if (candidate.method == is_method && candidate.name == name) out.push_back(form_of(candidate));
    for (auto const& candidate : specials)
        if (candidate.method == is_method && candidate.name == name) out.emplace_back(candidate.form);
    return out;
}

std::span<special_function const> special_functions() noexcept { return specials; }

bool is_known_elsewhere(std::string_view name) noexcept {
    return std::find(std::begin(known_elsewhere), std::end(known_elsewhere), name) != std::end(known_elsewhere);
}

std::string_view nearest_function(std::string_view name) {
    std::vector<std::string_view> names;
    for (auto const& candidate : overloads)
        names.push_back(candidate.name);
    for (auto const& candidate : specials)
        names.push_back(candidate.name);
    names.push_back("has");
    return nearest_name(name, names);
}

std::optional<time_field> time_field_of(std::string_view getter) noexcept {
    constexpr std::pair<std::string_view, time_field> getters[] = {
        {"getFullYear", time_field::full_year},     {"getMonth", time_field::month},
        {"getDayOfMonth", time_field::day_of_month}, {"getDate", time_field::date},
        {"getDayOfWeek", time_field::day_of_week},  {"getDayOfYear", time_field::day_of_year},
        {"getHours", time_field::hours},            {"getMinutes", time_field::minutes},
        {"getSeconds", time_field::seconds},        {"getMilliseconds", time_field::milliseconds},
    };
    for (auto const& [name, field] : getters)
        if (name == getter) return field;
    return std::nullopt;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
