// SPDX-License-Identifier: Apache-2.0
// The strict functions of lists, maps and optional values.
#include "rule/collection_walker.hpp"
#include "rule/text_functions.hpp"
#include "rule/utf8.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace detail {

slot* slot_arena::take(std::size_t count) {
    constexpr std::size_t least_chunk = 1024;
    while (current_ < chunks_.size() && chunks_[current_].size - used_ < count) {
        ++current_;
        used_ = 0;
    }
    if (current_ == chunks_.size()) {
        std::size_t const wanted = std::max(least_chunk, chunks_.empty() ? 0 : chunks_.back().size * 2);
        std::size_t const size = std::max(count, std::min(wanted, std::size_t{1} << 16));
        chunks_.push_back({std::make_unique<slot[]>(size), size});
        used_ = 0;
    }
    slot* const out = chunks_[current_].slots.get() + used_;
    used_ += count;
    return out;
}

std::size_t slot_arena::memory_bytes() const noexcept {
    std::size_t total = 0;
    for (auto const& part : chunks_)
        total += part.size * sizeof(slot);
    return total;
}

slot items_slot(slot_arena& memory, slot const* items, std::size_t size, bool doubtful) {
    static_assert(sizeof(item_list) <= sizeof(slot) && alignof(item_list) <= alignof(slot));
    auto* const header = new (memory.take(1)) item_list{items, static_cast<std::uint32_t>(size), doubtful};
    slot out(status::ok);
    out.items = header;
    return out;
}

namespace {

slot failed() noexcept { return slot(status::error); }

slot text_slot(std::string_view text) noexcept {
    slot out(status::ok);
    out.text = text;
    return out;
}
slot integer_slot(std::int64_t v) noexcept {
    slot out(status::ok);
    out.integer = v;
    return out;
}

// Every comparison is a step; past the last one the answer does not count.
bool same(rule_type what, slot const& a, slot const& b, collection_work& work);

slot const* find_key(rule_type map, item_list const& entries, slot const& key, collection_work& work) {
    rule_type const of_key{key_of(map), 0, {}};
    for (std::size_t i = 0; i < entries.size; i += 2)
        if (same(of_key, entries.items[i], key, work)) return entries.items + i + 1;
    return nullptr;
}

bool same_items(rule_type what, item_list const& a, item_list const& b, collection_work& work) {
    if (a.size != b.size) return false;
    rule_type const inner = inner_of(what);
    if (what.base != rule_kind::map) {
        return std::equal(a.items, a.items + a.size, b.items,
                          [&](slot const& x, slot const& y) { return same(inner, x, y, work); });
    }
    for (std::size_t i = 0; i < a.size && !work.spent(); i += 2) {
        slot const* const other = find_key(what, b, a.items[i], work);
        if (other == nullptr || !same(inner, a.items[i + 1], *other, work)) return false;
    }
    return true;
}

bool same(rule_type what, slot const& a, slot const& b, collection_work& work) {
    if (!work.spend(1)) return false;
    switch (lane_of(what.base)) {
    case lane::items: return same_items(what, *a.items, *b.items, work);
    case lane::text: return a.text == b.text;
    case lane::real: return a.real == b.real;
    case lane::boolean: return (a.integer != 0) == (b.integer != 0);
    default: return a.integer == b.integer;
    }
}

bool holds_value(rule_type element, item_list const& in, slot const& value, collection_work& work) {
    for (slot const& item : in.all()) {
        if (work.spent()) return false;
        if (same(element, item, value, work)) return true;
    }
    return false;
}

bool holds_all(rule_type element, item_list const& in, item_list const& wanted, collection_work& work) {
    return std::all_of(wanted.items, wanted.items + wanted.size,
                       [&](slot const& value) { return holds_value(element, in, value, work); });
}

slot concatenate(item_list const& a, item_list const& b, collection_work& work) {
    std::size_t const size = std::size_t{a.size} + b.size;
    if (!work.spend(size)) return failed();
    slot* const out = work.slots.take(size);
    std::copy(b.items, b.items + b.size, std::copy(a.items, a.items + a.size, out));
    return items_slot(work.slots, out, size, a.doubtful || b.doubtful);
}

// Calls piece(text) for what cel-go's split gives (ext/strings.go): without a bound for a negative `most`, nothing for
// 0, and the rest in the last piece; an empty `by` cuts into characters.
template <class Piece>
void for_each_piece(std::string_view text, std::string_view by, std::int64_t most, Piece piece) {
    if (most == 0) return;
    std::int64_t made = 0;
    std::size_t at = 0;
    auto const full = [&] { return most > 0 && made == most - 1; };
    auto const give = [&](std::size_t begin, std::size_t size) {
        ++made;
        piece(text.substr(begin, size));
    };
    if (by.empty()) {
        while (at < text.size() && !full()) {
            std::size_t const length = step_length(text, at);
            give(at, length);
            at += length;
        }
        if (at < text.size()) give(at, std::string_view::npos);
        return;
    }
    for (std::size_t next = text.find(by); next != std::string_view::npos && !full(); next = text.find(by, at)) {
        give(at, next - at);
        at = next + by.size();
    }
    give(at, std::string_view::npos);
}

slot split(std::string_view text, std::string_view by, std::int64_t most, collection_work& work) {
    std::size_t size = 0;
    for_each_piece(text, by, most, [&](std::string_view) { ++size; });
    if (!work.spend(size)) return failed();
    slot* const out = work.slots.take(size);
    slot* next = out;
    for_each_piece(text, by, most, [&](std::string_view piece) { *next++ = text_slot(piece); });
    return items_slot(work.slots, out, size, false);
}

slot join(item_list const& parts, std::string_view between, collection_work& work) {
    if (!work.spend(parts.size)) return failed();
    std::size_t size = parts.size > 0 ? between.size() * (parts.size - 1) : 0;
    for (slot const& part : parts.all())
        size += part.text.size();
    if (size > text_arena::longest_text) return failed();
    char* const out = work.texts.take(size);
    if (out == nullptr) return failed();
    char* at = out;
    auto const put = [&](std::string_view text) {
        if (!text.empty()) std::memcpy(at, text.data(), text.size());
        at += text.size();
    };
    for (std::size_t i = 0; i < parts.size; ++i) {
        if (i > 0) put(between);
        put(parts.items[i].text);
    }
    return text_slot({out, size});
}

slot items_of_set(text_set const& set, collection_work& work) {
    if (!work.spend(set.size())) return failed();
    slot* const out = work.slots.take(set.size());
    for (std::size_t i = 0; i < set.size(); ++i)
        out[i] = text_slot(set[i]);
    return items_slot(work.slots, out, set.size(), false);
}

slot none(collection_work& work) { return items_slot(work.slots, nullptr, 0, false); }
slot some(slot const& held, collection_work& work) {
    slot* const out = work.slots.take(1);
    *out = held;
    return items_slot(work.slots, out, 1, false);
}

slot const* element_at(item_list const& of, std::int64_t at) noexcept {
    return at >= 0 && at < std::int64_t{of.size} ? of.items + at : nullptr;
}

slot optional_slot(slot const* found, collection_work& work) {
    return found == nullptr ? none(work) : some(*found, work);
}

} // namespace

