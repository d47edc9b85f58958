// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_CELL_MAP_HPP
#define SEGMENTA_STRATEGY_CELL_MAP_HPP

/// \file
/// From a tuple of scores to a segment: the map of RFM and its relatives. A map is proven total and disjoint, or says
/// how it is ordered and where the rest goes; else it is refused.

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Scores `low`...`high`, both included.
struct score_range {
    std::uint8_t low = 1;
    std::uint8_t high = 1;
    friend bool operator==(score_range const&, score_range const&) = default;
};

/// One range per dimension.
using cell_box = std::vector<score_range>;

/// A segment is the union of its boxes.
struct map_segment {
    std::string id; ///< local id
    std::vector<cell_box> boxes;
};

/// How a cell is decided that several segments claim.
enum class map_order : std::uint8_t {
    disjoint,    ///< no such cell may exist, and every cell must be claimed
    listed,      ///< the segment listed first
    specificity, ///< the smallest box (fewest cells); equal ones: the segment listed first
};

struct cell_map_options {
    std::string id = "rfm";           ///< scheme: prefix of the segment ids
    std::vector<std::string> reads;   ///< names of the score columns, one per dimension
    std::vector<std::uint8_t> levels; ///< scores 1...levels[i] of dimension i
    std::vector<map_segment> segments;
    map_order order = map_order::disjoint;
    std::string fallback; ///< local id of the segment of unclaimed cells; it may be one of `segments` or a new one.
                          ///< Needed unless every cell is claimed; not allowed when `disjoint`.
};

/// What a proof of a map found. Cells are named by their scores: `215`, or `2-10-5` when a dimension has ten or more.
struct cell_coverage {
    std::vector<std::string> uncovered;   ///< claimed by no segment
    std::vector<std::string> multiply;    ///< claimed by two or more segments
    std::vector<std::string> unreachable; ///< local ids of segments that win no cell under the order given
    std::vector<std::size_t> cells;       ///< cells won by each segment, in the order listed
};

/// Examines a map without refusing it; `segments` with boxes of the right shape. Linear in cells times boxes.
[[nodiscard]] cell_coverage examine_map(std::span<std::uint8_t const> levels, std::span<map_segment const> segments,
                                        map_order order);

/// A compiled map: one table look-up per row.
///
/// Reads one int64 column per dimension with scores from 1. A missing score makes the status `unknown`, a score outside
/// 1...levels `error`. `assignment::reason` is the number of the cell, `also_matched` the other segments that claim it.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class cell_map {
public:
    /// Throws `issue_error` with all problems: `cell_map.uncovered` and `cell_map.overlap` naming the cells,
    /// `cell_map.box` (wrong number of ranges, inverted or outside), `cell_map.id`, `cell_map.duplicate`,
    /// `cell_map.empty`, `cell_map.size` (more than 100,000 cells, or more than 64 segments in an ordered map),
    /// `cell_map.fallback`.
    explicit cell_map(cell_map_options const& options);
    [[nodiscard]] static std::optional<cell_map> make(cell_map_options const& options, issue_list& issues,
                                                      std::string_view place);
    [[nodiscard]] static cell_map from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::span<std::uint8_t const> levels() const noexcept;
    /// Unreachable segments (`cell_map.unreachable`).
    [[nodiscard]] issue_list const& warnings() const noexcept;
    /// `cell 215: rfm.at_risk`
    [[nodiscard]] std::string describe(std::uint32_t reason) const;

    /// The answer for scores of one row, one per dimension; 0 is a missing score.
    [[nodiscard]] assignment find(std::span<std::uint8_t const> scores) const noexcept;
    /// Segment indices for columns of scores as `quantile_score::scores` makes them, `no_segment` where a score is 0 or
    /// outside. `scores[i]` has `out.size()` elements.
    void find_all(std::span<std::uint8_t const* const> scores, std::span<std::uint16_t> out) const noexcept;

    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit cell_map(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
