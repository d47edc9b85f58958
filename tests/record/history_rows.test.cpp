// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>
#include <segmenta/record/customer.hpp>
#include <segmenta/record/history_rows.hpp>
#include <segmenta/time/parse.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <memory>
#include <vector>

using namespace segmenta;

namespace {

struct visit {
    instant at;
    int page = 0;
    std::string channel;
};

struct rows_everywhere {
    std::vector<visit> vector;
    std::deque<visit> deque;
    std::array<visit, 2> array;
    std::vector<std::unique_ptr<visit>> pointers;
    std::span<visit const> borrowed;
};

std::string shown(history_rows const& rows) {
    std::string text;
    for (std::size_t row = 0; row < rows.size(); ++row) {
        text += to_string(rows.time(row));
        for (std::size_t f = 0; f < rows.what()->fields.size(); ++f)
            text += ' ' + to_string(rows.at(row, f));
        text += '\n';
    }
    return text;
}

} // namespace

TEST_CASE("rows are read where they lie, in any random-access range", "[history_rows]") {
    rows_everywhere host;
    host.vector = {{instant{1}, 10, "web"}, {instant{2}, 20, "app"}};
    host.deque.assign(host.vector.begin(), host.vector.end());
    std::copy(host.vector.begin(), host.vector.end(), host.array.begin());
    for (auto const& v : host.vector)
        host.pointers.push_back(std::make_unique<visit>(v));
    host.borrowed = std::span(host.vector).first(1);

    using h = rows_everywhere;
    auto const channel = row_field("channel", &visit::channel);
    auto const by_pointer = [](std::unique_ptr<visit> const& v) { return v->at; };
    auto const bound =
        schema_of<h>()
            .history("vector", &h::vector, "at", &visit::at, row_field("page", &visit::page), channel)
            .history("deque", &h::deque, "at", &visit::at, row_field("page", &visit::page), channel)
            .history("array", &h::array, "at", &visit::at, row_field("page", &visit::page), channel)
            .history("pointers", &h::pointers, "at", by_pointer,
                     row_field("page", [](std::unique_ptr<visit> const& v) { return v->page; }),
                     row_field("channel", [](auto const& v) -> std::string const& { return v->channel; }))
            .history("borrowed", &h::borrowed, "at", &visit::at, row_field("page", &visit::page), channel)
            .history("by_value", [](h const& o) { return std::span(o.vector).last(1); }, "at", &visit::at);
    customer_view const view = bound.bind(host);
    std::string const expected = "1970-01-01T00:00:00.000001Z 1970-01-01T00:00:00.000001Z 10 \"web\"\n"
                                 "1970-01-01T00:00:00.000002Z 1970-01-01T00:00:00.000002Z 20 \"app\"\n";
    for (std::size_t i = 0; i < 4; ++i)
        CHECK(shown(view.history(i)) == expected);
    CHECK(view.history("borrowed").size() == 1);
    CHECK(view.history("by_value").time(0) == instant{2});
    CHECK(view.history(0).at(1, 2).as_string().data() == host.vector[1].channel.data());
    CHECK(view.history("none").empty());
    CHECK(view.history(99).what() == nullptr);
    CHECK(view.history(0).prepared() == nullptr);
}

TEST_CASE("windows over a host's rows agree with a scan", "[history_rows]") {
    random_generator random(3);
    struct host_type {
        std::vector<visit> visits;
    };
    auto const bound = schema_of<host_type>().history("visits", &host_type::visits, "at", &visit::at);
    for (int round = 0; round < 200; ++round) {
        host_type host;
        for (std::uint64_t i = random_below(random, 30); i > 0; --i)
            host.visits.push_back({instant{random_integer(random, 0, 40)}, 0, {}});
        std::sort(host.visits.begin(), host.visits.end(), [](auto const& a, auto const& b) { return a.at < b.at; });
        auto const rows = bound.bind(host).history(0);
        instant const from{random_integer(random, -2, 42)};
        instant const to{random_integer(random, -2, 42)};
        auto const window = rows.window(from, to);
        for (std::size_t row = 0; row < rows.size(); ++row)
            REQUIRE((row >= window.begin && row < window.end) == (rows.time(row) > from && rows.time(row) <= to));
    }
}

TEST_CASE("dates are days in any zone, and a missing time is before all", "[history_rows]") {
    struct booking {
        std::optional<civil_date> day;
    };
    struct host_type {
        std::vector<booking> bookings;
    };
    auto const bound = schema_of<host_type>().history("bookings", &host_type::bookings, "day", &booking::day);
    host_type const host{{{std::nullopt}, {civil_date::of(2024, 6, 30)}}};
    auto const rows = bound.bind(host).history(0);
    zone const shanghai = zone::fixed(8 * 3600);
    CHECK(rows.time(0, shanghai) == instant::earliest());
    CHECK(rows.time(1, shanghai) == shanghai.start_of_day(civil_date::of(2024, 6, 30)));
    CHECK(rows.day(1, shanghai) == civil_date::of(2024, 6, 30));
    CHECK(rows.window(instant::earliest(), instant::never(), shanghai).size() == 1);
    CHECK(bound.what().histories()[0].fields[0].what == date_type);
}

TEST_CASE("a prepared history keeps its running sums", "[history_rows]") {
    history_schema const what{"orders", "at", {{"at", instant_type, {}, {}}, {"n", int64_type, {}, {}}}};
    struct host_type {
        history orders;
    };
    host_type host{history(what, zone::fixed(3600))};
    for (std::int64_t i = 0; i < 5; ++i)
        host.orders.insert(std::vector{value::of_instant(instant{i}), value::of_int(i)});
    auto const bound = schema_of<host_type>().history(what, &host_type::orders);
    auto const rows = bound.bind(host).history(0);
    REQUIRE(rows.prepared() != nullptr);
    CHECK(rows.prepared()->view().sum_units(1, rows.window(instant{1}, instant{3})) == 5);
    CHECK(rows.at(4, 1).as_int() == 4);
    CHECK(*rows.prepared_zone() == zone::fixed(3600));
    CHECK(check(bound.bind(host)).empty());

    // made with another schema: readable where types agree, never trusted as prepared
    history_schema other = what;
    other.fields[1].what = string_type;
    auto const wrong = schema_of<host_type>().history(other, &host_type::orders);
    CHECK(wrong.bind(host).history(0).prepared() == nullptr);
    CHECK(wrong.bind(host).history(0).at(0, 1).missing());
    CHECK(check(wrong.bind(host)).contains("record.other_schema"));
}
