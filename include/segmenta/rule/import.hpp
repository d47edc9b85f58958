// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_IMPORT_HPP
#define SEGMENTA_RULE_IMPORT_HPP

/// \file
/// Conditions that other segment builders keep as JSON, read as rules. docs/rules.md, "Importing", has the table of
/// their operators and every difference in meaning.

#include <segmenta/error.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// What the JSON is written in.
enum class rule_dialect : std::uint8_t {
    json_logic, ///< JsonLogic: https://jsonlogic.com/operations.html, npm json-logic-js 2.0.5
    growthbook, ///< targeting conditions in the manner of MongoDB queries: docs.growthbook.io/lib/build-your-own,
                ///< npm @growthbook/growthbook 1.8.0, evalCondition
    react_querybuilder, ///< queries of https://react-querybuilder.js.org, with and without independent
                        ///< combinators, 8.24
};

/// `jsonlogic`, `growthbook`, `react-querybuilder`.
[[nodiscard]] std::string_view to_string(rule_dialect dialect) noexcept;
/// Those names; else nothing.
[[nodiscard]] std::optional<rule_dialect> parse_rule_dialect(std::string_view name) noexcept;

/// What an imported rule answers for a customer without the attribute it asks about.
enum class imported_missing : std::uint8_t {
    unknown,   ///< what rules answer anyway: the rule is as a person would have written it
    as_source, ///< what the original answers, true or false: its comparisons are guarded with `has(...)`. For
               ///< react-querybuilder, which evaluates nothing itself, what `formatQuery(query, 'jsonlogic')` answers
};

/// How to import.
struct import_options {
    /// What names mean, borrowed for the call. With it, names are checked, values take the type of the attribute they
    /// are compared with (`"30"` is 30 for an int, `"2024-07-01"` a date, 500 `money('500 CNY')`), and a rule that does
    /// not compile is refused. Without, names are taken as they come and values as JSON writes them.
    environment const* names = nullptr;
    imported_missing missing = imported_missing::unknown;
    /// A group without conditions is refused, because it would hold for everybody. When true it answers what it answers
    /// in its source, and an issue of level `note` says so.
    bool allow_empty_groups = false;
    /// The name rules put before an attribute in `has(customer.age)` when there are no `names`.
    std::string record_name = "customer";
    /// Of the rule that is made. The JSON may be nested accordingly.
    expression_limits limits;
};

/// Reads one JSON document as a rule. Problems are added to `issues` at `place` followed by a JSON pointer; with an
/// error there is no rule, and nothing of the document is left out without an issue. Codes: those of JSON
/// (`json.syntax`, `json.duplicate_key`, `json.too_deep`, …), `import.wrong_type` (something else than the dialect
/// wants here), `import.unknown_operator` (with the nearest), `import.unsupported` (an operator that a rule has no
/// words for), `import.empty` (a group without conditions), `import.incomplete` (a rule of a builder whose field,
/// operator or value was not chosen), `import.type` (a value that the attribute cannot have), `import.bad_pattern`,
/// `import.bad_name`, `rule.unknown_name` (with the nearest), `rule.too_large`, `rule.too_deep` and, with `names`,
/// those of `compile_rule`. Notes and warnings: `import.muted`, `import.unknown_key`, `import.guess`, `import.empty`.
/// After a thousand of one kind, `import.more`. JSON of more than 64 times `limits.max_bytes` is `json.too_large`.
///
/// A condition of GrowthBook or react-querybuilder is a condition; JsonLogic may compute any value. Linear in the JSON,
/// but for operators that mention an operand twice (`{"<": [a, b, c]}`), which are bounded by `limits`.
[[nodiscard]] std::optional<expression> import_rule(std::string_view json, rule_dialect dialect, issue_list& issues,
                                                    std::string_view place = {}, import_options const& options = {});

/// The same; throws `issue_error` instead.
///
///     auto const rule = import_rule(R"({"and": [{">=": [{"var": "age"}, 18]}, {"var": "vip"}]})",
///                                   rule_dialect::json_logic);
///     to_string(rule); // "age >= 18 && vip"
[[nodiscard]] expression import_rule(std::string_view json, rule_dialect dialect, import_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
