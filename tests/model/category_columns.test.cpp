// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/category_columns.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("category columns: every column that cannot be fitted is named") {
    std::vector<std::vector<std::uint32_t>> const data{{1, 2}, {1, missing_category}, {1}, {0, 70000}};
    auto const columns = as_categories(data);
    CHECK(row_count(columns) == 2);
    issue_list issues;
    check_categories(columns, issues, "categories");
    REQUIRE(issues.size() == 3);
    CHECK(issues[0].code == "data.missing");
    CHECK(issues[0].place == "categories[1]");
    CHECK(issues[1].code == "data.ragged");
    CHECK(issues[2].code == "data.too_many_categories");
    issue_list none;
    check_categories({}, none, "categories");
    CHECK(none[0].code == "data.empty");
}
