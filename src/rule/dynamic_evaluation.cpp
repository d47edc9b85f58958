// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/dynamic_evaluation.hpp>

#include "rule/dynamic.hpp"
#include "rule/dynamic_overloads.hpp"
#include "rule/syntax.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool must_be_bool(dynamic_value const& v, std::string_view where) {
    auto const* const truth = v.as<bool>();
    if (truth == nullptr) no_overload(where);
    return *truth;
}

bool is_key(dynamic_value const& v) noexcept {
    return v.as<bool>() != nullptr || v.as<std::int64_t>() != nullptr || v.as<std::uint64_t>() != nullptr ||
           v.as<std::string>() != nullptr;
}

dynamic_value some(dynamic_value v) { return dynamic_optional{std::make_shared<dynamic_value const>(std::move(v))}; }
dynamic_value none() { return dynamic_optional{}; }

class tree_walker {
public:
    tree_walker(syntax_tree const& tree, dynamic_bindings const& with, dynamic_limits const& limits)
        : tree_(tree), with_(with), meter_(limits) {}

    dynamic_value evaluate(std::uint32_t node) {
        meter_.step();
        syntax_node const& n = tree_[node];
        switch (n.kind) {
        case syntax_kind::constant: return constant(n);
        case syntax_kind::name: return named(node);
        case syntax_kind::select: return select(node);
        case syntax_kind::optional_select: return optional_select(node);
        case syntax_kind::presence: return present(tree_.child(node, 0));
        case syntax_kind::index: return index(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)));
        case syntax_kind::optional_index: return optional_index(node);
        case syntax_kind::call: return call(node);
        case syntax_kind::macro: return macro(node);
        case syntax_kind::list: return list(node);
        case syntax_kind::map: return map(node);
        case syntax_kind::optional_element: return evaluate(tree_.child(node, 0));
        case syntax_kind::logical_not: return !must_be_bool(evaluate(tree_.child(node, 0)), "!");
        case syntax_kind::negate: return negate_value(evaluate(tree_.child(node, 0)));
        case syntax_kind::conjunction: return junction(node, false);
        case syntax_kind::disjunction: return junction(node, true);
        case syntax_kind::conditional:
            return evaluate(tree_.child(node, must_be_bool(evaluate(tree_.child(node, 0)), "?:") ? 1 : 2));
        case syntax_kind::add:
        case syntax_kind::subtract:
        case syntax_kind::multiply:
        case syntax_kind::divide:
        case syntax_kind::modulo: return chain(node);
        case syntax_kind::equal:
            return equal_values(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)), &meter_);
        case syntax_kind::not_equal:
            return !equal_values(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)), &meter_);
        case syntax_kind::in: return contained(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)));
        default: return compare(node);
        }
    }

