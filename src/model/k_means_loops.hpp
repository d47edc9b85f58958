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

// The number of a centre rides in the lowest bits of its score, so that a minimum finds both: comparing and choosing
// would cost as much as the products. The caller's margin covers those bits. Two lots of rows share each number of a
// centre that is brought to all lanes. Features > 0: that many, unrolled; 0: any number.
template <class Lanes, std::size_t Features>
std::size_t nearest_in_tile(float_tile const& tile, float_centres const& centres, float margin,
                            std::uint32_t const* labels, std::uint32_t* found, std::uint32_t* events) {
    std::size_t const features = Features > 0 ? Features : tile.features;
    std::size_t event_count = 0;
    auto const margin_all = Lanes::all(margin);
    auto const score_bits = Lanes::labels(~label_bits(centres.count));
    for (std::size_t r = 0; r < tile.rows; r += 16) {
        float const* const rows = tile.values + r;
        auto best = Lanes::all(__builtin_inff());
        auto second = best;
        auto best_b = best;
        auto second_b = best;
        float const* centre = centres.values;
        for (std::size_t c = 0; c < centres.count; ++c, centre += features) {
            auto score = Lanes::all(centres.half_norms[c]);
            auto score_b = score;
            float const* x = rows;
            for (std::size_t j = 0; j < features; ++j, x += tile.stride) {
                auto const at = Lanes::all(centre[j]);
                score = Lanes::minus_product(score, Lanes::load(x), at);
                score_b = Lanes::minus_product(score_b, Lanes::load(x + 8), at);
            }
            auto const number = Lanes::labels(static_cast<std::uint32_t>(c));
            score = Lanes::marked(score, score_bits, number);
            score_b = Lanes::marked(score_b, score_bits, number);
            second = Lanes::smaller(second, Lanes::larger(best, score));
            second_b = Lanes::smaller(second_b, Lanes::larger(best_b, score_b));
            best = Lanes::smaller(best, score);
            best_b = Lanes::smaller(best_b, score_b);
        }
        auto const doubtful = Lanes::not_more(Lanes::minus(second, best), margin_all);
        auto const doubtful_b = Lanes::not_more(Lanes::minus(second_b, best_b), margin_all);
        unsigned mask = Lanes::finish(Lanes::mark(best, score_bits), doubtful, labels + r, found + r);
        mask |= Lanes::finish(Lanes::mark(best_b, score_bits), doubtful_b, labels + r + 8, found + r + 8) << 8;
        if (tile.rows - r < 16) mask &= (1U << (tile.rows - r)) - 1U;
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
