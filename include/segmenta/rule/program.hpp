// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_PROGRAM_HPP
#define SEGMENTA_RULE_PROGRAM_HPP

/// \file
/// A rule that was checked against an environment and can be evaluated, over one row or over a block of rows, with the
/// same meaning.
///
/// Three values. A missing variable is *unknown*; a function of an unknown is unknown, also `==` and `!=`; a failed
/// computation (overflow, division by zero, bad conversion, index out of range) is an *error*. `&&`, `||` and `?:`
/// follow CEL: `false && x` is false and `true || x` is true whatever x is; else unknown takes precedence over error,
/// and error over a value. docs/rules.md has the tables.

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/evaluation.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

namespace detail {
struct program_data;
}

/// A compiled rule.
///
/// Thread safety: an immutable value that shares its code between copies; evaluate it from any thread, with one scratch
/// per thread.
class program {
public:
    /// The type of the answers. A rule that is a bare `category` variable answers `category`; computed text is
    /// `string`.
    [[nodiscard]] type result_type() const noexcept;
    /// Whether no variable can change the answer.
    [[nodiscard]] bool is_constant() const noexcept;
    /// The numbers of the variables the rule may read, ascending.
    [[nodiscard]] std::span<std::uint32_t const> required_variables() const noexcept;
    /// Their names.
    [[nodiscard]] std::vector<std::string> required_names() const;
    /// Of a variable number as found in `rule_scratch::missing()`.
    [[nodiscard]] std::string_view variable_name(std::uint32_t variable) const noexcept;
    /// The rule it was compiled from.
    [[nodiscard]] expression const& source() const noexcept;

    /// One row. Nothing is allocated unless the rule makes new text; such text lives in `scratch` until its next use.
    [[nodiscard]] rule_result evaluate(row_source const& row, rule_scratch& scratch) const noexcept;

    /// All rows of a block whose columns are in the order of the environment's variables. Columns that are not
    /// `required_variables()` may be empty. A required column that is absent, shorter than the block, or of another
    /// type than declared makes what reads it an error; `string` and `category` columns serve each other. `float64` NaN
    /// is missing. Blocks of 4,096 to 16,384 rows keep the working memory in the cache. Nothing is allocated once the
    /// scratch has seen a block as large; before, `std::bad_alloc` is possible.
    [[nodiscard]] block_result evaluate(block const& rows, rule_scratch& scratch) const;

    /// For the library's own readers of the checked tree (src/rule/typed.hpp).
    [[nodiscard]] detail::program_data const& data() const noexcept { return *data_; }
    explicit program(std::shared_ptr<detail::program_data const> data) noexcept : data_(std::move(data)) {}

private:
    std::shared_ptr<detail::program_data const> data_;
};

/// Checks an expression against an environment and compiles it. Problems are added to `issues` at `place` followed by
/// line and column: `rule.unknown_name` (with the nearest name), `rule.unknown_function`, `rule.type`,
/// `rule.currency` (two currencies, or money and a plain number), `rule.scale` (a decimal of more than 18 digits
/// after the point), `rule.bad_constant` (a date, zone, pattern … that does not exist), `rule.result_type`,
/// `rule.unsupported` (valid CEL that this evaluator does not take), `rule.too_large`, `rule.too_costly` (loops over
/// lists in the text that can take more than 1,000,000 steps for one row); and the warning `rule.always_fails`. With an
/// error there is no program. All problems are found in one run.
///
/// `wanted`: the type the answer must have, for example `boolean_type` for a filter. An int or decimal answer becomes
/// the wanted decimal when that has as many digits after the point or more (a plain number takes the wanted currency),
/// or the wanted `float64`; any text is good for a wanted `string` or `category` (it stays what `result_type()` says).
/// Everything else must match, else `rule.result_type`.
[[nodiscard]] std::optional<program> compile_rule(expression const& rule, environment const& names, issue_list& issues,
                                                  std::string_view place = {},
                                                  std::optional<type> wanted = std::nullopt);

/// Reads and compiles; the same issues and those of `parse_expression`.
[[nodiscard]] std::optional<program> compile_rule(std::string_view text, environment const& names, issue_list& issues,
                                                  std::string_view place = {},
                                                  std::optional<type> wanted = std::nullopt);

/// The same; throws `issue_error` with all problems.
///
///     environment names;
///     names.variable("Quantity", int64_type);
///     names.variable("UnitPrice", decimal_type(3));
///     program const amount = compile_rule("Quantity * UnitPrice", names); // decimal(3)
[[nodiscard]] program compile_rule(std::string_view text, environment const& names,
                                   std::optional<type> wanted = std::nullopt);

} // namespace v0
} // namespace segmenta

#endif
