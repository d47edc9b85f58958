// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/purchase_summary.hpp>

#include "support/catch.hpp"

#include <limits>

using namespace segmenta;

namespace {

purchase_summary one(double repeats, double last, double age) {
    purchase_summary s;
    s.repeats = {repeats};
    s.last = {last};
    s.age = {age};
    return s;
}

std::string code_of(purchase_summary const& s) {
    issue_list issues;
    check_summary(s, issues, "summary.csv");
    return issues.empty() ? "none" : issues[0].code;
}

} // namespace

TEST_CASE("purchase summary: units") {
    CHECK(days_in(model_time_unit::week) == 7);
    CHECK(days_in(model_time_unit::month) * 12 == Catch::Approx(365.25));
    CHECK(parse_model_time_unit("weeks") == model_time_unit::week);
    CHECK(parse_model_time_unit("day") == model_time_unit::day);
    CHECK_FALSE(parse_model_time_unit("W"));
    CHECK_FALSE(parse_model_time_unit(""));
    for (auto const unit : {model_time_unit::day, model_time_unit::week, model_time_unit::month, model_time_unit::year})
        CHECK(parse_model_time_unit(to_string(unit)) == unit);
}

TEST_CASE("purchase summary: what cannot be is refused with its row") {
    CHECK(code_of(one(2, 30.43, 38.86)) == "none");
    CHECK(code_of(one(0, 0, 38.86)) == "none");
    CHECK(code_of(one(0, 0, 0)) == "none");
    CHECK(code_of(one(2, 39, 38)) == "clv.last_after_end");
    CHECK(code_of(one(2, -1, 38)) == "clv.last_after_end");
    CHECK(code_of(one(0, 1, 38)) == "clv.last_without_repeat");
    CHECK(code_of(one(2, 0, 38)) == "clv.repeat_without_time");
    CHECK(code_of(one(1.5, 1, 38)) == "clv.not_whole");
    CHECK(code_of(one(-1, 0, 38)) == "clv.not_whole");
    CHECK(code_of(one(1, std::numeric_limits<double>::quiet_NaN(), 38)) == "clv.not_finite");
    CHECK(code_of(one(1, 1, std::numeric_limits<double>::infinity())) == "clv.not_finite");
    CHECK(code_of({}) == "clv.empty");
    auto ragged = one(1, 1, 2);
    ragged.last.push_back(1);
    CHECK(code_of(ragged) == "clv.ragged");
    auto spend = one(1, 1, 2);
    for (double const bad : {0.0, -5.0, std::numeric_limits<double>::quiet_NaN()}) {
        spend.mean_spend = {bad};
        CHECK(code_of(spend) == "clv.bad_spend");
    }
    spend.repeats = {0};
    spend.last = {0};
    CHECK(code_of(spend) == "none"); // nothing is asked of who bought once
    auto regular = one(1, 1, 2);
    regular.log_times = {-std::numeric_limits<double>::infinity()};
    CHECK(code_of(regular) == "clv.not_finite");
    regular.log_times = {0, 0};
    CHECK(code_of(regular) == "clv.ragged");
    auto weighted = one(1, 1, 2);
    weighted.weight = {-1};
    CHECK(code_of(weighted) == "clv.bad_weight");
    issue_list issues;
    auto two = one(2, 39, 38);
    two.repeats.push_back(1);
    two.last.push_back(7);
    two.age.push_back(6);
    check_summary(two, issues, "summary.csv");
    REQUIRE(issues.size() == 1);
    CHECK(issues[0].place == "summary.csv row 1");
    CHECK(issues[0].message.find("1 more row") != std::string::npos);
    CHECK(issues[0].remedy.find("lifetimes") != std::string::npos);
    CHECK(issues[0].remedy.find("recency of RFM") != std::string::npos);
}
