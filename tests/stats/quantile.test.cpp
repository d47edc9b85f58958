// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/stats/quantile.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

using namespace segmenta;

namespace {

constexpr double nan_value = std::numeric_limits<double>::quiet_NaN();

/// Hyndman and Fan straight from the paper, in long double on sorted data.
long double naive_quantile(std::vector<long double> const& sorted, long double p, quantile_type type) {
    auto const n = static_cast<long double>(sorted.size());
    long double m = 0;
    switch (type) {
    case quantile_type::type_3: m = -0.5L; break;
    case quantile_type::type_5: m = 0.5L; break;
    case quantile_type::type_6: m = p; break;
    case quantile_type::type_7: m = 1 - p; break;
    case quantile_type::type_8: m = (p + 1) / 3; break;
    case quantile_type::type_9: m = p / 4 + 0.375L; break;
    default: break;
    }
    long double const h = n * p + m;
    long double j = std::floor(h + 1e-12L);
    long double g = h - j < 1e-12L ? 0 : h - j;
    if (type == quantile_type::type_1) g = g > 0 ? 1 : 0;
    if (type == quantile_type::type_2) g = g > 0 ? 1 : 0.5L;
    if (type == quantile_type::type_3) g = g == 0 && std::fmod(j, 2.0L) == 0 ? 0 : 1;
    auto const at = [&](long double rank) { return sorted[static_cast<std::size_t>(std::clamp(rank, 1.0L, n) - 1)]; };
    return (1 - g) * at(j) + g * at(j + 1);
}

struct test_column {
    std::vector<double> values;
    std::vector<std::uint64_t> valid;
    std::vector<long double> sorted; // present ones
};

enum class shape { uniform, whole_numbers, one_value, heavy_tail, sorted, with_nan, two_values };

test_column make_column(std::size_t n, shape what, bool with_missing, std::uint64_t seed) {
    random_generator random(seed);
    test_column out;
    out.valid.assign(n / 64 + 1, ~std::uint64_t{0});
    for (std::size_t i = 0; i < n; ++i) {
        double const u = random_unit(random);
        double v = u;
        if (what == shape::whole_numbers) v = std::floor(u * 7) - 2;
        if (what == shape::one_value) v = 3.5;
        if (what == shape::two_values) v = u < 0.5 ? -0.0 : 1;
        if (what == shape::heavy_tail) v = 1 / (u * u + 1e-9);
        if (what == shape::sorted) v = static_cast<double>(i) / 3;
        if (what == shape::with_nan && u < 0.3) v = nan_value;
        out.values.push_back(v);
        bool const missing = with_missing && random_unit(random) < 0.2;
        if (missing) out.valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
        if (!missing && v == v) out.sorted.push_back(v);
    }
    std::sort(out.sorted.begin(), out.sorted.end());
    return out;
}

std::vector<cpu_level> levels() {
    std::vector<cpu_level> out{cpu_level::sse2};
    if (detect_cpu_level() >= cpu_level::avx2) out.push_back(cpu_level::avx2);
    return out;
}

template <class T, class Edge>
std::uint8_t naive_code(T v, std::vector<Edge> const& edges, closed_side closed) {
    std::uint8_t code = 0;
    for (auto const& e : edges)
        code = static_cast<std::uint8_t>(code + (closed == closed_side::left ? v >= e : v > e));
    return code;
}

} // namespace

