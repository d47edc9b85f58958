// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_ROW_STRATEGY_HPP
#define SEGMENTA_MODEL_ROW_STRATEGY_HPP

// The strategy behind every model: columns are gathered into a row on the stack, a function answers it.

#include "strategy/scheme.hpp"

#include <segmenta/model/model_drift.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/registry.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::size_t most_model_columns = 64; // a row of them is kept on the stack

// One customer; both spans have an element for each column, of which the one of the column's kind counts. What is
// missing is NaN or an empty text.
struct model_row {
    std::span<double const> numbers;
    std::span<std::string_view const> texts;
};

// Into `out`, which is fresh. Thread-safe, does not throw, does not allocate.
using model_function = std::function<void(model_row const& row, assignment& out)>;

// A model's answer, and its reason number in words (may be empty: none).
struct model_answer {
    model_function assign;
    std::function<std::string(std::uint32_t reason)> describe{};
};

// Reason numbers from here on say which columns leave a row without an answer; those of models are smaller.
inline constexpr std::uint32_t first_unknown_reason = 0x8000'0000U;
// The columns whose bits are set are missing, bit i for column i; columns past 28 are only known to be some.
[[nodiscard]] std::uint32_t missing_reason(std::uint64_t columns) noexcept;
// They have a category that was not there when the model was fitted.
[[nodiscard]] std::uint32_t unseen_reason(std::uint64_t columns) noexcept;
// `missing: spend, visits`, `not seen at the fit: city`; empty for a reason that speaks of something else.
[[nodiscard]] std::string describe_unknown(std::uint32_t reason, std::span<std::string const> names);

// Thread safety: immutable; cheap to copy; concurrent use is safe.
class row_strategy {
public:
    struct contents {
        scheme names;
        std::vector<input_kind> inputs; // one for each column: number or text
        bool takes_missing = false;     // the model has an answer for what is missing; else the row is unknown
        model_answer answer;
        std::string json;
        std::shared_ptr<drift_watch const> watch{}; // null: nobody asks (the strategies of C++)
    };
    explicit row_strategy(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}

    [[nodiscard]] std::string_view id() const noexcept { return contents_->names.id; }
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept { return contents_->names.read_views; }
    [[nodiscard]] std::span<segment_info const> segments() const noexcept { return contents_->names.segments; }
    [[nodiscard]] std::string to_json() const { return contents_->json; }
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    [[nodiscard]] contents const& parts() const noexcept { return *contents_; }
    void assign(block const& rows, std::span<assignment> out) const noexcept;

private:
    [[nodiscard]] bool fits(block const& rows) const noexcept;

    std::shared_ptr<contents const> contents_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
