// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

namespace json = boost::json;

// The tokens of a pointer, unescaped: "/a~1b/0" gives "a/b", "0".
std::vector<std::string> split_pointer(std::string_view pointer) {
    std::vector<std::string> tokens;
    for (std::size_t i = 0; i < pointer.size(); ++i) {
        if (pointer[i] == '/') {
            tokens.emplace_back();
            continue;
        }
        if (tokens.empty()) tokens.emplace_back();
        bool const escaped = pointer[i] == '~' && i + 1 < pointer.size();
        tokens.back() += !escaped ? pointer[i] : pointer[i + 1] == '1' ? '/' : '~';
        if (escaped) ++i;
    }
    return tokens;
}

std::optional<std::size_t> to_index(std::string_view token) noexcept {
    std::size_t index = 0;
    auto const [end, status] = std::from_chars(token.data(), token.data() + token.size(), index);
    if (status != std::errc{} || end != token.data() + token.size() || (token.size() > 1 && token[0] == '0'))
        return std::nullopt;
    return index;
}

// Walks through text that parse_json has accepted, so it only has to find the ends of things.
class json_scanner {
public:
    explicit json_scanner(std::string_view text) : text_(text) {}

    // Offset of the node, or of its deepest ancestor.
    std::size_t find(std::vector<std::string> const& path) {
        skip_blanks();
        std::size_t found = at_;
        for (auto const& token : path) {
            auto const child = peek() == '{'   ? enter_member(token)
                               : peek() == '[' ? enter_element(token)
                                               : std::nullopt;
            if (!child) return found;
            found = *child;
        }
        return found;
    }

private:
    [[nodiscard]] char peek() const noexcept { return at_ < text_.size() ? text_[at_] : '\0'; }
    [[nodiscard]] bool at_end() const noexcept { return at_ >= text_.size(); }

    void skip_blanks() noexcept {
        for (;;) {
            at_ = std::min(text_.find_first_not_of(" \t\r\n\xEF\xBB\xBF", at_), text_.size());
            if (text_.substr(at_, 2) == "//")
                at_ = std::min(text_.find('\n', at_), text_.size());
            else if (text_.substr(at_, 2) == "/*")
                at_ = std::min(text_.find("*/", at_), text_.size() - 2) + 2;
            else
                return;
        }
    }

    void skip_string() noexcept {
        for (++at_; !at_end() && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
        if (!at_end()) ++at_;
    }

    void skip_value() noexcept {
        std::size_t depth = 0;
        do {
            skip_blanks();
            char const c = peek();
            if (c == '"') {
                skip_string();
            } else if (c == '{' || c == '[') {
                ++depth;
                ++at_;
            } else if (c == '}' || c == ']') {
                --depth;
                ++at_;
            } else if (c == ',' || c == ':') {
                ++at_;
            } else { // number, true, false, null
                at_ = std::min(text_.find_first_of(" \t\r\n,:]}/", at_), text_.size());
            }
        } while (depth > 0 && !at_end());
    }

    // After these, at_ stands on the child's value; the answer is where to point: the key or the element.
    std::optional<std::size_t> enter_member(std::string_view wanted) {
        for (++at_, skip_blanks(); peek() == '"'; skip_separator()) {
            std::size_t const begin = at_;
            skip_string();
            std::string_view const raw = text_.substr(begin, at_ - begin);
            skip_separator();
            if (unescape(raw) == wanted) return begin;
            skip_value();
        }
        return std::nullopt;
    }

    std::optional<std::size_t> enter_element(std::string_view token) {
        auto const wanted = to_index(token);
        if (!wanted) return std::nullopt;
        ++at_;
        skip_blanks();
        for (std::size_t i = 0; peek() != ']' && !at_end(); ++i) {
            if (i == *wanted) return at_;
            skip_value();
            skip_separator();
        }
        return std::nullopt;
    }

    // Over ',' or ':' and the blanks around.
    void skip_separator() noexcept {
        skip_blanks();
        if (peek() == ',' || peek() == ':') ++at_;
        skip_blanks();
    }

    static std::string unescape(std::string_view raw) {
        if (raw.find('\\') == std::string_view::npos) return std::string(raw.substr(1, raw.size() - 2));
        auto const text = parse_json(raw);
        return std::string(text.get_string().data(), text.get_string().size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

} // namespace

json_position position_at(std::string_view text, std::size_t offset) noexcept {
    json_position position;
    for (std::size_t i = 0; i < offset && i < text.size(); ++i) {
        ++position.column;
        if (text[i] == '\n') position = {position.line + 1, 1};
    }
    return position;
}

json_position locate(std::string_view text, std::string_view pointer) {
    return position_at(text, json_scanner(text).find(split_pointer(pointer)));
}

std::string pointer_append(std::string_view pointer, std::string_view token) {
    std::string longer(pointer);
    longer += '/';
    for (char const c : token) {
        if (c == '~')
            longer += "~0";
        else if (c == '/')
            longer += "~1";
        else
            longer += c;
    }
    return longer;
}

std::string pointer_append(std::string_view pointer, std::size_t index) {
    return pointer_append(pointer, std::to_string(index));
}

json::value const* find_pointer(json::value const& root, std::string_view pointer) {
    json::value const* node = &root;
    for (auto const& token : split_pointer(pointer)) {
        if (auto const* object = node->if_object()) {
            node = object->if_contains(token);
        } else if (auto const* array = node->if_array()) {
            auto const index = to_index(token);
            node = index && *index < array->size() ? &(*array)[*index] : nullptr;
        } else {
            node = nullptr;
        }
        if (node == nullptr) return nullptr;
    }
    return node;
}

std::string place_of(std::string_view source, std::string_view text, std::string_view pointer) {
    std::string place(source.empty() ? std::string_view("json") : source);
    place += ":" + std::to_string(locate(text, pointer).line);
    if (!pointer.empty()) place += " " + std::string(pointer);
    return place;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
