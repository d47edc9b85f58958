// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/category_columns.hpp>

#include "base/indexed_place.hpp"

#include <algorithm>
#include <string>

namespace segmenta {
inline namespace v0 {

std::vector<std::span<std::uint32_t const>> as_categories(std::span<std::vector<std::uint32_t> const> columns) {
    return {columns.begin(), columns.end()};
}

void check_categories(category_columns columns, issue_list& issues, std::string_view place) {
    if (row_count(columns) == 0) {
        issues.error("data.empty", std::string(place), "there is nothing to fit", {}, "at least one column and one row",
                     {});
        return;
    }
    constexpr std::uint32_t most = 65536;
    for (std::size_t j = 0; j < columns.size(); ++j) {
        auto const column = columns[j];
        auto const where = detail::indexed_place(place, j);
        if (column.size() != row_count(columns))
            issues.error("data.ragged", where, "this column has another length than the first",
                         std::to_string(column.size()), std::to_string(row_count(columns)), {});
        auto const bad = std::find_if(column.begin(), column.end(), [](std::uint32_t c) { return c >= most; });
        if (bad == column.end()) continue;
        auto const row = "row " + std::to_string(bad - column.begin());
        if (*bad == missing_category)
            issues.error("data.missing", where, row + " has no category", "missing", "a code",
                         "Leave such rows out, or make missing a category of its own");
        else
            issues.error("data.too_many_categories", where, row + " is no code of a category", std::to_string(*bad),
                         "0 to 65535", "Number the categories from 0, or leave the column out");
    }
}

} // namespace v0
} // namespace segmenta
