// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_BATCH_LOOPS_HPP
#define SEGMENTA_TAG_BATCH_LOOPS_HPP

// The loops of batch_kernels.hpp over vectors of any width. Each kernel file has its own `Lanes` in an unnamed
// namespace, so that no instantiation is shared between instruction sets; loops without vectors are left to the
// compiler, which makes them of the instruction set of the file.

#include "tag/batch_kernels.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__SSSE3__)
#include <tmmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {

template <class Lanes, class In, class Out>
void clamp_numbers(In const* in, std::size_t rows, In low, In high, Out* out) noexcept {
    std::size_t i = 0;
    if constexpr (sizeof(In) == 8 && Lanes::clamps_32)
        for (auto const bounds = Lanes::bounds(low, high); i + 32 <= rows; i += 32)
            Lanes::clamp(in + i, bounds, out + i);
    for (; i < rows; ++i) {
        In const v = in[i] < low ? low : in[i];
        out[i] = static_cast<Out>((v > high ? high : v) - low);
    }
}

template <class Lanes, class Out>
void shrink(std::int32_t const* in, Out* out) noexcept {
    for (std::size_t i = 0; i < tile_rows; ++i)
        out[i] = static_cast<Out>(in[i]);
}

#if defined(__SSSE3__)
using sixteen_bytes = std::uint8_t __attribute__((vector_size(16)));

// Of 16 codes below 256. Templates, though nothing hangs on the lanes: see the top.
template <class Lanes>
sixteen_bytes bytes_of(std::uint32_t const* codes) noexcept {
    auto const four = [codes](std::size_t i) { return _mm_loadu_si128(reinterpret_cast<__m128i const*>(codes) + i); };
    return reinterpret_cast<sixteen_bytes>(
        _mm_packus_epi16(_mm_packs_epi32(four(0), four(1)), _mm_packs_epi32(four(2), four(3))));
}

// Sixteen entries of the table at a time: codes of other sixteens get the top bit, and for them the shuffle gives 0.
template <class Lanes>
sixteen_bytes look_up(sixteen_bytes codes, std::span<std::uint8_t const> table) noexcept {
    __m128i out = _mm_setzero_si128();
    for (std::size_t first = 0; first < table.size(); first += 16) {
        auto const here = reinterpret_cast<__m128i>(codes - static_cast<std::uint8_t>(first));
        __m128i const place = _mm_adds_epu8(here, _mm_set1_epi8(0x70));
        __m128i const entries = _mm_loadu_si128(reinterpret_cast<__m128i const*>(table.data() + first));
        out = _mm_or_si128(out, _mm_shuffle_epi8(entries, place));
    }
    return reinterpret_cast<sixteen_bytes>(out);
}
#endif

template <class Lanes>
void look_up_codes(std::uint32_t const* codes, std::size_t rows, std::span<std::uint8_t const> table,
                   std::uint8_t* out) noexcept {
    std::size_t i = 0;
#if defined(__SSSE3__)
    for (; i + 16 <= rows; i += 16) {
        sixteen_bytes const found = look_up<Lanes>(bytes_of<Lanes>(codes + i), table);
        std::memcpy(out + i, &found, sizeof found);
    }
#endif
    for (; i < rows; ++i)
        out[i] = table[codes[i]];
}

template <class Lanes>
void look_up_flags(std::uint8_t const* flags, std::size_t rows, std::uint8_t yes, std::uint8_t no,
                   std::uint8_t* out) noexcept {
    using bytes = std::uint8_t __attribute__((vector_size(16)));
    std::size_t i = 0;
    for (; i + sizeof(bytes) <= rows; i += sizeof(bytes)) {
        bytes v;
        std::memcpy(&v, flags + i, sizeof v);
        bytes const set = reinterpret_cast<bytes>(v != 0);
        v = (set & yes) | (~set & no);
        std::memcpy(out + i, &v, sizeof v);
    }
    for (; i < rows; ++i)
        out[i] = flags[i] != 0 ? yes : no;
}

template <class Lanes, class Code>
void at_least(Code const* codes, std::int32_t const* cuts, std::size_t count, std::uint64_t* out) noexcept {
    for (std::size_t c = 0; c < count; ++c, out += tile_words) {
        auto const cut = Lanes::all(static_cast<Code>(cuts[c]));
        for (std::size_t w = 0; w < tile_words; ++w)
            out[w] = Lanes::not_below(codes + w * 64, cut);
    }
}

