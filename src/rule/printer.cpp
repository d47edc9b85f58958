// SPDX-License-Identifier: Apache-2.0
// The canonical text of a rule: what the parser reads back into the same tree.
#include "rule/syntax.hpp"

#include <segmenta/rule/expression.hpp>

#include <charconv>
#include <cmath>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {
std::string_view operator_symbol(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::multiply: return "*";
    case syntax_kind::divide: return "/";
    case syntax_kind::modulo: return "%";
    case syntax_kind::add: return "+";
    case syntax_kind::subtract: return "-";
    case syntax_kind::less: return "<";
    case syntax_kind::less_equal: return "<=";
    case syntax_kind::greater: return ">";
    case syntax_kind::greater_equal: return ">=";
    case syntax_kind::equal: return "==";
    case syntax_kind::not_equal: return "!=";
    case syntax_kind::in: return "in";
    case syntax_kind::conjunction: return "&&";
    case syntax_kind::disjunction: return "||";
    default: return {};
    }
}

namespace {

void append_hex(std::string& out, unsigned char c) {
    constexpr std::string_view hex = "0123456789abcdef";
    out += {'\\', 'x', hex[c >> 4], hex[c & 15]};
}

std::string bytes_literal(std::string_view bytes) {
    std::string out = "b'";
    for (char const c : bytes) {
        auto const byte = static_cast<unsigned char>(c);
        if (c == '\'' || c == '\\') {
            out += {'\\', c};
        } else if (byte < 0x20 || byte >= 0x7F) {
            append_hex(out, byte);
        } else {
            out += c;
        }
    }
    return out + "'";
}

std::string literal_text(syntax_node const& node) {
    literal const value = node.constant;
    switch (value.kind) {
    case literal_kind::null: return "null";
    case literal_kind::boolean: return value.integer != 0 ? "true" : "false";
    case literal_kind::int64: return std::to_string(value.integer);
    case literal_kind::uint64: return std::to_string(static_cast<std::uint64_t>(value.integer)) + "u";
    case literal_kind::float64: return double_text(value.real());
    case literal_kind::string: return text_literal(node.text);
    case literal_kind::bytes: return bytes_literal(node.text);
    }
    return {};
}

// How tightly a node holds together; a child that binds less than its place asks for is put in parentheses.
enum binding : int {
    loosest = 0,
    disjunction = 1,
    conjunction = 2,
    relation = 3,
    sum = 4,
    product = 5,
    unary = 6,
    member = 7
};

int binding_of(syntax_node const& node) noexcept {
    switch (node.kind) {
    case syntax_kind::conditional: return loosest;
    case syntax_kind::disjunction: return disjunction;
    case syntax_kind::conjunction: return conjunction;
    case syntax_kind::less:
    case syntax_kind::less_equal:
    case syntax_kind::greater:
    case syntax_kind::greater_equal:
    case syntax_kind::equal:
    case syntax_kind::not_equal:
    case syntax_kind::in: return relation;
    case syntax_kind::add:
    case syntax_kind::subtract: return sum;
    case syntax_kind::multiply:
    case syntax_kind::divide:
    case syntax_kind::modulo: return product;
    case syntax_kind::logical_not:
    case syntax_kind::negate: return unary;
    default: return member;
    }
}

class printer {
public:
    explicit printer(syntax_tree const& tree) : tree_(tree) {}

    std::string run(std::uint32_t node) {
        print(node, loosest);
        return std::move(out_);
    }

private:
    void print(std::uint32_t id, int wanted) {
        bool const wrap = binding_of(tree_[id]) < wanted;
        if (wrap) out_ += '(';
        print_bare(id);
        if (wrap) out_ += ')';
    }

    void print_name(std::string_view name, bool selector) {
        bool const plain = is_plain_identifier(name) || (selector && is_reserved_word(name) && name != "in" &&
                                                         name != "true" && name != "false" && name != "null");
        if (!plain) out_ += '`';
        out_ += name;
        if (!plain) out_ += '`';
    }

    void print_list(std::span<std::uint32_t const> nodes) {
        std::string_view separator;
        for (auto const node : nodes) {
            out_ += separator;
            print(node, loosest);
            separator = ", ";
        }
    }

    void print_map(std::span<std::uint32_t const> nodes) {
        out_ += '{';
        for (std::size_t i = 0; i < nodes.size(); i += 2) {
            if (i > 0) out_ += ", ";
            print(nodes[i], loosest);
            out_ += ": ";
            print(nodes[i + 1], loosest);
        }
        out_ += '}';
    }

