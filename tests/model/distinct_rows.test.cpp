// SPDX-License-Identifier: Apache-2.0
#include "model/distinct_rows.hpp"

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <tuple>
#include <vector>

using namespace segmenta;

namespace {

struct row {
    double key = 0;
    double weight = 0;
    friend bool operator==(row const&, row const&) = default;
};

bool before(row const& a, row const& b) noexcept { return a.key < b.key; }

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
    for (std::size_t const n : {0u, 1u, 32768u, 32769u, 65536u, 100'003u, 300'001u}) {
        for (std::uint64_t const kinds : {1u, 7u, 1'000'000'000u}) {
            auto const rows = draw(random, n, kinds);
            auto one = rows;
            detail::row_sorter<row, bool (*)(row const&, row const&) noexcept>(1, before)(one);
            CAPTURE(n, kinds);
            CHECK(std::is_sorted(one.begin(), one.end(), before));
            auto const total = [](row const& a, row const& b) { return std::tie(a.key, a.weight) < std::tie(b.key, b.weight); };
            for (unsigned const threads : {2u, 3u}) {
                auto other = rows;
                detail::row_sorter<row, bool (*)(row const&, row const&) noexcept>(threads, before)(other);
                CHECK(other == one);
            }
            auto expected = rows;
            std::sort(expected.begin(), expected.end(), total);
            std::sort(one.begin(), one.end(), total);
            CHECK(one == expected); // nothing is lost or twice there
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
    detail::merge_equal_rows(merged, 0, before, 2);
    std::size_t const sorted = merged.size();
    merged.insert(merged.end(), rows.begin() + 50'000, rows.end());
    CHECK(detail::merge_equal_rows(merged, sorted, before, 2) == all);
    REQUIRE(merged.size() == 1000);
    for (std::size_t i = 0; i < 1000; ++i)
        CHECK(merged[i] == row{static_cast<double>(i), plain[i]});
}
