// SPDX-License-Identifier: Apache-2.0
// Strings of evaluate_dynamic, with the extensions of cel-go ext/strings.go.
#include "rule/dynamic.hpp"
#include "rule/text_functions.hpp"
#include "rule/utf8.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string const& text_at(std::span<dynamic_value const> arguments, std::size_t i, std::string_view name) {
    auto const* const text = arguments[i].as<std::string>();
    if (text == nullptr) no_overload(name);
    return *text;
}
std::int64_t integer_at(std::span<dynamic_value const> arguments, std::size_t i, std::string_view name) {
    auto const* const n = arguments[i].as<std::int64_t>();
    if (n == nullptr) no_overload(name);
    return *n;
}

// --- format
// -----------------------------------------------------------------------------------------------------------

std::string digits_in(std::uint64_t n, bool negative, int base, bool upper = false) {
    std::array<char, 80> text{};
    auto const end = std::to_chars(text.data(), text.data() + text.size(), n, base).ptr;
    std::string out = (negative ? "-" : "") + std::string(text.data(), end);
    if (upper)
        std::transform(out.begin(), out.end(), out.begin(),
                       [](char c) { return c >= 'a' ? static_cast<char>(c - 32) : c; });
    return out;
}

std::optional<std::string> whole_number(dynamic_value const& v, int base, bool upper = false) {
    if (auto const* const n = v.as<std::int64_t>()) {
        std::uint64_t const magnitude = *n < 0 ? 0 - static_cast<std::uint64_t>(*n) : static_cast<std::uint64_t>(*n);
        return digits_in(magnitude, *n < 0, base, upper);
    }
    if (auto const* const n = v.as<std::uint64_t>()) return digits_in(*n, false, base, upper);
    return std::nullopt;
}

std::optional<std::string> special_number(double v) {
    if (std::isnan(v)) return "NaN";
    if (std::isinf(v)) return v < 0 ? "-Infinity" : "Infinity";
    return std::nullopt;
}

std::string bytes_in_hexadecimal(std::string_view bytes, bool upper) {
    std::string_view const digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
    std::string out;
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        out += digits[byte >> 4];
        out += digits[byte & 15U];
    }
    return out;
}

// What `%s` makes, inside lists and maps too; the keys of a map in the order of their texts.
std::string shown(dynamic_value const& v, work_meter& meter) {
    meter.step();
    if (auto const* const x = v.as<double>())
        if (auto const special = special_number(*x)) return *special;
    if (v.as<dynamic_null>() != nullptr) return "null";
    if (auto const* const x = v.as<dynamic_type>()) return x->name;
    if (auto const* const x = v.as<dynamic_list>()) {
        std::string out = "[";
        for (auto const& element : *x)
            out += (out.size() > 1 ? ", " : "") + shown(element, meter);
        meter.make(out.size());
        return out + "]";
    }
    if (auto const* const x = v.as<dynamic_map>()) {
        std::vector<std::string> entries;
        for (auto const& [key, value] : *x)
            entries.push_back(shown(key, meter) + ": " + shown(value, meter));
        std::sort(entries.begin(), entries.end());
        std::string out = "{";
        for (auto const& entry : entries)
            out += (out.size() > 1 ? ", " : "") + entry;
        meter.make(out.size());
        return out + "}";
    }
    return text_of(v);
}

std::string real_number(dynamic_value const& v, std::chars_format form, int precision, std::string_view name) {
    double x = 0;
    if (auto const* const real = v.as<double>())
        x = *real;
    else if (auto const* const n = v.as<std::int64_t>())
        x = static_cast<double>(*n);
    else if (auto const* const u = v.as<std::uint64_t>())
        x = static_cast<double>(*u);
    else
        dynamic_fail("error during formatting: " + std::string(name) +
                     " clause can only be used on doubles, was given " + v.type_name());
    if (auto const special = special_number(x)) return *special;
    std::string text(400 + static_cast<std::size_t>(precision), '\0');
    auto const end = std::to_chars(text.data(), text.data() + text.size(), x, form, precision).ptr;
    text.resize(static_cast<std::size_t>(end - text.data()));
    return text;
}

