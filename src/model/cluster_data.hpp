// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_DATA_HPP
#define SEGMENTA_MODEL_CLUSTER_DATA_HPP

// What all clusterings share: checks of their data, rows out of columns, distances.

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/error.hpp>
#include <segmenta/model/category_columns.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// cluster.none and cluster.too_many.
void check_cluster_count(std::size_t clusters, std::size_t rows, issue_list& issues);
// cluster.bad_weight: another length, a negative or infinite weight, or all 0. Nothing for no weights.
void check_weights(std::span<double const> weights, std::size_t rows, issue_list& issues);
// data.too_large for numbers whose squares would overflow.
void check_squares(number_columns columns, issue_list& issues);
// All of the above and check_columns.
void check_cluster_data(number_columns columns, std::size_t clusters, std::span<double const> weights,
                        issue_list& issues);
// What one pass over a column tells. NaN makes the sum NaN.
struct column_range {
    double sum = 0;
    double low = INFINITY;
    double high = -INFINITY;
    std::size_t rows = 0;
};
// In fixed lanes and blocks: the same for any number of threads.
std::vector<column_range> ranges_of(number_columns columns, thread_team& team);
// Whether columns of such ranges have `rows` rows each, at least one, and neither NaN nor squares that overflow.
bool usable(std::span<column_range const> ranges, std::size_t rows) noexcept;
// What one pass over a column of categories tells.
struct category_range {
    std::size_t levels = 0; // the highest code and 1; 0 where all are missing
    bool missing = false;   // some are
    std::size_t rows = 0;
};
std::vector<category_range> ranges_of(category_columns columns, thread_team& team);
// Whether check_categories has nothing to say of columns of such ranges, but for missing categories.
bool usable(std::span<category_range const> ranges, std::size_t rows) noexcept;
// The same issues where the ranges are known already: another pass is made only when there is something to tell.
void check_cluster_data(number_columns columns, std::span<column_range const> ranges, std::size_t clusters,
                        std::span<double const> weights, issue_list& issues);
// cluster.bad_option unless value is at least `least`.
void check_at_least(std::size_t value, std::size_t least, std::string_view option, issue_list& issues);
[[noreturn]] void too_few_distinct(std::size_t distinct, std::size_t clusters);

// One customer of columns.
template <class Number>
std::vector<Number> row_of(std::span<std::span<Number const> const> columns, std::size_t row) {
    std::vector<Number> out;
    for (auto const column : columns)
        out.push_back(column[row]);
    return out;
}

// Draws a row with probability in proportion to mass(row), of which `sums` has the sum of each `block_rows` rows; some
// mass is above 0.
template <class Mass>
std::size_t draw_row(random_generator& random, std::span<double const> sums, std::size_t block_rows, std::size_t rows,
                     Mass mass) {
    double total = 0;
    for (double const s : sums)
        total += s;
    double left = random_unit(random) * total;
    std::size_t b = 0;
    std::size_t heaviest = 0; // rounding may leave nothing behind the last
    for (; b < sums.size() && left >= sums[b]; ++b) {
        left -= sums[b];
        if (sums[b] > 0) heaviest = b;
    }
    if (b == sums.size()) b = heaviest;
    std::size_t last = b * block_rows;
    for (std::size_t i = last; i < std::min(rows, (b + 1) * block_rows); ++i) {
        double const m = mass(i);
        if (!(m > 0)) continue;
        last = i;
        if ((left -= m) < 0) break;
    }
    return last;
}

// Row after row.
std::vector<double> row_major(number_columns columns);

// The sum in the order of the features: every path that compares distances in double adds in this order, so they agree
// to the last bit.
inline double squared_distance(double const* a, double const* b, std::size_t features) noexcept {
    double sum = 0;
    for (std::size_t j = 0; j < features; ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

struct nearest_centre {
    std::uint32_t cluster;
    double squared;
};

// Ties go to the lower number. `centres` is not empty.
inline nearest_centre find_nearest(double const* row, std::span<double const> centres, std::size_t features) noexcept {
    nearest_centre best{0, squared_distance(row, centres.data(), features)};
    std::size_t const count = centres.size() / features;
    for (std::size_t c = 1; c < count; ++c) {
        double const here = squared_distance(row, centres.data() + c * features, features);
        if (here < best.squared) best = {static_cast<std::uint32_t>(c), here};
    }
    return best;
}

// The rows of `which`, in that order.
std::vector<std::vector<double>> take_rows(number_columns columns, std::span<std::size_t const> which);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
