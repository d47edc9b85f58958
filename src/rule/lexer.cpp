// SPDX-License-Identifier: Apache-2.0
#include "rule/lexer.hpp"

#include "rule/utf8.hpp"

#include <segmenta/base/text.hpp>

#include <charconv>
#include <limits>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_name_start(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool is_name_part(char c) noexcept { return is_name_start(c) || is_digit(c); }

// 16 for what is no digit of any base.
unsigned digit_value(char c) noexcept {
    if (is_digit(c)) return static_cast<unsigned>(c - '0');
    if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
    if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
    return 16;
}

// Whether a text may end here, or is not taken as it stands.
bool ends_run(char c, char quote) noexcept { return c == quote || c == '\\' || c == '\n' || c == '\r'; }

// The length of the symbol that begins with `first` and may go on with `second`; 0 when there is none.
std::size_t symbol_size(char first, char second) noexcept {
    switch (first) {
    case '&':
    case '|': return second == first ? 2 : 0;
    case '=': return second == '=' ? 2 : 0;
    case '<':
    case '>':
    case '!': return second == '=' ? 2 : 1;
    case '[':
    case '.': return second == '?' ? 2 : 1; // one symbol each in CEL's grammar as well
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '?':
    case ':':
    case ',':
    case '(':
    case ')':
    case ']':
    case '{':
    case '}': return 1;
    default: return 0;
    }
}

} // namespace

std::string shortened(std::string_view text) { return v0::quoted(text, 40); }

