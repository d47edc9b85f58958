// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/tag_history.hpp>

#include "tag/sorted_records.hpp"
#include "tag/tag_text.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::content_of;
using detail::find_record;
using detail::is_real;

// The order of a history: no two versions of it are equal in all three.
auto place_of(tag_version const& v) noexcept { return std::tie(v.tag, v.until, v.origin); }

auto track_of(tag_version const& v) noexcept { return std::tie(v.tag, v.origin); }

// At each instant what the greatest of one track says. Ordered by anything that a cut changes, such as the beginning,
// merging would depend on its order.
class track_builder {
public:
    explicit track_builder(std::vector<tag_version>& out) : out_(out) {}

    // All versions of one track, sorted by their beginning.
    void add(std::span<tag_version const> track) {
        std::vector<instant> cuts;
        cuts.reserve(track.size() * 2);
        for (auto const& version : track) {
            cuts.push_back(version.since);
            cuts.push_back(version.until);
        }
        std::sort(cuts.begin(), cuts.end());
        cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());

        std::vector<tag_version const*> in_force;
        auto next = track.begin();
        for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
            std::erase_if(in_force, [&](tag_version const* v) { return v->until <= cuts[i]; });
            for (; next != track.end() && next->since == cuts[i]; ++next)
                in_force.push_back(&*next);
            if (in_force.empty()) continue;
            auto const greatest =
                std::max_element(in_force.begin(), in_force.end(), [](tag_version const* a, tag_version const* b) {
                    return content_of(*a) < content_of(*b);
                });
            append(**greatest, cuts[i], cuts[i + 1]);
        }
    }

private:
    void append(tag_version const& what, instant since, instant until) {
        if (!out_.empty() && track_of(out_.back()) == track_of(what) && out_.back().until == since &&
            content_of(out_.back()) == content_of(what)) {
            out_.back().until = until;
            return;
        }
        out_.push_back(what);
        out_.back().since = since;
        out_.back().until = until;
    }

    std::vector<tag_version>& out_;
};

tag_version version_of(tag_record const& record, tag_origin origin, instant until) {
    return {record.tag,        origin,        record.updated_at, until,    record.value,
            record.confidence, record.reason, record.version,    record.by};
}

// What of one origin ended between two states.
class ended_records {
public:
    ended_records(tag_origin origin, instant gone_at, instant at, std::vector<tag_version>& out)
        : origin_(origin), gone_at_(gone_at), at_(at), out_(out) {}

    void compare(std::span<tag_record const> before, std::span<tag_record const> after) {
        for (auto const& old : before) {
            auto const* const next = find_record(after, old.tag);
            bool const goes_on =
                next != nullptr && next->updated_at == old.updated_at && content_of(*next) == content_of(old);
            if (!goes_on) add(old, std::min({old.valid_until, next != nullptr ? next->updated_at : gone_at_, at_}));
        }
        for (auto const& record : after)
            if (record.valid_until <= at_) add(record, record.valid_until);
    }

private:
    void add(tag_record const& record, instant until) {
        if (record.updated_at < until) out_.push_back(version_of(record, origin_, until));
    }

    tag_origin origin_;
    instant gone_at_; // the end of what is no longer there
    instant at_;
    std::vector<tag_version>& out_;
};

// Whether what ended was noted before: going back from its end, past other sides' versions that may cover it, what
// comes first says the same. It must not be added again: what stood between its parts may be pruned, and they would
// join.
bool is_remembered(std::span<tag_version const> of_tag, tag_version const& what) noexcept {
    instant end = what.until;
    for (auto v = of_tag.rbegin(); v != of_tag.rend() && end > what.since; ++v) {
        if (v->origin != what.origin || v->since >= end) continue;
        if (v->until < end) return false;
        if (content_of(*v) == content_of(what)) return true;
        end = v->since;
    }
    return false;
}

} // namespace

tag_history::tag_history(std::vector<tag_version> versions) {
    std::erase_if(versions, [](tag_version const& v) {
        return v.since >= v.until || !is_real(v.since) || !is_real(v.until) || v.origin == tag_origin::locked;
    });
    std::sort(versions.begin(), versions.end(), [](tag_version const& a, tag_version const& b) {
        return std::tuple(track_of(a), a.since) < std::tuple(track_of(b), b.since);
    });
    versions_.reserve(versions.size());
    track_builder builder(versions_);
    for (auto at = versions.begin(); at != versions.end();) {
        auto const end =
            std::find_if(at, versions.end(), [&](tag_version const& v) { return track_of(v) != track_of(*at); });
        builder.add(std::span<tag_version const>(&*at, static_cast<std::size_t>(end - at)));
        at = end;
    }
    std::sort(versions_.begin(), versions_.end(),
              [](tag_version const& a, tag_version const& b) { return place_of(a) < place_of(b); });
}

