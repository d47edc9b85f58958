// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_KEY_SET_HPP
#define SEGMENTA_TAG_KEY_SET_HPP

// Sets of keys: values of an attribute as unsigned integers in the order of the values (rule/key.hpp).

#include "rule/key.hpp"

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A set as ascending toggles: a key is in it when an odd number of toggles are not above it.
struct key_set {
    boost::container::small_vector<std::uint64_t, 2> toggles; // one or two are most usual

    static key_set none() { return {}; }
    static key_set all() { return from(0); }
    static key_set from(std::uint64_t key) {
        key_set out;
        out.toggles.push_back(key);
        return out;
    }
    static key_set above(std::uint64_t key) { return key == ~std::uint64_t{0} ? none() : from(key + 1); }

    [[nodiscard]] bool contains(std::uint64_t key) const noexcept {
        return (std::upper_bound(toggles.begin(), toggles.end(), key) - toggles.begin()) % 2 != 0;
    }
    friend bool operator==(key_set const&, key_set const&) = default;
};

namespace key_sets {

template <class Both>
key_set merge(key_set const& a, key_set const& b, Both&& holds) {
    key_set out;
    bool in_a = false;
    bool in_b = false;
    bool in_out = false;
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.toggles.size() || j < b.toggles.size()) {
        bool const of_a = j == b.toggles.size() || (i < a.toggles.size() && a.toggles[i] <= b.toggles[j]);
        std::uint64_t const key = of_a ? a.toggles[i] : b.toggles[j];
        for (; i < a.toggles.size() && a.toggles[i] == key; ++i)
            in_a = !in_a;
        for (; j < b.toggles.size() && b.toggles[j] == key; ++j)
            in_b = !in_b;
        if (holds(in_a, in_b) == in_out) continue;
        out.toggles.push_back(key);
        in_out = !in_out;
    }
    return out;
}

inline key_set unite(key_set const& a, key_set const& b) {
    return merge(a, b, [](bool x, bool y) { return x || y; });
}
inline key_set intersect(key_set const& a, key_set const& b) {
    return merge(a, b, [](bool x, bool y) { return x && y; });
}
inline key_set complement(key_set const& a) {
    return merge(a, key_set::all(), [](bool x, bool y) { return y && !x; });
}
// Of ascending keys, each once.
inline key_set of_points(std::span<std::uint64_t const> keys) {
    key_set out;
    for (std::uint64_t const key : keys) {
        bool const touches = !out.toggles.empty() && out.toggles.back() == key;
        if (touches) out.toggles.pop_back();
        if (!touches) out.toggles.push_back(key);
        if (key != ~std::uint64_t{0}) out.toggles.push_back(key + 1);
    }
    return out;
}

} // namespace key_sets

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
