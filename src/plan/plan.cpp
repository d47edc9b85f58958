// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/plan.hpp>

#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/plan/lint.hpp>
#include <segmenta/record/money.hpp>

#include "base/file.hpp"
#include "plan/history_rules.hpp"
#include "plan/keys.hpp"
#include "plan/locale.hpp"
#include "plan/reader.hpp"
#include "plan/usage.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::size_t longest_plan = 64U << 20;

void read_version(json_node const& root) {
    auto const version = root.require("segmenta", "Begin the plan with \"segmenta\": 1.");
    auto const number = version ? version->integer() : std::nullopt;
    if (number && *number != format_version)
        version->error("plan.version", "the plan is of another format version", std::to_string(*number),
                       std::to_string(format_version), "Use a library that reads it, or write the plan for this one.");
}

void read_titles(json_node const& node, plan_parts& parts) {
    if (node.is_string()) {
        parts.titles.emplace_back(parts.locale, *node.text());
        return;
    }
    if (!node.is_object()) {
        node.wrong_kind("a string, or an object from locale to string");
        return;
    }
    for (auto const& [locale, text] : node.members()) {
        if (!is_locale(locale))
            text.error("plan.bad_locale", "this is no language tag", shown(locale), "en, zh-Hans, zh-Hant");
        if (auto const title = text.text()) parts.titles.emplace_back(locale, *title);
    }
}

void read_zone(json_node const& node, plan::contents& into) {
    auto const text = node.text();
    if (!text) return;
    try {
        into.days_in = zone::parse(*text);
        into.parts.zone = into.days_in.name();
    } catch (issue_error const& error) {
        for (auto const& problem : error.issues())
            node.error("plan.bad_zone", problem.message, shown(*text), problem.allowed, problem.remedy);
    }
}

void read_currency(json_node const& node, plan_parts& parts) {
    parts.currency_code = unusable_currency;
    auto const text = node.text();
    if (!text) return;
    issue_list issues;
    if (auto const known = parse_currency(*text, node.place(), issues)) parts.currency_code = known->name();
    node.report(issues);
}

void read_head(json_node const& root, plan::contents& into) {
    auto& parts = into.parts;
    read_version(root);
    if (auto const id = root.require("id", "Give the plan a name such as \"my_shop\".")) {
        parts.id = id->text().value_or(std::string{});
        if (id->is_string() && !is_identifier(parts.id))
            id->error("plan.bad_name", "the id of a plan is an identifier", shown(parts.id),
                      "letters, digits and underscores, not starting with a digit");
    }
    if (auto const locale = root.find("locale")) {
        parts.locale = locale->text().value_or(parts.locale);
        if (!is_locale(parts.locale))
            locale->error("plan.bad_locale", "this is no language tag", shown(parts.locale), "en, zh-Hans, zh-Hant");
    }
    if (auto const title = root.find("title")) read_titles(*title, parts);
    if (auto const where = root.find("zone")) read_zone(*where, into);
    if (auto const unit = root.find("currency")) read_currency(*unit, parts);
    if (auto const labels = root.find("labels")) parts.label_files = labels->text_list(true);
}

void read_outputs(json_node const& root, plan_parts& parts, broken_names& broken, schema const& described) {
    auto const outputs = root.find("outputs");
    if (!outputs) {
        for (auto const& column : parts.columns)
            if (!column.implied || column.name.starts_with(tag_prefix)) parts.outputs.push_back(column.name);
        return;
    }
    std::string const all_tags = std::string(tag_prefix) + "*";
    if (!outputs->is_array()) {
        outputs->wrong_kind("an array of names of columns");
        return;
    }
    if (outputs->elements().empty())
        outputs->error("plan.missing_key", "a plan without outputs says nothing", {}, {},
                       "Name at least one column, or remove the key to put out all of them.");
    std::vector<std::string> known;
    for (auto const& column : parts.columns)
        known.push_back(column.name);
    for (auto const& attribute : described.attributes())
        known.push_back(attribute.name);
    for (auto const& [name, what] : moment_columns)
        known.emplace_back(name);
    for (auto const& policy : parts.when_missing)
        if (policy.what != missing_action::drop) known.push_back(imputed_flag(policy.attribute));
    for (auto const& element : outputs->elements()) {
        auto const name = element.text();
        if (!name) continue;
        if (*name == all_tags) {
            for (auto const& tag : parts.tags)
                if (auto const column = tag_column(tag.what.name);
                    std::find(parts.outputs.begin(), parts.outputs.end(), column) == parts.outputs.end() &&
                    std::find(known.begin(), known.end(), column) != known.end())
                    parts.outputs.push_back(column);
            continue;
        }
        if (std::find(parts.outputs.begin(), parts.outputs.end(), *name) != parts.outputs.end()) {
            element.error("plan.duplicate_name", "the output is named twice", shown(*name), {}, "Remove one of them.");
            continue;
        }
        bool const found = std::find(known.begin(), known.end(), *name) != known.end();
        bool const excused = broken.columns.count(*name) != 0 || broken.attributes.count(*name) != 0;
        // without sources the attributes are the host's, who names them later
        bool const nothing = parts.columns.empty() && broken.columns.empty(); // said already
        if (!found && !excused && !nothing && !parts.sources.empty())
            element.error("plan.unknown_column", "there is no such column or attribute to put out", shown(*name),
                          join_names(known), did_you_mean(*name, known));
        if (found || parts.sources.empty()) parts.outputs.push_back(*name);
    }
}