// The rows of 64 that are not below an odd number of cuts.
template <class Lanes, class Code, class Cut, std::size_t Count>
[[gnu::always_inline]] inline std::uint64_t odd(Code const* in, std::array<Cut, Count> const& cuts) noexcept {
    if constexpr (Count > 1 && requires { Lanes::odd(in, cuts); }) return Lanes::odd(in, cuts);
    std::uint64_t word = 0;
    for (auto const& cut : cuts)
        word ^= Lanes::not_below(in, cut);
    return word;
}

// The exclusive or of a few toggles and of `start`, or of what stands in `out` already.
template <class Lanes, class Code, std::size_t Count, bool Again>
void toggle_few(Code const* in, std::int32_t const* toggles, std::uint64_t start, std::uint64_t* out,
                std::span<std::uintptr_t const> asked) noexcept {
    auto const cuts = [&]<std::size_t... I>(std::index_sequence<I...>) {
        return std::array{Lanes::all(static_cast<Code>(toggles[I]))...};
    }(std::make_index_sequence<Count>());
    for (std::size_t w = 0; w < tile_words; ++w) {
        for (std::uintptr_t const piece : asked) // into the second cache: the nearest is full of what is at hand
            __builtin_prefetch(reinterpret_cast<void const*>(piece + w * 64), 0, 2);
        out[w] = (Again ? out[w] : start) ^ odd<Lanes>(in + w * 64, cuts);
    }
}

template <class Lanes, class Code>
void toggled(Code const* in, std::span<std::int32_t const> toggles, bool from_all, std::uint64_t* out,
             std::span<std::uintptr_t const> asked) noexcept {
    std::uint64_t const start = from_all ? ~std::uint64_t{0} : 0;
    std::int32_t const* next = toggles.data();
    std::size_t left = toggles.size();
    switch (left) {
    case 0: std::fill_n(out, tile_words, start); return;
    case 1: return toggle_few<Lanes, Code, 1, false>(in, next, start, out, asked);
    case 2: return toggle_few<Lanes, Code, 2, false>(in, next, start, out, asked);
    case 3: return toggle_few<Lanes, Code, 3, false>(in, next, start, out, asked);
    default: break;
    }
    toggle_few<Lanes, Code, 4, false>(in, next, start, out, asked);
    for (next += 4, left -= 4; left >= 2; next += 2, left -= 2)
        toggle_few<Lanes, Code, 2, true>(in, next, start, out, {});
    if (left == 1) toggle_few<Lanes, Code, 1, true>(in, next, start, out, {});
}

template <class Lanes>
struct tile_bits {
    static constexpr std::size_t vectors = std::min<std::size_t>(8, tile_words / Lanes::words);
    static constexpr std::size_t words = vectors * Lanes::words; // the part of a tile that is looked at at once
    static_assert(tile_words % words == 0);
    typename Lanes::vector part[vectors];

    template <class Make>
    [[gnu::always_inline]] static tile_bits make(Make&& make) noexcept {
        return [&]<std::size_t... I>(std::index_sequence<I...>) {
            return tile_bits{{make(I)...}};
        }(std::make_index_sequence<vectors>());
    }
    [[gnu::always_inline]] static tile_bits load(std::uint64_t const* p) noexcept {
        return make([p](std::size_t i) { return Lanes::load(p + i * Lanes::words); });
    }
    [[gnu::always_inline]] tile_bits both(std::uint64_t const* p) const noexcept {
        return make([this, p](std::size_t i) { return Lanes::both(part[i], Lanes::load(p + i * Lanes::words)); });
    }
    [[gnu::always_inline]] tile_bits both(tile_bits const& o) const noexcept {
        return make([this, &o](std::size_t i) { return Lanes::both(part[i], o.part[i]); });
    }
    [[gnu::always_inline]] tile_bits either(std::uint64_t const* p) const noexcept {
        return make([this, p](std::size_t i) { return Lanes::either(part[i], Lanes::load(p + i * Lanes::words)); });
    }
    [[gnu::always_inline]] tile_bits differ(std::uint64_t const* p) const noexcept {
        return make([this, p](std::size_t i) { return Lanes::differ(part[i], Lanes::load(p + i * Lanes::words)); });
    }
    // No loops: the parts then stay in registers.
    [[gnu::always_inline]] void store(std::uint64_t* p) const noexcept {
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            (Lanes::store(p + I * Lanes::words, part[I]), ...);
        }(std::make_index_sequence<vectors>());
    }
    // How many are set; `stored` is where they are in memory, too. A byte holds eight counts of eight.
    [[gnu::always_inline]] std::uint64_t count(std::uint64_t const* stored) const noexcept {
        if constexpr (requires { Lanes::bits_of_bytes(part[0]); }) {
            static_assert(vectors <= 31);
            auto sum = Lanes::bits_of_bytes(part[0]);
            [&]<std::size_t... I>(std::index_sequence<I...>) {
                ((sum = Lanes::add_bytes(sum, Lanes::bits_of_bytes(part[I + 1]))), ...);
            }(std::make_index_sequence<vectors - 1>());
            return Lanes::sum_of_bytes(sum);
        } else {
            std::uint64_t sums[2] = {0, 0};
            for (std::size_t w = 0; w + 2 <= words; w += 2)
                for (std::size_t k = 0; k < 2; ++k)
                    sums[k] += static_cast<std::uint64_t>(__builtin_popcountll(stored[w + k]));
            return sums[0] + sums[1];
        }
    }
    [[gnu::always_inline]] bool none() const noexcept {
        auto any = part[0];
        [&]<std::size_t... I>(std::index_sequence<I...>) {
            ((any = Lanes::either(any, part[I + 1])), ...);
        }(std::make_index_sequence<vectors - 1>());
        return Lanes::is_zero(any);
    }
};

