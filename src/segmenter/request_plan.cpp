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

/// What decides which rows count and which steps they do, and the fields that this and the aggregates read.
void compile_conditions(history_plan& of, environment const& names, std::string const& place, issue_list& issues) {
    auto const compiled = [&](std::string const& text) {
        auto made = compile_rule(text, names, issues, place, boolean_type);
        if (made)
            for (auto const variable : made->required_variables())
                of.fields.push_back(variable);
        return made;
    };
    for (auto const& group : of.features.groups()) {
        if (group.number) of.fields.push_back(*group.number);
        if (group.distinct) of.fields.push_back(*group.distinct);
        of.wheres.push_back(group.where.empty() ? std::nullopt : compiled(group.where));
    }
    for (auto const& task : of.features.tasks()) {
        if (task.field) of.fields.push_back(*task.field);
        auto& steps = of.steps.emplace_back();
        for (auto const& text : task.steps)
            if (auto made = compiled(text)) steps.push_back(std::move(*made));
    }
}

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
            out.steps[node].definition = static_cast<std::uint32_t>(n.definition);
            requests.push_back(*feature);
        }
        if (requests.empty()) continue;
        history_plan plan_of;
        plan_of.index = h;
        issue_list issues;
        plan_of.features = feature_set(rows, requests, issues);
        environment names;
        names.record_name("row").zone_name(compiled.definition.zone());
        for (auto const& f : rows.fields)
            names.variable(f.name, f.what);
        auto const time = rows.find(rows.time);
        plan_of.dates_only = time && rows.fields[*time].what.base == kind::date;
        if (auto const* const source = compiled.definition.find_source(rows.name); source != nullptr)
            plan_of.order_field = rows.find(source->order);
        if (plan_of.order_field) plan_of.fields.push_back(*plan_of.order_field);
        compile_conditions(plan_of, names, rows.name, issues);
        issues.throw_if_errors(); // resolve() has checked the same texts
        std::sort(plan_of.fields.begin(), plan_of.fields.end());
        plan_of.fields.erase(std::unique(plan_of.fields.begin(), plan_of.fields.end()), plan_of.fields.end());
        out.histories.push_back(std::move(plan_of));
    }
}

void guard(node_step& step, field const& read) {
    if (!read.purposes.empty()) step.fields.push_back(read);
}

/// The time, the aggregated field, that of the orders, and what the condition reads.
void guard_feature(history_plan const& rows, compiled_plan const& compiled, node_step& step) {
    history_schema const& what = compiled.what.histories()[rows.index];
    feature_request const& asked = *compiled.definition.columns()[step.definition].feature();
    if (auto const time = what.find(what.time)) guard(step, what.fields[*time]);
    if (auto const read = what.find(asked.field)) guard(step, what.fields[*read]);
    bool const orders = asked.what == aggregate::orders || asked.what == aggregate::average_order_value;
    if (orders && rows.order_field) guard(step, what.fields[*rows.order_field]);
    auto const guard_all = [&](program const& condition) {
        for (auto const variable : condition.required_variables())
            guard(step, what.fields[variable]);
    };
    if (auto const& where = rows.wheres[step.group]) guard_all(*where);
    if (!step.task) return;
    for (auto const& condition : rows.steps[*step.task])
        guard_all(condition);
}

/// Whether a strategy says itself when the day changes its answer, and its condition does not read the day as well.
bool knows_day(compiled_plan const& compiled, std::size_t node) {
    if (!compiled.resolved.strategies[node]->time_dependent) return false;
    auto const& condition = compiled.resolved.conditions[node];
    if (!condition) return true;
    auto const names = condition->required_names();
    return std::none_of(names.begin(), names.end(), [&](std::string const& name) {
        auto const read = compiled.graph().find(name);
        return read && compiled.moment_of(*read);
    });
}

void plan_attribute(compiled_plan const& compiled, std::size_t node, node_step& step) {
    step.attribute = static_cast<std::uint32_t>(compiled.graph()[node].definition);
    if (auto const of = compiled.flag_of(node)) {
        step.from = node_step::source::flag;
        step.policy = static_cast<std::uint32_t>(*of);
        return; // what its attribute is refused for, it is refused for as well: it reads it
    }
    if (auto const with = compiled.stand_in_of(node)) {
        step.policy = static_cast<std::uint32_t>(*with);
        step.put = &compiled.stand_ins[*with];
    }
    if (auto const which = compiled.moment_of(node))
        step.from = *which == 0 ? node_step::source::as_of : node_step::source::as_of_day;
    else
        guard(step, compiled.what.attributes()[step.attribute]);
}

