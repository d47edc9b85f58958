// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/agreement.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/evaluate_data.hpp"

#include <algorithm>
#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using codes = std::vector<std::uint32_t>;
using names = std::vector<std::string>;

agreement_table three() {
    return agreement_table::of_counts({20, 5, 1, 3, 30, 7, 0, 4, 30}, {"low", "middle", "high"});
}

std::uint64_t agreed_by(std::vector<double> const& values, codes const& research, std::vector<double> const& cuts) {
    std::uint64_t out = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        std::uint32_t place = 0;
        for (double const cut : cuts)
            place += values[i] >= cut ? 1 : 0;
        out += place == research[i] ? 1 : 0;
    }
    return out;
}

} // namespace

TEST_CASE("agreement: a hundred interviews, of which 82 agree") {
    // requirements R-EVA-1: accuracy .82, Wilson 95 % [.733, .883]
    auto const table = agreement_table::of_counts({40, 10, 8, 42}, {"loyal", "other"});
    CHECK(table.agreed() == 82);
    CHECK(table.accuracy() == .82);
    auto const range = table.accuracy_interval();
    CHECK(range.low == Catch::Approx(.733).margin(.0005));
    CHECK(range.high == Catch::Approx(.883).margin(.0005));
}

TEST_CASE("agreement: kappa as statsmodels and scikit-learn have it") {
    // statsmodels 0.15 cohens_kappa (std_kappa), scikit-learn 1.9 f1_score(average = macro)
    auto const table = three();
    struct row {
        kappa_weights weights;
        double value, error;
    };
    for (auto const& r : {row{kappa_weights::none, .6946564885496184, .06139925334872823},
                          row{kappa_weights::linear, .7475961538461539, .05332738576722979},
                          row{kappa_weights::quadratic, .806070826306914, .04811928518593643}}) {
        auto const kappa = table.kappa(r.weights).value();
        CHECK_THAT(kappa.value, within(r.value, 1e-12));
        CHECK_THAT(kappa.standard_error, within(r.error, 1e-10));
        CHECK(kappa.confidence.low < r.value);
        CHECK(kappa.confidence.high <= 1);
    }
    CHECK_THAT(table.macro_f1(), within(.8030511782772182, 1e-12));
    std::vector<double> const own{1, .5, 0, .5, 1, .5, 0, .5, 1};
    CHECK_THAT(table.kappa(own).value().value, within(.7475961538461539, 1e-12));
}

TEST_CASE("agreement: rates by class") {
    auto const classes = three().by_class();
    REQUIRE(classes.size() == 3);
    CHECK(classes[0].name == "low");
    CHECK(classes[0].assigned == 26);
    CHECK(classes[0].research == 23);
    CHECK_THAT(classes[0].precision.value(), within(20.0 / 26, 1e-14));
    CHECK_THAT(classes[0].recall.value(), within(20.0 / 23, 1e-14));
    CHECK_THAT(classes[0].f1.value(), within(40.0 / 49, 1e-14));
    auto const range = wilson_interval(20, 26).value();
    CHECK(classes[0].precision_interval.value().low == range.low);
    CHECK(classes[0].recall_interval.value().high == wilson_interval(20, 23).value().high);
}

TEST_CASE("agreement: classes of nobody and full agreement have no NaN") {
    auto const one = agreement_table::of_counts({5, 0, 0, 0}, {"a", "b"});
    CHECK(one.accuracy() == 1);
    CHECK_FALSE(one.kappa()); // chance agrees fully
    CHECK(one.macro_f1() == 1);
    auto const classes = one.by_class();
    CHECK_FALSE(classes[1].precision);
    CHECK_FALSE(classes[1].recall_interval);
    CHECK_FALSE(classes[1].f1);
    auto const full = agreement_table::of_labels(names{"x", "y", "x"}, names{"x", "y", "x"});
    CHECK(full.kappa().value().value == Catch::Approx(1));
    CHECK(full.kappa().value().standard_error == Catch::Approx(0).margin(1e-7));
    CHECK(agreement_table::of_counts({3}, {"only"}).kappa(kappa_weights::linear).has_value() == false);
    // worse than chance
    CHECK(agreement_table::of_counts({0, 5, 5, 0}, {"a", "b"}).kappa().value().value == -1);
}

TEST_CASE("agreement: bad input is refused by name") {
    CHECK(codes_of([] { agreement_table(codes{}, codes{}, names{"a"}); }) == "evaluate.empty");
    CHECK(codes_of([] { agreement_table(codes{0, 3}, codes{0}, names{"a", "a"}); }) ==
          "evaluate.duplicate evaluate.length evaluate.segment");
    CHECK(codes_of([] { (void)agreement_table::of_labels(names{}, names{}); }) == "evaluate.empty");
    CHECK(codes_of([] { (void)agreement_table::of_counts({1, 2}, {"a", "b"}); }) == "evaluate.length");
    CHECK(codes_of([] { (void)agreement_table::of_counts({0}, {"a"}); }) == "evaluate.empty");
    CHECK(codes_of([] { (void)three().kappa(kappa_weights::none, 1); }) == "evaluate.option");
    CHECK(codes_of([] { (void)three().accuracy_interval(0); }) == "evaluate.option");
    CHECK(codes_of([] { (void)three().kappa(std::vector{1.0, 2.0}); }) == "evaluate.length evaluate.probability");
}

