// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/dynamic_check.hpp>

#include "rule/dynamic_overloads.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <map>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

declared_type dyn() { return {}; }
declared_type plain(declared_kind kind) { return {kind}; }
declared_type with_parameters(declared_kind kind, std::vector<declared_type> parameters) {
    return {kind, std::move(parameters)};
}

// The parameter, also of a list or map that does not say.
declared_type parameter_of(declared_type const& t, std::size_t i) {
    return i < t.parameters.size() ? t.parameters[i] : dyn();
}

bool is_dynamic(declared_type const& t) noexcept { return t.kind == declared_kind::dynamic; }
bool is_number(declared_type const& t) noexcept {
    return t.kind == declared_kind::int64 || t.kind == declared_kind::uint64 || t.kind == declared_kind::float64;
}

// Whether a value of one type may be where the other is expected.
bool compatible(declared_type const& a, declared_type const& b) {
    if (is_dynamic(a) || is_dynamic(b)) return true;
    if (a.kind != b.kind) return false;
    for (std::size_t i = 0; i < std::max(a.parameters.size(), b.parameters.size()); ++i)
        if (!compatible(parameter_of(a, i), parameter_of(b, i))) return false;
    return true;
}

// What is known of both: dyn where one does not say takes what the other says.
declared_type sharpened(declared_type const& a, declared_type const& b) {
    if (is_dynamic(a)) return b;
    if (is_dynamic(b) || a.kind != b.kind) return a;
    declared_type made{a.kind};
    for (std::size_t i = 0; i < std::max(a.parameters.size(), b.parameters.size()); ++i)
        made.parameters.push_back(sharpened(parameter_of(a, i), parameter_of(b, i)));
    return made;
}

// The elements of one list, the branches of one condition: what differs is dyn.
declared_type joined(declared_type const& a, declared_type const& b) {
    return compatible(a, b) && !is_dynamic(a) && !is_dynamic(b) ? sharpened(a, b) : dyn();
}

using bindings = std::map<std::string, declared_type, std::less<>>;

bool fits(declared_type const& parameter, declared_type const& argument, bindings& bound) {
    if (parameter.kind == declared_kind::parameter) {
        auto const [at, fresh] = bound.try_emplace(parameter.name, argument);
        if (fresh) return true;
        if (!compatible(at->second, argument)) return false;
        at->second = sharpened(at->second, argument);
        return true;
    }
    if (is_dynamic(parameter) || is_dynamic(argument)) return true;
    if (parameter.kind != argument.kind) return false;
    for (std::size_t i = 0; i < parameter.parameters.size(); ++i)
        if (!fits(parameter.parameters[i], parameter_of(argument, i), bound)) return false;
    return true;
}

declared_type substituted(declared_type const& t, bindings const& bound) {
    if (t.kind == declared_kind::parameter) {
        auto const at = bound.find(t.name);
        return at == bound.end() ? dyn() : at->second;
    }
    declared_type made{t.kind};
    for (auto const& parameter : t.parameters)
        made.parameters.push_back(substituted(parameter, bound));
    return made;
}

class dynamic_checker {
public:
    dynamic_checker(syntax_tree const& tree, dynamic_declarations const& names, issue_list& issues,
                    std::string_view place)
        : tree_(tree), names_(names), issues_(issues), place_(place) {
        for (auto const& o : standard_overloads()) {
            std::string_view result = o.result;
            overloads_[{std::string(o.function), o.method}].push_back(
                {std::string(o.function), o.method, read_types(o.parameters), read_type(result)});
        }
        for (auto const& o : names.functions)
            overloads_[{o.function, o.method}].push_back(o);
    }

