// SPDX-License-Identifier: Apache-2.0
// Lists, maps, optional values and what is asked of them.
#include "rule/checker.hpp"
#include "rule/collection_walker.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr rule_type boolean{rule_kind::boolean, 0, {}};
constexpr rule_type integer{rule_kind::int64, 0, {}};
constexpr rule_type text{rule_kind::string, 0, {}};

bool is_lazy(collection_code code) noexcept {
    return code == collection_code::some_if_known || code == collection_code::held_or ||
           code == collection_code::some_or;
}

bool is_map(rule_type t) noexcept { return t.base == rule_kind::map; }

} // namespace

// --- building --------------------------------------------------------------------------------------------------------
rule_type checker::wrapped(std::optional<rule_type> made, std::uint32_t position) {
    if (made) return *made;
    fail(position, "rule.too_deep", "lists and maps are nested too deep", {}, "at most 8 levels");
    return {rule_kind::list, 0, {}}; // whatever; the issue refuses the rule
}

// A copy that lives as long as the rule.
slot checker::kept(slot value, rule_type of) {
    if (value.state != status::ok) return value;
    if (lane_of(of.base) == lane::text) value.text = out_.tables.keep(value.text);
    if (!of.is_collection()) return value;
    rule_type const inner = inner_of(of);
    std::vector<slot> copies;
    for (std::size_t i = 0; i < value.items->size; ++i) {
        bool const key = is_map(of) && i % 2 == 0;
        copies.push_back(kept(value.items->items[i], key ? rule_type{key_of(of), 0, {}} : inner));
    }
    auto const& stored = out_.tables.elements.emplace_back(std::move(copies));
    value.items = &out_.tables.lists.emplace_back(
        item_list{stored.data(), static_cast<std::uint32_t>(stored.size()), value.items->doubtful});
    return value;
}

typed_id checker::collection(collection_code code, rule_type result, std::uint32_t position,
                             std::span<typed_id const> arguments) {
    bool const folded = !is_lazy(code) && std::all_of(arguments.begin(), arguments.end(),
                                                      [&](typed_id argument) { return known(argument) != nullptr; });
    if (!folded) {
        typed_node node;
        node.kind = typed_kind::collection;
        node.what = result;
        node.position = position;
        node.immediate = collection_immediate(code);
        return add(node, arguments);
    }
    std::vector<slot> values;
    std::vector<rule_type> types;
    for (typed_id const argument : arguments) {
        values.push_back(*known(argument));
        types.push_back(what(argument));
    }
    slot_arena slots;
    collection_work work{folding_, slots};
    slot made = kept(run_collection(code, types, values, work), result);
    folding_.reset();
    if (work.spent()) made = slot(status::error);
    if (made.state != status::ok) {
        warn(position, "rule.always_fails", "this computation of constants always fails",
             "A position outside the list, a key that the map does not have, or too many steps");
    }
    return constant(made, result, position);
}

typed_id checker::as_items(typed_id node) {
    if (node == no_node || what(node).base != rule_kind::set) return node;
    return collection(collection_code::set_items, wrapped(list_of(text), 0), out_.tree[node].position, {node});
}

// Gives all one type; false after an issue.
bool checker::join_all(std::vector<typed_id>& elements, std::string_view message) {
    for (typed_id& element : elements) {
        element = as_items(element);
        if (what(element).base != rule_kind::null) continue;
        fail(out_.tree[element].position, "rule.type", "null is no element", {}, {},
             "There is no null here; what is missing is unknown by itself");
        return false;
    }
    for (std::size_t i = 1; i < elements.size(); ++i) // the first becomes what all can be
        if (!join(elements[0], elements[i], out_.tree[elements[i]].position, message)) return false;
    for (std::size_t i = 1; i < elements.size(); ++i)
        if (!join(elements[0], elements[i], out_.tree[elements[i]].position, message)) return false;
    return true;
}

// Of elements, or of keys and values, that are all known.
typed_id checker::constant_items(std::span<typed_id const> elements, rule_type of, std::uint32_t position) {
    std::vector<slot> values;
    for (typed_id const element : elements)
        values.push_back(*known(element));
    auto const& stored = out_.tables.elements.emplace_back(std::move(values));
    slot made(status::ok);
    made.items =
        &out_.tables.lists.emplace_back(item_list{stored.data(), static_cast<std::uint32_t>(stored.size()), false});
    return constant(made, of, position);
}

