// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/random.hpp>

#include <segmenta/base/hash.hpp>
#include <segmenta/error.hpp>

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath> // only sqrt, floor and classification, which IEEE 754 defines exactly
#include <limits>
#include <string>

// The build passes -ffp-contract=off; these say it again for whoever compiles this file otherwise, because a fused
// multiply-add changes last bits.
#if defined(__clang__)
#pragma clang fp contract(off)
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif

static_assert(FLT_EVAL_METHOD == 0, "segmenta: random numbers need doubles that are computed as doubles");

namespace segmenta {
inline namespace v0 {
namespace {

// ln 2 in two parts; the first has 21 trailing zero bits, so that k * ln2_high is exact for every exponent k.
constexpr double ln2_high = 0x1.62e42fee00000p-1;
constexpr double ln2_low = 0x1.a39ef35793c76p-33;
constexpr double largest = std::numeric_limits<double>::max();
constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

std::uint64_t split_mix(std::uint64_t& state) noexcept {
    state += 0x9E3779B97F4A7C15U;
    std::uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBU;
    return z ^ (z >> 31);
}

struct wide {
    std::uint64_t high;
    std::uint64_t low;
};

// 64 x 64 -> 128 bits in halves of 32, for every compiler.
constexpr wide multiply(std::uint64_t a, std::uint64_t b) noexcept {
    std::uint64_t const a0 = a & 0xFFFF'FFFFU, a1 = a >> 32, b0 = b & 0xFFFF'FFFFU, b1 = b >> 32;
    std::uint64_t const middle = a1 * b0 + ((a0 * b0) >> 32);
    std::uint64_t const middle_2 = a0 * b1 + (middle & 0xFFFF'FFFFU);
    return {a1 * b1 + (middle >> 32) + (middle_2 >> 32), a * b};
}

// 2^k for -1022 <= k <= 1023.
double power_of_two(int k) noexcept { return std::bit_cast<double>(static_cast<std::uint64_t>(k + 1023) << 52); }

// Uniform on (0, 1]: fit for a logarithm.
double unit_above_zero(random_generator& random) noexcept {
    return static_cast<double>((random() >> 11) + 1) * 0x1.0p-53;
}

// log(k!) : sums for small k, else Stirling's series (Abramowitz and Stegun 6.1.41), error below 1e-13 from 10 on.
double log_factorial(double k) noexcept {
    if (k < 10) {
        double product = 1;
        for (double i = 2; i <= k; i += 1)
            product *= i;
        return portable_log(product);
    }
    constexpr double half_log_two_pi = 0.91893853320467274178;
    double const x = k + 1;
    double const inverse = 1 / x;
    double const square = inverse * inverse;
    double const series =
        inverse * (1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square * (1.0 / 1680 - square / 1188))));
    return (x - 0.5) * portable_log(x) - x + half_log_two_pi + series;
}

// Hoermann's PTRS; for means of 10 and more.
std::uint64_t poisson_by_rejection(random_generator& random, double mean) noexcept {
    double const root = std::sqrt(mean);
    double const log_mean = portable_log(mean);
    double const b = 0.931 + 2.53 * root;
    double const a = -0.059 + 0.02483 * b;
    double const inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    double const v_r = 0.9277 - 3.6224 / (b - 2);
    for (;;) {
        double const u = random_unit(random) - 0.5;
        double const v = unit_above_zero(random);
        double const us = 0.5 - (u < 0 ? -u : u);
        double const k = std::floor((2 * a / us + b) * u + mean + 0.43);
        if (us >= 0.07 && v <= v_r) return static_cast<std::uint64_t>(k);
        if (k < 0 || (us < 0.013 && v > us)) continue;
        double const left = portable_log(v) + portable_log(inverse_alpha) - portable_log(a / (us * us) + b);
        if (left <= -mean + k * log_mean - log_factorial(k)) return static_cast<std::uint64_t>(k);
    }
}

} // namespace

random_generator::random_generator(std::uint64_t seed) noexcept {
    for (auto& word : state_)
        word = split_mix(seed); // never all zero: split_mix is a bijection of four different states
}

random_generator::random_generator(std::uint64_t seed, std::uint64_t stream) noexcept
    : random_generator(hash_integer(stream, seed)) {}

std::uint64_t random_below(random_generator& random, std::uint64_t bound) noexcept {
    wide product = multiply(random(), bound);
    if (product.low >= bound) return product.high;
    std::uint64_t const threshold = (0 - bound) % bound;
    while (product.low < threshold)
        product = multiply(random(), bound);
    return product.high;
}

std::int64_t random_integer(random_generator& random, std::int64_t low, std::int64_t high) noexcept {
    // unsigned arithmetic wraps, so the full range works as well; there the count of values is 2^64, which wraps to 0
    std::uint64_t const count = static_cast<std::uint64_t>(high) - static_cast<std::uint64_t>(low) + 1;
    std::uint64_t const drawn = count == 0 ? random() : random_below(random, count);
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(low) + drawn);
}

