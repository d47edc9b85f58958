// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/drift_monitor.hpp>

#include <segmenta/base/random.hpp>

#include "evaluate/evaluate_data.hpp"

#include <cmath>

using namespace segmenta;
using namespace segmenta::test;

namespace {

using texts = std::vector<std::string>;

std::vector<double> amounts(std::uint64_t seed, std::size_t n, double mean) {
    random_generator random(seed);
    std::vector<double> out(n);
    for (double& v : out)
        v = random_bernoulli(random, 0.05) ? no_number : random_normal(random, mean);
    return out;
}

texts cities(std::uint64_t seed, std::size_t n, double share) {
    random_generator random(seed);
    texts out(n);
    for (auto& v : out)
        v = random_bernoulli(random, share) ? "London" : random_bernoulli(random, 0.9) ? "Paris" : "";
    return out;
}

drift_reference make_reference() {
    return drift_reference(
        {freeze_numbers("amount", amounts(1, 5000, 0)), freeze_categories("city", cities(2, 5000, .5))});
}

} // namespace

TEST_CASE("drift monitor: the same population is stable, another one is not") {
    drift_monitor monitor(make_reference(), fill_share{});
    monitor.add("amount", amounts(3, 5000, 0));
    monitor.add("city", cities(4, 5000, .5));
    auto rows = monitor.report();
    REQUIRE(rows.size() == 2);
    CHECK(rows[0].name == "amount");
    CHECK(rows[0].level == drift_level::stable);
    CHECK(rows[0].index.value().value < 5 * rows[0].by_chance);
    CHECK(rows[0].by_chance == Catch::Approx(10 * 2 / 5000.0)); // ten bins and missing ones
    CHECK(rows[1].level == drift_level::stable);
    CHECK(rows[1].customers == 5000);

    drift_monitor moved(make_reference(), fill_share{});
    moved.add("amount", amounts(5, 5000, .4));
    moved.add("city", cities(6, 5000, .9));
    rows = moved.report();
    CHECK(rows[0].level == drift_level::shifted);
    CHECK(rows[1].level == drift_level::drifted);
    drift_monitor strict(make_reference(), fill_share{}, {.shifted = .01, .drifted = .02});
    strict.add("amount", amounts(5, 5000, .4));
    rows = strict.report();
    CHECK(rows[0].level == drift_level::drifted);
    CHECK_FALSE(rows[1].index); // nobody was seen
    CHECK_FALSE(rows[1].level);
    CHECK(rows[1].customers == 0);
}

TEST_CASE("drift monitor: bins never move, and hold every value") {
    auto const feature = freeze_numbers("x", std::vector{1.0, 2.0, 3.0, 4.0, no_number}, 2);
    REQUIRE(feature.bins() == 3);
    CHECK(feature.counts == std::vector<std::uint64_t>{2, 2, 1});
    CHECK(feature.bin_name(0) == "to 2.5");
    CHECK(feature.bin_name(1) == "from 2.5");
    CHECK(feature.bin_name(2) == "(missing)");
    drift_monitor monitor(drift_reference({feature}), add_count{});
    monitor.add("x", std::vector{-100.0, 2.5, 1e300, no_number});
    auto const bins = monitor.report()[0].index.value().bins;
    CHECK(bins[0].actual == 2);
    CHECK(bins[1].actual == 1);
    CHECK(bins[2].actual == 1);
    // heavy ties: fewer bins that hold anybody
    auto const tied = freeze_numbers("y", std::vector(50, 7.0), 10);
    CHECK(tied.customers() == 50);
    drift_monitor same(drift_reference({tied}), refuse_empty_bins{});
    same.add("y", std::vector(20, 7.0));
    CHECK(same.report()[0].index.value().value == 0);
}

TEST_CASE("drift monitor: categories not seen before are others") {
    auto const feature = freeze_categories("city", texts{"a", "b", "b", "c", "c", "", "d"}, 2);
    CHECK(feature.categories == texts{"b", "c"});
    CHECK(feature.counts == std::vector<std::uint64_t>{2, 2, 2, 1});
    CHECK(feature.bin_name(0) == "b");
    CHECK(feature.bin_name(2) == "(other)");
    CHECK(feature.bin_name(3) == "(missing)");
    drift_monitor monitor(drift_reference({feature}), fill_share{});
    monitor.add("city", texts{"zebra", "b", ""});
    auto const bins = monitor.report()[0].index.value().bins;
    CHECK(bins[0].actual == 1);
    CHECK(bins[1].actual == 0);
    CHECK(bins[2].actual == 1);
    CHECK(bins[3].actual == 1);
    // of equally frequent ones the first by name
    CHECK(freeze_categories("x", texts{"q", "p", "r"}, 2).categories == texts{"p", "q"});
}

TEST_CASE("drift monitor: parts merge into the whole") {
    auto const all = amounts(9, 3000, .2);
    drift_monitor whole(make_reference(), fill_share{});
    whole.add("amount", all);
    drift_monitor first(make_reference(), fill_share{});
    drift_monitor second(make_reference(), fill_share{});
    first.add("amount", std::span(all).first(1000));
    second.add("amount", std::span(all).subspan(1000, 500));
    second.add("amount", std::span(all).subspan(1500));
    first.merge(second);
    CHECK(first.report()[0].index.value().value == whole.report()[0].index.value().value);
    drift_monitor other(drift_reference({freeze_numbers("amount", all)}), fill_share{});
    CHECK(codes_of([&] { first.merge(other); }) == "drift.bad_field");
}

