// SPDX-License-Identifier: Apache-2.0
#include "rule/checker.hpp"

#include "rule/functions.hpp"
#include "rule/lexer.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/time/parse.hpp>

#include <boost/container/small_vector.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {

// --- building
// -----------------------------------------------------------------------------------------------------------
typed_id checker::add(typed_node node, std::span<typed_id const> children) {
    node.first_child = static_cast<std::uint32_t>(out_.tree.children.size());
    node.child_count = static_cast<std::uint32_t>(children.size());
    out_.tree.children.insert(out_.tree.children.end(), children.begin(), children.end());
    return push(node);
}

typed_id checker::push(typed_node const& node) {
    constexpr std::uint32_t plenty = 1U << 30;
    measure made;
    made.can_fail = (is_walked(node.kind) && node.kind != typed_kind::local) ||
                    (node.kind == typed_kind::operation && v0::detail::can_fail(node.code)) ||
                    (node.kind == typed_kind::constant && out_.tables.constants[node.payload].state != status::ok);
    for (std::uint32_t i = 0; i < node.child_count; ++i) {
        measure const& part = measures_[out_.tree.children[node.first_child + i]];
        made.size = std::min(plenty, made.size + part.size);
        made.depth = std::max(made.depth, part.depth + 1);
        made.can_fail |= part.can_fail;
    }
    measures_.push_back(made);
    out_.tree.nodes.push_back(node);
    return static_cast<typed_id>(out_.tree.nodes.size() - 1);
}

typed_id checker::constant(slot value, rule_type what, std::uint32_t position) {
    typed_node node;
    node.kind = typed_kind::constant;
    node.what = what;
    node.position = position;
    node.payload = static_cast<std::uint32_t>(out_.tables.constants.size());
    out_.tables.constants.push_back(value);
    return add(node, {});
}

typed_id checker::text_constant(std::string_view text, rule_type what, std::uint32_t position) {
    slot value(status::ok);
    value.text = out_.tables.keep(text);
    return constant(value, what, position);
}

slot const* checker::known(typed_id node) const noexcept {
    if (!is_constant(node)) return nullptr;
    slot const& value = out_.tables.constants[out_.tree[node].payload];
    return value.state == status::ok ? &value : nullptr;
}

typed_id checker::retype(typed_id node, rule_type what) {
    typed_node copy = out_.tree[node]; // shares the children
    copy.what = what;
    return push(copy);
}

namespace {

// Operations that read text a rule's author wrote: a constant that cannot be read is a mistake, not an error to absorb.
bool reads_text(opcode code) noexcept {
    switch (code) {
    case opcode::text_to_integer:
    case opcode::text_to_natural:
    case opcode::text_to_real:
    case opcode::text_to_boolean:
    case opcode::text_to_decimal:
    case opcode::text_to_instant:
    case opcode::text_to_date:
    case opcode::text_to_duration:
    case opcode::phone_key: return true;
    default: return false;
    }
}

std::string_view readable_form(opcode code) noexcept {
    switch (code) {
    case opcode::text_to_integer: return "a whole number such as '-12', within 64 bits";
    case opcode::text_to_natural: return "a whole number such as '12', within 64 bits";
    case opcode::text_to_real: return "a number such as '1.5e3'";
    case opcode::text_to_boolean: return "'true', 'false', 't', 'f', '1', '0'";
    case opcode::text_to_decimal: return "a number such as '-12.50' with no more digits after the point than asked for";
    case opcode::text_to_instant:
        return "RFC 3339 with offset, '2024-06-30T12:00:00Z' or '2024-06-30T12:00:00+08:00', to the microsecond, in "
               "the "
               "years 0001 to 9999";
    case opcode::text_to_date: return "an existing date of the years 0001 to 9999, such as '2024-06-30'";
    case opcode::text_to_duration: return "'1h30m', '-2.5s', '90m', '100ms', to the microsecond";
    case opcode::phone_key: return "a phone number with its area, such as '010-12345678' or '+86 138 0013 8000'";
    default: return {};
    }
}

} // namespace

typed_id checker::operation(opcode code, rule_type what, std::uint32_t position,
                            std::initializer_list<typed_id> arguments, std::uint64_t immediate) {
    return operation(code, what, position, std::span<typed_id const>(arguments.begin(), arguments.size()), immediate);
}

