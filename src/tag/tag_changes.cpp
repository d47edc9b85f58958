// SPDX-License-Identifier: Apache-2.0
#include <segmenta/tag/tag_changes.hpp>

#include "tag/sorted_records.hpp"
#include "tag/tag_text.hpp"

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::string_view otherwise_reason = "dimension.otherwise";
constexpr std::string_view unknown_reason = "dimension.unknown";

auto rank_of(tag_answer const& a) noexcept { return std::tie(a.tag, a.holds, a.value, a.confidence, a.reason); }

bool is_usable(tag_answer const& a) noexcept {
    return detail::is_tag_text(a.value) && detail::is_tag_text(a.reason) && detail::is_confidence(a.confidence);
}

// One answer per tag, by number, and the names of those of no use.
class answer_sheet {
public:
    answer_sheet(std::span<tag_answer const> answers, taxonomy const& tags, tag_state const& state, instant as_of)
        : tags_(tags), holds(tags.tags().size()), chosen(tags.tags().size()), barred(tags.tags().size()) {
        std::vector<tag_answer> usable;
        for (auto const& answer : answers)
            if (is_usable(answer))
                usable.push_back(answer);
            else
                ignored.emplace_back(answer.tag);
        // of several answers of the same kind the least counts, whatever order they came in
        std::sort(usable.begin(), usable.end(),
                  [](tag_answer const& a, tag_answer const& b) { return rank_of(a) < rank_of(b); });
        for (auto at = usable.begin(); at != usable.end();) {
            auto const end = std::find_if(at, usable.end(), [&](tag_answer const& a) { return a.tag != at->tag; });
            take(std::span<tag_answer const>(&*at, static_cast<std::size_t>(end - at)));
            at = end;
        }
        std::sort(ignored.begin(), ignored.end());
        ignored.erase(std::unique(ignored.begin(), ignored.end()), ignored.end());
        for (auto const& dimension : tags.dimensions())
            for (std::size_t const tag : dimension.values)
                bar(tag, state, as_of);
        settle(tags, holds);
    }

private:
    // The next in order that fits is given instead.
    void bar(std::size_t tag, tag_state const& state, instant as_of) {
        auto const& name = tags_.tags()[tag].name;
        auto const locks = state.locks();
        auto const lock = std::lower_bound(locks.begin(), locks.end(), name, detail::by_tag);
        bool const off = lock != locks.end() && lock->tag == name && !lock->on && lock->valid_until > as_of;
        if (!off && !state.is_deleted(name)) return;
        barred[tag] = true;
        holds[tag] = false;
    }

    void take(std::span<tag_answer const> same_tag) {
        auto const tag = tags_.find_tag(same_tag.front().tag);
        bool const agree = same_tag.front().holds == same_tag.back().holds;
        if (!tag || tags_.tags()[*tag].kind == tag_kind::manual || !agree) {
            ignored.emplace_back(same_tag.front().tag);
            return;
        }
        holds[*tag] = same_tag.front().holds;
        chosen[*tag] = same_tag.front();
    }

    taxonomy const& tags_;

public:
    std::vector<std::optional<bool>> holds;
    std::vector<tag_answer> chosen; // without text where there was no answer
    std::vector<bool> barred;       // values of dimensions that are locked off or deleted
    std::vector<std::string> ignored;
};

// The records of the computed tags after a run.
class automatic_tags {
public:
    automatic_tags(tag_state const& before, answer_sheet const& answers, taxonomy const& tags, tag_run const& run)
        : before_(before), answers_(answers), tags_(tags), run_(run), records_(tags.tags().size()),
          causes(tags.tags().size(), tag_cause::differs) {
        for (std::size_t tag = 0; tag < records_.size(); ++tag)
            if (!is_given_by_dimension(tag)) compute(tag);
        for (auto const& dimension : tags.dimensions())
            compute_rest(dimension);
    }

    [[nodiscard]] std::vector<tag_record> take_records() {
        std::vector<tag_record> out;
        for (auto& record : records_)
            if (record) out.push_back(std::move(*record));
        std::sort(out.begin(), out.end(), [](auto const& a, auto const& b) { return a.tag < b.tag; });
        return out;
    }

private:
    [[nodiscard]] bool is_given_by_dimension(std::size_t tag) const noexcept {
        auto const at = tags_.dimension_of_tag(tag);
        if (!at) return false;
        auto const& dimension = tags_.dimensions()[*at];
        return dimension.otherwise == tag || dimension.unknown == tag;
    }

