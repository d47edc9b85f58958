// SPDX-License-Identifier: Apache-2.0
#include "model/pareto_lanes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

pareto_fraction_kernels const& pareto_fraction_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return pareto_fraction_kernels_avx2;
#endif
    return pareto_fraction_kernels_of<two_lanes>;
}

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t too_many_levels = fraction_classes.size();

bool fits(pareto_parameters const& p) noexcept {
    double const near = std::min(p.alpha, p.beta);
    double const far = std::max(p.alpha, p.beta);
    return near >= 1 / fraction_largest_time && far <= fraction_largest_time && p.r <= fraction_largest_count &&
           p.s <= fraction_largest_count && p.s >= 1 / fraction_largest_time;
}

// Two classes at a time: it is asked for every customer.
std::size_t class_of(double near_u, double far_u) noexcept {
    using pair = double __attribute__((vector_size(16)));
    using flags = std::int64_t __attribute__((vector_size(16)));
    static_assert(too_many_levels % 2 == 0);
    flags less{};
    for (std::size_t c = 0; c < too_many_levels; c += 2) {
        pair const least{fraction_classes[c].least, fraction_classes[c + 1].least};
        less -= pair{near_u, near_u} < least * pair{far_u, far_u}; // true is all ones
    }
    return static_cast<std::size_t>(less[0] + less[1]);
}

// share(u) of who never bought again, by the same fraction.
double share_of_once(pareto_parameters const& p, double u) noexcept {
    double const near_u = std::min(p.alpha, p.beta) + u;
    double const far_u = std::max(p.alpha, p.beta) + u;
    double const z = std::abs(p.alpha - p.beta) / far_u;
    double const sum = p.r + p.s; // c - 1
    double const b = p.alpha <= p.beta ? p.s + 1 : p.r;
    unsigned const levels = fraction_classes[std::min(class_of(near_u, far_u), too_many_levels - 1)].count;
    double t = sum + levels;
    for (double m = levels / 2; m >= 1; --m) {
        t = (sum + 2 * m - 1) - m * (sum - b + m) * z / t;
        t = (sum + 2 * m - 2) - (b + m - 1) * (sum + m - 1) * z / t;
    }
    return p.s / t * (p.alpha <= p.beta ? near_u / far_u : 1);
}

// share(0), where the fraction may be long: by way of a time at which it is short.
double share_at_birth(pareto_parameters const& p) noexcept {
    double const near = std::min(p.alpha, p.beta);
    double const far = std::max(p.alpha, p.beta);
    if (class_of(near, far) < too_many_levels) return share_of_once(p, 0);
    double const u = 0.1 * far;
    double const log_odds = integrate_pareto(p, 0, 0, u, cpu_level::sse2).log_alive_odds; // of 1 + left / alive
    double const drop = p.r * std::log1p(u / p.alpha) + p.s * std::log1p(u / p.beta);
    return std::exp(log_odds - drop) - std::exp(-drop) * (1 - share_of_once(p, u));
}

// What the kernels left to it.
void answer_rest(pareto_parameters const& p, repeat_rows const& rows, double* out, cpu_level level) noexcept {
    for (std::size_t i = 0; i < rows.n; ++i)
        if (!(out[i] >= 0)) out[i] = pareto_alive_alone(p, rows.repeats[i], rows.last[i], rows.age[i], level);
}

// Up to so many customers at a time, in columns on the stack.
constexpr std::size_t chunk_size = 512;

class alive_by_class {
public:
    alive_by_class(pareto_parameters const& p, cpu_level level) noexcept
        : p_(p), level_(level), kernels_(pareto_fraction_kernels_for(level)), near_(std::min(p.alpha, p.beta)),
          far_(std::max(p.alpha, p.beta)) {}

