// SPDX-License-Identifier: Apache-2.0
// From the checked tree to code, and the public entry points of compilation.
#include "rule/checker.hpp"
#include "rule/code.hpp"

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Thrown when a rule needs more registers or instructions than a program may have.
struct too_much {};

// The steps a walk over a part takes at most, where the lists it loops over are written out; other lists count as one
// element, so that a rule is refused for what is certain only.
class work_bound {
public:
    work_bound(typed_tree const& tree, rule_tables const& tables)
        : tree_(tree), tables_(tables), steps_(tree.nodes.size()), sizes_(tree.nodes.size()) {
        for (std::size_t i = 0; i < tree.nodes.size(); ++i)
            measure(static_cast<typed_id>(i));
    }
    [[nodiscard]] std::size_t most_of_any_walk() const {
        std::size_t most = 0;
        std::vector<bool> reached(tree_.nodes.size(), false);
        reached[tree_.root] = true;
        for (std::size_t i = reached.size(); i-- > 0;) {
            if (!reached[i]) continue;
            for (typed_id const child : tree_.children_of(static_cast<typed_id>(i)))
                reached[child] = true;
            if (is_walked(tree_.nodes[i].kind)) most = std::max(most, steps_[i]);
        }
        return most;
    }

private:
    static constexpr std::size_t plenty = most_steps * 2;

    void measure(typed_id id) {
        typed_node const& node = tree_[id];
        auto const parts = tree_.children_of(id);
        bool const loop = node.kind == typed_kind::loop;
        std::size_t const times = loop ? sizes_[parts[0]] : 1;
        std::size_t steps = 1;
        for (std::size_t i = 0; i < parts.size(); ++i)
            steps = std::min(plenty, steps + steps_[parts[i]] * (loop && i > 0 ? times : 1));
        steps_[id] = steps;
        sizes_[id] = size_of(node, parts);
    }
    // Of what is no list with a known size: 1.
    [[nodiscard]] std::size_t size_of(typed_node const& node, std::span<typed_id const> parts) const {
        if (node.kind == typed_kind::list) return parts.size();
        if (node.kind == typed_kind::map) return parts.size() / 2;
        if (node.kind == typed_kind::loop && loop_form::of(node.immediate).code == loop_code::transform &&
            !loop_form::of(node.immediate).tested)
            return sizes_[parts[0]];
        bool const joined =
            node.kind == typed_kind::collection && collection_of(node.immediate) == collection_code::concatenate;
        if (joined) return std::min(plenty, sizes_[parts[0]] + sizes_[parts[1]]);
        return node.kind == typed_kind::constant ? constant_size(node) : 1;
    }
    [[nodiscard]] std::size_t constant_size(typed_node const& node) const {
        slot const& value = tables_.constants[node.payload];
        if (!node.what.is_collection() || value.state != status::ok) return 1;
        return node.what.base == rule_kind::map ? value.items->size / 2 : value.items->size;
    }

    typed_tree const& tree_;
    rule_tables const& tables_;
    std::vector<std::size_t> steps_;
    std::vector<std::size_t> sizes_;
};

class compiler {
public:
    compiler(program_data& out, environment const& names) : out_(out), names_(names) {}

    void run() {
        collect_variables();
        find_dictionary_parts();
        typed_node const& root = out_.tree[out_.tree.root];
        out_.answer = emit(out_.tree.root, 0);
        out_.answer_lane = lane_of(root.what.base);
        // A bare variable keeps its column type: category stays category.
        bool const bare = root.kind == typed_kind::variable && rule_type_of(names_.what(root.payload)) == root.what;
        out_.answer_type = bare ? names_.what(root.payload) : *column_type_of(root.what);
    }

private:
    // What a subtree depends on: nothing, one text variable strictly, or anything else.
    static constexpr std::uint32_t nothing = 0xFFFF'FFFFU;
    static constexpr std::uint32_t various = 0xFFFF'FFFEU;