void plan_feature(request_plan const& out, node_step& step) {
    history_plan const& rows = out.histories[step.history];
    step.group = static_cast<std::uint32_t>(rows.features.group_of(step.feature));
    step.what = rows.features.what(step.feature);
    step.summed = rows.features.field(step.feature);
    if (auto const task = rows.features.task_of(step.feature)) step.task = static_cast<std::uint32_t>(*task);
    guard_feature(rows, *out.compiled, step);
}

void plan_rule(request_plan& out, std::size_t node, node_step& step) {
    step.from = node_step::source::rule;
    step.rule = &*out.compiled->resolved.rules[node];
    step.makes_text = step.result.is_text() || step.result.base == kind::category_set;
    step.text_scratch = static_cast<std::uint32_t>(out.text_rules);
    out.text_rules += step.makes_text ? 1 : 0;
    std::string_view const name = out.compiled->graph()[node].name;
    if (!name.starts_with(tag_prefix)) return;
    if (auto const* tag = out.compiled->definition.find_tag(name.substr(tag_prefix.size())))
        guard(step, {std::string{name}, boolean_type, sensitivity::open, tag->what.purposes});
}

void plan_strategy(request_plan& out, std::size_t node, node_step& step) {
    compiled_plan const& compiled = *out.compiled;
    step.from = node_step::source::strategy;
    step.strategy = &compiled.strategies[node];
    step.population = step.strategy->is_population();
    step.scores = compiled.scores(node);
    step.whole_scores = step.scores && compiled.resolved.strategies[node]->whole_scores;
    if (auto const& segments = compiled.segment_pools[node])
        for (std::uint32_t code = 0; code < segments->size(); ++code)
            step.segments.push_back(segments->view(code));
    if (knows_day(compiled, node)) step.until = node_step::limit::own_day;
    step.inputs = static_cast<std::uint32_t>(out.inputs);
    step.input_count = static_cast<std::uint32_t>(compiled.resolved.strategies[node]->reads.size());
    out.inputs += step.input_count;
}

