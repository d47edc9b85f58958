// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_VALUE_TRAITS_HPP
#define SEGMENTA_RECORD_VALUE_TRAITS_HPP

/// \file
/// How the C++ types of a host's struct are read as values. Reading borrows text and sets from the host and allocates
/// nothing.
///
/// | member                                             | attribute type | missing when                       |
/// |----------------------------------------------------|----------------|------------------------------------|
/// | `bool`                                             | bool           |                                    |
/// | integers but character types                       | int64          | past 2^63 - 1                      |
/// | `float`, `double`, `long double`                   | double         | NaN                                |
/// | `std::string`, `std::string_view`, `char const*`   | string         | null pointer                       |
/// | `std::vector` or `std::span` of strings or views   | set            |                                    |
/// | `civil_date`, `sys_days`, `year_month_day`         | date           | a `year_month_day` that does not exist |
/// | `instant`, `sys_time` of any precision             | instant        | outside the range of `instant`     |
/// | `duration`, `std::chrono::duration`                | duration       | outside the range of `duration`    |
/// | `decimal`, `money`                                 | as given       | another currency, digits that do not fit |
/// | `value`                                            | as given       | it is, or it does not convert      |
/// | `std::optional` of these                           | as without     | empty                              |
///
/// For a type of your own:
///
///     template <>
///     struct segmenta::value_traits<my_day> {
///         static constexpr segmenta::type what = segmenta::date_type;
///         static segmenta::value read(my_day const& d) noexcept { return segmenta::value::of_date(...); }
///     };

#include <segmenta/record/cell.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/money.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/time/instant.hpp>

#include <chrono>
#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Specialised for each type that can be read: `what` and `read(T const&)`, or `read(T const&, type)` for types whose
/// attribute type must be given. `owns_text` says that a temporary of the type would take its text with it.
template <class T>
struct value_traits {};

namespace detail {

template <class T>
concept character = std::same_as<T, char> || std::same_as<T, wchar_t> || std::same_as<T, char8_t> ||
                    std::same_as<T, char16_t> || std::same_as<T, char32_t>;

/// Has an attribute type of its own.
template <class T>
concept self_typed = requires(T const& v) {
    { value_traits<T>::what } -> std::convertible_to<type>;
    { value_traits<T>::read(v) } -> std::same_as<value>;
};

/// Is read as the type that is given.
template <class T>
concept typed_by_attribute = requires(T const& v, type t) {
    { value_traits<T>::read(v, t) } -> std::same_as<value>;
};

template <class T>
concept readable = self_typed<T> || typed_by_attribute<T>;

template <class T>
constexpr bool owns_text() noexcept {
    if constexpr (requires { value_traits<T>::owns_text; })
        return value_traits<T>::owns_text;
    else
        return false;
}

inline value read_decimal(decimal number, type as) noexcept {
    auto const same = rescale(number, as.scale);
    return same ? value::of_decimal(as, same->units) : value{};
}

/// Microseconds of any chrono duration, rounded down; nothing when they leave 64 bits.
template <class Rep, class Period>
constexpr std::optional<std::int64_t> to_microseconds(std::chrono::duration<Rep, Period> length) noexcept {
    if constexpr (std::is_floating_point_v<Rep>) {
        double const microseconds = std::chrono::duration<double, std::micro>(length).count();
        if (!(microseconds > -9.2e18 && microseconds < 9.2e18)) return std::nullopt;
        auto const whole = static_cast<std::int64_t>(microseconds);
        return static_cast<double>(whole) > microseconds ? whole - 1 : whole;
    } else {
        // 128 bits, because years times 3.2e13 microseconds leave 64
        using scale = std::ratio_divide<Period, std::micro>;
        int128 const product = static_cast<int128>(length.count()) * scale::num;
        int128 whole = product / scale::den;
        if (whole * scale::den > product) --whole;
        if (!fits_int64(whole)) return std::nullopt;
        return static_cast<std::int64_t>(whole);
    }
}

} // namespace detail

template <>
struct value_traits<bool> {
    static constexpr type what = boolean_type;
    static constexpr value read(bool v) noexcept { return value::of_bool(v); }
};

template <std::integral T>
    requires(!detail::character<T> && !std::same_as<T, bool>)
struct value_traits<T> {
    static constexpr type what = int64_type;
    static constexpr value read(T v) noexcept {
        if constexpr (std::unsigned_integral<T> && sizeof(T) >= sizeof(std::int64_t))
            if (v > static_cast<T>(std::numeric_limits<std::int64_t>::max())) return {};
        return value::of_int(static_cast<std::int64_t>(v));
    }
};

