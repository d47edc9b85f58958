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

namespace segmenta {
inline namespace v0 {

/// The aggregates over a history. Rows after `as_of` never count; a window keeps the rows in
/// `(as_of - window, as_of]`. "Day" is a civil day in the plan's zone.
///
/// When no row is left, counts and sums are 0 and everything else is missing.
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
};

/// Stable ASCII name as used in plans, and the field it needs.
struct aggregate_info {
    aggregate what;
    std::string_view name;
    bool needs_number; ///< needs a numeric `field`
    bool needs_field;  ///< needs a `field` of any type
};

/// All aggregates in the order of the enumeration.
std::array<aggregate_info, 24> const& aggregates() noexcept;
/// Finds an aggregate by name.
std::optional<aggregate> find_aggregate(std::string_view name) noexcept;
/// The result type, given the type of the aggregated field (ignored when the aggregate needs none).
type result_type(aggregate what, type field) noexcept;

/// One feature of a plan: an aggregate over the rows of a history.
struct feature_request {
    aggregate what = aggregate::rows;
    std::string history;  ///< name of the history, such as `orders`
    std::string field;    ///< the aggregated field where the aggregate needs one
    std::string window;   ///< ISO 8601 period such as `P90D`; empty: the whole history up to `as_of`
    std::string where;    ///< CEL condition over the history's fields; empty: every row. Rows whose condition is
                          ///< unknown do not count.

    friend bool operator==(feature_request const&, feature_request const&) = default;
};

} // namespace v0
} // namespace segmenta

#endif
