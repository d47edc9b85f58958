// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_LOOPS_HPP
#define SEGMENTA_MODEL_K_MEANS_LOOPS_HPP

// The loops of k_means_kernels for any type of 8 lanes. Each kernel file brings its own type in an unnamed namespace,
// so no instance is shared between files of different instruction sets.

#include "model/k_means_kernels.hpp"

#include <bit>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Features > 0: that many, with the rows in registers; 0: any number.
template <class Lanes, std::size_t Features>
std::size_t nearest_in_tile(float_tile const& tile, float_centres const& centres, float margin,
                            std::uint32_t const* labels, std::uint32_t* found, std::uint32_t* events) {
    std::size_t const features = Features > 0 ? Features : tile.features;
    std::size_t event_count = 0;
    auto const margin_all = Lanes::all(margin);
    for (std::size_t r = 0; r < tile.rows; r += 8) {
        float const* const rows = tile.values + r;
        typename Lanes::numbers kept[Features > 0 ? Features : 1];
        if constexpr (Features > 0) {
            for (std::size_t j = 0; j < Features; ++j)
                kept[j] = Lanes::load(rows + j * tile.stride);
        }
        auto best = Lanes::all(__builtin_inff());
        auto second = best;
        auto label = Lanes::labels(0);
        float const* centre = centres.values;
        for (std::size_t c = 0; c < centres.count; ++c, centre += features) {
            auto score = Lanes::all(centres.half_norms[c]);
            for (std::size_t j = 0; j < features; ++j) {
                if constexpr (Features > 0)
                    score = Lanes::minus_product(score, kept[j], Lanes::all(centre[j]));
                else
                    score = Lanes::minus_product(score, Lanes::load(rows + j * tile.stride), Lanes::all(centre[j]));
            }
            label = Lanes::choose(Lanes::less(score, best), Lanes::labels(static_cast<std::uint32_t>(c)), label);
            second = Lanes::smaller(second, Lanes::larger(best, score));
            best = Lanes::smaller(best, score);
        }
        auto const doubtful = Lanes::not_more(Lanes::minus(second, best), margin_all);
        unsigned mask = Lanes::finish(label, doubtful, labels + r, found + r);
        if (tile.rows - r < 8) mask &= (1U << (tile.rows - r)) - 1U;
        for (; mask != 0; mask &= mask - 1)
            events[event_count++] = static_cast<std::uint32_t>(r) + static_cast<std::uint32_t>(std::countr_zero(mask));
    }
    return event_count;
}

template <class Lanes>
std::size_t nearest(float_tile const& tile, float_centres const& centres, float margin, std::uint32_t const* labels,
                    std::uint32_t* found, std::uint32_t* events) {
    switch (tile.features) {
    case 1: return nearest_in_tile<Lanes, 1>(tile, centres, margin, labels, found, events);
    case 2: return nearest_in_tile<Lanes, 2>(tile, centres, margin, labels, found, events);
    case 3: return nearest_in_tile<Lanes, 3>(tile, centres, margin, labels, found, events);
    case 4: return nearest_in_tile<Lanes, 4>(tile, centres, margin, labels, found, events);
    case 5: return nearest_in_tile<Lanes, 5>(tile, centres, margin, labels, found, events);
    case 6: return nearest_in_tile<Lanes, 6>(tile, centres, margin, labels, found, events);
    default: return nearest_in_tile<Lanes, 0>(tile, centres, margin, labels, found, events);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
