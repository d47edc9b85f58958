// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_QUANTILE_SCORE_HPP
#define SEGMENTA_STRATEGY_QUANTILE_SCORE_HPP

/// \file
/// Scores 1...n of one number: by quantiles of everybody, by fixed cuts, or by the mean or median.

#include <segmenta/record/column.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/stats/quantile.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What happens to customers with equal values at a quantile.
enum class tie_policy : std::uint8_t {
    same_score, ///< the value alone decides; bins may be uneven
    rank_first, ///< ranked by customer id, so bins are even and equal customers may get different scores; needs
                ///< everybody
    midrank,    ///< the middle rank of all equal customers decides; they stay together
};

enum class score_direction : std::uint8_t {
    ascending,  ///< larger values score higher (frequency, monetary)
    descending, ///< smaller values score higher (recency in days)
};

enum class cut_method : std::uint8_t {
    quantiles,
    fixed,  ///< `cuts`
    mean,   ///< one cut, two scores. The mean of heavy-tailed amounts lies far above the typical customer
    median, ///< one cut, two scores
};

struct quantile_score_options {
    std::string id = "score"; ///< scheme: prefix of the segment ids
    std::string reads;        ///< name of the column that is scored; numbers, dates, instants, durations
    cut_method method = cut_method::quantiles;
    std::size_t bins = 5; ///< quantiles: 2 to 10
    /// Quantiles and median: their type. `closed` and `offset` hold for quantiles.
    quantile_spec quantiles{};
    std::vector<double> cuts; ///< fixed: ascending, 1 to 9 of them, in units of the values (days, currency units)
    /// Cuts, mean, median: which side a value on the cut belongs to. Default: the better score ("at least 3 orders",
    /// "at most 10 days"), so left when ascending, right when descending.
    std::optional<closed_side> closed;
    tie_policy ties = tie_policy::same_score;
    score_direction direction = score_direction::ascending;
    std::vector<std::string> segments; ///< local ids of scores 1...n, such as low, middle, high; empty: "1", "2", ...
};

/// What a fit found; for people and for tests.
struct score_report {
    /// Realised edges from the smallest value over the inner edges to the largest, in units of the values. Under
    /// `rank_first` the plain quantiles of the values.
    std::vector<double> edges;
    std::vector<std::size_t> sizes;        ///< customers with score 1, 2, ...
    std::vector<std::size_t> empty_scores; ///< scores that nobody got, because edges fell together
    std::size_t missing = 0;               ///< customers without a value
    std::size_t split_values = 0;          ///< rank_first: distinct values whose customers got different scores
};

/// A fitted scorer. Segment i is score i + 1; `assignment::score` is the score.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class quantile_score {
public:
    /// Fits on everybody. `id_order` (rank_first): rows by ascending customer id; empty: they are in that order.
    /// Throws `issue_error`: `quantile_score.*` for options, `fit.no_values` when no row has a value,
    /// `fit.type` when the column is no number.
    [[nodiscard]] static quantile_score fit(quantile_score_options const& options, column_view values,
                                            std::span<std::uint32_t const> id_order = {});
    /// Fixed cuts need no fit.
    [[nodiscard]] static quantile_score from_cuts(quantile_score_options const& options);
    /// Reads what `to_json` wrote. Throws `issue_error`: `fitted.kind`, `fitted.version`, `fitted.checksum`,
    /// `fitted.content`.
    [[nodiscard]] static quantile_score from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::size_t bins() const noexcept;
    [[nodiscard]] bool is_population() const noexcept;
    [[nodiscard]] score_report const& report() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;

    /// Scores 1...bins; 0 where the value is missing, where the column's type is not the fitted one, and everywhere
    /// under `rank_first`. `out` has the size of `values`. Does not allocate.
    void scores(column_view values, std::span<std::uint8_t> out) const noexcept;
    /// The same with everybody at hand, which `rank_first` needs. Under `rank_first` the ranks are those of `values`,
    /// not of the fit.
    void scores_of_everyone(column_view values, std::span<std::uint32_t const> id_order,
                            std::span<std::uint8_t> out) const;

    void assign(block const& rows, std::span<assignment> out) const noexcept;
    void assign_everyone(block const& rows, std::span<std::uint32_t const> id_order, std::span<assignment> out) const;

    struct contents;

private:
    explicit quantile_score(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
