// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_VALUE_RANKS_HPP
#define SEGMENTA_TAG_VALUE_RANKS_HPP

// Which row of the table a value hits, one value at a time: of any form, where rank_loops.hpp does those of the usual
// one.

#include "tag/index_data.hpp"
#include "tag/key_set.hpp"
#include "tag/rule_clauses.hpp"

#include <segmenta/record/value.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace segmenta {
inline namespace v0 {
namespace detail {

static_assert(sizeof(void*) != 8 || sizeof(value) == 40); // see value_layout

inline bool fits(value const& v, index_attribute const& wanted) noexcept {
    if (wanted.how == reading::text) return v.what().is_text();
    if (wanted.how == reading::elements) return v.base() == kind::category_set;
    // Only decimals have a scale and a currency.
    return v.base() == wanted.what.base && (v.base() != kind::decimal || v.what() == wanted.what);
}

// How many of the cuts are not above `key`; no branch hangs on the key.
inline std::uint32_t search(index_attribute const& of, std::uint64_t key) noexcept {
    std::uint64_t const* base = of.cuts;
    std::size_t left = of.count;
    while (left > 1) {
        std::size_t const half = left / 2;
        base += half & (std::size_t{0} - static_cast<std::size_t>(base[half] <= key));
        left -= half;
    }
    return left == 0 ? 0 : static_cast<std::uint32_t>(base - of.cuts) + (*base <= key ? 1 : 0);
}

inline std::uint32_t rank(index_attribute const& of, std::uint64_t key) noexcept {
    return of.ranks == nullptr ? search(of, key) : of.ranks[std::min<std::uint64_t>(key, of.count - 1)];
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

inline ranked rank_value(index_attribute const& of, value const& v) noexcept {
    if (v.missing()) return {of.intervals, 0};
    if (!fits(v, of)) return {of.intervals + 1, 0};
    std::uint64_t const key = key_of_value(of, v);
    return {rank(of, key), key};
}

// The same for a value that was in `row` before: most changes stay between the same two cuts, which is seen at once.
inline ranked rank_near(index_attribute const& of, value const& v, std::uint32_t row) noexcept {
    bool const number = of.how == reading::integer || of.how == reading::real;
    if (!number || v.missing() || row > of.count || !fits(v, of)) return rank_value(of, v);
    std::uint64_t const key = of.how == reading::integer ? key_of(v.as_int()) : key_of(v.as_double());
    bool const stays = (row == 0 || of.cuts[row - 1] <= key) && (row == of.count || key < of.cuts[row]);
    return {stays ? row : search(of, key), key};
}

// The groups of all sets; `keep(attribute, row)` takes the result.
template <class Keep>
void rank_sets(rule_index_data const& data, value const* row, Keep const& keep) noexcept {
    for (set_groups const& groups : data.sets) {
        index_attribute const& first = data.attributes[groups.first];
        value const& v = row[first.variable];
        if (v.missing() || !fits(v, first)) {
            std::uint32_t const odd = v.missing() ? 0 : 1;
            for (std::uint32_t a = groups.first; a < groups.first + groups.count; ++a)
                keep(a, data.attributes[a].intervals + odd);
            continue;
        }
        element_bits const bits(*first.texts, v.as_set());
        for (std::uint32_t a = groups.first; a < groups.first + groups.count; ++a)
            keep(a, rank(data.attributes[a], bits.group(data.attributes[a].group)));
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
