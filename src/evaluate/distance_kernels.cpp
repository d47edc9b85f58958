// SPDX-License-Identifier: Apache-2.0
#include "evaluate/distance_kernels.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct portable_lanes {
    double v[4];

    static portable_lanes all(double x) { return {{x, x, x, x}}; }
    static portable_lanes load(double const* p) { return {{p[0], p[1], p[2], p[3]}}; }
    void store(double* p) const {
        for (std::size_t i = 0; i < 4; ++i)
            p[i] = v[i];
    }
    void add_square(portable_lanes const& a, portable_lanes const& b) {
        for (std::size_t i = 0; i < 4; ++i)
            v[i] += (a.v[i] - b.v[i]) * (a.v[i] - b.v[i]);
    }
    [[nodiscard]] portable_lanes root() const {
        return {{std::sqrt(v[0]), std::sqrt(v[1]), std::sqrt(v[2]), std::sqrt(v[3])}};
    }
    [[nodiscard]] portable_lanes first(std::size_t n) const {
        portable_lanes out = *this;
        for (std::size_t i = n; i < 4; ++i)
            out.v[i] = 0;
        return out;
    }
    void add(portable_lanes const& other) {
        for (std::size_t i = 0; i < 4; ++i)
            v[i] += other.v[i];
    }
    [[nodiscard]] double sum() const { return (v[0] + v[1]) + (v[2] + v[3]); }
};

constexpr distance_kernels portable{distance_sums<portable_lanes>};

} // namespace

distance_kernels const& distance_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return distance_kernels_avx2;
#endif
    return portable;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
