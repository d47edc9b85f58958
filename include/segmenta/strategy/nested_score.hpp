// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_NESTED_SCORE_HPP
#define SEGMENTA_STRATEGY_NESTED_SCORE_HPP

/// \file
/// Nested quantile scores (Hughes): the second dimension is cut inside each bin of the first, the third inside each
/// pair. A. M. Hughes, "Strategic Database Marketing". The cells are nearly equal in size, but a score of one
/// dimension means different absolute values in different cells.

#include <segmenta/record/column.hpp>
#include <segmenta/strategy/quantile_score.hpp>
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

struct nested_score_options {
    std::string id = "rfm";                  ///< scheme: prefix of the segment ids
    std::vector<std::string> reads;          ///< 1 to 4 columns, outermost first: recency, frequency, monetary
    std::vector<score_direction> directions; ///< one per column
    std::size_t bins = 5;                    ///< 2 to 10 in every dimension
    quantile_spec quantiles{};
    tie_policy ties = tie_policy::same_score;
};

/// A fitted tree of edges. Segments are the cells in the order of their digits: `rfm.111` ... `rfm.555` (with ten bins
/// `rfm.1-10-3`); `assignment::score` is the cell read as a number, 555.
///
/// A cell nobody was in during the fit has no edges of its own; rows that land there later are cut by the edges of that
/// column over everybody.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class nested_score {
public:
    /// `rows.columns` are the columns of `options.reads`; rows with any of them missing are left out. Errors as for
    /// `quantile_score::fit`, codes `nested_score.*`.
    [[nodiscard]] static nested_score fit(nested_score_options const& options, block const& rows,
                                          std::span<std::uint32_t const> id_order = {});
    [[nodiscard]] static nested_score from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::size_t bins() const noexcept;
    [[nodiscard]] bool is_population() const noexcept;
    /// Customers of each cell at the fit, in the order of `segments()`.
    [[nodiscard]] std::span<std::size_t const> sizes() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;

    void assign(block const& rows, std::span<assignment> out) const noexcept;
    void assign_everyone(block const& rows, std::span<std::uint32_t const> id_order, std::span<assignment> out) const;

    struct contents;

private:
    explicit nested_score(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
