// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/binary_scores.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/stats/quantile.hpp>

#include "evaluate/evaluate_data.hpp"
#include "evaluate/score_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using outcomes_type = std::vector<std::uint8_t>;

/// Scores with ties of a stated grain, and outcomes that depend on them.
struct sample {
    std::vector<double> scores;
    outcomes_type outcomes;
};

sample make_sample(std::uint64_t seed, std::size_t n, double grain) {
    random_generator random(seed);
    sample out;
    for (std::size_t i = 0; i < n; ++i) {
        double const score = std::floor(random_normal(random) / grain) * grain;
        out.scores.push_back(score);
        out.outcomes.push_back(random_bernoulli(random, 1 / (1 + std::exp(1 - score))) ? 1 : 0);
    }
    out.outcomes[0] = 1;
    out.outcomes[1] = 0;
    return out;
}

double wins(double a, double b) { return a > b ? 1 : a == b ? 0.5 : 0; }

double naive_auc(sample const& s) {
    double sum = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < s.scores.size(); ++i)
        for (std::size_t j = 0; j < s.scores.size(); ++j)
            if (s.outcomes[i] == 1 && s.outcomes[j] == 0) sum += wins(s.scores[i], s.scores[j]), ++pairs;
    return sum / pairs;
}

/// DeLong's variance by its definition, placements one by one.
double naive_delong(sample const& s) {
    double total = 0;
    double const area = naive_auc(s);
    for (std::uint8_t const side : {std::uint8_t{1}, std::uint8_t{0}}) {
        double squares = 0;
        double count = 0;
        for (std::size_t i = 0; i < s.scores.size(); ++i) {
            if (s.outcomes[i] != side) continue;
            double place = 0;
            double others = 0;
            for (std::size_t j = 0; j < s.scores.size(); ++j) {
                if (s.outcomes[j] == side) continue;
                place += side == 1 ? wins(s.scores[i], s.scores[j]) : wins(s.scores[j], s.scores[i]);
                ++others;
            }
            squares += (place / others - area) * (place / others - area);
            ++count;
        }
        if (count > 1) total += squares / (count - 1) / count;
    }
    return total;
}

double naive_ks(sample const& s) {
    double best = 0;
    auto const [low, high] = std::pair{std::count(s.outcomes.begin(), s.outcomes.end(), 0),
                                       std::count(s.outcomes.begin(), s.outcomes.end(), 1)};
    for (double const cut : s.scores) {
        double apart[2] = {0, 0};
        for (std::size_t i = 0; i < s.scores.size(); ++i)
            apart[s.outcomes[i]] += s.scores[i] >= cut ? 1 : 0;
        best = std::max(best, std::fabs(apart[1] / static_cast<double>(high) - apart[0] / static_cast<double>(low)));
    }
    return best;
}

} // namespace

TEST_CASE("binary scores: a small case by hand") {
    binary_scores const ranked(std::vector{.9, .8, .3, .3}, outcomes_type{1, 0, 1, 0});
    CHECK(ranked.auc() == 0.625); // pairs: 1, 1, 0, 1/2 of 4
    CHECK(ranked.gini() == 0.25);
    CHECK(ranked.ks().value == 0.5);
    CHECK(ranked.ks().score == 0.9);
    CHECK(ranked.rate() == 0.5);
    CHECK(ranked.groups().size() == 3);
    auto const at = ranked.confusion_at(.5);
    CHECK(at == confusion_counts{1, 1, 1, 1});
    CHECK(at.precision() == 0.5);
    CHECK(at.recall() == 0.5);
    CHECK(at.f1() == 0.5);
    CHECK(at.accuracy() == 0.5);
    CHECK(at.specificity() == 0.5);
    CHECK(ranked.average_precision() == Catch::Approx(0.5 * 1 + 0.5 * 0.5));
    auto const curve = ranked.roc_curve();
    REQUIRE(curve.size() == 4);
    CHECK(curve.front().score == infinity);
    CHECK(curve.back().true_positive_rate == 1);
    CHECK(curve.back().false_positive_rate == 1);
}

TEST_CASE("binary scores: nobody above a cut has no precision") {
    binary_scores const ranked(std::vector{1.0, 2.0}, outcomes_type{0, 1});
    CHECK_FALSE(ranked.confusion_at(3).precision());
    CHECK(ranked.confusion_at(3).recall() == 0.0);
    CHECK_FALSE(ranked.confusion_at(no_number).precision());
    CHECK(ranked.confusion_at(-infinity).precision() == 0.5);
    CHECK_FALSE(confusion_counts{}.accuracy());
    CHECK_FALSE(confusion_counts{}.f1());
    CHECK_FALSE(confusion_counts{}.recall());
    CHECK_FALSE(confusion_counts{}.specificity());
}

