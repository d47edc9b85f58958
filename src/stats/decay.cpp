// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/decay.hpp>

#include <segmenta/stats/exact_sum.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

bool usable(std::span<double const> amounts, std::span<double const> ages, double half_life) {
    if (amounts.size() != ages.size() || !(half_life > 0)) return false;
    return std::all_of(ages.begin(), ages.end(), [](double age) { return age >= 0; });
}

} // namespace

double decayed_sum(std::span<double const> amounts, std::span<double const> ages, double half_life) noexcept {
    if (!usable(amounts, ages, half_life)) return nan;
    exact_sum sum;
    for (std::size_t i = 0; i < ages.size(); ++i)
        sum.add(amounts[i] * std::exp2(-ages[i] / half_life));
    return sum.value();
}

double log2_decayed_sum(std::span<double const> amounts, std::span<double const> ages, double half_life) noexcept {
    if (!usable(amounts, ages, half_life)) return nan;
    double youngest = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < ages.size(); ++i) {
        if (!(amounts[i] >= 0)) return nan;
        if (amounts[i] > 0) youngest = std::min(youngest, ages[i]);
    }
    if (std::isinf(youngest)) return -std::numeric_limits<double>::infinity();
    exact_sum sum;
    for (std::size_t i = 0; i < ages.size(); ++i)
        if (amounts[i] > 0) sum.add(amounts[i] * std::exp2((youngest - ages[i]) / half_life));
    return std::log2(sum.value()) - youngest / half_life;
}

} // namespace v0
} // namespace segmenta
