// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_kernels.hpp"

#include <segmenta/base/random.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace segmenta;
using namespace segmenta::detail;

namespace {

std::vector<cpu_level> levels() { return {cpu_level::sse2, usable_cpu_level(cpu_level::avx2)}; }

struct tile_of_chance {
    std::size_t rows, features, clusters;
    std::size_t stride = 120;
    std::vector<float> x, c, half;

    tile_of_chance(std::size_t r, std::size_t f, std::size_t k, std::uint64_t seed)
        : rows(r), features(f), clusters(k), x(stride * f), c(k * f), half(k) {
        random_generator random(seed);
        for (float& v : x)
            v = static_cast<float>(random_uniform(random, -1, 1));
        for (std::size_t i = 0; i < c.size(); ++i) {
            c[i] = static_cast<float>(random_uniform(random, -1, 1));
            half[i / f] += c[i] * c[i] / 2;
        }
    }
    [[nodiscard]] float_tile tile() const { return {x.data(), stride, rows, features}; }
    [[nodiscard]] float_centres centres() const { return {c.data(), half.data(), clusters}; }
    [[nodiscard]] double distance(std::size_t row, std::size_t cluster) const {
        double sum = 0;
        for (std::size_t f = 0; f < features; ++f)
            sum += std::pow(static_cast<double>(x[f * stride + row]) - static_cast<double>(c[cluster * features + f]), 2);
        return std::sqrt(sum);
    }
    [[nodiscard]] std::vector<double> distances(std::size_t row) const {
        std::vector<double> out;
        for (std::size_t k = 0; k < clusters; ++k)
            out.push_back(distance(row, k));
        return out;
    }
};

} // namespace

TEST_CASE("k-means kernels: the nearest centre is found or doubted, on all instruction sets, in the listed groups alone") {
    for (std::size_t features = 1; features <= 9; ++features) {
        tile_of_chance const of(101, features, 1 + features % 5, 11 + features);
        std::vector<std::uint32_t> const labels(112, 0);
        for (auto const& groups : {std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12},
                                   std::vector<std::uint32_t>{3}, std::vector<std::uint32_t>{0, 7, 12}}) {
            for (auto const level : levels()) {
                std::vector<std::uint32_t> found(112, 77);
                std::vector<std::uint32_t> events(of.rows);
                std::vector<float> reach(14, -5);
                auto const count = k_means_kernels_for(level).nearest(
                    of.tile(), groups, of.centres(), {1e-5F, 1e-5F}, 2,
                    {labels.data(), found.data(), events.data(), reach.data()});
                std::vector<std::uint32_t> expected_events;
                std::size_t wrong = 0;
                for (std::uint32_t g = 0; g < 13; ++g) {
                    bool const listed = std::find(groups.begin(), groups.end(), g) != groups.end();
                    double lead = INFINITY;
                    for (std::uint32_t i = g * 8; i < std::min<std::size_t>(g * 8 + 8, of.rows); ++i) {
                        if (!listed && found[i] != 77) ++wrong;
                        if (!listed) continue;
                        auto distances = of.distances(i);
                        auto const best = std::min_element(distances.begin(), distances.end()) - distances.begin();
                        bool const doubtful = (found[i] & doubtful_label) != 0;
                        if (!doubtful && found[i] != static_cast<std::uint32_t>(best)) ++wrong;
                        if (found[i] != labels[i]) expected_events.push_back(i);
                        std::sort(distances.begin(), distances.end());
                        if (distances.size() > 1) lead = std::min(lead, distances[1] - distances[0]);
                    }
                    // the bound is one, and not much less; behind the end there are rows of chance
                    if (!listed && reach[g] != -5) ++wrong;
                    if (listed && static_cast<double>(reach[g]) > 2 + lead) ++wrong;
                    if (listed && g < 12 && of.clusters > 1 && static_cast<double>(reach[g]) < 2 + lead - 0.01) ++wrong;
                    if (listed && of.clusters == 1 && !std::isinf(reach[g])) ++wrong;
                }
                events.resize(count);
                INFO("features " << features << ", " << to_string(level));
                CHECK(wrong == 0);
                CHECK(events == expected_events);
            }
        }
    }
}

TEST_CASE("k-means kernels: groups whose reach is at the limit or below are listed in order") {
    random_generator random(5);
    for (std::size_t groups = 1; groups <= 40; ++groups) {
        std::vector<float> reach(groups + 8, -1.0F);
        for (std::size_t g = 0; g < groups; ++g)
            reach[g] = static_cast<float>(random_below(random, 5));
        std::vector<std::uint32_t> expected;
        for (std::uint32_t g = 0; g < groups; ++g)
            if (reach[g] <= 2) expected.push_back(g);
        for (auto const level : levels()) {
            std::vector<std::uint32_t> list(groups + 8);
            list.resize(k_means_kernels_for(level).select(reach.data(), groups, 2, list.data()));
            CHECK(list == expected);
        }
    }
}

TEST_CASE("k-means kernels: squared distances to the nearest chosen row and their sum are the same bits everywhere") {
    for (std::size_t const rows : {1U, 7U, 8U, 9U, 16U, 17U, 100U}) {
        tile_of_chance const of(rows, 3, 1, rows);
        std::vector<float> before(112, 0.5F);
        std::vector<float> expected(112);
        double lanes[8] = {};
        for (std::size_t i = 0; i < rows; ++i) {
            for (std::size_t f = 0; f < 3; ++f) {
                float const gap = of.x[f * of.stride + i] - of.c[f];
                expected[i] += gap * gap;
            }
            expected[i] = std::min(expected[i], 0.5F);
            lanes[i % 8] += static_cast<double>(expected[i]);
        }
        double const sum = std::accumulate(lanes, lanes + 8, 0.0);
        for (auto const level : levels()) {
            std::vector<float> out(112, 9);
            CHECK(k_means_kernels_for(level).nearer(of.tile(), of.c.data(), before.data(), out.data()) == sum);
            std::size_t const written = (rows + 15) / 16 * 16;
            CHECK(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(written), expected.begin()));
        }
    }
}
