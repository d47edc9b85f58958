// SPDX-License-Identifier: Apache-2.0
#include <segmenta/plan/labels.hpp>

#include <segmenta/base/text.hpp>

#include "base/file.hpp"
#include "plan/json_node.hpp"
#include "plan/keys.hpp"
#include "plan/locale.hpp"

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace {

constexpr std::size_t longest_pack = 16U << 20;

void add_once(std::vector<std::string>& chain, std::string_view locale) {
    if (!locale.empty() && std::find(chain.begin(), chain.end(), locale) == chain.end()) chain.emplace_back(locale);
}

/// The script a Chinese tag without script subtag implies (Unicode CLDR, likely subtags); empty for other languages.
std::string_view implied_script(std::string_view locale) {
    struct implied {
        std::string_view tag;
        std::string_view script;
    };
    static constexpr std::array<implied, 6> known{{{"zh", "zh-Hans"},
                                                   {"zh-CN", "zh-Hans"},
                                                   {"zh-SG", "zh-Hans"},
                                                   {"zh-TW", "zh-Hant"},
                                                   {"zh-HK", "zh-Hant"},
                                                   {"zh-MO", "zh-Hant"}}};
    for (auto const& [tag, script] : known)
        if (equal_ignore_case(tag, locale)) return script;
    return {};
}

void add_with_parents(std::vector<std::string>& chain, std::string_view locale) {
    while (!locale.empty()) {
        add_once(chain, locale);
        add_once(chain, implied_script(locale));
        auto const dash = locale.rfind('-');
        if (dash == std::string_view::npos) break;
        locale = locale.substr(0, dash);
    }
    bool const simplified = std::find(chain.begin(), chain.end(), "zh-Hans") != chain.end();
    bool const traditional = std::find(chain.begin(), chain.end(), "zh-Hant") != chain.end();
    if (simplified) add_once(chain, "zh-Hant");
    if (traditional) add_once(chain, "zh-Hans");
}

void read_labels(detail::json_node const& labels, label_pack& pack) {
    if (!labels.require_object()) return;
    std::string const prefix = pack.scheme + ".";
    for (auto const& [id, node] : labels.members()) {
        auto text = node.text();
        if (!text) continue;
        if (id.size() <= prefix.size() || id.compare(0, prefix.size(), prefix) != 0 ||
            !detail::is_printable_ascii(id)) {
            node.error("labels.bad_id", "a label id is the scheme, a dot and the id of a segment, in ASCII",
                       detail::shown(id), prefix + "...");
            continue;
        }
        if (trim(*text).empty()) {
            node.error("labels.empty", "a label must say something", detail::shown(*text), {},
                       "Write the text that people read, or leave the id out.");
            continue;
        }
        pack.labels.emplace_back(id, std::move(*text));
    }
}

} // namespace

namespace detail {

bool is_printable_ascii(std::string_view text) noexcept {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

bool is_locale(std::string_view tag) noexcept {
    // BCP 47 (RFC 5646), loosely: subtags of one to eight letters and digits, the first two to eight letters.
    std::size_t subtag = 0;
    bool first = true;
    for (char const c : tag) {
        if (c == '-') {
            if (subtag == 0 || (first && subtag < 2)) return false;
            first = false;
            subtag = 0;
            continue;
        }
        bool const letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (!letter && (first || c < '0' || c > '9')) return false;
        if (++subtag > 8) return false;
    }
    return subtag >= (first ? 2U : 1U);
}

} // namespace detail

std::optional<label_pack> parse_label_pack(std::string_view text, std::string const& name, issue_list& issues) {
    issue_list found;
    label_pack pack;
    try {
        detail::json_document document(text, name, found);
        auto const root = document.root();
        if (root.require_object()) {
            root.check_keys(detail::key_names(detail::label_pack_keys));
            if (auto const scheme = root.require("scheme")) pack.scheme = scheme->text().value_or(std::string{});
            if (auto const locale = root.require("locale")) {
                pack.locale = locale->text().value_or(std::string{});
                if (locale->is_string() && !detail::is_locale(pack.locale))
                    locale->error("labels.bad_locale", "this is no language tag", detail::shown(pack.locale),
                                  "BCP 47 tags such as en, zh-Hans, zh-Hant");
            }
            if (auto const labels = root.require("labels")) read_labels(*labels, pack);
        }
    } catch (issue_error const& error) {
        found.append(error.issues());
    }
    issues.append(found);
    if (found.has_errors()) return std::nullopt;
    return pack;
}

std::optional<label_pack> read_label_pack(std::filesystem::path const& path, issue_list& issues) {
    try {
        return parse_label_pack(detail::read_file(path, longest_pack), path.string(), issues);
    } catch (issue_error const& error) {
        for (auto problem : error.issues()) {
            problem.code = "labels.unreadable";
            issues.add(std::move(problem));
        }
        return std::nullopt;
    }
}

std::vector<std::string> locale_chain(std::string_view locale, std::string_view fallback) {
    std::vector<std::string> chain;
    add_with_parents(chain, locale);
    add_with_parents(chain, fallback);
    add_once(chain, "en");
    return chain;
}

void label_set::add(label_pack const& pack) {
    auto& texts = texts_[pack.locale];
    for (auto const& [id, text] : pack.labels)
        texts.insert_or_assign(id, text);
}

std::optional<std::string_view> label_set::find(std::string_view id, std::string_view locale) const noexcept {
    auto const texts = texts_.find(locale);
    if (texts == texts_.end()) return std::nullopt;
    auto const at = texts->second.find(id);
    if (at == texts->second.end()) return std::nullopt;
    return at->second;
}

std::string_view label_set::label(std::string_view id, std::string_view locale) const {
    if (!texts_.empty())
        for (auto const& candidate : locale_chain(locale, fallback_))
            if (auto const text = find(id, candidate)) return *text;
    auto const dot = id.find('.');
    return dot == std::string_view::npos ? id : id.substr(dot + 1);
}

std::vector<std::string> label_set::locales() const {
    std::vector<std::string> result;
    for (auto const& [locale, texts] : texts_)
        if (!texts.empty()) result.push_back(locale);
    return result;
}

std::vector<std::string> label_set::missing(std::span<std::string const> ids, std::string_view locale) const {
    std::vector<std::string> result;
    for (auto const& id : ids)
        if (!find(id, locale)) result.push_back(id);
    return result;
}

} // namespace v0
} // namespace segmenta
