// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RECORD_HISTORY_HPP
#define SEGMENTA_RECORD_HISTORY_HPP

/// \file
/// The rows of one customer, prepared: sorted by time, with the civil day of each row and running sums of every numeric
/// field, so that a window is two binary searches and its sums are two subtractions.
///
/// Refunds are rows with negative amounts: `sum` is net, `gross` leaves them out.

#include <segmenta/base/string_pool.hpp>
#include <segmenta/error.hpp>
#include <segmenta/record/cell.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/record/decimal.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Half-open range of row numbers.
struct row_range {
    std::size_t begin = 0;
    std::size_t end = 0;

    [[nodiscard]] constexpr std::size_t size() const noexcept { return end - begin; }
    [[nodiscard]] constexpr bool empty() const noexcept { return begin == end; }
    friend constexpr bool operator==(row_range const&, row_range const&) = default;
};

namespace detail {

/// An unevaluated sum of two doubles, about 106 bits (T. J. Dekker, Numerische Mathematik 18, 1971).
struct double_double {
    double high = 0;
    double low = 0;
};

struct exact_running {
    int128 sum = 0;      ///< of the rows before
    int128 positive = 0; ///< of their positive values
};

struct real_running {
    double_double sum;
    double_double positive;
};

/// Running sums of a field: size + 1 entries each, entry i over the rows before i. Null where there are none.
struct running_sums {
    exact_running const* exact = nullptr;
    real_running const* real = nullptr;
    std::uint32_t const* present = nullptr; ///< null: every row is present
};

/// 64 bits over names and types of the fields and the name of the time: histories whose keys are equal have the same
/// fields.
[[nodiscard]] std::uint64_t fields_key(history_schema const& what);

/// What later rows need to know of the days of a row and of those before it.
struct day_running {
    std::uint32_t days = 0;          ///< distinct days up to and including this row's
    std::uint32_t first_row = 0;     ///< of this row's day
    std::int64_t gap_square_sum = 0; ///< of the gaps between successive distinct days up to this row's, in days^2
};

} // namespace detail

/// A prepared history, borrowed. What it refers to must outlive it and stay unchanged.
///
/// Row and field numbers must be in range. Everything is `noexcept` and allocates nothing.
///
/// Thread safety: a plain value over read-only data.
class history_view {
public:
    history_view() = default;
    /// Rows in a host's own columns: times in microseconds UTC (ascending; asserted in debug builds), the civil day of
    /// each row, one column per field of `what`. Without running sums: sums are computed row by row.
    history_view(history_schema const& what, std::span<std::int64_t const> times, std::span<std::int32_t const> days,
                 std::span<column_view const> columns) noexcept;

