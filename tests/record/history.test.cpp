// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/history.hpp>
#include <segmenta/time/period.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

constexpr type cents = money_type(currency("CNY"), 2);

history_schema orders() {
    return {"orders",
            "paid_at",
            {{"paid_at", instant_type, {}, {}},
             {"amount", cents, {}, {}},
             {"weight", float64_type, {}, {}},
             {"pieces", int64_type, {}, {}},
             {"sku", category_type, {}, {}},
             {"note", string_type, {}, {}},
             {"tags", category_set_type, {}, {}}}};
}

enum field_number : std::size_t { paid_at, amount, weight, pieces, sku, note, tags };

/// A row that owns its text.
struct naive_row {
    std::int64_t time = 0;
    std::optional<std::int64_t> cents;
    std::optional<double> weight;
    std::optional<std::int64_t> pieces;
    std::string sku;
    std::string note;
    std::vector<std::string> tags;

    [[nodiscard]] std::vector<value> values() const {
        return {value::of_instant(instant{time}),
                cents ? value::of_decimal(::cents, *cents) : value{},
                weight ? value::of_double(*weight) : value{},
                pieces ? value::of_int(*pieces) : value{},
                value::of_string(sku),
                value::of_string(note),
                value::of_set(std::span<std::string const>(tags))};
    }
};

constexpr std::int64_t day_us = microseconds_per_day;

naive_row random_row(random_generator& random) {
    naive_row row;
    // few distinct times, so that ties are common; around a clock change of London
    row.time = zone::named("Europe/London").start_of_day(civil_date::of(2024, 3, 20)).microseconds() +
               random_integer(random, 0, 120) * (day_us / 6);
    if (!random_bernoulli(random, 0.1)) row.cents = random_integer(random, -5000, 20'000);
    if (!random_bernoulli(random, 0.1))
        row.weight = random_uniform(random, -1, 1) * std::pow(10.0, random_uniform(random, -8, 12));
    if (!random_bernoulli(random, 0.1)) row.pieces = static_cast<std::int64_t>(random()) / 8;
    row.sku = "sku" + std::to_string(random_below(random, 5));
    row.note = random_bernoulli(random, 0.5)
                   ? ""
                   : "a note that is longer than a short string " + std::to_string(random_below(random, 3));
    for (std::uint64_t i = random_below(random, 3); i > 0; --i)
        row.tags.push_back("t" + std::to_string(random_below(random, 4)));
    return row;
}

std::string text_of(history_view const& rows) {
    std::string text;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        text += std::to_string(rows.times()[row]) + ' ' + std::to_string(rows.days()[row]);
        for (std::size_t f = 0; f < rows.columns().size(); ++f)
            text += ' ' + to_string(rows.at(row, f));
        text += '\n';
    }
    return text;
}

