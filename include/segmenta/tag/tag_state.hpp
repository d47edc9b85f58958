// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_STATE_HPP
#define SEGMENTA_TAG_TAG_STATE_HPP

/// \file
/// What is remembered of one customer's tags between two computations. The host stores it with the customer, as JSON;
/// the library keeps nothing. `advance` (tag/tag_changes.hpp) makes the next state from new answers.
///
/// Four things are remembered, and what holds follows from them in this order, the stronger first:
///
/// 1. a *tombstone*: the customer deleted the tag. It does not hold and nothing about it is remembered, and neither a
///    computation nor an operator brings it back; only `undelete` does.
/// 2. a *lock*: an operator fixed the tag as on or off.
/// 3. a *manual* giving: a person or another system gave the tag, perhaps for a time.
/// 4. the *automatic* holding: computed.
///
/// Everything else survives a computation: computed tags come and go beneath a lock and beside a manual giving, and
/// show again when those end.
///
/// Sources. The evidence of a tag, a time of creation that never changes, a time of update that changes only with the
/// content, manual tags that survive recomputation: ellicoo/bigdata_tag_system, requirements document. Giving with a
/// time to live: the `addWithTTL` interface of didapinche. Deletion for good: the provisions on algorithmic
/// recommendation (China, 2022), article 17: users can choose or delete the tags used about them.

#include <segmenta/error.hpp>
#include <segmenta/tag/taxonomy.hpp>
#include <segmenta/time/instant.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// Longest value, reason, version or operator of a tag, in bytes.
inline constexpr std::size_t longest_tag_text = 1024;

/// A tag that a customer holds, with the evidence for it.
struct tag_record {
    std::string tag{};
    instant created_at{};                   ///< since when the tag is held without a break; never changes
    instant updated_at{};                   ///< when value, confidence, reason, version or operator last changed
    instant valid_until = instant::never(); ///< from this instant on the tag no longer holds
    std::string value{};                    ///< what the tag says; empty for a plain yes
    std::optional<double> confidence{};     ///< in [0, 1]
    std::string reason{};                   ///< code or text for people
    std::string version{};                  ///< of an automatic tag: of the rule that gave it, such as a plan's hash
    std::string by{};                       ///< of a manual tag: the operator or system that gave it

    friend bool operator==(tag_record const&, tag_record const&) = default;
};

/// A tag given by hand.
struct tag_giving {
    std::string tag{};
    instant valid_until = instant::never();
    std::string value{};
    std::optional<double> confidence{};
    std::string reason{};
    std::string by{};
};

/// A tag that an operator fixed.
struct tag_lock {
    std::string tag{};
    bool on = true; ///< the tag holds, or it does not, whatever is computed
    instant at{};   ///< when it was fixed
    instant valid_until = instant::never();
    std::string reason{};
    std::string by{};

    friend bool operator==(tag_lock const&, tag_lock const&) = default;
};

/// A tag that the customer deleted.
struct tag_tombstone {
    std::string tag{};
    instant at{}; ///< when it was deleted
    std::string reason{};
    std::string by{};

    friend bool operator==(tag_tombstone const&, tag_tombstone const&) = default;
};

/// What an edit did.
enum class tag_edit : std::uint8_t {
    done,
    unchanged, ///< it was so already, or there was nothing to undo
    late,      ///< something newer is remembered; nothing was changed
    deleted,   ///< the customer deleted this tag; nothing was changed
    invalid,   ///< no tag name, text that is not UTF-8 or longer than `longest_tag_text`, a confidence outside [0, 1],
               ///< a beginning that is `earliest()` or `never()`, or an end that is not after it; nothing was changed
};

/// Stable ASCII id.
constexpr std::string_view to_string(tag_edit edit) noexcept {
    switch (edit) {
    case tag_edit::done: return "done";
    case tag_edit::unchanged: return "unchanged";
    case tag_edit::late: return "late";
    case tag_edit::deleted: return "deleted";
    case tag_edit::invalid: return "invalid";
    }
    return "invalid";
}

/// Why a tag holds, the weaker first.
enum class tag_origin : std::uint8_t {
    automatic, ///< computed
    manual,    ///< given by hand
    locked,    ///< fixed by an operator
};

/// Stable ASCII id.
constexpr std::string_view to_string(tag_origin origin) noexcept {
    switch (origin) {
    case tag_origin::automatic: return "automatic";
    case tag_origin::manual: return "manual";
    case tag_origin::locked: return "locked";
    }
    return "automatic";
}

/// A tag that holds, and why. Exactly one pointer is set, the one `origin` names; it refers into the state.
struct held_tag {
    tag_origin origin = tag_origin::automatic;
    tag_record const* record = nullptr; ///< automatic or manual
    tag_lock const* lock = nullptr;     ///< locked

    [[nodiscard]] std::string_view tag() const noexcept { return lock != nullptr ? lock->tag : record->tag; }
    [[nodiscard]] instant since() const noexcept { return lock != nullptr ? lock->at : record->created_at; }
    [[nodiscard]] instant valid_until() const noexcept {
        return lock != nullptr ? lock->valid_until : record->valid_until;
    }
};