typed_id checker::operation(opcode code, rule_type what, std::uint32_t position, std::span<typed_id const> arguments,
                            std::uint64_t immediate) {
    bool const foldable =
        std::all_of(arguments.begin(), arguments.end(), [&](typed_id argument) { return is_constant(argument); });
    if (!foldable) {
        typed_node node;
        node.kind = typed_kind::operation;
        node.code = code;
        node.what = what;
        node.position = position;
        node.immediate = immediate;
        return add(node, arguments);
    }
    std::array<slot, 4> values;
    bool failed_before = false;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        values[i] = out_.tables.constants[out_.tree[arguments[i]].payload];
        failed_before |= values[i].state != status::ok;
    }
    slot result = run_operation(code, {&out_.tables, &folding_, immediate}, values);
    if (result.state == status::ok && lane_of(what.base) == lane::text) result.text = out_.tables.keep(result.text);
    folding_.reset();
    if (result.state != status::ok && !failed_before) {
        if (reads_text(code)) {
            bool const date = code == opcode::text_to_instant && parse_date(values.front().text).has_value();
            return fail(position, "rule.bad_constant", "this text cannot be read as " + to_string(what),
                        quoted(values.front().text), std::string(readable_form(code)),
                        date ? "A day alone is written date(" + text_literal(values.front().text) + ")" : "");
        }
        warn(position, "rule.always_fails", "this computation of constants always fails",
             "Overflow, division by zero or a position outside the text");
    }
    return constant(result, what, position);
}

// --- issues
// -------------------------------------------------------------------------------------------------------------
typed_id checker::fail(std::uint32_t position, std::string code, std::string message, std::string seen,
                       std::string allowed, std::string remedy) {
    if (!remedy.empty() && remedy.back() != '?') remedy += '.';
    remedy += caret_text(tree_.source, position);
    issues_.error(std::move(code), issue_place(place_, tree_.source, position), std::move(message), std::move(seen),
                  std::move(allowed), std::move(remedy));
    return no_node;
}

void checker::warn(std::uint32_t position, std::string code, std::string message, std::string remedy) {
    issue problem;
    problem.level = severity::warning;
    problem.code = std::move(code);
    problem.place = issue_place(place_, tree_.source, position);
    problem.message = std::move(message);
    problem.remedy = std::move(remedy) + "." + caret_text(tree_.source, position);
    issues_.add(std::move(problem));
}

typed_id checker::unsupported(std::uint32_t position, std::string message, std::string remedy) {
    return fail(position, "rule.unsupported", std::move(message), {}, {}, std::move(remedy));
}

std::size_t checker::zone_number(std::string_view name, std::uint32_t position) {
    auto& zones = out_.tables.zones;
    try {
        zone const found = zone::parse(name);
        auto const same = std::find(zones.begin(), zones.end(), found);
        if (same != zones.end()) return static_cast<std::size_t>(same - zones.begin());
        zones.push_back(found);
        return zones.size() - 1;
    } catch (issue_error const& problem) {
        issue const& reason = problem.issues()[0];
        fail(position, "rule.bad_constant", reason.message, quoted(name), reason.allowed, reason.remedy);
        return std::string_view::npos;
    }
}

// --- names
// --------------------------------------------------------------------------------------------------------------
// `a.b.c` as written, or nothing when it is not only names.
std::optional<std::vector<std::string_view>> checker::path_of(node_id node) const {
    std::vector<std::string_view> path;
    while (tree_[node].kind == syntax_kind::select) {
        path.push_back(tree_[node].text);
        node = tree_.child(node, 0);
    }
    if (tree_[node].kind != syntax_kind::name) return std::nullopt;
    path.push_back(tree_[node].text);
    std::reverse(path.begin(), path.end());
    return path;
}

std::optional<std::uint32_t> checker::variable_of(node_id node) const {
    if (tree_[node].kind == syntax_kind::name) {
        auto const found = names_.find(tree_[node].text);
        return found ? std::optional(static_cast<std::uint32_t>(*found)) : std::nullopt;
    }
    auto const path = path_of(node);
    if (!path) return std::nullopt;
    auto const joined = [&](std::size_t first) {
        std::string name;
        for (std::size_t i = first; i < path->size(); ++i) {
            if (i > first) name += '.';
            name += (*path)[i];
        }
        return name;
    };
    auto found = names_.find(joined(0));
    if (!found && path->front() == names_.record_name()) found = names_.find(joined(1));
    if (!found) return std::nullopt;
    return static_cast<std::uint32_t>(*found);
}