    void collect_variables() {
        std::vector<bool> reached(out_.tree.nodes.size(), false);
        reached[out_.tree.root] = true;
        for (std::size_t i = out_.tree.nodes.size(); i-- > 0;) {
            if (!reached[i]) continue;
            typed_node const& node = out_.tree.nodes[i];
            for (typed_id const child : out_.tree.children_of(static_cast<typed_id>(i)))
                reached[child] = true;
            if (node.kind == typed_kind::variable || node.kind == typed_kind::presence)
                out_.required.push_back(node.payload);
        }
        std::sort(out_.required.begin(), out_.required.end());
        out_.required.erase(std::unique(out_.required.begin(), out_.required.end()), out_.required.end());
        for (auto const number : out_.required) {
            type const what = names_.what(number);
            out_.variables.push_back(
                {number, std::string(names_.name(number)), what, lane_of(rule_type_of(what).base)});
        }
    }

    [[nodiscard]] operand variable_operand(std::uint32_t number) const {
        auto const place = std::lower_bound(out_.required.begin(), out_.required.end(), number);
        return operand::variable(static_cast<std::uint32_t>(place - out_.required.begin()));
    }

    // A part that reads one text variable, and is unknown whenever that is missing, can be computed once per distinct
    // text of a block. Presence and coalesce are not of that kind.
    void find_dictionary_parts() {
        depends_.assign(out_.tree.nodes.size(), nothing);
        for (std::size_t i = 0; i < out_.tree.nodes.size(); ++i) {
            typed_node const& node = out_.tree.nodes[i];
            if (node.kind == typed_kind::variable) {
                bool const text = node.what.base == rule_kind::string;
                depends_[i] = text ? node.payload : various;
            }
            bool const alone = node.kind == typed_kind::coalesce || is_walked(node.kind);
            if (alone || node.kind == typed_kind::presence) depends_[i] = various;
            if (alone || node.kind == typed_kind::variable) continue;
            for (typed_id const child : out_.tree.children_of(static_cast<typed_id>(i))) {
                if (depends_[child] == nothing || depends_[child] == depends_[i]) continue;
                depends_[i] = depends_[i] == nothing ? depends_[child] : various;
            }
        }
    }

    instruction& push(instruction made) {
        if (out_.code.size() >= most_instructions) throw too_much{};
        if (made.to >= most_registers) throw too_much{};
        out_.registers = std::max(out_.registers, made.to + 1);
        out_.code.push_back(made);
        return out_.code.back();
    }
    [[nodiscard]] std::uint32_t here() const noexcept { return static_cast<std::uint32_t>(out_.code.size()); }

    instruction simple(instruction_kind kind, std::uint32_t to, lane result, std::initializer_list<operand> arguments) {
        instruction made;
        made.kind = kind;
        made.to = to;
        made.result = result;
        made.count = static_cast<std::uint8_t>(arguments.size());
        std::copy(arguments.begin(), arguments.end(), made.arguments.begin());
        return made;
    }

    // Code that leaves the value of `id` in the operand returned; it may use registers from `free` on.
    operand emit(typed_id id, std::uint32_t free) {
        typed_node const& node = out_.tree[id];
        switch (node.kind) {
        case typed_kind::constant: return operand::constant(node.payload);
        case typed_kind::variable: return variable_operand(node.payload);
        case typed_kind::presence:
            push(simple(instruction_kind::presence, free, lane::boolean, {variable_operand(node.payload)}));
            return operand::reg(free);
        default: break;
        }
        if (is_walked(node.kind)) return emit_walk(id, free);
        if (!begins_dictionary(id)) return emit_computed(id, free);
        std::uint32_t const start = here();
        push(simple(instruction_kind::dictionary, free, lane_of(node.what.base), {variable_operand(depends_[id])}));
        in_dictionary_ = true;
        operand const made = emit_computed(id, free);
        in_dictionary_ = false;
        out_.code[start].target = here();
        return made;
    }

