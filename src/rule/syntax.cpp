// SPDX-License-Identifier: Apache-2.0
#include "rule/syntax.hpp"

#include "rule/utf8.hpp"

#include <segmenta/rule/expression.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::vector<std::uint32_t> chain_of(syntax_tree const& tree, std::uint32_t node) {
    std::vector<std::uint32_t> chain{node};
    while (tree[node].child_count > 0 && continues_chain(tree[node].kind, tree[tree.child(node, 0)].kind))
        chain.push_back(node = tree.child(node, 0));
    return chain;
}

// Down the first child in a loop, so that chains do not recurse.
bool same_tree(syntax_tree const& a, std::uint32_t a_node, syntax_tree const& b, std::uint32_t b_node) noexcept {
    for (;;) {
        syntax_node const& x = a[a_node];
        syntax_node const& y = b[b_node];
        if (x.kind != y.kind || x.flag != y.flag || x.text != y.text || !(x.constant == y.constant)) return false;
        if (x.child_count != y.child_count) return false;
        for (std::uint32_t i = 1; i < x.child_count; ++i)
            if (!same_tree(a, a.child(a_node, i), b, b.child(b_node, i))) return false;
        if (x.child_count == 0) return true;
        a_node = a.child(a_node, 0);
        b_node = b.child(b_node, 0);
    }
}

namespace {

std::size_t line_begin(std::string_view source, std::size_t position) noexcept {
    if (position == 0) return 0;
    auto const newline = source.rfind('\n', position - 1);
    return newline == std::string_view::npos ? 0 : newline + 1;
}

std::size_t count_characters(std::string_view text) noexcept {
    std::size_t count = 0;
    for (std::size_t at = 0; at < text.size(); at += step_length(text, at))
        ++count;
    return count;
}

} // namespace

std::string position_text(std::string_view source, std::size_t position) {
    position = std::min(position, source.size());
    auto const line = 1 + std::count(source.begin(), source.begin() + static_cast<std::ptrdiff_t>(position), '\n');
    std::size_t const begin = line_begin(source, position);
    return std::to_string(line) + ":" + std::to_string(1 + count_characters(source.substr(begin, position - begin)));
}

std::string issue_place(std::string_view place, std::string_view source, std::size_t position) {
    std::string out(place);
    if (!out.empty()) out += ' ';
    return out += position_text(source, position);
}

std::string caret_text(std::string_view source, std::size_t position) {
    // Of a long line only the neighbourhood is shown.
    constexpr std::size_t before = 60;
    constexpr std::size_t after = 40;
    position = std::min(position, source.size());
    std::size_t const begin = line_begin(source, position);
    std::size_t const newline = source.find('\n', position);
    std::size_t const end = newline == std::string_view::npos ? source.size() : newline;
    std::size_t first = begin;
    while (position - first > before)
        first += step_length(source, first);
    std::size_t last = position;
    while (last < end && last - position < after)
        last += step_length(source, last);
    last = std::min(last, end);
    std::string line(first > begin ? "..." : "");
    std::string caret(line.size(), '.');
    for (std::size_t at = first; at < last;) {
        std::size_t const length = std::min(step_length(source, at), last - at);
        bool const printable = code_point_length(source, at) != 0 && static_cast<unsigned char>(source[at]) >= 0x20;
        if (printable) {
            line.append(source.substr(at, length));
        } else {
            line += '?';
        }
        if (at < position) caret += '.';
        at += length;
    }
    if (last < end) line += "...";
    return "\n  | " + line + "\n  | " + caret + "^";
}

bool is_reserved_word(std::string_view word) noexcept {
    constexpr std::array<std::string_view, 21> words{
        "as",  "break", "const", "continue", "else",      "false",  "for",  "function", "if",   "import", "in",
        "let", "loop",  "null",  "package",  "namespace", "return", "true", "var",      "void", "while"};
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_plain_identifier(std::string_view word) noexcept {
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (word.empty() || !letter(word.front()) || is_reserved_word(word)) return false;
    return std::all_of(word.begin(), word.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

} // namespace detail

std::string_view expression::text() const noexcept { return tree_->source; }

bool operator==(expression const& a, expression const& b) noexcept {
    return a.tree_ == b.tree_ || detail::same_tree(*a.tree_, a.tree_->root(), *b.tree_, b.tree_->root());
}

} // namespace v0
} // namespace segmenta