TEST_CASE("all nine quantile types by Hyndman and Fan's formulas", "[quantile]") {
    // as R's quantile(c(1, 3, 4, 8, 12, 13), c(.2, .25, .5, .9), type = t); each row worked out by hand from the
    // formula
    std::vector<double> const x{13, 1, 8, 4, 3, 12};
    struct row {
        quantile_type type;
        double p20, p25, p50, p90;
    };
    std::vector<row> const rows{
        {quantile_type::type_1, 3, 3, 4, 13},       {quantile_type::type_2, 3, 3, 6, 13},
        {quantile_type::type_3, 1, 3, 4, 12},       {quantile_type::type_4, 1.4, 2, 4, 12.4},
        {quantile_type::type_5, 2.4, 3, 6, 12.9},   {quantile_type::type_6, 1.8, 2.5, 6, 13},
        {quantile_type::type_7, 3, 3.25, 6, 12.5},  {quantile_type::type_8, 2.2, 2.0 + 5.0 / 6, 6, 13},
        {quantile_type::type_9, 2.25, 2.875, 6, 13}};
    for (auto const& r : rows) {
        INFO("type " << static_cast<int>(r.type));
        CHECK(quantile(x, 0.2, r.type) == Catch::Approx(r.p20).epsilon(1e-12));
        CHECK(quantile(x, 0.25, r.type) == Catch::Approx(r.p25).epsilon(1e-12));
        CHECK(quantile(x, 0.5, r.type) == Catch::Approx(r.p50).epsilon(1e-12));
        CHECK(quantile(x, 0.9, r.type) == Catch::Approx(r.p90).epsilon(1e-12));
    }
    CHECK(quantile(x, 0) == 1);
    CHECK(quantile(x, 1) == 13);
    CHECK(std::isnan(quantile(x, 1.01)));
    CHECK(std::isnan(quantile(std::vector<double>{}, 0.5)));
    CHECK(std::isnan(quantile(std::vector{nan_value}, 0.5)));
}

TEST_CASE("the R rfm package's bins of mtcars mpg", "[quantile]") {
    // rfm's tests: type 7 quantiles plus one
    std::vector<double> const mpg{21,   21,   22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8,
                                  16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
                                  15.2, 13.3, 19.2, 27.3, 26,   30.4, 15.8, 19.7, 15,   21.4};
    auto const edges = quantile_edges(mpg, nullptr, 5, {quantile_type::type_7, closed_side::left, 1});
    REQUIRE(edges.inner.size() == 4);
    CHECK(edges.inner[0] == Catch::Approx(16.20).epsilon(1e-12));
    CHECK(edges.inner[1] == Catch::Approx(18.92).epsilon(1e-12));
    CHECK(edges.inner[2] == Catch::Approx(22.00).epsilon(1e-12));
    CHECK(edges.inner[3] == Catch::Approx(25.08).epsilon(1e-12));
    CHECK(edges.minimum == 10.4);
    CHECK(edges.maximum == 33.9);
}

TEST_CASE("edges and codes equal those of the sorted data", "[quantile]") {
    std::uint64_t seed = 1;
    for (std::size_t const n : {1U, 2U, 5U, 63U, 64U, 65U, 1000U, 20'000U, 70'001U})
        for (auto const what : {shape::uniform, shape::whole_numbers, shape::one_value, shape::heavy_tail,
                                shape::sorted, shape::with_nan, shape::two_values})
            for (bool const with_missing : {false, true})
                for (std::size_t const bins : {2U, 5U, 10U, 100U}) {
                    auto const column = make_column(n, what, with_missing, ++seed);
                    auto const type = static_cast<quantile_type>(1 + seed % 9);
                    quantile_spec const spec{type, seed % 2 == 0 ? closed_side::left : closed_side::right,
                                             seed % 5 == 0 ? 1.0 : 0.0};
                    INFO("n " << n << " shape " << static_cast<int>(what) << " missing " << with_missing << " bins "
                              << bins << " type " << static_cast<int>(type));
                    std::vector<std::uint8_t> first;
                    for (auto const level : levels()) {
                        auto const edges = quantile_edges(column.values, column.valid.data(), bins, spec, level);
                        REQUIRE(edges.count == column.sorted.size());
                        std::vector<std::uint8_t> codes(n, 77);
                        if (!column.sorted.empty()) {
                            REQUIRE(edges.inner.size() == bins - 1);
                            for (std::size_t k = 1; k < bins; ++k) {
                                auto const p = static_cast<long double>(k) / static_cast<long double>(bins);
                                auto const expected =
                                    static_cast<double>(naive_quantile(column.sorted, p, type)) + spec.offset;
                                REQUIRE(edges.inner[k - 1] == Catch::Approx(expected).epsilon(1e-13).margin(1e-13));
                            }
                            bin_codes(column.values, column.valid.data(), edges, codes, level);
                            for (std::size_t i = 0; i < n; ++i) {
                                bool const present = ((column.valid[i / 64] >> (i % 64)) & 1U) != 0 &&
                                                     column.values[i] == column.values[i];
                                auto const expected =
                                    present ? naive_code(column.values[i], edges.inner, spec.closed) : missing_code;
                                if (codes[i] != expected) REQUIRE(codes[i] == expected);
                                if (present && bin_code(column.values[i], edges) != expected)
                                    REQUIRE(bin_code(column.values[i], edges) == expected);
                            }
                        }
                        if (level == cpu_level::sse2) first = codes;
                        REQUIRE(codes == first);
                    }
                }
}

