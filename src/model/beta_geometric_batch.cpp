// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/beta_geometric.hpp>

#include "model/repeat_functions.hpp"
#include "model/repeat_kernels.hpp"
#include "model/repeat_sums.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <memory>
#include <numbers>

namespace segmenta {
inline namespace v0 {
namespace {

using namespace detail;

constexpr std::size_t block_rows = 4096;

template <class Work>
void in_blocks(std::size_t rows, unsigned threads, Work&& work) {
    parallel_for_blocks(threads, (rows + block_rows - 1) / block_rows, [&](std::size_t block, unsigned worker) {
        std::size_t const begin = block * block_rows;
        work(begin, std::min(rows, begin + block_rows), worker);
    });
}

// The mean number of purchases of a living customer as a function of alpha + age = m 2^e, for one repeat count and one
// e: a polynomial in m from its values at Chebyshev's points of [1, 2]. The mean is analytic for Re m > 0, so the
// coefficients fall by 5.8 each and `terms` of them reach the last place (L. Trefethen, "Approximation Theory and
// Approximation Practice", theorem 8.2).
class age_polynomial {
public:
    static constexpr std::size_t terms = 22;

    template <class Function>
    explicit age_polynomial(Function&& mean_at) {
        std::array<double, terms> values{};
        for (std::size_t i = 0; i < terms; ++i)
            values[i] = mean_at(1.5 + 0.5 * std::cos(angle(i)));
        // Chebyshev coefficients, and at once their sums in powers of s = 2 m - 3: these lose nothing, as the
        // coefficients fall faster than the polynomials' powers rise (by 2.4).
        std::array<double, terms> before{};
        std::array<double, terms> now{};
        before[0] = 1;
        now[1] = 1;
        for (std::size_t k = 0; k < terms; ++k) {
            double c = 0;
            for (std::size_t i = 0; i < terms; ++i)
                c += values[i] * std::cos(static_cast<double>(k) * angle(i));
            c *= (k == 0 ? 1.0 : 2.0) / terms;
            std::array<double, terms> const& polynomial = k == 0 ? before : now;
            for (std::size_t j = 0; j <= k; ++j)
                powers_[j] += c * polynomial[j];
            if (k == 0) continue;
            std::array<double, terms> next{};
            for (std::size_t j = 0; j < terms; ++j)
                next[j] = (j > 0 ? 2 * now[j - 1] : 0) - before[j];
            before = now;
            now = next;
        }
    }

    // Even and odd powers apart: two short chains instead of a long one.
    [[nodiscard]] double operator()(double m) const noexcept {
        double const s = 2 * m - 3;
        double const square = s * s;
        double even = powers_[terms - 2];
        double odd = powers_[terms - 1];
        for (std::size_t j = terms - 2; j >= 2; j -= 2) {
            even = even * square + powers_[j - 2];
            odd = odd * square + powers_[j - 1];
        }
        return even + s * odd;
    }

private:
    static double angle(std::size_t i) noexcept {
        return std::numbers::pi * (static_cast<double>(i) + 0.5) / static_cast<double>(terms);
    }

    std::array<double, terms> powers_{};
};

// Polynomials made when they are first asked for.
class mean_tables {
public:
    static constexpr double largest_count = 63;

    mean_tables(beta_geometric const& model, double time) : model_(model), time_(time) {}

    // Of a living customer with x <= largest_count repeat purchases; shifted = alpha + age.
    double mean(double x, double shifted) {
        auto const bits = std::bit_cast<std::uint64_t>(shifted);
        auto const exponent = static_cast<std::size_t>(bits >> 52) & 2047;
        double const m = std::bit_cast<double>((bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1023} << 52));
        return polynomial(static_cast<std::size_t>(x), exponent)(m);
    }

private:
    age_polynomial const& polynomial(std::size_t x, std::size_t exponent) {
        if (exponent < first_ || exponent >= first_ + tables_.size()) widen(exponent);
        auto& slot = tables_[exponent - first_][x];
        if (!slot) {
            auto const& p = model_.values();
            double const scale = std::ldexp(1.0, static_cast<int>(exponent) - 1023);
            double const count = static_cast<double>(x);
            double const b = p.b + count + (model_.first_drops() ? 1 : 0);
            slot = std::make_unique<age_polynomial>([&](double m) {
                return expected_purchases({p.r + count, m * scale, p.a, b, 1, 0}, time_);
            });
        }
        return *slot;
    }
    void widen(std::size_t exponent) {
        if (tables_.empty()) first_ = exponent;
        std::size_t const begin = std::min(first_, exponent);
        std::size_t const end = std::max(first_ + tables_.size(), exponent + 1);
        std::vector<row> wider(end - begin);
        for (std::size_t i = 0; i < tables_.size(); ++i)
            wider[first_ - begin + i] = std::move(tables_[i]);
        tables_ = std::move(wider);
        first_ = begin;
    }

    using row = std::array<std::unique_ptr<age_polynomial>, static_cast<std::size_t>(largest_count) + 1>;

    beta_geometric const& model_;
    double time_;
    std::size_t first_ = 0;
    std::vector<row> tables_;
};

} // namespace

void beta_geometric::probability_alive(purchase_summary const& s, std::span<double> out, unsigned threads) const {
    check_scores(s, time_unit(), out.size());
    if (regularity() > 1) {
        in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t i = begin; i < end; ++i)
                out[i] = probability_alive(customer_of(s, i));
        });
        return;
    }
    auto const& kernels = repeat_kernels_for(detect_cpu_level());
    repeat_point const at{p_.r, p_.alpha, p_.a, first_drops_ ? p_.b : p_.b - 1};
    in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
        repeat_rows const rows{s.repeats.data() + begin, s.last.data() + begin, s.age.data() + begin, nullptr,
                               end - begin};
        kernels.alive(rows, at, first_drops_, out.data() + begin);
    });
}

void beta_geometric::conditional_expected_transactions(purchase_summary const& s, horizon time, std::span<double> out,
                                                       unsigned threads) const {
    check_scores(s, time_unit(), out.size());
    if (regularity() > 1 || !(time.value >= 0)) {
        in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned) {
            for (std::size_t i = begin; i < end; ++i)
                out[i] = conditional_expected_transactions(customer_of(s, i), time);
        });
        return;
    }
    auto const& kernels = repeat_kernels_for(detect_cpu_level());
    repeat_point const at{p_.r, p_.alpha, p_.a, first_drops_ ? p_.b : p_.b - 1};
    std::vector<mean_tables> tables; // one a thread: each makes what it needs
    for (unsigned i = 0; i < (threads == 0 ? hardware_threads() : threads); ++i)
        tables.emplace_back(*this, time.value);
    in_blocks(s.size(), threads, [&](std::size_t begin, std::size_t end, unsigned worker) {
        repeat_rows const rows{s.repeats.data() + begin, s.last.data() + begin, s.age.data() + begin, nullptr,
                               end - begin};
        kernels.alive(rows, at, first_drops_, out.data() + begin);
        mean_tables& means = tables[worker];
        for (std::size_t i = begin; i < end; ++i) {
            double const x = s.repeats[i];
            if (!(out[i] >= 0)) continue; // NaN stays
            double const b = p_.b + x + (first_drops_ ? 1 : 0);
            out[i] *= x <= mean_tables::largest_count
                          ? means.mean(x, p_.alpha + s.age[i])
                          : expected_purchases({p_.r + x, p_.alpha + s.age[i], p_.a, b, 1, 0}, time.value);
        }
    });
}

} // namespace v0
} // namespace segmenta
