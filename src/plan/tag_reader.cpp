// SPDX-License-Identifier: Apache-2.0
// Reads `/tags` and `/taxonomy`, and makes of them the columns that are computed.
#include "plan/keys.hpp"
#include "plan/purposes.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/time/period.hpp>

#include "plan/locale.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view identifier_form =
    "letters, digits and underscores, not starting with a digit, no word of the rule language";

localized_text read_texts(json_node const& node, std::string const& locale) {
    if (node.is_string()) return {{locale, *node.text()}};
    localized_text texts;
    if (!node.is_object()) {
        node.wrong_kind("a string, or an object from locale to string");
        return texts;
    }
    for (auto const& [tag, text] : node.members()) {
        if (!is_locale(tag))
            text.error("plan.bad_locale", "this is no language tag", shown(tag), "en, zh-Hans, zh-Hant");
        if (auto const said = text.text()) texts.emplace_back(tag, *said);
    }
    return texts;
}

/// One of a few words, or nothing (reported).
template <class Word, std::size_t N>
std::optional<Word> read_word(json_node const& node, std::array<std::string_view, N> const& words,
                              std::optional<Word> (*parse)(std::string_view) noexcept) {
    auto const text = node.text();
    if (!text) return std::nullopt;
    auto const word = parse(*text);
    if (!word)
        node.error("plan.unknown_name", "the word means nothing here", shown(*text), join_names(words),
                   did_you_mean(*text, words));
    return word;
}

std::optional<period> read_length(json_node const& node) {
    auto const text = node.text();
    issue_list issues;
    auto const length = text ? parse_period(*text, node.place(), issues) : std::nullopt;
    node.report(issues);
    return length;
}

std::string read_rule(json_node const& node, bool& good) {
    auto const text = read_rule_text(node);
    issue_list issues;
    good = text && parse_expression(*text, issues, node.place()).has_value() && good;
    node.report(issues);
    return text.value_or(std::string{});
}

void read_periods(json_node const& node, tag_definition& tag) {
    if (auto const length = node.find("valid_for")) tag.valid_for = read_length(*length);
    if (auto const length = node.find("half_life")) tag.half_life = read_length(*length);
    if (auto const how = node.find("refresh")) {
        static constexpr std::array<std::string_view, 2> words{"clear", "keep"};
        tag.refresh = read_word(*how, words, &parse_tag_refresh).value_or(tag_refresh::clear);
    }
    if (tag.refresh == tag_refresh::keep && !node.find("valid_for"))
        node.error("tag.no_validity", "a tag that is kept when the customer no longer matches would never end", {}, {},
                   "Say how long it is valid: \"valid_for\": \"P90D\".");
}

/// How the tag comes about: said, or seen from what it names.
tag_kind kind_of(json_node const& node, tag_definition const& tag, plan_parts const& parts) {
    if (auto const said = node.find("kind")) {
        static constexpr std::array<std::string_view, 5> words{"fact", "rule", "statistic", "model", "manual"};
        auto const kind = read_word(*said, words, &parse_tag_kind);
        bool const computed = !tag.rule.empty() || !tag.column.empty();
        if (kind && computed != (*kind != tag_kind::manual))
            node.error("plan.two_keys",
                       computed ? "a manual tag is given by people, and this one is computed"
                                : "a tag that is not manual is computed from something",
                       std::string{to_string(*kind)}, {},
                       computed ? "Remove the rule, or the kind."
                                : "Add a \"rule\" or a \"column\", or say \"manual\".");
        return kind.value_or(tag_kind::rule);
    }
    if (!tag.rule.empty()) return tag_kind::rule;
    if (tag.column.empty()) return tag_kind::manual;
    for (auto const& column : parts.columns) {
        if (column.name != tag.column) continue;
        if (column.feature() != nullptr) return tag_kind::statistic;
        return column.strategy() != nullptr ? tag_kind::model : tag_kind::rule;
    }
    return tag_kind::fact;
}

