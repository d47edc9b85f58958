// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_SCORE_GROUPS_HPP
#define SEGMENTA_EVALUATE_SCORE_GROUPS_HPP

// Sorting scores and finding equals among them, by their bits.

#include <segmenta/base/large_allocator.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Ascending as the numbers are; -0.0 is 0.0. No NaN.
inline std::uint64_t key_of_score(double score) noexcept {
    auto const bits = std::bit_cast<std::uint64_t>(score + 0.0); // -0.0 + 0.0 is 0.0
    return (bits >> 63) != 0 ? ~bits : bits | (std::uint64_t{1} << 63);
}
inline double score_of_key(std::uint64_t key) noexcept {
    return std::bit_cast<double>((key >> 63) != 0 ? key & ~(std::uint64_t{1} << 63) : ~key);
}

// Millions of keys: on huge pages, since a sort by digits writes to 2048 places at a time.
using key_vector = std::vector<std::uint64_t, large_allocator<std::uint64_t>>;

// Sorts ascending, in O(n), using a buffer as large; the answer is one of the two, whose other contents are lost.
std::span<std::uint64_t const> sort_keys(std::span<std::uint64_t> keys, std::span<std::uint64_t> buffer);

// For each score the number of its group, 0 for the highest score; sets `groups` to their number.
std::vector<std::uint32_t> group_numbers(std::span<double const> scores, std::size_t& groups);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
