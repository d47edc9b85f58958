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
// would cost as much as the products. The caller's margin covers those bits. Two groups share each number of a centre
// that is brought to all lanes. Features > 0: that many, unrolled; 0: any number.
template <class Lanes, std::size_t Features>
std::size_t nearest_in_groups(float_tile const& tile, std::span<std::uint32_t const> groups,
                              float_centres const& centres, float_errors const& errors, float travelled,
                              nearest_out const& out) {
    std::size_t const features = Features > 0 ? Features : tile.features;
    std::size_t event_count = 0;
    auto const margin = Lanes::all(errors.margin);
    auto const error = Lanes::all(errors.squared);
    auto const score_bits = Lanes::labels(~label_bits(centres.count));
    auto const list = [&](unsigned mask, std::size_t row) {
        if (tile.rows - row < group_rows) mask &= (1U << (tile.rows - row)) - 1U;
        for (; mask != 0; mask &= mask - 1)
            out.events[event_count++] =
                static_cast<std::uint32_t>(row) + static_cast<std::uint32_t>(std::countr_zero(mask));
    };
    for (std::size_t g = 0; g < groups.size(); g += 2) {
        bool const two = g + 1 < groups.size(); // the last one may stand alone
        std::size_t const group = groups[g];
        std::size_t const group_b = groups[two ? g + 1 : g];
        std::size_t const r = group * group_rows;
        std::size_t const r_b = group_b * group_rows;
        auto best = Lanes::all(__builtin_inff());
        auto second = best;
        auto best_b = best;
        auto second_b = best;
        float const* centre = centres.values;
        for (std::size_t c = 0; c < centres.count; ++c, centre += features) {
            auto score = Lanes::all(centres.half_norms[c]);
            auto score_b = score;
            float const* x = tile.values;
#pragma GCC unroll 8
            for (std::size_t j = 0; j < features; ++j, x += tile.stride) {
                auto const at = Lanes::all(centre[j]);
                score = Lanes::minus_product(score, Lanes::load(x + r), at);
                score_b = Lanes::minus_product(score_b, Lanes::load(x + r_b), at);
            }
            auto const number = Lanes::labels(static_cast<std::uint32_t>(c));
            score = Lanes::marked(score, score_bits, number);
            score_b = Lanes::marked(score_b, score_bits, number);
            second = Lanes::smaller(second, Lanes::larger(best, score));
            second_b = Lanes::smaller(second_b, Lanes::larger(best_b, score_b));
            best = Lanes::smaller(best, score);
            best_b = Lanes::smaller(best_b, score_b);
        }
        auto norm = Lanes::all(0);
        auto norm_b = norm;
        float const* x = tile.values;
#pragma GCC unroll 8
        for (std::size_t j = 0; j < features; ++j, x += tile.stride) {
            norm = Lanes::plus_square(norm, Lanes::load(x + r));
            norm_b = Lanes::plus_square(norm_b, Lanes::load(x + r_b));
        }
        out.reach[group] = travelled + Lanes::least(lead<Lanes>(norm, best, second, error));
        out.reach[group_b] = travelled + Lanes::least(lead<Lanes>(norm_b, best_b, second_b, error));
        auto const doubtful = Lanes::not_more(Lanes::minus(second, best), margin);
        auto const doubtful_b = Lanes::not_more(Lanes::minus(second_b, best_b), margin);
        list(Lanes::finish(Lanes::mark(best, score_bits), doubtful, out.labels + r, out.found + r), r);
        auto const mask_b =
            Lanes::finish(Lanes::mark(best_b, score_bits), doubtful_b, out.labels + r_b, out.found + r_b);
        if (two) list(mask_b, r_b);
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
        unsigned mask = Lanes::bits(Lanes::not_more(Lanes::load(reach + g), limit_all));
        if (groups - g < 8) mask &= (1U << (groups - g)) - 1U;
        Lanes::list(mask, static_cast<std::uint32_t>(g), list + count);
        count += static_cast<std::size_t>(std::popcount(mask));
    }
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
