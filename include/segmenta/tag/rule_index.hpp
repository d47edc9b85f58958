// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RULE_INDEX_HPP
#define SEGMENTA_TAG_RULE_INDEX_HPP

/// \file
/// Which of many boolean rules hold for one record, without asking them one by one: each attribute's value is ranked
/// once among all thresholds and texts the rules mention, and the bitmaps of what its interval allows are combined.

#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/cpu.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/status.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/evaluation.hpp>
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
struct rule_index_data;
struct rule_index_changes;
} // namespace detail

class rule_matches;

/// The answer of `rule_index::update`.
struct rule_change {
    status state = status::ok; ///< `error`: memory ran out, or the customer was not started by this index
    bool changed = false;      ///< whether any rule began or ceased to hold; only then are the two bitmaps written
};

/// How an index is built.
struct rule_index_options {
    /// Bound on the table of bitmaps. Where all thresholds would need more, neighbouring ones share a row, and the
    /// rules with a threshold inside the row that was hit are looked at one by one: slower, the same answer. The least
    /// is three rows for each attribute, of a bit for each rule and for each `||` in it.
    std::size_t max_table_bytes = std::size_t{64} << 20;
    /// The instruction set; never more than the machine has, and the best it has when nothing is said.
    std::optional<cpu_level> level{};
    /// Strings of rows that were made from this pool (`value::of_string(pool, code)`) are then found by their codes,
    /// without being read; others as ever. The pool must outlive the index and may only grow; strings that are new in
    /// it after the index was built, and those behind the first 65,536, are read. Null: none.
    string_pool const* texts = nullptr;
    /// Threads that check rules and fill the table; 0: as many as the machine has. The index is the same with any
    /// number.
    unsigned threads = 1;
};

/// Working memory of `rule_index::match`, reused between calls. It grows with the first match of a larger index;
/// afterwards nothing is allocated.
///
/// Thread safety: one match at a time; give each thread its own. May be used with any index, in any order.
class rule_index_scratch {
public:
    rule_index_scratch();
    rule_index_scratch(rule_index_scratch&&) noexcept;
    rule_index_scratch& operator=(rule_index_scratch&&) noexcept;
    ~rule_index_scratch();

    struct state;
    [[nodiscard]] state& inner() noexcept { return *state_; } ///< for the index

private:
    std::unique_ptr<state> state_;
};

/// An immutable set of rules that answers for one record which of them are true.
///
/// The answer is that of `program::evaluate` for each rule: a rule is in it exactly when its answer is known and true.
/// A missing attribute makes what reads it unknown, a value of another type than declared makes it an error; neither is
/// ever true, and neither is its negation; a rule that is evaluated and for whose texts memory runs out is not true
/// either. Comparisons of one attribute with constants, also the order of texts, `in` lists of constants,
/// `startsWith(constant)`, `constant in set`, `has` and `customer.?x.orValue(constant)`, under any `&&`, `||`, `!` and
/// `?:`, are answered by the table. A rule with other parts (other functions, arithmetic, two attributes compared, more
/// than 256 different elements of one set in all rules, `||`, `&&` and `?:` nested so that more than
/// eight alternatives of 32 clauses come of it) is evaluated only where its other parts hold.
///
/// Matches are a bitmap by *position*: the index orders the rules as it needs them. `position` and `rule_at` translate,
/// `list_rules` makes rule numbers of a bitmap.
///
/// Thread safety: an immutable value that shares its tables between copies; use it from any thread, with one scratch
/// per thread. `live_rule_index` exchanges one for another while others read.
class rule_index {
public:
    /// Number of rules, and of bits of a match.
    [[nodiscard]] std::size_t size() const noexcept;
    /// Where a rule's bit is. `rule` is its number in the list the index was built from, smaller than `size()`.
    [[nodiscard]] std::uint32_t position(std::size_t rule) const noexcept;
    /// The rule of a bit; the inverse of `position`.
    [[nodiscard]] std::uint32_t rule_at(std::size_t position) const noexcept;
    /// Rules that the table alone cannot answer.
    [[nodiscard]] std::size_t residual_rules() const noexcept;
    /// Bytes of the table of bitmaps, and of everything together but the programs of residual rules.
    [[nodiscard]] std::size_t table_bytes() const noexcept;
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    /// Sets `out` to the rules that are true. `row` has the variables of the environment in their order; those past its
    /// end are missing. `out` is given `size()` bits when it has another number. Answers `ok`, or `error` when memory
    /// ran out while `out` or `scratch` grew; then nothing matches.
    status match(std::span<value const> row, bitmap& out, rule_index_scratch& scratch) const noexcept;
    /// The same for values that are fetched; each variable that a rule reads is asked for once, and once more for each
    /// residual rule that reads it.
    status match(row_source const& row, bitmap& out, rule_index_scratch& scratch) const noexcept;

