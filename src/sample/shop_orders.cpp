// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_orders.hpp"

#include <algorithm>
#include <array>
#include <tuple>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr std::size_t most_orders = 400;

// A moment on `day`, after `previous`.
shop_time moment_after(shop_time previous, std::int32_t day, dice& chance, rhythm pace) {
    shop_time const time = start_of(day) + shop_calendar::time_of_day(chance, pace);
    return time > previous ? time : previous + chance.between(900, 9'000);
}

shop_time next_purchase(shop const& in, customer_traits const& traits, shop_time previous, dice& chance) {
    double const days = chance.gamma(traits.regularity, 365.0 / traits.rate / traits.regularity);
    auto const busy =
        static_cast<std::int64_t>(std::min(days, 4000.0) * static_cast<double>(in.calendar.mean(traits.pace)));
    std::int32_t const day = in.calendar.day_at(traits.pace, in.calendar.position(traits.pace, previous) + busy);
    return day >= shop_days ? shop_end : moment_after(previous, day, chance, traits.pace);
}

shop_time first_purchase(shop_customer const& customer, dice& chance) {
    if (chance.chance(5500)) return customer.registered + chance.between(180, 5'400);
    auto const days = 1 + static_cast<std::int32_t>(std::min(chance.exponential(11.0), 800.0));
    std::int32_t const day = day_of(customer.registered) + days;
    return moment_after(customer.registered, day, chance, customer.traits.pace);
}

department draw_department(customer_traits const& traits, dice& chance) {
    return static_cast<department>(chance.pick_from(traits.taste));
}

// One of two or three candidates, nearer to the customer's price level.
std::uint32_t draw_product(shop const& in, customer_traits const& traits, std::int32_t day, dice& chance) {
    auto const from = draw_department(traits, chance);
    product const* best = &in.catalogue.draw(chance, from, day);
    bool const wants_dear = chance.unit() < traits.level;
    int const more = traits.level > 0.75 || traits.level < 0.25 ? 2 : 1;
    for (int i = 0; i < more; ++i) {
        product const* const other = &in.catalogue.draw(chance, from, day);
        if ((other->list_price > best->list_price) == wants_dear) best = other;
    }
    return best->number;
}

std::int64_t draw_quantity(product const& what, shop_customer const& customer, dice& chance) {
    auto const& traits = customer.traits;
    if (customer.kind == account_kind::consumer) {
        constexpr std::array<std::uint16_t, 4> plain{900, 80, 15, 5};
        constexpr std::array<std::uint16_t, 4> stock{640, 230, 90, 40};
        return 1 + static_cast<std::int64_t>(chance.pick_from(what.leaf->replenished ? stock : plain));
    }
    // Fewer of dear things: about what 150 yuan times `bulk` buys, once to three times.
    double const budget = 15'000.0 * traits.bulk * (0.4 + 1.8 * chance.unit());
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(budget) / what.list_price, 1, 500);
}

std::int64_t line_price(shop const& in, product const& what, shop_customer const& customer, std::int32_t day,
                        dice& chance) {
    if (customer.organisation()) return what.list_price * (100 - chance.between(4, 14)) / 100;
    constexpr std::array<std::int64_t, 4> low{0, 4, 8, 15};
    constexpr std::array<std::int64_t, 4> high{0, 10, 18, 35};
    auto const promotion = static_cast<std::size_t>(in.calendar.promotion(day));
    bool const on_offer = promotion > 0 ? chance.chance(7000) : chance.chance(800);
    if (!on_offer) return what.list_price;
    auto const off = chance.between(low[promotion == 0 ? 1 : promotion], high[promotion == 0 ? 1 : promotion]);
    return what.list_price * (100 - off) / 100;
}

std::string_view draw_payment(shop_customer const& customer, sales_channel channel, std::int32_t day, dice& chance) {
    if (customer.organisation()) {
        constexpr std::array<std::string_view, 3> ways{"bank_transfer", "account_credit", "bank_card"};
        constexpr std::array<std::uint16_t, 3> weights{55, 30, 15};
        return ways[chance.pick_from(weights)];
    }
    // Cash in the store gives way to the telephone over the years.
    std::int64_t const cash = 3800 - 3400 * std::int64_t{day} / shop_days;
    if (channel == sales_channel::store && chance.chance(cash)) return "cash";
    constexpr std::array<std::string_view, 4> ways{"wechat_pay", "alipay", "bank_card", "credit_line"};
    constexpr std::array<std::uint16_t, 4> weights{48, 36, 7, 9};
    return ways[chance.pick_from(weights)];
}

// Shares `total` among the lines in proportion to what they cost; largest remainder, earlier lines first.
void allocate(std::vector<order_line>& lines, shop_order const& one, std::int64_t total,
              std::int64_t order_line::* part) {
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < one.lines; ++i)
        sum += lines[one.first_line + i].gross();
    std::int64_t rest = total;
    std::array<std::int64_t, 16> remainders{};
    for (std::size_t i = 0; i < one.lines; ++i) {
        auto& line = lines[one.first_line + i];
        line.*part = total * line.gross() / sum;
        remainders[i] = total * line.gross() % sum;
        rest -= line.*part;
    }
    for (; rest > 0; --rest) {
        auto const most =
            std::max_element(remainders.begin(), remainders.begin() + static_cast<std::ptrdiff_t>(one.lines));
        lines[one.first_line + static_cast<std::size_t>(most - remainders.begin())].*part += 1;
        *most = -1;
    }
}

