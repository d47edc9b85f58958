// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/plan_builder.hpp>

#include "plan/keys.hpp"
#include "plan/reader.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

column_definition with_notes(std::string name, column_notes notes) {
    column_definition column;
    column.name = std::move(name);
    column.applies_to = std::move(notes.applies_to);
    column.meaning = std::move(notes.meaning);
    column.source = std::move(notes.source);
    return column;
}

/// A file would refuse these by itself; writing one would lose them.
issue_list what_json_cannot_say(plan_parts const& parts) {
    issue_list issues;
    auto const common = detail::key_names(detail::strategy_keys);
    std::set<std::string> names;
    for (auto const& source : parts.sources)
        if (!names.insert(source.name).second)
            issues.error("plan.duplicate_name", parts.id, "two sources have one name", source.name);
    names.clear();
    for (auto const& policy : parts.when_missing) {
        if (!names.insert(policy.attribute).second)
            issues.error("plan.duplicate_name", parts.id, "one attribute has two policies for missing values",
                         policy.attribute);
        if (policy.what != missing_action::constant) continue;
        try {
            (void)detail::parse_json(policy.constant);
        } catch (issue_error const&) {
            issues.error("plan.bad_missing", parts.id, "the constant is no JSON", detail::shown(policy.constant), {},
                         "Write texts with their quotes: \"\\\"none\\\"\".");
        }
    }
    names.clear();
    for (auto const& entry : parts.tags)
        if (!names.insert(entry.what.name).second)
            issues.error("plan.duplicate_name", parts.id, "two tags have one name", entry.what.name);
    names.clear();
    for (auto const& column : parts.columns) {
        if (!names.insert(column.name).second)
            issues.error("plan.duplicate_name", parts.id, "two columns have one name", column.name);
        auto const* strategy = column.strategy();
        if (strategy == nullptr) continue;
        std::string const place = parts.id + " /columns/" + column.name;
        try {
            auto const own = detail::parse_json(strategy->parameters, {.source = place});
            if (!own.is_object()) {
                issues.error("plan.bad_parameters", place, "the parameters of a strategy are a JSON object",
                             detail::shown(strategy->parameters));
                continue;
            }
            for (auto const& key : common)
                if (own.get_object().contains(key))
                    issues.error("plan.bad_parameters", place, "this key is no parameter of the mechanism",
                                 detail::shown(key), {}, "Use the member of the definition.");
        } catch (issue_error const& error) {
            for (auto problem : error.issues()) {
                problem.code = "plan.bad_parameters";
                issues.add(std::move(problem));
            }
        }
    }
    return issues;
}

} // namespace

plan_builder::plan_builder(std::string id) { parts_.id = std::move(id); }

plan_builder& plan_builder::title(std::string locale, std::string text) {
    parts_.titles.emplace_back(std::move(locale), std::move(text));
    return *this;
}

plan_builder& plan_builder::zone(std::string name) {
    parts_.zone = std::move(name);
    return *this;
}

plan_builder& plan_builder::locale(std::string tag) {
    parts_.locale = std::move(tag);
    return *this;
}

plan_builder& plan_builder::source(source_definition source) {
    for (auto& field : source.fields)
        if (field.column.empty()) field.column = field.name;
    parts_.sources.push_back(std::move(source));
    return *this;
}

plan_builder& plan_builder::when_missing(std::string attribute, missing_action what, std::string constant) {
    parts_.when_missing.push_back({std::move(attribute), what, std::move(constant), {}});
    return *this;
}

plan_builder& plan_builder::rule(std::string name, std::string text, column_notes notes) {
    auto column = with_notes(std::move(name), std::move(notes));
    column.what = rule_definition{std::move(text)};
    parts_.columns.push_back(std::move(column));
    return *this;
}

plan_builder& plan_builder::feature(std::string name, feature_request request, column_notes notes) {
    auto column = with_notes(std::move(name), std::move(notes));
    column.what = std::move(request);
    parts_.columns.push_back(std::move(column));
    return *this;
}

plan_builder& plan_builder::strategy(std::string name, strategy_definition definition, column_notes notes) {
    auto column = with_notes(std::move(name), std::move(notes));
    if (definition.scheme.empty()) definition.scheme = column.name;
    column.what = std::move(definition);
    parts_.columns.push_back(std::move(column));
    return *this;
}

plan_builder& plan_builder::strategy(strategy_column const& column, column_notes notes) {
    auto const& use = column.use;
    return strategy(column.name, strategy_definition{use.kind, use.scheme, use.reads, use.parameters},
                    std::move(notes));
}

plan_builder& plan_builder::strategies(std::vector<strategy_column> const& columns) {
    for (auto const& column : columns)
        strategy(column);
    return *this;
}

plan_builder& plan_builder::tag(tag_definition tag) {
    parts_.tags.push_back({std::move(tag), {}, false});
    return *this;
}

plan_builder& plan_builder::taxonomy(std::vector<taxonomy_node> roots) {
    parts_.taxonomy = std::move(roots);
    return *this;
}

plan_builder& plan_builder::output(std::string name) {
    parts_.outputs.push_back(std::move(name));
    return *this;
}

std::string plan_builder::to_json() const {
    what_json_cannot_say(parts_).throw_if_errors();
    plan_parts parts = parts_;
    return detail::plan_text(parts);
}

plan plan_builder::build(strategy_registry const& mechanisms) const {
    return parse_plan(to_json(), parts_.id, mechanisms);
}

} // namespace v0
} // namespace segmenta
