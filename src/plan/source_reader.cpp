// SPDX-License-Identifier: Apache-2.0
// Reads `/sources`: files, fields, cleaning rules.
#include "plan/keys.hpp"
#include "plan/purposes.hpp"
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/money.hpp>
#include <segmenta/record/unit.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/time/parse.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Reasons under which rows are counted without the plan saying so.
constexpr std::array<std::string_view, 4> own_reasons{"bad_record", "cancelled", "future", "duplicate"};

/// A limit of a field's values, in the field's type.
std::optional<value> read_limit(json_node const& node, type what) {
    auto const& json = node.value();
    auto const* text = json.if_string();
    auto const* integer = json.if_int64();
    auto const* real = json.if_double();
    switch (what.base) {
    case kind::int64:
        if (integer != nullptr) return value::of_int(*integer);
        node.wrong_kind("an integer");
        return std::nullopt;
    case kind::float64:
        if (integer != nullptr) return value::of_double(static_cast<double>(*integer));
        if (real != nullptr) return value::of_double(*real);
        node.wrong_kind("a number");
        return std::nullopt;
    case kind::decimal: {
        std::string written;
        if (text != nullptr) written = std::string{std::string_view{*text}};
        if (integer != nullptr) written = std::to_string(*integer);
        if (real != nullptr) written = format_double(*real);
        if (auto const exact = parse_decimal(written, what.scale)) return value::of_decimal(what, exact->units);
        node.error("plan.wrong_type", "the limit is no decimal of the field's scale", shown(written),
                   "at most " + std::to_string(what.scale) + " digits after the point",
                   "Write it as a string such as \"0.01\".");
        return std::nullopt;
    }
    case kind::date:
        if (text != nullptr)
            if (auto const day = parse_date(std::string_view{*text})) return value::of_date(*day);
        node.wrong_kind("a date such as \"2024-06-30\"");
        return std::nullopt;
    case kind::instant:
        if (text != nullptr)
            if (auto const when = parse_instant(std::string_view{*text}, zone::utc())) return value::of_instant(*when);
        node.wrong_kind("an instant such as \"2024-06-30T00:00:00Z\"");
        return std::nullopt;
    default:
        node.error("plan.wrong_type", "only numbers, dates and instants have limits", to_string(what), {},
                   "Write a condition under \"reject\" instead.");
        return std::nullopt;
    }
}

bool greater(value const& a, value const& b) {
    return a.base() == kind::float64 ? a.as_double() > b.as_double() : a.as_units() > b.as_units();
}

void read_time_format(json_node const& node, field_definition& field) {
    auto const text = node.text();
    if (!text) return;
    if (field.what.base != kind::date && field.what.base != kind::instant) {
        node.error("plan.bad_format", "only dates and instants have a format", shown(*text), {},
                   "Leave the format out, or make the field's type date or instant.");
        return;
    }
    try {
        time_format const format(*text, node.place());
        if (field.what.base == kind::instant && !format.has_time())
            node.error("plan.bad_format", "the format reads dates alone", shown(*text), {},
                       "Make the field's type date, or add the time to the format.");
        if (format.text() != time_format().text()) field.format = *text;
    } catch (issue_error const& error) {
        for (auto problem : error.issues()) {
            problem.code = "plan.bad_format";
            node.error(problem.code, problem.message, problem.seen, problem.allowed, problem.remedy);
        }
    }
}

/// Own words of units, each with its factor.
void read_unit_words(json_node const& node, field_definition& field) {
    if (node.members().empty())
        node.error("plan.missing_key", "a table of units without a word says nothing", {}, {},
                   "Name a word and its factor.");
    for (auto const& [word, factor] : node.members()) {
        auto const text =
            factor.value().is_int64() ? std::optional(std::to_string(factor.value().get_int64())) : factor.text();
        if (!text) continue;
        if (trim(word).empty())
            factor.error("plan.bad_unit", "the word of a unit is empty", {}, {},
                         "A number without a word is in the field's unit.");
        else if (!parse_unit_factor(*text))
            factor.error("plan.bad_unit", "this is no factor of a unit", shown(*text),
                         "\"1000\", \"0.5\", \"2000/3\", up to 10^12",
                         "Say how many of the field's unit one " + word + " is.");
        else
            field.unit_words.emplace_back(word, *text);
    }
    std::sort(field.unit_words.begin(), field.unit_words.end());
}

