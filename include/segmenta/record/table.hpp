// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_TABLE_HPP
#define SEGMENTA_RECORD_TABLE_HPP

/// \file
/// Many customers at once: one row per customer, one column per attribute.

#include <segmenta/error.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/customer_ids.hpp>
#include <segmenta/record/schema.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// A borrowed column with its name.
struct named_column {
    std::string name;
    column_view data{};
};

/// Customers as columns. Row numbers are dense, from 0.
///
/// Thread safety: an immutable value, cheap to copy; concurrent reads are safe.
class table {
public:
    /// No rows, no columns.
    table();
    /// A table over a host's own arrays, without copying: they must outlive it and all its copies. Throws as
    /// `table_builder::finish`.
    static table from_columns(customer_ids ids, std::span<named_column const> columns);

    [[nodiscard]] std::size_t size() const noexcept;
    /// One attribute per column.
    [[nodiscard]] schema const& what() const noexcept;
    [[nodiscard]] customer_ids const& ids() const noexcept;
    /// In the order of the schema.
    [[nodiscard]] std::span<column_view const> columns() const noexcept;
    [[nodiscard]] std::optional<std::size_t> find_column(std::string_view name) const noexcept {
        return what().find_attribute(name);
    }
    [[nodiscard]] value at(std::size_t row, std::size_t column) const noexcept { return cell(columns()[column], row); }

    /// The row of a customer, or nothing.
    [[nodiscard]] std::optional<std::size_t> find(std::int64_t id) const noexcept { return ids().find(id); }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view id) const noexcept { return ids().find(id); }

    /// Rows [first, first + count) of the columns numbered in `columns`, in that order, cut off at the end of the
    /// table. `first` must be a multiple of 64. The views are put into `scratch`, which must outlive the block.
    [[nodiscard]] block rows(std::size_t first, std::size_t count, std::span<std::size_t const> columns,
                             std::vector<column_view>& scratch) const;
    /// By name. Throws `issue_error` (`table.unknown_column`, with the nearest name).
    [[nodiscard]] block rows(std::size_t first, std::size_t count, std::span<std::string_view const> names,
                             std::vector<column_view>& scratch) const;
    /// The numbers of columns by name; throws as above, all at once.
    [[nodiscard]] std::vector<std::size_t> find_columns(std::span<std::string_view const> names) const;

private:
    friend class table_builder;
    struct contents;
    explicit table(std::shared_ptr<contents const> made) : contents_(std::move(made)) {}

    std::shared_ptr<contents const> contents_;
};

/// Puts a table together and says everything that is wrong with it at once.
///
/// Thread safety: needs exclusive access.
///
///     table const shop = table_builder().ids({17, 4, 23}).add("age", std::move(ages)).finish();
class table_builder {
public:
    /// The schema is what the columns are.
    table_builder() = default;
    /// The columns must be the attributes of `expected`, in any order; its histories are left out.
    explicit table_builder(schema expected) : expected_(std::move(expected)) {}

    table_builder& ids(customer_ids ids);
    table_builder& ids(std::vector<std::int64_t> ids);
    table_builder& ids(std::initializer_list<std::int64_t> ids) { return this->ids(std::vector<std::int64_t>(ids)); }
    table_builder& ids(std::vector<std::string> ids);
    /// Takes a column.
    table_builder& add(std::string name, column data);
    /// Borrows a column: its memory must outlive the table and all its copies.
    table_builder& borrow(std::string name, column_view data);

    /// The table; the builder is empty again. Reads every element once. Throws `issue_error` with all issues:
    /// `table.duplicate_id`, `table.length` (not one element per id), `table.unknown_column`, `table.missing_column`,
    /// `table.type`, `schema.duplicate_name`, `schema.bad_name`, `table.no_data` (null memory), `table.nan` (a missing
    /// number must be marked missing), `table.bad_bool` (neither 0 nor 1), `table.bad_code` (no string of the pool),
    /// `table.bad_offsets`.
    [[nodiscard]] table finish();

private:
    struct part {
        std::string name;
        column owned;
        column_view borrowed;
        bool is_owned = false;
    };

    std::optional<schema> expected_;
    std::optional<customer_ids> ids_;
    std::size_t id_count_ = 0; ///< also of ids that are refused
    std::optional<issue_list> id_issues_;
    std::vector<part> parts_;
};

} // namespace v0
} // namespace segmenta

#endif
