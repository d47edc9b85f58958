// SPDX-License-Identifier: Apache-2.0
// The math extension (cel-go ext/math.go) and optional values (langdef.md has none; cel-go cel/library.go) of
// evaluate_dynamic.
#include "rule/dynamic.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

dynamic_value extreme(std::string_view name, std::span<dynamic_value const> of, bool greatest) {
    if (of.empty()) dynamic_fail(std::string(name) + "() of nothing");
    if (of.size() == 1)
        if (auto const* const list = of[0].as<dynamic_list>()) {
            if (list->empty()) dynamic_fail(std::string(name) + "(list) argument must not be empty");
            return extreme(name, *list, greatest);
        }
    dynamic_value best = of[0];
    if (!is_number(best)) no_overload(name);
    for (auto const& v : of.subspan(1)) {
        if (!is_number(v)) no_overload(name);
        auto const found = dynamic_order(v, best);
        if (found == (greatest ? order::greater : order::less)) best = v;
    }
    return best;
}

double real_of(dynamic_value const& v, std::string_view name) {
    auto const* const x = v.as<double>();
    if (x == nullptr) no_overload(name);
    return *x;
}

dynamic_value absolute(dynamic_value const& v) {
    if (auto const* const n = v.as<std::int64_t>()) {
        if (*n == std::numeric_limits<std::int64_t>::min()) dynamic_fail("integer overflow");
        return *n < 0 ? -*n : *n;
    }
    if (v.as<std::uint64_t>() != nullptr) return v;
    return std::fabs(real_of(v, "math.abs"));
}

dynamic_value sign(dynamic_value const& v) {
    if (auto const* const n = v.as<std::int64_t>()) return static_cast<std::int64_t>((*n > 0) - (*n < 0));
    if (auto const* const n = v.as<std::uint64_t>()) return static_cast<std::uint64_t>(*n > 0 ? 1 : 0);
    double const x = real_of(v, "math.sign");
    return std::isnan(x) ? x : static_cast<double>((x > 0) - (x < 0));
}

dynamic_value square_root(dynamic_value const& v) {
    if (auto const* const n = v.as<std::int64_t>()) return std::sqrt(static_cast<double>(*n));
    if (auto const* const n = v.as<std::uint64_t>()) return std::sqrt(static_cast<double>(*n));
    return std::sqrt(real_of(v, "math.sqrt"));
}

// Calls on two int or two uint.
template <class Operation>
dynamic_value on_bits(std::string_view name, std::span<dynamic_value const> v, Operation operation) {
    if (auto const* const a = v[0].as<std::int64_t>())
        if (auto const* const b = v[1].as<std::int64_t>()) return operation(*a, *b);
    if (auto const* const a = v[0].as<std::uint64_t>())
        if (auto const* const b = v[1].as<std::uint64_t>()) return operation(*a, *b);
    no_overload(name);
}

dynamic_value shift(std::string_view name, std::span<dynamic_value const> v, bool left) {
    auto const* const by = v[1].as<std::int64_t>();
    if (by == nullptr) no_overload(name);
    if (*by < 0) dynamic_fail(std::string(name) + "() negative offset: " + std::to_string(*by));
    auto const move = [&](std::uint64_t bits) { return *by > 63 ? 0 : left ? bits << *by : bits >> *by; };
    // An int moves as its bits: to the right zeros come in (ext/math.go, "logical shift").
    if (auto const* const n = v[0].as<std::int64_t>())
        return static_cast<std::int64_t>(move(static_cast<std::uint64_t>(*n)));
    if (auto const* const n = v[0].as<std::uint64_t>()) return move(*n);
    no_overload(name);
}

std::optional<dynamic_value> of_one(std::string_view name, dynamic_value const& v) {
    if (name == "math.abs") return absolute(v);
    if (name == "math.sign") return sign(v);
    if (name == "math.sqrt") return square_root(v);
    if (name == "math.ceil") return std::ceil(real_of(v, name));
    if (name == "math.floor") return std::floor(real_of(v, name));
    if (name == "math.round") return std::round(real_of(v, name)); // halves away from zero
    if (name == "math.trunc") return std::trunc(real_of(v, name));
    if (name == "math.isNaN") return std::isnan(real_of(v, name));
    if (name == "math.isInf") return std::isinf(real_of(v, name));
    if (name == "math.isFinite") return std::isfinite(real_of(v, name));
    if (name != "math.bitNot") return std::nullopt;
    if (auto const* const n = v.as<std::int64_t>()) return ~*n;
    if (auto const* const n = v.as<std::uint64_t>()) return ~*n;
    no_overload(name);
}