std::string formatted(char clause, int precision, dynamic_value const& v, work_meter& meter) {
    auto const refuse = [&](std::string_view what) -> std::string {
        dynamic_fail("error during formatting: " + std::string(what) + ", was given " + v.type_name());
    };
    switch (clause) {
    case 's': return shown(v, meter);
    case 'd':
        if (auto const* const x = v.as<double>())
            return special_number(*x).value_or(std::abs(*x) < 0x1p63 && *x == std::trunc(*x)
                                                   ? std::to_string(static_cast<std::int64_t>(*x))
                                                   : text_of_double(*x));
        if (auto const text = whole_number(v, 10)) return *text;
        return refuse("decimal clause can only be used on integers");
    case 'b':
        if (auto const* const x = v.as<bool>()) return *x ? "1" : "0";
        if (auto const text = whole_number(v, 2)) return *text;
        return refuse("only integers and bools can be formatted as binary");
    case 'o':
        if (auto const text = whole_number(v, 8)) return *text;
        return refuse("octal clause can only be used on integers");
    case 'x':
    case 'X':
        if (auto const text = whole_number(v, 16, clause == 'X')) return *text;
        if (auto const* const x = v.as<std::string>()) return bytes_in_hexadecimal(*x, clause == 'X');
        if (auto const* const x = v.as<dynamic_bytes>()) return bytes_in_hexadecimal(x->data, clause == 'X');
        return refuse("only integers, byte buffers, and strings can be formatted as hex");
    case 'f': return real_number(v, std::chars_format::fixed, precision, "fixed-point");
    case 'e': return real_number(v, std::chars_format::scientific, precision, "scientific");
    default:
        dynamic_fail("could not parse formatting clause: unrecognized formatting clause \"" + std::string(1, clause) +
                     "\"");
    }
}

// --- the other functions
// ----------------------------------------------------------------------------------------------

// strings.quote: a literal that CEL reads back, with what is not UTF-8 replaced.
std::string quoted_text(std::string_view text) {
    std::string out = "\"";
    for (std::size_t at = 0; at < text.size();) {
        std::size_t const length = code_point_length(text, at);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            ++at;
            continue;
        }
        static constexpr std::string_view plain = "\a\b\f\n\r\t\v\\\"";
        static constexpr std::string_view letters = "abfnrtv\\\"";
        auto const escape = plain.find(text[at]);
        if (length == 1 && escape != std::string_view::npos)
            out += {'\\', letters[escape]};
        else
            out += text.substr(at, length);
        at += length;
    }
    return out + "\"";
}

dynamic_value split(std::string const& text, std::string const& by, std::int64_t most, work_meter& meter) {
    dynamic_list out;
    if (most == 0) return out;
    auto const full = [&] { return most > 0 && static_cast<std::int64_t>(out.size()) == most - 1; };
    std::size_t at = 0;
    if (by.empty()) { // into characters
        while (at < text.size() && !full()) {
            std::size_t const length = step_length(text, at);
            meter.step();
            out.emplace_back(text.substr(at, length));
            at += length;
        }
        if (at < text.size()) out.emplace_back(text.substr(at));
        return out;
    }
    for (std::size_t next = text.find(by); next != std::string::npos && !full(); next = text.find(by, at)) {
        meter.step();
        out.emplace_back(text.substr(at, next - at));
        at = next + by.size();
    }
    out.emplace_back(text.substr(at));
    return out;
}

dynamic_value join(dynamic_list const& parts, std::string const& between, work_meter& meter) {
    std::string out;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        auto const* const text = parts[i].as<std::string>();
        if (text == nullptr) no_overload("join");
        if (i > 0) out += between;
        out += *text;
        meter.make(text->size() + between.size());
    }
    return out;
}

// Functions that make text in an arena.
template <class Make>
dynamic_value made_text(work_meter& meter, Make make) {
    text_arena arena;
    std::string_view out;
    if (!make(arena, out)) dynamic_fail("limit exceeded: too much text");
    meter.make(out.size());
    return std::string(out);
}

dynamic_value position(std::string_view name, std::span<dynamic_value const> arguments) {
    std::string const& text = text_at(arguments, 0, name);
    std::string const& part = text_at(arguments, 1, name);
    bool const last = name == "lastIndexOf";
    std::int64_t const from = arguments.size() == 3 ? integer_at(arguments, 2, name)
                              : last                ? count_code_points(text)
                                                    : 0;
    std::int64_t out = -1;
    bool const inside = last ? find_last_text(text, part, from, out) : find_text(text, part, from, out);
    if (!inside) dynamic_fail("index out of range: " + std::to_string(from));
    return out;
}

dynamic_value substring(std::span<dynamic_value const> arguments) {
    std::string const& text = text_at(arguments, 0, "substring");
    std::int64_t const begin = integer_at(arguments, 1, "substring");
    std::int64_t const end = arguments.size() == 3 ? integer_at(arguments, 2, "substring") : count_code_points(text);
    std::string_view out;
    if (!cut_text(text, begin, end, out)) dynamic_fail("index out of range");
    return std::string(out);
}

dynamic_value matches(std::string const& text, std::string const& expression) {
    std::string problem;
    auto const compiled = compile_pattern(expression, problem);
    if (compiled == nullptr) dynamic_fail("invalid pattern: " + problem);
    return matches_pattern(*compiled, text);
}