void read_tag(std::string const& name, json_node const& given, plan_parts& parts, broken_names& broken) {
    tag_entry entry;
    entry.place = given.definition();
    tag_definition& tag = entry.what;
    tag.name = name;
    bool good = true;
    if (given.is_string()) {
        tag.rule = read_rule(given, good);
    } else if (!given.is_object()) {
        given.wrong_kind("a rule, or an object");
        good = false;
    } else {
        given.check_keys(key_names(tag_keys));
        if (given.find("rule") && given.find("column"))
            given.error("plan.two_keys", "a tag is given by a rule or is the value of a column, only one of them", {},
                        {}, "Remove one of them.");
        if (auto const rule = given.find("rule")) tag.rule = read_rule(*rule, good);
        if (auto const applies = given.find("applies_to")) tag.applies_to = read_rule(*applies, good);
        tag.column = given.text_or_empty("column");
        if (!tag.column.empty() && !is_identifier(tag.column)) {
            given.find("column")->error("plan.bad_name", "a column's name is an identifier", shown(tag.column),
                                        std::string{identifier_form}, "Write a condition as \"rule\".");
            good = false;
        }
        tag.in = given.text_or_empty("in");
        tag.owner = given.text_or_empty("owner");
        tag.source = given.text_or_empty("source");
        if (auto const title = given.find("title")) tag.titles = read_texts(*title, parts.locale);
        if (auto const meaning = given.find("meaning")) tag.meanings = read_texts(*meaning, parts.locale);
        if (auto const purposes = given.find("purposes")) tag.purposes = read_purposes(*purposes);
        if (auto const level = given.find("sensitivity")) {
            tag.level = read_sensitivity(*level).value_or(sensitivity::special);
            tag.says_level = true;
        }
        read_periods(given, tag);
        tag.kind = kind_of(given, tag, parts);
    }
    if (!is_identifier(name)) {
        given.error("plan.bad_name", "the name of a tag must be usable in rules", shown(name),
                    std::string{identifier_form}, "What people read goes into \"title\".");
        good = false;
    }
    if (!good) broken.columns.insert(tag_column(name));
    if (tag.meanings.empty() && good)
        given.warning("tag.no_meaning", "nobody can tell what the tag says about a customer", shown(name), {},
                      "Add a \"meaning\" in words of the business.");
    parts.tags.push_back(std::move(entry));
}

std::string read_tag_name(json_node const& node) {
    auto const name = node.text();
    if (name && !is_identifier(*name))
        node.error("plan.bad_name", "this can name no tag", shown(*name), std::string{identifier_form});
    return name.value_or(std::string{});
}

// Nesting is bounded by that of the JSON.
taxonomy_node read_node(std::string const& name, json_node const& given, plan_parts const& parts) {
    taxonomy_node node;
    node.name = name;
    if (!is_tag_name(name))
        given.error("plan.bad_name", "this can name no place of the taxonomy", shown(name),
                    "text without /, control characters and blanks at its ends");
    if (!given.require_object()) return node;
    given.check_keys(key_names(taxonomy_keys));
    if (auto const title = given.find("title")) node.titles = read_texts(*title, parts.locale);
    if (auto const kind = given.find("dimension")) {
        static constexpr std::array<std::string_view, 2> words{"exclusive", "multi"};
        node.kind = read_word(*kind, words, &parse_dimension_kind).value_or(dimension_kind::none);
    }
    if (auto const order = given.find("order")) node.order = order->text_list(false);
    if (auto const tag = given.find("otherwise")) node.otherwise = read_tag_name(*tag);
    if (auto const tag = given.find("unknown")) node.unknown = read_tag_name(*tag);
    if (node.kind != dimension_kind::none && !given.find("unknown"))
        given.error("tag.not_total", "the dimension does not say what customers are of whom nothing is known",
                    shown(name), {}, "Name a tag for them: \"unknown\": \"" + name + "_unknown\".");
    if (node.kind != dimension_kind::exclusive && (given.find("order") || given.find("otherwise")))
        given.error("plan.two_keys", "only exclusive dimensions have an order and a last resort", {}, {},
                    "Say \"dimension\": \"exclusive\", or remove the keys.");
    if (auto const children = given.find("children"); children && children->require_object())
        for (auto const& [child, below] : children->members())
            node.children.push_back(read_node(child, below, parts));
    return node;
}

