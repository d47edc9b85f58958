// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/resolve.hpp>

#include <segmenta/base/text.hpp>
#include <segmenta/feature/feature_set.hpp>
#include <segmenta/feature/row_task.hpp>

#include "plan/feature_needs.hpp"
#include "plan/history_rules.hpp"
#include "plan/purposes.hpp"
#include "plan/reader.hpp"
#include "plan/score_levels.hpp"
#include "plan/segment_names.hpp"
#include "plan/usage.hpp"
#include "record/value_json.hpp"

#include <algorithm>
#include <functional>
#include <unordered_set>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::string_view record = "customer";

std::string place_below(column_definition const& column, std::string_view key) {
    if (column.implied) return column.place.to_string(); // the rule that asks
    auto place = column.place;
    place.pointer = pointer_append(place.pointer, key);
    return place.to_string();
}

std::string place_of_step(column_definition const& column, std::size_t step) {
    auto place = column.place;
    place.pointer = pointer_append(pointer_append(place.pointer, "steps"), std::to_string(step));
    return place.to_string();
}

/// Resolves one plan; made for one call.
class resolver {
public:
    resolver(plan_parts const& parts, schema const& what, strategy_registry const& mechanisms,
             broken_names const& broken, issue_list& issues)
        : parts_(parts), given_(what), schema_(with_own_columns(what, parts)), mechanisms_(mechanisms), broken_(broken),
          issues_(issues), days_in_(zone::parse(parts.zone)) {}

    resolved_plan run() {
        check_names();
        check_missing();
        collect_columns();
        if (!build_graph()) return {};
        compute_types();
        if (issues_.has_errors()) return {};
        return finish();
    }

private:
    /// Every plan may read the moment of the question: `as_of` and its civil day `as_of_day`, as if they were
    /// attributes. So are the flags of values that stand in for missing ones.
    static schema with_own_columns(schema what, plan_parts const& parts) {
        for (auto const& [name, moment_type] : moment_columns)
            if (!what.find_attribute(name) && !what.find_history(name)) what.attribute(std::string{name}, moment_type);
        for (auto const& policy : parts.when_missing) {
            auto const flag = imputed_flag(policy.attribute);
            bool const taken = what.find_attribute(flag) || what.find_history(flag);
            if (policy.what != missing_action::drop && !taken) what.attribute(flag, boolean_type);
        }
        return what;
    }

    struct column_state {
        column_node node;
        std::optional<strategy_outline> outline;
        std::optional<expression> rule;      ///< of a rule column
        std::optional<expression> condition; ///< applies_to
        bool broken = false;                 ///< reported already, here or by the reader
    };

    /// Rules that did not compile, to be tried again with more names.
    using retries = std::vector<std::function<void(environment const&)>>;

    void check_names() {
        for (auto const& column : parts_.columns) {
            defined_.insert(column.name);
            bool const attribute = schema_.find_attribute(column.name).has_value();
            if (attribute || schema_.find_history(column.name))
                issues_.error("plan.duplicate_name", column.place.to_string(),
                              attribute ? "an attribute of customers has the same name" : "a history has the same name",
                              shown(column.name), {}, "Rename the column; rules could not tell them apart.");
            if (column.name == record)
                issues_.error("plan.bad_name", column.place.to_string(),
                              "in rules \"customer\" means the whole customer", shown(column.name), {},
                              "Choose another name for the column.");
        }
    }

    void check_missing() {
        for (auto const& policy : parts_.when_missing) {
            auto const at = given_.find_attribute(policy.attribute);
            if (!at) {
                if (broken_.attributes.count(policy.attribute) != 0) continue;
                std::vector<std::string> names;
                for (auto const& attribute : given_.attributes())
                    names.push_back(attribute.name);
                issues_.error("plan.unknown_column", policy.place.to_string(), "customers have no such attribute",
                              shown(policy.attribute), join_names(names), did_you_mean(policy.attribute, names));
                continue;
            }
            check_policy(policy, given_.attributes()[*at].what);
        }
    }