    declared_type type_of(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        switch (n.kind) {
        case syntax_kind::constant: return constant(n.constant);
        case syntax_kind::name: return named(node);
        case syntax_kind::select:
        case syntax_kind::optional_select: return select(node);
        case syntax_kind::presence: return present(tree_.child(node, 0));
        case syntax_kind::index: return call("[]", false, arguments(node), n.position);
        case syntax_kind::optional_index: return call("[?]", false, arguments(node), n.position);
        case syntax_kind::call: return called(node);
        case syntax_kind::macro: return macro(node);
        case syntax_kind::list: return list(node);
        case syntax_kind::map: return map(node);
        case syntax_kind::optional_element: return type_of(tree_.child(node, 0));
        case syntax_kind::logical_not: return call("!", false, arguments(node), n.position);
        case syntax_kind::negate: return call("-_", false, arguments(node), n.position);
        case syntax_kind::conjunction:
        case syntax_kind::disjunction:
            for (std::uint32_t const child : tree_.children_of(node))
                must_be_bool(type_of(child), child);
            return plain(declared_kind::boolean);
        case syntax_kind::conditional: return conditional(node);
        case syntax_kind::add:
        case syntax_kind::subtract:
        case syntax_kind::multiply:
        case syntax_kind::divide:
        case syntax_kind::modulo: return chain(node);
        default: return call(operator_symbol(n.kind), false, arguments(node), n.position);
        }
    }

private:
    static declared_type constant(literal c) {
        switch (c.kind) {
        case literal_kind::null: return plain(declared_kind::null);
        case literal_kind::boolean: return plain(declared_kind::boolean);
        case literal_kind::int64: return plain(declared_kind::int64);
        case literal_kind::uint64: return plain(declared_kind::uint64);
        case literal_kind::float64: return plain(declared_kind::float64);
        case literal_kind::string: return plain(declared_kind::string);
        case literal_kind::bytes: return plain(declared_kind::bytes);
        }
        return {};
    }
    // An issue; what has one is dyn, so that it is reported once.
    declared_type fail(std::uint32_t position, std::string code, std::string message, std::string seen,
                       std::string allowed = {}, std::string remedy = {}) {
        issues_.error(std::move(code), issue_place(place_, tree_.source, position), std::move(message), std::move(seen),
                      std::move(allowed), std::move(remedy) + caret_text(tree_.source, position));
        return dyn();
    }

    void must_be_bool(declared_type const& t, std::uint32_t node) {
        if (is_dynamic(t) || t.kind == declared_kind::boolean) return;
        fail(tree_[node].position, "rule.type", "this is no condition", to_string(t), "bool");
    }

    // --- operators and functions ---
    std::vector<declared_type> arguments(std::uint32_t node) {
        std::vector<declared_type> made;
        for (std::uint32_t const child : tree_.children_of(node))
            made.push_back(type_of(child));
        return made;
    }

    // a + b - c: in a loop, because the tree is as deep as the chain is long.
    declared_type chain(std::uint32_t node) {
        auto const operations = chain_of(tree_, node);
        declared_type made = type_of(tree_.child(operations.back(), 0));
        for (auto at = operations.rbegin(); at != operations.rend(); ++at)
            made = call(operator_symbol(tree_[*at].kind), false, {made, type_of(tree_.child(*at, 1))},
                        tree_[*at].position);
        return made;
    }

    declared_type conditional(std::uint32_t node) {
        must_be_bool(type_of(tree_.child(node, 0)), tree_.child(node, 0));
        declared_type const then = type_of(tree_.child(node, 1));
        declared_type const otherwise = type_of(tree_.child(node, 2));
        if (compatible(then, otherwise)) return sharpened(then, otherwise);
        return fail(tree_[node].position, "rule.type", "the two branches differ in type",
                    to_string(then) + " and " + to_string(otherwise), "one type", "Write dyn(...) around one");
    }

    declared_type called(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        std::string name = n.text;
        auto children = tree_.children_of(node);
        bool method = n.flag;
        if (method) { // math.abs(x): a name that is no variable is a part of the function's
            auto const space = qualified(children[0]);
            if (space && local(root_name(children[0])) == nullptr && !global(*space)) {
                name = (space->front() == '.' ? space->substr(1) : *space) + "." + name;
                children = children.subspan(1);
                method = false;
            }
        }
        if (!method && name.starts_with('.')) name.erase(0, 1);
        std::vector<declared_type> types;
        for (std::uint32_t const child : children)
            types.push_back(type_of(child));
        if (!method && (name == "math.greatest" || name == "math.least")) return extreme(name, types, n.position);
        return call(name, method, types, n.position);
    }

