// SPDX-License-Identifier: Apache-2.0
#include "strategy/cell_cover.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::size_t cell_count(std::span<std::uint8_t const> levels) noexcept {
    std::size_t cells = 1;
    for (auto const l : levels) {
        cells *= l;
        if (cells > most_cells) return most_cells + 1;
    }
    return cells;
}

std::vector<std::uint8_t> cell_scores(std::span<std::uint8_t const> levels, std::size_t cell) {
    std::vector<std::uint8_t> scores(levels.size());
    for (std::size_t d = levels.size(); d > 0; --d) {
        scores[d - 1] = static_cast<std::uint8_t>(cell % levels[d - 1] + 1);
        cell /= levels[d - 1];
    }
    return scores;
}

std::string cell_name(std::span<std::uint8_t const> levels, std::size_t cell) {
    bool const digits = std::all_of(levels.begin(), levels.end(), [](std::uint8_t l) { return l < 10; });
    std::string name;
    for (auto const score : cell_scores(levels, cell)) {
        if (!digits && !name.empty()) name += '-';
        name += std::to_string(score);
    }
    return name;
}

std::size_t box_cells(cell_box const& box) noexcept {
    std::size_t cells = 1;
    for (auto const& range : box)
        cells *= static_cast<std::size_t>(range.high - range.low + 1);
    return cells;
}

cell_claims claim_cells(std::span<std::uint8_t const> levels, std::span<map_segment const> segments, map_order order) {
    std::size_t const cells = cell_count(levels);
    cell_claims out;
    out.winner.assign(cells, no_segment);
    out.claims.assign(cells, 0);
    out.also.assign(cells, 0);
    constexpr std::size_t nothing = static_cast<std::size_t>(-1);
    for (std::size_t cell = 0; cell < cells; ++cell) {
        auto const scores = cell_scores(levels, cell);
        std::size_t best = nothing; // size of the winner's smallest box here
        for (std::size_t s = 0; s < segments.size(); ++s) {
            std::size_t smallest = nothing;
            for (auto const& box : segments[s].boxes) {
                bool inside = true;
                for (std::size_t d = 0; d < levels.size(); ++d)
                    inside = inside && scores[d] >= box[d].low && scores[d] <= box[d].high;
                if (inside) smallest = std::min(smallest, box_cells(box));
            }
            if (smallest == nothing) continue;
            ++out.claims[cell];
            if (s < 64) out.also[cell] |= std::uint64_t{1} << s;
            bool const wins = out.winner[cell] == no_segment || (order == map_order::specificity && smallest < best);
            if (!wins) continue;
            out.winner[cell] = static_cast<std::uint16_t>(s);
            best = smallest;
        }
    }
    return out;
}

} // namespace detail

cell_coverage examine_map(std::span<std::uint8_t const> levels, std::span<map_segment const> segments,
                          map_order order) {
    auto const claimed = detail::claim_cells(levels, segments, order);
    cell_coverage out;
    out.cells.assign(segments.size(), 0);
    for (std::size_t cell = 0; cell < claimed.winner.size(); ++cell) {
        if (claimed.claims[cell] == 0) out.uncovered.push_back(detail::cell_name(levels, cell));
        if (claimed.claims[cell] > 1) out.multiply.push_back(detail::cell_name(levels, cell));
        if (claimed.winner[cell] != no_segment) ++out.cells[claimed.winner[cell]];
    }
    for (std::size_t s = 0; s < segments.size(); ++s)
        if (out.cells[s] == 0) out.unreachable.push_back(segments[s].id);
    return out;
}

} // namespace v0
} // namespace segmenta
