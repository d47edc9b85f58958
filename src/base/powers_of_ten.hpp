// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_BASE_POWERS_OF_TEN_HPP
#define SEGMENTA_SRC_BASE_POWERS_OF_TEN_HPP

#include <array>
#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// 10^0 ... 10^18: all that int64 holds. A double holds each of them exactly.
template <class T>
inline constexpr std::array<T, 19> powers_of_ten_as = [] {
    std::array<T, 19> out{};
    std::int64_t power = 1;
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i] = static_cast<T>(power);
        if (i + 1 < out.size()) power *= 10;
    }
    return out;
}();

inline constexpr auto const& powers_of_ten = powers_of_ten_as<std::int64_t>;
inline constexpr auto const& double_powers_of_ten = powers_of_ten_as<double>;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