    operand emit_walk(typed_id id, std::uint32_t free) {
        instruction made = simple(instruction_kind::walk, free, lane_of(out_.tree[id].what.base), {});
        made.immediate = id;
        push(made);
        return operand::reg(free);
    }

    [[nodiscard]] bool begins_dictionary(typed_id id) const noexcept {
        return !in_dictionary_ && depends_[id] != nothing && depends_[id] != various;
    }

    // The result is register `free`.
    operand emit_computed(typed_id id, std::uint32_t free) {
        switch (out_.tree[id].kind) {
        case typed_kind::operation: emit_operation(id, free); break;
        case typed_kind::conjunction:
        case typed_kind::disjunction: emit_chain(id, free); break;
        case typed_kind::conditional: emit_conditional(id, free); break;
        default: emit_coalesce(id, free); break;
        }
        return operand::reg(free);
    }

    // An operation whose arguments are being computed.
    struct open_operation {
        typed_id id;
        std::uint32_t next; // free register
        instruction made;

        void take(operand argument) noexcept {
            if (argument.is_register()) ++next;
            made.arguments[made.count++] = argument;
        }
    };
    open_operation open(typed_id id, std::uint32_t free) {
        instruction made = simple(instruction_kind::operation, free, lane_of(out_.tree[id].what.base), {});
        made.code = out_.tree[id].code;
        made.immediate = out_.tree[id].immediate;
        return {id, free, made};
    }

    // Operations inside operations are kept on a stack of our own: a long sum makes a deep tree.
    void emit_operation(typed_id id, std::uint32_t free) {
        std::vector<open_operation> stack{open(id, free)};
        while (!stack.empty()) {
            open_operation& top = stack.back();
            auto const arguments = out_.tree.children_of(top.id);
            if (top.made.count == arguments.size()) {
                push(top.made);
                operand const done = operand::reg(top.made.to);
                stack.pop_back();
                if (!stack.empty()) stack.back().take(done);
                continue;
            }
            typed_id const next = arguments[top.made.count];
            if (out_.tree[next].kind == typed_kind::operation && !begins_dictionary(next))
                stack.push_back(open(next, top.next));
            else
                top.take(emit(next, top.next));
        }
    }

    void emit_chain(typed_id id, std::uint32_t free) {
        bool const all = out_.tree[id].kind == typed_kind::conjunction;
        auto const jump_kind = all ? instruction_kind::jump_if_false : instruction_kind::jump_if_true;
        auto const join_kind = all ? instruction_kind::conjunction : instruction_kind::disjunction;
        auto const parts = out_.tree.children_of(id);
        std::vector<std::uint32_t> jumps;
        operand value = emit(parts[0], free);
        for (std::size_t i = 1; i < parts.size(); ++i) {
            jumps.push_back(here());
            push(simple(jump_kind, free, lane::boolean, {value}));
            value = operand::reg(free);
            operand const next = emit(parts[i], free + 1);
            push(simple(join_kind, free, lane::boolean, {value, next}));
        }
        for (auto const jump : jumps)
            out_.code[jump].target = here();
    }

    void emit_conditional(typed_id id, std::uint32_t free) {
        auto const parts = out_.tree.children_of(id);
        lane const result = lane_of(out_.tree[id].what.base);
        operand condition = emit(parts[0], free);
        std::uint32_t const choose = here();
        push(simple(instruction_kind::choose, free, lane::boolean, {condition}));
        condition = operand::reg(free);
        operand const then = emit(parts[1], free + 1);
        std::uint32_t const end_then = here();
        push(simple(instruction_kind::end_then, free, result, {condition}));
        out_.code[choose].target = here();
        std::uint32_t const skip_else = here();
        push(simple(instruction_kind::skip_else, free, result, {condition}));
        operand const otherwise = emit(parts[2], free + 2);
        out_.code[end_then].target = out_.code[skip_else].target = here();
        push(simple(instruction_kind::select, free, result, {condition, then, otherwise}));
    }

