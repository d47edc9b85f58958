// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_KEY_TABLE_HPP
#define SEGMENTA_SRC_INGEST_KEY_TABLE_HPP

#include "ingest/row_store.hpp"
#include "ingest/text_key.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// An integer id in one word, which never is `missing_word`.
using short_key = std::int32_t;

inline std::size_t slot_bits(std::int64_t key) noexcept {
    return static_cast<std::size_t>((static_cast<std::uint64_t>(key) * 0x9E37'79B9'7F4A'7C15U) >> 32);
}
/// The partition took the top byte of this hash; the bits returned are below it.
inline std::size_t slot_bits(text_key const& key) noexcept { return static_cast<std::size_t>(key.hash() >> 16); }

/// Dense ids for the customers of one partition, and how many rows each has: open addressing, linear probing, kept half
/// empty.
template <class Key>
class key_table {
public:
    void clear() {
        if (slots_.empty())
            resize(first_slots);
        else
            std::fill(slots_.begin(), slots_.end(), slot{empty_key(), empty_id});
        keys.clear();
        counts.clear();
    }
    /// Where `key` would stand: ask a few rows ahead, so that the line is there when it is needed.
    [[nodiscard]] std::size_t start(Key const& key) const noexcept { return slot_bits(key) & mask_; }
    void prefetch(std::size_t at) const noexcept { __builtin_prefetch(&slots_[at]); }

    /// Counts a row; `at` is where its key would stand.
    [[nodiscard]] std::uint32_t count(Key const& key, std::size_t at) {
        at &= mask_; // the table may have grown since
        std::uint32_t const id = holds(slots_[at], key) ? slots_[at].id : intern_slowly(key, start(key));
        ++counts[id];
        return id;
    }

    std::vector<Key> keys;
    std::vector<std::uint32_t> counts;

private:
    struct slot {
        Key key;
        std::uint32_t id;
    };
    static constexpr std::size_t first_slots = sizeof(slot) > 8 ? 16'384 : 32'768; // a part of the L2 cache
    static constexpr std::uint32_t empty_id = 0xFFFF'FFFFU;
    [[nodiscard]] static constexpr Key empty_key() noexcept {
        if constexpr (std::is_same_v<Key, short_key>)
            return missing_word;
        else
            return {};
    }
    [[nodiscard]] static bool holds(slot const& s, Key const& key) noexcept {
        if constexpr (std::is_same_v<Key, short_key>)
            return s.key == key; // an empty slot has a key that no row has
        else
            return s.key == key && s.id != empty_id;
    }

    std::uint32_t intern_slowly(Key const& key, std::size_t at) {
        while (true) { // the key stands in the slot: one cache line answers most rows
            slot const& s = slots_[at];
            if (holds(s, key)) return s.id;
            if (s.id == empty_id) break;
            at = (at + 1) & mask_;
        }
        auto const id = static_cast<std::uint32_t>(keys.size());
        keys.push_back(key);
        counts.push_back(0);
        slots_[at] = {key, id};
        if (2 * keys.size() > slots_.size()) grow();
        return id;
    }
    void resize(std::size_t slots) {
        slots_.assign(slots, slot{empty_key(), empty_id});
        mask_ = slots - 1;
    }
    void grow() {
        resize(slots_.size() * 2);
        for (std::uint32_t id = 0; id < keys.size(); ++id) {
            std::size_t at = start(keys[id]);
            while (slots_[at].id != empty_id)
                at = (at + 1) & mask_;
            slots_[at] = {keys[id], id};
        }
    }

    std::vector<slot> slots_;
    std::size_t mask_ = 0;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