    /// Null only for a default-made view, which has no rows.
    [[nodiscard]] history_schema const* what() const noexcept { return what_; }
    [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
    [[nodiscard]] bool empty() const noexcept { return times_.empty(); }
    /// Microseconds since 1970-01-01 UTC, ascending.
    [[nodiscard]] std::span<std::int64_t const> times() const noexcept { return times_; }
    /// Civil days since 1970-01-01.
    [[nodiscard]] std::span<std::int32_t const> days() const noexcept { return days_; }
    [[nodiscard]] instant time(std::size_t row) const noexcept { return instant{times_[row]}; }
    [[nodiscard]] civil_date day(std::size_t row) const noexcept { return civil_date{days_[row]}; }
    [[nodiscard]] value at(std::size_t row, std::size_t field) const noexcept { return cell(columns_[field], row); }
    /// One column per field of the schema.
    [[nodiscard]] std::span<column_view const> columns() const noexcept { return columns_; }

    [[nodiscard]] row_range all() const noexcept { return {0, size()}; }
    /// The rows in `(from_exclusive, to_inclusive]`. Logarithmic.
    [[nodiscard]] row_range window(instant from_exclusive, instant to_inclusive) const noexcept {
        return range_of(std::upper_bound(times_.begin(), times_.end(), from_exclusive.microseconds()), to_inclusive);
    }
    /// The rows in `[first, last]`. Logarithmic.
    [[nodiscard]] row_range between(instant first, instant last) const noexcept {
        if (times_.empty() || times_.front() >= first.microseconds()) return range_of(times_.begin(), last);
        return range_of(std::lower_bound(times_.begin(), times_.end(), first.microseconds()), last);
    }

    /// Rows whose field is present.
    [[nodiscard]] std::size_t count(std::size_t field, row_range rows) const noexcept {
        if (sums_ == nullptr) return count_rows(field, rows);
        auto const* present = sums_[field].present;
        return present == nullptr ? rows.size() : present[rows.end] - present[rows.begin];
    }
    /// Sum of the present values of an int64 or decimal field, in its units: exact; nothing when it leaves 64 bits.
    [[nodiscard]] std::optional<std::int64_t> sum_units(std::size_t field, row_range rows) const noexcept;
    /// The same over the positive values alone.
    [[nodiscard]] std::optional<std::int64_t> gross_units(std::size_t field, row_range rows) const noexcept;
    /// Both at once.
    struct unit_sums {
        std::optional<std::int64_t> sum;
        std::optional<std::int64_t> gross;
    };
    [[nodiscard]] unit_sums sums_units(std::size_t field, row_range rows) const noexcept {
        auto const both = exact(field, rows);
        return {fitted(both.sum), fitted(both.positive)};
    }
    /// Sum of the present values of a float64 field, compensated: off by at most 2^-53 of itself and 2^-100 of the sum
    /// of the magnitudes of all rows up to the end of the range.
    [[nodiscard]] double sum_real(std::size_t field, row_range rows) const noexcept;
    [[nodiscard]] double gross_real(std::size_t field, row_range rows) const noexcept;
    /// The sum of a numeric field as a value of the field's type, 0 for no rows; missing for other fields and when it
    /// does not fit.
    [[nodiscard]] value sum(std::size_t field, row_range rows) const noexcept;
    [[nodiscard]] value gross(std::size_t field, row_range rows) const noexcept;

    /// Distinct civil days.
    [[nodiscard]] std::size_t distinct_days(row_range rows) const noexcept {
        if (rows.empty()) return 0;
        if (day_sums_ == nullptr) return distinct_days_by_row(rows);
        return day_sums_[rows.end - 1].days - day_sums_[rows.begin].days + 1;
    }
    /// The last day before the last row's; nothing with fewer than two distinct days.
    [[nodiscard]] std::optional<civil_date> previous_day(row_range rows) const noexcept {
        if (rows.empty()) return std::nullopt;
        std::size_t const first = day_sums_ != nullptr ? day_sums_[rows.end - 1].first_row : first_of_last_day(rows);
        if (first <= rows.begin) return std::nullopt;
        return day(first - 1);
    }
    /// Sum of the squared gaps between successive distinct days, in days^2; 0 with fewer than two.
    [[nodiscard]] std::int64_t gap_square_sum(row_range rows) const noexcept {
        if (rows.empty()) return 0;
        if (day_sums_ == nullptr) return gap_square_sum_by_row(rows);
        return day_sums_[rows.end - 1].gap_square_sum - day_sums_[rows.begin].gap_square_sum;
    }

private:
    friend class history;

    // Without running sums:
    [[nodiscard]] std::size_t count_rows(std::size_t field, row_range rows) const noexcept;
    [[nodiscard]] detail::exact_running exact_by_row(std::size_t field, row_range rows) const noexcept;
    [[nodiscard]] std::size_t distinct_days_by_row(row_range rows) const noexcept;
    [[nodiscard]] std::size_t first_of_last_day(row_range rows) const noexcept;
    [[nodiscard]] std::int64_t gap_square_sum_by_row(row_range rows) const noexcept;

    [[nodiscard]] static std::optional<std::int64_t> fitted(detail::int128 sum) noexcept {
        if (!detail::fits_int64(sum)) return std::nullopt;
        return static_cast<std::int64_t>(sum);
    }

    [[nodiscard]] row_range range_of(std::span<std::int64_t const>::iterator first, instant last) const noexcept {
        // Mostly nothing lies ahead of the moment that is asked about: no search then.
        bool const all = first == times_.end() || times_.back() <= last.microseconds();
        auto const end = all ? times_.end() : std::upper_bound(first, times_.end(), last.microseconds());
        return {static_cast<std::size_t>(first - times_.begin()), static_cast<std::size_t>(end - times_.begin())};
    }
    [[nodiscard]] detail::exact_running exact(std::size_t field, row_range rows) const noexcept {
        kind const base = columns_[field].what.base;
        if (base != kind::int64 && base != kind::decimal) return {};
        if (sums_ == nullptr) return exact_by_row(field, rows);
        auto const* running = sums_[field].exact;
        return {running[rows.end].sum - running[rows.begin].sum,
                running[rows.end].positive - running[rows.begin].positive};
    }
    [[nodiscard]] detail::real_running real(std::size_t field, row_range rows) const noexcept;

    history_schema const* what_ = nullptr;
    std::span<std::int64_t const> times_;
    std::span<std::int32_t const> days_;
    std::span<column_view const> columns_;
    detail::running_sums const* sums_ = nullptr;    ///< one per field, or null
    detail::day_running const* day_sums_ = nullptr; ///< one per row, or null
};

/// A prepared history, owned. Rows are ordered by time and, where times are equal, by all their fields in the order of
/// the schema, so that the order in which rows arrive cannot be seen.
///
/// A time field of type date counts as the start of that day in the history's zone.
///
/// Thread safety: concurrent reads are safe; `insert` needs exclusive access. Copies share nothing that changes.
class history {
public:
    /// An empty history. Throws `issue_error` as `schema::history` does when `what` is not well formed.
    explicit history(history_schema what, zone where = {});
    /// The schema shared with other histories; it must be well formed, as those of a `schema` are.
    history(std::shared_ptr<history_schema const> what, zone where);
    history(history const& other);
    history& operator=(history const& other);
    history(history&&) noexcept = default;
    history& operator=(history&&) noexcept = default;
    ~history() = default;

