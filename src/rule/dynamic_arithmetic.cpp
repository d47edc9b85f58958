// SPDX-License-Identifier: Apache-2.0
// Operators and conversions of evaluate_dynamic.
#include "rule/dynamic.hpp"
#include "rule/text_functions.hpp"
#include "rule/utf8.hpp"

#include <segmenta/base/text.hpp>

#include <array>
#include <cmath>
#include <limits>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int32_t nano = 1'000'000'000;

// a + b with the nanoseconds brought into range; nothing past 64 bits.
std::optional<split_seconds> sum_of(split_seconds a, split_seconds b) noexcept {
    split_seconds out{0, a.nanoseconds + b.nanoseconds};
    std::int64_t const carry = out.nanoseconds >= nano ? 1 : 0;
    out.nanoseconds -= static_cast<std::int32_t>(carry) * nano;
    if (__builtin_add_overflow(a.seconds, b.seconds, &out.seconds)) return std::nullopt;
    if (__builtin_add_overflow(out.seconds, carry, &out.seconds)) return std::nullopt;
    return out;
}
split_seconds minus(split_seconds a) noexcept {
    if (a.nanoseconds == 0) return {-a.seconds, 0};
    return {-a.seconds - 1, nano - a.nanoseconds};
}

dynamic_value checked_timestamp(std::optional<split_seconds> t) {
    if (!t || !valid_timestamp(*t)) dynamic_fail("range error: timestamp");
    return dynamic_timestamp{*t};
}
dynamic_value checked_duration(std::optional<split_seconds> d) {
    if (!d || !valid_duration(*d)) dynamic_fail("range error: duration");
    return dynamic_duration{*d};
}

[[noreturn]] void overflow() { dynamic_fail("return error for overflow"); }

// An operator on two int, two uint or two double.
template <class Integer, class Real>
dynamic_value on_numbers(std::string_view name, dynamic_value const& a, dynamic_value const& b, Integer integer,
                         Real real) {
    if (auto const* const x = a.as<std::int64_t>())
        if (auto const* const y = b.as<std::int64_t>()) return integer(*x, *y);
    if (auto const* const x = a.as<std::uint64_t>())
        if (auto const* const y = b.as<std::uint64_t>()) return integer(*x, *y);
    if (auto const* const x = a.as<double>())
        if (auto const* const y = b.as<double>()) return real(*x, *y);
    no_overload(name);
}

std::string reread(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t const length = code_point_length(bytes, at);
        if (length == 0) dynamic_fail("invalid UTF-8 in bytes, cannot convert to string");
        at += length;
    }
    return std::string(bytes);
}

dynamic_value to_integer(dynamic_value const& v) {
    if (v.as<std::int64_t>() != nullptr) return v;
    if (auto const* const n = v.as<std::uint64_t>()) {
        if (*n > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) dynamic_fail("range error");
        return static_cast<std::int64_t>(*n);
    }
    if (auto const* const x = v.as<double>()) {
        // cel-spec leaves the ends out, where doubles cannot tell neighbours apart (conversions tests, range).
        if (!(*x > -0x1p63 && *x < 0x1p63)) dynamic_fail("range error");
        return static_cast<std::int64_t>(*x);
    }
    if (auto const* const text = v.as<std::string>()) {
        std::int64_t out = 0;
        if (!read_integer(*text, out)) dynamic_fail("cannot convert string to int");
        return out;
    }
    if (auto const* const t = v.as<dynamic_timestamp>()) return t->since.seconds;
    no_overload("int");
}

dynamic_value to_natural(dynamic_value const& v) {
    if (v.as<std::uint64_t>() != nullptr) return v;
    if (auto const* const n = v.as<std::int64_t>()) {
        if (*n < 0) dynamic_fail("range error");
        return static_cast<std::uint64_t>(*n);
    }
    if (auto const* const x = v.as<double>()) {
        if (!(*x >= 0 && *x < 0x1p64)) dynamic_fail("range error");
        return static_cast<std::uint64_t>(*x);
    }
    if (auto const* const text = v.as<std::string>()) {
        std::uint64_t out = 0;
        if (!read_natural(*text, out)) dynamic_fail("cannot convert string to uint");
        return out;
    }
    no_overload("uint");
}

