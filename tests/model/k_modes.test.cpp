// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_modes.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/partition_agreement.hpp>

#include "support/catch.hpp"

using namespace segmenta;

TEST_CASE("k-modes: groups that were put in come out, from all starts") {
    random_generator random(21);
    std::vector<std::vector<std::uint32_t>> data(10, std::vector<std::uint32_t>(300));
    std::vector<std::uint32_t> truth(300);
    for (std::size_t i = 0; i < 300; ++i) {
        truth[i] = static_cast<std::uint32_t>(i % 3);
        for (std::size_t j = 0; j < 10; ++j)
            data[j][i] = random_bernoulli(random, .8) ? (truth[i] + static_cast<std::uint32_t>(j)) % 4
                                                      : static_cast<std::uint32_t>(random_below(random, 4));
    }
    auto const columns = as_categories(data);
    for (auto const start : {prototype_start::huang, prototype_start::cao, prototype_start::plus_plus}) {
        auto const model = fit_k_modes(columns, {.clusters = 3, .start = start});
        std::vector<std::uint32_t> labels(300);
        model.assign({}, columns, labels);
        CHECK(compare_partitions(labels, truth).adjusted_rand() > .97);
        double cost = 0;
        for (std::size_t i = 0; i < 300; ++i)
            for (std::size_t j = 0; j < 10; ++j)
                cost += model.mode(labels[i])[j] != data[j][i] ? 1 : 0;
        CHECK(model.fit().cost == cost);
        CHECK(model.gamma() == 1);
        CHECK(k_prototypes::from_json(model.to_json()) == model);
    }
}

TEST_CASE("k-modes: k of 0, k above n, all identical, one customer") {
    std::vector<std::vector<std::uint32_t>> const data{{1, 1, 2}, {3, 3, 3}};
    CHECK_THROWS_AS(fit_k_modes(as_categories(data), {.clusters = 0}), issue_error);
    CHECK_THROWS_AS(fit_k_modes(as_categories(data), {.clusters = 4}), issue_error);
    CHECK_THROWS_AS(fit_k_modes(as_categories(data), {.clusters = 3}), issue_error);
    CHECK(fit_k_modes(as_categories(data), {.clusters = 2}).fit().cost == 0);
    std::vector<std::vector<std::uint32_t>> const single{{7}};
    CHECK(fit_k_modes(as_categories(single), {.clusters = 1}).mode(0)[0] == 7);
}
