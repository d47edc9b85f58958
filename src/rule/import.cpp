// SPDX-License-Identifier: Apache-2.0
#include <segmenta/rule/import.hpp>

#include "rule/import_writer.hpp"

#include <segmenta/rule/program.hpp>

#include <algorithm>

namespace segmenta {
inline namespace v0 {
namespace {

struct dialect_form {
    std::string_view name;
    rule_dialect dialect;
    detail::term (*read)(detail::import_writer&, detail::json_spot const&);
    bool condition; // else any value
};
constexpr dialect_form dialects[] = {
    {"jsonlogic", rule_dialect::json_logic, detail::read_json_logic, false},
    {"growthbook", rule_dialect::growthbook, detail::read_growthbook, true},
    {"react-querybuilder", rule_dialect::react_querybuilder, detail::read_react_querybuilder, true},
};

dialect_form const& form_of(rule_dialect dialect) noexcept { return dialects[static_cast<std::size_t>(dialect)]; }

std::optional<boost::json::value> parsed(std::string_view json, issue_list& issues, std::string_view place,
                                         expression_limits const& limits) {
    try {
        // An operator and its arguments are two levels for one of the rule, and JSON says things at greater length.
        return detail::parse_json(json, {.source = place.empty() ? std::string_view("json") : place,
                                         .comments = false,
                                         .max_depth = 2 * std::min<std::size_t>(limits.max_depth, 400) + 8,
                                         .max_bytes = std::min<std::size_t>(limits.max_bytes, 1U << 24) * 64});
    } catch (issue_error const& problem) {
        issues.append(problem.issues());
        return std::nullopt;
    }
}

// What was written, in its canonical form.
std::optional<expression> finished(detail::term const& made, dialect_form const& form, issue_list& issues,
                                   std::string_view place, import_options const& options) {
    auto const written = parse_expression(made.text, issues, place, options.limits);
    if (!written) return std::nullopt;
    auto out = parse_expression(to_string(*written), issues, place, options.limits);
    if (!out || options.names == nullptr) return out;
    auto const wanted = form.condition ? std::optional<type>(boolean_type) : std::nullopt;
    return compile_rule(*out, *options.names, issues, place, wanted) ? out : std::nullopt;
}

} // namespace

std::string_view to_string(rule_dialect dialect) noexcept { return form_of(dialect).name; }

std::optional<rule_dialect> parse_rule_dialect(std::string_view name) noexcept {
    for (auto const& form : dialects)
        if (form.name == name) return form.dialect;
    return std::nullopt;
}

std::optional<expression> import_rule(std::string_view json, rule_dialect dialect, issue_list& issues,
                                      std::string_view place, import_options const& options) {
    auto const document = parsed(json, issues, place, options.limits);
    if (!document) return std::nullopt;
    issue_list found;
    detail::import_writer writer(options, found, place);
    auto const& form = form_of(dialect);
    detail::term const made = form.read(writer, {&*document, {}});
    auto out = found.has_errors() ? std::nullopt : finished(made, form, found, place, options);
    issues.append(found);
    return out;
}

expression import_rule(std::string_view json, rule_dialect dialect, import_options const& options) {
    issue_list issues;
    auto made = import_rule(json, dialect, issues, {}, options);
    issues.throw_if_errors();
    return *std::move(made);
}

} // namespace v0
} // namespace segmenta