TEST_CASE("integers have exact edges, also where doubles would not", "[quantile]") {
    constexpr std::int64_t huge = std::int64_t{1} << 60;
    std::vector<std::int64_t> const x{huge, huge + 1, huge + 2, huge + 4, -huge};
    auto const edges = quantile_edges(x, nullptr, 3, {quantile_type::type_7, closed_side::right, 0});
    // h - 1 = 4/3 and 8/3: between huge and huge + 1, and between huge + 1 and huge + 2
    REQUIRE(edges.inner.size() == 2);
    CHECK(edges.inner[0] == exact_edge{huge, 1, 3});
    CHECK(edges.inner[1] == exact_edge{huge + 1, 2, 3});
    std::vector<std::uint8_t> codes(5);
    for (auto const level : levels()) {
        bin_codes(x, nullptr, edges, codes, level);
        CHECK(codes == std::vector<std::uint8_t>{0, 1, 2, 2, 0});
    }
    // from the least to the largest number: no overflow
    std::vector<std::int64_t> const ends{std::numeric_limits<std::int64_t>::min(),
                                         std::numeric_limits<std::int64_t>::max()};
    auto const middle = quantile_edges(ends, nullptr, 2, {});
    CHECK(middle.inner[0] == exact_edge{-1, 1, 2});
    CHECK_THROWS_AS(quantile_edges(ends, nullptr, 2, {quantile_type::type_1, closed_side::left, 0.5}), issue_error);
    CHECK_THROWS_AS(quantile_edges(std::vector{std::numeric_limits<std::int64_t>::max()}, nullptr, 2,
                                   {quantile_type::type_1, closed_side::left, 1}),
                    issue_error);
}