    [[nodiscard]] tag_record const* old_record(std::size_t tag) const noexcept {
        auto const records = before_.automatic();
        auto const& name = tags_.tags()[tag].name;
        auto const at = std::lower_bound(records.begin(), records.end(), name, detail::by_tag);
        return at != records.end() && at->tag == name ? &*at : nullptr;
    }

    void compute(std::size_t tag) {
        auto const& definition = tags_.tags()[tag];
        if (definition.kind == tag_kind::manual) {
            causes[tag] = tag_cause::undefined;
            return;
        }
        auto const& answer = answers_.chosen[tag];
        if (answers_.holds[tag] == true) return hold(tag, answer, tag_cause::matches);
        auto const* const old = old_record(tag);
        if (old == nullptr || old->valid_until <= run_.as_of) return;
        bool const known = answers_.holds[tag].has_value();
        bool const replaced = known && is_replaced(tag);
        causes[tag] = replaced ? tag_cause::replaced : tag_cause::differs;
        if (replaced || (known && definition.refresh == tag_refresh::clear)) return;
        causes[tag] = known ? tag_cause::remembered : tag_cause::unknown;
        records_[tag] = *old;
        kept.push_back({definition.name, run_.as_of, causes[tag]});
    }

    // Another value of its exclusive dimension is yes, or it is out of the running.
    [[nodiscard]] bool is_replaced(std::size_t tag) const noexcept {
        if (answers_.barred[tag]) return true;
        auto const at = tags_.dimension_of_tag(tag);
        if (!at || !tags_.dimensions()[*at].exclusive) return false;
        auto const& values = tags_.dimensions()[*at].values;
        return std::any_of(values.begin(), values.end(),
                           [&](std::size_t other) { return answers_.holds[other] == true; });
    }

    void hold(std::size_t tag, tag_answer const& answer, tag_cause cause) {
        auto const& definition = tags_.tags()[tag];
        tag_record next;
        next.tag = definition.name;
        next.created_at = next.updated_at = run_.as_of;
        if (definition.valid_for) next.valid_until = add(*definition.valid_for, run_.as_of, run_.where);
        next.value = answer.value;
        next.confidence = detail::normal_confidence(answer.confidence);
        next.reason = answer.reason;
        if (detail::is_tag_text(run_.version)) next.version = run_.version;
        causes[tag] = cause;
        auto const* const old = old_record(tag);
        if (old != nullptr && old->valid_until >= run_.as_of) {
            next.created_at = old->created_at;
            auto const content = [](tag_record const& r) {
                return std::tie(r.value, r.confidence, r.reason, r.version);
            };
            if (content(*old) == content(next))
                next.updated_at = old->updated_at;
            else
                updated.push_back(definition.name);
        }
        records_[tag] = std::move(next);
    }

    // The tags that a dimension gives when no value is held.
    void compute_rest(tag_dimension const& dimension) {
        bool const any = std::any_of(dimension.values.begin(), dimension.values.end(),
                                     [&](std::size_t tag) { return records_[tag].has_value(); });
        bool const otherwise = dimension.otherwise && !any && answers_.holds[*dimension.otherwise] == true;
        if (dimension.otherwise) give_rest(*dimension.otherwise, otherwise, any, otherwise_reason);
        bool const still_otherwise = dimension.otherwise && records_[*dimension.otherwise];
        if (dimension.unknown) give_rest(*dimension.unknown, !any && !still_otherwise, true, unknown_reason);
    }

    void give_rest(std::size_t tag, bool given, bool known, std::string_view reason) {
        tag_answer answer;
        answer.reason = reason;
        if (given) return hold(tag, answer, tag_cause::dimension);
        causes[tag] = tag_cause::replaced;
        // `otherwise` stays while the values are not known
        if (known || answers_.holds[tag].has_value()) return;
        auto const* const old = old_record(tag);
        if (old == nullptr || old->valid_until <= run_.as_of) return;
        records_[tag] = *old;
        kept.push_back({old->tag, run_.as_of, tag_cause::unknown});
    }

    tag_state const& before_;
    answer_sheet const& answers_;
    taxonomy const& tags_;
    tag_run const& run_;
    std::vector<std::optional<tag_record>> records_; // by number

public:
    std::vector<tag_cause> causes; // by number: why it came, or is gone
    std::vector<std::string> updated;
    std::vector<tag_change> kept;
};

