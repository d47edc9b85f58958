// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_OCTAVE_POLYNOMIAL_HPP
#define SEGMENTA_MODEL_OCTAVE_POLYNOMIAL_HPP

#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A normal number above 0 as m 2^e.
struct octave_place {
    double m;
    std::size_t exponent; // e + 1023

    explicit octave_place(double v) noexcept {
        auto const bits = std::bit_cast<std::uint64_t>(v);
        exponent = static_cast<std::size_t>(bits >> 52) & 2047;
        m = std::bit_cast<double>((bits & ((std::uint64_t{1} << 52) - 1)) | (std::uint64_t{1023} << 52));
    }
    static double scale(std::size_t exponent) noexcept { return std::ldexp(1.0, static_cast<int>(exponent) - 1023); }
};

// A function of a number m 2^e for one e: a polynomial in m from its values at Chebyshev's points of [1, 2]. Of a
// function that is analytic for Re m > 0 the coefficients fall by 5.8 each, and `terms` of them reach the last place
// (L. Trefethen, "Approximation Theory and Approximation Practice", theorem 8.2).
class octave_polynomial {
public:
    static constexpr std::size_t terms = 22;

    template <class Function>
    explicit octave_polynomial(Function&& at) {
        std::array<double, terms> values{};
        for (std::size_t i = 0; i < terms; ++i)
            values[i] = at(1.5 + 0.5 * cosines()[1][i]);
        // Chebyshev coefficients, and at once their sums in powers of s = 2 m - 3: these lose nothing, as the
        // coefficients fall faster than the polynomials' powers rise (by 2.4).
        std::array<double, terms> before{};
        std::array<double, terms> now{};
        before[0] = 1;
        now[1] = 1;
        for (std::size_t k = 0; k < terms; ++k) {
            double c = 0;
            for (std::size_t i = 0; i < terms; ++i)
                c += values[i] * cosines()[k][i];
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

    // Powers of the same rest by 4 together: four short chains, in two vectors, instead of a long one.
    [[nodiscard]] double operator()(double m) const noexcept {
        static_assert(terms % 4 == 2);
        double const s = 2 * m - 3;
        double const square = s * s;
        double const fourth = square * square;
        pair low = pair_at(terms - 2);  // powers 0 and 1, more or less 4, 8, ...
        pair high = pair_at(terms - 4); // 2 and 3
        for (std::size_t j = terms - 6; j >= 4; j -= 4) {
            low = low * fourth + pair_at(j);
            high = high * fourth + pair_at(j - 2);
        }
        low = low * fourth + pair_at(0);
        low += high * square;
        return low[0] + s * low[1];
    }

private:
    using pair = double __attribute__((vector_size(16)));
    using table = std::array<std::array<double, terms>, terms>;

    [[nodiscard]] pair pair_at(std::size_t j) const noexcept { return pair{powers_[j], powers_[j + 1]}; }
    // cos(k (i + 1/2) pi / terms) by k and i.
    static table const& cosines() noexcept {
        static table const made = [] {
            table out{};
            for (std::size_t k = 0; k < terms; ++k)
                for (std::size_t i = 0; i < terms; ++i)
                    out[k][i] = std::cos(std::numbers::pi * static_cast<double>(k) * (static_cast<double>(i) + 0.5) /
                                         static_cast<double>(terms));
            return out;
        }();
        return made;
    }

    std::array<double, terms> powers_{};
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
