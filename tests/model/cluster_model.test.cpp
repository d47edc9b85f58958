// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/cluster_model.hpp>

#include "support/catch.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/k_medoids.hpp>

#include <array>
#include <cmath>
#include <vector>

using namespace segmenta;

namespace {

std::vector<std::vector<double>> customers(std::size_t n) {
    random_generator random(41);
    std::vector<std::vector<double>> out(2);
    for (std::size_t i = 0; i < n; ++i) {
        out[0].push_back(5.0 * static_cast<double>(i % 3) + random_normal(random));
        out[1].push_back(100 * random_normal(random));
    }
    return out;
}

std::string code_of(cluster_model_parts parts) {
    try {
        cluster_model const made(std::move(parts));
    } catch (issue_error const& e) {
        return e.issues()[0].code;
    }
    return "none";
}

cluster_model_parts mixed() {
    cluster_model_parts parts{k_prototypes(2, {0, 1}, {0, 2, 1, 0}, .5)};
    parts.numbers = {"spend"};
    parts.attributes = {{"channel", {"web", "shop"}}, {"city", {"Suzhou", "Bath", "Łódź"}}};
    return parts;
}

} // namespace

TEST_CASE("cluster model: every clustering answers what it answers alone, after scaling") {
    auto const columns = customers(300);
    auto const scaling = fit_feature_scaling(as_columns(columns));
    auto const scaled = scaling.apply(as_columns(columns));
    std::vector<any_clustering> all{fit_k_means(as_columns(scaled), {.clusters = 3}),
                                    fit_k_medoids(as_columns(scaled), {.clusters = 3}),
                                    fit_k_prototypes(as_columns(scaled), {}, {.clusters = 3}),
                                    fit_gaussian_mixture(as_columns(scaled), {.components = 3})};
    for (auto const& clustering : all) {
        cluster_model_parts parts{clustering, {"spend", "visits"}, scaling};
        cluster_model const model(std::move(parts));
        INFO(model.kind());
        auto const back = cluster_model::from_json(model.to_json());
        CHECK(back.to_json() == model.to_json());
        for (std::size_t i = 0; i < 300; ++i) {
            std::array const row{columns[0][i], columns[1][i]};
            std::array const point{scaled[0][i], scaled[1][i]};
            auto const expected = std::visit(
                [&](auto const& alone) {
                    if constexpr (std::is_same_v<std::decay_t<decltype(alone)>, k_prototypes>)
                        return alone.nearest(point, {});
                    else
                        return alone.nearest(point);
                },
                clustering);
            auto const found = back.nearest(row);
            if (found.cluster != expected) FAIL("customer " << i);
            if (!std::isfinite(found.score)) FAIL("score of customer " << i);
        }
        CHECK(back.nearest(std::array{std::nan(""), 0.0}).cluster == cluster_answer::no_cluster);
        CHECK(back.nearest(std::array{1.0}).cluster == cluster_answer::no_cluster);
    }
}

TEST_CASE("cluster model: probabilities of a mixture are those of the mixture and sum to 1") {
    auto const columns = customers(200);
    auto const mixture = fit_gaussian_mixture(as_columns(columns), {.components = 3});
    cluster_model const model({mixture, {"spend", "visits"}});
    CHECK(model.has_probabilities());
    std::array<double, 3> given{};
    std::array<double, 3> own{};
    for (std::size_t i = 0; i < 200; ++i) {
        std::array const row{columns[0][i], columns[1][i]};
        model.probabilities(row, given);
        mixture.probabilities(row, own);
        REQUIRE(given == own);
        REQUIRE(given[0] + given[1] + given[2] == Approx(1));
        auto const found = model.nearest(row);
        REQUIRE(found.score == given[found.cluster]);
        REQUIRE(model.probability(row, 2) == given[2]);
    }
    cluster_model const means({k_means({0, 1}, 2), {"x"}});
    CHECK_FALSE(means.has_probabilities());
    CHECK(std::isnan(means.probability(std::array{0.0}, 0)));
}

