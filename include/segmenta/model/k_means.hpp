// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_MEANS_HPP
#define SEGMENTA_MODEL_K_MEANS_HPP

/// \file
/// k-means: customers in k groups around centres, so that the sum of squared distances to the own centre (the inertia)
/// is small.
///
///     auto const model = segmenta::fit_k_means(columns, {.clusters = 4, .seed = 7});
///     model.nearest(customer);                // number of the centre, noexcept
///
/// Method: S. Lloyd, "Least squares quantization in PCM", IEEE Trans. Inf. Theory 28(2), 1982, from starts by greedy
/// k-means++ (D. Arthur and S. Vassilvitskii, SODA 2007; 2 + ln k candidates a step as in their section 5). Distances
/// are first compared in single precision, and wherever the two nearest centres are closer together than the error of
/// that, again in double: labels are those of double arithmetic. Pairs of customers share a bound on how far centres
/// may travel before one of them can change sides (as in G. Hamerly, "Making k-means even faster", SDM 2010); only
/// pairs it does not save are looked at. While customers move, sums over large data are taken in single precision's
/// coordinates; the last iterations are those of double arithmetic. Mini-batches: D. Sculley,
/// "Web-scale k-means clustering", WWW 2010.

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What becomes of a cluster that no customer is nearest to.
enum class empty_cluster_policy : std::uint8_t {
    farthest, ///< its centre moves to the customer farthest from the own centre (the first of equals)
    keep,     ///< its centre stays where it is
    drop,     ///< the model has fewer clusters
};

struct k_means_options {
    std::size_t clusters = 8;
    std::size_t starts = 10;          ///< the start with the lowest inertia wins, the first of equals
    std::size_t max_iterations = 300; ///< of each start
    double tolerance = 0; ///< stop when the squared movement of all centres is at most this part of the mean variance
                          ///< of the features; 0: only when no customer changes its cluster
    std::uint64_t seed = 0;
    empty_cluster_policy empty = empty_cluster_policy::farthest;
    std::span<double const> weights{};       ///< one per customer, finite, from 0; empty: 1 each
    std::span<double const> first_centres{}; ///< clusters x features, centre after centre: start there, once
    unsigned threads = 1;                    ///< results do not depend on it; 0: all the machine has
};

struct mini_batch_options {
    std::size_t clusters = 8;
    std::size_t batch_rows = 1024; ///< customers drawn for a step, with replacement; at most 100 million
    std::size_t steps = 100;
    std::size_t starts = 3; ///< the start with the lowest inertia over all customers wins, the first of equals
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it; 0: all the machine has
};

/// Sums by which centres are made: partial -> merge -> finish.
///
/// Thread safety: a plain value.
struct k_means_statistics {
    std::size_t features = 0;
    std::vector<std::uint64_t> counts; ///< customers with a weight above 0
    std::vector<double> weights;
    std::vector<double> sums; ///< clusters x features, of weight times value

    k_means_statistics(std::size_t clusters, std::size_t feature_count);
    /// `row` has `features` elements.
    void add(std::span<double const> row, std::size_t cluster, double weight = 1) noexcept;
    void merge(k_means_statistics const& other) noexcept;
    /// The mean of a cluster into `centre`; leaves it alone and answers false when the cluster is empty.
    bool mean(std::size_t cluster, std::span<double> centre) const noexcept;
};

/// Fitted centres.
///
/// Thread safety: immutable.
class k_means {
public:
    /// How the fit went; of a model made from centres: zeros.
    struct summary {
        double inertia = 0;                 ///< weighted sum of squared distances to the nearest centre
        std::size_t iterations = 0;         ///< of the winning start
        std::size_t start = 0;              ///< number of the winning start
        std::size_t reseeded = 0;           ///< times an empty cluster was met in the winning start
        bool converged = false;             ///< the last iteration changed nothing, or less than the tolerance
        std::vector<std::uint64_t> sizes{}; ///< customers in each cluster

        friend bool operator==(summary const&, summary const&) = default;
    };

    /// From centres, one after the other. Throws `issue_error` (`cluster.bad_centres`) unless their number is a
    /// multiple of `clusters` above 0 and all are finite.
    k_means(std::vector<double> centres, std::size_t clusters);

    [[nodiscard]] std::size_t clusters() const noexcept { return clusters_; }
    [[nodiscard]] std::size_t features() const noexcept { return features_; }
    /// Valid as long as the model.
    [[nodiscard]] std::span<double const> centre(std::size_t cluster) const noexcept {
        return std::span(centres_).subspan(cluster * features_, features_);
    }
    [[nodiscard]] std::span<double const> centres() const noexcept { return centres_; }
    [[nodiscard]] summary const& fit() const noexcept { return fit_; }

    /// The number of the nearest centre by Euclidean distance, ties to the lower number. `customer` has `features()`
    /// elements; `no_cluster` when it has another number or one is not finite. O(clusters x features).
    [[nodiscard]] std::uint32_t nearest(std::span<double const> customer) const noexcept;
    static constexpr std::uint32_t no_cluster = 0xFFFF'FFFFU;
    /// As `nearest` for all customers; `columns` has `features()` columns of the length of `labels`. The labels of the
    /// data of a fit are those of its last iteration. Throws `issue_error` (`data.ragged`) for other shapes; customers
    /// with a number that is not finite get `no_cluster`.
    void assign(number_columns columns, std::span<std::uint32_t> labels, unsigned threads = 1) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `cluster.bad_centres`.
    static k_means from_json(std::string_view text);

    friend bool operator==(k_means const&, k_means const&) = default;

private:
    friend k_means fit_k_means(number_columns, k_means_options const&);
    friend k_means fit_mini_batch_k_means(number_columns, mini_batch_options const&);

    std::vector<double> centres_;
    std::size_t clusters_ = 0;
    std::size_t features_ = 0;
    summary fit_{};
};

/// Throws `issue_error` with all issues: those of `check_columns` (`data.*`), `data.too_large` (above 1e150: squares
/// would overflow), `cluster.none` (0 clusters), `cluster.too_many` (more clusters than customers),
/// `cluster.too_few_distinct` (fewer different customers than clusters; says how many there are),
/// `cluster.bad_weight`, `cluster.bad_centres`, `cluster.bad_option`.
///
/// A constant column is no problem, it only adds nothing. O(starts x iterations x customers x clusters x features) at
/// most; needs 4 bytes a number and 6 a customer beside the data.
[[nodiscard]] k_means fit_k_means(number_columns columns, k_means_options const& options = {});

/// Centres from random batches, each drawn customer moving its centre by 1 / (times that centre was hit): for data so
/// many that whole passes are too slow. `fit()` tells inertia and sizes over all customers. Issues as for
/// `fit_k_means`. Source: D. Sculley, "Web-scale k-means clustering", WWW 2010; the starts are those of k-means++.
[[nodiscard]] k_means fit_mini_batch_k_means(number_columns columns, mini_batch_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