/// The state of one customer's tags: records by tag name, each list sorted by it, each name once in each list, and no
/// record or lock of a deleted tag.
///
/// A state knows the present, not the past: questions are for instants from its last computation on.
///
/// Thread safety: a plain value; concurrent reads are safe, edits need exclusive access.
///
///     tag_state state;
///     state.give({.tag = "birthday_gift", .valid_until = t + duration::hours(72), .by = "ann"}, t);
///     state.erase({.tag = "likes_wine", .at = t, .reason = "customer's wish"});
///     state.lock({.tag = "likes_wine", .on = true, .at = t});   // tag_edit::deleted
class tag_state {
public:
    /// When the state was last advanced; `earliest()`: never.
    [[nodiscard]] instant as_of() const noexcept { return as_of_; }
    [[nodiscard]] std::span<tag_record const> automatic() const noexcept { return automatic_; }
    [[nodiscard]] std::span<tag_record const> manual() const noexcept { return manual_; }
    [[nodiscard]] std::span<tag_lock const> locks() const noexcept { return locks_; }
    [[nodiscard]] std::span<tag_tombstone const> tombstones() const noexcept { return tombstones_; }
    /// Nothing is remembered at all.
    [[nodiscard]] bool empty() const noexcept {
        return automatic_.empty() && manual_.empty() && locks_.empty() && tombstones_.empty();
    }

    /// Gives a tag by hand. Given again with the same content it only ends at the new time; with other content it is
    /// updated, and created anew when it had ended before `at`. Here and below: throws only `std::bad_alloc`, and is
    /// logarithmic in the number of tags but for moving the records behind.
    tag_edit give(tag_giving what, instant at);
    /// Takes back what was given by hand. What is computed stays.
    tag_edit take(std::string_view tag);
    /// Fixes a tag on or off; replaces an earlier lock.
    tag_edit lock(tag_lock what);
    /// The tag is what is computed and given again.
    tag_edit unlock(std::string_view tag);
    /// The customer deletes the tag: all records and the lock of it are forgotten, and it does not come back.
    tag_edit erase(tag_tombstone what);
    /// The customer allows the tag again. It holds when it is next computed or given.
    tag_edit undelete(std::string_view tag);

    /// Whether the customer deleted the tag.
    [[nodiscard]] bool is_deleted(std::string_view tag) const noexcept;
    /// Why the tag holds at `when`; nothing when it does not. Dimensions are not looked at.
    [[nodiscard]] std::optional<held_tag> find(std::string_view tag, instant when) const noexcept;
    [[nodiscard]] bool holds(std::string_view tag, instant when) const noexcept { return find(tag, when).has_value(); }
    /// All tags that hold at `when`, sorted by name. The pointers live as long as the state is not changed.
    [[nodiscard]] std::vector<held_tag> held(instant when) const;
    /// The same; of an exclusive dimension only one: the locked before the manual before the automatic, of several that
    /// were locked or given by hand the last, of several computed ones the first in order. The tags that a dimension
    /// gives when no value fits (`otherwise`, `unknown`) hold beside no value. Tags without definition hold.
    [[nodiscard]] std::vector<held_tag> held(instant when, taxonomy const& tags) const;

    /// The earliest instant after `when` at which a record or lock ends with no new answer; `never()` when none does.
    [[nodiscard]] instant next_change(instant when) const noexcept;

    friend bool operator==(tag_state const&, tag_state const&) = default;

    /// For `advance`, `merge` and reading: the parts as they are. They must be what the class says; what stands under a
    /// tombstone is left out.
    struct parts {
        instant as_of = instant::earliest();
        std::vector<tag_record> automatic;
        std::vector<tag_record> manual;
        std::vector<tag_lock> locks;
        std::vector<tag_tombstone> tombstones;
    };
    explicit tag_state(parts what);
    tag_state() = default;

private:
    instant as_of_ = instant::earliest();
    std::vector<tag_record> automatic_;
    std::vector<tag_record> manual_;
    std::vector<tag_lock> locks_;
    std::vector<tag_tombstone> tombstones_;
};

/// One customer's state out of two, when two ids are found to be one person. Commutative, associative and idempotent,
/// so that profiles may be merged in any order and again.
///
/// A tag deleted on either side is deleted. A tag held on either side is held, since the earlier of the two times,
/// until the later one, with the content that was updated last (of equals, the greater by value, confidence, reason,
/// operator and version). The lock set last counts; of two set at one instant, off. Both sides' deletions: the earlier
/// is kept.
[[nodiscard]] tag_state merge(tag_state const& a, tag_state const& b);

/// As JSON text, keys and tags in a fixed order, one line, or indented with `indent` spaces:
///
///     {"segmenta_tag_state": 1, "as_of": "2024-06-30T00:00:00Z",
///      "automatic": {"vip": {"created_at": "2024-01-01T00:00:00Z", "updated_at": "2024-01-01T00:00:00Z",
///                            "valid_until": "2024-07-30T00:00:00Z", "confidence": 0.9, "version": "a1b2"}},
///      "manual": {}, "locks": {"gold": {"on": false, "at": "2024-03-01T00:00:00Z", "by": "ann"}},
///      "tombstones": {"likes_wine": {"at": "2024-02-01T00:00:00Z"}}}
///
/// Empty parts and texts, and ends that never come, are left out. Times are UTC.
[[nodiscard]] std::string to_json(tag_state const& state, std::size_t indent = 0);

/// Reads what `to_json` wrote; nothing is trusted. Throws `issue_error` with all problems (the first hundred), each
/// with line and JSON pointer: those of JSON (at most 16 MiB), `tag_state.version`, `tag_state.unknown_key`,
/// `tag_state.expected` (a key is absent or of the wrong kind), `tag_state.bad_name`, `tag_state.bad_text`,
/// `tag_state.bad_time` (no time, or created, updated and ending in the wrong order), `tag_state.bad_confidence`,
/// `tag_state.deleted` (a record or lock of a deleted tag). `source` is the name of the file in messages.
[[nodiscard]] tag_state tag_state_from_json(std::string_view text, std::string_view source = "tag state");

} // namespace v0
} // namespace segmenta

#endif
