// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_EVALUATE_CLUSTER_VALIDITY_HPP
#define SEGMENTA_EVALUATE_CLUSTER_VALIDITY_HPP

/// \file
/// How well a clustering fits the customers it was made of, without knowing the truth: silhouette, Davies-Bouldin,
/// Calinski-Harabasz, inertia. Distances are Euclidean; scale the features first.
///
/// All take features as columns and one label per customer; labels are any numbers, equal ones are one cluster. All
/// throw `issue_error` with all issues: those of `check_columns` (`data.*`), `validity.labels` (another number of
/// labels than customers) and `validity.clusters` unless there are at least 2 clusters and fewer clusters than
/// customers (for `within_cluster_sum_of_squares` any number will do). Definitions and special cases as in
/// scikit-learn 1.2. Thread safety: pure functions.

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// For each customer (b - a) / max(a, b), where a is the mean distance to the others of its own cluster and b the
/// smallest mean distance to another cluster; in [-1, 1], 0 for a customer alone in its cluster and where a and b are
/// both 0. Source: P. Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 20, 1987.
///
/// Exact, O(n^2 x features) time and O(n x (features + clusters)) memory: distances are never stored. Results do not
/// depend on `threads`.
[[nodiscard]] std::vector<double> silhouette_values(number_columns columns, std::span<std::uint32_t const> labels,
                                                    unsigned threads = 1);
/// Their mean.
[[nodiscard]] double mean_silhouette(number_columns columns, std::span<std::uint32_t const> labels,
                                     unsigned threads = 1);

/// As `silhouette_values` from a square matrix of dissimilarities (row after row, `labels.size()` each), for distances
/// that are not Euclidean. Throws `validity.matrix` when it is not that large or a number is negative or not finite.
[[nodiscard]] std::vector<double> silhouette_of_dissimilarities(std::span<double const> matrix,
                                                                std::span<std::uint32_t const> labels);

/// As the silhouette with a the distance to the mean of the own cluster and b that to the nearest other mean: another
/// number than the silhouette (usually larger), for customers too many for it. O(n x clusters x features).
/// Source: E. Hruschka, L. de Castro, R. Campello, "Evolutionary algorithms for clustering gene-expression data",
/// ICDM 2004.
[[nodiscard]] std::vector<double> simplified_silhouette_values(number_columns columns,
                                                               std::span<std::uint32_t const> labels);
[[nodiscard]] double mean_simplified_silhouette(number_columns columns, std::span<std::uint32_t const> labels);

/// Mean over clusters of the largest (s_i + s_j) / d_ij, with s the mean distance to the own centre and d the distance
/// of two centres; smaller is better. 0 when all s or all d are 0. D. Davies and D. Bouldin, IEEE PAMI 1(2), 1979.
[[nodiscard]] double davies_bouldin(number_columns columns, std::span<std::uint32_t const> labels);

/// Variance between by variance within clusters, (B / (k - 1)) / (W / (n - k)); larger is better. 1 when W is 0.
/// T. Calinski and J. Harabasz, Communications in Statistics 3, 1974.
[[nodiscard]] double calinski_harabasz(number_columns columns, std::span<std::uint32_t const> labels);

/// Sum of squared distances to the mean of the own cluster: the inertia of k-means at its optimum.
[[nodiscard]] double within_cluster_sum_of_squares(number_columns columns, std::span<std::uint32_t const> labels);

} // namespace v0
} // namespace segmenta

#endif
