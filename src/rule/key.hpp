// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_KEY_HPP
#define SEGMENTA_RULE_KEY_HPP

// Values of an attribute as keys: unsigned integers in the order of the values.

#include <bit>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::uint64_t key_sign = std::uint64_t{1} << 63;

constexpr std::uint64_t key_of(std::int64_t v) noexcept { return static_cast<std::uint64_t>(v) ^ key_sign; }
constexpr std::int64_t integer_of(std::uint64_t key) noexcept { return static_cast<std::int64_t>(key ^ key_sign); }

// Not for NaN, which is never a value. Both zeros have one key.
constexpr std::uint64_t key_of(double v) noexcept {
    auto const bits = std::bit_cast<std::uint64_t>(v + 0.0);
    return (bits & key_sign) != 0 ? ~bits : bits | key_sign;
}
constexpr double real_of(std::uint64_t key) noexcept {
    return std::bit_cast<double>((key & key_sign) != 0 ? key & ~key_sign : ~key);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
