// SPDX-License-Identifier: Apache-2.0
#include "rule/collection_walker.hpp"
#include "rule/text_functions.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {

namespace {

bool known_true(slot const& v) noexcept { return v.state == status::ok && v.integer != 0; }
bool known_false(slot const& v) noexcept { return v.state == status::ok && v.integer == 0; }

// Unknown itself, or with an unknown inside.
bool is_doubtful(rule_type what, slot const& v) noexcept {
    if (v.state == status::ok) return what.is_collection() && v.items->doubtful;
    return v.state == status::unknown;
}
// What a function of all of it sees.
status strict_state(rule_type what, slot const& v) noexcept { return is_doubtful(what, v) ? status::unknown : v.state; }

class walker {
public:
    walker(program_data const& data, slot_source& row, collection_memory& memory)
        : data_(data), tree_(data.tree), row_(row), memory_(memory), work_{memory.texts, memory.slots} {
        memory.texts.reset();
        memory.slots.reset();
        memory.pending.clear();
        if (memory.locals.size() < tree_.locals) memory.locals.resize(tree_.locals);
    }

    slot run(typed_id part) {
        slot const made = evaluate(part);
        return work_.spent() ? slot(status::error) : made;
    }

private:
    slot evaluate(typed_id id) {
        if (!work_.spend(1)) return slot(status::error);
        typed_node const& node = tree_[id];
        switch (node.kind) {
        case typed_kind::constant: return data_.tables.constants[node.payload];
        case typed_kind::variable: return variable(node.payload);
        case typed_kind::local: return memory_.locals[node.payload];
        case typed_kind::presence: {
            slot const v = variable(node.payload);
            return v.state == status::ok || v.state == status::unknown ? boolean_slot(v.state == status::ok) : v;
        }
        case typed_kind::coalesce: {
            slot const v = evaluate(child(id, 0));
            return v.state == status::unknown ? evaluate(child(id, 1)) : v;
        }
        case typed_kind::conjunction: return chain(id, false);
        case typed_kind::disjunction: return chain(id, true);
        case typed_kind::conditional: {
            slot const condition = evaluate(child(id, 0));
            if (condition.state != status::ok) return slot(condition.state);
            return evaluate(child(id, condition.integer != 0 ? 1 : 2));
        }
        case typed_kind::operation:
        case typed_kind::collection: return calls(id);
        case typed_kind::list: return list(id);
        case typed_kind::map: return map(id);
        case typed_kind::bind: {
            slot const bound = evaluate(child(id, 0));
            if (bound.state != status::ok && bound.state != status::unknown) return bound;
            memory_.locals[node.payload] = bound;
            return evaluate(child(id, 1));
        }
        case typed_kind::loop: return loop(id);
        }
        return slot(status::error);
    }

    [[nodiscard]] typed_id child(typed_id id, std::size_t i) const noexcept { return tree_.children_of(id)[i]; }
    [[nodiscard]] rule_type what(typed_id id) const noexcept { return tree_[id].what; }

    slot variable(std::uint32_t number) {
        auto const& required = data_.required;
        auto const place = std::lower_bound(required.begin(), required.end(), number);
        // A part that can change nothing, as behind `false &&`: who looks at all parts comes here.
        if (place == required.end() || *place != number) return slot(status::unknown);
        return row_.read(static_cast<std::uint32_t>(place - required.begin()), set_);
    }

    slot chain(typed_id id, bool deciding) {
        status state = status::ok;
        for (typed_id const part : tree_.children_of(id)) {
            slot const v = evaluate(part);
            if (deciding ? known_true(v) : known_false(v)) return v;
            state = combine(state, v.state);
        }
        return state == status::ok ? boolean_slot(!deciding) : slot(state);
    }

    // --- functions ---
    [[nodiscard]] bool is_call(typed_id id) const noexcept {
        typed_node const& node = tree_[id];
        return (node.kind == typed_kind::operation || node.kind == typed_kind::collection) && node.child_count > 0;
    }

    // A long sum is deep on its left: from the innermost operation on, in a loop.
    slot calls(typed_id id) {
        std::size_t const base = memory_.pending.size();
        typed_id at = id;
        for (; is_call(child(at, 0)); at = child(at, 0))
            memory_.pending.push_back(at);
        slot made = call(at, evaluate(child(at, 0)));
        while (memory_.pending.size() > base) {
            at = memory_.pending.back();
            memory_.pending.pop_back();
            work_.spend(1);
            made = call(at, made);
        }
        return made;
    }

    // `first` is the value of the first child.
    slot call(typed_id id, slot const& first) {
        typed_node const& node = tree_[id];
        auto const parts = tree_.children_of(id);
        if (node.kind == typed_kind::collection) {
            if (auto const made = lenient(id, first)) return *made;
        }
        std::array<slot, 4> arguments;
        std::array<rule_type, 4> types;
        arguments[0] = first;
        types[0] = what(parts[0]);
        status state = strict_state(types[0], first);
        for (std::size_t i = 1; i < parts.size(); ++i) {
            arguments[i] = evaluate(parts[i]);
            types[i] = what(parts[i]);
            state = combine(state, strict_state(types[i], arguments[i]));
        }
        if (state != status::ok) return slot(state);
        if (node.kind == typed_kind::operation) {
            return run_operation(node.code, {&data_.tables, &work_.texts, node.immediate}, arguments);
        }
        return run_collection(collection_of(node.immediate), {types.data(), parts.size()},
                              {arguments.data(), parts.size()}, work_);
    }

