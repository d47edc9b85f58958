// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_SEGMENTER_SHOP_HPP
#define SEGMENTA_TESTS_SEGMENTER_SHOP_HPP

// A host's shop: the same customers with their own rows and with prepared histories.

#include <segmenta/base/random.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/history.hpp>
#include <segmenta/time/zone.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace segmenta::test {

struct order_row {
    instant paid_at;
    std::optional<std::int64_t> cents;
    std::optional<std::string> channel;
    std::optional<std::string> order_id;
    std::optional<std::int64_t> units;
    std::optional<double> rating; ///< quarters, so that every sum is exact
};

struct visit_row {
    civil_date day;
    std::optional<std::int64_t> pages;
};

struct shopper {
    std::int64_t id = 0;
    std::optional<std::int64_t> age;
    std::optional<std::string> city;
    std::optional<bool> consent;
    std::optional<civil_date> registered;
    std::optional<double> income;
    std::vector<order_row> orders;
    std::vector<visit_row> visits;
};

/// With prepared histories beside the rows.
struct prepared_shopper {
    shopper const* base = nullptr;
    history orders;
    history visits;
};

inline type const yuan = money_type(currency("CNY"), 2);

inline customer_schema<shopper> shopper_schema() {
    return schema_of<shopper>()
        .attribute("age", &shopper::age)
        .attribute("city", &shopper::city)
        .attribute("consent", &shopper::consent)
        .attribute("registered", &shopper::registered)
        .attribute("income", &shopper::income)
        .history("orders", &shopper::orders, "paid_at", &order_row::paid_at,
                 row_field("amount", &order_row::cents, as_units{yuan}), row_field("channel", &order_row::channel),
                 row_field("order_id", &order_row::order_id), row_field("units", &order_row::units),
                 row_field("rating", &order_row::rating))
        .history("visits", &shopper::visits, "day", &visit_row::day, row_field("pages", &visit_row::pages));
}

inline customer_schema<prepared_shopper> prepared_schema() {
    schema const own = shopper_schema().what();
    return schema_of<prepared_shopper>()
        .attribute("age", [](prepared_shopper const& s) { return s.base->age; })
        .attribute("city", [](prepared_shopper const& s) -> std::optional<std::string> const& { return s.base->city; })
        .attribute("consent", [](prepared_shopper const& s) { return s.base->consent; })
        .attribute("registered", [](prepared_shopper const& s) { return s.base->registered; })
        .attribute("income", [](prepared_shopper const& s) { return s.base->income; })
        .history(own.histories()[0], &prepared_shopper::orders)
        .history(own.histories()[1], &prepared_shopper::visits);
}

inline history prepare(history_rows const& rows, zone const& where) {
    history_builder made(*rows.what(), where);
    std::vector<value> row(rows.what()->fields.size());
    for (std::size_t r = 0; r < rows.size(); ++r) {
        for (std::size_t f = 0; f < row.size(); ++f) row[f] = rows.at(r, f);
        made.add(row);
    }
    return made.finish();
}

inline prepared_shopper prepare(shopper const& s, customer_schema<shopper> const& described, zone const& where) {
    customer_view const view = described.bind(s);
    return {&s, prepare(view.history(std::size_t{0}), where), prepare(view.history(1), where)};
}

/// `rows` orders and some visits up to about `until`, some of them after it; a tenth of everything is missing.
inline shopper random_shopper(random_generator& random, std::int64_t id, std::size_t rows, instant until) {
    auto const chance = [&](double p) { return random_bernoulli(random, p); };
    static char const* const cities[] = {"Paris", "London", "\xE4\xB8\x8A\xE6\xB5\xB7", "Lima"};
    static char const* const channels[] = {"web", "app", "the store in town", "the store in Tomsk"}; // short and long
    shopper s;
    s.id = id;
    if (chance(0.9)) s.age = random_integer(random, 10, 80);
    if (chance(0.9)) s.city = cities[random_below(random, 4)];
    if (chance(0.9)) s.consent = chance(0.5);
    std::int32_t const today = zone::utc().civil_day_of(until).days_since_epoch();
    if (chance(0.9)) s.registered = civil_date{today - static_cast<std::int32_t>(random_integer(random, 0, 900))};
    if (chance(0.9)) s.income = static_cast<double>(random_integer(random, 0, 400)) / 4;
    std::int64_t const hour = 3'600'000'000;
    for (std::size_t i = 0; i < rows; ++i) {
        order_row row;
        // close together or far apart, now and then at the same time, a few after `until`
        std::int64_t const hours = chance(0.5) ? random_integer(random, -100, 24 * 40) : random_integer(random, 0, 24 * 700);
        row.paid_at = until - duration{hours * hour + (chance(0.3) ? 0 : random_integer(random, 0, hour - 1))};
        if (!s.orders.empty() && chance(0.15)) row.paid_at = s.orders.back().paid_at;
        if (chance(0.9)) row.cents = random_integer(random, -5'000, 30'000);
        if (chance(0.9)) row.channel = channels[random_below(random, 4)];
        if (chance(0.9)) row.order_id = "A" + std::to_string(random_below(random, rows + 1));
        if (chance(0.9)) row.units = random_integer(random, 0, 6);
        if (chance(0.9)) row.rating = static_cast<double>(random_integer(random, -8, 20)) / 4;
        s.orders.push_back(std::move(row));
    }
    std::stable_sort(s.orders.begin(), s.orders.end(), [](auto const& a, auto const& b) { return a.paid_at < b.paid_at; });
    for (std::size_t i = random_below(random, 6); i > 0; --i)
        s.visits.push_back({civil_date{today - static_cast<std::int32_t>(random_integer(random, -4, 200))},
                            chance(0.9) ? std::optional<std::int64_t>(random_integer(random, 1, 9)) : std::nullopt});
    std::stable_sort(s.visits.begin(), s.visits.end(), [](auto const& a, auto const& b) { return a.day < b.day; });
    return s;
}

} // namespace segmenta::test

#endif
