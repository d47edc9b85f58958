// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_HISTORY_HPP
#define SEGMENTA_TAG_TAG_HISTORY_HPP

/// \file
/// What a customer's tags said before what they say now. The host stores it with the customer, beside `tag_state`, as
/// JSON; the library keeps nothing. `note` compares two states, one after the other, and remembers what ended between
/// them; how much is kept is bounded by count and by time.
///
/// Remembered are the contents of automatic and manual records. Locks are not: what was computed and given beneath one
/// is. What the customer deletes is forgotten, the past of it too.
///
/// Sources. Versions of a tag by date, for questions about a past event: ThinkingData, "Historical Versions of Tags".
/// Kept for a time or without limit: BytePlus CDP, tag details, "TTL Retention Period". Deletion: see
/// tag/tag_state.hpp.

#include <segmenta/error.hpp>
#include <segmenta/tag/tag_state.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/period.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a tag said from one instant to another.
struct tag_version {
    std::string tag{};
    tag_origin origin = tag_origin::automatic; ///< automatic or manual
    instant since{};                           ///< when it began to say this
    instant until{};                           ///< from this instant on it no longer said it; after `since`
    std::string value{};                       ///< here and below: as in `tag_record`
    std::optional<double> confidence{};
    std::string reason{};
    std::string version{};
    std::string by{};

    friend bool operator==(tag_version const&, tag_version const&) = default;
};

/// How much is remembered. Both limits apply.
struct tag_history_limits {
    /// Per tag, the newest by their end, automatic and manual ones together; 0 remembers nothing. 10 is an example: a
    /// version exists only where a content changed, so ten answer "what was it before" for weeks of a tag that changes
    /// daily and years of one that changes with the season, in some hundred bytes each.
    std::size_t most_versions = 10;
    /// So long after its end a version is remembered; nothing: for ever, as far as the count allows.
    std::optional<period> keep_for{};
    zone where{}; ///< the calendar of `keep_for`
};

/// The past of one customer's tags: versions sorted by tag, then by their end, the automatic before the manual. Of one
/// tag and origin they do not overlap, and two that touch say different things.
///
/// What holds now is in the state, not here, until it ends. Between two `note`s only what the two states show is seen:
/// note after every change of a state.
///
/// Thread safety: a plain value; concurrent reads are safe, changes need exclusive access.
///
///     tag_change_set const next = advance(state, answers, definitions, run);
///     if (history.note(state, next.state, run.as_of) == tag_edit::done) store(to_json(history));
///     tag_version const* const then = history.find("tier", may_3);   // what it said on 3 May, when that has ended
class tag_history {
public:
    tag_history() = default;
    /// Any versions in any order, those of other systems too. What is empty (`until` is not after `since`), begins or
    /// ends at `earliest()` or `never()`, or is `locked`, is left out. Where several of one tag and origin overlap, the
    /// greatest by value, confidence, reason, operator and version counts; what touches and says the same becomes one.
    /// Texts and confidences must be as `tag_state::give` takes them. O(n log n) in the number of versions where few
    /// overlap.
    explicit tag_history(std::vector<tag_version> versions);

    /// All of them.
    [[nodiscard]] std::span<tag_version const> versions() const noexcept { return versions_; }
    /// Those of a tag, oldest first: by their end, at one instant the automatic before the manual. Logarithmic.
    [[nodiscard]] std::span<tag_version const> versions(std::string_view tag) const noexcept;
    [[nodiscard]] bool empty() const noexcept { return versions_.empty(); }

    /// What the tag said at `when`: manual before automatic; null when no version that is remembered held then. What
    /// still holds is not asked: see the other `find`. The pointer lives as long as the history is not changed.
    [[nodiscard]] tag_version const* find(std::string_view tag, instant when) const noexcept;
    /// The same, the records of the customer's state included, which say so since their `updated_at`. Nothing when the
    /// tag said nothing at `when`, or nothing is remembered of it. Throws only `std::bad_alloc`.
    [[nodiscard]] std::optional<tag_version> find(std::string_view tag, instant when, tag_state const& now) const;

    /// Remembers what ended from the state `before` to the state `after`, as seen at `at`, and prunes.
    ///
    /// A record ended when `after` has none of its tag and origin, or one that says something else or began anew, or
    /// when its `valid_until` has come. Its end is exact: its `valid_until`, or before that the `updated_at` of what
    /// took its place; of an automatic one that is gone the instant of the computation, of a manual one `at`.
    /// What is remembered already is not said again: noting twice is noting once.
    ///
    /// Of tags deleted in `after` everything is forgotten, whatever else is answered:
    ///
    /// - `done`, or `unchanged`: there is nothing new to store;
    /// - `late`: `at` is before the end of a remembered version or before the computation of a state, or `after` was
    ///   computed before `before`; nothing was added;
    /// - `invalid`: `at` is `earliest()` or `never()`; nothing was added.
    ///
    /// Throws only `std::bad_alloc`, then nothing was added. Linear in the records and versions; when something ended,
    /// O(n log n) in the versions.
    tag_edit note(tag_state const& before, tag_state const& after, instant at, tag_history_limits const& limits = {});

    /// Forgets what the limits do not keep at `now`. `invalid`: `now` is `earliest()` or `never()`; nothing was
    /// changed.
    tag_edit prune(instant now, tag_history_limits const& limits);
    /// Forgets a tag.
    tag_edit erase(std::string_view tag) noexcept;
    /// Forgets the tags that are deleted in the state. `note` does so; it is for what was merged or stored before.
    tag_edit erase_deleted(tag_state const& state) noexcept;

    friend bool operator==(tag_history const&, tag_history const&) = default;

private:
    std::vector<tag_version> versions_;
};

/// One customer's history out of two, when two ids are found to be one person. Commutative, associative and idempotent.
/// At every instant the tag said what it said on either side; where both sides said something, the greater by value,
/// confidence, reason, operator and version.
///
/// Afterwards `prune` it, and `erase_deleted` with the merged state: what was deleted on one side may be remembered on
/// the other.
[[nodiscard]] tag_history merge(tag_history const& a, tag_history const& b);

/// As JSON text, keys and tags in a fixed order, one line, or indented with `indent` spaces:
///
///     {"segmenta_tag_history": 1,
///      "automatic": {"tier": [{"since": "2024-01-01T00:00:00Z", "until": "2024-03-01T00:00:00Z", "value": "silver",
///                              "confidence": 0.9, "version": "a1b2"}]},
///      "manual": {"gift": [{"since": "2024-02-01T00:00:00Z", "until": "2024-02-04T00:00:00Z", "by": "ann"}]}}
///
/// Empty parts and texts are left out. Times are UTC.
[[nodiscard]] std::string to_json(tag_history const& history, std::size_t indent = 0);

/// Reads what `to_json` wrote; nothing is trusted. Throws `issue_error` with all problems (the first hundred), each
/// with line and JSON pointer: those of JSON (at most 16 MiB), `tag_history.version`, `tag_history.unknown_key`,
/// `tag_history.expected` (a key is absent or of the wrong kind), `tag_history.bad_name`, `tag_history.bad_text`,
/// `tag_history.bad_time` (no time, or an end that is not after the beginning), `tag_history.bad_confidence`,
/// `tag_history.bad_order` (a version begins before the end of the one above it). Versions that touch and say the same
/// are read as one. `source` is the name of the file in messages.
[[nodiscard]] tag_history tag_history_from_json(std::string_view text, std::string_view source = "tag history");

} // namespace v0
} // namespace segmenta

#endif
