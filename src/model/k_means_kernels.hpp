// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_KERNELS_HPP
#define SEGMENTA_MODEL_K_MEANS_KERNELS_HPP

#include <segmenta/base/cpu.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::uint32_t doubtful_label = 0x8000'0000U;

// The bits of a score that hold the number of its centre.
constexpr std::uint32_t label_bits(std::size_t centres) noexcept {
    return std::bit_ceil(static_cast<std::uint32_t>(centres)) - 1;
}

// Rows in single precision, feature after feature, `stride` apart; readable up to the next multiple of 16 rows.
struct float_tile {
    float const* values;
    std::size_t stride;
    std::size_t rows;
    std::size_t features;
};

struct float_centres {
    float const* values;     // centre after centre
    float const* half_norms; // half of the squared length of each
    std::size_t count;
};

struct k_means_kernels {
    // found[i]: the centre c with the smallest half_norm - x * c, in float without the last label_bits. Where the second smallest is not more than
    // `margin` above, `doubtful_label` is added. Lists the rows that are doubtful or whose answer is not `labels[i]`
    // in `events` (room for all rows) and returns how many. `found` and `labels` reach to the next multiple of 16.
    std::size_t (*nearest)(float_tile const& tile, float_centres const& centres, float margin,
                           std::uint32_t const* labels, std::uint32_t* found, std::uint32_t* events);
};

k_means_kernels const& k_means_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern k_means_kernels const k_means_kernels_avx2;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
