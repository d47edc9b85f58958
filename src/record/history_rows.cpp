// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/history_rows.hpp>

namespace segmenta {
inline namespace v0 {
namespace {

/// Whether rows of one schema can be read as those of the other: same names and types in the same order.
bool same_fields(history_schema const& a, history_schema const& b) noexcept {
    if (a.time != b.time || a.fields.size() != b.fields.size()) return false;
    for (std::size_t f = 0; f < a.fields.size(); ++f)
        if (a.fields[f].what != b.fields[f].what || a.fields[f].name != b.fields[f].name) return false;
    return true;
}

} // namespace

value history_rows::prepared_at(std::size_t row, std::size_t field) const noexcept {
    auto const view = static_cast<history const*>(rows_)->view();
    if (field >= view.columns().size()) return {};
    return convert(view.at(row, field), reader_->what.fields[field].what).value_or(value{});
}

std::size_t history_rows::first_after(instant when, zone const& where) const noexcept {
    std::size_t low = 0;
    for (std::size_t high = size_; low < high;) {
        std::size_t const middle = low + (high - low) / 2;
        if (time(middle, where) <= when)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

std::optional<history_view> history_rows::prepared() const noexcept {
    if (!prepared_) return std::nullopt;
    auto const& rows = *static_cast<history const*>(rows_);
    if (!same_fields(rows.what(), reader_->what)) return std::nullopt;
    return rows.view();
}

zone const* history_rows::prepared_zone() const noexcept {
    return prepared_ ? &static_cast<history const*>(rows_)->where() : nullptr;
}

bool history_rows::is_sorted() const noexcept {
    for (std::size_t row = 1; row < size_; ++row)
        if (time(row) < time(row - 1)) return false;
    return true;
}

} // namespace v0
} // namespace segmenta
