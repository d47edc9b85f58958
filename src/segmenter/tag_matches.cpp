// SPDX-License-Identifier: Apache-2.0
// All tags of one customer by the index over their rules.
#include <segmenta/segmenter/tag_matches.hpp>

#include "plan/reader.hpp"
#include "segmenter/request_plan.hpp"

#include <segmenta/segmenter/segmenter.hpp>

#include <algorithm>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Whether the column is there and answers yes.
expression rule_of(compiled_plan const& compiled, std::uint32_t node) {
    expression const& rule = compiled.resolved.rules[node]->source();
    auto const& condition = compiled.resolved.conditions[node];
    if (!condition) return rule;
    return parse_expression("(" + to_string(condition->source()) + ") && (" + to_string(rule) + ")",
                            {.max_bytes = std::size_t{1} << 24, .max_depth = 400});
}

} // namespace

std::unique_ptr<tag_index const> make_tag_index(request_plan const& plan) {
    compiled_plan const& compiled = *plan.compiled;
    auto out = std::make_unique<tag_index>();
    std::vector<expression> rules;
    std::vector<std::uint32_t> reads;
    for (auto const& entry : compiled.definition.tags()) {
        auto const found = compiled.graph().find(tag_column(entry.what.name));
        if (found) {
            auto const own = compiled.graph().find(own_rule_column(entry.what.name));
            out->remembered.push_back({static_cast<std::uint32_t>(own.value_or(*found)), plan.id});
            out->of.push_back(entry.what.name);
        }
        if (!found || compiled.graph()[*found].what.base != kind::boolean) continue;
        auto const node = static_cast<std::uint32_t>(*found);
        if (!entry.what.purposes.empty())
            out->limited.emplace_back(static_cast<std::uint32_t>(rules.size()), entry.what.purposes);
        rules.push_back(rule_of(compiled, node));
        out->names.push_back(entry.what.name);
        out->nodes.push_back(node);
        for (std::uint32_t const read : compiled.graph().reads(node))
            reads.push_back(read);
    }
    std::sort(reads.begin(), reads.end());
    reads.erase(std::unique(reads.begin(), reads.end()), reads.end());
    for (std::uint32_t const read : reads)
        out->reads.push_back({read, plan.id});
    out->index = build_rule_index(rules, compiled.resolved.names);
    for (std::size_t rule = 0; rule < rules.size(); ++rule)
        out->positions.push_back(out->index->position(rule));
    return out;
}

} // namespace detail

std::span<std::uint32_t const> tag_matches::list() noexcept {
    if (index_ == nullptr) return {};
    return std::span<std::uint32_t const>(list_).first(index_->list_rules(held_.view(), list_));
}

std::span<output_handle const> segmenter::tag_outputs() const noexcept { return plan_->tags->remembered; }

tag_change_set segmenter::advance_tags(tag_state const& state, classification const& now) const {
    std::vector<tag_answer> answers;
    std::vector<std::string> values;
    auto const& tags = *plan_->tags;
    values.reserve(tags.of.size()); // answers look into it
    for (std::size_t i = 0; i < tags.of.size(); ++i) {
        answer const given = now[tags.remembered[i]];
        tag_answer& said = answers.emplace_back();
        said.tag = tags.of[i];
        if (given.state != status::ok) continue;
        said.holds = given.holds().value_or(true);
        if (given.holds()) continue;
        values.push_back(to_string(given.result));
        said.value = values.back();
    }
    return v0::advance(state, answers, definition().tag_taxonomy(),
                   {.as_of = now.as_of(), .where = plan_->compiled->where, .version = hash()});
}

std::span<std::string const> segmenter::tag_names() const noexcept { return plan_->tags->names; }

tag_matches segmenter::make_tag_matches() const {
    tag_matches out;
    out.read_ = make_classification();
    out.held_ = bitmap(plan_->tags->names.size());
    out.list_.resize(plan_->tags->names.size());
    out.positions_ = plan_->tags->positions;
    out.index_ = &*plan_->tags->index;
    return out;
}

void segmenter::match_tags(customer_view const& customer, query const& asked, tag_matches& found) const noexcept {
    found.valid_until_ = instant::never();
    auto const nothing = [&](status why) {
        found.held_.fill(false);
        found.state_ = why;
    };
    detail::tag_index const& tags = *plan_->tags;
    if (found.index_ != &*tags.index) return nothing(status::wrong_plan);
    query what = asked;
    what.outputs = tags.reads;
    what.prior = nullptr;
    if (tags.reads.empty()) what.outputs = {}; // nothing but constants: the plan's outputs will do
    classify(customer, what, found.read_);
    classification::state const& read = *found.read_.inner();
    if (read.other_plan) return nothing(status::wrong_plan);
    if (read.left_out) return nothing(status::not_applicable);
    row_source const row(&read, [](void const* context, std::size_t variable) noexcept {
        auto const& from = *static_cast<classification::state const*>(context);
        std::uint32_t const node = from.plan->compiled->graph().order()[variable];
        return detail::value_of(from.slots[node], from.plan->steps[node].result);
    });
    found.state_ = tags.index->match(row, found.held_, found.scratch_);
    if (found.state_ != status::ok) return nothing(found.state_);
    found.valid_until_ = found.read_.valid_until();
    if (asked.purpose.empty()) return;
    for (auto const& [tag, purposes] : tags.limited)
        if (std::find(purposes.begin(), purposes.end(), asked.purpose) == purposes.end())
            found.held_.reset(tags.positions[tag]);
    // What may not be read looked missing to the index; a tag that reads it is not to be told at all.
    for (std::size_t tag = 0; tag < tags.nodes.size(); ++tag)
        for (std::uint32_t const node : plan_->steps[tags.nodes[tag]].reads)
            if (read.slots[node].state == status::refused) found.held_.reset(tags.positions[tag]);
}

} // namespace v0
} // namespace segmenta
