// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/number_columns.hpp>

#include "base/indexed_place.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace segmenta {
inline namespace v0 {

std::vector<std::span<double const>> as_columns(std::span<std::vector<double> const> columns) {
    return {columns.begin(), columns.end()};
}

void check_columns(number_columns columns, issue_list& issues, std::string_view place) {
    if (row_count(columns) == 0) {
        issues.error("data.empty", std::string(place), "there is nothing to fit", {}, "at least one column and one row",
                     {});
        return;
    }
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const column = columns[j];
        if (column.size() != row_count(columns)) {
            issues.error("data.ragged", detail::indexed_place(place, j),
                         "this column has another length than the first", std::to_string(column.size()),
                         std::to_string(row_count(columns)), {});
        }
        auto const bad = std::find_if(column.begin(), column.end(), [](double v) { return !std::isfinite(v); });
        if (bad == column.end()) continue;
        issues.error("data.not_finite", detail::indexed_place(place, j),
                     "row " + std::to_string(bad - column.begin()) + " is no number",
                     std::isnan(*bad) ? "NaN" : "infinity", "finite numbers",
                     "Leave such rows out, or give missing values a number and a column that says so");
    }
}

} // namespace v0
} // namespace segmenta
