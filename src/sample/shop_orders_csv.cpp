// SPDX-License-Identifier: Apache-2.0
#include "sample/csv_row.hpp"
#include "sample/shop_orders.hpp"

#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::array<std::string_view, 5> status_names{"finished", "shipped", "paid", "cancelled", "unpaid"};

// All that the rows of orders and returns have in common.
struct row_content {
    std::string_view kind, status;
    shop_time created, paid, finished;
    shop_order const* order;
    order_line const* line;
    std::int64_t quantity, discount, coupon, amount;
};

void write_middle(shop const& in, shop_customer const& customer, row_content const& content, std::string& out) {
    csv_row row(out);
    // The row was begun with its id and line.
    row.empty();
    if (!content.order->guest) csv_row::append_id(out, 'C', customer.number);
    row.code(content.kind).code(content.status);
    in.calendar.append_time(out, content.created);
    in.calendar.append_time(out, content.paid);
    in.calendar.append_time(out, content.finished);
    product const& what = in.catalogue.products()[content.line->product];
    row.code(name_of(content.order->channel)).code(content.order->payment).number(customer.home->code);
    row.code(what.sku)
        .code(what.leaf->path)
        .code(what.brand)
        .money(content.line->list_price)
        .money(content.line->unit_price);
    row.number(content.quantity).money(content.discount).money(content.coupon).code(content.order->coupon_code);
    row.money(content.amount).money(what.cost).code("CNY");
}

void write_sale(shop const& in, shop_customer const& customer, purchase_history const& history, std::size_t number,
                std::string& out) {
    auto const& order = history.orders[number];
    for (std::size_t i = 0; i < order.lines; ++i) {
        auto const& line = history.lines[order.first_line + i];
        csv_row::append_id(out, 'O', customer.number, static_cast<std::int64_t>(number + 1));
        out += ',';
        append_number(out, static_cast<std::int64_t>(i + 1));
        out += ',';
        write_middle(in, customer,
                     {"sale", status_names[static_cast<std::size_t>(order.status)], order.created, order.paid,
                      order.finished, &order, &line, line.quantity, line.discount, line.coupon, line.amount()},
                     out);
        out += ",,,\n"; // refund_of, refund_line, refund_reason
    }
}

void write_back(shop const& in, shop_customer const& customer, purchase_history const& history, std::size_t number,
                int sign, std::string& out) {
    auto const& back = history.returns[number];
    auto const& order = history.orders[back.order];
    csv_row::append_id(out, back.exchange ? 'X' : 'R', customer.number, static_cast<std::int64_t>(number + 1));
    out += sign < 0 ? ",1," : ",2,";
    write_middle(in, customer,
                 {back.exchange ? "exchange" : "refund", "finished", back.time, back.time, back.time, &order,
                  &history.lines[order.first_line + back.line], sign * back.quantity, sign * back.discount,
                  sign * back.coupon, sign * back.amount},
                 out);
    out += ',';
    csv_row::append_id(out, 'O', customer.number, static_cast<std::int64_t>(back.order + 1));
    out += ',';
    append_number(out, static_cast<std::int64_t>(back.line + 1));
    out += ',';
    out += back.reason;
    out += '\n';
}

void count_order(shop_order const& order, purchase_history const& history, shop_counts& counts) {
    counts.add(counted::orders);
    counts.add(counted::order_lines, order.lines);
    if (order.status == order_status::cancelled) counts.add(counted::orders_cancelled);
    if (order.status == order_status::unpaid) counts.add(counted::orders_unpaid);
    if (order.guest) counts.add(counted::guest_orders);
    if (order.repeated) counts.add(counted::order_lines_repeated, order.lines);
    if (order.guest || !order.counts()) return;
    for (std::size_t i = 0; i < order.lines; ++i)
        counts.add(counted::net_fen, static_cast<std::uint64_t>(history.lines[order.first_line + i].amount()));
}

void count_customer(purchase_history const& history, shop_counts& counts) {
    std::size_t orders = 0;
    shop_time last = no_time;
    for (auto const& order : history.orders) {
        if (order.guest || !order.counts()) continue;
        ++orders;
        if (last < order.paid) last = order.paid;
    }
    if (orders >= 1) counts.add(counted::buyers);
    if (orders >= 2) counts.add(counted::repeat_buyers);
    if (orders >= 1 && last < shop_end - 180 * day_seconds) counts.add(counted::silent_half_year);
}

} // namespace

std::uint64_t write_orders(shop const& in, shop_customer const& customer, purchase_history const& history,
                           std::string& rows, shop_counts& counts) {
    std::uint64_t written = 0;
    for (std::size_t i = 0; i < history.orders.size(); ++i) {
        auto const& order = history.orders[i];
        count_order(order, history, counts);
        for (int copy = 0; copy < (order.repeated ? 2 : 1); ++copy) {
            write_sale(in, customer, history, i, rows);
            written += order.lines;
        }
    }
    for (std::size_t i = 0; i < history.returns.size(); ++i) {
        auto const& back = history.returns[i];
        write_back(in, customer, history, i, -1, rows);
        if (back.exchange) write_back(in, customer, history, i, 1, rows);
        written += back.exchange ? 2 : 1;
        counts.add(back.exchange ? counted::exchanges : counted::refund_lines);
        // Two's complement: adding the negative amount subtracts it.
        if (!back.exchange && !history.orders[back.order].guest)
            counts.add(counted::net_fen, std::uint64_t{0} - static_cast<std::uint64_t>(back.amount));
    }
    count_customer(history, counts);
    return written;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
