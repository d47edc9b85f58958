// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEDOIDS_HPP
#define SEGMENTA_MODEL_K_MEDOIDS_HPP

/// \file
/// k-medoids: groups around customers that exist (the medoids), for any measure of how different two customers are;
/// robust against outliers, and a medoid can be shown.
///
///     auto const d = segmenta::gower_dissimilarities(numbers, categories);
///     auto const model = segmenta::fit_k_medoids(d, {.clusters = 3});
///
/// Method: BUILD of PAM (L. Kaufman and P. Rousseeuw, "Finding Groups in Data", 1990), then the eager swaps of
/// FasterPAM (E. Schubert and P. Rousseeuw, "Fast and eager k-medoids clustering", Information Systems 101, 2021).

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct k_medoids_options {
    std::size_t clusters = 8;
    std::size_t max_passes = 100; ///< over all candidates for a swap
    unsigned threads = 1;         ///< results do not depend on it; 0: all the machine has
};

/// Fitted medoids.
///
/// Thread safety: immutable.
class k_medoids {
public:
    /// From the rows of the medoids; `features` numbers each in `values`, empty where only dissimilarities are known.
    /// Throws `issue_error` (`cluster.bad_medoids`) for none, or for values that do not fit or are not finite.
    explicit k_medoids(std::vector<std::size_t> medoids, std::vector<double> values = {});

    [[nodiscard]] std::size_t clusters() const noexcept { return medoids_.size(); }
    [[nodiscard]] std::size_t features() const noexcept { return values_.size() / medoids_.size(); }
    /// Rows of the customers in the data of the fit, one for each cluster, ascending.
    [[nodiscard]] std::span<std::size_t const> medoids() const noexcept { return medoids_; }
    /// Their features; empty for a fit on dissimilarities.
    [[nodiscard]] std::span<double const> medoid(std::size_t cluster) const noexcept {
        return std::span(values_).subspan(cluster * features(), features());
    }
    /// Cluster of each customer of the fit; not saved.
    [[nodiscard]] std::span<std::uint32_t const> labels() const noexcept { return labels_; }
    /// Mean dissimilarity to the own medoid, after BUILD and at the end.
    [[nodiscard]] double build_objective() const noexcept { return build_objective_; }
    [[nodiscard]] double objective() const noexcept { return objective_; }
    [[nodiscard]] std::size_t swaps() const noexcept { return swaps_; }
    /// No swap makes the objective smaller.
    [[nodiscard]] bool converged() const noexcept { return converged_; }

    /// Number of the nearest medoid by Euclidean distance, ties to the lower number; `no_cluster` for another number of
    /// features or one that is not finite.
    [[nodiscard]] std::uint32_t nearest(std::span<double const> customer) const noexcept;
    /// The same where `dissimilarities` are those to the medoids, in their order; NaN is never the nearest.
    [[nodiscard]] std::uint32_t nearest_of(std::span<double const> dissimilarities) const noexcept;
    static constexpr std::uint32_t no_cluster = 0xFFFF'FFFFU;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `cluster.bad_medoids`.
    static k_medoids from_json(std::string_view text);

private:
    friend k_medoids fit_k_medoids(std::span<double const>, k_medoids_options const&);
    friend k_medoids fit_k_medoids(number_columns, k_medoids_options const&);

    std::vector<std::size_t> medoids_;
    std::vector<double> values_;
    std::vector<std::uint32_t> labels_;
    double build_objective_ = 0;
    double objective_ = 0;
    std::size_t swaps_ = 0;
    bool converged_ = false;
};

/// From a symmetric square matrix of dissimilarities, row after row. Throws `issue_error`: `cluster.bad_matrix` (not
/// square, a number negative or not finite), `cluster.none`, `cluster.too_many`. O(n^2) for each pass.
[[nodiscard]] k_medoids fit_k_medoids(std::span<double const> dissimilarities, k_medoids_options const& options = {});

/// By Euclidean distances; O(n^2) memory. Issues also those of `check_columns`.
[[nodiscard]] k_medoids fit_k_medoids(number_columns columns, k_medoids_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
