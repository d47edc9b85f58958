// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/stability_index.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using counts = std::vector<std::uint64_t>;

double psi(counts const& expected, counts const& actual, empty_bin_policy const& policy = refuse_empty_bins{}) {
    return population_stability(expected, actual, policy).value;
}

} // namespace

TEST_CASE("stability index: published values") {
    // statistics.md 2.16: KAscore's example, verified, 1e-9
    CHECK_THAT(psi({248, 247, 260, 245}, {13, 43, 63, 81}), within(.3404592225, 1e-9));
    // ten equal bins against one smaller and one larger by .05
    counts const even(10, 100);
    counts moved = even;
    moved[0] = 50;
    moved[9] = 150;
    CHECK_THAT(psi(even, moved), within(.0549306144, 1e-9));
    CHECK_THAT(psi(even, moved), within(.05 * std::log(3.0), 1e-13));
    // and it is symmetric
    CHECK_THAT(psi(moved, even), within(psi(even, moved), 1e-13));
    CHECK(psi(even, even) == 0);
}

TEST_CASE("stability index: PSI of toad's test with NumPy's seed 1") {
    // toad/metrics_test.py; statistics.md 2.15: cut at .3, .5, .7
    numpy_random random(1);
    auto const bins_of = [&] {
        counts out(4, 0);
        for (int i = 0; i < 500; ++i) {
            double const v = random.rand();
            ++out[v < .3 ? 0 : v < .5 ? 1 : v < .7 ? 2 : 3];
        }
        return out;
    };
    auto const feature = bins_of();
    for (int i = 0; i < 500; ++i)
        (void)random.coin();
    auto const base = bins_of();
    CHECK_THAT(psi(base, feature), within(.018630024627491467, 1e-12));
}

TEST_CASE("stability index: the policy for empty bins is the result") {
    counts const before{500, 400, 100};
    counts const now{600, 400, 0};
    // by hand: .1 ln(.6/.5) + (.1 - fill) ln(.1 / fill)
    auto const by_hand = [](double fill) { return .1 * std::log(1.2) + (fill - .1) * std::log(fill / .1); };
    CHECK_THAT(psi(before, now, fill_share{.001}), within(by_hand(.001), 1e-13));
    CHECK_THAT(psi(before, now, fill_share{.0001}), within(by_hand(.0001), 1e-13));
    CHECK(psi(before, now, fill_share{.0001}) > 1.4 * psi(before, now, fill_share{.001}));
    CHECK_THAT(psi(before, now, skip_empty_bins{}), within(.1 * std::log(1.2), 1e-13));
    double added = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        double const e = (static_cast<double>(before[i]) + .5) / 1001.5;
        double const a = (static_cast<double>(now[i]) + .5) / 1001.5;
        added += (a - e) * std::log(a / e);
    }
    CHECK_THAT(psi(before, now, add_count{}), within(added, 1e-13));
    CHECK(codes_of([&] { psi(before, now); }) == "evaluate.empty_bin");
    CHECK(codes_of([&] { psi(now, before); }) == "evaluate.empty_bin");
    auto const told = population_stability(before, now, fill_share{});
    CHECK(told.filled == 1);
    CHECK(told.bins[2].actual == 0);
    CHECK(told.bins[2].actual_share == 0.0001);
    // empty on both sides says nothing
    CHECK(psi({10, 0, 10}, {20, 0, 20}) == 0);
    CHECK(population_stability(counts{10, 0}, counts{20, 0}, fill_share{}).filled == 0);
}

TEST_CASE("stability index: one data set, two fills, as in mwburke/population-stability-index") {
    // Its walkthrough draws 100 and 120 normal values (NumPy's RandomState(5)) into ten bins of equal width and prints
    // .17762 for a fill of .0001 and .15276 for .001 (statistics.md 2.16 names them the other way round). Three of the
    // new values lie outside all bins and only count in the total: a bin here, which its sum leaves out.
    counts const before{1, 1, 4, 8, 27, 22, 16, 12, 6, 3, 0};
    counts const now{0, 3, 6, 15, 18, 23, 26, 14, 9, 3, 3};
    auto const sum_inside = [&](double fill) {
        auto const bins = population_stability(before, now, fill_share{fill}).bins;
        double sum = 0;
        for (std::size_t i = 0; i < 10; ++i)
            sum += bins[i].part;
        return sum;
    };
    CHECK_THAT(sum_inside(.0001), within(.177623830228269, 1e-12));
    CHECK_THAT(sum_inside(.001), within(.15275591122393328, 1e-12));
}

TEST_CASE("stability index: how the points of a scorecard moved") {
    CHECK_THAT(characteristic_shift(counts{50, 50}, counts{25, 75}, std::vector{10.0, 30.0}), within(5, 1e-13));
    CHECK(characteristic_shift(counts{1, 0}, counts{0, 1}, std::vector{10.0, 30.0}) == 20);
    CHECK(codes_of([] { (void)characteristic_shift(counts{1}, counts{1}, std::vector<double>{}); }) ==
          "evaluate.length");
    CHECK(codes_of([] { (void)characteristic_shift(counts{1}, counts{1}, std::vector{no_number}); }) ==
          "evaluate.not_finite");
}

TEST_CASE("stability index: levels") {
    drift_thresholds const usual;
    CHECK(usual.level_of(0.0999) == drift_level::stable);
    CHECK(usual.level_of(0.10) == drift_level::shifted);
    CHECK(usual.level_of(0.2499) == drift_level::shifted);
    CHECK(usual.level_of(0.25) == drift_level::drifted);
    CHECK(usual.level_of(infinity) == drift_level::drifted);
    CHECK(to_string(drift_level::shifted) == "shifted");
    CHECK_THAT(expected_stability_index(10, 1000, 100), within(0.099, 1e-12));
    CHECK(expected_stability_index(1, 5, 5) == 0);
}

TEST_CASE("stability index: bad input is refused by name") {
    CHECK(codes_of([] { psi({}, {}); }) == "evaluate.empty evaluate.empty");
    CHECK(codes_of([] { psi({0, 0}, {1, 1}); }) == "evaluate.empty evaluate.empty_bin evaluate.empty_bin");
    CHECK(codes_of([] { psi({1, 1}, {1, 1, 1}); }) == "evaluate.length");
    CHECK(codes_of([] { psi({1, 1}, {1, 1}, fill_share{0}); }) == "evaluate.option");
    CHECK(codes_of([] { psi({1, 1}, {1, 1}, add_count{no_number}); }) == "evaluate.option");
}
