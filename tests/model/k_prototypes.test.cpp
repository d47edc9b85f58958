// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_prototypes.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace segmenta;

namespace {

// The stocks of the kmodes package (github.com/nicodv/kmodes, MIT): market value, sector, country.
struct stocks {
    std::vector<std::vector<double>> numbers{
        {738.5, 369.5, 368.2, 346.7, 343.5, 282.4, 282.1, 279.7, 257.2, 205.2, 192.1, 195.7}};
    // tech 0, nrg 1, fin 2, tel 3, cons 4; USA 0, CN 1, NL 2
    std::vector<std::vector<std::uint32_t>> categories{{0, 1, 0, 0, 2, 2, 3, 4, 4, 3, 0, 2},
                                                       {0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2}};
};

std::string code_of(number_columns numbers, category_columns categories, k_prototypes_options const& options) {
    try {
        (void)fit_k_prototypes(numbers, categories, options);
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

} // namespace

// statistics.md 2.14: gamma, cost, partition {0}, {1-4}, {5-8}, {9-11}.
TEST_CASE("k-prototypes: the stocks of the kmodes package") {
    stocks const data;
    for (auto const start : {prototype_start::plus_plus, prototype_start::huang}) {
        auto const model = fit_k_prototypes(as_columns(data.numbers), as_categories(data.categories),
                                            {.clusters = 4, .start = start, .starts = 30});
        CHECK(model.gamma() == Approx(69.90333603547751).epsilon(1e-12));
        CHECK(model.fit().cost == Approx(1664.470854950487).epsilon(1e-10));
        CHECK(model.fit().converged);
        std::vector<std::uint32_t> labels(12);
        model.assign(as_columns(data.numbers), as_categories(data.categories), labels);
        std::vector<std::size_t> first(4);
        std::vector<std::uint32_t> const expected{0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3};
        for (std::size_t i = 0; i < 12; ++i)
            for (std::size_t j = 0; j < 12; ++j)
                CHECK((labels[i] == labels[j]) == (expected[i] == expected[j]));
        CHECK(model.mean(labels[0])[0] == 738.5);
        CHECK(model.mean(labels[1])[0] == Approx(356.975));
        CHECK(model.mean(labels[5])[0] == Approx(275.35));
        CHECK(model.mean(labels[9])[0] == Approx(197.6667).epsilon(1e-6));
        auto const text = model.to_json();
        CHECK(k_prototypes::from_json(text) == model);
        CHECK(k_prototypes::from_json(text).to_json() == text);
        CHECK_THROWS_AS(k_prototypes::from_json(text.substr(3)), issue_error);
        CHECK(fit_k_prototypes(as_columns(data.numbers), as_categories(data.categories),
                               {.clusters = 4, .start = start, .starts = 30, .threads = 2}) == model);
    }
}

TEST_CASE("k-prototypes: ties go to the lower number, a missing category differs from all") {
    k_prototypes const model(2, {0, 2}, {1, 5}, 3);
    CHECK(model.nearest(std::vector<double>{1}, std::vector<std::uint32_t>{missing_category}) == 0);
    CHECK(model.nearest(std::vector<double>{1}, std::vector<std::uint32_t>{5}) == 1);
    CHECK(model.nearest(std::vector<double>{std::nan("")}, std::vector<std::uint32_t>{5}) == k_prototypes::no_cluster);
    CHECK(model.nearest({}, std::vector<std::uint32_t>{5}) == k_prototypes::no_cluster);
    CHECK_THROWS_AS(k_prototypes(2, {0, 1, 2}, {}, 1), issue_error);
    CHECK_THROWS_AS(k_prototypes(2, {0, 1}, {}, -1), issue_error);
}

TEST_CASE("k-prototypes: k of 0, k above n, different customers, all identical, NaN, missing categories") {
    stocks const data;
    auto const numbers = as_columns(data.numbers);
    auto const categories = as_categories(data.categories);
    CHECK(code_of(numbers, categories, {.clusters = 0}) == "cluster.none");
    CHECK(code_of(numbers, categories, {.clusters = 13}) == "cluster.too_many");
    CHECK(code_of(numbers, categories, {.clusters = 12}) == "none");
    CHECK(code_of(numbers, categories, {.clusters = 2, .gamma = -1}) == "cluster.bad_option");
    CHECK(code_of({}, {}, {}) == "data.empty");
    std::vector<std::vector<std::uint32_t>> const fewer{{1, 2}};
    CHECK(code_of(numbers, as_categories(fewer), {.clusters = 1}) == "data.ragged");
    std::vector<std::vector<double>> const same{{1, 1, 1}};
    std::vector<std::vector<std::uint32_t>> const alike{{1, 1, 1}};
    for (auto const start : {prototype_start::plus_plus, prototype_start::huang, prototype_start::cao}) {
        CHECK(code_of(as_columns(same), as_categories(alike), {.clusters = 2, .start = start}) ==
              "cluster.too_few_distinct");
        CHECK(code_of(as_columns(same), as_categories(alike), {.clusters = 1, .start = start}) == "none");
    }
    std::vector<std::vector<double>> const broken{{1, std::numeric_limits<double>::quiet_NaN(), 1}};
    CHECK(code_of(as_columns(broken), as_categories(alike), {.clusters = 1}) == "data.not_finite");
    std::vector<std::vector<std::uint32_t>> const unknown{{1, missing_category, 1}};
    CHECK(code_of(as_columns(same), as_categories(unknown), {.clusters = 1}) == "data.missing");
    // only numbers: k-means
    CHECK(code_of(numbers, {}, {.clusters = 3}) == "none");
}
