// SPDX-License-Identifier: Apache-2.0
#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/stats/knee.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

using namespace segmenta;

TEST_CASE("Kneedle finds the knee of the paper's figure 2", "[knee]") {
    // kneed's DataGenerator.figure2: y = 5 - 1 / (x + 0.1), printed with three decimals; its documented knee is 0.222
    std::vector<double> x;
    std::vector<double> y;
    for (int i = 0; i < 10; ++i) {
        x.push_back(i / 9.0);
        y.push_back(5 - 1 / (x.back() + 0.1));
    }
    auto const knee = find_knee(x, y);
    REQUIRE(knee);
    CHECK(knee->index == 2);
    CHECK(knee->x == Catch::Approx(0.222).margin(5e-4));
    CHECK(knee->y == Catch::Approx(1.897).margin(5e-4));

    SECTION("also from rounded input") {
        std::vector<double> const rounded_x{0, .111, .222, .333, .444, .555, .666, .777, .888, .999};
        std::vector<double> const rounded_y{-5, .263, 1.897, 2.692, 3.163, 3.475, 3.696, 3.861, 3.989, 4.091};
        CHECK(find_knee(rounded_x, rounded_y)->x == .222);
    }
    SECTION("all four shapes are mirror images") {
        std::vector<double> down(y.rbegin(), y.rend());
        CHECK(find_knee(x, down, {1, curve_shape::concave, curve_direction::decreasing})->index == 7);
        std::vector<double> convex_down;
        for (double const v : y)
            convex_down.push_back(-v);
        CHECK(find_knee(x, convex_down, {1, curve_shape::convex, curve_direction::decreasing})->index == 2);
        std::vector<double> convex_up(convex_down.rbegin(), convex_down.rend());
        CHECK(find_knee(x, convex_up, {1, curve_shape::convex, curve_direction::increasing})->index == 7);
    }
}

TEST_CASE("no knee where there is none", "[knee]") {
    std::vector<double> const x{0, 1, 2, 3};
    CHECK_FALSE(find_knee(x, std::vector<double>{5, 5, 5, 5}));
    CHECK_FALSE(find_knee(x, std::vector<double>{0, 1, 2, std::nan("")}));
    CHECK_FALSE(find_knee(std::vector<double>{0, 0, 1}, std::vector<double>{0, 1, 2}));
    CHECK_FALSE(find_knee(std::vector<double>{0, 1}, std::vector<double>{0, 1}));
    CHECK_FALSE(find_knee(x, std::vector<double>{0, 1, 2}));
}

TEST_CASE("the return-rate curve counts who came back", "[knee]") {
    random_generator random(4);
    std::vector<silence> customers;
    for (int i = 0; i < 500; ++i)
        customers.push_back(
            {random_integer(random, 0, 200) * random_integer(random, 0, 1), random_integer(random, 0, 250)});
    auto const curve = return_rate_curve(customers, 7, 30);
    REQUIRE(curve.size() == 30);
    for (std::size_t i = 0; i < curve.size(); ++i) {
        auto const days = static_cast<std::int64_t>(i + 1) * 7;
        CHECK(curve[i].days == days);
        auto const returned =
            std::count_if(customers.begin(), customers.end(), [&](auto c) { return c.longest_gap >= days; });
        // the three classes of the definition: single and silent, several and silent, several and not silent but once
        auto const ever = std::count_if(customers.begin(), customers.end(), [&](auto c) {
            bool const single = c.longest_gap == 0;
            return (single && c.current >= days) || (!single && c.current >= days) ||
                   (!single && c.current < days && c.longest_gap >= days);
        });
        CHECK(curve[i].returned == static_cast<std::uint64_t>(returned));
        CHECK(curve[i].silent == static_cast<std::uint64_t>(ever));
    }
    CHECK(return_rate_curve(customers, 0, 30).empty());
    CHECK(std::isnan(return_rate_curve({}, 7, 1)[0].rate()));
}

TEST_CASE("the churn knee needs customers and a bend", "[knee]") {
    std::vector<return_rate> curve;
    for (int i = 1; i <= 20; ++i) {
        auto const rate = 0.05 + 0.9 * std::exp(-i / 2.0);
        curve.push_back({i * 7, static_cast<std::uint64_t>(1000 * rate), 1000});
    }
    auto const knee = find_churn_knee(curve);
    REQUIRE(knee);
    CHECK(knee->days >= 28);
    CHECK(knee->days <= 49);
    SECTION("thin points are left out, bumps are smoothed") {
        auto bumpy = curve;
        bumpy.push_back({147, 9, 10}); // ten customers say 0.9
        std::swap(bumpy[10].returned, bumpy[11].returned);
        CHECK(find_churn_knee(bumpy)->days == knee->days);
    }
    SECTION("ten customers have no knee") {
        // the shares of a ten-customer example, not monotone
        std::vector<return_rate> const few{{7, 5, 9}, {14, 3, 7}, {21, 1, 5}, {28, 1, 5}, {35, 1, 3}};
        CHECK_FALSE(find_churn_knee(few));
        CHECK(find_churn_knee(few, {1, 1}));
    }
}
