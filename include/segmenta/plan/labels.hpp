// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_LABELS_HPP
#define SEGMENTA_PLAN_LABELS_HPP

/// \file
/// Label packs: what people read instead of ids, in their language. Labels are never keys and no part of a plan's hash.
///
/// A pack is a file `labels/<scheme>.<locale>.json`:
/// `{"scheme": "rfm", "locale": "zh-Hans", "labels": {"rfm.champions": "..."}}`.

#include <segmenta/error.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// The labels of one scheme in one locale.
struct label_pack {
    std::string scheme;
    std::string locale;                                      ///< BCP 47 tag such as `zh-Hans`
    std::vector<std::pair<std::string, std::string>> labels; ///< id such as `rfm.champions`, and text
};

/// Reads a pack from text. Issues (`labels.*`) carry `name:line /pointer`.
std::optional<label_pack> parse_label_pack(std::string_view text, std::string const& name, issue_list& issues);
/// Reads a pack file; `labels.unreadable` when it cannot be read.
std::optional<label_pack> read_label_pack(std::filesystem::path const& path, issue_list& issues);

/// The locales to look in for `locale`, in order: itself; itself with subtags taken off from the right
/// (`zh-Hant-TW`, `zh-Hant`, `zh`), where `zh-CN`, `zh-SG` and `zh` also mean `zh-Hans`, and `zh-TW`, `zh-HK` and
/// `zh-MO` also mean `zh-Hant`; then the other Chinese script; then `fallback` (a plan's own locale) and its parents;
/// then `en`. Each once.
std::vector<std::string> locale_chain(std::string_view locale, std::string_view fallback);

/// All labels of a plan.
///
/// Thread safety: concurrent reads are safe; `add` needs exclusive access.
class label_set {
public:
    label_set() = default;
    /// `fallback` is the locale after the one asked for.
    explicit label_set(std::string fallback) : fallback_(std::move(fallback)) {}

    /// Adds a pack; a label added later wins.
    void add(label_pack const& pack);

    /// The text of `id` in exactly this locale.
    [[nodiscard]] std::optional<std::string_view> find(std::string_view id, std::string_view locale) const noexcept;
    /// The text of `id` by the fallback order of `locale_chain`; the part of the id after the scheme's dot when no
    /// pack has it. The view lives as long as the set or `id`.
    [[nodiscard]] std::string_view label(std::string_view id, std::string_view locale) const;
    /// Locales that have at least one label, sorted.
    [[nodiscard]] std::vector<std::string> locales() const;
    /// Those of `ids` that have no text in exactly this locale, in the order given.
    [[nodiscard]] std::vector<std::string> missing(std::span<std::string const> ids, std::string_view locale) const;
    [[nodiscard]] bool empty() const noexcept { return texts_.empty(); }

private:
    std::string fallback_ = "en";
    std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> texts_; ///< locale, id, text
};

} // namespace v0
} // namespace segmenta

#endif
