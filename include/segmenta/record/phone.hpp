// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_PHONE_HPP
#define SEGMENTA_RECORD_PHONE_HPP

/// \file
/// One key for the many ways to write a phone number, so that the same number is found again: `１３８－0013－8000`,
/// `+86 138 0013 8000` and `0086-13800138000` are all `+8613800138000`.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// How numbers of a country are written and dialled. Calling codes are meant to be those of the list annexed to ITU-T
/// E.164, prefixes and lengths those of the national numbering plans; they were not compared with the published ones.
/// Service numbers (110, 10086) are in no plan: they name no customer.
struct phone_plan {
    std::string_view country;       ///< ISO 3166-1: `CN`
    std::string_view calling_code;  ///< `86`
    std::string_view trunk;         ///< digit dialled before an area inside the country: `0`; empty: none
    std::string_view international; ///< dialled before a foreign calling code: `00`
    std::uint8_t shortest = 0;      ///< digits of a number without calling code and trunk digit, area included
    std::uint8_t longest = 0;
};

[[nodiscard]] std::span<phone_plan const> phone_plans() noexcept;
/// The plan of a country, or null. Two capital letters.
[[nodiscard]] phone_plan const* find_phone_plan(std::string_view country) noexcept;

/// Longest key: `+`, 15 digits (E.164), `;ext=` and 6 digits.
inline constexpr std::size_t longest_phone_key = 27;

/// Writes the key at `out`, which has room for `longest_phone_key`, and returns its end; `out` itself when the text is
/// no number that could be dialled from another country. A number without `+`, `00` or the country's own prefix is one
/// of `home`. Full-width characters, blanks, `-`, `.`, `/`, brackets and a `(0)` after the calling code mean nothing.
/// An extension (`#801`, `x801`, `ext. 801`, `转801`, `轉801`, `分机801`) stays, as in RFC 3966: people behind one
/// switchboard are not one. Not checked: whether the number is given to anybody.
char* phone_key(std::string_view text, phone_plan const& home, char* out) noexcept;
/// The same; nothing for what is no number.
[[nodiscard]] std::optional<std::string> phone_key(std::string_view text, phone_plan const& home);

} // namespace v0
} // namespace segmenta

#endif
