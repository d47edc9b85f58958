// SPDX-License-Identifier: Apache-2.0
#include "model/row_block.hpp"

#include "model/cluster_data.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <cmath>
#include <limits>

using namespace segmenta;

TEST_CASE("row block: the nearest of one customer after the other, to the last bit, ties to the lower number") {
    constexpr std::size_t rows = 601; // two blocks and an odd rest
    constexpr std::size_t centres = 5;
    random_generator random(3);
    std::vector<std::vector<double>> numbers(3, std::vector<double>(rows));
    std::vector<std::vector<std::uint32_t>> categories(2, std::vector<std::uint32_t>(rows));
    for (auto& column : numbers)
        for (double& v : column)
            v = static_cast<double>(random_below(random, 4)) / 3; // many ties
    for (auto& column : categories)
        for (auto& c : column)
            c = random_bernoulli(random, 0.1) ? missing_category : static_cast<std::uint32_t>(random_below(random, 3));
    std::vector<double> means(centres * 3);
    std::vector<std::uint32_t> modes(centres * 2);
    for (double& m : means)
        m = static_cast<double>(random_below(random, 4)) / 3;
    for (auto& m : modes)
        m = static_cast<std::uint32_t>(random_below(random, 3));
    double const gamma = 0.1;
    auto const x = as_columns(numbers);
    auto const c = as_categories(categories);
    std::size_t seen = 0;
    detail::for_row_blocks(0, rows, [&](detail::row_block& block, std::size_t first) {
        REQUIRE(first == seen);
        for (std::uint32_t p = 0; p < centres; ++p) {
            block.measure(x, means.data() + p * 3);
            block.measure(c, modes.data() + p * 2, gamma);
            block.offer(p);
        }
        for (std::size_t i = 0; i < block.size(); ++i, ++seen) {
            std::uint32_t best = 0;
            double lowest = std::numeric_limits<double>::infinity();
            auto const customer = detail::row_of<double>(x, seen);
            for (std::uint32_t p = 0; p < centres; ++p) {
                double const different = (categories[0][seen] != modes[p * 2] ? 1.0 : 0.0) +
                                         (categories[1][seen] != modes[p * 2 + 1] ? 1.0 : 0.0);
                double const here =
                    detail::squared_distance(customer.data(), means.data() + p * 3, 3) + gamma * different;
                if (here < lowest) {
                    lowest = here;
                    best = p;
                }
            }
            REQUIRE(block.centre(i) == best);
            REQUIRE(block.distance(i) == lowest);
        }
    });
    CHECK(seen == rows);
}

TEST_CASE("row block: a distance of NaN or infinity is no distance") {
    std::vector<std::vector<double>> const numbers{
        {std::nan(""), 1e200, 1, std::numeric_limits<double>::infinity(), 2}};
    double const centre = 1;
    detail::row_block block(0, 100);
    REQUIRE(block.size() == 100); // as many as asked for: the caller knows how many there are
    detail::row_block five(0, 5);
    five.measure(as_columns(numbers), &centre);
    five.offer(7);
    std::vector<std::uint32_t> labels;
    for (std::size_t i = 0; i < five.size(); ++i)
        labels.push_back(five.centre(i));
    auto const none = detail::row_block::no_centre;
    CHECK(labels == std::vector<std::uint32_t>{none, none, 7, none, 7});
    CHECK(five.distance(4) == 1);
}
