// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_K_PROTOTYPES_HPP
#define SEGMENTA_MODEL_K_PROTOTYPES_HPP

/// \file
/// k-prototypes: k-means for customers described by numbers and categories at once. A prototype is the means of the
/// numbers and the most frequent categories; the distance is the squared Euclidean one plus gamma for each category
/// that differs. Without numbers this is k-modes (model/k_modes.hpp).
///
///     auto const model = segmenta::fit_k_prototypes(numbers, categories, {.clusters = 4});
///     model.nearest(spend_and_age, city_and_channel);
///
/// Source: Z. Huang, "Extensions to the k-means algorithm for clustering large data sets with categorical values", Data
/// Mining and Knowledge Discovery 2, 1998; the other start: F. Cao, J. Liang, L. Bai, "A new initialization method for
/// categorical data clustering", Expert Systems with Applications 36, 2009.

#include <segmenta/model/category_columns.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Where the search for prototypes begins.
enum class prototype_start : std::uint8_t {
    plus_plus, ///< customers drawn with probability in proportion to their distance, as in k-means++
    huang,     ///< categories drawn by their frequency, then the customers nearest to those
    cao,       ///< frequent categories far apart; no chance in it, so one start
};

struct k_prototypes_options {
    std::size_t clusters = 8;
    /// From 0 to 1e150; NaN: half the mean standard deviation (divided by n) of the numbers, as the Python package
    /// kmodes does.
    double gamma = std::numeric_limits<double>::quiet_NaN();
    prototype_start start = prototype_start::plus_plus;
    std::size_t starts = 10; ///< the lowest cost wins, the first of equals
    std::size_t max_iterations = 100;
    std::uint64_t seed = 0;
    unsigned threads = 1; ///< results do not depend on it; 0: all the machine has
};

/// Fitted prototypes.
///
/// Thread safety: immutable.
class k_prototypes {
public:
    /// How the fit went; of a model made from prototypes: zeros.
    struct summary {
        double cost = 0;            ///< sum of the distances to the own prototype
        std::size_t iterations = 0; ///< of the winning start
        std::size_t reseeded = 0;   ///< times an empty cluster was given the farthest customer
        bool converged = false;     ///< nobody changed the cluster in the last iteration
        std::vector<std::uint64_t> sizes{};

        friend bool operator==(summary const&, summary const&) = default;
    };

    /// `numbers` and `categories` prototype after prototype; one of them may be empty. Throws `issue_error`
    /// (`cluster.bad_centres`) unless both are multiples of `clusters` above 0, the numbers finite and gamma from 0.
    k_prototypes(std::size_t clusters, std::vector<double> numbers, std::vector<std::uint32_t> categories,
                 double gamma);

    [[nodiscard]] std::size_t clusters() const noexcept { return clusters_; }
    [[nodiscard]] std::size_t number_features() const noexcept { return numbers_.size() / clusters_; }
    [[nodiscard]] std::size_t category_features() const noexcept { return categories_.size() / clusters_; }
    [[nodiscard]] double gamma() const noexcept { return gamma_; }
    [[nodiscard]] std::span<double const> mean(std::size_t cluster) const noexcept {
        return std::span(numbers_).subspan(cluster * number_features(), number_features());
    }
    [[nodiscard]] std::span<std::uint32_t const> mode(std::size_t cluster) const noexcept {
        return std::span(categories_).subspan(cluster * category_features(), category_features());
    }
    [[nodiscard]] summary const& fit() const noexcept { return fit_; }

    /// Number of the nearest prototype, ties to the lower number; a missing category differs from all. `no_cluster` for
    /// another number of features or a number that is not finite.
    [[nodiscard]] std::uint32_t nearest(std::span<double const> numbers,
                                        std::span<std::uint32_t const> categories) const noexcept;
    static constexpr std::uint32_t no_cluster = 0xFFFF'FFFFU;
    /// `nearest` for all customers. Throws `data.ragged` for other shapes.
    void assign(number_columns numbers, category_columns categories, std::span<std::uint32_t> labels,
                unsigned threads = 1) const;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and `cluster.bad_centres`.
    static k_prototypes from_json(std::string_view text);

    friend bool operator==(k_prototypes const&, k_prototypes const&) = default;

private:
    friend k_prototypes fit_k_prototypes(number_columns, category_columns, k_prototypes_options const&);

    std::size_t clusters_;
    std::vector<double> numbers_;
    std::vector<std::uint32_t> categories_;
    double gamma_;
    summary fit_{};
};

/// Either kind of columns may be empty, not both. Throws `issue_error` with all issues: those of `check_columns` and
/// `check_categories`, `data.too_large`, `data.ragged` (numbers and categories of different customers),
/// `cluster.none`, `cluster.too_many`, `cluster.too_few_distinct`, `cluster.bad_option`. Scale the numbers first.
/// O(starts x iterations x customers x clusters x features); needs 4 bytes a customer beside the data (12 during the
/// k-means++ start), and 8 for each cluster and level of as many attributes as there are threads.
[[nodiscard]] k_prototypes fit_k_prototypes(number_columns numbers, category_columns categories,
                                            k_prototypes_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
