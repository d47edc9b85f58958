// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RULE_BATCH_HPP
#define SEGMENTA_TAG_RULE_BATCH_HPP

/// \file
/// Many boolean rules over many customers at once: how many each rule holds for, and which.

#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/cpu.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/narrow_column.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace segmenta {
inline namespace v0 {

namespace detail {
struct rule_batch_data;
}

/// How a batch is built.
struct rule_batch_options {
    /// The instruction set; never more than the machine has, and the best it has when nothing is said.
    std::optional<cpu_level> level{};
};

/// Working memory of `rule_batch::count` and `rule_batch::find`, reused between calls: about 256 bytes for each
/// threshold and each condition of the batch.
///
/// Thread safety: one call at a time; give each thread its own. May be used with any batch, in any order.
class rule_batch_scratch {
public:
    rule_batch_scratch();
    rule_batch_scratch(rule_batch_scratch&&) noexcept;
    rule_batch_scratch& operator=(rule_batch_scratch&&) noexcept;
    ~rule_batch_scratch();

    struct state;
    [[nodiscard]] state& inner() noexcept { return *state_; } ///< for the batch

private:
    std::unique_ptr<state> state_;
};

/// An immutable set of rules that is evaluated over columns.
///
/// A rule holds for a row exactly when `program::evaluate` answers known and true. Rows are taken 2,048 at a time: each
/// value is made a small number once, each threshold of any rule becomes a bitmap of the rows at or above it, each
/// condition some of these bitmaps, and each rule is AND and OR over conditions. So a condition that many rules share
/// is computed once. What `rule_index` answers by its table is answered this way; a rule with other parts is evaluated
/// by its program over those 2,048 rows, unless its other conditions hold for none of them.
///
/// Thread safety: an immutable value that shares its data between copies; use it from any thread, with one scratch per
/// thread. Rows of a table may be divided between threads, and counts added up.
class rule_batch {
public:
    /// Number of rules.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Rules that need their program.
    [[nodiscard]] std::size_t residual_rules() const noexcept;
    /// Conditions on one variable that differ from each other, over all rules.
    [[nodiscard]] std::size_t conditions() const noexcept;

    /// Adds to `counts[rule]`, which has `size()` numbers, the rows for which the rule holds. The columns of `rows` are
    /// in the order of the environment's variables; those that no rule reads may be empty. What is said at
    /// `program::evaluate` of absent columns and columns of other types holds here. Linear in rows. Throws
    /// `std::bad_alloc` when memory runs out before the scratch has seen a batch and a block as large; then some rows
    /// may have been counted.
    void count(block const& rows, std::span<std::uint64_t> counts, rule_batch_scratch& scratch) const;

    /// The same of columns each stored in its own way, with the same answers. Narrow columns are compared as they lie
    /// in memory, unless rules ask for more than 64 thresholds of one: then values are made wide first. A column stored
    /// as its type may not be (`narrow_column::is_sound`) is a column of another type.
    void count(narrow_block const& rows, std::span<std::uint64_t> counts, rule_batch_scratch& scratch) const;

    /// The same, and sets `audiences[rule]`, `size()` bitmaps, to the rows for which the rule holds; each is given
    /// `rows.size` bits.
    ///
    ///     std::vector<std::uint64_t> counts(batch.size());
    ///     std::vector<bitmap> audiences(batch.size());
    ///     batch.find(customers, counts, audiences, scratch);
    void find(block const& rows, std::span<std::uint64_t> counts, std::span<bitmap> audiences,
              rule_batch_scratch& scratch) const;
    /// The same of columns each stored in its own way.
    void find(narrow_block const& rows, std::span<std::uint64_t> counts, std::span<bitmap> audiences,
              rule_batch_scratch& scratch) const;

    explicit rule_batch(std::shared_ptr<detail::rule_batch_data const> data) noexcept : data_(std::move(data)) {}

private:
    std::shared_ptr<detail::rule_batch_data const> data_;
};

/// Compiles the rules against an environment and makes a batch of them. Issues as of `build_rule_index`, at `place`
/// with the number of the rule. With an error there is no batch. An empty list makes a batch that counts nothing.
[[nodiscard]] std::optional<rule_batch> build_rule_batch(std::span<expression const> rules, environment const& names,
                                                         issue_list& issues, std::string_view place = "rules",
                                                         rule_batch_options const& options = {});

/// The same; throws `issue_error` with all problems.
///
///     expression const rules[] = {parse_expression("age >= 18"), parse_expression("city == 'SH'")};
///     rule_batch const batch = build_rule_batch(rules, names);
[[nodiscard]] rule_batch build_rule_batch(std::span<expression const> rules, environment const& names,
                                          rule_batch_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
