// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_PURPOSES_HPP
#define SEGMENTA_PLAN_PURPOSES_HPP

// How delicate fields and tags are and what they may serve (PIPL article 6, GDPR article 5(1)(b): purpose limitation).

#include "plan/json_node.hpp"

#include <segmenta/column/graph.hpp>
#include <segmenta/plan/plan.hpp>
#include <segmenta/record/schema.hpp>
#include <segmenta/rule/program.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// `open`, `internal`, `personal`, `special`; nothing (reported) for another word.
std::optional<sensitivity> read_sensitivity(json_node const& node);

// Sorted, each once. Reported: no list, a word that is no identifier, an empty list, which would mean "nothing at all".
std::vector<std::string> read_purposes(json_node const& node);

// What something made of several fields is: as delicate as the most delicate, for the purposes that all of them may
// serve.
struct handling {
    sensitivity level = sensitivity::open;
    std::vector<std::string> purposes; // empty: any
    bool contradictory = false;        // there are limits, and no purpose is within all of them

    void add(field const& read);
};

// What each tag is made of, through any number of columns, must be allowed for what the tag is for: `tag.purpose`,
// `tag.sensitivity`.
void check_tag_handling(plan_parts const& parts, schema const& what, column_graph const& graph, issue_list& issues);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
