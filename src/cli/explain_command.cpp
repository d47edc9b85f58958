// SPDX-License-Identifier: Apache-2.0
// `segmenta explain`: why one customer, given as JSON, has a tag or a segment.
#include "cli/explain_command.hpp"

#include "base/file.hpp"
#include "base/json.hpp"
#include "cli/moment.hpp"
#include "cli/standard_input.hpp"
#include "cli/usage.hpp"

#include <segmenta/model/model_strategies.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/customer_record.hpp>
#include <segmenta/rule/readable.hpp>
#include <segmenta/segmenter/fitted_plan.hpp>
#include <segmenta/segmenter/segmenter.hpp>
#include <segmenta/time/zone.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <utility>

namespace segmenta::cli {
namespace {

constexpr std::size_t longest_customer = 64U << 20;

std::string read_customer(std::string const& file) {
    if (file != "-") return detail::read_file(file, longest_customer);
    return rest_of(std::cin);
}

/// Keys that mean nothing: `read_json` passes them over, but here a slip would explain away what the customer has.
void warn_of_unknown(boost::json::object const& given, std::vector<std::string> const& known,
                     std::string const& place) {
    for (auto const& member : given) {
        std::string const key = member.key();
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        auto const near = nearest_name(key, known);
        fmt::print(stderr, "warning {}/{}: the plan knows no such field, so it is passed over.{}\n", place, key,
                   near.empty() ? "" : " Did you mean " + std::string(near) + "?");
    }
}

void warn_of_unknown(std::string const& text, plan const& definition) {
    auto const given = detail::parse_json(text);
    if (!given.is_object()) return;
    schema const& what = definition.source_schema();
    std::vector<std::string> known;
    for (auto const& attribute : what.attributes())
        known.push_back(attribute.name);
    for (auto const& source : definition.sources()) // ids are fields, too
        known.push_back(source.customer);
    for (auto const& rows : what.histories()) {
        known.push_back(rows.name);
        auto const* const list = given.get_object().if_contains(rows.name);
        if (list == nullptr || !list->is_array()) continue;
        std::vector<std::string> fields;
        for (auto const& f : rows.fields)
            fields.push_back(f.name);
        for (std::size_t i = 0; i < list->get_array().size(); ++i)
            if (auto const* const row = list->get_array()[i].if_object())
                warn_of_unknown(*row, fields, "/" + rows.name + "/" + std::to_string(i));
    }
    warn_of_unknown(given.get_object(), known, "");
}

segmenter compiled(explain_arguments const& a) {
    strategy_registry const mechanisms = registry_with_models();
    if (!a.fitted.empty()) return compile(read_fitted_plan(a.fitted, mechanisms), mechanisms);
    plan const definition = read_plan(a.plan, mechanisms);
    if (definition.sources().empty())
        throw issue_error("cli.explain", a.plan.string(),
                          "the plan names no sources, so nobody knows what a customer is", {}, {},
                          "Ask the host that has the customers: segmenter::explain.");
    return compile(definition, definition.source_schema(), mechanisms);
}

std::vector<output_handle> chosen(explain_arguments const& a, segmenter const& seg) {
    std::vector<output_handle> out;
    for (auto const& name : a.columns) {
        std::string const tag = tag_column(name);
        out.push_back(seg.output(seg.graph().find(tag) ? std::string_view{tag} : std::string_view{name}));
    }
    if (!a.columns.empty()) return out;
    for (auto const& entry : seg.definition().tags())
        if (auto const node = seg.graph().find(tag_column(entry.what.name)))
            out.push_back(seg.output(tag_column(entry.what.name)));
    if (!out.empty()) return out;
    return {seg.outputs().begin(), seg.outputs().end()};
}

} // namespace

void explain(explain_arguments const& a) {
    refuse_repeats(a.columns, "--column");
    refuse_repeats(a.immutable, "--immutable");
    segmenter const seg = compiled(a);
    std::string const locale = a.locale.empty() ? seg.definition().locale() : a.locale;
    if (!readable_language_of(locale))
        throw issue_error("cli.locale", "--locale", "there are no words in this language", locale,
                          "en, zh-Hans, zh-Hant");
    zone const where = zone::parse(seg.definition().zone());
    instant const when = moment_of(a.as_of, where);
    customer_record who(record_layout(seg.definition().source_schema(), where));
    std::string const customer = read_customer(a.customer);
    read_json(customer, who, a.customer == "-" ? "standard input" : a.customer);
    warn_of_unknown(customer, seg.definition());
    explain_options options;
    options.immutable = a.immutable;
    bool first = true;
    for (auto const handle : chosen(a, seg)) {
        auto const why = seg.explain(who.view(), {.as_of = when, .purpose = a.purpose}, handle, options);
        if (a.json)
            fmt::print("{}\n", to_json(why));
        else
            fmt::print("{}{}", std::exchange(first, false) ? "" : "\n", to_text(why, locale));
    }
}

} // namespace segmenta::cli
