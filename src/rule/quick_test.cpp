// SPDX-License-Identifier: Apache-2.0
#include "rule/quick_test.hpp"

#include "rule/code.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using target = std::uint32_t;
constexpr std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t highest = std::numeric_limits<std::int64_t>::max();

/// Writes the steps of one rule from the last to the first, so that every target is known; made for one call.
class quick_writer {
public:
    explicit quick_writer(program_data const& data) : data_(data), tree_(data.tree) {}

    quick_test run() {
        quick_test out;
        if (data_.answer_type.base != kind::boolean || tree_.root == no_node) return out;
        auto const first = write(tree_.root, quick_test::yes, quick_test::no);
        if (!first || *first >= quick_test::yes) return out;
        out.steps = std::move(steps_);
        out.first = *first;
        return out;
    }

private:
    std::optional<target> write(typed_id id, target on_true, target on_false) {
        typed_node const& node = tree_[id];
        switch (node.kind) {
        case typed_kind::constant: {
            slot const& known = data_.tables.constants[node.payload];
            if (known.state != status::ok) return std::nullopt;
            return known.integer != 0 ? on_true : on_false;
        }
        case typed_kind::conjunction:
        case typed_kind::disjunction: return write_chain(node.kind == typed_kind::conjunction, id, on_true, on_false);
        case typed_kind::conditional: {
            auto const parts = tree_.children_of(id);
            auto const then = write(parts[1], on_true, on_false);
            auto const otherwise = write(parts[2], on_true, on_false);
            return then && otherwise ? write(parts[0], *then, *otherwise) : std::nullopt;
        }
        case typed_kind::variable: {
            quick_step step;
            step.low = step.high = 1;
            return add(step, node.payload, on_true, on_false);
        }
        case typed_kind::presence: {
            quick_step step;
            step.what = quick_step::form::presence;
            return add(step, node.payload, on_true, on_false);
        }
        case typed_kind::operation: return write_operation(node, id, on_true, on_false);
        default: return std::nullopt;
        }
    }

    std::optional<target> write_chain(bool all, typed_id id, target on_true, target on_false) {
        auto const parts = tree_.children_of(id);
        target next = all ? on_true : on_false;
        for (std::size_t i = parts.size(); i-- > 0;) {
            auto const entry = all ? write(parts[i], next, on_false) : write(parts[i], on_true, next);
            if (!entry) return std::nullopt;
            next = *entry;
        }
        return next;
    }

    std::optional<target> add(quick_step step, std::uint32_t variable, target on_true, target on_false) {
        if (steps_.size() == quick_test::most_steps) return std::nullopt;
        auto const used = std::find_if(data_.variables.begin(), data_.variables.end(),
                                       [&](used_variable const& v) { return v.number == variable; });
        if (used == data_.variables.end()) return std::nullopt;
        step.declared = used->what;
        step.variable = variable;
        step.on_true = on_true;
        step.on_false = on_false;
        steps_.push_back(step);
        return static_cast<target>(steps_.size() - 1);
    }

    std::optional<target> write_operation(typed_node const& node, typed_id id, target on_true, target on_false) {
        auto const parts = tree_.children_of(id);
        if (node.code == opcode::logical_not) return write(parts[0], on_false, on_true);
        quick_step step;
        if (node.code == opcode::in_integers || node.code == opcode::in_texts) {
            if (tree_[parts[0]].kind != typed_kind::variable) return std::nullopt;
            bool const text = node.code == opcode::in_texts;
            step.what = text ? quick_step::form::texts : quick_step::form::integers;
            if (text) step.texts = &data_.tables.text_lookups[node.immediate];
            if (!text) step.integers = &data_.tables.integer_lookups[node.immediate];
            return add(step, tree_[parts[0]].payload, on_true, on_false);
        }
        if (parts.size() != 2) return std::nullopt;
        bool const forward = tree_[parts[0]].kind == typed_kind::variable;
        typed_node const& variable = tree_[parts[forward ? 0 : 1]];
        typed_node const& limit = tree_[parts[forward ? 1 : 0]];
        if (variable.kind != typed_kind::variable || limit.kind != typed_kind::constant) return std::nullopt;
        slot const& known = data_.tables.constants[limit.payload];
        auto const how = relation_of(node.code);
        if (known.state != status::ok || !how) return std::nullopt;
        relation const r = forward ? *how : flipped(*how);
        if (lane_of(variable.what.base) != lane_of(limit.what.base)) return std::nullopt;
        return write_relation(r, lane_of(variable.what.base), known, variable.payload, on_true, on_false);
    }