template <class Lanes>
void differences(std::uint32_t const* code, std::size_t results, std::uint64_t const* bitmaps,
                 std::uint64_t* out) noexcept {
    using bits = tile_bits<Lanes>;
    for (std::size_t r = 0; r < results; ++r, out += tile_words) {
        std::uint32_t const count = *code++;
        for (std::size_t from = 0; from < tile_words; from += bits::words) {
            std::uint64_t const* const here = bitmaps + from;
            bits made = bits::load(here + code[0] * tile_words);
            for (std::uint32_t i = 1; i < count; ++i)
                made = made.differ(here + code[i] * tile_words);
            made.store(out + from);
        }
        code += count;
    }
}

// One rule over a part of a tile.
template <class Lanes>
[[gnu::always_inline]] inline tile_bits<Lanes> rule_bits(std::uint32_t const* code, std::uint64_t const* bitmaps,
                                                         std::uint64_t const* rows) noexcept {
    using bits = tile_bits<Lanes>;
    std::uint32_t const needed = code[0];
    std::uint32_t const clauses = code[1];
    code += 2;
    bits made = bits::load(rows);
    for (std::uint32_t i = 0; i < needed; ++i)
        made = made.both(bitmaps + code[i] * tile_words);
    if (clauses == 0 || made.none()) return made;
    code += needed;
    for (std::uint32_t c = 0; c < clauses; ++c) {
        std::uint32_t const count = *code++;
        bits any = bits::load(bitmaps + code[0] * tile_words);
        for (std::uint32_t i = 1; i < count; ++i)
            any = any.either(bitmaps + code[i] * tile_words);
        made = made.both(any);
        code += count;
    }
    return made;
}

template <class Lanes>
std::uint32_t const* after_rule(std::uint32_t const* code) noexcept {
    std::uint32_t const clauses = code[1];
    code += 2 + code[0];
    for (std::uint32_t c = 0; c < clauses; ++c)
        code += 1 + code[0];
    return code;
}

template <class Lanes>
void run_rules(std::uint32_t const* code, std::size_t rules, std::uint64_t const* bitmaps, std::uint64_t const* rows,
               std::uint64_t* counts, std::uint64_t* out, std::size_t stride) noexcept {
    using bits = tile_bits<Lanes>;
    for (std::size_t r = 0; r < rules; ++r, out += stride) {
        for (std::size_t from = 0; from < tile_words; from += bits::words) {
            bits const made = rule_bits<Lanes>(code, bitmaps + from, rows + from);
            made.store(out + from);
            counts[r] += made.count(out + from);
        }
        code = after_rule<Lanes>(code);
    }
}

template <class Lanes>
constexpr batch_kernels batch_kernels_of() noexcept {
    return {clamp_numbers<Lanes, std::int64_t, std::int32_t>,
            clamp_numbers<Lanes, std::int64_t, std::uint8_t>,
            clamp_numbers<Lanes, std::int32_t, std::int32_t>,
            shrink<Lanes, std::uint8_t>,
            shrink<Lanes, std::int16_t>,
            look_up_codes<Lanes>,
            look_up_flags<Lanes>,
            at_least<Lanes, std::uint8_t>,
            at_least<Lanes, std::int16_t>,
            at_least<Lanes, std::int32_t>,
            toggled<Lanes, std::uint8_t>,
            toggled<Lanes, std::int16_t>,
            toggled<Lanes, std::int32_t>,
            differences<Lanes>,
            run_rules<Lanes>};
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