    /// Adds a row: one value per field of the schema, in its order, converted without loss. False, and nothing is
    /// changed, when the number of values is another, one does not convert, the time is missing, or a double is
    /// infinite. Amortised constant for rows that arrive in order; linear for late ones. Throws `std::bad_alloc`.
    bool insert(std::span<value const> row);

    [[nodiscard]] history_schema const& what() const noexcept { return *what_; }
    [[nodiscard]] zone const& where() const noexcept { return where_; }
    /// For bindings; see `detail::fields_key`.
    [[nodiscard]] std::uint64_t fields_key() const noexcept { return fields_key_; }
    [[nodiscard]] std::size_t size() const noexcept { return times_.size(); }
    [[nodiscard]] bool empty() const noexcept { return times_.empty(); }
    /// Valid until the history is changed or destroyed.
    [[nodiscard]] history_view view() const noexcept;
    /// Bytes held, without the schema.
    [[nodiscard]] std::size_t memory_bytes() const noexcept;

private:
    friend class history_builder;
    struct running_columns {
        std::vector<detail::exact_running> exact;
        std::vector<detail::real_running> real;
        std::vector<std::uint32_t> present;
    };

    [[nodiscard]] bool accepts(std::span<value const> row) const noexcept;
    void append_row(std::span<value const> row);
    [[nodiscard]] bool before(std::size_t a, std::size_t b) const;
    void reorder(std::span<std::uint32_t const> order);
    void refresh_columns();
    void refresh_sums(std::size_t first);
    void refresh_days(std::size_t first);
    void own_text(string_pool const& from);

    std::shared_ptr<history_schema const> what_;
    zone where_;
    std::uint64_t fields_key_ = 0;
    std::size_t time_field_ = 0;
    std::shared_ptr<string_pool> pool_; ///< null when no field is text; never shared between histories
    std::vector<std::int64_t> times_;
    std::vector<std::int32_t> days_;
    std::vector<column> columns_;
    std::vector<running_columns> running_;
    std::vector<detail::day_running> day_running_;
    std::vector<column_view> views_;
    std::vector<detail::running_sums> sums_;
};

/// Makes a history of rows in any order, and says what is wrong with them.
///
/// Thread safety: needs exclusive access.
///
///     history_builder orders(standard_orders(currency("CNY")), zone::named("Asia/Shanghai"));
///     orders.add(row).add(other_row);
///     history const prepared = orders.finish();
class history_builder {
public:
    explicit history_builder(history_schema what, zone where = {})
        : history_builder(history(std::move(what), std::move(where))) {}
    history_builder(std::shared_ptr<history_schema const> what, zone where)
        : history_builder(history(std::move(what), std::move(where))) {}

    /// Adds a row, as `history::insert` takes it. A row it would refuse is an issue of `finish`.
    history_builder& add(std::span<value const> row);
    /// The history, and the builder is empty again. O(n log n). Throws `issue_error` with all refused rows (the first
    /// 100 by number): `history.row_size`, `history.type`, `history.missing_time`, `history.not_finite`.
    [[nodiscard]] history finish();

private:
    explicit history_builder(history empty) : made_(std::move(empty)) {}
    void explain(std::span<value const> row);

    history made_;
    issue_list issues_;
    std::size_t rows_ = 0;
    std::size_t refused_ = 0;
};

} // namespace v0
} // namespace segmenta

#endif
