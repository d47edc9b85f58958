// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_TREE_EVALUATOR_HPP
#define SEGMENTA_RULE_TREE_EVALUATOR_HPP

// Every part of a checked rule for one row, also the parts that cannot change the answer: for explanations, and for
// asking what a part would be if one variable had another value. It walks the tree; programs are far quicker.

#include "rule/code.hpp"
#include "rule/collection_walker.hpp"
#include "rule/slots.hpp"

#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// For one thread at a time; the rule must outlive it. Not copied: slots point at its sets.
class tree_evaluator {
public:
    explicit tree_evaluator(program_data const& rule);
    tree_evaluator(tree_evaluator const&) = delete;
    tree_evaluator& operator=(tree_evaluator const&) = delete;

    // All parts. Texts and sets of the row are borrowed while the values are read. Linear in the rule.
    void run(row_source const& row);
    // The value of a part after `run`.
    [[nodiscard]] slot const& operator[](typed_id part) const noexcept { return slots_[part]; }

    // Of the row, missing when no part of the rule reads it.
    [[nodiscard]] slot variable(std::uint32_t number) const noexcept;

    // The parts under `part` that depend on `variable`, ascending.
    [[nodiscard]] std::vector<typed_id> parts_reading(typed_id part, std::uint32_t variable) const;
    // Computes those anew with another value of the variable, and returns the last of them.
    slot const& run_parts(std::vector<typed_id> const& parts, std::uint32_t variable, slot const& replaced);
    // Back to the values of the row.
    void restore(std::vector<typed_id> const& parts);

private:
    void load(row_source const& row);
    [[nodiscard]] slot compute(typed_id part, std::uint32_t replaced_variable, slot const* replaced);
    [[nodiscard]] slot operation(typed_node const& node, typed_id part, text_arena& arena);
    void note_variable(typed_node const& node);
    [[nodiscard]] bool is_set(std::uint32_t number) const noexcept;
    class walked_row;

    program_data const& rule_;
    std::vector<slot> slots_;         // by part
    std::vector<used_variable> used_; // by number; also those of parts that folding cut off
    std::vector<slot> values_;        // of used_
    std::vector<text_set> sets_;      // likewise
    std::vector<bool> below_walk_;    // by part: inside of a list, a map or a macro
    collection_memory collections_;
    text_arena arena_;
    text_arena replaced_arena_;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
