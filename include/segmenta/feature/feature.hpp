// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_FEATURE_FEATURE_HPP
#define SEGMENTA_FEATURE_FEATURE_HPP

/// \file
/// What can be computed from one customer's history: the list of aggregates, and the request for one of them.

#include <segmenta/record/type.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The aggregates over a history. Rows after `as_of` never count; see `feature_request` for the other limits of time.
/// "Day" is a civil day in the plan's zone.
///
/// When no row is left, counts and sums are 0 and everything else is missing. Answers never depend on the order in
/// which rows came.
enum class aggregate : std::uint8_t {
    recency_days,     ///< whole civil days from the last row's day to the day of `as_of`; 0 = the same day (int64)
    recency,          ///< exact time from the last row to `as_of` (duration)
    tenure_days,      ///< civil days from the first row's day to the day of `as_of` (int64)
    rows,             ///< number of rows (int64)
    orders,           ///< number of distinct orders; rows when the history names no order field (int64)
    days,             ///< number of distinct civil days with a row (int64)
    sum,              ///< sum of a numeric field, refunds (negative amounts) included: net (type of the field)
    gross_sum,        ///< sum of the positive values of a numeric field (type of the field)
    refund_sum,       ///< minus the sum of its negative values, >= 0 (type of the field)
    mean,             ///< sum / rows (double)
    minimum,          ///< smallest value of a field (type of the field)
    maximum,          ///< largest value of a field (type of the field)
    average_order_value, ///< sum / orders (double)
    first_time,       ///< time of the first row (instant)
    last_time,        ///< time of the last row (instant)
    first_day,        ///< civil day of the first row (date)
    last_day,         ///< civil day of the last row (date)
    previous_day,     ///< the last civil day with a row before `last_day` (date)
    gap_count,        ///< number of gaps between successive distinct days: max(days - 1, 0) (int64)
    gap_sum_days,     ///< sum of these gaps = last_day - first_day (int64)
    gap_mean_days,    ///< mean gap (double); missing with fewer than two days
    gap_deviation_days, ///< population standard deviation of the gaps (double); missing with fewer than two days
    gap_max_days,     ///< longest gap (int64); missing with fewer than two days
    distinct,         ///< number of distinct values of a field (int64)
    median,           ///< middle value of a numeric field, the mean of the middle two for an even number of values:
                      ///< type 7 of R. J. Hyndman and Y. Fan, The American Statistician 50 (1996), at 0.5 (double)
    first,            ///< value of a field in the earliest row that has it; the smallest where rows of one instant
                      ///< differ, texts by their bytes (type of the field; texts: category)
    last,             ///< value in the latest row that has it, the largest of one instant (as `first`)
    most_frequent,    ///< most frequent value of a field, the smallest of equally frequent ones (as `first`)
    decayed_sum,      ///< sum of `value * 2^(-age / half_life)` of a numeric field (double)
    decayed_count,    ///< sum of `2^(-age / half_life)` over rows (double)
    active_periods,   ///< in how many of the last `periods` periods of length `every` some row counts (int64)
    sequence,         ///< how many of `steps` the best attempt completed in their order (int64)
};

/// Stable ASCII name as used in plans, and the field it needs.
struct aggregate_info {
    aggregate what;
    std::string_view name;
    bool needs_number; ///< needs a numeric `field`
    bool needs_field;  ///< needs a `field` of any type
    bool reads_rows;   ///< needs the rows themselves; the others are read from a `history_summary`
};

/// All aggregates in the order of the enumeration.
std::array<aggregate_info, 32> const& aggregates() noexcept;
/// Finds an aggregate by name.
std::optional<aggregate> find_aggregate(std::string_view name) noexcept;
/// The result type, given the type of the aggregated field (ignored when the aggregate needs none).
type result_type(aggregate what, type field) noexcept;

/// One feature of a plan: an aggregate over the rows of a history.
///
/// Rows count that lie within every limit of time that is given. The limits are `window` and `until`, which move with
/// `as_of`; `from` and `to`, which stand still; and `calendar`. Histories whose time is a date count whole days: the
/// start of a row's day must lie within the limits, and a row of the day that starts at `as_of` lies ahead.
///
///     feature_request spring{aggregate::sum, "orders", "amount"};
///     spring.from = "2024-03-01"; spring.to = "2024-06-01";
struct feature_request {
    aggregate what = aggregate::rows;
    std::string history;     ///< name of the history, such as `orders`
    std::string field;       ///< the aggregated field where the aggregate needs one
    std::string window{};    ///< ISO 8601 period such as `P90D`: rows in `(as_of - window, as_of]`
    std::string where{};     ///< CEL condition over the history's fields; empty: every row. Rows whose condition is
                             ///< unknown do not count.
    std::string until{};     ///< ISO 8601 period, shorter than `window`: rows up to `as_of - until`, inclusive
    std::string from{};      ///< rows from then on: `2024-03-01`, the start of that day in the plan's zone, or an
                             ///< RFC 3339 instant
    std::string to{};        ///< as `from`: rows before it
    std::string calendar{};  ///< a name of `calendar_periods()` such as `last_month`: rows of that civil period of the
                             ///< plan's zone; weeks start on Monday (ISO 8601-1:2019 section 4.3.5)
    std::string half_life{}; ///< decayed aggregates: after which age the half of a value is left. ISO 8601 period of
                             ///< days or weeks (age: whole civil days from the row's day) or of hours, minutes and
                             ///< seconds (exact age)
    std::string every{};     ///< `active_periods`: ISO 8601 period; the i-th period back holds the rows in
                             ///< `(as_of - i * every, as_of - (i - 1) * every]`
    std::int64_t periods = 0;         ///< `active_periods`: how many of them, 1 to 1,000
    std::vector<std::string> steps{}; ///< `sequence`: 1 to 8 CEL conditions over the history's fields. Each step takes
                                      ///< a row of its own, at the time of the row of the step before or later.
    std::string within{};             ///< `sequence`: ISO 8601 period, the most that lies between the rows of the
                                      ///< first and the last step taken; empty: no limit

    friend bool operator==(feature_request const&, feature_request const&) = default;
};

/// Names that `feature_request::calendar` may have: `today`, `yesterday`, `this_week`, `last_week`, and so on for
/// month, quarter and year.
std::array<std::string_view, 10> const& calendar_periods() noexcept;

} // namespace v0
} // namespace segmenta

#endif