tag_entry* find_tag(plan_parts& parts, std::string_view name) {
    for (auto& entry : parts.tags)
        if (entry.what.name == name) return &entry;
    return nullptr;
}

/// What the values of a dimension that nobody has to define are called.
void add_value(plan_parts& parts, std::string const& name, std::string const& path, localized_text titles,
               definition_place const& place) {
    if (name.empty()) return;
    if (auto* defined = find_tag(parts, name)) {
        if (defined->what.rule.empty() && defined->what.column.empty()) defined->what.kind = tag_kind::rule;
        if (defined->what.in.empty()) defined->what.in = path;
        return;
    }
    tag_entry made;
    made.what.name = name;
    made.what.in = path;
    made.what.meanings = titles;
    made.what.titles = std::move(titles);
    made.place = place;
    made.implied = true;
    parts.tags.push_back(std::move(made));
}

template <class Visit>
void for_each_node(std::vector<taxonomy_node> const& nodes, std::string const& above, Visit const& visit) {
    for (auto const& node : nodes) {
        std::string const path = above.empty() ? node.name : above + "/" + node.name;
        visit(node, path);
        for_each_node(node.children, path, visit);
    }
}

/// In parentheses; a comment at the end must not swallow the last one.
std::string enclosed(std::string const& rule) {
    return "(" + rule + (rule.find("//") == std::string::npos ? ")" : "\n)");
}

/// When the tag would be given were it alone; empty when nothing is computed.
std::string own_rule(tag_definition const& tag) {
    std::string const text = tag.rule.empty() ? tag.column : tag.rule;
    if (text.empty() || tag.applies_to.empty()) return text;
    return enclosed(tag.applies_to) + " && " + enclosed(text);
}

void and_not(std::string& text, std::string const& rule) {
    if (rule.empty()) return;
    text += (text.empty() ? "!" : " && !") + enclosed(rule);
}

/// Whether a tag is known to be held: that of a column is, when it has a value.
std::string is_held(tag_definition const& tag) {
    if (!tag.rule.empty()) return "customer.?`" + tag_column(tag.name) + "`.orValue(false)";
    return tag.column.empty() ? std::string{} : "has(customer.`" + tag_column(tag.name) + "`)";
}

/// The rules of the values of a dimension, by name of the tag.
std::vector<std::pair<std::string, std::string>> rules_of(taxonomy_node const& node, std::string const& path,
                                                          plan_parts const& parts) {
    std::vector<tag_definition const*> values;
    auto const take = [&](std::string_view name) {
        for (auto const& entry : parts.tags)
            if (entry.what.name == name) values.push_back(&entry.what);
    };
    if (node.kind == dimension_kind::exclusive)
        for (auto const& name : node.order)
            take(name);
    else
        for (auto const& entry : parts.tags)
            if (entry.what.in == path && entry.what.name != node.unknown) values.push_back(&entry.what);
    std::vector<std::pair<std::string, std::string>> rules;
    std::string none; // of the values before holds
    std::string held; // is known to hold
    for (auto const* tag : values) {
        if (node.kind != dimension_kind::exclusive) {
            and_not(held, is_held(*tag));
            continue;
        }
        std::string const own = own_rule(*tag);
        if (own.empty()) continue; // manual
        rules.emplace_back(tag->name, none.empty() ? own : enclosed(own) + " && " + none);
        and_not(none, own);
        and_not(held, is_held(*tag));
    }
    if (!node.otherwise.empty() && !none.empty()) {
        rules.emplace_back(node.otherwise, none);
        and_not(held, "customer.?`" + tag_column(node.otherwise) + "`.orValue(false)");
    }
    if (!node.unknown.empty() && !held.empty()) rules.emplace_back(node.unknown, held);
    return rules;
}

} // namespace

