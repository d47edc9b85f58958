// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_FEATURE_RATIO_HPP
#define SEGMENTA_SRC_FEATURE_RATIO_HPP

#include "base/powers_of_ten.hpp"

#include <segmenta/record/decimal.hpp>
#include <segmenta/record/type.hpp>

#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// sum / below, of units of `field`, rounded once: customers with equal means get equal doubles, however many rows each
/// has. `below` is positive.
inline double exact_ratio(type field, int128 sum, std::int64_t below) noexcept {
    constexpr std::int64_t exact_in_double = std::int64_t{1} << 53;
    std::int64_t const unit = field.base == kind::decimal ? powers_of_ten[field.scale] : 1;
    std::int64_t divisor = 0;
    bool const fits = !__builtin_mul_overflow(below, unit, &divisor);
    if (fits && divisor <= exact_in_double && sum >= -exact_in_double && sum <= exact_in_double)
        return static_cast<double>(static_cast<std::int64_t>(sum)) / static_cast<double>(divisor);
    // Wider than a double's 53 bits: as near as 64 bits come before the one rounding.
    return static_cast<double>(static_cast<long double>(sum) /
                               (static_cast<long double>(below) * static_cast<long double>(unit)));
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
