// SPDX-License-Identifier: Apache-2.0
#include <segmenta/evaluate/cluster_validity.hpp>

#include "evaluate/distance_kernels.hpp"

#include <segmenta/base/cpu.hpp>
#include <segmenta/base/parallel.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <string>

namespace segmenta {
inline namespace v0 {
namespace {

// Labels as 0, 1, ... in ascending order, with the size of each cluster.
struct dense_labels {
    std::vector<std::uint32_t> of;
    std::vector<std::size_t> sizes;

    explicit dense_labels(std::span<std::uint32_t const> labels) : of(labels.size()) {
        std::vector<std::uint32_t> names(labels.begin(), labels.end());
        std::sort(names.begin(), names.end());
        names.erase(std::unique(names.begin(), names.end()), names.end());
        sizes.resize(names.size());
        for (std::size_t i = 0; i < labels.size(); ++i) {
            of[i] = static_cast<std::uint32_t>(std::lower_bound(names.begin(), names.end(), labels[i]) - names.begin());
            ++sizes[of[i]];
        }
    }
    [[nodiscard]] std::size_t clusters() const noexcept { return sizes.size(); }
};

void check_label_count(std::size_t labels, std::size_t rows, issue_list& issues) {
    if (labels == rows) return;
    issues.error("validity.labels", "labels", "there must be one label per customer", std::to_string(labels),
                 std::to_string(rows), {});
}

void check_cluster_range(dense_labels const& labels, issue_list& issues) {
    if (labels.clusters() >= 2 && labels.clusters() < labels.of.size()) return;
    issues.error("validity.clusters", "labels", "this measure does not exist for so many clusters",
                 std::to_string(labels.clusters()) + " clusters of " + std::to_string(labels.of.size()) + " customers",
                 "at least 2 clusters, and fewer than customers", {});
}

dense_labels checked(number_columns columns, std::span<std::uint32_t const> labels, bool any_number = false) {
    issue_list issues;
    check_columns(columns, issues, "columns");
    check_label_count(labels.size(), row_count(columns), issues);
    dense_labels out(labels);
    if (!any_number && !issues.has_errors()) check_cluster_range(out, issues);
    issues.throw_if_errors();
    return out;
}

double silhouette_of(double a, double b) noexcept {
    double const larger = std::max(a, b);
    return larger > 0 ? (b - a) / larger : 0;
}

// From the sums of distances to every cluster.
double silhouette_from_sums(double const* sums, std::size_t own, std::vector<std::size_t> const& sizes) noexcept {
    if (sizes[own] == 1) return 0;
    double nearest = INFINITY;
    for (std::size_t c = 0; c < sizes.size(); ++c)
        if (c != own) nearest = std::min(nearest, sums[c] / static_cast<double>(sizes[c]));
    return silhouette_of(sums[own] / static_cast<double>(sizes[own] - 1), nearest);
}

double mean_of(std::vector<double> const& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double distance(std::vector<double> const& a, std::vector<double> const& b) noexcept {
    double sum = 0;
    for (std::size_t j = 0; j < a.size(); ++j)
        sum += (a[j] - b[j]) * (a[j] - b[j]);
    return std::sqrt(sum);
}

// Customers sorted by cluster, so that every cluster is one run of memory.
class sorted_points {
public:
    sorted_points(number_columns columns, dense_labels const& labels)
        : labels_(labels), order_(labels.of.size()), begin_(labels.clusters() + 1), stride_(order_.size() + 4),
          values_(stride_ * columns.size()), features_(columns.size()) {
        for (std::size_t c = 0; c < labels.clusters(); ++c)
            begin_[c + 1] = begin_[c] + labels.sizes[c];
        auto next = begin_;
        for (std::size_t i = 0; i < order_.size(); ++i)
            order_[next[labels.of[i]]++] = i;
        for (std::size_t j = 0; j < features_; ++j)
            for (std::size_t i = 0; i < order_.size(); ++i)
                values_[j * stride_ + i] = columns[j][order_[i]];
    }

    // Every pair of customers once: its distance is added on both sides, for the customer that asks (`own`, of each
    // cluster) and for the one that is met. The latter sums are kept apart for a fixed number of stripes, so that
    // threads neither meet nor change the order of additions.
    std::vector<double> silhouettes(unsigned threads) const {
        std::size_t const clusters = labels_.clusters();
        std::size_t const n = order_.size();
        auto const groups = query_groups();
        std::vector<double> own(n * clusters);
        std::vector<double> met(stripes * clusters * stride_);
        auto const& kernels = detail::distance_kernels_for(detect_cpu_level());
        parallel_for_blocks(threads, stripes, [&](std::size_t s) {
            std::vector<double> queries(4 * features_);
            for (std::size_t g = s; g < groups.size(); g += stripes)
                ask(kernels, groups[g], queries, own, met.data() + s * clusters * stride_);
        });
        std::vector<double> out(n);
        std::vector<double> sums(clusters);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t c = 0; c < clusters; ++c) {
                sums[c] = own[i * clusters + c];
                for (std::size_t s = 0; s < stripes; ++s)
                    sums[c] += met[(s * clusters + c) * stride_ + i];
            }
            std::size_t const row = order_[i];
            out[row] = silhouette_from_sums(sums.data(), labels_.of[row], labels_.sizes);
        }
        return out;
    }

private:
    static constexpr std::size_t stripes = 8;

    // Up to four customers of one cluster.
    struct query_group {
        std::size_t first;
        std::size_t count;
        std::size_t cluster;
    };
    [[nodiscard]] std::vector<query_group> query_groups() const {
        std::vector<query_group> out;
        for (std::size_t c = 0; c < labels_.clusters(); ++c)
            for (std::size_t i = begin_[c]; i < begin_[c + 1]; i += 4)
                out.push_back({i, std::min<std::size_t>(4, begin_[c + 1] - i), c});
        return out;
    }

    void ask(detail::distance_kernels const& kernels, query_group const& group, std::vector<double>& queries,
             std::vector<double>& own, double* met) const {
        std::size_t const clusters = labels_.clusters();
        for (std::size_t j = 0; j < features_; ++j)
            for (std::size_t q = 0; q < 4; ++q)
                queries[4 * j + q] = values_[j * stride_ + group.first + std::min(q, group.count - 1)];
        std::size_t const behind = group.first + group.count;
        double* const met_by = met + group.cluster * stride_;
        for (std::size_t c = group.cluster; c < clusters; ++c) {
            double here[4];
            kernels.sums({values_.data(), stride_, features_}, std::max(begin_[c], behind), begin_[c + 1],
                         queries.data(), group.count, here, met_by);
            for (std::size_t q = 0; q < group.count; ++q)
                own[(group.first + q) * clusters + c] += here[q];
        }
        for (std::size_t a = 0; a < group.count; ++a)
            for (std::size_t b = 0; b < group.count; ++b)
                own[(group.first + a) * clusters + group.cluster] += distance_between(group.first + a, group.first + b);
    }

    [[nodiscard]] double distance_between(std::size_t a, std::size_t b) const noexcept {
        double sum = 0;
        for (std::size_t j = 0; j < features_; ++j) {
            double const gap = values_[j * stride_ + a] - values_[j * stride_ + b];
            sum += gap * gap;
        }
        return std::sqrt(sum);
    }

    dense_labels const& labels_;
    std::vector<std::size_t> order_;
    std::vector<std::size_t> begin_; // of each cluster
    std::size_t stride_;
    std::vector<double> values_;
    std::size_t features_;
};

// Means of clusters, and every customer's distance to the own one.
struct cluster_means {
    std::vector<std::vector<double>> centre;

    cluster_means(number_columns columns, dense_labels const& labels)
        : centre(labels.clusters(), std::vector<double>(columns.size())) {
        for (std::size_t j = 0; j < columns.size(); ++j) {
            for (std::size_t i = 0; i < labels.of.size(); ++i)
                centre[labels.of[i]][j] += columns[j][i];
            for (std::size_t c = 0; c < centre.size(); ++c)
                centre[c][j] /= static_cast<double>(labels.sizes[c]);
        }
    }
    [[nodiscard]] double squared(number_columns columns, std::size_t row, std::size_t cluster) const noexcept {
        double sum = 0;
        for (std::size_t j = 0; j < columns.size(); ++j) {
            double const gap = columns[j][row] - centre[cluster][j];
            sum += gap * gap;
        }
        return sum;
    }
    [[nodiscard]] double within(number_columns columns, dense_labels const& labels) const noexcept {
        double sum = 0;
        for (std::size_t i = 0; i < labels.of.size(); ++i)
            sum += squared(columns, i, labels.of[i]);
        return sum;
    }
};

} // namespace

std::vector<double> silhouette_values(number_columns columns, std::span<std::uint32_t const> labels, unsigned threads) {
    auto const dense = checked(columns, labels);
    return sorted_points(columns, dense).silhouettes(threads);
}

double mean_silhouette(number_columns columns, std::span<std::uint32_t const> labels, unsigned threads) {
    return mean_of(silhouette_values(columns, labels, threads));
}

std::vector<double> silhouette_of_dissimilarities(std::span<double const> matrix,
                                                  std::span<std::uint32_t const> labels) {
    std::size_t const n = labels.size();
    issue_list issues;
    if (matrix.size() != n * n || std::any_of(matrix.begin(), matrix.end(),
                                              [](double v) { return !(std::isfinite(v) && v >= 0); }))
        issues.error("validity.matrix", "matrix", "this is no square matrix of dissimilarities",
                     std::to_string(matrix.size()) + " numbers", std::to_string(n * n) + " finite numbers from 0", {});
    dense_labels const dense(labels);
    check_cluster_range(dense, issues);
    issues.throw_if_errors();
    std::vector<double> out(n);
    std::vector<double> sums(dense.clusters());
    for (std::size_t i = 0; i < n; ++i) {
        std::fill(sums.begin(), sums.end(), 0.0);
        for (std::size_t j = 0; j < n; ++j)
            if (j != i) sums[dense.of[j]] += matrix[i * n + j];
        out[i] = silhouette_from_sums(sums.data(), dense.of[i], dense.sizes);
    }
    return out;
}

std::vector<double> simplified_silhouette_values(number_columns columns, std::span<std::uint32_t const> labels) {
    auto const dense = checked(columns, labels);
    cluster_means const means(columns, dense);
    std::vector<double> out(labels.size());
    for (std::size_t i = 0; i < out.size(); ++i) {
        double nearest = INFINITY;
        for (std::size_t c = 0; c < dense.clusters(); ++c)
            if (c != dense.of[i]) nearest = std::min(nearest, means.squared(columns, i, c));
        out[i] = silhouette_of(std::sqrt(means.squared(columns, i, dense.of[i])), std::sqrt(nearest));
    }
    return out;
}

double mean_simplified_silhouette(number_columns columns, std::span<std::uint32_t const> labels) {
    return mean_of(simplified_silhouette_values(columns, labels));
}

double davies_bouldin(number_columns columns, std::span<std::uint32_t const> labels) {
    auto const dense = checked(columns, labels);
    cluster_means const means(columns, dense);
    std::size_t const k = dense.clusters();
    std::vector<double> spread(k);
    for (std::size_t i = 0; i < labels.size(); ++i)
        spread[dense.of[i]] += std::sqrt(means.squared(columns, i, dense.of[i]));
    for (std::size_t c = 0; c < k; ++c)
        spread[c] /= static_cast<double>(dense.sizes[c]);
    double sum = 0;
    for (std::size_t a = 0; a < k; ++a) {
        double worst = 0;
        for (std::size_t b = 0; b < k; ++b) {
            if (a == b || spread[a] + spread[b] == 0) continue;
            double const apart = distance(means.centre[a], means.centre[b]);
            // two clusters around one centre count as infinitely far apart, as in scikit-learn
            if (apart > 0) worst = std::max(worst, (spread[a] + spread[b]) / apart);
        }
        sum += worst;
    }
    return sum / static_cast<double>(k);
}

double calinski_harabasz(number_columns columns, std::span<std::uint32_t const> labels) {
    auto const dense = checked(columns, labels);
    cluster_means const means(columns, dense);
    std::vector<double> overall(columns.size());
    for (std::size_t j = 0; j < columns.size(); ++j)
        overall[j] = std::accumulate(columns[j].begin(), columns[j].end(), 0.0) / static_cast<double>(labels.size());
    double between = 0;
    for (std::size_t c = 0; c < dense.clusters(); ++c) {
        double const d = distance(means.centre[c], overall);
        between += static_cast<double>(dense.sizes[c]) * d * d;
    }
    double const within = means.within(columns, dense);
    if (within == 0) return 1;
    double const n = static_cast<double>(labels.size());
    double const k = static_cast<double>(dense.clusters());
    return between * (n - k) / (within * (k - 1));
}

double within_cluster_sum_of_squares(number_columns columns, std::span<std::uint32_t const> labels) {
    auto const dense = checked(columns, labels, true);
    return cluster_means(columns, dense).within(columns, dense);
}

} // namespace v0
} // namespace segmenta
