// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CHOOSE_CLUSTERS_HPP
#define SEGMENTA_MODEL_CHOOSE_CLUSTERS_HPP

/// \file
/// How many clusters? Four ways to ask, which may well disagree: how far apart the groups are (silhouette), how much
/// better they are than groups of nothing (gap), how likely the data are (BIC), and whether they come back when other
/// customers are drawn (stability).
///
///     auto const table = segmenta::choose_clusters(columns, {.most = 8});
///     table.best(segmenta::cluster_criterion::silhouette);

#include <segmenta/model/gaussian_mixture.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {

enum class cluster_criterion : std::uint8_t {
    silhouette, ///< largest mean silhouette
    gap,        ///< smallest k whose gap is not more than a standard error below the next one
    bic,        ///< smallest BIC of a Gaussian mixture
    stability,  ///< largest k of which every cluster has a stability of at least 0.75; else the most stable k
};

struct choose_clusters_options {
    std::size_t least = 1;                    ///< silhouettes exist from 2 on
    std::size_t most = 8;
    std::size_t starts = 10;                  ///< of every k-means
    std::size_t references = 100;             ///< data sets of nothing for the gap; 0: no gap
    bool principal_box = true;                ///< references fill the box of the principal components; false: that of
                                              ///< the features
    bool squared_distances = true;            ///< of the gap, as in the paper; false: plain ones, as R's clusGap
    std::size_t bootstraps = 50;              ///< for the stability; 0: none
    bool mixtures = true;                     ///< whether to fit mixtures for BIC
    covariance_kind kind = covariance_kind::full;
    std::size_t silhouette_customers = 20'000; ///< of more, so many are drawn for the silhouette
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it
};

/// What one number of clusters is worth; NaN where it was not asked for or does not exist.
struct cluster_count_row {
    std::size_t clusters = 0;
    double inertia = 0;
    double silhouette = 0;
    double log_within = 0; ///< logarithm of the pooled within dispersion W
    double gap = 0;        ///< its mean over the references less itself
    double gap_error = 0;  ///< standard error of the gap by simulation
    double bic = 0;
    std::vector<double> stability; ///< of each cluster, see `cluster_stability`
};

/// Thread safety: a plain value.
struct cluster_counts {
    std::vector<cluster_count_row> rows; ///< by number of clusters

    /// The number of clusters a criterion chooses; 0 when it was not asked for.
    [[nodiscard]] std::size_t best(cluster_criterion by) const noexcept;
};

/// Throws `issue_error`: the issues of `fit_k_means`, `cluster.bad_option` unless 1 <= least <= most.
/// Gap: R. Tibshirani, G. Walther, T. Hastie, "Estimating the number of clusters in a data set via the gap statistic",
/// JRSS B 63, 2001, with both of its kinds of reference, and its rule.
[[nodiscard]] cluster_counts choose_clusters(number_columns columns, choose_clusters_options const& options = {});

struct cluster_stability_options {
    std::size_t clusters = 8;
    std::size_t bootstraps = 50;
    std::size_t starts = 10;
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it
};

/// For each cluster of k-means on all customers the mean, over bootstrap samples, of the largest Jaccard index with a
/// cluster of k-means on the sample, among the customers of the sample. Above 0.75: the cluster is there; below 0.5: it
/// is an accident. A sample of fewer different customers than clusters counts as 0. Source: C. Hennig, "Cluster-wise
/// assessment of cluster stability", Computational Statistics and Data Analysis 52, 2007 (R's fpc::clusterboot).
/// Throws `issue_error` as `fit_k_means`.
[[nodiscard]] std::vector<double> cluster_stability(number_columns columns,
                                                    cluster_stability_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
