// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_QUANTILE_KERNELS_HPP
#define SEGMENTA_STATS_QUANTILE_KERNELS_HPP

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// How the values of a scan compare with a bracket (low, high).
struct bracket_counts {
    std::uint64_t above_low = 0;     ///< value > low
    std::uint64_t not_below_low = 0; ///< value >= low
    std::uint64_t above_high = 0;
    std::uint64_t not_below_high = 0;
};

template <class T>
struct value_extremes {
    std::uint64_t nan = 0;
    T minimum; ///< starts at the largest, so that anything replaces it
    T maximum;
};

/// Kernels over a run of values without missing ones. NaN compares false with everything, is counted in
/// `value_extremes` and gets code 255.
template <class T>
struct quantile_kernels {
    /// Adds to the counts and appends the values strictly inside (low, high) to `inside`, which has room for `n` more
    /// elements. Returns how many were appended.
    std::size_t (*scan)(T const* values, std::size_t n, T low, T high, bracket_counts& counts, T* inside);
    /// The same for what mostly suffices: adds to `above_low` only.
    std::size_t (*sift)(T const* values, std::size_t n, T low, T high, std::uint64_t& above_low, T* inside);
    void (*extremes)(T const* values, std::size_t n, value_extremes<T>& seen);
    /// codes[i] = number of edges with values[i] > edge.
    void (*codes_above)(T const* values, std::size_t n, T const* edges, std::size_t edge_count, std::uint8_t* codes);
    /// codes[i] = number of edges with values[i] >= edge.
    void (*codes_not_below)(T const* values, std::size_t n, T const* edges, std::size_t edge_count,
                            std::uint8_t* codes);
};

template <class T>
quantile_kernels<T> const& quantile_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern quantile_kernels<double> const quantile_kernels_avx2_double;
extern quantile_kernels<std::int64_t> const quantile_kernels_avx2_int64;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
