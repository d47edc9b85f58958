// SPDX-License-Identifier: Apache-2.0
#include "model/cluster_data.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

constexpr double largest_square_root = 1e150;

using lanes = double __attribute__((vector_size(16)));

lanes load(double const* p) noexcept {
    lanes v;
    std::memcpy(&v, p, sizeof v);
    return v;
}

void merge(column_range& into, column_range const& part) noexcept {
    into.sum += part.sum;
    into.low = std::min(into.low, part.low);
    into.high = std::max(into.high, part.high);
    into.rows += part.rows;
}

void add(column_range& into, double v) noexcept { merge(into, {v, v, v, 1}); }

column_range range_of(std::span<double const> values) noexcept {
    lanes sum[2] = {};
    lanes low[2] = {lanes{} + INFINITY, lanes{} + INFINITY};
    lanes high[2] = {lanes{} - INFINITY, lanes{} - INFINITY};
    std::size_t i = 0;
    for (; i + 4 <= values.size(); i += 4) {
        lanes const v = load(values.data() + i);
        lanes const w = load(values.data() + i + 2);
        sum[0] += v;
        sum[1] += w;
        low[0] = v < low[0] ? v : low[0];
        low[1] = w < low[1] ? w : low[1];
        high[0] = v > high[0] ? v : high[0];
        high[1] = w > high[1] ? w : high[1];
    }
    column_range out;
    for (std::size_t a = 0; a < 2; ++a)
        for (std::size_t b = 0; b < 2; ++b)
            merge(out, {sum[a][b], low[a][b], high[a][b], 0});
    out.rows = i;
    for (; i < values.size(); ++i)
        add(out, values[i]);
    return out;
}

void merge(category_range& into, category_range const& part) noexcept {
    into.levels = std::max(into.levels, part.levels);
    into.missing |= part.missing;
    into.rows += part.rows;
}

category_range range_of(std::span<std::uint32_t const> codes) noexcept {
    using four = std::uint32_t __attribute__((vector_size(16)));
    static_assert(missing_category + 1U == 0U,
                  "one more than a code: how many levels there are, and 0 for a missing one");
    four most{};
    four least = ~four{};
    std::size_t i = 0;
    for (; i + 4 <= codes.size(); i += 4) {
        four levels;
        std::memcpy(&levels, codes.data() + i, sizeof levels);
        levels += 1;
        most = levels > most ? levels : most;
        least = levels < least ? levels : least;
    }
    category_range out{0, false, codes.size()};
    auto const add = [&](std::uint32_t levels) {
        out.levels = std::max<std::size_t>(out.levels, levels);
        out.missing |= levels == 0;
    };
    for (std::size_t lane = 0; lane < 4 && i > 0; ++lane) {
        add(most[lane]);
        add(least[lane]);
    }
    for (; i < codes.size(); ++i)
        add(codes[i] + 1U);
    return out;
}

// Of each column, its blocks side by side.
template <class Range, class Number>
std::vector<Range> merged_ranges(std::span<std::span<Number const> const> columns, thread_team& team) {
    constexpr std::size_t pass_rows = 65536;
    std::vector<Range> out(columns.size());
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const column = columns[j];
        std::vector<Range> parts((column.size() + pass_rows - 1) / pass_rows);
        team.for_blocks(parts.size(), [&](std::size_t b) {
            parts[b] = range_of(column.subspan(b * pass_rows, std::min(pass_rows, column.size() - b * pass_rows)));
        });
        for (auto const& part : parts)
            merge(out[j], part);
    }
    return out;
}

} // namespace

bool usable(std::span<column_range const> ranges, std::size_t rows) noexcept {
    return rows > 0 && std::all_of(ranges.begin(), ranges.end(), [rows](column_range const& range) {
               return range.rows == rows && !std::isnan(range.sum) && range.low >= -largest_square_root &&
                      range.high <= largest_square_root;
           });
}

std::vector<column_range> ranges_of(number_columns columns, thread_team& team) {
    return merged_ranges<column_range>(columns, team);
}

std::vector<category_range> ranges_of(category_columns columns, thread_team& team) {
    return merged_ranges<category_range>(columns, team);
}

