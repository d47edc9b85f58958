// SPDX-License-Identifier: Apache-2.0
// A plan written as JSON: as a file that reads back to an equal plan, and in the canonical form that is hashed.
#include "base/json_order.hpp"
#include "plan/reader.hpp"

#include <segmenta/record/decimal.hpp>
#include <segmenta/time/parse.hpp>


namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

using boost::json::array;
using boost::json::object;
using json = boost::json::value;

/// The two forms differ in what they leave out and in how they write what has an order of its own.
enum class form { file, canonical };

array texts(std::vector<std::string> const& list) {
    array result;
    for (auto const& text : list)
        result.emplace_back(text);
    return result;
}

json limit(value const& v) {
    switch (v.base()) {
    case kind::int64: return v.as_int();
    case kind::float64: return v.as_double();
    case kind::decimal: return json(to_string(decimal{v.as_units(), v.what().scale}));
    case kind::date: return json(to_string(v.as_date()));
    default: return json(to_string(v.as_instant()));
    }
}

std::string one(char c) { return c == '\0' ? std::string{} : std::string(1, c); }

object format_json(source_format const& format) {
    csv_dialect const usual;
    csv_dialect const& d = format.dialect;
    object result;
    if (format.what == file_type::jsonl) result["type"] = "jsonl";
    if (!d.missing.empty()) result["missing"] = texts(d.missing);
    if (format.what == file_type::jsonl) return result;
    if (d.encoding != usual.encoding) result["encoding"] = d.encoding;
    if (d.blanks)
        result["delimiter"] = "blanks";
    else if (d.delimiter != usual.delimiter)
        result["delimiter"] = d.delimiter == '\t' ? std::string{"tab"} : one(d.delimiter);
    if (d.quote != usual.quote) result["quote"] = one(d.quote);
    if (!d.header) result["header"] = false;
    if (!d.names.empty()) result["names"] = texts(d.names);
    if (d.trim) result["trim"] = true;
    if (d.comment != '\0') result["comment"] = one(d.comment);
    return result;
}

json field_json(field_definition const& field) {
    object result;
    if (field.column != field.name) result["column"] = field.column;
    if (!field.format.empty()) result["format"] = field.format;
    if (!field.unit.empty()) result["units"] = field.unit;
    if (!field.unit_words.empty()) {
        object words;
        for (auto const& [word, factor] : field.unit_words)
            words[word] = factor;
        result["units"] = std::move(words);
    }
    if (field.half_width) result["half_width"] = true;
    if (field.minimum) result["minimum"] = limit(*field.minimum);
    if (field.maximum) result["maximum"] = limit(*field.maximum);
    if (field.level != sensitivity::open) result["sensitivity"] = to_string(field.level);
    if (!field.purposes.empty()) result["purposes"] = texts(field.purposes);
    std::string const what = to_string(field.what);
    if (result.empty()) return json(what);
    result["type"] = what;
    return result;
}

/// Their order means something, which an object with sorted keys would lose.
json expressions(std::vector<named_expression> const& list, form how) {
    if (how == form::canonical) {
        array result;
        for (auto const& e : list)
            result.push_back(array{json(e.name), json(e.text)});
        return result;
    }
    object result;
    for (auto const& e : list)
        result[e.name] = e.text;
    return result;
}

object source_json(source_definition const& source, form how) {
    object result;
    if (source.kind == source_kind::customers) result["kind"] = "customers";
    if (source.kind == source_kind::links) result["kind"] = "links";
    if (auto format = format_json(source.format); !format.empty()) result["format"] = std::move(format);
    object fields;
    for (auto const& field : source.fields)
        fields[field.name] = field_json(field);
    result["fields"] = std::move(fields);
    result["customer"] = source.customer;
    if (!source.same_as.empty()) result["same_as"] = source.same_as;
    if (!source.time.empty()) result["time"] = source.time;
    if (!source.order.empty()) result["order"] = source.order;
    if (!source.event_id.empty()) result["event_id"] = source.event_id;
    if (!source.derive.empty()) result["derive"] = expressions(source.derive, how);
    if (!source.cancelled.empty()) result["cancelled"] = source.cancelled;
    if (!source.reject.empty()) result["reject"] = expressions(source.reject, how);
    return result;
}

object identity_json(identity_definition const& identity) {
    object keys;
    for (auto const& key : identity.keys) {
        object one;
        if (key.of != std::vector<std::string>{key.name}) one["of"] = texts(key.of);
        one["at_most"] = key.at_most;
        if (!key.never.empty()) one["never"] = texts(key.never);
        keys[key.name] = std::move(one);
    }
    object result;
    if (!keys.empty()) result["keys"] = std::move(keys);
    if (!identity.priority.empty()) result["priority"] = texts(identity.priority);
    return result;
}

json policy_json(missing_policy const& policy) {
    if (policy.what != missing_action::constant) return json(to_string(policy.what));
    object result;
    result["constant"] = parse_json(policy.constant);
    return result;
}

object feature_json(feature_request const& feature) {
    object result;
    result["feature"] = aggregates()[static_cast<std::size_t>(feature.what)].name;
    result["of"] = feature.history;
    std::pair<std::string_view, std::string const*> const keys[]{
        {"field", &feature.field},         {"window", &feature.window}, {"until", &feature.until},
        {"from", &feature.from},           {"to", &feature.to},         {"calendar", &feature.calendar},
        {"where", &feature.where},         {"half_life", &feature.half_life}, {"every", &feature.every}};
    for (auto const& [key, text] : keys)
        if (!text->empty()) result[key] = *text;
    if (feature.periods != 0) result["periods"] = feature.periods;
    if (!feature.steps.empty()) result["steps"] = texts(feature.steps);
    if (!feature.within.empty()) result["within"] = feature.within;
    return result;
}

