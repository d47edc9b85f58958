// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_TYPED_HPP
#define SEGMENTA_RULE_TYPED_HPP

// The checked tree of a rule: every node has a type and an operation, names are variable numbers, conversions are
// explicit, constants are folded. The compiler turns it into code; lint, explanation and rule indexes read it.

#include "rule/collections.hpp"
#include "rule/operations.hpp"

#include <segmenta/record/type.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class rule_kind : std::uint8_t {
    null,
    boolean,
    int64,
    uint64,
    float64,
    decimal,
    date,
    instant,
    duration,
    string, // string and category variables
    bytes,
    set, // category_set variables; where a list is wanted, a list of strings
    any, // the elements of an empty list
    list,
    map,
    optional,
};

// A type is a leaf (int, decimal(2), ...) in any number of lists, maps and optionals. The keys of a map are always of
// one of four kinds, so that a plain value can say it all.
struct rule_type {
    rule_kind base = rule_kind::null;
    std::uint8_t scale = 0;           // of a decimal, or of the leaf
    currency unit{};                  // likewise
    rule_kind leaf = rule_kind::null; // list, map and optional: what is innermost
    std::uint32_t nesting = 0;        // likewise: four bits for each level, the outermost lowest (rule_type.cpp)

    [[nodiscard]] bool is_money() const noexcept { return base == rule_kind::decimal && !unit.empty(); }
    // int or decimal: whole units at a scale, exact.
    [[nodiscard]] bool is_exact() const noexcept { return base == rule_kind::int64 || base == rule_kind::decimal; }
    [[nodiscard]] bool is_numeric() const noexcept {
        return is_exact() || base == rule_kind::uint64 || base == rule_kind::float64;
    }
    [[nodiscard]] bool is_collection() const noexcept { return nesting != 0; }
    friend bool operator==(rule_type const&, rule_type const&) = default;
};

// Nothing when types are nested too deep, or `key` is none of bool, int, uint, string (or any).
std::optional<rule_type> list_of(rule_type element) noexcept;
std::optional<rule_type> optional_of(rule_type held) noexcept;
std::optional<rule_type> map_of(rule_kind key, rule_type value) noexcept;
// Of a list or optional what it holds, of a map the values.
rule_type inner_of(rule_type collection) noexcept;
rule_kind key_of(rule_type map) noexcept;
// The type both can be given, where they differ in what empty lists and maps hold; nothing when there is none.
std::optional<rule_type> unified(rule_type a, rule_type b) noexcept;

// `int`, `decimal(3)`, `money(CNY,2)`, `timestamp`, ... as in messages.
std::string to_string(rule_type t);
rule_type rule_type_of(type t) noexcept;
// The column type of an answer; nothing for uint, bytes, null, sets, lists, maps and optionals.
std::optional<type> column_type_of(rule_type t) noexcept;
lane lane_of(rule_kind k) noexcept;

enum class typed_kind : std::uint8_t {
    constant,    // payload: constant number
    variable,    // payload: variable number
    operation,   // code(children), all strict
    presence,    // has(variable); payload: variable number
    coalesce,    // [optional, otherwise]: the second where the first is unknown
    conjunction, // two or more children
    disjunction,
    conditional, // [condition, then, else]
    // What follows is evaluated by the walker over collections, with all that stands below it.
    list,       // children: the elements
    map,        // children: key, value, key, value, ...
    local,      // payload: number of a local variable
    collection, // a function of collections (collection_code in `immediate`) of the children
    loop,       // a macro: [range, body...]; see loop_form. payload: number of its first local variable
    bind,       // [value, body]; payload: number of the local variable
};

// Whether the block kernels and the code of rows leave it to the walker.
constexpr bool is_walked(typed_kind kind) noexcept { return kind >= typed_kind::list; }

using typed_id = std::uint32_t;
inline constexpr typed_id no_node = 0xFFFF'FFFFU;

struct typed_node {
    typed_kind kind = typed_kind::constant;
    opcode code{};
    rule_type what{};
    std::uint32_t position = 0;
    std::uint32_t payload = 0;   // see typed_kind
    std::uint64_t immediate = 0; // operation: see operations.hpp
    std::uint32_t first_child = 0;
    std::uint32_t child_count = 0;
};

// What operations refer to by number. Grows while a rule is checked, then never changes.
struct rule_tables {
    std::vector<slot> constants;  // texts live in `texts`
    std::list<std::string> texts; // stay where they are; empty ones cost nothing
    std::vector<integer_lookup> integer_lookups;
    std::vector<real_lookup> real_lookups;
    std::vector<text_lookup> text_lookups;
    std::vector<std::shared_ptr<pattern const>> patterns;
    std::vector<zone> zones;
    std::list<std::vector<slot>> elements; // of constant lists and maps
    std::list<item_list> lists;

    std::string_view keep(std::string_view text) { return texts.emplace_back(text); }
};

struct typed_tree {
    std::vector<typed_node> nodes; // children before parents
    std::vector<typed_id> children;
    typed_id root = no_node;
    std::uint32_t locals = 0; // numbers of local variables in use
    // By node of the syntax tree: the node that answers it; no_node for what is no value of its own (the left parts of
    // a chain, the list behind `in`, the operand of has(), what a macro binds).
    std::vector<typed_id> of_syntax;

    [[nodiscard]] typed_node const& operator[](typed_id id) const noexcept { return nodes[id]; }
    [[nodiscard]] std::span<typed_id const> children_of(typed_id id) const noexcept {
        return {children.data() + nodes[id].first_child, nodes[id].child_count};
    }
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
