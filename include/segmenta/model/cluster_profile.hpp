// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_PROFILE_HPP
#define SEGMENTA_MODEL_CLUSTER_PROFILE_HPP

/// \file
/// What a clustering found, in words a shop can use: how large each group is, in which features it differs from all
/// customers (its drivers), and a name made of them.
///
///     for (auto const& group : segmenta::profile_clusters(columns, names, labels))
///         group.name;                            // "high_spend_low_recency"

#include <segmenta/model/category_columns.hpp>
#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// One feature of one cluster.
struct cluster_driver {
    std::size_t feature = 0; ///< number of the column; attributes follow the numbers
    std::string name;
    double mean = 0; ///< of the cluster, in the units of the column; of an attribute the share of `category` in it
    /// (mean - mean of all) / standard deviation of all (divided by n); 0 for a constant column. Of an attribute how
    /// far the share is above that of all: Cohen's h, 2 asin sqrt(share) - 2 asin sqrt(share of all), from 0.
    double difference = 0;
    std::string category{}; ///< of an attribute: the one that is most over-represented; empty for a number

    friend bool operator==(cluster_driver const&, cluster_driver const&) = default;
};

/// One cluster.
struct cluster_profile {
    std::uint32_t cluster = 0; ///< its label
    std::size_t size = 0;
    double share = 0;                    ///< of all customers, in [0, 1]
    std::vector<cluster_driver> drivers; ///< all features, the largest difference by size first, then by number
    std::string name;                    ///< ASCII; no two clusters have the same

    friend bool operator==(cluster_profile const&, cluster_profile const&) = default;
};

struct cluster_profile_options {
    /// A difference of this size is worth a word; an example, from the "medium effect" (of means and of shares) of
    /// J. Cohen, "Statistical Power Analysis for the Behavioral Sciences", 1988.
    double notable = 0.5;
    std::size_t most_words = 2; ///< drivers in a name
};

/// Columns of categories beside the numbers.
struct profile_attributes {
    category_columns columns{};
    std::span<std::string const> names{};                   ///< one per column
    std::span<std::vector<std::string> const> categories{}; ///< of each column: what its codes stand for
};

/// Profiles by ascending label, of the labels that occur. A name is `high_` or `low_` and the feature for each notable
/// driver (of an attribute its name and the category), joined by `_`; `average` without any; equal ones get `_2`, `_3`.
/// What is no ASCII letter or digit in a name becomes `_`; a category without any is named by its number, from 1.
/// Throws `issue_error`: issues of `check_columns`, `profile.names` and `profile.labels` for other numbers of names
/// than columns or of labels than customers. O(n x features).
[[nodiscard]] std::vector<cluster_profile> profile_clusters(number_columns columns, std::span<std::string const> names,
                                                            std::span<std::uint32_t const> labels,
                                                            cluster_profile_options const& options = {});
/// The same with attributes; `columns` may then be empty. Throws also what `check_categories` says, and
/// `profile.names` for a code without a category.
[[nodiscard]] std::vector<cluster_profile> profile_clusters(number_columns columns, std::span<std::string const> names,
                                                            profile_attributes const& attributes,
                                                            std::span<std::uint32_t const> labels,
                                                            cluster_profile_options const& options = {});

/// `spend is 1.3 standard deviations above the mean of all; ...`, the notable drivers in words.
[[nodiscard]] std::string describe(cluster_profile const& profile, cluster_profile_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