/// Adds the columns that rules imply by what they ask of histories.
void add_implied(json_node const& root, plan_parts& parts, schema const& described, broken_names const& broken) {
    std::set<std::string> names;
    for (auto const& column : parts.columns)
        names.insert(column.name);
    for (auto const& [name, what] : moment_columns)
        names.emplace(name);
    auto const is_column = [&](std::string const& name) {
        return names.count(name) != 0 || described.find_attribute(name).has_value() ||
               broken.attributes.count(name) != 0;
    };
    std::vector<column_definition> implied;
    std::set<std::string> known;
    auto const read = [&](column_definition const& column, std::string const& text, std::string_view key) {
        issue_list ignored; // reported when the text was read
        auto const rule = text.empty() ? std::nullopt : parse_expression(text, ignored);
        if (!rule) return;
        definition_place place = column.place;
        if (!key.empty()) place.pointer = pointer_append(place.pointer, key);
        issue_list issues;
        auto found = without_histories(*rule, is_column, "customer", issues, place.to_string());
        root.report(issues);
        for (auto& feature : found.features) {
            column_definition made;
            made.name = implied_name(feature);
            made.place = place;
            made.implied = true;
            made.what = std::move(feature);
            if (known.insert(made.name).second) implied.push_back(std::move(made));
        }
    };
    for (auto const& column : parts.columns) {
        if (broken.columns.count(column.name) != 0) continue;
        if (auto const* rule = column.rule()) read(column, rule->text, {});
        read(column, column.applies_to, "applies_to");
    }
    for (auto& column : implied)
        parts.columns.push_back(std::move(column));
}

void read_label_files(json_node const& root, plan::contents& into, std::filesystem::path const& folder) {
    auto const node = root.find("labels");
    if (!node) return;
    auto const elements = node->is_array() ? node->elements() : std::vector<json_node>{*node};
    for (auto const& element : elements) {
        if (!element.is_string()) continue;
        issue_list issues;
        auto const pack = read_label_pack(folder / *element.text(), issues);
        // say both where the pack is named and what is wrong inside it
        for (auto problem : issues) {
            problem.place = element.place() + ", " + problem.place;
            element.report_as_is(std::move(problem));
        }
        if (pack) into.labels.add(*pack);
    }
}

/// Segments without a text, one warning per locale that the packs speak.
void check_labels(json_node const& root, plan::contents const& into, resolved_plan const& resolved) {
    if (into.labels.empty()) return;
    std::vector<std::string> ids;
    for (auto const& outline : resolved.strategies)
        if (outline && !outline->scores) ids.insert(ids.end(), outline->segments.begin(), outline->segments.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    auto const node = root.find("labels");
    for (auto const& locale : into.labels.locales()) {
        auto const missing = into.labels.missing(ids, locale);
        if (missing.empty() || !node) continue;
        node->warning("plan.missing_label", "segments without a label in " + locale,
                      join_names(missing, missing.size()), {}, "Add them to a label pack of that locale.");
    }
}

plan read_text(std::string_view text, std::string const& name, std::filesystem::path const* folder,
               strategy_registry const& mechanisms) {
    issue_list issues;
    json_document document(text, name, issues);
    auto const root = document.root();
    auto made = std::make_shared<plan::contents>();
    if (!root.require_object()) throw issue_error(std::move(issues));
    root.check_keys(key_names(plan_keys));
    read_head(root, *made);
    made->labels = label_set(made->parts.locale);

    broken_names broken;
    used_fields used;
    if (auto const given = root.find("sources")) {
        read_sources(*given, made->parts, made->sources, broken, used);
        if (given->is_object() && given->members().empty())
            given->error("plan.missing_key", "the plan names no source", {}, {},
                         "Name one, or remove the key when a host supplies the data.");
    }
    if (auto const identity = root.find("identity")) read_identity(*identity, made->parts, made->sources, broken, used);
    if (auto const policies = root.find("when_missing")) read_when_missing(*policies, made->parts);
    auto const columns = root.find("columns");
    auto const tags = root.find("tags");
    if (columns) read_columns(*columns, made->parts, broken);
    if (tags) read_tags(*tags, made->parts, broken);
    if (auto const taxonomy = root.find("taxonomy")) read_taxonomy(*taxonomy, made->parts);
    if (!columns && !tags)
        root.error("plan.missing_key", "the plan computes nothing", {}, {}, "Add \"columns\" or \"tags\".");
    if (auto checked = check_tags(root, made->parts)) made->tags = *std::move(checked);
    add_tag_columns(root, made->parts, broken);
    read_outputs(root, made->parts, broken, made->sources);
    add_implied(root, made->parts, made->sources, broken);
    if (folder != nullptr) read_label_files(root, *made, *folder);

    auto const sources = root.find("sources");
    bool const has_sources = sources && sources->is_object() && !sources->members().empty();
    if (has_sources) {
        issue_list found;
        auto const resolved = resolve_with_gaps(made->parts, made->sources, mechanisms, broken, found);
        bool const good = !found.has_errors() && !issues.has_errors();
        root.report(found);
        if (good) {
            root.report(resolved.warnings);
            root.report(lint(made->parts, resolved));
            root.report(unused_fields(made->parts, made->sources, resolved, used));
            check_labels(root, *made, resolved);
        }
    } else {
        root.report(check_mechanisms(made->parts, mechanisms, made->days_in, broken));
    }
    if (issues.has_errors()) throw issue_error(std::move(issues));
    made->warnings = std::move(issues);
    made->hash = content_hash(canonical_text(made->parts));
    for (std::size_t i = 0; i < made->parts.columns.size(); ++i)
        made->columns_by_name.emplace(made->parts.columns[i].name, i);
    return plan(std::move(made));
}

} // namespace

