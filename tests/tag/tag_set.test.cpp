// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/tag/tag_set.hpp>

#include <string>
#include <vector>

using namespace segmenta;

namespace {

constexpr std::uint64_t seed = 20'241'129;

// A column of answers: yes, no and missing.
struct answers {
    std::vector<std::uint8_t> values;
    bitmap valid;

    [[nodiscard]] column_view view() const {
        return {boolean_type, values.size(), values.data(), valid.words().data(), nullptr, nullptr};
    }
};

answers random_answers(random_generator& random, std::size_t customers) {
    answers out{std::vector<std::uint8_t>(customers), bitmap(customers)};
    for (std::size_t row = 0; row < customers; ++row) {
        auto const said = random_below(random, 3);
        out.values[row] = said == 1 ? 1 : 0;
        out.valid.set(row, said != 2);
    }
    return out;
}

std::string random_rule(random_generator& random, int depth) {
    static constexpr std::string_view leaves[] = {
        "a", "b", "`c d`", "true", "false", "has(customer.a)", "customer.?b.orValue(true)"};
    if (depth == 0) return std::string(leaves[random_below(random, 7)]);
    auto const part = [&] { return '(' + random_rule(random, depth - 1) + ')'; };
    switch (random_below(random, 6)) {
    case 0: return part() + " && " + part();
    case 1: return part() + " || " + part() + " || " + part();
    case 2: return '!' + part();
    case 3: return part() + " == " + part();
    case 4: return part() + " != " + part();
    default: return part() + " ? " + part() + " : " + part();
    }
}

template <class Call>
std::string codes_of(Call call) {
    std::string out;
    try {
        call();
    } catch (issue_error const& error) {
        for (auto const& problem : error.issues())
            out += problem.code + ' ';
    }
    return out;
}

} // namespace

TEST_CASE("nobody whose answer is not known is in an audience, unless that is wanted") {
    tag_set tags(4);
    answers const vip{{1, 0, 0, 1}, bitmap(4, true)};
    answers churned{{0, 0, 0, 1}, bitmap(4, true)};
    churned.valid.reset(0);
    tags.add("vip", vip.view());
    tags.add("churned", churned.view());
    auto const stayed = tags.select("!churned");
    CHECK(stayed.ids() == std::vector<std::size_t>{1, 2});
    CHECK(stayed.ids(unknown_policy::take_in) == std::vector<std::size_t>{0, 1, 2});
    CHECK(stayed.unknown() == 1);
    auto const both = tags.select("vip && !churned");
    CHECK(both.count() == 0);
    CHECK(both.count(unknown_policy::take_in) == 1);
    CHECK(tags.select("vip || churned").count() == 2);
    CHECK(tags.select("has(customer.churned)").count() == 3);
    CHECK(tags.select("true").count() == 4);
    CHECK(tag_set(0).select("true").count() == 0);
}

TEST_CASE("an audience by bitmaps is the rule evaluated customer by customer") {
    INFO("seed " << seed);
    random_generator random(seed);
    environment names;
    for (auto const* name : {"a", "b", "c d"})
        names.variable(name, boolean_type);
    rule_scratch scratch;
    for (int round = 0; round < 300; ++round) {
        std::size_t const customers = random_below(random, 200);
        std::vector<answers> columns;
        tag_set tags(customers);
        for (std::size_t i = 0; i < names.size(); ++i) {
            columns.push_back(random_answers(random, customers));
            tags.add(std::string(names.name(i)), columns.back().view());
        }
        std::string const rule = random_rule(random, 1 + static_cast<int>(random_below(random, 4)));
        CAPTURE(round, rule);
        auto const audience = tags.select(rule);
        program const compiled = compile_rule(rule, names, boolean_type);
        std::vector<std::size_t> holds;
        std::vector<std::size_t> may_hold;
        for (std::size_t row = 0; row < customers; ++row) {
            std::vector<value> values;
            for (auto const& column : columns)
                values.push_back(column.valid.test(row) ? value::of_bool(column.values[row] != 0) : value{});
            std::span<value const> const all(values);
            auto const answer = compiled.evaluate(all, scratch);
            bool const is_known = answer.state == status::ok;
            bool const is_true = is_known && answer.result.as_bool();
            if (is_true) holds.push_back(row);
            if (is_true || !is_known) may_hold.push_back(row);
        }
        REQUIRE(audience.ids() == holds);
        REQUIRE(audience.ids(unknown_policy::take_in) == may_hold);
        REQUIRE(audience.count() == holds.size());
        REQUIRE(audience.count(unknown_policy::take_in) == may_hold.size());
        REQUIRE(audience.unknown() == may_hold.size() - holds.size());
    }
}

TEST_CASE("what a set of tags refuses") {
    tag_set tags(3);
    tags.add("vip", bitmap(3, true));
    CHECK(codes_of([&] { tags.add("vip", bitmap(2)); }) == "tag_set.duplicate_name tag_set.size ");
    CHECK(codes_of([&] { tags.add("a/b", bitmap(3)); }) == "tag_set.bad_name ");
    CHECK(codes_of([&] { tags.add("x", tag_rows{bitmap(3, true), bitmap(3)}); }) == "tag_set.contradiction ");
    column_view numbers;
    numbers.what = int64_type;
    CHECK(codes_of([&] { tags.add("x", numbers); }) == "tag_set.type ");
    CHECK(tags.names() == std::vector<std::string>{"vip"});
    CHECK(tags.find("vip") == 0U);
    CHECK_FALSE(tags.find("x"));
    CHECK(codes_of([&] { (void)tags.select("vipp"); }) == "rule.unknown_name ");
    CHECK(codes_of([&] { (void)tags.select(""); }) == "rule.empty ");
    CHECK(codes_of([&] { (void)tags.select("1 + 1"); }) == "rule.result_type ");
    CHECK(codes_of([&] { (void)tags.select("string(vip) == 'true'"); }) == "tag_set.unsupported ");
    issue_list issues;
    CHECK_FALSE(tags.select("vip &&", issues, "plan.json:3"));
    CHECK(issues[0].place.starts_with("plan.json:3"));
}
