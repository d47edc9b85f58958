// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/discount_rate.hpp>

#include "support/catch.hpp"

#include <type_traits>

using namespace segmenta;

// A bare number is no rate, and no length of time is a rate.
static_assert(!std::is_constructible_v<discount_rate, double>);
static_assert(!std::is_convertible_v<double, discount_rate>);
static_assert(!std::is_convertible_v<double, model_duration>);
static_assert(!std::is_constructible_v<discount_rate, model_duration>);

TEST_CASE("discount rate: periods compound, and units differ") {
    CHECK(discount_rate::per_month(0.01).factor(of_months(2)) == Catch::Approx(1 / 1.01 / 1.01));
    CHECK(discount_rate::per_year(0.1).factor(of_years(1)) == Catch::Approx(1 / 1.1));
    CHECK(discount_rate::per_month(0.01).factor(of_years(1)) == Catch::Approx(std::pow(1.01, -12)));
    CHECK(discount_rate::continuous_per_year(0.1).factor(of_years(2)) == Catch::Approx(std::exp(-0.2)));
    CHECK(discount_rate::continuous(of_weeks(1), 0.0027).continuous_in(model_time_unit::week) ==
          Catch::Approx(0.0027).epsilon(1e-15));
    CHECK(discount_rate().factor(of_years(100)) == 1);
    CHECK(discount_rate::per(of_weeks(4.345), 1).factor(of_weeks(4.345)) == Catch::Approx(0.5).epsilon(1e-14));
    CHECK(discount_rate::per_month(0.01) == discount_rate::per_month(0.01));
    CHECK_FALSE(discount_rate::per_month(0.01) == discount_rate::per_year(0.01));
}

TEST_CASE("discount rate: what is no rate says so") {
    CHECK(discount_rate().valid());
    CHECK(discount_rate::per_year(0.1).valid());
    CHECK_FALSE(discount_rate::per_year(-0.1).valid());
    CHECK_FALSE(discount_rate::per_year(-1).valid());
    CHECK_FALSE(discount_rate::per(of_days(0), 0.1).valid());
    CHECK_FALSE(discount_rate::per_year(std::nan("")).valid());
}
