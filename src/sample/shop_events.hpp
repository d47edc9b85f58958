// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_EVENTS_HPP
#define SEGMENTA_SAMPLE_SHOP_EVENTS_HPP

// What customers do in the app and on the site: sessions that lead to orders, sessions that do not, and what follows
// orders.

#include "sample/shop_customer.hpp"
#include "sample/shop_orders.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class event_type : std::uint8_t {
    register_,
    login,
    browse,
    search,
    favourite,
    unfavourite,
    cart,
    order,
    pay,
    refund,
    share,
    comment,
    like,
    follow,
    review,
    complaint,
    unknown
};

enum class visitor : std::uint8_t {
    customer,
    not_yet,  // before the registration: only the device is known
    stranger, // somebody who never registered
};

struct shop_event {
    shop_time time = 0;
    std::uint32_t serial = 0; // in the order of drawing, to break ties in time
    event_type type = event_type::browse;
    visitor who = visitor::customer;
    std::uint8_t device = 0;
    std::uint8_t referrer = 0; // channels of information, of the session
    std::int8_t format = -1;   // text, video, live; -1: none
    std::int8_t page = -1;     // -1: none
    std::int32_t session = 0;  // from 1; 0: none
    std::int32_t dwell = -1;   // milliseconds, -1: not measured
    std::int32_t product = -1;
    std::int32_t order = -1; // index of the order
    std::int8_t rating = 0;  // 1 ... 5, 0: none
    std::int8_t topic = -1;
    std::int8_t sentiment = 0; // hundredths, with a topic only
};

inline constexpr std::string_view events_header = "event_id,customer_id,device_id,occurred_at,type,session_id,page,"
                                                  "dwell_ms,referrer,device,format,sku,order_id,rating,"
                                                  "topic,sentiment,text\n";

// Scratch memory of one thread.
struct event_scratch {
    std::vector<shop_event> events;
};

// Appends the rows of one customer and returns their number.
std::uint64_t write_events(shop const& in, shop_customer const& customer, purchase_history const& history,
                           event_scratch& scratch, std::string& rows, shop_counts& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
