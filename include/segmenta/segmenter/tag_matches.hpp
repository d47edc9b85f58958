// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_TAG_MATCHES_HPP
#define SEGMENTA_SEGMENTER_TAG_MATCHES_HPP

/// \file
/// All yes-or-no tags of one customer at once: what thousands of tags read is computed once, and an index over their
/// rules (tag/rule_index.hpp) says which hold.
///
///     tag_matches found = seg.make_tag_matches();      // once per thread
///     seg.match_tags(customer, {.as_of = t}, found);   // noexcept, no allocation after the first calls
///     for (std::uint32_t const tag : found.list()) use(seg.tag_names()[tag]);

#include <segmenta/base/bitmap.hpp>
#include <segmenta/record/status.hpp>
#include <segmenta/segmenter/classification.hpp>
#include <segmenta/tag/rule_index.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The tags that hold for one customer, and the memory that finds them. Tags are numbered as in
/// `segmenter::tag_names()`. Move-only.
///
/// Thread safety: one thread at a time.
class tag_matches {
public:
    tag_matches() = default;

    /// `ok`; `wrong_plan` after a question to another segmenter or about a customer of another schema, `error` when
    /// memory ran out, `not_applicable` for a customer who is left out for want of an attribute: then no tag holds.
    [[nodiscard]] status state() const noexcept { return state_; }
    /// Whether a tag is known to hold. Constant time. `tag` must be smaller than `segmenter::tag_names().size()`.
    [[nodiscard]] bool holds(std::size_t tag) const noexcept { return held_.test(positions_[tag]); }
    /// How many hold.
    [[nodiscard]] std::size_t count() const noexcept { return held_.count(); }
    /// Their numbers, in an order that is the same for every customer. Good until the next question.
    [[nodiscard]] std::span<std::uint32_t const> list() noexcept;
    /// Before it no tag comes or goes unless something happens. It is never too late; it may be early.
    [[nodiscard]] instant valid_until() const noexcept { return valid_until_; }

private:
    friend class segmenter;
    classification read_;
    rule_index_scratch scratch_;
    bitmap held_;
    std::span<std::uint32_t const> positions_; ///< of the index, which the classification keeps alive
    rule_index const* index_ = nullptr;
    std::vector<std::uint32_t> list_;
    instant valid_until_ = instant::never();
    status state_ = status::not_requested;
};

} // namespace v0
} // namespace segmenta

#endif
