// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/moments.hpp>

#include <segmenta/stats/exact_sum.hpp>

#include <cmath>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

bool is_present(std::uint64_t const* valid, std::size_t row) {
    return valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1U) != 0;
}

/// Powers of the deviations from the mean; `value(row)` is only asked for present rows.
template <class Present, class Value>
void add_deviations(moments& out, std::size_t rows, Present present, Value value) {
    exact_sum squares;
    exact_sum cubes;
    exact_sum fourths;
    for (std::size_t row = 0; row < rows; ++row) {
        if (!present(row)) continue;
        double const d = value(row) - out.mean;
        double const d2 = d * d;
        squares.add(d2);
        cubes.add(d2 * d);
        fourths.add(d2 * d2);
    }
    double const n = static_cast<double>(out.count);
    double const m2 = squares.value() / n;
    out.population_variance = m2;
    out.variance = out.count < 2 ? none : squares.value() / (n - 1);
    bool const varies = out.maximum > out.minimum && m2 > 0;
    out.skewness = varies ? cubes.value() / n / (m2 * std::sqrt(m2)) : none;
    out.excess_kurtosis = varies ? fourths.value() / n / (m2 * m2) - 3 : none;
}

moments of_nothing(std::size_t missing) { return {0, missing, 0, none, none, none, none, none, none, none}; }

} // namespace

moments compute_moments(std::span<double const> values, std::uint64_t const* valid) {
    auto const present = [&](std::size_t row) { return is_present(valid, row) && values[row] == values[row]; };
    moments out;
    exact_sum sum;
    out.minimum = std::numeric_limits<double>::infinity();
    out.maximum = -std::numeric_limits<double>::infinity();
    for (std::size_t row = 0; row < values.size(); ++row) {
        if (!present(row)) continue;
        ++out.count;
        sum.add(values[row]);
        out.minimum = values[row] < out.minimum ? values[row] : out.minimum;
        out.maximum = values[row] > out.maximum ? values[row] : out.maximum;
    }
    out.missing = values.size() - out.count;
    if (out.count == 0) return of_nothing(out.missing);
    out.sum = sum.value();
    out.mean = out.sum / static_cast<double>(out.count);
    add_deviations(out, values.size(), present, [&](std::size_t row) { return values[row]; });
    return out;
}

moments compute_moments(std::span<std::int64_t const> values, std::uint64_t const* valid, double unit) {
    auto const present = [&](std::size_t row) { return is_present(valid, row); };
    moments out;
    __extension__ __int128 sum = 0; // 2^64 summands fit
    std::int64_t low = std::numeric_limits<std::int64_t>::max();
    std::int64_t high = std::numeric_limits<std::int64_t>::min();
    for (std::size_t row = 0; row < values.size(); ++row) {
        if (!present(row)) continue;
        ++out.count;
        sum += values[row];
        low = values[row] < low ? values[row] : low;
        high = values[row] > high ? values[row] : high;
    }
    out.missing = values.size() - out.count;
    if (out.count == 0) return of_nothing(out.missing);
    out.sum = static_cast<double>(sum) * unit;
    out.mean = static_cast<double>(sum) / static_cast<double>(out.count) * unit;
    out.minimum = static_cast<double>(low) * unit;
    out.maximum = static_cast<double>(high) * unit;
    add_deviations(out, values.size(), present,
                   [&](std::size_t row) { return static_cast<double>(values[row]) * unit; });
    return out;
}

} // namespace v0
} // namespace segmenta