typed_id checker::make_list(std::vector<typed_id> elements, std::uint32_t position) {
    if (!join_all(elements, "the elements of a list are of one type")) return no_node;
    rule_type const element = elements.empty() ? rule_type{rule_kind::any, 0, {}} : what(elements[0]);
    auto const whole = list_of(element);
    if (!whole) return wrapped(whole, position), no_node;
    if (std::all_of(elements.begin(), elements.end(), [&](typed_id e) { return known(e) != nullptr; })) {
        return constant_items(elements, *whole, position);
    }
    typed_node node;
    node.kind = typed_kind::list;
    node.what = *whole;
    node.position = position;
    return add(node, elements);
}

bool checker::is_plain_list(node_id node) const {
    auto const children = tree_.children_of(node);
    return tree_[node].kind == syntax_kind::list && std::none_of(children.begin(), children.end(), [&](node_id child) {
               return tree_[child].kind == syntax_kind::optional_element;
           });
}

// The optional elements of a list are lists of none or one, joined with what stands between them.
typed_id checker::check_list(node_id node) {
    std::uint32_t const position = tree_[node].position;
    std::vector<typed_id> plain;
    std::vector<typed_id> pieces;
    bool failed = false;
    for (node_id const child : tree_.children_of(node)) {
        bool const optional = tree_[child].kind == syntax_kind::optional_element;
        typed_id const element = check(optional ? tree_.child(child, 0) : child);
        failed |= element == no_node;
        if (element == no_node) continue;
        if (!optional) {
            plain.push_back(element);
            continue;
        }
        if (what(element).base != rule_kind::optional) {
            fail(tree_[child].position, "rule.type", "what stands behind ? is no optional value",
                 to_string(what(element)), "optional", "Leave the ? out");
            failed = true;
            continue;
        }
        if (!plain.empty()) pieces.push_back(make_list(std::exchange(plain, {}), position));
        pieces.push_back(retype(element, wrapped(list_of(inner_of(what(element))), position)));
        failed |= pieces.front() == no_node || pieces.back() == no_node;
    }
    if (failed) return no_node;
    if (!plain.empty() || pieces.empty()) pieces.push_back(make_list(std::move(plain), position));
    typed_id whole = pieces.front();
    for (std::size_t i = 1; i < pieces.size() && whole != no_node; ++i) {
        bool const good =
            pieces[i] != no_node && join(whole, pieces[i], position, "the elements of a list are of one type");
        whole = good ? concatenate(whole, pieces[i], position) : no_node;
    }
    return whole;
}

typed_id checker::concatenate(typed_id a, typed_id b, std::uint32_t position) {
    auto const parts_of = [&](typed_id list) {
        auto const parts = out_.tree.children_of(list);
        return std::vector<typed_id>(parts.begin(), parts.end());
    };
    if (out_.tree[a].kind != typed_kind::list || out_.tree[b].kind != typed_kind::list) {
        return collection(collection_code::concatenate, what(a), position, {a, b});
    }
    auto all = parts_of(a); // both written out: one list
    auto const more = parts_of(b);
    all.insert(all.end(), more.begin(), more.end());
    return make_list(std::move(all), position);
}

typed_id checker::check_map(node_id node) {
    std::uint32_t const position = tree_[node].position;
    auto const children = tree_.children_of(node);
    std::vector<typed_id> keys;
    std::vector<typed_id> values;
    bool failed = false;
    for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
        keys.push_back(check(children[i]));
        values.push_back(check(children[i + 1]));
        failed |= keys.back() == no_node || values.back() == no_node;
        if (keys.back() == no_node || map_of(what(keys.back()).base, integer)) continue;
        fail(tree_[children[i]].position, "rule.type", "this is no key of a map", to_string(what(keys.back())),
             "bool, int, uint, string");
        failed = true;
    }
    if (failed || !join_all(keys, "the keys of a map are of one type")) return no_node;
    if (!join_all(values, "the values of a map are of one type")) return no_node;
    rule_type const any{rule_kind::any, 0, {}};
    auto const whole = map_of(keys.empty() ? any.base : what(keys[0]).base, values.empty() ? any : what(values[0]));
    if (!whole) return wrapped(whole, position), no_node;
    std::vector<typed_id> parts;
    bool all_known = true;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        parts.insert(parts.end(), {keys[i], values[i]});
        all_known &= known(keys[i]) != nullptr && known(values[i]) != nullptr;
    }
    if (!unique_keys(keys)) return no_node;
    if (all_known) return constant_items(parts, *whole, position);
    typed_node made;
    made.kind = typed_kind::map;
    made.what = *whole;
    made.position = position;
    return add(made, parts);
}

