// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/partition_agreement.hpp>

#include "support/catch.hpp"

#include <cmath>

using namespace segmenta;

namespace {
using labels = std::vector<std::uint32_t>;
} // namespace

// scikit-learn's own unit tests (statistics.md 2.14).
TEST_CASE("partition agreement: small cases of scikit-learn") {
    CHECK(compare_partitions(labels{0, 0, 1, 1}, labels{0, 0, 1, 2}).adjusted_rand() == Approx(.5714285714));
    CHECK(compare_partitions(labels{0, 0, 0, 0}, labels{0, 1, 2, 3}).adjusted_rand() == 0);
    labels const a{1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3};
    labels const b{1, 1, 1, 1, 2, 1, 2, 2, 2, 2, 3, 1, 3, 3, 3, 2, 2};
    auto const both = compare_partitions(a, b);
    CHECK(both.mutual_information() == Approx(.41022).margin(5e-6));
    CHECK(both.expected_mutual_information() == Approx(.15042).margin(5e-6));
    CHECK(both.adjusted_mutual_information() == Approx(.27821).margin(5e-6));
    CHECK(both.count(0, 0) == 5);
    CHECK(both.count(2, 1) == 2);
    CHECK(compare_partitions(labels{1, 1, 1, 2, 2, 2}, labels{1, 1, 2, 2, 3, 3}).fowlkes_mallows() ==
          Approx(2 / std::sqrt(18.0)));
    // test_fowlkes_mallows_score: 4 / sqrt(12 * 6)
    CHECK(compare_partitions(labels{0, 0, 0, 1, 1, 1}, labels{0, 0, 1, 1, 2, 2}).fowlkes_mallows() ==
          Approx(4 / std::sqrt(72.0)));
}

TEST_CASE("partition agreement: names of groups do not matter, equal groupings agree fully") {
    labels const a{7, 7, 0, 0, 3, 3, 3};
    labels const renamed{1, 1, 9, 9, 2, 2, 2};
    auto const same = compare_partitions(a, renamed);
    CHECK(same.adjusted_rand() == Approx(1));
    CHECK(same.rand_index() == 1);
    CHECK(same.fowlkes_mallows() == Approx(1));
    for (auto const by : {information_normalisation::arithmetic, information_normalisation::geometric,
                          information_normalisation::minimum, information_normalisation::maximum}) {
        CHECK(same.normalised_mutual_information(by) == Approx(1));
        CHECK(same.adjusted_mutual_information(by) == Approx(1));
    }
    CHECK(same.best_jaccard() == std::vector<double>{1, 1, 1});
    CHECK(same.first_labels()[1] == 3);
    auto const split = compare_partitions(labels{0, 0, 0, 0}, labels{0, 0, 0, 1});
    CHECK(split.best_jaccard() == std::vector<double>{.75});
    CHECK(split.normalised_mutual_information() == 0);
    CHECK(split.normalised_mutual_information(information_normalisation::minimum) == 0);
}

TEST_CASE("partition agreement: one group, one customer, different lengths, nobody") {
    CHECK(compare_partitions(labels{4}, labels{5}).adjusted_rand() == 1);
    CHECK(compare_partitions(labels{4}, labels{5}).rand_index() == 1);
    CHECK(compare_partitions(labels{1, 1}, labels{2, 2}).adjusted_mutual_information() == 1);
    CHECK(compare_partitions(labels{1, 1}, labels{2, 2}).normalised_mutual_information() == 1);
    CHECK_THROWS_AS(compare_partitions(labels{1}, labels{1, 2}), issue_error);
    CHECK_THROWS_AS(compare_partitions(labels{}, labels{}), issue_error);
}
