// SPDX-License-Identifier: Apache-2.0
// Macros and the names they give. A macro over elements that are known one by one is written out: what is left are
// comparisons and && or ||, which rule indexes, kernels and readers of rules know. The rest becomes loops.
#include "rule/checker.hpp"

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {

// What a macro is, read off its name and the number of its parts.
struct loop_plan {
    loop_form form;
    std::size_t variables = 1;
    std::optional<std::uint32_t> test;   // parts of the text
    std::optional<std::uint32_t> result;
};

namespace {

constexpr rule_type boolean{rule_kind::boolean, 0, {}};
constexpr rule_type integer{rule_kind::int64, 0, {}};

// Nodes of macros written out in one rule: past them macros are loops. A small rule over a hundred values is well
// inside.
constexpr std::size_t most_written_out = 20'000;
// What may stand for a name wherever that is used: larger parts are computed once and kept.
constexpr std::uint32_t largest_stand_in = 64;
constexpr std::uint32_t deepest_stand_in = 16;
// A set is asked for so many constants one by one.
constexpr std::size_t most_set_questions = 64;

loop_plan plan_of(syntax_tree const& tree, std::uint32_t node) {
    auto const parts = tree.children_of(node);
    std::string_view const name = tree[node].text;
    bool const transforming = name.starts_with("transform");
    bool const quantifier = name == "all" || name == "exists" || name == "existsOne" || name == "exists_one";
    loop_plan plan;
    plan.variables = transforming || (quantifier && parts.size() == 4) ? 2 : 1;
    plan.form.two = plan.variables == 2;
    if (name == "all") plan.form.code = loop_code::all;
    else if (name == "exists") plan.form.code = loop_code::exists;
    else if (quantifier) plan.form.code = loop_code::exists_one;
    else if (name == "filter") plan.form.code = loop_code::filter;
    else if (name == "transformMap") plan.form.code = loop_code::transform_map;
    else if (name == "transformMapEntry") plan.form.code = loop_code::transform_entry;
    else plan.form.code = loop_code::transform;
    std::size_t const first = 1 + plan.variables;
    if (quantifier || name == "filter") {
        plan.test = parts[first];
        return plan;
    }
    plan.form.tested = parts.size() == first + 2;
    if (plan.form.tested) plan.test = parts[first];
    plan.result = parts.back();
    return plan;
}

} // namespace

// --- names -----------------------------------------------------------------------------------------------------------
checker::local_name const* checker::local(std::string_view name) const noexcept {
    auto const found =
        std::find_if(scope_.rbegin(), scope_.rend(), [&](local_name const& l) { return l.name == name; });
    return found == scope_.rend() ? nullptr : &*found;
}

checker::local_name const* checker::local_root(node_id node) const noexcept {
    while (tree_[node].kind == syntax_kind::select)
        node = tree_.child(node, 0);
    bool const plain = tree_[node].kind == syntax_kind::name && !tree_[node].flag;
    return plain ? local(tree_[node].text) : nullptr;
}

typed_id checker::use_local(local_name const& which, std::uint32_t position) {
    if (which.part != no_node) return which.part;
    typed_node made;
    made.kind = typed_kind::local;
    made.what = which.what;
    made.position = position;
    made.payload = which.number;
    return add(made, {});
}

std::uint32_t checker::push_local(std::string_view name, rule_type of) {
    scope_.push_back({name, of, no_node, locals_});
    out_.tree.locals = std::max(out_.tree.locals, locals_ + 1);
    return locals_++;
}

// Names end with their macro.
class checker::scope_guard {
public:
    explicit scope_guard(checker& of) : of_(of), names_(of.scope_.size()), locals_(of.locals_) {}
    scope_guard(scope_guard const&) = delete;
    scope_guard& operator=(scope_guard const&) = delete;
    ~scope_guard() {
        of_.scope_.resize(names_);
        of_.locals_ = locals_;
    }

private:
    checker& of_;
    std::size_t names_;
    std::uint32_t locals_;
};

// --- what may be written out -----------------------------------------------------------------------------------------
// A part that cannot fail means the same wherever it stands, evaluated or not.
bool checker::can_stand_for_itself(typed_id part) const noexcept {
    if (known(part) != nullptr || out_.tree[part].kind == typed_kind::local) return true;
    measure const& m = measures_[part];
    return !m.can_fail && m.size <= largest_stand_in && m.depth <= deepest_stand_in;
}

bool checker::affordable(node_id body, std::size_t times) {
    if (written_sizes_.empty()) {
        for (std::size_t i = 0; i < tree_.nodes.size(); ++i) {
            std::uint32_t size = 1;
            for (node_id const child : tree_.children_of(static_cast<node_id>(i)))
                size += written_sizes_[child];
            written_sizes_.push_back(size);
        }
    }
    std::size_t const more = times * written_sizes_[body];
    if (written_out_ + more > most_written_out) return false;
    written_out_ += more;
    return true;
}

bool checker::is_condition(typed_id part, node_id written) {
    if (part == no_node || what(part).base == rule_kind::boolean) return part != no_node;
    fail(tree_[written].position, "rule.type", "this is no condition", to_string(what(part)), "bool",
         "Compare it with something");
    return false;
}

std::optional<typed_id> checker::unroll(node_id node, std::vector<typed_id> const& elements) {
    loop_plan const plan = plan_of(tree_, node);
    bool const quantifier = plan.form.code == loop_code::all || plan.form.code == loop_code::exists;
    bool const lists = plan.form.code == loop_code::filter || plan.form.code == loop_code::transform;
    bool const plain =
        std::all_of(elements.begin(), elements.end(), [&](typed_id e) { return can_stand_for_itself(e); });
    if (!plain || (!quantifier && !lists) || !affordable(node, elements.size())) return std::nullopt;
    std::uint32_t const position = tree_[node].position;
    std::vector<typed_id> parts;
    auto const name_element = [&](std::size_t i) {
        slot place(status::ok);
        place.integer = static_cast<std::int64_t>(i);
        if (plan.form.two)
            scope_.push_back({tree_[tree_.child(node, 1)].text, integer, constant(place, integer, position)});
        scope_.push_back({tree_[tree_.child(node, plan.variables)].text, what(elements[i]), elements[i]});
    };
    for (std::size_t i = 0; i < elements.size(); ++i) {
        scope_guard const ends(*this);
        name_element(i);
        typed_id const test = plan.test ? check(*plan.test) : no_node;
        if (plan.test && !is_condition(test, *plan.test)) return no_node; // said once, not for each element
        if (quantifier) {
            parts.push_back(test);
            continue;
        }
        slot const* const wanted = plan.test ? known(test) : nullptr;
        if (plan.test && wanted == nullptr) return std::nullopt; // which elements there are depends on the row
        if (wanted != nullptr && wanted->integer == 0) continue;
        parts.push_back(plan.result ? check(*plan.result) : elements[i]);
        if (parts.back() == no_node) return no_node;
    }
    if (quantifier) return join_chain(plan.form.code == loop_code::all, parts, position);
    typed_id const made = make_list(parts, position);
    if (!parts.empty() || elements.empty()) return made;
    scope_guard const ends(*this); // none was wanted: still a list of such elements
    name_element(0);
    typed_id const like = plan.result ? check(*plan.result) : elements[0];
    return like == no_node ? no_node : retype(made, wrapped(list_of(what(like)), position));
}

// --- macros ----------------------------------------------------------------------------------------------------------
typed_id checker::check_macro(node_id node) {
    syntax_node const& here = tree_[node];
    if (here.text == "bind") return check_bind(node);
    if (here.text == "optMap" || here.text == "optFlatMap") return check_optional_map(node);
    node_id const written = tree_.child(node, 0);
    bool const plain = is_plain_list(written);
    typed_id range = no_node;
    std::optional<std::vector<typed_id>> elements;
    if (plain) { // written out, they may differ in type
        elements.emplace();
        for (node_id const child : tree_.children_of(written))
            elements->push_back(as_items(check(child)));
        if (std::find(elements->begin(), elements->end(), no_node) != elements->end()) return no_node;
    } else {
        range = as_items(check(written));
        if (range == no_node) return no_node;
        elements = elements_of(range);
    }
    // An empty list whose elements have a type is looped over, so that what is asked of them is checked.
    bool const typed =
        range != no_node && what(range).base == rule_kind::list && inner_of(what(range)).base != rule_kind::any;
    if (elements && !(elements->empty() && typed))
        if (auto const made = unroll(node, *elements)) return *made;
    if (plain) range = make_list(*std::move(elements), tree_[written].position);
    return range == no_node ? no_node : check_loop(node, range);
}

typed_id checker::check_loop(node_id node, typed_id range) {
    std::uint32_t const position = tree_[node].position;
    rule_type const over = what(range);
    loop_plan plan = plan_of(tree_, node);
    plan.form.over_map = over.base == rule_kind::map;
    if (over.base != rule_kind::list && !plan.form.over_map) {
        return fail(position, "rule.type", "'" + tree_[node].text + "' goes over a list or a map", to_string(over),
                    "list, set, map", over.base == rule_kind::string ? "Cut the text with split(...)" : "");
    }
    rule_type const key = plan.form.over_map ? rule_type{key_of(over), 0, {}} : integer;
    rule_type const element = inner_of(over);
    scope_guard const ends(*this);
    rule_type const first = plan.form.two || plan.form.over_map ? key : element;
    std::uint32_t const number = push_local(tree_[tree_.child(node, 1)].text, first);
    if (plan.form.two) push_local(tree_[tree_.child(node, 2)].text, element);

    std::vector<typed_id> parts{range};
    rule_type answer = boolean;
    if (plan.test) {
        parts.push_back(check(*plan.test));
        if (!is_condition(parts.back(), *plan.test)) return no_node;
    }
    if (plan.form.code == loop_code::filter) answer = wrapped(list_of(first), position);
    if (plan.result) {
        parts.push_back(as_items(check(*plan.result)));
        if (parts.back() == no_node) return no_node;
        rule_type const made = what(parts.back());
        if (made.base == rule_kind::null) {
            return fail(tree_[*plan.result].position, "rule.type", "null is no element", {}, {},
                        "There is no null here; what is missing is unknown by itself");
        }
        if (plan.form.code == loop_code::transform) answer = wrapped(list_of(made), position);
        if (plan.form.code == loop_code::transform_map) answer = wrapped(map_of(key.base, made), position);
        if (plan.form.code == loop_code::transform_entry) answer = made;
        if (plan.form.code == loop_code::transform_entry && made.base != rule_kind::map) {
            return fail(tree_[*plan.result].position, "rule.type", "'transformMapEntry' makes entries of a map",
                        to_string(made), "map", "Write {key: value}");
        }
    }
    typed_node loop;
    loop.kind = typed_kind::loop;
    loop.what = answer;
    loop.position = position;
    loop.payload = number;
    loop.immediate = plan.form.immediate();
    if (plan.form.code == loop_code::exists) {
        typed_id const asked = set_quantifier(range, parts[1], position);
        if (asked != no_node) return asked;
    }
    return add(loop, parts);
}

// set.exists(t, t == 'a') is 'a' in set, and set.exists(t, t in ['a', 'b']) is a few of them.
typed_id checker::set_quantifier(typed_id range, typed_id test, std::uint32_t position) {
    typed_node const over = out_.tree[range];
    typed_node const asks = out_.tree[test];
    bool const set = over.kind == typed_kind::collection && collection_of(over.immediate) == collection_code::set_items;
    if (!set || asks.kind != typed_kind::operation) return no_node;
    typed_id const whole = out_.tree.children_of(range)[0];
    auto const is_local = [&](typed_id part) {
        return out_.tree[part].kind == typed_kind::local && out_.tree[part].payload + 1 == locals_;
    };
    auto const sides = out_.tree.children_of(test);
    if (asks.code == opcode::equal_text) {
        typed_id const wanted = is_local(sides[0]) ? sides[1] : sides[0];
        bool const constant_text = (is_local(sides[0]) || is_local(sides[1])) && known(wanted) != nullptr;
        return constant_text ? operation(opcode::in_set, boolean, position, {wanted, whole}) : no_node;
    }
    if (asks.code != opcode::in_texts || !is_local(sides[0])) return no_node;
    auto const& wanted = out_.tables.text_lookups[asks.immediate].values;
    if (wanted.empty() || wanted.size() > most_set_questions) return no_node;
    std::vector<typed_id> parts;
    for (std::string_view const value : wanted) {
        typed_id const text = text_constant(value, {rule_kind::string, 0, {}}, position);
        parts.push_back(operation(opcode::in_set, boolean, position, {text, whole}));
    }
    return join_chain(false, parts, position);
}

// cel.bind(name, value, body)
typed_id checker::check_bind(node_id node) {
    typed_id const value = as_items(check(tree_.child(node, 2)));
    if (value == no_node) return no_node;
    scope_guard const ends(*this);
    std::string_view const name = tree_[tree_.child(node, 1)].text;
    if (can_stand_for_itself(value)) {
        scope_.push_back({name, what(value), value});
        return check(tree_.child(node, 3));
    }
    typed_node made;
    made.kind = typed_kind::bind;
    made.payload = push_local(name, what(value));
    typed_id const body = as_items(check(tree_.child(node, 3)));
    if (body == no_node) return no_node;
    made.what = what(body);
    made.position = tree_[node].position;
    typed_id const parts[] = {value, body};
    return add(made, parts);
}

// optional.optMap(x, result), optional.optFlatMap(x, optional)
typed_id checker::check_optional_map(node_id node) {
    syntax_node const& here = tree_[node];
    typed_id const from = check(tree_.child(node, 0));
    if (from == no_node) return no_node;
    if (what(from).base != rule_kind::optional) {
        return fail(here.position, "rule.type", "'" + here.text + "' is of an optional value", to_string(what(from)),
                    "optional");
    }
    scope_guard const ends(*this);
    typed_node made;
    made.kind = typed_kind::loop;
    made.payload = push_local(tree_[tree_.child(node, 1)].text, inner_of(what(from)));
    typed_id const result = as_items(check(tree_.child(node, 2)));
    if (result == no_node) return no_node;
    bool const flat = here.text == "optFlatMap";
    if (flat && what(result).base != rule_kind::optional) {
        return fail(tree_[tree_.child(node, 2)].position, "rule.type", "'optFlatMap' makes an optional value",
                    to_string(what(result)), "optional", "Write optMap, or optional.of(...)");
    }
    loop_form form;
    form.code = flat ? loop_code::optional_flat : loop_code::optional_map;
    made.immediate = form.immediate();
    made.what = flat ? what(result) : wrapped(optional_of(what(result)), here.position);
    made.position = here.position;
    typed_id const parts[] = {from, result};
    return add(made, parts);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
