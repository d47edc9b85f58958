// SPDX-License-Identifier: Apache-2.0
#include <segmenta/model/choose_clusters.hpp>

#include "model/cluster_data.hpp"

#include <segmenta/base/parallel.hpp>
#include <segmenta/base/random.hpp>
#include <segmenta/evaluate/cluster_validity.hpp>
#include <segmenta/evaluate/partition_agreement.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/model/principal_components.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
// Streams of random numbers, so that purposes do not disturb each other.
constexpr std::uint64_t reference_stream = 1'000'000;
constexpr std::uint64_t bootstrap_stream = 2'000'000;
constexpr std::uint64_t sample_stream = 3'000'000;

struct grouping {
    k_means model;
    std::vector<std::uint32_t> labels;
};

grouping group(number_columns columns, std::size_t clusters, std::size_t starts, std::uint64_t seed, unsigned threads) {
    grouping out{fit_k_means(columns, {.clusters = clusters, .starts = starts, .seed = seed, .threads = threads}), {}};
    out.labels.resize(row_count(columns));
    out.model.assign(columns, out.labels, threads);
    return out;
}

// Half the sum over clusters of all distances between its customers, counted once, by its size (squared: the inertia
// by two).
double within_dispersion(number_columns columns, grouping const& g, bool squared) {
    if (squared) return g.model.fit().inertia / 2;
    auto const rows = detail::row_major(columns);
    std::size_t const d = columns.size();
    std::vector<double> sums(g.model.clusters());
    for (std::size_t i = 0; i < g.labels.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (g.labels[i] == g.labels[j])
                sums[g.labels[i]] += std::sqrt(detail::squared_distance(rows.data() + i * d, rows.data() + j * d, d));
    double out = 0;
    for (std::size_t c = 0; c < sums.size(); ++c)
        if (g.model.fit().sizes[c] > 0) out += sums[c] / static_cast<double>(g.model.fit().sizes[c]) / 2;
    return out;
}

// Customers of nothing: uniform in the box that holds the real ones, along their principal components or features.
class reference_data {
public:
    reference_data(number_columns columns, bool principal) {
        if (principal)
            scores_ = fit_principal_components(columns).transform(columns);
        else
            for (auto const column : columns)
                scores_.emplace_back(column.begin(), column.end());
    }

    [[nodiscard]] std::vector<std::vector<double>> make(random_generator& random) const {
        std::size_t const n = scores_[0].size();
        std::vector<std::vector<double>> drawn(scores_.size(), std::vector<double>(n));
        for (std::size_t c = 0; c < scores_.size(); ++c) {
            auto const [low, high] = std::minmax_element(scores_[c].begin(), scores_[c].end());
            for (double& v : drawn[c])
                v = random_uniform(random, *low, *high);
        }
        return drawn; // distances are those of the rotated customers
    }

private:
    std::vector<std::vector<double>> scores_;
};

void add_gaps(number_columns columns, choose_clusters_options const& o, std::vector<cluster_count_row>& rows) {
    std::vector<std::vector<double>> logs(rows.size(), std::vector<double>(o.references));
    reference_data const reference(columns, o.principal_box);
    parallel_for_blocks(o.threads, o.references, [&](std::size_t b) {
        random_generator random(o.seed, reference_stream + b);
        auto const drawn = reference.make(random);
        auto const views = as_columns(drawn);
        for (std::size_t r = 0; r < rows.size(); ++r)
            logs[r][b] = std::log(within_dispersion(views, group(views, rows[r].clusters, o.starts, o.seed + b, 1),
                                                    o.squared_distances));
    });
    double const count = static_cast<double>(o.references);
    for (std::size_t r = 0; r < rows.size(); ++r) {
        double const mean = std::accumulate(logs[r].begin(), logs[r].end(), 0.0) / count;
        double squares = 0;
        for (double const l : logs[r])
            squares += (l - mean) * (l - mean);
        rows[r].gap = mean - rows[r].log_within;
        rows[r].gap_error = o.references > 1 ? std::sqrt(squares / (count - 1) * (1 + 1 / count)) : nan;
    }
}

// The rows on which silhouettes are measured.
std::vector<std::size_t> silhouette_rows(std::size_t rows, choose_clusters_options const& o) {
    std::vector<std::size_t> out(rows);
    std::iota(out.begin(), out.end(), std::size_t{0});
    if (rows <= o.silhouette_customers) return out;
    random_generator random(o.seed, sample_stream);
    random_shuffle(random, std::span(out));
    out.resize(o.silhouette_customers);
    std::sort(out.begin(), out.end());
    return out;
}

double silhouette_on(number_columns columns, std::span<std::size_t const> rows,
                     std::vector<std::uint32_t> const& labels, unsigned threads) {
    auto const sample = detail::take_rows(columns, rows);
    std::vector<std::uint32_t> own;
    for (std::size_t const row : rows)
        own.push_back(labels[row]);
    auto distinct = own;
    std::sort(distinct.begin(), distinct.end());
    auto const clusters = std::unique(distinct.begin(), distinct.end()) - distinct.begin();
    if (clusters < 2 || static_cast<std::size_t>(clusters) >= own.size()) return nan;
    return mean_silhouette(as_columns(sample), own, threads);
}

double lowest(std::vector<double> const& values) noexcept {
    return values.empty() ? nan : *std::min_element(values.begin(), values.end());
}

} // namespace

