// SPDX-License-Identifier: Apache-2.0
// The texts that rules mention, found in their trees and numbered.
#include "tag/rule_clauses.hpp"

#include <algorithm>

#include <set>

namespace segmenta {
inline namespace v0 {
namespace detail {

std::optional<std::string> end_of_prefix(std::string_view prefix) {
    std::string out(prefix);
    while (!out.empty() && out.back() == '\xff')
        out.pop_back();
    if (out.empty()) return std::nullopt;
    out.back() = static_cast<char>(static_cast<unsigned char>(out.back()) + 1);
    return out;
}

namespace {

bool asks_for_order(opcode code) noexcept {
    switch (code) {
    case opcode::less_text:
    case opcode::less_equal_text:
    case opcode::greater_text:
    case opcode::greater_equal_text:
    case opcode::starts_with: return true;
    default: return false;
    }
}

bool compares_texts(opcode code) noexcept {
    return asks_for_order(code) || code == opcode::equal_text || code == opcode::not_equal_text ||
           code == opcode::in_texts;
}

// The text variable that one of the children is, perhaps with a constant in place of a missing value.
std::optional<std::uint32_t> text_variable(typed_tree const& tree, std::span<typed_id const> children) {
    for (typed_id const child : children) {
        typed_node const& node = tree[child];
        typed_node const& of = node.kind == typed_kind::coalesce ? tree[tree.children_of(child)[0]] : node;
        if (of.kind == typed_kind::variable && lane_of(of.what.base) == lane::text) return of.payload;
    }
    return std::nullopt;
}

// Constants among the children, and what is in place of a missing value.
void add_constants(program_data const& rule, std::span<typed_id const> children, text_use as, text_uses& to) {
    for (typed_id const child : children) {
        typed_node const& of = rule.tree[child];
        if (of.kind == typed_kind::coalesce) add_constants(rule, rule.tree.children_of(child), as, to);
        if (of.kind != typed_kind::constant || lane_of(of.what.base) != lane::text) continue;
        slot const& known = rule.tables.constants[of.payload];
        if (known.state != status::ok) continue;
        as.text = known.text;
        to.texts.push_back(as);
    }
}

} // namespace

void find_texts(program_data const& rule, text_uses& to) {
    typed_tree const& tree = rule.tree;
    for (typed_id id = 0; id < tree.nodes.size(); ++id) {
        typed_node const& node = tree[id];
        if (node.kind != typed_kind::operation) continue;
        auto const children = tree.children_of(id);
        if (node.code == opcode::in_set && tree[children[1]].kind == typed_kind::variable)
            add_constants(rule, children, {tree[children[1]].payload, {}, text_use::role::element}, to);
        if (!compares_texts(node.code)) continue;
        auto const variable = text_variable(tree, children);
        if (!variable) continue;
        if (asks_for_order(node.code)) to.ordered.push_back(*variable);
        if (node.code == opcode::in_texts)
            for (auto const text : rule.tables.text_lookups[node.immediate].values)
                to.texts.push_back({*variable, text});
        bool const begins = node.code == opcode::starts_with;
        add_constants(rule, children, {*variable, {}, begins ? text_use::role::beginning : text_use::role::whole}, to);
    }
}

std::uint32_t met_texts::key_of(std::uint32_t variable, std::string_view text) {
    auto const own = std::span(texts_).subspan(first_);
    auto const same = [&](met const& one) { return one.variable == variable && text_of(one) == text; };
    auto const place = std::find_if(own.begin(), own.end(), same);
    auto const number = static_cast<std::size_t>(place - own.begin());
    if (place == own.end()) {
        texts_.push_back({variable, bytes_.size(), text.size()});
        bytes_ += text;
    }
    return static_cast<std::uint32_t>(key_of_met(number));
}

bool numbers_texts_later(program_data const& rule) {
    constexpr std::size_t few = 64; // they are compared one by one
    constexpr std::size_t short_rule = 1'000;
    if (rule.tree.nodes.size() > short_rule) return false;
    std::size_t texts = 0;
    for (typed_node const& node : rule.tree.nodes) {
        if (node.kind != typed_kind::operation) continue;
        if (asks_for_order(node.code) || node.code == opcode::in_set) return false;
        if (node.code == opcode::in_texts) texts += rule.tables.text_lookups[node.immediate].values.size();
        texts += compares_texts(node.code) ? 2 : 0; // with what is in place of a missing value
    }
    return texts <= few;
}

texts_by_variable number_texts(std::span<text_uses const> uses, std::span<met_texts const> met) {
    texts_by_variable out;
    for (met_texts const& of : met)
        for (met_texts::met const& one : of.texts())
            (void)out[one.variable].intern(of.text_of(one));
    std::set<std::uint32_t> ordered;
    for (text_uses const& of : uses) {
        ordered.insert(of.ordered.begin(), of.ordered.end());
        for (text_use const& use : of.texts) {
            text_codes& to = out[use.variable];
            if (use.as == text_use::role::element && to.size() == most_elements) continue;
            (void)to.intern(use.text);
            auto const end = use.as == text_use::role::beginning ? end_of_prefix(use.text) : std::nullopt;
            if (end) (void)to.intern(*end);
        }
    }
    for (std::uint32_t const variable : ordered)
        out[variable].put_in_order();
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
