// SPDX-License-Identifier: Apache-2.0
#include "rule/oracle.hpp"

#include "rule/oracle_functions.hpp"

#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

namespace segmenta::test {
namespace {

using detail::literal_kind;
using detail::syntax_kind;
using family = datum::family;
using namespace naive;

constexpr std::int64_t day_us = 86'400'000'000;

class walker {
public:
    walker(detail::syntax_tree const& tree, environment const& names, std::vector<value> const& row)
        : tree_(tree), names_(names), row_(row), where_(zone::parse(names.zone_name())) {}

    datum walk(std::uint32_t id) {
        auto const& node = tree_[id];
        auto const children = tree_.children_of(id);
        switch (node.kind) {
        case syntax_kind::constant: return literal(node);
        case syntax_kind::name:
        case syntax_kind::select:
            if (auto const bound = bound_.find(node.text); bound != bound_.end()) return bound->second;
            return variable(name_of(id));
        case syntax_kind::macro: return of_elements(node.text, children);
        case syntax_kind::list: return list(children);
        case syntax_kind::presence: return of_bool(variable(name_of(children[0])).state == status::ok);
        case syntax_kind::conjunction: return chain(children, false);
        case syntax_kind::disjunction: return chain(children, true);
        case syntax_kind::conditional: {
            datum const condition = walk(children[0]);
            if (condition.state != status::ok) return condition;
            return walk(children[condition.integer != 0 ? 1 : 2]);
        }
        case syntax_kind::in: return membership(children[0], children[1]);
        case syntax_kind::call:
            if (node.text == "orValue") {
                datum const value = variable(tree_[children[0]].text);
                return value.state == status::unknown ? walk(children[1]) : value;
            }
            break;
        default: break;
        }
        auto const belongs_to = [&](char const* library) {
            return node.flag && tree_[children[0]].kind == syntax_kind::name && tree_[children[0]].text == library;
        };
        bool const mathematical = belongs_to("math");
        bool const of_sets = belongs_to("sets");
        arguments values;
        status state = status::ok;
        for (std::size_t i = mathematical || of_sets ? 1 : 0; i < children.size(); ++i) {
            values.push_back(walk(children[i]));
            bool const worse = state == status::ok || values.back().state == status::unknown;
            if (values.back().state != status::ok && worse) state = values.back().state;
        }
        if (state != status::ok) {
            datum out;
            out.state = state;
            return out;
        }
        if (of_sets) return set_function(node.text, values);
        return mathematical ? math(node.text, values) : strict(node, values);
    }

private:
    static datum literal(detail::syntax_node const& node) {
        detail::literal const from = node.constant;
        switch (from.kind) {
        case literal_kind::boolean: return of_bool(from.integer != 0);
        case literal_kind::int64: return of(family::integer, from.integer);
        case literal_kind::uint64: return natural_of(static_cast<std::uint64_t>(from.integer));
        case literal_kind::float64: return of_real(from.real());
        default: return of_text(node.text);
        }
    }

    // `tag.vip` is a name with a dot, `customer.age` the field `age`.
    [[nodiscard]] std::string name_of(std::uint32_t id) const {
        auto const& node = tree_[id];
        if (node.kind != syntax_kind::select) return node.text;
        std::string const dotted = tree_[tree_.child(id, 0)].text + "." + node.text;
        return names_.find(dotted) ? dotted : node.text;
    }

    datum variable(std::string const& name) {
        value const v = row_[names_.find(name).value()];
        datum out;
        if (v.missing()) return out;
        switch (v.base()) {
        case kind::boolean: return of_bool(v.as_bool());
        case kind::int64: return of(family::integer, v.as_int());
        case kind::float64: return of_real(v.as_double());
        case kind::decimal: return decimal_of(v.as_units(), v.what().scale, std::string(v.what().unit.name()));
        case kind::date: return of(family::date, v.as_date().days_since_epoch());
        case kind::instant: return of(family::instant, v.as_instant().microseconds());
        case kind::duration: return of(family::duration, v.as_duration_us());
        case kind::string:
        case kind::category: return of_text(std::string(v.as_string()));
        case kind::category_set:
            out = of(family::set, 0);
            for (auto const text : v.as_set())
                out.set.emplace_back(text);
            return out;
        }
        return out;
    }

    // decisive: true for ||, false for &&
    datum chain(std::span<std::uint32_t const> parts, bool decisive) {
        bool unknown = false;
        bool error = false;
        for (auto const part : parts) {
            datum const v = walk(part);
            if (v.state == status::ok && (v.integer != 0) == decisive) return of_bool(decisive);
            unknown |= v.state == status::unknown;
            error |= v.state == status::error;
        }
        if (unknown) return {};
        return error ? failure() : of_bool(!decisive);
    }

    // Texts alone, for the functions of sets.
    datum list(std::span<std::uint32_t const> elements) {
        datum out = of(family::set, 0);
        for (auto const element : elements) {
            datum const v = walk(element);
            if (v.state != status::ok) return v;
            out.set.push_back(v.text);
        }
        return out;
    }

