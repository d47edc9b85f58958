// SPDX-License-Identifier: Apache-2.0
#include <segmenta/record/history_rows.hpp>

namespace segmenta {
inline namespace v0 {
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

history const* history_rows::prepared() const noexcept {
    if (!prepared_) return nullptr;
    auto const* const rows = static_cast<history const*>(rows_);
    return rows->fields_key() == reader_->fields_key ? rows : nullptr;
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
