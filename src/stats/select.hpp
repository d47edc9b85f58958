// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STATS_SELECT_HPP
#define SEGMENTA_STATS_SELECT_HPP

// Order statistics of a column by sampling and selection, see stats/quantile.hpp.

#include "stats/quantile_kernels.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// A column with a validity bitmap (null: every row is present).
template <class T>
struct present_values {
    std::span<T const> values;
    std::uint64_t const* valid = nullptr;

    [[nodiscard]] bool present(std::size_t row) const noexcept {
        return valid == nullptr || ((valid[row / 64] >> (row % 64)) & 1U) != 0;
    }
};

/// Calls visit(T const* run, std::size_t n) for runs of at most 2,048 present values, in order. Runs without a missing
/// row are not copied. 2,048 values stay in the first-level cache while several kernels pass over them.
template <class T, class Visit>
void for_each_run(present_values<T> column, Visit&& visit) {
    constexpr std::size_t run_rows = 2048;
    T packed[run_rows];
    for (std::size_t begin = 0; begin < column.values.size(); begin += run_rows) {
        std::size_t const n = column.values.size() - begin < run_rows ? column.values.size() - begin : run_rows;
        T const* const run = column.values.data() + begin;
        if (column.valid == nullptr) {
            visit(run, n);
            continue;
        }
        std::size_t kept = 0;
        bool whole = true;
        for (std::size_t i = 0; i < n; i += 64) {
            std::size_t const rows = n - i < 64 ? n - i : 64;
            std::uint64_t const all = rows == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << rows) - 1;
            std::uint64_t const word = column.valid[(begin + i) / 64] & all;
            whole = whole && word == all;
        }
        if (whole) {
            visit(run, n);
            continue;
        }
        for (std::size_t i = 0; i < n; ++i) {
            packed[kept] = run[i];
            kept += column.present(begin + i);
        }
        if (kept != 0) visit(static_cast<T const*>(packed), kept);
    }
}

/// Present values that are not NaN.
template <class T>
struct column_extremes {
    std::size_t count = 0;
    T minimum{};
    T maximum{};
};

template <class T>
column_extremes<T> find_extremes(present_values<T> column, quantile_kernels<T> const& kernels);

/// The values of `ranks` (ascending, distinct, smaller than `count`), in their order. `count` is the number of present
/// values that are not NaN.
template <class T>
std::vector<T> select_ranks(present_values<T> column, std::size_t count, std::span<std::size_t const> ranks,
                            quantile_kernels<T> const& kernels);

/// Which ranks are wanted among so many values; ascending and distinct.
using ranks_of_count = std::function<std::vector<std::size_t>(std::size_t count)>;

/// Extremes, the wanted ranks and their values.
template <class T>
struct ordered_column {
    column_extremes<T> seen;
    std::vector<std::size_t> ranks; ///< empty where there is no value
    std::vector<T> values;

    /// Of one of the ranks.
    [[nodiscard]] T at(std::size_t rank) const {
        auto const found = std::lower_bound(ranks.begin(), ranks.end(), rank);
        return values[static_cast<std::size_t>(found - ranks.begin())];
    }
};

/// `find_extremes` and `select_ranks` in one pass, mostly.
template <class T>
ordered_column<T> select_of_present(present_values<T> column, ranks_of_count const& ranks_of,
                                    quantile_kernels<T> const& kernels);

extern template column_extremes<double> find_extremes(present_values<double>, quantile_kernels<double> const&);
extern template column_extremes<std::int64_t> find_extremes(present_values<std::int64_t>,
                                                            quantile_kernels<std::int64_t> const&);
extern template ordered_column<double> select_of_present(present_values<double>, ranks_of_count const&,
                                                         quantile_kernels<double> const&);
extern template ordered_column<std::int64_t> select_of_present(present_values<std::int64_t>, ranks_of_count const&,
                                                               quantile_kernels<std::int64_t> const&);
extern template std::vector<double> select_ranks(present_values<double>, std::size_t, std::span<std::size_t const>,
                                                 quantile_kernels<double> const&);
extern template std::vector<std::int64_t> select_ranks(present_values<std::int64_t>, std::size_t,
                                                       std::span<std::size_t const>,
                                                       quantile_kernels<std::int64_t> const&);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
