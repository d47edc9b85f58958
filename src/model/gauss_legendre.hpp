// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_GAUSS_LEGENDRE_HPP
#define SEGMENTA_MODEL_GAUSS_LEGENDRE_HPP

// Gauss-Legendre rules on [0, 1]: an integral over [0, w] of f is w times the sum of weights[i] * f(w * nodes[i]).
// Boost's own rules fix the number of nodes at compile time and refine a rule by throwing it away; here a caller picks
// the size for each integrand.

#include <array>
#include <cstddef>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct quadrature_rule {
    std::span<double const> nodes;   // ascending, inside (0, 1)
    std::span<double const> weights; // positive, sum 1
};

// The sizes that are kept. All from 8 on are whole groups of four, for kernels that take four nodes at once.
inline constexpr std::array<std::size_t, 8> gauss_legendre_sizes{6, 8, 12, 16, 24, 32, 48, 64};

// The smallest kept rule with at least `nodes` nodes, or the largest. Views of constant tables, made at the first call.
quadrature_rule gauss_legendre(std::size_t nodes) noexcept;

// Integral of a smooth function over [low, high], cut into `panels` of 24 nodes each.
template <class Function>
double integrate_smooth(double low, double high, std::size_t panels, Function const& function) noexcept {
    auto const rule = gauss_legendre(24);
    double const width = (high - low) / static_cast<double>(panels);
    double sum = 0;
    for (std::size_t panel = 0; panel < panels; ++panel) {
        double const from = low + width * static_cast<double>(panel);
        for (std::size_t i = 0; i < rule.nodes.size(); ++i)
            sum += rule.weights[i] * function(from + width * rule.nodes[i]);
    }
    return sum * width;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
