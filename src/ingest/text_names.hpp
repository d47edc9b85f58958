// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_INGEST_TEXT_NAMES_HPP
#define SEGMENTA_SRC_INGEST_TEXT_NAMES_HPP

// Back from identities to texts, for features whose answer is a text. Rows carry identities; short ones are their text,
// and the long texts of each thread are kept once and brought together at the end.

#include "feature/row_answers.hpp"

#include <segmenta/base/string_pool.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// The long texts that one thread has seen.
class text_collector {
public:
    /// `identity` is that of `text`.
    void add(std::uint64_t identity, std::string_view text) {
        if ((identity >> 63) == 0) return;
        std::uint64_t& last = recent_[identity % recent_.size()]; // most rows repeat one of a few texts
        if (last == identity) return;
        pool_.intern(text);
        last = identity;
    }
    [[nodiscard]] string_pool const& texts() const noexcept { return pool_; }

private:
    std::array<std::uint64_t, 256> recent_{};
    string_pool pool_;
};

/// What identities mean. Refers to the texts of the collectors, which must outlive it.
///
/// Thread safety: concurrent reads are safe.
class text_names {
public:
    void add(text_collector const& from);
    /// The text of an identity with the top bit set that some collector has seen.
    [[nodiscard]] std::string_view long_text(std::uint64_t identity) const noexcept;
    /// The same for whoever answers tasks; refers to this.
    [[nodiscard]] long_texts look_up() const noexcept;

private:
    std::unordered_map<std::uint64_t, std::string_view> texts_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
