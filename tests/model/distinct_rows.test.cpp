// SPDX-License-Identifier: Apache-2.0
#include "model/distinct_rows.hpp"

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace segmenta;

namespace {

struct row {
    double key = 0;
    double weight = 0;
    friend bool operator==(row const&, row const&) = default;
};

using order = detail::row_order<row, &row::key>;
constexpr order before;

void sort_in_place(std::vector<row>& rows, unsigned threads) {
    thread_team team(threads);
    detail::row_sorter<row, order> sorter(team);
    sorter(rows);
}

std::vector<row> draw(random_generator& random, std::size_t n, std::uint64_t kinds) {
    std::vector<row> out;
    for (std::size_t i = 0; i < n; ++i)
        out.push_back({static_cast<double>(random_below(random, kinds)), static_cast<double>(random_below(random, 5))});
    return out;
}

} // namespace

TEST_CASE("distinct rows: rows in any number of blocks are sorted, the same by any number of threads") {
    std::uint64_t const seed = 31;
    CAPTURE(seed);
    random_generator random(seed);
    for (std::size_t const n : {0u, 1u, 200u, 257u, 32768u, 32769u, 65536u, 100'003u, 300'001u}) {
        for (std::uint64_t const kinds : {1u, 7u, 1'000'000'000u}) {
            auto const rows = draw(random, n, kinds);
            auto one = rows;
            sort_in_place(one, 1);
            CAPTURE(n, kinds);
            for (unsigned const threads : {2u, 3u}) {
                auto other = rows;
                sort_in_place(other, threads);
                CHECK(other == one);
            }
            auto expected = rows;
            std::stable_sort(expected.begin(), expected.end(), before);
            CHECK(one == expected);
        }
    }
}

TEST_CASE("distinct rows: equal rows become one, whose weight is theirs together") {
    random_generator random(32);
    auto rows = draw(random, 200'000, 1000);
    std::vector<double> plain(1000);
    double all = 0;
    for (row const& r : rows) {
        plain[static_cast<std::size_t>(r.key)] += r.weight;
        all += r.weight;
    }
    // a sorted and distinct beginning, as after an earlier call
    std::vector<row> merged(rows.begin(), rows.begin() + 50'000);
    thread_team team(2);
    detail::merge_equal_rows(merged, 0, before, team);
    std::size_t const sorted = merged.size();
    merged.insert(merged.end(), rows.begin() + 50'000, rows.end());
    CHECK(detail::merge_equal_rows(merged, sorted, before, team) == all);
    REQUIRE(merged.size() == 1000);
    for (std::size_t i = 0; i < 1000; ++i)
        CHECK(merged[i] == row{static_cast<double>(i), plain[i]});
}

TEST_CASE("distinct rows: numbers of any size from 0, and -0, are in order; the first field is first") {
    struct wide {
        double first = 0, second = 0, weight = 0;
    };
    using order_of_wide = detail::row_order<wide, &wide::first, &wide::second>;
    random_generator random(33);
    std::vector<wide> rows;
    double const some[] = {0, -0.0, 5e-324, 1e-300, .1, 1, 1 + 0x1p-52, 3, 1e300, 1.7976931348623157e308};
    for (int i = 0; i < 50'000; ++i) {
        double const second = i % 2 == 0 ? some[random_below(random, 10)] : std::exp(random_uniform(random, -600, 600));
        rows.push_back({some[random_below(random, 10)], second, static_cast<double>(i)});
    }
    auto expected = rows;
    std::stable_sort(expected.begin(), expected.end(), order_of_wide());
    thread_team team(2);
    detail::row_sorter<wide, order_of_wide> sorter{team};
    sorter(rows);
    for (std::size_t i = 0; i < rows.size(); ++i)
        REQUIRE(rows[i].weight == expected[i].weight);
}

TEST_CASE("distinct rows: rows without a weight are left out, the others stay in their order") {
    for (std::size_t const n : {0u, 1u, 16384u, 50'000u}) {
        for (unsigned const threads : {1u, 3u}) {
            std::vector<row> rows{{-1, 1}};
            thread_team team(threads);
            detail::append_weighty(rows, n, team, [](std::size_t i) {
                return row{static_cast<double>(i), i % 3 == 0 ? 0.0 : 2.0};
            });
            std::vector<row> plain{{-1, 1}};
            for (std::size_t i = 0; i < n; ++i)
                if (i % 3 != 0) plain.push_back({static_cast<double>(i), 2});
            CHECK(rows == plain);
        }
    }
}