    // The functions that are not strict.
    std::optional<slot> lenient(typed_id id, slot const& first) {
        switch (collection_of(tree_[id].immediate)) {
        case collection_code::some_if_known:
            if (is_doubtful(what(child(id, 0)), first)) return items(nullptr, 0, false);
            return first.state == status::ok ? some(first) : first;
        case collection_code::held_or:
            if (first.state != status::ok) return first;
            return first.items->size != 0 ? *first.items->items : evaluate(child(id, 1));
        case collection_code::some_or:
            if (first.state != status::ok || first.items->size != 0) return first;
            return evaluate(child(id, 1));
        case collection_code::concatenate: { // elements stay what they are
            if (first.state != status::ok) return std::nullopt;
            slot const second = evaluate(child(id, 1));
            if (second.state != status::ok) return slot(second.state);
            rule_type const types[] = {what(id), what(id)};
            slot const both[] = {first, second};
            return run_collection(collection_code::concatenate, types, both, work_);
        }
        default: return std::nullopt;
        }
    }

    slot items(slot const* from, std::size_t size, bool doubtful) {
        return items_slot(work_.slots, from, size, doubtful);
    }
    slot some(slot const& held) {
        slot* const room = work_.slots.take(1);
        *room = held;
        return items(room, 1, false);
    }

    // --- lists and maps ---
    // Gathers elements: one that is an error spoils the list, one that is unknown makes it doubtful.
    struct gathered {
        slot* items = nullptr;
        std::size_t size = 0;
        bool doubtful = false;
        bool failed = false;

        void add(rule_type what, slot const& v) noexcept {
            items[size++] = v;
            bool const doubt = is_doubtful(what, v);
            doubtful |= doubt;
            failed |= !doubt && v.state != status::ok;
        }
    };
    gathered room_for(std::size_t size) { return {work_.slots.take(size)}; }
    slot finished(gathered const& made) {
        if (made.failed) return slot(made.doubtful ? status::unknown : status::error);
        return items(made.items, made.size, made.doubtful);
    }

    slot list(typed_id id) {
        auto const parts = tree_.children_of(id);
        gathered made = room_for(parts.size());
        for (typed_id const part : parts)
            made.add(what(part), evaluate(part));
        return finished(made);
    }

    // Keys must differ; a map is as strict as a function of all its parts.
    slot map(typed_id id) {
        auto const parts = tree_.children_of(id);
        slot* const out = work_.slots.take(parts.size());
        status state = status::ok;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            out[i] = evaluate(parts[i]);
            state = combine(state, strict_state(what(parts[i]), out[i]));
        }
        if (state != status::ok) return slot(state);
        return keyed(what(id), out, parts.size());
    }
    slot keyed(rule_type map, slot const* entries, std::size_t size) {
        rule_type const types[] = {{key_of(map), 0, {}}, map};
        item_list before{entries, 0, false};
        slot looked_in(status::ok);
        looked_in.items = &before;
        for (; before.size < size && !work_.spent(); before.size += 2) {
            slot const both[] = {entries[before.size], looked_in};
            if (known_true(run_collection(collection_code::in_keys, types, both, work_))) return slot(status::error);
        }
        return items(entries, size, false);
    }

    // --- macros ---
    slot loop(typed_id id) {
        auto const form = loop_form::of(tree_[id].immediate);
        slot const range = evaluate(child(id, 0));
        if (range.state != status::ok) return range;
        item_list const& in = *range.items;
        switch (form.code) {
        case loop_code::all: return quantifier(id, form, in, false);
        case loop_code::exists: return quantifier(id, form, in, true);
        case loop_code::exists_one: return exists_one(id, form, in);
        case loop_code::filter: return filter(id, form, in);
        case loop_code::transform: return transform(id, form, in);
        case loop_code::transform_map: return transform_map(id, form, in);
        case loop_code::transform_entry: return transform_entry(id, form, in);
        case loop_code::optional_map:
        case loop_code::optional_flat: return optional_map(id, form, in);
        }
        return slot(status::error);
    }

    // Of a list one variable is the element, two are its place and the element; of a map one is the key, two are the
    // key and the value.
    void bind(typed_id id, loop_form form, item_list const& in, std::size_t i) noexcept {
        slot* const locals = memory_.locals.data() + tree_[id].payload;
        if (form.over_map) {
            locals[0] = in.items[2 * i];
            if (form.two) locals[1] = in.items[2 * i + 1];
            return;
        }
        if (form.two) {
            locals[0] = slot(status::ok);
            locals[0].integer = static_cast<std::int64_t>(i);
        }
        locals[form.two ? 1 : 0] = in.items[i];
    }
    static std::size_t count(loop_form form, item_list const& in) noexcept {
        return form.over_map ? in.size / 2 : in.size;
    }

