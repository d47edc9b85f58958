// SPDX-License-Identifier: Apache-2.0
// Any bytes: a state of tags is read or refused with issues. What is read, is written and reads back to the same state,
// and can be asked, edited, merged and advanced.
#include "fuzz/replay.hpp"

#include <segmenta/error.hpp>
#include <segmenta/tag/tag_changes.hpp>
#include <segmenta/tag/tag_state.hpp>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

segmenta::taxonomy definitions_of(segmenta::tag_state const& state) {
    std::vector<segmenta::tag_definition> tags;
    for (auto const& record : state.automatic()) {
        segmenta::tag_definition definition;
        definition.name = record.tag;
        definition.rule = "true";
        definition.valid_for = segmenta::period::of_months(1);
        tags.push_back(definition);
    }
    return segmenta::taxonomy({}, tags);
}

void use(segmenta::tag_state const& state) {
    require(segmenta::merge(state, state) == state);
    segmenta::taxonomy const definitions = definitions_of(state);
    std::vector<segmenta::tag_answer> answers;
    for (std::size_t i = 0; i < definitions.tags().size(); ++i)
        answers.push_back(
            {.tag = definitions.tags()[i].name, .holds = i % 3 == 0 ? std::nullopt : std::optional<bool>(i % 3 == 1)});
    segmenta::tag_run const run{.as_of = state.as_of().is_earliest() ? segmenta::instant{} : state.as_of()};
    auto const next = segmenta::advance(state, answers, definitions, run);
    require(!next.late && next.ignored.empty());
    auto const again = segmenta::advance(next.state, answers, definitions, run);
    require(again.state == next.state && !again.changed());
    require(segmenta::tag_state_from_json(segmenta::to_json(next.state)) == next.state);
    for (auto const& held : next.state.held(run.as_of))
        require(!next.state.is_deleted(held.tag()) && held.valid_until() > run.as_of);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    std::string_view const text(reinterpret_cast<char const*>(data), size);
    segmenta::tag_state state;
    try {
        state = segmenta::tag_state_from_json(text, "fuzz");
    } catch (segmenta::issue_error const& error) {
        // refused: there must be a reason, and every reason has a place
        require(error.issues().has_errors());
        for (auto const& problem : error.issues())
            require(!problem.code.empty() && !problem.place.empty() && !problem.message.empty());
        return 0;
    }
    std::string const written = segmenta::to_json(state);
    require(segmenta::tag_state_from_json(written) == state);
    require(segmenta::to_json(segmenta::tag_state_from_json(written)) == written);
    use(state);
    return 0;
}
