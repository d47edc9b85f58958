// SPDX-License-Identifier: Apache-2.0
#include "model/cluster_data.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace detail {

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
    auto const bad = std::find_if(weights.begin(), weights.end(), [](double w) { return !(std::isfinite(w) && w >= 0); });
    if (bad != weights.end()) {
        issues.error("cluster.bad_weight", "options weights[" + std::to_string(bad - weights.begin()) + "]",
                     "a weight is no number from 0", std::to_string(*bad), "finite numbers from 0", {});
    } else if (std::all_of(weights.begin(), weights.end(), [](double w) { return w == 0; })) {
        issues.error("cluster.bad_weight", "options weights", "all weights are 0", "0", "some weight above 0", {});
    }
}

void check_squares(number_columns columns, issue_list& issues) {
    constexpr double limit = 1e150;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const column = columns[j];
        auto const bad = std::find_if(column.begin(), column.end(),
                                      [](double v) { return std::isfinite(v) && std::abs(v) > limit; });
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
