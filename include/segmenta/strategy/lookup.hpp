// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_LOOKUP_HPP
#define SEGMENTA_STRATEGY_LOOKUP_HPP

/// \file
/// From a text to a segment by a table: region of a city, class of an account kind.

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

/// A segment and the texts that mean it.
struct lookup_entry {
    std::string id; ///< local id
    std::vector<std::string> texts;
};

struct lookup_options {
    std::string id = "lookup"; ///< scheme: prefix of the segment ids
    std::string reads;         ///< name of a string or category column
    std::vector<lookup_entry> entries;
    std::string fallback; ///< local id of the segment of all other texts; empty: those have status `unknown`
};

/// A table from texts to segments. Texts are compared byte for byte.
///
/// Thread safety: immutable; cheap to copy; concurrent use is safe.
class lookup {
public:
    /// Throws `issue_error`: `lookup.empty`, `lookup.duplicate` (a text in two entries, an id twice), `lookup.id`.
    explicit lookup(lookup_options const& options);
    [[nodiscard]] static std::optional<lookup> make(lookup_options const& options, issue_list& issues,
                                                    std::string_view place);
    [[nodiscard]] static lookup from_json(std::string_view text);
    [[nodiscard]] std::string to_json() const;

    [[nodiscard]] std::string_view id() const noexcept;
    [[nodiscard]] std::span<std::string_view const> reads() const noexcept;
    [[nodiscard]] std::span<segment_info const> segments() const noexcept;
    /// The index of the segment of `text`, the fallback's, or `no_segment`.
    [[nodiscard]] std::uint16_t find(std::string_view text) const noexcept;
    [[nodiscard]] std::string describe(std::uint32_t reason) const;
    void assign(block const& rows, std::span<assignment> out) const noexcept;

    struct contents;

private:
    explicit lookup(std::shared_ptr<contents const> made) noexcept : contents_(std::move(made)) {}
    std::shared_ptr<contents const> contents_;
};

} // namespace v0
} // namespace segmenta

#endif
