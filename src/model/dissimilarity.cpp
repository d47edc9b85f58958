// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/dissimilarity.hpp>

#include "base/indexed_place.hpp"
#include "model/cluster_data.hpp"
#include "model/dissimilarities.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

// Fills row i from column i on and copies below the diagonal: each pair is computed once. The copy goes square by
// square, since one of its sides runs down a column.
template <class Pair>
void fill(std::size_t n, std::span<double> out, thread_team& team, Pair pair) {
    constexpr std::size_t side = 32;
    std::size_t const blocks = (n + side - 1) / side;
    team.for_blocks(blocks, [&](std::size_t b) {
        for (std::size_t i = b * side; i < std::min(n, (b + 1) * side); ++i)
            for (std::size_t j = i + 1; j < n; ++j)
                out[i * n + j] = pair(i, j);
    });
    team.for_blocks(blocks, [&](std::size_t b) {
        for (std::size_t from = 0; from <= b * side; from += side)
            for (std::size_t i = b * side; i < std::min(n, (b + 1) * side); ++i)
                for (std::size_t j = from; j < std::min(i, from + side); ++j)
                    out[i * n + j] = out[j * n + i];
    });
}

struct gower_column {
    std::span<double const> values;
    double range = 0; // of the known values
};

std::vector<gower_column> ranges(number_columns numbers) {
    std::vector<gower_column> out;
    for (auto const column : numbers) {
        double low = INFINITY;
        double high = -INFINITY;
        for (double const v : column) {
            if (std::isnan(v)) continue;
            low = std::min(low, v);
            high = std::max(high, v);
        }
        out.push_back({column, high > low ? high - low : 0});
    }
    return out;
}

void check_mixed(number_columns numbers, category_columns categories, issue_list& issues) {
    std::size_t const n = numbers.empty() ? row_count(categories) : row_count(numbers);
    if (n == 0)
        issues.error("data.empty", "columns", "there is nothing to compare", {}, "at least one column and row", {});
    auto const check_length = [&](char const* place, std::size_t j, std::size_t length) {
        if (length != n)
            issues.error("data.ragged", detail::indexed_place(place, j),
                         "this column has another length than the first", std::to_string(length), std::to_string(n),
                         {});
    };
    for (std::size_t j = 0; j < numbers.size(); ++j) {
        check_length("numbers", j, numbers[j].size());
        if (std::any_of(numbers[j].begin(), numbers[j].end(), [](double v) { return std::isinf(v); }))
            issues.error("data.not_finite", detail::indexed_place("numbers", j), "a number is infinite", "infinity",
                         "finite numbers, NaN where not known", {});
    }
    for (std::size_t j = 0; j < categories.size(); ++j)
        check_length("categories", j, categories[j].size());
}

} // namespace

void detail::euclidean_into(number_columns columns, std::span<double> out, thread_team& team) {
    auto const rows = row_major(columns);
    std::size_t const d = columns.size();
    fill(row_count(columns), out, team, [&](std::size_t i, std::size_t j) {
        return std::sqrt(squared_distance(rows.data() + i * d, rows.data() + j * d, d));
    });
}

std::vector<double> euclidean_dissimilarities(number_columns columns, unsigned threads) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    issues.throw_if_errors();
    thread_team team(threads);
    std::vector<double> out(row_count(columns) * row_count(columns));
    detail::euclidean_into(columns, out, team);
    return out;
}

std::vector<double> gower_dissimilarities(number_columns numbers, category_columns categories, unsigned threads) {
    issue_list issues;
    check_mixed(numbers, categories, issues);
    issues.throw_if_errors();
    auto const ranged = ranges(numbers);
    std::size_t const n = numbers.empty() ? row_count(categories) : row_count(numbers);
    thread_team team(threads);
    std::vector<double> out(n * n);
    fill(n, out, team, [&](std::size_t i, std::size_t j) {
        double sum = 0;
        double known = 0;
        for (auto const& c : ranged) {
            double const gap = std::abs(c.values[i] - c.values[j]);
            if (std::isnan(gap)) continue;
            ++known;
            if (c.range > 0) sum += gap / c.range;
        }
        for (auto const& c : categories) {
            if (c[i] == missing_category || c[j] == missing_category) continue;
            ++known;
            sum += c[i] == c[j] ? 0 : 1;
        }
        return known > 0 ? sum / known : std::numeric_limits<double>::quiet_NaN();
    });
    return out;
}

} // namespace v0
} // namespace segmenta
