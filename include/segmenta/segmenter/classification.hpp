// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_CLASSIFICATION_HPP
#define SEGMENTA_SEGMENTER_CLASSIFICATION_HPP

/// \file
/// A question about one customer (`query`), the memory its answers are written into (`classification`), and one answer.

#include <segmenta/record/status.hpp>
#include <segmenta/record/value.hpp>
#include <segmenta/strategy/segment.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace segmenta {
inline namespace v0 {

class classification;

/// Names a column of one segmenter. Cheap to copy; good for that segmenter and its copies.
struct output_handle {
    std::uint32_t node = 0xFFFF'FFFFU;
    std::uint64_t plan = 0; ///< which segmenter it belongs to
    friend bool operator==(output_handle const&, output_handle const&) = default;
};
/// Names a boolean column.
struct tag_handle {
    output_handle of;
    friend bool operator==(tag_handle const&, tag_handle const&) = default;
};

/// What is asked.
struct query {
    instant as_of{};               ///< the moment of the question; rows of histories after it do not count
    std::string_view purpose = {}; ///< what the answers are for; fields whose purposes do not list it make what reads
                                   ///< them `refused`. Empty: no check
    classification const* prior = nullptr; ///< the last answers of the same segmenter, for `answer::changed`; another
                                           ///< object than the one being filled
    std::span<output_handle const> outputs = {}; ///< what is wanted; empty: the plan's outputs
};

/// One answer. Views live as long as the segmenter; text of attributes as long as the customer, text made by rules
/// until the classification is used again.
struct answer {
    value result;               ///< scores, features, rules, attributes; for segments their local id as a string
    std::string_view segment{}; ///< local id of the segment, such as `champions`; empty when there is none
    double score = 0;           ///< of a strategy
    /// Before it neither `result` nor `state` changes unless something happens. It is never too late; it may be early
    /// where what changes then turns out not to matter. For segments, `score` and `also_matched` may change before.
    instant valid_until = instant::never();
    std::uint64_t also_matched = 0; ///< bit i: segment i of the scheme fits as well
    /// Bit i: the attribute of `plan::when_missing()[i]` was missing, and what stands in for it was read for this
    /// answer.
    std::uint64_t imputed = 0;
    std::uint32_t reason = no_reason; ///< for `segmenter::reason`
    std::uint16_t index = no_segment; ///< number of the segment in its scheme
    status state = status::not_requested;
    /// Whether `result` or `state` differs from that of `query::prior`. Nothing without a prior of the same segmenter
    /// that was asked for this column, and for text that no segment names.
    std::optional<bool> changed{};

    [[nodiscard]] bool ok() const noexcept { return state == status::ok; }
    /// Of a tag: whether it holds; nothing when that is not known.
    [[nodiscard]] std::optional<bool> holds() const noexcept {
        if (state != status::ok || result.base() != kind::boolean) return std::nullopt;
        return result.as_bool();
    }
};

/// The answers of the last `segmenter::classify`, and the memory that makes them. Move-only.
///
/// Thread safety: one thread at a time.
class classification {
public:
    classification();
    classification(classification&&) noexcept;
    classification& operator=(classification&&) noexcept;
    ~classification();

    /// The answer of a column: `not_requested` when it was not asked for, `wrong_plan` for a handle of another
    /// segmenter and after a question about a customer of another schema.
    [[nodiscard]] answer operator[](output_handle of) const noexcept;
    [[nodiscard]] answer operator[](tag_handle of) const noexcept { return (*this)[of.of]; }
    /// The earliest instant at which any of the answers asked for can change with no new event.
    [[nodiscard]] instant valid_until() const noexcept;
    [[nodiscard]] instant as_of() const noexcept;

    struct state;
    [[nodiscard]] state* inner() noexcept { return state_.get(); } ///< for segmenter

private:
    friend class segmenter;
    explicit classification(std::unique_ptr<state> made) noexcept;
    std::unique_ptr<state> state_;
};

} // namespace v0
} // namespace segmenta

#endif
