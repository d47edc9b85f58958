// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_STRATEGY_SEGMENT_HPP
#define SEGMENTA_STRATEGY_SEGMENT_HPP

/// \file
/// What a strategy answers: the segments it knows (`segment_info`) and where one customer stands (`assignment`).

#include <segmenta/record/status.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {

/// Whether a customer may be in several segments of a scheme.
enum class membership : std::uint8_t {
    exclusive, ///< one segment; others that fit as well are kept in `assignment::also_matched`
    multi,     ///< every segment of `also_matched` holds; `segment` is the first of them in `order`
};

/// One segment of a scheme. Ids are ASCII and begin with the scheme's name: `rfm.champions`. Labels live elsewhere.
struct segment_info {
    std::string id;
    std::int32_t order = 0; ///< smaller comes first in lists and wins when several fit
    membership kind = membership::exclusive;

    friend bool operator==(segment_info const&, segment_info const&) = default;
};

/// `champions` of `rfm.champions`; the whole id when it has no dot.
constexpr std::string_view local_id(std::string_view id) noexcept {
    auto const dot = id.find('.');
    return dot == std::string_view::npos ? id : id.substr(dot + 1);
}

/// No segment.
inline constexpr std::uint16_t no_segment = 0xFFFF;
/// No reason given.
inline constexpr std::uint32_t no_reason = 0xFFFF'FFFFU;

/// The answer for one row. 32 bytes.
struct assignment {
    double score = 0;                       ///< what it means is the strategy's to say; 0 when it has none
    instant valid_until = instant::never(); ///< the earliest instant at which the segment changes with no new event and
                                            ///< no change of the columns read other than the passing of days
    std::uint64_t also_matched = 0;         ///< bit i: segment i fits as well; segments past 63 are not recorded
    std::uint32_t reason = no_reason;       ///< number of the deciding rule, see `any_strategy::describe`
    std::uint16_t segment = no_segment;     ///< index into `segments()`
    status standing = status::ok;

    [[nodiscard]] bool has_segment() const noexcept { return standing == status::ok && segment != no_segment; }
    friend bool operator==(assignment const&, assignment const&) = default;
};

/// An assignment that only says why there is no answer.
constexpr assignment no_answer(status why) noexcept {
    assignment out;
    out.standing = why;
    return out;
}

} // namespace v0
} // namespace segmenta

#endif