slot run_collection(collection_code code, std::span<rule_type const> types, std::span<slot const> v,
                    collection_work& work) {
    switch (code) {
    case collection_code::set_items: return items_of_set(*v[0].set, work);
    case collection_code::concatenate: return concatenate(*v[0].items, *v[1].items, work);
    case collection_code::size:
        return integer_slot(types[0].base == rule_kind::map ? v[0].items->size / 2 : v[0].items->size);
    case collection_code::index: {
        slot const* const found = element_at(*v[0].items, v[1].integer);
        return found == nullptr ? failed() : *found;
    }
    case collection_code::optional_index: return optional_slot(element_at(*v[0].items, v[1].integer), work);
    case collection_code::map_index: {
        slot const* const found = find_key(types[0], *v[0].items, v[1], work);
        return found == nullptr ? failed() : *found;
    }
    case collection_code::optional_map_index: return optional_slot(find_key(types[0], *v[0].items, v[1], work), work);
    case collection_code::optional_inside:
        if (v[0].items->size == 0) return none(work);
        return optional_slot(find_key(inner_of(types[0]), *v[0].items->items->items, v[1], work), work);
    case collection_code::in_list: return boolean_slot(holds_value(types[0], *v[1].items, v[0], work));
    case collection_code::in_keys: return boolean_slot(find_key(types[1], *v[1].items, v[0], work) != nullptr);
    case collection_code::equal: return boolean_slot(same(types[0], v[0], v[1], work));
    case collection_code::split: return split(v[0].text, v[1].text, -1, work);
    case collection_code::split_most: return split(v[0].text, v[1].text, v[2].integer, work);
    case collection_code::join: return join(*v[0].items, v.size() > 1 ? v[1].text : std::string_view{}, work);
    case collection_code::contains_all:
        return boolean_slot(holds_all(inner_of(types[0]), *v[0].items, *v[1].items, work));
    case collection_code::equivalent:
        return boolean_slot(holds_all(inner_of(types[0]), *v[0].items, *v[1].items, work) &&
                            holds_all(inner_of(types[0]), *v[1].items, *v[0].items, work));
    case collection_code::intersects:
        return boolean_slot(
            std::any_of(v[1].items->items, v[1].items->items + v[1].items->size,
                        [&](slot const& value) { return holds_value(inner_of(types[0]), *v[0].items, value, work); }));
    case collection_code::some: return some(v[0], work);
    case collection_code::has_value: return boolean_slot(v[0].items->size != 0);
    case collection_code::held: return v[0].items->size == 0 ? failed() : *v[0].items->items;
    case collection_code::some_if_known:
    case collection_code::held_or:
    case collection_code::some_or: break; // not strict
    }
    return failed();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