TEST_CASE("binary scores: equal scores are one group, whatever their sign of zero") {
    binary_scores const ranked(std::vector{0.0, -0.0, 0.0}, outcomes_type{1, 0, 0});
    CHECK(ranked.groups().size() == 1);
    CHECK(ranked.auc() == 0.5);
    CHECK(ranked.ks().value == 0);
    auto const estimate = ranked.auc_with_error();
    CHECK(estimate.standard_error == 0);
    CHECK(estimate.confidence.low == 0.5);
    auto const bands = ranked.gains_table(10);
    REQUIRE(bands.size() == 1);
    CHECK(bands[0].lift == 1);
    CHECK(bands[0].customers == 3);
}

TEST_CASE("binary scores: what cannot be measured is refused by name") {
    outcomes_type const both{0, 1};
    CHECK(codes_of([] { binary_scores(std::vector<double>{}, outcomes_type{}); }) == "evaluate.empty");
    CHECK(codes_of([&] { binary_scores(std::vector{1.0}, both); }) == "evaluate.length");
    CHECK(codes_of([&] { binary_scores(std::vector{1.0, no_number}, both); }) == "evaluate.not_finite");
    CHECK(codes_of([&] { binary_scores(std::vector{infinity, 1.0}, both); }) == "evaluate.not_finite");
    CHECK(codes_of([] { binary_scores(std::vector{1.0, 2.0}, outcomes_type{0, 2}); }) == "evaluate.outcome");
    CHECK(codes_of([] { binary_scores(std::vector{1.0, 2.0}, outcomes_type{0, 0}); }) == "evaluate.one_class");
    CHECK(codes_of([] { binary_scores(std::vector{1.0, 2.0}, outcomes_type{1, 1}); }) == "evaluate.one_class");
    CHECK(codes_of([] { binary_scores(std::vector{no_number, 2.0}, outcomes_type{1, 7, 1}); }) ==
          "evaluate.length evaluate.not_finite evaluate.outcome");
    binary_scores const fine(std::vector{1.0, 2.0}, both);
    CHECK(codes_of([&] { (void)fine.gains_table(0); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)fine.auc_with_error(1); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)compare_auc(std::vector{1.0, 2.0}, std::vector{1.0}, both); }) == "evaluate.length");
}

TEST_CASE("binary scores: as the definitions say, over samples with and without ties") {
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        double const grain = seed % 3 == 0 ? 1e-9 : seed % 3 == 1 ? 0.5 : 2;
        auto const s = make_sample(seed, 60 + 20 * seed, grain);
        INFO("seed " << seed);
        binary_scores const ranked(s.scores, s.outcomes);
        CHECK_THAT(ranked.auc(), within(naive_auc(s), 1e-13));
        CHECK_THAT(ranked.ks().value, within(naive_ks(s), 1e-13));
        double const error = ranked.auc_with_error().standard_error;
        CHECK_THAT(error * error, within(naive_delong(s), 1e-11));
        // turning scores around turns the area around
        std::vector<double> turned(s.scores);
        for (double& v : turned)
            v = -v;
        CHECK_THAT(binary_scores(turned, s.outcomes).auc(), within(1 - ranked.auc(), 1e-13));
        // any order of rows, and groups instead of rows, give the same bits
        binary_scores const again(ranked.groups());
        CHECK(again.auc() == ranked.auc());
        // the trapezoid under the curve is the same area
        double area = 0;
        auto const curve = ranked.roc_curve();
        for (std::size_t i = 1; i < curve.size(); ++i)
            area += (curve[i].false_positive_rate - curve[i - 1].false_positive_rate) *
                    (curve[i].true_positive_rate + curve[i - 1].true_positive_rate) / 2;
        CHECK_THAT(area, within(ranked.auc(), 1e-12));
        // bands hold everybody once
        auto const bands = ranked.gains_table(7);
        std::uint64_t customers = 0;
        std::uint64_t positives = 0;
        for (auto const& band : bands) {
            customers += band.customers;
            positives += band.positives;
            CHECK(band.lowest_score <= band.highest_score);
        }
        CHECK(customers == ranked.size());
        CHECK(positives == ranked.positives());
        CHECK(bands.back().cumulative_positives == 1);
        CHECK(bands.back().cumulative_lift == 1);
    }
}