// False after an issue for a key that is written twice.
bool checker::unique_keys(std::span<typed_id const> keys) {
    std::vector<typed_id> sorted;
    for (typed_id const key : keys)
        if (known(key) != nullptr) sorted.push_back(key);
    if (sorted.empty()) return true;
    bool const texts = lane_of(what(sorted[0]).base) == lane::text;
    auto const before = [&](typed_id a, typed_id b) {
        return texts ? known(a)->text < known(b)->text : known(a)->integer < known(b)->integer;
    };
    std::stable_sort(sorted.begin(), sorted.end(), before);
    auto const twice =
        std::adjacent_find(sorted.begin(), sorted.end(), [&](typed_id a, typed_id b) { return !before(a, b); });
    if (twice == sorted.end()) return true;
    fail(out_.tree[twice[1]].position, "rule.bad_constant", "this key stands in the map twice",
         texts ? quoted(known(twice[1])->text) : std::to_string(known(twice[1])->integer), {}, "Leave one out");
    return false;
}

std::optional<std::vector<typed_id>> checker::elements_of(typed_id list) {
    if (what(list).base != rule_kind::list) return std::nullopt;
    if (out_.tree[list].kind == typed_kind::list) {
        auto const parts = out_.tree.children_of(list);
        return std::vector<typed_id>(parts.begin(), parts.end());
    }
    slot const* const value = known(list);
    if (value == nullptr) return std::nullopt;
    std::vector<typed_id> elements;
    for (slot const& element : value->items->all())
        elements.push_back(constant(element, inner_of(what(list)), out_.tree[list].position));
    return elements;
}

// --- one element -----------------------------------------------------------------------------------------------------
typed_id checker::check_index(node_id node) {
    typed_id const of = as_items(check(tree_.child(node, 0)));
    typed_id const at = check(tree_.child(node, 1));
    if (of == no_node || at == no_node) return no_node;
    return index_into(of, at, tree_[node].kind == syntax_kind::optional_index, tree_[node].position);
}

typed_id checker::index_into(typed_id of, typed_id at, bool optional, std::uint32_t position) {
    rule_type const x = what(of);
    bool const inside = x.base == rule_kind::optional && is_map(inner_of(x));
    rule_type const whole = inside ? inner_of(x) : x;
    rule_type const element = whole.is_collection() ? inner_of(whole) : whole;
    bool const fits = is_map(whole) ? what(at) == rule_type{key_of(whole), 0, {}}
                                    : x.base == rule_kind::list && what(at).base == rule_kind::int64;
    if (!fits) {
        std::string remedy;
        if (x.base == rule_kind::string) remedy = "For a character of a text use charAt(position)";
        return fail(position, "rule.type", "there is no such element", to_string(x) + "[" + to_string(what(at)) + "]",
                    "list[int], map[key]", remedy);
    }
    rule_type const answer = optional || inside ? wrapped(optional_of(element), position) : element;
    auto code = is_map(x) ? collection_code::map_index : collection_code::index;
    if (optional) code = is_map(x) ? collection_code::optional_map_index : collection_code::optional_index;
    if (inside) code = collection_code::optional_inside;
    return collection(code, answer, position, {of, at});
}

// map.name is map['name'].
typed_id checker::check_field(node_id node) {
    syntax_node const& here = tree_[node];
    typed_id const of = check(tree_.child(node, 0));
    if (of == no_node) return no_node;
    rule_type const x = what(of);
    rule_type const held = x.base == rule_kind::optional ? inner_of(x) : x;
    if (!is_map(held)) {
        return fail(here.position, "rule.type", "only columns and maps have fields", to_string(x), {},
                    "A text, number or date is used as it is");
    }
    return index_into(of, text_constant(here.text, text, here.position),
                      here.kind == syntax_kind::optional_select, here.position);
}

