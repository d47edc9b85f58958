// SPDX-License-Identifier: Apache-2.0
// Data so large that centres come from packed rows until nobody moves.
#include "model/k_means_search.hpp"

#include <segmenta/base/random.hpp>
#include <segmenta/model/k_means.hpp>

#include "support/catch.hpp"

#include <algorithm>
#include <cmath>

using namespace segmenta;

namespace {

constexpr std::size_t rows = 40'000;
constexpr std::size_t features = 4;

std::vector<std::vector<double>> overlapping(std::size_t groups, std::uint64_t seed) {
    random_generator random(seed);
    std::vector<double> middle(groups * features);
    for (double& v : middle)
        v = random_uniform(random, -3, 3);
    std::vector<std::vector<double>> out(features, std::vector<double>(rows));
    for (std::size_t i = 0; i < rows; ++i) {
        auto const group = static_cast<std::size_t>(random_below(random, groups));
        for (std::size_t j = 0; j < features; ++j)
            out[j][i] = middle[group * features + j] + random_normal(random, 0, 1.2);
    }
    return out;
}

std::vector<double> first_rows(number_columns columns, std::size_t clusters) {
    std::vector<double> out;
    for (std::size_t c = 0; c < clusters; ++c)
        for (auto const column : columns)
            out.push_back(column[c]);
    return out;
}

// Textbook Lloyd in double precision, with weights.
struct textbook {
    std::vector<double> centres;
    std::vector<std::uint32_t> labels = std::vector<std::uint32_t>(rows, 99);
    double inertia = 0;
    bool converged = false;

    textbook(number_columns columns, std::vector<double> start, std::span<double const> weights = {},
             std::size_t most = 1000)
        : centres(std::move(start)) {
        for (std::size_t n = 0; n < most && !converged; ++n) {
            converged = !relabel(columns, weights);
            if (!converged) mean(columns, weights);
        }
        relabel(columns, weights);
    }
    bool relabel(number_columns columns, std::span<double const> weights) {
        bool changed = false;
        inertia = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            double best = INFINITY;
            std::uint32_t label = 0;
            for (std::size_t c = 0; c * columns.size() < centres.size(); ++c) {
                double sum = 0;
                for (std::size_t j = 0; j < columns.size(); ++j)
                    sum += std::pow(columns[j][i] - centres[c * columns.size() + j], 2);
                if (sum < best) best = sum, label = static_cast<std::uint32_t>(c);
            }
            changed |= label != labels[i];
            labels[i] = label;
            inertia += (weights.empty() ? 1 : weights[i]) * best;
        }
        return changed;
    }
    void mean(number_columns columns, std::span<double const> weights) {
        std::vector<double> sums(centres.size());
        std::vector<double> counts(centres.size());
        for (std::size_t i = 0; i < rows; ++i)
            for (std::size_t j = 0; j < columns.size(); ++j) {
                double const w = weights.empty() ? 1 : weights[i];
                sums[labels[i] * columns.size() + j] += w * columns[j][i];
                counts[labels[i] * columns.size() + j] += w;
            }
        for (std::size_t i = 0; i < centres.size(); ++i)
            if (counts[i] > 0) centres[i] = sums[i] / counts[i];
    }
};

void check_against(textbook const& expected, number_columns columns, k_means_options const& options) {
    auto const model = fit_k_means(columns, options);
    CHECK(model.fit().converged);
    CHECK(model.fit().inertia == Approx(expected.inertia).epsilon(1e-12));
    std::vector<std::uint32_t> labels(rows);
    model.assign(columns, labels);
    CHECK(labels == expected.labels);
    for (std::size_t i = 0; i < expected.centres.size(); ++i)
        CHECK(model.centres()[i] == Approx(expected.centres[i]).epsilon(1e-10).margin(1e-12));
    auto threaded = options;
    threaded.threads = 3;
    CHECK(fit_k_means(columns, threaded) == model);
}

} // namespace

TEST_CASE("k-means search: large data end where a textbook Lloyd ends, for any number of threads") {
    for (std::uint64_t const seed : {1U, 2U, 3U}) {
        INFO("seed " << seed);
        auto const data = overlapping(8, seed);
        auto const columns = as_columns(data);
        for (std::size_t const clusters : {1U, 2U, 8U, 21U}) {
            auto const start = first_rows(columns, clusters);
            check_against(textbook(columns, start), columns,
                          {.clusters = clusters, .max_iterations = 1000, .first_centres = start});
        }
    }
}

TEST_CASE("k-means search: large data with weights end where a textbook Lloyd ends") {
    auto const data = overlapping(5, 4);
    auto const columns = as_columns(data);
    random_generator random(9);
    std::vector<double> weights(rows);
    for (double& w : weights)
        w = random_below(random, 3) == 0 ? 0.0 : random_uniform(random, 0, 2);
    auto const start = first_rows(columns, 5);
    check_against(textbook(columns, start, weights), columns,
                  {.clusters = 5, .max_iterations = 1000, .weights = weights, .first_centres = start});
}

TEST_CASE("k-means search: what single precision cannot tell apart is summed in double") {
    auto data = overlapping(6, 5);
    data[0][123] = 1e9; // everybody else is one point for packed rows
    auto const columns = as_columns(data);
    auto const start = first_rows(columns, 6);
    check_against(textbook(columns, start), columns, {.clusters = 6, .max_iterations = 1000, .first_centres = start});
}

