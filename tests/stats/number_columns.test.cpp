// SPDX-License-Identifier: Apache-2.0
#include <segmenta/stats/number_columns.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace segmenta;

TEST_CASE("number columns: every column that cannot be fitted is named") {
    double const nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<double>> const data{
        {1, 2, 3}, {1, nan, nan}, {1, 2}, {1, 2, -std::numeric_limits<double>::infinity()}};
    auto const columns = as_columns(data);
    CHECK(row_count(columns) == 3);
    issue_list issues;
    check_columns(columns, issues, "features");
    REQUIRE(issues.size() == 3);
    CHECK(issues[0].place == "features[1]");
    CHECK(issues[0].code == "data.not_finite");
    CHECK(issues[0].message == "row 1 is no number");
    CHECK(issues[1].code == "data.ragged");
    CHECK(issues[2].seen == "infinity");
    issue_list none;
    check_columns({}, none, "features");
    CHECK(none[0].code == "data.empty");
    check_columns(std::span(columns).first(1), none, "features");
    CHECK(none.size() == 1);
}
