// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_VALUE_RANKS_HPP
#define SEGMENTA_TAG_VALUE_RANKS_HPP

// Which row of the table a value hits. All attributes of one way of ranking are done in one loop, so that nothing in it
// is decided anew for each; a missing value is chosen without a branch, because nobody can guess which one it is.

#include "tag/index_data.hpp"
#include "tag/key_set.hpp"
#include "tag/rule_clauses.hpp"

#include <segmenta/record/value.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#if defined(__SSE4_2__)
#include <nmmintrin.h>
#endif

namespace segmenta {
inline namespace v0 {
namespace detail {

// A value begins with its type (five bytes) and whether it is present (the sixth); they are compared as one number.
static_assert(std::is_standard_layout_v<value> && std::is_trivially_copyable_v<value> && sizeof(type) == 5);
inline constexpr bool low_first = std::endian::native == std::endian::little;
inline constexpr std::uint64_t head_mask = low_first ? 0x0000'FFFF'FFFF'FFFFU : 0xFFFF'FFFF'FFFF'0000U;
inline constexpr std::uint64_t present_mask = low_first ? 0x0000'FF00'0000'0000U : 0x0000'0000'00FF'0000U;

inline std::uint64_t head_of(value const& v) noexcept {
    std::uint64_t out;
    std::memcpy(&out, static_cast<void const*>(&v), sizeof out);
    return out & head_mask;
}

// The head of the values that an attribute of this type usually has.
inline std::uint64_t head_of_type(type what) noexcept {
    if (what.is_text()) return head_of(value::of_string({}));
    if (what.base == kind::float64) return head_of(value::of_double(0));
    return head_of(value::of_decimal(what, 0));
}

inline bool fits(value const& v, index_attribute const& wanted) noexcept {
    if (wanted.how == reading::text) return v.what().is_text();
    if (wanted.how == reading::elements) return v.base() == kind::category_set;
    // Only decimals have a scale and a currency.
    return v.base() == wanted.what.base && (v.base() != kind::decimal || v.what() == wanted.what);
}

// How many of `block_of_cuts` cuts, as signed numbers, are not above `key`.
inline std::size_t count_block(std::int64_t const* cuts, std::int64_t key) noexcept {
#if defined(__SSE4_2__)
    __m128i const wanted = _mm_set1_epi64x(key);
    __m128i above[2] = {_mm_setzero_si128(), _mm_setzero_si128()};
    for (std::size_t i = 0; i < block_of_cuts; i += 4)
        for (std::size_t j = 0; j < 2; ++j) {
            __m128i const cut = _mm_load_si128(reinterpret_cast<__m128i const*>(cuts + i + 2 * j));
            above[j] = _mm_add_epi64(above[j], _mm_cmpgt_epi64(cut, wanted));
        }
    __m128i const all = _mm_add_epi64(above[0], above[1]);
    return block_of_cuts + static_cast<std::size_t>(_mm_cvtsi128_si64(all) + _mm_extract_epi64(all, 1));
#else
    std::size_t made = 0;
    for (std::size_t i = 0; i < block_of_cuts; ++i)
        made += cuts[i] <= key ? 1 : 0;
    return made;
#endif
}

// How many of the cuts are not above `key`; no branch depends on the key. Blocks are chosen by their first cuts, which
// stand together: halving stays inside few cache lines.
inline std::uint32_t search(index_attribute const& of, std::uint64_t key) noexcept {
    std::int64_t const wanted = integer_of(key);
    std::int64_t const* base = of.firsts;
    std::size_t left = of.blocks;
    while (left > 1) {
        std::size_t const half = left / 2;
        base += half & (std::size_t{0} - static_cast<std::size_t>(base[half] <= wanted));
        left -= half;
    }
    std::size_t const block = static_cast<std::size_t>(base - of.firsts) * block_of_cuts;
    std::size_t const made = block + count_block(of.cuts + block, wanted);
    return static_cast<std::uint32_t>(std::min<std::size_t>(made, of.count)); // padding is not above the largest key
}

inline std::uint32_t look_up(index_attribute const& of, std::uint64_t key) noexcept {
    std::uint64_t const above = std::max(key, of.lowest) - of.lowest;
    return of.ranks[std::min<std::uint64_t>(above, of.count - 1)];
}

inline std::uint32_t rank(index_attribute const& of, std::uint64_t key) noexcept {
    return of.ranks == nullptr ? search(of, key) : look_up(of, key);
}

// Which elements that rules mention are in a set, a bit for each.
struct element_bits {
    std::uint64_t words[most_elements / 64] = {};

    element_bits(text_codes const& elements, text_set const& set) noexcept {
        for (std::size_t i = 0; i < set.size(); ++i) {
            std::uint32_t const number = elements.find(set[i]);
            if (number < elements.size()) words[number / 64] |= std::uint64_t{1} << number % 64;
        }
    }
    [[nodiscard]] std::uint64_t group(std::uint32_t number) const noexcept {
        std::size_t const bit = number * group_elements;
        return words[bit / 64] >> bit % 64 & ((std::uint64_t{1} << group_elements) - 1);
    }
};

inline std::uint64_t key_of_value(index_attribute const& of, value const& v) noexcept {
    switch (of.how) {
    case reading::integer: return key_of(v.as_int());
    case reading::real: return key_of(v.as_double());
    case reading::text: return of.texts->find(v.as_string());
    case reading::elements: return element_bits(*of.texts, v.as_set()).group(of.group);
    }
    return 0;
}

// A place in the table: the row that was hit and, of a present value, the key.
struct ranked {
    std::uint32_t row = 0;
    std::uint64_t key = 0;
};

// Of any value, also an odd one.
inline ranked rank_value(index_attribute const& of, value const& v) noexcept {
    if (v.missing()) return {of.intervals, 0};
    if (!fits(v, of)) return {of.intervals + 1, 0};
    std::uint64_t const key = key_of_value(of, v);
    return {rank(of, key), key};
}

struct integers_by_search {
    static std::uint64_t key(value const& v) noexcept { return key_of(v.as_int()); }
    static std::uint32_t row(index_attribute const& of, std::uint64_t key) noexcept { return search(of, key); }
};
struct integers_by_table {
    static std::uint64_t key(value const& v) noexcept { return key_of(v.as_int()); }
    static std::uint32_t row(index_attribute const& of, std::uint64_t key) noexcept { return look_up(of, key); }
};
struct reals {
    static std::uint64_t key(value const& v) noexcept { return key_of(v.as_double()); }
    static std::uint32_t row(index_attribute const& of, std::uint64_t key) noexcept { return rank(of, key); }
};

// The loops. `at(variable)` is a value or a reference to one; `keep(attribute, ranked)` takes the result.
template <class Way, class At, class Keep>
[[gnu::always_inline]] inline void rank_numbers(rule_index_data const& data, std::span<std::uint32_t const> attributes,
                                                At const& at, Keep const& keep) noexcept {
    for (std::uint32_t const a : attributes) {
        index_attribute const& of = data.attributes[a];
        value const& v = at(of.variable);
        std::uint64_t const head = head_of(v);
        bool const missing = (head & present_mask) == 0;
        std::uint64_t const key = Way::key(v);
        ranked found{Way::row(of, key), key};
        found.row = missing ? of.intervals : found.row;
        if (head != of.head && !missing) [[unlikely]]
            found = rank_value(of, v);
        keep(a, found);
    }
}

template <class At, class Keep>
[[gnu::always_inline]] inline void rank_texts(rule_index_data const& data, At const& at, Keep const& keep) noexcept {
    for (std::uint32_t const a : data.text_attributes) {
        index_attribute const& of = data.attributes[a];
        value const& v = at(of.variable);
        if (head_of(v) != of.head || of.ranks == nullptr) {
            keep(a, rank_value(of, v));
            continue;
        }
        std::uint64_t const key = of.texts->find(v.as_string());
        keep(a, {look_up(of, key), key});
    }
}

template <class At, class Keep>
void rank_sets(rule_index_data const& data, At const& at, Keep const& keep) noexcept {
    for (set_groups const& groups : data.sets) {
        index_attribute const& first = data.attributes[groups.first];
        value const& v = at(first.variable);
        if (v.missing() || !fits(v, first)) {
            std::uint32_t const odd = v.missing() ? 0 : 1;
            for (std::uint32_t a = groups.first; a < groups.first + groups.count; ++a)
                keep(a, {data.attributes[a].intervals + odd, 0});
            continue;
        }
        element_bits const bits(*first.texts, v.as_set());
        for (std::uint32_t a = groups.first; a < groups.first + groups.count; ++a) {
            index_attribute const& of = data.attributes[a];
            std::uint64_t const key = bits.group(of.group);
            keep(a, {look_up(of, key), key}); // sixteen keys are always a table
        }
    }
}

template <class At, class Keep>
void rank_all(rule_index_data const& data, At const& at, Keep const& keep) noexcept {
    rank_sets(data, at, keep);
    rank_texts(data, at, keep); // early: they take longest
    rank_numbers<integers_by_search>(data, data.searched_attributes, at, keep);
    rank_numbers<reals>(data, data.real_attributes, at, keep);
    rank_numbers<integers_by_table>(data, data.direct_attributes, at, keep);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