dynamic_value to_double(dynamic_value const& v) {
    if (v.as<double>() != nullptr) return v;
    if (auto const* const n = v.as<std::int64_t>()) return static_cast<double>(*n);
    if (auto const* const n = v.as<std::uint64_t>()) return static_cast<double>(*n);
    if (auto const* const text = v.as<std::string>()) {
        double out = 0;
        if (!read_real(*text, out)) dynamic_fail("cannot convert string to double");
        return out;
    }
    no_overload("double");
}

dynamic_value to_boolean(dynamic_value const& v) {
    if (v.as<bool>() != nullptr) return v;
    auto const* const text = v.as<std::string>();
    if (text == nullptr) no_overload("bool");
    bool out = false;
    if (!read_boolean(*text, out)) dynamic_fail("Type conversion error: cannot convert string to bool");
    return out;
}

dynamic_value to_bytes(dynamic_value const& v) {
    if (v.as<dynamic_bytes>() != nullptr) return v;
    if (auto const* const text = v.as<std::string>()) return dynamic_bytes{*text};
    no_overload("bytes");
}

dynamic_value to_timestamp(dynamic_value const& v) {
    if (v.as<dynamic_timestamp>() != nullptr) return v;
    if (auto const* const n = v.as<std::int64_t>()) return checked_timestamp(split_seconds{*n, 0});
    if (auto const* const text = v.as<std::string>()) return checked_timestamp(read_timestamp_text(*text));
    no_overload("timestamp");
}

dynamic_value to_duration(dynamic_value const& v) {
    if (v.as<dynamic_duration>() != nullptr) return v;
    if (auto const* const n = v.as<std::int64_t>()) return checked_duration(split_seconds{*n, 0});
    if (auto const* const text = v.as<std::string>()) return checked_duration(read_duration_text(*text));
    no_overload("duration");
}

std::int64_t size_of(dynamic_value const& v) {
    if (auto const* const text = v.as<std::string>()) return count_code_points(*text);
    if (auto const* const bytes = v.as<dynamic_bytes>()) return static_cast<std::int64_t>(bytes->data.size());
    if (auto const* const list = v.as<dynamic_list>()) return static_cast<std::int64_t>(list->size());
    if (auto const* const map = v.as<dynamic_map>()) return static_cast<std::int64_t>(map->size());
    no_overload("size");
}

} // namespace

std::string text_of(dynamic_value const& v) {
    if (auto const* const x = v.as<bool>()) return *x ? "true" : "false";
    if (auto const* const x = v.as<std::int64_t>()) return std::to_string(*x);
    if (auto const* const x = v.as<std::uint64_t>()) return std::to_string(*x);
    if (auto const* const x = v.as<double>()) return text_of_double(*x);
    if (auto const* const x = v.as<std::string>()) return *x;
    if (auto const* const x = v.as<dynamic_bytes>()) return reread(x->data);
    if (auto const* const x = v.as<dynamic_timestamp>()) return text_of_timestamp(x->since);
    if (auto const* const x = v.as<dynamic_duration>()) return text_of_duration(x->length);
    no_overload("string");
}

std::string text_of_double(double v) {
    std::array<char, longest_scalar_text> text{};
    return {text.data(), write_real(v, text.data())};
}

dynamic_value add_values(dynamic_value const& a, dynamic_value const& b, work_meter& meter) {
    if (auto const* const x = a.as<std::string>())
        if (auto const* const y = b.as<std::string>()) return meter.make(x->size() + y->size()), *x + *y;
    if (auto const* const x = a.as<dynamic_bytes>())
        if (auto const* const y = b.as<dynamic_bytes>())
            return meter.make(x->data.size() + y->data.size()), dynamic_bytes{x->data + y->data};
    if (auto const* const x = a.as<dynamic_list>())
        if (auto const* const y = b.as<dynamic_list>()) {
            meter.step(x->size() + y->size());
            dynamic_list out = *x;
            out.insert(out.end(), y->begin(), y->end());
            return out;
        }
    auto const* const span = b.as<dynamic_duration>();
    if (auto const* const t = a.as<dynamic_timestamp>(); t != nullptr && span != nullptr)
        return checked_timestamp(sum_of(t->since, span->length));
    if (auto const* const d = a.as<dynamic_duration>()) {
        if (span != nullptr) return checked_duration(sum_of(d->length, span->length));
        if (auto const* const t = b.as<dynamic_timestamp>()) return checked_timestamp(sum_of(t->since, d->length));
    }
    return on_numbers(
        "+", a, b,
        [](auto x, auto y) -> dynamic_value {
            if (__builtin_add_overflow(x, y, &x)) overflow();
            return x;
        },
        [](double x, double y) -> dynamic_value { return x + y; });
}

