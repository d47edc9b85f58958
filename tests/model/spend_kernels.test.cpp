// SPDX-License-Identifier: Apache-2.0
#include "model/spend_kernels.hpp"

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>

#include <cmath>
#include <vector>

using namespace segmenta;

TEST_CASE("spend kernels: sums are those of plain loops, on each instruction set, whatever the rest of a vector") {
    std::uint64_t const seed = 41;
    CAPTURE(seed);
    random_generator random(seed);
    for (std::size_t const n : {0u, 1u, 3u, 4u, 7u, 1000u}) {
        std::vector<double> total, weight, x_weight;
        for (std::size_t i = 0; i < n; ++i) {
            total.push_back(std::exp(random_uniform(random, -30, 30)));
            weight.push_back(std::floor(random_uniform(random, 1, 4)));
            x_weight.push_back(weight.back() * std::floor(random_uniform(random, 1, 9)));
        }
        for (double const v : {1e-9, 15.4, 1e9}) {
            detail::spend_sums plain;
            for (std::size_t i = 0; i < n; ++i) {
                double const sum = total[i] + v;
                plain.add({weight[i] * std::log(sum), x_weight[i] * std::log(sum), weight[i] / sum, x_weight[i] / sum,
                           weight[i] / sum / sum, x_weight[i] / sum / sum});
            }
            for (cpu_level const level : {cpu_level::sse2, cpu_level::avx2}) {
                if (level > detect_cpu_level()) continue;
                detail::spend_sums sums;
                detail::spend_kernel_for(level)({total.data(), weight.data(), x_weight.data(), n}, v, sums);
                CAPTURE(n, v);
                using Catch::Approx;
                CHECK(sums.log == Approx(plain.log).epsilon(1e-12).margin(1e-10));
                CHECK(sums.x_log == Approx(plain.x_log).epsilon(1e-12).margin(1e-10));
                CHECK(sums.inverse == Approx(plain.inverse).epsilon(1e-12));
                CHECK(sums.x_inverse == Approx(plain.x_inverse).epsilon(1e-12));
                CHECK(sums.square == Approx(plain.square).epsilon(1e-12));
                CHECK(sums.x_square == Approx(plain.x_square).epsilon(1e-12));
            }
        }
    }
}
