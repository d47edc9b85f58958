// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_LEAVING_REASONS_HPP
#define SEGMENTA_STRATEGY_LEAVING_REASONS_HPP

/// \file
/// Why a customer may have left: what happened around the last order, and what a survey says.

#include <segmenta/error.hpp>
#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

struct leaving_reasons_options {
    std::string id = "leaving"; ///< scheme: prefix of the segment ids
    /// `last_order_day` (date), then one date column per reason with the day of its last event (complaint, stock-out,
    /// price rise, return), then with `survey` a text column with the reason the customer gave.
    std::vector<std::string> reads;
    std::vector<std::string> reasons{"service", "stock", "price", "product"}; ///< local ids
    std::int32_t within_days = 14; ///< an event counts up to so many days before or after the last order; example
    bool survey = false;           ///< an answer that is one of `reasons` comes first
    std::string fallback = "unexplained"; ///< local id of customers without any reason
};

/// Ranked reasons: the customer's own answer, then events by their distance from the last order, equal ones in the
/// order listed. `segment` is the first, `also_matched` the others, `score` the distance in days of the deciding event
/// (0 for an answer). It reads no clock and decides nothing about who is lost: use it with `applies_to`. Without a last
/// order the status is `unknown`. A missing event day means that there was none.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class leaving_reasons {
public:
    /// Throws `issue_error`, `leaving_reasons.*`.
    explicit leaving_reasons(leaving_reasons_options const& options);
    [[nodiscard]] static std::optional<leaving_reasons> make(leaving_reasons_options const& options, issue_list& issues,
                                                             std::string_view place);
    [[nodiscard]] static leaving_reasons from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit leaving_reasons(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
