// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_STRATEGY_HPP
#define SEGMENTA_MODEL_CLUSTER_STRATEGY_HPP

/// \file
/// A fitted clustering as a strategy: a new customer is scaled as the customers of the fit were and belongs to the
/// segment of the nearest centre, ties to the lower number.
///
///     segmenta::any_strategy const strategy(segmenta::cluster_strategy(
///         {.id = "habit", .reads = {"spend", "recency"}, .segments = {"big", "lost"}}, scaling, model));

#include <segmenta/model/cluster_profile.hpp>
#include <segmenta/model/feature_scaling.hpp>
#include <segmenta/model/k_means.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct cluster_strategy_options {
    std::string id = "cluster";              ///< scheme: prefix of the segment ids
    std::vector<std::string> reads;          ///< names of number columns, in the order of the features
    std::vector<std::string> segments;       ///< local ids, one per cluster
    std::vector<std::string> descriptions{}; ///< what sets each cluster apart, for `describe`; may be empty
};

/// Names and descriptions from profiles of the data of the fit, one per cluster of the model.
[[nodiscard]] cluster_strategy_options name_clusters(std::string id, std::span<std::string const> reads,
                                                     std::span<cluster_profile const> profiles);

/// `score` is the distance to the centre, in scaled units; `reason` the cluster. A missing column makes the row
/// `unknown`, a number that cannot be scaled (log1p of -1) `error`.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class cluster_strategy {
public:
    static constexpr std::size_t max_features = 64; ///< so that assigning needs no memory

    /// Throws `issue_error` with all issues: `cluster_strategy.id` (an id or segment that is no ASCII word of letters,
    /// digits and `_`, or a segment twice), `cluster_strategy.sizes` (numbers of columns, segments, descriptions,
    /// features of the scaling and of the model that do not fit; more than `max_features`).
    cluster_strategy(cluster_strategy_options options, feature_scaling scaling, k_means model);

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] feature_scaling const& scaling() const noexcept;
    [[nodiscard]] k_means const& model() const noexcept;
    /// The description of the cluster; its id when there is none.
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and those above.
    static cluster_strategy from_json(std::string_view text);

private:
    struct contents;
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
