// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_touches.hpp"

#include "sample/csv_row.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::array<std::string_view, 5> touch_channels{"sms", "email", "app_push", "wechat", "phone"};
constexpr std::array<std::int64_t, 5> touch_costs{5, 1, 1, 3, 300};        // fen
constexpr std::array<std::int64_t, 5> opens{9000, 2200, 3000, 5200, 6500}; // of 10,000 delivered
constexpr std::array<std::int64_t, 5> clicks{900, 2600, 3200, 3000, 2500}; // of 10,000 opened
constexpr std::array<std::int64_t, 5> leaves{60, 40, 90, 50, 20};          // of 10,000 opened
constexpr shop_time conversion_window = 7 * day_seconds;

// Orders before `when`, and the last of them.
struct past {
    std::size_t orders = 0;
    shop_time last = no_time;
};

past past_of(std::vector<shop_time> const& organic, shop_time when) {
    auto const next = std::lower_bound(organic.begin(), organic.end(), when);
    if (next == organic.begin()) return {};
    return {static_cast<std::size_t>(next - organic.begin()), *(next - 1)};
}

bool wanted(campaign const& one, shop_customer const& customer, past const& before) {
    shop_time const start = start_of(one.first_day);
    if (customer.registered >= start) return false;
    switch (one.audience) {
    case audience_kind::everybody: return !customer.organisation();
    case audience_kind::business: return customer.organisation();
    case audience_kind::newcomers:
        return !customer.organisation() && before.orders == 0 && start - customer.registered < 120 * day_seconds;
    case audience_kind::lapsed:
        return !customer.organisation() && before.orders > 0 && start - before.last > 120 * day_seconds;
    }
    return false;
}

std::uint8_t draw_channel(campaign const& one, dice& chance) {
    if (one.audience == audience_kind::business) {
        constexpr std::array<std::uint16_t, 5> weights{10, 45, 0, 5, 40};
        return static_cast<std::uint8_t>(chance.pick_from(weights));
    }
    constexpr std::array<std::uint16_t, 5> weights{30, 12, 34, 24, 0};
    return static_cast<std::uint8_t>(chance.pick_from(weights));
}

// How a treated customer reacts; true when an extra order follows.
bool react(campaign const& one, customer_traits const& traits, bool alive, dice& chance, touch& what) {
    auto const channel = static_cast<std::size_t>(what.channel);
    what.sent = what.planned;
    if (chance.chance(260)) return false; // not delivered
    what.delivered = what.sent + chance.between(1, 40);
    if (!chance.chance(opens[channel] * (alive ? 10 : 5) / 10)) return false;
    what.opened = what.delivered + chance.between(20, 30'000);
    if (chance.chance(leaves[channel])) {
        what.unsubscribed = what.opened + chance.between(10, 300);
        return false;
    }
    auto const interest = static_cast<std::int64_t>(static_cast<double>(clicks[channel]) * (0.5 + traits.sensitivity));
    if (!chance.chance(interest)) return false;
    what.clicked = what.opened + chance.between(3, 600);
    std::int64_t const lift = one.lift * (alive ? 10 : 4) / 10;
    return chance.chance(static_cast<std::int64_t>(static_cast<double>(lift) * (0.4 + 1.2 * traits.sensitivity)));
}

std::size_t converting_order(touch const& what, purchase_history const& history) {
    for (std::size_t i = 0; i < history.orders.size(); ++i) {
        auto const& order = history.orders[i];
        bool const inside = order.counts() && !order.guest && order.paid >= what.planned &&
                            order.paid < what.planned + conversion_window;
        if (inside) return i;
    }
    return history.orders.size();
}

} // namespace

void plan_touches(shop const& in, shop_customer const& customer, std::vector<shop_time> const& organic,
                  std::vector<touch>& touches, std::vector<purchase>& extra) {
    touches.clear();
    if (!customer.consent) return;
    dice chance = in.chance(customer.number, purpose_stream::touches);
    auto const list = campaigns();
    for (std::size_t c = 0; c < list.size(); ++c) {
        auto const& one = list[c];
        auto const before = past_of(organic, start_of(one.first_day));
        if (!wanted(one, customer, before)) continue;
        auto const group = chance.below(100); // 0 ... 54 treated, 55 ... 69 held out, the rest left alone
        if (group >= 70) continue;
        touch what;
        what.campaign = static_cast<std::uint32_t>(c);
        what.control = group >= 55;
        what.channel = draw_channel(one, chance);
        what.planned = start_of(one.first_day) + chance.between(9 * 3600, 11 * 3600);
        if (!what.control) {
            bool const fresh = one.audience == audience_kind::newcomers;
            bool const alive = fresh || (!organic.empty() && organic.back() >= what.planned - 200 * day_seconds);
            if (react(one, customer.traits, alive, chance, what)) {
                shop_time const when = what.clicked + chance.between(120, 2 * day_seconds);
                if (when < shop_end) extra.push_back({when, static_cast<int>(c)});
            }
        }
        touches.push_back(what);
        if (what.unsubscribed != no_time) return; // and is not bothered again
    }
}

std::uint64_t write_touches(shop const& in, shop_customer const& customer, std::vector<touch> const& touches,
                            purchase_history const& history, std::string& rows, shop_counts& counts) {
    for (std::size_t i = 0; i < touches.size(); ++i) {
        auto const& what = touches[i];
        auto const& one = campaigns()[what.campaign];
        auto const order = converting_order(what, history);
        bool const converted = order < history.orders.size();
        csv_row row(rows);
        row.id('T', customer.number, static_cast<std::int64_t>(i + 1)).code(one.id).id('C', customer.number);
        row.code(what.control ? "control" : "treated").code(touch_channels[what.channel]);
        for (auto const time : {what.planned, what.sent, what.delivered, what.opened, what.clicked})
            in.calendar.append_time(rows, time);
        in.calendar.append_time(rows, converted ? history.orders[order].paid : no_time);
        if (converted)
            row.id('O', customer.number, static_cast<std::int64_t>(order + 1));
        else
            row.empty();
        in.calendar.append_time(rows, what.unsubscribed);
        row.code(what.control ? "" : one.coupon_code);
        row.flag(converted && history.orders[order].coupon_code == one.coupon_code);
        row.money(what.control ? 0 : touch_costs[what.channel]).code("CNY").end();
        counts.add(what.control ? counted::touches_control : counted::touches_sent);
        if (converted) counts.add(what.control ? counted::conversions_control : counted::conversions_sent);
        if (what.unsubscribed != no_time) counts.add(counted::unsubscribed);
    }
    return touches.size();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