    void check_policy(missing_policy const& policy, type what) {
        if (policy.what == missing_action::drop) return;
        auto const flag = imputed_flag(policy.attribute);
        if (given_.find_attribute(flag) || given_.find_history(flag))
            issues_.error("plan.duplicate_name", policy.place.to_string(),
                          "the flag of the values that stand in has a name that is taken", shown(flag), {},
                          "Rename the other one.");
        bool const ordered = what.is_numeric() || what.base == kind::date || what.base == kind::instant;
        std::string memory;
        if (json_form_of(what).empty())
            issues_.error("plan.bad_missing", policy.place.to_string(), "no value can stand in for one of this type",
                          to_string(what), "keep, drop");
        else if (policy.what == missing_action::median && !ordered)
            issues_.error("plan.bad_missing", policy.place.to_string(), "the type has no median", to_string(what),
                          "int64, double, decimal, money, date, instant", "Use mode or a constant.");
        else if (policy.what == missing_action::constant && what.base == kind::decimal &&
                 parse_json(policy.constant).is_double())
            issues_.error("plan.bad_missing", policy.place.to_string(),
                          "a number with a point would be rounded before it is read", policy.constant,
                          "a text such as \"90.50\"", "Put it in quotes.");
        else if (policy.what == missing_action::constant && !value_from_json(parse_json(policy.constant), what, memory))
            issues_.error("plan.bad_missing", policy.place.to_string(),
                          "the constant is no value of the attribute's type", policy.constant, json_form_of(what));
    }

    [[nodiscard]] bool is_name(std::string const& name) const {
        return defined_.count(name) != 0 || schema_.find_attribute(name).has_value();
    }
    [[nodiscard]] bool is_broken_name(std::string const& name) const {
        return broken_.columns.count(name) != 0 || broken_.attributes.count(name) != 0;
    }
    [[nodiscard]] std::vector<std::string> all_names() const {
        std::vector<std::string> names;
        for (auto const& column : parts_.columns)
            names.push_back(column.name);
        for (auto const& attribute : schema_.attributes())
            names.push_back(attribute.name);
        names.insert(names.end(), broken_.attributes.begin(), broken_.attributes.end());
        return names;
    }

    void collect_columns() {
        states_.resize(parts_.columns.size());
        for (std::size_t i = 0; i < parts_.columns.size(); ++i) {
            auto const& column = parts_.columns[i];
            auto& state = states_[i];
            state.node.name = column.name;
            state.node.definition = i;
            state.node.place = column.place.to_string();
            state.broken = broken_.columns.count(column.name) != 0;
            if (state.broken) continue;
            if (auto const* rule = column.rule()) collect_rule(*rule, state);
            if (auto const* feature = column.feature()) collect_feature(column, *feature, state);
            if (auto const* strategy = column.strategy()) collect_strategy(column, *strategy, state);
            if (!column.applies_to.empty()) collect_condition(column, state);
        }
    }

    void read_names(expression const& rule, column_state& state) {
        for (auto const& name : names_in(rule, record)) {
            if (is_name(name)) state.node.reads.push_back(name);
            if (is_broken_name(name)) state.broken = true;
        }
    }

    // The texts were parsed when the plan was read; what fails here was reported there.
    [[nodiscard]] std::optional<expression> read_rule(std::string const& text) const {
        issue_list ignored;
        auto const parsed = parse_expression(text, ignored);
        if (!parsed) return std::nullopt;
        auto const is_column = [this](std::string const& name) { return is_name(name) || is_broken_name(name); };
        auto found = without_histories(*parsed, is_column, record, ignored, {});
        if (ignored.has_errors()) return std::nullopt;
        return std::move(found.rule);
    }

    void collect_rule(rule_definition const& rule, column_state& state) {
        state.node.origin = column_origin::rule;
        state.rule = read_rule(rule.text);
        if (state.rule)
            read_names(*state.rule, state);
        else
            state.broken = true;
    }