template <class Record>
std::vector<Record> in_force(std::span<Record const> records, instant when) {
    std::vector<Record> out;
    std::copy_if(records.begin(), records.end(), std::back_inserter(out),
                 [&](Record const& record) { return record.valid_until > when; });
    return out;
}

using name_set = std::vector<std::string_view>; // sorted

name_set names_held(tag_state const& state, instant when, taxonomy const& tags) {
    name_set out;
    for (auto const& held : state.held(when, tags))
        out.push_back(held.tag());
    return out;
}

// Tells what came and went between sets of names.
class change_teller {
public:
    explicit change_teller(tag_change_set& out) : out_(out) {}

    template <class Entered, class Left>
    void tell(name_set const& before, name_set const& after, instant at, Entered why_entered, Left why_left) {
        for (auto const name : after)
            if (!std::binary_search(before.begin(), before.end(), name))
                out_.entered.push_back({std::string(name), at, why_entered(name)});
        for (auto const name : before)
            if (!std::binary_search(after.begin(), after.end(), name))
                out_.left.push_back({std::string(name), at, why_left(name)});
    }

private:
    tag_change_set& out_;
};

void sort_changes(std::vector<tag_change>& changes) {
    std::sort(changes.begin(), changes.end(),
              [](tag_change const& a, tag_change const& b) { return std::tie(a.tag, a.at) < std::tie(b.tag, b.at); });
}

} // namespace

std::string_view to_string(tag_cause cause) noexcept {
    switch (cause) {
    case tag_cause::matches: return "matches";
    case tag_cause::dimension: return "dimension";
    case tag_cause::ended: return "ended";
    case tag_cause::differs: return "differs";
    case tag_cause::expired: return "expired";
    case tag_cause::replaced: return "replaced";
    case tag_cause::undefined: return "undefined";
    case tag_cause::unknown: return "unknown";
    case tag_cause::remembered: return "remembered";
    }
    return "unknown";
}

tag_change_set advance(tag_state const& state, std::span<tag_answer const> answers, taxonomy const& definitions,
                       tag_run const& run) {
    tag_change_set out;
    if (run.as_of < state.as_of() || run.as_of.is_never() || run.as_of.is_earliest()) {
        out.state = state;
        out.late = true;
        return out;
    }
    answer_sheet sheet(answers, definitions, state, run.as_of);
    automatic_tags computed(state, sheet, definitions, run);
    out.ignored = std::move(sheet.ignored);
    tag_state::parts next;
    next.as_of = run.as_of;
    next.automatic = computed.take_records();
    next.manual = in_force(state.manual(), run.as_of);
    next.locks = in_force(state.locks(), run.as_of);
    next.tombstones.assign(state.tombstones().begin(), state.tombstones().end());
    out.state = tag_state(std::move(next));

    change_teller teller(out);
    name_set before = names_held(state, instant::earliest(), definitions);
    auto const ended = [](std::string_view) { return tag_cause::ended; };
    for (instant at = state.next_change(instant::earliest()); at < run.as_of; at = state.next_change(at)) {
        name_set after = names_held(state, at, definitions);
        teller.tell(before, after, at, ended, [&](std::string_view) { return tag_cause::expired; });
        before = std::move(after);
    }
    auto const cause_of = [&](std::string_view name) {
        auto const tag = definitions.find_tag(name);
        return tag ? computed.causes[*tag] : tag_cause::undefined;
    };
    auto const why_entered = [&](std::string_view name) {
        auto const cause = cause_of(name);
        bool const computed_now = cause == tag_cause::matches || cause == tag_cause::dimension;
        return computed_now ? cause : tag_cause::ended;
    };
    auto const why_left = [&](std::string_view name) {
        if (!state.holds(name, run.as_of)) return tag_cause::expired;
        if (out.state.holds(name, run.as_of)) return tag_cause::replaced; // hidden by a stronger one of its dimension
        return cause_of(name);
    };
    teller.tell(before, names_held(out.state, run.as_of, definitions), run.as_of, why_entered, why_left);

    // records of deleted tags are not in the state, so they are not told either
    auto const is_gone = [&](std::string_view name) { return out.state.is_deleted(name); };
    out.updated = std::move(computed.updated);
    out.kept = std::move(computed.kept);
    std::erase_if(out.updated, is_gone);
    std::erase_if(out.kept, [&](tag_change const& change) { return is_gone(change.tag); });
    std::sort(out.updated.begin(), out.updated.end());
    sort_changes(out.kept);
    sort_changes(out.entered);
    sort_changes(out.left);
    return out;
}

} // namespace v0
} // namespace segmenta
