// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RULE_MATCHES_HPP
#define SEGMENTA_TAG_RULE_MATCHES_HPP

/// \file
/// The rules that hold for one customer, kept from one event to the next.

#include <segmenta/base/bitmap.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What `rule_index::start` and `rule_index::update` keep about one customer: which rules hold, and where each value
/// ranks among the thresholds of the rules. Values themselves are not kept.
///
/// Thread safety: a plain value; concurrent reads are safe.
class rule_matches {
public:
    /// Which rules hold, by position; empty before the first `start`.
    [[nodiscard]] bitmap_view matches() const noexcept { return matches_; }
    /// Whether the rule at a position (`rule_index::position`) holds; smaller than `matches().size()`.
    [[nodiscard]] bool holds(std::size_t position) const noexcept { return matches_.test(position); }
    /// Bytes held, without the object itself: a bit for each rule and twelve bytes for each variable that rules read.
    [[nodiscard]] std::size_t memory_bytes() const noexcept {
        return matches_.words().size_bytes() + rows_.capacity() * sizeof(std::uint32_t) +
               keys_.capacity() * sizeof(std::uint64_t);
    }

private:
    friend class rule_index;

    std::vector<std::uint32_t> rows_; // by attribute of the index: the row of its table
    std::vector<std::uint64_t> keys_; // and the key, of present values
    bitmap matches_;
    bool started_ = false; // and not left behind when memory ran out
};

} // namespace v0
} // namespace segmenta

#endif