void read_units(json_node const& node, field_definition& field) {
    if (!field.what.is_numeric()) {
        node.error("plan.bad_unit", "only numbers have units", to_string(field.what), "int64, double, decimal, money");
        return;
    }
    if (node.is_object()) return read_unit_words(node, field);
    if (!node.is_string()) return node.wrong_kind("a unit such as \"kg\", or an object from word to factor");
    auto const text = *node.text();
    auto const units = unit_table::of(text);
    if (!units)
        node.error("plan.bad_unit", "there is no such ready-made unit", shown(text),
                   join_names(unit_table::ready_made(), 40) + ", others of their kind, and every currency",
                   "Write a table instead: {\"dozen\": \"12\"}.");
    else if (field.what.is_money() && units->money() != field.what.unit)
        node.error("plan.bad_unit", "the unit is not one of the field's currency", shown(text),
                   unit_table::of(field.what.unit.name()) ? unit_table::of(field.what.unit.name())->words()
                                                          : std::string{});
    else
        field.unit = text;
}

/// Whether the columns of a file have no names but numbers.
bool is_nameless(source_format const& format) {
    return format.what == file_type::csv && !format.dialect.header && format.dialect.names.empty();
}

void read_column_of_field(json_node const& node, source_format const& format, field_definition& field) {
    auto const column = node.find("column");
    auto const position = node.find("position");
    if (column && position)
        position->error("plan.two_keys", "a field is found by \"column\" or by \"position\", not by both", {}, {},
                        "Remove one of them.");
    if (column) {
        field.column = column->text().value_or(field.name);
        if (column->is_string() && field.column.empty())
            column->error("plan.wrong_type", "the column's name is empty", {}, {},
                          "Write the name as the file has it.");
    }
    if (!position) return;
    auto const number = position->integer();
    if (!number) return;
    if (*number < 1 || *number > 100'000)
        position->error("plan.wrong_type", "positions count from 1", std::to_string(*number), "1 to 100000");
    else if (!is_nameless(format))
        position->error("plan.two_keys", "the columns of this file have names, so a position could contradict them",
                        std::to_string(*number), {},
                        "Say \"column\" with the name, or make the format \"header\": false without \"names\".");
    else
        field.column = std::to_string(*number);
}

std::optional<field_definition> read_field(std::string const& name, json_node const& node, plan_parts const& parts,
                                           source_format const& format) {
    field_definition field;
    field.name = name;
    field.column = name;
    if (!is_identifier(name)) {
        node.error("plan.bad_name", "the name of a field must be usable in rules", shown(name),
                   "letters, digits and underscores, not starting with a digit, no word of the rule language",
                   "Give the field such a name and say \"column\": " + shown(name) + ".");
        return std::nullopt;
    }
    if (node.is_string()) {
        auto const what = read_type(node, parts);
        if (!what) return std::nullopt;
        field.what = *what;
        return field;
    }
    if (!node.is_object()) {
        node.wrong_kind("a type such as \"int64\", or an object with \"type\"");
        return std::nullopt;
    }
    node.check_keys(key_names(field_keys));
    read_column_of_field(node, format, field);
    auto const type_node = node.require("type", "Add one of " + std::string{type_examples} + ".");
    auto const what = type_node ? read_type(*type_node, parts) : std::nullopt;
    if (!what) return std::nullopt;
    field.what = *what;
    if (auto const pattern = node.find("format")) read_time_format(*pattern, field);
    if (auto const units = node.find("units")) read_units(*units, field);
    if (auto const half = node.find("half_width")) field.half_width = half->boolean().value_or(false);
    if (auto const minimum = node.find("minimum")) field.minimum = read_limit(*minimum, field.what);
    if (auto const maximum = node.find("maximum")) field.maximum = read_limit(*maximum, field.what);
    if (auto const level = node.find("sensitivity"))
        field.level = read_sensitivity(*level).value_or(sensitivity::special);
    if (auto const purposes = node.find("purposes")) field.purposes = read_purposes(*purposes);
    if (field.minimum && field.maximum && greater(*field.minimum, *field.maximum))
        node.error("plan.inverted_limits", "the minimum is greater than the maximum; no row could count");
    return field;
}

/// What the parts of a source need while it is read.
struct source_scope {
    json_node node;
    source_definition* source;
    environment names;            ///< fields read so far, as variables
    std::vector<field> typed;     ///< the same with types, in order
    std::set<std::string> broken; ///< fields that are defined wrongly
    used_fields* used;

    [[nodiscard]] std::vector<std::string> field_names() const {
        std::vector<std::string> names_of;
        for (auto const& f : typed)
            names_of.push_back(f.name);
        return names_of;
    }
    [[nodiscard]] field const* find(std::string_view name) const {
        for (auto const& f : typed)
            if (f.name == name) return &f;
        return nullptr;
    }
    void declare(field made) {
        names.variable(made.name, made.what);
        typed.push_back(std::move(made));
    }
    /// A derived field is as delicate as what it is made of.
    void declare(std::string const& name, program const& made, json_node const& at) {
        handling how;
        for (auto const variable : made.required_variables())
            how.add(typed[variable]);
        if (how.contradictory)
            at.error("plan.purpose", "the fields it is made of have no purpose in common, so it could serve none",
                     shown(name), {}, "Allow one purpose for all of them, or leave a field out.");
        declare({name, made.result_type(), how.level, std::move(how.purposes)});
    }
};

void read_fields(source_scope& scope, plan_parts const& parts) {
    auto const fields = scope.node.require("fields", "Name the fields that the plan uses, each with its type.");
    if (!fields || !fields->require_object()) return;
    if (fields->members().empty())
        fields->error("plan.missing_key", "a source without fields says nothing", {}, {},
                      "Name at least the customer's id.");
    for (auto const& [name, node] : fields->members()) {
        auto field = read_field(name, node, parts, scope.source->format);
        if (!field) {
            scope.broken.insert(name);
            continue;
        }
        field->place = node.definition();
        scope.declare({name, field->what, field->level, field->purposes});
        scope.source->fields.push_back(std::move(*field));
    }
}

/// A key that names a field: `customer`, `time`, `order`, `event_id`.
std::string read_field_name(source_scope& scope, std::string_view key, bool required, bool (*fits)(type),
                            std::string_view allowed) {
    auto const node = required ? scope.node.require(key, "Name the field of the source.") : scope.node.find(key);
    if (!node) return {};
    auto const name = node->text();
    if (!name) return {};
    scope.used->insert({scope.source->name, *name});
    auto const* field = scope.find(*name);
    if (field == nullptr) {
        auto const names = scope.field_names();
        if (scope.broken.count(*name) == 0 && !(names.empty() && scope.broken.empty())) // no fields: said already
            node->error("plan.unknown_field", "the source has no such field", shown(*name), join_names(names),
                        did_you_mean(*name, names));
        return {};
    }
    // the reader needs these two before it computes anything
    bool const from_file = std::any_of(scope.source->fields.begin(), scope.source->fields.end(),
                                       [&](field_definition const& f) { return f.name == *name; });
    if (required && !from_file)
        node->error("plan.derived_field", "this must be a field of the file, not a derived one", shown(*name));
    else if (!fits(field->what))
        node->error("plan.field_type",
                    "the field \"" + *name + "\" has a type that does not serve as \"" + std::string{key} + "\"",
                    to_string(field->what), std::string{allowed});
    return *name;
}

/// A name that is derived further down: the remedy says so.
issue_list with_order_of_derived(source_scope const& scope, issue_list const& found) {
    issue_list result;
    auto const derive = scope.node.find("derive");
    for (auto problem : found) {
        if (problem.code == "rule.unknown_name" && derive)
            for (auto const& [name, node] : derive->members())
                if (problem.seen == shown(name))
                    problem.remedy = "Derived fields are computed in their order: put this one after " + name + "." +
                                     problem.remedy.substr(std::min(problem.remedy.find('\n'), problem.remedy.size()));
        result.add(std::move(problem));
    }
    return result;
}

std::optional<program> read_program(source_scope& scope, json_node const& node, std::string const& text,
                                    std::optional<type> wanted) {
    issue_list issues;
    auto const rule = parse_expression(text, issues, node.place());
    if (rule) {
        auto made = compile_rule(*rule, scope.names, issues, node.place(), wanted);
        bool const about_broken = !made && std::any_of(scope.broken.begin(), scope.broken.end(), [&](auto const& name) {
            return text.find(name) != std::string::npos;
        });
        if (made)
            for (auto const& name : made->required_names())
                scope.used->insert({scope.source->name, name});
        if (!about_broken) node.report(with_order_of_derived(scope, issues));
        return made;
    }
    node.report(issues);
    return std::nullopt;
}

void read_derived(source_scope& scope) {
    auto const derive = scope.node.find("derive");
    if (!derive || !derive->require_object()) return;
    for (auto const& [name, node] : derive->members()) {
        auto const text = read_rule_text(node);
        if (!is_identifier(name)) {
            node.error("plan.bad_name", "the name of a derived field must be usable in rules", shown(name),
                       "letters, digits and underscores, not starting with a digit, no word of the rule language");
            continue;
        }
        if (scope.find(name) != nullptr || scope.broken.count(name) != 0) {
            node.error("plan.duplicate_name", "the source already has a field of this name", shown(name), {},
                       "Choose another name for the derived field.");
            continue;
        }
        auto const made = text ? read_program(scope, node, *text, std::nullopt) : std::nullopt;
        if (!made) {
            scope.broken.insert(name);
            continue;
        }
        scope.declare(name, *made, node);
        scope.source->derive.push_back({name, *text, node.definition()});
    }
}

void read_conditions(source_scope& scope) {
    if (auto const cancelled = scope.node.find("cancelled")) {
        if (auto const text = read_rule_text(*cancelled)) {
            scope.source->cancelled = *text;
            (void)read_program(scope, *cancelled, *text, boolean_type);
        }
    }
    auto const reject = scope.node.find("reject");
    if (!reject || !reject->require_object()) return;
    for (auto const& [reason, node] : reject->members()) {
        if (!is_identifier(reason))
            node.error("plan.bad_name", "a reason is an identifier", shown(reason),
                       "letters, digits and underscores, not starting with a digit");
        if (std::find(own_reasons.begin(), own_reasons.end(), reason) != own_reasons.end())
            node.error("plan.duplicate_name", "rows are already counted under this reason by themselves", shown(reason),
                       {}, "Choose another name for the reason.");
        auto const text = read_rule_text(node);
        if (!text) continue;
        (void)read_program(scope, node, *text, boolean_type);
        scope.source->reject.push_back({reason, *text, node.definition()});
    }
}

bool is_id(type what) { return what.base == kind::int64 || what.is_text(); }
bool is_time(type what) { return what.base == kind::instant || what.base == kind::date; }

/// Whether the file can have a column of each field, as far as the plan knows.
void check_columns(source_scope const& scope) {
    auto const& format = scope.source->format;
    auto const& names = format.dialect.names;
    auto const is_number = [](std::string const& text) {
        return text.find_first_not_of("0123456789") == std::string::npos && !text.empty() && text.front() != '0';
    };
    for (auto const& field : scope.source->fields) {
        auto const place = scope.node.find("fields")->find(field.name);
        if (is_nameless(format) && !is_number(field.column))
            place->error("plan.missing_key", "the file has no names, so each field needs its \"position\"",
                         shown(field.name), {}, "Add \"position\" to the field, or \"names\" to the format.");
        if (!names.empty() && std::find(names.begin(), names.end(), field.column) == names.end())
            place->error("plan.unknown_field", "the format's names do not have the column of this field",
                         shown(field.column), join_names(names), did_you_mean(field.column, names));
    }
}

/// Customers of all sources are matched by id, so ids are numbers everywhere or text everywhere.
void check_id_type(source_scope const& scope, plan_parts const& parts) {
    auto const id_is_text = [](source_definition const& source) -> std::optional<bool> {
        for (auto const& field : source.fields)
            if (field.name == source.customer) return field.what.is_text();
        return std::nullopt;
    };
    auto const own = id_is_text(*scope.source);
    if (auto const* const other = scope.find(scope.source->same_as);
        other != nullptr && own && *own != other->what.is_text())
        scope.node.find("same_as")->error(
            "plan.field_type", "one id of a pair is a number and the other text; they could not be of one customer",
            to_string(other->what), *own ? "text" : "int64", "Give both fields the same type.");
    for (auto const& other : parts.sources) {
        auto const others = id_is_text(other);
        if (!own || !others || *own == *others) continue;
        scope.node.find("customer")
            ->error("plan.field_type", "ids are numbers in one source and text in another; no customer could match",
                    *own ? "text" : "int64", *others ? "text, as in " + other.name : "int64, as in " + other.name,
                    "Give both fields the same type.");
        return;
    }
}

bool is_moment(std::string_view name) {
    return std::any_of(moment_columns.begin(), moment_columns.end(), [&](auto const& m) { return m.first == name; });
}

/// A name that means something else in every plan.
void refuse_attribute(source_scope const& scope, std::string const& name) {
    auto const fields = scope.node.find("fields");
    auto const field = fields ? fields->find(name) : std::nullopt;
    bool const moment = is_moment(name);
    (field ? *field : scope.node)
        .error(moment ? "plan.duplicate_name" : "plan.bad_name",
               moment ? "every plan has the moment asked about under this name"
                      : "in rules \"customer\" means the whole customer",
               shown(name), {}, "Rename the field and say \"column\" for its name in the file.");
}

void describe_source(source_scope const& scope, schema& described, broken_names& broken) {
    auto const& source = *scope.source;
    if (source.kind == source_kind::links) return; // it says who is who, and nothing about anybody
    if (source.kind == source_kind::customers) {
        for (auto const& name : scope.broken)
            broken.attributes.insert(name);
        for (auto const& field : scope.typed) {
            if (field.name == source.customer) continue;
            if (is_moment(field.name) || field.name == "customer") {
                refuse_attribute(scope, field.name);
                continue;
            }
            if (described.find_attribute(field.name) || described.find_history(field.name)) {
                scope.node.error("plan.duplicate_name", "another source already gives customers this name",
                                 shown(field.name), {},
                                 "Rename the field and say \"column\" for its name in the file.");
                continue;
            }
            described.attribute(field);
        }
        return;
    }
    for (auto const& name : scope.broken)
        broken.fields.insert({source.name, name});
    bool const taken = described.find_attribute(source.name).has_value();
    if (taken)
        scope.node.error("plan.duplicate_name", "an attribute already has the name of this history", shown(source.name),
                         {}, "Rename one of them.");
    auto const* time = scope.find(source.time);
    if (taken || time == nullptr || !is_time(time->what)) {
        broken.histories.insert(source.name);
        return;
    }
    described.history({source.name, source.time, scope.typed});
}

/// False (and reported) when the kind is none.
bool read_kind(json_node const& source_node, source_definition& source) {
    static constexpr std::array<std::string_view, 3> kinds{"history", "customers", "links"};
    auto const node = source_node.find("kind");
    if (!node) return true;
    auto const text = node->text();
    if (!text) return false;
    if (*text == kinds[1]) source.kind = source_kind::customers;
    if (*text == kinds[2]) source.kind = source_kind::links;
    if (std::find(kinds.begin(), kinds.end(), *text) != kinds.end()) return true;
    node->error("plan.unknown_name", "a source is a history, a list of customers or pairs of ids", shown(*text),
                join_names(kinds), did_you_mean(*text, kinds));
    return false;
}

void read_source(std::string const& name, json_node const& node, plan_parts& parts, schema& described,
                 broken_names& broken, used_fields& used) {
    if (!is_identifier(name)) {
        node.error("plan.bad_name", "the name of a source must be usable in rules", shown(name),
                   "letters, digits and underscores, not starting with a digit, no word of the rule language");
        broken.histories.insert(name);
        return;
    }
    if (is_moment(name)) {
        node.error("plan.duplicate_name", "every plan has the moment asked about under this name", shown(name), {},
                   "Choose another name for the source.");
        broken.histories.insert(name);
        return;
    }
    if (!node.require_object()) {
        broken.histories.insert(name);
        return;
    }
    node.check_keys(key_names(source_keys));
    source_definition source;
    source.name = name;
    source.place = node.definition();
    bool const kind_known = read_kind(node, source);
    if (auto const format = node.find("format")) source.format = read_format(*format);

    source_scope scope{node, &source, {}, {}, {}, &used};
    scope.names.record_name("row").zone_name(parts.zone);
    read_fields(scope, parts);
    read_derived(scope);
    read_conditions(scope);
    if (!kind_known) {
        broken.histories.insert(name);
        for (auto const& field : scope.typed)
            broken.attributes.insert(field.name);
        return;
    }
    source.customer = read_field_name(scope, "customer", true, is_id, "int64, string, category");
    bool const is_history = source.kind == source_kind::history;
    for (std::string_view const key : {"time", "order", "event_id"}) {
        if (is_history) continue;
        if (auto const extra = node.find(key))
            extra->error("plan.unknown_key",
                         "a list of customers has one row per customer and no \"" + std::string{key} + "\"", {}, {},
                         "Remove it, or make the source a history.");
    }
    if (source.kind == source_kind::links)
        source.same_as = read_field_name(scope, "same_as", true, is_id, "int64, string, category");
    else if (auto const extra = node.find("same_as"))
        extra->error("plan.unknown_key", "only a source of links has pairs of ids", {}, {},
                     "Remove it, or make the source \"kind\": \"links\".");
    if (is_history) {
        source.time = read_field_name(scope, "time", true, is_time, "instant, date");
        source.order = read_field_name(scope, "order", false, is_id, "int64, string, category");
        source.event_id = read_field_name(scope, "event_id", false, is_id, "int64, string, category");
    }
    check_id_type(scope, parts);
    check_columns(scope);
    describe_source(scope, described, broken);
    parts.sources.push_back(std::move(source));
}

} // namespace

void read_sources(json_node const& sources, plan_parts& parts, schema& described, broken_names& broken,
                  used_fields& used) {
    if (!sources.require_object()) return;
    for (auto const& [name, node] : sources.members())
        read_source(name, node, parts, described, broken, used);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