TEST_CASE("integer codes equal the naive ones", "[quantile]") {
    for (std::uint64_t seed = 1; seed < 60; ++seed) {
        random_generator random(seed);
        std::size_t const n = 1 + random_below(random, 40'000);
        std::vector<std::int64_t> x(n);
        std::int64_t const spread = seed % 3 == 0 ? 5 : seed % 3 == 1 ? 1000 : 1'000'000'000'000;
        for (auto& v : x)
            v = random_integer(random, -spread, spread);
        auto sorted = x;
        std::sort(sorted.begin(), sorted.end());
        std::size_t const bins = 2 + seed % 9;
        for (auto const closed : {closed_side::left, closed_side::right}) {
            std::vector<std::uint8_t> first;
            for (auto const level : levels()) {
                auto const edges = quantile_edges(x, nullptr, bins, {quantile_type::type_7, closed, 0}, level);
                std::vector<std::uint8_t> codes(n);
                bin_codes(x, nullptr, edges, codes, level);
                for (std::size_t i = 0; i < n; ++i) {
                    // v against x_j + (x_j+1 - x_j) r / bins, all times bins
                    std::uint8_t expected = 0;
                    for (std::size_t k = 1; k < bins; ++k) {
                        std::size_t const j = (n - 1) * k / bins;
                        auto const r = static_cast<std::int64_t>((n - 1) * k % bins);
                        std::int64_t const low = sorted[j];
                        std::int64_t const high = sorted[std::min(j + 1, n - 1)];
                        auto const b = static_cast<std::int64_t>(bins);
                        std::int64_t const edge = low * b + (high - low) * r;
                        bool const above = closed == closed_side::left ? x[i] * b >= edge : x[i] * b > edge;
                        expected = static_cast<std::uint8_t>(expected + above);
                    }
                    if (codes[i] != expected) REQUIRE(codes[i] == expected);
                }
                if (first.empty()) first = codes;
                REQUIRE(codes == first);
            }
        }
    }
}

TEST_CASE("rank_first is qcut of rank(method='first')", "[quantile]") {
    for (std::uint64_t seed = 1; seed < 80; ++seed) {
        random_generator random(seed);
        std::size_t const n = seed % 4 == 0 ? 30'000 + random_below(random, 10'000) : 1 + random_below(random, 300);
        std::vector<double> x(n);
        for (auto& v : x)
            v = std::floor(random_unit(random) * static_cast<double>(1 + seed % 7));
        std::vector<std::uint64_t> valid(n / 64 + 1, ~std::uint64_t{0});
        if (seed % 2 == 0)
            for (std::size_t i = 0; i < n; i += 3)
                valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
        std::vector<std::uint32_t> order(n);
        std::iota(order.begin(), order.end(), 0U);
        std::vector<std::uint32_t> given;
        if (seed % 3 == 0) {
            std::reverse(order.begin(), order.end());
            given = order;
        }
        std::vector<std::uint32_t> sorted;
        for (auto const row : order)
            if (((valid[row / 64] >> (row % 64)) & 1U) != 0) sorted.push_back(row);
        std::stable_sort(sorted.begin(), sorted.end(), [&](auto a, auto b) { return x[a] < x[b]; });
        std::vector<long double> ranks(sorted.size());
        std::iota(ranks.begin(), ranks.end(), 1.0L);

        std::size_t const bins = 2 + seed % 9;
        quantile_spec const spec{static_cast<quantile_type>(1 + seed % 9),
                                 seed % 5 == 0 ? closed_side::left : closed_side::right, 0};
        std::vector<std::uint8_t> codes(n);
        auto const split = rank_first_codes(x, valid.data(), given, bins, spec, codes);
        std::vector<std::uint8_t> expected(n, missing_code);
        for (std::size_t r = 0; r < sorted.size(); ++r) {
            std::uint8_t code = 0;
            for (std::size_t k = 1; k < bins; ++k) {
                auto const edge =
                    naive_quantile(ranks, static_cast<long double>(k) / static_cast<long double>(bins), spec.type);
                long double const rank = ranks[r];
                bool const above = spec.closed == closed_side::left ? rank >= edge - 1e-9L : rank > edge + 1e-9L;
                code = static_cast<std::uint8_t>(code + above);
            }
            expected[sorted[r]] = code;
        }
        INFO("seed " << seed << " n " << n << " bins " << bins << " type " << static_cast<int>(spec.type));
        REQUIRE(codes == expected);
        std::size_t split_expected = 0;
        for (std::size_t r = 0; r < sorted.size();) {
            std::size_t end = r;
            bool differs = false;
            while (end < sorted.size() && x[sorted[end]] == x[sorted[r]])
                differs |= expected[sorted[end++]] != expected[sorted[r]];
            split_expected += differs;
            r = end;
        }
        REQUIRE(split == split_expected);
    }
}

TEST_CASE("midrank keeps equals together by their middle rank", "[quantile]") {
    for (std::uint64_t seed = 1; seed < 80; ++seed) {
        random_generator random(seed);
        std::size_t const n = seed % 4 == 0 ? 20'000 + random_below(random, 10'000) : 1 + random_below(random, 300);
        std::vector<double> x(n);
        std::vector<std::int64_t> whole(n);
        for (std::size_t i = 0; i < n; ++i) {
            whole[i] = random_integer(random, 0, static_cast<std::int64_t>(seed % 13));
            x[i] = static_cast<double>(whole[i]);
        }
        auto sorted = x;
        std::sort(sorted.begin(), sorted.end());
        std::vector<long double> ranks(n);
        std::iota(ranks.begin(), ranks.end(), 1.0L);
        std::size_t const bins = 2 + seed % 9;
        quantile_spec const spec{quantile_type::type_7, seed % 5 == 0 ? closed_side::left : closed_side::right, 0};
        auto const edges = midrank_edges(x, nullptr, bins, spec);
        auto const whole_edges = midrank_edges(whole, nullptr, bins, spec);
        std::vector<std::uint8_t> codes(n);
        std::vector<std::uint8_t> whole_codes(n);
        bin_codes(x, nullptr, edges, codes);
        bin_codes(whole, nullptr, whole_edges, whole_codes);
        REQUIRE(codes == whole_codes);
        for (std::size_t i = 0; i < n; ++i) {
            auto const [first, last] = std::equal_range(sorted.begin(), sorted.end(), x[i]);
            long double const middle =
                static_cast<long double>((first - sorted.begin()) + (last - sorted.begin()) + 1) / 2;
            std::uint8_t expected = 0;
            for (std::size_t k = 1; k < bins; ++k) {
                auto const edge =
                    naive_quantile(ranks, static_cast<long double>(k) / static_cast<long double>(bins), spec.type);
                bool const above = spec.closed == closed_side::left ? middle >= edge - 1e-9L : middle > edge + 1e-9L;
                expected = static_cast<std::uint8_t>(expected + above);
            }
            if (codes[i] != expected) REQUIRE(codes[i] == expected);
        }
    }
}