TEST_CASE("binary scores: large samples are sorted by digits and give the same") {
    auto const s = make_sample(77, 20'000, 0.001);
    binary_scores const ranked(s.scores, s.outcomes);
    std::vector<std::size_t> order(s.scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return s.scores[a] > s.scores[b]; });
    std::vector<score_group> groups;
    for (auto const i : order) {
        if (groups.empty() || groups.back().score != s.scores[i]) groups.push_back({s.scores[i], 0, 0});
        (s.outcomes[i] == 1 ? groups.back().positives : groups.back().negatives) += 1;
    }
    REQUIRE(groups.size() == ranked.groups().size());
    for (std::size_t i = 0; i < groups.size(); ++i) {
        CHECK(groups[i].score == ranked.groups()[i].score);
        CHECK(groups[i].positives == ranked.groups()[i].positives);
        CHECK(groups[i].negatives == ranked.groups()[i].negatives);
    }
}

TEST_CASE("binary scores: keys of scores keep their order at the ends of the range") {
    double const values[] = {
        -std::numeric_limits<double>::max(),       -1, -std::numeric_limits<double>::denorm_min(), 0,
        std::numeric_limits<double>::denorm_min(), 1,  std::numeric_limits<double>::max()};
    for (std::size_t i = 0; i < std::size(values); ++i) {
        CHECK(detail::score_of_key(detail::key_of_score(values[i])) == values[i]);
        if (i > 0) CHECK(detail::key_of_score(values[i - 1]) < detail::key_of_score(values[i]));
    }
}

TEST_CASE("binary scores: KS and AUC of toad's test with NumPy's seed 1") {
    // toad/metrics_test.py; statistics.md 2.15
    numpy_random random(1);
    std::vector<double> feature(500);
    for (double& v : feature)
        v = random.rand();
    outcomes_type target(500);
    for (auto& v : target)
        v = random.coin();
    binary_scores const ranked(feature, target);
    CHECK_THAT(ranked.ks().value, within(.05536775661256989, 1e-12));
    CHECK_THAT(ranked.auc(), within(.5038690142424582, 1e-12));
    // scikit-learn 1.9 and scipy 1.17.1 on the same numbers, then rounded to one digit so that there are ties
    CHECK_THAT(ranked.average_precision(), within(.5250849667828249, 1e-12));
    for (double& v : feature)
        v = std::nearbyint(v * 10) / 10;
    binary_scores const tied(feature, target);
    CHECK(tied.groups().size() == 11);
    CHECK_THAT(tied.auc(), within(.5000320415258175, 1e-12));
    CHECK_THAT(tied.average_precision(), within(.5212744814941677, 1e-12));
    CHECK_THAT(tied.auc_with_error().standard_error, within(.02577193962964261, 1e-11)); // by definition, in NumPy
    CHECK_THAT(tied.ks().value, within(.030984155465483266, 1e-12));
}

TEST_CASE("binary scores: two areas on the same customers") {
    auto const s = make_sample(5, 300, 0.3);
    auto const same = compare_auc(s.scores, s.scores, s.outcomes);
    CHECK(same.difference == 0);
    CHECK(same.standard_error == 0);
    CHECK_FALSE(same.p);
    // against a score that says nothing, the error is that of the area alone
    std::vector<double> const flat(s.scores.size(), 1.0);
    auto const alone = compare_auc(s.scores, flat, s.outcomes);
    binary_scores const ranked(s.scores, s.outcomes);
    CHECK_THAT(alone.difference, within(ranked.auc() - 0.5, 1e-12));
    CHECK_THAT(alone.standard_error, within(ranked.auc_with_error().standard_error, 1e-12));
    REQUIRE(alone.p);
    CHECK(*alone.p < 0.001);
    CHECK(compare_auc(flat, s.scores, s.outcomes).p == alone.p);
}

