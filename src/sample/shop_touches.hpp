// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_TOUCHES_HPP
#define SEGMENTA_SAMPLE_SHOP_TOUCHES_HPP

// Campaign touches: who is treated and who is held out by chance, and what a treated customer does.

#include "sample/shop_customer.hpp"
#include "sample/shop_orders.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct touch {
    std::uint32_t campaign = 0;
    bool control = false;
    std::uint8_t channel = 0;
    shop_time planned = no_time, sent = no_time, delivered = no_time, opened = no_time, clicked = no_time;
    shop_time unsubscribed = no_time;
};

// The touches of a customer whose orders without any campaign are at `organic` (ascending). Appends to `extra` the
// orders that only the campaigns bring about.
void plan_touches(shop const& in, shop_customer const& customer, std::vector<shop_time> const& organic,
                  std::vector<touch>& touches, std::vector<purchase>& extra);

inline constexpr std::string_view touches_header =
    "touch_id,campaign_id,customer_id,audience_group,channel,planned_at,sent_at,delivered_at,opened_at,clicked_at,"
    "converted_at,converted_order_id,unsubscribed_at,coupon_code,coupon_redeemed,cost,currency\n";

// Appends the rows; conversion is the first order within seven days of the planned time, for the held-out group too.
std::uint64_t write_touches(shop const& in, shop_customer const& customer, std::vector<touch> const& touches,
                            purchase_history const& history, std::string& rows, shop_counts& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