void lexer::skip_blanks() noexcept {
    for (;;) {
        char const c = peek();
        if (at_ < source_.size() && (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f')) {
            ++at_;
        } else if (starts("//")) {
            while (at_ < source_.size() && source_[at_] != '\n')
                ++at_;
        } else {
            return;
        }
    }
}

bool lexer::symbol(token& out) noexcept {
    std::size_t const size = symbol_size(peek(), peek(1));
    if (size == 0) return false;
    out.kind = token_kind::symbol;
    out.code = symbol_code(source_.substr(at_, size));
    out.size = size;
    at_ += size;
    return true;
}

void lexer::name(token& out) noexcept {
    std::size_t end = at_ + 1;
    while (end < source_.size() && is_name_part(source_[end]))
        ++end;
    out.kind = token_kind::identifier;
    out.size = end - at_;
    out.symbol = source_.substr(at_, out.size);
    at_ = end;
}

void lexer::next(token& out) {
    skip_blanks();
    out.kind = token_kind::end;
    out.code = 0;
    out.begin = at_;
    out.size = 0;
    out.symbol = {};
    if (at_ == source_.size()) return;
    char const c = peek();
    if (is_digit(c) || (c == '.' && is_digit(peek(1)))) return number(out);
    if (c == '"' || c == '\'') return text_literal(out, 0, false, false);
    if (c == '`') return backquoted(out);
    if (is_name_start(c)) {
        auto const quote_at = [&](std::size_t i) { return peek(i) == '"' || peek(i) == '\''; };
        bool const r0 = c == 'r' || c == 'R';
        bool const b0 = c == 'b' || c == 'B';
        if ((r0 || b0) && quote_at(1)) return text_literal(out, 1, r0, b0);
        bool const r1 = peek(1) == 'r' || peek(1) == 'R';
        bool const b1 = peek(1) == 'b' || peek(1) == 'B';
        if (((r0 && b1) || (b0 && r1)) && quote_at(2)) return text_literal(out, 2, true, true);
        return name(out);
    }
    if (symbol(out)) return;
    auto const seen = shortened(source_.substr(at_, step_length(source_, at_)));
    std::string remedy;
    if (c == '=') remedy = "Equality is written ==";
    if (c == '&') remedy = "And is written &&";
    if (c == '|') remedy = "Or is written ||";
    if (static_cast<unsigned char>(c) >= 0x80) {
        remedy = "Names with other letters are written in backquotes, text in single quotes; operators are ASCII";
    }
    throw syntax_error{"rule.syntax", at_, "this character cannot stand here", seen, {}, remedy};
}

void lexer::number(token& out) {
    std::size_t const begin = at_;
    bool const hex = peek() == '0' && (peek(1) == 'x' || peek(1) == 'X') && digit_value(peek(2)) < 16;
    bool is_real = false;
    if (hex) {
        at_ += 2;
        while (digit_value(peek()) < 16)
            ++at_;
    } else {
        while (is_digit(peek()))
            ++at_;
        if (peek() == '.' && is_digit(peek(1))) {
            is_real = true;
            ++at_;
            while (is_digit(peek()))
                ++at_;
        }
        std::size_t const sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if ((peek() == 'e' || peek() == 'E') && is_digit(peek(1 + sign))) {
            is_real = true;
            at_ += 1 + sign;
            while (is_digit(peek()))
                ++at_;
        }
    }
    auto digits_text = from(begin);
    bool const is_unsigned = !is_real && (peek() == 'u' || peek() == 'U');
    if (is_unsigned) ++at_;
    auto const whole = from(begin);
    if (is_name_part(peek())) {
        throw syntax_error{"rule.bad_literal",
                           begin,
                           "a number runs into a name",
                           shortened(source_.substr(begin, 24)),
                           {},
                           "Put an operator or a blank between them"};
    }
    out.kind = token_kind::number;
    out.size = whole.size();
    out.constant = {};
    if (is_real) {
        out.constant.kind = literal_kind::float64;
        double real = 0;
        auto const [end, failed] = std::from_chars(digits_text.data(), digits_text.data() + digits_text.size(), real);
        out.constant.set_real(real);
        // What is nearer to zero than any double is zero (1e-324), as in IEEE 754; from_chars does not say which end it
        // missed.
        bool const tiny = digits_text.find_first_of("eE") != std::string_view::npos
                              ? digits_text.find('-') != std::string_view::npos
                              : digits_text.front() == '0' || digits_text.front() == '.';
        if (failed == std::errc::result_out_of_range && tiny) {
            out.constant.set_real(0);
            return;
        }
        if (failed != std::errc{} || end != digits_text.data() + digits_text.size()) {
            throw syntax_error{"rule.bad_literal",
                               begin,
                               "this double is out of range",
                               shortened(whole),
                               "up to 1.7976931348623157e308",
                               {}};
        }
        return;
    }
    if (hex) digits_text.remove_prefix(2);
    std::uint64_t magnitude = 0;
    auto const [end, failed] =
        std::from_chars(digits_text.data(), digits_text.data() + digits_text.size(), magnitude, hex ? 16 : 10);
    // 2^63 may still become the smallest int when a minus stands before it; the parser looks.
    constexpr std::uint64_t smallest = std::uint64_t{1} << 63;
    if (failed != std::errc{} || end != digits_text.data() + digits_text.size() ||
        (!is_unsigned && magnitude > smallest)) {
        throw syntax_error{"rule.bad_literal",
                           begin,
                           "this integer is out of range",
                           shortened(whole),
                           is_unsigned ? "0u to 18446744073709551615u" : "-9223372036854775808 to 9223372036854775807",
                           {}};
    }
    out.constant.kind = is_unsigned ? literal_kind::uint64 : literal_kind::int64;
    out.constant.integer = static_cast<std::int64_t>(magnitude);
}

void lexer::text_literal(token& out, std::size_t prefix, bool raw, bool bytes) {
    std::size_t const begin = at_;
    at_ += prefix;
    char const quote = peek();
    bool const triple = peek(1) == quote && peek(2) == quote;
    std::string_view const end_mark = source_.substr(at_, triple ? 3 : 1);
    at_ += end_mark.size();
    out.kind = token_kind::text;
    out.text.clear();
    out.constant = {};
    out.constant.kind = bytes ? literal_kind::bytes : literal_kind::string;
    while (!starts(end_mark)) {
        char const c = peek();
        if (at_ >= source_.size() || (!triple && (c == '\n' || c == '\r'))) {
            throw syntax_error{"rule.bad_literal",
                               begin,
                               "this text has no end",
                               shortened(source_.substr(begin, 24)),
                               std::string(end_mark) + " at its end",
                               triple ? "" : "Text over several lines takes three quotes at both ends"};
        }
        if (c == '\\' && !raw) {
            escape(out.text, bytes);
            continue;
        }
        std::size_t const plain = at_++;
        while (at_ < source_.size() && !ends_run(source_[at_], quote))
            ++at_;
        out.text += from(plain);
    }
    at_ += end_mark.size();
    out.size = at_ - begin;
}

std::uint32_t lexer::digits(std::size_t count, unsigned base, std::size_t begin) {
    std::uint32_t code = 0;
    for (std::size_t i = 0; i < count; ++i, ++at_) {
        unsigned const digit = digit_value(peek());
        if (digit >= base) {
            throw syntax_error{"rule.bad_literal",
                               begin,
                               "this escape has too few digits",
                               shortened(source_.substr(begin, at_ - begin + 1)),
                               std::to_string(count) + (base == 16 ? " hexadecimal digits" : " octal digits"),
                               {}};
        }
        code = code * base + digit;
    }
    return code;
}

void lexer::escape(std::string& out, bool bytes) {
    std::size_t const begin = at_;
    ++at_;
    char const c = peek();
    constexpr std::string_view letters = "abfnrtv\\?\"'`";
    constexpr std::string_view meanings = "\a\b\f\n\r\t\v\\?\"'`";
    if (auto const known = letters.find(c); c != '\0' && known != std::string_view::npos) {
        out.push_back(meanings[known]);
        ++at_;
        return;
    }
    std::uint32_t code = 0;
    if (c >= '0' && c <= '3') {
        code = digits(3, 8, begin);
    } else if (c == 'x' || c == 'X') {
        ++at_;
        code = digits(2, 16, begin);
    } else if ((c == 'u' || c == 'U') && !bytes) {
        ++at_;
        code = digits(c == 'u' ? 4 : 8, 16, begin);
        if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) {
            throw syntax_error{"rule.bad_literal",
                               begin,
                               "this escape is no Unicode character",
                               shortened(from(begin)),
                               "U+0000 to U+D7FF, U+E000 to U+10FFFF",
                               {}};
        }
    } else {
        throw syntax_error{"rule.bad_literal",
                           begin,
                           "this escape is not known",
                           shortened(source_.substr(begin, 2)),
                           bytes ? "\\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xHH \\OOO"
                                 : "\\a \\b \\f \\n \\r \\t \\v \\\\ \\? \\\" \\' \\` \\xHH \\OOO \\uHHHH \\UHHHHHHHH",
                           "A backslash itself is written \\\\, or the text is written raw: r'...'"};
    }
    // In text an escape names a code point, in bytes a byte (langdef.md, "String and Bytes Values").
    if (bytes) {
        out.push_back(static_cast<char>(static_cast<unsigned char>(code)));
    } else {
        append_code_point(out, code);
    }
}

void lexer::backquoted(token& out) {
    std::size_t const begin = at_++;
    while (at_ < source_.size() && peek() != '`' && static_cast<unsigned char>(peek()) >= 0x20)
        ++at_;
    auto const name = source_.substr(begin + 1, at_ - begin - 1);
    if (peek() != '`' || name.empty()) {
        throw syntax_error{"rule.syntax",
                           begin,
                           "this name in backquotes has no end or is empty",
                           shortened(source_.substr(begin, 24)),
                           {},
                           {}};
    }
    ++at_;
    out.kind = token_kind::quoted_identifier;
    out.size = at_ - begin;
    out.symbol = name;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