// Not inline, as everything that adds a product: a host's compiler flags must not decide about its last bit.
double random_uniform(random_generator& random, double low, double high) noexcept {
    return low + (high - low) * random_unit(random);
}

double random_normal(random_generator& random, double mean, double deviation) noexcept {
    // The method gives two; keeping the second would make a generator's state more than its four words.
    for (;;) {
        double const x = 2 * random_unit(random) - 1;
        double const y = 2 * random_unit(random) - 1;
        double const square = x * x + y * y;
        if (square >= 1 || square == 0) continue;
        return mean + deviation * (x * std::sqrt(-2 * portable_log(square) / square));
    }
}

double random_lognormal(random_generator& random, double mu, double sigma) noexcept {
    return portable_exp(random_normal(random, mu, sigma));
}

double random_exponential(random_generator& random, double rate) noexcept {
    return -portable_log(unit_above_zero(random)) / rate;
}

double random_gamma(random_generator& random, double shape, double scale) noexcept {
    if (shape < 1) { // Marsaglia and Tsang, section 6: gamma(a) = gamma(a + 1) U^(1/a)
        double const larger = random_gamma(random, shape + 1, scale);
        return larger * portable_exp(portable_log(unit_above_zero(random)) / shape);
    }
    double const d = shape - 1.0 / 3;
    double const c = 1 / std::sqrt(9 * d);
    for (;;) {
        double const x = random_normal(random);
        double const t = 1 + c * x;
        if (t <= 0) continue;
        double const v = t * t * t;
        double const u = unit_above_zero(random);
        if (portable_log(u) < 0.5 * x * x + d - d * v + d * portable_log(v)) return d * v * scale;
    }
}

double random_beta(random_generator& random, double a, double b) noexcept {
    double const x = random_gamma(random, a);
    double const y = random_gamma(random, b);
    if (x + y == 0) return random_unit(random) * (a + b) < a ? 1 : 0; // both underflowed: the mass sits at the ends
    return x / (x + y);
}

std::uint64_t random_poisson(random_generator& random, double mean) noexcept {
    if (!(mean > 0)) return 0;
    if (mean >= 10) return poisson_by_rejection(random, mean);
    double const limit = portable_exp(-mean);
    double product = unit_above_zero(random);
    std::uint64_t count = 0;
    for (; product > limit; ++count)
        product *= unit_above_zero(random);
    return count;
}

std::uint64_t random_geometric(random_generator& random, double probability) noexcept {
    if (probability >= 1) return 0;
    // log(1 - p) through log1p's series where 1 - p would lose p
    double const log_failure =
        probability < 1e-4 ? -probability * (1 + probability * (0.5 + probability * (1.0 / 3 + probability / 4)))
                           : portable_log(1 - probability);
    double const count = std::floor(portable_log(unit_above_zero(random)) / log_failure);
    return count < 0x1.0p63 ? static_cast<std::uint64_t>(count) : std::uint64_t{1} << 63;
}