/// All that is computed from running sums, compared with its definition over the rows of the view.
void check_ranges(history_view const& rows, random_generator& random, zone const& where) {
    for (int i = 0; i < 30; ++i) {
        instant const from{1'710'800'000'000'000 + random_integer(random, -1, 130) * (day_us / 6)};
        instant const to{1'710'800'000'000'000 + random_integer(random, -1, 130) * (day_us / 6)};
        auto const window = rows.window(from, to);
        auto const closed = rows.between(from, to);
        std::size_t inside = 0;
        std::size_t inside_closed = 0;
        std::size_t present = 0;
        std::int64_t sum = 0;
        std::int64_t gross = 0;
        detail::int128 pieces_sum = 0;
        long double weight_sum = 0;
        long double weight_size = 0;
        long double size_before = 0;
        std::vector<std::int32_t> days;
        for (std::size_t row = 0; row < rows.size(); ++row) {
            instant const t = rows.time(row);
            inside_closed += t >= from && t <= to ? 1U : 0U;
            REQUIRE(rows.day(row) == where.civil_day_of(t));
            if (value const v = rows.at(row, weight); v.present() && t <= to) size_before += std::fabs(v.as_double());
            if (t <= from || t > to) continue;
            REQUIRE((row >= window.begin && row < window.end));
            ++inside;
            days.push_back(rows.days()[row]);
            if (value const v = rows.at(row, amount); v.present()) {
                ++present;
                sum += v.as_units();
                gross += std::max<std::int64_t>(v.as_units(), 0);
            }
            if (value const v = rows.at(row, pieces); v.present()) pieces_sum += v.as_int();
            if (value const v = rows.at(row, weight); v.present()) {
                weight_sum += v.as_double();
                weight_size += std::fabs(v.as_double());
            }
        }
        REQUIRE(window.size() == inside);
        REQUIRE(closed.size() == inside_closed);
        REQUIRE(rows.count(amount, window) == present);
        REQUIRE(rows.sum_units(amount, window) == sum);
        REQUIRE(rows.gross_units(amount, window) == gross);
        REQUIRE(rows.sums_units(amount, window).sum == sum);
        REQUIRE(rows.sums_units(amount, window).gross == gross);
        REQUIRE(rows.sum(amount, window).as_units() == sum);
        REQUIRE(rows.sum(amount, window).what() == cents);
        REQUIRE(rows.sum_units(pieces, window).has_value() == detail::fits_int64(pieces_sum));
        if (rows.sum_units(pieces, window))
            REQUIRE(*rows.sum_units(pieces, window) == static_cast<std::int64_t>(pieces_sum));
        // the naive sum itself is only good to the size of its terms in extended precision
        REQUIRE(std::fabs(static_cast<long double>(rows.sum_real(weight, window)) - weight_sum) <=
                1e-17L * weight_size + 1.2e-16L * std::fabs(weight_sum) + 0x1p-100L * size_before);

        std::set<std::int32_t> const distinct(days.begin(), days.end());
        REQUIRE(rows.distinct_days(window) == distinct.size());
        std::int64_t squares = 0;
        for (auto it = distinct.begin(); it != distinct.end() && std::next(it) != distinct.end(); ++it) {
            std::int64_t const gap = *std::next(it) - *it;
            squares += gap * gap;
        }
        REQUIRE(rows.gap_square_sum(window) == squares);
        auto const previous = rows.previous_day(window);
        REQUIRE(previous.has_value() == (distinct.size() > 1));
        if (previous) REQUIRE(previous->days_since_epoch() == *std::next(distinct.rbegin()));
    }
}

} // namespace

TEST_CASE("windows agree with the rows they are made of", "[history]") {
    zone const london = zone::named("Europe/London");
    random_generator random(5);
    for (std::size_t size : {0U, 1U, 2U, 3U, 17U, 64U, 65U, 200U}) {
        history_builder builder(orders(), london);
        for (std::size_t i = 0; i < size; ++i)
            builder.add(random_row(random).values());
        history const made = builder.finish();
        REQUIRE(made.size() == size);
        auto const rows = made.view();
        REQUIRE(std::is_sorted(rows.times().begin(), rows.times().end()));
        check_ranges(rows, random, london);
        // the same rows without running sums
        check_ranges(history_view(made.what(), rows.times(), rows.days(), rows.columns()), random, london);
    }
}

TEST_CASE("the order in which rows arrive cannot be seen", "[history]") {
    zone const london = zone::named("Europe/London");
    random_generator random(6);
    for (int round = 0; round < 20; ++round) {
        std::vector<naive_row> rows(1 + random_below(random, 60));
        for (auto& row : rows)
            row = random_row(random);
        rows.push_back(rows[0]); // an exact repeat

        history_builder builder(orders(), london);
        for (auto const& row : rows)
            builder.add(row.values());
        history const sorted = builder.finish();
        std::string const expected = text_of(sorted.view());

        random_shuffle(random, std::span(rows));
        history one_by_one(orders(), london);
        for (auto const& row : rows)
            REQUIRE(one_by_one.insert(row.values()));
        REQUIRE(text_of(one_by_one.view()) == expected);
        check_ranges(one_by_one.view(), random, london);

        random_shuffle(random, std::span(rows));
        for (auto const& row : rows)
            builder.add(row.values());
        REQUIRE(text_of(builder.finish().view()) == expected);
    }
}

TEST_CASE("copies of a history share nothing that changes", "[history]") {
    random_generator random(8);
    history a(orders());
    for (int i = 0; i < 20; ++i)
        a.insert(random_row(random).values());
    std::string const before = text_of(a.view());
    history b = a;
    history c(orders());
    c = a;
    a = history(orders());
    a.insert(random_row(random).values());
    CHECK(text_of(b.view()) == before);
    for (int i = 0; i < 20; ++i)
        b.insert(random_row(random).values());
    CHECK(text_of(c.view()) == before);
    history const moved = std::move(c);
    CHECK(text_of(moved.view()) == before);
    check_ranges(moved.view(), random, zone::utc());
}

TEST_CASE("1000 paid and 400 returned are 600", "[history]") {
    history rows({"orders", "day", {{"day", date_type, {}, {}}, {"amount", cents, {}, {}}}});
    REQUIRE(rows.insert(std::vector{value::of_date(civil_date::of(2024, 5, 1)), value::of_decimal(cents, 100'000)}));
    REQUIRE(rows.insert(std::vector{value::of_date(civil_date::of(2024, 5, 20)), value::of_decimal(cents, -40'000)}));
    auto const view = rows.view();
    CHECK(to_string(view.sum(1, view.all())) == "600.00 CNY");
    CHECK(to_string(view.gross(1, view.all())) == "1000.00 CNY");
    // in a window that holds the refund alone, it counts alone
    auto const both = view.window(instant::earliest(), view.time(1));
    CHECK(both.size() == 2);
    CHECK(to_string(view.sum(1, {1, 2})) == "-400.00 CNY");
    CHECK(to_string(view.gross(1, {1, 2})) == "0.00 CNY");
    CHECK(to_string(view.sum(1, {0, 0})) == "0.00 CNY");
    CHECK(view.sum(0, view.all()).missing());
}

TEST_CASE("100.10 and 200.20 add up to 300.30", "[history]") {
    history rows({"orders", "day", {{"day", date_type, {}, {}}, {"amount", cents, {}, {}}}});
    for (std::int64_t const units : {10010, 20020})
        REQUIRE(rows.insert(std::vector{value::of_date(civil_date::of(2024, 5, 1)), value::of_decimal(cents, units)}));
    CHECK(to_string(rows.view().sum(1, rows.view().all())) == "300.30 CNY");
}

TEST_CASE("a date is the start of its day in the zone and stays that day", "[history]") {
    zone const shanghai = zone::fixed(8 * 3600);
    history rows({"visits", "day", {{"day", date_type, {}, {}}}}, shanghai);
    REQUIRE(rows.insert(std::vector{value::of_date(civil_date::of(2024, 6, 30))}));
    CHECK(rows.view().day(0) == civil_date::of(2024, 6, 30));
    CHECK(rows.view().time(0) == shanghai.start_of_day(civil_date::of(2024, 6, 30)));
    // "the last 7 days" hold 7 days
    for (std::int32_t d = 1; d <= 20; ++d)
        REQUIRE(rows.insert(std::vector{value::of_date(civil_date::of(2024, 6, 30) - d)}));
    instant const as_of = shanghai.start_of_day(civil_date::of(2024, 6, 30));
    auto const week = rows.view().window(subtract(period::of_days(7), as_of, shanghai), as_of);
    CHECK(week.size() == 7);
}

TEST_CASE("a window sum is exact where running totals are not", "[history]") {
    history rows({"h", "day", {{"day", date_type, {}, {}}, {"x", float64_type, {}, {}}, {"n", int64_type, {}, {}}}});
    std::vector<double> const xs{1e16, 0.1, 0.2, -1e16, 0.3};
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int64_t> const ns{most, most, 5, 7, -3};
    for (std::size_t i = 0; i < xs.size(); ++i)
        REQUIRE(rows.insert(std::vector{value::of_date(civil_date{static_cast<std::int32_t>(i)}),
                                        value::of_double(xs[i]), value::of_int(ns[i])}));
    auto const view = rows.view();
    CHECK(view.sum_real(1, {1, 3}) == 0.1 + 0.2);
    CHECK(view.sum_real(1, {4, 5}) == 0.3);
    CHECK(std::fabs(view.sum_real(1, {0, 5}) - 0.6) < 1.2e-16); // a plain sum gives 0.3
    CHECK(view.gross_real(1, {1, 3}) == 0.1 + 0.2);
    CHECK_FALSE(view.sum_units(2, {0, 2}).has_value());
    CHECK(view.sum(2, {0, 2}).missing());
    CHECK(view.sum_units(2, {2, 5}) == 9); // although the running total left 64 bits before it
    CHECK(view.gross_units(2, {2, 5}) == 12);
}

TEST_CASE("rows that do not fit are refused and change nothing", "[history]") {
    history rows(orders());
    auto good = naive_row{}.values();
    auto const with = [&](std::size_t f, value v) {
        auto row = good;
        row[f] = v;
        return row;
    };
    CHECK(rows.insert(with(amount, value::of_int(3)))); // widened
    CHECK(to_string(rows.view().at(0, amount)) == "3.00 CNY");
    std::string const before = text_of(rows.view());
    CHECK_FALSE(rows.insert(std::span(good).first(3)));
    CHECK_FALSE(rows.insert(with(paid_at, value{})));
    CHECK_FALSE(rows.insert(with(paid_at, value::of_date(civil_date{}))));
    CHECK_FALSE(rows.insert(with(amount, value::of_double(1.5))));
    CHECK_FALSE(rows.insert(with(amount, value::of_decimal(money_type(currency("USD"), 2), 1))));
    CHECK_FALSE(rows.insert(with(weight, value::of_double(std::numeric_limits<double>::infinity()))));
    CHECK(text_of(rows.view()) == before);

    history_builder builder(orders());
    builder.add(good).add(std::span(good).first(2)).add(with(paid_at, value{})).add(with(sku, value::of_int(1)));
    builder.add(with(weight, value::of_double(-std::numeric_limits<double>::infinity())));
    try {
        (void)builder.finish();
        FAIL("accepted");
    } catch (issue_error const& e) {
        CAPTURE(e.what());
        CHECK(e.issues().size() == 4);
        CHECK(e.issues().contains("history.row_size"));
        CHECK(e.issues().contains("history.missing_time"));
        CHECK(e.issues().contains("history.type"));
        CHECK(e.issues().contains("history.not_finite"));
        CHECK(std::string(e.what()).find("history orders row 4 field sku") != std::string::npos);
    }
    for (int i = 0; i < 150; ++i)
        builder.add({});
    try {
        (void)builder.finish();
        FAIL("accepted");
    } catch (issue_error const& e) {
        CHECK(e.issues().size() == 101);
        CHECK(std::string(e.what()).find("50 more rows are refused") != std::string::npos);
    }
    CHECK(builder.finish().empty());
}

TEST_CASE("a schema that is not well formed makes no history", "[history]") {
    CHECK_THROWS_AS(history({"h", "t", {}}), issue_error);
    CHECK_THROWS_AS(history({"h", "t", {{"t", int64_type, {}, {}}}}), issue_error);
}
