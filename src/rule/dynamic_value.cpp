// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/dynamic_value.hpp>

#include "rule/dynamic.hpp"
#include "rule/exact.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class... Parts>
struct overloaded : Parts... {
    using Parts::operator()...;
};
template <class... Parts>
overloaded(Parts...) -> overloaded<Parts...>;

order order_of(std::int64_t a, std::int64_t b) noexcept { return three_way(a, b); }
order order_of(std::uint64_t a, std::uint64_t b) noexcept { return three_way(a, b); }
order order_of(double a, double b) noexcept { return three_way(a, b); }
order order_of(std::int64_t a, std::uint64_t b) noexcept { return order_decimal_natural(a, 0, b); }
order order_of(std::int64_t a, double b) noexcept { return order_decimal_real(a, 0, b); }
order order_of(std::uint64_t a, double b) noexcept { return order_natural_real(a, b); }
order order_of(std::uint64_t a, std::int64_t b) noexcept { return reversed(order_of(b, a)); }
order order_of(double a, std::int64_t b) noexcept { return reversed(order_of(b, a)); }
order order_of(double a, std::uint64_t b) noexcept { return reversed(order_of(b, a)); }

template <class T>
constexpr bool is_numeric_type =
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t> || std::is_same_v<T, double>;

bool is_nan(dynamic_value const& v) noexcept {
    auto const* const real = v.as<double>();
    return real != nullptr && std::isnan(*real);
}

order number_order(dynamic_value const& a, dynamic_value const& b) {
    return std::visit(
        [](auto const& x, auto const& y) -> order {
            if constexpr (is_numeric_type<std::decay_t<decltype(x)>> && is_numeric_type<std::decay_t<decltype(y)>>)
                return order_of(x, y);
            else
                no_overload("<");
        },
        a.held(), b.held());
}

} // namespace

void dynamic_fail(std::string message) { throw dynamic_error{std::move(message)}; }
void no_overload(std::string_view name) { dynamic_fail("no such overload: " + std::string(name)); }

bool is_number(dynamic_value const& v) noexcept {
    return v.as<std::int64_t>() != nullptr || v.as<std::uint64_t>() != nullptr || v.as<double>() != nullptr;
}

std::optional<order> dynamic_order(dynamic_value const& a, dynamic_value const& b) {
    if (is_number(a) && is_number(b)) {
        if (is_nan(a) || is_nan(b)) return std::nullopt;
        return number_order(a, b);
    }
    if (a.held().index() != b.held().index()) no_overload("<");
    return std::visit(
        overloaded{[&](bool x) { return three_way(x, *b.as<bool>()); },
                   [&](std::string const& x) {
                       return three_way(std::string_view(x), std::string_view(*b.as<std::string>()));
                   },
                   [&](dynamic_bytes const& x) {
                       return three_way(std::string_view(x.data), std::string_view(b.as<dynamic_bytes>()->data));
                   },
                   [&](dynamic_timestamp const& x) { return three_way(x.since, b.as<dynamic_timestamp>()->since); },
                   [&](dynamic_duration const& x) { return three_way(x.length, b.as<dynamic_duration>()->length); },
                   [&](auto const&) -> order { no_overload("<"); }},
        a.held());
}

bool equal_values(dynamic_value const& a, dynamic_value const& b, work_meter* meter) {
    if (meter != nullptr) meter->step();
    if (is_number(a) && is_number(b)) return !is_nan(a) && !is_nan(b) && number_order(a, b) == order::equal;
    if (a.held().index() != b.held().index()) return false;
    return std::visit(
        overloaded{
            [](dynamic_null) { return true; }, [&](bool x) { return x == *b.as<bool>(); },
            [&](std::string const& x) { return x == *b.as<std::string>(); },
            [&](dynamic_bytes const& x) { return x.data == b.as<dynamic_bytes>()->data; },
            [&](dynamic_timestamp const& x) { return x.since == b.as<dynamic_timestamp>()->since; },
            [&](dynamic_duration const& x) { return x.length == b.as<dynamic_duration>()->length; },
            [&](dynamic_type const& x) { return x.name == b.as<dynamic_type>()->name; },
            [&](dynamic_optional const& x) {
                auto const& y = b.as<dynamic_optional>()->held;
                return (x.held == nullptr) == (y == nullptr) && (y == nullptr || equal_values(*x.held, *y, meter));
            },
            [&](std::shared_ptr<dynamic_list const> const& x) {
                auto const& y = *b.as<dynamic_list>();
                return std::equal(x->begin(), x->end(), y.begin(), y.end(),
                                  [&](auto const& c, auto const& d) { return equal_values(c, d, meter); });
            },
            [&](std::shared_ptr<dynamic_map const> const& x) {
                auto const& y = *b.as<dynamic_map>();
                return x->size() == y.size() && std::all_of(x->begin(), x->end(), [&](auto const& entry) {
                           auto const* const other = v0::dynamic_find(y, entry.first);
                           return other != nullptr && equal_values(entry.second, *other, meter);
                       });
            },
            [](auto const&) { return false; }, // numbers, compared above
        },
        a.held());
}

} // namespace detail

std::string dynamic_value::type_name() const {
    static constexpr std::string_view names[] = {"null_type",
                                                 "bool",
                                                 "int",
                                                 "uint",
                                                 "double",
                                                 "string",
                                                 "bytes",
                                                 "google.protobuf.Timestamp",
                                                 "google.protobuf.Duration",
                                                 "type",
                                                 "optional_type",
                                                 "list",
                                                 "map"};
    return std::string(names[held_.index()]);
}

dynamic_value const* dynamic_find(dynamic_map const& in, dynamic_value const& key) {
    auto const at =
        std::find_if(in.begin(), in.end(), [&](auto const& entry) { return dynamic_equal(entry.first, key); });
    return at == in.end() ? nullptr : &at->second;
}

bool dynamic_equal(dynamic_value const& a, dynamic_value const& b) { return detail::equal_values(a, b, nullptr); }

} // namespace v0
} // namespace segmenta
