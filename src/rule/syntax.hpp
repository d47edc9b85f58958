// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_SYNTAX_HPP
#define SEGMENTA_RULE_SYNTAX_HPP

// The tree of a parsed rule. It covers all of CEL without messages, also what the checker does not take yet, so that
// readers of rules (checker, printer, importers, lint) share one shape.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class syntax_kind : std::uint8_t {
    constant,         // literal
    name,             // text; flag: written with a leading dot
    select,           // [operand].text
    optional_select,  // [operand].?text
    presence,         // has(operand): operand is a name or a select
    index,            // [operand, index]
    optional_index,   // [operand, index]
    call,             // text(children); flag: the first child is the receiver
    macro,            // text(children) with bound variables; flag: the first child is the receiver
    list,             // children
    map,              // key, value, key, value, ...
    optional_element, // [child] of a list, or a map's key: ?child
    logical_not,
    negate,
    multiply,
    divide,
    modulo,
    add,
    subtract,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    in,
    conjunction, // two or more children, none of which is a conjunction
    disjunction, // likewise
    conditional, // [condition, then, else]
};

// Whether a node of kind `first`, as the first operand of `parent`, is the beginning of one chain such as a + b - c.
// Such trees are as deep on their left as the chain is long, so whoever walks down goes along a chain in a loop, and a
// chain counts as one level of depth.
constexpr bool continues_chain(syntax_kind parent, syntax_kind first) noexcept {
    auto const is_sum = [](syntax_kind k) { return k == syntax_kind::add || k == syntax_kind::subtract; };
    auto const is_product = [](syntax_kind k) {
        return k == syntax_kind::multiply || k == syntax_kind::divide || k == syntax_kind::modulo;
    };
    return (is_sum(parent) && is_sum(first)) || (is_product(parent) && is_product(first));
}

// `a < b` is `b > a`.
constexpr syntax_kind mirrored(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::less: return syntax_kind::greater;
    case syntax_kind::less_equal: return syntax_kind::greater_equal;
    case syntax_kind::greater: return syntax_kind::less;
    case syntax_kind::greater_equal: return syntax_kind::less_equal;
    default: return kind;
    }
}

enum class literal_kind : std::uint8_t { null, boolean, int64, uint64, float64, string, bytes };

// A literal; the characters of a text stand beside it.
struct literal {
    literal_kind kind = literal_kind::null;
    std::int64_t integer = 0; // boolean: 0 or 1; uint64 and float64: the bits

    [[nodiscard]] double real() const noexcept { return std::bit_cast<double>(integer); }
    void set_real(double v) noexcept { integer = std::bit_cast<std::int64_t>(v); }
    // Of doubles the bits, so that 0.0 and -0.0 are two literals.
    friend bool operator==(literal, literal) noexcept = default;
};

struct syntax_node {
    syntax_kind kind = syntax_kind::constant;
    bool flag = false;
    std::uint32_t position = 0; // byte in the source: of the operator, the name, or the first character
    std::uint32_t depth = 1;    // of the tree below and including this node, a chain as one level
    std::uint32_t first_child = 0;
    std::uint32_t child_count = 0;
    literal constant;
    std::string text; // see syntax_kind; of a constant string: UTF-8, of bytes: as they are
};

// Nodes stand in an order in which children come before their parent; the last is the root. A flat array, because
// destroying and copying must not recurse.
struct syntax_tree {
    std::string source;
    std::vector<syntax_node> nodes;
    std::vector<std::uint32_t> children;

    [[nodiscard]] std::uint32_t root() const noexcept { return static_cast<std::uint32_t>(nodes.size() - 1); }
    [[nodiscard]] syntax_node const& operator[](std::uint32_t node) const noexcept { return nodes[node]; }
    [[nodiscard]] std::span<std::uint32_t const> children_of(std::uint32_t node) const noexcept {
        return {children.data() + nodes[node].first_child, nodes[node].child_count};
    }
    [[nodiscard]] std::uint32_t child(std::uint32_t node, std::size_t i) const noexcept {
        return children[nodes[node].first_child + i];
    }
};

// The operations of the chain that ends in `node`, from the last to the first: of a + b - c the difference, then the
// sum.
std::vector<std::uint32_t> chain_of(syntax_tree const& tree, std::uint32_t node);

bool same_tree(syntax_tree const& a, std::uint32_t a_node, syntax_tree const& b, std::uint32_t b_node) noexcept;

// `line:column` (both from 1; columns count code points) and the line with a caret below it.
std::string position_text(std::string_view source, std::size_t position);
std::string caret_text(std::string_view source, std::size_t position);

// The place of an issue: `place line:column`.
std::string issue_place(std::string_view place, std::string_view source, std::size_t position);

// Words CEL keeps for itself; they cannot be names (langdef.md, "Values", RESERVED and KEYWORD).
bool is_reserved_word(std::string_view word) noexcept;
bool is_plain_identifier(std::string_view word) noexcept;

// The canonical text of a part of a rule.
std::string text_of(syntax_tree const& tree, std::uint32_t node);

// `*`, `<=`, `in`, `&&`, ...; empty for what is no operator between two operands.
std::string_view operator_symbol(syntax_kind kind) noexcept;

// A string literal in single quotes with what must be escaped, and a double that reads back as the same double.
std::string text_literal(std::string_view text);
std::string double_text(double v);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