    std::optional<target> write_relation(relation r, lane where, slot const& limit, std::uint32_t variable, target on_true,
                                         target on_false) {
        quick_step step;
        switch (where) {
        case lane::boolean:
        case lane::integer:
            if (!set_range(step, r, limit.integer)) return std::nullopt;
            if (r == relation::not_equal) std::swap(on_true, on_false);
            return add(step, variable, on_true, on_false);
        case lane::real:
            step.what = quick_step::form::real;
            step.how = r;
            step.limit = limit.real;
            return add(step, variable, on_true, on_false);
        case lane::text:
            if (r != relation::equal && r != relation::not_equal) return std::nullopt;
            step.what = quick_step::form::text;
            step.text = limit.text;
            if (r == relation::not_equal) std::swap(on_true, on_false);
            return add(step, variable, on_true, on_false);
        default: return std::nullopt;
        }
    }

    /// False where no number fits: left to the code.
    static bool set_range(quick_step& step, relation r, std::int64_t limit) noexcept {
        step.low = lowest;
        step.high = highest;
        switch (r) {
        case relation::equal:
        case relation::not_equal: step.low = step.high = limit; return true;
        case relation::less: step.high = limit - (limit > lowest ? 1 : 0); return limit > lowest;
        case relation::less_equal: step.high = limit; return true;
        case relation::greater: step.low = limit + (limit < highest ? 1 : 0); return limit < highest;
        case relation::greater_equal: step.low = limit; return true;
        }
        return false;
    }

    static relation flipped(relation r) noexcept {
        switch (r) {
        case relation::less: return relation::greater;
        case relation::less_equal: return relation::greater_equal;
        case relation::greater: return relation::less;
        case relation::greater_equal: return relation::less_equal;
        default: return r;
        }
    }

    static std::optional<relation> relation_of(opcode code) noexcept {
        switch (code) {
#define SEGMENTA_RULE_RELATION(name)                                                                                   \
    case opcode::name##_boolean:                                                                                       \
    case opcode::name##_integer:                                                                                       \
    case opcode::name##_real:                                                                                          \
    case opcode::name##_text: return relation::name;
            SEGMENTA_RULE_RELATION(equal)
            SEGMENTA_RULE_RELATION(not_equal)
            SEGMENTA_RULE_RELATION(less)
            SEGMENTA_RULE_RELATION(less_equal)
            SEGMENTA_RULE_RELATION(greater)
            SEGMENTA_RULE_RELATION(greater_equal)
#undef SEGMENTA_RULE_RELATION
        default: return std::nullopt;
        }
    }

    program_data const& data_;
    typed_tree const& tree_;
    std::vector<quick_step> steps_;
};

bool compares(relation r, double v, double limit) noexcept {
    switch (r) {
    case relation::equal: return v == limit;
    case relation::not_equal: return v != limit;
    case relation::less: return v < limit;
    case relation::less_equal: return v <= limit;
    case relation::greater: return v > limit;
    case relation::greater_equal: return v >= limit;
    }
    return false;
}

bool holds(quick_step const& step, value const& v) noexcept {
    switch (step.what) {
    case quick_step::form::range: {
        std::int64_t const n = v.as_int();
        return n >= step.low && n <= step.high;
    }
    case quick_step::form::real: return compares(step.how, v.as_double(), step.limit);
    case quick_step::form::integers: return step.integers->contains(v.as_int());
    case quick_step::form::text: return v.as_string() == step.text;
    case quick_step::form::texts: return step.texts->contains(v.as_string());
    case quick_step::form::presence: return true;
    }
    return false;
}

} // namespace

quick_test make_quick_test(program_data const& data) { return quick_writer(data).run(); }

quick_answer run_quick_test(quick_test const& test, row_source const& row) noexcept {
    quick_step const* const steps = test.steps.data();
    std::uint32_t at = test.first;
    value room;
    do {
        quick_step const& step = steps[at];
        value const* v = row.find(step.variable);
        if (v == nullptr) {
            room = row[step.variable];
            v = &room;
        }
        if (v->missing()) {
            if (step.what != quick_step::form::presence) return quick_answer::not_known;
            at = step.on_false;
            continue;
        }
        if (!(v->what() == step.declared) && !(v->what().is_text() && step.declared.is_text()))
            return quick_answer::not_known;
        at = holds(step, *v) ? step.on_true : step.on_false;
    } while (at < quick_test::yes);
    return at == quick_test::yes ? quick_answer::yes : quick_answer::no;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
