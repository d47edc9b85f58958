// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_COLUMN_GRAPH_HPP
#define SEGMENTA_COLUMN_GRAPH_HPP

/// \file
/// The graph of named columns: who reads whom, in which order to compute, what a result needs, what time can change.
///
/// Attributes, features, strategy results and rules are all columns. A node knows its name, type, scope and what it
/// reads; the graph resolves the names, finds cycles, orders the nodes and answers questions about closures.

#include <segmenta/error.hpp>
#include <segmenta/record/type.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What a column needs beside one customer's own record and history.
enum class column_scope : std::uint8_t {
    customer,   ///< nothing
    fitted,     ///< parameters frozen by a fit: quantile edges, cluster centres
    population, ///< everybody at once: ranks with `rank_first`, cumulative shares
    prior,      ///< the customer's last answer: hysteresis, time in class
};

/// Stable ASCII name: `customer`, `fitted`, `population`, `prior`.
constexpr std::string_view to_string(column_scope scope) noexcept {
    switch (scope) {
    case column_scope::customer: return "customer";
    case column_scope::fitted: return "fitted";
    case column_scope::population: return "population";
    case column_scope::prior: return "prior";
    }
    return "customer";
}

/// Where a column comes from.
enum class column_origin : std::uint8_t { attribute, feature, strategy, rule };

/// The part of one history that something reads.
struct history_need {
    std::string history;              ///< its name in the schema
    std::vector<std::string> fields;  ///< names of the fields read, sorted, each once; the time field is always needed
    std::vector<std::string> windows; ///< ISO 8601 periods back from `as_of`, sorted, each once; empty when `whole`
    bool whole = false;               ///< reads back to the first row

    friend bool operator==(history_need const&, history_need const&) = default;
};

/// One named column. A plain value that whoever builds the graph fills in.
struct column_node {
    std::string name;
    type what{};
    column_origin origin = column_origin::attribute;
    column_scope scope = column_scope::customer; ///< its own scope; what it reads does not count here
    std::size_t definition = 0; ///< attribute: index into the schema's attributes; otherwise into the plan's columns
    std::vector<std::string> reads;      ///< names of the columns it reads, in the order of its definition
    std::vector<history_need> histories; ///< what it reads of histories itself
    bool time_dependent = false; ///< can change as time passes with no new event, by itself (recency, windows, stages)
    std::string place;           ///< where it is defined, for issues: `plan.json:12 /columns/vip`
};

/// What a host must load to compute some columns.
struct required_fields {
    std::vector<std::string> attributes; ///< names, in the order of the schema
    std::vector<history_need> histories; ///< by name of the history

    friend bool operator==(required_fields const&, required_fields const&) = default;
};

/// The resolved graph. Nodes are identified by their index, which is the order of definition.
///
/// Thread safety: immutable after construction; concurrent reads are safe.
class column_graph {
public:
    column_graph() = default;

    /// Resolves names and orders the nodes. Issues: `column.duplicate` (two nodes of one name), `column.unknown`
    /// (a name nobody defines, with the nearest one), `column.cycle` (with its path `a -> b -> a`; at most 20).
    /// Returns nothing when there is any. Linear in nodes and reads.
    static std::optional<column_graph> build(std::vector<column_node> nodes, issue_list& issues);
    /// The same; throws `issue_error`.
    explicit column_graph(std::vector<column_node> nodes);

    [[nodiscard]] std::span<column_node const> nodes() const noexcept { return nodes_; }
    [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
    [[nodiscard]] column_node const& operator[](std::size_t index) const noexcept { return nodes_[index]; }
    [[nodiscard]] std::optional<std::size_t> find(std::string_view name) const noexcept;

    /// The nodes that `index` reads directly, in the order of its definition, each once.
    [[nodiscard]] std::span<std::uint32_t const> reads(std::size_t index) const noexcept;
    /// The nodes that read `index` directly, ascending.
    [[nodiscard]] std::span<std::uint32_t const> read_by(std::size_t index) const noexcept;

    /// All nodes, each after everything it reads; among those that could come next, the one defined first.
    [[nodiscard]] std::span<std::uint32_t const> order() const noexcept { return order_; }
    /// `outputs` and all they read, in the order of `order()`. Duplicates are fine.
    [[nodiscard]] std::vector<std::uint32_t> required_for(std::span<std::uint32_t const> outputs) const;
    /// `index` and all that read it directly or not, in the order of `order()`.
    [[nodiscard]] std::vector<std::uint32_t> affected_by(std::uint32_t index) const;

    /// Whether the node or anything it reads has this scope.
    [[nodiscard]] bool reaches(std::size_t index, column_scope scope) const noexcept {
        return ((reached_[index] >> static_cast<unsigned>(scope)) & 1U) != 0;
    }
    /// Whether the node's value can change as time passes with no new event: by itself or through what it reads.
    [[nodiscard]] bool time_dependent(std::size_t index) const noexcept { return (reached_[index] & time_bit) != 0; }

    /// The attributes and the parts of histories that `outputs` need. Attributes that are time-dependent by themselves
    /// are left out: they are the moment of the question.
    [[nodiscard]] required_fields fields_for(std::span<std::uint32_t const> outputs) const;

private:
    static constexpr std::uint8_t time_bit = 1U << 7;

    struct name_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
    };

    bool resolve(issue_list& issues);
    bool sort(issue_list& issues);

    std::vector<column_node> nodes_;
    std::unordered_map<std::string, std::uint32_t, name_hash, std::equal_to<>> by_name_;
    std::vector<std::uint32_t> reads_;          ///< all direct reads, node after node
    std::vector<std::uint32_t> reads_begin_{0}; ///< size() + 1 offsets into reads_
    std::vector<std::uint32_t> read_by_;
    std::vector<std::uint32_t> read_by_begin_{0}; ///< size() + 1 offsets into read_by_
    std::vector<std::uint32_t> order_;
    std::vector<std::uint8_t> reached_; ///< per node: bit per scope, and time_bit, over its closure
};

/// Adds `need` to `needs`, merging with an entry of the same history.
void merge(std::vector<history_need>& needs, history_need const& need);

} // namespace v0
} // namespace segmenta

#endif
