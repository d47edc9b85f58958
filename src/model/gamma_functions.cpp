// SPDX-License-Identifier: Apache-2.0
#include "model/gamma_functions.hpp"

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {

double hypergeometric_one(double b, double c, double z) noexcept {
    // 1 / (1 + d1 z / (1 + d2 z / (1 + ...)))
    auto const coefficient = [&](std::size_t n) {
        auto const k = static_cast<double>(n / 2);
        if (n % 2 == 1) return -(b + k) * (c - 1 + k) / ((c + 2 * k - 1) * (c + 2 * k));
        return -k * (c - b + k - 1) / ((c + 2 * k - 2) * (c + 2 * k - 1));
    };
    double const tiny = std::numeric_limits<double>::min() * 1e10;
    double fraction = 1;
    double above = 1;
    double below = 0;
    for (std::size_t n = 1; n < 10'000'000; ++n) {
        // b + 0 at n = 1 with c = 1 would be 0 / 0; c > b > 0 and the sum starts with -b / c
        double const d = (n == 1 ? -b / c : coefficient(n)) * z;
        below = 1 + d * below;
        if (below == 0) below = tiny;
        above = 1 + d / above;
        if (above == 0) above = tiny;
        below = 1 / below;
        double const change = above * below;
        fraction *= change;
        if (std::abs(change - 1) < 4 * std::numeric_limits<double>::epsilon()) break;
    }
    return 1 / fraction;
}

rising_factorial rise(double r, double from, double to) {
    constexpr double few = 64;
    if (to - from > few) {
        return {log_gamma_function(r + to) - log_gamma_function(r + from),
                digamma_function(r + to) - digamma_function(r + from),
                trigamma_function(r + to) - trigamma_function(r + from)};
    }
    rising_factorial out;
    for (double k = from; k < to; ++k) {
        double const inverse = 1 / (r + k);
        out.sum += std::log(r + k);
        out.first += inverse;
        out.second -= inverse * inverse;
    }
    return out;
}

rising_factorials::rising_factorials(std::vector<std::pair<double, double>> const& counts) {
    double from = 0;
    for (auto const& [x, weight] : counts) {
        if (x > from) steps_.push_back({from, x, 0});
        if (x > from) from = x;
    }
    double tail = 0;
    std::size_t at = counts.size();
    for (std::size_t i = steps_.size(); i-- > 0;) {
        while (at > 0 && counts[at - 1].first >= steps_[i].to)
            tail += counts[--at].second;
        steps_[i].weight = tail;
    }
}

rising_factorial rising_factorials::at(double r) const {
    rising_factorial out;
    for (step const& s : steps_) {
        auto const part = rise(r, s.from, s.to);
        out.sum += s.weight * part.sum;
        out.first += s.weight * part.first;
        out.second += s.weight * part.second;
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
