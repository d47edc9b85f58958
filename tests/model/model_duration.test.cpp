// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/model_duration.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("model duration: the same length in other units") {
    CHECK(of_years(1).in(model_time_unit::month) == Catch::Approx(12));
    CHECK(of_weeks(3).in(model_time_unit::week) == 3);
    CHECK(of_weeks(3).days() == 21);
    CHECK(of_days(14).in(model_time_unit::week) == 2);
    CHECK(of_months(12).in(model_time_unit::week) == Catch::Approx(365.25 / 7));
}
