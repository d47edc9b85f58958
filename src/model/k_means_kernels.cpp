// SPDX-License-Identifier: Apache-2.0
#include "model/k_means_kernels.hpp"

#include "model/k_means_loops.hpp"

#include <array>
#include <bit>
#include <cmath>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

struct portable_lanes {
    using numbers = std::array<float, 8>;
    using integers = std::array<std::uint32_t, 8>;

    template <class Out, class Make>
    static Out each(Make make) {
        Out out;
        for (std::size_t i = 0; i < 8; ++i)
            out[i] = make(i);
        return out;
    }
    static numbers all(float v) {
        return each<numbers>([v](std::size_t) { return v; });
    }
    static numbers load(float const* p) {
        return each<numbers>([p](std::size_t i) { return p[i]; });
    }
    static integers labels(std::uint32_t c) {
        return each<integers>([c](std::size_t) { return c; });
    }
    static numbers minus_product(numbers const& s, numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return s[i] - a[i] * b[i]; });
    }
    static numbers plus_square(numbers const& s, numbers const& a) {
        return each<numbers>([&](std::size_t i) { return s[i] + a[i] * a[i]; });
    }
    static numbers product(numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return a[i] * b[i]; });
    }
    static numbers plus(numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return a[i] + b[i]; });
    }
    static numbers minus(numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return a[i] - b[i]; });
    }
    static numbers root(numbers const& a) {
        return each<numbers>([&](std::size_t i) { return std::sqrt(a[i]); });
    }
    static void store(float* p, numbers const& a) {
        for (std::size_t i = 0; i < 8; ++i)
            p[i] = a[i];
    }
    static numbers first(numbers const& a, std::size_t n) {
        return each<numbers>([&](std::size_t i) { return i < n ? a[i] : 0.0F; });
    }
    // Rows of four pairs.
    template <class Number>
    static std::array<Number, 8> pairs(Number const* p, std::uint32_t const* list) {
        return each<std::array<Number, 8>>([=](std::size_t i) { return p[list[i / 2] * 2 + i % 2]; });
    }
    static numbers least_of_pairs(numbers const& a) {
        return each<numbers>([&](std::size_t i) { return a[i] < a[i ^ 1U] ? a[i] : a[i ^ 1U]; });
    }
    static unsigned bits(integers const& a) {
        unsigned mask = 0;
        for (std::size_t i = 0; i < 8; ++i)
            mask |= (a[i] & 1U) << i;
        return mask;
    }
    static void list(unsigned mask, std::uint32_t first, std::uint32_t* out) {
        for (; mask != 0; mask &= mask - 1)
            *out++ = first + static_cast<std::uint32_t>(std::countr_zero(mask));
    }

    using sums = std::array<double, 8>;
    static sums add(sums const& total, numbers const& a) {
        return each<sums>([&](std::size_t i) { return total[i] + static_cast<double>(a[i]); });
    }
    static double sum(sums const& total) {
        double out = 0;
        for (double const v : total)
            out += v;
        return out;
    }
    static numbers marked(numbers const& score, integers const& bits, integers const& number) {
        return each<numbers>([&](std::size_t i) {
            return std::bit_cast<float>((std::bit_cast<std::uint32_t>(score[i]) & bits[i]) | number[i]);
        });
    }
    static integers mark(numbers const& score, integers const& bits) {
        return each<integers>([&](std::size_t i) { return std::bit_cast<std::uint32_t>(score[i]) & ~bits[i]; });
    }
    static integers not_more(numbers const& a, numbers const& b) {
        return each<integers>([&](std::size_t i) { return a[i] > b[i] ? 0U : ~0U; });
    }
    static numbers smaller(numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return a[i] < b[i] ? a[i] : b[i]; });
    }
    static numbers larger(numbers const& a, numbers const& b) {
        return each<numbers>([&](std::size_t i) { return a[i] > b[i] ? a[i] : b[i]; });
    }
    static unsigned finish(integers const& label, integers const& doubtful, integers const& was,
                           std::uint32_t* found) {
        unsigned mask = 0;
        for (std::size_t i = 0; i < 8; ++i) {
            found[i] = label[i] | (doubtful[i] & doubtful_label);
            mask |= static_cast<unsigned>(found[i] != was[i]) << i;
        }
        return mask;
    }
};

constexpr k_means_kernels portable{select<portable_lanes>, nearest<portable_lanes>, nearer<portable_lanes>};

} // namespace

k_means_kernels const& k_means_kernels_for([[maybe_unused]] cpu_level level) noexcept {
#if defined(__x86_64__)
    if (level >= cpu_level::avx2) return k_means_kernels_avx2;
#endif
    return portable;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
