// SPDX-License-Identifier: Apache-2.0
#include "rule/tree_evaluator.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {

slot slot_of(value const& v, used_variable const& used, text_set& set) noexcept {
    if (v.missing()) return slot(status::unknown);
    bool const fits = v.what() == used.what || (v.what().is_text() && used.what.is_text());
    if (!fits) return slot(status::error);
    slot out(status::ok);
    switch (used.where) {
    case lane::boolean: out.integer = v.as_bool() ? 1 : 0; break;
    case lane::real: out.real = v.as_double(); break;
    case lane::text: out.text = v.as_string(); break;
    case lane::set:
        set = v.as_set();
        out.set = &set;
        break;
    default: out.integer = v.as_int(); break;
    }
    return out;
}

value value_of(slot const& from, rule_type what) noexcept {
    if (from.state != status::ok) return {};
    switch (what.base) {
    case rule_kind::boolean: return value::of_bool(from.integer != 0);
    case rule_kind::int64: return value::of_int(from.integer);
    case rule_kind::float64: return value::of_double(from.real);
    case rule_kind::decimal: return value::of_decimal({kind::decimal, what.scale, what.unit}, from.integer);
    case rule_kind::date: return value::of_date(civil_date{static_cast<std::int32_t>(from.integer)});
    case rule_kind::instant: return value::of_instant(instant{from.integer});
    case rule_kind::duration: return value::of_duration_us(from.integer);
    case rule_kind::string: return value::of_string(from.text);
    case rule_kind::set: return value::of_set(*from.set);
    default: break; // no value of a column
    }
    return {};
}

tree_evaluator::tree_evaluator(program_data const& rule)
    : rule_(rule), slots_(rule.tree.nodes.size()), used_(rule.variables) {
    for (typed_node const& node : rule.tree.nodes)
        if (node.kind == typed_kind::variable || node.kind == typed_kind::presence) note_variable(node);
    below_walk_.resize(slots_.size());
    std::vector<bool> outside(slots_.size()); // is also a part of what is no walk
    for (typed_id id = static_cast<typed_id>(slots_.size()); id-- > 0;) {
        bool const inside = (below_walk_[id] && !outside[id]) || is_walked(rule.tree[id].kind);
        below_walk_[id] = below_walk_[id] && !outside[id];
        for (typed_id const child : rule.tree.children_of(id)) {
            if (inside)
                below_walk_[child] = true;
            else
                outside[child] = true;
        }
    }
    values_.resize(used_.size());
    sets_.resize(used_.size());
}

void tree_evaluator::note_variable(typed_node const& node) {
    auto const place = std::lower_bound(used_.begin(), used_.end(), node.payload,
                                        [](used_variable const& v, std::uint32_t number) { return v.number < number; });
    if (place != used_.end() && place->number == node.payload) return;
    used_variable cut_off;
    cut_off.number = node.payload;
    cut_off.where = lane_of(node.what.base);
    auto const column = column_type_of(node.what);
    cut_off.what = column ? *column : category_set_type;
    used_.insert(place, std::move(cut_off));
}

slot tree_evaluator::variable(std::uint32_t number) const noexcept {
    auto const place = std::lower_bound(used_.begin(), used_.end(), number,
                                        [](used_variable const& v, std::uint32_t n) { return v.number < n; });
    if (place == used_.end() || place->number != number) return slot(status::unknown);
    return values_[static_cast<std::size_t>(place - used_.begin())];
}

void tree_evaluator::load(row_source const& row) {
    for (std::size_t i = 0; i < used_.size(); ++i)
        values_[i] = slot_of(row[used_[i].number], used_[i], sets_[i]);
}

void tree_evaluator::run(row_source const& row) {
    arena_.reset();
    load(row);
    // Children stand before their parents.
    for (typed_id part = 0; part < slots_.size(); ++part)
        slots_[part] = compute(part, 0, nullptr);
}

