// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/error.hpp>

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace json = boost::json;
using json_text = json::string_view;
using json::error_code;

std::string_view view(json_text s) noexcept { return {s.data(), s.size()}; }

enum class json_failure { none, duplicate_key, number_range };

// What the parser saw last: from it follows what may come next.
enum class json_event { begin, container_begin, key, value };

// Builds the value from the events of Boost.JSON's parser.
class json_builder {
public:
    static constexpr std::size_t max_object_size = json::object::max_size();
    static constexpr std::size_t max_array_size = json::array::max_size();
    static constexpr std::size_t max_key_size = json::string::max_size();
    static constexpr std::size_t max_string_size = json::string::max_size();

    json::value root;
    json_failure failure = json_failure::none;
    json_event last = json_event::begin;
    std::string culprit;
    std::size_t* repeated_keys = nullptr; // see json_options

    [[nodiscard]] bool in_object() const noexcept { return !open_.empty() && open_.back().container.is_object(); }
    [[nodiscard]] bool in_array() const noexcept { return !open_.empty() && open_.back().container.is_array(); }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_array_begin(error_code&) { return open(json::array()); }
    bool on_object_begin(error_code&) { return open(json::object()); }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(json_text s, std::size_t, error_code&) { return append(s); }
    bool on_key(json_text s, std::size_t, error_code& ec) {
        append(s);
        frame& top = open_.back();
        if (top.container.get_object().contains(text_)) {
            if (repeated_keys != nullptr) {
                std::string const key = text_ + std::string(repeated_key_mark);
                do
                    text_ = key + std::to_string(++*repeated_keys);
                while (top.container.get_object().contains(text_));
                return keep_key();
            }
            culprit = std::exchange(text_, {});
            return fail(json_failure::duplicate_key, ec);
        }
        return keep_key();
    }
    bool on_string_part(json_text s, std::size_t, error_code&) { return append(s); }
    bool on_string(json_text s, std::size_t, error_code&) {
        append(s);
        json::string done(text_);
        text_.clear();
        return add(std::move(done));
    }
    bool on_number_part(json_text s, error_code&) { return append(s); }
    bool on_int64(std::int64_t i, json_text, error_code&) { return add_number(i); }
    bool on_uint64(std::uint64_t u, json_text, error_code&) { return add_number(u); }
    bool on_double(double rough, json_text s, error_code& ec) {
        append(s);
        double exact = 0;
        auto const [end, status] = std::from_chars(text_.data(), text_.data() + text_.size(), exact);
        bool const whole = end == text_.data() + text_.size();
        // from_chars says "out of range" for results too small as well as too large; too small is zero
        bool const too_small = status == std::errc::result_out_of_range && rough > -1 && rough < 1;
        if (too_small) exact = text_.front() == '-' ? -0.0 : 0.0;
        if (!whole || (status != std::errc{} && !too_small)) {
            culprit = std::exchange(text_, {});
            return fail(json_failure::number_range, ec);
        }
        return add_number(exact);
    }
    bool on_bool(bool b, error_code&) { return add(b); }
    bool on_null(error_code&) { return add(nullptr); }
    bool on_comment_part(json_text, error_code&) { return true; }
    bool on_comment(json_text, error_code&) { return true; }

private:
    struct frame {
        json::value container;
        std::string key; // of the member being read
    };

    bool keep_key() {
        open_.back().key = std::exchange(text_, {});
        last = json_event::key;
        return true;
    }
    bool append(json_text s) {
        text_ += view(s);
        return true;
    }
    template <class Container>
    bool open(Container container) {
        open_.push_back({json::value(std::move(container)), {}});
        last = json_event::container_begin;
        return true;
    }
    bool close() {
        json::value done = std::move(open_.back().container);
        open_.pop_back();
        return add(std::move(done));
    }
    template <class Number>
    bool add_number(Number number) {
        text_.clear();
        return add(number);
    }
    template <class Value>
    bool add(Value&& value) {
        last = json_event::value;
        if (open_.empty()) {
            root = std::forward<Value>(value);
            return true;
        }
        frame& top = open_.back();
        if (auto* array = top.container.if_array())
            array->emplace_back(std::forward<Value>(value));
        else
            top.container.get_object().emplace(top.key, std::forward<Value>(value));
        return true;
    }
    bool fail(json_failure why, error_code& ec) {
        failure = why;
        ec = json::error::syntax; // any error stops the parser
        return false;
    }

