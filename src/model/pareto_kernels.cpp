// SPDX-License-Identifier: Apache-2.0
#include "model/pareto_kernels.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "model/pareto_kernel_body.hpp"

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct scalar_lanes {
    using vector = double;
    static constexpr std::size_t size = 1;

    static double all(double v) noexcept { return v; }
    static double load(double const* p) noexcept { return *p; }
    static double sum(double v) noexcept { return v; }
    static double exp(double v) noexcept { return std::exp(v); }
    static double log(double v) noexcept { return std::log(v); }
};

// Past this drop of its logarithm an integrand adds nothing that a double could show.
constexpr double cut = 40;

// How many nodes give 12 digits, found by trial over 20,000 random customers and parameters (rates and shapes over four
// orders of magnitude): a sharp drop needs more, and so does a wide range, at whose sides the singularities come near.
std::size_t nodes_for(double drop, double width) noexcept {
    std::size_t const sharp = drop < 4 ? 8 : drop < 12 ? 12 : drop < 20 ? 16 : 24;
    std::size_t const wide = width < 1 ? 8 : width < 3 ? 12 : width < 4 ? 16 : width < 6 ? 24 : width < 12 ? 32 : 64;
    return std::max(sharp, wide);
}

// Where the integrand has dropped by about `cut`: its logarithm is concave, so bisection finds the only such place.
double cut_width(pareto_exponents const& e, pareto_range const& range) noexcept {
    auto const drop = [&](double v) {
        double const far = std::log1p(range.start * std::expm1(v) / e.far_start);
        return (e.near - 1) * v + e.far * far;
    };
    double low = 0;
    double high = range.width;
    for (int step = 0; step < 200; ++step) {
        double const middle = (low + high) / 2;
        double const here = drop(middle);
        if (here < cut)
            low = middle;
        else
            high = middle;
        if (here >= cut && here <= cut + 5) break;
    }
    return high;
}

bool possible(pareto_parameters const&, double x, double last, double age) noexcept {
    return x >= 0 && last >= 0 && last <= age && std::isfinite(x) && std::isfinite(age);
}

double log_of_sum(double total, pareto_parameters const& p, double age, pareto_range const& range) noexcept {
    return std::log(p.s * range.start * range.width * total / (p.beta + age)) + range.log_ratio;
}

} // namespace

pareto_range range_of(pareto_parameters const& p, double x, double last, double age) noexcept {
    pareto_range out;
    double const span = age - last;
    out.start = std::min(p.alpha, p.beta) + last;
    out.apart = std::abs(p.alpha - p.beta);
    out.width = std::log1p(span / out.start);
    double const far_width = std::log1p(span / (out.start + out.apart));
    auto const e = exponents_of(p, x, out);
    out.log_ratio = e.near * out.width + e.far * far_width;
    double drop = out.log_ratio - out.width;
    if (drop > cut + 5) {
        out.width = cut_width(e, out);
        drop = cut;
    }
    out.rule = gauss_legendre(nodes_for(drop, out.width));
    return out;
}

double pareto_sum_generic(pareto_parameters const& p, double x, pareto_range const& range) noexcept {
    return pareto_sum<scalar_lanes>(p, x, range);
}

pareto_moments pareto_sums_generic(pareto_parameters const& p, double x, double age,
                                   pareto_range const& range) noexcept {
    return pareto_sums<scalar_lanes>(p, x, age, range);
}

#if !defined(__x86_64__)
double pareto_sum_avx2(pareto_parameters const& p, double x, pareto_range const& range) noexcept {
    return pareto_sum_generic(p, x, range);
}
pareto_moments pareto_sums_avx2(pareto_parameters const& p, double x, double age,
                                pareto_range const& range) noexcept {
    return pareto_sums_generic(p, x, age, range);
}
#endif

pareto_integral integrate_pareto(pareto_parameters const& p, double x, double last, double age,
                                 cpu_level level) noexcept {
    pareto_integral out;
    if (!(last < age)) return out; // no time to leave in
    auto const range = range_of(p, x, last, age);
    out.moment = level >= cpu_level::avx2 ? pareto_sums_avx2(p, x, age, range) : pareto_sums_generic(p, x, age, range);
    double const log_odds = log_of_sum(out.moment[pareto_moment::left], p, age, range);
    // log(1 + odds) and odds / (1 + odds), whichever way the odds are
    double const small = std::exp(-std::abs(log_odds));
    out.log_alive_odds = std::max(log_odds, 0.0) + std::log1p(small);
    double const probability = log_odds > 0 ? 1 / (1 + small) : small / (1 + small);
    double const scale = probability / out.moment[pareto_moment::left];
    for (double& m : out.moment)
        m *= scale;
    return out;
}

void pareto_alive(pareto_parameters const& p, std::span<double const> x, std::span<double const> last,
                  std::span<double const> age, std::span<double> out, cpu_level level) noexcept {
    std::size_t const n = std::min({x.size(), last.size(), age.size(), out.size()});
    for (std::size_t i = 0; i < n; ++i) {
        if (!possible(p, x[i], last[i], age[i])) {
            out[i] = std::numeric_limits<double>::quiet_NaN();
            continue;
        }
        if (last[i] == age[i]) {
            out[i] = 1;
            continue;
        }
        auto const range = range_of(p, x[i], last[i], age[i]);
        double const sum =
            level >= cpu_level::avx2 ? pareto_sum_avx2(p, x[i], range) : pareto_sum_generic(p, x[i], range);
        double const factor = p.s * range.start * range.width * sum / (p.beta + age[i]);
        out[i] = 1 / (1 + factor * std::exp(range.log_ratio));
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
