// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_AGGLOMERATIVE_HPP
#define SEGMENTA_MODEL_AGGLOMERATIVE_HPP

/// \file
/// Agglomerative clustering: customers are merged two groups at a time until one is left; the tree is cut where the
/// number of groups or their distance pleases.
///
///     auto const tree = segmenta::fit_agglomerative(columns);
///     std::vector<std::uint32_t> labels = tree.cut(4);
///
/// Method: nearest-neighbour chain (F. Murtagh, "A survey of recent advances in hierarchical clustering algorithms",
/// Computer Journal 26, 1983); for Ward's linkage over the means and sizes of groups, else over distances with the
/// updates of G. Lance and W. Williams, 1967. Ward's heights are those of scipy and of R's ward.D2: the square root of
/// twice the growth of the within sum of squares.

#include <segmenta/stats/number_columns.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The distance of two groups.
enum class linkage : std::uint8_t {
    ward,     ///< growth of the within sum of squares; J. Ward, JASA 58, 1963
    complete, ///< of the two farthest customers
    average,  ///< mean over all pairs (UPGMA)
    single,   ///< of the two nearest customers
};

/// `ward`, `complete`, `average`, `single`.
[[nodiscard]] std::string_view to_string(linkage of) noexcept;

struct agglomerative_options {
    linkage by = linkage::ward;
    std::size_t max_customers = 20'000; ///< more are refused: but for ward distances need 4 n^2 bytes (1.6 GB for
                                        ///< 20,000), and all take time in proportion to n^2
    unsigned threads = 1;               ///< results do not depend on it; 0: all the machine has
};

/// One merge. Groups 0 to n - 1 are the customers; merge m makes group n + m.
struct cluster_merge {
    std::size_t first = 0; ///< first < second
    std::size_t second = 0;
    double height = 0;    ///< distance of the two groups
    std::size_t size = 0; ///< customers in the new group

    friend bool operator==(cluster_merge const&, cluster_merge const&) = default;
};

/// The tree.
///
/// Thread safety: immutable.
class agglomerative {
public:
    /// From the merges, by ascending height. Throws `issue_error` (`cluster.bad_tree`) unless every merge takes two
    /// groups that exist and were not merged before.
    explicit agglomerative(std::vector<cluster_merge> merges);

    [[nodiscard]] std::size_t customers() const noexcept { return merges_.size() + 1; }
    [[nodiscard]] std::span<cluster_merge const> merges() const noexcept { return merges_; }
    /// Labels of `clusters` groups, numbered in the order of their first customer. Throws `issue_error`
    /// (`cluster.none`, `cluster.too_many`). O(n).
    [[nodiscard]] std::vector<std::uint32_t> cut(std::size_t clusters) const;
    /// Labels of the groups that are left when all merges up to `height` are done.
    [[nodiscard]] std::vector<std::uint32_t> cut_at(double height) const;
    /// Mean over customers of 1 - (height of the first merge) / (height of the last); near 1: clear groups. As R's
    /// agnes. 0 for one customer or when all are equal.
    [[nodiscard]] double agglomerative_coefficient() const noexcept;

    [[nodiscard]] std::string to_json() const;
    static agglomerative from_json(std::string_view text);

    friend bool operator==(agglomerative const&, agglomerative const&) = default;

private:
    [[nodiscard]] std::vector<std::uint32_t> labels_after(std::size_t done) const;

    std::vector<cluster_merge> merges_;
};

/// By Euclidean distances. Throws `issue_error` with the issues of `check_columns`, `data.too_large`, and
/// `cluster.too_many_customers`. O(n^2) time and, but for ward, memory. One customer is a tree without merges.
[[nodiscard]] agglomerative fit_agglomerative(number_columns columns, agglomerative_options const& options = {});

} // namespace v0
} // namespace segmenta

#endif