    void collect_condition(column_definition const& column, column_state& state) {
        state.condition = read_rule(column.applies_to);
        if (state.condition)
            read_names(*state.condition, state);
        else
            state.broken = true;
    }

    void collect_strategy(column_definition const& column, strategy_definition const& strategy, column_state& state) {
        state.node.origin = column_origin::strategy;
        state.outline = mechanisms_.check(use_of(column, strategy, days_in_), issues_);
        if (!state.outline) {
            state.broken = true;
            // names are worth checking all the same
            for (auto const& name : strategy.reads)
                check_read(column, name);
            return;
        }
        state.node.scope = state.outline->scope;
        state.node.time_dependent = state.outline->time_dependent;
        for (auto const& name : state.outline->reads) {
            if (check_read(column, name))
                state.node.reads.push_back(name);
            else
                state.broken = true;
        }
        if (state.outline->scores)
            state.node.what = state.outline->whole_scores ? int64_type : float64_type;
        else
            state.node.what = category_type;
    }

    bool check_read(column_definition const& column, std::string const& name) {
        if (is_name(name)) return true;
        if (is_broken_name(name)) return false;
        auto const names = all_names();
        // names of the mechanism's own are those of no key
        bool const by_default = column.strategy()->reads.empty();
        auto const nearest = did_you_mean(name, names);
        issues_.error("plan.unknown_column", by_default ? column.place.to_string() : place_below(column, "of"),
                      by_default ? column.strategy()->kind + " reads a column that does not exist"
                                 : "there is no such column or attribute",
                      shown(name), join_names(names),
                      by_default ? "Define it, or say under \"of\" what to read instead." : nearest);
        return false;
    }

    void collect_feature(column_definition const& column, feature_request const& feature, column_state& state) {
        state.node.origin = column_origin::feature;
        auto const history = schema_.find_history(feature.history);
        if (!history) {
            state.broken = true;
            if (broken_.histories.count(feature.history) != 0) return;
            std::vector<std::string> names;
            for (auto const& known : schema_.histories())
                names.push_back(known.name);
            names.insert(names.end(), broken_.histories.begin(), broken_.histories.end());
            issues_.error("plan.unknown_history", place_below(column, "of"), "there is no such history",
                          shown(feature.history), join_names(names), did_you_mean(feature.history, names));
            return;
        }
        auto const& rows = schema_.histories()[*history];
        if (column.implied && !check_implied(column, feature, rows, state)) return;
        auto need = need_of(feature, rows);
        type field_type{};
        auto const& info = aggregates()[static_cast<std::size_t>(feature.what)];
        if (info.needs_field && !check_field(column, feature, rows, info, field_type)) state.broken = true;
        if (info.needs_field && !state.broken) need.fields.push_back(feature.field);
        if (!feature.where.empty() && !check_condition(place_below(column, "where"), feature.where, rows, need))
            state.broken = true;
        for (std::size_t s = 0; s < feature.steps.size(); ++s)
            if (!check_condition(place_of_step(column, s), feature.steps[s], rows, need))
                state.broken = true;
        if (feature.what == aggregate::recency && time_type(rows).base == kind::date) {
            issues_.error("plan.field_type", place_below(column, "feature"),
                          "exact recency needs times, and this history has dates only", shown(rows.name), {},
                          "Use recency_days.");
            state.broken = true;
        }
        state.node.what = result_type(feature.what, field_type);
        state.node.time_dependent = changes_with_time(feature);
        std::sort(need.fields.begin(), need.fields.end());
        need.fields.erase(std::unique(need.fields.begin(), need.fields.end()), need.fields.end());
        state.node.histories.push_back(std::move(need));
    }

    /// What the reader of `/columns` checks in features that are written there.
    bool check_implied(column_definition const& column, feature_request const& feature, history_schema const& rows,
                       column_state& state) {
        issue_list found;
        std::string const place = column.place.to_string();
        feature_set const checked(rows, {&feature, 1}, found, {&place, 1});
        state.broken = found.has_errors();
        issues_.append(found);
        return !state.broken;
    }

