// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_FEATURE_IDENTITY_HPP
#define SEGMENTA_SRC_FEATURE_IDENTITY_HPP

#include <segmenta/base/hash.hpp>
#include <segmenta/record/column.hpp>

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// One integer for a text, so that equal texts get equal integers and different ones different integers: text of at
/// most seven bytes is packed with its length; longer text is hashed to 63 bits (XXH64; two different texts of one
/// customer collide with probability 2^-63).
[[nodiscard]] inline std::uint64_t identity_of(std::string_view text) noexcept {
    if (text.size() <= 7) {
        std::uint64_t packed = 0;
        std::memcpy(&packed, text.data(), text.size());
        return packed | static_cast<std::uint64_t>(text.size()) << 56;
    }
    return hash_bytes(text) | std::uint64_t{1} << 63; // packed texts have the top bit clear
}

/// Of a row without a value, where such rows count as one of their own. No text has it, and of all numbers only this
/// one: 9,182,398,875,470,752,887.
inline constexpr std::uint64_t identity_of_missing = 0x7F6E'6F20'7661'6C77U;

/// The same for a present row of any column but sets: numbers are themselves, and -0 is 0.
[[nodiscard]] inline std::uint64_t identity_of(column_view const& from, std::size_t row) noexcept {
    if (from.what.is_text()) return identity_of(from.text(row));
    if (from.what.base == kind::float64) return std::bit_cast<std::uint64_t>(from.as<double>()[row] + 0.0);
    switch (element_size(from.what.base)) {
    case 1: return from.as<std::uint8_t>()[row];
    case 4: return static_cast<std::uint64_t>(static_cast<std::int64_t>(from.as<std::int32_t>()[row]));
    default: return from.as<std::uint64_t>()[row];
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
