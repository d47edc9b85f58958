// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_QUANTILE_HPP
#define SEGMENTA_STATS_QUANTILE_HPP

/// \file
/// Quantiles by named type, bins cut at quantiles, and the codes of values in such bins.
///
/// Types 1 to 9 are those of R. J. Hyndman and Y. Fan, "Sample Quantiles in Statistical Packages", The American
/// Statistician 50(4), 1996, as in R's `quantile(type = )`. Type 7 is the "linear" of NumPy and pandas and the
/// `PERCENTILE.INC` of spreadsheets; type 6 is `PERCENTILE.EXC`, Minitab and SPSS.
///
/// Edges are found by selection, not by sorting: a sample brackets the wanted order statistics, one pass counts and
/// collects what lies inside the brackets, and a bracket that missed is collected in one more pass. So the answer is
/// that of the sorted data for any sample, order of input and instruction set.
///
/// Missing rows (a cleared bit in `valid`, NaN) never count. -0.0 is 0.0.

#include <segmenta/base/cpu.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Hyndman and Fan's numbering. With n values x1 <= ... <= xn, probability p and h as below, types 4 to 9 give
/// x_floor(h) + (h - floor(h)) (x_floor(h)+1 - x_floor(h)), with h held inside 1 and n.
enum class quantile_type : std::uint8_t {
    type_1 = 1, ///< inverse of the empirical distribution function
    type_2,     ///< type 1 with averages at steps
    type_3,     ///< nearest even order statistic (SAS)
    type_4,     ///< h = n p
    type_5,     ///< h = n p + 1/2
    type_6,     ///< h = (n + 1) p
    type_7,     ///< h = (n - 1) p + 1; linear
    type_8,     ///< h = (n + 1/3) p + 1/3
    type_9,     ///< h = (n + 1/4) p + 3/8
};

/// Which side of a bin belongs to it. The lowest and the highest bin reach to the ends either way.
enum class closed_side : std::uint8_t {
    left,  ///< [a, b): a value on an edge belongs to the bin above
    right, ///< (a, b]: a value on an edge belongs to the bin below (pandas `qcut`)
};

/// How bins are cut.
struct quantile_spec {
    quantile_type type = quantile_type::type_7;
    closed_side closed = closed_side::right;
    /// Added to every inner edge: 1 is what the R package rfm does. In units of the values; whole for integer values.
    double offset = 0;

    friend bool operator==(quantile_spec const&, quantile_spec const&) = default;
};

/// `floor + numerator / denominator` with 0 <= numerator < denominator: an edge between integers, without rounding.
struct exact_edge {
    std::int64_t floor = 0;
    std::uint64_t numerator = 0;
    std::uint64_t denominator = 1;

    [[nodiscard]] double to_double() const noexcept {
        return static_cast<double>(floor) + static_cast<double>(numerator) / static_cast<double>(denominator);
    }
    /// Equal values, however written.
    friend bool operator==(exact_edge const& a, exact_edge const& b) noexcept {
        return a.floor == b.floor && a.numerator * b.denominator == b.numerator * a.denominator;
    }
};

/// Bins over values of type `T`, `double` or `std::int64_t` (counts, days, decimals in their units).
/// Bin 0 lies below `inner[0]`, bin k from `inner[k - 1]` to `inner[k]`.
template <class T>
struct bin_edges {
    using edge = std::conditional_t<std::is_same_v<T, double>, double, exact_edge>;

    closed_side closed = closed_side::right;
    std::vector<edge> inner; ///< ascending; equal neighbours enclose a bin that stays empty
    T minimum{};             ///< of the present values; zero when there is none
    T maximum{};
    std::size_t count = 0; ///< present values

    [[nodiscard]] std::size_t bins() const noexcept { return inner.size() + 1; }
    friend bool operator==(bin_edges const&, bin_edges const&) = default;
};

/// The code of a missing value.
inline constexpr std::uint8_t missing_code = 255;
/// Bins at most: percentiles.
inline constexpr std::size_t most_bins = 100;

/// Cuts the present values into `bins` bins at the quantiles 1/bins, 2/bins, ... Probabilities are exact fractions.
///
/// `valid`: bit i%64 of word i/64 is set when row i is present; null: all are. Without a present value `inner` is
/// empty and `count` 0. Throws `issue_error`: `quantile.bins` (outside 2...`most_bins`), `quantile.offset` (not whole
/// for integers, not finite), `quantile.overflow` (an integer edge with offset leaves 64 bits).
/// Linear in time; memory is a few per cent of the values.
[[nodiscard]] bin_edges<double> quantile_edges(std::span<double const> values, std::uint64_t const* valid,
                                               std::size_t bins, quantile_spec const& spec = {},
                                               cpu_level level = detect_cpu_level());