TEST_CASE("drift monitor: a reference reads back to the same in every bit") {
    auto const reference = make_reference();
    auto const text = reference.to_json();
    auto const read = drift_reference::from_json(text);
    REQUIRE(read.features().size() == 2);
    CHECK(read.features()[0] == reference.features()[0]);
    CHECK(read.features()[1] == reference.features()[1]);
    CHECK(read.to_json() == text);
    CHECK(read.find("city") == 1U);
    CHECK_FALSE(read.find("town"));
    // golden: the file of today is the file of tomorrow
    drift_reference const small(
        {freeze_numbers("x", std::vector{1.0, 2.0, 4.0}, 2), freeze_categories("c", texts{"a"})});
    CHECK(small.to_json() == R"({
  "drift_reference": 1,
  "features": [
    {
      "name": "x",
      "kind": "number",
      "closed": "right",
      "minimum": 1.0,
      "maximum": 4.0,
      "present": 3,
      "edges": [2.0],
      "counts": [2, 1, 0]
    },
    {
      "name": "c",
      "kind": "category",
      "categories": ["a"],
      "counts": [1, 0, 0]
    }
  ],
  "checksum": ")" + std::string(detail::parse_json(small.to_json()).at("checksum").as_string()) +
                                 "\"\n}\n");
}

TEST_CASE("drift monitor: a damaged reference is refused") {
    auto const text = make_reference().to_json();
    CHECK(codes_of([&] { (void)drift_reference::from_json(text.substr(0, text.size() / 2)); }) == "json.syntax");
    auto changed = text;
    changed.replace(changed.find("London"), 6, "Berlin");
    CHECK(codes_of([&] { (void)drift_reference::from_json(changed); }) == "drift.checksum");
    CHECK(codes_of([] { (void)drift_reference::from_json("[]"); }) == "drift.kind");
    CHECK(codes_of([] { (void)drift_reference::from_json(R"({"model": "bg_nbd"})"); }) == "drift.kind");
    CHECK(codes_of([] { (void)drift_reference::from_json(R"({"drift_reference": 2})"); }) == "drift.version");
    CHECK(codes_of([] { (void)drift_reference::from_json(R"({"drift_reference": 1})"); }) == "drift.checksum");
    auto feature = freeze_numbers("x", std::vector{1.0, 2.0, 4.0}, 3);
    CHECK(codes_of([] { drift_reference{std::vector<drift_feature>{}}; }) == "evaluate.empty");
    CHECK(codes_of([&] { drift_reference({feature, feature}); }) == "evaluate.duplicate");
    auto broken = feature;
    broken.edges->inner = {3, 2};
    CHECK(codes_of([&] { drift_reference({broken}); }) == "drift.bad_field");
    broken = feature;
    broken.counts.pop_back();
    CHECK(codes_of([&] { drift_reference({broken}); }) == "drift.bad_field");
    broken = feature;
    broken.counts.assign(broken.counts.size(), 0);
    CHECK(codes_of([&] { drift_reference({broken}); }) == "evaluate.empty");
    auto unsorted = freeze_categories("c", texts{"a", "b"});
    std::swap(unsorted.categories[0], unsorted.categories[1]);
    CHECK(codes_of([&] { drift_reference({unsorted}); }) == "drift.bad_field");
}

TEST_CASE("drift monitor: bad input is refused by name and nothing is counted") {
    drift_monitor monitor(make_reference(), fill_share{});
    CHECK(codes_of([&] { monitor.add("amounts", std::vector{1.0}); }) == "drift.unknown_feature");
    CHECK(codes_of([&] { monitor.add("city", std::vector{1.0}); }) == "drift.feature_kind");
    CHECK(codes_of([&] { monitor.add("amount", texts{"a"}); }) == "drift.feature_kind");
    CHECK(codes_of([&] { monitor.add("amount", std::vector{1.0, infinity}); }) == "evaluate.not_finite");
    CHECK(monitor.report()[0].customers == 0);
    CHECK(codes_of([&] { drift_monitor(make_reference(), fill_share{2}); }) == "evaluate.option");
    CHECK(codes_of([&] { drift_monitor(make_reference(), fill_share{}, {.shifted = .3, .drifted = .2}); }) ==
          "evaluate.option");
    CHECK(codes_of([] { (void)freeze_numbers("", std::vector{infinity}, 1); }) ==
          "evaluate.option evaluate.not_finite evaluate.option");
    CHECK(codes_of([] { (void)freeze_numbers("x", std::vector{no_number}); }) == "evaluate.empty");
    CHECK(codes_of([] { (void)freeze_categories("x", texts{""}); }) == "evaluate.empty");
    drift_monitor strict(drift_reference({freeze_categories("c", texts{"a", "b"})}), refuse_empty_bins{});
    strict.add("c", texts{"a"});
    CHECK(codes_of([&] { (void)strict.report(); }) == "evaluate.empty_bin");
}
