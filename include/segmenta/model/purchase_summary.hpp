// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PURCHASE_SUMMARY_HPP
#define SEGMENTA_MODEL_PURCHASE_SUMMARY_HPP

/// \file
/// What the models of repeat buying read of a customer: how many repeat purchases, how old the customer was at the last
/// one, how old now. Types keep apart what is confused most often, and the unit of time goes along.
///
/// Words: the *age* of a customer runs from the first purchase to the end of observation (T in the literature); the
/// *age at the last purchase* (t_x, which lifetimes calls "recency") is 0 for who bought once; the *days since the last
/// purchase* (recency in RFM) is the opposite, age - age at last purchase.
/// Source of the semantics: P. Fader, B. Hardie, K. Lee, "Counting Your Customers the Easy Way", Marketing Science
/// 24(2), 2005, and "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis", 2005.

#include <segmenta/error.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// In what a model counts time.
enum class model_time_unit : std::uint8_t {
    day,
    week,  ///< 7 days
    month, ///< 365.25 / 12 days
    year,  ///< 365.25 days
};

/// `day`, `week`, `month`, `year`.
[[nodiscard]] std::string_view to_string(model_time_unit unit) noexcept;
/// Also in the plural; nothing for other words.
[[nodiscard]] std::optional<model_time_unit> parse_model_time_unit(std::string_view text) noexcept;
/// How many days a unit has: 1, 7, 30.4375, 365.25.
[[nodiscard]] double days_in(model_time_unit unit) noexcept;

/// A number that cannot be taken for another: `repeat_count(3)`.
template <class Meaning>
struct named_number {
    double value = 0;

    constexpr named_number() = default;
    constexpr explicit named_number(double v) noexcept : value(v) {}
    friend constexpr bool operator==(named_number, named_number) = default;
};

/// Purchases after the first, at most one a period (a whole number from 0).
using repeat_count = named_number<struct repeat_count_meaning>;
/// Time from the first purchase to the last one (0 without repeat purchases).
using age_at_last_purchase = named_number<struct age_at_last_purchase_meaning>;
/// Time from the first purchase to the end of observation.
using customer_age = named_number<struct customer_age_meaning>;
/// Time a forecast covers, from the end of observation on (of new customers: from their first purchase on).
using horizon = named_number<struct horizon_meaning>;

/// One customer; all times in the unit of the model.
struct repeat_purchases {
    repeat_count repeats;
    age_at_last_purchase last;
    customer_age age;
};

/// All customers, as columns of one length; times in `unit`.
struct purchase_summary {
    model_time_unit unit = model_time_unit::week;
    std::vector<std::string> ids;   ///< may be empty
    std::vector<double> repeats;    ///< purchases after the first, whole numbers from 0
    std::vector<double> last;       ///< age at the last purchase
    std::vector<double> age;        ///< age at the end of observation
    std::vector<double> mean_spend; ///< mean amount of the repeat purchases, 0 without any; may be empty
    std::vector<double> weight;     ///< how many customers a row stands for; empty: one each
    std::vector<double> log_times;  ///< sum of the natural logarithms of the times between successive purchases, 0
                                    ///< without any; only models of regularity read it; may be empty

    [[nodiscard]] std::size_t size() const noexcept { return repeats.size(); }
};

/// Adds an issue for each kind of problem, with the first row and how many: `clv.ragged` (columns differ in length),
/// `clv.not_finite`, `clv.not_whole` (repeats no whole number from 0), `clv.last_after_end` (age at last purchase above
/// the age; the message names both meanings of recency), `clv.last_without_repeat` (no repeat purchase, but an age at
/// the last one above 0), `clv.repeat_without_time` (repeat purchases, but at age 0), `clv.bad_spend` (a negative or
/// zero mean of repeat purchases), `clv.bad_weight`, `clv.empty`.
void check_summary(purchase_summary const& summary, issue_list& issues, std::string_view place);

} // namespace v0
} // namespace segmenta

#endif
