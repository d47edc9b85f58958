// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LOGISTIC_KERNELS_HPP
#define SEGMENTA_MODEL_LOGISTIC_KERNELS_HPP

// The log-likelihood of a logistic regression, its slope and its curvature over a block of rows. Features are centred
// and scaled on the way into scratch memory, so that sums do not cancel whatever the units are.

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t logistic_block_rows = 256;
// Of columns in scratch memory. Not a power of two: columns 4 KiB apart would fight for the same cache sets.
inline constexpr std::size_t logistic_stride = logistic_block_rows + 8;

struct logistic_block {
    double const* const* columns = nullptr; // each from its first row on
    std::size_t first = 0;                  // row of the columns the block begins with
    std::size_t rows = 0;                   // 1 to logistic_block_rows
    std::size_t next = 0;                   // row the next block begins with, to fetch it meanwhile; else `first`
    std::uint8_t const* outcomes = nullptr;
    double const* weights = nullptr; // null: 1 each
    std::size_t features = 0;
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

// Doubles of scratch memory for so many features.
constexpr std::size_t logistic_unknowns_padded(std::size_t features) noexcept { return (features + 1 + 11) / 12 * 12; }
constexpr std::size_t logistic_scratch(std::size_t features) noexcept {
    return (2 * logistic_unknowns_padded(features) + 6) * logistic_stride;
}

// Adds the block to the totals.
using logistic_kernel = void (*)(logistic_block const& block, logistic_totals& totals, double* scratch);

extern logistic_kernel const logistic_kernel_avx2;
logistic_kernel logistic_kernel_for(cpu_level level) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