    std::vector<frame> open_;
    std::string text_; // of the string, key or number being read
};

std::string expected_after(json_builder const& builder, std::string_view before) {
    while (!before.empty() && std::string_view(" \t\r\n").find(before.back()) != std::string_view::npos)
        before.remove_suffix(1);
    char const previous = before.empty() ? '\0' : before.back();
    if (builder.last == json_event::begin) return "a JSON value";
    if (builder.last == json_event::key) return previous == ':' ? "a value" : "':'";
    if (builder.in_object()) {
        if (builder.last == json_event::container_begin) return "a \"key\" or '}'";
        return previous == ',' ? "a \"key\"" : "',' or '}'";
    }
    if (builder.in_array()) {
        if (builder.last == json_event::container_begin) return "a value or ']'";
        return previous == ',' ? "a value" : "',' or ']'";
    }
    return "the end of the text";
}

// The innermost open quote before `offset` on the way back, for messages about a key just read.
std::size_t start_of_string(std::string_view text, std::size_t offset) noexcept {
    auto const is_quote = [&](std::size_t i) {
        if (text[i] != '"') return false;
        std::size_t slashes = 0;
        while (slashes < i && text[i - 1 - slashes] == '\\')
            ++slashes;
        return slashes % 2 == 0;
    };
    std::size_t i = std::min(offset, text.size() - 1);
    while (i > 0 && !is_quote(i)) // closing
        --i;
    if (i == 0) return offset;
    for (--i; i > 0 && !is_quote(i);) // opening
        --i;
    return i;
}

// Where the parser stopped, seen as text: it only says "syntax error".
enum class lexical_place { between, string, escape, comment, stray_slash };

struct lexical_stop {
    lexical_place place;
    std::size_t offset;
};

// Looks over strings and comments up to `offset`, or to the first '/' that starts no comment.
lexical_stop scan_to(std::string_view text, std::size_t offset) noexcept {
    for (std::size_t i = 0; i < offset;) {
        if (text[i] == '"') {
            for (++i; i < offset && text[i] != '"'; ++i) {
                if (text[i] != '\\') continue;
                if (++i >= offset) return {lexical_place::escape, offset};
            }
            if (i >= offset) return {lexical_place::string, offset};
            ++i;
        } else if (text.substr(i, 2) == "/*") {
            i = text.find("*/", i + 2);
            if (i == std::string_view::npos || i >= offset) return {lexical_place::comment, offset};
            i += 2;
        } else if (text.substr(i, 2) == "//") {
            i = std::min(text.find('\n', i), offset);
        } else if (text[i] == '/') {
            return {lexical_place::stray_slash, i};
        } else {
            ++i;
        }
    }
    return {lexical_place::between, offset};
}

bool in_bare_word(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '+' || c == '-' ||
           c == '.';
}

// Start of the number or word that ends at or goes on at `offset`.
std::size_t start_of_word(std::string_view text, std::size_t offset) noexcept {
    while (offset > 0 && in_bare_word(text[offset - 1]))
        --offset;
    return offset;
}

std::string seen_at(std::string_view text, std::size_t offset) {
    if (offset >= text.size()) return "the end of the text";
    std::size_t const end = text.find_first_of(" \t\r\n,:[]{}\"", offset + 1);
    return quoted(text.substr(offset, end == std::string_view::npos ? end : end - offset), 24);
}

std::string place_at(std::string_view source, std::string_view text, std::size_t offset) {
    auto const [line, column] = position_at(text, offset);
    std::string place(source.empty() ? std::string_view("json") : source);
    return place + ":" + std::to_string(line) + ":" + std::to_string(column);
}

struct explanation {
    std::size_t offset; // where to point
    std::string expected;
    std::string message = "the text is no JSON";
    std::string remedy{};
};

std::size_t line_of(std::string_view text, std::size_t offset) { return position_at(text, offset).line; }

