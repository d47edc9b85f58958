// SPDX-License-Identifier: Apache-2.0
#include "sample/shop_relations.hpp"

#include "sample/csv_row.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// One state of a customer's credit.
struct credit_state {
    std::int64_t defaults = 0, warnings = 0, overdue = 0;
    std::int64_t income = 0, limit = 0, assets = 0; // fen
    std::int64_t debt = 0;                          // 1/1000 of a year's income
};

credit_state draw_credit(shop_customer const& customer, dice& chance) {
    credit_state one;
    constexpr std::array<std::int64_t, 6> edges{3'000, 5'000, 10'000, 20'000, 30'000, 50'000};
    if (customer.income >= 0) {
        auto const band = static_cast<std::size_t>(customer.income);
        std::int64_t const top = band + 1 < edges.size() ? edges[band + 1] - 1 : 120'000;
        one.income = chance.between(edges[band], top) * 100;
    } else {
        one.income = static_cast<std::int64_t>(6'000'000.0 * customer.traits.bulk * (0.5 + chance.unit()));
    }
    one.limit = one.income * chance.between(1, 4) / 100'000 * 100'000;
    one.assets = static_cast<std::int64_t>(static_cast<double>(one.income) * chance.lognormal(1.6, 1.1));
    one.debt = chance.between(20, 300) + 130 * customer.traits.risk;
    return one;
}

void age_credit(credit_state& one, std::int64_t risk, dice& chance) {
    constexpr std::array<std::int64_t, 4> default_chance{60, 700, 2600, 5500};
    constexpr std::array<std::int64_t, 4> warning_chance{250, 2200, 4500, 7000};
    auto const r = static_cast<std::size_t>(risk);
    if (chance.chance(default_chance[r])) ++one.defaults;
    if (chance.chance(warning_chance[r])) ++one.warnings;
    bool const late = chance.chance(default_chance[r]);
    one.overdue = late ? chance.between(1, 40 + 90 * risk) : 0;
    one.debt = std::clamp<std::int64_t>(one.debt + chance.between(-60, 70), 0, 2'000);
    one.assets = std::max<std::int64_t>(one.assets * chance.between(85, 118) / 100, 0);
}

} // namespace

std::uint64_t write_credit(shop const& in, shop_customer const& customer, std::string& rows, shop_counts& counts) {
    dice chance = in.chance(customer.number, purpose_stream::credit);
    if (!chance.chance(customer.income < 0 ? 9000 : 3000)) return 0;
    credit_state one = draw_credit(customer, chance);
    std::int32_t day = day_of(customer.registered) + chance.between_int(2, 60);
    std::int32_t review = 0;
    std::int64_t written = 0;
    while (day < shop_days) {
        age_credit(one, customer.traits.risk, chance);
        std::int64_t const events = one.defaults + one.warnings;
        review = day + (events == 0 ? 360 : events <= 2 ? 180 : 90);
        bool const unknown = chance.chance(400);
        bool const no_ratio = chance.chance(700);
        if (unknown) counts.add(counted::credit_unknown);
        if (no_ratio) counts.add(counted::credit_no_ratio);
        csv_row row(rows);
        row.id('K', customer.number, ++written).id('C', customer.number);
        row.date(shop_first_day + day).date(shop_first_day + review);
        row.code(unknown ? "unknown" : events == 0 ? "good" : events <= 2 ? "watch" : "bad");
        row.number(one.defaults).number(one.warnings).number(one.overdue);
        if (no_ratio)
            row.empty();
        else
            row.decimal(one.debt, 3);
        if (customer.income_known)
            row.money(one.income);
        else
            row.empty();
        row.money(one.limit)
            .money(std::min(one.limit, one.income * one.debt / 1000))
            .money(one.assets)
            .code("CNY")
            .end();
        if (!chance.chance(8000)) break; // the review was forgotten
        day = review + chance.between_int(-10, 20);
    }
    if (written > 0 && review < shop_days) counts.add(counted::credit_records_due);
    return static_cast<std::uint64_t>(written);
}

namespace {

constexpr std::int64_t referral_reward = 2'000; // fen, when the invited one has bought

struct edge {
    std::uint64_t from = 0; // 0: somebody outside
    std::string_view relation;
    shop_time time = 0;
    std::int64_t weight = 100; // hundredths
    std::int64_t order = 0;    // running number of the order, 0: none
};

class edge_writer {
public:
    edge_writer(shop const& in, shop_customer const& customer, std::string& rows)
        : in_(in), customer_(customer), rows_(rows) {}

