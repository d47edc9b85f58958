// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RANK_LOOPS_HPP
#define SEGMENTA_TAG_RANK_LOOPS_HPP

// The loops over rankers. As in match_loops.hpp each kernel file has its own `Lanes`, so that no instantiation is
// shared between instruction sets; nothing here calls a function that could be.

#include "tag/ranker.hpp"

#include <cstring>

namespace segmenta {
inline namespace v0 {
namespace detail {

template <class Lanes>
struct rank_loops {
    // In the order of the numbers; both zeros are one.
    [[gnu::always_inline]] static std::int64_t ordered(std::int64_t of_real) noexcept {
        double number;
        std::memcpy(&number, &of_real, sizeof number);
        number += 0.0;
        std::int64_t bits;
        std::memcpy(&bits, &number, sizeof bits);
        return bits ^ static_cast<std::int64_t>(static_cast<std::uint64_t>(bits >> 63) >> 1);
    }
    // Distance from the lowest key, at most `most`.
    [[gnu::always_inline]] static std::uint64_t above(ranker const& of, std::int64_t key, std::uint64_t most) noexcept {
        std::int64_t const from = key < of.lowest ? of.lowest : key;
        std::uint64_t const distance = static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(of.lowest);
        return distance < most ? distance : most;
    }

    template <class Entry>
    struct codes {
        [[gnu::always_inline]] static std::uint64_t head(ranker const& of, unsigned char const* v) noexcept {
            return head_of_code(of, v);
        }
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            std::uint32_t const code = load_bytes<std::uint32_t>(v + value_layout::code);
            return static_cast<Entry const*>(of.keys)[code < of.last ? code : of.last];
        }
    };
    struct of_any_bits {
        [[gnu::always_inline]] static std::uint64_t head(ranker const&, unsigned char const* v) noexcept {
            return head_of_value(v);
        }
        [[gnu::always_inline]] static std::int64_t key(unsigned char const* v) noexcept {
            return load_bytes<std::int64_t>(v + value_layout::bits);
        }
    };
    template <class Entry>
    struct table : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            return static_cast<Entry const*>(of.keys)[above(of, of_any_bits::key(v), of.last)];
        }
    };
    struct few_near : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            // Never that of the padding.
            auto const at = static_cast<std::uint16_t>(above(of, of_any_bits::key(v), near_span) ^ 0x8000U);
            return Lanes::count_few(static_cast<std::int16_t const*>(of.keys), static_cast<std::int16_t>(at));
        }
    };
    struct few_far : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            auto const at = static_cast<std::int32_t>(above(of, of_any_bits::key(v), far_span));
            return Lanes::count_few(static_cast<std::int32_t const*>(of.keys), at);
        }
    };
    [[gnu::always_inline]] static std::uint32_t at_most(std::uint32_t found, std::uint32_t cuts) noexcept {
        return found < cuts ? found : cuts; // padding is not above the largest key
    }
    [[gnu::always_inline]] static std::uint32_t search_few(ranker const& of, std::int64_t key) noexcept {
        return at_most(Lanes::count_few(static_cast<std::int64_t const*>(of.keys), key), of.last);
    }
    // Blocks of cuts are chosen by their first cuts, which stand together before them: halving stays inside few cache
    // lines, and no branch hangs on the key.
    [[gnu::always_inline]] static std::uint32_t search_many(ranker const& of, std::int64_t key) noexcept {
        auto const* const firsts = static_cast<std::int64_t const*>(of.keys);
        std::int64_t const* base = firsts;
        std::size_t left = of.blocks;
        while (left > 1) {
            std::size_t const half = left / 2;
            base += half & (std::size_t{0} - static_cast<std::size_t>(base[half] <= key));
            left -= half;
        }
        std::size_t const block = static_cast<std::size_t>(base - firsts) * block_of_cuts;
        std::int64_t const* const cuts = firsts + (of.blocks + 7) / 8 * 8 + block;
        return at_most(static_cast<std::uint32_t>(block) + Lanes::count_block(cuts, key), of.last);
    }
    struct few : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            return search_few(of, of_any_bits::key(v));
        }
    };
    struct few_reals : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            return search_few(of, ordered(of_any_bits::key(v)));
        }
    };
    struct many : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            return search_many(of, of_any_bits::key(v));
        }
    };
    struct many_reals : of_any_bits {
        [[gnu::always_inline]] static std::uint32_t row(ranker const& of, unsigned char const* v) noexcept {
            return search_many(of, ordered(of_any_bits::key(v)));
        }
    };

    // The present byte is set in `odd` when a value is there and of another form than usual.
    template <ranking How, class Way>
    [[gnu::always_inline]] static void run(rank_plan const& plan, unsigned char const* values, rank_places const& to,
                                           std::uint64_t& odd) noexcept {
        ranker const* const end = plan.begin[static_cast<std::size_t>(How) + 1];
        for (ranker const* at = plan.begin[static_cast<std::size_t>(How)]; at != end; ++at) {
            unsigned char const* const v = values + at->value;
            std::uint64_t const head = Way::head(*at, v);
            // Numbers, because a compiler makes a branch of a choice.
            std::uint64_t const usual = value_layout::same_head(head, at->head) ? ~std::uint64_t{0} : 0;
            std::uint64_t const rank = (Way::row(*at, v) & usual) | (at->missing & ~usual);
            odd |= head & ~usual;
            to.ranks[at->place] = static_cast<std::uint32_t>(rank);
            to.rows[at->place] = at->first_row + rank * at->stride;
        }
    }

    // Whether a value has another form than usual: then it is taken for missing. `values` is a row of values that has
    // all of them.
    static bool rank_all(rank_plan const& plan, unsigned char const* values, rank_places const& to) noexcept {
#pragma GCC unroll 4
        for (std::size_t at = plan.first_value; at < plan.end_value; at += 64)
            __builtin_prefetch(values + at);
        std::uint64_t odd = 0;
        // Those first that take longest.
        run<ranking::many, many>(plan, values, to, odd);
        run<ranking::many_reals, many_reals>(plan, values, to, odd);
        run<ranking::few_reals, few_reals>(plan, values, to, odd);
        run<ranking::few, few>(plan, values, to, odd);
        run<ranking::long_table, table<std::uint16_t>>(plan, values, to, odd);
        run<ranking::long_codes, codes<std::uint16_t>>(plan, values, to, odd);
        if constexpr (Lanes::by_fours) {
            odd |= Lanes::rank_fours(plan, values, to);
        } else {
            run<ranking::few_far, few_far>(plan, values, to, odd);
            run<ranking::few_near, few_near>(plan, values, to, odd);
            run<ranking::short_table, table<std::uint8_t>>(plan, values, to, odd);
            run<ranking::short_codes, codes<std::uint8_t>>(plan, values, to, odd);
        }
        return (odd & value_layout::present) != 0;
    }
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
