// SPDX-License-Identifier: Apache-2.0
#include "segmenter/classify_one.hpp"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Writes one value into row `row` of a column of 64-bit words; text takes two words.
void put(value const& v, std::size_t row, type what, std::vector<std::uint64_t>& data) noexcept {
    auto* const bytes = reinterpret_cast<std::byte*>(data.data()) + row * element_size(what.base);
    auto const write = [&](auto const& element) { std::memcpy(bytes, &element, sizeof element); };
    switch (what.base) {
    case kind::boolean: write(static_cast<std::uint8_t>(v.as_bool())); break;
    case kind::float64: write(v.as_double()); break;
    case kind::date: write(v.as_date().days_since_epoch()); break;
    case kind::string: write(v.as_string()); break;
    default: write(v.as_int());
    }
}

void gather_field(history_rows const& from, std::size_t first, std::size_t field, type what, gathered_history& to) {
    if (what.base == kind::category) what.base = kind::string; // a host's rows have texts, not codes
    std::size_t const n = from.size() - first;
    auto& data = to.data[field];
    auto& valid = to.valid[field];
    data.resize((n * element_size(what.base) + 7) / 8);
    valid.assign((n + 63) / 64, 0);
    bool all = true;
    for (std::size_t row = 0; row < n; ++row) {
        value const v = from.at(first + row, field);
        if (v.missing()) {
            all = false;
            if (what.base == kind::string) put(value::of_string({}), row, what, data);
            continue;
        }
        valid[row / 64] |= std::uint64_t{1} << (row % 64);
        put(v, row, what, data);
    }
    to.columns[field] = {what, n, data.data(), all ? nullptr : valid.data(), nullptr, nullptr};
}

void gather_rows(history_rows const& from, history_plan const& what, history_schema const& rows_of, zone const& where,
                 gathered_history& to) {
    std::size_t const first = from.size() > history_limit ? from.size() - history_limit : 0;
    std::size_t const n = from.size() - first;
    to.truncated = first > 0;
    to.host = from;
    to.first = first;
    to.times.resize(n);
    to.days.resize(n);
    for (std::size_t row = 0; row < n; ++row) {
        value const time = from.time_value(first + row); // as history_rows::time and day, read once
        if (time.present() && time.base() == kind::date) {
            to.days[row] = time.as_date().days_since_epoch();
            to.times[row] = where.start_of_day(time.as_date()).microseconds();
            continue;
        }
        instant const when = time.present() ? time.as_instant() : instant::earliest();
        to.times[row] = when.microseconds();
        to.days[row] = where.civil_day_of(when).days_since_epoch();
    }
    to.columns.assign(rows_of.fields.size(), column_view{});
    to.data.resize(rows_of.fields.size());
    to.valid.resize(rows_of.fields.size());
    for (std::size_t const field : what.fields)
        if (rows_of.fields[field].what.base != kind::category_set) // see gathered_history::host
            gather_field(from, first, field, rows_of.fields[field].what, to);
    to.view = history_view(rows_of, to.times, to.days, to.columns);
}

} // namespace

void gather(customer_view const& customer, history_plan const& what, history_schema const& rows_of, zone const& where,
            gathered_history& to) noexcept {
    to.truncated = false;
    to.host = {};
    history_rows const rows = customer.history(what.index);
    history const* const prepared = rows.prepared();
    if (prepared != nullptr && prepared->where() == where) {
        std::construct_at(&to.view, prepared->view()); // in place: a copy would wait for the stores of its parts
        return;
    }
    try {
        gather_rows(rows, what, rows_of, where, to);
    } catch (std::bad_alloc const&) {
        to.view = history_view{};
        to.truncated = true; // what was asked for could not be looked at
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