TEST_CASE("k-means search: fits of large data that are cut short are those of a textbook Lloyd cut short") {
    auto const data = overlapping(8, 6);
    auto const columns = as_columns(data);
    auto const start = first_rows(columns, 8);
    for (std::size_t const most : {1U, 2U, 5U}) {
        textbook const expected(columns, start, {}, most);
        auto const model = fit_k_means(columns, {.clusters = 8, .max_iterations = most, .first_centres = start});
        CHECK_FALSE(model.fit().converged);
        CHECK(model.fit().iterations == most);
        // a row at a border may change sides for what packed rows are rounded by
        CHECK(model.fit().inertia == Approx(expected.inertia).epsilon(1e-6));
        for (std::size_t i = 0; i < start.size(); ++i)
            CHECK(model.centres()[i] == Approx(expected.centres[i]).epsilon(1e-4).margin(1e-4));
    }
    auto const tolerant = fit_k_means(columns, {.clusters = 8, .tolerance = 1e-4, .first_centres = start});
    auto const full = fit_k_means(columns, {.clusters = 8, .max_iterations = 1000, .first_centres = start});
    CHECK(tolerant.fit().converged);
    CHECK(tolerant.fit().iterations < full.fit().iterations);
    CHECK(tolerant.fit().inertia >= full.fit().inertia);
}

TEST_CASE("k-means search: an empty cluster of large data is told and follows the policy") {
    auto const data = overlapping(3, 7);
    auto const columns = as_columns(data);
    auto start = first_rows(columns, 3);
    start.insert(start.end(), {1000, 1000, 1000, 1000});
    auto const farthest = fit_k_means(columns, {.clusters = 4, .max_iterations = 1000, .first_centres = start});
    CHECK(farthest.fit().reseeded == 1);
    CHECK(std::all_of(farthest.fit().sizes.begin(), farthest.fit().sizes.end(), [](auto n) { return n > 0; }));
    auto const keep = fit_k_means(
        columns, {.clusters = 4, .max_iterations = 1000, .empty = empty_cluster_policy::keep, .first_centres = start});
    CHECK(keep.centre(3)[0] == 1000);
    auto const drop = fit_k_means(
        columns, {.clusters = 4, .max_iterations = 1000, .empty = empty_cluster_policy::drop, .first_centres = start});
    CHECK(drop.clusters() == 3);
    textbook const three(columns, first_rows(columns, 3));
    CHECK(drop.fit().inertia == Approx(three.inertia).epsilon(1e-12));
    CHECK(keep.fit().inertia == Approx(three.inertia).epsilon(1e-12));
}

TEST_CASE("k-means search: a start far away costs the inertia no digits") {
    auto const data = overlapping(1, 8);
    auto const columns = as_columns(data);
    std::vector<double> const start(features, 1e9);
    auto const model = fit_k_means(columns, {.clusters = 1, .first_centres = start});
    CHECK(model.fit().inertia == Approx(textbook(columns, {start}).inertia).epsilon(1e-12));
}

// D. Sculley, "Web-scale k-means clustering", 2010: customer after customer, each moving its centre.
// Batches of a few customers, and of so many that they are cut into longer blocks.
TEST_CASE("mini-batch k-means: Sculley's steps one after the other, the same draws") {
    auto const data = overlapping(5, 21);
    auto const columns = as_columns(data);
    std::size_t const batch_rows = GENERATE(std::size_t{1}, std::size_t{300}, std::size_t{40'001});
    std::size_t const steps = batch_rows > 1'000 ? 4 : 40;
    mini_batch_options const options{.clusters = 5, .batch_rows = batch_rows, .steps = steps, .starts = 1, .seed = 9};
    thread_team team(1);
    random_generator random(options.seed, 0);
    detail::packed_rows const packed(columns, detail::ranges_of(columns, team), team);
    std::vector<double> centres;
    for (std::size_t const row : detail::plus_plus_rows(packed, columns, {}, options.clusters, random, team))
        for (auto const column : columns)
            centres.push_back(column[row]);
    std::vector<double> hits(options.clusters);
    for (std::size_t step = 0; step < options.steps; ++step) {
        std::vector<std::vector<double>> batch;
        std::vector<std::uint32_t> nearest;
        for (std::size_t i = 0; i < options.batch_rows; ++i) {
            batch.push_back(detail::row_of<double>(columns, static_cast<std::size_t>(random_below(random, rows))));
            nearest.push_back(detail::find_nearest(batch.back().data(), centres, features).cluster);
        }
        for (std::size_t i = 0; i < options.batch_rows; ++i) {
            double const rate = 1 / ++hits[nearest[i]];
            for (std::size_t j = 0; j < features; ++j)
                centres[nearest[i] * features + j] += rate * (batch[i][j] - centres[nearest[i] * features + j]);
        }
    }
    auto const model = fit_mini_batch_k_means(columns, options);
    for (std::size_t i = 0; i < centres.size(); ++i)
        CHECK(model.centres()[i] == Approx(centres[i]).epsilon(1e-10));
    textbook const whole(columns, {model.centres().begin(), model.centres().end()}, {}, 0);
    CHECK(model.fit().inertia == Approx(whole.inertia).epsilon(1e-12));
    std::vector<std::uint64_t> sizes(options.clusters);
    for (std::uint32_t const label : whole.labels)
        ++sizes[label];
    CHECK(model.fit().sizes == sizes);
    for (unsigned const threads : {2U, 3U}) {
        auto parallel = options;
        parallel.threads = threads;
        CHECK(fit_mini_batch_k_means(columns, parallel) == model);
    }
}
