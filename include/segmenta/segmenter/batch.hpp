// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_BATCH_HPP
#define SEGMENTA_SEGMENTER_BATCH_HPP

/// \file
/// What classifying a whole table gives: columns again.

#include <segmenta/record/column.hpp>
#include <segmenta/record/status.hpp>
#include <segmenta/strategy/segment.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One computed column of a table.
struct batch_column {
    std::string name;
    column_view values;                        ///< segments are categories whose code is the index of the segment
    std::span<std::uint8_t const> states;      ///< `status` per row; empty: `ok` where present, `unknown` where missing
    std::span<std::int64_t const> valid_until; ///< microseconds UTC per row; empty unless asked for and known
    std::span<segment_info const> segments;    ///< of a strategy's column, else empty

    [[nodiscard]] status state(std::size_t row) const noexcept {
        if (!states.empty()) return static_cast<status>(states[row]);
        return values.is_present(row) ? status::ok : status::unknown;
    }
};

/// How many rows of a table lacked an attribute for which a value stood in (`plan::when_missing`).
struct imputed_count {
    std::string attribute;
    std::uint64_t rows = 0;
};

/// The outputs of a plan for all rows. Owns (or keeps alive) what its columns show, except base columns, which are
/// those of the table that was classified: that must outlive it.
///
/// Thread safety: concurrent reads are safe.
class batch_result {
public:
    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    /// In the order of the plan's outputs.
    [[nodiscard]] std::span<batch_column const> columns() const noexcept { return columns_; }
    [[nodiscard]] batch_column const* find(std::string_view name) const noexcept {
        for (auto const& c : columns_)
            if (c.name == name) return &c;
        return nullptr;
    }

    /// Of every attribute with a stand-in, by name; 0 where nobody lacked it. Which rows, the column `NAME_imputed`
    /// says.
    [[nodiscard]] std::span<imputed_count const> imputed() const noexcept { return imputed_; }
    /// Rows left out for want of an attribute whose policy is to drop: `not_applicable` in every column.
    [[nodiscard]] std::uint64_t left_out() const noexcept { return left_out_; }

    batch_result(std::size_t rows, std::vector<batch_column> columns, std::shared_ptr<void const> owner,
                 std::vector<imputed_count> imputed = {}, std::uint64_t left_out = 0)
        : rows_(rows), columns_(std::move(columns)), imputed_(std::move(imputed)), left_out_(left_out),
          owner_(std::move(owner)) {}

private:
    std::size_t rows_;
    std::vector<batch_column> columns_;
    std::vector<imputed_count> imputed_;
    std::uint64_t left_out_ = 0;
    std::shared_ptr<void const> owner_;
};

/// How to classify a table.
struct batch_options {
    instant as_of{};
    unsigned threads = 1; ///< 0: what the machine has; results do not depend on it
    /// Also when each answer of a strategy can change with no new event: of strategies such as stages, for which the
    /// day alone decides. A table has no histories, so when rows leave a window is not known; ask about one customer.
    bool valid_until = false;
};

} // namespace v0
} // namespace segmenta

#endif