    // Of numbers, or of one list of them.
    declared_type extreme(std::string const& name, std::vector<declared_type> const& types, std::uint32_t position) {
        bool const list = types.size() == 1 && types[0].kind == declared_kind::list;
        auto const of = list ? std::vector<declared_type>{parameter_of(types[0], 0)} : types;
        bool const numbers =
            std::all_of(of.begin(), of.end(), [](declared_type const& t) { return is_dynamic(t) || is_number(t); });
        if (!numbers || of.empty()) {
            return fail(position, "rule.type", "'" + name + "' does not take these types", listed(types), "numbers");
        }
        bool const same = std::all_of(of.begin(), of.end(), [&](declared_type const& t) { return t == of[0]; });
        return same ? of[0] : dyn();
    }

    static std::string listed(std::vector<declared_type> const& types) {
        std::string out;
        for (auto const& t : types)
            out += (out.empty() ? "" : ", ") + to_string(t);
        return out;
    }

    declared_type call(std::string_view name, bool method, std::vector<declared_type> const& types,
                       std::uint32_t position) {
        auto const found = overloads_.find({std::string(name), method});
        if (found == overloads_.end()) return unknown_function(name, method, position);
        std::optional<declared_type> answer;
        for (auto const& overload : found->second) {
            if (overload.parameters.size() != types.size()) continue;
            bindings bound;
            bool good = true;
            for (std::size_t i = 0; i < types.size() && good; ++i)
                good = fits(overload.parameters[i], types[i], bound);
            if (!good) continue;
            declared_type result = substituted(overload.result, bound);
            if (answer && !(*answer == result)) return dyn(); // which one it is shows at run time
            answer = std::move(result);
        }
        if (answer) return *answer;
        std::string allowed;
        for (auto const& overload : found->second)
            allowed += (allowed.empty() ? "(" : "; (") + listed(overload.parameters) + ")";
        return fail(position, "rule.type", "'" + std::string(name) + "' does not take these types", listed(types),
                    allowed);
    }

    declared_type unknown_function(std::string_view name, bool method, std::uint32_t position) {
        std::vector<std::string_view> known;
        for (auto const& [key, overloads] : overloads_)
            if (key.second == method) known.push_back(key.first);
        auto const nearest = nearest_name(name, known);
        std::string remedy = nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?";
        if (overloads_.contains({std::string(name), !method}))
            remedy = method ? "Write it as a function" : "Write it behind a value";
        return fail(position, "rule.unknown_function", "there is no such function", quoted(name), {},
                    std::move(remedy));
    }

    // --- names ---
    [[nodiscard]] std::optional<std::string> qualified(std::uint32_t node) const {
        std::string path;
        for (; tree_[node].kind == syntax_kind::select; node = tree_.child(node, 0))
            path = "." + tree_[node].text + path;
        if (tree_[node].kind != syntax_kind::name) return std::nullopt;
        return (tree_[node].flag ? "." : "") + tree_[node].text + path;
    }
    [[nodiscard]] std::string_view root_name(std::uint32_t node) const {
        while (tree_[node].kind == syntax_kind::select)
            node = tree_.child(node, 0);
        return tree_[node].kind == syntax_kind::name ? std::string_view(tree_[node].text) : std::string_view();
    }
    [[nodiscard]] declared_type const* local(std::string_view name) const noexcept {
        for (auto at = locals_.rbegin(); at != locals_.rend(); ++at)
            if (at->first == name) return &at->second;
        return nullptr;
    }
    [[nodiscard]] std::optional<declared_type> exactly(std::string_view name) const {
        for (auto const& [known, type] : names_.variables)
            if (known == name) return type;
        if (is_type_name(name)) return plain(declared_kind::type);
        return std::nullopt;
    }
    [[nodiscard]] std::optional<declared_type> global(std::string const& name) const {
        if (name.front() == '.') return exactly(std::string_view(name).substr(1));
        std::string inside = names_.container;
        while (!inside.empty()) {
            if (auto found = exactly(inside + "." + name)) return found;
            auto const dot = inside.rfind('.');
            inside.resize(dot == std::string::npos ? 0 : dot);
        }
        return exactly(name);
    }

