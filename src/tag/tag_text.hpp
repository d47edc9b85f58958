// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_TEXT_HPP
#define SEGMENTA_TAG_TAG_TEXT_HPP

// What texts, numbers and times a tag's record may hold, wherever they come from, and what of it is its content.

#include <segmenta/base/text.hpp>
#include <segmenta/tag/tag_state.hpp>

#include <optional>
#include <string_view>
#include <tuple>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline bool is_tag_text(std::string_view text) noexcept {
    return text.size() <= longest_tag_text && is_valid_utf8(text);
}

inline bool is_confidence(std::optional<double> number) noexcept {
    return !number || (*number >= 0 && *number <= 1); // false for NaN
}

// -0.0 equals 0.0 and is other bytes
inline std::optional<double> normal_confidence(std::optional<double> number) noexcept {
    if (!number) return number;
    return *number + 0.0;
}

inline bool is_real(instant when) noexcept { return !when.is_earliest() && !when.is_never(); }

// Of a tag_record or tag_version.
template <class Record>
auto content_of(Record const& r) noexcept {
    return std::tie(r.value, r.confidence, r.reason, r.by, r.version);
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