TEST_CASE("the order of rows does not change a bit of the edges", "[quantile]") {
    auto column = make_column(50'000, shape::heavy_tail, false, 99);
    for (std::size_t i = 0; i < column.values.size(); i += 2)
        column.values[i] = i % 4 == 0 ? 0.0 : -0.0;
    auto const before = quantile_edges(column.values, nullptr, 10);
    std::reverse(column.values.begin(), column.values.end());
    random_generator random(5);
    for (std::size_t i = column.values.size(); i > 1; --i)
        std::swap(column.values[i - 1], column.values[random_below(random, i)]);
    auto const after = quantile_edges(column.values, nullptr, 10);
    REQUIRE(std::memcmp(before.inner.data(), after.inner.data(), 9 * sizeof(double)) == 0);
    CHECK_FALSE(std::signbit(after.inner[0]));
}

TEST_CASE("order statistics of adversarial columns", "[quantile]") {
    // periodic and blockwise data make any fixed sample unfair; infinities and extremes are values like others
    std::vector<double> x;
    for (int i = 0; i < 100'000; ++i)
        x.push_back(i % 64 == 7 ? 1000.0 + i : static_cast<double>(i % 3));
    for (int i = 0; i < 50'000; ++i)
        x.push_back(-std::numeric_limits<double>::infinity());
    x.push_back(std::numeric_limits<double>::infinity());
    auto sorted = x;
    std::sort(sorted.begin(), sorted.end());
    std::vector<std::size_t> const ranks{0, 1, 49'999, 50'000, 83'333, 100'000, 148'437, 148'438, 150'000, 149'999, 3};
    for (auto const level : levels()) {
        auto const found = order_statistics(x, nullptr, ranks, level);
        for (std::size_t i = 0; i < ranks.size(); ++i)
            CHECK(found[i] == sorted[ranks[i]]);
    }
    CHECK_THROWS_AS(order_statistics(x, nullptr, std::vector<std::size_t>{x.size()}), issue_error);
    // one present value among many missing
    std::vector<std::uint64_t> valid(x.size() / 64 + 1, 0);
    valid[1000] = 8;
    CHECK(order_statistics(x, valid.data(), std::vector<std::size_t>{0})[0] == x[64'003]);
}

TEST_CASE("order statistics beside heaps of equal values, some missing and some NaN", "[quantile]") {
    // a heap of some per cent at a wanted rank is where values equal an end of what the sample brackets
    std::uint64_t const seed = 20'261'126;
    CAPTURE(seed);
    random_generator random(seed);
    for (int round = 0; round < 60; ++round) {
        std::size_t const n = 16'384 + random_below(random, 60'000);
        double const heap = 0.03 * random_unit(random);
        double const of_nan = round % 3 == 0 ? 0.01 * random_unit(random) : 0;
        bool const gaps = round % 2 == 0;
        std::vector<double> x;
        std::vector<std::int64_t> whole;
        std::vector<std::uint64_t> valid(n / 64 + 1, ~std::uint64_t{0});
        std::vector<double> sorted;
        std::vector<std::int64_t> sorted_whole;
        for (std::size_t i = 0; i < n; ++i) {
            double v = random_unit(random);
            if (random_unit(random) < 5 * heap) v = std::round(v * 5) / 5;
            whole.push_back(static_cast<std::int64_t>(v * 1e6));
            x.push_back(random_unit(random) < of_nan ? nan_value : v);
            bool const missing = gaps && random_unit(random) < 0.1;
            if (missing) valid[i / 64] &= ~(std::uint64_t{1} << (i % 64));
            if (!missing && x.back() == x.back()) sorted.push_back(v);
            if (!missing) sorted_whole.push_back(whole.back());
        }
        std::sort(sorted.begin(), sorted.end());
        std::sort(sorted_whole.begin(), sorted_whole.end());
        std::vector<std::size_t> ranks;
        for (std::size_t k = 0; k <= 20; ++k)
            ranks.push_back(k * (sorted.size() - 1) / 20);
        for (auto const level : levels()) {
            auto const found = order_statistics(x, valid.data(), ranks, level);
            auto const found_whole = order_statistics(whole, valid.data(), ranks, level);
            for (std::size_t i = 0; i < ranks.size(); ++i) {
                REQUIRE(found[i] == sorted[ranks[i]]);
                REQUIRE(found_whole[i] == sorted_whole[ranks[i]]);
            }
            auto const edges = quantile_edges(x, valid.data(), 5, {}, level);
            REQUIRE(edges.count == sorted.size());
            REQUIRE(edges.minimum == sorted.front());
            REQUIRE(edges.maximum == sorted.back());
        }
    }
}

TEST_CASE("the largest integer there can be stays below edges above it", "[quantile]") {
    constexpr auto largest = std::numeric_limits<std::int64_t>::max();
    std::vector<std::int64_t> const x(3, largest);
    for (auto const level : levels()) {
        // the middle rank 2 does not lie above the borders 1 and 2 of ranks
        auto const edges = midrank_edges(x, nullptr, 3, {quantile_type::type_1}, level);
        std::vector<std::uint8_t> codes(x.size());
        bin_codes(x, nullptr, edges, codes, level);
        CHECK(codes == std::vector<std::uint8_t>(3, 1));
        CHECK(bin_code(largest, edges) == 1);
        CHECK(bin_code(largest - 1, edges) == 0);
        // an edge between two integers, moved by the offset to half a unit above all that fits
        std::vector<std::int64_t> const y{largest - 2, largest - 1, largest};
        std::vector<std::uint8_t> codes_of_y(y.size());
        auto const moved = quantile_edges(y, nullptr, 2, {quantile_type::type_4, closed_side::left, 1}, level);
        REQUIRE(moved.inner[0] == exact_edge{largest - 1, 1, 2});
        auto const above = quantile_edges(y, nullptr, 2, {quantile_type::type_4, closed_side::left, 2}, level);
        REQUIRE(above.inner[0] == exact_edge{largest, 1, 2});
        bin_codes(y, nullptr, moved, codes_of_y, level);
        CHECK(codes_of_y == std::vector<std::uint8_t>{0, 0, 1});
        bin_codes(y, nullptr, above, codes_of_y, level);
        CHECK(codes_of_y == std::vector<std::uint8_t>{0, 0, 0});
        CHECK(bin_code(largest, above) == 0);
    }
}

TEST_CASE("bins out of range and empty columns", "[quantile]") {
    std::vector<double> const x{1, 2, 3};
    for (std::size_t const bins : {0U, 1U, 101U}) {
        try {
            (void)quantile_edges(x, nullptr, bins);
            FAIL("accepted " << bins);
        } catch (issue_error const& e) {
            CHECK(e.issues().contains("quantile.bins"));
            CHECK_THAT(e.what(), Catch::Matchers::ContainsSubstring("2 to 100"));
        }
    }
    auto const none = quantile_edges(std::vector{nan_value, nan_value}, nullptr, 5);
    CHECK(none.count == 0);
    CHECK(none.inner.empty());
    std::vector<std::uint8_t> codes(3, 0);
    CHECK_THROWS_AS(rank_first_codes(x, nullptr, {}, 5, {quantile_type::type_7, closed_side::right, 1}, codes),
                    issue_error);
    CHECK_THROWS_AS(midrank_edges(x, nullptr, 5, {quantile_type::type_7, closed_side::right, 1}), issue_error);
    CHECK(bin_sizes(std::vector<std::uint8_t>{0, 1, 1, 255, 4, 4, 4}, 5) == std::vector<std::size_t>{1, 2, 0, 0, 3});
}