template <std::floating_point T>
struct value_traits<T> {
    static constexpr type what = float64_type;
    static constexpr value read(T v) noexcept { return value::of_double(static_cast<double>(v)); }
};

template <>
struct value_traits<std::string> {
    static constexpr type what = string_type;
    static constexpr bool owns_text = true;
    static value read(std::string const& v) noexcept { return value::of_string(v); }
};

template <>
struct value_traits<std::string_view> {
    static constexpr type what = string_type;
    static constexpr value read(std::string_view v) noexcept { return value::of_string(v); }
};

template <>
struct value_traits<char const*> {
    static constexpr type what = string_type;
    static constexpr value read(char const* v) noexcept { return v == nullptr ? value{} : value::of_string(v); }
};

template <>
struct value_traits<char*> : value_traits<char const*> {};

template <class T>
    requires std::same_as<T, std::string> || std::same_as<T, std::string_view>
struct value_traits<std::vector<T>> {
    static constexpr type what = category_set_type;
    static constexpr bool owns_text = true;
    static value read(std::vector<T> const& v) noexcept { return value::of_set(std::span<T const>(v)); }
};

template <class T, std::size_t Extent>
    requires std::same_as<std::remove_const_t<T>, std::string> || std::same_as<std::remove_const_t<T>, std::string_view>
struct value_traits<std::span<T, Extent>> {
    static constexpr type what = category_set_type;
    static constexpr value read(std::span<T, Extent> v) noexcept {
        return value::of_set(std::span<std::remove_const_t<T> const>(v));
    }
};

template <>
struct value_traits<civil_date> {
    static constexpr type what = date_type;
    static constexpr value read(civil_date v) noexcept { return value::of_date(v); }
};

template <>
struct value_traits<instant> {
    static constexpr type what = instant_type;
    static constexpr value read(instant v) noexcept { return value::of_instant(v); }
};

template <>
struct value_traits<duration> {
    static constexpr type what = duration_type;
    static constexpr value read(duration v) noexcept { return value::of_duration_us(v.microseconds()); }
};

template <>
struct value_traits<std::chrono::sys_days> {
    static constexpr type what = date_type;
    static constexpr value read(std::chrono::sys_days v) noexcept {
        return value::of_date(civil_date{static_cast<std::int32_t>(v.time_since_epoch().count())});
    }
};

template <>
struct value_traits<std::chrono::year_month_day> {
    static constexpr type what = date_type;
    static constexpr value read(std::chrono::year_month_day v) noexcept {
        return v.ok() ? value_traits<std::chrono::sys_days>::read(std::chrono::sys_days{v}) : value{};
    }
};

template <class Length>
    requires(!std::same_as<Length, std::chrono::days>)
struct value_traits<std::chrono::sys_time<Length>> {
    static constexpr type what = instant_type;
    static constexpr value read(std::chrono::sys_time<Length> v) noexcept {
        auto const microseconds = detail::to_microseconds(v.time_since_epoch());
        return microseconds ? value::of_instant(instant{*microseconds}) : value{};
    }
};

template <class Rep, class Period>
struct value_traits<std::chrono::duration<Rep, Period>> {
    static constexpr type what = duration_type;
    static constexpr value read(std::chrono::duration<Rep, Period> v) noexcept {
        auto const microseconds = detail::to_microseconds(v);
        return microseconds ? value::of_duration_us(*microseconds) : value{};
    }
};

template <>
struct value_traits<decimal> {
    static value read(decimal v, type as) noexcept {
        return as.base == kind::decimal ? detail::read_decimal(v, as) : value{};
    }
};

template <>
struct value_traits<money> {
    static value read(money const& v, type as) noexcept {
        return as.is_money() && as.unit == v.unit ? detail::read_decimal(v.amount, as) : value{};
    }
};

template <>
struct value_traits<value> {
    static value read(value const& v, type as) noexcept { return convert(v, as).value_or(value{}); }
};

template <detail::self_typed T>
struct value_traits<std::optional<T>> {
    static constexpr type what = value_traits<T>::what;
    static constexpr bool owns_text = detail::owns_text<T>();
    static constexpr value read(std::optional<T> const& v) noexcept { return v ? value_traits<T>::read(*v) : value{}; }
};

template <detail::typed_by_attribute T>
struct value_traits<std::optional<T>> {
    static value read(std::optional<T> const& v, type as) noexcept {
        return v ? value_traits<T>::read(*v, as) : value{};
    }
};

} // namespace v0
} // namespace segmenta

#endif
