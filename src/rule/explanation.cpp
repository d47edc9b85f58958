// SPDX-License-Identifier: Apache-2.0
// From a rule and a row to the tree of what its parts came to.
#include "rule/amounts.hpp"
#include "rule/code.hpp"
#include "rule/syntax.hpp"
#include "rule/tree_evaluator.hpp"

#include <segmenta/record/cell.hpp>
#include <segmenta/rule/explanation.hpp>

#include <algorithm>
#include <map>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool is_relation(syntax_kind kind) noexcept {
    return kind == syntax_kind::less || kind == syntax_kind::less_equal || kind == syntax_kind::greater ||
           kind == syntax_kind::greater_equal || kind == syntax_kind::equal || kind == syntax_kind::not_equal;
}

std::string_view symbol_of(syntax_kind kind) noexcept {
    switch (kind) {
    case syntax_kind::less: return "<";
    case syntax_kind::less_equal: return "<=";
    case syntax_kind::greater: return ">";
    case syntax_kind::greater_equal: return ">=";
    case syntax_kind::equal: return "==";
    default: return "!=";
    }
}

part_kind kind_of(syntax_kind kind) noexcept {
    if (is_relation(kind)) return part_kind::comparison;
    switch (kind) {
    case syntax_kind::conjunction: return part_kind::all;
    case syntax_kind::disjunction: return part_kind::any;
    case syntax_kind::logical_not: return part_kind::negation;
    case syntax_kind::conditional: return part_kind::choice;
    case syntax_kind::in: return part_kind::membership;
    case syntax_kind::presence: return part_kind::presence;
    default: return part_kind::other;
    }
}

class explainer {
public:
    explainer(program_data const& rule, row_source const& row)
        : rule_(rule), tree_(rule.source.tree()), evaluator_(rule) {
        evaluator_.run(row);
    }

    explained_part run() {
        explained_part whole = part_of(tree_.root());
        decide(whole);
        return whole;
    }

private:
    [[nodiscard]] typed_id typed(std::uint32_t node) const noexcept { return rule_.tree.of_syntax[node]; }
    [[nodiscard]] slot const* slot_at(std::uint32_t node) const noexcept {
        return typed(node) == no_node ? nullptr : &evaluator_[typed(node)];
    }
    [[nodiscard]] rule_type type_at(std::uint32_t node) const noexcept { return rule_.tree[typed(node)].what; }

    [[nodiscard]] std::string text_of_value(slot const& v, rule_type what) const {
        if (v.state != status::ok) return {};
        if (what.base == rule_kind::uint64) return std::to_string(v.natural);
        return to_string(value_of(v, what));
    }
    [[nodiscard]] std::string value_text(std::uint32_t node) const {
        slot const* const v = slot_at(node);
        return v == nullptr ? std::string() : text_of_value(*v, type_at(node));
    }

    // `node` as a condition or value, with what it is made of.
    explained_part part_of(std::uint32_t node) {
        explained_part out;
        out.node = node;
        out.kind = kind_of(tree_[node].kind);
        out.condition = text_of(tree_, node);
        slot const* const v = slot_at(node);
        bool const boolean = v != nullptr && type_at(node).base == rule_kind::boolean;
        out.state = state_of(v, boolean);
        if (out.state == part_state::known) out.value = value_text(node);
        bool const logic = out.kind == part_kind::all || out.kind == part_kind::any ||
                           out.kind == part_kind::negation || out.kind == part_kind::choice;
        if (logic)
            for (std::uint32_t const child : tree_.children_of(node))
                out.parts.push_back(part_of(child));
        if (out.kind == part_kind::comparison) compare(node, out);
        if (out.kind == part_kind::membership) look_into(node, out);
        if (out.state == part_state::error) out.failed = failed_part(node);
        if (v != nullptr && (!logic || out.state == part_state::unknown)) read(node, out, logic);
        return out;
    }

    static part_state state_of(slot const* v, bool boolean) noexcept {
        if (v == nullptr || v->state == status::unknown) return part_state::unknown;
        if (v->state != status::ok) return part_state::error;
        if (!boolean) return part_state::known;
        return v->integer != 0 ? part_state::is_true : part_state::is_false;
    }

    // Variables under a part: their values, and those that are missing.
    void read(std::uint32_t node, explained_part& out, bool logic) {
        std::map<std::uint32_t, typed_id> variables;
        std::vector<typed_id> open{typed(node)};
        while (!open.empty()) {
            typed_node const& here = rule_.tree[open.back()];
            bool const reads = here.kind == typed_kind::variable || here.kind == typed_kind::presence;
            if (reads) variables.emplace(here.payload, open.back());
            typed_id const id = open.back();
            open.pop_back();
            for (typed_id const child : rule_.tree.children_of(id))
                open.push_back(child);
        }
        for (auto const& [number, id] : variables) {
            used_variable const* const used = used_of(number);
            if (used == nullptr) continue;
            slot const v = evaluator_.variable(number);
            if (v.state == status::unknown && out.state == part_state::unknown) out.missing.push_back(used->name);
            if (logic) continue;
            std::string text = text_of_value(v, rule_type_of(used->what));
            if (v.state != status::ok) text = v.state == status::unknown ? "missing" : "of another type";
            out.inputs.emplace_back(used->name, std::move(text));
        }
    }
    [[nodiscard]] used_variable const* used_of(std::uint32_t number) const noexcept {
        for (used_variable const& used : rule_.variables)
            if (used.number == number) return &used;
        return nullptr;
    }

