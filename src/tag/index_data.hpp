// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_INDEX_DATA_HPP
#define SEGMENTA_TAG_INDEX_DATA_HPP

// What a rule index is made of. For each attribute a row of bits per interval of its values, one row for a missing
// value and one for a value of the wrong type. A row has parts. The first has one bit for each rule: what the rule says
// about this attribute alone holds. Part s has one bit for each rule that has at least s clauses over several
// attributes: no literal of that clause on this attribute holds. The rows of all attributes are AND-ed; what is left in
// a later part are clauses that do not hold. Rules are ordered by the number of such clauses, so each part covers a
// prefix of them. A rule with alternatives has its first one there, and the others are parts of their own.

#include "tag/match_kernels.hpp"
#include "tag/ranker.hpp"
#include "tag/text_codes.hpp"

#include <segmenta/base/bitmap.hpp>
#include <segmenta/base/large_allocator.hpp>
#include <segmenta/record/type.hpp>
#include <segmenta/rule/program.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

inline constexpr std::uint32_t no_rule = 0xFFFF'FFFFU;
// Words at a boundary of 64 bytes.
class aligned_words {
public:
    aligned_words() = default;
    explicit aligned_words(std::size_t words) : words_(words + block_words, 0) {}
    [[nodiscard]] std::uint64_t* data() noexcept { return const_cast<std::uint64_t*>(begin_of(words_)); }
    [[nodiscard]] std::uint64_t const* data() const noexcept { return begin_of(words_); }
    [[nodiscard]] std::size_t size() const noexcept { return words_.empty() ? 0 : words_.size() - block_words; }

private:
    using store = std::vector<std::uint64_t, large_allocator<std::uint64_t>>;
    static std::uint64_t const* begin_of(store const& words) noexcept {
        auto const address = reinterpret_cast<std::uintptr_t>(words.data());
        return words.data() + (64 - address % 64) % 64 / sizeof(std::uint64_t);
    }
    store words_;
};

// Of sets: which elements of a group are in it, as bits.
enum class reading : std::uint8_t { integer, real, text, elements };

// One variable, or group of elements of one, that the table knows.
struct index_attribute {
    std::uint64_t const* cuts = nullptr;  // keys, ascending: interval i has i cuts not above its keys
    std::uint16_t const* ranks = nullptr; // texts and elements: the interval of each key
    text_codes const* texts = nullptr;
    std::uint32_t count = 0; // of ranks, or of cuts
    std::uint32_t variable = 0;
    std::uint32_t intervals = 1;   // rows; then the row of a missing value, then that of a wrong type
    std::uint32_t place = 0;       // where the row that was hit is kept
    std::uint32_t stride = 0;      // from row to row of the table, in bytes
    std::uint64_t first_row = 0;   // where the rows begin, as a number: see joint_column
    std::uint32_t first_doubt = 0; // number of the first interval in `doubt_begin`
    std::uint32_t group = 0;       // of elements
    type what{};
    reading how = reading::integer;
};

// Attributes with few rows share a column of the table, which has a row for each combination of theirs: fewer rows are
// combined. The last of them changes from row to row. The row of a joint column is the sum of what its members say, of
// which the first says where the column begins.
struct joint_column {
    struct member {
        std::uint32_t attribute = 0;
        std::uint32_t stride = 0; // in rows
    };
    static constexpr std::size_t most_members = 4;
    std::vector<member> members;
};

struct numbered_texts {
    std::uint32_t variable = 0;
    text_codes codes;
};

// The attributes that are groups of one set.
struct set_groups {
    std::uint32_t first = 0;
    std::uint32_t count = 0;
};

// A clause as it is checked for one rule alone.
struct stored_literal {
    std::uint32_t attribute = 0;
    std::uint32_t first = 0; // in `toggles`
    std::uint32_t count = 0;
    bool when_missing = false;
};
struct stored_clause {
    std::uint32_t first = 0; // in `literals`
    std::uint32_t count = 0;
};

// The rule at `position` holds only if the clause does; alternatives follow the last word of the rules.
struct clause_check {
    std::uint32_t position = 0;
    std::uint32_t clause = 0;
};

struct rule_index_data {
    std::size_t rules = 0;
    std::size_t least_row = 0;              // values of a row that has all variables of the table
    std::vector<std::uint32_t> variables;   // of the table, ascending
    std::vector<std::uint32_t> position_of; // by rule
    aligned_words rule_numbers;             // by position, four bytes each, and padding

    std::vector<index_attribute> attributes; // ascending by variable and group
    std::vector<joint_column> joint;
    std::size_t places = 0; // of attributes, some of nobody; behind them those of joint columns, and one for nothing
    std::size_t all_places = 0;
    std::vector<std::uint32_t> table_columns; // places of columns of one attribute and of joint ones
    std::vector<std::array<std::uint32_t, joint_column::most_members>> joint_places; // of members, and nothing
    std::vector<ranker> rankers;     // of all attributes but groups of elements
    std::vector<four_rankers> fours; // the same of those that are done four at once, and padding
    aligned_words keys;              // of rankers
    rank_plan plan;
    std::vector<std::uint64_t> cuts;
    std::vector<std::uint16_t> ranks;
    std::vector<set_groups> sets;
    std::vector<numbered_texts> texts;

    std::size_t row_words = 0; // whole blocks
    aligned_words table;
    aligned_words start;         // what rows are AND-ed to
    std::vector<row_part> parts; // never empty
    // Alternatives of rules are matched as rules are, behind them: their parts of the row, and by their order the
    // positions of the rules that hold when they do.
    std::vector<row_part> alternative_parts;
    std::vector<std::uint32_t> alternative_of;
    std::size_t rule_words = 0; // words of rules; those of alternatives follow
    std::size_t line_words = 0; // of both, where there are any of these

    std::vector<std::uint64_t> toggles;
    std::vector<stored_literal> literals;
    std::vector<stored_clause> clauses;
    std::vector<clause_check> checks;       // always, where the rule survived
    std::vector<std::uint32_t> doubt_begin; // by interval of the attributes that share rows, and one more
    std::vector<clause_check> doubts;       // where that interval was hit

    std::vector<std::uint64_t> residual;        // by position; empty when there are none
    std::vector<std::uint32_t> residual_before; // residual rules before each word
    std::vector<program> programs;              // of the residual rules by position

    std::vector<std::uint32_t> first_attribute; // by variable, and one more: where its attributes begin
    std::vector<bool> checked;                  // by attribute: a stored clause has it; its key matters beside its row
    std::vector<bool> residual_reads;           // by variable

    bool only_table = false; // there are no sets, alternatives, checks, doubts and residual rules
    match_kernels const* kernels = nullptr;

    [[nodiscard]] std::uint32_t const* rule_of() const noexcept {
        return reinterpret_cast<std::uint32_t const*>(rule_numbers.data());
    }
    [[nodiscard]] std::size_t memory_bytes() const noexcept;
};

// Rules that were added and removed since the tables were made.
struct rule_index_changes {
    std::vector<program> added; // at the positions behind those of the table
    std::vector<bool> reads;    // by variable: an added rule does
    bitmap removed;             // by position
    std::size_t removed_count = 0;
};

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
