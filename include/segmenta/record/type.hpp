// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_TYPE_HPP
#define SEGMENTA_RECORD_TYPE_HPP

/// \file
/// The types a column, attribute or expression can have, and how each is stored in a column.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Storage families.
///
/// | kind         | stored as (one element per row)                    | missing |
/// |--------------|----------------------------------------------------|---------|
/// | boolean      | `std::uint8_t` 0 or 1                              | validity bit |
/// | int64        | `std::int64_t`                                     | validity bit |
/// | float64      | `double`; NaN is missing                            | validity bit |
/// | decimal      | `std::int64_t` units of 10^-scale                  | validity bit |
/// | date         | `std::int32_t` days since 1970-01-01               | validity bit |
/// | instant      | `std::int64_t` microseconds since 1970-01-01 UTC   | validity bit |
/// | duration     | `std::int64_t` microseconds                        | validity bit |
/// | string       | `std::string_view`                                 | validity bit |
/// | category     | `std::uint32_t` code into the column's string pool | validity bit |
/// | category_set | `std::uint32_t` begin offsets, size+1 of them, into a code array | validity bit |
enum class kind : std::uint8_t {
    boolean,
    int64,
    float64,
    decimal,
    date,
    instant,
    duration,
    string,
    category,
    category_set,
};

/// An ISO 4217 alphabetic currency code, or none.
struct currency {
    char code[3] = {0, 0, 0};

    constexpr currency() = default;
    /// Takes three capital letters; anything else is no currency (`empty()`).
    constexpr explicit currency(std::string_view text) noexcept {
        if (text.size() != 3) return;
        for (char const c : text)
            if (c < 'A' || c > 'Z') return;
        for (std::size_t i = 0; i < 3; ++i)
            code[i] = text[i];
    }
    [[nodiscard]] constexpr bool empty() const noexcept { return code[0] == 0; }
    [[nodiscard]] constexpr std::string_view name() const noexcept { return {code, empty() ? std::size_t{0} : 3}; }
    friend constexpr bool operator==(currency const&, currency const&) = default;
};

/// A column type: a kind, for decimals the scale (digits after the point), and for money the currency.
/// Money is a decimal with a currency.
struct type {
    kind base = kind::int64;
    std::uint8_t scale = 0; ///< decimals only, 0…18
    currency unit{};        ///< decimals only; empty for plain decimals

    [[nodiscard]] constexpr bool is_numeric() const noexcept {
        return base == kind::int64 || base == kind::float64 || base == kind::decimal;
    }
    [[nodiscard]] constexpr bool is_text() const noexcept { return base == kind::string || base == kind::category; }
    [[nodiscard]] constexpr bool is_money() const noexcept { return base == kind::decimal && !unit.empty(); }
    friend constexpr bool operator==(type const&, type const&) = default;
};

inline constexpr type boolean_type{kind::boolean};
inline constexpr type int64_type{kind::int64};
inline constexpr type float64_type{kind::float64};
inline constexpr type date_type{kind::date};
inline constexpr type instant_type{kind::instant};
inline constexpr type duration_type{kind::duration};
inline constexpr type string_type{kind::string};
inline constexpr type category_type{kind::category};
inline constexpr type category_set_type{kind::category_set};
constexpr type decimal_type(std::uint8_t scale) noexcept { return {kind::decimal, scale, {}}; }
constexpr type money_type(currency unit, std::uint8_t scale) noexcept { return {kind::decimal, scale, unit}; }

/// The bytes one row takes in a column of this kind (see `kind`).
constexpr std::size_t element_size(kind k) noexcept {
    switch (k) {
    case kind::boolean: return 1;
    case kind::date:
    case kind::category:
    case kind::category_set: return 4;
    case kind::string: return sizeof(std::string_view);
    default: return 8;
    }
}

/// Text form as used in plans: `bool`, `int64`, `double`, `decimal(3)`, `money(GBP,2)`, `date`, `instant`, `duration`,
/// `string`, `category`, `set`.
std::string to_string(type t);

/// Reads the text form; `std::nullopt` when it is none. `money(GBP)` takes the currency's ISO 4217 exponent.
std::optional<type> parse_type(std::string_view text);

} // namespace v0
} // namespace segmenta

#endif
