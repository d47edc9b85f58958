// SPDX-License-Identifier: Apache-2.0
#include "model/spend_moments.hpp"

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <cmath>
#include <vector>

using namespace segmenta;

TEST_CASE("spend moments: mean and correlation are those of plain sums, by any number of threads") {
    std::uint64_t const seed = 51;
    CAPTURE(seed);
    random_generator random(seed);
    for (std::size_t const n : {2u, 100u, 16384u, 50'001u}) {
        std::vector<spend_statistics::row> rows;
        long double w = 0, x = 0, m = 0, xx = 0, mm = 0, xm = 0;
        for (std::size_t i = 0; i < n; ++i) {
            double const repeats = 1 + static_cast<double>(random_below(random, 9));
            rows.push_back({repeats, repeats + std::exp(random_uniform(random, -1, 3)), 1 + static_cast<double>(i % 3)});
            auto const& r = rows.back();
            w += r.weight;
            x += r.weight * r.repeats;
            m += r.weight * r.mean;
            xx += r.weight * r.repeats * r.repeats;
            mm += r.weight * r.mean * r.mean;
            xm += r.weight * r.repeats * r.mean;
        }
        thread_team alone(1);
        thread_team team(3);
        detail::spend_moments const one(rows, static_cast<double>(w), alone);
        detail::spend_moments const three(rows, static_cast<double>(w), team);
        CHECK(three.mean_amount() == one.mean_amount());
        CHECK((three.correlation() == one.correlation() || (std::isnan(one.correlation()) && n == 2)));
        CHECK(one.mean_amount() == Catch::Approx(static_cast<double>(m / w)).epsilon(1e-13));
        long double const plain =
            (xm - x * m / w) / std::sqrt((xx - x * x / w) * (mm - m * m / w));
        if (n > 2) CHECK(one.correlation() == Catch::Approx(static_cast<double>(plain)).epsilon(1e-10));
    }
    std::vector<spend_statistics::row> const alike{{2, 10, 5}};
    thread_team alone(1);
    CHECK(std::isnan(detail::spend_moments(alike, 5, alone).correlation()));
}