bool usable(std::span<category_range const> ranges, std::size_t rows) noexcept {
    constexpr std::size_t most_levels = 65536; // see check_categories
    return rows > 0 && std::all_of(ranges.begin(), ranges.end(), [rows](category_range const& range) {
               return range.rows == rows && range.levels <= most_levels;
           });
}

void check_cluster_count(std::size_t clusters, std::size_t rows, issue_list& issues) {
    if (clusters == 0) {
        issues.error("cluster.none", "options clusters", "there must be at least one cluster", "0", "1 or more", {});
        return;
    }
    if (clusters > rows && rows > 0) {
        issues.error("cluster.too_many", "options clusters", "there are more clusters than customers",
                     std::to_string(clusters), "at most " + std::to_string(rows), "Ask for fewer clusters");
    }
}

void check_weights(std::span<double const> weights, std::size_t rows, issue_list& issues) {
    if (weights.empty()) return;
    if (weights.size() != rows) {
        issues.error("cluster.bad_weight", "options weights", "there must be one weight per customer",
                     std::to_string(weights.size()), std::to_string(rows), {});
        return;
    }
    auto const bad =
        std::find_if(weights.begin(), weights.end(), [](double w) { return !(std::isfinite(w) && w >= 0); });
    if (bad != weights.end()) {
        issues.error("cluster.bad_weight", "options weights[" + std::to_string(bad - weights.begin()) + "]",
                     "a weight is no number from 0", std::to_string(*bad), "finite numbers from 0", {});
    } else if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) {
        issues.error("cluster.bad_weight", "options weights", "all weights are 0", "0", "some weight above 0", {});
    }
}

void check_squares(number_columns columns, issue_list& issues) {
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const column = columns[j];
        auto const bad = std::find_if(column.begin(), column.end(),
                                      [](double v) { return std::isfinite(v) && std::abs(v) > largest_square_root; });
        if (bad == column.end()) continue;
        issues.error("data.too_large", "columns[" + std::to_string(j) + "]",
                     "the square of row " + std::to_string(bad - column.begin()) + " would overflow",
                     std::to_string(*bad), "numbers of size at most 1e150", "Scale the column first");
    }
}

void check_cluster_data(number_columns columns, std::size_t clusters, std::span<double const> weights,
                        issue_list& issues) {
    check_columns(columns, issues, "columns");
    check_squares(columns, issues);
    check_cluster_count(clusters, row_count(columns), issues);
    check_weights(weights, row_count(columns), issues);
}

void check_cluster_data(number_columns columns, std::span<column_range const> ranges, std::size_t clusters,
                        std::span<double const> weights, issue_list& issues) {
    std::size_t const rows = row_count(columns);
    if (!usable(ranges, rows)) {
        check_cluster_data(columns, clusters, weights, issues);
        return;
    }
    check_cluster_count(clusters, rows, issues);
    check_weights(weights, rows, issues);
}

void check_at_least(std::size_t value, std::size_t least, std::string_view option, issue_list& issues) {
    if (value >= least) return;
    issues.error("cluster.bad_option", "options " + std::string(option), "this option is too small",
                 std::to_string(value), std::to_string(least) + " or more", {});
}

void too_few_distinct(std::size_t distinct, std::size_t clusters) {
    throw issue_error("cluster.too_few_distinct", "columns",
                      "there are fewer different customers than clusters: only " + std::to_string(distinct),
                      std::to_string(clusters) + " clusters", "at most " + std::to_string(distinct),
                      "Ask for fewer clusters, or give features in which customers differ");
}

std::vector<double> row_major(number_columns columns) {
    std::size_t const rows = row_count(columns);
    std::size_t const features = columns.size();
    std::vector<double> out(rows * features);
    for (std::size_t j = 0; j < features; ++j)
        for (std::size_t i = 0; i < rows; ++i)
            out[i * features + j] = columns[j][i];
    return out;
}

std::vector<std::vector<double>> take_rows(number_columns columns, std::span<std::size_t const> which) {
    std::vector<std::vector<double>> out(columns.size(), std::vector<double>(which.size()));
    for (std::size_t j = 0; j < columns.size(); ++j)
        for (std::size_t i = 0; i < which.size(); ++i)
            out[j][i] = columns[j][which[i]];
    return out;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
