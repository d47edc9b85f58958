// SPDX-License-Identifier: Apache-2.0
#include "model/answer_patterns.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <map>

using namespace segmenta;

namespace {

// The patterns as a map of vectors has them.
std::map<std::vector<std::uint32_t>, double> counted(std::vector<std::vector<std::uint32_t>> const& items) {
    std::map<std::vector<std::uint32_t>, double> out;
    for (std::size_t i = 0; i < items[0].size(); ++i) {
        std::vector<std::uint32_t> row;
        for (auto const& column : items)
            row.push_back(column[i]);
        ++out[row];
    }
    return out;
}

void same_as_counted(std::vector<std::vector<std::uint32_t>> const& items) {
    auto const columns = as_categories(items);
    auto const expected = counted(items);
    for (unsigned const threads : {1U, 2U, 5U}) {
        thread_team team(threads);
        detail::answer_patterns const found(columns, detail::ranges_of(columns, team), team);
        REQUIRE(found.size() == expected.size());
        REQUIRE(found.items() == items.size());
        std::size_t p = 0;
        for (auto const& [answers, weight] : expected) {
            REQUIRE(std::vector<std::uint32_t>(found.answers(p).begin(), found.answers(p).end()) == answers);
            REQUIRE(found.weight(p) == weight);
            ++p;
        }
    }
}

} // namespace

TEST_CASE("answer patterns: those of a map, in its order, few items and more than fit into 64 bits") {
    random_generator random(5);
    for (std::size_t const items : {1U, 3U, 6U, 40U, 90U}) {
        std::vector<std::vector<std::uint32_t>> columns(items, std::vector<std::uint32_t>(40'000));
        for (std::size_t i = 0; i < 40'000; ++i) {
            bool const usual = random_bernoulli(random, 0.9); // so that patterns repeat, however many items
            for (std::size_t j = 0; j < items; ++j)
                columns[j][i] = usual                            ? static_cast<std::uint32_t>(j % 5)
                                : random_bernoulli(random, 0.05) ? missing_category
                                                                 : static_cast<std::uint32_t>(random_below(random, 5));
        }
        CAPTURE(items);
        same_as_counted(columns);
    }
}

TEST_CASE("answer patterns: the highest codes, an item that nobody answered, one customer") {
    same_as_counted({{65535, 0, 65535, missing_category},
                     {65535, 65535, 65535, 0},
                     {65535, 1, 65535, 2},
                     {65535, 1, 65535, 2},
                     {65535, 1, 65535, 2}});
    same_as_counted({{missing_category, missing_category}, {1, 0}});
    same_as_counted({{3}, {missing_category}});
}

TEST_CASE("ranges of categories: levels, missing ones, and what check_categories would say") {
    std::vector<std::vector<std::uint32_t>> const items{
        {0, 4, 2, 1, 3},
        {missing_category, missing_category, missing_category, missing_category, missing_category},
        {1, 1, 1, 1, 65536},
        {0, missing_category, 0, 0, 65535}};
    thread_team team(2);
    auto const ranges = detail::ranges_of(as_categories(items), team);
    REQUIRE(ranges.size() == 4);
    CHECK(ranges[0].levels == 5);
    CHECK_FALSE(ranges[0].missing);
    CHECK(ranges[1].levels == 0);
    CHECK(ranges[1].missing);
    CHECK(ranges[3].levels == 65536);
    CHECK(ranges[3].missing);
    CHECK(detail::usable(std::span(ranges).first(2), 5));
    CHECK_FALSE(detail::usable(std::span(ranges).first(2), 4));
    CHECK_FALSE(detail::usable(std::span(ranges).subspan(2, 1), 5)); // 65537 levels
    CHECK(detail::usable(std::span(ranges).subspan(3, 1), 5));
    CHECK_FALSE(detail::usable(std::span(ranges).first(0), 0));
}