// has(map.name)
typed_id checker::check_field_presence(node_id operand) {
    syntax_node const& here = tree_[operand];
    if (here.kind == syntax_kind::name) {
        return fail(here.position, "rule.type", "has(...) asks for a column or for a field of a map",
                    quoted(here.text));
    }
    typed_id const of = check(tree_.child(operand, 0));
    if (of == no_node) return no_node;
    return in_collection(text_constant(here.text, text, here.position), of, here.position);
}

std::optional<std::uint32_t> checker::record_field(node_id node) const {
    if (tree_[node].kind != syntax_kind::optional_select) return std::nullopt;
    syntax_node const& record = tree_[tree_.child(node, 0)];
    if (record.kind != syntax_kind::name || record.text != names_.record_name()) return std::nullopt;
    if (!record.flag && local(record.text) != nullptr) return std::nullopt;
    auto const found = names_.find(tree_[node].text);
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
}

typed_id checker::check_optional_select(node_id node) {
    syntax_node const& here = tree_[node];
    node_id const operand = tree_.child(node, 0);
    bool const of_record = tree_[operand].kind == syntax_kind::name && tree_[operand].text == names_.record_name() &&
                           local_root(operand) == nullptr;
    if (!of_record) return check_field(node);
    auto const variable = record_field(node);
    if (!variable) {
        auto const nearest = names_.nearest(here.text);
        return fail(here.position, "rule.unknown_name", "there is no column of this name", quoted(here.text), {},
                    nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?");
    }
    typed_node made;
    made.kind = typed_kind::variable;
    made.what = rule_type_of(names_.what(*variable));
    made.position = here.position;
    made.payload = *variable;
    typed_id const column = as_items(add(made, {}));
    return collection(collection_code::some_if_known, wrapped(optional_of(what(column)), here.position), here.position,
                      {column});
}

// --- relations and membership ----------------------------------------------------------------------------------------
typed_id checker::relate_collections(relation r, typed_id a, typed_id b, std::uint32_t position) {
    if (r != relation::equal && r != relation::not_equal) {
        return fail(position, "rule.type", "lists, maps and optional values have no order",
                    to_string(what(a)) + " and " + to_string(what(b)), "== !=");
    }
    if (!join(a, b, position, "these two cannot be compared")) return no_node;
    typed_id const same = collection(collection_code::equal, boolean, position, {a, b});
    return r == relation::equal ? same : operation(opcode::logical_not, boolean, position, {same});
}

typed_id checker::in_collection(typed_id value, typed_id whole, std::uint32_t position) {
    rule_type const in = what(whole);
    value = as_items(value);
    if (is_map(in) && what(value) == rule_type{key_of(in), 0, {}}) {
        return collection(collection_code::in_keys, boolean, position, {value, whole});
    }
    if (in.base != rule_kind::list) {
        return fail(position, "rule.type", "'in' looks into a list or a set, or for a key of a map",
                    to_string(what(value)) + " in " + to_string(in), "value in list, string in set, key in map");
    }
    slot const* const all = known(whole);
    if (all != nullptr && !what(value).is_collection() && what(value).base != rule_kind::null) {
        auto elements = *elements_of(whole);
        return check_member_types(value, elements) ? constant_membership(value, elements, position) : no_node;
    }
    rule_type const element = inner_of(in);
    rule_type const x = what(value);
    if (x.is_exact() && element.is_exact() && x.unit == element.unit && x.scale < element.scale) {
        value = to_scale(value, element.scale);
        if (value != no_node && x.unit == element.unit) value = retype(value, element);
    }
    if (value == no_node) return no_node;
    auto const both = unified(what(value), element);
    if (!both) {
        return fail(position, "rule.type", "the list does not hold what is looked for",
                    to_string(x) + " in " + to_string(in), "one type", "Convert one of them");
    }
    if (what(value) != *both) value = retype(value, *both);
    return collection(collection_code::in_list, boolean, position, {value, whole});
}

// --- functions -------------------------------------------------------------------------------------------------------
typed_id checker::call_collection(std::string_view name, bool method, std::vector<typed_id>& arguments,
                                  std::uint32_t position, bool& handled) {
    auto const is = [&](std::size_t i, rule_kind kind) {
        return i < arguments.size() && what(arguments[i]).base == kind;
    };
    std::size_t const count = arguments.size();
    handled = true;
    if (name == "dyn" && !method && count == 1) return arguments[0];
    if (name == "size" && count == 1 && (is(0, rule_kind::list) || is(0, rule_kind::map))) {
        return collection(collection_code::size, integer, position, arguments);
    }
    if (name == "split" && method && is(0, rule_kind::string) && is(1, rule_kind::string)) {
        rule_type const texts = wrapped(list_of(text), position);
        if (count == 2) return collection(collection_code::split, texts, position, arguments);
        if (count == 3 && is(2, rule_kind::int64))
            return collection(collection_code::split_most, texts, position, arguments);
    }
    if (name == "join" && method && count <= 2 && (count == 1 || is(1, rule_kind::string))) {
        arguments[0] = as_items(arguments[0]);
        bool const texts = is(0, rule_kind::list) && unified(inner_of(what(arguments[0])), text) == text;
        if (texts) return collection(collection_code::join, text, position, arguments);
    }
    if (name.starts_with("sets.") && !method && count == 2) return call_sets(name, arguments, position, handled);
    handled = false;
    bool const optional = name.starts_with("optional.") || (method && is(0, rule_kind::optional));
    return optional ? call_optional(name, arguments, position, handled) : no_node;
}

// A set of texts asked for constants is a few look-ups, which every other part of the library knows.
typed_id checker::call_sets(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                            bool& handled) {
    typed_id a = arguments[0];
    typed_id b = arguments[1];
    bool const meeting = name == "sets.intersects";
    if (meeting && what(b).base == rule_kind::set) std::swap(a, b);
    if (what(a).base == rule_kind::set && name != "sets.equivalent" && known(b) != nullptr) {
        auto const wanted = elements_of(b);
        bool const texts = wanted && !wanted->empty() && what((*wanted)[0]).base == rule_kind::string;
        if (texts) {
            std::vector<typed_id> parts;
            for (typed_id const element : *wanted)
                parts.push_back(operation(opcode::in_set, boolean, position, {element, a}));
            return join_chain(!meeting, parts, position);
        }
    }
    a = as_items(a);
    b = as_items(b);
    handled = what(a).base == rule_kind::list && what(b).base == rule_kind::list;
    if (!handled) return no_node;
    if (!join(a, b, position, "these two lists differ in type")) return no_node;
    if (meeting) return collection(collection_code::intersects, boolean, position, {a, b});
    auto const code = name == "sets.contains" ? collection_code::contains_all : collection_code::equivalent;
    handled = code == collection_code::contains_all || name == "sets.equivalent";
    return handled ? collection(code, boolean, position, {a, b}) : no_node;
}

typed_id checker::call_optional(std::string_view name, std::vector<typed_id>& arguments, std::uint32_t position,
                                bool& handled) {
    std::size_t const count = arguments.size();
    handled = true;
    if (name == "optional.none" && count == 0) {
        return constant_items({}, wrapped(optional_of({rule_kind::any, 0, {}}), position), position);
    }
    if (name == "optional.of" && count == 1) {
        arguments[0] = as_items(arguments[0]);
        return collection(collection_code::some, wrapped(optional_of(what(arguments[0])), position), position,
                          arguments);
    }
    if (name == "hasValue" && count == 1) return collection(collection_code::has_value, boolean, position, arguments);
    if (name == "value" && count == 1) {
        return collection(collection_code::held, inner_of(what(arguments[0])), position, arguments);
    }
    if (name == "or" && count == 2 && what(arguments[1]).base == rule_kind::optional) {
        if (!join(arguments[0], arguments[1], position, "these two differ in type")) return no_node;
        return collection(collection_code::some_or, what(arguments[0]), position, arguments);
    }
    if (name == "orValue" && count == 2) {
        rule_type const held = inner_of(what(arguments[0]));
        arguments[1] = as_items(arguments[1]);
        rule_type const other = what(arguments[1]);
        if (other.is_exact() && held.is_exact() && other.unit == held.unit && other.scale < held.scale) {
            arguments[1] = to_scale(arguments[1], held.scale);
            if (arguments[1] == no_node) return no_node;
        }
        auto const both = unified(held, what(arguments[1]));
        if (!both) {
            return fail(position, "rule.type", "the other value is of another type", to_string(held) + " and " +
                        to_string(other), "one type", "Convert one of them");
        }
        arguments[0] = retype(arguments[0], wrapped(optional_of(*both), position));
        return collection(collection_code::held_or, *both, position, arguments);
    }
    handled = false;
    return no_node;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