    static type time_type(history_schema const& rows) {
        auto const at = rows.find(rows.time);
        return at ? rows.fields[*at].what : instant_type;
    }

    bool check_field(column_definition const& column, feature_request const& feature, history_schema const& rows,
                     aggregate_info const& info, type& found) {
        auto const at = rows.find(feature.field);
        if (!at) {
            if (broken_.fields.count({rows.name, feature.field}) != 0) return false;
            std::vector<std::string> names;
            for (auto const& known : rows.fields)
                names.push_back(known.name);
            issues_.error("plan.unknown_field", place_below(column, "field"),
                          "the history " + rows.name + " has no such field", shown(feature.field), join_names(names),
                          did_you_mean(feature.field, names));
            return false;
        }
        found = rows.fields[*at].what;
        if (info.needs_number && !found.is_numeric()) {
            issues_.error("plan.field_type", place_below(column, "field"),
                          "the feature " + std::string{info.name} + " needs a number, and the field " + feature.field +
                              " is none",
                          to_string(found), "int64, double, decimal, money");
            return false;
        }
        if (found.base == kind::category_set) {
            issues_.error("plan.field_type", place_below(column, "field"),
                          "the feature " + std::string{info.name} + " needs a field with one value", to_string(found),
                          {}, "Count rows with a condition such as 'x' in " + feature.field + ".");
            return false;
        }
        return true;
    }

    bool check_condition(std::string const& place, std::string const& text, history_schema const& rows,
                         history_need& need) {
        environment names;
        names.record_name("row").zone_name(parts_.zone);
        for (auto const& field : rows.fields)
            names.variable(field.name, field.what);
        issue_list found;
        auto const made = compile_rule(text, names, found, place, boolean_type);
        if (!made) {
            issue_list ignored;
            auto const parsed = parse_expression(text, ignored);
            for (auto const& name : parsed ? names_in(*parsed, "row") : std::vector<std::string>{})
                if (broken_.fields.count({rows.name, name}) != 0) return false;
        } else {
            for (auto const& name : made->required_names())
                need.fields.push_back(name);
        }
        issues_.append(found);
        return made.has_value();
    }

    /// Attributes that something reads, then all columns.
    bool build_graph() {
        std::unordered_set<std::string> wanted(parts_.outputs.begin(), parts_.outputs.end());
        for (auto const& state : states_)
            wanted.insert(state.node.reads.begin(), state.node.reads.end());
        for (auto const& policy : parts_.when_missing)
            wanted.insert(policy.attribute); // who is left out, and how many stand in, is told whoever reads it
        auto const attributes = schema_.attributes();
        for (std::size_t i = 0; i < attributes.size(); ++i) {
            if (wanted.count(attributes[i].name) == 0 || defined_.count(attributes[i].name) != 0) continue;
            column_node node;
            node.name = attributes[i].name;
            node.what = attributes[i].what;
            node.definition = i;
            node.place = "attribute " + node.name;
            for (auto const& policy : parts_.when_missing)
                if (is_flag(policy, i)) node.reads.push_back(policy.attribute);
            node.time_dependent = std::any_of(moment_columns.begin(), moment_columns.end(),
                                              [&](auto const& moment) { return moment.first == node.name; });
            nodes_.push_back(std::move(node));
        }
        attribute_nodes_ = nodes_.size();
        for (auto const& state : states_)
            nodes_.push_back(state.node);
        auto graph = column_graph::build(nodes_, issues_);
        if (!graph) return false;
        graph_ = std::move(*graph);
        return true;
    }

    /// Whether attribute `i` is the flag of the policy, made here.
    [[nodiscard]] bool is_flag(missing_policy const& policy, std::size_t i) const {
        return i >= given_.attributes().size() && policy.what != missing_action::drop &&
               schema_.attributes()[i].name == imputed_flag(policy.attribute);
    }

    [[nodiscard]] column_state* state_of(std::size_t node) {
        return node < attribute_nodes_ ? nullptr : &states_[node - attribute_nodes_];
    }