TEST_CASE("cluster model: categories are known by text, and a new one differs from all") {
    cluster_model const model(mixed());
    std::array<std::string_view, 2> const home{"web", "Łódź"};
    CHECK(model.nearest(std::array{0.6}, home).cluster == 0); // .36 against .16 + 1
    CHECK(model.nearest(std::array{0.6}, home).score == Approx(.36));
    std::array<std::string_view, 2> const away{"fax", ""};
    CHECK(model.nearest(std::array{0.6}, away).cluster == 1); // .36 + 1 against .16 + 1
    CHECK(model.nearest(std::array{0.6}, away).score == Approx(1.16));
    auto const back = cluster_model::from_json(model.to_json());
    CHECK(back == model);
    CHECK(back.attributes()[1].categories[2] == "Łódź");
    CHECK(back.segments()[1].id == "2"); // nobody named them
}

TEST_CASE("cluster model: the document of a clustering alone can be used") {
    auto const model = cluster_model::from_json(k_means({0, 0, 1, 1}, 2).to_json());
    CHECK(model.numbers()[1] == "x2");
    CHECK(model.nearest(std::array{.9, .9}).cluster == 1);
    CHECK_THROWS_AS(cluster_model::from_json(k_prototypes(1, {}, {1}, 1).to_json()), issue_error); // no categories
    CHECK_THROWS_AS(cluster_model::from_json(R"({"model": "bg_nbd"})"), issue_error);
    CHECK_THROWS_AS(cluster_model::from_json("{"), issue_error);
    auto text = model.to_json();
    text.replace(text.find("x2"), 2, "x3");
    CHECK_THROWS_AS(cluster_model::from_json(text), issue_error);
}

TEST_CASE("cluster model: clusters are named by their drivers") {
    std::vector<cluster_profile> profiles(2);
    profiles[0] = {0, 5, .5, {{0, "spend", 1, 2}}, "high_spend"};
    profiles[1] = {2, 5, .5, {{0, "spend", 1, -2}}, "low_spend"};
    auto const names = name_clusters(profiles, 3);
    CHECK(names[0] == cluster_segment{"high_spend", "spend is 2.0 standard deviations above the mean of all"});
    CHECK(names[1].id == "nobody_2");
    CHECK(names[2].id == "low_spend");
}

TEST_CASE("cluster model: parts that do not fit are refused") {
    CHECK(code_of(mixed()) == "none");
    auto parts = mixed();
    parts.numbers.push_back("visits");
    CHECK(code_of(parts) == "cluster_model.sizes");
    parts = mixed();
    parts.attributes.pop_back();
    CHECK(code_of(parts) == "cluster_model.sizes");
    parts = mixed();
    parts.scaling = feature_scaling(scaling_kind::none, {0, 0}, {1, 1});
    CHECK(code_of(parts) == "cluster_model.sizes");
    parts = mixed();
    parts.segments = {{"one"}};
    CHECK(code_of(parts) == "cluster_model.sizes");
    parts.segments = {{"one"}, {"one"}};
    CHECK(code_of(parts) == "cluster_model.segments");
    parts.segments = {{"one"}, {"two words"}};
    CHECK(code_of(parts) == "cluster_model.segments");
    parts = mixed();
    parts.attributes[1].name = "spend";
    CHECK(code_of(parts) == "cluster_model.names");
    parts = mixed();
    parts.attributes[1].categories.pop_back(); // the mode of cluster 0
    CHECK(code_of(parts) == "cluster_model.categories");
    parts.attributes[1].categories = {"Bath", "Bath", "Wells"};
    CHECK(code_of(parts) == "cluster_model.categories");
    CHECK(code_of({k_medoids({0, 1})}) == "cluster_model.sizes"); // from dissimilarities: no features
}