// The offset after the last character before `offset` that is neither blank nor comment.
std::size_t end_of_previous(std::string_view text, std::size_t offset) noexcept {
    std::size_t end = 0;
    for (std::size_t i = 0; i < offset;) {
        if (text[i] == '"') {
            for (++i; i < offset && text[i] != '"'; ++i)
                if (text[i] == '\\') ++i;
            end = ++i;
        } else if (text.substr(i, 2) == "/*") {
            std::size_t const close = text.find("*/", i + 2);
            i = close == std::string_view::npos ? offset : close + 2;
        } else if (text.substr(i, 2) == "//") {
            i = std::min(text.find('\n', i), offset);
        } else if (std::string_view(" \t\r\n").find(text[i]) == std::string_view::npos) {
            end = ++i;
        } else {
            ++i;
        }
    }
    return std::min(end, offset);
}

bool starts_name(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$'; }

std::string_view word_at(std::string_view text, std::size_t offset) noexcept {
    std::size_t end = offset;
    while (end < text.size() && (starts_name(text[end]) || in_bare_word(text[end])))
        ++end;
    return text.substr(offset, end - offset);
}

// Slips that many make, in words: what is wrong and what to do. `at` is where something else was expected.
void add_remedy(std::string_view text, explanation& found) {
    std::size_t const at = found.offset;
    std::size_t const before = end_of_previous(text, at);
    char const previous = before > 0 ? text[before - 1] : '\0';
    bool const wants_key = found.expected.starts_with("a \"key\"");
    bool const wants_comma = found.expected.starts_with("','");
    if (at >= text.size()) {
        if (wants_comma || wants_key) found.remedy = "Close what is still open: a } or ] is missing";
        return;
    }
    char const here = text[at];
    if (previous == ',' && (here == '}' || here == ']')) {
        found.message = "a comma stands before the end of a list or object";
        found.remedy = "Remove the comma on line " + std::to_string(line_of(text, before - 1));
    } else if (here == ',' && (previous == ',' || previous == '[' || previous == '{')) {
        found.remedy = "Remove the comma that has nothing before it";
    } else if (here == '\'') {
        found.remedy = "Texts and keys stand in double quotes: \"...\"";
    } else if (here == '#') {
        found.remedy = "Comments begin with // or stand between /* and */";
    } else if (wants_key && starts_name(here)) {
        found.message = "a key stands without quotes";
        found.remedy = "Write it in double quotes: " + quoted(word_at(text, at), 40);
    } else if (wants_comma && (here == '"' || here == '{' || here == '[' || starts_name(here) || in_bare_word(here))) {
        found.message = "a comma is missing";
        found.remedy = "Put a comma after the value before it, on line " + std::to_string(line_of(text, before - 1));
    } else if (wants_comma && (here == '}' || here == ']')) {
        found.remedy = here == '}' ? "A [ is closed by ]; is a bracket missing or too many?"
                                   : "A { is closed by }; is a bracket missing or too many?";
    } else if (found.expected == "':'") {
        found.remedy = "Put a colon between the key and its value";
    } else if (found.expected.starts_with("a value")) {
        auto const word = word_at(text, at);
        if (word == "True" || word == "TRUE") found.remedy = "Write true";
        if (word == "False" || word == "FALSE") found.remedy = "Write false";
        if (word == "None" || word == "NULL" || word == "Null") found.remedy = "Leave the key out";
        if (found.remedy.empty() && starts_name(here))
            found.remedy = "Write texts in double quotes: " + quoted(word, 40);
    } else if (found.expected == "the end of the text") {
        found.remedy = "One text holds one value; remove what follows, or a bracket that closes too early";
    }
}

// A number or word that JSON takes, so that what is wrong stands behind it.
bool is_whole_word(std::string_view word) noexcept {
    if (word == "true" || word == "false" || word == "null") return true;
    if (word.starts_with('-')) word.remove_prefix(1);
    auto const digits = [&word] {
        std::size_t count = 0;
        while (count < word.size() && word[count] >= '0' && word[count] <= '9')
            ++count;
        word.remove_prefix(count);
        return count;
    };
    bool const zero = word.starts_with('0');
    std::size_t const whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    if (word.starts_with('.')) {
        word.remove_prefix(1);
        if (digits() == 0) return false;
    }
    if (!word.starts_with('e') && !word.starts_with('E')) return word.empty();
    word.remove_prefix(1);
    if (word.starts_with('+') || word.starts_with('-')) word.remove_prefix(1);
    return digits() > 0 && word.empty();
}

explanation explain_syntax(std::string_view text, json_builder const& builder, std::size_t offset) {
    lexical_stop const stop = scan_to(text, offset);
    switch (stop.place) {
    case lexical_place::string: return {offset, "a closing '\"'; control characters are written as \\n, \\t, \\u0000"};
    case lexical_place::escape: return {offset, R"(one of \" \\ \/ \b \f \n \r \t \uXXXX)"};
    case lexical_place::comment: return {offset, "a closing */"};
    case lexical_place::stray_slash: return {stop.offset, expected_after(builder, text.substr(0, stop.offset))};
    case lexical_place::between: break;
    }
    std::size_t const word = start_of_word(text, offset);
    auto const expected_at = [&](std::size_t at) {
        return expected_after(builder, text.substr(0, end_of_previous(text, std::min(text.size(), at))));
    };
    if (is_whole_word(text.substr(word, offset - word))) return {offset, expected_at(offset)};
    std::string expected = expected_at(word);
    bool const is_word = word < text.size() && in_bare_word(text[word]);
    bool const wants_value = builder.last != json_event::value || expected == "a value";
    if (!is_word || !wants_value || expected.find("value") == std::string::npos) return {offset, expected};
    bool const number = text[word] == '-' || (text[word] >= '0' && text[word] <= '9');
    return {word, number ? "a number such as 12, -0.5 or 1e9, without leading zeros"
                         : "a value; the only bare words are true, false and null"};
}

[[noreturn]] void refuse(std::string_view text, json_options const& options, json_builder const& builder,
                         error_code const& ec, std::size_t offset) {
    if (builder.failure == json_failure::duplicate_key)
        throw issue_error("json.duplicate_key", place_at(options.source, text, start_of_string(text, offset)),
                          "the object names this key twice", quoted(builder.culprit), "each key once",
                          "Remove or rename one of the two");
    if (builder.failure == json_failure::number_range)
        throw issue_error("json.number_range",
                          place_at(options.source, text, offset - std::min(offset, builder.culprit.size())),
                          "the number does not fit a double", quoted(builder.culprit), "up to 1.7976931348623157e308");
    std::string const place = place_at(options.source, text, offset);
    if (ec == json::error::too_deep)
        throw issue_error("json.too_deep", place, "arrays and objects are nested too deeply", {},
                          "at most " + std::to_string(options.max_depth) + " levels");
    bool const inside = ec == json::error::illegal_leading_surrogate || ec == json::error::illegal_trailing_surrogate ||
                        ec == json::error::expected_hex_digit || ec == json::error::expected_utf16_escape ||
                        ec == json::error::exponent_overflow;
    if (inside) throw issue_error("json.syntax", place, "the text is no JSON: " + ec.message(), seen_at(text, offset));
    bool const bad_bytes = find_invalid_utf8(text.substr(0, std::min(text.size(), offset + 4))) <= offset;
    if (bad_bytes)
        throw issue_error("json.syntax", place, "the text is not UTF-8 here", seen_at(text, offset), "UTF-8",
                          "Save the file as UTF-8");
    auto found = explain_syntax(text, builder, offset);
    add_remedy(text, found);
    throw issue_error("json.syntax", place_at(options.source, text, found.offset), found.message,
                      seen_at(text, found.offset), found.expected, found.remedy);
}

} // namespace

json::value parse_json(std::string_view text, json_options const& options) {
    if (text.size() > options.max_bytes)
        throw issue_error("json.too_large", std::string(options.source), "the text is too long",
                          std::to_string(text.size()) + " bytes", "at most " + std::to_string(options.max_bytes));
    std::size_t const skipped = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
    std::string_view const body = text.substr(skipped);

    json::parse_options how;
    how.max_depth = options.max_depth;
    how.allow_comments = options.comments;
    how.allow_trailing_commas = options.trailing_commas;
    json::basic_parser<json_builder> parser(how);
    parser.handler().repeated_keys = options.repeated_keys;
    error_code ec;
    std::size_t const consumed = parser.write_some(false, body.data(), body.size(), ec);
    if (!ec && consumed < body.size()) ec = json::error::extra_data;
    if (!ec) return std::move(parser.handler().root);
    // Boost 1.81 answers a random number of bytes for a '/' that starts no comment
    std::size_t const stopped = consumed <= body.size() ? consumed : scan_to(body, body.size()).offset;
    refuse(text, options, parser.handler(), ec, stopped + skipped);
}

} // namespace detail
} // namespace v0
} // namespace segmenta
