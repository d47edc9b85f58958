// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_LOG_SHARES_HPP
#define SEGMENTA_MODEL_LOG_SHARES_HPP

#include <algorithm>
#include <cmath>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

// Replaces logarithms, not all of them minus infinity, by shares that sum to 1; the logarithm of their sum.
inline double shares_of_logs(std::span<double> logs) noexcept {
    double const highest = *std::max_element(logs.begin(), logs.end());
    double sum = 0;
    for (double& l : logs)
        sum += (l = std::exp(l - highest));
    for (double& l : logs)
        l /= sum;
    return highest + std::log(sum);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
