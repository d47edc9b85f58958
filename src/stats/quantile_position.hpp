// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_QUANTILE_POSITION_HPP
#define SEGMENTA_STATS_QUANTILE_POSITION_HPP

// Where between two order statistics a quantile lies, in exact fractions.

#include <segmenta/stats/quantile.hpp>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// The quantile is x[lower] + weight / denominator * (x[upper] - x[lower]), ranks from 0.
struct quantile_position {
    std::size_t lower = 0;
    std::size_t upper = 0;
    std::uint64_t weight = 0; ///< 0 <= weight < denominator
    std::uint64_t denominator = 1;
};

/// The position of probability k / bins among n >= 1 values, 0 < k < bins <= most_bins, n < 2^48.
inline quantile_position position_of(std::uint64_t n, std::uint64_t k, std::uint64_t bins, quantile_type type) {
    // h = numerator / denominator, Hyndman and Fan's n p + m
    std::uint64_t numerator = 0;
    std::uint64_t denominator = bins;
    switch (type) {
    case quantile_type::type_1:
    case quantile_type::type_2:
    case quantile_type::type_4: numerator = n * k; break;
    case quantile_type::type_3: // n p - 1/2; below 1 it is held at 1 anyway, and must not wrap here
        numerator = 2 * n * k > bins ? 2 * n * k - bins : 0;
        denominator = 2 * bins;
        break;
    case quantile_type::type_5:
        numerator = 2 * n * k + bins;
        denominator = 2 * bins;
        break;
    case quantile_type::type_6: numerator = (n + 1) * k; break;
    case quantile_type::type_7: numerator = (n - 1) * k + bins; break;
    case quantile_type::type_8:
        numerator = 3 * n * k + k + bins;
        denominator = 3 * bins;
        break;
    case quantile_type::type_9:
        numerator = 8 * n * k + 2 * k + 3 * bins;
        denominator = 8 * bins;
        break;
    }
    std::uint64_t const j = numerator / denominator;
    std::uint64_t weight = numerator % denominator;
    // the first three types know only whole steps and halves
    if (type == quantile_type::type_1 && weight != 0) weight = denominator;
    if (type == quantile_type::type_2) weight = weight != 0 ? 2 : 1, denominator = 2;
    if (type == quantile_type::type_3 && (weight != 0 || j % 2 != 0)) weight = denominator;

    auto const held = [n](std::uint64_t rank) { // from 1...n to 0...n-1, with everything outside held at the ends
        return static_cast<std::size_t>(rank < 1 ? 0 : rank > n ? n - 1 : rank - 1);
    };
    if (weight == denominator) return {held(j + 1), held(j + 1), 0, 1};
    if (weight == 0 || held(j) == held(j + 1)) return {held(j), held(j), 0, 1};
    return {held(j), held(j + 1), weight, denominator};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
