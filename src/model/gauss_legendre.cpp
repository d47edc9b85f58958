// SPDX-License-Identifier: Apache-2.0
#include "model/gauss_legendre.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// No memory is asked for: the first call may come from where nothing may be thrown.
struct stored_rule {
    std::array<double, gauss_legendre_sizes.back()> nodes, weights;
    std::size_t size;
};

struct legendre_value {
    double value;
    double slope;
};

// P_n and its derivative by the three-term recurrence (DLMF 18.9.1, 18.9.17).
legendre_value legendre(std::size_t n, double x) noexcept {
    double before = 1;
    double at = x;
    for (std::size_t k = 2; k <= n; ++k) {
        auto const order = static_cast<double>(k);
        double const next = ((2 * order - 1) * x * at - (order - 1) * before) / order;
        before = at;
        at = next;
    }
    return {at, static_cast<double>(n) * (x * at - before) / (x * x - 1)};
}

// Newton's method from the asymptotic zeros (DLMF 18.16.5); quadratic, so a handful of steps reaches the last bit.
stored_rule make_rule(std::size_t n) noexcept {
    stored_rule out{};
    out.size = n;
    for (std::size_t i = 0; i < n; ++i) {
        double x = -std::cos(std::numbers::pi * (static_cast<double>(i) + 0.75) / (static_cast<double>(n) + 0.5));
        for (int step = 0; step < 8; ++step) {
            auto const p = legendre(n, x);
            x -= p.value / p.slope;
        }
        double const slope = legendre(n, x).slope;
        out.nodes[i] = (1 + x) / 2;
        out.weights[i] = 1 / ((1 - x * x) * slope * slope);
    }
    return out;
}

std::array<stored_rule, gauss_legendre_sizes.size()> make_rules() noexcept {
    std::array<stored_rule, gauss_legendre_sizes.size()> out{};
    std::transform(gauss_legendre_sizes.begin(), gauss_legendre_sizes.end(), out.begin(), make_rule);
    return out;
}

} // namespace

quadrature_rule gauss_legendre(std::size_t nodes) noexcept {
    static auto const rules = make_rules();
    std::size_t i = 0;
    while (i + 1 < rules.size() && gauss_legendre_sizes[i] < nodes)
        ++i;
    return {std::span(rules[i].nodes).first(rules[i].size), std::span(rules[i].weights).first(rules[i].size)};
}

} // namespace detail
} // namespace v0
} // namespace segmenta