    declared_type named(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        if (!n.flag)
            if (auto const* const found = local(n.text)) return *found;
        if (auto found = global((n.flag ? "." : "") + n.text)) return *found;
        std::vector<std::string_view> known;
        for (auto const& [name, type] : locals_)
            known.push_back(name);
        for (auto const& [name, type] : names_.variables)
            known.push_back(name);
        auto const nearest = nearest_name(n.text, known);
        return fail(n.position, "rule.unknown_name", "undeclared reference", quoted(n.text), join_names(known),
                    nearest.empty() ? std::string() : "Did you mean " + std::string(nearest) + "?");
    }

    declared_type select(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        if (auto const name = qualified(node); name && n.kind == syntax_kind::select) {
            bool const hidden = name->front() != '.' && local(root_name(node)) != nullptr;
            if (!hidden)
                if (auto found = global(*name)) return *found;
        }
        declared_type const of = type_of(tree_.child(node, 0));
        bool const optional = of.kind == declared_kind::optional;
        declared_type const field = field_of(optional ? parameter_of(of, 0) : of, n.position);
        bool const wraps = (optional || n.kind == syntax_kind::optional_select);
        return wraps ? with_parameters(declared_kind::optional, {field}) : field;
    }
    declared_type field_of(declared_type const& of, std::uint32_t position) {
        if (is_dynamic(of)) return dyn();
        if (of.kind == declared_kind::map) return parameter_of(of, 1);
        return fail(position, "rule.type", "this type has no fields", to_string(of), "map");
    }
    declared_type present(std::uint32_t operand) {
        if (tree_[operand].kind == syntax_kind::select || tree_[operand].kind == syntax_kind::optional_select) {
            declared_type of = type_of(tree_.child(operand, 0));
            while (of.kind == declared_kind::optional)
                of = parameter_of(of, 0);
            field_of(of, tree_[operand].position);
        }
        return plain(declared_kind::boolean);
    }

