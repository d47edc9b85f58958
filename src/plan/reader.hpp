// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_READER_HPP
#define SEGMENTA_PLAN_READER_HPP

// The parts of the plan reader. Each reads what it can, reports the rest, and remembers which names are defined but
// broken, so that one slip is one issue and not one for everything that builds on it.

#include <segmenta/plan/plan.hpp>
#include <segmenta/plan/resolve.hpp>
#include <segmenta/tag/taxonomy.hpp>
#include <segmenta/time/zone.hpp>

#include "plan/json_node.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace segmenta {
inline namespace v0 {

struct plan::contents {
    plan_parts parts;
    schema sources;
    v0::zone days_in; // plan::zone() hides the name
    label_set labels;
    issue_list warnings;
    std::string hash;
    taxonomy tags;
    std::unordered_map<std::string, std::size_t> columns_by_name;
};

namespace detail {

// Names that are defined, but wrongly: nothing is said about what reads them.
struct broken_names {
    std::set<std::string, std::less<>> columns;
    std::set<std::string, std::less<>> attributes;
    std::set<std::string, std::less<>> histories;
    std::set<std::pair<std::string, std::string>> fields; // history and field
};

// plan_parts::currency_code while a plan is read whose currency is none.
inline constexpr std::string_view unusable_currency = "?";

// Field names read in the definition of a source itself: by derive, cancelled and reject.
using used_fields = std::set<std::pair<std::string, std::string>>;

// Everything under `/sources`: fills parts.sources and `described`, the schema they make.
void read_sources(json_node const& sources, plan_parts& parts, schema& described, broken_names& broken,
                  used_fields& used);

// Types a field may have, for messages.
inline constexpr std::string_view type_examples =
    "bool, int64, double, decimal(3), money(GBP,2), date, instant, duration, string, category, set";

// The type of a field; `money` and `money(3)` take the plan's currency. Nothing (reported) when it is none.
std::optional<type> read_type(json_node const& node, plan_parts const& parts);

// The format of one source.
source_format read_format(json_node const& format);

// Everything under `/identity`; `described` is what the sources make.
void read_identity(json_node const& identity, plan_parts& parts, schema const& described, broken_names const& broken,
                   used_fields& used);

// Everything under `/when_missing`, as far as it can be checked without a schema.
void read_when_missing(json_node const& policies, plan_parts& parts);

// Everything under `/columns`: definitions as far as they can be checked without a schema.
void read_columns(json_node const& columns, plan_parts& parts, broken_names& broken);

// Everything under `/tags` and under `/taxonomy`.
void read_tags(json_node const& tags, plan_parts& parts, broken_names& broken);
void read_taxonomy(json_node const& taxonomy, plan_parts& parts);

// The column of what a tag would be if there were no others in its dimension, and no instead of not applicable; only
// where that differs from the tag.
std::string own_rule_column(std::string_view tag);

// Tags and taxonomy as a whole; nothing (reported) when they do not fit together.
std::optional<taxonomy> check_tags(json_node const& root, plan_parts const& parts);

// Adds the column of each computed tag: those of a dimension exclude each other, and one of them says "unknown".
void add_tag_columns(json_node const& root, plan_parts& parts, broken_names& broken);

// A column's definition as the registry of mechanisms takes it. `zone` is the plan's.
strategy_use use_of(column_definition const& column, strategy_definition const& strategy, zone const& days_in);

// `resolve` with known gaps; problems go to `issues`, and then the result is not to be used.
resolved_plan resolve_with_gaps(plan_parts const& parts, schema const& what, strategy_registry const& mechanisms,
                                broken_names const& broken, issue_list& issues);

// Canonical text of everything that can change a result.
std::string canonical_text(plan_parts const& parts);
// The plan as a file.
std::string plan_text(plan_parts const& parts);

// A CEL text at `node`, a string: reported and empty when it is empty or no string.
std::optional<std::string> read_rule_text(json_node const& node);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
