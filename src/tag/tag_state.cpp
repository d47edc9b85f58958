// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/tag_state.hpp>

#include "tag/sorted_records.hpp"
#include "tag/tag_text.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

using detail::content_of;
using detail::erase_record;
using detail::find_record;
using detail::is_real;
using detail::join_records;
using detail::put_record;

bool is_valid(tag_giving const& what, instant at) noexcept {
    return is_tag_name(what.tag) && is_real(at) && what.valid_until > at && detail::is_confidence(what.confidence) &&
           detail::is_tag_text(what.value) && detail::is_tag_text(what.reason) && detail::is_tag_text(what.by);
}

template <class Mark> // a lock or a tombstone
bool is_valid_mark(Mark const& what) noexcept {
    return is_tag_name(what.tag) && is_real(what.at) && detail::is_tag_text(what.reason) &&
           detail::is_tag_text(what.by);
}

template <class Record>
Record const* in_force(std::vector<Record> const& records, std::string_view tag, instant when) noexcept {
    auto const* const record = find_record(records, tag);
    return record != nullptr && record->valid_until > when ? record : nullptr;
}

template <class Record>
void first_end_after(std::vector<Record> const& records, instant when, instant& first) noexcept {
    for (auto const& record : records)
        if (record.valid_until > when) first = std::min(first, record.valid_until);
}

tag_record join(tag_record const& a, tag_record const& b) {
    bool const b_wins = std::tuple(a.updated_at, content_of(a)) < std::tuple(b.updated_at, content_of(b));
    tag_record out = b_wins ? b : a;
    out.created_at = std::min(a.created_at, b.created_at);
    out.valid_until = std::max(a.valid_until, b.valid_until);
    return out;
}

tag_lock join(tag_lock const& a, tag_lock const& b) {
    auto const rank = [](tag_lock const& l) {
        return std::tuple(l.at, !l.on, l.valid_until, std::tie(l.reason, l.by));
    };
    return rank(a) < rank(b) ? b : a;
}

tag_tombstone join(tag_tombstone const& a, tag_tombstone const& b) {
    return std::tie(a.at, a.reason, a.by) < std::tie(b.at, b.reason, b.by) ? a : b;
}

// Of the tags of one dimension that hold, what holds beside the others.
class dimension_holder {
public:
    dimension_holder(tag_dimension const& dimension, std::vector<std::optional<held_tag>>& held)
        : dimension_(dimension), held_(held) {}

    void settle() {
        if (dimension_.exclusive) keep_one();
        bool const any = std::any_of(dimension_.values.begin(), dimension_.values.end(),
                                     [this](std::size_t tag) { return held_[tag].has_value(); });
        bool const otherwise = !any && dimension_.otherwise && held_[*dimension_.otherwise];
        if (dimension_.otherwise && any) held_[*dimension_.otherwise].reset();
        if (dimension_.unknown && (any || otherwise)) held_[*dimension_.unknown].reset();
    }

private:
    // A stronger origin is stronger; the last word of people is stronger than their earlier ones.
    [[nodiscard]] static std::pair<tag_origin, instant> strength(held_tag const& held) noexcept {
        switch (held.origin) {
        case tag_origin::locked: return {held.origin, held.lock->at};
        case tag_origin::manual: return {held.origin, held.record->updated_at};
        case tag_origin::automatic: break;
        }
        return {held.origin, instant::earliest()};
    }
    void keep_one() {
        std::optional<std::size_t> best;
        for (std::size_t const tag : dimension_.values) // in order, so that the first of equals stays
            if (held_[tag] && (!best || strength(*held_[*best]) < strength(*held_[tag]))) best = tag;
        for (std::size_t const tag : dimension_.values)
            if (tag != best) held_[tag].reset();
    }

    tag_dimension const& dimension_;
    std::vector<std::optional<held_tag>>& held_; // by tag
};

} // namespace

tag_state::tag_state(parts what)
    : as_of_(what.as_of), automatic_(std::move(what.automatic)), manual_(std::move(what.manual)),
      locks_(std::move(what.locks)), tombstones_(std::move(what.tombstones)) {
    if (tombstones_.empty()) return;
    auto const deleted = [&](auto const& record) { return is_deleted(record.tag); };
    std::erase_if(automatic_, deleted);
    std::erase_if(manual_, deleted);
    std::erase_if(locks_, deleted);
}

