// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_KERNELS_HPP
#define SEGMENTA_MODEL_K_MEANS_KERNELS_HPP

#include <segmenta/base/cpu.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

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
    float const* values;          // centre after centre
    float const* half_norms;      // half of the squared length of each
    std::uint32_t const* numbers; // 0, 1, ...
    std::size_t count;
};

// How far single precision can be trusted.
struct float_errors {
    float margin;  // of the difference of two scores
    float squared; // of a squared distance
};

// Rows are looked at in pairs: a bound of each row would cost more than it saves, one of eight rows saves less.
inline constexpr std::size_t group_rows = 2;

// What becomes of the groups of a tile that are looked at.
struct nearest_out {
    std::uint32_t const* labels; // of the rows before
    std::uint32_t* events;       // numbers of the rows that are doubtful or whose answer is not their label
    std::uint32_t* found;        // of each event: the nearest centre, with doubtful_label where another may be nearer
    float* reach;                // of each group, see below
    float* room;                 // sixteen numbers of each feature, where rows are brought together
};

struct k_means_kernels {
    // The numbers of the groups whose reach is not above `limit`, in order; returns how many. The last one is repeated
    // seven times, and `list` has room for them. `reach` can be read up to the next multiple of eight.
    std::size_t (*select)(float const* reach, std::size_t groups, float limit, std::uint32_t* list);

    // For the rows of the listed groups the centre c with the smallest half_norm - x * c, in float without the last
    // label_bits. Where the second smallest is not more than the margin above, `doubtful_label` is added. Returns the
    // number of events, which are in order. The reach of a group: `travelled` and by how much the second nearest centre
    // is farther than the nearest, at least, of each row: while the two fastest centres together have travelled less,
    // the answers stay. The list is one of `select`.
    std::size_t (*nearest)(float_tile const& tile, std::span<std::uint32_t const> groups, float_centres const& centres,
                           float_errors const& errors, float travelled, nearest_out const& out);

    // out[i] = the smaller of before[i] and the squared distance of row i to the centre, 0 behind the last row up to
    // the next multiple of 16; returns the sum, in eight lanes that do not hang on the machine. `before` and `out` may
    // be the same.
    double (*nearer)(float_tile const& tile, float const* centre, float const* before, float* out);
};

k_means_kernels const& k_means_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern k_means_kernels const k_means_kernels_avx2;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
