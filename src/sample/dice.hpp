// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SAMPLE_DICE_HPP
#define SEGMENTA_SAMPLE_DICE_HPP

// Chance for one customer and one purpose. Each purpose has a stream of its own, so that drawing more for one file
// leaves the others as they are, and a customer does not depend on the ones before it.
//
// Never put two draws into one expression unless the language orders them (a?b:c, a.f(x).g(y)): elsewhere the order of
// evaluation is the compiler's choice.

#include <segmenta/base/random.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class purpose_stream : std::uint8_t { registration, profile, orders, events, surveys, credit, relations, touches };

class dice {
public:
    dice(std::uint64_t seed, std::uint64_t customer, purpose_stream purpose) noexcept
        : random_(seed, customer * 16 + static_cast<std::uint64_t>(purpose)) {}
    // The shop's own chance (catalogue): a stream no customer reaches.
    static dice of_shop(std::uint64_t seed) noexcept { return dice{random_generator{seed, ~std::uint64_t{0}}}; }

    // 0 ... bound - 1
    std::size_t below(std::size_t bound) noexcept { return static_cast<std::size_t>(random_below(random_, bound)); }
    // low ... high
    std::int64_t between(std::int64_t low, std::int64_t high) noexcept { return random_integer(random_, low, high); }
    int between_int(int low, int high) noexcept { return static_cast<int>(between(low, high)); }
    // True in so many of 10,000 cases.
    bool chance(std::int64_t in_ten_thousand) noexcept { return between(0, 9'999) < in_ten_thousand; }
    double unit() noexcept { return random_unit(random_); }
    double normal() noexcept { return random_normal(random_); }
    double exponential(double mean) noexcept { return mean * random_exponential(random_); }
    double gamma(double shape, double scale) noexcept { return random_gamma(random_, shape, scale); }
    double beta(double a, double b) noexcept { return random_beta(random_, a, b); }
    double lognormal(double mu, double sigma) noexcept { return random_lognormal(random_, mu, sigma); }
    std::uint64_t poisson(double mean) noexcept { return random_poisson(random_, mean); }

    // Index drawn with integer weights, not all 0. Linear.
    template <class Weight>
    std::size_t pick(std::span<Weight const> weights) noexcept {
        std::uint64_t total = 0;
        for (auto const weight : weights)
            total += static_cast<std::uint64_t>(weight);
        std::uint64_t rest = random_below(random_, total);
        for (std::size_t i = 0; i < weights.size(); ++i) {
            if (rest < static_cast<std::uint64_t>(weights[i])) return i;
            rest -= static_cast<std::uint64_t>(weights[i]);
        }
        return weights.size() - 1;
    }
    template <class List>
    std::size_t pick_from(List const& weights) noexcept {
        return pick(std::span<typename List::value_type const>(weights));
    }
    // One element, all alike.
    template <class List>
    auto const& one_of(List const& list) noexcept {
        return list[below(list.size())];
    }
    std::size_t choose(random_choice const& choice) noexcept { return choice(random_); }

private:
    explicit dice(random_generator random) noexcept : random_(random) {}

    random_generator random_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
