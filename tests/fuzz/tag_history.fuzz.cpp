// SPDX-License-Identifier: Apache-2.0
// Any bytes: a history of tags is read or refused with issues. What is read, is written and reads back to the same
// history, and can be asked, noted in, pruned and merged.
#include "fuzz/replay.hpp"

#include <segmenta/error.hpp>
#include <segmenta/tag/tag_history.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using namespace segmenta;

void require(bool holds) {
    if (!holds) std::abort();
}

void ask(tag_history const& history) {
    for (auto const& version : history.versions()) {
        require(version.since < version.until);
        auto const* const found = history.find(version.tag, version.since);
        require(found != nullptr && (found == &version || found->origin >= version.origin));
        auto const of_tag = history.versions(version.tag);
        require(&version >= of_tag.data() && &version < of_tag.data() + of_tag.size());
    }
}

void use(tag_history const& history) {
    require(merge(history, history) == history);
    require(merge(tag_history{}, history) == history);
    ask(history);
    if (history.empty()) return;
    instant end = instant::earliest();
    for (auto const& version : history.versions())
        end = std::max(end, version.until);

    tag_history_limits const limits{.most_versions = 2, .keep_for = period::of_months(1)};
    tag_history next = history;
    require(next.prune(end, limits) <= tag_edit::unchanged);
    require(next.prune(end, limits) == tag_edit::unchanged);
    require(!next.empty()); // the newest is not too old
    ask(next);

    std::string const tag = history.versions().front().tag;
    tag_state::parts held;
    held.automatic = {{.tag = tag, .updated_at = history.versions().front().since, .value = "held"}};
    tag_state const before(held);
    tag_state after = before;
    require(next.note(before, tag_state{}, end, limits) <= tag_edit::unchanged);
    tag_history const once = next;
    require(next.note(before, tag_state{}, end, limits) == tag_edit::unchanged);
    require(next == once);
    require(after.erase({.tag = tag, .at = end}) == tag_edit::done);
    require(next.note(before, after, end, limits) <= tag_edit::unchanged);
    require(next.versions(tag).empty());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    tag_history history;
    try {
        history = tag_history_from_json(text, "fuzz");
    } catch (issue_error const& error) {
        // refused: there must be a reason, and every reason has a place
        require(error.issues().has_errors());
        for (auto const& problem : error.issues())
            require(!problem.code.empty() && !problem.place.empty() && !problem.message.empty());
        return 0;
    }
    std::string const written = to_json(history);
    require(tag_history_from_json(written) == history);
    require(to_json(tag_history_from_json(written)) == written);
    use(history);
    return 0;
}
