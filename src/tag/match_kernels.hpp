// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_MATCH_KERNELS_HPP
#define SEGMENTA_TAG_MATCH_KERNELS_HPP

#include "tag/ranker.hpp"

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// Bitmaps are combined in blocks of this many words: 64 bytes, where rows of the table begin.
inline constexpr std::size_t block_words = 8;

/// Where a part of a row is (index_data.hpp).
struct row_part {
    std::size_t first_word = 0;
    std::size_t words = 0;
};

/// How far a list came.
struct listed {
    std::size_t words = 0;
    std::size_t names = 0;
};

struct match_kernels {
    /// Ranks the values of a row, and says whether any has another form than usual (rank_loops.hpp). `values` has the
    /// bytes of all values of the rankers.
    bool (*rank)(rank_plan const& plan, unsigned char const* values, rank_places const& to) noexcept;
    /// out = start & all rows at `places`, over `blocks` blocks; all at boundaries of 64 bytes. Rows are addresses as
    /// numbers.
    void (*all_rows)(std::uint64_t const* rows, std::span<std::uint32_t const> places, std::uint64_t const* start,
                     std::size_t blocks, std::uint64_t* out) noexcept;
    /// out = the first part of `made` without the bits of the others, each of which covers a prefix of it.
    void (*fold)(std::uint64_t const* made, row_part const* parts, std::size_t part_count, std::uint64_t* out) noexcept;
    /// Writes `names[i]` for each bit i of `words`, in order, word by word as long as `out` has room for 64 more than
    /// were written. Whatever it has room for may be written over.
    listed (*list)(std::uint64_t const* words, std::size_t word_count, std::uint32_t const* names, std::uint32_t* out,
                   std::size_t room) noexcept;
};

match_kernels const& match_kernels_for(cpu_level level) noexcept;

#if defined(__x86_64__)
extern match_kernels const match_kernels_avx2;
extern match_kernels const match_kernels_avx512;
#endif

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