tag_edit tag_state::give(tag_giving what, instant at) {
    if (!is_valid(what, at)) return tag_edit::invalid;
    if (is_deleted(what.tag)) return tag_edit::deleted;
    tag_record next{std::move(what.tag),
                    at,
                    at,
                    what.valid_until,
                    std::move(what.value),
                    detail::normal_confidence(what.confidence),
                    std::move(what.reason),
                    {},
                    std::move(what.by)};
    auto* const old = find_record(manual_, next.tag);
    if (old == nullptr) {
        put_record(manual_, std::move(next));
        return tag_edit::done;
    }
    if (old->updated_at > at) return tag_edit::late;
    if (old->valid_until >= at) {
        next.created_at = old->created_at;
        if (content_of(*old) == content_of(next)) next.updated_at = old->updated_at;
    }
    if (*old == next) return tag_edit::unchanged;
    *old = std::move(next);
    return tag_edit::done;
}

tag_edit tag_state::take(std::string_view tag) {
    return erase_record(manual_, tag) ? tag_edit::done : tag_edit::unchanged;
}

tag_edit tag_state::lock(tag_lock what) {
    if (!is_valid_mark(what) || what.valid_until <= what.at) return tag_edit::invalid;
    if (is_deleted(what.tag)) return tag_edit::deleted;
    if (auto const* const old = find_record(std::as_const(locks_), what.tag)) {
        if (old->at > what.at) return tag_edit::late;
        if (*old == what) return tag_edit::unchanged;
    }
    put_record(locks_, std::move(what));
    return tag_edit::done;
}

tag_edit tag_state::unlock(std::string_view tag) {
    return erase_record(locks_, tag) ? tag_edit::done : tag_edit::unchanged;
}

tag_edit tag_state::erase(tag_tombstone what) {
    if (!is_valid_mark(what)) return tag_edit::invalid;
    if (is_deleted(what.tag)) return tag_edit::unchanged;
    put_record(tombstones_, what); // first: what follows cannot fail
    erase_record(automatic_, what.tag);
    erase_record(manual_, what.tag);
    erase_record(locks_, what.tag);
    return tag_edit::done;
}

tag_edit tag_state::undelete(std::string_view tag) {
    return erase_record(tombstones_, tag) ? tag_edit::done : tag_edit::unchanged;
}

bool tag_state::is_deleted(std::string_view tag) const noexcept { return find_record(tombstones_, tag) != nullptr; }

std::optional<held_tag> tag_state::find(std::string_view tag, instant when) const noexcept {
    if (auto const* const lock = in_force(locks_, tag, when)) {
        if (!lock->on) return std::nullopt;
        return held_tag{tag_origin::locked, nullptr, lock};
    }
    if (auto const* const given = in_force(manual_, tag, when)) return held_tag{tag_origin::manual, given, nullptr};
    if (auto const* const computed = in_force(automatic_, tag, when))
        return held_tag{tag_origin::automatic, computed, nullptr};
    return std::nullopt;
}

std::vector<held_tag> tag_state::held(instant when) const {
    std::vector<std::string_view> names;
    auto const add = [&](auto const& records) {
        for (auto const& record : records)
            names.push_back(record.tag);
    };
    add(automatic_);
    add(manual_);
    add(locks_);
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::vector<held_tag> out;
    for (auto const name : names)
        if (auto const held = find(name, when)) out.push_back(*held);
    return out;
}

std::vector<held_tag> tag_state::held(instant when, taxonomy const& tags) const {
    std::vector<held_tag> all = held(when);
    if (tags.dimensions().empty()) return all;
    std::vector<std::optional<held_tag>> by_number(tags.tags().size());
    for (auto const& held : all)
        if (auto const tag = tags.find_tag(held.tag())) by_number[*tag] = held;
    for (auto const& dimension : tags.dimensions())
        dimension_holder(dimension, by_number).settle();
    std::erase_if(all, [&](held_tag const& held) {
        auto const tag = tags.find_tag(held.tag());
        return tag && !by_number[*tag];
    });
    return all;
}

instant tag_state::next_change(instant when) const noexcept {
    instant first = instant::never();
    first_end_after(automatic_, when, first);
    first_end_after(manual_, when, first);
    first_end_after(locks_, when, first);
    return first;
}

tag_state merge(tag_state const& a, tag_state const& b) {
    auto const join_two = [](auto const& x, auto const& y) { return join(x, y); };
    tag_state::parts out;
    out.as_of = std::max(a.as_of(), b.as_of());
    out.automatic = join_records(a.automatic(), b.automatic(), join_two);
    out.manual = join_records(a.manual(), b.manual(), join_two);
    out.locks = join_records(a.locks(), b.locks(), join_two);
    out.tombstones = join_records(a.tombstones(), b.tombstones(), join_two);
    return tag_state(std::move(out));
}

} // namespace v0
} // namespace segmenta