    // exists, all: `||` and `&&` over the elements.
    datum of_elements(std::string const& name, std::span<std::uint32_t const> parts) {
        datum const over = walk(parts[0]);
        if (over.state != status::ok) return over;
        bool const decisive = name == "exists";
        std::string const variable = tree_[parts[1]].text;
        bool unknown = false;
        bool error = false;
        bool decided = false;
        for (auto const& text : over.set) {
            bound_[variable] = of_text(text);
            datum const v = walk(parts[2]);
            decided |= v.state == status::ok && (v.integer != 0) == decisive;
            unknown |= v.state == status::unknown;
            error |= v.state == status::error;
        }
        bound_.erase(variable);
        if (decided) return of_bool(decisive);
        if (unknown) return {};
        return error ? failure() : of_bool(!decisive);
    }

    datum membership(std::uint32_t value_node, std::uint32_t list_node) {
        datum const v = walk(value_node);
        arguments elements;
        bool unknown = v.state == status::unknown;
        bool error = v.state == status::error;
        if (tree_[list_node].kind == syntax_kind::list) {
            for (auto const child : tree_.children_of(list_node))
                elements.push_back(walk(child));
        } else {
            datum const set = walk(list_node);
            unknown |= set.state == status::unknown;
            error |= set.state == status::error;
            for (auto const& text : set.set)
                elements.push_back(of_text(text));
        }
        bool found = false;
        for (auto const& element : elements) {
            unknown |= element.state == status::unknown;
            error |= element.state == status::error;
            found |= v.state == status::ok && element.state == status::ok && order_of(v, element) == 0;
        }
        if (unknown) return {};
        return error ? failure() : of_bool(found);
    }

    datum strict(detail::syntax_node const& node, arguments const& a) const {
        switch (node.kind) {
        case syntax_kind::logical_not: return of_bool(a[0].integer == 0);
        case syntax_kind::negate: return negated(a[0]);
        case syntax_kind::add: return arithmetic('+', a[0], a[1]);
        case syntax_kind::subtract: return arithmetic('-', a[0], a[1]);
        case syntax_kind::multiply: return arithmetic('*', a[0], a[1]);
        case syntax_kind::divide: return arithmetic('/', a[0], a[1]);
        case syntax_kind::modulo: return arithmetic('%', a[0], a[1]);
        case syntax_kind::less: return of_bool(order_of(a[0], a[1]) == -1);
        case syntax_kind::less_equal: return of_bool(order_of(a[0], a[1]) <= 0);
        case syntax_kind::greater: return of_bool(order_of(a[0], a[1]) == 1);
        case syntax_kind::greater_equal: return of_bool(order_of(a[0], a[1]) == 0 || order_of(a[0], a[1]) == 1);
        case syntax_kind::equal: return of_bool(order_of(a[0], a[1]) == 0);
        case syntax_kind::not_equal: return of_bool(order_of(a[0], a[1]) != 0);
        default: break;
        }
        std::string const& name = node.text;
        if (name.starts_with("get")) return time_part(name, a, where_);
        if (name == "decimal" || name == "money") return make_decimal(name, a);
        if (name == "size" && a[0].what == family::set)
            return of(family::integer, static_cast<std::int64_t>(a[0].set.size()));
        if (node.flag || name == "size") return text_function(name, a);
        if (a[0].what == family::text && (name == "date" || name == "timestamp" || name == "duration"))
            return constant_time(name, a[0].text);
        return convert(name, a, where_);
    }

    // The generator writes these in one form only.
    static datum constant_time(std::string const& name, std::string const& text) {
        if (name == "duration") return of(family::duration, std::stoll(text) * 1'000'000); // `123s`
        namespace calendar = std::chrono;
        auto const number = [&](std::size_t at, std::size_t size) { return std::stoi(text.substr(at, size)); };
        calendar::year_month_day const ymd{calendar::year{number(0, 4)},
                                           calendar::month{static_cast<unsigned>(number(5, 2))},
                                           calendar::day{static_cast<unsigned>(number(8, 2))}};
        std::int64_t const days = calendar::sys_days{ymd}.time_since_epoch().count();
        if (name == "date") return of(family::date, days);
        return of(family::instant, days * day_us + number(11, 2) * 3'600'000'000);
    }

    detail::syntax_tree const& tree_;
    environment const& names_;
    std::vector<value> const& row_;
    zone where_;
    std::map<std::string, datum> bound_; ///< by macros
};

} // namespace

rule_result oracle_answer(expression const& rule, environment const& names, std::vector<value> const& row, type wanted,
                          std::string& text_memory) {
    datum const v = walker(rule.tree(), names, row).walk(rule.tree().root());
    if (v.state != status::ok) return {value{}, v.state};
    switch (v.what) {
    case family::boolean: return {value::of_bool(v.integer != 0), status::ok};
    case family::integer: return {value::of_int(v.integer), status::ok};
    case family::real:
        if (std::isnan(v.real)) return {value{}, status::error};
        return {value::of_double(v.real), status::ok};
    case family::decimal:
        return {value::of_decimal(wanted, v.integer), v.scale == wanted.scale ? status::ok : status::refused};
    case family::date: return {value::of_date(civil_date{static_cast<std::int32_t>(v.integer)}), status::ok};
    case family::instant: return {value::of_instant(instant{v.integer}), status::ok};
    case family::duration: return {value::of_duration_us(v.integer), status::ok};
    case family::text: text_memory = v.text; return {value::of_string(text_memory), status::ok};
    default: return {value{}, status::refused};
    }
}

} // namespace segmenta::test
