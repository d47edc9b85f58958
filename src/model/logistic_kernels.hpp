// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LOGISTIC_KERNELS_HPP
#define SEGMENTA_MODEL_LOGISTIC_KERNELS_HPP

// The log-likelihood of a logistic regression, its slope and its curvature over blocks of rows. Features are centred
// and scaled on the way, so that sums do not cancel whatever the units are.

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Twenty columns of a block, weighted, fit the first cache.
inline constexpr std::size_t logistic_block_rows = 128;
// Of columns in scratch memory. Not a power of two: columns 4 KiB apart would fight for the same cache sets.
inline constexpr std::size_t logistic_stride = logistic_block_rows + 8;
inline constexpr std::size_t logistic_most_lanes = 4;

struct logistic_rows {
    double const* const* columns = nullptr; // each from its first row on
    std::uint8_t const* outcomes = nullptr;
    double const* weights = nullptr; // null: 1 each
    std::size_t features = 0;
    std::size_t first = 0;                // row the first block begins with
    std::size_t blocks = 0;               // of logistic_block_rows, or less for the last
    std::size_t end = 0;                  // behind the last row of all
    double const* shift = nullptr;        // of each feature: (x - shift) * scale
    double const* scale = nullptr;        // of each feature
    double const* coefficients = nullptr; // of scaled features, then the intercept
};

// What rows add up to. `unknowns` = features + 1, the intercept last.
struct logistic_totals {
    double loss = 0;              // weighted negative log-likelihood
    double lowest_margin = 1e300; // of log-odds with the sign of the outcome, over rows with a weight
    double highest_margin = -1e300;
    double* gradient = nullptr;  // unknowns: derivatives of the loss
    double* curvature = nullptr; // unknowns x unknowns, lower triangle by rows; null: not wanted
};

// The curvature is made of tiles of four columns by three; columns of zeros fill the last ones.
constexpr std::size_t logistic_padded(std::size_t features) noexcept { return (features + 11) / 12 * 12; }
constexpr std::size_t logistic_tiles_of_band(std::size_t band, std::size_t features) noexcept {
    std::size_t const columns = 4 * band + 4 < features ? 4 * band + 4 : features;
    return (columns + 2) / 3;
}
constexpr std::size_t logistic_tiles(std::size_t features) noexcept {
    std::size_t out = 0;
    for (std::size_t band = 0; 4 * band < features; ++band)
        out += logistic_tiles_of_band(band, features);
    return out;
}

// Doubles of scratch memory for so many features.
constexpr std::size_t logistic_scratch(std::size_t features) noexcept {
    std::size_t const columns = logistic_padded(features) + features + 6;
    std::size_t const sums = 2 * (features + 1) + 12 * logistic_tiles(features);
    return columns * logistic_stride + sums * logistic_most_lanes + features;
}

// Adds the blocks to the totals.
using logistic_kernel = void (*)(logistic_rows const& rows, logistic_totals& totals, double* scratch);

extern logistic_kernel const logistic_kernel_avx2;
logistic_kernel logistic_kernel_for(cpu_level level) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