    // --- lists, maps and macros ---
    declared_type held(declared_type const& maybe, std::uint32_t node) {
        if (maybe.kind == declared_kind::optional) return parameter_of(maybe, 0);
        if (is_dynamic(maybe)) return dyn();
        return fail(tree_[node].position, "rule.type", "what stands behind ? is no optional value", to_string(maybe),
                    "optional");
    }
    declared_type list(std::uint32_t node) {
        std::optional<declared_type> element;
        for (std::uint32_t const child : tree_.children_of(node)) {
            declared_type t = type_of(child);
            if (tree_[child].kind == syntax_kind::optional_element) t = held(t, child);
            element = element ? joined(*element, t) : t;
        }
        return with_parameters(declared_kind::list, {element.value_or(dyn())});
    }
    declared_type map(std::uint32_t node) {
        auto const children = tree_.children_of(node);
        std::optional<declared_type> key;
        std::optional<declared_type> value;
        for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
            declared_type const k = type_of(children[i]);
            declared_type v = type_of(children[i + 1]);
            if (tree_[children[i]].kind == syntax_kind::optional_element) v = held(v, children[i + 1]);
            bool const good = is_dynamic(k) || k.kind == declared_kind::boolean || k.kind == declared_kind::int64 ||
                              k.kind == declared_kind::uint64 || k.kind == declared_kind::string;
            if (!good)
                fail(tree_[children[i]].position, "rule.type", "this is no key of a map", to_string(k),
                     "bool, int, uint, string");
            key = key ? joined(*key, good ? k : dyn()) : good ? k : dyn();
            value = value ? joined(*value, v) : v;
        }
        return with_parameters(declared_kind::map, {key.value_or(dyn()), value.value_or(dyn())});
    }

    declared_type inside(std::vector<std::pair<std::string_view, declared_type>> names, std::uint32_t node,
                         bool condition) {
        std::size_t const before = locals_.size();
        locals_.insert(locals_.end(), names.begin(), names.end());
        declared_type made = type_of(node);
        if (condition) must_be_bool(made, node);
        locals_.resize(before);
        return made;
    }

    declared_type macro(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        auto const children = tree_.children_of(node);
        std::string_view const name = n.text;
        if (name == "bind") return inside({{tree_[children[1]].text, type_of(children[2])}}, children[3], false);
        if (name == "optMap" || name == "optFlatMap") return optional_map(node);
        declared_type const range = type_of(children[0]);
        bool const over_map = range.kind == declared_kind::map;
        if (!over_map && range.kind != declared_kind::list && !is_dynamic(range)) {
            return fail(n.position, "rule.type", "'" + n.text + "' goes over a list or a map", to_string(range),
                        "list, map");
        }
        bool const quantifier = name == "all" || name == "exists" || name == "exists_one" || name == "existsOne";
        bool const two = name.starts_with("transform") || (quantifier && children.size() == 4);
        declared_type const element = over_map ? parameter_of(range, 1) : parameter_of(range, 0);
        declared_type const place = over_map            ? parameter_of(range, 0)
                                    : is_dynamic(range) ? dyn()
                                                        : plain(declared_kind::int64);
        declared_type const first = two || over_map ? place : element;
        std::vector<std::pair<std::string_view, declared_type>> names{{tree_[children[1]].text, first}};
        if (two) names.emplace_back(tree_[children[2]].text, element);
        std::size_t const next = two ? 3 : 2;
        bool const tested = quantifier || name == "filter" || children.size() == next + 2;
        if (tested) inside(names, children[next], true);
        if (quantifier) return plain(declared_kind::boolean);
        if (name == "filter") return with_parameters(declared_kind::list, {first});
        declared_type const result = inside(names, children.back(), false);
        if (name == "transformMap") return with_parameters(declared_kind::map, {place, result});
        if (name != "transformMapEntry") return with_parameters(declared_kind::list, {result});
        if (result.kind == declared_kind::map || is_dynamic(result)) return result;
        return fail(tree_[children.back()].position, "rule.type", "'transformMapEntry' makes entries of a map",
                    to_string(result), "map");
    }
    declared_type optional_map(std::uint32_t node) {
        auto const children = tree_.children_of(node);
        declared_type const from = type_of(children[0]);
        if (from.kind != declared_kind::optional && !is_dynamic(from)) {
            return fail(tree_[node].position, "rule.type", "'" + tree_[node].text + "' is of an optional value",
                        to_string(from), "optional");
        }
        declared_type const made = inside({{tree_[children[1]].text, parameter_of(from, 0)}}, children[2], false);
        if (tree_[node].text == "optMap") return with_parameters(declared_kind::optional, {made});
        if (made.kind == declared_kind::optional || is_dynamic(made)) return made;
        return fail(tree_[children[2]].position, "rule.type", "'optFlatMap' makes an optional value", to_string(made),
                    "optional");
    }

    syntax_tree const& tree_;
    dynamic_declarations const& names_;
    issue_list& issues_;
    std::string_view place_;
    std::map<std::pair<std::string, bool>, std::vector<declared_overload>> overloads_;
    std::vector<std::pair<std::string_view, declared_type>> locals_;
};

} // namespace
} // namespace detail

std::string to_string(declared_type const& t) {
    static constexpr std::string_view names[] = {"dyn",
                                                 "null_type",
                                                 "bool",
                                                 "int",
                                                 "uint",
                                                 "double",
                                                 "string",
                                                 "bytes",
                                                 "google.protobuf.Timestamp",
                                                 "google.protobuf.Duration",
                                                 "type",
                                                 "list",
                                                 "map",
                                                 "optional_type"};
    if (t.kind == declared_kind::parameter) return t.name;
    std::string out(names[static_cast<std::size_t>(t.kind)]);
    for (std::size_t i = 0; i < t.parameters.size(); ++i)
        out += (i == 0 ? "(" : ", ") + to_string(t.parameters[i]);
    return t.parameters.empty() ? out : out + ")";
}

std::optional<declared_type> check_dynamic(expression const& what, dynamic_declarations const& names,
                                           issue_list& issues, std::string_view place) {
    auto const before = issues.size();
    auto made = detail::dynamic_checker(what.tree(), names, issues, place).type_of(what.tree().root());
    if (issues.size() != before) return std::nullopt;
    return made;
}

} // namespace v0
} // namespace segmenta
