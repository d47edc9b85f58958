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

rising_factorials::value rising_factorials::at(double r) const {
    constexpr double few = 64;
    value out;
    for (step const& s : steps_) {
        value part;
        if (s.to - s.from > few) {
            part = {log_gamma_function(r + s.to) - log_gamma_function(r + s.from),
                    digamma_function(r + s.to) - digamma_function(r + s.from),
                    trigamma_function(r + s.to) - trigamma_function(r + s.from)};
        } else {
            for (double k = s.from; k < s.to; ++k) {
                double const inverse = 1 / (r + k);
                part.sum += std::log(r + k);
                part.first += inverse;
                part.second -= inverse * inverse;
            }
        }
        out.sum += s.weight * part.sum;
        out.first += s.weight * part.first;
        out.second += s.weight * part.second;
    }
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