    void operator()(repeat_rows const& rows, double* out) noexcept {
        std::array<unsigned char, chunk_size> kind;
        std::array<std::size_t, kinds + 1> end{};
        for (std::size_t i = 0; i < rows.n; ++i) {
            kind[i] = kind_of(rows, i);
            ++end[kind[i] + 1U];
        }
        for (std::size_t k = 1; k < kinds; ++k)
            end[k] += end[k - 1];
        std::array<std::size_t, chunk_size> place;
        for (std::size_t i = 0; i < rows.n; ++i) {
            std::size_t const at = place[i] = end[kind[i]]++; // each begin becomes the end
            repeats_[at] = rows.repeats[i];
            last_[at] = rows.last[i];
            age_[at] = rows.age[i];
        }
        for (std::size_t k = 0, from = 0; k < kinds; from = end[k++])
            if (from < end[k]) answer(k, from, end[k] - from);
        for (std::size_t i = 0; i < rows.n; ++i)
            out[i] = answer_[place[i]];
    }

private:
    // The classes; those of too many levels; and the classes of who never bought again: what hangs on t_x is known
    // then, and what hangs on T takes fewer levels.
    static constexpr std::size_t kinds = 2 * too_many_levels + 1;

    [[nodiscard]] unsigned char kind_of(repeat_rows const& rows, std::size_t i) const noexcept {
        bool const once = rows.repeats[i] == 0 && rows.last[i] == 0;
        double const u = once ? rows.age[i] : rows.last[i];
        std::size_t const c = class_of(near_ + u, far_ + u);
        return static_cast<unsigned char>(once && c < too_many_levels ? too_many_levels + 1 + c : c);
    }

    void answer(std::size_t kind, std::size_t from, std::size_t n) noexcept {
        repeat_rows const rows{repeats_.data() + from, last_.data() + from, age_.data() + from, nullptr, n};
        double* const out = answer_.data() + from;
        if (kind < too_many_levels)
            kernels_.alive(p_, rows, fraction_classes[kind].count, out);
        else if (kind == too_many_levels)
            pareto_alive_by_quadrature(p_, {rows.repeats, n}, {rows.last, n}, {rows.age, n}, {out, n}, level_);
        else
            answer_once(rows, fraction_classes[kind - too_many_levels - 1].count, out);
        if (kind != too_many_levels) answer_rest(p_, rows, out, level_);
    }
    void answer_once(repeat_rows const& rows, unsigned levels, double* out) noexcept {
        if (std::isnan(share_)) share_ = share_at_birth(p_);
        kernels_.alive_once(p_, share_, rows, levels, out);
    }

    pareto_parameters p_;
    cpu_level level_;
    pareto_fraction_kernels const& kernels_;
    double near_, far_;
    double share_ = nan; // until it is asked for
    // Kind after kind.
    std::array<double, chunk_size> repeats_, last_, age_, answer_;
};

} // namespace

void pareto_alive(pareto_parameters const& p, std::span<double const> x, std::span<double const> last,
                  std::span<double const> age, std::span<double> out, cpu_level level) noexcept {
    std::size_t const n = std::min({x.size(), last.size(), age.size(), out.size()});
    if (!fits(p)) {
        pareto_alive_by_quadrature(p, x.first(n), last.first(n), age.first(n), out, level);
        return;
    }
    // Nobody needs more levels than at the first purchase. Few are cheaper than telling customers apart.
    std::size_t const most = class_of(std::min(p.alpha, p.beta), std::max(p.alpha, p.beta));
    constexpr std::size_t few = 3;
    if (most <= few) {
        auto const& kernels = pareto_fraction_kernels_for(level);
        repeat_rows const rows{x.data(), last.data(), age.data(), nullptr, n};
        kernels.alive(p, rows, fraction_classes[most].count, out.data());
        answer_rest(p, rows, out.data(), level);
        return;
    }
    alive_by_class by_class(p, level);
    for (std::size_t from = 0; from < n; from += chunk_size) {
        std::size_t const size = std::min(chunk_size, n - from);
        by_class({x.data() + from, last.data() + from, age.data() + from, nullptr, size}, out.data() + from);
    }
}

} // namespace detail
} // namespace v0
} // namespace segmenta
