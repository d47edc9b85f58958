// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_EVALUATION_HPP
#define SEGMENTA_RULE_EVALUATION_HPP

/// \file
/// What goes into and comes out of the evaluation of a rule: a row or a block of rows, the caller's working memory, and
/// results with three values (known, unknown, error).

#include <segmenta/record/column.hpp>
#include <segmenta/record/status.hpp>
#include <segmenta/record/value.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace segmenta {
inline namespace v0 {

/// Where a program reads the variables of one row from: values side by side, or any function from a variable's number
/// to its value. A pointer or two; what they point at must outlive the call.
///
/// A value whose type is not the declared one makes whatever reads it an error. `string` values serve `category`
/// variables and sets of strings serve `category_set` variables.
class row_source {
public:
    using reader = value (*)(void const* context, std::size_t variable) noexcept;

    constexpr row_source(void const* context, reader read) noexcept : context_(context), read_(read) {}
    /// Values in the order of the environment's variables; those past the end are missing.
    constexpr row_source(std::span<value const> const& values) noexcept // NOLINT: a row of values is a source
        : values_(values) {}

    [[nodiscard]] value operator[](std::size_t variable) const noexcept {
        if (read_ != nullptr) return read_(context_, variable);
        return variable < values_.size() ? values_[variable] : value{};
    }
    /// Where the value lies, of values side by side; null where it must be read.
    [[nodiscard]] value const* find(std::size_t variable) const noexcept {
        return variable < values_.size() ? &values_[variable] : nullptr;
    }

private:
    void const* context_ = nullptr;
    reader read_ = nullptr; ///< null: the values are those of `values_`
    std::span<value const> values_{};
};

/// One answer. `result` is present exactly when `state` is `ok`.
struct rule_result {
    value result;
    status state = status::unknown;
};

/// Working memory of evaluations, reused between calls: text made by rules, the names found missing, and the
/// intermediate columns of blocks. After the first calls nothing is allocated.
///
/// Thread safety: one evaluation at a time; give each thread its own. May be used with any program, in any order.
class rule_scratch {
public:
    rule_scratch();
    rule_scratch(rule_scratch&&) noexcept;
    rule_scratch& operator=(rule_scratch&&) noexcept;
    ~rule_scratch();

    /// After a row evaluation: the numbers of the variables that were read and found missing, ascending, each once.
    /// Evaluation stops reading where the answer is certain, so this is a superset of those that would decide it.
    [[nodiscard]] std::span<std::uint32_t const> missing() const noexcept;
    /// Bytes held.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

    struct state;
    [[nodiscard]] state& inner() noexcept { return *state_; } ///< for the evaluators

private:
    std::unique_ptr<state> state_;
};

/// The answers for a block of rows.
///
/// A row is known when its `known` bit is set, an error when its `error` bit is set, and else unknown. Elements of rows
/// that are not known are zero or empty. The memory belongs to the scratch (or to the block, when the rule is a bare
/// variable) and holds until the scratch is used again.
struct block_result {
    column_view values;                   ///< `values.valid` are the known rows
    std::uint64_t const* error = nullptr; ///< null: no row

    [[nodiscard]] status state(std::size_t row) const noexcept {
        if (values.is_present(row)) return status::ok;
        return error != nullptr && ((error[row / 64] >> (row % 64)) & 1U) != 0 ? status::error : status::unknown;
    }
    /// Of a boolean rule: known and true.
    [[nodiscard]] bool is_true(std::size_t row) const noexcept {
        return values.is_present(row) && static_cast<std::uint8_t const*>(values.data)[row] != 0;
    }
};

} // namespace v0
} // namespace segmenta

#endif
