// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_SEGMENTER_REQUEST_PLAN_HPP
#define SEGMENTA_SRC_SEGMENTER_REQUEST_PLAN_HPP

// What answering about one customer needs beside the compiled plan, worked out once, and the memory of one thread.

#include "feature/row_answers.hpp"
#include "segmenter/compiled.hpp"

#include <segmenta/feature/feature_set.hpp>
#include <segmenta/feature/history_summary.hpp>
#include <segmenta/record/history.hpp>
#include <segmenta/record/history_rows.hpp>
#include <segmenta/rule/program.hpp>
#include <segmenta/segmenter/classification.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

/// The features of one history.
struct history_plan {
    std::size_t index = 0; ///< in the schema
    feature_set features;
    std::optional<std::size_t> order_field;
    bool dates_only = false;
    std::vector<std::optional<program>> wheres; ///< per group
    std::vector<std::vector<program>> steps;    ///< per task: of its sequence
    std::vector<std::size_t> fields;            ///< those that features or conditions read
};

/// How one node is computed: what every request needs of the plan, side by side.
struct node_step {
    enum class source : std::uint8_t { attribute, as_of, as_of_day, flag, feature, rule, strategy };
    /// Which time limits an answer beside those of what it reads.
    enum class limit : std::uint8_t {
        inputs,    ///< none
        day_steps, ///< `day_steps`, instead of the passing of days
        own_day,   ///< a strategy says itself when the day changes its answer, and only it reads the day
    };
    source from = source::attribute;
    limit until = limit::inputs;
    aggregate what{}; ///< feature
    type result{};
    bool population = false; ///< strategy
    bool scores = false;     ///< strategy: answers a number and no segment
    bool whole_scores = false;
    bool last_step_holds = false;      ///< after the last of `day_steps` nothing changes any more
    std::uint32_t attribute = 0;       ///< index in the schema
    std::uint32_t policy = 0;          ///< attribute with a stand-in, flag: index into compiled_plan::stand_ins
    stand_in const* put = nullptr;     ///< attribute: what stands in when it is missing
    std::uint64_t imputable = 0;       ///< bit i: it reads the attribute of stand-in i
    std::uint32_t history = 0;         ///< feature: index into request_plan::histories
    std::uint32_t feature = 0;         ///< feature: index into its feature_set
    type summed{};                     ///< feature: of the aggregated field
    std::uint32_t group = 0;           ///< feature: of its feature_set
    std::optional<std::uint32_t> task; ///< feature: of its feature_set, when it looks at rows
    std::uint32_t inputs = 0;          ///< strategy: first of its views in state::inputs
    std::uint32_t input_count = 0;
    std::uint32_t day_input = 0;          ///< the node that counts the days of `day_steps`
    std::span<std::uint32_t const> reads; ///< nodes, those of the condition too
    std::vector<std::uint32_t> ends_with; ///< those of `reads` that end this answer when they change
    program const* condition = nullptr;
    program const* rule = nullptr;
    any_strategy const* strategy = nullptr;
    std::vector<std::string_view> segments; ///< strategy: local ids
    /// A strategy or rule whose only time-dependent input counts days (recency_days, tenure_days) and that reads
    /// nothing else: the values of that input at which its answer changes, ascending.
    std::vector<std::int64_t> day_steps;
    std::vector<field> fields;      ///< with purposes, that an attribute or feature reads
    std::uint32_t definition = 0;   ///< feature: index into the plan's columns
    std::uint32_t text_scratch = 0; ///< rule with text: which scratch keeps it
    bool makes_text = false;        ///< rule
};

/// All yes-or-no tags of the plan at once.
struct tag_index {
    std::optional<rule_index> index;      ///< over their rules, whose variables are those of `resolved_plan::names`
    std::vector<std::string> names;       ///< in the order of the plan
    std::vector<std::uint32_t> positions; ///< of each in the index
    std::vector<std::uint32_t> nodes;     ///< of each in the graph
    std::vector<output_handle> reads;     ///< what the rules read
    std::vector<std::pair<std::uint32_t, std::vector<std::string>>> limited; ///< tags with purposes
    std::vector<output_handle> remembered;                                   ///< what the state of tags is made of, and
    std::vector<std::string> of;                                             ///< the tag of each
};