    void compute_types() {
        bounds_ = field_bounds(parts_);
        result_.rules.resize(nodes_.size());
        result_.conditions.resize(nodes_.size());
        result_.strategies.resize(nodes_.size());
        result_.names.record_name(std::string{record}).zone_name(parts_.zone);
        retries failed;
        for (std::uint32_t const index : graph_.order()) {
            auto* state = state_of(index);
            if (state != nullptr) {
                for (std::uint32_t const read : graph_.reads(index))
                    if (auto const* other = state_of(read)) state->broken = state->broken || other->broken;
                if (!state->broken) compute_type(index, *state, failed);
                if (state->broken) continue;
            }
            result_.names.variable(nodes_[index].name, nodes_[index].what);
        }
        if (failed.empty()) return;
        // Again, with all names that exist, so that the nearest one can be named.
        environment const names = every_name();
        for (auto const& again : failed)
            again(names);
    }

    /// What rules could say: what has been computed, attributes that nothing reads, and what is broken, under some
    /// type; a rule that reads it properly was passed over.
    [[nodiscard]] environment every_name() const {
        environment names = result_.names;
        auto const declare = [&](std::string const& name, type what) {
            if (is_identifier(name) && !names.find(name)) names.variable(name, what);
        };
        for (auto const& attribute : schema_.attributes())
            declare(attribute.name, attribute.what);
        for (auto const& column : parts_.columns)
            declare(column.name, int64_type);
        for (auto const& name : broken_.columns)
            declare(name, int64_type);
        for (auto const& name : broken_.attributes)
            declare(name, int64_type);
        return names;
    }

    static std::string place_of_rule(column_definition const& column) {
        bool const in_object = column.place.line != 0 && !column.applies_to.empty();
        return in_object ? place_below(column, "rule") : column.place.to_string();
    }

    void compute_type(std::uint32_t index, column_state& state, retries& failed) {
        auto const& column = parts_.columns[state.node.definition];
        if (state.condition) {
            auto const place = place_below(column, "applies_to");
            auto const& made = result_.conditions[index] =
                compile(*state.condition, place, boolean_type, state, failed);
            issues_.append(unknown_segments(*state.condition, place, record, segments_));
            if (made && made->is_constant())
                issues_.warning("plan.constant_condition", place, "the condition is the same for everybody",
                                shown(column.applies_to), {}, "Remove it, or let it read the customer.");
        }
        if (state.rule) {
            result_.rules[index] = compile(*state.rule, place_of_rule(column), std::nullopt, state, failed);
            if (result_.rules[index]) nodes_[index].what = result_.rules[index]->result_type();
            issues_.append(unknown_segments(*state.rule, place_of_rule(column), record, segments_));
            if (auto const bounds = bounds_of(*state.rule, record, bounds_)) bounds_.emplace(column.name, *bounds);
        }
        if (state.outline) check_inputs(index, column, state);
    }

    /// A history where a column is expected: the remedy says what to do.
    [[nodiscard]] issue_list with_histories(issue_list const& found) const {
        issue_list result;
        for (auto problem : found) {
            for (auto const& history : schema_.histories())
                if (problem.code == "rule.unknown_name" && problem.seen == shown(history.name))
                    problem.remedy = "This is a history: compute a feature from it, and read that." +
                                     problem.remedy.substr(std::min(problem.remedy.find('\n'), problem.remedy.size()));
            result.add(std::move(problem));
        }
        return result;
    }

    std::optional<program> compile(expression const& rule, std::string place, std::optional<type> wanted,
                                   column_state& state, retries& failed) {
        issue_list found;
        auto made = compile_rule(rule, result_.names, found, place, wanted);
        if (made) {
            issues_.append(found); // warnings
            return made;
        }
        state.broken = true;
        failed.emplace_back(
            [this, &rule, place = std::move(place), wanted, first = std::move(found)](environment const& names) {
                issue_list again;
                (void)compile_rule(rule, names, again, place, wanted);
                issues_.append(with_histories(again.has_errors() ? again : first));
            });
        return std::nullopt;
    }

