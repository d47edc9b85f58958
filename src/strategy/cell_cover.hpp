// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_CELL_COVER_HPP
#define SEGMENTA_STRATEGY_CELL_COVER_HPP

// Which segments of a map claim which cells.

#include <segmenta/strategy/cell_map.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t most_cells = 100'000;

/// Product of the levels, or `most_cells + 1` when it is larger.
std::size_t cell_count(std::span<std::uint8_t const> levels) noexcept;
/// The scores of a cell; the last dimension counts fastest.
std::vector<std::uint8_t> cell_scores(std::span<std::uint8_t const> levels, std::size_t cell);
std::string cell_name(std::span<std::uint8_t const> levels, std::size_t cell);
std::size_t box_cells(cell_box const& box) noexcept;

/// Per cell.
struct cell_claims {
    std::vector<std::uint16_t> winner; ///< under the order given (`disjoint` counts as `listed`), or `no_segment`
    std::vector<std::uint16_t> claims; ///< how many segments claim the cell
    std::vector<std::uint64_t> also;   ///< bits of all claiming segments below 64
};

cell_claims claim_cells(std::span<std::uint8_t const> levels, std::span<map_segment const> segments, map_order order);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
