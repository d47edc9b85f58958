// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_EXPRESSION_HPP
#define SEGMENTA_RULE_EXPRESSION_HPP

/// \file
/// The text of a rule, read into a tree: the Common Expression Language (CEL, cel-spec 0.25, doc/langdef.md,
/// https://github.com/google/cel-spec) without protocol-buffer messages. An expression knows its grammar only; names
/// and types are checked when it is compiled (rule/program.hpp). docs/rules.md lists the language.

#include <segmenta/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

namespace detail {
struct syntax_tree;
}

/// Bounds on the text of one rule. Past them the rule is refused with `rule.too_large` or `rule.too_deep`.
struct expression_limits {
    std::size_t max_bytes = 65'536;         ///< length of the text
    std::size_t max_depth = 200;            ///< nesting of the tree and of parentheses; at most 400. A chain such as
                                            ///< a + b - c is one level, however long
    std::size_t max_list_elements = 10'000; ///< elements of one list or map literal
    std::size_t max_nodes = 100'000;        ///< nodes of the tree
};

/// A parsed rule: an immutable tree whose nodes know their place in the text.
///
/// Thread safety: an immutable value that shares its tree between copies; use it from any thread.
class expression {
public:
    /// The text it was read from.
    [[nodiscard]] std::string_view text() const noexcept;
    /// Same tree, whatever the spacing, parentheses, comments and spelling of literals.
    friend bool operator==(expression const& a, expression const& b) noexcept;

    /// For the library's own readers of the tree (src/rule/syntax.hpp).
    [[nodiscard]] detail::syntax_tree const& tree() const noexcept { return *tree_; }
    explicit expression(std::shared_ptr<detail::syntax_tree const> tree) noexcept : tree_(std::move(tree)) {}

private:
    std::shared_ptr<detail::syntax_tree const> tree_;
};

/// Reads a rule. Problems are added to `issues` (codes `rule.syntax`, `rule.empty`, `rule.too_large`, `rule.too_deep`,
/// `rule.bad_literal`, `rule.unsupported`) at `place` followed by line and column, with a caret under the spot in the
/// remedy; then there is no expression. Linear in the text.
[[nodiscard]] std::optional<expression> parse_expression(std::string_view text, issue_list& issues,
                                                         std::string_view place = {},
                                                         expression_limits const& limits = {});

/// The same; throws `issue_error` instead.
///
///     auto const e = parse_expression("Quantity>0 &&  UnitPrice > 0.0");
///     to_string(e); // "Quantity > 0 && UnitPrice > 0.0"
[[nodiscard]] expression parse_expression(std::string_view text, expression_limits const& limits = {});

/// Reads many rules in `threads` threads (0: as many as the machine has), in the order given and with the same issues
/// in the same order for any number of threads; rule i is at `place[i]`. Nothing when any rule has an error.
[[nodiscard]] std::optional<std::vector<expression>> parse_expressions(std::span<std::string_view const> texts,
                                                                       issue_list& issues, std::string_view place = {},
                                                                       unsigned threads = 1,
                                                                       expression_limits const& limits = {});

/// The canonical text: one space around operators, the fewest parentheses, single quotes. It parses back to an equal
/// expression, and equal expressions have equal canonical texts.
[[nodiscard]] std::string to_string(expression const& e);

} // namespace v0
} // namespace segmenta

#endif
