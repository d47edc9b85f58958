// SPDX-License-Identifier: Apache-2.0
#include <segmenta/segmenter/segmenter.hpp>

#include "segmenter/classify_one.hpp"
#include "segmenter/compiled.hpp"
#include "segmenter/request_plan.hpp"

#include <segmenta/base/text.hpp>

#include <segmenta/record/cell.hpp>

#include <algorithm>
#include <bit>
#include <memory>
#include <utility>

namespace segmenta {
inline namespace v0 {

classification::classification() = default;
classification::classification(std::unique_ptr<state> made) noexcept : state_(std::move(made)) {}
classification::classification(classification&&) noexcept = default;
classification& classification::operator=(classification&&) noexcept = default;
classification::~classification() = default;

answer classification::operator[](output_handle of) const noexcept {
    answer out;
    if (state_ == nullptr || state_->other_plan || of.plan != state_->plan->id || of.node >= state_->slots.size()) {
        out.state = status::wrong_plan;
        return out;
    }
    detail::node_slot const& slot = state_->slots[of.node];
    out.state = slot.state;
    if (slot.state == status::not_requested) return out;
    out.result = detail::value_of(slot, state_->plan->steps[of.node].result);
    out.valid_until = slot.valid_until;
    out.changed = slot.changed;
    out.imputed = state_->imputed & state_->plan->steps[of.node].imputable;
    if (state_->plan->steps[of.node].from != detail::node_step::source::strategy) return out;
    out.score = slot.given.score;
    out.also_matched = slot.given.also_matched;
    out.reason = slot.given.reason;
    if (slot.state != status::ok) return out;
    out.index = slot.given.segment;
    if (!state_->plan->steps[of.node].scores) out.segment = out.result.as_string();
    return out;
}

instant classification::valid_until() const noexcept {
    return state_ == nullptr ? instant::never() : state_->valid_until;
}
instant classification::as_of() const noexcept { return state_ == nullptr ? instant{} : state_->as_of; }

output_handle segmenter::output(std::string_view name) const {
    column_graph const& g = graph();
    if (auto const node = g.find(name)) return {static_cast<std::uint32_t>(*node), plan_->id};
    std::vector<std::string> names;
    for (auto const& n : g.nodes())
        names.push_back(n.name);
    auto const near = nearest_name(name, names);
    throw issue_error("segmenter.unknown_output", definition().id(), "the plan has no such column", quoted(name),
                      join_names(names), near.empty() ? "" : "Did you mean " + std::string(near) + "?");
}

tag_handle segmenter::tag(std::string_view name) const {
    std::string const column = tag_column(name);
    output_handle const of = output(graph().find(column) ? std::string_view{column} : name);
    type const what = graph()[of.node].what;
    if (what.base != kind::boolean)
        throw issue_error("segmenter.no_tag", graph()[of.node].place, "the column is no tag", to_string(what), "bool",
                          "Ask for it with output().");
    return {of};
}

std::span<output_handle const> segmenter::outputs() const noexcept { return plan_->outputs; }

classification segmenter::make_classification() const {
    auto made = std::make_unique<classification::state>();
    made->plan = plan_;
    column_graph const& g = graph();
    made->slots.resize(g.size());
    made->views.resize(g.size());
    made->inputs.reserve(plan_->inputs);
    for (std::size_t node = 0; node < g.size(); ++node) {
        type const what = g[node].what;
        detail::node_slot& slot = made->slots[node];
        made->views[node] = {what.is_text() ? string_type : what, 1, slot.cell.data(), &slot.present, nullptr, nullptr};
    }
    for (std::size_t node = 0; node < g.size(); ++node)
        if (plan_->steps[node].from == detail::node_step::source::strategy)
            for (auto const& name : plan_->compiled->resolved.strategies[node]->reads)
                made->inputs.push_back(made->views[*g.find(name)]);
    made->histories.resize(plan_->histories.size());
    for (std::size_t h = 0; h < made->histories.size(); ++h) {
        std::size_t const groups = plan_->histories[h].features.groups().size();
        made->histories[h].summaries.resize(groups);
        made->histories[h].changes.resize(groups);
        made->histories[h].reaches_start.resize(groups);
        made->histories[h].answers.resize(plan_->histories[h].features.tasks().size());
    }
    made->wanted.resize(plan_->words);
    made->order.resize(plan_->steps.size());
    for (std::size_t i = 0; i < plan_->text_rules; ++i)
        made->text_scratch.emplace_back();
    return classification(std::move(made));
}

void segmenter::classify(customer_view const& customer, query const& asked, classification& answers) const noexcept {
    if (answers.state_ == nullptr) return; // default-made: every answer is wrong_plan
    classification::state& to = *answers.state_;
    to.as_of = asked.as_of;
    to.valid_until = instant::never();
    to.other_plan = to.plan->id != plan_->id || !detail::is_of_schema(customer, *plan_, to);
    if (to.other_plan) return;
    detail::classify_one(to, customer, asked);
    classification::state const* const prior = asked.prior == nullptr ? nullptr : asked.prior->state_.get();
    bool const comparable = prior != nullptr && prior != &to && !prior->other_plan && prior->plan->id == plan_->id;
    detail::compare_with(comparable ? prior : nullptr, to);
}

batch_result segmenter::classify(customer_columns const& customers, batch_options const& options) const {
    auto run = std::make_shared<detail::batch_run>(*plan_->compiled, customers, options);
    issue_list issues;
    run->check(issues);
    issues.throw_if_errors();
    std::vector<batch_column> columns;
    for (auto const& output : plan_->outputs) {
        run->need(output.node);
        columns.push_back(run->column_of(output.node));
    }
    struct owner {
        std::shared_ptr<detail::request_plan const> plan; ///< category pools of segments
        std::shared_ptr<detail::batch_run> run;
    };
    auto imputed = run->imputed();
    auto const dropped = run->dropped();
    std::uint64_t left_out = 0;
    for (auto const word : dropped)
        left_out += static_cast<std::uint64_t>(std::popcount(word));
    return {customers.size(), std::move(columns), std::make_shared<owner>(owner{plan_, std::move(run)}),
            std::move(imputed), left_out};
}

required_fields segmenter::fields_for(std::span<output_handle const> wanted) const {
    if (wanted.empty()) wanted = plan_->outputs;
    std::vector<std::uint32_t> nodes;
    for (auto const& handle : wanted)
        if (handle.plan == plan_->id && handle.node < graph().size()) nodes.push_back(handle.node);
    required_fields out = graph().fields_for(nodes);
    std::erase_if(out.attributes, [&](std::string const& name) {
        auto const node = graph().find(name);
        return node && !plan_->compiled->is_base(*node);
    });
    for (auto const attribute : plan_->needed) { // whether a customer is left out is part of every answer
        std::string const& name = plan_->compiled->what.attributes()[attribute].name;
        if (std::find(out.attributes.begin(), out.attributes.end(), name) == out.attributes.end())
            out.attributes.push_back(name);
    }
    return out;
}

std::string segmenter::label(output_handle of, std::string_view segment, std::string_view locale) const {
    if (of.plan != plan_->id || of.node >= graph().size()) return std::string(segment);
    for (auto const& known : plan_->compiled->strategies[of.node].segments())
        if (local_id(known.id) == segment) return std::string(definition().labels().label(known.id, locale));
    return std::string(segment);
}

any_strategy const* segmenter::strategy_of(output_handle of) const noexcept {
    if (of.plan != plan_->id || of.node >= graph().size()) return nullptr;
    any_strategy const& made = plan_->compiled->strategies[of.node];
    return made.empty() ? nullptr : &made;
}

std::string segmenter::reason(output_handle of, answer const& given) const {
    if (of.plan != plan_->id || of.node >= graph().size()) return {};
    std::string out;
    if (given.reason != no_reason) out = plan_->compiled->strategies[of.node].describe(given.reason);
    auto const& stand_ins = plan_->compiled->stand_ins;
    for (std::size_t i = 0; i < stand_ins.size(); ++i) {
        if (((given.imputed >> i) & 1U) == 0) continue;
        out += (out.empty() ? "" : "; ") + stand_ins[i].attribute + " was missing, " + to_string(stand_ins[i].put) +
               " (" + std::string(to_string(stand_ins[i].what)) + ") stands in";
    }
    return out;
}

plan const& segmenter::definition() const noexcept { return plan_->compiled->definition; }
column_graph const& segmenter::graph() const noexcept { return plan_->compiled->graph(); }
std::string const& segmenter::hash() const noexcept { return plan_->compiled->hash; }

namespace {

/// What the fit saw must be what the host has.
void check_fingerprint(fitted_plan const& fitted, schema const& what, issue_list& issues) {
    for (auto const& seen : fitted.data()) {
        auto const at = what.find_attribute(seen.name);
        if (!at) continue; // features are checked through their fields; missing attributes by resolve
        type const now = what.attributes()[*at].what;
        if (now == seen.what || (now.is_text() && seen.what.is_text())) continue;
        issues.error("segmenter.retyped", seen.name, "the attribute has another type than when the plan was fitted",
                     to_string(now), to_string(seen.what), "Fit again, or give the attribute its old type.");
    }
}

} // namespace

segmenter compile(fitted_plan const& fitted, schema const& what, strategy_registry const& mechanisms) {
    issue_list issues;
    check_fingerprint(fitted, what, issues);
    issues.throw_if_errors();
    return segmenter(detail::make_request_plan(detail::compile_plan(fitted.definition(), &fitted, what, mechanisms)));
}

segmenter compile(fitted_plan const& fitted, strategy_registry const& mechanisms) {
    return compile(fitted, fitted.definition().source_schema(), mechanisms);
}

segmenter compile(plan const& definition, schema const& what, strategy_registry const& mechanisms) {
    return segmenter(detail::make_request_plan(detail::compile_plan(definition, nullptr, what, mechanisms)));
}

} // namespace v0
} // namespace segmenta
