// SPDX-License-Identifier: Apache-2.0
#include "record/double_double.hpp"

#include <segmenta/base/hash.hpp>
#include <segmenta/base/text.hpp>
#include <segmenta/record/history.hpp>

#include <cmath>
#include <numeric>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

bool is_text_like(type what) noexcept { return what.is_text() || what.base == kind::category_set; }

bool is_infinite(value const& v) noexcept {
    return v.present() && v.base() == kind::float64 && std::isinf(v.as_double());
}

std::shared_ptr<history_schema const> checked(history_schema what) {
    schema probe;
    probe.history(what);
    return std::make_shared<history_schema const>(std::move(what));
}

} // namespace

std::uint64_t detail::fields_key(history_schema const& what) {
    std::uint64_t key = hash_bytes(what.time);
    for (auto const& f : what.fields) {
        key = hash_combine(key, hash_bytes(f.name));
        std::uint64_t bits = static_cast<std::uint64_t>(f.what.base) << 8U | f.what.scale;
        for (char const c : f.what.unit.code)
            bits = bits << 8U | static_cast<unsigned char>(c);
        key = hash_combine(key, bits);
    }
    return key;
}

history::history(history_schema what, zone where) : history(checked(std::move(what)), std::move(where)) {}

history::history(std::shared_ptr<history_schema const> what, zone where)
    : what_(std::move(what)), where_(std::move(where)), fields_key_(detail::fields_key(*what_)) {
    time_field_ = what_->find(what_->time).value_or(0);
    for (auto const& f : what_->fields) {
        if (is_text_like(f.what) && pool_ == nullptr) pool_ = std::make_shared<string_pool>();
        columns_.emplace_back(f.what);
    }
    for (auto& c : columns_)
        if (is_text_like(c.what())) c.set_pool(pool_);
    running_.resize(columns_.size());
    sums_.resize(columns_.size());
    refresh_columns();
    refresh_sums(0);
}

history::history(history const& other)
    : what_(other.what_), where_(other.where_), fields_key_(other.fields_key_), time_field_(other.time_field_),
      times_(other.times_), days_(other.days_), columns_(other.columns_), running_(other.running_),
      day_running_(other.day_running_), sums_(other.sums_.size()) {
    if (other.pool_ != nullptr) own_text(*other.pool_);
    refresh_columns();
}

history& history::operator=(history const& other) {
    if (this != &other) *this = history(other);
    return *this;
}

/// Points the text of copied columns into a pool of our own: the codes of a copied pool are the same.
void history::own_text(string_pool const& from) {
    pool_ = std::make_shared<string_pool>(from);
    for (auto& c : columns_) {
        if (!is_text_like(c.what())) continue;
        c.set_pool(pool_);
        if (c.what().base != kind::string) continue;
        for (std::size_t row = 0; row < c.size(); ++row)
            if (c.is_present(row))
                c.data<std::string_view>()[row] = pool_->view(pool_->find(c.data<std::string_view>()[row]));
    }
}

void history::refresh_columns() {
    views_.resize(columns_.size());
    for (std::size_t f = 0; f < columns_.size(); ++f) {
        views_[f] = columns_[f].view();
        sums_[f] = {running_[f].exact.data(), running_[f].real.data(),
                    running_[f].present.empty() ? nullptr : running_[f].present.data()};
    }
}

bool history::accepts(std::span<value const> row) const noexcept {
    if (row.size() != columns_.size() || row[time_field_].missing()) return false;
    for (std::size_t f = 0; f < row.size(); ++f)
        if (!convert(row[f], columns_[f].what()) || is_infinite(row[f])) return false;
    return true;
}

void history::append_row(std::span<value const> row) {
    string_pool unused;
    for (std::size_t f = 0; f < columns_.size(); ++f)
        (void)append(columns_[f], row[f], pool_ != nullptr ? *pool_ : unused); // accepted before
    value const time = row[time_field_];
    if (time.base() == kind::date) {
        times_.push_back(where_.start_of_day(time.as_date()).microseconds());
        days_.push_back(time.as_date().days_since_epoch());
    } else {
        times_.push_back(time.as_instant().microseconds());
        days_.push_back(where_.civil_day_of(time.as_instant()).days_since_epoch());
    }
}

bool history::before(std::size_t a, std::size_t b) const {
    if (times_[a] != times_[b]) return times_[a] < times_[b];
    for (auto const& c : columns_) {
        auto const order = compare(cell(c.view(), a), cell(c.view(), b));
        if (order != 0) return order < 0;
    }
    return false;
}

void history::reorder(std::span<std::uint32_t const> order) {
    std::vector<std::int64_t> times(order.size());
    std::vector<std::int32_t> days(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        times[i] = times_[order[i]];
        days[i] = days_[order[i]];
    }
    times_.swap(times);
    days_.swap(days);
    for (auto& c : columns_)
        c = gather(c.view(), order, c.pool());
}

