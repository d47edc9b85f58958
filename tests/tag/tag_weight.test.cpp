// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include "tag/state_support.hpp"

#include <segmenta/tag/tag_weight.hpp>

#include <cmath>
#include <limits>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;

namespace {

constexpr std::uint64_t seed = 20'241'128;
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
duration const month = duration::hours(720);

struct event {
    instant when;
    double amount;
};

std::vector<event> random_events(random_life& life, std::size_t count, std::int64_t days) {
    std::vector<event> out;
    for (std::size_t i = 0; i < count; ++i) {
        auto const micros = static_cast<std::int64_t>(life.below(static_cast<std::uint64_t>(days) * 86'400'000'000U));
        double const amount = static_cast<double>(life.below(2001)) / 200 - 2; // -2 to 8
        out.push_back({hour(0) + duration{micros}, amount});
    }
    return out;
}

// Term by term, in more digits.
long double naive_weight(std::vector<event> const& events, duration half_life, instant when) {
    long double sum = 0;
    for (auto const& e : events)
        sum += static_cast<long double>(e.amount) *
               std::exp2(-static_cast<long double>((when - e.when).microseconds()) / half_life.microseconds());
    return sum;
}

// erikbern.com: s = log of the sum of e^(lambda t), for amounts > 0.
double log_sum_exp(std::vector<event> const& events, duration half_life) {
    double s = -std::numeric_limits<double>::infinity();
    for (auto const& e : events) {
        double const x = std::log(2.0) * static_cast<double>((e.when - hour(0)).microseconds()) /
                             static_cast<double>(half_life.microseconds()) +
                         std::log(e.amount);
        s = std::max(s, x) + std::log1p(std::exp(std::min(s, x) - std::max(s, x)));
    }
    return s;
}

tag_weight weight_of(std::vector<event> const& events, duration half_life) {
    tag_weight out(half_life);
    for (auto const& e : events)
        REQUIRE(out.add(e.when, e.amount));
    return out;
}

std::string refusal(std::string_view text) {
    std::string out;
    try {
        (void)tag_weights_from_json(text, "w");
        return "read";
    } catch (issue_error const& error) {
        for (auto const& problem : error.issues())
            out += problem.code + ' ' + problem.place + '\n';
    }
    return out;
}

} // namespace

TEST_CASE("a weight halves with every half-life, and what is taken back is gone") {
    tag_weight w(month);
    CHECK(w.at(hour(0)) == 0);
    CHECK(w.add(hour(0), 8));
    CHECK_THAT(w.at(hour(0)), WithinRel(8, 1e-12));
    CHECK_THAT(w.at(hour(720)), WithinRel(4, 1e-12));
    CHECK_THAT(w.at(hour(7200)), WithinRel(8 / 1024.0, 1e-12));
    CHECK_THAT(w.log2_at(hour(7200)), WithinAbs(-7, 1e-12));
    CHECK(w.at(hour(720 * 100'000)) == 0);
    CHECK_THAT(w.log2_at(hour(720 * 100'000)), WithinRel(3.0 - 100'000, 1e-12));
    CHECK(w.add(hour(0), -8));
    CHECK(w.at(hour(5)) == 0); // exactly
    CHECK(std::isinf(w.log2_at(hour(5))));
    CHECK(w.buckets().empty());
    w.add(hour(1), -1);
    CHECK(std::isnan(w.log2_at(hour(5))));
}

TEST_CASE("what is no event is not counted") {
    tag_weight w(month);
    CHECK_FALSE(w.add(instant::never()));
    CHECK_FALSE(w.add(instant::earliest()));
    CHECK_FALSE(w.add(hour(0), not_a_number));
    CHECK_FALSE(w.add(hour(0), std::numeric_limits<double>::infinity()));
    CHECK_FALSE(w.add(hour(0), 1.1e9));
    CHECK_FALSE(w.newest());
    CHECK(w == tag_weight(month));
    CHECK_THROWS_AS(tag_weight(duration{999'999}), issue_error);
    CHECK_THROWS_AS(w.merge(tag_weight(duration::hours(1))), issue_error);
}

TEST_CASE("weights agree with the sum term by term and with the logarithm of forward decay") {
    INFO("seed " << seed);
    random_life life(seed);
    for (int round = 0; round < 100; ++round) {
        CAPTURE(round);
        auto events = random_events(life, 1 + life.below(60), 400);
        duration const half_life = duration::hours(static_cast<std::int64_t>(1 + life.below(2000)));
        instant const when = hour(24 * 400 + static_cast<std::int64_t>(life.below(500)));
        auto const naive = static_cast<double>(naive_weight(events, half_life, when));
        double size = 0; // of what is added, for the error that is promised
        for (auto const& e : events)
            size += std::abs(e.amount) * std::exp2(-static_cast<double>((when - e.when).microseconds()) /
                                                   static_cast<double>(half_life.microseconds()));
        double const bound = 1e-11 * size + 60 * 0x1p-41;
        REQUIRE_THAT(weight_of(events, half_life).at(when), WithinAbs(naive, bound));

        for (auto& e : events)
            e.amount = std::abs(e.amount) + 0.25;
        double const s = log_sum_exp(events, half_life);
        double const lambda_t = std::log(2.0) * static_cast<double>((when - hour(0)).microseconds()) /
                                static_cast<double>(half_life.microseconds());
        double const log2_of_sum = (s - lambda_t) / std::log(2.0);
        REQUIRE_THAT(weight_of(events, half_life).log2_at(when), WithinAbs(log2_of_sum, 1e-8));
    }
}

TEST_CASE("any order of events and of merging gives the same bytes") {
    INFO("seed " << seed + 1);
    random_life life(seed + 1);
    auto const text = [](tag_weight const& w) {
        tag_weights all;
        *all.find_or_add("t", w.half_life()) = w;
        return to_json(all);
    };
    for (int round = 0; round < 200; ++round) {
        CAPTURE(round);
        auto events = random_events(life, 3 + life.below(80), 4000); // up to 133 half-lives: the oldest are dropped
        if (round % 2 == 0)                                          // and some are taken back
            for (std::size_t i = 0, n = events.size() / 2; i < n; ++i)
                events.push_back({events[i].when, -events[i].amount});
        tag_weight const one = weight_of(events, month);
        random_shuffle(life.random, std::span<event>(events));
        REQUIRE(weight_of(events, month) == one);

        auto const cut = [&](std::size_t from, std::size_t to) {
            return weight_of(
                {events.begin() + static_cast<std::ptrdiff_t>(from), events.begin() + static_cast<std::ptrdiff_t>(to)},
                month);
        };
        std::size_t const third = events.size() / 3;
        tag_weight const a = cut(0, third);
        tag_weight const b = cut(third, 2 * third);
        tag_weight const c = cut(2 * third, events.size());
        tag_weight left = a;
        left.merge(b);
        left.merge(c);
        tag_weight right = c;
        tag_weight inner = b;
        inner.merge(a);
        right.merge(inner);
        REQUIRE(left == one);
        REQUIRE(right == one);
        REQUIRE(text(left) == text(right));
        REQUIRE(tag_weights_from_json(text(one)).entries()[0].weight == one);
        REQUIRE(one.buckets().size() <= 64);
    }
}

TEST_CASE("an event older than 64 half-lives counts nothing, one of 63 still does, whichever came first") {
    tag_weight a(month);
    a.add(hour(0), 1);
    a.add(hour(720 * 63), 1);
    CHECK(a.buckets().size() == 2);
    a.add(hour(720 * 64 + 719), 1);
    CHECK(a.buckets().size() == 2);
    tag_weight b(month);
    b.add(hour(720 * 64 + 719), 1);
    b.add(hour(720 * 63), 1);
    CHECK(b.add(hour(0), 1)); // late, and too late
    CHECK(a == b);
    // the dropped event would have counted this much: less than 2^-63
    CHECK(naive_weight({{hour(0), 1}}, month, hour(720 * 64 + 719)) < 0x1p-63L);
    // the newest event is remembered also when it was taken back
    tag_weight c(month);
    c.add(hour(720 * 100), 1);
    c.add(hour(720 * 100), -1);
    c.add(hour(0), 1);
    CHECK(c.buckets().empty());
    CHECK(c.at(hour(720 * 100)) == 0);
}

TEST_CASE("events at the ends of time and before 1970") {
    for (auto const when : {instant{std::numeric_limits<std::int64_t>::min() + 1},
                            instant{std::numeric_limits<std::int64_t>::max() - 1}, instant{-1}, instant{}}) {
        for (auto const half_life : {duration::seconds(1), month, duration{std::numeric_limits<std::int64_t>::max()}}) {
            tag_weight w(half_life);
            REQUIRE(w.add(when, 3));
            CHECK_THAT(w.at(when), WithinRel(3, 1e-12));
        }
    }
}

TEST_CASE("weights as JSON: golden text, and what is refused") {
    // Hosts store this; see the golden text of the state.
    tag_weights all;
    auto* const beauty = all.find_or_add("beauty", month);
    REQUIRE(beauty != nullptr);
    beauty->add(instant{}, 1);
    beauty->add(instant{} - month, -2.5);
    all.find_or_add("sport", duration::hours(1));
    std::string const golden = R"({"segmenta_tag_weights":1,"tags":{"beauty":{"half_life":"PT720H","newest":0,)"
                               R"("buckets":{"-1":"-2748779069440","0":"1099511627776"}},)"
                               R"("sport":{"half_life":"PT1H"}}})";
    CHECK(to_json(all) == golden);
    CHECK(tag_weights_from_json(golden) == all);
    CHECK(to_json(tag_weights{}) == R"({"segmenta_tag_weights":1})");

    auto const of = [](std::string const& tag) {
        return refusal(R"({"segmenta_tag_weights":1,"tags":{)" + tag + "}}");
    };
    CHECK(refusal("{}") == "tag_weight.version w:1\n");
    CHECK(of(R"("a":{"half_life":"P1D"})") == "tag_weight.half_life w:1 /tags/a/half_life\n");
    CHECK(of(R"("a":{"half_life":"PT0.5S"})") == "tag_weight.half_life w:1 /tags/a/half_life\n");
    CHECK(of(R"("a":{"half_life":"PT1H","buckets":{"1":"1"}})") == "tag_weight.bad_bucket w:1 /tags/a\n");
    CHECK(of(R"("a":{"half_life":"PT1H","newest":1,"buckets":{"2":"1"}})") == "tag_weight.bad_bucket w:1 /tags/a\n");
    CHECK(of(R"("a":{"half_life":"PT1H","newest":1,"buckets":{"-63":"1"}})") == "tag_weight.bad_bucket w:1 /tags/a\n");
    CHECK(of(R"("a":{"half_life":"PT1H","newest":1,"buckets":{"1":"0"}})") == "tag_weight.bad_bucket w:1 /tags/a\n");
    CHECK(of(R"("a":{"half_life":"PT1H","newest":9223372036854775807,"buckets":{}})") ==
          "tag_weight.bad_bucket w:1 /tags/a\n");
    for (std::string const bad : {"01", "-0", "", "-", "1e3", "+1", "99999999999999999999999999999999999999"})
        CHECK(of(R"("a":{"half_life":"PT1H","newest":1,"buckets":{"1":")" + bad + "\"}}") ==
              "tag_weight.bad_bucket w:1 /tags/a/buckets/1\n");
    CHECK(of(R"("a":{"half_life":"PT1H","newest":1,"buckets":{"01":"1"}})") ==
          "tag_weight.bad_bucket w:1 /tags/a/buckets/01\n");
    CHECK(of(R"("a/b":{"half_life":"PT1H","x":0})") ==
          "tag_weight.bad_name w:1 /tags/a~1b\ntag_weight.unknown_key w:1 /tags/a~1b/x\n");

    // sums that no events make do not overflow when added
    std::string const huge = "85070591730234615865843651857942052864"; // 2^126
    auto const most = tag_weights_from_json(
        R"({"segmenta_tag_weights":1,"tags":{"a":{"half_life":"PT1H","newest":1,"buckets":{"1":")" + huge + "\"}}}}");
    auto sum = most;
    for (int i = 0; i < 4; ++i)
        sum.merge(most);
    CHECK_THAT(sum.find("a")->at(hour(0)), WithinAbs(0, 1));
}

TEST_CASE("a customer's weights: found by tag, forgotten, merged as a whole or not at all") {
    tag_weights a;
    a.find_or_add("sport", month)->add(hour(0), 1);
    a.find_or_add("beauty", month)->add(hour(0), 2);
    CHECK(a.find_or_add("beauty", duration::hours(1)) == nullptr);
    CHECK(a.find_or_add("a/b", month) == nullptr);
    CHECK(a.find_or_add("new", duration{}) == nullptr);
    CHECK(a.entries()[0].tag == "beauty");
    tag_weights b;
    b.find_or_add("beauty", month)->add(hour(0), 3);
    b.find_or_add("travel", month)->add(hour(0), 4);
    tag_weights both = a;
    both.merge(b);
    tag_weights other = b;
    other.merge(a);
    CHECK(both == other);
    CHECK_THAT(both.find("beauty")->at(hour(0)), WithinRel(5, 1e-12));
    CHECK(both.entries().size() == 3);
    tag_weights bad;
    bad.find_or_add("beauty", duration::hours(1));
    bad.find_or_add("sport", duration::hours(2));
    tag_weights const before = both;
    try {
        both.merge(bad);
        FAIL("half-lives differ");
    } catch (issue_error const& error) {
        CHECK(error.issues().size() == 2);
    }
    CHECK(both == before);
    CHECK(both.erase("beauty"));
    CHECK_FALSE(both.erase("beauty"));
    CHECK(both.find("beauty") == nullptr);
}

TEST_CASE("half-lives of periods") {
    CHECK(half_life_of(period::exact(duration::hours(36))) == duration::hours(36));
    CHECK(half_life_of(period::of_days(30)) == month);
    CHECK(half_life_of(period::of_years(400)).microseconds() == 146'097 * microseconds_per_day);
    CHECK(half_life_of(period::civil(1, 1)).microseconds() == 2'629'746'000'000 + microseconds_per_day);
}

TEST_CASE("TF IDF by hand") {
    CHECK_THAT(tf_idf(3, 12, 1000, 10), WithinRel(0.25 * std::log(100.0), 1e-14));
    CHECK(tf_idf(3, 12, 1000, 1000) == 0); // everybody has it
    CHECK(tf_idf(0, 0, 10, 0) == 0);
    CHECK(tf_idf(0, 5, 10, 0) == 0);
    CHECK(std::isnan(tf_idf(1, 5, 10, 0)));
    CHECK(std::isnan(tf_idf(6, 5, 10, 1)));
    CHECK(std::isnan(tf_idf(1, 5, 10, 11)));
    CHECK(std::isnan(tf_idf(-1, 5, 10, 1)));
    CHECK(std::isnan(tf_idf(not_a_number, 5, 10, 1)));
}

TEST_CASE("a customer's weights between 0 and 1") {
    std::vector<double> weights{2, 8, 0, -3, not_a_number, 4};
    normalise_weights(weights);
    CHECK(weights == std::vector<double>{0.25, 1, 0, 0, 0, 0.5});
    std::vector<double> none{0, -1};
    normalise_weights(none);
    CHECK(none == std::vector<double>{0, 0});
    std::vector<double> infinite{std::numeric_limits<double>::infinity(), 5};
    normalise_weights(infinite);
    CHECK(infinite == std::vector<double>{1, 0});
    normalise_weights({});
}
