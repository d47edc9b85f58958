// SPDX-License-Identifier: Apache-2.0
// Reads `/columns`: rules, features, strategies, as far as they can be checked without a schema.
#include "base/json_order.hpp"
#include "plan/keys.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/feature/row_task.hpp>
#include <segmenta/feature/row_window.hpp>
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

/// Reads one feature; made for one call.
class feature_reader {
public:
    explicit feature_reader(json_node const& node) : node_(node) {}

    bool read(column_definition& column) {
        node_.check_keys(key_names(feature_keys));
        read_aggregate();
        if (auto const of = node_.require("of", "Name the history that the feature is computed from."))
            keep(of->text(), request_.history);
        else
            good_ = false;
        request_.field = node_.text_or_empty("field");
        if (good_) check_field();
        read_limits();
        read_own_keys();
        if (auto const where = node_.find("where")) request_.where = rule_in(*where);
        if (good_) check_together();
        column.what = std::move(request_);
        return good_;
    }

private:
    void keep(std::optional<std::string> text, std::string& to) {
        good_ = good_ && text;
        to = std::move(text).value_or(std::string{});
    }

    void read_aggregate() {
        auto const name = node_.require("feature");
        auto const text = name ? name->text() : std::nullopt;
        auto const what = text ? find_aggregate(*text) : std::nullopt;
        if (what) {
            request_.what = *what;
            return;
        }
        good_ = false;
        if (!text) return;
        std::vector<std::string_view> names;
        for (auto const& info : aggregates())
            names.push_back(info.name);
        name->error("plan.unknown_aggregate", "there is no such feature", shown(*text), join_names(names, names.size()),
                    did_you_mean(*text, names));
    }

    void check_field() {
        auto const& info = aggregates()[static_cast<std::size_t>(request_.what)];
        auto const field = node_.find("field");
        if (info.needs_field == field.has_value()) return;
        good_ = false;
        if (info.needs_field)
            node_.error("plan.missing_key", "the feature " + std::string{info.name} + " needs a \"field\"", {}, {},
                        info.needs_number ? "Name the numeric field to compute it from."
                                          : "Name the field to compute it from.");
        else
            field->error("plan.unknown_key", "the feature " + std::string{info.name} + " has no field",
                         shown(request_.field), {}, "Remove the key.");
    }

    void read_limits() {
        read_period("window", request_.window);
        read_period("until", request_.until);
        read_text("from", request_.from);
        read_text("to", request_.to);
        read_text("calendar", request_.calendar);
    }

    void read_own_keys() {
        read_period("half_life", request_.half_life);
        read_period("every", request_.every);
        read_period("within", request_.within);
        if (auto const periods = node_.find("periods")) {
            auto const number = periods->integer();
            good_ = good_ && number;
            request_.periods = number.value_or(0);
            if (number == 0) refuse_empty(*periods, "0", "1 to " + std::to_string(row_task::most_periods));
        }
        auto const steps = node_.find("steps");
        if (!steps) return;
        if (!steps->is_array()) {
            steps->wrong_kind("a list of conditions");
            good_ = false;
            return;
        }
        for (auto const& step : steps->elements())
            request_.steps.push_back(rule_in(step));
        if (request_.steps.empty()) refuse_empty(*steps, "[]", "a list of conditions");
    }

    /// A key that is there and says nothing.
    void refuse_empty(json_node const& node, std::string seen, std::string allowed) {
        node.error("plan.wrong_type", "the key says nothing", std::move(seen), std::move(allowed),
                   "Remove it, or fill it.");
        good_ = false;
    }

    void read_text(std::string_view key, std::string& to) {
        auto const node = node_.find(key);
        if (!node) return;
        keep(node->text(), to);
        if (node->is_string() && to.empty()) refuse_empty(*node, "\"\"", {});
    }

    /// In its canonical form, so that equal plans have equal hashes.
    void read_period(std::string_view key, std::string& to) {
        auto const node = node_.find(key);
        if (!node) return;
        issue_list issues;
        auto const text = node->text();
        auto const length = text ? parse_period(*text, node->place(), issues) : std::nullopt;
        node->report(issues);
        if (length) to = to_string(*length);
        good_ = good_ && length;
    }

    std::string rule_in(json_node const& node) {
        auto text = read_rule_text(node);
        issue_list issues;
        bool const parsed = text && parse_expression(*text, issues, node.place());
        node.report(issues);
        good_ = good_ && parsed;
        return std::move(text).value_or(std::string{});
    }

    /// What the feature room says of all keys together.
    void check_together() {
        auto const place_of = [this](std::string_view key) {
            auto const node = key.empty() ? std::nullopt : node_.find(key);
            return node ? node->place() : node_.place();
        };
        issue_list issues;
        (void)read_window(request_, place_of, issues);
        (void)read_task(request_, place_of, issues);
        node_.report(issues);
        good_ = good_ && issues.empty();
    }

    json_node const& node_;
    feature_request request_;
    bool good_ = true;
};

bool read_feature(json_node const& node, column_definition& column) { return feature_reader(node).read(column); }

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
