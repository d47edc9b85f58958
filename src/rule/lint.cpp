// SPDX-License-Identifier: Apache-2.0
// One rule by itself.
#include "rule/decision_model.hpp"
#include "rule/region_search.hpp"
#include "rule/syntax.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/rule/lint.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr outcomes not_true = any_outcome & ~comes_true;

class rule_linter {
public:
    rule_linter(program_data const& rule, issue_list& issues, std::string_view place, std::size_t steps)
        : rule_(rule), tree_(rule.source.tree()), issues_(issues), place_(place), rules_{&rule}, model_(rules_, {}),
          steps_(steps) {}

    bool run() {
        look_at(model_.root(0), {}, true);
        return complete_;
    }

private:
    // A condition that holds on the way to a branch, and how.
    struct on_the_way {
        std::uint32_t node;
        outcomes comes;
    };
    using way = std::vector<on_the_way>;

    [[nodiscard]] model_node const& node(std::uint32_t id) const noexcept { return model_.nodes()[id]; }
    [[nodiscard]] std::string text(std::uint32_t id) const { return text_of(tree_, node(id).syntax); }
    [[nodiscard]] bool is_written(std::uint32_t id) const noexcept { return node(id).syntax != model_node::no_syntax; }
    [[nodiscard]] bool is_literal(std::uint32_t id) const noexcept {
        return is_written(id) && tree_[node(id).syntax].kind == syntax_kind::constant;
    }
    [[nodiscard]] bool is_boolean(std::uint32_t id) const noexcept {
        typed_id const part = rule_.tree.of_syntax[node(id).syntax];
        return part != no_node && rule_.tree[part].what.base == rule_kind::boolean;
    }
    [[nodiscard]] std::string texts(std::vector<std::uint32_t> const& nodes) const {
        std::string out;
        for (auto const id : nodes)
            out += (out.empty() ? "" : ", ") + text(id);
        return out;
    }
    void warn(std::uint32_t at, std::string code, std::string message, std::string seen, std::string remedy) {
        std::uint32_t const position = tree_[node(at).syntax].position;
        issues_.warning(std::move(code), issue_place(place_, tree_.source, position), std::move(message),
                        std::move(seen), {}, std::move(remedy) + "." + caret_text(tree_.source, position));
    }

    // Whether the requirements can hold at once; nothing when that took too long.
    [[nodiscard]] std::optional<bool> possible(std::vector<requirement> const& wanted) {
        region_search search(model_, steps_);
        search_answer const answer = search.find(wanted);
        steps_ = search.steps_left();
        if (answer == search_answer::gave_up) {
            complete_ = false;
            return std::nullopt;
        }
        return answer == search_answer::found;
    }
    [[nodiscard]] bool impossible(std::vector<requirement> const& wanted) {
        auto const answer = possible(wanted);
        return answer && !*answer;
    }

    // `id` from outside in: what is said of the whole is not said again of its parts. `path`: what holds on the way.
    void look_at(std::uint32_t id, way const& path, bool whole) {
        if (!is_written(id) || is_literal(id) || steps_ == 0) return;
        bool const boolean = is_boolean(id);
        if (boolean && impossible({{id, comes_true}})) return never_true(id, whole);
        if (boolean && impossible({{id, comes_false}})) return always_true(id, whole);
        model_node const here = node(id);
        if (here.kind == model_kind::choice) {
            look_at_branches(here, path);
            return;
        }
        if (here.kind == model_kind::combination) redundant(id);
        if (here.kind == model_kind::combination || here.kind == model_kind::negation)
            for (auto const child : here.children)
                look_at(child, {}, false);
    }

    void look_at_branches(model_node const& choice, way const& path) {
        look_at(choice.children[0], {}, false);
        for (std::size_t branch : {1U, 2U}) {
            way longer = path;
            longer.push_back({choice.children[0], branch == 1 ? comes_true : comes_false});
            if (unreachable(choice.children[branch], path, longer)) continue;
            look_at(choice.children[branch], longer, false);
        }
    }