    void check_inputs(std::uint32_t index, column_definition const& column, column_state& state) {
        auto const& outline = *state.outline;
        for (std::size_t i = 0; i < outline.reads.size() && i < outline.inputs.size(); ++i) {
            auto const read = graph_.find(outline.reads[i]);
            type const given = nodes_[*read].what;
            if (accepts(outline.inputs[i], given)) continue;
            state.broken = true;
            issues_.error("plan.input_type", place_below(column, "of"),
                          "the column " + outline.reads[i] + " has a type that " + column.strategy()->kind +
                              " does not take",
                          to_string(given), std::string{to_string(outline.inputs[i])});
        }
        if (!outline.scores) segments_.emplace(column.name, outline.segments);
        check_repeated(column, outline);
        if (outline.levels != 0) bounds_.emplace(column.name, score_bounds(outline));
        if (!state.broken) check_levels(column, outline, bounds_, issues_);
        result_.strategies[index] = outline;
    }

    void check_repeated(column_definition const& column, strategy_outline const& outline) {
        std::unordered_set<std::string> read;
        for (auto const& name : outline.reads)
            if (!read.insert(name).second)
                issues_.warning("plan.repeated_input", place_below(column, "of"), "one column is read in two places",
                                shown(name), {}, "Name another column in one of them.");
    }

    resolved_plan finish() {
        result_.graph = column_graph(nodes_);
        for (auto const& name : parts_.outputs) {
            auto const node = result_.graph.find(name);
            if (!node) {
                auto const names = all_names();
                issues_.error("plan.unknown_column", "/outputs", "there is no such column or attribute to put out",
                              shown(name), join_names(names), did_you_mean(name, names));
                continue;
            }
            result_.outputs.push_back(static_cast<std::uint32_t>(*node));
        }
        for (auto const& policy : parts_.when_missing) {
            auto const flag =
                policy.what == missing_action::drop ? std::nullopt : result_.graph.find(imputed_flag(policy.attribute));
            resolved_missing made{static_cast<std::uint32_t>(*result_.graph.find(policy.attribute)), {}, policy.what};
            if (flag) made.flag = static_cast<std::uint32_t>(*flag);
            result_.missing.push_back(made);
        }
        check_tag_handling(parts_, schema_, result_.graph, issues_);
        std::vector<bool> used(nodes_.size(), false);
        for (std::uint32_t const node : result_.graph.required_for(result_.outputs))
            used[node] = true;
        for (std::size_t i = attribute_nodes_; i < nodes_.size(); ++i)
            if (!used[i] && !parts_.columns[nodes_[i].definition].implied)
                result_.warnings.warning("plan.unused_column", nodes_[i].place,
                                         "no output reads the column \"" + nodes_[i].name + "\"", {}, {},
                                         "Put it out, or remove it.");
        return std::move(result_);
    }

    plan_parts const& parts_;
    schema const& given_;
    schema const schema_; ///< with the columns every plan has
    strategy_registry const& mechanisms_;
    broken_names const& broken_;
    issue_list& issues_;
    zone days_in_;
    std::unordered_set<std::string> defined_;
    std::vector<column_state> states_; ///< as parts_.columns
    std::vector<column_node> nodes_;
    std::size_t attribute_nodes_ = 0;
    column_graph graph_;
    known_bounds bounds_;     ///< of columns computed so far
    known_segments segments_; ///< likewise
    resolved_plan result_;
};

} // namespace

resolved_plan resolve_with_gaps(plan_parts const& parts, schema const& what, strategy_registry const& mechanisms,
                                broken_names const& broken, issue_list& issues) {
    return resolver(parts, what, mechanisms, broken, issues).run();
}

} // namespace detail

resolved_plan resolve(plan const& definition, schema const& what, strategy_registry const& mechanisms) {
    issue_list issues;
    auto result = detail::resolve_with_gaps(definition.parts(), what, mechanisms, {}, issues);
    issues.throw_if_errors();
    result.warnings.append(issues);
    return result;
}

} // namespace v0
} // namespace segmenta
