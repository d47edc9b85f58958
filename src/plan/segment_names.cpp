// SPDX-License-Identifier: Apache-2.0
#include "plan/segment_names.hpp"

#include "plan/json_node.hpp"
#include "rule/bound_names.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::string_view without_scheme(std::string_view id) noexcept {
    auto const dot = id.find('.');
    return dot == std::string_view::npos ? id : id.substr(dot + 1);
}

/// The segments of the column that the node names, or null.
std::vector<std::string> const* segments_of(syntax_tree const& tree, std::uint32_t id, std::string_view record,
                                            known_segments const& known) {
    syntax_node const& node = tree[id];
    bool const field = node.kind == syntax_kind::select && tree[tree.child(id, 0)].kind == syntax_kind::name &&
                       tree[tree.child(id, 0)].text == record;
    if (node.kind != syntax_kind::name && !field) return nullptr;
    auto const at = known.find(node.text);
    return at == known.end() ? nullptr : &at->second;
}

void check_text(syntax_tree const& tree, std::uint32_t id, std::vector<std::string> const& segments,
                std::string_view place, issue_list& issues) {
    syntax_node const& node = tree[id];
    if (node.kind != syntax_kind::constant || node.constant.kind != literal_kind::string) return;
    std::vector<std::string_view> names;
    for (auto const& segment : segments)
        names.push_back(without_scheme(segment));
    auto const& text = node.text;
    if (std::find(names.begin(), names.end(), text) != names.end()) return;
    bool const whole = std::find(segments.begin(), segments.end(), text) != segments.end();
    auto remedy =
        whole ? "Leave the scheme out: " + text_literal(without_scheme(text)) + "." : did_you_mean(text, names);
    issues.warning("plan.unknown_segment", issue_place(place, tree.source, node.position),
                   "the column has no segment of this name", shown(text), join_names(names),
                   std::move(remedy) + caret_text(tree.source, node.position));
}

} // namespace

issue_list unknown_segments(expression const& rule, std::string_view place, std::string_view record,
                            known_segments const& known) {
    issue_list issues;
    syntax_tree const& tree = rule.tree();
    auto const bound = bound_names(tree);
    auto const segments_named = [&](std::uint32_t id) {
        return bound[id] ? nullptr : segments_of(tree, id, record, known);
    };
    for (std::uint32_t id = 0; id < tree.nodes.size(); ++id) {
        auto const kind = tree[id].kind;
        if (kind != syntax_kind::equal && kind != syntax_kind::not_equal && kind != syntax_kind::in) continue;
        std::uint32_t const left = tree.child(id, 0);
        std::uint32_t const right = tree.child(id, 1);
        if (auto const* segments = segments_named(left)) {
            if (kind != syntax_kind::in) check_text(tree, right, *segments, place, issues);
            if (kind == syntax_kind::in && tree[right].kind == syntax_kind::list)
                for (std::uint32_t const element : tree.children_of(right))
                    check_text(tree, element, *segments, place, issues);
        }
        if (kind == syntax_kind::in) continue;
        if (auto const* segments = segments_named(right))
            check_text(tree, left, *segments, place, issues);
    }
    return issues;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
