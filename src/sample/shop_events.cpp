// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_events.hpp"

#include "sample/csv_row.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::array<std::string_view, 17> type_names{
    "register", "login", "browse",  "search", "favourite", "unfavourite", "cart",      "order",     "pay",
    "refund",   "share", "comment", "like",   "follow",    "review",      "complaint", "hover_beta"};
constexpr std::array<std::string_view, 7> page_names{"home",     "list",    "product",  "cart",
                                                     "checkout", "article", "live_room"};
constexpr std::array<std::string_view, 6> referrer_names{"direct",     "search_engine",     "social_media",
                                                         "e_commerce", "traditional_media", "campaign"};
constexpr std::array<std::uint16_t, 6> referrer_weights{38, 18, 24, 12, 3, 5};
constexpr std::array<std::string_view, 3> format_names{"text", "video", "live"};
constexpr std::array<std::string_view, 6> topic_names{"quality", "price", "after_sales", "logistics", "brand", "other"};

enum page : std::int8_t { home_page, list_page, product_page, cart_page, checkout_page, article_page, live_page };

constexpr std::array<std::array<std::string_view, 2>, 6> praise{{
    {"质量很好,会再来", "Great quality, will buy again"},
    {"价格实惠", "Good price"},
    {"客服很耐心", "Helpful service"},
    {"发货快,包装好", "Fast delivery, well packed"},
    {"一直用这个牌子", "My favourite brand"},
    {"不错", "Nice"},
}};
constexpr std::array<std::array<std::string_view, 2>, 6> blame{{
    {"质量一般,和\"描述\"不符", "Poor quality, not \"as described\""},
    {"刚买就降价", "Price dropped right after I bought it"},
    {"退款太慢,客服不理人", "Refund slow, nobody answers"},
    {"物流太慢,包装破损", "Late delivery, box damaged"},
    {"感觉不是正品", "Doubt it is genuine"},
    {"一般般", "So so"},
}};

// Draws the events of one customer into a list.
class event_writer {
public:
    event_writer(shop const& in, shop_customer const& customer, purchase_history const& history,
                 std::vector<shop_event>& events)
        : in_(in), customer_(customer), history_(history), events_(events),
          chance_(in.chance(customer.number, purpose_stream::events)) {
        prefers_video_ = chance_.chance(4500);
    }

    void draw() {
        before_registration();
        add_register();
        for (std::size_t i = 0; i < history_.orders.size(); ++i) {
            order_session(i);
            after_order(i);
        }
        for (auto const& back : history_.returns)
            refund(back);
        idle_sessions();
        farewell();
        stranger_sessions();
        std::sort(events_.begin(), events_.end(), [](shop_event const& a, shop_event const& b) {
            return std::tie(a.time, a.serial) < std::tie(b.time, b.serial);
        });
    }

    dice& chance() noexcept { return chance_; }

private:
    shop_event plain(shop_time time, event_type type) const {
        shop_event one;
        one.time = time;
        one.type = type;
        one.device = static_cast<std::uint8_t>(customer_.device);
        return one;
    }

    void push(shop_event const& one) {
        if (one.time >= shop_end || one.time < 0) return;
        events_.push_back(one);
        events_.back().serial = static_cast<std::uint32_t>(events_.size());
    }

    std::int32_t draw_product(std::int32_t day) {
        auto const from = static_cast<department>(chance_.pick_from(customer_.traits.taste));
        return static_cast<std::int32_t>(in_.catalogue.draw(chance_, from, std::clamp(day, 0, shop_days - 1)).number);
    }