json column_json(column_definition const& column, form how) {
    object result;
    if (auto const* rule = column.rule()) {
        result["rule"] = rule->text;
    } else if (auto const* feature = column.feature()) {
        result = feature_json(*feature);
    } else if (auto const* strategy = column.strategy()) {
        result["strategy"] = strategy->kind;
        if (strategy->reads.size() == 1)
            result["of"] = strategy->reads.front();
        else if (!strategy->reads.empty())
            result["of"] = texts(strategy->reads);
        if (strategy->scheme != column.name) result["scheme"] = strategy->scheme;
        json const own = parse_json(strategy->parameters);
        for (auto const& member : own.get_object())
            result[member.key()] = member.value();
    }
    if (!column.applies_to.empty()) result["applies_to"] = column.applies_to;
    if (how == form::canonical) return result;
    if (!column.meaning.empty()) result["meaning"] = column.meaning;
    if (!column.source.empty()) result["source"] = column.source;
    if (column.rule() != nullptr && result.size() == 1) return json(column.rule()->text);
    return result;
}

json localized_json(localized_text const& said, std::string const& locale) {
    if (said.size() == 1 && said.front().first == locale) return json(said.front().second);
    object result;
    for (auto const& [tag, text] : said)
        result[tag] = text;
    return result;
}

json tag_json(tag_definition const& tag, plan_parts const& parts, form how) {
    object result;
    if (!tag.rule.empty()) result["rule"] = tag.rule;
    if (!tag.column.empty()) result["column"] = tag.column;
    bool const seen = tag.column.empty() && tag.kind == tag_kind::rule; // from its having a rule, or from its dimension
    if (tag.kind == tag_kind::manual || (how == form::file && !seen)) result["kind"] = to_string(tag.kind);
    if (!tag.applies_to.empty()) result["applies_to"] = tag.applies_to;
    if (!tag.in.empty()) result["in"] = tag.in;
    if (!tag.purposes.empty()) result["purposes"] = texts(tag.purposes);
    if (tag.says_level) result["sensitivity"] = to_string(tag.level);
    if (tag.valid_for) result["valid_for"] = to_string(*tag.valid_for);
    if (tag.refresh != tag_refresh::clear) result["refresh"] = to_string(tag.refresh);
    if (tag.half_life) result["half_life"] = to_string(*tag.half_life);
    if (how == form::canonical) return result;
    if (!tag.titles.empty()) result["title"] = localized_json(tag.titles, parts.locale);
    if (!tag.meanings.empty()) result["meaning"] = localized_json(tag.meanings, parts.locale);
    if (!tag.owner.empty()) result["owner"] = tag.owner;
    if (!tag.source.empty()) result["source"] = tag.source;
    return result;
}

object taxonomy_json(std::vector<taxonomy_node> const& nodes, plan_parts const& parts, form how) {
    object result;
    for (auto const& node : nodes) {
        object one;
        if (how == form::file && !node.titles.empty()) one["title"] = localized_json(node.titles, parts.locale);
        if (node.kind != dimension_kind::none) one["dimension"] = to_string(node.kind);
        if (!node.order.empty()) one["order"] = texts(node.order);
        if (!node.otherwise.empty()) one["otherwise"] = node.otherwise;
        if (!node.unknown.empty()) one["unknown"] = node.unknown;
        if (!node.children.empty()) one["children"] = taxonomy_json(node.children, parts, how);
        result[node.name] = std::move(one);
    }
    return result;
}

object plan_json(plan_parts const& parts, form how) {
    object result;
    result["segmenta"] = 1;
    result["id"] = parts.id;
    if (how == form::file) {
        if (parts.titles.size() == 1 && parts.titles.front().first == parts.locale) {
            result["title"] = parts.titles.front().second;
        } else if (!parts.titles.empty()) {
            object titles;
            for (auto const& [locale, text] : parts.titles)
                titles[locale] = text;
            result["title"] = std::move(titles);
        }
        if (!parts.label_files.empty()) result["labels"] = texts(parts.label_files);
        if (parts.locale != plan_parts{}.locale) result["locale"] = parts.locale;
        // types carry their currency already, so the default means nothing more for results
        if (!parts.currency_code.empty()) result["currency"] = parts.currency_code;
    }
    if (how == form::canonical || parts.zone != plan_parts{}.zone) result["zone"] = parts.zone;
    object sources;
    for (auto const& source : parts.sources)
        sources[source.name] = source_json(source, how);
    if (!sources.empty()) result["sources"] = std::move(sources);
    if (auto identity = identity_json(parts.identity); !identity.empty()) result["identity"] = std::move(identity);
    object policies;
    for (auto const& policy : parts.when_missing)
        policies[policy.attribute] = policy_json(policy);
    if (!policies.empty()) result["when_missing"] = std::move(policies);
    object columns;
    for (auto const& column : parts.columns)
        if (!column.implied) columns[column.name] = column_json(column, how);
    if (!columns.empty() || parts.tags.empty()) result["columns"] = std::move(columns);
    object tags;
    for (auto const& entry : parts.tags)
        if (!entry.implied) tags[entry.what.name] = tag_json(entry.what, parts, how);
    if (!tags.empty()) result["tags"] = std::move(tags);
    if (!parts.taxonomy.empty()) result["taxonomy"] = taxonomy_json(parts.taxonomy, parts, how);
    if (!parts.outputs.empty()) result["outputs"] = texts(parts.outputs);
    return result;
}

} // namespace

std::string canonical_text(plan_parts const& parts) {
    return write_json(sorted_keys(plan_json(parts, form::canonical)));
}

std::string plan_text(plan_parts const& parts) { return write_json(plan_json(parts, form::file), 2); }

} // namespace detail
} // namespace v0
} // namespace segmenta