TEST_CASE("agreement: suggested cuts are the best of all") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        random_generator random(seed);
        std::vector<double> values;
        codes research;
        for (int i = 0; i < 25; ++i) {
            values.push_back(static_cast<double>(random_below(random, 9)));
            auto const truth = values.back() + random_normal(random, 0, 2);
            research.push_back(truth < 3 ? 0 : truth < 6 ? 1 : 2);
        }
        auto const suggested = suggest_cuts(values, research, std::vector{-5.0, 20.0});
        std::uint64_t best = 0;
        for (int a = 0; a <= 9; ++a)
            for (int b = a; b <= 9; ++b)
                best = std::max(best, agreed_by(values, research, {double(a), double(b)}));
        INFO("seed " << seed);
        CHECK(suggested.agreed == best);
        CHECK(agreed_by(values, research, suggested.cuts) == best);
        CHECK(std::is_sorted(suggested.cuts.begin(), suggested.cuts.end()));
        CHECK(suggested.customers == 25);
        // what is best already stays as it is
        auto const again = suggest_cuts(values, research, suggested.cuts);
        CHECK_FALSE(again.improves());
        CHECK(again.cuts == suggested.cuts);
    }
    auto const kept = suggest_cuts(std::vector{1.0, 2.0, 3.0, 4.0}, codes{0, 0, 1, 1}, std::vector{2.5});
    CHECK(kept.cuts == std::vector{2.5});
    CHECK(kept.agreed == 4);
    auto const moved = suggest_cuts(std::vector{1.0, 2.0, 3.0, 4.0}, codes{0, 0, 1, 1}, std::vector{3.5});
    CHECK(moved.cuts == std::vector{3.0});
    CHECK(moved.agreed_current == 3);
    auto const none = suggest_cuts(std::vector{1.0, 2.0}, codes{0, 0}, std::vector{1.5});
    CHECK(none.agreed == 2);
    CHECK(none.cuts[0] > 2);
}

TEST_CASE("agreement: cuts that make no sense are refused by name") {
    std::vector<double> const values{1, 2};
    CHECK(codes_of([&] { (void)suggest_cuts(values, codes{0, 1}, {}); }) == "evaluate.option evaluate.segment");
    CHECK(codes_of([&] { (void)suggest_cuts(values, codes{0, 2}, std::vector{1.0}); }) == "evaluate.segment");
    CHECK(codes_of([&] { (void)suggest_cuts(values, codes{0, 1}, std::vector{2.0, 1.0}); }) == "evaluate.option");
    CHECK(codes_of([&] { (void)suggest_cuts(values, codes{0}, std::vector{no_number}); }) ==
          "evaluate.length evaluate.not_finite");
    CHECK(codes_of([&] { (void)suggest_cuts(std::vector{no_number}, codes{0}, std::vector{1.0}); }) ==
          "evaluate.not_finite");
    CHECK(codes_of([&] { (void)suggest_cuts({}, {}, std::vector{1.0}); }) == "evaluate.empty");
}

TEST_CASE("agreement: expected_psychographic.json") {
    // keys covered: mcdonalds / gender, visit_frequency (counts as margins of an agreement table of two survey
    // answers); the file holds no agreement figure. The rest is clustering and scales, which other rooms cover
    SEGMENTA_NEED_TEST_DATA("mcdonalds_survey.csv");
    auto const expected = expected_values("expected_psychographic.json");
    auto const csv = read_plain_csv(test_data("mcdonalds_survey.csv"));
    for (auto const& [column, key] : {std::pair{"Gender", "gender"}, std::pair{"VisitFrequency", "visit_frequency"}}) {
        auto const& answers = csv.at(column);
        auto const table = agreement_table::of_labels(answers, answers);
        CHECK(static_cast<double>(table.total()) == number_at(expected, {"mcdonalds", "rows"}));
        CHECK(table.accuracy() == 1);
        CHECK_THAT(table.kappa().value().value, within(1, 1e-12));
        auto const& wanted = at(expected, {"mcdonalds", key}).as_object();
        REQUIRE(wanted.size() == table.size());
        for (auto const& one : table.by_class())
            CHECK(wanted.at(one.name).to_number<std::uint64_t>() == one.agreed);
    }
}

TEST_CASE("agreement: expected_email_eu_core.json, departments of sender and recipient") {
    SEGMENTA_NEED_TEST_DATA("email_eu_core.txt");
    expected_figures const file("expected_email_eu_core.json");
    std::map<int, std::string> department;
    std::ifstream labels(test_data("email_eu_core_department_labels.txt"));
    int node = 0;
    for (std::string text; labels >> node >> text;)
        department[node] = text;
    std::vector<std::string> senders, recipients;
    std::uint64_t self_loops = 0;
    std::ifstream mails(test_data("email_eu_core.txt"));
    for (int from = 0, to = 0; mails >> from >> to;) {
        senders.push_back(department.at(from));
        recipients.push_back(department.at(to));
        self_loops += from == to ? 1 : 0;
    }
    CHECK(department.size() == file.at("nodes").count());
    CHECK(self_loops == file.at("self_loops").count());
    auto const table = agreement_table::of_labels(senders, recipients);
    CHECK(table.total() == file.at("edges_in_file").count());
    CHECK(table.accuracy() * static_cast<double>(table.total()) ==
          Approx(file.at("edges_within_department").number()).epsilon(1e-14));
    std::vector<std::string> of_nodes;
    for (auto const& [_, text] : department)
        of_nodes.push_back(text);
    auto const own = agreement_table::of_labels(of_nodes, of_nodes);
    CHECK(own.size() == file.at("departments").count());
    CHECK(own.size() == file.at("department_sizes").members().size());
    for (auto const& one : own.by_class())
        CHECK(one.agreed == file.at("department_sizes").at(one.name).count());
    // Measures of networks have no tool here.
    CHECK(file.unread({"undirected_simple", "pagerank", "directed", "published"}) == figures_left_out{});
}
