// SPDX-License-Identifier: Apache-2.0
// Why one column of one customer is what it is: the slow path beside classify.
#include <segmenta/segmenter/customer_explanation.hpp>

#include "segmenter/request_plan.hpp"

#include <segmenta/plan/resolve.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/rule/deciding.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/tag/tag_definition.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Explains columns of one classified customer.
class explainer {
public:
    explainer(segmenter const& from, request_plan const& plan, classification& now, explain_options const& options)
        : from_(from), plan_(plan), compiled_(*plan.compiled), now_(now), options_(options),
          row_(now.inner(), [](void const* context, std::size_t variable) noexcept {
              auto const& state = *static_cast<classification::state const*>(context);
              std::uint32_t const node = state.plan->compiled->graph().order()[variable];
              return value_of(state.slots[node], state.plan->steps[node].result);
          }) {
        for (auto const& moment : moment_columns)
            note_immutable(std::string(moment.first));
        for (auto const& name : options.immutable)
            note_immutable(name);
        // Other tags follow from what the customer is and does; nobody changes them alone.
        for (auto const& n : compiled_.graph().nodes())
            if (std::string_view(n.name).starts_with(tag_prefix)) note_immutable(n.name);
    }

    column_explanation run(std::uint32_t node, std::size_t level) {
        column_node const& n = compiled_.graph()[node];
        column_explanation out;
        out.column = n.name;
        describe(n, out);
        output_handle const handle{node, plan_.id};
        answer const given = now_[handle];
        out.state = given.state;
        out.valid_until = given.valid_until;
        if (given.state == status::refused || given.state == status::wrong_plan) return out; // nobody may know
        if (given.state == status::ok)
            out.value = given.segment.empty() ? to_string(given.result) : std::string(given.segment);
        out.reason = from_.reason(handle, given);
        if (auto const& condition = compiled_.resolved.conditions[node])
            out.applies_to = explain_rule(*condition, row_);
        if (auto const& rule = compiled_.resolved.rules[node]) explain(*rule, given, out);
        if (level < options_.most_levels) go_down(node, level, out);
        return out;
    }

private:
    void note_immutable(std::string const& name) {
        if (auto const number = compiled_.resolved.names.find(name))
            immutable_.push_back(static_cast<std::uint32_t>(*number));
    }

    void describe(column_node const& n, column_explanation& out) const {
        auto const& definition = compiled_.definition;
        if (n.origin == column_origin::attribute) return;
        auto const& meaning = definition.columns()[n.definition].meaning;
        if (!meaning.empty()) out.meanings = {{definition.locale(), meaning}};
        if (!std::string_view(n.name).starts_with(tag_prefix)) return;
        auto const* tag = definition.find_tag(std::string_view(n.name).substr(tag_prefix.size()));
        if (tag == nullptr) return;
        out.titles = tag->what.titles;
        out.meanings = tag->what.meanings;
    }

    void explain(program const& rule, answer const& given, column_explanation& out) const {
        out.why = explain_rule(rule, row_);
        if (given.state == status::unknown)
            for (auto const& set : find_deciding(rule, row_).smallest) {
                auto& names = out.deciding.emplace_back();
                for (auto const variable : set)
                    names.emplace_back(rule.variable_name(variable));
            }
        if (!options_.nearest || rule.result_type().base != kind::boolean) return;
        if (given.state != status::ok && given.state != status::unknown) return;
        nearest_change_options asked;
        asked.wanted = !given.holds().value_or(false);
        asked.immutable = immutable_;
        out.change = find_nearest_change(rule, row_, asked);
    }

    void go_down(std::uint32_t node, std::size_t level, column_explanation& out) {
        for (std::uint32_t const read : compiled_.graph().reads(node)) {
            column_origin const origin = compiled_.graph()[read].origin;
            if (origin == column_origin::rule || origin == column_origin::strategy)
                out.made_of.push_back(run(read, level + 1));
        }
    }

    segmenter const& from_;
    request_plan const& plan_;
    compiled_plan const& compiled_;
    classification& now_;
    explain_options const& options_;
    row_source row_;
    std::vector<std::uint32_t> immutable_;
};

} // namespace
} // namespace detail

customer_explanation segmenter::explain(customer_view const& customer, query const& asked, output_handle of,
                                        explain_options const& options) const {
    customer_explanation out{definition().id(), hash(), asked.as_of, plan_->compiled->where, {}};
    if (of.plan != plan_->id || of.node >= graph().size()) {
        out.answer.state = status::wrong_plan;
        return out;
    }
    classification now = make_classification();
    query what = asked;
    what.outputs = {&of, 1};
    what.prior = nullptr;
    classify(customer, what, now);
    if (now.inner()->other_plan) {
        out.answer.column = graph()[of.node].name;
        out.answer.state = status::wrong_plan;
        return out;
    }
    out.answer = detail::explainer(*this, *plan_, now, options).run(of.node, 0);
    return out;
}

} // namespace v0
} // namespace segmenta