    // The innermost computation under `node` that fails although what it is made of does not.
    [[nodiscard]] std::string failed_part(std::uint32_t node) const {
        for (bool deeper = true; deeper;) {
            deeper = false;
            for (std::uint32_t const child : tree_.children_of(node)) {
                slot const* const v = slot_at(child);
                if (v == nullptr || v->state != status::error) continue;
                node = child;
                deeper = true;
                break;
            }
        }
        return text_of(tree_, node);
    }

    void compare(std::uint32_t node, explained_part& out) const {
        std::uint32_t seen = tree_.child(node, 0);
        std::uint32_t limit = tree_.child(node, 1);
        syntax_kind relation = tree_[node].kind;
        auto const is_constant = [&](std::uint32_t side) {
            return typed(side) != no_node && rule_.tree[typed(side)].kind == typed_kind::constant;
        };
        if (is_constant(seen) && !is_constant(limit)) {
            std::swap(seen, limit);
            relation = mirrored(relation);
        }
        out.seen = value_text(seen);
        out.relation = symbol_of(relation);
        out.needed = value_text(limit);
        if (out.state == part_state::is_true || out.state == part_state::is_false)
            out.margin = margin_of(seen, relation, limit, out.state == part_state::is_true);
    }

    [[nodiscard]] std::optional<explained_margin> margin_of(std::uint32_t seen, syntax_kind relation,
                                                            std::uint32_t limit, bool holds) const {
        bool const equality = relation == syntax_kind::equal || relation == syntax_kind::not_equal;
        if (relation == syntax_kind::not_equal || (holds && equality)) return std::nullopt;
        explained_margin out;
        auto const order = measure(*slot_at(seen), type_at(seen), *slot_at(limit), type_at(limit), out);
        if (!order) return std::nullopt;
        bool const strict = relation == syntax_kind::less || relation == syntax_kind::greater;
        bool const upwards = relation == syntax_kind::greater || relation == syntax_kind::greater_equal;
        if (holds) {
            out.more = upwards;
            // Of what holds: how much may be lost. x > 5 fails when all of the distance is lost, x >= 5 when more is.
            out.beyond = !strict;
            return out;
        }
        out.more = equality ? *order < 0 : upwards;
        out.beyond = strict;
        return out;
    }

    void look_into(std::uint32_t node, explained_part& out) const {
        std::uint32_t const right = tree_.child(node, 1);
        out.seen = value_text(tree_.child(node, 0));
        out.relation = "in";
        if (tree_[right].kind != syntax_kind::list) {
            out.needed = value_text(right);
            return;
        }
        constexpr std::size_t most = 20;
        auto const elements = tree_.children_of(right);
        for (std::size_t i = 0; i < std::min(elements.size(), most); ++i) {
            std::string const text = value_text(elements[i]);
            out.needed += (i > 0 ? ", " : "") + (text.empty() ? text_of(tree_, elements[i]) : text);
        }
        if (elements.size() > most) out.needed += ", ... (" + std::to_string(elements.size() - most) + " more)";
    }

    // Which parts the answer comes from, from the whole down.
    static void decide(explained_part& part) {
        part.decides = true;
        auto const decide_those = [&](part_state state) {
            for (explained_part& child : part.parts)
                if (child.state == state) decide(child);
        };
        switch (part.kind) {
        case part_kind::all:
        case part_kind::any: return decide_those(part.state); // true && true, false && _, unknown && _, error && true
        case part_kind::negation: return decide(part.parts[0]);
        case part_kind::choice: {
            decide(part.parts[0]);
            bool const chosen =
                part.parts[0].state == part_state::is_true || part.parts[0].state == part_state::is_false;
            if (chosen) decide(part.parts[part.parts[0].state == part_state::is_true ? 1 : 2]);
            return;
        }
        default: return;
        }
    }

    program_data const& rule_;
    syntax_tree const& tree_;
    tree_evaluator evaluator_;
};

} // namespace
} // namespace detail

std::string_view to_string(part_state state) noexcept {
    switch (state) {
    case part_state::is_true: return "true";
    case part_state::is_false: return "false";
    case part_state::unknown: return "unknown";
    case part_state::error: return "error";
    case part_state::known: return "known";
    }
    return {};
}

std::string_view to_string(part_kind kind) noexcept {
    switch (kind) {
    case part_kind::all: return "all";
    case part_kind::any: return "any";
    case part_kind::negation: return "negation";
    case part_kind::choice: return "choice";
    case part_kind::comparison: return "comparison";
    case part_kind::membership: return "membership";
    case part_kind::presence: return "presence";
    case part_kind::other: return "other";
    }
    return {};
}

explanation explain_rule(program const& rule, row_source const& row) {
    return {rule.source(), detail::explainer(rule.data(), row).run()};
}

} // namespace v0
} // namespace segmenta
