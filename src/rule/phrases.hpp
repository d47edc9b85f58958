// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_PHRASES_HPP
#define SEGMENTA_RULE_PHRASES_HPP

// Parts of rules in words: what readable texts and explanations are made of. phrases.cpp has conditions and values,
// history_phrases.cpp chains on histories.

#include "rule/syntax.hpp"

#include <segmenta/rule/readable.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// How tightly a phrase holds together; one that binds less than its place asks for is put in parentheses.
enum class phrase_binding : std::uint8_t { loose, any, all, listing, condition, sum, product, unary, single };

struct phrase {
    std::string text;
    phrase_binding binding = phrase_binding::single;
};

// `English` or `中文`.
struct wording {
    std::string_view english;
    std::string_view chinese;
};

class phrase_writer {
public:
    phrase_writer(syntax_tree const& tree, readable_options const& options) : tree_(tree), options_(options) {}

    // As a condition, when it stands where a truth value is asked for.
    [[nodiscard]] phrase condition(std::uint32_t node);
    // As a value.
    [[nodiscard]] phrase value(std::uint32_t node);
    [[nodiscard]] std::string_view say(wording w) const noexcept { return chinese() ? w.chinese : w.english; }
    [[nodiscard]] bool chinese() const noexcept { return options_.language == readable_language::chinese; }
    // What people call the variable that a node names, and its unit; nothing when it names none.
    [[nodiscard]] std::optional<readable_name> name_of(std::uint32_t node) const;
    [[nodiscard]] readable_name label(std::string_view name) const;

private:
    // A name that `where` binds, and the history whose rows it stands for.
    struct binding_scope {
        std::string_view bound;
        std::string history;
    };
    struct chain_call {
        std::string_view method;
        std::span<std::uint32_t const> arguments;
    };

    [[nodiscard]] std::string wrapped(phrase inner, phrase_binding wanted) const;
    [[nodiscard]] std::string parenthesised(std::string_view text) const;
    [[nodiscard]] phrase code(std::uint32_t node) const;
    [[nodiscard]] std::optional<std::vector<std::string_view>> path_of(std::uint32_t node) const;
    [[nodiscard]] std::string plain_name(std::string_view name) const;

    [[nodiscard]] phrase joined(std::uint32_t node, bool all);
    [[nodiscard]] phrase choice(std::uint32_t node, bool as_condition);
    [[nodiscard]] phrase negation(std::uint32_t operand);
    [[nodiscard]] phrase presence(std::uint32_t operand, bool wanted);
    [[nodiscard]] phrase comparison(syntax_kind kind, std::uint32_t left, std::uint32_t right);
    [[nodiscard]] phrase membership(std::uint32_t node, bool wanted);
    [[nodiscard]] std::optional<phrase> text_question(std::uint32_t node, bool wanted);
    [[nodiscard]] phrase holds(std::uint32_t node, bool wanted);

    [[nodiscard]] bool is_constant(std::uint32_t node) const;
    [[nodiscard]] std::optional<std::string> time_constant(std::uint32_t node) const;
    [[nodiscard]] bool reads_as_word(std::uint32_t node) const;
    [[nodiscard]] std::string constant_text(std::uint32_t node, bool quote) const;
    [[nodiscard]] phrase arithmetic(std::uint32_t node);
    [[nodiscard]] std::optional<phrase> call(std::uint32_t node);
    [[nodiscard]] std::string operand(std::uint32_t node, std::string_view unit);
    [[nodiscard]] std::string unit_of(std::uint32_t node);

    [[nodiscard]] std::optional<phrase> history(std::uint32_t node);
    [[nodiscard]] std::optional<std::string> window_text(chain_call const& call) const;
    [[nodiscard]] std::optional<std::string> where_text(chain_call const& call, std::string const& history);
    [[nodiscard]] std::optional<std::string> field_text(chain_call const& call, std::string const& history,
                                                        std::string& field) const;
    [[nodiscard]] std::optional<std::string> argument_texts(chain_call const& call, std::string const& history);
    [[nodiscard]] std::string aggregate_text(chain_call const& call, std::string const& history,
                                             std::string const& field, std::string const& field_words) const;

    syntax_tree const& tree_;
    readable_options const& options_;
    std::vector<binding_scope> scopes_;
};

// `36h`, `1h30m`, `P30D`, `P1Y6M`: `36 hours`, `1 hour 30 minutes`, `30天`, …; nothing for other texts.
std::optional<std::string> length_text(std::string_view written, readable_language language);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
