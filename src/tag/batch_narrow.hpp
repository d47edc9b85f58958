// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_BATCH_NARROW_HPP
#define SEGMENTA_TAG_BATCH_NARROW_HPP

// Narrow columns are compared as they lie in memory: nothing is made of a value before it is compared.

#include "tag/batch_data.hpp"

#include <segmenta/record/narrow_column.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// How the kernels compare elements: bytes without a sign, wider ones with it. Elements whose order is another are not
// made others: a cut of them is a few toggles of that order.
struct narrow_form {
    unsigned width = 1;        // bytes; 0 of bits
    bool turned = false;       // the elements have a sign where the kernels see none, or none where they see one
    bool real = false;         // floats
    std::int64_t least = 0;    // element there can be
    std::int64_t greatest = 0; // likewise
};

// For each cut of an attribute its toggles: the rows at or above the cut are the exclusive or of the rows whose element
// is at or above each toggle, in the order in which the kernels see elements.
struct narrow_cuts {
    narrow_form form;
    std::vector<std::int32_t> toggles;  // of all cuts
    std::vector<std::uint32_t> ends;    // of each cut's
    std::vector<std::uint8_t> from_all; // of each cut: whether a toggle is below every element
};

// False where the column must be widened instead. `dictionary`: of a column of categories its codes by code of the
// pool, as the cuts of the attribute are stated in.
bool make_narrow_cuts(batch_attribute const& of, narrow_column const& column, std::span<std::int32_t const> dictionary,
                      narrow_cuts& out);

// Each column is read in short bursts, in turn with the others: too little for the processor to see where it goes on.
// So the next tiles of all columns are asked for, evenly over the looks at one tile, because memory answers a steady
// flow of questions faster than bursts of them.
class memory_asker {
public:
    void clear() noexcept {
        columns_.clear();
        looks_ = 0;
    }
    // A column of so many bits an element that is compared so often for each tile.
    void add(void const* begin, std::size_t bits, std::size_t looks) {
        std::size_t const bytes = tile_rows * bits / 8; // of a tile
        for (std::size_t at = 0; at < bytes; at += asked_bytes)
            columns_.push_back({reinterpret_cast<std::uintptr_t>(begin) + at, bytes});
        looks_ += looks;
    }
    // Before the first look at the tile that begins with a row.
    void begin_tile(std::size_t first) {
        constexpr std::size_t tiles_ahead = 2;
        asked_.clear();
        std::size_t const tile = first / tile_rows + tiles_ahead;
        for (auto const& [begin, bytes] : columns_)
            if (bytes >= asked_bytes || tile * bytes % asked_bytes == 0) asked_.push_back(begin + tile * bytes);
        look_ = 0;
    }
    // What the next look asks for.
    std::span<std::uintptr_t const> next() noexcept {
        if (look_ >= looks_) return {};
        std::size_t const from = look_ * asked_.size() / looks_;
        ++look_;
        return std::span<std::uintptr_t const>(asked_).subspan(from, look_ * asked_.size() / looks_ - from);
    }

private:
    struct piece {
        std::uintptr_t begin; // in the first tile
        std::size_t bytes;    // from one tile to the next
    };
    std::vector<piece> columns_;
    std::vector<std::uintptr_t> asked_;
    std::size_t looks_ = 0;
    std::size_t look_ = 0;
};

// Rows [first, first + count), `first` at the beginning of a tile, into a bitmap for each cut; rows past `count` are
// anything. `room` is a tile of 32 bits. Clears in `present` the rows that are NaN.
void compare_narrow(narrow_cuts const& cuts, narrow_column const& column, std::size_t first, std::size_t count,
                    batch_kernels const& kernels, memory_asker& asker, std::uint64_t* room, std::uint64_t* present,
                    std::uint64_t* out) noexcept;

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