    /// Writes the numbers of the rules in `matches`, a bitmap of this index, in order of their positions and as many as
    /// `out` has room for. Returns how many there are; what is in `out` behind them is not said.
    std::size_t list_rules(bitmap_view matches, std::span<std::uint32_t> out) const noexcept;

    /// As `match`, and keeps in `customer` the matches and what `update` needs. Time as `match`.
    status start(std::span<value const> row, rule_matches& customer, rule_index_scratch& scratch) const noexcept;
    /// Brings `customer` up to date after the values of the variables `changed` may have changed; `row` is the whole
    /// row as it is now, and all other values must be those of the last `start` or `update`. Sets `entered` to the
    /// rules that hold now and did not before, `left` to those that held. A value that crosses no threshold of any rule
    /// costs its rank alone; else all rows of the table are combined once more, without ranking the other values. A
    /// customer of an index from which rules were added or removed since must be started again.
    ///
    ///     rule_matches customer;
    ///     (void)index.start(row, customer, scratch);
    ///     row[age] = value::of_int(18);
    ///     if (index.update(row, std::array{age}, customer, entered, left, scratch).changed) notify(entered, left);
    rule_change update(std::span<value const> row, std::span<std::uint32_t const> changed, rule_matches& customer,
                       bitmap& entered, bitmap& left, rule_index_scratch& scratch) const noexcept;

    /// The same rules and one more, whose number and position are `size()`. All tables are shared: what is done is to
    /// compile the rule, and to copy what was added and removed before. Added rules are evaluated one by one in each
    /// match, so there may be `most_added_rules` of them: build a new index then, and better before. `names` must be
    /// the environment of the index. Issues as of `build_rule_index`, at `place`; and `rule.index_full`.
    [[nodiscard]] std::optional<rule_index> with_rule(expression const& rule, environment const& names,
                                                      issue_list& issues, std::string_view place = "rule") const;
    /// The same rules but one, which never matches again; numbers and positions of the others stay as they are. `rule`
    /// is smaller than `size()`. Linear in `size() / 64`.
    [[nodiscard]] rule_index without_rule(std::size_t rule) const;
    static constexpr std::size_t most_added_rules = 64;
    [[nodiscard]] std::size_t added_rules() const noexcept;
    [[nodiscard]] std::size_t removed_rules() const noexcept;

    explicit rule_index(std::shared_ptr<detail::rule_index_data const> data,
                        std::shared_ptr<detail::rule_index_changes const> changes = nullptr) noexcept
        : data_(std::move(data)), changes_(std::move(changes)) {}

private:
    std::shared_ptr<detail::rule_index_data const> data_;
    std::shared_ptr<detail::rule_index_changes const> changes_; // null: none
};

/// Compiles the rules against an environment and builds their index. Every problem of every rule is added to `issues`,
/// at `place` with the number of the rule: `rules[3] 1:5`; the codes are those of `compile_rule`, and
/// `rule.result_type` for a rule that is not boolean. With an error there is no index. An empty list makes an index
/// that matches nothing.
[[nodiscard]] std::optional<rule_index> build_rule_index(std::span<expression const> rules, environment const& names,
                                                         issue_list& issues, std::string_view place = "rules",
                                                         rule_index_options const& options = {});

/// The same; throws `issue_error` with all problems.
///
///     environment names;
///     names.variable("age", int64_type);
///     expression const rules[] = {parse_expression("age >= 18"), parse_expression("!(age in [30, 40])")};
///     rule_index const index = build_rule_index(rules, names);
[[nodiscard]] rule_index build_rule_index(std::span<expression const> rules, environment const& names,
                                          rule_index_options const& options = {});

/// The index of rules as they are written, which are read as `parse_expression` does: the same index and the same
/// issues at the same places. Sooner, and in less memory, than from expressions, which stand side by side until the
/// index is there: from texts each rule is read, checked and taken apart by itself.
///
///     std::string_view const rules[] = {"age >= 18", "!(age in [30, 40])"};
///     rule_index const index = parse_rule_index(rules, names);
[[nodiscard]] std::optional<rule_index> parse_rule_index(std::span<std::string_view const> rules,
                                                         environment const& names, issue_list& issues,
                                                         std::string_view place = "rules",
                                                         rule_index_options const& options = {});
/// The same; throws `issue_error` with all problems.
[[nodiscard]] rule_index parse_rule_index(std::span<std::string_view const> rules, environment const& names,
                                          rule_index_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