typed_id checker::unknown_name(node_id node) {
    auto const path = path_of(node);
    std::uint32_t position = tree_[node].position;
    node_id first = node;
    while (tree_[first].kind == syntax_kind::select)
        first = tree_.child(first, 0);
    std::string full;
    for (auto const part : *path)
        full += (full.empty() ? "" : ".") + std::string(part);
    bool const of_record = path->size() > 1 && path->front() == names_.record_name();
    std::string name = of_record ? full.substr(path->front().size() + 1) : full;
    if (!of_record) position = tree_[first].position;
    if (path->size() > 1 && !of_record && names_.find(path->front())) {
        return fail(tree_[node].position, "rule.type", "this column has no fields", quoted(full), {},
                    "A text, number or date is used as it is");
    }
    if (full == names_.record_name()) {
        return fail(position, "rule.unknown_name", "the record itself is no value", quoted(full), {},
                    "Name one of its fields: " + full + ".name");
    }
    std::vector<std::string_view> all;
    for (local_name const& mine : scope_)
        all.push_back(mine.name);
    std::string_view nearest = nearest_name(name, all); // what the rule itself names comes first
    if (nearest.empty()) nearest = names_.nearest(name);
    for (std::size_t i = 0; i < names_.size(); ++i)
        all.push_back(names_.name(i));
    std::string remedy;
    if (!nearest.empty()) remedy = "Did you mean " + std::string(nearest) + "?";
    if (nearest.empty() && is_known_elsewhere(name)) remedy = "Types are no values here";
    return fail(position, "rule.unknown_name", "there is no column of this name", quoted(name), join_names(all),
                remedy);
}

typed_id checker::check_name(node_id node) {
    if (local_name const* const found = local_root(node)) {
        if (tree_[node].kind == syntax_kind::name) return use_local(*found, tree_[node].position);
        return check_field(node);
    }
    auto const variable = variable_of(node);
    if (!variable) return path_of(node) ? unknown_name(node) : check_field(node);
    typed_node made;
    made.kind = typed_kind::variable;
    made.what = rule_type_of(names_.what(*variable));
    made.position = tree_[node].position;
    made.payload = *variable;
    return add(made, {});
}

typed_id checker::check_presence(node_id node) {
    node_id const operand = tree_.child(node, 0);
    bool const inside = local_root(operand) != nullptr || !path_of(operand);
    if (inside) return check_field_presence(operand);
    auto const variable = variable_of(operand);
    if (!variable) return unknown_name(operand);
    typed_node made;
    made.kind = typed_kind::presence;
    made.what = {rule_kind::boolean, 0, {}};
    made.position = tree_[node].position;
    made.payload = *variable;
    return add(made, {});
}

// --- literals and logic
// -------------------------------------------------------------------------------------------------
typed_id checker::check_literal(syntax_node const& node) {
    literal const value = node.constant;
    slot made(status::ok);
    made.integer = value.integer;
    switch (value.kind) {
    case literal_kind::null: return constant(made, {rule_kind::null, 0, {}}, node.position);
    case literal_kind::boolean: return constant(made, {rule_kind::boolean, 0, {}}, node.position);
    case literal_kind::int64: return constant(made, {rule_kind::int64, 0, {}}, node.position);
    case literal_kind::uint64: return constant(made, {rule_kind::uint64, 0, {}}, node.position);
    case literal_kind::float64:
        made.real = value.real();
        return constant(made, {rule_kind::float64, 0, {}}, node.position);
    case literal_kind::string: return text_constant(node.text, {rule_kind::string, 0, {}}, node.position);
    case literal_kind::bytes: return text_constant(node.text, {rule_kind::bytes, 0, {}}, node.position);
    }
    return no_node;
}

