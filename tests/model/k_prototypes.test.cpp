// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_prototypes.hpp>

#include <segmenta/base/random.hpp>

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
    CHECK(code_of(numbers, categories, {.clusters = 2, .gamma = 1e151}) == "cluster.bad_option");
    CHECK(code_of(numbers, categories, {.clusters = 2, .gamma = std::numeric_limits<double>::infinity()}) ==
          "cluster.bad_option");
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

namespace {

struct mixed {
    std::vector<std::vector<double>> numbers;
    std::vector<std::vector<std::uint32_t>> categories;
};

mixed groups_of(std::size_t rows, std::uint64_t seed) {
    random_generator random(seed);
    mixed out{std::vector(2, std::vector<double>(rows)), std::vector(3, std::vector<std::uint32_t>(rows))};
    for (std::size_t i = 0; i < rows; ++i) {
        auto const group = static_cast<std::uint32_t>(random_below(random, 4));
        for (auto& column : out.numbers)
            column[i] = group + random_normal(random, 0, 0.7);
        for (auto& column : out.categories)
            column[i] = random_bernoulli(random, 0.6) ? group : static_cast<std::uint32_t>(random_below(random, 6));
    }
    return out;
}

// Everybody at the nearest prototype, then means and most frequent categories, as the paper has it: nothing may change.
void is_fixed_point(mixed const& data, k_prototypes const& model) {
    std::size_t const rows = data.categories[0].size();
    std::vector<std::uint32_t> labels(rows);
    model.assign(as_columns(data.numbers), as_categories(data.categories), labels);
    std::vector<std::uint64_t> sizes(model.clusters());
    double cost = 0;
    for (std::size_t i = 0; i < rows; ++i) {
        std::vector<double> x;
        std::vector<std::uint32_t> c;
        for (auto const& column : data.numbers)
            x.push_back(column[i]);
        for (auto const& column : data.categories)
            c.push_back(column[i]);
        REQUIRE(labels[i] == model.nearest(x, c));
        for (std::size_t j = 0; j < x.size(); ++j)
            cost += (x[j] - model.mean(labels[i])[j]) * (x[j] - model.mean(labels[i])[j]);
        for (std::size_t j = 0; j < c.size(); ++j)
            cost += c[j] != model.mode(labels[i])[j] ? model.gamma() : 0;
        ++sizes[labels[i]];
    }
    CHECK(model.fit().cost == Approx(cost).epsilon(1e-12));
    CHECK(model.fit().sizes == sizes);
    for (std::uint32_t k = 0; k < model.clusters(); ++k) {
        auto const is_of = [&](std::size_t i) { return labels[i] == k; };
        for (std::size_t j = 0; j < data.numbers.size(); ++j) {
            double sum = 0;
            for (std::size_t i = 0; i < rows; ++i)
                sum += is_of(i) ? data.numbers[j][i] : 0;
            CHECK(model.mean(k)[j] == Approx(sum / static_cast<double>(sizes[k])).margin(1e-12));
        }
        for (std::size_t j = 0; j < data.categories.size(); ++j) {
            std::vector<std::size_t> count(6);
            for (std::size_t i = 0; i < rows; ++i)
                count[data.categories[j][i]] += is_of(i) ? 1 : 0;
            CHECK(model.mode(k)[j] == std::max_element(count.begin(), count.end()) - count.begin());
        }
    }
}

} // namespace

