// SPDX-License-Identifier: Apache-2.0
#include "cli/eval_command.hpp"

#include "base/json.hpp"
#include "cli/standard_input.hpp"

#include <segmenta/error.hpp>
#include <segmenta/rule/dynamic_check.hpp>
#include <segmenta/rule/dynamic_evaluation.hpp>

#include <fmt/format.h>

#include <boost/json.hpp>

#include <charconv>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <new>
#include <variant>

namespace segmenta::cli {
namespace {

namespace json = boost::json;

[[noreturn]] void unreadable(std::string message) { throw issue_error("eval.input", "line", std::move(message)); }

// --- base64 (RFC 4648, section 4)
// -------------------------------------------------------------------------------------

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string to_base64(std::string_view bytes) {
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::size_t const n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k)
            word = word << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            out += k <= n ? base64_digits[(word >> (18 - 6 * k)) & 63U] : '=';
    }
    return out;
}

std::string from_base64(std::string_view text) {
    std::string out;
    std::uint32_t word = 0;
    unsigned bits = 0;
    while (!text.empty() && text.back() == '=')
        text.remove_suffix(1);
    for (char const c : text) {
        auto const digit = base64_digits.find(c);
        if (digit == std::string_view::npos) unreadable("bytesValue is no base64");
        word = (word << 6 | static_cast<std::uint32_t>(digit)) & 0xFFFFFFU;
        bits += 6;
        if (bits < 8) continue;
        bits -= 8;
        out += static_cast<char>(static_cast<unsigned char>(word >> bits & 0xFFU));
    }
    return out;
}

// --- values as cel-spec writes them
// -----------------------------------------------------------------------------------

template <class T>
T whole(json::value const& from) {
    if (from.is_int64() && (std::is_signed_v<T> || from.as_int64() >= 0)) return static_cast<T>(from.as_int64());
    if (!from.is_string()) unreadable("a whole number is expected");
    T out{};
    auto const& text = from.as_string();
    auto const [end, problem] = std::from_chars(text.data(), text.data() + text.size(), out);
    if (problem != std::errc{} || end != text.data() + text.size()) unreadable("a whole number is expected");
    return out;
}

double real(json::value const& from) {
    if (from.is_number()) return from.to_number<double>();
    if (from.is_string() && from.as_string() == "NaN") return std::numeric_limits<double>::quiet_NaN();
    if (from.is_string() && from.as_string() == "Infinity") return std::numeric_limits<double>::infinity();
    if (from.is_string() && from.as_string() == "-Infinity") return -std::numeric_limits<double>::infinity();
    unreadable("doubleValue is no number");
}

json::value const& member(json::value const& of, std::string_view name) {
    auto const* const object = of.if_object();
    auto const* const found = object == nullptr ? nullptr : object->if_contains(name);
    if (found == nullptr) unreadable("a member " + std::string(name) + " is missing");
    return *found;
}

std::string text_of(json::value const& from, std::string_view what) {
    if (!from.is_string()) unreadable(std::string(what) + " is no string");
    return std::string(from.as_string());
}

json::array elements_of(json::value const& of, std::string_view name) {
    if (!of.is_object()) unreadable("an object is expected");
    auto const* const found = of.as_object().if_contains(name);
    if (found == nullptr) return {};
    if (!found->is_array()) unreadable(std::string(name) + " is no array");
    return found->as_array();
}

dynamic_value read_value(json::value const& from) {
    auto const* const object = from.if_object();
    if (object == nullptr || object->size() != 1)
        unreadable("a value is an object with one member, such as {\"int64Value\": \"1\"}");
    std::string_view const kind = object->begin()->key();
    json::value const& held = object->begin()->value();
    if (kind == "nullValue") return {};
    if (kind == "boolValue" && held.is_bool()) return held.as_bool();
    if (kind == "int64Value") return whole<std::int64_t>(held);
    if (kind == "uint64Value") return whole<std::uint64_t>(held);
    if (kind == "doubleValue") return real(held);
    if (kind == "stringValue") return text_of(held, kind);
    if (kind == "bytesValue") return dynamic_bytes{from_base64(text_of(held, kind))};
    if (kind == "typeValue") return dynamic_type{text_of(held, kind)};
    if (kind == "listValue") {
        dynamic_list out;
        for (auto const& element : elements_of(held, "values"))
            out.push_back(read_value(element));
        return out;
    }
    if (kind == "mapValue") {
        dynamic_map out;
        for (auto const& entry : elements_of(held, "entries"))
            out.emplace_back(read_value(member(entry, "key")), read_value(member(entry, "value")));
        return out;
    }
    unreadable("values of the kind " + std::string(kind) + " are not taken");
}

