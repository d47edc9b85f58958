// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_CHANGES_HPP
#define SEGMENTA_TAG_TAG_CHANGES_HPP

/// \file
/// From a customer's state and new answers to the next state, and what changed.

#include <segmenta/tag/tag_state.hpp>
#include <segmenta/tag/taxonomy.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a computation says of one tag. The texts must live until `advance` returns.
struct tag_answer {
    std::string_view tag;
    std::optional<bool> holds{};        ///< nothing: unknown, an error, not asked for; neither gives nor takes away
    std::string_view value{};           ///< what the tag says, when it holds
    std::optional<double> confidence{}; ///< in [0, 1]
    std::string_view reason{};          ///< code or text for people
};

/// When, where and by what the answers were computed.
struct tag_run {
    instant as_of{};
    zone where{};               ///< the calendar of periods of validity
    std::string_view version{}; ///< of the rules, such as the plan's hash; left out when it is
                                ///< longer than `longest_tag_text` or not UTF-8
};

/// Why a tag was entered, left or kept.
enum class tag_cause : std::uint8_t {
    matches,    ///< entered: the customer matches
    dimension,  ///< entered: its dimension gives it, since no value fits or is known
    ended,      ///< entered: a lock or a stronger holding of its dimension ended, and this one shows again
    differs,    ///< left: the customer no longer matches
    expired,    ///< left: it was not confirmed, or was given for a time that is over
    replaced,   ///< left: another one of its dimension took its place
    undefined,  ///< left: no definition computes it any more
    unknown,    ///< kept: the answer is not known, or was not asked for
    remembered, ///< kept: the customer no longer matches, and the definition says `keep`
};

/// Stable ASCII id.
[[nodiscard]] std::string_view to_string(tag_cause cause) noexcept;

/// One tag that was entered, left, updated or kept.
struct tag_change {
    std::string tag{};
    instant at{}; ///< when: the instant of the computation, or of the end of a validity before it
    tag_cause cause = tag_cause::matches;

    friend bool operator==(tag_change const&, tag_change const&) = default;
};

/// What a computation did. Lists are sorted by tag, then time.
///
/// Thread safety: a plain value.
struct tag_change_set {
    tag_state state;                  ///< the next state
    std::vector<tag_change> entered;  ///< tags that began to hold
    std::vector<tag_change> left;     ///< tags that ceased to hold, at the exact instant. One that ended before the
                                      ///< computation and was then given again is in both lists
    std::vector<std::string> updated; ///< computed tags held before and after, whose content changed
    std::vector<tag_change> kept; ///< computed tags that are remembered although this computation did not confirm them
    std::vector<std::string> ignored; ///< answers of no use: no definition computes the tag, the answers for one tag
                                      ///< contradict each other, or a text or the confidence is `tag_edit::invalid`
    bool late = false;                ///< the state was advanced past `as_of` already: nothing was done

    /// Whether a tag came, went or changed. When not, the states may still differ in when they were computed and in how
    /// long tags are valid.
    [[nodiscard]] bool changed() const noexcept { return !entered.empty() || !left.empty() || !updated.empty(); }
};

/// The next state of a customer. A pure function; the order of the answers does not matter, and advancing again with
/// the same answers at the same instant changes nothing.
///
/// A tag that is *computed* is one with a definition that is not manual. Answers are settled in their dimensions first
/// (`settle`). Then, for each computed tag:
///
/// - **yes**: it is held. A new one is created at `as_of`; one that is held already keeps its time of creation, and is
///   updated when its content changed. It is valid until `as_of` and `valid_for` in the run's zone.
/// - **no**: it is removed, or with `keep` left as it is until its validity ends.
/// - **not known**: it is left as it is until its validity ends.
///
/// Validity is half-open: at `valid_until` the tag no longer holds, unless it is confirmed at that very instant. In an
/// exclusive dimension a value that fits takes the place of the one held. `otherwise` and `unknown` are given when no
/// value is held. Computed records of tags that no longer are computed are removed. What was given by hand or locked is
/// as it was, until its end. Locks and tombstones are obeyed by `tag_state::held`; beneath a lock tags are computed as
/// ever, of a deleted tag nothing is remembered. A value of a dimension that is locked off or deleted is out of the
/// running: the next in order that fits is given.
///
/// `entered` and `left` tell of `tag_state::held(_, definitions)`: a computed tag that is locked off is not entered.
/// Edits made since the last computation are no news. Throws only `std::bad_alloc`. O((tags + answers) log) and, for
/// each instant at which something ended since the last computation, O(tags log).
///
///     tag_change_set const next = advance(state, answers, definitions, {.as_of = t, .where =
///     zone::named("Asia/Shanghai")}); for (auto const& change : next.left) { /* at midnight of Shanghai, 30 days after
///     it was last confirmed */ } store(to_json(next.state));
[[nodiscard]] tag_change_set advance(tag_state const& state, std::span<tag_answer const> answers,
                                     taxonomy const& definitions, tag_run const& run);

} // namespace v0
} // namespace segmenta

#endif