dynamic_value subtract_values(dynamic_value const& a, dynamic_value const& b) {
    if (auto const* const t = a.as<dynamic_timestamp>()) {
        if (auto const* const other = b.as<dynamic_timestamp>()) {
            auto const between = sum_of(t->since, minus(other->since));
            // cel-spec wants what 64 bits of nanoseconds cannot hold to be an error (tests, timestamp_range).
            constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max() / nano;
            if (!between || between->seconds > most - 1 || between->seconds < -most)
                dynamic_fail("range error: duration");
            return dynamic_duration{*between};
        }
        if (auto const* const d = b.as<dynamic_duration>())
            return checked_timestamp(sum_of(t->since, minus(d->length)));
    }
    if (auto const* const d = a.as<dynamic_duration>())
        if (auto const* const other = b.as<dynamic_duration>())
            return checked_duration(sum_of(d->length, minus(other->length)));
    return on_numbers(
        "-", a, b,
        [](auto x, auto y) -> dynamic_value {
            if (__builtin_sub_overflow(x, y, &x)) overflow();
            return x;
        },
        [](double x, double y) -> dynamic_value { return x - y; });
}

dynamic_value multiply_values(dynamic_value const& a, dynamic_value const& b) {
    return on_numbers(
        "*", a, b,
        [](auto x, auto y) -> dynamic_value {
            if (__builtin_mul_overflow(x, y, &x)) overflow();
            return x;
        },
        [](double x, double y) -> dynamic_value { return x * y; });
}

dynamic_value divide_values(dynamic_value const& a, dynamic_value const& b) {
    return on_numbers(
        "/", a, b,
        [](auto x, auto y) -> dynamic_value {
            if (y == 0) dynamic_fail("divide by zero");
            if constexpr (std::is_signed_v<decltype(x)>)
                if (x == std::numeric_limits<std::int64_t>::min() && y == -1) overflow();
            return x / y;
        },
        [](double x, double y) -> dynamic_value { return x / y; });
}

dynamic_value modulo_values(dynamic_value const& a, dynamic_value const& b) {
    return on_numbers(
        "%", a, b,
        [](auto x, auto y) -> dynamic_value {
            if (y == 0) dynamic_fail("modulus by zero");
            if constexpr (std::is_signed_v<decltype(x)>)
                if (x == std::numeric_limits<std::int64_t>::min() && y == -1) overflow();
            return x % y;
        },
        [](double, double) -> dynamic_value { no_overload("%"); });
}

dynamic_value negate_value(dynamic_value const& a) {
    if (auto const* const x = a.as<double>()) return -*x;
    auto const* const n = a.as<std::int64_t>();
    if (n == nullptr) no_overload("-");
    if (*n == std::numeric_limits<std::int64_t>::min()) overflow();
    return -*n;
}

std::optional<dynamic_value> call_conversion(std::string_view name, bool method,
                                             std::span<dynamic_value const> arguments, work_meter& meter) {
    if (arguments.size() != 1) return std::nullopt;
    dynamic_value const& v = arguments[0];
    if (name == "size") return size_of(v);
    if (method) return std::nullopt;
    if (name == "int") return to_integer(v);
    if (name == "uint") return to_natural(v);
    if (name == "double") return to_double(v);
    if (name == "bool") return to_boolean(v);
    if (name == "bytes") return to_bytes(v);
    if (name == "timestamp") return to_timestamp(v);
    if (name == "duration") return to_duration(v);
    if (name != "string") return std::nullopt;
    std::string text = text_of(v);
    meter.make(text.size());
    return text;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
