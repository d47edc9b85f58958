// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_BATCH_NARROW_HPP
#define SEGMENTA_TAG_BATCH_NARROW_HPP

// Narrow columns are compared as they lie in memory: nothing is made of a value before it is compared.

#include "tag/batch_data.hpp"

#include <segmenta/record/narrow_column.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// For each cut of an attribute its toggles: the rows at or above the cut are the exclusive or of the rows whose element
// is at or above each toggle, in the order in which the kernels see elements.
struct narrow_cuts {
    std::vector<std::int32_t> toggles;  // of all cuts
    std::vector<std::uint32_t> ends;    // of each cut's
    std::vector<std::uint8_t> from_all; // of each cut: whether a toggle is below every element
};

// False where the column must be widened instead. `dictionary`: of a column of categories its codes by code of the
// pool, as the cuts of the attribute are stated in.
bool make_narrow_cuts(batch_attribute const& of, narrow_column const& column, std::span<std::int32_t const> dictionary,
                      narrow_cuts& out);

// Rows [first, first + count), `first` at the beginning of a tile, into a bitmap for each cut; rows past `count` are
// anything. `room` is a tile of 32 bits. Clears in `present` the rows that are NaN.
void compare_narrow(narrow_cuts const& cuts, narrow_column const& column, std::size_t first, std::size_t count,
                    batch_kernels const& kernels, std::uint64_t* room, std::uint64_t* present,
                    std::uint64_t* out) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
