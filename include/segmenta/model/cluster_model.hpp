// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_MODEL_HPP
#define SEGMENTA_MODEL_CLUSTER_MODEL_HPP

/// \file
/// A fitted clustering of any kind with all that is needed to use it: which columns it reads, how their numbers are
/// scaled, which categories are known, what the groups are called and what sets them apart. It is what
/// `segmenta fit kmeans|kprototypes|gmm` writes.
///
///     auto const model = segmenta::cluster_model::from_json(document);
///     auto const found = model.nearest(std::array{120.0, 3.0});       // spend, visits
///     model.segments()[found.cluster].id;                            // "high_spend"

#include <segmenta/model/cluster_profile.hpp>
#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/gaussian_mixture.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/model/k_medoids.hpp>
#include <segmenta/model/k_prototypes.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The clusterings that say where a new customer belongs.
using any_clustering = std::variant<k_means, k_medoids, k_prototypes, gaussian_mixture>;

/// A column of texts and the categories its codes stand for: the code of a category is its place here.
struct cluster_attribute {
    std::string name;
    std::vector<std::string> categories;

    friend bool operator==(cluster_attribute const&, cluster_attribute const&) = default;
};

/// What a cluster is called.
struct cluster_segment {
    std::string id;            ///< ASCII letters, digits, `_` and `-`
    std::string description{}; ///< what sets it apart: its drivers in words; may be empty

    friend bool operator==(cluster_segment const&, cluster_segment const&) = default;
};

/// What a `cluster_model` is made of.
struct cluster_model_parts {
    any_clustering clustering;
    std::vector<std::string> numbers{};             ///< names of number columns, in the order of the features
    std::optional<feature_scaling> scaling{};       ///< of the numbers; nothing: they are taken as they are
    std::vector<cluster_attribute> attributes{};    ///< columns of texts; only k-prototypes has some
    std::vector<cluster_segment> segments{};        ///< one per cluster; empty: `1`, `2`, ...
};

/// Where a customer belongs.
struct cluster_answer {
    std::uint32_t cluster = no_cluster;
    /// k-means and k-medoids: the distance to the centre or medoid, in scaled units. k-prototypes: the squared distance
    /// of the numbers plus gamma for each category that differs. Gaussian mixture: the probability of the cluster.
    /// NaN without a cluster.
    double score = 0;

    static constexpr std::uint32_t no_cluster = 0xFFFF'FFFFU;
};

/// A clustering ready for new customers.
///
/// Thread safety: immutable; concurrent use is safe.
class cluster_model {
public:
    static constexpr std::size_t max_columns = 64; ///< so that answering needs no memory

    /// Throws `issue_error` with all issues: `cluster_model.sizes` (names, scaling, attributes or segments that do not
    /// fit the clustering; more than `max_columns` columns or 65,534 clusters; medoids without features),
    /// `cluster_model.names` (a column without a name, or twice), `cluster_model.categories` (an attribute without
    /// categories, one twice, a mode that is none of them), `cluster_model.segments` (an id that is no word, or twice).
    explicit cluster_model(cluster_model_parts parts);

    [[nodiscard]] any_clustering const& clustering() const noexcept { return parts_.clustering; }
    [[nodiscard]] std::size_t clusters() const noexcept { return parts_.segments.size(); }
    [[nodiscard]] std::span<std::string const> numbers() const noexcept { return parts_.numbers; }
    [[nodiscard]] std::span<cluster_attribute const> attributes() const noexcept { return parts_.attributes; }
    [[nodiscard]] std::optional<feature_scaling> const& scaling() const noexcept { return parts_.scaling; }
    [[nodiscard]] std::span<cluster_segment const> segments() const noexcept { return parts_.segments; }
    /// `kmeans`, `kmedoids`, `kprototypes`, `gmm`: as the command calls them.
    [[nodiscard]] std::string_view kind() const noexcept;

    /// The cluster the clustering itself answers for these numbers, scaled, and these categories; ties go to the lower
    /// number. A category that was not there at the fit differs from all, as does an empty text. No cluster for another
    /// number of values than columns, or a number that is not finite or cannot be scaled.
    /// O(clusters x columns + attributes x log categories).
    [[nodiscard]] cluster_answer nearest(std::span<double const> numbers,
                                         std::span<std::string_view const> texts = {}) const noexcept;
    /// Whether there are probabilities: of Gaussian mixtures.
    [[nodiscard]] bool has_probabilities() const noexcept;
    /// The probability of each cluster into `out` (`clusters()` numbers); all NaN where `nearest` has no cluster, and
    /// for clusterings without probabilities.
    void probabilities(std::span<double const> numbers, std::span<double> out) const noexcept;
    /// That of one cluster, below `clusters()`.
    [[nodiscard]] double probability(std::span<double const> numbers, std::size_t cluster) const noexcept;

    /// {"model": "kmeans", "version": 1, "features": [...], "scaling": {...}, "categories": [...], "segments": [...],
    /// "fitted": {...}}
    [[nodiscard]] std::string to_json() const;
    /// Reads that, and the document of a clustering alone (`k_means`, `k_medoids`, `gaussian_mixture`; its columns are
    /// then `x1`, `x2`, ...). Throws `issue_error`: codes of models (`model.*`), those of the parts and those above.
    static cluster_model from_json(std::string_view text);

    friend bool operator==(cluster_model const& a, cluster_model const& b) { return a.to_json() == b.to_json(); }

private:
    struct scaled_row; // on the stack
    [[nodiscard]] std::uint32_t code_of(std::size_t attribute, std::string_view text) const noexcept;

    cluster_model_parts parts_;
    std::vector<std::vector<std::uint32_t>> order_; // of each attribute: codes by ascending text
};

/// Segments called after what sets their customers apart, from the profiles of the data of a fit: one for each of
/// `clusters` clusters; a cluster without a profile (nobody is in it) is `nobody_` and its number, from 1.
[[nodiscard]] std::vector<cluster_segment> name_clusters(std::span<cluster_profile const> profiles,
                                                         std::size_t clusters);

} // namespace v0
} // namespace segmenta

#endif
