// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_PARETO_KERNEL_BODY_HPP
#define SEGMENTA_MODEL_PARETO_KERNEL_BODY_HPP

// The sums over nodes for any kind of lanes. `Lanes` has a type `vector` and all(), load(), store(), sum(), exp(),
// log(), log_both(); its vectors have + - * /.

#include "model/pareto_kernels.hpp"

#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
// Nameless, so that no copy compiled for one instruction set is linked into the code of another.
namespace {

// What does not change from node to node. `near` is the smaller one of alpha and beta.
struct pareto_exponents {
    double near;
    double far;
    double far_start; // max(alpha, beta) + t_x
};

pareto_exponents exponents_of(pareto_parameters const& p, double x, pareto_range const& range) noexcept {
    bool const alpha_near = p.alpha <= p.beta;
    double const of_alpha = p.r + x;
    double const of_beta = p.s + 1;
    return {alpha_near ? of_alpha : of_beta, alpha_near ? of_beta : of_alpha, range.start + range.apart};
}

template <class Lanes>
struct pareto_node {
    typename Lanes::vector near; // log((near + u) / (near + t_x))
    typename Lanes::vector far;
    typename Lanes::vector near_plus_u;
    typename Lanes::vector far_plus_u;
    typename Lanes::vector term; // the integrand over its value at t_x, with weight and du/dv
};

template <class Lanes>
pareto_node<Lanes> pareto_node_at(pareto_exponents const& e, pareto_range const& range, std::size_t i) noexcept {
    pareto_node<Lanes> out;
    out.near = Lanes::load(range.rule.nodes.data() + i) * Lanes::all(range.width);
    auto const grown = Lanes::exp(out.near);
    out.near_plus_u = grown * Lanes::all(range.start);
    out.far_plus_u = out.near_plus_u + Lanes::all(range.apart);
    out.far = Lanes::log(out.far_plus_u * Lanes::all(1 / e.far_start));
    // du/dv = near + u joins the exponent
    auto const height = Lanes::exp(Lanes::all(1 - e.near) * out.near - Lanes::all(e.far) * out.far);
    out.term = Lanes::load(range.rule.weights.data() + i) * height;
    return out;
}

template <class Lanes>
double pareto_sum(pareto_parameters const& p, double x, pareto_range const& range) noexcept {
    auto const e = exponents_of(p, x, range);
    auto sum = Lanes::all(0);
    for (std::size_t i = 0; i < range.rule.nodes.size(); i += Lanes::size)
        sum = sum + pareto_node_at<Lanes>(e, range, i).term;
    return Lanes::sum(sum);
}

template <class Lanes>
pareto_moments pareto_sums(pareto_parameters const& p, double x, double age, pareto_range const& range) noexcept {
    using namespace pareto_moment;
    using vector = typename Lanes::vector;
    auto const e = exponents_of(p, x, range);
    bool const alpha_near = p.alpha <= p.beta;
    double const near_age = (alpha_near ? p.alpha : p.beta) + age;
    double const far_age = (alpha_near ? p.beta : p.alpha) + age;
    // Logarithms are counted from T on: log of (near + T) / (near + t_x) and its like.
    auto const near_shift = Lanes::all(std::log(near_age / range.start));
    auto const far_shift = Lanes::all(std::log(far_age / e.far_start));
    auto const one = Lanes::all(1);
    vector sums[count];
    for (vector& s : sums)
        s = Lanes::all(0);
    for (std::size_t i = 0; i < range.rule.nodes.size(); i += Lanes::size) {
        auto const node = pareto_node_at<Lanes>(e, range, i);
        vector const near_log = node.near - near_shift;
        vector const far_log = node.far - far_shift;
        vector const near_inverse = one / node.near_plus_u - Lanes::all(1 / near_age);
        vector const far_inverse = one / node.far_plus_u - Lanes::all(1 / far_age);
        vector const value[4] = {alpha_near ? near_log : far_log, alpha_near ? near_inverse : far_inverse,
                                 alpha_near ? far_log : near_log, alpha_near ? far_inverse : near_inverse};
        sums[left] = sums[left] + node.term;
        std::size_t second = AA;
        for (std::size_t j = 0; j < 4; ++j) {
            vector const weighted = node.term * value[j];
            sums[A + j] = sums[A + j] + weighted;
            for (std::size_t k = j; k < 4; ++k, ++second)
                sums[second] = sums[second] + weighted * value[k];
        }
    }
    pareto_moments out{};
    for (std::size_t j = 0; j < count; ++j)
        out[j] = Lanes::sum(sums[j]);
    return out;
}

template <class Lanes>
void widths_of(pareto_parameters const& p, pareto_customers const& c, pareto_widths& out) noexcept {
    auto const near = Lanes::all(p.alpha <= p.beta ? p.alpha : p.beta);
    auto const far = Lanes::all(p.alpha <= p.beta ? p.beta : p.alpha);
    for (std::size_t i = 0; i < pareto_group; i += Lanes::size) {
        auto const last = Lanes::load(c.last + i);
        auto const age = Lanes::load(c.age + i);
        auto of_near = (near + age) / (near + last);
        auto of_far = (far + age) / (far + last);
        Lanes::log_both(of_near, of_far);
        Lanes::store(out.near + i, of_near);
        Lanes::store(out.far + i, of_far);
    }
}

// Nodes lie in pairs t and 1 - t, so that one exponential serves both.
template <class Lanes>
void group_alive(pareto_parameters const& p, pareto_customers const& c, pareto_widths const& w,
                 quadrature_rule const& rule, double* alive) noexcept {
    bool const alpha_near = p.alpha <= p.beta;
    auto const near = Lanes::all(alpha_near ? p.alpha : p.beta);
    auto const apart = Lanes::all(alpha_near ? p.beta - p.alpha : p.alpha - p.beta);
    auto const one = Lanes::all(1);
    std::size_t const n = rule.nodes.size();
    for (std::size_t i = 0; i < pareto_group; i += Lanes::size) {
        auto const last = Lanes::load(c.last + i);
        auto const age = Lanes::load(c.age + i);
        auto const of_alpha = Lanes::load(c.x + i) + Lanes::all(p.r);
        auto const of_beta = Lanes::all(p.s + 1);
        auto const e_near = alpha_near ? of_alpha : of_beta;
        auto const e_far = alpha_near ? of_beta : of_alpha;
        auto const width = Lanes::load(w.near + i);
        auto const start = near + last;
        auto const end = near + age;
        auto const inverse_far = one / (start + apart);
        auto const at_start = e_near * width + e_far * Lanes::load(w.far + i);
        auto const slope = one - e_near;
        auto sum = Lanes::all(0);
        for (std::size_t k = 0; k < n / 2; ++k) {
            auto const low = Lanes::all(rule.nodes[k]) * width;
            auto const grown = Lanes::exp(low);
            auto far_low = (start * grown + apart) * inverse_far;
            auto far_high = (end / grown + apart) * inverse_far;
            Lanes::log_both(far_low, far_high);
            auto const term_low = Lanes::exp(at_start + slope * low - e_far * far_low);
            auto const term_high = Lanes::exp(at_start + slope * (width - low) - e_far * far_high);
            sum = sum + Lanes::all(rule.weights[k]) * (term_low + term_high);
        }
        auto const odds = Lanes::all(p.s) * start * width * sum / (Lanes::all(p.beta) + age);
        Lanes::store(alive + i, one / (one + odds));
    }
}

} // namespace
} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
