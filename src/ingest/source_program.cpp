// SPDX-License-Identifier: Apache-2.0
#include "ingest/source_program.hpp"

#include <memory>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

std::shared_ptr<unit_table const> units_of(field_definition const& field, issue_list& issues) {
    if (field.unit.empty() && field.unit_words.empty()) return nullptr;
    auto made = field.unit.empty() ? std::optional(unit_table{}) : unit_table::of(field.unit);
    for (auto const& [word, text] : field.unit_words)
        if (auto const factor = parse_unit_factor(text); factor && made) made->add(word, *factor);
    if (made) return std::make_shared<unit_table>(std::move(*made));
    issues.error("plan.bad_unit", field.place.to_string(), "there is no such ready-made unit", field.unit);
    return nullptr;
}

wanted_column wanted_of(field_definition const& field, zone const& where, issue_list& issues) {
    wanted_column out;
    out.name = field.column.empty() ? field.name : field.column;
    out.what = field.what;
    out.where = where;
    out.units = units_of(field, issues);
    out.half_width = field.half_width;
    if (!field.format.empty()) {
        try {
            out.format = time_format(field.format, field.place.to_string());
        } catch (issue_error const& problem) {
            issues.append(problem.issues());
        }
    }
    return out;
}

void add_condition(source_program& out, std::string reason, std::string_view text, definition_place const& place,
                   issue_list& issues) {
    if (text.empty()) return;
    auto test = compile_rule(text, out.names, issues, place.to_string(), boolean_type);
    if (test) out.reject.push_back({std::move(reason), std::move(*test)});
}

} // namespace

source_program compile_source(source_definition const& definition, plan const& whole, issue_list& issues) {
    source_program out;
    out.definition = &definition;
    out.where = zone::parse(whole.zone());
    out.names.record_name("row").zone_name(whole.zone());
    for (std::size_t i = 0; i < definition.fields.size(); ++i) {
        field_definition const& field = definition.fields[i];
        out.names.variable(field.name, field.what);
        out.wanted.push_back(wanted_of(field, out.where, issues));
        if (field.minimum || field.maximum) out.ranged.push_back(i);
    }
    for (auto const& derived : definition.derive) {
        auto made = compile_rule(derived.text, out.names, issues, derived.place.to_string());
        if (!made) continue;
        out.names.variable(derived.name, made->result_type());
        out.derive.push_back(std::move(*made));
    }
    add_condition(out, "cancelled", definition.cancelled, definition.place, issues);
    for (auto const& rule : definition.reject)
        add_condition(out, rule.name, rule.text, rule.place, issues);

    auto const column = [&](std::string const& name, char const* key) -> std::size_t {
        auto const found = out.find(name);
        if (!found)
            issues.error("ingest.unknown_field", definition.place.to_string() + "/" + key,
                         "the source has no such field", name);
        return found.value_or(0);
    };
    out.id = column(definition.customer, "customer");
    if (definition.kind == source_kind::links) out.same_as = column(definition.same_as, "same_as");
    if (definition.kind == source_kind::history) {
        out.time = column(definition.time, "time");
        out.dates_only = !issues.has_errors() && out.what(out.time).base == kind::date;
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
