// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/rule/deciding.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <functional>
#include <iostream>
#include <optional>
#include <random>
#include <string>
#include <vector>

using namespace segmenta;

namespace {

using sets = std::vector<std::vector<std::uint32_t>>;
using numbers = std::vector<std::uint32_t>;

environment make_names() {
    environment names;
    names.variable("age", int64_type);
    names.variable("city", category_type);
    names.variable("income", int64_type);
    names.variable("vip", boolean_type);
    names.variable("likes", category_set_type);
    return names;
}

deciding_variables decide(std::string_view rule, std::vector<value> const& row = {}, deciding_limits const& limits = {}) {
    static environment const names = make_names();
    return find_deciding(compile_rule(rule, names), std::span<value const>(row), limits);
}

} // namespace

TEST_CASE("deciding: the fewest missing variables that can decide, and those that nothing does without") {
    auto const young = decide("age >= 18 && (city == 'Rome' || income > 9)");
    CHECK(young.smallest == sets{{0}}); // 17 is enough
    CHECK(young.always.empty());        // Oslo and 8 are too
    CHECK(young.exact);
    auto const grown = decide("age >= 18 && (city == 'Rome' || income > 9)", {value::of_int(20)});
    CHECK(grown.smallest == sets{{1}, {2}});
    CHECK(grown.always.empty());
    auto const all = decide("age + income > 3");
    CHECK(all.smallest == sets{{0, 2}});
    CHECK(all.always == numbers{0, 2});
    CHECK_FALSE(all.exact); // two missing variables are added
    // Each must be there for a strict sum, but nothing asks for the city where the sum is known.
    CHECK(decide("vip ? age > 3 : income > 3").smallest == sets{{0, 3}, {2, 3}});
    CHECK(decide("vip ? age > 3 : income > 3").always == numbers{3});
    CHECK(decide("vip ? age > 3 : age > 5").always == numbers{0, 3});
    CHECK(decide("'tea' in likes || vip").smallest == sets{{3}, {4}});
    CHECK(decide("city.startsWith('R') && age > 3").smallest == sets{{0}, {1}});
}

TEST_CASE("deciding: a variable that cannot change the answer is not asked for") {
    // rule_scratch::missing() has both; whatever the income, age decides alone and is needed.
    auto const made = decide("age >= 18 && (income > 3 || income <= 3)");
    CHECK(made.smallest == sets{{0}});
    CHECK(decide("(age > 5 && age < 3 && vip) || city == 'x'").smallest == sets{{1}}); // the rest cannot be true
}

TEST_CASE("deciding: presence, other values, answers that cannot be known") {
    CHECK(decide("has(customer.age)").state == status::ok);
    CHECK(decide("customer.?age.orValue(20) > 18").state == status::ok);
    auto const ordered = decide("has(customer.age) ? income > 3 : vip");
    CHECK(ordered.smallest == sets{{3}}); // with age missing; sets that have age need income
    CHECK(ordered.always.empty());        // {age, income} decides without vip
    auto const never = decide("!has(customer.age) && age > 3 || income / 0 > 1 && age > 3");
    CHECK(never.state == status::unknown);
    CHECK(never.complete);
    CHECK(decide("age > 3 ? 'a' : city").smallest == sets{{0}});
    CHECK(decide("city").smallest == sets{{1}});
    CHECK(decide("income / 0 > 3", {value{}, value{}, value::of_int(1)}).state == status::error);
}

TEST_CASE("deciding: the limit is kept, and said") {
    deciding_limits tiny;
    tiny.steps = 2;
    auto const made = decide("age > 3 && income > 3 && city == 'a'", {}, tiny);
    CHECK_FALSE(made.complete);
    CHECK(made.smallest.empty());
    deciding_limits one;
    one.most_sets = 1;
    CHECK(decide("vip || age > 3", {}, one).smallest.size() == 1);
}

