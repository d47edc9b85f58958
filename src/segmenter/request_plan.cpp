// SPDX-License-Identifier: Apache-2.0
#include "segmenter/request_plan.hpp"

#include <segmenta/base/hash.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Days for which the answers of day-counting columns are tabulated: a hundred years.
constexpr std::int64_t tabulated_days = 36'525;

void plan_histories(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    for (std::size_t h = 0; h < compiled.what.histories().size(); ++h) {
        history_schema const& rows = compiled.what.histories()[h];
        std::vector<feature_request> requests;
        auto const index = static_cast<std::uint32_t>(out.histories.size());
        for (std::size_t node = 0; node < compiled.graph().size(); ++node) {
            column_node const& n = compiled.graph()[node];
            if (n.origin != column_origin::feature) continue;
            auto const* const feature = compiled.definition.columns()[n.definition].feature();
            if (feature->history != rows.name) continue;
            out.steps[node].from = node_step::source::feature;
            out.steps[node].history = index;
            out.steps[node].feature = static_cast<std::uint32_t>(requests.size());
            requests.push_back(*feature);
        }
        if (requests.empty()) continue;
        history_plan plan_of;
        plan_of.index = h;
        issue_list issues;
        plan_of.features = feature_set(rows, requests, issues);
        environment names;
        names.record_name("row").zone_name(compiled.definition.zone());
        for (auto const& f : rows.fields) names.variable(f.name, f.what);
        auto const time = rows.find(rows.time);
        plan_of.dates_only = time && rows.fields[*time].what.base == kind::date;
        if (auto const* const source = compiled.definition.find_source(rows.name); source != nullptr)
            plan_of.order_field = rows.find(source->order);
        if (plan_of.order_field) plan_of.fields.push_back(*plan_of.order_field);
        for (auto const& group : plan_of.features.groups()) {
            plan_of.wheres.emplace_back();
            if (group.number) plan_of.fields.push_back(*group.number);
            if (group.distinct) plan_of.fields.push_back(*group.distinct);
            if (group.where.empty()) continue;
            plan_of.wheres.back() = compile_rule(group.where, names, issues, rows.name, boolean_type);
            if (!plan_of.wheres.back()) continue;
            for (auto const variable : plan_of.wheres.back()->required_variables()) plan_of.fields.push_back(variable);
        }
        issues.throw_if_errors(); // resolve() has checked the same texts
        std::sort(plan_of.fields.begin(), plan_of.fields.end());
        plan_of.fields.erase(std::unique(plan_of.fields.begin(), plan_of.fields.end()), plan_of.fields.end());
        out.histories.push_back(std::move(plan_of));
    }
}

void plan_steps(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    for (std::size_t node = 0; node < compiled.graph().size(); ++node) {
        column_node const& n = compiled.graph()[node];
        node_step& step = out.steps[node];
        switch (n.origin) {
        case column_origin::attribute:
            step.attribute = static_cast<std::uint32_t>(n.definition);
            if (auto const which = compiled.moment_of(node))
                step.from = *which == 0 ? node_step::source::as_of : node_step::source::as_of_day;
            break;
        case column_origin::feature: break; // plan_histories
        case column_origin::rule:
            step.from = node_step::source::rule;
            step.text_scratch = static_cast<std::uint32_t>(out.text_rules);
            out.text_rules += n.what.is_text() || n.what.base == kind::category_set ? 1 : 0;
            break;
        case column_origin::strategy:
            step.from = node_step::source::strategy;
            step.population = compiled.strategies[node].is_population();
            step.inputs = static_cast<std::uint32_t>(out.inputs);
            out.inputs += compiled.resolved.strategies[node]->reads.size();
            break;
        }
    }
}