    slot quantifier(typed_id id, loop_form form, item_list const& in, bool deciding) {
        status state = status::ok;
        for (std::size_t i = 0; i < count(form, in) && !work_.spent(); ++i) {
            bind(id, form, in, i);
            slot const v = evaluate(child(id, 1));
            if (deciding ? known_true(v) : known_false(v)) return v;
            state = combine(state, v.state);
        }
        return state == status::ok ? boolean_slot(!deciding) : slot(state);
    }

    slot exists_one(typed_id id, loop_form form, item_list const& in) {
        status state = status::ok;
        std::size_t found = 0;
        for (std::size_t i = 0; i < count(form, in) && !work_.spent(); ++i) {
            bind(id, form, in, i);
            slot const v = evaluate(child(id, 1));
            found += known_true(v) ? 1 : 0;
            state = combine(state, v.state);
        }
        return state == status::ok ? boolean_slot(found == 1) : slot(state);
    }

    slot filter(typed_id id, loop_form form, item_list const& in) {
        rule_type const element = inner_of(what(id));
        gathered made = room_for(count(form, in));
        status state = status::ok;
        for (std::size_t i = 0; i < count(form, in) && !work_.spent(); ++i) {
            bind(id, form, in, i);
            slot const v = evaluate(child(id, 1));
            state = combine(state, v.state);
            if (known_true(v)) made.add(element, form.over_map ? in.items[2 * i] : in.items[i]);
        }
        return state == status::ok ? finished(made) : slot(state);
    }

    // Whether element `i` is wanted; an answer that is not known counts for the whole.
    bool wanted(typed_id id, loop_form form, status& state) {
        if (!form.tested) return true;
        slot const v = evaluate(child(id, 1));
        state = combine(state, v.state);
        return known_true(v);
    }
    [[nodiscard]] typed_id result_of(typed_id id) const noexcept { return tree_.children_of(id).back(); }

    slot transform(typed_id id, loop_form form, item_list const& in) {
        gathered made = room_for(count(form, in));
        status state = status::ok;
        for (std::size_t i = 0; i < count(form, in) && !work_.spent(); ++i) {
            bind(id, form, in, i);
            if (wanted(id, form, state)) made.add(what(result_of(id)), evaluate(result_of(id)));
        }
        return state == status::ok ? finished(made) : slot(made.doubtful ? status::unknown : state);
    }

    slot transform_map(typed_id id, loop_form form, item_list const& in) {
        std::size_t const most = count(form, in);
        slot* const out = work_.slots.take(2 * most);
        std::size_t size = 0;
        status state = status::ok;
        for (std::size_t i = 0; i < most && !work_.spent(); ++i) {
            bind(id, form, in, i);
            slot const key = memory_.locals[tree_[id].payload];
            if (!wanted(id, form, state)) continue;
            slot const made = evaluate(result_of(id));
            state = combine(state, strict_state(what(result_of(id)), made));
            out[size++] = key;
            out[size++] = made;
        }
        return state == status::ok ? items(out, size, false) : slot(state);
    }

    slot transform_entry(typed_id id, loop_form form, item_list const& in) {
        gathered made = room_for(count(form, in));
        std::size_t size = 0;
        status state = status::ok;
        for (std::size_t i = 0; i < count(form, in) && !work_.spent(); ++i) {
            bind(id, form, in, i);
            if (!wanted(id, form, state)) continue;
            slot const entries = evaluate(result_of(id));
            state = combine(state, entries.state);
            if (entries.state != status::ok) continue;
            made.add(what(result_of(id)), entries);
            size += entries.items->size;
        }
        if (state != status::ok) return slot(state);
        slot* const out = work_.slots.take(size);
        slot* next = out;
        for (std::size_t i = 0; i < made.size; ++i)
            next = std::copy(made.items[i].items->items, made.items[i].items->items + made.items[i].items->size, next);
        return keyed(what(id), out, size);
    }

    slot optional_map(typed_id id, loop_form form, item_list const& in) {
        if (in.size == 0) return items(nullptr, 0, false);
        bind(id, form, in, 0);
        slot const made = evaluate(child(id, 1));
        status const state = strict_state(what(child(id, 1)), made);
        if (state != status::ok) return slot(state);
        return form.code == loop_code::optional_map ? some(made) : made;
    }

    program_data const& data_;
    typed_tree const& tree_;
    slot_source& row_;
    collection_memory& memory_;
    collection_work work_;
    text_set set_; // a function reads at most one, as its last argument
};

} // namespace

slot walk_collections(program_data const& data, typed_id part, slot_source& row, collection_memory& memory,
                      text_arena& answers) {
    slot made = walker(data, row, memory).run(part);
    if (made.state != status::ok || lane_of(data.tree[part].what.base) != lane::text) return made;
    std::string_view copy;
    if (!copy_text(answers, made.text, copy)) return slot(status::error);
    made.text = copy;
    return made;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