// What optional.ofNonZeroValue leaves out: null, false, numbers that are zero, what is empty.
bool is_zero(dynamic_value const& v) {
    if (auto const* const x = v.as<std::string>()) return x->empty();
    if (auto const* const x = v.as<dynamic_bytes>()) return x->data.empty();
    if (auto const* const x = v.as<dynamic_list>()) return x->empty();
    if (auto const* const x = v.as<dynamic_map>()) return x->empty();
    if (auto const* const x = v.as<dynamic_duration>()) return x->length == split_seconds{};
    if (auto const* const x = v.as<dynamic_optional>()) return x->held == nullptr;
    if (auto const* const x = v.as<bool>()) return !*x;
    return v.as<dynamic_null>() != nullptr || (is_number(v) && dynamic_equal(v, dynamic_value(std::int64_t{0})));
}

dynamic_value present(dynamic_value v) { return dynamic_optional{std::make_shared<dynamic_value const>(std::move(v))}; }

dynamic_value unwrapped(dynamic_value const& v) {
    auto const* const list = v.as<dynamic_list>();
    if (list == nullptr) no_overload("optional.unwrap");
    dynamic_list out;
    for (auto const& element : *list) {
        auto const* const maybe = element.as<dynamic_optional>();
        if (maybe == nullptr) no_overload("optional.unwrap");
        if (maybe->held != nullptr) out.push_back(*maybe->held);
    }
    return out;
}

} // namespace

std::optional<dynamic_value> call_math(std::string_view name, std::span<dynamic_value const> v) {
    if (name == "math.greatest" || name == "math.least") return extreme(name, v, name == "math.greatest");
    if (v.size() == 1) return of_one(name, v[0]);
    if (v.size() != 2) return std::nullopt;
    if (name == "math.bitAnd") return on_bits(name, v, [](auto a, auto b) -> dynamic_value { return a & b; });
    if (name == "math.bitOr") return on_bits(name, v, [](auto a, auto b) -> dynamic_value { return a | b; });
    if (name == "math.bitXor") return on_bits(name, v, [](auto a, auto b) -> dynamic_value { return a ^ b; });
    if (name == "math.bitShiftLeft") return shift(name, v, true);
    if (name == "math.bitShiftRight") return shift(name, v, false);
    return std::nullopt;
}

std::optional<dynamic_value> call_optional(std::string_view name, bool method, std::span<dynamic_value const> v) {
    if (!method) {
        if (name == "optional.none" && v.empty()) return dynamic_value(dynamic_optional{});
        if (v.size() != 1) return std::nullopt;
        if (name == "optional.of") return present(v[0]);
        if (name == "optional.ofNonZeroValue") return is_zero(v[0]) ? dynamic_value(dynamic_optional{}) : present(v[0]);
        return name == "optional.unwrap" ? std::optional<dynamic_value>(unwrapped(v[0])) : std::nullopt;
    }
    if (name == "unwrapOpt" && v.size() == 1) return unwrapped(v[0]);
    auto const* const maybe = v.empty() ? nullptr : v[0].as<dynamic_optional>();
    if (maybe == nullptr) return std::nullopt;
    bool const some = maybe->held != nullptr;
    if (name == "hasValue" && v.size() == 1) return dynamic_value(some);
    if (name == "value" && v.size() == 1) {
        if (!some) dynamic_fail("optional.none() dereference");
        return dynamic_value(*maybe->held);
    }
    if (v.size() != 2) return std::nullopt;
    if (name == "orValue") return some ? dynamic_value(*maybe->held) : v[1];
    if (name != "or") return std::nullopt;
    if (v[1].as<dynamic_optional>() == nullptr) no_overload("or");
    return some ? v[0] : v[1];
}

} // namespace detail
} // namespace v0
} // namespace segmenta
