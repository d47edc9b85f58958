// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/k_means.hpp>

#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>
#include <segmenta/evaluate/partition_agreement.hpp>

#include "support/catch.hpp"
#include "support/iris.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace segmenta;

namespace {

std::vector<std::vector<double>> blobs(std::size_t rows, std::size_t features, std::size_t groups, std::uint64_t seed) {
    random_generator random(seed);
    std::vector<std::vector<double>> out(features, std::vector<double>(rows));
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t j = 0; j < features; ++j)
            out[j][i] = static_cast<double>((i * 7 + j * 3) % groups) + random_normal(random, 0, 0.7);
    return out;
}

std::vector<double> row_of(number_columns columns, std::size_t i) {
    std::vector<double> out;
    for (auto const c : columns)
        out.push_back(c[i]);
    return out;
}

// Textbook Lloyd in double precision.
struct naive {
    std::vector<std::vector<double>> centres;
    std::vector<std::uint32_t> labels;
    double inertia = 0;

    naive(number_columns columns, std::span<double const> start, std::size_t k) : labels(row_count(columns), 99999) {
        std::size_t const d = columns.size();
        for (std::size_t c = 0; c < k; ++c)
            centres.emplace_back(start.begin() + static_cast<std::ptrdiff_t>(c * d),
                                 start.begin() + static_cast<std::ptrdiff_t>((c + 1) * d));
        while (relabel(columns))
            mean(columns);
    }
    bool relabel(number_columns columns) {
        bool changed = false;
        inertia = 0;
        for (std::size_t i = 0; i < labels.size(); ++i) {
            double best = std::numeric_limits<double>::infinity();
            std::uint32_t label = 0;
            for (std::uint32_t c = 0; c < centres.size(); ++c) {
                double sum = 0;
                for (std::size_t j = 0; j < columns.size(); ++j)
                    sum += std::pow(columns[j][i] - centres[c][j], 2);
                if (sum < best) best = sum, label = c;
            }
            changed |= label != labels[i];
            labels[i] = label;
            inertia += best;
        }
        return changed;
    }
    void mean(number_columns columns) {
        for (std::uint32_t c = 0; c < centres.size(); ++c) {
            double count = 0;
            std::vector<double> sum(columns.size());
            for (std::size_t i = 0; i < labels.size(); ++i) {
                if (labels[i] != c) continue;
                ++count;
                for (std::size_t j = 0; j < columns.size(); ++j)
                    sum[j] += columns[j][i];
            }
            for (std::size_t j = 0; j < columns.size(); ++j)
                centres[c][j] = sum[j] / count;
        }
    }
};

std::string codes_of(number_columns columns, k_means_options const& options) {
    try {
        (void)fit_k_means(columns, options);
    } catch (issue_error const& e) {
        std::string out;
        for (auto const& i : e.issues())
            out += (out.empty() ? "" : " ") + i.code;
        return out;
    }
    return "none";
}

std::vector<std::uint64_t> sorted(std::vector<std::uint64_t> v) {
    std::sort(v.begin(), v.end());
    return v;
}

} // namespace

// scikit-learn 1.2.1, best of 200 starts (statistics.md 2.14).
TEST_CASE("k-means: iris reaches the inertia of the best of 200 starts of scikit-learn, with its measures") {
    struct figures {
        double inertia, silhouette, davies_bouldin, calinski_harabasz, adjusted_rand;
    };
    auto const data = test::iris_columns();
    auto const columns = as_columns(data);
    figures const expected[] = {{152.34795176, .6810461692, .4042928372, 513.92454598, .5399218294},
                                {78.85144143, .5528190124, .6619715465, 561.62775663, .7302382723},
                                {57.22847321, .4980505050, .7803069839, 530.76580819, .6498176854},
                                {46.44618205, .4887488871, .8059652120, 495.54148768, .6078964652},
                                {39.03998725, .3648340040, .9141579727, 473.85060683, .4475335314}};
    for (std::size_t k = 2; k <= 6; ++k) {
        INFO("k = " << k);
        auto const& e = expected[k - 2];
        auto const model = fit_k_means(columns, {.clusters = k, .starts = 50, .seed = 1});
        CHECK(model.fit().inertia == Approx(e.inertia).epsilon(1e-8));
        CHECK(model.fit().converged);
        std::vector<std::uint32_t> labels(150);
        model.assign(columns, labels);
        CHECK(mean_silhouette(columns, labels) == Approx(e.silhouette).epsilon(1e-8));
        CHECK(davies_bouldin(columns, labels) == Approx(e.davies_bouldin).epsilon(1e-8));
        CHECK(calinski_harabasz(columns, labels) == Approx(e.calinski_harabasz).epsilon(1e-8));
        CHECK(compare_partitions(labels, test::iris_species()).adjusted_rand() ==
              Approx(e.adjusted_rand).epsilon(1e-8));
    }
    CHECK(sorted(fit_k_means(columns, {.clusters = 3}).fit().sizes) == std::vector<std::uint64_t>{38, 50, 62});
    CHECK(sorted(fit_k_means(columns, {.clusters = 2}).fit().sizes) == std::vector<std::uint64_t>{53, 97});
    CHECK(sorted(fit_k_means(columns, {.clusters = 4}).fit().sizes) == std::vector<std::uint64_t>{28, 32, 40, 50});
}