void draw_discounts(shop const& in, shop_customer const& customer, std::int32_t day, bool first, dice& chance,
                    purchase_history& history, shop_order& one) {
    if (customer.organisation()) return;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < one.lines; ++i)
        sum += history.lines[one.first_line + i].gross();
    // Full reduction of the sales days: 40 off each 300.
    if (in.calendar.promotion(day) >= 2 && sum >= 30'000)
        allocate(history.lines, one, std::min<std::int64_t>(sum / 30'000, 5) * 4'000, &order_line::discount);
    if (one.campaign >= 0 && chance.chance(8500)) {
        one.coupon_code = campaigns()[static_cast<std::size_t>(one.campaign)].coupon_code;
        allocate(history.lines, one, std::min<std::int64_t>(sum / 10, 10'000), &order_line::coupon);
        return;
    }
    auto const wish = static_cast<std::int64_t>(7500 * customer.traits.sensitivity * customer.traits.sensitivity);
    bool const uses = chance.chance(first ? wish + 1500 : wish);
    if (!uses || sum < 9'900) return;
    one.coupon_code = first ? "NEW15" : sum >= 50'000 ? "C60" : sum >= 20'000 ? "C20" : "C8";
    std::int64_t const worth = first ? 1'500 : sum >= 50'000 ? 6'000 : sum >= 20'000 ? 2'000 : 800;
    allocate(history.lines, one, worth, &order_line::coupon);
}

void draw_lines(shop const& in, shop_customer const& customer, std::int32_t day, dice& chance,
                purchase_history& history, shop_order& one) {
    one.first_line = history.lines.size();
    bool const company = customer.organisation();
    std::size_t const most = company ? 10 : 6;
    one.lines = 1;
    while (one.lines < most && chance.chance(company ? 5500 : 4200))
        ++one.lines;
    for (std::size_t i = 0; i < one.lines; ++i) {
        order_line line;
        bool const again = one.first_line > 0 && chance.chance(customer.traits.habit);
        line.product = again ? history.lines[chance.below(one.first_line)].product
                             : draw_product(in, customer.traits, day, chance);
        product const& what = in.catalogue.products()[line.product];
        line.quantity = draw_quantity(what, customer, chance);
        line.list_price = what.list_price;
        line.unit_price = line_price(in, what, customer, day, chance);
        history.lines.push_back(line);
    }
}

void settle(shop_customer const& customer, dice& chance, shop_order& one) {
    auto const fate = chance.below(1000);
    if (fate < 15) {
        one.status = order_status::unpaid;
        return;
    }
    shop_time const paid =
        one.created +
        (one.channel == sales_channel::store ? 0 : chance.between(12, customer.organisation() ? 40'000 : 1'500));
    if (fate < 40) {
        one.status = order_status::cancelled;
        if (chance.chance(4000) && paid < shop_end) one.paid = paid;
        return;
    }
    if (paid >= shop_end) {
        one.status = order_status::unpaid;
        return;
    }
    one.paid = paid;
    shop_time const done =
        one.channel == sales_channel::store ? paid : paid + chance.between(2 * day_seconds, 9 * day_seconds);
    if (done < shop_end) {
        one.finished = done;
        return;
    }
    one.status = shop_end - paid < day_seconds ? order_status::paid : order_status::shipped;
}

void draw_return(shop const& in, shop_customer const& customer, std::size_t order, std::size_t number, dice& chance,
                 purchase_history& history) {
    auto const& one = history.orders[order];
    auto const& line = history.lines[one.first_line + number];
    product const& what = in.catalogue.products()[line.product];
    double const wish = what.leaf->returns * customer.traits.returns * (1.3 - 0.5 * customer.traits.satisfaction);
    if (!chance.chance(static_cast<std::int64_t>(std::min(wish, 7000.0)))) return;
    shop_return back;
    back.order = order;
    back.line = number;
    back.time = one.finished + chance.between(3'600, 9 * day_seconds);
    if (back.time >= shop_end) return;
    bool const whole = line.quantity == 1 || chance.chance(6500);
    back.quantity = whole ? line.quantity : chance.between(1, line.quantity - 1);
    back.discount = line.discount * back.quantity / line.quantity;
    back.coupon = line.coupon * back.quantity / line.quantity;
    back.amount = line.unit_price * back.quantity - back.discount - back.coupon;
    constexpr std::array<std::string_view, 6> reasons{"no_reason_7_days", "wrong_size",    "quality",
                                                      "not_as_described", "late_delivery", "damaged"};
    constexpr std::array<std::uint16_t, 6> plain{45, 4, 18, 15, 10, 8};
    constexpr std::array<std::uint16_t, 6> clothes{35, 40, 9, 10, 3, 3};
    back.reason = reasons[chance.pick_from(what.leaf->first == department::apparel ? clothes : plain)];
    back.exchange = chance.chance(back.reason == "wrong_size" ? 3500 : 800);
    history.returns.push_back(back);
}

} // namespace

void draw_purchase_times(shop const& in, shop_customer const& customer, dice& chance, std::vector<shop_time>& times,
                         purchase_history& history) {
    times.clear();
    if (!customer.traits.buys) return;
    shop_time time = first_purchase(customer, chance);
    while (time < shop_end && times.size() < most_orders) {
        times.push_back(time);
        if (chance.unit() < customer.traits.dropout) {
            history.has_left = true;
            history.left = time;
            return;
        }
        time = next_purchase(in, customer.traits, time, chance);
    }
}

void make_orders(shop const& in, shop_customer const& customer, dice& chance, std::vector<purchase> const& purchases,
                 purchase_history& history) {
    for (auto const& when : purchases) {
        shop_order one;
        one.created = when.time;
        one.campaign = when.campaign;
        std::int32_t const day = day_of(when.time);
        auto channel = static_cast<sales_channel>(chance.pick_from(customer.traits.channels));
        if (when.campaign >= 0 && channel == sales_channel::store) channel = sales_channel::app;
        one.channel = channel;
        one.payment = draw_payment(customer, channel, day, chance);
        draw_lines(in, customer, day, chance, history, one);
        draw_discounts(in, customer, day, history.orders.empty(), chance, history, one);
        settle(customer, chance, one);
        one.guest = channel == sales_channel::store && chance.chance(300);
        one.repeated = chance.chance(12);
        history.orders.push_back(one);
        if (one.finished == no_time || one.status != order_status::finished) continue;
        for (std::size_t i = 0; i < one.lines; ++i)
            draw_return(in, customer, history.orders.size() - 1, i, chance, history);
    }
    std::sort(history.returns.begin(), history.returns.end(), [](shop_return const& a, shop_return const& b) {
        return std::tie(a.time, a.order, a.line) < std::tie(b.time, b.order, b.line);
    });
}

} // namespace detail
} // namespace v0
} // namespace segmenta
