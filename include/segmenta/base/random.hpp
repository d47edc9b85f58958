// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_BASE_RANDOM_HPP
#define SEGMENTA_BASE_RANDOM_HPP

/// \file
/// Random numbers with the same bits on every machine and compiler. The standard's engines are portable but its
/// distributions are not, nor are `std::log` and `std::exp`; so both are our own, made only of + - * / and sqrt, which
/// IEEE 754 defines to the last bit.
///
/// Generator: xoshiro256++ 1.0 seeded by SplitMix64 (D. Blackman and S. Vigna, "Scrambled linear pseudorandom number
/// generators", ACM TOMS 47(4), 2021; public domain code at https://prng.di.unimi.it). Not cryptographic.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// xoshiro256++; satisfies `std::uniform_random_bit_generator`. Period 2^256 - 1.
///
/// Thread safety: a plain value; give each thread or block its own, from `random_generator(seed, stream)`.
class random_generator {
public:
    using result_type = std::uint64_t;

    /// All seeds are good, also 0.
    explicit random_generator(std::uint64_t seed = 0) noexcept;
    /// Independent generators for the same seed: `stream` numbers customers, blocks, purposes.
    random_generator(std::uint64_t seed, std::uint64_t stream) noexcept;

    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~std::uint64_t{0}; }

    /// The next 64 bits.
    std::uint64_t operator()() noexcept {
        auto const rotate = [](std::uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
        std::uint64_t const result = rotate(state_[0] + state_[3], 23) + state_[0];
        std::uint64_t const t = state_[1] << 17;
        state_[2] ^= state_[0];
        state_[3] ^= state_[1];
        state_[1] ^= state_[2];
        state_[0] ^= state_[3];
        state_[2] ^= t;
        state_[3] = rotate(state_[3], 45);
        return result;
    }

    friend bool operator==(random_generator const&, random_generator const&) = default;

private:
    std::array<std::uint64_t, 4> state_{};
};

/// Uniform on 0, ..., `bound` - 1, without bias (D. Lemire, "Fast Random Integer Generation in an Interval", 2019);
/// `bound` must not be 0.
std::uint64_t random_below(random_generator& random, std::uint64_t bound) noexcept;

/// Uniform on `low`, ..., `high`, both included; `low <= high`.
std::int64_t random_integer(random_generator& random, std::int64_t low, std::int64_t high) noexcept;

/// Uniform on [0, 1): the multiples of 2^-53.
inline double random_unit(random_generator& random) noexcept { return static_cast<double>(random() >> 11) * 0x1.0p-53; }

/// Uniform on [low, high).
double random_uniform(random_generator& random, double low, double high) noexcept;

/// True with the given probability (<= 0: never, >= 1: always).
inline bool random_bernoulli(random_generator& random, double probability) noexcept {
    return random_unit(random) < probability;
}

/// Normal; polar method (G. Marsaglia and T. Bray, 1964). `deviation` >= 0.
double random_normal(random_generator& random, double mean = 0, double deviation = 1) noexcept;

/// exp of a normal with mean `mu` and deviation `sigma`; the median is exp(mu).
double random_lognormal(random_generator& random, double mu, double sigma) noexcept;

/// Exponential with the given rate > 0 (mean 1 / rate), by inversion.
double random_exponential(random_generator& random, double rate = 1) noexcept;

/// Gamma with mean shape * scale (G. Marsaglia and W. Tsang, "A simple method for generating gamma variables", 2000).
/// `shape` > 0, `scale` > 0.
double random_gamma(random_generator& random, double shape, double scale = 1) noexcept;

/// Beta on (0, 1) from two gammas; `a` > 0, `b` > 0.
double random_beta(random_generator& random, double a, double b) noexcept;

/// Poisson; multiplication below a mean of 10, else transformed rejection PTRS (W. Hoermann, "The transformed rejection
/// method for generating Poisson random variables", 1993). 0 <= `mean` <= 1e15; 0 gives 0.
std::uint64_t random_poisson(random_generator& random, double mean) noexcept;

/// Number of failures before the first success; 0 < `probability` <= 1.
std::uint64_t random_geometric(random_generator& random, double probability) noexcept;

/// Fisher-Yates: each order equally likely.
template <class T>
void random_shuffle(random_generator& random, std::span<T> values) noexcept {
    using std::swap;
    for (std::size_t i = values.size(); i > 1; --i)
        swap(values[i - 1], values[static_cast<std::size_t>(random_below(random, i))]);
}

/// Draws an index with given weights in constant time (A. Walker's alias method as built by M. Vose, 1991).
///
/// Thread safety: immutable after construction.
class random_choice {
public:
    /// Throws `issue_error` (`base.weights`) when there are no weights, more than 2^32, one is negative or not finite,
    /// or all are 0.
    explicit random_choice(std::span<double const> weights);
    /// Weights 1 / rank^exponent for ranks 1 to `size`: index 0 is the most frequent (Zipf's law).
    static random_choice zipf(std::size_t size, double exponent);

    [[nodiscard]] std::size_t size() const noexcept { return cells_.size(); }
    std::size_t operator()(random_generator& random) const noexcept {
        auto const drawn = static_cast<std::size_t>(random_below(random, cells_.size()));
        return random_unit(random) < cells_[drawn].keep ? drawn : cells_[drawn].other;
    }

private:
    struct cell {
        double keep;         // probability of staying in this cell
        std::uint32_t other; // where to go otherwise
    };
    std::vector<cell> cells_;
};

/// Natural logarithm and exponential with the same bits everywhere; within 2 units in the last place. As `std::log` and
/// `std::exp` at 0, infinities, NaN and out of range, except that results below 2.2e-308 are 0.
[[nodiscard]] double portable_log(double x) noexcept;
[[nodiscard]] double portable_exp(double x) noexcept;
/// exp(y log x) for x > 0; within about 1e-15 * (1 + |y log x|) relative.
[[nodiscard]] double portable_pow(double x, double y) noexcept;

} // namespace v0
} // namespace segmenta

#endif