typed_id checker::check_chain(node_id node) {
    bool const all = tree_[node].kind == syntax_kind::conjunction;
    boost::container::small_vector<typed_id, 16> parts;
    parts.reserve(tree_.children_of(node).size());
    bool failed = false;
    for (node_id const child : tree_.children_of(node)) {
        typed_id const part = check(child);
        if (part == no_node) {
            failed = true;
            continue;
        }
        if (what(part).base != rule_kind::boolean) {
            fail(tree_[child].position, "rule.type", all ? "&& joins conditions" : "|| joins conditions",
                 to_string(what(part)), "bool", "Compare it with something");
            failed = true;
            continue;
        }
        parts.push_back(part);
    }
    return failed ? no_node : join_chain(all, parts, tree_[node].position);
}

// Conditions joined by && or ||.
typed_id checker::join_chain(bool all, std::span<typed_id const> conditions, std::uint32_t position) {
    boost::container::small_vector<typed_id, 16> parts;
    parts.reserve(conditions.size());
    bool decided = false;
    for (typed_id const part : conditions) {
        slot const* const value = known(part);
        if (value != nullptr)
            decided |= (value->integer != 0) != all;
        else
            parts.push_back(part); // true in && and false in || say nothing
    }
    rule_type const boolean{rule_kind::boolean, 0, {}};
    if (decided || parts.empty()) {
        slot value(status::ok);
        value.integer = decided != all ? 1 : 0;
        return constant(value, boolean, position);
    }
    if (parts.size() == 1) return parts.front();
    if (std::all_of(parts.begin(), parts.end(), [&](typed_id part) { return is_constant(part); })) return parts.front();
    typed_node made;
    made.kind = all ? typed_kind::conjunction : typed_kind::disjunction;
    made.what = boolean;
    made.position = position;
    return add(made, parts);
}

bool checker::join(typed_id& a, typed_id& b, std::uint32_t position, std::string_view message) {
    if (what(a).is_collection() || what(b).is_collection()) a = as_items(a), b = as_items(b);
    rule_type const x = what(a);
    rule_type const y = what(b);
    if (x == y) return true;
    if (auto const both = unified(x, y)) {
        if (x != *both) a = retype(a, *both);
        if (y != *both) b = retype(b, *both);
        return true;
    }
    if (x.is_exact() && y.is_exact()) {
        if (!same_unit(a, b, position)) return false;
        unsigned const scale = std::max(what(a).scale, what(b).scale);
        a = to_scale(a, scale);
        b = to_scale(b, scale);
        return a != no_node && b != no_node;
    }
    std::string remedy = "Convert one of them";
    if (x.is_numeric() && y.is_numeric()) remedy = "Write double(...) around the exact one, or 2.0 instead of 2";
    if (x.base == rule_kind::null || y.base == rule_kind::null) {
        remedy = "There is no null here; what is missing is unknown by itself";
    }
    fail(position, "rule.type", std::string(message), to_string(x) + " and " + to_string(y), "one type", remedy);
    return false;
}

typed_id checker::check_conditional(node_id node) {
    typed_id const condition = check(tree_.child(node, 0));
    typed_id then = check(tree_.child(node, 1));
    typed_id otherwise = check(tree_.child(node, 2));
    std::uint32_t const position = tree_[node].position;
    bool failed = condition == no_node || then == no_node || otherwise == no_node;
    if (condition != no_node && what(condition).base != rule_kind::boolean) {
        fail(tree_[tree_.child(node, 0)].position, "rule.type", "what stands before ? is no condition",
             to_string(what(condition)), "bool");
        failed = true;
    }
    if (failed || !join(then, otherwise, position)) return no_node;
    if (is_constant(condition)) {
        slot const* const value = known(condition);
        if (value != nullptr) return value->integer != 0 ? then : otherwise;
        return constant(slot(status::error), what(then), position);
    }
    then = as_items(then);
    otherwise = as_items(otherwise);
    typed_node made;
    made.kind = typed_kind::conditional;
    made.what = what(then);
    made.position = position;
    typed_id const children[] = {condition, then, otherwise};
    return add(made, children);
}

typed_id checker::check(node_id node) {
    typed_id const made = check_node(node);
    out_.tree.of_syntax[node] = made;
    return made;
}

