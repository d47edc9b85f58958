// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/distinct_purchases.hpp>

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <map>
#include <tuple>

using namespace segmenta;

namespace {

purchase_summary drawn(std::uint64_t seed, std::size_t n) {
    random_generator random(seed);
    purchase_summary out;
    for (std::size_t i = 0; i < n; ++i) {
        auto const x = static_cast<double>(random_below(random, 4));
        out.repeats.push_back(x);
        out.last.push_back(x == 0 ? 0 : 1 + static_cast<double>(random_below(random, 3)));
        out.age.push_back(4 + static_cast<double>(random_below(random, 3)));
        out.weight.push_back(static_cast<double>(random_below(random, 3)));
    }
    return out;
}

} // namespace

TEST_CASE("distinct purchases: distinct customers, as counted by a map, in order") {
    auto const s = drawn(3, 500);
    std::map<std::tuple<double, double, double>, double> plain;
    double total = 0;
    for (std::size_t i = 0; i < s.size(); ++i) {
        if (s.weight[i] > 0) plain[{s.repeats[i], s.last[i], s.age[i]}] += s.weight[i];
        total += s.weight[i];
    }
    distinct_purchases statistics;
    statistics.add(s);
    REQUIRE(statistics.size() == plain.size());
    CHECK(statistics.customers() == total);
    std::size_t i = 0;
    for (auto const& [key, weight] : plain) {
        auto const& [repeats, last, age] = key;
        CHECK(statistics.rows()[i++] == distinct_purchases::row{repeats, last, age, weight});
    }
}

TEST_CASE("distinct purchases: parts in any order make the same whole") {
    auto const a = drawn(1, 100), b = drawn(2, 200);
    distinct_purchases ab, ba, first, second;
    ab.add(a);
    ab.add(b);
    first.add(a);
    second.add(b);
    second.merge(first);
    ba.add(b);
    ba.add(a);
    CHECK(std::equal(ab.rows().begin(), ab.rows().end(), ba.rows().begin(), ba.rows().end()));
    CHECK(std::equal(ab.rows().begin(), ab.rows().end(), second.rows().begin(), second.rows().end()));
    first.merge(first);
    CHECK(first.customers() == 2 * (ab.customers() - [&] {
              distinct_purchases alone;
              alone.add(b);
              return alone.customers();
          }()));
}

TEST_CASE("distinct purchases: another unit, or a bad row, adds nothing") {
    distinct_purchases weeks;
    auto days = drawn(1, 10);
    days.unit = model_time_unit::day;
    CHECK_THROWS_AS(weeks.add(days), issue_error);
    CHECK_THROWS_AS(weeks.merge(distinct_purchases(model_time_unit::day)), issue_error);
    auto bad = drawn(1, 10);
    bad.last[4] = 99;
    CHECK_THROWS_AS(weeks.add(bad), issue_error);
    CHECK(weeks.size() == 0);
    CHECK(weeks.customers() == 0);
    CHECK(distinct_purchases(model_time_unit::day).time_unit() == model_time_unit::day);
}
