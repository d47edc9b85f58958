// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_DECISION_MODEL_HPP
#define SEGMENTA_RULE_DECISION_MODEL_HPP

// Rules as logic over finitely many regions of each variable. In a region every condition that reads one variable has
// one outcome; conditions that are not understood so (two variables compared, patterns, parts of dates, ...) may come
// to anything that their variables' presence allows, the same one wherever the same condition stands. So whatever is
// shown impossible in the model is impossible; what the model finds possible is certain only where it is exact.

#include "rule/code.hpp"
#include "rule/cut_finder.hpp"
#include "rule/outcomes.hpp"
#include "rule/tree_evaluator.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct key_range {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

// Values of one variable for which all conditions of one variable have the same outcomes.
struct region {
    bool missing = false;
    std::vector<key_range> ranges; // ascending; none: missing, or all of a set's values
};

enum class factor_kind : std::uint8_t {
    variable, // its regions
    outcome,  // of a condition that is not understood: regions are true, false, unknown, error
};

struct factor {
    factor_kind kind = factor_kind::variable;
    std::uint32_t variable = 0;
    std::string name;
    rule_type what{};
    std::vector<region> regions;    // of a variable: the missing one first
    std::vector<std::string> texts; // of a text variable: those the rules mention, sorted. Key 2i+1 is text i, even
                                    // keys are the texts between

    // A value of a region for messages and trials, as simple as can be; nothing for sets and where none exists.
    [[nodiscard]] std::optional<slot> sample(std::size_t region, std::string& memory) const;
    // A text strictly between two neighbours, or before the first, or after the last; nothing when there is none.
    [[nodiscard]] std::optional<std::string> text_at(std::uint64_t key) const;
};
inline constexpr std::size_t missing_region = 0;

// A condition without logic inside.
struct model_atom {
    std::size_t rule = 0;
    typed_id part = no_node;
    bool boolean = true; // else true stands for known
    bool strict = false; // unknown exactly when a variable is missing
    std::vector<std::uint32_t> factors; // of the variables it reads
    std::vector<outcomes> by_region;    // when it reads one variable
    std::optional<std::uint32_t> own;   // factor of its outcome, when the regions do not tell
    outcomes possible = any_outcome;    // of those
};

enum class model_kind : std::uint8_t { constant, atom, negation, combination, choice };

struct model_node {
    model_kind kind = model_kind::constant;
    outcome_operation how = outcome_operation::both; // combination
    outcomes constant = 0;
    std::uint32_t atom = 0;
    std::uint32_t syntax = no_syntax; // the node of the rule's text
    std::size_t rule = 0;
    std::vector<std::uint32_t> children;
    static constexpr std::uint32_t no_syntax = 0xFFFF'FFFFU;
};

// What is held fixed: `row` gives the variables for which `is_free` says no.
struct model_options {
    row_source const* row = nullptr;                           // null: everything is free
    std::function<bool(std::uint32_t variable)> is_free = {};  // with a row
    std::size_t most_ranges = 50'000; // of one variable; beyond, its conditions are not understood
};

class decision_model {
public:
    // The rules must be compiled against one environment, and outlive the model.
    decision_model(std::span<program_data const* const> rules, model_options const& options);

    [[nodiscard]] std::uint32_t root(std::size_t rule) const noexcept { return roots_[rule]; }
    [[nodiscard]] std::vector<model_node> const& nodes() const noexcept { return nodes_; }
    [[nodiscard]] std::vector<model_atom> const& atoms() const noexcept { return atoms_; }
    [[nodiscard]] std::vector<factor> const& factors() const noexcept { return factors_; }
    [[nodiscard]] program_data const& rule(std::size_t i) const noexcept { return *rules_[i]; }
    // Whether every condition under a node is understood, so that what is found possible is so.
    [[nodiscard]] bool exact(std::uint32_t node) const;
    // Of a variable, or nothing.
    [[nodiscard]] std::optional<std::uint32_t> factor_of(std::uint32_t variable) const noexcept;

    // New nodes, for questions about rules that differ from those given.
    std::uint32_t add(model_node node);
    std::uint32_t combine(outcome_operation how, std::vector<std::uint32_t> parts);

private:
    std::uint32_t build(std::size_t rule, std::uint32_t syntax);
    std::uint32_t build_typed(std::size_t rule, typed_id part, std::uint32_t syntax);
    std::uint32_t build_atom(std::size_t rule, typed_id part, std::uint32_t syntax);
    [[nodiscard]] std::vector<std::uint32_t> free_variables(std::size_t rule, typed_id part) const;
    [[nodiscard]] bool is_strict(std::size_t rule, typed_id part) const;
    [[nodiscard]] std::string signature(std::size_t rule, typed_id part) const;
    std::uint32_t factor_for(std::size_t rule, std::uint32_t variable);
    void find_regions(std::uint32_t factor, std::size_t most_ranges);
    void give_own_factor(model_atom& atom);

    std::vector<program_data const*> rules_;
    model_options options_;
    std::vector<std::unique_ptr<tree_evaluator>> evaluators_;
    std::vector<model_node> nodes_;
    std::vector<model_atom> atoms_;
    std::vector<factor> factors_;
    std::map<std::string, std::uint32_t> atoms_by_signature_;
    std::vector<std::uint32_t> roots_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
