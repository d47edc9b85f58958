// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/multiple_tests.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/evaluate_data.hpp"

#include <algorithm>

using namespace segmenta;
using namespace segmenta::test;

namespace {

void check_values(std::vector<double> const& seen, std::vector<double> const& wanted) {
    REQUIRE(seen.size() == wanted.size());
    for (std::size_t i = 0; i < seen.size(); ++i)
        CHECK_THAT(seen[i], within(wanted[i], 1e-12));
}

} // namespace

TEST_CASE("multiple tests: as statsmodels and R adjust") {
    std::vector<double> const p{.01, .04, .03, .005, .5}; // statsmodels 0.15 multipletests
    check_values(adjust_p_values(p, p_adjustment::bonferroni), {.05, .2, .15, .025, 1});
    check_values(adjust_p_values(p, p_adjustment::holm), {.04, .09, .09, .025, .5});
    check_values(adjust_p_values(p, p_adjustment::benjamini_hochberg), {.025, .05, .05, .025, .5});
    CHECK(adjust_p_values({}, p_adjustment::holm).empty());
    check_values(adjust_p_values(std::vector{.3}, p_adjustment::holm), {.3});
}

TEST_CASE("multiple tests: order is kept, and each method is no stricter than the one before") {
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        random_generator random(seed);
        std::vector<double> p(1 + seed);
        for (double& v : p)
            v = random_unit(random) * random_unit(random);
        auto const all = adjust_p_values(p, p_adjustment::bonferroni);
        auto const holm = adjust_p_values(p, p_adjustment::holm);
        auto const rate = adjust_p_values(p, p_adjustment::benjamini_hochberg);
        for (std::size_t i = 0; i < p.size(); ++i) {
            INFO("seed " << seed << " i " << i);
            CHECK(p[i] <= rate[i] + 1e-15);
            CHECK(rate[i] <= holm[i] + 1e-15);
            CHECK(holm[i] <= all[i] + 1e-15);
            for (std::size_t j = 0; j < p.size(); ++j)
                if (p[i] < p[j]) CHECK((holm[i] <= holm[j] && rate[i] <= rate[j]));
        }
    }
}

TEST_CASE("multiple tests: names, and values that are no probabilities") {
    CHECK(parse_p_adjustment("holm") == p_adjustment::holm);
    CHECK(parse_p_adjustment(to_string(p_adjustment::benjamini_hochberg)) == p_adjustment::benjamini_hochberg);
    CHECK(parse_p_adjustment(to_string(p_adjustment::bonferroni)) == p_adjustment::bonferroni);
    CHECK_FALSE(parse_p_adjustment("Holm"));
    CHECK(codes_of([] { (void)adjust_p_values(std::vector{.5, no_number}, p_adjustment::holm); }) ==
          "evaluate.probability");
    CHECK(codes_of([] { (void)adjust_p_values(std::vector{1.5}, p_adjustment::holm); }) == "evaluate.probability");
}