    std::int32_t draw_dwell() {
        // Rational customers read, emotional ones skim.
        double const patience = 9.2 + 0.5 * customer_.traits.mind[0] - 0.3 * customer_.traits.mind[1];
        return static_cast<std::int32_t>(std::min(chance_.lognormal(patience, 0.9), 900'000.0));
    }

    void begin_session(visitor who) {
        ++session_;
        referrer_ = static_cast<std::uint8_t>(chance_.pick_from(referrer_weights));
        who_ = who;
    }

    // A page seen; the clock moves on by the time spent on it.
    void view(shop_time& clock, event_type type, std::int8_t on, std::int32_t what, bool last = false) {
        shop_event one = plain(clock, type);
        one.session = session_;
        one.referrer = referrer_;
        one.who = who_;
        one.page = on;
        one.product = what;
        std::int32_t const dwell = draw_dwell();
        if (!last) one.dwell = dwell; // nobody knows when the last page was left
        if (on == product_page || on >= article_page)
            one.format = on == live_page ? 2 : chance_.chance(prefers_video_ ? 7000 : 1800) ? 1 : 0;
        push(one);
        clock += std::max(dwell / 1000, 1);
    }

    void before_registration() {
        if (!chance_.chance(3200)) return;
        begin_session(visitor::not_yet);
        shop_time clock = customer_.registered - chance_.between(600, 5 * day_seconds);
        auto const pages = 1 + chance_.below(3);
        for (std::size_t i = 0; i < pages; ++i)
            view(clock, event_type::browse, i == 0 ? home_page : product_page,
                 i == 0 ? -1 : draw_product(day_of(clock)), i + 1 == pages);
    }

    void add_register() {
        shop_event one = plain(customer_.registered, event_type::register_);
        one.page = home_page;
        push(one);
    }

    // Looked at and put into the cart, then ordered and paid: ends at the moment of the order.
    void order_session(std::size_t number) {
        auto const& order = history_.orders[number];
        if (order.channel >= sales_channel::marketplace) return; // not seen by us
        begin_session(visitor::customer);
        auto const compared = static_cast<std::size_t>(
            std::max(0.0, 1.6 + 1.6 * customer_.traits.mind[0] - 0.8 * customer_.traits.mind[1]));
        auto const looks = chance_.below(compared + 2);
        // Times are set backwards from the order, so that the path fits before it.
        shop_time clock =
            order.created - static_cast<shop_time>(30 + 75 * (looks + order.lines)) - chance_.between(0, 200);
        clock = std::max(clock, customer_.registered + 1);
        shop_time const latest = order.created - 1;
        auto const step = [&](event_type type, std::int8_t on, std::int32_t what) {
            shop_time at = std::min(clock, latest);
            view(at, type, on, what);
            clock = std::min(at, clock + 75);
        };
        if (chance_.chance(3500)) step(event_type::search, list_page, draw_product(day_of(clock)));
        for (std::size_t i = 0; i < looks; ++i)
            step(event_type::browse, product_page, draw_product(day_of(clock)));
        for (std::size_t i = 0; i < order.lines; ++i)
            step(event_type::cart, product_page,
                 static_cast<std::int32_t>(history_.lines[order.first_line + i].product));
        shop_event placed = plain(order.created, event_type::order);
        placed.session = session_;
        placed.referrer = referrer_;
        placed.page = checkout_page;
        placed.order = static_cast<std::int32_t>(number);
        push(placed);
        if (order.paid == no_time) return;
        placed.type = event_type::pay;
        placed.time = order.paid;
        push(placed);
    }

    void opinion(shop_time time, event_type type, std::int32_t order, std::int32_t what, bool happy) {
        shop_event one = plain(time, type);
        one.order = order;
        one.product = what;
        constexpr std::array<std::uint16_t, 6> good{34, 18, 10, 16, 12, 10};
        constexpr std::array<std::uint16_t, 6> bad{22, 12, 22, 30, 4, 10};
        one.topic = static_cast<std::int8_t>(chance_.pick_from(happy ? good : bad));
        one.sentiment = static_cast<std::int8_t>(happy ? chance_.between(20, 98) : -chance_.between(25, 98));
        if (type == event_type::review)
            one.rating = static_cast<std::int8_t>(happy ? chance_.between(4, 5) : chance_.between(1, 3));
        push(one);
    }

    void after_order(std::size_t number) {
        auto const& order = history_.orders[number];
        if (order.finished == no_time || order.guest) return;
        bool const happy = chance_.unit() < 0.35 + 0.6 * customer_.traits.satisfaction;
        auto const what = static_cast<std::int32_t>(history_.lines[order.first_line].product);
        auto const index = static_cast<std::int32_t>(number);
        if (chance_.chance(happy ? 1000 : 1600))
            opinion(order.finished + chance_.between(600, 12 * day_seconds), event_type::review, index, what, happy);
        if (!happy && chance_.chance(700))
            opinion(order.finished + chance_.between(600, 6 * day_seconds), event_type::complaint, index, what, false);
        social(order.finished, what, happy);
    }

    void social(shop_time after, std::int32_t what, bool happy) {
        constexpr std::array<event_type, 4> acts{event_type::share, event_type::comment, event_type::like,
                                                 event_type::follow};
        constexpr std::array<std::uint16_t, 4> weights{25, 25, 42, 8};
        for (int i = 0; i < 3 && chance_.chance(customer_.traits.social); ++i) {
            auto const type = acts[chance_.pick_from(weights)];
            shop_time const time = after + chance_.between(60, 8 * day_seconds);
            if (type == event_type::comment) {
                opinion(time, type, -1, what, happy);
                continue;
            }
            shop_event one = plain(time, type);
            one.product = what;
            push(one);
        }
    }

    void refund(shop_return const& back) {
        if (back.exchange || history_.orders[back.order].guest) return;
        shop_event one = plain(back.time, event_type::refund);
        one.order = static_cast<std::int32_t>(back.order);
        one.product =
            static_cast<std::int32_t>(history_.lines[history_.orders[back.order].first_line + back.line].product);
        push(one);
    }

    // Looking around without buying; rarer after leaving for good.
    void idle_sessions() {
        auto const days_here = static_cast<double>(shop_end - customer_.registered) / static_cast<double>(day_seconds);
        auto const count = std::min<std::uint64_t>(chance_.poisson(customer_.traits.visits * days_here / 30.0), 150);
        for (std::uint64_t i = 0; i < count; ++i) {
            auto const day = day_of(customer_.registered) +
                             static_cast<std::int32_t>(chance_.below(static_cast<std::size_t>(days_here) + 1));
            shop_time clock = start_of(day) + shop_calendar::time_of_day(chance_, customer_.traits.pace);
            bool const gone = history_.has_left && clock > history_.left + 30 * day_seconds;
            bool const stays_away = gone && !chance_.chance(1200);
            if (!stays_away && clock > customer_.registered) idle_session(clock);
        }
    }

    void idle_session(shop_time clock) {
        begin_session(visitor::customer);
        if (chance_.chance(2500)) view(clock, event_type::login, home_page, -1);
        auto const pages = 1 + chance_.below(3);
        for (std::size_t i = 0; i < pages; ++i) {
            std::int32_t const what = draw_product(day_of(clock));
            auto const kind = chance_.below(100);
            bool const last = i + 1 == pages;
            if (kind < 14)
                view(clock, event_type::search, list_page, what, last);
            else if (kind < 24)
                view(clock, event_type::browse, kind < 19 ? article_page : live_page, -1, last);
            else
                view(clock, event_type::browse, product_page, what, last);
            if (kind >= 24 && chance_.chance(1200))
                view(clock, event_type::cart, product_page, what);
            else if (kind >= 24 && chance_.chance(600))
                view(clock, event_type::favourite, product_page, what);
            else if (kind >= 24 && chance_.chance(80))
                view(clock, event_type::unfavourite, product_page, what);
            if (chance_.chance(50)) view(clock, event_type::unknown, product_page, what);
        }
        if (chance_.chance(customer_.traits.social / 3)) social(clock, draw_product(day_of(clock)), true);
    }

    // Visitors whom nobody knows, with a device of their own.
    void stranger_sessions() {
        if (!chance_.chance(1000)) return;
        auto const sessions = 1 + chance_.below(3);
        for (std::size_t s = 0; s < sessions; ++s) {
            begin_session(visitor::stranger);
            auto const day = static_cast<std::int32_t>(chance_.below(static_cast<std::size_t>(shop_days)));
            shop_time clock = start_of(day) + shop_calendar::time_of_day(chance_, rhythm::steady);
            auto const pages = 1 + chance_.below(4);
            for (std::size_t i = 0; i < pages; ++i) {
                bool const last = i + 1 == pages;
                view(clock, event_type::browse, i == 0 ? home_page : product_page, i == 0 ? -1 : draw_product(day),
                     last);
                if (!last && i > 0 && chance_.chance(1500))
                    view(clock, event_type::cart, product_page, draw_product(day));
            }
        }
    }

    // Some who leave say why.
    void farewell() {
        if (!history_.has_left || history_.orders.empty() || !chance_.chance(1200)) return;
        std::size_t last = 0;
        for (std::size_t i = 0; i < history_.orders.size(); ++i)
            if (history_.orders[i].created <= history_.left) last = i;
        auto const& order = history_.orders[last];
        if (order.finished == no_time || order.guest) return;
        opinion(order.finished + chance_.between(600, 5 * day_seconds), event_type::complaint,
                static_cast<std::int32_t>(last), static_cast<std::int32_t>(history_.lines[order.first_line].product),
                false);
    }

    shop const& in_;
    shop_customer const& customer_;
    purchase_history const& history_;
    std::vector<shop_event>& events_;
    dice chance_;
    std::int32_t session_ = 0;
    std::uint8_t referrer_ = 0;
    visitor who_ = visitor::customer;
    bool prefers_video_ = false;
};

std::string_view text_of(shop_event const& one, product const* what, std::uint64_t customer) {
    if (one.type == event_type::search && what != nullptr)
        return what->leaf->path_zh.substr(what->leaf->path_zh.rfind('/') + 1);
    if (one.topic < 0) return {};
    auto const& texts = one.sentiment > 0 ? praise : blame;
    return texts[static_cast<std::size_t>(one.topic)][customer % 9 == 0 ? 1 : 0];
}

template <class Names>
std::string_view name_or_empty(Names const& names, int index) {
    return index < 0 ? std::string_view{} : names[static_cast<std::size_t>(index)];
}

void write_event(shop const& in, std::uint64_t customer, shop_event const& one, std::size_t number, std::string& rows) {
    product const* const what =
        one.product < 0 ? nullptr : &in.catalogue.products()[static_cast<std::size_t>(one.product)];
    csv_row row(rows);
    row.id('E', customer, static_cast<std::int64_t>(number + 1));
    if (one.who == visitor::customer)
        row.id('C', customer);
    else
        row.empty();
    row.id(one.who == visitor::stranger ? 'V' : 'D', customer);
    in.calendar.append_time(rows, one.time);
    row.code(type_names[static_cast<std::size_t>(one.type)]);
    if (one.session > 0)
        row.id('S', customer, one.session);
    else
        row.empty();
    row.code(name_or_empty(page_names, one.page));
    if (one.dwell >= 0)
        row.number(one.dwell);
    else
        row.empty();
    row.code(one.session > 0 ? referrer_names[one.referrer] : "").code(device_names[one.device]);
    row.code(name_or_empty(format_names, one.format));
    // A search names words, not a product.
    row.code(what != nullptr && one.type != event_type::search ? std::string_view(what->sku) : "");
    if (one.order >= 0)
        row.id('O', customer, one.order + 1);
    else
        row.empty();
    if (one.rating > 0)
        row.number(one.rating);
    else
        row.empty();
    row.code(name_or_empty(topic_names, one.topic));
    if (one.topic >= 0)
        row.decimal(one.sentiment, 2);
    else
        row.empty();
    row.text(text_of(one, what, customer)).end();
}

void count_event(shop_event const& one, shop_counts& counts) {
    if (one.who == visitor::not_yet) counts.add(counted::anonymous_events);
    if (one.who == visitor::stranger) counts.add(counted::stranger_events);
    if (one.type == event_type::unknown) counts.add(counted::events_unknown_type);
    bool const page_seen = one.session > 0 && one.order < 0;
    if (page_seen && one.dwell < 0) counts.add(counted::last_dwell_missing);
}

} // namespace

std::uint64_t write_events(shop const& in, shop_customer const& customer, purchase_history const& history,
                           event_scratch& scratch, std::string& rows, shop_counts& counts) {
    auto& events = scratch.events;
    events.clear();
    event_writer writer(in, customer, history, events);
    writer.draw();
    std::uint64_t written = 0;
    std::int32_t sessions = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
        // Delivered at least once: now and then twice, with the same id.
        bool const twice = writer.chance().chance(45);
        for (int copy = 0; copy < (twice ? 2 : 1); ++copy)
            write_event(in, customer.number, events[i], i, rows);
        written += twice ? 2 : 1;
        if (twice) counts.add(counted::events_repeated);
        count_event(events[i], counts);
        sessions = std::max(sessions, events[i].session);
    }
    counts.add(counted::sessions, static_cast<std::uint64_t>(sessions));
    return written;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