TEST_CASE("binary scores: the bootstrap of an area finds DeLong's error") {
    auto const s = make_sample(9, 400, 0.2);
    auto const delong = binary_scores(s.scores, s.outcomes).auc_with_error();
    bootstrap_options options;
    options.seed = 3;
    auto const drawn = bootstrap_auc(s.scores, s.outcomes, options);
    CHECK(drawn.estimate == Catch::Approx(delong.value).epsilon(1e-12));
    CHECK(drawn.standard_error == Catch::Approx(delong.standard_error).epsilon(0.1));
    CHECK(drawn.confidence.low == Catch::Approx(delong.confidence.low).epsilon(0.02));
    CHECK(drawn.confidence.high == Catch::Approx(delong.confidence.high).epsilon(0.02));
    CHECK(drawn.undefined == 0);
    options.threads = 3;
    auto const threaded = bootstrap_auc(s.scores, s.outcomes, options);
    CHECK(threaded.confidence.low == drawn.confidence.low);
    CHECK(threaded.confidence.high == drawn.confidence.high);
    CHECK(threaded.standard_error == drawn.standard_error);
}

TEST_CASE("binary scores: expected_online_shoppers.json") {
    // keys covered: auc_page_values
    SEGMENTA_NEED_TEST_DATA("online_shoppers_intention.csv");
    auto const expected = expected_values("expected_online_shoppers.json");
    auto const csv = read_plain_csv(test_data("online_shoppers_intention.csv"));
    outcomes_type bought;
    for (auto const& text : csv.at("Revenue"))
        bought.push_back(text == "TRUE" ? 1 : 0);
    binary_scores const ranked(as_numbers(csv.at("PageValues")), bought);
    CHECK_THAT(ranked.auc(), within(number_at(expected, {"auc_page_values"})));
}

TEST_CASE("binary scores: expected_give_me_some_credit.json") {
    // keys covered: auc_single_variable (missing values replaced by the median)
    SEGMENTA_NEED_TEST_DATA("give_me_some_credit.csv.gz");
    auto const expected = expected_values("expected_give_me_some_credit.json");
    auto const csv = read_plain_csv_gz(test_data("give_me_some_credit.csv.gz"));
    outcomes_type bad;
    for (auto const& text : csv.at("SeriousDlqin2yrs"))
        bad.push_back(text == "1" ? 1 : 0);
    for (auto const& [column, area] : at(expected, {"auc_single_variable"}).as_object()) {
        auto const& texts = csv.at(std::string(column));
        std::vector<double> present;
        for (auto const& text : texts)
            if (text != "NA" && !text.empty()) present.push_back(std::strtod(text.c_str(), nullptr));
        double const median = quantile(present, 0.5);
        std::vector<double> values;
        for (auto const& text : texts)
            values.push_back(text == "NA" || text.empty() ? median : std::strtod(text.c_str(), nullptr));
        INFO(std::string(column));
        CHECK_THAT(binary_scores(values, bad).auc(), within(area.to_number<double>()));
    }
}

TEST_CASE("binary scores: the interval of an area is no point, however few customers there are") {
    // Three against three, all in order: the root of (t - 1)^2 = z^2 V(t) by mpmath.
    binary_scores const three(std::vector{.9, .8, .7, .3, .2, .1}, std::vector<std::uint8_t>{1, 1, 1, 0, 0, 0});
    auto const estimate = three.auc_with_error();
    CHECK(estimate.value == 1);
    CHECK(estimate.standard_error == 0);
    CHECK(estimate.confidence.high == 1);
    CHECK_THAT(estimate.confidence.low, within(0.5010187607015302, 1e-9));
    // one against one says next to nothing: 1 / (1 + z^2)
    auto const pair = binary_scores(std::vector{.9, .1}, std::vector<std::uint8_t>{1, 0}).auc_with_error();
    CHECK_THAT(pair.confidence.low, within(0.20654931437723742, 1e-9));
    auto const reversed = binary_scores(std::vector{.1, .9}, std::vector<std::uint8_t>{1, 0}).auc_with_error();
    CHECK(reversed.confidence.low == 0);
    CHECK_THAT(reversed.confidence.high, within(1 - 0.20654931437723742, 1e-9));
    // more customers, more certainty
    std::vector<double> scores;
    std::vector<std::uint8_t> outcomes;
    for (int i = 0; i < 200; ++i) {
        scores.push_back(i);
        outcomes.push_back(i < 100 ? 0 : 1);
    }
    auto const many = binary_scores(scores, outcomes).auc_with_error().confidence;
    CHECK(many.low > .95);
    CHECK(many.low < 1);
    // one positive in the middle: its spread is not known
    outcomes.assign(200, 0);
    outcomes[120] = 1;
    auto const single = binary_scores(scores, outcomes).auc_with_error().confidence;
    CHECK(single.low < .3);
    CHECK(single.high > .9);
}
