// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_SHARE_BANDS_HPP
#define SEGMENTA_STRATEGY_SHARE_BANDS_HPP

/// \file
/// Classes by cumulative share of a total (ABC, Pareto): the largest customers that make up 80 % are A, the next 15 %
/// B.

#include <segmenta/record/column.hpp>
#include <segmenta/strategy/segment.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Which class the customer belongs to whose amount carries the cumulative share across a border.
enum class crossing_policy : std::uint8_t {
    above, ///< the better class: it then holds at least its share
    below, ///< the next class: the better one holds at most its share
};

struct share_bands_options {
    std::string id = "abc"; ///< scheme: prefix of the segment ids
    std::string reads;      ///< name of the column with the amounts
    /// Cumulative shares that end the classes but the last, ascending, inside (0, 1). 80/15/5, 70/20/10 and 70/25/5 are
    /// all in use; 0.8 and 0.95 are an example.
    std::vector<double> shares{0.8, 0.95};
    std::vector<std::string> segments{"a", "b", "c"}; ///< local ids from the best down, one more than `shares`
    crossing_policy crossing = crossing_policy::above;
};

/// Fitted thresholds: customers with equal amounts are one item and stay together, so a class is a range of amounts,
/// and customers after the fit are placed by their amount alone. Amounts of 0 and below belong to the last class and
/// add nothing to the total. `assignment::score` is the amount.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class share_bands {
public:
    /// Errors: `share_bands.*` for options, `fit.no_values`, `fit.type`, `fit.total` (no positive amount).
    /// O(n log n).
    [[nodiscard]] static share_bands fit(share_bands_options const& options, column_view amounts);
    [[nodiscard]] static share_bands from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    /// At the fit: customers per class, and the share of the total that the class really holds.
    [[nodiscard]] std::span<std::size_t const> sizes() const noexcept;
    [[nodiscard]] std::span<double const> realised_shares() const noexcept;
    /// Smallest amount of each class but the last; infinite for a class nobody is in.
    [[nodiscard]] std::span<double const> thresholds() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit share_bands(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
