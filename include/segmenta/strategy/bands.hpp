// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_BANDS_HPP
#define SEGMENTA_STRATEGY_BANDS_HPP

/// \file
/// Fixed bands of one number: assets, age, days past due, recency.

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

/// Which ends of a band belong to it.
enum class band_ends : std::uint8_t {
    left,  ///< from <= v < to
    right, ///< from < v <= to
    both,  ///< from <= v <= to; for whole numbers: the next band begins one higher
};

/// One band; a missing end is open.
struct band {
    std::string id; ///< local id
    std::optional<double> from;
    std::optional<double> to;
};

struct bands_options {
    std::string id = "bands"; ///< scheme: prefix of the segment ids
    std::string reads;        ///< name of the column: a number, date (days since 1970-01-01) or duration (microseconds)
    band_ends ends = band_ends::left;
    std::vector<band> bands; ///< ascending
    std::string outside;     ///< local id of the segment of values below the first or above the last band; empty: such
                             ///< values have status `error`
};

/// Bands, proven to have no gap and no overlap.
///
/// Comparisons with decimals are exact: 0.1 means 0.1 and not the nearest double. `assignment::score` is the value.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class bands {
public:
    /// Throws `issue_error` with all problems: `bands.empty`, `bands.inverted` (from > to, or empty),
    /// `bands.gap`, `bands.overlap`, `bands.order`, `bands.duplicate`, `bands.id`, `bands.whole` (ends `both` with a
    /// fraction), `bands.open` (an open end in the middle). Place: the scheme and the band.
    explicit bands(bands_options const& options);
    [[nodiscard]] static std::optional<bands> make(bands_options const& options, issue_list& issues,
                                                   std::string_view place);
    [[nodiscard]] static bands from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit bands(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
