// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_COLLECTIONS_HPP
#define SEGMENTA_RULE_COLLECTIONS_HPP

// Lists, maps and optional values while computing, and what rules do with them.
//
// A list may hold unknown elements: `[a, b].exists(x, x > 3)` is what `a > 3 || b > 3` is when `a` is missing. Macros
// look at each element by itself; whatever takes a list as a whole (size, in, ==, +, an index, join, ...) is unknown
// when an element is. A list with an element that is an error is an error.

#include "rule/operations.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// The elements of a list; of a map key, value, key, value, ...; of an optional value none or one.
struct item_list {
    slot const* items = nullptr;
    std::uint32_t size = 0;
    bool doubtful = false; // an element is unknown, here or further inside

    [[nodiscard]] std::span<slot const> all() const noexcept { return {items, size}; }
};

// Strict functions unless stated. `list` is a list of anything, `key` bool, int, uint or string.
enum class collection_code : std::uint8_t {
    set_items,          // the strings of a set variable
    concatenate,        // list + list
    size,               // of a list; of a map the entries
    index,              // list[int]
    optional_index,     // list[?int]
    map_index,          // map[key]
    optional_map_index, // map[?key], map.?key
    optional_inside,    // optional(map)[key]: optional_map_index of what is held, none of none
    in_list,            // value in list
    in_keys,            // key in map
    equal,              // of two lists, maps or optionals
    split,              // text.split(by)
    split_most,         // text.split(by, most)
    join,               // list of texts .join(between)
    contains_all,       // sets.contains(list, list): the first has all of the second
    equivalent,         // sets.equivalent(list, list): each has all of the other
    intersects,         // sets.intersects(list, list): one of the second is in the first
    some,               // optional.of(value)
    some_if_known,      // record.?name: none where the value is unknown; not strict
    has_value,          // optional.hasValue()
    held,               // optional.value()
    held_or,            // optional.orValue(value): the second is evaluated where there is none; not strict
    some_or,            // optional.or(optional); likewise
};

constexpr std::uint64_t collection_immediate(collection_code code) noexcept { return static_cast<std::uint64_t>(code); }
constexpr collection_code collection_of(std::uint64_t immediate) noexcept {
    return static_cast<collection_code>(immediate & 0xFFU);
}

// What a macro makes.
enum class loop_code : std::uint8_t {
    all,
    exists,
    exists_one,
    filter,
    transform,       // map(x, result), map(x, test, result), transformList
    transform_map,   // transformMap: the same keys
    transform_entry, // transformMapEntry: the result is a map of new entries
    optional_map,    // optMap
    optional_flat,   // optFlatMap
};

// The children of a loop: the range, then a test when there is one, then a result when there is one.
struct loop_form {
    loop_code code = loop_code::all;
    bool two = false;      // variables
    bool tested = false;   // transform and its kin: there is a test
    bool over_map = false; // the range is a map

    [[nodiscard]] constexpr std::uint64_t immediate() const noexcept {
        return static_cast<std::uint64_t>(code) | std::uint64_t{two} << 8 | std::uint64_t{tested} << 9 |
               std::uint64_t{over_map} << 10;
    }
    static constexpr loop_form of(std::uint64_t immediate) noexcept {
        return {static_cast<loop_code>(immediate & 0xFFU), (immediate >> 8 & 1U) != 0, (immediate >> 9 & 1U) != 0,
                (immediate >> 10 & 1U) != 0};
    }
};

// Bounds the work on one row: parts evaluated, elements made and elements compared.
inline constexpr std::size_t most_steps = 1'000'000;

// Memory for elements: taken piece by piece, given back all at once, kept for the next time.
class slot_arena {
public:
    // May throw bad_alloc.
    slot* take(std::size_t count);
    void reset() noexcept { current_ = used_ = 0; }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    struct chunk {
        std::unique_ptr<slot[]> slots;
        std::size_t size;
    };
    std::vector<chunk> chunks_;
    std::size_t current_ = 0; // chunk being filled
    std::size_t used_ = 0;    // of it
};

// A list of elements that live as long as `memory`.
slot items_slot(slot_arena& memory, slot const* items, std::size_t size, bool doubtful);

// What the walker over collections keeps between rows.
struct collection_memory {
    text_arena texts;
    slot_arena slots;
    std::vector<slot> locals;
    std::vector<std::uint32_t> pending; // nodes of a chain being evaluated

    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return texts.memory_bytes() + slots.memory_bytes() + locals.capacity() * sizeof(slot) +
               pending.capacity() * sizeof(std::uint32_t);
    }
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
