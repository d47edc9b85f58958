// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/live_rule_index.hpp>

#include "support/catch.hpp"
#include "tag/support.hpp"

#include <algorithm>
#include <atomic>
#include <thread>

using namespace segmenta;
using namespace segmenta::test;

namespace {

environment ages() {
    environment names;
    names.variable("age", int64_type);
    return names;
}

std::vector<std::uint32_t> matching(rule_index const& index, std::vector<value> const& row) {
    bitmap out;
    rule_index_scratch scratch;
    CHECK(index.match(row, out, scratch) == status::ok);
    std::vector<std::uint32_t> list(index.size());
    list.resize(index.list_rules(out, list));
    std::sort(list.begin(), list.end());
    return list;
}

using numbers = std::vector<std::uint32_t>;

} // namespace

TEST_CASE("live_rule_index: rules keep their numbers") {
    live_rule_index shop({parse_expression("age >= 18"), parse_expression("age < 18")}, ages());
    rule_index const first = shop.current();
    CHECK(shop.add(parse_expression("age == 20")) == 2);
    CHECK(shop.add(parse_expression("age + 0 == 20")) == 3);
    CHECK(matching(shop.current(), {value::of_int(20)}) == numbers{0, 2, 3});
    CHECK(shop.remove(0));
    CHECK_FALSE(shop.remove(0));
    CHECK_FALSE(shop.remove(4));
    CHECK(shop.remove(3));
    CHECK(matching(shop.current(), {value::of_int(20)}) == numbers{2});
    CHECK(shop.current().removed_rules() == 2);
    CHECK(matching(first, {value::of_int(20)}) == numbers{0}); // who holds an index keeps it
    shop.rebuild();
    CHECK(shop.current().added_rules() == 0);
    CHECK(shop.current().removed_rules() == 0);
    CHECK(matching(shop.current(), {value::of_int(20)}) == numbers{2});
    CHECK(matching(shop.current(), {value::of_int(17)}) == numbers{1});
    CHECK(shop.add(parse_expression("age > 0")) == 4);
    CHECK(matching(shop.current(), {value::of_int(17)}) == numbers{1, 4});
}

TEST_CASE("live_rule_index: a bad rule changes nothing and is reported") {
    live_rule_index shop({}, ages());
    issue_list issues;
    CHECK_FALSE(shop.add(parse_expression("agee > 3"), issues, "tags.json:7").has_value());
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].code == "rule.unknown_name");
    CHECK(issues[0].place.starts_with("tags.json:7"));
    CHECK_THROWS_AS(shop.add(parse_expression("age + 1")), issue_error);
    CHECK(shop.current().size() == 0);
    CHECK(shop.add(parse_expression("age > 3")) == 0);
    CHECK_THROWS_AS(live_rule_index({parse_expression("age")}, ages()), issue_error);
}

TEST_CASE("live_rule_index: more rules than fit beside the table") {
    live_rule_index shop({parse_expression("age >= 0")}, ages());
    constexpr std::uint32_t rules = 3 * rule_index::most_added_rules;
    for (std::uint32_t i = 1; i < rules; ++i) {
        CHECK(shop.add(parse_expression("age >= " + std::to_string(i))) == i);
        if (i % 7 == 0) CHECK(shop.remove(i - 3));
        if (i % 50 != 0) continue;
        numbers expected;
        for (std::uint32_t r = 0; r <= i; ++r)
            if (r <= 60 && !((r + 3) % 7 == 0 && r + 3 <= i && r >= 4)) expected.push_back(r);
        CHECK(matching(shop.current(), {value::of_int(60)}) == expected);
    }
    issue_list issues;
    rule_index full = build_rule_index({}, ages());
    while (auto next = full.with_rule(parse_expression("age > 1"), ages(), issues))
        full = *next;
    CHECK(full.size() == rule_index::most_added_rules);
    CHECK(issues.contains("rule.index_full"));
}

TEST_CASE("live_rule_index: an amended index and a new one agree") {
    random_shop shop(404, 8);
    std::vector<expression> rules;
    for (int i = 0; i < 130; ++i)
        rules.push_back(parse_expression(shop.condition(2, 5)));
    auto const whole = build_rule_index(rules, shop.names);
    auto amended = build_rule_index(std::span(rules).first(100), shop.names);
    issue_list issues;
    for (std::size_t i = 100; i < rules.size(); ++i)
        amended = *amended.with_rule(rules[i], shop.names, issues);
    for (std::size_t gone = 3; gone < rules.size(); gone += 9)
        amended = amended.without_rule(gone);
    for (int round = 0; round < 100; ++round) {
        random_row const row(shop);
        numbers expected = matching(whole, row.values);
        expected.erase(std::remove_if(expected.begin(), expected.end(), [](auto r) { return r >= 3 && (r - 3) % 9 == 0; }),
                       expected.end());
        CHECK(matching(amended, row.values) == expected);
    }
    CHECK(amended.memory_bytes() > whole.table_bytes() / 2);
}

TEST_CASE("live_rule_index: readers see whole changes only") {
    // The first rule holds in every index, and none has more rules than it says.
    live_rule_index shop({parse_expression("age >= 0")}, ages());
    std::atomic<bool> done = false;
    std::atomic<std::size_t> wrong = 0;
    std::vector<std::thread> readers;
    for (int t = 0; t < 2; ++t)
        readers.emplace_back([&] {
            bitmap out;
            rule_index_scratch scratch;
            std::vector<value> const row = {value::of_int(5)};
            while (!done) {
                rule_index const index = shop.current();
                bool const good = index.match(row, out, scratch) == status::ok &&
                                  out.count() + index.removed_rules() <= index.size() && out.test(index.position(0));
                wrong += good ? 0 : 1;
            }
        });
    for (std::uint32_t i = 1; i < 150; ++i) {
        shop.add(parse_expression("age >= " + std::to_string(i % 10)));
        if (i % 3 == 0) shop.remove(i);
    }
    done = true;
    for (auto& reader : readers)
        reader.join();
    CHECK(wrong == 0);
}
