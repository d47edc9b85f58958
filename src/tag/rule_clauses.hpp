// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_RULE_CLAUSES_HPP
#define SEGMENTA_TAG_RULE_CLAUSES_HPP

// A checked rule as clauses: it is true exactly when every clause holds (of one alternative). A clause holds when one
// of its literals does, and a literal says for which values of one variable something is known and true. Negations are
// pushed into the literals, where Kleene's logic lets them: `!a` is true where `a` is known and false.

#include "rule/code.hpp"
#include "tag/key_set.hpp"
#include "tag/text_codes.hpp"

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// What a literal speaks of: a variable, or a few elements of a variable that is a set. Such a group of elements has
// keys that say which of them are in the set, one bit for each.
class literal_subject {
public:
    constexpr literal_subject() = default;
    static constexpr literal_subject whole(std::uint32_t variable) noexcept { return literal_subject(variable, 0); }
    static constexpr literal_subject group(std::uint32_t variable, std::uint32_t number) noexcept {
        return literal_subject(variable, number + 1);
    }
    [[nodiscard]] constexpr std::uint32_t variable() const noexcept { return variable_; }
    [[nodiscard]] constexpr bool is_group() const noexcept { return group_ != 0; }
    [[nodiscard]] constexpr std::uint32_t group_number() const noexcept { return group_ - 1; }
    friend constexpr auto operator<=>(literal_subject const&, literal_subject const&) = default;

private:
    constexpr literal_subject(std::uint32_t variable, std::uint32_t group) noexcept
        : variable_(variable), group_(group) {}
    std::uint32_t variable_ = 0;
    std::uint32_t group_ = 0;
};

// Elements are in groups by their numbers; rules with more different ones are evaluated.
inline constexpr std::uint32_t group_elements = 4;
inline constexpr std::uint32_t most_elements = 256;

// A value of another type than declared makes every literal that reads it an error: none holds, whatever it says.
struct clause_literal {
    literal_subject of;
    key_set keys;              // holds for present values with these keys
    bool when_missing = false; // holds when the value is missing
};

// Most have one literal, which then stands in the clause itself.
using clause = boost::container::small_vector<clause_literal, 1>; // ascending by subject, each once; empty: never holds

using all_clauses = std::vector<clause>; // of one subject: each subject in at most one

// The rule holds where all of `clauses` hold or all of one of the `alternatives`. Where some conditions are `or`-ed
// that are themselves many, clauses alone would be the product of all.
struct rule_clauses {
    all_clauses clauses;
    bool exact = true; // else this is necessary only, and the rule must be evaluated where it holds
    std::vector<all_clauses> alternatives{};
};

// Numbers of the texts that rules compare text variables with, or look for in sets.
using texts_by_variable = std::map<std::uint32_t, text_codes>;

inline constexpr std::size_t most_clauses = 32;
inline constexpr std::size_t most_alternatives = 8; // together with the first

// The texts a rule compares text variables with or looks for in sets; they are the rule's.
struct text_use {
    enum class role : std::uint8_t { whole, beginning, element };
    std::uint32_t variable = 0;
    std::string_view text;
    role as = role::whole;
};
struct text_uses {
    std::vector<text_use> texts;
    std::vector<std::uint32_t> ordered; // variables asked for order: <, <=, startsWith ...
};
void find_texts(program_data const& rule, text_uses& to);

// Texts of many rules that are numbered later: each rule numbers its own as they are met. What is equal in a rule has
// one number, and no two numbers are neighbours, so that sets of keys keep each of them apart.
class met_texts {
public:
    struct range {
        std::uint32_t first = 0;
        std::uint32_t count = 0;
    };
    struct met {
        std::uint32_t variable;
        std::size_t begin;
        std::size_t size;
    };
    void begin_rule() noexcept { first_ = static_cast<std::uint32_t>(texts_.size()); }
    [[nodiscard]] range end_rule() const noexcept {
        return {first_, static_cast<std::uint32_t>(texts_.size()) - first_};
    }
    // The key of a text of the rule that was begun.
    std::uint32_t key_of(std::uint32_t variable, std::string_view text);
    static constexpr std::uint64_t key_of_met(std::size_t i) noexcept { return 2 * i + 1; }

    [[nodiscard]] std::span<met const> texts() const noexcept { return texts_; }
    [[nodiscard]] std::string_view text_of(met const& one) const noexcept {
        return std::string_view(bytes_).substr(one.begin, one.size);
    }

private:
    std::vector<met> texts_;
    std::string bytes_;
    std::uint32_t first_ = 0;
};
// Whether a rule only asks texts whether they are equal, and those are few: then its texts may be numbered later.
bool numbers_texts_later(program_data const& rule);

// The least text above all that begin with `prefix`, if there is one.
std::optional<std::string> end_of_prefix(std::string_view prefix);

// Numbers them, those of variables that are asked for order in order. Of the elements of a set `most_elements`.
texts_by_variable number_texts(std::span<text_uses const> uses, std::span<met_texts const> met = {});

// Of a boolean rule, in at most `most` alternatives, one or more. `texts` has those of the rule.
rule_clauses clauses_of(program_data const& rule, texts_by_variable const& texts, std::size_t most);

// The same where `numbers_texts_later`: its texts are added to `texts`, and have the keys of `met_texts`. When all
// texts are numbered, `renumber` puts in the keys that they have then; `numbers` are those of the texts of the rule.
rule_clauses clauses_of(program_data const& rule, met_texts& texts, std::size_t most);
void renumber(rule_clauses& rule, std::span<met_texts::met const> texts, std::span<std::uint32_t const> numbers);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