/// Elements of one answer at most: parts that are shared inside are written out each time.
constexpr std::size_t most_elements = 1'000'000;

json::value write_value(dynamic_value const& v, std::size_t& left);

json::value written_double(double v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v < 0 ? "-Infinity" : "Infinity";
    return v;
}

struct writer {
    std::size_t& left;

    json::value operator()(dynamic_null) const { return {{"nullValue", nullptr}}; }
    json::value operator()(bool v) const { return {{"boolValue", v}}; }
    json::value operator()(std::int64_t v) const { return {{"int64Value", std::to_string(v)}}; }
    json::value operator()(std::uint64_t v) const { return {{"uint64Value", std::to_string(v)}}; }
    json::value operator()(double v) const { return {{"doubleValue", written_double(v)}}; }
    json::value operator()(std::string const& v) const { return {{"stringValue", v}}; }
    json::value operator()(dynamic_bytes const& v) const { return {{"bytesValue", to_base64(v.data)}}; }
    json::value operator()(dynamic_type const& v) const { return {{"typeValue", v.name}}; }
    json::value operator()(dynamic_timestamp const& v) const { return message("Timestamp", dynamic_value(v)); }
    json::value operator()(dynamic_duration const& v) const { return message("Duration", dynamic_value(v)); }
    json::value operator()(dynamic_optional const& v) const {
        return {{"optionalValue", v.held == nullptr ? json::value(nullptr) : write_value(*v.held, left)}};
    }
    json::value operator()(std::shared_ptr<dynamic_list const> const& v) const {
        json::array values;
        for (auto const& element : *v)
            values.push_back(write_value(element, left));
        return {{"listValue", {{"values", std::move(values)}}}};
    }
    json::value operator()(std::shared_ptr<dynamic_map const> const& v) const {
        json::array entries;
        for (auto const& [key, value] : *v)
            entries.push_back({{"key", write_value(key, left)}, {"value", write_value(value, left)}});
        return {{"mapValue", {{"entries", std::move(entries)}}}};
    }

private:
    // As protobuf's JSON has these two messages inside an Any: the text that string(v) gives.
    static json::value message(std::string_view name, dynamic_value const& v) {
        auto const text = evaluate_dynamic(parse_expression("string(v)"), {{{"v", v}}, {}});
        return {{"objectValue",
                 {{"@type", "type.googleapis.com/google.protobuf." + std::string(name)},
                  {"value", *text.value.as<std::string>()}}}};
    }
};

json::value write_value(dynamic_value const& v, std::size_t& left) {
    if (left-- == 0) throw issue_error("eval.output", "line", "limit exceeded: the value has too many elements");
    return std::visit(writer{left}, v.held());
}

dynamic_bindings read_bindings(json::object const& line) {
    dynamic_bindings out;
    if (auto const* const container = line.if_contains("container")) out.container = text_of(*container, "container");
    auto const* const bindings = line.if_contains("bindings");
    if (bindings == nullptr) return out;
    if (!bindings->is_object()) unreadable("bindings is no object");
    for (auto const& [name, bound] : bindings->as_object())
        out.variables.emplace_back(std::string(name), read_value(member(bound, "value")));
    return out;
}

// --- types as cel-spec declares them (proto/cel/expr/checked.proto in JSON)
// -----------------------------------------------------------------------------------

declared_type primitive_type(std::string_view name) {
    if (name == "BOOL") return {declared_kind::boolean};
    if (name == "INT64") return {declared_kind::int64};
    if (name == "UINT64") return {declared_kind::uint64};
    if (name == "DOUBLE") return {declared_kind::float64};
    if (name == "STRING") return {declared_kind::string};
    if (name == "BYTES") return {declared_kind::bytes};
    unreadable("a primitive type is BOOL, INT64, UINT64, DOUBLE, STRING or BYTES");
}