    void emit_coalesce(typed_id id, std::uint32_t free) {
        auto const parts = out_.tree.children_of(id);
        lane const result = lane_of(out_.tree[id].what.base);
        operand first = emit(parts[0], free);
        std::uint32_t const jump = here();
        push(simple(instruction_kind::jump_if_decided, free, result, {first}));
        first = operand::reg(free);
        operand const otherwise = emit(parts[1], free + 1);
        push(simple(instruction_kind::coalesce, free, result, {first, otherwise}));
        out_.code[jump].target = here();
    }

    program_data& out_;
    environment const& names_;
    std::vector<std::uint32_t> depends_;
    bool in_dictionary_ = false;
};

} // namespace
} // namespace detail

namespace detail {

std::shared_ptr<program_data> check_rule(expression const& rule, environment const& names, issue_list& issues,
                                         std::string_view place, std::optional<type> wanted) {
    checker check(rule.tree(), names, issues, place);
    if (!check.run(wanted)) return nullptr;
    auto data = std::make_shared<program_data>(rule);
    auto checked = std::move(check).take();
    data->tree = std::move(checked.tree);
    data->tables = std::move(checked.tables);
    auto const walked = [](typed_node const& node) { return is_walked(node.kind); };
    auto const& nodes = data->tree.nodes;
    if (std::none_of(nodes.begin(), nodes.end(), walked)) return data;
    if (work_bound(data->tree, data->tables).most_of_any_walk() <= most_steps) return data;
    issues.error("rule.too_costly", issue_place(place, rule.text(), 0),
                 "the loops of this rule take too many steps for one row", {}, "at most " + std::to_string(most_steps),
                 "Ask with 'in' or sets.intersects, or shorten the lists");
    return nullptr;
}

std::optional<program> finish_rule(std::shared_ptr<program_data> data, environment const& names, issue_list& issues,
                                   std::string_view place) {
    try {
        compiler(*data, names).run();
    } catch (too_much const&) {
        issues.error("rule.too_large", issue_place(place, data->source.text(), 0), "the rule is too large to evaluate",
                     {}, {}, "Split it into several named columns");
        return std::nullopt;
    }
    data->quick = make_quick_test(*data);
    return program(std::shared_ptr<program_data const>(std::move(data)));
}

} // namespace detail

std::optional<program> compile_rule(expression const& rule, environment const& names, issue_list& issues,
                                    std::string_view place, std::optional<type> wanted) {
    auto data = detail::check_rule(rule, names, issues, place, wanted);
    if (data == nullptr) return std::nullopt;
    return detail::finish_rule(std::move(data), names, issues, place);
}

std::optional<program> compile_rule(std::string_view text, environment const& names, issue_list& issues,
                                    std::string_view place, std::optional<type> wanted) {
    auto const parsed = parse_expression(text, issues, place);
    if (!parsed) return std::nullopt;
    return compile_rule(*parsed, names, issues, place, wanted);
}

program compile_rule(std::string_view text, environment const& names, std::optional<type> wanted) {
    issue_list issues;
    auto made = compile_rule(text, names, issues, {}, wanted);
    issues.throw_if_errors();
    return *std::move(made);
}

type program::result_type() const noexcept { return data_->answer_type; }
bool program::is_constant() const noexcept { return data_->required.empty(); }
std::span<std::uint32_t const> program::required_variables() const noexcept { return data_->required; }
expression const& program::source() const noexcept { return data_->source; }

std::vector<std::string> program::required_names() const {
    std::vector<std::string> names;
    for (auto const& used : data_->variables)
        names.push_back(used.name);
    return names;
}

std::string_view program::variable_name(std::uint32_t variable) const noexcept {
    auto const& used = data_->variables;
    auto const place = std::find_if(used.begin(), used.end(), [&](auto const& v) { return v.number == variable; });
    return place == used.end() ? std::string_view{} : std::string_view(place->name);
}

} // namespace v0
} // namespace segmenta