std::span<tag_version const> tag_history::versions(std::string_view tag) const noexcept {
    auto const first = std::lower_bound(versions_.begin(), versions_.end(), tag, detail::by_tag);
    auto const last = std::upper_bound(first, versions_.end(), tag,
                                       [](std::string_view name, tag_version const& v) { return name < v.tag; });
    return {first, last};
}

tag_version const* tag_history::find(std::string_view tag, instant when) const noexcept {
    tag_version const* found = nullptr;
    for (auto const& version : versions(tag))
        if (version.since <= when && when < version.until && (found == nullptr || found->origin < version.origin))
            found = &version;
    return found;
}

std::optional<tag_version> tag_history::find(std::string_view tag, instant when, tag_state const& now) const {
    auto const say = [&](std::span<tag_record const> records) {
        auto const* const record = find_record(records, tag);
        return record != nullptr && record->updated_at <= when && when < record->valid_until ? record : nullptr;
    };
    auto const* const past = find(tag, when);
    if (auto const* const given = say(now.manual())) return version_of(*given, tag_origin::manual, given->valid_until);
    if (past != nullptr && past->origin == tag_origin::manual) return *past;
    if (auto const* const computed = say(now.automatic()))
        return version_of(*computed, tag_origin::automatic, computed->valid_until);
    if (past != nullptr) return *past;
    return std::nullopt;
}

tag_edit tag_history::note(tag_state const& before, tag_state const& after, instant at,
                           tag_history_limits const& limits) {
    bool const forgotten = erase_deleted(after) == tag_edit::done; // first, whatever comes
    if (!is_real(at)) return tag_edit::invalid;
    bool const newer =
        std::any_of(versions_.begin(), versions_.end(), [&](tag_version const& v) { return v.until > at; });
    if (newer || at < after.as_of() || after.as_of() < before.as_of()) return tag_edit::late;

    std::vector<tag_version> ended;
    instant const computed_at = before.as_of() < after.as_of() ? after.as_of() : at;
    ended_records(tag_origin::automatic, computed_at, at, ended).compare(before.automatic(), after.automatic());
    ended_records(tag_origin::manual, at, at, ended).compare(before.manual(), after.manual());
    std::erase_if(ended,
                  [&](tag_version const& v) { return after.is_deleted(v.tag) || is_remembered(versions(v.tag), v); });

    bool changed = forgotten;
    if (ended.empty()) {
        changed |= prune(at, limits) == tag_edit::done;
    } else {
        ended.insert(ended.end(), versions_.begin(), versions_.end());
        tag_history next(std::move(ended));
        next.prune(at, limits);
        changed |= next != *this;
        *this = std::move(next);
    }
    return changed ? tag_edit::done : tag_edit::unchanged;
}

tag_edit tag_history::prune(instant now, tag_history_limits const& limits) {
    if (!is_real(now)) return tag_edit::invalid;
    std::size_t const before = versions_.size();
    if (limits.keep_for) {
        instant const horizon = subtract(*limits.keep_for, now, limits.where);
        std::erase_if(versions_, [&](tag_version const& v) { return v.until <= horizon; });
    }
    std::size_t kept = 0;
    for (std::size_t first = 0, last = 0; first < versions_.size(); first = last) {
        while (last < versions_.size() && versions_[last].tag == versions_[first].tag)
            ++last;
        std::size_t const of_tag = std::min(last - first, limits.most_versions);
        for (std::size_t i = last - of_tag; i < last; ++i, ++kept)
            if (kept != i) versions_[kept] = std::move(versions_[i]);
    }
    versions_.erase(std::next(versions_.begin(), static_cast<std::ptrdiff_t>(kept)), versions_.end());
    return versions_.size() == before ? tag_edit::unchanged : tag_edit::done;
}

tag_edit tag_history::erase(std::string_view tag) noexcept {
    auto const erased = std::erase_if(versions_, [&](tag_version const& v) { return v.tag == tag; });
    return erased > 0 ? tag_edit::done : tag_edit::unchanged;
}

tag_edit tag_history::erase_deleted(tag_state const& state) noexcept {
    if (state.tombstones().empty()) return tag_edit::unchanged;
    auto const erased = std::erase_if(versions_, [&](tag_version const& v) { return state.is_deleted(v.tag); });
    return erased > 0 ? tag_edit::done : tag_edit::unchanged;
}

tag_history merge(tag_history const& a, tag_history const& b) {
    std::vector<tag_version> all(a.versions().begin(), a.versions().end());
    all.insert(all.end(), b.versions().begin(), b.versions().end());
    return tag_history(std::move(all));
}

} // namespace v0
} // namespace segmenta
