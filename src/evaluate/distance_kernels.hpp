// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_DISTANCE_KERNELS_HPP
#define SEGMENTA_EVALUATE_DISTANCE_KERNELS_HPP

#include <segmenta/base/cpu.hpp>

#include <cstddef>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Points feature after feature, `stride` apart; four more than are used may be read at the end.
struct point_columns {
    double const* values;
    std::size_t stride;
    std::size_t features;
};

struct distance_kernels {
    // sums[q] = sum of the Euclidean distances of the points [begin, end) to the query q, for four queries; number q of
    // feature j is queries[4 j + q].
    void (*sums)(point_columns const& points, std::size_t begin, std::size_t end, double const* queries, double* sums);
};

distance_kernels const& distance_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern distance_kernels const distance_kernels_avx2;
#endif

// For a kernel file's type of four lanes in an unnamed namespace.
template <class Lanes>
void distance_sums(point_columns const& points, std::size_t begin, std::size_t end, double const* queries,
                   double* sums) {
    Lanes total[4];
    for (auto& t : total)
        t = Lanes::all(0);
    for (std::size_t i = begin; i < end; i += 4) {
        Lanes squared[4];
        for (auto& s : squared)
            s = Lanes::all(0);
        double const* x = points.values + i;
        for (std::size_t j = 0; j < points.features; ++j, x += points.stride) {
            auto const here = Lanes::load(x);
            for (std::size_t q = 0; q < 4; ++q)
                squared[q].add_square(here, Lanes::all(queries[4 * j + q]));
        }
        std::size_t const left = end - i;
        for (std::size_t q = 0; q < 4; ++q)
            total[q].add(left < 4 ? squared[q].root().first(left) : squared[q].root());
    }
    for (std::size_t q = 0; q < 4; ++q)
        sums[q] = total[q].sum();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
