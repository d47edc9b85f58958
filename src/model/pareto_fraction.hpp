// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_FRACTION_HPP
#define SEGMENTA_MODEL_PARETO_FRACTION_HPP

// P(alive) of the Pareto/NBD model for many customers. The integral of pareto_kernels.hpp is the difference of two that
// go on for ever: with
//
//   share(u) = s / (beta+u) * integral over w >= 0 of ((alpha+u)/(alpha+u+w))^(r+x) ((beta+u)/(beta+u+w))^(s+1) dw
//   R = ((alpha+t_x)/(alpha+T))^(r+x) ((beta+t_x)/(beta+T))^s
//
// it is left / alive = share(t_x) / R - share(T). Shares are between 0 and 1, so whatever cancels is lost beside the 1
// of P(alive) = 1 / (1 + left / alive). With k = r + x, c = k + s + 1 and z = |alpha - beta| / (max(alpha, beta) + u)
//
//   share(u) = s / (k + s) * F(1, k; c; z)                                       where alpha >= beta
//   share(u) = s / (k + s) * (alpha + u) / (beta + u) * F(1, s + 1; c; z)        where alpha < beta
//
// with F by the continued fraction of Gauss, that is (c - 1) / T_0 with
//
//   T_n = (c + n - 1) - e_(n+1) z / T_(n+1),  e_(2m+1) = (b + m)(c - 1 + m),  e_(2m) = m (c - b + m - 1)
//
// (NIST Digital Library of Mathematical Functions, 15.7.5), which is of Stieltjes' kind: all T_n are above 0 and each
// level shrinks the error by (1 - w) / (1 + w), w^2 = 1 - z = (min(alpha, beta) + u) / (max(alpha, beta) + u), for any
// b and c.

#include "model/pareto_kernels.hpp"
#include "model/repeat_kernels.hpp"

#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {

// So many levels of the fraction give 13 digits where (min(alpha, beta) + u) / (max(alpha, beta) + u) is at least that.
struct fraction_levels {
    unsigned count;
    double least;
};
inline constexpr std::array<fraction_levels, 10> fraction_classes{{
    {6, 0.975078},
    {8, 0.91433},
    {12, 0.727311},
    {16, 0.547156},
    {24, 0.313891},
    {32, 0.195503},
    {48, 0.093903},
    {64, 0.054331},
    {96, 0.024647},
    {128, 0.013965},
}};

// Customers and parameters within these bounds lose no digits to rounding, overflow or underflow.
inline constexpr double fraction_largest_count = 8192;
inline constexpr double fraction_largest_time = 1e60;

struct pareto_fraction_kernels {
    // NaN for customers that cannot be, or are out of bounds, or whose answer is below e^-600 and not yet 0, or would
    // lose digits on the way.
    void (*alive)(pareto_parameters const& p, repeat_rows const& rows, unsigned levels, double* out);
    // The same for those who never bought again: their share(t_x) is the same for all.
    void (*alive_once)(pareto_parameters const& p, double share_at_birth, repeat_rows const& rows, unsigned levels,
                       double* out);
    // Times the mean purchases of a living customer in a time t <= 1e100.
    void (*times_future)(pareto_parameters const& p, double t, repeat_rows const& rows, double* out);
};

pareto_fraction_kernels const& pareto_fraction_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern pareto_fraction_kernels const pareto_fraction_kernels_avx2;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
