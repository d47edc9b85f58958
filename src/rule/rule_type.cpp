// SPDX-License-Identifier: Apache-2.0
#include "rule/typed.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// One level of nesting: four bits, never zero.
enum class level : std::uint8_t {
    list = 1,
    optional,
    map_by_boolean,
    map_by_integer,
    map_by_natural,
    map_by_text,
    map_by_any
};

level outermost(rule_type t) noexcept { return static_cast<level>(t.nesting & 15U); }

rule_kind kind_of(level outer) noexcept {
    if (outer == level::list) return rule_kind::list;
    return outer == level::optional ? rule_kind::optional : rule_kind::map;
}

std::optional<rule_type> wrapped(level outer, rule_type inner) noexcept {
    if (inner.nesting >> 28 != 0) return std::nullopt;
    if (!inner.is_collection()) inner.leaf = inner.base;
    inner.nesting = inner.nesting << 4 | static_cast<std::uint32_t>(outer);
    inner.base = kind_of(outer);
    return inner;
}

std::string collection_text(rule_type t) {
    std::string const inner = to_string(inner_of(t));
    if (t.base == rule_kind::list) return "list(" + inner + ")";
    if (t.base == rule_kind::optional) return "optional(" + inner + ")";
    return "map(" + to_string(rule_type{key_of(t), 0, {}}) + ", " + inner + ")";
}

} // namespace

std::optional<rule_type> list_of(rule_type element) noexcept { return wrapped(level::list, element); }
std::optional<rule_type> optional_of(rule_type held) noexcept { return wrapped(level::optional, held); }

std::optional<rule_type> map_of(rule_kind key, rule_type value) noexcept {
    switch (key) {
    case rule_kind::boolean: return wrapped(level::map_by_boolean, value);
    case rule_kind::int64: return wrapped(level::map_by_integer, value);
    case rule_kind::uint64: return wrapped(level::map_by_natural, value);
    case rule_kind::string: return wrapped(level::map_by_text, value);
    case rule_kind::any: return wrapped(level::map_by_any, value);
    default: return std::nullopt;
    }
}

rule_type inner_of(rule_type t) noexcept {
    t.nesting >>= 4;
    t.base = t.nesting == 0 ? t.leaf : kind_of(outermost(t));
    if (t.nesting == 0) t.leaf = rule_kind::null;
    return t;
}

rule_kind key_of(rule_type map) noexcept {
    switch (outermost(map)) {
    case level::map_by_boolean: return rule_kind::boolean;
    case level::map_by_integer: return rule_kind::int64;
    case level::map_by_natural: return rule_kind::uint64;
    case level::map_by_text: return rule_kind::string;
    default: return rule_kind::any;
    }
}

std::optional<rule_type> unified(rule_type a, rule_type b) noexcept {
    if (a == b) return a;
    if (a.base == rule_kind::any) return b;
    if (b.base == rule_kind::any) return a;
    if (a.base != b.base || !a.is_collection()) return std::nullopt;
    auto const inner = unified(inner_of(a), inner_of(b));
    if (!inner) return std::nullopt;
    if (outermost(a) == outermost(b)) return wrapped(outermost(a), *inner);
    if (outermost(a) == level::map_by_any) return wrapped(outermost(b), *inner);
    if (outermost(b) == level::map_by_any) return wrapped(outermost(a), *inner);
    return std::nullopt;
}

// --- names and columns ---
std::string to_string(rule_type t) {
    if (t.is_collection()) return collection_text(t);
    switch (t.base) {
    case rule_kind::null: return "null";
    case rule_kind::boolean: return "bool";
    case rule_kind::int64: return "int";
    case rule_kind::uint64: return "uint";
    case rule_kind::float64: return "double";
    case rule_kind::decimal:
        if (t.is_money()) return "money(" + std::string(t.unit.name()) + "," + std::to_string(t.scale) + ")";
        return "decimal(" + std::to_string(t.scale) + ")";
    case rule_kind::date: return "date";
    case rule_kind::instant: return "timestamp";
    case rule_kind::duration: return "duration";
    case rule_kind::string: return "string";
    case rule_kind::bytes: return "bytes";
    case rule_kind::set: return "set";
    case rule_kind::any: return "dyn";
    case rule_kind::list: return "list";
    case rule_kind::map: return "map";
    case rule_kind::optional: return "optional";
    }
    return {};
}

rule_type rule_type_of(type t) noexcept {
    switch (t.base) {
    case kind::boolean: return {rule_kind::boolean, 0, {}};
    case kind::int64: return {rule_kind::int64, 0, {}};
    case kind::float64: return {rule_kind::float64, 0, {}};
    case kind::decimal: return {rule_kind::decimal, t.scale, t.unit};
    case kind::date: return {rule_kind::date, 0, {}};
    case kind::instant: return {rule_kind::instant, 0, {}};
    case kind::duration: return {rule_kind::duration, 0, {}};
    case kind::string:
    case kind::category: return {rule_kind::string, 0, {}};
    case kind::category_set: return {rule_kind::set, 0, {}};
    }
    return {};
}

std::optional<type> column_type_of(rule_type t) noexcept {
    switch (t.base) {
    case rule_kind::boolean: return boolean_type;
    case rule_kind::int64: return int64_type;
    case rule_kind::float64: return float64_type;
    case rule_kind::decimal: return type{kind::decimal, t.scale, t.unit};
    case rule_kind::date: return date_type;
    case rule_kind::instant: return instant_type;
    case rule_kind::duration: return duration_type;
    case rule_kind::string: return string_type;
    case rule_kind::null:
    case rule_kind::uint64:
    case rule_kind::bytes:
    case rule_kind::set:
    case rule_kind::any:
    case rule_kind::list:
    case rule_kind::map:
    case rule_kind::optional: break;
    }
    return std::nullopt;
}

lane lane_of(rule_kind k) noexcept {
    switch (k) {
    case rule_kind::boolean: return lane::boolean;
    case rule_kind::uint64: return lane::natural;
    case rule_kind::float64: return lane::real;
    case rule_kind::string:
    case rule_kind::bytes: return lane::text;
    case rule_kind::set: return lane::set;
    case rule_kind::list:
    case rule_kind::map:
    case rule_kind::optional: return lane::items;
    default: return lane::integer;
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