    void print_call(syntax_node const& node, std::span<std::uint32_t const> children) {
        if (node.flag) {
            print(children[0], member);
            out_ += '.';
            children = children.subspan(1);
        }
        out_ += node.text;
        out_ += '(';
        print_list(children);
        out_ += ')';
    }

    void print_negation(std::uint32_t operand) {
        out_ += '-';
        // -(5) is the negation of a literal and -5 is a literal; what begins with a number must not lose its sign to
        // it.
        bool const wrap = begins_with_number(operand);
        print(operand, wrap ? member + 1 : unary);
    }
    [[nodiscard]] bool begins_with_number(std::uint32_t id) const noexcept {
        for (;;) {
            syntax_node const& node = tree_[id];
            switch (node.kind) {
            case syntax_kind::constant:
                return node.constant.kind == literal_kind::int64 || node.constant.kind == literal_kind::float64;
            case syntax_kind::call:
            case syntax_kind::macro:
                if (!node.flag) return false;
                break;
            case syntax_kind::select:
            case syntax_kind::optional_select:
            case syntax_kind::index:
            case syntax_kind::optional_index: break;
            default: return false;
            }
            id = tree_.child(id, 0);
        }
    }

    void print_bare(std::uint32_t id) {
        syntax_node const& node = tree_[id];
        auto const children = tree_.children_of(id);
        switch (node.kind) {
        case syntax_kind::constant: out_ += literal_text(node); return;
        case syntax_kind::name:
            if (node.flag) out_ += '.';
            print_name(node.text, false);
            return;
        case syntax_kind::select:
        case syntax_kind::optional_select:
            print(children[0], member);
            out_ += node.kind == syntax_kind::select ? "." : ".?";
            print_name(node.text, true);
            return;
        case syntax_kind::presence:
            out_ += "has(";
            print(children[0], loosest);
            out_ += ')';
            return;
        case syntax_kind::index:
        case syntax_kind::optional_index:
            print(children[0], member);
            out_ += node.kind == syntax_kind::index ? "[" : "[?";
            print(children[1], loosest);
            out_ += ']';
            return;
        case syntax_kind::call:
        case syntax_kind::macro: print_call(node, children); return;
        case syntax_kind::list:
            out_ += '[';
            print_list(children);
            out_ += ']';
            return;
        case syntax_kind::map: print_map(children); return;
        case syntax_kind::optional_element:
            out_ += '?';
            print(children[0], loosest);
            return;
        case syntax_kind::logical_not:
            out_ += '!';
            print(children[0], unary);
            return;
        case syntax_kind::negate: print_negation(children[0]); return;
        case syntax_kind::conditional:
            print(children[0], disjunction);
            out_ += " ? ";
            print(children[1], disjunction);
            out_ += " : ";
            print(children[2], loosest);
            return;
        default: print_operator(id); return;
        }
    }

    void print_operator(std::uint32_t id) {
        auto const chain = chain_of(tree_, id);
        syntax_kind const kind = tree_[id].kind;
        int const own = binding_of(tree_[id]);
        bool const condition = kind == syntax_kind::conjunction || kind == syntax_kind::disjunction;
        print(tree_.child(chain.back(), 0), condition ? own + 1 : own);
        for (auto part = chain.rbegin(); part != chain.rend(); ++part) {
            for (std::uint32_t const operand : tree_.children_of(*part).subspan(1)) {
                out_ += ' ';
                out_ += operator_symbol(tree_[*part].kind);
                out_ += ' ';
                print(operand, own + 1);
            }
        }
    }

    syntax_tree const& tree_;
    std::string out_;
};

} // namespace

std::string text_literal(std::string_view text) {
    std::string out = "'";
    for (char const c : text) {
        switch (c) {
        case '\'': out += "\\'"; break;
        case '\\': out += "\\\\"; break;
        case '\n': out += "\\n"; break;
        case '\r': out += "\\r"; break;
        case '\t': out += "\\t"; break;
        default:
            if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
                append_hex(out, static_cast<unsigned char>(c));
            } else {
                out += c;
            }
        }
    }
    return out + "'";
}

std::string double_text(double v) {
    char buffer[32];
    auto const end = std::to_chars(buffer, buffer + sizeof buffer, v).ptr;
    std::string text(buffer, end);
    bool const whole = text.find_first_of(".en") == std::string::npos; // n: inf and nan, which have no literal
    return whole ? text + ".0" : text;
}

std::string text_of(syntax_tree const& tree, std::uint32_t node) { return printer(tree).run(node); }

} // namespace detail

std::string to_string(expression const& e) { return detail::text_of(e.tree(), e.tree().root()); }

} // namespace v0
} // namespace segmenta
