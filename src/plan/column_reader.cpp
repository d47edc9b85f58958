// SPDX-License-Identifier: Apache-2.0
// Reads `/columns`: rules, features, strategies, as far as they can be checked without a schema.
#include "plan/keys.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/rule/expression.hpp>
#include <segmenta/time/period.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool read_rule(json_node const& node, column_definition& column) {
    auto const text = read_rule_text(node);
    if (!text) return false;
    issue_list issues;
    bool const good = parse_expression(*text, issues, node.place()).has_value();
    node.report(issues);
    column.what = rule_definition{*text};
    return good;
}

bool read_feature(json_node const& node, column_definition& column) {
    node.check_keys(key_names(feature_keys));
    bool good = true;
    feature_request request;
    auto const name = node.require("feature");
    auto const of = node.require("of", "Name the history that the feature is computed from.");
    if (auto const text = name ? name->text() : std::nullopt) {
        if (auto const what = find_aggregate(*text)) {
            request.what = *what;
        } else {
            std::vector<std::string_view> names;
            for (auto const& info : aggregates())
                names.push_back(info.name);
            name->error("plan.unknown_aggregate", "there is no such feature", shown(*text),
                        join_names(names, names.size()), did_you_mean(*text, names));
            good = false;
        }
    } else {
        good = false;
    }
    if (auto const text = of ? of->text() : std::nullopt)
        request.history = *text;
    else
        good = false;
    request.field = node.text_or_empty("field");
    if (good) {
        auto const& info = aggregates()[static_cast<std::size_t>(request.what)];
        if (info.needs_field && !node.find("field")) {
            node.error("plan.missing_key", "the feature " + std::string{info.name} + " needs a \"field\"", {}, {},
                       info.needs_number ? "Name the numeric field to compute it from."
                                         : "Name the field to compute it from.");
            good = false;
        }
        if (!info.needs_field && node.find("field")) {
            node.find("field")->error("plan.unknown_key", "the feature " + std::string{info.name} + " has no field",
                                      shown(request.field), {}, "Remove the key.");
            good = false;
        }
    }
    if (auto const window = node.find("window")) {
        issue_list issues;
        auto const text = window->text();
        auto const length = text ? parse_period(*text, window->place(), issues) : std::nullopt;
        window->report(issues);
        if (length) request.window = to_string(*length);
        good = good && length;
    }
    if (auto const where = node.find("where")) {
        auto const text = read_rule_text(*where);
        issue_list issues;
        bool const parsed = text && parse_expression(*text, issues, where->place());
        where->report(issues);
        if (text) request.where = *text;
        good = good && parsed;
    }
    column.what = std::move(request);
    return good;
}

bool read_strategy(json_node const& node, column_definition& column) {
    strategy_definition strategy;
    strategy.scheme = column.name;
    bool good = true;
    if (auto const kind = node.find("strategy")) {
        auto const text = kind->text();
        strategy.kind = text.value_or(std::string{});
        good = text.has_value();
    }
    if (auto const of = node.find("of")) {
        strategy.reads = of->text_list(true);
        good = good && (of->is_string() || (of->is_array() && strategy.reads.size() == of->value().get_array().size()));
        if (of->is_array() && strategy.reads.empty() && good) {
            of->error("plan.wrong_type", "the list of columns is empty", {}, {}, "Name what the strategy reads.");
            good = false;
        }
    }
    if (auto const scheme = node.find("scheme")) {
        strategy.scheme = scheme->text().value_or(column.name);
        if (!is_identifier(strategy.scheme)) {
            scheme->error("plan.bad_name", "a scheme is an identifier", shown(strategy.scheme),
                          "letters, digits and underscores, not starting with a digit");
            good = false;
        }
    }
    auto const common = key_names(strategy_keys);
    boost::json::object own;
    for (auto const& [key, member] : node.members())
        if (std::find(common.begin(), common.end(), key) == common.end()) own.emplace(key, member.plain_value());
    strategy.parameters = write_json(sorted_keys(boost::json::value(std::move(own))));
    column.what = std::move(strategy);
    return good;
}

/// Which of the three an object is; 0 to 2 in the order of `kinds`, or -1 (reported).
int kind_of(json_node const& node) {
    static constexpr std::array<std::string_view, 3> kinds{"rule", "feature", "strategy"};
    int found = -1;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (!node.find(kinds[i])) continue;
        if (found >= 0) {
            node.error("plan.two_keys", "a column is a rule, a feature or a strategy, only one of them", {}, {},
                       "Split it into two columns.");
            return -1;
        }
        found = static_cast<int>(i);
    }
    if (found >= 0) return found;
    std::string remedy = "Add \"rule\", \"feature\" or \"strategy\".";
    for (auto const& [key, member] : node.members())
        if (auto const near = did_you_mean(key, kinds); !near.empty()) remedy = near;
    node.error("plan.missing_key", "the column says neither what rule, what feature nor what strategy it is", {},
               join_names(kinds), remedy);
    return -1;
}

bool read_column(json_node const& node, column_definition& column) {
    if (node.is_string()) return read_rule(node, column);
    if (!node.is_object()) {
        node.wrong_kind("a rule as a string, or an object with \"rule\", \"feature\" or \"strategy\"");
        return false;
    }
    column.meaning = node.text_or_empty("meaning");
    column.source = node.text_or_empty("source");
    bool good = true;
    if (auto const condition = node.find("applies_to")) {
        auto const text = read_rule_text(*condition);
        issue_list issues;
        good = text && parse_expression(*text, issues, condition->place());
        condition->report(issues);
        column.applies_to = text.value_or(std::string{});
    }
    switch (kind_of(node)) {
    case 0: node.check_keys(key_names(rule_keys)); return read_rule(*node.find("rule"), column) && good;
    case 1: return read_feature(node, column) && good;
    case 2: return read_strategy(node, column) && good;
    default: return false;
    }
}

} // namespace

std::optional<std::string> read_rule_text(json_node const& node) {
    auto text = node.text();
    if (text && trim(*text).empty()) {
        // an empty rule would let everybody or nobody pass, and nobody knows which
        node.error("plan.empty_rule", "the rule is empty", {}, {}, "Write a condition, or remove the key.");
        return std::nullopt;
    }
    return text;
}

void read_columns(json_node const& columns, plan_parts& parts, broken_names& broken) {
    if (!columns.require_object()) return;
    if (columns.members().empty())
        columns.error("plan.missing_key", "a plan without columns computes nothing", {}, {},
                      "Define at least one column.");
    for (auto const& [name, node] : columns.members()) {
        column_definition column;
        column.name = name;
        column.place = node.definition();
        if (!is_identifier(name)) {
            node.error("plan.bad_name", "the name of a column must be usable in rules", shown(name),
                       "letters, digits and underscores, not starting with a digit, no word of the rule language");
            broken.columns.insert(name);
            continue;
        }
        if (!read_column(node, column)) broken.columns.insert(name);
        parts.columns.push_back(std::move(column));
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
