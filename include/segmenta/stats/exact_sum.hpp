// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_EXACT_SUM_HPP
#define SEGMENTA_STATS_EXACT_SUM_HPP

/// \file
/// The sum of doubles without rounding on the way: the same bits for any order and any grouping of the summands.
///
/// Method: a fixed-point number wide enough for every double, in 32-bit digits kept in 64-bit integers so that carries
/// wait (R. M. Neal, "Fast exact summation using small and large superaccumulators", arXiv:1505.05571, 2015).

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace segmenta {
inline namespace v0 {

/// An exact sum. 560 bytes; a few nanoseconds per summand.
///
/// Thread safety: a plain value. Sums of parts are merged with `add(other)`.
class exact_sum {
public:
    /// Infinities and NaN are summands like any other: the value then follows IEEE 754 (inf - inf is NaN).
    void add(double summand) noexcept;
    void add(std::span<double const> summands) noexcept {
        for (double const s : summands)
            add(s);
    }
    void add(exact_sum const& other) noexcept;
    /// The exact sum rounded once, to nearest, ties to even. 0.0 for no summands; infinite when it is too large.
    [[nodiscard]] double value() const noexcept;

private:
    // 2^-1074 is the smallest step; 2098 bits hold the largest double, 64 more hold 2^64 of them.
    static constexpr std::size_t digits = 68;

    void carry() noexcept;

    std::array<std::int64_t, digits> digit_{}; ///< digit i counts 2^(32 i - 1074)
    std::uint32_t waiting_ = 0;                ///< summands since the last carry
    bool positive_infinity_ = false;
    bool negative_infinity_ = false;
    bool nan_ = false;
};

} // namespace v0
} // namespace segmenta

#endif
