// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SPEND_KERNELS_HPP
#define SEGMENTA_MODEL_SPEND_KERNELS_HPP

// The loop over customers of the Gamma-Gamma model's likelihood.

#include <segmenta/base/cpu.hpp>

#include <cstddef>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Sums over customers of weight, and of weight times repeats, with: log(x m + v), its inverse, and that squared.
struct spend_sums {
    double log = 0, x_log = 0;
    double inverse = 0, x_inverse = 0;
    double square = 0, x_square = 0;

    void add(spend_sums const& other) noexcept {
        log += other.log;
        x_log += other.x_log;
        inverse += other.inverse;
        x_inverse += other.x_inverse;
        square += other.square;
        x_square += other.x_square;
    }
};

// Customers in columns: x m, weight, and weight times x.
struct spend_rows {
    double const* total;
    double const* weight;
    double const* x_weight;
    std::size_t n;
};

// Sums are written, not added to. All x m + v must be normal numbers above 0.
using spend_kernel = void (*)(spend_rows const& rows, double v, spend_sums& sums);

spend_kernel spend_kernel_for(cpu_level level) noexcept;

#if defined(__x86_64__)
void sum_spend_avx2(spend_rows const& rows, double v, spend_sums& sums);
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
