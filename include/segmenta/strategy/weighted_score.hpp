// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_WEIGHTED_SCORE_HPP
#define SEGMENTA_STRATEGY_WEIGHTED_SCORE_HPP

/// \file
/// A weighted sum of columns, and segments cut from it: a value formula that is data.

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct weighted_score_options {
    std::string id = "score";       ///< scheme: prefix of the segment ids
    std::vector<std::string> reads; ///< names of number columns
    std::vector<double> weights;    ///< one per column
    double constant = 0;
    std::vector<double> cuts;          ///< ascending; a score on a cut belongs to the segment above. May be empty
    std::vector<std::string> segments; ///< local ids from the lowest up, one more than `cuts`; empty with no cuts: one
                                       ///< segment `all`
};

/// `constant + weights[0] * x0 + weights[1] * x1 + ...`, added in this order, so the same bits everywhere. Decimals
/// enter as their value. A missing column makes the row `unknown`, a result that is not finite `error`.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class weighted_score {
public:
    /// Throws `issue_error`: `weighted_score.sizes`, `weighted_score.number` (not finite), `weighted_score.cuts`,
    /// `weighted_score.id`.
    explicit weighted_score(weighted_score_options const& options);
    [[nodiscard]] static std::optional<weighted_score> make(weighted_score_options const& options, issue_list& issues,
                                                            std::string_view place);
    [[nodiscard]] static weighted_score from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit weighted_score(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
