// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_SHOP_ORDERS_HPP
#define SEGMENTA_SAMPLE_SHOP_ORDERS_HPP

// When a customer buys, what, and what comes back.
//
// When: gamma-mixed Poisson purchases with a beta-mixed chance of leaving after each order (P. Fader, B. Hardie and K.
// L. Lee, "Counting your customers the easy way", Marketing Science 24(2), 2005), on a time axis stretched by the
// shop's seasons.

#include "sample/shop_customer.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A purchase before its details are known. `campaign` is -1 for one that no campaign caused.
struct purchase {
    shop_time time = 0;
    int campaign = -1;
    friend auto operator<=>(purchase const&, purchase const&) = default;
};

enum class order_status : std::uint8_t { finished, shipped, paid, cancelled, unpaid };

struct order_line {
    std::uint32_t product = 0;
    std::int64_t quantity = 1;
    std::int64_t unit_price = 0, list_price = 0; // fen
    std::int64_t discount = 0, coupon = 0;       // fen, of the whole line
    [[nodiscard]] std::int64_t gross() const noexcept { return unit_price * quantity; }
    [[nodiscard]] std::int64_t amount() const noexcept { return gross() - discount - coupon; }
};

struct shop_order {
    shop_time created = 0, paid = no_time, finished = no_time;
    order_status status = order_status::finished;
    sales_channel channel = sales_channel::app;
    std::string_view payment;
    std::string_view coupon_code;
    int campaign = -1;
    bool guest = false;                    // bought in a store without showing the card: written without customer
    bool repeated = false;                 // its rows were delivered twice
    std::size_t first_line = 0, lines = 0; // in purchase_history::lines
    // Paid for and not called off.
    [[nodiscard]] bool counts() const noexcept { return status <= order_status::paid; }
};

struct shop_return {
    std::size_t order = 0, line = 0; // line: of the order, from 0
    shop_time time = 0;
    std::int64_t quantity = 0, discount = 0, coupon = 0, amount = 0;
    std::string_view reason;
    bool exchange = false; // sent again instead of paid back
};

// Reused from customer to customer, so that memory is taken once.
struct purchase_history {
    std::vector<shop_order> orders; // by time
    std::vector<order_line> lines;
    std::vector<shop_return> returns;
    shop_time left = no_time; // the last order of one who left for good
    bool has_left = false;

    void clear() {
        orders.clear();
        lines.clear();
        returns.clear();
        left = no_time;
        has_left = false;
    }
};

// The times of orders without campaigns, ascending; the dice go on to be used by `make_orders`.
void draw_purchase_times(shop const& in, shop_customer const& customer, dice& chance, std::vector<shop_time>& times,
                         purchase_history& history);

// Fills in what was bought. `purchases` sorted by time.
void make_orders(shop const& in, shop_customer const& customer, dice& chance, std::vector<purchase> const& purchases,
                 purchase_history& history);

inline constexpr std::string_view orders_header =
    "order_id,line,customer_id,kind,status,created_at,paid_at,finished_at,channel,pay_method,region_code,sku,category,"
    "brand,"
    "list_price,unit_price,quantity,discount,coupon,coupon_code,amount,unit_cost,currency,refund_of,refund_line,"
    "refund_reason\n";

// Appends the rows of one customer and returns their number.
std::uint64_t write_orders(shop const& in, shop_customer const& customer, purchase_history const& history,
                           std::string& rows, shop_counts& counts);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
