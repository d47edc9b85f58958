// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_ENVIRONMENT_HPP
#define SEGMENTA_RULE_ENVIRONMENT_HPP

/// \file
/// What the names in a rule mean: typed variables, numbered in the order they were declared.

#include <segmenta/record/schema.hpp>
#include <segmenta/record/type.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Typed names a rule may read.
///
/// A variable is written bare (`age`), or as a field of the record (`customer.age`, for `has(customer.age)` and
/// `customer.?age`). Names with other characters, such as CSV headings, are written in backquotes: `` `Customer ID` ``.
/// A name may hold dots (`value.segment`); the longest declared name wins. Variables are numbered 0, 1, 2, ... in
/// order of declaration; rows and blocks are given to programs in that order.
///
/// Thread safety: concurrent reads are safe; declaring needs exclusive access.
class environment {
public:
    environment() = default;
    /// The attributes of a schema in their order, as fields of `customer`. Histories are not variables.
    explicit environment(schema const& names);

    /// Declares a variable and returns its number. Throws `issue_error` (`rule.duplicate_name`, `rule.bad_name`) when
    /// the name is taken, empty or holds a backquote or control character.
    std::size_t variable(std::string name, type what);

    /// The name rules may put before a variable: `customer` unless changed; `row` suits a file.
    environment& record_name(std::string name);
    /// The zone of `getHours()`, `date(instant)` and their like when a rule names none: an IANA name or `+HH:MM`. `UTC`
    /// unless changed, as CEL says. Whether it exists is checked when a rule that needs it is compiled.
    environment& zone_name(std::string name);

    [[nodiscard]] std::size_t size() const noexcept { return variables_.size(); }
    [[nodiscard]] std::string_view name(std::size_t variable) const noexcept { return variables_[variable].name; }
    [[nodiscard]] type what(std::size_t variable) const noexcept { return variables_[variable].what; }
    [[nodiscard]] std::string_view record_name() const noexcept { return record_name_; }
    [[nodiscard]] std::string_view zone_name() const noexcept { return zone_name_; }
    /// The number of a name; logarithmic.
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;
    /// The declared name most like `name` (few letters exchanged, missing, added or in other case), or empty.
    [[nodiscard]] std::string_view nearest(std::string_view name) const;

private:
    struct declared {
        std::string name;
        type what;
    };
    std::vector<declared> variables_;
    std::vector<std::size_t> by_name_; ///< variable numbers sorted by name
    std::string record_name_ = "customer";
    std::string zone_name_ = "UTC";
};

} // namespace v0
} // namespace segmenta

#endif
