// SPDX-License-Identifier: Apache-2.0
#include "plan/json_node.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

// Walks the text and the value made from it side by side. The text is known to be good, so there is nothing to check.
class line_walker {
public:
    line_walker(std::string_view text, std::unordered_map<boost::json::value const*, std::uint32_t>& lines)
        : text_(text), lines_(&lines) {
        if (text_.substr(0, 3) == "\xEF\xBB\xBF") at_ = 3;
    }

    void walk(boost::json::value const& value) {
        skip_blank();
        lines_->emplace(&value, line_);
        walk_inside(value);
    }

private:
    void walk_inside(boost::json::value const& value) {
        skip_blank();
        if (auto const* object = value.if_object()) {
            ++at_;
            for (auto const& member : *object) {
                skip_blank();
                lines_->emplace(&member.value(), line_);
                skip_string();
                walk_inside(member.value());
            }
            skip_blank();
            ++at_;
        } else if (auto const* array = value.if_array()) {
            ++at_;
            for (auto const& element : *array)
                walk(element);
            skip_blank();
            ++at_;
        } else if (value.is_string()) {
            skip_string();
        } else {
            while (at_ < text_.size() && std::string_view{" \t\r\n,:]}/"}.find(text_[at_]) == std::string_view::npos)
                ++at_;
        }
    }

    // Blanks, separators and comments.
    void skip_blank() {
        while (at_ < text_.size()) {
            char const c = text_[at_];
            if (c == '/') {
                skip_comment();
            } else if (c == '\n' || c == ' ' || c == '\t' || c == '\r' || c == ',' || c == ':') {
                line_ += c == '\n' ? 1 : 0;
                ++at_;
            } else {
                return;
            }
        }
    }

    void skip_comment() {
        bool const to_line_end = text_.substr(at_, 2) == "//";
        std::size_t const end = to_line_end ? text_.find('\n', at_) : text_.find("*/", at_ + 2);
        std::size_t const stop =
            std::min(end == std::string_view::npos ? text_.size() : end + (to_line_end ? 0 : 2), text_.size());
        line_ += static_cast<std::uint32_t>(std::count(text_.data() + at_, text_.data() + stop, '\n'));
        at_ = stop;
    }

    void skip_string() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_)
            if (text_[at_] == '\\') ++at_;
        ++at_;
    }

    std::string_view text_;
    std::unordered_map<boost::json::value const*, std::uint32_t>* lines_;
    std::size_t at_ = 0;
    std::uint32_t line_ = 1;
};

std::string shown_value(boost::json::value const& value) {
    if (value.is_string()) return shown(std::string_view{value.get_string()});
    if (value.is_object() || value.is_array()) return std::string{kind_name(value)};
    return write_json(value);
}

} // namespace

std::unordered_map<boost::json::value const*, std::uint32_t> node_lines(std::string_view text,
                                                                        boost::json::value const& root) {
    std::unordered_map<boost::json::value const*, std::uint32_t> lines;
    line_walker{text, lines}.walk(root);
    return lines;
}

json_document::json_document(std::string_view text, std::string name, issue_list& issues)
    : name_(std::move(name)), issues_(&issues), root_(parse_json(text, {.source = name_, .repeated_keys = &repeated_})),
      lines_(node_lines(text, root_)) {
    if (repeated_ > 0) report_repeated(root_, {});
}

bool json_document::repeats(std::string_view key) const noexcept {
    return repeated_ > 0 && key.find(repeated_key_mark) != std::string_view::npos;
}

void json_document::report_repeated(boost::json::value const& value, std::string const& pointer) {
    if (auto const* array = value.if_array())
        for (std::size_t i = 0; i < array->size(); ++i)
            report_repeated((*array)[i], pointer_append(pointer, i));
    auto const* object = value.if_object();
    if (object == nullptr) return;
    for (auto const& member : *object) {
        std::string_view const key = member.key();
        auto const first = key.substr(0, key.find(repeated_key_mark));
        auto const place = pointer_append(pointer, first);
        if (repeats(key))
            issues_->error("json.duplicate_key", definition_place{name_, line_of(member.value()), place}.to_string(),
                           "the object names this key twice", shown(first), "each key once",
                           "Remove or rename one of the two; the other is on line " +
                               std::to_string(line_of(object->at(first))) + ".");
        report_repeated(member.value(), place);
    }
}

boost::json::value json_node::plain_value() const {
    if (is_array()) {
        boost::json::array result;
        for (auto const& element : elements())
            result.push_back(element.plain_value());
        return boost::json::value(std::move(result));
    }
    if (!is_object()) return *value_;
    boost::json::object result;
    for (auto const& [key, member] : members())
        result.emplace(key, member.plain_value());
    return boost::json::value(std::move(result));
}

std::uint32_t json_document::line_of(boost::json::value const& node) const noexcept {
    auto const at = lines_.find(&node);
    return at == lines_.end() ? 1 : at->second;
}

std::uint32_t json_node::line() const noexcept { return document_->line_of(*value_); }

definition_place json_node::definition() const { return {document_->name(), line(), pointer_}; }

void json_node::report_as_is(issue problem) const { document_->issues().add(std::move(problem)); }

void json_node::report(issue_list const& found) const {
    for (auto problem : found) {
        problem.place = document_->with_line(problem.place);
        document_->issues().add(std::move(problem));
    }
}

