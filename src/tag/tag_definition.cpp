// SPDX-License-Identifier: Apache-2.0
#include <segmenta/base/text.hpp>
#include <segmenta/tag/tag_definition.hpp>

#include <algorithm>
#include <initializer_list>

namespace segmenta {
inline namespace v0 {
namespace {

template <class Enum>
std::optional<Enum> parse_one_of(std::string_view text, std::initializer_list<Enum> all) noexcept {
    auto const found = std::find_if(all.begin(), all.end(), [&](Enum e) { return to_string(e) == text; });
    if (found == all.end()) return std::nullopt;
    return *found;
}

std::string_view language_of(std::string_view locale) noexcept { return locale.substr(0, locale.find('-')); }

template <class Matches>
std::optional<std::string_view> find_text(localized_text const& texts, Matches matches) noexcept {
    auto const found = std::find_if(texts.begin(), texts.end(), [&](auto const& text) { return matches(text.first); });
    if (found == texts.end()) return std::nullopt;
    return found->second;
}

} // namespace

std::optional<tag_kind> parse_tag_kind(std::string_view text) noexcept {
    return parse_one_of(text, {tag_kind::fact, tag_kind::rule, tag_kind::statistic, tag_kind::model, tag_kind::manual});
}

std::optional<tag_refresh> parse_tag_refresh(std::string_view text) noexcept {
    return parse_one_of(text, {tag_refresh::clear, tag_refresh::keep});
}

std::optional<dimension_kind> parse_dimension_kind(std::string_view text) noexcept {
    return parse_one_of(text, {dimension_kind::none, dimension_kind::exclusive, dimension_kind::multi});
}

std::string_view text_in(localized_text const& texts, std::string_view locale) noexcept {
    for (std::string_view name = locale; !name.empty();) {
        if (auto const found = find_text(texts, [&](std::string_view l) { return equal_ignore_case(l, name); }))
            return *found;
        auto const dash = name.rfind('-');
        name = dash == std::string_view::npos ? std::string_view{} : name.substr(0, dash);
    }
    auto const speaks = [&](std::string_view language) {
        return find_text(texts, [=](std::string_view l) { return equal_ignore_case(language_of(l), language); });
    };
    if (auto const found = speaks(language_of(locale))) return *found;
    if (auto const found = speaks("en")) return *found;
    return texts.empty() ? std::string_view{} : std::string_view{texts.front().second};
}

bool is_tag_name(std::string_view name) noexcept {
    if (name.empty() || name.size() > 255 || trim(name) != name || !is_valid_utf8(name)) return false;
    return std::none_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '`' || c == '/';
    });
}

} // namespace v0
} // namespace segmenta
