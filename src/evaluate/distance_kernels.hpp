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
    // feature j is queries[4 j + q]. To beside[i] the distances of point i to the first `count` queries are added (1 to
    // 4 of them; may be written up to three numbers past the end, with what stands there).
    void (*sums)(point_columns const& points, std::size_t begin, std::size_t end, double const* queries,
                 std::size_t count, double* sums, double* beside);
};

distance_kernels const& distance_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern distance_kernels const distance_kernels_avx2;
#endif

// For a kernel file's type of four lanes in an unnamed namespace.
template <class Lanes>
void distance_sums(point_columns const& points, std::size_t begin, std::size_t end, double const* queries,
                   std::size_t count, double* sums, double* beside) {
    Lanes total[4];
    for (auto& t : total)
        t = Lanes::all(0);
    for (std::size_t i = begin; i < end; i += 4) {
        Lanes distance[4];
        for (auto& d : distance)
            d = Lanes::all(0);
        double const* x = points.values + i;
        for (std::size_t j = 0; j < points.features; ++j, x += points.stride) {
            auto const here = Lanes::load(x);
            for (std::size_t q = 0; q < 4; ++q)
                distance[q].add_square(here, Lanes::all(queries[4 * j + q]));
        }
        std::size_t const left = end - i;
        for (std::size_t q = 0; q < 4; ++q) {
            distance[q] = left < 4 ? distance[q].root().first(left) : distance[q].root();
            total[q].add(distance[q]);
        }
        auto column = Lanes::load(beside + i);
        for (std::size_t q = 0; q < count; ++q)
            column.add(distance[q]);
        column.store(beside + i);
    }
    for (std::size_t q = 0; q < 4; ++q)
        sums[q] = total[q].sum();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