std::string json_document::with_line(std::string const& place) const {
    std::string const prefix = name_ + ":";
    if (place.compare(0, prefix.size(), prefix) != 0) return place;
    auto const pointer = place.find(" /", prefix.size());
    if (pointer == std::string::npos) return place;
    auto const end = std::min(place.find(' ', pointer + 1), place.size());
    auto const* node = find_pointer(root_, std::string_view{place}.substr(pointer + 1, end - pointer - 1));
    if (node == nullptr) return place;
    return prefix + std::to_string(line_of(*node)) + place.substr(pointer);
}

void json_node::error(std::string code, std::string message, std::string seen, std::string allowed,
                      std::string remedy) const {
    document_->issues().error(std::move(code), place(), std::move(message), std::move(seen), std::move(allowed),
                              std::move(remedy));
}

void json_node::warning(std::string code, std::string message, std::string seen, std::string allowed,
                        std::string remedy) const {
    document_->issues().warning(std::move(code), place(), std::move(message), std::move(seen), std::move(allowed),
                                std::move(remedy));
}

void json_node::wrong_kind(std::string_view wanted) const {
    error("plan.wrong_type", "the value has the wrong type", shown_value(*value_), std::string{wanted});
}

std::optional<std::string> json_node::text() const {
    if (auto const* string = value_->if_string()) return std::string{std::string_view{*string}};
    wrong_kind("a string");
    return std::nullopt;
}

std::optional<bool> json_node::boolean() const {
    if (auto const* flag = value_->if_bool()) return *flag;
    wrong_kind("true or false");
    return std::nullopt;
}

std::optional<std::int64_t> json_node::integer() const {
    if (auto const* number = value_->if_int64()) return *number;
    wrong_kind("an integer");
    return std::nullopt;
}

bool json_node::require_object() const {
    if (is_object()) return true;
    wrong_kind("an object");
    return false;
}

std::optional<json_node> json_node::find(std::string_view key) const {
    auto const* object = value_->if_object();
    if (object == nullptr) return std::nullopt;
    auto const* member = object->if_contains(key);
    if (member == nullptr) return std::nullopt;
    return json_node{*document_, *member, pointer_append(pointer_, key)};
}

std::optional<json_node> json_node::require(std::string_view key, std::string_view remedy) const {
    auto member = find(key);
    if (!member && is_object())
        error("plan.missing_key", "the key \"" + std::string{key} + "\" is missing", {}, {},
              remedy.empty() ? "Add it." : std::string{remedy});
    return member;
}

std::string json_node::text_or_empty(std::string_view key) const {
    auto const member = find(key);
    if (!member) return {};
    return member->text().value_or(std::string{});
}

std::vector<std::pair<std::string, json_node>> json_node::members() const {
    std::vector<std::pair<std::string, json_node>> result;
    auto const* object = value_->if_object();
    if (object == nullptr) return result;
    result.reserve(object->size());
    for (auto const& member : *object) {
        std::string_view const key = member.key();
        if (document_->repeats(key)) continue;
        result.emplace_back(std::string{key}, json_node{*document_, member.value(), pointer_append(pointer_, key)});
    }
    return result;
}

std::vector<json_node> json_node::elements() const {
    std::vector<json_node> result;
    auto const* array = value_->if_array();
    if (array == nullptr) return result;
    result.reserve(array->size());
    for (std::size_t i = 0; i < array->size(); ++i)
        result.emplace_back(*document_, (*array)[i], pointer_append(pointer_, i));
    return result;
}

std::vector<std::string> json_node::text_list(bool single_allowed) const {
    std::vector<std::string> result;
    if (single_allowed && is_string()) {
        result.push_back(*text());
        return result;
    }
    if (!is_array()) {
        wrong_kind(single_allowed ? "a string or an array of strings" : "an array of strings");
        return result;
    }
    for (auto const& element : elements())
        if (auto text = element.text()) result.push_back(std::move(*text));
    return result;
}

void json_node::check_keys(std::span<std::string_view const> known) const {
    for (auto const& [key, member] : members()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        member.error("plan.unknown_key", "this key means nothing here", shown(key), join_names(known),
                     did_you_mean(key, known));
    }
}

std::string shown(std::string_view text) { return v0::quoted(text); }

std::string did_you_mean(std::string_view name, std::span<std::string_view const> candidates) {
    auto const nearest = nearest_name(name, candidates);
    return nearest.empty() ? std::string{} : "Did you mean " + std::string{nearest} + "?";
}

std::string did_you_mean(std::string_view name, std::span<std::string const> candidates) {
    auto const nearest = nearest_name(name, candidates);
    return nearest.empty() ? std::string{} : "Did you mean " + std::string{nearest} + "?";
}

bool is_identifier(std::string_view name) noexcept {
    // cel-spec, "Syntax": RESERVED, and the literals and operators that are words.
    static constexpr std::array<std::string_view, 21> reserved{
        "as",  "break", "const",     "continue", "else",    "false",  "for",  "function", "if",   "import", "in",
        "let", "loop",  "namespace", "null",     "package", "return", "true", "var",      "void", "while"};
    auto const letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    if (name.empty() || name.size() > 128 || !letter(name.front())) return false;
    if (!std::all_of(name.begin(), name.end(), [&](char c) { return letter(c) || (c >= '0' && c <= '9'); }))
        return false;
    return std::find(reserved.begin(), reserved.end(), name) == reserved.end();
}

} // namespace detail
} // namespace v0
} // namespace segmenta