private:
    static dynamic_value constant(syntax_node const& node) {
        literal const c = node.constant;
        switch (c.kind) {
        case literal_kind::null: return {};
        case literal_kind::boolean: return c.integer != 0;
        case literal_kind::int64: return c.integer;
        case literal_kind::uint64: return static_cast<std::uint64_t>(c.integer);
        case literal_kind::float64: return c.real();
        case literal_kind::string: return node.text;
        case literal_kind::bytes: return dynamic_bytes{node.text};
        }
        return {};
    }

    // a + b - c: from the innermost operation on, because the tree is as deep as the chain is long.
    dynamic_value chain(std::uint32_t node) {
        auto const operations = chain_of(tree_, node);
        dynamic_value sum = evaluate(tree_.child(operations.back(), 0));
        for (auto at = operations.rbegin(); at != operations.rend(); ++at) {
            dynamic_value const next = evaluate(tree_.child(*at, 1));
            meter_.step();
            switch (tree_[*at].kind) {
            case syntax_kind::add: sum = add_values(sum, next, meter_); break;
            case syntax_kind::subtract: sum = subtract_values(sum, next); break;
            case syntax_kind::multiply: sum = multiply_values(sum, next); break;
            case syntax_kind::divide: sum = divide_values(sum, next); break;
            default: sum = modulo_values(sum, next);
            }
        }
        return sum;
    }

    dynamic_value compare(std::uint32_t node) {
        auto const found = dynamic_order(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)));
        if (!found) return false; // NaN
        switch (tree_[node].kind) {
        case syntax_kind::less: return *found == order::less;
        case syntax_kind::less_equal: return *found != order::greater;
        case syntax_kind::greater: return *found == order::greater;
        default: return *found != order::less;
        }
    }

    // && and ||: an operand that decides absorbs the errors of the others (langdef.md, "Logical Operators").
    dynamic_value junction(std::uint32_t node, bool deciding) {
        std::optional<dynamic_error> first;
        for (std::uint32_t const child : tree_.children_of(node)) {
            try {
                if (must_be_bool(evaluate(child), deciding ? "||" : "&&") == deciding) return deciding;
            } catch (dynamic_error const& e) {
                if (!first) first = e;
            }
        }
        if (first) throw *first;
        return !deciding;
    }

    dynamic_value contained(dynamic_value const& what, dynamic_value const& where) {
        if (auto const* const elements = where.as<dynamic_list>()) {
            meter_.step(elements->size());
            return std::any_of(elements->begin(), elements->end(),
                               [&](dynamic_value const& e) { return equal_values(what, e, &meter_); });
        }
        if (auto const* const entries = where.as<dynamic_map>()) return dynamic_find(*entries, what) != nullptr;
        no_overload("in");
    }

    // --- names
    // --------------------------------------------------------------------------------------------------------

    // `a.b.c` when the node is a name or selects of one, else nothing.
    [[nodiscard]] std::optional<std::string> qualified(std::uint32_t node) const {
        syntax_node const& n = tree_[node];
        if (n.kind == syntax_kind::name) return (n.flag ? "." : "") + n.text;
        if (n.kind != syntax_kind::select) return std::nullopt;
        auto before = qualified(tree_.child(node, 0));
        if (before) *before += "." + n.text;
        return before;
    }

    [[nodiscard]] dynamic_value const* variable(std::string_view name) const noexcept {
        for (auto const& [known, value] : with_.variables)
            if (known == name) return &value;
        return nullptr;
    }

    // What a name without a local variable means: in the container first, then in what holds the container.
    [[nodiscard]] std::optional<dynamic_value> global(std::string const& name) const {
        if (name.front() == '.') return exactly(std::string_view(name).substr(1));
        std::string inside = with_.container;
        while (!inside.empty()) {
            if (auto found = exactly(inside + "." + name)) return found;
            auto const dot = inside.rfind('.');
            inside.resize(dot == std::string::npos ? 0 : dot);
        }
        return exactly(name);
    }
    [[nodiscard]] std::optional<dynamic_value> exactly(std::string_view name) const {
        if (auto const* const found = variable(name)) return *found;
        if (is_type_name(name)) return dynamic_type{std::string(name)};
        return std::nullopt;
    }

    [[nodiscard]] dynamic_value const* local(std::string_view name) const noexcept {
        for (auto at = locals_.rbegin(); at != locals_.rend(); ++at)
            if (at->first == name) return &at->second;
        return nullptr;
    }

    [[nodiscard]] std::string_view root_name(std::uint32_t node) const {
        while (tree_[node].kind == syntax_kind::select)
            node = tree_.child(node, 0);
        return tree_[node].kind == syntax_kind::name ? std::string_view(tree_[node].text) : std::string_view();
    }

    dynamic_value named(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        if (!n.flag)
            if (auto const* const found = local(n.text)) return *found;
        if (auto found = global((n.flag ? "." : "") + n.text)) return *found;
        dynamic_fail("undeclared reference to '" + n.text + "'");
    }

    dynamic_value select(std::uint32_t node) {
        // The longest name that means something wins (langdef.md, "Name Resolution").
        if (auto const name = qualified(node)) {
            bool const hidden = name->front() != '.' && local(root_name(node)) != nullptr;
            if (!hidden)
                if (auto found = global(*name)) return *found;
        }
        return field(evaluate(tree_.child(node, 0)), tree_[node].text);
    }

    // --- fields and elements
    // ------------------------------------------------------------------------------------------

    dynamic_value field(dynamic_value const& of, std::string const& name) {
        if (auto const* const entries = of.as<dynamic_map>()) {
            auto const* const found = dynamic_find(*entries, dynamic_value(name));
            if (found == nullptr) dynamic_fail("no such key: " + name);
            return *found;
        }
        if (auto const* const maybe = of.as<dynamic_optional>()) // optional all the way
            return maybe->held == nullptr ? none() : optional_field(*maybe->held, name);
        no_overload("field selection");
    }
    dynamic_value optional_field(dynamic_value const& of, std::string const& name) {
        if (auto const* const maybe = of.as<dynamic_optional>())
            return maybe->held == nullptr ? none() : optional_field(*maybe->held, name);
        auto const* const entries = of.as<dynamic_map>();
        if (entries == nullptr) no_overload("field selection");
        auto const* const found = dynamic_find(*entries, dynamic_value(name));
        return found == nullptr ? none() : some(*found);
    }
    dynamic_value optional_select(std::uint32_t node) {
        return optional_field(evaluate(tree_.child(node, 0)), tree_[node].text);
    }

    // has(e.f)
    bool present(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        if (n.kind != syntax_kind::select && n.kind != syntax_kind::optional_select)
            dynamic_fail("invalid argument to has()");
        dynamic_value of = evaluate(tree_.child(node, 0));
        while (auto const* const maybe = of.as<dynamic_optional>()) {
            if (maybe->held == nullptr) return false;
            of = dynamic_value(*maybe->held);
        }
        auto const* const entries = of.as<dynamic_map>();
        if (entries == nullptr) no_overload("has");
        return dynamic_find(*entries, dynamic_value(n.text)) != nullptr;
    }

    // The place in a list that a number means.
    static std::optional<std::size_t> place(dynamic_value const& at, std::size_t size) {
        double const real = at.as<double>() != nullptr ? *at.as<double>() : 0;
        if (real != std::trunc(real) || std::isnan(real))
            dynamic_fail("invalid argument: a position is a whole number");
        if (dynamic_order(at, dynamic_value(std::int64_t{0})) == order::less) return std::nullopt;
        if (dynamic_order(at, dynamic_value(static_cast<std::int64_t>(size))) != order::less) return std::nullopt;
        if (auto const* const n = at.as<std::int64_t>()) return static_cast<std::size_t>(*n);
        if (auto const* const n = at.as<std::uint64_t>()) return static_cast<std::size_t>(*n);
        return static_cast<std::size_t>(real);
    }

    dynamic_value index(dynamic_value const& of, dynamic_value const& at) {
        if (auto const* const maybe = of.as<dynamic_optional>())
            return maybe->held == nullptr ? none() : optional_element(*maybe->held, at);
        if (auto const* const elements = of.as<dynamic_list>()) {
            if (!is_number(at)) no_overload("[]");
            auto const found = place(at, elements->size());
            if (!found) dynamic_fail("index out of bounds");
            return (*elements)[*found];
        }
        auto const* const entries = of.as<dynamic_map>();
        if (entries == nullptr) no_overload("[]");
        if (!is_key(at) && at.as<double>() == nullptr) no_overload("[]");
        auto const* const found = dynamic_find(*entries, at);
        if (found == nullptr) dynamic_fail("no such key");
        return *found;
    }
    dynamic_value optional_element(dynamic_value const& of, dynamic_value const& at) {
        if (auto const* const maybe = of.as<dynamic_optional>())
            return maybe->held == nullptr ? none() : optional_element(*maybe->held, at);
        if (auto const* const elements = of.as<dynamic_list>()) {
            if (!is_number(at)) no_overload("[?]");
            auto const found = place(at, elements->size());
            return found ? some((*elements)[*found]) : none();
        }
        auto const* const entries = of.as<dynamic_map>();
        if (entries == nullptr) no_overload("[?]");
        auto const* const found = dynamic_find(*entries, at);
        return found == nullptr ? none() : some(*found);
    }
    dynamic_value optional_index(std::uint32_t node) {
        return optional_element(evaluate(tree_.child(node, 0)), evaluate(tree_.child(node, 1)));
    }

    dynamic_value list(std::uint32_t node) {
        dynamic_list out;
        for (std::uint32_t const child : tree_.children_of(node)) {
            dynamic_value element = evaluate(child);
            if (tree_[child].kind != syntax_kind::optional_element) {
                out.push_back(std::move(element));
                continue;
            }
            auto const* const maybe = element.as<dynamic_optional>();
            if (maybe == nullptr) no_overload("[?]");
            if (maybe->held != nullptr) out.push_back(*maybe->held);
        }
        return out;
    }

    void put(dynamic_map& to, dynamic_value key, dynamic_value value) {
        if (!is_key(key)) dynamic_fail("unsupported key type");
        meter_.step(to.size());
        if (dynamic_find(to, key) != nullptr) dynamic_fail("repeated key");
        to.emplace_back(std::move(key), std::move(value));
    }
    dynamic_value map(std::uint32_t node) {
        dynamic_map out;
        auto const children = tree_.children_of(node);
        for (std::size_t i = 0; i + 1 < children.size(); i += 2) {
            dynamic_value key = evaluate(children[i]);
            dynamic_value value = evaluate(children[i + 1]);
            if (tree_[children[i]].kind == syntax_kind::optional_element) {
                auto const* const maybe = value.as<dynamic_optional>();
                if (maybe == nullptr) no_overload("{?}");
                if (maybe->held == nullptr) continue;
                value = dynamic_value(*maybe->held);
            }
            put(out, std::move(key), std::move(value));
        }
        return out;
    }

    // --- calls
    // --------------------------------------------------------------------------------------------------------

    dynamic_value call(std::uint32_t node) {
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
        dynamic_list arguments;
        for (std::uint32_t const child : children)
            arguments.push_back(evaluate(child));
        if (auto found = function(name, method, arguments)) return std::move(*found);
        dynamic_fail("unbound function: " + name);
    }

    std::optional<dynamic_value> function(std::string const& name, bool method, dynamic_list const& arguments) {
        if (name == "dyn" && !method && arguments.size() == 1) return arguments[0];
        if (name == "type" && !method && arguments.size() == 1) return dynamic_type{arguments[0].type_name()};
        if (auto found = call_conversion(name, method, arguments, meter_)) return found;
        if (auto found = call_text(name, method, arguments, meter_)) return found;
        if (auto found = call_time(name, method, arguments)) return found;
        if (auto found = call_optional(name, method, arguments)) return found;
        if (auto found = call_extension(name, method, arguments, meter_)) return found;
        if (!method) return call_math(name, arguments);
        return std::nullopt;
    }

    // --- macros
    // -------------------------------------------------------------------------------------------------------

    // Binds variables while it lives.
    class scope {
    public:
        scope(tree_walker& walker, std::size_t variables) : locals_(walker.locals_), size_(locals_.size()) {
            locals_.resize(size_ + variables);
        }
        scope(scope const&) = delete;
        scope& operator=(scope const&) = delete;
        ~scope() { locals_.resize(size_); }
        void bind(std::size_t i, std::string_view name, dynamic_value v) { locals_[size_ + i] = {name, std::move(v)}; }

    private:
        std::vector<std::pair<std::string_view, dynamic_value>>& locals_;
        std::size_t size_;
    };

    dynamic_value macro(std::uint32_t node) {
        syntax_node const& n = tree_[node];
        auto const children = tree_.children_of(node);
        if (n.text == "bind") {
            dynamic_value bound = evaluate(children[2]);
            scope inside(*this, 1);
            inside.bind(0, tree_[children[1]].text, std::move(bound));
            return evaluate(children[3]);
        }
        if (n.text == "optMap" || n.text == "optFlatMap") return optional_map(node);
        bool const two = is_two_variable(n.text, children.size());
        dynamic_value const range = evaluate(children[0]);
        if (n.text == "all" || n.text == "exists") return quantifier(node, range, two, n.text == "exists");
        if (n.text == "exists_one" || n.text == "existsOne") return exists_one(node, range, two);
        if (n.text == "transformMap" || n.text == "transformMapEntry") return transform_map(node, range);
        return transform_list(node, range, two);
    }

    static bool is_two_variable(std::string_view name, std::size_t children) noexcept {
        if (name.starts_with("transform")) return true;
        return children == 4 && (name == "all" || name == "exists" || name == "existsOne");
    }

    // Calls body(first, second) for the elements: of a list one variable is the element, two are position and element;
    // of a map one is the key, two are key and value.
    template <class Body>
    void for_each(dynamic_value const& range, bool two, Body body) {
        if (auto const* const elements = range.as<dynamic_list>()) {
            for (std::size_t i = 0; i < elements->size(); ++i) {
                meter_.step();
                bool const goes_on = two ? body(dynamic_value(static_cast<std::int64_t>(i)), (*elements)[i])
                                         : body((*elements)[i], dynamic_value());
                if (!goes_on) return;
            }
            return;
        }
        auto const* const entries = range.as<dynamic_map>();
        if (entries == nullptr) no_overload("a macro over this value");
        for (auto const& [key, value] : *entries) {
            meter_.step();
            if (!body(key, value)) return;
        }
    }

    template <class Body>
    void for_each_bound(std::uint32_t node, dynamic_value const& range, bool two, Body body) {
        auto const children = tree_.children_of(node);
        for_each(range, two, [&](dynamic_value const& first, dynamic_value const& second) {
            scope inside(*this, two ? 2 : 1);
            inside.bind(0, tree_[children[1]].text, first);
            if (two) inside.bind(1, tree_[children[2]].text, second);
            return body(first, second);
        });
    }

    dynamic_value quantifier(std::uint32_t node, dynamic_value const& range, bool two, bool deciding) {
        std::uint32_t const test = tree_.child(node, two ? 3 : 2);
        std::optional<dynamic_error> first_error;
        bool decided = false;
        for_each_bound(node, range, two, [&](auto const&, auto const&) {
            try {
                decided = must_be_bool(evaluate(test), tree_[node].text) == deciding;
            } catch (dynamic_error const& e) {
                if (!first_error) first_error = e;
            }
            return !decided;
        });
        if (decided) return deciding;
        if (first_error) throw *first_error;
        return !deciding;
    }

    dynamic_value exists_one(std::uint32_t node, dynamic_value const& range, bool two) {
        std::uint32_t const test = tree_.child(node, two ? 3 : 2);
        std::size_t found = 0;
        for_each_bound(node, range, two, [&](auto const&, auto const&) {
            found += must_be_bool(evaluate(test), tree_[node].text) ? 1 : 0;
            return true;
        });
        return found == 1;
    }

    // map, filter and transformList
    dynamic_value transform_list(std::uint32_t node, dynamic_value const& range, bool two) {
        auto const children = tree_.children_of(node);
        std::size_t const next = two ? 3 : 2;
        bool const keeps = tree_[node].text == "filter";
        bool const tests = keeps || children.size() == next + 2;
        std::uint32_t const result = children.back();
        dynamic_list out;
        for_each_bound(node, range, two, [&](dynamic_value const& first, auto const&) {
            if (tests && !must_be_bool(evaluate(children[next]), tree_[node].text)) return true;
            out.push_back(keeps ? first : evaluate(result));
            return true;
        });
        return out;
    }

    // transformMap and transformMapEntry
    dynamic_value transform_map(std::uint32_t node, dynamic_value const& range) {
        auto const children = tree_.children_of(node);
        bool const tests = children.size() == 5;
        bool const entry = tree_[node].text == "transformMapEntry";
        dynamic_map out;
        for_each_bound(node, range, true, [&](dynamic_value const& key, auto const&) {
            if (tests && !must_be_bool(evaluate(children[3]), tree_[node].text)) return true;
            dynamic_value made = evaluate(children.back());
            if (!entry) {
                put(out, key, std::move(made));
                return true;
            }
            auto const* const entries = made.as<dynamic_map>();
            if (entries == nullptr) no_overload("transformMapEntry");
            for (auto const& [k, v] : *entries)
                put(out, k, v);
            return true;
        });
        return out;
    }

    dynamic_value optional_map(std::uint32_t node) {
        auto const children = tree_.children_of(node);
        dynamic_value const from = evaluate(children[0]);
        auto const* const maybe = from.as<dynamic_optional>();
        if (maybe == nullptr) no_overload(tree_[node].text);
        if (maybe->held == nullptr) return none();
        scope inside(*this, 1);
        inside.bind(0, tree_[children[1]].text, *maybe->held);
        dynamic_value made = evaluate(children[2]);
        if (tree_[node].text == "optMap") return some(std::move(made));
        if (made.as<dynamic_optional>() == nullptr) no_overload("optFlatMap");
        return made;
    }

    syntax_tree const& tree_;
    dynamic_bindings const& with_;
    work_meter meter_;
    std::vector<std::pair<std::string_view, dynamic_value>> locals_;
};

} // namespace
} // namespace detail

dynamic_result evaluate_dynamic(expression const& what, dynamic_bindings const& with, dynamic_limits const& limits) {
    try {
        return {detail::tree_walker(what.tree(), with, limits).evaluate(what.tree().root()), {}};
    } catch (detail::dynamic_error const& e) {
        return {{}, e.message};
    }
}

} // namespace v0
} // namespace segmenta
