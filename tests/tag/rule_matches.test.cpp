// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/rule_matches.hpp>

#include "support/catch.hpp"
#include "support/counting_new.hpp"
#include "tag/support.hpp"

#include <array>
#include <memory>

using namespace segmenta;
using namespace segmenta::test;

namespace {

// What changed between two sets, the naive way.
void check_change(bitmap const& before, bitmap const& after, rule_change const& change, bitmap const& entered,
                  bitmap const& left) {
    REQUIRE(change.state == status::ok);
    REQUIRE(change.changed == (before != after));
    if (!change.changed) return;
    for (std::size_t i = 0; i < after.size(); ++i) {
        REQUIRE(entered.test(i) == (after.test(i) && !before.test(i)));
        REQUIRE(left.test(i) == (before.test(i) && !after.test(i)));
    }
}

} // namespace

TEST_CASE("rule_matches: one value changes, rules enter and leave") {
    environment names;
    std::uint32_t const age = 0;
    names.variable("age", int64_type);
    names.variable("city", string_type);
    expression const rules[] = {parse_expression("age >= 18"), parse_expression("age < 18"),
                                parse_expression("city == 'SH'")};
    auto const index = build_rule_index(rules, names);
    std::vector<value> row = {value::of_int(17), value::of_string("SH")};
    rule_matches customer;
    rule_index_scratch scratch;
    bitmap entered;
    bitmap left;
    CHECK(index.update(row, std::array{age}, customer, entered, left, scratch).state == status::error);
    REQUIRE(index.start(row, customer, scratch) == status::ok);
    CHECK(customer.holds(index.position(1)));
    row[0] = value::of_int(3);
    CHECK_FALSE(index.update(row, std::array{age}, customer, entered, left, scratch).changed);
    row[0] = value::of_int(18);
    CHECK(index.update(row, std::array{age}, customer, entered, left, scratch).changed);
    CHECK(entered.test(index.position(0)));
    CHECK(left.test(index.position(1)));
    CHECK(entered.count() + left.count() == 2);
    row[0] = value{};
    CHECK(index.update(row, std::array{age}, customer, entered, left, scratch).changed);
    CHECK(entered.none());
    CHECK(customer.matches().count() == 1);
    CHECK(customer.memory_bytes() >= 2 * 12 + 8);
}

TEST_CASE("rule_matches: after random changes the same as from the start") {
    struct setting {
        std::size_t rules;
        int other;
        std::size_t table;
        bool amended;
    };
    setting const settings[] = {{200, 0, 1U << 20, false},
                                {200, 0, 1U << 20, true},
                                {300, 4, 1U << 20, true},
                                {500, 0, 20'000, false},
                                {500, 3, 20'000, true}};
    std::uint64_t seed = 77'001;
    for (setting const& s : settings) {
        random_shop shop(++seed, s.table < 100'000 ? 200 : 12);
        std::vector<expression> rules;
        for (std::size_t i = 0; i < s.rules; ++i)
            rules.push_back(parse_expression(shop.condition(2, s.other)));
        auto index = build_rule_index(rules, shop.names, {s.table, std::nullopt});
        issue_list issues;
        for (int i = 0; s.amended && i < 5; ++i) {
            index = *index.with_rule(parse_expression(shop.condition(2, s.other)), shop.names, issues);
            index = index.without_rule(shop.below(index.size()));
        }
        rule_matches customer;
        rule_index_scratch scratch;
        bitmap entered;
        bitmap left;
        std::vector<std::unique_ptr<random_row>> alive; // texts that stay are there
        alive.push_back(std::make_unique<random_row>(shop));
        std::vector<value> row = alive.back()->values;
        row.resize(shop.names.size());
        REQUIRE(index.start(row, customer, scratch) == status::ok);
        int unchanged = 0;
        for (int round = 0; round < 300; ++round) {
            INFO("seed " << seed << ", round " << round);
            alive.push_back(std::make_unique<random_row>(shop));
            alive.back()->values.resize(shop.names.size());
            std::vector<std::uint32_t> changed;
            for (auto more = 1 + shop.below(2); more > 0; --more) {
                changed.push_back(static_cast<std::uint32_t>(shop.below(shop.names.size())));
                row[changed.back()] = alive.back()->values[changed.back()];
            }
            bitmap const before = [&] {
                bitmap b(index.size());
                customer.matches().for_each([&](std::size_t i) { b.set(i); });
                return b;
            }();
            auto const change = index.update(row, changed, customer, entered, left, scratch);
            bitmap after;
            rule_index_scratch other;
            REQUIRE(index.match(row, after, other) == status::ok);
            check_change(before, after, change, entered, left);
            unchanged += change.changed ? 0 : 1;
            for (std::size_t i = 0; i < after.size(); ++i)
                REQUIRE(customer.holds(i) == after.test(i));
        }
        CHECK(unchanged > 0);
    }
}

TEST_CASE("rule_matches: an update allocates nothing after the first") {
    environment names;
    names.variable("n", int64_type);
    std::vector<expression> rules;
    for (int i = 0; i < 100; ++i)
        rules.push_back(parse_expression("n >= " + std::to_string(i)));
    auto const index = build_rule_index(rules, names);
    std::vector<value> row = {value::of_int(5)};
    rule_matches customer;
    rule_index_scratch scratch;
    bitmap entered;
    bitmap left;
    REQUIRE(index.start(row, customer, scratch) == status::ok);
    row[0] = value::of_int(6);
    (void)index.update(row, std::array{0U}, customer, entered, left, scratch);
    std::size_t const before = allocations();
    bool changed = true;
    for (int i = 7; i < 90; ++i) {
        row[0] = value::of_int(i);
        changed = changed && index.update(row, std::array{0U}, customer, entered, left, scratch).changed;
    }
    CHECK(allocations() == before);
    CHECK(changed);
    CHECK(customer.matches().count() == 90);
}