typed_id checker::check_node(node_id node) {
    syntax_node const& here = tree_[node];
    switch (here.kind) {
    case syntax_kind::constant: return check_literal(here);
    case syntax_kind::name:
    case syntax_kind::select: return check_name(node);
    case syntax_kind::presence: return check_presence(node);
    case syntax_kind::call: return check_call(node);
    case syntax_kind::logical_not: {
        typed_id const operand = check(tree_.child(node, 0));
        if (operand == no_node) return no_node;
        std::vector<typed_id> arguments{operand};
        return call("!", false, arguments, here.position);
    }
    case syntax_kind::negate: return check_negate(node);
    case syntax_kind::multiply:
    case syntax_kind::divide:
    case syntax_kind::modulo:
    case syntax_kind::add:
    case syntax_kind::subtract: return check_arithmetic(node);
    case syntax_kind::less:
    case syntax_kind::less_equal:
    case syntax_kind::greater:
    case syntax_kind::greater_equal:
    case syntax_kind::equal:
    case syntax_kind::not_equal: return check_relation(node);
    case syntax_kind::in: return check_in(node);
    case syntax_kind::conjunction:
    case syntax_kind::disjunction: return check_chain(node);
    case syntax_kind::conditional: return check_conditional(node);
    case syntax_kind::optional_select: return check_optional_select(node);
    case syntax_kind::macro: return check_macro(node);
    case syntax_kind::list: return check_list(node);
    case syntax_kind::map: return check_map(node);
    case syntax_kind::index:
    case syntax_kind::optional_index: return check_index(node);
    case syntax_kind::optional_element:
        return unsupported(here.position, "an optional entry of a map is not taken here");
    }
    return no_node;
}

// --- the answer
// ---------------------------------------------------------------------------------------------------------
typed_id checker::convert_answer(typed_id answer, type wanted) {
    rule_type const have = what(answer);
    rule_type const want = rule_type_of(wanted);
    if (have == want) return answer;
    if (have.is_exact() && want.base == rule_kind::decimal && have.scale <= want.scale &&
        (have.unit.empty() || have.unit == want.unit)) {
        typed_id const scaled = to_scale(answer, want.scale);
        return scaled == no_node ? no_node : retype(scaled, want);
    }
    if (have.is_exact() && !have.is_money() && want.base == rule_kind::float64) return to_real(answer);
    std::string remedy;
    if (want.base == rule_kind::boolean) remedy = "Compare it with something";
    if (have.is_exact() && want.base == rule_kind::decimal && have.scale > want.scale) {
        remedy = "Declare it with " + std::to_string(have.scale) + " digits after the point";
    }
    return fail(0, "rule.result_type", "the answer has another type than it should", to_string(have), to_string(want),
                remedy);
}

bool checker::run(std::optional<type> wanted) {
    auto const before = issues_.size();
    out_.tree.of_syntax.assign(tree_.nodes.size(), no_node);
    out_.tree.nodes.reserve(tree_.nodes.size());
    out_.tree.children.reserve(tree_.nodes.size());
    measures_.reserve(tree_.nodes.size());
    out_.tables.constants.reserve(tree_.nodes.size() / 3); // about as many as there are
    typed_id answer = check(tree_.root());
    if (answer != no_node && wanted) answer = convert_answer(answer, *wanted);
    if (answer != no_node && !column_type_of(what(answer)) &&
        !(what(answer).base == rule_kind::set && out_.tree[answer].kind == typed_kind::variable)) {
        std::string remedy;
        if (what(answer).base == rule_kind::uint64) remedy = "Write int(...) around it";
        if (what(answer).base == rule_kind::bytes) remedy = "Write string(...) around it";
        if (what(answer).base == rule_kind::list) remedy = "Ask it with exists(...), size(...), join(...) or an index";
        if (what(answer).base == rule_kind::map) remedy = "Ask for one value: map[key]";
        if (what(answer).base == rule_kind::optional) remedy = "Write .orValue(...), .hasValue() or .value() behind it";
        answer = fail(0, "rule.result_type", "an answer cannot be of this type", to_string(what(answer)),
                      "bool, int, double, decimal, money, date, timestamp, duration, string", remedy);
    }
    out_.tree.root = answer;
    for (std::size_t i = before; i < issues_.size(); ++i)
        if (issues_[i].level == severity::error) return false;
    return answer != no_node;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
