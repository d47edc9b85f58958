// SPDX-License-Identifier: Apache-2.0
#include "stats/quantile_kernels.hpp"

#include <type_traits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class T>
std::size_t scan(T const* values, std::size_t n, T low, T high, bracket_counts& counts, T* inside) {
    std::size_t appended = 0;
    bracket_counts seen;
    for (std::size_t i = 0; i < n; ++i) {
        T const v = values[i];
        bool const above_low = v > low;
        bool const not_below_high = v >= high;
        seen.above_low += above_low;
        seen.not_below_low += v >= low;
        seen.above_high += v > high;
        seen.not_below_high += not_below_high;
        // written always, kept sometimes: no branch to mispredict
        inside[appended] = v;
        appended += above_low && !not_below_high && v < high;
    }
    counts.above_low += seen.above_low;
    counts.not_below_low += seen.not_below_low;
    counts.above_high += seen.above_high;
    counts.not_below_high += seen.not_below_high;
    return appended;
}

template <class T>
std::size_t sift(T const* values, std::size_t n, T low, T high, std::uint64_t& above_low, T* inside) {
    std::size_t appended = 0;
    std::uint64_t above = 0;
    for (std::size_t i = 0; i < n; ++i) {
        T const v = values[i];
        bool const in = v > low;
        above += in;
        inside[appended] = v; // written always, kept sometimes, as above
        appended += in && v < high;
    }
    above_low += above;
    return appended;
}

template <class T>
void extremes(T const* values, std::size_t n, value_extremes<T>& seen) {
    for (std::size_t i = 0; i < n; ++i) {
        T const v = values[i];
        if constexpr (std::is_floating_point_v<T>) seen.nan += v != v;
        seen.minimum = v < seen.minimum ? v : seen.minimum;
        seen.maximum = v > seen.maximum ? v : seen.maximum;
    }
}

template <class T, bool Closed>
void codes(T const* values, std::size_t n, T const* edges, std::size_t edge_count, std::uint8_t* out) {
    for (std::size_t i = 0; i < n; ++i) {
        T const v = values[i];
        unsigned code = 0;
        for (std::size_t e = 0; e < edge_count; ++e)
            code += Closed ? v >= edges[e] : v > edges[e];
        if constexpr (std::is_floating_point_v<T>) code |= v != v ? 255U : 0U;
        out[i] = static_cast<std::uint8_t>(code);
    }
}

template <class T>
constexpr quantile_kernels<T> portable{scan<T>, sift<T>, extremes<T>, codes<T, false>, codes<T, true>};

} // namespace

template <>
quantile_kernels<double> const& quantile_kernels_for<double>([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return quantile_kernels_avx2_double;
#endif
    return portable<double>;
}

template <>
quantile_kernels<std::int64_t> const& quantile_kernels_for<std::int64_t>([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return quantile_kernels_avx2_int64;
#endif
    return portable<std::int64_t>;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