std::vector<double> cluster_stability(number_columns columns, cluster_stability_options const& options) {
    auto const whole = group(columns, options.clusters, options.starts, options.seed, options.threads);
    std::size_t const n = row_count(columns);
    std::vector<std::vector<double>> found(options.bootstraps, std::vector<double>(options.clusters, 0.0));
    parallel_for_blocks(options.threads, options.bootstraps, [&](std::size_t b) {
        random_generator random(options.seed, bootstrap_stream + b);
        std::vector<std::size_t> drawn(n);
        for (auto& row : drawn)
            row = static_cast<std::size_t>(random_below(random, n));
        auto const sample = detail::take_rows(columns, drawn);
        std::vector<std::uint32_t> again;
        try {
            again = group(as_columns(sample), options.clusters, options.starts, options.seed + b, 1).labels;
        } catch (issue_error const& e) {
            if (e.issues().contains("cluster.too_few_distinct")) return; // counts as 0
            throw;
        }
        // each customer of the sample once
        std::vector<std::uint32_t> first;
        std::vector<std::uint32_t> second;
        std::vector<bool> seen(n, false);
        for (std::size_t i = 0; i < n; ++i) {
            if (seen[drawn[i]]) continue;
            seen[drawn[i]] = true;
            first.push_back(whole.labels[drawn[i]]);
            second.push_back(again[i]);
        }
        auto const both = compare_partitions(first, second);
        auto const best = both.best_jaccard();
        for (std::size_t c = 0; c < best.size(); ++c)
            found[b][both.first_labels()[c]] = best[c];
    });
    std::vector<double> out(options.clusters, options.bootstraps == 0 ? nan : 0.0);
    for (auto const& one : found)
        for (std::size_t c = 0; c < out.size(); ++c)
            out[c] += one[c] / static_cast<double>(options.bootstraps);
    return out;
}

cluster_counts choose_clusters(number_columns columns, choose_clusters_options const& options) {
    issue_list issues;
    detail::check_cluster_data(columns, options.most, {}, issues);
    detail::check_at_least(options.least, 1, "least", issues);
    detail::check_at_least(options.most, options.least, "most", issues);
    detail::check_at_least(options.starts, 1, "starts", issues);
    issues.throw_if_errors();
    cluster_counts out;
    auto const sample = silhouette_rows(row_count(columns), options);
    for (std::size_t k = options.least; k <= options.most; ++k) {
        auto const g = group(columns, k, options.starts, options.seed, options.threads);
        cluster_count_row row{.clusters = k, .inertia = g.model.fit().inertia, .silhouette = nan, .log_within = 0,
                              .gap = nan, .gap_error = nan, .bic = nan, .stability = {}};
        row.silhouette = silhouette_on(columns, sample, g.labels, options.threads);
        row.log_within = std::log(within_dispersion(columns, g, options.squared_distances));
        if (options.mixtures)
            row.bic = fit_gaussian_mixture(columns, {.components = k, .kind = options.kind,
                                                     .k_means_starts = options.starts, .seed = options.seed,
                                                     .threads = options.threads})
                          .bic();
        if (options.bootstraps > 0)
            row.stability = cluster_stability(columns, {.clusters = k, .bootstraps = options.bootstraps,
                                                        .starts = options.starts, .seed = options.seed,
                                                        .threads = options.threads});
        out.rows.push_back(std::move(row));
    }
    if (options.references > 0 && row_count(columns) > 1) add_gaps(columns, options, out.rows);
    return out;
}

std::size_t cluster_counts::best(cluster_criterion by) const noexcept {
    std::size_t choice = 0;
    double value = nan;
    auto const prefer = [&](cluster_count_row const& row, double score) {
        if (std::isnan(score) || !(std::isnan(value) || score > value)) return;
        value = score;
        choice = row.clusters;
    };
    switch (by) {
    case cluster_criterion::silhouette:
        for (auto const& row : rows)
            prefer(row, row.silhouette);
        break;
    case cluster_criterion::bic:
        for (auto const& row : rows)
            prefer(row, -row.bic);
        break;
    case cluster_criterion::gap:
        for (std::size_t r = 0; r < rows.size(); ++r) {
            if (std::isnan(rows[r].gap)) continue;
            if (r + 1 == rows.size() || rows[r].gap >= rows[r + 1].gap - rows[r + 1].gap_error) return rows[r].clusters;
        }
        break;
    case cluster_criterion::stability:
        for (auto const& row : rows)
            prefer(row, lowest(row.stability));
        for (auto const& row : rows)
            if (row.clusters > choice && lowest(row.stability) >= 0.75) choice = row.clusters;
        break;
    }
    return choice;
}

} // namespace v0
} // namespace segmenta
