// SPDX-License-Identifier: Apache-2.0
#include "record/double_double.hpp"

#include <segmenta/record/history.hpp>

#include <cassert>

namespace segmenta {
inline namespace v0 {
namespace {

value as_value(type what, std::optional<std::int64_t> units) noexcept {
    if (!units) return {};
    return what.base == kind::decimal ? value::of_decimal(what, *units) : value::of_int(*units);
}

bool is_exact(type what) noexcept { return what.base == kind::int64 || what.base == kind::decimal; }

} // namespace

history_view::history_view(history_schema const& what, std::span<std::int64_t const> times,
                           std::span<std::int32_t const> days, std::span<column_view const> columns) noexcept
    : what_(&what), times_(times), days_(days), columns_(columns) {
    assert(days.size() == times.size() && columns.size() == what.fields.size());
    assert(std::is_sorted(times.begin(), times.end()));
}

std::size_t history_view::count_rows(std::size_t field, row_range rows) const noexcept {
    std::size_t count = 0;
    for (std::size_t row = rows.begin; row < rows.end; ++row)
        count += columns_[field].is_present(row) ? 1U : 0U;
    return count;
}

detail::exact_running history_view::exact_by_row(std::size_t field, row_range rows) const noexcept {
    detail::exact_running sums;
    auto const units = columns_[field].as<std::int64_t>();
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
        if (!columns_[field].is_present(row)) continue;
        sums.sum += units[row];
        if (units[row] > 0) sums.positive += units[row];
    }
    return sums;
}

detail::real_running history_view::real(std::size_t field, row_range rows) const noexcept {
    if (columns_[field].what.base != kind::float64) return {};
    if (sums_ != nullptr) {
        auto const* running = sums_[field].real;
        return {detail::subtract(running[rows.end].sum, running[rows.begin].sum),
                detail::subtract(running[rows.end].positive, running[rows.begin].positive)};
    }
    detail::real_running sums;
    auto const numbers = columns_[field].as<double>();
    for (std::size_t row = rows.begin; row < rows.end; ++row) {
        if (!columns_[field].is_present(row)) continue;
        sums.sum = detail::add(sums.sum, {numbers[row], 0});
        if (numbers[row] > 0) sums.positive = detail::add(sums.positive, {numbers[row], 0});
    }
    return sums;
}

std::optional<std::int64_t> history_view::sum_units(std::size_t field, row_range rows) const noexcept {
    return fitted(exact(field, rows).sum);
}

std::optional<std::int64_t> history_view::gross_units(std::size_t field, row_range rows) const noexcept {
    return fitted(exact(field, rows).positive);
}

double history_view::sum_real(std::size_t field, row_range rows) const noexcept { return real(field, rows).sum.high; }

double history_view::gross_real(std::size_t field, row_range rows) const noexcept {
    return real(field, rows).positive.high;
}

value history_view::sum(std::size_t field, row_range rows) const noexcept {
    type const what = columns_[field].what;
    if (what.base == kind::float64) return value::of_double(sum_real(field, rows));
    return is_exact(what) ? as_value(what, sum_units(field, rows)) : value{};
}

value history_view::gross(std::size_t field, row_range rows) const noexcept {
    type const what = columns_[field].what;
    if (what.base == kind::float64) return value::of_double(gross_real(field, rows));
    return is_exact(what) ? as_value(what, gross_units(field, rows)) : value{};
}

std::size_t history_view::distinct_days_by_row(row_range rows) const noexcept {
    std::size_t days = 1;
    for (std::size_t row = rows.begin + 1; row < rows.end; ++row)
        days += days_[row] != days_[row - 1] ? 1U : 0U;
    return days;
}

std::size_t history_view::first_of_last_day(row_range rows) const noexcept {
    std::size_t first = rows.end - 1;
    while (first > rows.begin && days_[first - 1] == days_[rows.end - 1])
        --first;
    return first;
}

std::int64_t history_view::gap_square_sum_by_row(row_range rows) const noexcept {
    std::int64_t sum = 0;
    for (std::size_t row = rows.begin + 1; row < rows.end; ++row) {
        std::int64_t const gap = std::int64_t{days_[row]} - days_[row - 1];
        sum += gap * gap;
    }
    return sum;
}

} // namespace v0
} // namespace segmenta