/// The running sums of rows from `first` on; those before must be right.
void history::refresh_sums(std::size_t first) {
    for (std::size_t f = 0; f < columns_.size(); ++f) {
        column_view const c = columns_[f].view();
        running_columns& r = running_[f];
        std::size_t const rows = c.size;
        // Present counts begin with the first missing value.
        std::size_t counted = first;
        if (c.valid != nullptr && r.present.empty()) counted = 0;
        if (c.valid != nullptr) r.present.resize(rows + 1);
        for (std::size_t row = counted; c.valid != nullptr && row < rows; ++row)
            r.present[row + 1] = r.present[row] + (c.is_present(row) ? 1U : 0U);
        if (c.what.base == kind::float64) {
            r.real.resize(rows + 1);
            for (std::size_t row = first; row < rows; ++row) {
                r.real[row + 1] = r.real[row];
                double const x = c.is_present(row) ? c.as<double>()[row] : 0;
                r.real[row + 1].sum = detail::add(r.real[row].sum, {x, 0});
                if (x > 0) r.real[row + 1].positive = detail::add(r.real[row].positive, {x, 0});
            }
        } else if (c.what.base == kind::int64 || c.what.base == kind::decimal) {
            r.exact.resize(rows + 1);
            for (std::size_t row = first; row < rows; ++row) {
                std::int64_t const x = c.is_present(row) ? c.as<std::int64_t>()[row] : 0;
                r.exact[row + 1] = {r.exact[row].sum + x, r.exact[row].positive + (x > 0 ? x : 0)};
            }
        }
    }
    refresh_days(first);
    refresh_columns();
}

void history::refresh_days(std::size_t first) {
    day_running_.resize(days_.size());
    for (std::size_t row = first; row < days_.size(); ++row) {
        if (row == 0) {
            day_running_[0] = {1, 0, 0};
            continue;
        }
        detail::day_running const& last = day_running_[row - 1];
        std::int64_t const gap = std::int64_t{days_[row]} - days_[row - 1];
        day_running_[row] = gap == 0 ? last
                                     : detail::day_running{last.days + 1, static_cast<std::uint32_t>(row),
                                                           last.gap_square_sum + gap * gap};
    }
}

bool history::insert(std::span<value const> row) {
    if (!accepts(row)) return false;
    std::size_t const last = size();
    append_row(row);
    std::size_t first = last;
    if (last > 0 && before(last, last - 1)) {
        std::vector<std::uint32_t> order(last + 1);
        std::iota(order.begin(), order.end(), 0U);
        auto const place = std::upper_bound(order.begin(), order.end() - 1, static_cast<std::uint32_t>(last),
                                            [&](std::uint32_t a, std::uint32_t b) { return before(a, b); });
        first = static_cast<std::size_t>(place - order.begin());
        std::rotate(place, order.end() - 1, order.end());
        reorder(order);
    }
    refresh_sums(first);
    return true;
}

history_view history::view() const noexcept {
    history_view v;
    v.what_ = what_.get();
    v.times_ = times_;
    v.days_ = days_;
    v.columns_ = views_;
    v.sums_ = sums_.data();
    v.day_sums_ = day_running_.data();
    return v;
}

std::size_t history::memory_bytes() const noexcept {
    std::size_t bytes = times_.capacity() * sizeof(std::int64_t) + days_.capacity() * sizeof(std::int32_t) +
                        day_running_.capacity() * sizeof(detail::day_running) +
                        columns_.capacity() * (sizeof(column) + sizeof(running_columns)) +
                        views_.capacity() * sizeof(column_view) + sums_.capacity() * sizeof(detail::running_sums);
    for (auto const& c : columns_)
        bytes += c.memory_bytes();
    for (auto const& r : running_)
        bytes += r.exact.capacity() * sizeof(detail::exact_running) + r.real.capacity() * sizeof(detail::real_running) +
                 r.present.capacity() * sizeof(std::uint32_t);
    return bytes + (pool_ != nullptr ? pool_->memory_bytes() : 0);
}

void history_builder::explain(std::span<value const> row) {
    std::string const place = "history " + made_.what().name + " row " + std::to_string(rows_);
    auto const& fields = made_.what().fields;
    if (row.size() != fields.size()) {
        issues_.error("history.row_size", place, "the row has another number of values than the schema has fields",
                      std::to_string(row.size()), std::to_string(fields.size()));
        return;
    }
    for (std::size_t f = 0; f < fields.size(); ++f) {
        std::string const field_place = place + " field " + fields[f].name;
        if (f == made_.time_field_ && row[f].missing())
            issues_.error("history.missing_time", field_place, "a row without a time has no place in a history", {}, {},
                          "Leave the row out, or give it a time.");
        else if (!convert(row[f], fields[f].what))
            issues_.error("history.type", field_place, "the value cannot be stored without loss",
                          to_string(row[f].what()) + ' ' + to_string(row[f]), to_string(fields[f].what));
        else if (is_infinite(row[f]))
            issues_.error("history.not_finite", field_place, "an infinite number has no sum", to_string(row[f]),
                          "finite numbers");
    }
}

history_builder& history_builder::add(std::span<value const> row) {
    ++rows_;
    if (made_.accepts(row)) {
        made_.append_row(row);
        return *this;
    }
    if (++refused_ <= 100) explain(row);
    return *this;
}

history history_builder::finish() {
    std::vector<std::uint32_t> order(made_.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) { return made_.before(a, b); });
    if (!std::is_sorted(order.begin(), order.end())) made_.reorder(order);
    made_.refresh_sums(0);
    history done = std::exchange(made_, history(made_.what_, made_.where_));
    issue_list const issues = std::exchange(issues_, {});
    std::size_t const refused = std::exchange(refused_, 0);
    rows_ = 0;
    if (refused > 100) {
        issue_list all = issues;
        all.error("history.more", "history " + done.what().name,
                  std::to_string(refused - 100) + " more rows are refused");
        throw issue_error(all);
    }
    issues.throw_if_errors();
    return done;
}

} // namespace v0
} // namespace segmenta