    void write(edge const& one, bool reversed = false) {
        ++written_;
        csv_row row(rows_);
        row.id('L', customer_.number, static_cast<std::int64_t>(written_));
        reversed ? row.id('C', customer_.number) : from(row, one);
        reversed ? from(row, one) : row.id('C', customer_.number);
        row.code(one.relation);
        in_.calendar.append_time(rows_, one.time);
        row.decimal(one.weight, 2);
        bool const converted = one.order > 0 && !reversed;
        if (converted)
            row.id('O', customer_.number, one.order);
        else
            row.empty();
        // Only an inviter with an account can be rewarded, and nobody for inviting himself.
        bool const rewarded = converted && one.from != 0 && one.from != customer_.number;
        if (rewarded)
            row.money(referral_reward).code("CNY").end();
        else
            row.empty().empty().end();
    }

    [[nodiscard]] std::uint64_t written() const noexcept { return written_; }

private:
    csv_row& from(csv_row& row, edge const& one) {
        return one.from == 0 ? row.id('X', customer_.number) : row.id('C', one.from);
    }

    shop const& in_;
    shop_customer const& customer_;
    std::string& rows_;
    std::uint64_t written_ = 0;
};

// An earlier-numbered customer who registered before `time`; small numbers are the well connected ones, so that a few
// invite many.
std::uint64_t draw_partner(shop const& in, std::uint64_t number, shop_time time, dice& chance) {
    for (int attempt = 0; attempt < 6 && number > 1; ++attempt) {
        double const u = chance.unit();
        auto const other = 1 + static_cast<std::uint64_t>(static_cast<double>(number - 1) * u * u);
        if (other < number && registration_time(in, other) < time) return other;
    }
    return 0;
}

std::int64_t first_valid_order(purchase_history const& history) {
    for (std::size_t i = 0; i < history.orders.size(); ++i)
        if (history.orders[i].counts() && !history.orders[i].guest) return static_cast<std::int64_t>(i + 1);
    return 0;
}

void write_referral(shop const& in, shop_customer const& customer, purchase_history const& history, dice& chance,
                    edge_writer& out, shop_counts& counts) {
    if (!chance.chance(1400)) return;
    edge one;
    one.relation = "referral";
    one.time = std::max<shop_time>(customer.registered - chance.between(600, 6 * day_seconds), 0);
    one.order = first_valid_order(history);
    auto const draw = chance.below(1000);
    bool const self = draw < 6;
    bool const outside = draw >= 6 && draw < 26;
    one.from = self ? customer.number : outside ? 0 : draw_partner(in, customer.number, one.time, chance);
    if (one.from == 0 && !outside) return; // nobody was there yet
    out.write(one);
    if (self) counts.add(counted::self_invites);
    if (outside) counts.add(counted::inviters_unknown);
    if (one.order > 0 && !self && !outside) counts.add(counted::referrals_converted);
    if (self || outside) return;
    if (chance.chance(120)) {
        out.write(one);
        counts.add(counted::edges_repeated);
    }
    if (chance.chance(120)) {
        one.time = customer.registered + chance.between(600, day_seconds);
        out.write(one, true);
        counts.add(counted::edges_reversed);
    }
}

void write_acquaintances(shop const& in, shop_customer const& customer, dice& chance, edge_writer& out) {
    if (customer.organisation()) return;
    constexpr std::array<std::string_view, 3> relations{"friend", "family", "colleague"};
    constexpr std::array<std::uint16_t, 3> weights{60, 22, 18};
    int const wanted = chance.chance(2200) ? chance.between_int(1, 3) : 0;
    for (int i = 0; i < wanted; ++i) {
        edge one;
        one.relation = relations[chance.pick_from(weights)];
        one.time = customer.registered + chance.between(day_seconds, 200 * day_seconds);
        one.weight = chance.between(10, 100);
        one.from = draw_partner(in, customer.number, one.time, chance);
        if (one.from != 0 && one.time < shop_end) out.write(one);
    }
}

} // namespace

std::uint64_t write_relations(shop const& in, shop_customer const& customer, purchase_history const& history,
                              std::string& rows, shop_counts& counts) {
    dice chance = in.chance(customer.number, purpose_stream::relations);
    edge_writer out(in, customer, rows);
    write_referral(in, customer, history, chance, out, counts);
    write_acquaintances(in, customer, chance, out);
    return out.written();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