std::optional<dynamic_value> of_one(std::string_view name, std::string const& text, work_meter& meter) {
    if (name == "trim") return std::string(trimmed(text));
    if (name == "lowerAscii" || name == "upperAscii")
        return made_text(meter, [&](text_arena& arena, std::string_view& out) {
            return map_ascii(arena, text, name == "upperAscii", out);
        });
    if (name == "reverse")
        return made_text(meter,
                         [&](text_arena& arena, std::string_view& out) { return reverse_text(arena, text, out); });
    return std::nullopt;
}

std::optional<dynamic_value> of_two(std::string_view name, std::span<dynamic_value const> arguments,
                                    work_meter& meter) {
    std::string const& text = *arguments[0].as<std::string>();
    auto const other = [&]() -> std::string const& { return text_at(arguments, 1, name); };
    if (name == "contains") return text.find(other()) != std::string::npos;
    if (name == "startsWith") return text.starts_with(other());
    if (name == "endsWith") return text.ends_with(other());
    if (name == "matches") return matches(text, other());
    if (name == "indexOf" || name == "lastIndexOf") return position(name, arguments);
    if (name == "substring") return substring(arguments);
    if (name == "split") return split(text, other(), -1, meter);
    if (name == "charAt") {
        std::string_view out;
        if (!character_at(text, integer_at(arguments, 1, name), out)) dynamic_fail("index out of range");
        return std::string(out);
    }
    if (name == "format") {
        auto const* const values = arguments[1].as<dynamic_list>();
        if (values == nullptr) no_overload(name);
        return format_values(text, *values, meter);
    }
    return std::nullopt;
}

std::optional<dynamic_value> replace(std::span<dynamic_value const> arguments, work_meter& meter) {
    std::int64_t const most = arguments.size() == 4 ? integer_at(arguments, 3, "replace") : -1;
    return made_text(meter, [&](text_arena& arena, std::string_view& out) {
        return replace_text(arena, text_at(arguments, 0, "replace"), text_at(arguments, 1, "replace"),
                            text_at(arguments, 2, "replace"), most, out);
    });
}

} // namespace

std::string format_values(std::string_view pattern, dynamic_list const& arguments, work_meter& meter) {
    std::string out;
    std::size_t next = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        if (pattern[at] != '%') {
            out += pattern[at];
            continue;
        }
        if (++at == pattern.size()) dynamic_fail("unexpected end of string");
        if (pattern[at] == '%') {
            out += '%';
            continue;
        }
        int precision = 6;
        if (pattern[at] == '.') {
            precision = 0;
            std::size_t const first = ++at;
            for (; at < pattern.size() && pattern[at] >= '0' && pattern[at] <= '9'; ++at)
                precision = std::min(precision * 10 + (pattern[at] - '0'), 100'000);
            if (at == first || at == pattern.size() || precision > 1000)
                dynamic_fail("could not parse formatting clause: bad precision");
        }
        if (next == arguments.size()) dynamic_fail("index " + std::to_string(next) + " out of range");
        out += formatted(pattern[at], precision, arguments[next++], meter);
        meter.make(out.size());
    }
    return out;
}

std::optional<dynamic_value> call_text(std::string_view name, bool method, std::span<dynamic_value const> arguments,
                                       work_meter& meter) {
    if (name == "strings.quote" && !method && arguments.size() == 1) return quoted_text(text_at(arguments, 0, name));
    if (name == "matches" && !method && arguments.size() == 2)
        return matches(text_at(arguments, 0, name), text_at(arguments, 1, name));
    if (!method || arguments.empty()) return std::nullopt;
    if (name == "join" && arguments.size() <= 2) {
        auto const* const parts = arguments[0].as<dynamic_list>();
        if (parts == nullptr) return std::nullopt;
        return join(*parts, arguments.size() == 2 ? text_at(arguments, 1, name) : std::string(), meter);
    }
    if (arguments[0].as<std::string>() == nullptr) return std::nullopt;
    if (arguments.size() == 1) return of_one(name, *arguments[0].as<std::string>(), meter);
    if (arguments.size() == 2) return of_two(name, arguments, meter);
    if (name == "replace" && arguments.size() <= 4) return replace(arguments, meter);
    if (arguments.size() != 3) return std::nullopt;
    if (name == "indexOf" || name == "lastIndexOf") return position(name, arguments);
    if (name == "substring") return substring(arguments);
    if (name == "split")
        return split(*arguments[0].as<std::string>(), text_at(arguments, 1, name), integer_at(arguments, 2, name),
                     meter);
    return std::nullopt;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