TEST_CASE("k-prototypes: many customers end at a fixed point, the same for any number of threads") {
    auto const data = groups_of(30'001, 11);
    for (auto const start : {prototype_start::plus_plus, prototype_start::huang, prototype_start::cao}) {
        k_prototypes_options options{.clusters = 5, .start = start, .starts = 2, .max_iterations = 500, .seed = 3};
        auto const model = fit_k_prototypes(as_columns(data.numbers), as_categories(data.categories), options);
        REQUIRE(model.fit().converged);
        is_fixed_point(data, model);
        for (unsigned const threads : {2U, 5U}) {
            options.threads = threads;
            CHECK(fit_k_prototypes(as_columns(data.numbers), as_categories(data.categories), options) == model);
        }
    }
}

TEST_CASE("k-prototypes: a cluster that lost everybody begins again at the farthest customer") {
    std::size_t reseeded = 0;
    for (std::uint64_t seed = 0; seed < 3'000; ++seed) {
        // now and then two clusters get the same most frequent categories, and the later one is empty
        random_generator random(seed);
        mixed data{{}, std::vector(6, std::vector<std::uint32_t>(60))};
        for (auto& column : data.categories)
            for (auto& c : column)
                c = static_cast<std::uint32_t>(random_below(random, 2));
        auto const model =
            fit_k_prototypes({}, as_categories(data.categories),
                             {.clusters = 4, .gamma = 1, .start = prototype_start::huang, .starts = 1, .seed = seed});
        if (model.fit().reseeded == 0) continue;
        ++reseeded;
        CHECK(model.fit().converged);
        CHECK(std::find(model.fit().sizes.begin(), model.fit().sizes.end(), 0U) == model.fit().sizes.end());
        is_fixed_point(data, model);
    }
    CHECK(reseeded > 0); // else this looked at nothing
}

TEST_CASE("k-prototypes: distances beyond all numbers count as alike, as for one customer") {
    std::vector<std::vector<double>> const numbers{{1, 2, 3}};
    std::vector<std::vector<std::uint32_t>> const categories{{0, 1, 2}, {0, 1, 2}};
    k_prototypes const model(2, {1, 2}, {5, 5, 6, 6}, 1e308);
    std::vector<std::uint32_t> labels(3);
    model.assign(as_columns(numbers), as_categories(categories), labels);
    for (std::size_t i = 0; i < 3; ++i)
        CHECK(labels[i] == model.nearest(std::vector{numbers[0][i]}, std::vector{categories[0][i], categories[1][i]}));
}

// Tables of clusters and levels once were made for each thread, whether it had anything to do or not.
TEST_CASE("k-modes: attributes of 65,536 levels and a thousand threads take no longer than one") {
    std::vector<std::vector<std::uint32_t>> data(12, std::vector<std::uint32_t>(1'000));
    random_generator random(2);
    for (auto& column : data)
        for (auto& code : column)
            code = static_cast<std::uint32_t>(random_below(random, 3)) * 32'767;
    k_prototypes_options options{.clusters = 8, .gamma = 1, .starts = 2};
    auto const model = fit_k_prototypes({}, as_categories(data), options);
    options.threads = 1'024;
    CHECK(fit_k_prototypes({}, as_categories(data), options) == model);
    for (auto& column : data)
        for (auto& code : column)
            code /= 32'767;
    auto const dense = fit_k_prototypes({}, as_categories(data), options);
    CHECK(dense.fit() == model.fit());
}

// One attribute alone, so that only parts of the customers can be counted side by side.
TEST_CASE("k-modes: one attribute is counted in parts") {
    random_generator random(6);
    std::vector<std::vector<std::uint32_t>> data(1, std::vector<std::uint32_t>(5'000));
    for (auto& code : data[0])
        code = static_cast<std::uint32_t>(random_below(random, 7)) % 5;
    for (unsigned const threads : {1U, 2U, 3U}) {
        auto const model =
            fit_k_prototypes({}, as_categories(data), {.clusters = 5, .gamma = 1, .starts = 1, .threads = threads});
        CHECK(model.fit().cost == 0);
        std::vector<std::uint32_t> modes;
        for (std::size_t c = 0; c < 5; ++c)
            modes.push_back(model.mode(c)[0]);
        std::sort(modes.begin(), modes.end());
        CHECK(modes == std::vector<std::uint32_t>{0, 1, 2, 3, 4});
    }
}