TEST_CASE("k-means: labels and inertia are those of a textbook Lloyd in double precision") {
    struct shape {
        std::size_t rows, features, clusters;
    };
    for (auto const s :
         {shape{10'007, 4, 8}, shape{5'000, 1, 5}, shape{4'101, 7, 12}, shape{9'000, 3, 2}, shape{300, 20, 6}}) {
        auto const data = blobs(s.rows, s.features, s.clusters, s.rows);
        auto const columns = as_columns(data);
        std::vector<double> start;
        for (std::size_t c = 0; c < s.clusters; ++c) {
            auto const row = row_of(columns, c * 13);
            start.insert(start.end(), row.begin(), row.end());
        }
        naive const oracle(columns, start, s.clusters);
        auto const model =
            fit_k_means(columns, {.clusters = s.clusters, .max_iterations = 100'000, .first_centres = start});
        std::vector<std::uint32_t> labels(s.rows);
        model.assign(columns, labels);
        CHECK(labels == oracle.labels);
        CHECK(model.fit().inertia == Approx(oracle.inertia).epsilon(1e-11));
        CHECK(model.fit().reseeded == 0);
        std::size_t different = 0;
        for (std::size_t i = 0; i < s.rows; ++i)
            different += model.nearest(row_of(columns, i)) != labels[i] ? 1U : 0U;
        CHECK(different == 0);
    }
}

TEST_CASE("k-means: nothing depends on the number of threads") {
    auto const data = blobs(300'000, 3, 5, 5);
    auto const columns = as_columns(data);
    auto const one = fit_k_means(columns, {.clusters = 5, .starts = 2, .max_iterations = 20, .seed = 3});
    for (unsigned const threads : {2U, 3U})
        CHECK(fit_k_means(columns, {.clusters = 5, .starts = 2, .max_iterations = 20, .seed = 3, .threads = threads}) ==
              one);
    auto const other = fit_k_means(columns, {.clusters = 5, .starts = 2, .max_iterations = 20, .seed = 4});
    CHECK(other.fit().inertia == Approx(one.fit().inertia).epsilon(0.2));
    std::vector<std::uint32_t> a(300'000);
    std::vector<std::uint32_t> b(300'000);
    one.assign(columns, a);
    one.assign(columns, b, 2);
    CHECK(a == b);
}

TEST_CASE("k-means: customers exactly between two centres go to the lower number") {
    std::vector<std::vector<double>> const data{{0, 0, 2, 2, 1}};
    auto const columns = as_columns(data);
    std::vector<double> const start{2, 0};
    auto const model = fit_k_means(columns, {.clusters = 2, .max_iterations = 1, .first_centres = start});
    k_means const fixed(std::vector<double>{2, 0}, 2);
    CHECK(fixed.nearest(std::vector<double>{1.0}) == 0);
    CHECK(fixed.nearest(std::vector<double>{0.9}) == 1);
    CHECK(fixed.nearest(std::vector<double>{std::nan("")}) == k_means::no_cluster);
    CHECK(fixed.nearest(std::vector<double>{1.0, 2.0}) == k_means::no_cluster);
    CHECK(model.centre(0)[0] == Approx(5.0 / 3));
}

TEST_CASE("k-means: a large common offset changes no label") {
    auto data = blobs(4'000, 2, 3, 9);
    auto const plain = fit_k_means(as_columns(data), {.clusters = 3, .seed = 2});
    std::vector<std::uint32_t> before(4'000);
    plain.assign(as_columns(data), before);
    for (auto& column : data)
        for (double& v : column)
            v = v * 1024 + 1e9; // what is lost is far below what separates
    auto const moved = fit_k_means(as_columns(data), {.clusters = 3, .seed = 2});
    std::vector<std::uint32_t> after(4'000);
    moved.assign(as_columns(data), after);
    CHECK(moved.fit().inertia == Approx(plain.fit().inertia * 1024 * 1024).epsilon(1e-6));
    std::size_t different = 0;
    for (std::size_t i = 0; i < 4'000; ++i)
        different += before[i] != after[i] ? 1U : 0U;
    CHECK(different <= 4);
}

TEST_CASE("k-means: a weight of w is w customers, and 0 is none") {
    std::vector<std::vector<double>> const weighted{{0, 1, 10, 12, 100}};
    std::vector<std::vector<double>> const repeated{{0, 1, 1, 1, 10, 12, 12}};
    std::vector<double> const weights{1, 3, 1, 2, 0};
    std::vector<double> const start{0, 10};
    auto const a = fit_k_means(as_columns(weighted), {.clusters = 2, .weights = weights, .first_centres = start});
    auto const b = fit_k_means(as_columns(repeated), {.clusters = 2, .first_centres = start});
    CHECK(a.centre(0)[0] == Approx(b.centre(0)[0]));
    CHECK(a.centre(1)[0] == Approx(b.centre(1)[0]));
    CHECK(a.fit().inertia == Approx(b.fit().inertia));
    auto const seeded = fit_k_means(as_columns(weighted), {.clusters = 4, .starts = 3, .weights = weights});
    for (std::size_t c = 0; c < 4; ++c)
        CHECK(seeded.centre(c)[0] < 50);
}

TEST_CASE("k-means: what becomes of an empty cluster is told and follows the policy") {
    std::vector<std::vector<double>> const data{{0, 1, 2, 50}};
    auto const columns = as_columns(data);
    std::vector<double> const start{1, 1000};
    auto const farthest = fit_k_means(columns, {.clusters = 2, .first_centres = start});
    CHECK(farthest.fit().reseeded == 1);
    CHECK(farthest.centre(1)[0] == 50);
    CHECK(farthest.fit().inertia == Approx(2));
    auto const keep =
        fit_k_means(columns, {.clusters = 2, .empty = empty_cluster_policy::keep, .first_centres = start});
    CHECK(keep.centre(1)[0] == 1000);
    CHECK(keep.fit().sizes == std::vector<std::uint64_t>{4, 0});
    CHECK(keep.fit().reseeded > 0);
    auto const drop =
        fit_k_means(columns, {.clusters = 2, .empty = empty_cluster_policy::drop, .first_centres = start});
    CHECK(drop.clusters() == 1);
    CHECK(drop.fit().sizes == std::vector<std::uint64_t>{4});
}

TEST_CASE("k-means: k of 0, k above n, one customer, all identical, constant columns, NaN") {
    std::vector<std::vector<double>> const three{{1, 2, 3}};
    CHECK(codes_of(as_columns(three), {.clusters = 0}) == "cluster.none");
    CHECK(codes_of(as_columns(three), {.clusters = 4}) == "cluster.too_many");
    CHECK(codes_of(as_columns(three), {.clusters = 3}) == "none");
    CHECK(fit_k_means(as_columns(three), {.clusters = 3}).fit().inertia == 0);
    CHECK(fit_k_means(as_columns(three), {.clusters = 1}).centre(0)[0] == 2);

    std::vector<std::vector<double>> const single{{4}, {5}};
    auto const one = fit_k_means(as_columns(single), {.clusters = 1});
    CHECK(one.centre(0)[1] == 5);
    CHECK(one.fit().inertia == 0);
    CHECK(codes_of(as_columns(single), {.clusters = 2}) == "cluster.too_many");

    std::vector<std::vector<double>> const same{{7, 7, 7, 7}, {1, 1, 1, 1}};
    CHECK(codes_of(as_columns(same), {.clusters = 2}) == "cluster.too_few_distinct");
    CHECK(fit_k_means(as_columns(same), {.clusters = 1}).fit().inertia == 0);
    std::vector<std::vector<double>> const close{{0, 1e-30, 0, 1}, {0, 0, 0, 1}}; // distinct, but not in float
    CHECK(codes_of(as_columns(close), {.clusters = 3}) == "none");
    CHECK(codes_of(as_columns(close), {.clusters = 4}) == "cluster.too_few_distinct");

    std::vector<std::vector<double>> const constant{{5, 5, 5, 5}, {0, 1, 10, 11}};
    CHECK(fit_k_means(as_columns(constant), {.clusters = 2}).fit().inertia == Approx(1));

    double const nan = std::numeric_limits<double>::quiet_NaN();
    std::vector<std::vector<double>> const broken{{1, nan, 3}, {1, 2, 1e200}};
    CHECK(codes_of(as_columns(broken), {.clusters = 9}) == "data.not_finite data.too_large cluster.too_many");
    CHECK(codes_of({}, {}) == "data.empty");
    std::vector<double> const weights{1, -1, 1};
    CHECK(codes_of(as_columns(three), {.clusters = 1, .tolerance = -1, .weights = weights}) ==
          "cluster.bad_weight cluster.bad_option");
    std::vector<double> const start{1, 2, 3};
    CHECK(codes_of(as_columns(three), {.clusters = 2, .first_centres = start}) ==
          "cluster.bad_centres cluster.bad_centres");
}

TEST_CASE("k-means: parts of statistics merge to the whole") {
    auto const data = blobs(50, 3, 4, 1);
    auto const columns = as_columns(data);
    k_means_statistics whole(2, 3);
    k_means_statistics left(2, 3);
    k_means_statistics right(2, 3);
    for (std::size_t i = 0; i < 50; ++i) {
        auto const row = row_of(columns, i);
        whole.add(row, i % 2, 2);
        (i < 20 ? left : right).add(row, i % 2, 2);
    }
    left.merge(right);
    CHECK(left.counts == whole.counts);
    CHECK(left.weights == whole.weights);
    std::vector<double> a(3);
    std::vector<double> b(3);
    CHECK(whole.mean(1, a));
    CHECK(left.mean(1, b));
    for (std::size_t j = 0; j < 3; ++j)
        CHECK(a[j] == Approx(b[j]).epsilon(1e-14));
    CHECK_FALSE(k_means_statistics(1, 3).mean(0, a));
}

TEST_CASE("k-means: mini-batches come near the full fit") {
    auto const data = blobs(20'000, 2, 4, 8);
    auto const columns = as_columns(data);
    auto const full = fit_k_means(columns, {.clusters = 4, .seed = 1});
    auto const batches = fit_mini_batch_k_means(columns, {.clusters = 4, .seed = 1});
    CHECK(batches.fit().inertia >= full.fit().inertia * (1 - 1e-9));
    CHECK(batches.fit().inertia <= full.fit().inertia * 1.05);
    CHECK(fit_mini_batch_k_means(columns, {.clusters = 4, .seed = 1, .threads = 2}) == batches);
}

TEST_CASE("mini-batch k-means: batches of no size that could be kept") {
    auto const data = blobs(100, 2, 2, 8);
    for (std::size_t const rows : {std::size_t{0}, std::size_t{100'000'001}, std::size_t(-1)})
        try {
            (void)fit_mini_batch_k_means(as_columns(data), {.clusters = 2, .batch_rows = rows});
            FAIL("taken");
        } catch (issue_error const& e) {
            CHECK(e.issues()[0].code == "cluster.bad_option");
        }
}

// assign once left out customers whose squares overflow, whom nearest() gives to the first centre.
TEST_CASE("k-means: assign answers as nearest does, also far away and without numbers") {
    double const inf = std::numeric_limits<double>::infinity();
    std::vector<std::vector<double>> const columns{{0, 1e200, 5, std::nan(""), -inf, 2.5}, {0, -1e200, 5, 0, 1, 2.5}};
    k_means const model({0, 0, 5, 5}, 2);
    std::vector<std::uint32_t> labels(6);
    model.assign(as_columns(columns), labels);
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(labels[i] == model.nearest(std::vector{columns[0][i], columns[1][i]}));
    CHECK(labels == std::vector<std::uint32_t>{0, 0, 1, k_means::no_cluster, k_means::no_cluster, 0});
}

TEST_CASE("k-means: a saved model is the same in every bit, and a damaged one is refused") {
    auto const data = test::iris_columns();
    auto const model = fit_k_means(as_columns(data), {.clusters = 3});
    auto const text = model.to_json();
    CHECK(k_means::from_json(text) == model);
    CHECK(k_means::from_json(text).to_json() == text);
    CHECK_THROWS_AS(k_means::from_json(text.substr(0, text.size() / 2)), issue_error);
    auto damaged = text;
    damaged[damaged.find("\"iterations\"") + 14] ^= 1;
    CHECK_THROWS_AS(k_means::from_json(damaged), issue_error);
    CHECK_THROWS_AS(k_means({1.0, 2.0, 3.0}, 2), issue_error);
    CHECK_THROWS_AS(k_means({1.0, std::nan("")}, 2), issue_error);
}
