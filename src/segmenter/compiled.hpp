// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SRC_SEGMENTER_COMPILED_HPP
#define SEGMENTA_SRC_SEGMENTER_COMPILED_HPP

// A plan resolved against a schema, with its strategies made: what batches and requests evaluate.

#include <segmenta/plan/resolve.hpp>
#include <segmenta/segmenter/batch.hpp>
#include <segmenta/segmenter/fitted_plan.hpp>
#include <segmenta/time/zone.hpp>

#include "segmenter/stand_ins.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct compiled_plan {
    plan definition;
    schema what;
    resolved_plan resolved;
    zone where;
    std::vector<any_strategy> strategies;                          ///< per node
    std::vector<std::shared_ptr<string_pool const>> segment_pools; ///< per node of segments: local ids, code = index
    std::string hash;
    std::vector<stand_in> stand_ins; ///< as plan::when_missing(); none while a table of bare values is built

    [[nodiscard]] column_graph const& graph() const noexcept { return resolved.graph; }
    [[nodiscard]] bool scores(std::size_t node) const noexcept {
        return resolved.strategies[node] && resolved.strategies[node]->scores;
    }
    /// Which of `moment_columns` a node is, if any.
    [[nodiscard]] std::optional<std::size_t> moment_of(std::size_t node) const noexcept;
    /// Which of `stand_ins` the node is the flag of, if any.
    [[nodiscard]] std::optional<std::size_t> flag_of(std::size_t node) const noexcept;
    /// Which of `stand_ins` is put for the attribute where it is missing, if any.
    [[nodiscard]] std::optional<std::size_t> stand_in_of(std::size_t node) const noexcept;
    /// Whether the node is a column of the table or record that the host has.
    [[nodiscard]] bool is_base(std::size_t node) const noexcept;
    [[nodiscard]] strategy_use use_of(std::size_t node) const;
    void set_strategy(std::size_t node, any_strategy made);
};

/// Without strategies yet.
[[nodiscard]] compiled_plan resolve_plan(plan const& definition, schema const& what,
                                         strategy_registry const& mechanisms);

/// Makes the strategies that need no fit and loads the others from `fitted` (null: refuses them by name).
[[nodiscard]] std::shared_ptr<compiled_plan const> compile_plan(plan const& definition, fitted_plan const* fitted,
                                                                schema const& what,
                                                                strategy_registry const& mechanisms);

/// Columns with validity bits of their own.
struct everyone_inputs {
    std::vector<column_view> views;
    std::vector<std::vector<std::uint64_t>> valid; ///< what the views' bits point at
};

/// Evaluates nodes over all rows of a table.
class batch_run {
public:
    batch_run(compiled_plan const& compiled, customer_columns const& customers, batch_options const& options);

    /// Base columns (attributes and features) the customers lack, as issues.
    void check(issue_list& issues) const;
    /// Computes a node and all it reads.
    void need(std::uint32_t node);
    [[nodiscard]] column_view view(std::uint32_t node) const noexcept { return nodes_[node].view; }
    [[nodiscard]] std::vector<column_view> inputs(std::uint32_t node) const;
    /// As `inputs`, for what looks at everybody at once (fits, ranks): rows to which the column does not apply look
    /// missing, so that nobody's edges or ranks depend on customers that a scheme is not for.
    [[nodiscard]] everyone_inputs inputs_of_everyone(std::uint32_t node) const;
    [[nodiscard]] batch_column column_of(std::uint32_t node) const;
    /// Rows left out for want of an attribute, as a bitmap; empty: none.
    [[nodiscard]] std::span<std::uint64_t const> dropped() const noexcept { return dropped_; }
    /// Rows of each of `compiled_plan::stand_ins` where the value stands in; needs the attributes.
    [[nodiscard]] std::vector<imputed_count> imputed() const;

private:
    struct node_column {
        bool done = false;
        column_view view;
        std::vector<std::uint64_t, large_allocator<std::uint64_t>> data;
        std::vector<std::uint64_t> valid;
        std::vector<std::uint8_t> states;
        std::vector<std::int64_t> valid_until;
        std::vector<std::uint32_t> set_codes;
        std::shared_ptr<string_pool> pool;
    };
    static constexpr std::size_t tile = 16'384; // a multiple of 64: tiles never share a word of a bitmap

    void allocate(node_column& to, type what);
    void base(std::uint32_t node);
    void moment(std::uint32_t node, std::size_t which);
    void fill(std::uint32_t node, stand_in const& with);
    void flag(std::uint32_t node, stand_in const& of);
    void leave_out(std::uint32_t node);
    void rule(std::uint32_t node);
    void text_rule(std::uint32_t node);
    void set_rule(std::uint32_t node);
    void strategy(std::uint32_t node);
    [[nodiscard]] bool tells_valid_until(std::uint32_t node) const noexcept;
    [[nodiscard]] status state(std::uint32_t node, std::size_t row) const noexcept;
    void spell_out_states(node_column& to) const;
    void own_validity(node_column& to) const;
    void say_why_unknown(std::uint32_t node);
    void write(node_column& to, std::uint32_t node, std::span<assignment const> from, std::size_t first);
    void condition(std::uint32_t node);
    template <class Work>
    void for_condition(std::uint32_t node, Work work) const;
    template <class Work>
    void for_tiles(Work work);

    compiled_plan const& compiled_;
    customer_columns const& customers_;
    batch_options options_;
    std::size_t rows_;
    std::vector<node_column> nodes_;
    std::vector<std::uint64_t> dropped_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
