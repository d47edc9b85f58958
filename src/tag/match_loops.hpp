// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_MATCH_LOOPS_HPP
#define SEGMENTA_TAG_MATCH_LOOPS_HPP

// The loops of match_kernels.hpp over vectors of any width. Each kernel file has its own `Lanes` in an unnamed
// namespace, so that no instantiation is shared between instruction sets.

#include "tag/match_kernels.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {

template <class Lanes, std::size_t... I>
[[gnu::always_inline]] inline void combine_tile(std::uint64_t const* rows, std::span<std::uint32_t const> places,
                                                std::uint64_t const* start, std::size_t first, std::uint64_t* out,
                                                std::index_sequence<I...>) noexcept {
    typename Lanes::vector made[] = {Lanes::load(start + first + I * Lanes::words)...};
    std::size_t const offset = first * sizeof(std::uint64_t);
    for (std::uint32_t const place : places) {
        auto const* const row = reinterpret_cast<std::uint64_t const*>(rows[place] + offset); // NOLINT: see ranker.hpp
        ((made[I] = Lanes::both(made[I], Lanes::load(row + I * Lanes::words))), ...);
    }
    (Lanes::store(out + first + I * Lanes::words, made[I]), ...);
}

// Exactly `left` blocks, at most `Most`.
template <class Lanes, std::size_t Most>
[[gnu::always_inline]] inline void combine_rest(std::uint64_t const* rows, std::span<std::uint32_t const> places,
                                                std::uint64_t const* start, std::size_t first, std::size_t left,
                                                std::uint64_t* out) noexcept {
    if constexpr (Most > 0) {
        using vectors = std::make_index_sequence<Most * block_words / Lanes::words>;
        if (left == Most)
            combine_tile<Lanes>(rows, places, start, first, out, vectors());
        else
            combine_rest<Lanes, Most - 1>(rows, places, start, first, left, out);
    }
}

// As many blocks at once as registers hold, and what is left at once, too.
template <class Lanes>
void combine(std::uint64_t const* rows, std::span<std::uint32_t const> places, std::uint64_t const* start,
             std::size_t blocks, std::uint64_t* out) noexcept {
    constexpr std::size_t most = Lanes::most_blocks;
    std::size_t block = 0;
    for (; block + most <= blocks; block += most)
        combine_rest<Lanes, most>(rows, places, start, block * block_words, most, out);
    combine_rest<Lanes, most - 1>(rows, places, start, block * block_words, blocks - block, out);
}

template <class Lanes>
void fold(std::uint64_t const* made, row_part const* parts, std::size_t part_count, std::uint64_t* out) noexcept {
    std::uint64_t const* const holds = made + parts[0].first_word;
    std::size_t const words = parts[0].words;
    std::size_t w = 0;
    for (std::size_t const whole = words / Lanes::words * Lanes::words; w < whole; w += Lanes::words)
        Lanes::store_anywhere(out + w, Lanes::load_anywhere(holds + w));
    for (; w < words; ++w)
        out[w] = holds[w];
    for (row_part const *part = parts + 1, *const end = parts + part_count; part != end; ++part) {
        std::uint64_t const* const fails = made + part->first_word;
        std::size_t const covered = part->words;
        std::size_t at = 0;
        for (std::size_t const whole = covered / Lanes::words * Lanes::words; at < whole; at += Lanes::words)
            Lanes::store_anywhere(out + at,
                                  Lanes::without(Lanes::load_anywhere(out + at), Lanes::load_anywhere(fails + at)));
        // Words that were just written as part of a vector are there at once for single loads, not for masked ones.
        for (; at < covered; ++at)
            out[at] &= ~fails[at];
    }
}

// Four at once, also where fewer are left, because how many there are is hard to guess. Reads one name past a word.
template <class Lanes>
listed list_names(std::uint64_t const* words, std::size_t word_count, std::uint32_t const* names, std::uint32_t* out,
                  std::size_t room) noexcept {
    listed made;
    for (; made.words < word_count && made.names + 64 <= room; ++made.words) {
        std::uint32_t const* const here = names + made.words * 64;
        std::uint64_t left = words[made.words];
        std::size_t const end = made.names + static_cast<std::size_t>(__builtin_popcountll(left));
        for (std::size_t at = made.names; at < end; at += 4)
            for (std::size_t i = 0; i < 4; ++i, left &= left - 1)
                out[at + i] = here[left == 0 ? 64 : __builtin_ctzll(left)];
        made.names = end;
    }
    return made;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