strategy_use use_of(column_definition const& column, strategy_definition const& strategy, zone const& days_in) {
    strategy_use use;
    use.kind = strategy.kind;
    use.scheme = strategy.scheme;
    use.reads = strategy.reads;
    use.parameters = strategy.parameters;
    use.days_in = days_in;
    use.place = column.place.to_string();
    return use;
}

} // namespace detail

std::string definition_place::to_string() const {
    std::string text = file;
    if (line != 0) text += ":" + std::to_string(line);
    if (!pointer.empty()) text += " " + pointer;
    return text;
}

plan_parts const& plan::parts() const noexcept { return contents_->parts; }
schema const& plan::source_schema() const noexcept { return contents_->sources; }
label_set const& plan::labels() const noexcept { return contents_->labels; }
issue_list const& plan::warnings() const noexcept { return contents_->warnings; }
std::string const& plan::hash() const noexcept { return contents_->hash; }
std::string plan::to_json() const { return detail::plan_text(parts()); }

plan plan::with_labels(label_set labels) const {
    auto made = std::make_shared<contents>(*contents_);
    made->labels = std::move(labels);
    return plan(std::move(made));
}

std::string_view plan::title(std::string_view locale) const {
    for (auto const& candidate : locale_chain(locale, parts().locale))
        for (auto const& [tag, text] : parts().titles)
            if (tag == candidate) return text;
    return parts().titles.empty() ? std::string_view{parts().id} : std::string_view{parts().titles.front().second};
}

bool plan::merges_ids() const noexcept {
    auto const is_link = [](source_definition const& source) { return source.kind == source_kind::links; };
    return !identity().keys.empty() || std::any_of(sources().begin(), sources().end(), is_link);
}

source_definition const* plan::find_source(std::string_view name) const noexcept {
    for (auto const& source : parts().sources)
        if (source.name == name) return &source;
    return nullptr;
}

column_definition const* plan::find_column(std::string_view name) const {
    auto const at = contents_->columns_by_name.find(std::string{name});
    return at == contents_->columns_by_name.end() ? nullptr : &parts().columns[at->second];
}

taxonomy const& plan::tag_taxonomy() const noexcept { return contents_->tags; }

tag_entry const* plan::find_tag(std::string_view name) const noexcept {
    auto const at = contents_->tags.find_tag(name); // numbered as they are here
    return at ? &parts().tags[*at] : nullptr;
}

strategy_use plan::use_of(column_definition const& column) const {
    auto const* strategy = column.strategy();
    if (strategy == nullptr)
        throw issue_error("plan.no_strategy", column.place.to_string(), "the column is no strategy", column.name);
    return detail::use_of(column, *strategy, contents_->days_in);
}

plan read_plan(std::filesystem::path const& path, strategy_registry const& mechanisms) {
    auto const folder = path.parent_path();
    return detail::read_text(detail::read_file(path, detail::longest_plan), path.string(), &folder, mechanisms);
}

plan parse_plan(std::string_view text, std::string const& name, strategy_registry const& mechanisms) {
    return detail::read_text(text, name, nullptr, mechanisms);
}

} // namespace v0
} // namespace segmenta
