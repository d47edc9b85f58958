// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/history_summary.hpp>

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

using namespace segmenta;

namespace {

struct row {
    std::int64_t time;
    std::int32_t day;
    std::int64_t units;
};

history_summary built(std::vector<row> const& rows) {
    summary_builder b;
    for (auto const& r : rows) {
        b.add_row(r.time, r.day);
        b.add_value(r.units);
    }
    return b.finish();
}

} // namespace

TEST_CASE("history_summary: no rows leave zeros") {
    summary_builder b;
    auto const s = b.finish();
    CHECK(s.rows == 0);
    CHECK(s.orders == 0);
    CHECK(s.days == 0);
    CHECK(s.sum == 0);
    CHECK_FALSE(s.overflow);
}

TEST_CASE("history_summary: random histories against a naive count") {
    random_generator random(20240701);
    for (int round = 0; round < 300; ++round) {
        std::vector<row> rows(1 + random() % 20);
        for (auto& r : rows) {
            r.time = static_cast<std::int64_t>(random() % 4'000'000);
            r.day = static_cast<std::int32_t>(r.time / 200'000);
            r.units = static_cast<std::int64_t>(random() % 2001) - 1000;
        }
        std::sort(rows.begin(), rows.end(), [](auto const& a, auto const& b) { return a.time < b.time; });
        auto const s = built(rows);

        std::set<std::int32_t> days;
        std::int64_t sum = 0;
        std::int64_t gross = 0;
        for (auto const& r : rows) {
            days.insert(r.day);
            sum += r.units;
            gross += std::max<std::int64_t>(r.units, 0);
        }
        std::vector<std::int32_t> const list(days.begin(), days.end());
        std::int64_t squares = 0;
        std::int32_t longest = 0;
        for (std::size_t i = 1; i < list.size(); ++i) {
            squares += static_cast<std::int64_t>(list[i] - list[i - 1]) * (list[i] - list[i - 1]);
            longest = std::max(longest, list[i] - list[i - 1]);
        }
        REQUIRE(s.rows == static_cast<std::int64_t>(rows.size()));
        REQUIRE(s.days == static_cast<std::int32_t>(list.size()));
        REQUIRE(s.first_day == list.front());
        REQUIRE(s.last_day == list.back());
        if (list.size() > 1) REQUIRE(s.previous_day == list[list.size() - 2]);
        REQUIRE(s.gap_square_sum == squares);
        REQUIRE(s.gap_max == longest);
        REQUIRE(s.sum == sum);
        REQUIRE(s.gross == gross);
        REQUIRE(s.first_time == rows.front().time);
        REQUIRE(s.last_time == rows.back().time);
    }
}

TEST_CASE("history_summary: refunds reduce the sum, not the gross sum") {
    // R-DAT-6: 1000 paid, 400 returned -> 600
    auto const s = built({{1, 0, 100'000}, {2, 1, -40'000}});
    CHECK(s.sum == 60'000);
    CHECK(s.gross == 100'000);
    CHECK(s.minimum == -40'000);
}

TEST_CASE("history_summary: an integer sum that leaves int64 is flagged, not wrapped silently") {
    constexpr auto most = std::numeric_limits<std::int64_t>::max();
    CHECK_FALSE(built({{1, 0, most}}).overflow);
    CHECK(built({{1, 0, most}, {2, 0, 1}}).overflow);
    CHECK(built({{1, 0, std::numeric_limits<std::int64_t>::min()}, {2, 0, -1}}).overflow);
}

TEST_CASE("history_summary: double sums are compensated") {
    summary_builder b;
    b.add_row(1, 0);
    b.add_real(1e16);
    for (int i = 0; i < 10; ++i) {
        b.add_row(1, 0);
        b.add_real(1.0); // lost one by one in a plain double sum
    }
    b.add_row(1, 0);
    b.add_real(-1e16);
    CHECK(b.finish().real_sum == 10.0);
}