std::vector<typed_id> tree_evaluator::parts_reading(typed_id part, std::uint32_t variable) const {
    std::vector<bool> under(part + 1, false);
    under[part] = true;
    for (typed_id id = part + 1; id-- > 0;)
        if (under[id])
            for (typed_id const child : rule_.tree.children_of(id))
                under[child] = true;
    std::vector<bool> reads(part + 1, false);
    std::vector<typed_id> found;
    for (typed_id id = 0; id <= part; ++id) {
        if (!under[id]) continue;
        typed_node const& node = rule_.tree[id];
        bool const itself =
            (node.kind == typed_kind::variable || node.kind == typed_kind::presence) && node.payload == variable;
        auto const children = rule_.tree.children_of(id);
        reads[id] = itself || std::any_of(children.begin(), children.end(), [&](typed_id c) { return reads[c]; });
        if (reads[id]) found.push_back(id);
    }
    return found;
}

slot const& tree_evaluator::run_parts(std::vector<typed_id> const& parts, std::uint32_t variable,
                                      slot const& replaced) {
    replaced_arena_.reset();
    for (typed_id const part : parts)
        slots_[part] = compute(part, variable, &replaced);
    return slots_[parts.back()];
}

void tree_evaluator::restore(std::vector<typed_id> const& parts) {
    for (typed_id const part : parts)
        slots_[part] = compute(part, 0, nullptr);
}

slot tree_evaluator::operation(typed_node const& node, typed_id part, text_arena& arena) {
    std::array<slot, 4> arguments;
    std::size_t count = 0;
    for (typed_id const child : rule_.tree.children_of(part))
        arguments[count++] = slots_[child];
    return run_operation(node.code, {&rule_.tables, &arena, node.immediate}, arguments);
}

/// Where the walker over lists and maps reads the variables: those of the evaluator, one of them replaced.
class tree_evaluator::walked_row final : public slot_source {
public:
    walked_row(tree_evaluator const& from, std::uint32_t variable, slot const* replaced)
        : from_(from), variable_(variable), replaced_(replaced) {}
    slot read(std::uint32_t index, text_set& room) override {
        std::uint32_t const number = from_.rule_.required[index];
        slot out = replaced_ != nullptr && number == variable_ ? *replaced_ : from_.variable(number);
        bool const set = out.state == status::ok && from_.is_set(number);
        if (!set) return out;
        room = *out.set;
        out.set = &room;
        return out;
    }

private:
    tree_evaluator const& from_;
    std::uint32_t variable_;
    slot const* replaced_;
};

bool tree_evaluator::is_set(std::uint32_t number) const noexcept {
    return std::any_of(used_.begin(), used_.end(),
                       [&](used_variable const& v) { return v.number == number && v.where == lane::set; });
}

slot tree_evaluator::compute(typed_id part, std::uint32_t replaced_variable, slot const* replaced) {
    typed_node const& node = rule_.tree[part];
    if (below_walk_[part]) return slot(status::error); // has no value of its own
    if (is_walked(node.kind)) {
        walked_row row(*this, replaced_variable, replaced);
        return walk_collections(rule_, part, row, collections_, replaced == nullptr ? arena_ : replaced_arena_);
    }
    auto const children = rule_.tree.children_of(part);
    auto const read = [&] {
        return replaced != nullptr && node.payload == replaced_variable ? *replaced : variable(node.payload);
    };
    switch (node.kind) {
    default: break;
    case typed_kind::constant: return rule_.tables.constants[node.payload];
    case typed_kind::variable: return read();
    case typed_kind::operation: return operation(node, part, replaced == nullptr ? arena_ : replaced_arena_);
    case typed_kind::presence: {
        slot const v = read();
        return v.state == status::error ? v : truth_slot(v.state == status::ok);
    }
    case typed_kind::coalesce: return slots_[children[slots_[children[0]].state == status::unknown ? 1 : 0]];
    case typed_kind::conjunction: {
        slot all = slots_[children[0]];
        for (typed_id const child : children.subspan(1))
            all = all_of_two(all, slots_[child]);
        return all;
    }
    case typed_kind::disjunction: {
        slot any = slots_[children[0]];
        for (typed_id const child : children.subspan(1))
            any = any_of_two(any, slots_[child]);
        return any;
    }
    case typed_kind::conditional: {
        slot const condition = slots_[children[0]];
        if (condition.state != status::ok) return slot(condition.state);
        return slots_[children[is_true(condition) ? 1 : 2]];
    }
    }
    return slot(status::error);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
