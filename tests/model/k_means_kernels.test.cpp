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
    std::vector<std::uint32_t> numbers;

    tile_of_chance(std::size_t r, std::size_t f, std::size_t k, std::uint64_t seed)
        : rows(r), features(f), clusters(k), x(stride * f), c(k * f), half(k), numbers(k) {
        std::iota(numbers.begin(), numbers.end(), 0U);
        random_generator random(seed);
        for (float& v : x)
            v = static_cast<float>(random_uniform(random, -1, 1));
        for (std::size_t i = 0; i < c.size(); ++i) {
            c[i] = static_cast<float>(random_uniform(random, -1, 1));
            half[i / f] += c[i] * c[i] / 2;
        }
    }
    [[nodiscard]] float_tile tile() const { return {x.data(), stride, rows, features}; }
    [[nodiscard]] float_centres centres() const { return {c.data(), half.data(), numbers.data(), clusters}; }
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
        for (std::uint32_t const step : {1U, 3U, 50U}) { // every so many groups
            std::vector<float> const wanted = [step] {
                std::vector<float> out(56, 1);
                for (std::size_t g = 0; g < 51; g += step)
                    out[g] = 0;
                return out;
            }();
            for (auto const level : levels()) {
                auto const& kernels = k_means_kernels_for(level);
                std::vector<std::uint32_t> list(51 + 15);
                auto const listed = kernels.select(wanted.data(), 51, 0, list.data());
                REQUIRE(listed == (51 + step - 1) / step);
                std::vector<std::uint32_t> found(of.rows);
                std::vector<std::uint32_t> events(of.rows);
                std::vector<float> reach(56, -5);
                std::vector<float> room(16 * features);
                auto const count = kernels.nearest(of.tile(), {list.data(), listed}, of.centres(), {1e-5F, 1e-5F}, 2,
                                                   {labels.data(), events.data(), found.data(), reach.data(),
                                                    room.data()});
                std::size_t wrong = 0;
                std::size_t event = 0;
                for (std::uint32_t g = 0; g < 51; ++g) {
                    if (g % step != 0) {
                        wrong += reach[g] != -5 ? 1 : 0;
                        continue;
                    }
                    double lead = INFINITY;
                    for (std::uint32_t i = g * 2; i < std::min<std::size_t>(g * 2 + 2, of.rows); ++i) {
                        auto distances = of.distances(i);
                        auto const best = static_cast<std::uint32_t>(
                            std::min_element(distances.begin(), distances.end()) - distances.begin());
                        std::sort(distances.begin(), distances.end());
                        if (distances.size() > 1) lead = std::min(lead, distances[1] - distances[0]);
                        if (event < count && events[event] == i) {
                            auto const answer = found[event++];
                            wrong += answer == labels[i] || ((answer & doubtful_label) == 0 && answer != best) ? 1 : 0;
                        } else {
                            wrong += best != labels[i] ? 1 : 0;
                        }
                    }
                    // the bound is one, and not much less; behind the end there is a row of chance
                    wrong += static_cast<double>(reach[g]) > 2 + lead ? 1 : 0;
                    bool const close = std::isinf(lead) ? std::isinf(reach[g]) : static_cast<double>(reach[g]) >= 2 + lead - 0.01;
                    wrong += g < 50 && !close ? 1 : 0;
                }
                INFO("features " << features << ", step " << step << ", " << to_string(level));
                CHECK(wrong == 0);
                CHECK(event == count);
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
            std::vector<std::uint32_t> list(groups + 15);
            auto const count = k_means_kernels_for(level).select(reach.data(), groups, 2, list.data());
            for (std::size_t i = 0; i < 7 && count > 0; ++i)
                CHECK(list[count + i] == list[count - 1]);
            list.resize(count);
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
