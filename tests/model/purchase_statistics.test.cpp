// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/purchase_statistics.hpp>

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <array>
#include <map>

using namespace segmenta;

namespace {

using triples = std::map<std::array<double, 3>, double>; // weight by repeats, last, age

triples of(purchase_summary const& s) {
    triples out;
    for (std::size_t i = 0; i < s.size(); ++i)
        out[{s.repeats[i], s.last[i], s.age[i]}] += s.weight.empty() ? 1 : s.weight[i];
    return out;
}

triples of(purchase_statistics const& s) {
    triples out;
    for (std::size_t i = 0; i < s.singles().size(); ++i)
        out[{0, 0, s.singles().ages[i]}] += s.singles().weight(i);
    auto const& back = s.repeaters();
    for (std::size_t i = 0; i < back.size(); ++i)
        out[{back.repeats[i], back.last[i], back.ages[i]}] += back.weight(i);
    return out;
}

// `per_unit` steps in a unit; 0: times anywhere.
purchase_summary random_summary(std::uint64_t seed, std::size_t n, double per_unit, std::uint64_t oldest) {
    random_generator random(seed);
    purchase_summary s;
    for (std::size_t i = 0; i < n; ++i) {
        double const x = static_cast<double>(random_geometric(random, 0.3));
        double age = 1 + static_cast<double>(random_below(random, oldest));
        double last = x == 0 ? 0 : 1 + static_cast<double>(random_below(random, static_cast<std::uint64_t>(age)));
        if (per_unit == 0) {
            age += random_unit(random);
            last *= 1 - 0.5 * random_unit(random);
        } else {
            age /= per_unit;
            last /= per_unit;
        }
        s.repeats.push_back(x);
        s.last.push_back(last);
        s.age.push_back(age);
        s.log_times.push_back(x * 0.25);
    }
    return s;
}

} // namespace

TEST_CASE("purchase statistics: grouped or not, the customers are the same") {
    for (double const per_unit : {1.0, 7.0, 0.0}) { // whole weeks, days, and times anywhere
        CAPTURE(per_unit);
        auto s = random_summary(7, 300'000, per_unit, 60);
        purchase_statistics all;
        all.add(s);
        CHECK(of(all) == of(s));
        purchase_statistics in_threads;
        in_threads.add(s, 3);
        CHECK(in_threads.repeaters().last == all.repeaters().last); // the same rows in the same order
        CHECK(in_threads.singles().ages == all.singles().ages);
        CHECK(in_threads.total_age() == all.total_age());
        CHECK(all.customers() == 300'000);
        if (per_unit > 0) CHECK(all.repeaters().size() < 40'000); // equal ones were put together
        std::vector<double> counts;
        for (double const x : s.repeats) {
            counts.resize(std::max(counts.size(), static_cast<std::size_t>(x) + 1));
            ++counts[static_cast<std::size_t>(x)];
        }
        CHECK(all.counts() == counts);
        CHECK(all.has_log_times());
        CHECK(all.log_times() == Catch::Approx(all.repeats() * 0.25));
    }
}

TEST_CASE("purchase statistics: parts merge into the whole") {
    auto const first = random_summary(1, 3'000, 1, 40);
    auto second = random_summary(2, 2'000, 0, 40);
    second.repeats[5] = 70'000; // a robot
    second.last[5] = second.age[5];
    second.weight.assign(second.size(), 2.5);
    purchase_statistics a, b;
    a.add(first);
    b.add(second);
    purchase_statistics merged;
    merged.merge(a);
    merged.merge(b);
    merged.merge({});
    purchase_statistics whole;
    whole.add(first);
    whole.add(second);
    CHECK(of(merged) == of(whole));
    CHECK(merged.counts() == whole.counts());
    REQUIRE(merged.large_counts().size() == 1);
    CHECK(merged.large_counts()[0].repeats == 70'000);
    CHECK(merged.large_counts()[0].customers == 2.5);
    CHECK(merged.customers() == 3'000 + 2.5 * 2'000);
    CHECK(merged.total_age() == Catch::Approx(whole.total_age()));
    auto without = first;
    without.log_times.clear();
    whole.add(without);
    CHECK_FALSE(whole.has_log_times());
}

TEST_CASE("purchase statistics: other units and bad rows change nothing") {
    purchase_statistics s;
    s.add(random_summary(1, 100, 1, 40));
    auto days = random_summary(2, 100, 1, 40);
    days.unit = model_time_unit::day;
    CHECK_THROWS_AS(s.add(days), issue_error);
    purchase_statistics in_days;
    in_days.add(days);
    CHECK_THROWS_AS(s.merge(in_days), issue_error);
    auto bad = random_summary(3, 100, 1, 40);
    bad.last[99] = 1000;
    CHECK_THROWS_AS(s.add(bad), issue_error);
    CHECK(s.customers() == 100);
    CHECK(s.sample(2).customers() < 100);
    CHECK(s.sample(1).customers() == 100);
}
