// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_INDEX_BUILDER_HPP
#define SEGMENTA_TAG_INDEX_BUILDER_HPP

// From clauses to the tables of index_data.hpp; how values are ranked stands in index_rankers.cpp.

#include "tag/index_data.hpp"
#include "tag/rule_clauses.hpp"

#include <segmenta/rule/environment.hpp>
#include <segmenta/tag/rule_index.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

class index_builder {
public:
    index_builder(std::vector<rule_clauses> const& rules, std::vector<std::optional<program>> const& programs,
                  texts_by_variable texts, environment const& names, rule_index_options const& options);

    std::shared_ptr<rule_index_data const> run();

private:
    // What is matched as one: a rule's first alternative, or another of some rule.
    struct line {
        all_clauses const* clauses = nullptr;
        std::uint32_t rule = 0;
    };
    // Lines whose parts stand together in a row: those of all rules, or all others.
    struct region {
        std::vector<line> lines;             // by position
        std::vector<std::size_t> part_lines; // by part: lines that have it; the first has all
    };
    // A literal and the bit it decides.
    struct entry {
        clause_literal const* says = nullptr;
        std::size_t bit = 0;        // of a row
        std::uint32_t position = 0; // as in clause_check
        bool alone = false;         // the clause is of one literal
        std::uint32_t clause = 0;   // in `all_clauses_`
    };
    struct weighted_key {
        std::uint64_t key = 0;
        std::size_t uses = 0;
    };
    // What an attribute needs while the table is made.
    struct column {
        std::vector<entry> entries;
        std::vector<weighted_key> thresholds; // ascending, each once
        std::vector<std::uint64_t> cuts;      // those that begin a row
    };

    // How a ranker finds the row, and its keys as they lie in memory.
    struct ranker_keys {
        ranking how{};
        std::int64_t lowest = 0;
        std::int64_t highest = 0;
        std::uint32_t last = 0;
        std::uint32_t blocks = 0;
        std::vector<unsigned char> bytes;
    };

    void find_lines();
    void order(region& of) const;
    void number_rules();
    void find_attributes();
    void place_clauses(region const& of, std::vector<row_part> const& parts, std::size_t first_position);
    void lay_out(region const& of, std::vector<row_part>& parts);
    void start_lines(region const& of, std::vector<row_part> const& parts);
    void find_thresholds();
    [[nodiscard]] std::size_t most_intervals() const;
    static void choose_cuts(column& of, std::size_t most);
    void keep_cuts();
    void find_sets();
    void join_columns();
    void join(std::span<std::uint32_t const> attributes);
    void make_rankers();
    void place_columns();
    [[nodiscard]] ranker_keys keys_of(std::uint32_t attribute) const;
    [[nodiscard]] bool knows_codes(index_attribute const& of) const noexcept;
    [[nodiscard]] ranker_keys keys_of_texts(std::uint32_t attribute) const;
    [[nodiscard]] std::size_t rows_of(joint_column const& of) const noexcept;
    void fill_table();
    void fill_column(index_attribute const& to, column const& from, std::uint64_t* rows) const;
    void fill_joint(joint_column const& to, std::uint64_t* rows) const;
    void fill_entry(index_attribute const& to, column const& from, entry const& e, std::uint64_t* rows) const;
    void find_doubts();
    void keep_residual();
    void note_readers();

    [[nodiscard]] std::uint32_t attribute_of(literal_subject subject) const;
    std::uint32_t stored(std::uint32_t clause_number);

    std::vector<rule_clauses> const& rules_;
    std::vector<std::optional<program>> const& programs_;
    texts_by_variable texts_;
    environment const& names_;
    rule_index_options options_;
    std::shared_ptr<rule_index_data> made_ = std::make_shared<rule_index_data>();
    rule_index_data& data_ = *made_;

    region own_;                             // of rules
    region alternatives_;                    // other lines
    std::vector<literal_subject> subjects_;  // by attribute, ascending
    std::vector<column> columns_;            // by attribute
    std::vector<std::uint32_t> own_columns_; // attributes that share their column of the table with no other
    std::vector<clause const*> all_clauses_;
    std::vector<std::uint32_t> stored_as_; // by number in all_clauses_
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