// Messages and abstract types, which have no values here, are checked as dyn.
declared_type read_type(json::value const& from) {
    auto const* const object = from.if_object();
    if (object == nullptr || object->size() != 1)
        unreadable("a type is an object with one member, such as {\"primitive\": \"INT64\"}");
    std::string_view const kind = object->begin()->key();
    json::value const& held = object->begin()->value();
    if (kind == "primitive") return primitive_type(text_of(held, kind));
    if (kind == "null") return {declared_kind::null};
    if (kind == "type") return {declared_kind::type};
    if (kind == "typeParam") return {declared_kind::parameter, {}, text_of(held, kind)};
    if (kind == "listType") return {declared_kind::list, {read_type(member(held, "elemType"))}};
    if (kind == "mapType")
        return {declared_kind::map, {read_type(member(held, "keyType")), read_type(member(held, "valueType"))}};
    std::string const name = kind == "messageType" || kind == "wellKnown" ? text_of(held, kind) : std::string();
    if (name == "TIMESTAMP" || name == "google.protobuf.Timestamp") return {declared_kind::timestamp};
    if (name == "DURATION" || name == "google.protobuf.Duration") return {declared_kind::duration};
    return {};
}

std::vector<declared_overload> read_overloads(std::string const& name, json::value const& function) {
    std::vector<declared_overload> out;
    for (auto const& overload : elements_of(function, "overloads")) {
        declared_overload made;
        made.function = name;
        if (!overload.is_object()) unreadable("an overload is an object");
        auto const* const method = overload.as_object().if_contains("isInstanceFunction");
        made.method = method != nullptr && method->is_bool() && method->as_bool();
        for (auto const& parameter : elements_of(overload, "params"))
            made.parameters.push_back(read_type(parameter));
        made.result = read_type(member(overload, "resultType"));
        out.push_back(std::move(made));
    }
    return out;
}

dynamic_declarations read_declarations(json::object const& line, std::string const& container) {
    dynamic_declarations out;
    out.container = container;
    for (auto const& declared : elements_of(json::value(line), "typeEnv")) {
        std::string const name = text_of(member(declared, "name"), "name");
        if (auto const* const function = declared.as_object().if_contains("function")) {
            for (auto& overload : read_overloads(name, *function))
                out.functions.push_back(std::move(overload));
        } else {
            out.variables.emplace_back(name, read_type(member(member(declared, "ident"), "type")));
        }
    }
    return out;
}

// Names and overloads are checked first where the line declares types and does not say "disableCheck": true.
bool wants_check(json::object const& line) {
    auto const* const disabled = line.if_contains("disableCheck");
    if (disabled != nullptr && !disabled->is_bool()) unreadable("disableCheck is true or false");
    return line.contains("typeEnv") && (disabled == nullptr || !disabled->as_bool());
}

dynamic_result evaluated(std::string_view line) {
    auto const read = detail::parse_json(line, {.comments = false});
    if (!read.is_object()) unreadable("a line is an object with \"expr\"");
    auto const what = parse_expression(text_of(member(read, "expr"), "expr"));
    auto const bindings = read_bindings(read.as_object());
    if (wants_check(read.as_object())) {
        issue_list issues;
        (void)check_dynamic(what, read_declarations(read.as_object(), bindings.container), issues);
        issues.throw_if_errors();
    }
    return evaluate_dynamic(what, bindings);
}

} // namespace

std::string eval_line(std::string_view line) {
    json::object out;
    try {
        auto const result = evaluated(line);
        std::size_t left = most_elements;
        if (result.ok())
            out["value"] = write_value(result.value, left);
        else
            out["error"] = result.error;
    } catch (issue_error const& problem) {
        out = {{"error", problem.what()}};
    } catch (std::bad_alloc const&) { // of this line: the next ones may need less
        out = {{"error", "limit exceeded: not enough memory"}};
    }
    return detail::write_json(out);
}

void eval_lines() {
    std::string line;
    while (next_line(std::cin, line)) {
        if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
        fmt::print("{}\n", eval_line(line));
    }
}

} // namespace segmenta::cli