random_choice::random_choice(std::span<double const> weights) {
    double total = 0;
    bool bad = weights.empty() || weights.size() > std::numeric_limits<std::uint32_t>::max();
    for (double const w : weights) {
        bad = bad || !(w >= 0 && w <= largest);
        total += w;
    }
    if (bad || !(total > 0) || total > largest)
        throw issue_error("base.weights", "segmenta::random_choice", "these weights are no distribution",
                          std::to_string(weights.size()) + " weights with sum " + std::to_string(total),
                          "1 to 2^32 - 1 finite weights >= 0, not all 0");

    std::size_t const n = weights.size();
    cells_.resize(n);
    std::vector<double> scaled(n);
    std::vector<std::uint32_t> small, large;
    for (std::size_t i = 0; i < n; ++i) {
        scaled[i] = weights[i] / total * static_cast<double>(n);
        (scaled[i] < 1 ? small : large).push_back(static_cast<std::uint32_t>(i));
    }
    while (!small.empty() && !large.empty()) {
        std::uint32_t const from = small.back();
        std::uint32_t const giver = large.back();
        small.pop_back();
        cells_[from] = {scaled[from], giver};
        scaled[giver] = (scaled[giver] + scaled[from]) - 1;
        if (scaled[giver] >= 1) continue;
        large.pop_back();
        small.push_back(giver);
    }
    // what is left is 1 but for rounding
    for (auto const& rest : {small, large})
        for (auto const i : rest)
            cells_[i] = {1, i};
}

random_choice random_choice::zipf(std::size_t size, double exponent) {
    std::vector<double> weights(size);
    for (std::size_t i = 0; i < size; ++i)
        weights[i] = portable_exp(-exponent * portable_log(static_cast<double>(i + 1)));
    return random_choice(weights);
}

// x = 2^k m with m in [sqrt(1/2), sqrt(2)); log m = 2 atanh(s), s = (m - 1) / (m + 1), |s| <= 0.1716, by its Taylor
// series: the first term left out, s^23 / 23, is below 1e-19.
double portable_log(double x) noexcept {
    if (std::isnan(x) || x < 0) return not_a_number;
    if (x == 0) return -infinity;
    if (x > largest) return x;
    int k = 0;
    if (x < std::numeric_limits<double>::min()) { // subnormal
        x *= 0x1.0p54;
        k = -54;
    }
    auto const bits = std::bit_cast<std::uint64_t>(x);
    k += static_cast<int>(bits >> 52) - 1023;
    auto m = std::bit_cast<double>((bits & 0x000F'FFFF'FFFF'FFFFU) | 0x3FF0'0000'0000'0000U);
    if (m >= 0x1.6a09e667f3bcdp+0) {
        m *= 0.5;
        ++k;
    }
    double const f = m - 1; // exact
    double const s = f / (2 + f);
    double const z = s * s;
    double const series =
        z * (1.0 / 3 +
             z * (1.0 / 5 +
                  z * (1.0 / 7 +
                       z * (1.0 / 9 + z * (1.0 / 11 +
                                           z * (1.0 / 13 +
                                                z * (1.0 / 15 + z * (1.0 / 17 + z * (1.0 / 19 + z * (1.0 / 21))))))))));
    // 2 s = f - s f, with f exact: the rounding of s hardly counts
    double const scale = static_cast<double>(k);
    return scale * ln2_high + (f - (s * f - (2 * s * series + scale * ln2_low)));
}

// x = k ln 2 + r with |r| <= 0.3466; e^r by its Taylor series to r^13, the rest below 1e-17.
double portable_exp(double x) noexcept {
    if (std::isnan(x)) return x;
    if (x > 709.782712893384) return infinity;
    if (x < -708.3964185322641) return 0;
    double const k = std::floor(x * 1.44269504088896340736 + 0.5);
    double const high = x - k * ln2_high; // exact
    double const low = k * ln2_low;
    double const r = high - low;
    double const tail =
        1.0 / 6 +
        r * (1.0 / 24 +
             r * (1.0 / 120 +
                  r * (1.0 / 720 +
                       r * (1.0 / 5040 +
                            r * (1.0 / 40320 +
                                 r * (1.0 / 362880 +
                                      r * (1.0 / 3628800 + r * (1.0 / 39916800 + r * (1.0 / 479001600 +
                                                                                      r * (1.0 / 6227020800.0))))))))));
    double const result = 1 + (high - (low - (r * r * (0.5 + r * tail))));
    int const exponent = static_cast<int>(k);
    if (exponent > 1023) return result * 2 * power_of_two(1023);
    if (exponent < -1022) return result * 0.5 * power_of_two(exponent + 1);
    return result * power_of_two(exponent);
}

double portable_pow(double x, double y) noexcept { return portable_exp(y * portable_log(x)); }

} // namespace v0
} // namespace segmenta
