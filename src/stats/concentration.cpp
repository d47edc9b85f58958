// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/concentration.hpp>

#include <segmenta/error.hpp>
#include <segmenta/stats/exact_sum.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

} // namespace

concentration::concentration(std::span<double const> amounts) {
    std::vector<double> sorted;
    sorted.reserve(amounts.size());
    for (double const a : amounts) {
        if (a != a) continue;
        if (a < 0 || std::isinf(a))
            throw issue_error("concentration.negative", "amounts", "shares need amounts of zero or more",
                              std::to_string(a), "finite amounts >= 0",
                              "Leave customers with net refunds out, or use gross amounts");
        sorted.push_back(a);
    }
    std::sort(sorted.begin(), sorted.end(), std::greater<>{});

    // Gini = sum of (n + 1 - 2 rank from the top) x / (n total); the weights are whole, so only the products round
    double const n = static_cast<double>(sorted.size());
    exact_sum sum;
    exact_sum weighted;
    cumulative_.reserve(sorted.size());
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        sum.add(sorted[i]);
        cumulative_.push_back(0);
        weighted.add((n - 1 - 2 * static_cast<double>(i)) * sorted[i]);
    }
    // running sums with an error term: every prefix is good to the last digits
    double running = 0;
    double error = 0;
    for (std::size_t i = 0; i < sorted.size(); ++i) {
        double const next = running + sorted[i];
        error += running >= sorted[i] ? (running - next) + sorted[i] : (sorted[i] - next) + running;
        running = next;
        cumulative_[i] = running + error;
    }
    if (!cumulative_.empty()) cumulative_.back() = sum.value();
    gini_ = total() > 0 ? weighted.value() / (n * total()) : nan;
}

double concentration::share_of_top(std::size_t customers) const noexcept {
    if (!(total() > 0)) return nan;
    if (customers == 0) return 0;
    return cumulative_[std::min(customers, count()) - 1] / total();
}

double concentration::share_of_top_fraction(double fraction) const noexcept {
    if (!(fraction >= 0 && fraction <= 1)) return nan;
    return share_of_top(static_cast<std::size_t>(std::floor(fraction * static_cast<double>(count()))));
}

std::size_t concentration::customers_for_share(double share) const noexcept {
    if (!(total() > 0)) return 0;
    double const wanted = share * total();
    auto const at = std::lower_bound(cumulative_.begin(), cumulative_.end(), wanted);
    return static_cast<std::size_t>(at - cumulative_.begin()) + (at == cumulative_.end() ? 0 : 1);
}

std::vector<double> concentration::group_shares(std::size_t parts) const {
    std::vector<double> shares;
    std::size_t begin = 0;
    for (std::size_t part = 0; part < parts; ++part) {
        std::size_t const end = begin + count() / parts + (part < count() % parts ? 1 : 0);
        double const before = begin == 0 ? 0 : cumulative_[begin - 1];
        double const after = end == 0 ? 0 : cumulative_[end - 1];
        shares.push_back(total() > 0 ? (after - before) / total() : nan);
        begin = end;
    }
    return shares;
}

} // namespace v0
} // namespace segmenta
