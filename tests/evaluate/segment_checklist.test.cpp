// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/segment_checklist.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

segment_facts fine() { return {"vip", 200, 190, 150, -0.8, 0.75}; }

segment_check check_one(segment_facts const& facts, checklist_thresholds const& thresholds = {}) {
    return check_segments(std::vector{facts}, 10'000, thresholds).at(0);
}

} // namespace

TEST_CASE("segment checklist: a usable segment meets all marks") {
    auto const checked = check_one(fine());
    CHECK(checked.usable());
    CHECK(checked.passes());
    CHECK(checked.name == "vip");
    CHECK(checked[segment_mark::substantial].value == 0.02);
    CHECK(checked[segment_mark::different].value == 0.8); // whichever side
    CHECK(checked[segment_mark::reachable].finding.empty());
}

TEST_CASE("segment checklist: each mark fails with its code") {
    // requirements R-EVA-3 and R-EVA-4: share below 1 % too_small, stability below .6 unstable
    auto facts = fine();
    facts.customers = 99;
    facts.known = 79;
    facts.reachable = 49;
    facts.difference = 0.1999;
    facts.stability = 0.5999;
    auto const checked = check_one(facts);
    std::string findings;
    for (auto const& mark : checked.marks) {
        CHECK(mark.result == mark_result::failed);
        findings += std::string(mark.finding) + ' ';
    }
    CHECK(findings == "not_measurable too_small not_reachable not_different unstable ");
    CHECK_FALSE(checked.passes());
    // at the limit it is met
    facts = {"edge", 100, 80, 50, 0.2, 0.6};
    CHECK(check_one(facts).usable());
}

TEST_CASE("segment checklist: what is not known is unknown, not fine") {
    auto const checked = check_one({"new", 500, {}, {}, {}, {}});
    CHECK(checked.passes());
    CHECK_FALSE(checked.usable());
    CHECK(checked[segment_mark::stable].result == mark_result::unknown);
    CHECK_FALSE(checked[segment_mark::stable].value);
    auto const nobody = check_one({"none", 0, 0, 0, {}, {}}, {.share = 0});
    CHECK(nobody[segment_mark::substantial].finding == "too_small");
    CHECK(nobody[segment_mark::measurable].result == mark_result::unknown);
}

TEST_CASE("segment checklist: differences in standard deviations") {
    std::vector<double> const a{4, 5, 6}, b{1, 2, 3};
    CHECK_THAT(standardised_difference(a, b).value(), within(3, 1e-14));
    CHECK_THAT(standardised_difference(b, a).value(), within(-3, 1e-14));
    CHECK_FALSE(standardised_difference(std::vector{1.0}, a));
    CHECK_FALSE(standardised_difference(std::vector(3, 1.0), std::vector(3, 1.0)));
    CHECK(codes_of([&] { (void)standardised_difference(a, std::vector{no_number}); }) == "evaluate.not_finite");
}

TEST_CASE("segment checklist: names and bad input") {
    CHECK(to_string(segment_mark::different) == "different");
    CHECK(to_string(mark_result::unknown) == "unknown");
    CHECK(codes_of([] { (void)check_segments({}, 0); }) == "evaluate.empty evaluate.empty");
    auto facts = fine();
    facts.known = 201;
    facts.stability = no_number;
    CHECK(codes_of([&] { check_one(facts); }) == "evaluate.proportion evaluate.not_finite");
    facts = fine();
    facts.customers = 20'000;
    CHECK(codes_of([&] { check_one(facts); }) == "evaluate.proportion");
    CHECK(codes_of([&] { check_one(fine(), {.share = no_number}); }) == "evaluate.option");
}