void plan_closures(request_plan& out) {
    column_graph const& graph = out.compiled->graph();
    out.words = (graph.size() + 63) / 64;
    out.closures.assign(graph.size() * out.words, 0);
    for (std::uint32_t const node : graph.order()) {
        std::uint64_t* const own = &out.closures[node * out.words];
        own[node / 64] |= std::uint64_t{1} << (node % 64);
        for (std::uint32_t const read : graph.reads(node))
            for (std::size_t w = 0; w < out.words; ++w) own[w] |= out.closures[read * out.words + w];
    }
    out.output_closure.assign(out.words, 0);
    for (auto const& output : out.outputs)
        for (std::size_t w = 0; w < out.words; ++w) out.output_closure[w] |= out.closures[output.node * out.words + w];
}

bool counts_days(compiled_plan const& compiled, std::uint32_t node) {
    column_node const& n = compiled.graph()[node];
    if (n.origin != column_origin::feature || compiled.resolved.conditions[node]) return false;
    auto const& feature = *compiled.definition.columns()[n.definition].feature();
    return feature.window.empty() &&
           (feature.what == aggregate::recency_days || feature.what == aggregate::tenure_days);
}

/// Values at which the answer over 0, 1, 2, … days differs from the one before.
template <class Differs>
std::vector<std::int64_t> steps_of(Differs differs) {
    std::vector<std::int64_t> out;
    for (std::int64_t day = 1; day < tabulated_days; ++day)
        if (differs(static_cast<std::size_t>(day - 1), static_cast<std::size_t>(day))) out.push_back(day);
    return out;
}

void tabulate_day_steps(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    std::vector<std::int64_t> days(tabulated_days);
    for (std::size_t i = 0; i < days.size(); ++i) days[i] = static_cast<std::int64_t>(i);
    column_view const counting{int64_type, days.size(), days.data(), nullptr, nullptr, nullptr};
    for (std::uint32_t node = 0; node < compiled.graph().size(); ++node) {
        auto const reads = compiled.graph().reads(node);
        if (reads.size() != 1 || !counts_days(compiled, reads[0]) || compiled.resolved.conditions[node]) continue;
        node_step& step = out.steps[node];
        step.day_input = reads[0];
        if (step.from == node_step::source::strategy && !step.population &&
            !compiled.resolved.strategies[node]->time_dependent) {
            std::vector<assignment> answers(days.size());
            compiled.strategies[node].assign(block{days.size(), {&counting, 1}}, answers);
            bool const scores = compiled.scores(node);
            step.day_steps = steps_of([&](std::size_t a, std::size_t b) {
                return answers[a].segment != answers[b].segment || answers[a].standing != answers[b].standing ||
                       (scores && answers[a].score != answers[b].score);
            });
        } else if (step.from == node_step::source::rule && compiled.graph()[node].what.base == kind::boolean) {
            program const& rule = *compiled.resolved.rules[node];
            std::vector<column_view> columns(compiled.graph().size());
            auto const order = compiled.graph().order();
            columns[static_cast<std::size_t>(std::find(order.begin(), order.end(), reads[0]) - order.begin())] = counting;
            rule_scratch scratch;
            auto const answers = rule.evaluate(block{days.size(), columns}, scratch);
            step.day_steps = steps_of([&](std::size_t a, std::size_t b) {
                return answers.state(a) != answers.state(b) || answers.is_true(a) != answers.is_true(b);
            });
        }
    }
}

} // namespace

std::shared_ptr<request_plan const> make_request_plan(std::shared_ptr<compiled_plan const> compiled) {
    auto out = std::make_shared<request_plan>();
    out->compiled = std::move(compiled);
    out->id = hash_bytes(out->compiled->hash);
    // The same plan over another schema numbers its nodes differently.
    for (auto const& n : out->compiled->graph().nodes()) out->id = hash_combine(out->id, hash_bytes(n.name));
    out->steps.resize(out->compiled->graph().size());
    for (auto const node : out->compiled->resolved.outputs) out->outputs.push_back({node, out->id});
    plan_histories(*out);
    plan_steps(*out);
    plan_closures(*out);
    tabulate_day_steps(*out);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
