// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SUMMARISE_PURCHASES_HPP
#define SEGMENTA_MODEL_SUMMARISE_PURCHASES_HPP

/// \file
/// From purchases, one row each, to what the models of repeat buying read of a customer: see purchase_summary.hpp for
/// the words.
///
/// Purchases of one customer in one period (a day, or a calendar week) are merged into one first. Then repeat
/// purchases are the periods after the first; the age at the last purchase runs from the first period to the last; the
/// age from the first period to the one of the end of observation; the mean spend is the mean over the repeat periods,
/// each the sum of its amounts, and 0 without any.
/// Source of the semantics: P. Fader and B. Hardie, "Notes on the CDNOW master data set", and the tests of the packages
/// lifetimes and PyMC-Marketing, which agree with it.

#include <segmenta/model/purchase_summary.hpp>
#include <segmenta/time/calendar.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Within what purchases of a customer are one purchase.
enum class purchase_period : std::uint8_t {
    day,
    week, ///< of the calendar, from `week_start` on; then all times are whole weeks
};

/// What counts as a purchase, and in what times are given.
struct summarise_purchases_options {
    model_time_unit unit = model_time_unit::week;  ///< of the ages: days divided by 1, 7, 30.4375 or 365.25
    purchase_period period = purchase_period::day; ///< what is merged
    weekday week_start = weekday::monday;          ///< of `purchase_period::week`
    /// Purchases before are not seen: the first one after it then counts as the customer's first. Without: all.
    std::optional<civil_date> observation_begin = std::nullopt;
    /// The last day that is seen; later rows are left out. Without: the day of the last purchase.
    std::optional<civil_date> observation_end = std::nullopt;
    /// Rows with a smaller amount are left out and counted, as refunds and free orders may be. Without: none are.
    std::optional<double> smallest_amount = std::nullopt;
    /// Counts the first purchase as well, in `repeats` and in `mean_spend`. The models of repeat buying and of spend
    /// are about repeat purchases and want false.
    bool include_first = false;
};

/// The columns of the purchases, all of one length, in any order. Views; nothing is kept.
template <class Id>
struct purchase_rows {
    std::span<Id const> customers;
    std::span<civil_date const> days;
    std::span<double const> amounts; ///< in one currency; empty: the summary has no `mean_spend`
};

/// A summary, and what was not read for it.
struct summarised_purchases {
    purchase_summary summary;   ///< one row per customer, in ascending order of the id (numbers by value, texts by
                                ///< bytes); with `log_times`
    civil_date observation_end; ///< the day to which the ages run
    std::size_t outside = 0;    ///< rows before the begin or after the end of observation
    std::size_t too_small = 0;  ///< rows below `smallest_amount`
};

/// Summarises purchases; customers whose rows are all left out do not appear. Results do not depend on the order of the
/// rows: amounts of a customer are added by day, and by size within a day.
///
/// Throws `issue_error` with all of: `purchases.empty` (no rows, or none in the time of observation),
/// `purchases.ragged` (columns differ in length), `purchases.bad_amount` (the first amount that is no finite number and
/// how many are), `purchases.bad_range` (the end of observation is before its begin). O(n log n).
///
///     std::vector<std::int64_t> ids{7, 7, 7};
///     auto const january = [](unsigned char day) { return civil_date::of(2015, 1, day); };
///     std::vector<civil_date> days{january(1), january(2), january(5)};
///     std::vector<double> amounts{3, 1, 5};
///     summarise_purchases_options options;
///     options.unit = model_time_unit::day;
///     options.observation_end = civil_date::of(2015, 2, 7);
///     auto const s = summarise_purchases(purchase_rows<std::int64_t>{ids, days, amounts}, options).summary;
///     // s.repeats[0] == 2, s.last[0] == 4, s.age[0] == 37, s.mean_spend[0] == 3
[[nodiscard]] summarised_purchases summarise_purchases(purchase_rows<std::string> const& rows,
                                                       summarise_purchases_options const& options = {});
[[nodiscard]] summarised_purchases summarise_purchases(purchase_rows<std::int64_t> const& rows,
                                                       summarise_purchases_options const& options = {});

/// What is known at one day, and what the same customers did afterwards.
struct purchase_split {
    purchase_summary calibration;          ///< up to and with the end of calibration
    horizon holdout;                       ///< from there to the end of observation, in the unit of the summary
    std::vector<double> holdout_purchases; ///< periods with a purchase after the calibration, by row of `calibration`
    std::vector<double> holdout_spend;     ///< mean amount of those, 0 without any; empty without amounts
    std::size_t new_customers = 0;         ///< seen first after the calibration; they are in no column
    std::size_t outside = 0;
    std::size_t too_small = 0;
};

/// Cuts at the end of `calibration_end`: customers first seen later are left out, as no model can know them.
/// Errors and complexity as `summarise_purchases`; `purchases.bad_range` also when the calibration does not end before
/// the observation does.
[[nodiscard]] purchase_split split_purchases(purchase_rows<std::string> const& rows, civil_date calibration_end,
                                             summarise_purchases_options const& options = {});
[[nodiscard]] purchase_split split_purchases(purchase_rows<std::int64_t> const& rows, civil_date calibration_end,
                                             summarise_purchases_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
