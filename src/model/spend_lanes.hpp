// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_SPEND_LANES_HPP
#define SEGMENTA_MODEL_SPEND_LANES_HPP

#include "model/spend_kernels.hpp"
#include "model/vector_lanes.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

template <class Set>
void sum_spend(spend_rows const& rows, double v, spend_sums& sums) {
    using l = lanes<Set>;
    using vector = typename Set::vector;
    vector log{}, x_log{}, inverse{}, x_inverse{}, square{}, x_square{};
    auto const add = [&](vector total, vector w, vector xw) {
        vector const sum = total + v;
        vector const log_sum = l::log(sum);
        vector const one = 1.0 / sum;
        vector const two = one * one;
        log = l::fma(w, log_sum, log);
        x_log = l::fma(xw, log_sum, x_log);
        inverse = l::fma(w, one, inverse);
        x_inverse = l::fma(xw, one, x_inverse);
        square = l::fma(w, two, square);
        x_square = l::fma(xw, two, x_square);
    };
    std::size_t i = 0;
    for (; i + l::width <= rows.n; i += l::width)
        add(l::load(rows.total + i), l::load(rows.weight + i), l::load(rows.x_weight + i));
    if (i < rows.n) { // what is missing in the last vector has no weight
        vector total = l::all(1);
        vector w{};
        vector xw{};
        for (std::size_t j = 0; i + j < rows.n; ++j) {
            total[j] = rows.total[i + j];
            w[j] = rows.weight[i + j];
            xw[j] = rows.x_weight[i + j];
        }
        add(total, w, xw);
    }
    sums = {l::total(log),       l::total(x_log),  l::total(inverse),
            l::total(x_inverse), l::total(square), l::total(x_square)};
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
