// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_LOOPS_HPP
#define SEGMENTA_MODEL_K_MEANS_LOOPS_HPP

// The loops of k_means_kernels for any type of 8 lanes. Each kernel file brings its own type in an unnamed namespace,
// so no instance is shared between files of different instruction sets.

#include "model/k_means_kernels.hpp"

#include <bit>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// At least how much farther the second centre is than the first, by their scores.
template <class Lanes>
auto lead(typename Lanes::numbers const& norm, typename Lanes::numbers const& best,
          typename Lanes::numbers const& second, typename Lanes::numbers const& error) {
    auto const zero = Lanes::all(0);
    auto const near = Lanes::plus(Lanes::plus(norm, error), Lanes::plus(best, best));
    auto const far = Lanes::plus(Lanes::minus(norm, error), Lanes::plus(second, second));
    return Lanes::minus(Lanes::root(Lanes::larger(far, zero)), Lanes::root(Lanes::larger(near, zero)));
}

// The number of a centre rides in the lowest bits of its score, so that a minimum finds both: comparing and choosing
// would cost as much as the products. The caller's margin covers those bits. Two lots of rows share each number of a
// centre that is brought to all lanes. Features > 0: that many, unrolled; 0: any number.
template <class Lanes, std::size_t Features>
std::size_t nearest_in_groups(float_tile const& tile, std::span<std::uint32_t const> groups,
                              float_centres const& centres, float_errors const& errors, float travelled,
                              nearest_out const& out) {
    std::size_t const features = Features > 0 ? Features : tile.features;
    std::size_t event_count = 0;
    float own_room[Features > 0 ? 16 * Features : 1]; // nothing else is there, so it is read less often
    float* const rows = Features > 0 ? own_room : out.room;
    auto const margin = Lanes::all(errors.margin);
    auto const error = Lanes::all(errors.squared);
    auto const travelled_all = Lanes::all(travelled);
    auto const score_bits = Lanes::labels(~label_bits(centres.count));
    for (std::size_t g = 0; g < groups.size(); g += 8) {
        std::uint32_t const* const list = groups.data() + g; // four groups, and four more
        auto best = Lanes::all(__builtin_inff());
        auto second = best;
        auto best_b = best;
        auto second_b = best;
        auto norm = Lanes::all(0);
        auto norm_b = norm;
        float const* x = tile.values;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < features; ++j, x += tile.stride) {
            auto const here = Lanes::pairs(x, list);
            auto const here_b = Lanes::pairs(x, list + 4);
            Lanes::store(rows + 16 * j, here);
            Lanes::store(rows + 16 * j + 8, here_b);
            norm = Lanes::plus_square(norm, here);
            norm_b = Lanes::plus_square(norm_b, here_b);
        }
        float const* centre = centres.values;
        for (std::size_t c = 0; c < centres.count; ++c, centre += features) {
            auto score = Lanes::all(centres.half_norms[c]);
            auto score_b = score;
#pragma GCC unroll 8
            for (std::size_t j = 0; j < features; ++j) {
                auto const at = Lanes::all(centre[j]);
                score = Lanes::minus_product(score, Lanes::load(rows + 16 * j), at);
                score_b = Lanes::minus_product(score_b, Lanes::load(rows + 16 * j + 8), at);
            }
            auto const number = Lanes::labels(centres.numbers[c]); // brought from memory to all lanes in one step
            score = Lanes::marked(score, score_bits, number);
            score_b = Lanes::marked(score_b, score_bits, number);
            second = Lanes::smaller(second, Lanes::larger(best, score));
            second_b = Lanes::smaller(second_b, Lanes::larger(best_b, score_b));
            best = Lanes::smaller(best, score);
            best_b = Lanes::smaller(best_b, score_b);
        }
        float reach[16];
        Lanes::store(reach, Lanes::plus(travelled_all, Lanes::least_of_pairs(lead<Lanes>(norm, best, second, error))));
        Lanes::store(reach + 8,
                     Lanes::plus(travelled_all, Lanes::least_of_pairs(lead<Lanes>(norm_b, best_b, second_b, error))));
#pragma GCC unroll 8
        for (std::size_t i = 0; i < 8; ++i)
            out.reach[list[i]] = reach[2 * i];
        std::uint32_t found[16];
        auto const doubtful = Lanes::not_more(Lanes::minus(second, best), margin);
        auto const doubtful_b = Lanes::not_more(Lanes::minus(second_b, best_b), margin);
        unsigned mask = Lanes::finish(Lanes::mark(best, score_bits), doubtful, Lanes::pairs(out.labels, list), found);
        mask |=
            Lanes::finish(Lanes::mark(best_b, score_bits), doubtful_b, Lanes::pairs(out.labels, list + 4), found + 8)
            << 8;
        if (groups.size() - g < 8) mask &= (1U << (2 * (groups.size() - g))) - 1U; // the others are repeats
        for (; mask != 0; mask &= mask - 1) {
            auto const lane = static_cast<std::size_t>(std::countr_zero(mask));
            std::size_t const row = list[lane / 2] * group_rows + lane % 2;
            if (row >= tile.rows) continue;
            out.events[event_count] = static_cast<std::uint32_t>(row);
            out.found[event_count++] = found[lane];
        }
    }
    return event_count;
}

