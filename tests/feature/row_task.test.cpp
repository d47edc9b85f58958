// SPDX-License-Identifier: Apache-2.0
#include <segmenta/feature/row_task.hpp>

#include "support/catch.hpp"

#include <string>
#include <vector>

using namespace segmenta;

namespace {

std::string same(std::string_view key) { return "here/" + std::string(key); }

feature_request request(aggregate what) {
    feature_request out;
    out.what = what;
    return out;
}

} // namespace

TEST_CASE("row_task: the keys of each aggregate are read") {
    issue_list issues;
    feature_request decayed = request(aggregate::decayed_count);
    decayed.half_life = "P2W";
    CHECK(read_task(decayed, same, issues).half_life == period::of_days(14));
    feature_request active = request(aggregate::active_periods);
    active.every = "P1M";
    active.periods = 6;
    auto const task = read_task(active, same, issues);
    CHECK(task.every == period::of_months(1));
    CHECK(task.periods == 6);
    feature_request funnel = request(aggregate::sequence);
    funnel.steps = {"a", "b"};
    funnel.within = "P7D";
    CHECK(read_task(funnel, same, issues).steps == funnel.steps);
    CHECK(read_task(funnel, same, issues).within == period::of_days(7));
    row_task plain;
    plain.what = aggregate::median;
    CHECK(read_task(request(aggregate::median), same, issues) == plain);
    CHECK(issues.empty());
}

TEST_CASE("row_task: keys that lack, mean nothing or cannot be are refused, each at its place") {
    struct wrong {
        feature_request asked;
        std::string code;
        std::string place;
        std::string says;
    };
    auto const with = [](aggregate what, auto set) {
        feature_request out = request(what);
        set(out);
        return out;
    };
    std::vector<wrong> const cases{
        {request(aggregate::decayed_sum), "feature.missing_key", "here/", "half_life"},
        {with(aggregate::decayed_sum, [](auto& f) { f.half_life = "P1M"; }), "feature.half_life", "here/half_life", "P30D"},
        {with(aggregate::decayed_sum, [](auto& f) { f.half_life = "P0D"; }), "time.period_range", "here/half_life", "zero"},
        {with(aggregate::sum, [](auto& f) { f.half_life = "P1D"; }), "feature.unused_key", "here/half_life", "sum"},
        {with(aggregate::active_periods, [](auto& f) { f.every = "P1D"; }), "feature.missing_key", "here/", "periods"},
        {with(aggregate::active_periods, [](auto& f) { f.periods = 3; }), "feature.missing_key", "here/", "every"},
        {with(aggregate::active_periods,
              [](auto& f) {
                  f.every = "P1D";
                  f.periods = -3;
              }),
         "feature.periods", "here/periods", "1 to 1000"},
        {with(aggregate::active_periods,
              [](auto& f) {
                  f.every = "P1000Y";
                  f.periods = 11;
              }),
         "feature.periods", "here/periods", "10,000 years"},
        {with(aggregate::active_periods,
              [](auto& f) {
                  f.every = "PT80000000H";
                  f.periods = 1000;
              }),
         "feature.periods", "here/periods", "10,000 years"},
        {request(aggregate::sequence), "feature.missing_key", "here/", "steps"},
        {with(aggregate::sequence, [](auto& f) { f.steps.assign(9, "true"); }), "feature.steps", "here/steps", "9"},
        {with(aggregate::sequence, [](auto& f) { f.steps = {"true", " "}; }), "feature.steps", "here/steps", "empty"},
        {with(aggregate::rows, [](auto& f) { f.within = "P1D"; }), "feature.unused_key", "here/within", "rows"},
        {with(aggregate::rows, [](auto& f) { f.steps = {"true"}; }), "feature.unused_key", "here/steps", "rows"},
    };
    for (auto const& c : cases) {
        issue_list issues;
        (void)read_task(c.asked, same, issues);
        CAPTURE(issues.to_string(), c.code);
        REQUIRE(issues.size() == 1);
        CHECK(issues[0].code == c.code);
        CHECK(issues[0].place == c.place);
        CHECK(issues.to_string().find(c.says) != std::string::npos);
    }
}

TEST_CASE("row_task: a period many times") {
    CHECK(times(parse_period("P1M2D"), 3) == parse_period("P3M6D"));
    CHECK(times(parse_period("PT90M"), 2) == parse_period("PT3H"));
    CHECK_THROWS_AS(times(parse_period("P1Y"), 10'001), issue_error);
}