struct request_plan {
    std::unique_ptr<tag_index const> tags;
    std::shared_ptr<compiled_plan const> compiled;
    std::uint64_t id = 0;
    std::vector<history_plan> histories;
    std::vector<node_step> steps; ///< per node
    std::vector<output_handle> outputs;
    std::size_t words = 0;                   ///< of a set of nodes
    std::vector<std::uint64_t> closures;     ///< per node: itself and all it reads
    std::vector<std::uint32_t> output_order; ///< what the plan's outputs need, in the order of the graph
    std::size_t inputs = 0;                  ///< views of all strategies
    std::size_t text_rules = 0;
    std::vector<std::uint32_t> needed; ///< attributes without which a customer is left out
};

[[nodiscard]] std::unique_ptr<tag_index const> make_tag_index(request_plan const& plan);
[[nodiscard]] std::shared_ptr<request_plan const> make_request_plan(std::shared_ptr<compiled_plan const> compiled);

/// One node's answer. `cell` holds it as a column of one row, for strategies.
struct node_slot {
    status state = status::not_requested;
    std::optional<bool> changed{};
    std::uint64_t present = 0;
    instant valid_until = instant::never();
    instant rows_change = instant::never(); ///< of a feature: when its rows change, whatever the day
    alignas(16) std::array<std::byte, sizeof(text_set) < 16 ? 16 : sizeof(text_set)> cell{};
    assignment given;
};

/// The value in a slot, of the node's type; missing when there is none. Slots keep the bare element, because copying
/// whole values from store to store costs more than computing most of them.
[[nodiscard]] value value_of(node_slot const& slot, type what) noexcept;

/// Rows of a host's own range, gathered as columns.
struct gathered_history {
    history_view view;
    bool ready = false;
    bool truncated = false;
    std::vector<std::int64_t> times;
    std::vector<std::int32_t> days;
    std::vector<column_view> columns;
    std::vector<std::vector<std::uint64_t>> data; ///< per field: two words per row for text, else one
    std::vector<std::vector<std::uint64_t>> valid;
    history_rows host;     ///< a host's own rows, from which conditions read sets: no column holds them
    std::size_t first = 0; ///< of these, which is row 0 of the view
    std::vector<history_summary> summaries;
    std::vector<task_answer> answers;        ///< per task
    std::vector<instant> changes;            ///< per group: when its rows change next
    std::vector<std::uint8_t> reaches_start; ///< per group: whether its rows begin with the first one gathered
};

} // namespace detail

struct classification::state {
    std::shared_ptr<detail::request_plan const> plan;
    std::vector<detail::node_slot> slots;
    std::vector<column_view> views;  ///< per node: its cell as a column
    std::vector<column_view> inputs; ///< of all strategies, copies of `views` in their order
    std::vector<detail::gathered_history> histories;
    std::vector<std::uint64_t> wanted;    ///< nodes of the outputs asked for
    std::vector<std::uint32_t> order;     ///< the same in the order of the graph
    bool some_outputs = false;            ///< the last query asked for outputs of its own
    schema const* known_schema = nullptr; ///< the last one seen to be that of the plan
    rule_scratch scratch;
    std::vector<rule_scratch> text_scratch;
    std::vector<std::uint8_t> mask;
    std::vector<std::uint64_t> ids;
    detail::task_scratch tasks;
    instant as_of{};
    instant valid_until = instant::never();
    std::uint64_t imputed = 0; ///< bit i: stand-in i was put
    bool left_out = false;     ///< for want of an attribute
    bool compared = false;     ///< some slot may say `changed`
    bool other_plan = false;   ///< the last call was made by another segmenter, or about a customer of another schema
};

} // namespace v0
} // namespace segmenta

#endif