template <class Lanes>
std::size_t nearest(float_tile const& tile, std::span<std::uint32_t const> groups, float_centres const& centres,
                    float_errors const& errors, float travelled, nearest_out const& out) {
    switch (tile.features) {
    case 1: return nearest_in_groups<Lanes, 1>(tile, groups, centres, errors, travelled, out);
    case 2: return nearest_in_groups<Lanes, 2>(tile, groups, centres, errors, travelled, out);
    case 3: return nearest_in_groups<Lanes, 3>(tile, groups, centres, errors, travelled, out);
    case 4: return nearest_in_groups<Lanes, 4>(tile, groups, centres, errors, travelled, out);
    case 5: return nearest_in_groups<Lanes, 5>(tile, groups, centres, errors, travelled, out);
    case 6: return nearest_in_groups<Lanes, 6>(tile, groups, centres, errors, travelled, out);
    default: return nearest_in_groups<Lanes, 0>(tile, groups, centres, errors, travelled, out);
    }
}

template <class Lanes>
std::size_t select(float const* reach, std::size_t groups, float limit, std::uint32_t* list) {
    auto const limit_all = Lanes::all(limit);
    std::size_t count = 0;
    for (std::size_t g = 0; g < groups; g += 8) {
        // late in a fit most are not
        while (groups - g > 32) {
            auto const left = Lanes::smaller(Lanes::load(reach + g), Lanes::load(reach + g + 8));
            auto const right = Lanes::smaller(Lanes::load(reach + g + 16), Lanes::load(reach + g + 24));
            if (Lanes::bits(Lanes::not_more(Lanes::smaller(left, right), limit_all)) != 0) break;
            g += 32;
        }
        unsigned mask = Lanes::bits(Lanes::not_more(Lanes::load(reach + g), limit_all));
        if (groups - g < 8) mask &= (1U << (groups - g)) - 1U;
        Lanes::list(mask, static_cast<std::uint32_t>(g), list + count);
        count += static_cast<std::size_t>(std::popcount(mask));
    }
    for (std::size_t i = 0; i < 7; ++i)
        list[count + i] = count > 0 ? list[count - 1] : 0;
    return count;
}

// Products are not fused here: the sums decide what is drawn, and must be the same everywhere.
template <class Lanes>
double nearer(float_tile const& tile, float const* centre, float const* before, float* out) {
    typename Lanes::sums total{};
    for (std::size_t r = 0; r < tile.rows; r += 8) {
        auto squared = Lanes::all(0);
        float const* x = tile.values + r;
        for (std::size_t j = 0; j < tile.features; ++j, x += tile.stride) {
            auto const gap = Lanes::minus(Lanes::load(x), Lanes::all(centre[j]));
            squared = Lanes::plus(squared, Lanes::product(gap, gap));
        }
        squared = Lanes::smaller(Lanes::load(before + r), squared);
        if (tile.rows - r < 8) squared = Lanes::first(squared, tile.rows - r);
        Lanes::store(out + r, squared);
        total = Lanes::add(total, squared);
    }
    for (std::size_t r = (tile.rows + 7) / 8 * 8; r < (tile.rows + 15) / 16 * 16; ++r)
        out[r] = 0;
    return Lanes::sum(total);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
