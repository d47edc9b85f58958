// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_BEST_OF_HPP
#define SEGMENTA_STRATEGY_BEST_OF_HPP

/// \file
/// The segment whose score is highest: psychographic types, the main channel, the favourite category.

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

struct best_of_options {
    std::string id = "best";           ///< scheme: prefix of the segment ids
    std::vector<std::string> reads;    ///< names of number columns, at most 64
    std::vector<std::string> segments; ///< local ids, one per column; of equal scores the first listed wins
    std::optional<double> least;       ///< a best score below this is nobody's: then `fallback`
    std::string fallback;              ///< local id; needed with `least`
};

/// The best column of each row. Columns that are missing do not compete; a row with none is `unknown`.
/// `assignment::score` is the margin over the runner-up (the score itself when there is only one), and the bit of the
/// runner-up is set in `also_matched`.
///
///     scores 0.8, 0.3, 0.6, 0.2 for rational, emotional, functional, image: rational, margin 0.2, also functional
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class best_of {
public:
    /// Throws `issue_error`: `best_of.sizes`, `best_of.id`, `best_of.fallback`.
    explicit best_of(best_of_options const& options);
    [[nodiscard]] static std::optional<best_of> make(best_of_options const& options, issue_list& issues,
                                                     std::string_view place);
    [[nodiscard]] static best_of from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit best_of(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
