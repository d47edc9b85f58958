// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_MODEL_CLUSTER_STRATEGY_HPP
#define SEGMENTA_MODEL_CLUSTER_STRATEGY_HPP

/// \file
/// A fitted clustering of any kind as a strategy: a new customer belongs to the segment of the cluster the clustering
/// itself answers. In a plan it is the mechanism `clusters` (model/model_strategies.hpp).
///
///     segmenta::any_strategy const strategy(segmenta::cluster_strategy("habit", model));

#include <segmenta/model/cluster_model.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Reads the number columns of the model, then its columns of texts. `score` is that of `cluster_answer`; `reason` the
/// cluster. A missing column makes the row `unknown`, with the missing columns as its reason; a number that is not
/// finite or cannot be scaled (log1p of -1), or a customer so far from everything that no score is finite, `error`.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class cluster_strategy {
public:
    /// `id` is the scheme, the prefix of the segment ids. Throws `issue_error` (`cluster_strategy.scheme`) for one that
    /// is no word of letters, digits, `_` and `-`.
    cluster_strategy(std::string id, cluster_model model);

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] cluster_model const& model() const noexcept;
    /// What sets the cluster apart, or its id; of an unknown row the columns it misses.
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    [[nodiscard]] std::string to_json() const;
    /// Throws `issue_error`: codes of models (`model.*`) and those of `cluster_model` and above.
    static cluster_strategy from_json(std::string_view text);

private:
    struct contents;
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