[[nodiscard]] bin_edges<std::int64_t> quantile_edges(std::span<std::int64_t const> values, std::uint64_t const* valid,
                                                     std::size_t bins, quantile_spec const& spec = {},
                                                     cpu_level level = detect_cpu_level());

/// As `quantile_edges`, but a value is placed by its middle rank among its equals (the mean of the ranks they would
/// take), compared with the quantiles of the ranks 1...n. Edges are values that begin a bin: `closed` is left.
/// Equal values stay together, and bins are more even than those of `quantile_edges` when ties are heavy.
/// `spec.offset` must be 0 (`quantile.offset`). Where the largest value stays below an edge, that is the next number
/// above it; infinity has none and lies above the edge.
[[nodiscard]] bin_edges<double> midrank_edges(std::span<double const> values, std::uint64_t const* valid,
                                              std::size_t bins, quantile_spec const& spec = {},
                                              cpu_level level = detect_cpu_level());
[[nodiscard]] bin_edges<std::int64_t> midrank_edges(std::span<std::int64_t const> values, std::uint64_t const* valid,
                                                    std::size_t bins, quantile_spec const& spec = {},
                                                    cpu_level level = detect_cpu_level());

/// The bin of each value, or `missing_code`. `codes` has the size of `values`. A value below `minimum` or above
/// `maximum` belongs to the first or last bin. Does not allocate for up to `most_bins` bins.
void bin_codes(std::span<double const> values, std::uint64_t const* valid, bin_edges<double> const& edges,
               std::span<std::uint8_t> codes, cpu_level level = detect_cpu_level()) noexcept;
void bin_codes(std::span<std::int64_t const> values, std::uint64_t const* valid, bin_edges<std::int64_t> const& edges,
               std::span<std::uint8_t> codes, cpu_level level = detect_cpu_level()) noexcept;
[[nodiscard]] std::uint8_t bin_code(double value, bin_edges<double> const& edges) noexcept;
[[nodiscard]] std::uint8_t bin_code(std::int64_t value, bin_edges<std::int64_t> const& edges) noexcept;

/// Bins of as equal size as can be: values are ranked 1...n, equal ones by their place in `order`, and the ranks are
/// cut at their own quantiles. This is pandas' `qcut(rank(method='first'))`. It splits equal values.
///
/// `order`: row numbers in the order that breaks ties (ascending customer id); empty: the order of the rows. Rows not
/// named in it are missing. `spec.offset` must be 0. Returns how many distinct values were split over two or more bins.
/// Linear in rows times bins.
std::size_t rank_first_codes(std::span<double const> values, std::uint64_t const* valid,
                             std::span<std::uint32_t const> order, std::size_t bins, quantile_spec const& spec,
                             std::span<std::uint8_t> codes, cpu_level level = detect_cpu_level());
std::size_t rank_first_codes(std::span<std::int64_t const> values, std::uint64_t const* valid,
                             std::span<std::uint32_t const> order, std::size_t bins, quantile_spec const& spec,
                             std::span<std::uint8_t> codes, cpu_level level = detect_cpu_level());

/// How many codes are 0, 1, ..., `bins - 1`. Other codes are not counted.
[[nodiscard]] std::vector<std::size_t> bin_sizes(std::span<std::uint8_t const> codes, std::size_t bins);

/// The order statistics of the given ranks (0 is the smallest) among the present values. Throws `issue_error`
/// `quantile.rank` when a rank is not smaller than their number. Linear in time.
[[nodiscard]] std::vector<double> order_statistics(std::span<double const> values, std::uint64_t const* valid,
                                                   std::span<std::size_t const> ranks,
                                                   cpu_level level = detect_cpu_level());
[[nodiscard]] std::vector<std::int64_t> order_statistics(std::span<std::int64_t const> values,
                                                         std::uint64_t const* valid, std::span<std::size_t const> ranks,
                                                         cpu_level level = detect_cpu_level());

/// The quantile at `probability` in [0, 1]. NaN when no value is present or the probability is outside. As in R, a
/// position within 4 epsilon of a whole number is that number.
///
///     quantile(std::vector{1.0, 2.0, 3.0, 4.0}, 0.5);                          // 2.5
///     quantile(std::vector{1.0, 2.0, 3.0, 4.0}, 0.5, quantile_type::type_1);   // 2
[[nodiscard]] double quantile(std::span<double const> values, double probability,
                              quantile_type type = quantile_type::type_7);

} // namespace v0
} // namespace segmenta

#endif
