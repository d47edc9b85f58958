// SPDX-License-Identifier: Apache-2.0
#include "rule/support.hpp"
#include "support/catch.hpp"

#include <segmenta/rule/nearest_change.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

environment make_names() {
    environment names;
    names.variable("spent", money_type(currency("CNY"), 2));
    names.variable("orders", int64_type);
    names.variable("city", category_type);
    names.variable("ratio", float64_type);
    names.variable("joined", date_type);
    names.variable("likes", category_set_type);
    names.variable("age", int64_type);
    return names;
}

std::string_view const tea[] = {"tea"};
std::vector<value> const shopper{value::of_decimal(money_type(currency("CNY"), 2), 350'000),
                                 value::of_int(3),
                                 value::of_string("Rome"),
                                 value::of_double(0.25),
                                 value::of_date(civil_date{19'900}),
                                 value::of_set(text_set(std::span<std::string_view const>(tea))),
                                 value::of_int(17)};

nearest_change change(std::string_view rule, nearest_change_options const& options = {}, std::vector<value> const& row = shopper) {
    static environment const names = make_names();
    return find_nearest_change(compile_rule(rule, names), std::span<value const>(row), options);
}

} // namespace

TEST_CASE("nearest change: 1500 more make it gold") {
    auto const gold = change("spent >= money('5000 CNY') && city == 'Rome'");
    REQUIRE(gold.outcome == change_outcome::found);
    CHECK(gold.exact);
    CHECK(gold.cost == Approx(1500.0 / 3500.0));
    REQUIRE(gold.changes.size() == 1);
    CHECK(test::show(gold.changes[0].to) == "CNY 5000.00");
    CHECK(to_text(gold) == "spent: 1500.00 CNY more (3500.00 CNY to 5000.00 CNY)\n");
    readable_options options;
    options.language = readable_language::chinese;
    options.names = [](std::string_view name, readable_language) -> std::optional<readable_name> {
        if (name == "spent") return readable_name{"消费金额", ""};
        if (name == "orders") return readable_name{"订单数", "单"};
        return std::nullopt;
    };
    CHECK(to_text(gold, options) == "消费金额：增加 1500.00 CNY（3500.00 CNY → 5000.00 CNY）\n");
    CHECK(to_text(change("orders > 5"), options) == "订单数：增加 3 单（3 → 6）\n");
}

TEST_CASE("nearest change: fewest attributes first, then the least relative change") {
    // One attribute by much before two by little.
    auto const one = change("spent >= money('100000 CNY') || (orders >= 4 && ratio >= 0.26)");
    REQUIRE(one.changes.size() == 1);
    CHECK(one.changes[0].name == "spent");
    auto const less = change("spent >= money('4000 CNY') || orders >= 4"); // a seventh, a third
    CHECK(less.changes[0].name == "spent");
    CHECK(change("orders < 2 || orders > 5").changes[0].to.as_int() == 1);
    CHECK(change("orders in [9, 5, 100]").changes[0].to.as_int() == 5);
    auto const both = change("spent >= money('4000 CNY') && orders >= 5 && city in ['Rome', 'Oslo']");
    CHECK(to_text(both) == "spent: 500.00 CNY more (3500.00 CNY to 4000.00 CNY)\norders: 2 more (3 to 5)\n");
}

TEST_CASE("nearest change: what may not change does not") {
    nearest_change_options fixed;
    fixed.immutable = {6};
    CHECK(change("age >= 18").changes[0].name == "age");
    CHECK(change("age >= 18", fixed).outcome == change_outcome::none);
    CHECK(change("age >= 18", fixed).exact);
    auto const other = change("age >= 18 || orders >= 9", fixed);
    CHECK(other.changes[0].name == "orders");
}

TEST_CASE("nearest change: every kind of value") {
    auto const strict = change("ratio > 0.5");
    CHECK(strict.changes[0].to.as_double() == std::nextafter(0.5, 1.0));
    CHECK(strict.changes[0].limit == 0.5);
    CHECK(to_text(strict) == "ratio: more than 0.25 more (0.25 to > 0.5)\n");
    CHECK(to_text(change("ratio >= 0.5")) == "ratio: 0.25 more (0.25 to 0.5)\n");
    CHECK(to_text(change("joined >= date('2024-07-01')")) == "joined: 5 days more (2024-06-26 to 2024-07-01)\n");
    CHECK(to_text(change("city == 'Oslo'")) == "city: \"Rome\" to \"Oslo\"\n");
    CHECK(to_text(change("city != 'Rome'")) == "city: \"Rome\" to another value\n");
    CHECK(to_text(change("'milk' in likes && !('tea' in likes)")) == "likes: {\"tea\"} to {\"milk\"}\n");
    CHECK(to_text(change("'milk' in likes && 'tea' in likes")) == "likes: {\"tea\"} to {\"tea\", \"milk\"}\n");
    CHECK(to_text(change("2 * orders + 1 > 10")) == "orders: 2 more (3 to 5)\n");
    // Missing attributes are given values.
    auto poor = shopper;
    poor[1] = value{};
    auto const given = change("orders >= 5", {}, poor);
    CHECK(to_text(given) == "orders: missing to 5\n");
    CHECK(given.cost == 1);
    nearest_change_options down;
    down.wanted = false;
    CHECK(to_text(change("orders >= 2", down)) == "orders: 2 less (3 to 1)\n");
}

TEST_CASE("nearest change: nothing to do, nothing to be done, and not known") {
    CHECK(change("orders >= 2").outcome == change_outcome::already);
    auto const never = change("orders > 5 && orders < 3");
    CHECK(never.outcome == change_outcome::none);
    CHECK(never.exact);
    CHECK(change("orders").outcome == change_outcome::none);
    nearest_change_options few;
    few.most_evaluations = 1;
    CHECK(change("orders >= 5 && spent > money('5000 CNY') && ratio > 0.9", few).outcome == change_outcome::limit_reached);
    few = {};
    few.most_changes = 2;
    CHECK(change("orders >= 5 && spent > money('5000 CNY') && ratio > 0.9", few).outcome == change_outcome::none);
    // Two attributes in one condition: tried, so right, but not proven the smallest.
    auto const sum = change("orders + age > 30");
    CHECK(sum.outcome == change_outcome::found);
    CHECK_FALSE(sum.exact);
    CHECK(to_text(sum) == "age: 11 more (17 to 28)\n");
    CHECK_FALSE(change("city.startsWith('O') && age < 3").exact);
}

// Brute force over a small domain: the least number of attributes, and the least cost with it.
TEST_CASE("nearest change: as brute force finds it") {
    std::uint64_t const seed = 17;
    std::cout << "nearest change seed " << seed << '\n';
    std::mt19937_64 engine(seed);
    auto const below = [&](std::size_t n) { return engine() % n; };
    constexpr std::size_t count = 3;
    constexpr std::int64_t low = -2;
    constexpr std::int64_t high = 11;
    environment names;
    for (auto const* const name : {"a", "b", "c"})
        names.variable(name, int64_type);
    std::function<std::string(int)> const make = [&](int depth) -> std::string {
        if (depth == 0) {
            static char const* const relations[] = {" < ", " <= ", " > ", " >= ", " == ", " != "};
            std::string const name(1, static_cast<char>('a' + below(count)));
            std::string const number = std::to_string(below(8));
            switch (below(7)) {
            case 0: return "has(customer." + name + ")";
            case 1: return "customer.?" + name + ".orValue(1) > " + number;
            case 2: return name + " in [0, " + number + "]";
            case 3: return "9 - " + name + relations[below(6)] + number;
            default: return name + relations[below(6)] + number;
            }
        }
        switch (below(6)) {
        case 0: return "!(" + make(depth - 1) + ")";
        case 1: return "((" + make(depth - 1) + ") ? (" + make(depth - 1) + ") : (" + make(depth - 1) + "))";
        case 2:
        case 3:
        case 4: return "(" + make(depth - 1) + " && " + make(depth - 1) + ")";
        default: return "(" + make(depth - 1) + " || " + make(depth - 1) + ")";
        }
    };
    std::array<std::size_t, 5> sizes{};
    for (int round = 0; round < 2'000; ++round) {
        auto const rule = compile_rule(make(3), names);
        std::array<value, count> row;
        for (auto& v : row)
            if (below(6) != 0) v = value::of_int(static_cast<std::int64_t>(below(8)));
        nearest_change_options options;
        options.wanted = below(4) != 0;
        if (below(3) == 0) options.immutable = {static_cast<std::uint32_t>(below(count))};
        auto const made = find_nearest_change(rule, std::span<value const>(row), options);
        rule_scratch scratch;
        std::size_t least = count + 1;
        double cheapest = 0;
        std::array<value, count> trial = row;
        std::function<void(std::size_t, std::size_t, double)> const fill = [&](std::size_t v, std::size_t changed, double cost) {
            if (v == count) {
                auto const answer = rule.evaluate(std::span<value const>(trial), scratch);
                if (answer.state != status::ok || answer.result.as_bool() != options.wanted) return;
                if (changed > least || (changed == least && cost >= cheapest)) return;
                least = changed;
                cheapest = cost;
                return;
            }
            fill(v + 1, changed, cost);
            bool const fixed = std::find(options.immutable.begin(), options.immutable.end(), v) != options.immutable.end();
            for (std::int64_t n = low; n <= high && !fixed; ++n) {
                if (row[v].present() && row[v].as_int() == n) continue;
                trial[v] = value::of_int(n);
                double const far = row[v].missing() ? 1.0
                                                    : std::fabs(static_cast<double>(n - row[v].as_int())) /
                                                          std::max(1.0, std::fabs(static_cast<double>(row[v].as_int())));
                fill(v + 1, changed + 1, cost + far);
                trial[v] = row[v];
            }
        };
        fill(0, 0, 0);
        CAPTURE(to_string(rule.source()), test::show(row[0]), test::show(row[1]), test::show(row[2]), options.wanted);
        CHECK(made.exact);
        if (least == 0) {
            CHECK(made.outcome == change_outcome::already);
        } else if (least > count) {
            CHECK(made.outcome == change_outcome::none);
        } else {
            CHECK(made.outcome == change_outcome::found);
            CHECK(made.changes.size() == least);
            CHECK(made.cost == Approx(cheapest));
        }
        ++sizes[least];
    }
    for (auto const size : sizes)
        CHECK(size > 10);
}