void plan_steps(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    for (std::size_t node = 0; node < compiled.graph().size(); ++node) {
        node_step& step = out.steps[node];
        step.reads = compiled.graph().reads(node);
        step.result = compiled.graph()[node].what;
        if (auto const& condition = compiled.resolved.conditions[node]) step.condition = &*condition;
        switch (compiled.graph()[node].origin) {
        case column_origin::attribute: plan_attribute(compiled, node, step); break;
        case column_origin::feature: plan_feature(out, step); break;
        case column_origin::rule: plan_rule(out, node, step); break;
        case column_origin::strategy: plan_strategy(out, node, step); break;
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
            for (std::size_t w = 0; w < out.words; ++w)
                own[w] |= out.closures[read * out.words + w];
    }
    std::vector<std::uint64_t> needed(out.words);
    for (auto const& output : out.outputs)
        for (std::size_t w = 0; w < out.words; ++w)
            needed[w] |= out.closures[output.node * out.words + w];
    for (std::uint32_t const node : graph.order())
        if (((needed[node / 64] >> (node % 64)) & 1U) != 0) out.output_order.push_back(node);
}

/// What ends an answer beside the days that the strategy counts itself.
void plan_ends(request_plan& out) {
    for (auto& step : out.steps)
        for (std::uint32_t const read : step.reads)
            if (step.until != node_step::limit::own_day || out.steps[read].from != node_step::source::as_of_day)
                step.ends_with.push_back(read);
}

/// Who is left out, and which stand-ins each answer may rest on.
void plan_stand_ins(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    for (std::size_t i = 0; i < compiled.stand_ins.size(); ++i) {
        stand_in const& with = compiled.stand_ins[i];
        if (with.what == missing_action::drop) {
            out.needed.push_back(static_cast<std::uint32_t>(compiled.graph()[with.node].definition));
            continue;
        }
        for (std::size_t node = 0; node < out.steps.size(); ++node)
            if (((out.closures[node * out.words + with.node / 64] >> (with.node % 64)) & 1U) != 0)
                out.steps[node].imputable |= std::uint64_t{1} << i;
    }
}

bool counts_days(compiled_plan const& compiled, std::uint32_t node) {
    column_node const& n = compiled.graph()[node];
    if (n.origin != column_origin::feature || compiled.resolved.conditions[node]) return false;
    auto const& feature = *compiled.definition.columns()[n.definition].feature();
    bool const counts = feature.what == aggregate::recency_days || feature.what == aggregate::tenure_days;
    // A window or calendar would change the answer by itself.
    return counts && feature.window.empty() && feature.until.empty() && feature.calendar.empty();
}

/// The days that are tabulated, then some beyond them: an answer that does not differ there is held to be the last.
std::vector<std::int64_t> days_to_ask() {
    std::vector<std::int64_t> out;
    for (std::int64_t day = 0; day < tabulated_days; ++day)
        out.push_back(day);
    for (std::int64_t day = tabulated_days; day < std::int64_t{1} << 32; day += day / 8)
        out.push_back(day);
    return out;
}

/// Values at which the answer over 0, 1, 2, ... days differs from the one before.
template <class Differs>
void keep_steps(node_step& step, std::size_t asked, Differs differs) {
    step.until = node_step::limit::day_steps;
    for (std::size_t day = 1; day < tabulated_days; ++day)
        if (differs(day - 1, day)) step.day_steps.push_back(static_cast<std::int64_t>(day));
    step.last_step_holds = true;
    for (std::size_t i = tabulated_days; i < asked; ++i)
        step.last_step_holds = step.last_step_holds && !differs(i - 1, i);
}

void tabulate_strategy(compiled_plan const& compiled, std::uint32_t node, column_view const& days, node_step& step) {
    std::vector<assignment> answers(days.size);
    compiled.strategies[node].assign(block{days.size, {&days, 1}}, answers);
    bool const scores = compiled.scores(node);
    keep_steps(step, days.size, [&](std::size_t a, std::size_t b) {
        return answers[a].segment != answers[b].segment || answers[a].standing != answers[b].standing ||
               (scores && answers[a].score != answers[b].score);
    });
}

void tabulate_rule(compiled_plan const& compiled, std::uint32_t node, column_view const& days, node_step& step) {
    std::vector<column_view> columns(compiled.graph().size());
    auto const order = compiled.graph().order();
    columns[static_cast<std::size_t>(std::find(order.begin(), order.end(), step.day_input) - order.begin())] = days;
    rule_scratch scratch;
    auto const answers = compiled.resolved.rules[node]->evaluate(block{days.size, columns}, scratch);
    keep_steps(step, days.size, [&](std::size_t a, std::size_t b) {
        return answers.state(a) != answers.state(b) || answers.is_true(a) != answers.is_true(b);
    });
}

void tabulate_day_steps(request_plan& out) {
    compiled_plan const& compiled = *out.compiled;
    std::vector<std::int64_t> const days = days_to_ask();
    column_view const counting{int64_type, days.size(), days.data(), nullptr, nullptr, nullptr};
    for (std::uint32_t node = 0; node < compiled.graph().size(); ++node) {
        auto const reads = compiled.graph().reads(node);
        if (reads.size() != 1 || !counts_days(compiled, reads[0]) || compiled.resolved.conditions[node]) continue;
        node_step& step = out.steps[node];
        step.day_input = reads[0];
        if (step.from == node_step::source::strategy && !step.population && step.until == node_step::limit::inputs)
            tabulate_strategy(compiled, node, counting, step);
        else if (step.from == node_step::source::rule && compiled.graph()[node].what.base == kind::boolean)
            tabulate_rule(compiled, node, counting, step);
    }
}

/// Names, types and order: handles and memory made for one schema do not serve another.
std::uint64_t hash_of(schema const& what) {
    std::uint64_t out = 0;
    auto const add = [&](std::string_view text) { out = hash_combine(out, hash_bytes(text)); };
    auto const add_fields = [&](std::span<field const> fields) {
        for (auto const& f : fields) {
            add(f.name);
            add(to_string(f.what));
        }
    };
    add_fields(what.attributes());
    for (auto const& h : what.histories()) {
        add(h.name);
        add(h.time);
        add_fields(h.fields);
    }
    return out;
}

} // namespace

std::shared_ptr<request_plan const> make_request_plan(std::shared_ptr<compiled_plan const> compiled) {
    auto out = std::make_shared<request_plan>();
    out->compiled = std::move(compiled);
    out->id = hash_combine(hash_bytes(out->compiled->hash), hash_of(out->compiled->what));
    out->steps.resize(out->compiled->graph().size());
    for (auto const node : out->compiled->resolved.outputs)
        out->outputs.push_back({node, out->id});
    plan_histories(*out);
    plan_steps(*out);
    plan_closures(*out);
    plan_stand_ins(*out);
    tabulate_day_steps(*out);
    plan_ends(*out);
    out->tags = make_tag_index(*out);
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