void read_tags(json_node const& tags, plan_parts& parts, broken_names& broken) {
    if (!tags.require_object()) return;
    if (tags.members().empty())
        tags.error("plan.missing_key", "the plan defines no tag", {}, {}, "Define one, or remove the key.");
    for (auto const& [name, node] : tags.members())
        read_tag(name, node, parts, broken);
}

void read_taxonomy(json_node const& taxonomy, plan_parts& parts) {
    if (!taxonomy.require_object()) return;
    for (auto const& [name, node] : taxonomy.members())
        parts.taxonomy.push_back(read_node(name, node, parts));
    for_each_node(parts.taxonomy, {}, [&](taxonomy_node const& node, std::string const& path) {
        for (auto const& value : node.order)
            if (auto* defined = find_tag(parts, value); defined != nullptr && defined->what.in.empty())
                defined->what.in = path; // said where the order is
        add_value(parts, node.otherwise, path, {{"en", "other"}, {"zh-Hans", "其他"}, {"zh-Hant", "其他"}},
                  taxonomy.definition());
        add_value(parts, node.unknown, path, {{"en", "unknown"}, {"zh-Hans", "未知"}, {"zh-Hant", "未知"}},
                  taxonomy.definition());
    });
}

std::string own_rule_column(std::string_view tag) { return "tag_rule." + std::string(tag); }

std::optional<taxonomy> check_tags(json_node const& root, plan_parts const& parts) {
    std::vector<tag_definition> tags;
    for (auto const& entry : parts.tags)
        tags.push_back(entry.what);
    issue_list found;
    auto made = taxonomy::make(parts.taxonomy, std::move(tags), found, root.definition().file);
    issue_list issues;
    for (auto const& problem : found) // the others were said where the tag is read
        if (problem.code != "tag.no_meaning" && problem.code != "tag.never_ends") issues.add(problem);
    root.report(issues);
    return made;
}

void add_tag_columns(json_node const& root, plan_parts& parts, broken_names& broken) {
    std::vector<std::pair<std::string, std::string>> rules;
    for_each_node(parts.taxonomy, {}, [&](taxonomy_node const& node, std::string const& path) {
        if (node.kind == dimension_kind::none) return;
        auto const of_node = rules_of(node, path, parts);
        rules.insert(rules.end(), of_node.begin(), of_node.end());
        bool const broken_value = std::any_of(of_node.begin(), of_node.end(), [&](auto const& rule) {
            return broken.columns.count(tag_column(rule.first)) != 0;
        });
        if (broken_value)
            for (auto const& rule : of_node)
                broken.columns.insert(tag_column(rule.first));
    });
    for (auto const& entry : parts.tags) {
        auto const in_dimension =
            std::find_if(rules.begin(), rules.end(), [&](auto const& rule) { return rule.first == entry.what.name; });
        column_definition column;
        column.name = tag_column(entry.what.name);
        column.place = entry.place;
        column.implied = true;
        column.source = entry.what.source;
        std::string text = entry.what.rule.empty() ? entry.what.column : entry.what.rule;
        column.applies_to = entry.what.applies_to;
        if (in_dimension != rules.end()) text = in_dimension->second;
        if (text.empty()) continue; // manual
        // What remembers tags over time needs the answer without the others of its dimension, and a plain no for whom
        // the tag is not.
        if (std::string own = own_rule(entry.what);
            !entry.what.rule.empty() && (own != text || !column.applies_to.empty())) {
            column_definition alone = column;
            alone.name = own_rule_column(entry.what.name);
            alone.applies_to.clear();
            alone.what = rule_definition{std::move(own)};
            parts.columns.push_back(std::move(alone));
        }
        issue_list together; // each rule by itself was read before
        if (in_dimension != rules.end() && broken.columns.count(column.name) == 0 &&
            !parse_expression(text, together, column.place.to_string())) {
            root.report(together);
            broken.columns.insert(column.name);
        }
        column.what = rule_definition{std::move(text)};
        parts.columns.push_back(std::move(column));
    }
}

} // namespace detail

std::string tag_column(std::string_view tag) { return std::string(tag_prefix) + std::string(tag); }

} // namespace v0
} // namespace segmenta
