// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_RELATIONS_HPP
#define SEGMENTA_SAMPLE_SHOP_RELATIONS_HPP

// surveys.csv, credit.csv and referrals.csv.

#include "sample/shop_customer.hpp"
#include "sample/shop_orders.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::string_view surveys_header =
    "response_id,customer_id,survey_id,wave,answered_at,mode,item_id,construct,scale_min,scale_max,reverse,answer\n";
inline constexpr std::string_view credit_header =
    "credit_id,customer_id,assessed_on,next_review_on,credit_status,default_count,warning_count,days_overdue,debt_"
    "ratio,"
    "monthly_income,credit_limit,outstanding,assets_month_average,currency\n";
inline constexpr std::string_view referrals_header =
    "edge_id,from_customer_id,to_customer_id,relation,occurred_at,weight,converted_order_id,reward,currency\n";

// Each appends the rows of one customer and returns their number.
std::uint64_t write_surveys(shop const& in, shop_customer const& customer, purchase_history const& history,
                            std::string& rows, shop_counts& counts);
std::uint64_t write_credit(shop const& in, shop_customer const& customer, std::string& rows, shop_counts& counts);
// The relations of a customer to customers with smaller numbers.
std::uint64_t write_relations(shop const& in, shop_customer const& customer, purchase_history const& history,
                              std::string& rows, shop_counts& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
