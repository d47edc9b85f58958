// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cross_validation.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <string>

using namespace segmenta;

namespace {

// Every row is tested once, trained on in all other folds.
void check_partition(std::vector<train_test_rows> const& folds, std::size_t rows) {
    std::vector<std::size_t> tested(rows);
    for (auto const& f : folds) {
        CHECK(f.train.size() + f.test.size() == rows);
        CHECK(std::is_sorted(f.train.begin(), f.train.end()));
        for (auto const row : f.test) {
            ++tested[row];
            CHECK_FALSE(std::binary_search(f.train.begin(), f.train.end(), row));
        }
    }
    CHECK(std::count(tested.begin(), tested.end(), 1U) == static_cast<std::ptrdiff_t>(rows));
}

template <class Work>
std::string code_of(Work work) {
    try {
        work();
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

TEST_CASE("cross validation: folds part the rows, by the seed alone") {
    auto const folds = k_folds(23, {.folds = 5, .seed = 9});
    check_partition(folds, 23);
    for (auto const& f : folds)
        CHECK((f.test.size() == 4 || f.test.size() == 5));
    CHECK(k_folds(23, {.folds = 5, .seed = 9})[2].test == folds[2].test);
    CHECK(k_folds(23, {.folds = 5, .seed = 10})[2].test != folds[2].test);
    auto const runs = k_folds(5, {.folds = 2, .shuffle = false});
    CHECK(runs[0].test == std::vector<std::size_t>{0, 1, 2});
    CHECK(runs[1].train == std::vector<std::size_t>{0, 1, 2});
}

TEST_CASE("cross validation: stratified folds have the labels in equal numbers") {
    std::vector<std::uint32_t> labels;
    for (std::size_t i = 0; i < 101; ++i)
        labels.push_back(i % 10 == 0 ? 7 : (i % 3 == 0 ? 1 : 0));
    auto const folds = stratified_k_folds(labels, {.folds = 4, .seed = 3});
    check_partition(folds, 101);
    for (std::uint32_t const label : {0U, 1U, 7U}) {
        std::vector<std::ptrdiff_t> counts;
        for (auto const& f : folds)
            counts.push_back(
                std::count_if(f.test.begin(), f.test.end(), [&](std::size_t row) { return labels[row] == label; }));
        auto const [low, high] = std::minmax_element(counts.begin(), counts.end());
        CHECK(*high - *low <= 1);
    }
}

TEST_CASE("cross validation: folds by time never look ahead and never part a moment") {
    std::vector<std::int64_t> const times{5, 1, 1, 1, 1, 1, 2, 9, 9, 4};
    for (std::size_t folds = 1; folds <= 4; ++folds) {
        auto const parts = time_folds(times, folds);
        REQUIRE(parts.size() == folds);
        std::size_t tested = 0;
        for (auto const& f : parts) {
            std::int64_t latest = 0;
            for (auto const row : f.train)
                latest = std::max(latest, times[row]);
            for (auto const row : f.test)
                CHECK(times[row] > latest);
            tested += f.test.size();
        }
        CHECK(tested + parts[0].train.size() == times.size());
    }
    auto const cut = split_by_time(times, 4);
    CHECK(cut.test == std::vector<std::size_t>{0, 7, 8, 9});
}

TEST_CASE("cross validation: random splits have the share asked for, within labels too") {
    auto const split = split_at_random(100, .3, 1);
    CHECK(split.test.size() == 30);
    CHECK(split.train.size() == 70);
    CHECK(split_at_random(100, .3, 1).test == split.test);
    std::vector<std::uint32_t> labels(100, 0);
    std::fill(labels.begin() + 80, labels.end(), 1U);
    auto const both = split_stratified(labels, .25, 1);
    CHECK(std::count_if(both.test.begin(), both.test.end(), [](std::size_t row) { return row >= 80; }) == 5);
    CHECK(both.test.size() == 25);
}

TEST_CASE("cross validation: too many folds, one fold, an empty class, one moment, shares that leave nothing") {
    std::vector<std::uint32_t> const labels{0, 0, 0, 1};
    std::vector<std::int64_t> const now{3, 3, 3};
    CHECK(code_of([&] { (void)k_folds(4, {.folds = 5}); }) == "folds.number");
    CHECK(code_of([&] { (void)k_folds(4, {.folds = 1}); }) == "folds.number");
    CHECK(code_of([&] { (void)k_folds(0, {.folds = 2}); }) == "folds.number");
    CHECK(code_of([&] { (void)stratified_k_folds(labels, {.folds = 2}); }) == "folds.small_class");
    CHECK(code_of([&] { (void)time_folds(now, 1); }) == "folds.number");
    CHECK(code_of([&] { (void)time_folds({}, 1); }) == "folds.number");
    CHECK(code_of([&] { (void)split_by_time(now, 3); }) == "folds.empty_side");
    CHECK(code_of([&] { (void)split_at_random(10, 1); }) == "folds.share");
    CHECK(code_of([&] { (void)split_at_random(1, .5); }) == "folds.empty_side");
}
