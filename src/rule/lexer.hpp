// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_RULE_LEXER_HPP
#define SEGMENTA_RULE_LEXER_HPP

// Cuts the text of a rule into tokens (langdef.md, "Syntax").

#include "rule/syntax.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace segmenta {
inline namespace v0 {
namespace detail {

enum class token_kind : std::uint8_t { end, identifier, quoted_identifier, number, text, symbol };

// A symbol of one or two characters as a number, which is compared faster.
constexpr std::uint16_t symbol_code(std::string_view symbol) noexcept {
    unsigned const first = static_cast<unsigned char>(symbol[0]);
    if (symbol.size() < 2) return static_cast<std::uint16_t>(first);
    unsigned const second = static_cast<unsigned char>(symbol[1]);
    return static_cast<std::uint16_t>(first | second << 8U);
}

struct token {
    token_kind kind = token_kind::end;
    std::uint16_t code = 0; // of a symbol
    std::size_t begin = 0;
    std::size_t size = 0;
    std::string_view symbol; // the identifier without backquotes
    literal constant;        // number (without sign) or text
    std::string text;        // its characters
};

// Why a rule was refused.
struct syntax_error {
    std::string code; // rule.syntax, rule.bad_literal, ...
    std::size_t position = 0;
    std::string message;
    std::string seen;
    std::string allowed;
    std::string remedy;
};

class lexer {
public:
    explicit lexer(std::string_view source) noexcept : source_(source) {}

    // The next token in place of `out`, whose constant and text stay as they were unless the token has one; throws
    // syntax_error.
    void next(token& out);

private:
    void skip_blanks() noexcept;
    void name(token& out) noexcept;
    bool symbol(token& out) noexcept; // false where there is none
    void number(token& out);
    void text_literal(token& out, std::size_t prefix, bool raw, bool bytes);
    void backquoted(token& out);
    void escape(std::string& out, bool bytes);
    std::uint32_t digits(std::size_t count, unsigned base, std::size_t begin);
    [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
        return at_ + ahead < source_.size() ? source_[at_ + ahead] : '\0';
    }
    [[nodiscard]] bool starts(std::string_view what) const noexcept { return source_.substr(at_).starts_with(what); }
    [[nodiscard]] std::string_view from(std::size_t begin) const noexcept { return source_.substr(begin, at_ - begin); }

    std::string_view source_;
    std::size_t at_ = 0;
};

// Text for an issue's `seen`: in quotes, not longer than 40 bytes.
std::string shortened(std::string_view text);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