    // Whether nothing comes to a branch that something came near to.
    bool unreachable(std::uint32_t branch, way const& before, way const& path) {
        if (before.empty() || !is_written(branch)) return false; // said of the condition itself
        std::vector<requirement> wanted;
        for (auto const& step : path)
            wanted.push_back({step.node, step.comes});
        if (!impossible(wanted)) return false;
        // The fewest conditions that exclude it, beside the last.
        for (std::size_t i = before.size(); i-- > 0;) {
            auto fewer = wanted;
            fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(i));
            if (fewer.size() > 1 && impossible(fewer)) wanted = std::move(fewer);
        }
        std::vector<std::uint32_t> nodes;
        for (auto const& w : wanted)
            nodes.push_back(w.node);
        if (impossible({wanted.back()})) return false; // likewise
        warn(path.back().node, "rule.unreachable_branch",
             "nothing comes to this branch: an earlier condition takes everything that would", texts(nodes),
             "Ask for the narrower condition first, or drop the branch");
        return true;
    }

    void never_true(std::uint32_t id, bool whole) {
        std::vector<std::uint32_t> parts = parts_of(id, outcome_operation::both);
        // The fewest that cannot be true together: leave one out as long as that is so.
        for (std::size_t i = parts.size(); i-- > 0 && parts.size() > 1;) {
            std::vector<requirement> wanted;
            for (std::size_t j = 0; j < parts.size(); ++j)
                if (j != i) wanted.push_back({parts[j], comes_true});
            if (impossible(wanted)) parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
        }
        std::string const what(whole ? "the rule" : "this condition");
        if (parts.size() > 1) {
            warn(parts.back(), "rule.never_true", what + " can never be true: these exclude each other", texts(parts),
                 "Drop one of them, or join them by || where either is meant");
            return;
        }
        std::uint32_t const at = parts.front();
        if (at != id && node(at).kind == model_kind::combination) return never_true(at, false);
        warn(at, "rule.never_true", what + " can never be true", text(at), "Correct or drop it");
    }

    void always_true(std::uint32_t id, bool whole) {
        std::vector<std::uint32_t> parts = parts_of(id, outcome_operation::either);
        for (std::size_t i = parts.size(); i-- > 0 && parts.size() > 1;) {
            std::vector<requirement> wanted;
            for (std::size_t j = 0; j < parts.size(); ++j)
                if (j != i) wanted.push_back({parts[j], comes_false});
            if (impossible(wanted)) parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(i));
        }
        std::string const what(whole ? "the rule" : "this condition");
        if (std::any_of(parts.begin(), parts.end(), [&](std::uint32_t part) { return is_literal(part); })) return;
        warn(parts.back(), "rule.always_true", what + " is true whenever it is known", texts(parts),
             "Drop it, or say has(...) when presence is meant");
    }

    [[nodiscard]] std::vector<std::uint32_t> parts_of(std::uint32_t id, outcome_operation how) const {
        model_node const& here = node(id);
        bool const joined = here.kind == model_kind::combination && here.how == how && is_written(id) &&
                            std::all_of(here.children.begin(), here.children.end(),
                                        [&](std::uint32_t child) { return is_written(child); });
        return joined ? here.children : std::vector<std::uint32_t>{id};
    }

    // Conditions of && or || without which the whole rule answers the same.
    void redundant(std::uint32_t id) {
        model_node const here = node(id);
        bool const all = here.how == outcome_operation::both;
        std::vector<std::uint32_t> left = parts_of(id, here.how);
        if (left.size() < 2) return;
        for (std::size_t i = left.size(); i-- > 0 && left.size() > 1;) {
            std::uint32_t const part = left[i];
            if (is_literal(part)) continue;
            std::vector<std::uint32_t> without = left;
            without.erase(without.begin() + static_cast<std::ptrdiff_t>(i));
            std::uint32_t const shorter = model_.combine(here.how, without);
            std::uint32_t const longer = model_.combine(here.how, left);
            model_node differs;
            differs.kind = model_kind::combination;
            differs.how = outcome_operation::differs;
            differs.children = {shorter, longer};
            if (!impossible({{model_.add(std::move(differs)), comes_true}})) continue;
            left = std::move(without);
            report_redundant(part, left, all);
        }
    }

    void report_redundant(std::uint32_t part, std::vector<std::uint32_t> const& others, bool all) {
        // One other condition that is enough, where there is one.
        auto const enough = std::find_if(others.begin(), others.end(), [&](std::uint32_t other) {
            if (all) return impossible({{other, comes_true}, {part, not_true}});
            return impossible({{part, comes_true}, {other, not_true}});
        });
        std::string seen = text(part);
        if (enough != others.end()) seen += ", " + text(*enough);
        bool const same = enough != others.end() && text(*enough) == text(part);
        warn(part, "rule.redundant_condition",
             same  ? "this condition is written twice"
             : all ? "this condition changes nothing: the others already demand it"
                   : "this condition changes nothing: the others already allow it",
             std::move(seen), "Drop it, or correct the one that was meant differently");
    }

    program_data const& rule_;
    syntax_tree const& tree_;
    issue_list& issues_;
    std::string_view place_;
    std::array<program_data const*, 1> rules_;
    decision_model model_;
    std::size_t steps_;
    bool complete_ = true;
};

} // namespace
} // namespace detail

bool lint_rule(program const& rule, issue_list& issues, std::string_view place, lint_limits const& limits) {
    return detail::rule_linter(rule.data(), issues, place, limits.steps_per_rule).run();
}

} // namespace v0
} // namespace segmenta
