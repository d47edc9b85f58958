// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/summarise.hpp>

#include "feature/identity.hpp"

#include <algorithm>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace {

/// Distinct present values of a field. `missing_counts`: rows without the field count as one value of their own.
std::int64_t distinct(history_view const& from, row_range rows, std::size_t field, std::span<std::uint8_t const> mask,
                      bool missing_counts, std::vector<std::uint64_t>& ids) {
    column_view const& column = from.columns()[field];
    ids.clear();
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
        if (!mask.empty() && mask[row - rows.begin] == 0) continue;
        bool const present = column.is_present(row);
        if (!present && !missing_counts) continue;
        std::uint64_t const id = present ? detail::identity_of(column, row) : detail::identity_of_missing;
        if (ids.empty() || ids.back() != id) ids.push_back(id); // rows of one order mostly follow each other
    }
    if (ids.size() <= 16) { // quadratic, but without moving anything
        std::size_t kept = 0;
        for (std::size_t i = 0; i < ids.size(); ++i)
            if (std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(kept), ids[i]) ==
                ids.begin() + static_cast<std::ptrdiff_t>(kept))
                ids[kept++] = ids[i];
        return static_cast<std::int64_t>(kept);
    }
    std::sort(ids.begin(), ids.end());
    return std::unique(ids.begin(), ids.end()) - ids.begin();
}

history_summary row_by_row(history_view const& from, row_range rows, std::optional<std::size_t> number,
                           std::span<std::uint8_t const> mask) {
    summary_builder builder;
    column_view const* const column = number ? &from.columns()[*number] : nullptr;
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
        if (!mask.empty() && mask[row - rows.begin] == 0) continue;
        builder.add_row(from.times()[row], from.days()[row]);
        if (column == nullptr || !column->is_present(row)) continue;
        if (column->what.base == kind::float64)
            builder.add_real(column->as<double>()[row]);
        else
            builder.add_value(column->as<std::int64_t>()[row]);
    }
    return builder.finish();
}

/// Every part is written once: clearing the whole first would take as long as filling it.
void by_running_sums(history_view const& from, row_range rows, std::optional<std::size_t> number,
                     history_summary& out) {
    if (rows.empty()) {
        out = history_summary{};
        return;
    }
    out.rows = static_cast<std::int64_t>(rows.size());
    out.orders = out.rows;
    out.distinct = 0;
    out.first_time = from.times()[rows.begin];
    out.last_time = from.times()[rows.end - 1];
    out.gap_square_sum = from.gap_square_sum(rows);
    out.days = static_cast<std::int32_t>(from.distinct_days(rows));
    out.first_day = from.days()[rows.begin];
    out.last_day = from.days()[rows.end - 1];
    auto const previous = from.previous_day(rows);
    out.previous_day = previous ? previous->days_since_epoch() : 0;
    out.gap_max = 0;
    out.overflow = false;
    out.values = number ? static_cast<std::int64_t>(from.count(*number, rows)) : 0;
    out.sum = out.gross = out.minimum = out.maximum = 0;
    out.real_sum = out.real_gross = out.real_minimum = out.real_maximum = 0;
    if (!number) return;
    if (from.columns()[*number].what.base == kind::float64) {
        out.real_sum = from.sum_real(*number, rows);
        out.real_gross = from.gross_real(*number, rows);
        return;
    }
    auto const [sum, gross] = from.sums_units(*number, rows);
    out.overflow = !sum || !gross;
    out.sum = out.overflow ? 0 : *sum;
    out.gross = out.overflow ? 0 : *gross;
}

} // namespace

void summarise(history_view const& from, row_range rows, summary_group const& group,
               std::optional<std::size_t> order_field, std::span<std::uint8_t const> mask,
               std::vector<std::uint64_t>& ids, history_summary& out) noexcept {
    try {
        if (!mask.empty() || group.extremes)
            out = row_by_row(from, rows, group.number, mask);
        else
            by_running_sums(from, rows, group.number, out);
        if (group.orders && order_field) out.orders = distinct(from, rows, *order_field, mask, true, ids);
        if (group.distinct) out.distinct = distinct(from, rows, *group.distinct, mask, false, ids);
    } catch (std::bad_alloc const&) {
        out = history_summary{};
        out.overflow = true;
    }
}

history_summary summarise(history_view const& from, row_range rows, summary_group const& group,
                          std::optional<std::size_t> order_field, std::span<std::uint8_t const> mask,
                          std::vector<std::uint64_t>& ids) noexcept {
    history_summary out;
    summarise(from, rows, group, order_field, mask, ids, out);
    return out;
}

} // namespace v0
} // namespace segmenta
