// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/plan.hpp>

#include "plan/plan_cases.hpp"
#include "support/catch.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace segmenta;
using namespace segmenta::test;
using Catch::Matchers::ContainsSubstring;

TEST_CASE("features with limits of time and keys of their own are read, written out, hashed and checked") {
    std::string const more = R"("columns": {
    "early": {"feature": "median", "of": "orders", "field": "quantity", "window": "P2W", "until": "P1D",
              "from": "2024-01-01", "to": "2024-06-01T00:00:00Z", "calendar": "this_year"},
    "warmth": {"feature": "decayed_sum", "of": "orders", "field": "amount", "half_life": "P4W"},
    "months": {"feature": "active_periods", "of": "orders", "every": "P12M", "periods": 3},
    "funnel": {"feature": "sequence", "of": "orders", "steps": ["quantity > 1", "brand == 'x'"], "within": "P1W"},
    "liking": {"feature": "most_frequent", "of": "orders", "field": "brand"},
    "taste": "liking == 'x'",)";
    auto const with = [&](std::string_view from, std::string_view to) {
        return broken(R"("columns": {)", replaced(more, from, to));
    };
    plan const made = parse_plan(with("P2W", "P2W"));
    feature_request early{aggregate::median, "orders", "quantity", "P14D"}; // weeks are days, so that hashes are equal
    early.until = "P1D";
    early.from = "2024-01-01";
    early.to = "2024-06-01T00:00:00Z";
    early.calendar = "this_year";
    CHECK(*made.find_column("early")->feature() == early);
    CHECK(made.find_column("warmth")->feature()->half_life == "P28D");
    CHECK(made.find_column("months")->feature()->every == "P1Y");
    CHECK(made.find_column("months")->feature()->periods == 3);
    CHECK(made.find_column("funnel")->feature()->steps == std::vector<std::string>{"quantity > 1", "brand == 'x'"});
    CHECK(made.find_column("funnel")->feature()->within == "P7D");
    CHECK(parse_plan(made.to_json()).hash() == made.hash());
    CHECK(parse_plan(made.to_json()).to_json() == made.to_json());
    for (auto const& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"P2W", "P3W"}, {"P1D", "P2D"}, {"2024-01-01", "2024-01-02"}, {"2024-06-01T", "2024-06-02T"}, {"this_year", "last_year"},
             {"P4W", "P5W"}, {"P12M", "P1M"}, {"3}", "4}"}, {"> 1\"", "> 2\""}, {R"(, "within": "P1W")", ""}}) {
        CAPTURE(from);
        CHECK(parse_plan(with(from, to)).hash() != made.hash());
    }
    for (auto const& [from, to, code, place, says] : std::vector<std::array<std::string, 5>>{
             {"P2W", "P0D", "time.period_range", "plan.json:34 /columns/early/window", "zero"},
             {"P2W", "P-5D", "time.period_range", "plan.json:34 /columns/early/window", "minus"},
             {"P1D", "P2W", "feature.empty_window", "plan.json:34 /columns/early/until", "longer"},
             {"2024-01-01", "2024-13-01", "feature.moment", "plan.json:35 /columns/early/from", "2024-13-01"},
             {"2024-01-01", "", "plan.wrong_type", "plan.json:35 /columns/early/from", "Remove"},
             {"this_year", "thisyear", "feature.unknown_calendar", "plan.json:35 /columns/early/calendar", "this_year?"},
             {R"(, "half_life": "P4W")", "", "feature.missing_key", "plan.json:36 /columns/warmth", "half_life"},
             {"P4W", "P1M", "feature.half_life", "plan.json:36 /columns/warmth/half_life", "P30D"},
             {"3}", "0}", "plan.wrong_type", "plan.json:37 /columns/months/periods", "1 to 1000"},
             {"3}", "3.5}", "plan.wrong_type", "plan.json:37 /columns/months/periods", ""},
             {"3}", "2000}", "feature.periods", "plan.json:37 /columns/months/periods", "1 to 1000"},
             {"brand == 'x'\"]", "brand\"]", "rule.result_type", "plan.json:38 /columns/funnel/steps/1", "bool"},
             {"quantity > 1", "quantity >", "rule.syntax", "plan.json:38 /columns/funnel/steps/0", ""},
             {"quantity > 1", "quantiti > 1", "rule.unknown_name", "plan.json:38 /columns/funnel/steps/0", "quantity"},
             {"[\"quantity > 1\", \"brand == 'x'\"]", "[]", "plan.wrong_type", "plan.json:38 /columns/funnel/steps", ""},
             {R"("field": "brand"},
    "taste)", R"("field": "brand", "every": "P1D"},
    "taste)", "feature.unused_key", "plan.json:39 /columns/liking/every", "Remove"},
         }) {
        CAPTURE(from, to);
        auto const found = issues_of(with(from, to));
        CAPTURE(found.to_string());
        REQUIRE(std::count_if(found.begin(), found.end(), [](issue const& i) { return i.level == severity::error; }) == 1);
        CHECK(found[0].code == code);
        CHECK(found[0].place.substr(0, place.size()) == place);
        CHECK_THAT(found.to_string(), ContainsSubstring(says));
    }
}