// Brute force: all values of a small domain for every set of missing variables.
TEST_CASE("deciding: as brute force finds it") {
    std::uint64_t const seed = 3;
    std::cout << "deciding seed " << seed << '\n';
    std::mt19937_64 engine(seed);
    auto const below = [&](std::size_t n) { return engine() % n; };
    constexpr std::size_t count = 4;
    environment names;
    for (auto const* const name : {"a", "b", "c", "d"})
        names.variable(name, int64_type);
    std::function<std::string(int)> const make = [&](int depth) -> std::string {
        if (depth == 0) {
            std::string const name(1, static_cast<char>('a' + below(count)));
            switch (below(6)) {
            case 0: return "has(customer." + name + ")";
            case 1: return "customer.?" + name + ".orValue(1) > 1";
            case 2: return name + " in [0, 2]";
            case 3: return "3 - 2 * " + name + " > " + std::to_string(below(3));
            default: return name + (below(2) == 0 ? " > " : " == ") + std::to_string(below(4));
            }
        }
        switch (below(6)) {
        case 0: return "!(" + make(depth - 1) + ")";
        case 1: return "((" + make(depth - 1) + ") ? (" + make(depth - 1) + ") : (" + make(depth - 1) + "))";
        case 2:
        case 3: return "(" + make(depth - 1) + " && " + make(depth - 1) + ")";
        default: return "(" + make(depth - 1) + " || " + make(depth - 1) + ")";
        }
    };
    std::size_t asked = 0;
    std::size_t larger = 0;
    for (int round = 0; round < 3'000; ++round) {
        auto const rule = compile_rule(make(3), names);
        std::array<value, count> row;
        for (auto& v : row)
            if (below(3) == 0) v = value::of_int(static_cast<std::int64_t>(below(4)));
        auto const made = find_deciding(rule, std::span<value const>(row));
        rule_scratch scratch;
        if (rule.evaluate(std::span<value const>(row), scratch).state != status::unknown) {
            CHECK(made.state != status::unknown);
            continue;
        }
        // -1 to 4 has a value of every region.
        auto const can_decide = [&](std::uint32_t set) {
            std::array<value, count> trial = row;
            std::function<bool(std::size_t)> const fill = [&](std::size_t v) -> bool {
                if (v == count) return rule.evaluate(std::span<value const>(trial), scratch).state == status::ok;
                if (((set >> v) & 1U) == 0) return fill(v + 1);
                for (std::int64_t n = -1; n <= 4; ++n) {
                    trial[v] = value::of_int(n);
                    if (fill(v + 1)) return true;
                }
                trial[v] = value{};
                return false;
            };
            return fill(0);
        };
        sets smallest;
        std::optional<std::uint32_t> common;
        std::size_t least = count + 1;
        for (std::uint32_t set = 0; set < (1U << count); ++set) {
            bool only_missing = true;
            for (std::size_t v = 0; v < count; ++v)
                only_missing &= ((set >> v) & 1U) == 0 || row[v].missing();
            if (!only_missing || !can_decide(set)) continue;
            common = common.value_or(~0U) & set;
            auto const size = static_cast<std::size_t>(std::popcount(set));
            if (size < least) smallest.clear();
            least = std::min(least, size);
            if (size > least) continue;
            auto& members = smallest.emplace_back();
            for (std::uint32_t v = 0; v < count; ++v)
                if (((set >> v) & 1U) != 0) members.push_back(v);
        }
        numbers always;
        for (std::uint32_t v = 0; v < count; ++v)
            if (common && ((*common >> v) & 1U) != 0) always.push_back(v);
        std::sort(smallest.begin(), smallest.end());
        CAPTURE(to_string(rule.source()), row[0].present(), row[1].present(), row[2].present(), row[3].present());
        CHECK(made.complete);
        CHECK(made.exact);
        CHECK(made.smallest == smallest);
        CHECK(made.always == always);
        ++asked;
        larger += least > 1 ? 1 : 0;
    }
    CHECK(asked > 500);
    CHECK(larger > 50);
}
