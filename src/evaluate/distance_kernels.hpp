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

// The distances of four points to the queries. By name, since arrays of vectors stay in memory.
template <class Lanes>
struct four_distances {
    Lanes a = Lanes::all(0);
    Lanes b = Lanes::all(0);
    Lanes c = Lanes::all(0);
    Lanes d = Lanes::all(0);

    four_distances() = default;
    four_distances(point_columns const& points, std::size_t first, double const* queries) {
        double const* x = points.values + first;
        for (std::size_t j = 0; j < points.features; ++j, x += points.stride, queries += 4) {
            auto const here = Lanes::load(x);
            a.add_square(here, Lanes::all(queries[0]));
            b.add_square(here, Lanes::all(queries[1]));
            c.add_square(here, Lanes::all(queries[2]));
            d.add_square(here, Lanes::all(queries[3]));
        }
        a = a.root();
        b = b.root();
        c = c.root();
        d = d.root();
    }
    // Zeros behind the first n points.
    void cut(std::size_t n) {
        a = a.first(n);
        b = b.first(n);
        c = c.first(n);
        d = d.first(n);
    }
    void add(four_distances const& other) {
        a.add(other.a);
        b.add(other.b);
        c.add(other.c);
        d.add(other.d);
    }
    // The first `count` of them, query after query.
    void add_to(double* beside, std::size_t count) const {
        auto sum = Lanes::load(beside);
        sum.add(a);
        if (count > 1) sum.add(b);
        if (count > 2) sum.add(c);
        if (count > 3) sum.add(d);
        sum.store(beside);
    }
};

// For a kernel file's type of four lanes in an unnamed namespace.
template <class Lanes>
void distance_sums(point_columns const& points, std::size_t begin, std::size_t end, double const* queries,
                   std::size_t count, double* sums, double* beside) {
    four_distances<Lanes> total;
    std::size_t i = begin;
    for (; i + 4 <= end; i += 4) {
        four_distances<Lanes> const here(points, i, queries);
        total.add(here);
        here.add_to(beside + i, count);
    }
    if (i < end) {
        four_distances<Lanes> here(points, i, queries);
        here.cut(end - i);
        total.add(here);
        here.add_to(beside + i, count);
    }
    sums[0] = total.a.sum();
    sums[1] = total.b.sum();
    sums[2] = total.c.sum();
    sums[3] = total.d.sum();
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
