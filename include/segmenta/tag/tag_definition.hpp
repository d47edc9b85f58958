// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TAG_TAG_DEFINITION_HPP
#define SEGMENTA_TAG_TAG_DEFINITION_HPP

/// \file
/// What a tag is, as plain data: how it comes about, where it stands in the taxonomy, what it means, who answers for
/// it, for whom and for what it may be used, and how long it holds. Definitions are checked together, as a `taxonomy`
/// (tag/taxonomy.hpp); what one customer holds is a `tag_state` (tag/tag_state.hpp).
///
/// Sources. Kinds by production: convertlab.com industryinsight 20220324-1112 (fact, rule, model tags). The two ways to
/// refresh: volcengine.com docs 7139/191751 ("keep empty when the result is empty", "keep the value of history"). The
/// name of a tag is its code and never changes, its titles may: volcengine.com docs 6285.

#include <segmenta/record/schema.hpp>
#include <segmenta/time/period.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// How a tag comes about.
enum class tag_kind : std::uint8_t {
    fact,      ///< taken from the record as it is: city, birth year
    rule,      ///< a condition that people agreed on: two orders within 30 days
    statistic, ///< computed from history: active days of the last 7
    model,     ///< estimated: a probability, a cluster
    manual,    ///< given by people or by an interface, never computed
};

/// Stable ASCII id.
constexpr std::string_view to_string(tag_kind kind) noexcept {
    switch (kind) {
    case tag_kind::fact: return "fact";
    case tag_kind::rule: return "rule";
    case tag_kind::statistic: return "statistic";
    case tag_kind::model: return "model";
    case tag_kind::manual: return "manual";
    }
    return "rule";
}
/// What `to_string` gives; else nothing.
[[nodiscard]] std::optional<tag_kind> parse_tag_kind(std::string_view text) noexcept;

/// What a computation does to a customer who held the tag and no longer matches. An unknown answer never takes a tag
/// away, whichever it is.
enum class tag_refresh : std::uint8_t {
    clear, ///< the tag is removed
    keep,  ///< the tag stays until its validity ends, or until another one of its exclusive dimension takes its place
};

/// Stable ASCII id.
constexpr std::string_view to_string(tag_refresh refresh) noexcept {
    return refresh == tag_refresh::keep ? "keep" : "clear";
}
/// What `to_string` gives; else nothing.
[[nodiscard]] std::optional<tag_refresh> parse_tag_refresh(std::string_view text) noexcept;

/// One text in several languages: pairs of a BCP 47 tag such as `zh-Hans` and the text.
using localized_text = std::vector<std::pair<std::string, std::string>>;

/// The text in `locale`: of exactly this locale, else of its nearest parent (`zh-Hans-CN`, `zh-Hans`, `zh`), else of
/// any locale of the same language, else English, else the first; empty when there is none. The view refers to `texts`.
[[nodiscard]] std::string_view text_in(localized_text const& texts, std::string_view locale) noexcept;

/// Whether `name` can name a tag or a node of the taxonomy: 1 to 255 bytes of UTF-8 without control characters,
/// backquotes and `/`, and without blanks at its ends.
[[nodiscard]] bool is_tag_name(std::string_view name) noexcept;

/// One tag.
///
/// Thread safety: a plain value.
struct tag_definition {
    std::string name{};             ///< the tag's code, unique among all tags; it never changes, see `is_tag_name`
    tag_kind kind = tag_kind::rule; ///< how it comes about
    std::string rule{};             ///< the condition in CEL; empty: the tag is not given by a rule
    std::string column{};           ///< the column or attribute whose value is the tag's value; empty: a yes or no
    std::string in{};               ///< its place: path of a node, levels joined by `/`; empty: at no node
    localized_text titles{};        ///< what people read instead of the name
    localized_text meanings{};      ///< what it says about the customer, in words of the business
    std::string owner{};            ///< who answers for it
    std::string source{};           ///< where the definition or its threshold comes from, or `example`
    sensitivity level = sensitivity::open; ///< how delicate the tag is, when `says_level`
    bool says_level = false;               ///< false: as delicate as the most delicate field it reads
    std::vector<std::string> purposes{};   ///< ids of the purposes it may serve; empty: those of all fields it reads
    std::optional<period> valid_for{}; ///< without being confirmed again it ends so long after the last confirmation
    tag_refresh refresh = tag_refresh::clear; ///< what happens when the customer no longer matches
    std::optional<period> half_life{};        ///< of the tag's weight (tag/tag_weight.hpp); absent: it has no weight
    std::string applies_to{};                 ///< the kind of customer it is for; empty: everybody

    friend bool operator==(tag_definition const&, tag_definition const&) = default;
};

/// How the tags directly at a node exclude each other.
enum class dimension_kind : std::uint8_t {
    none,      ///< the node only groups
    exclusive, ///< a customer holds at most one of them: the first in the node's order that fits
    multi,     ///< a customer may hold several
};

/// Stable ASCII id.
constexpr std::string_view to_string(dimension_kind kind) noexcept {
    switch (kind) {
    case dimension_kind::none: return "none";
    case dimension_kind::exclusive: return "exclusive";
    case dimension_kind::multi: return "multi";
    }
    return "none";
}
/// What `to_string` gives; else nothing.
[[nodiscard]] std::optional<dimension_kind> parse_dimension_kind(std::string_view text) noexcept;

/// One node of the taxonomy, with everything below it.
///
/// Thread safety: a plain value.
struct taxonomy_node {
    std::string name{};                         ///< unique among its siblings, see `is_tag_name`
    localized_text titles{};                    ///< what people read instead of the name
    dimension_kind kind = dimension_kind::none; ///< whether the tags at this node are the values of one dimension
    /// Of an exclusive dimension: the names of all its tags but `otherwise` and `unknown`, the one that wins first.
    std::vector<std::string> order{};
    std::string otherwise{}; ///< tag given when every value's answer is known and is no; empty: none
    std::string unknown{};   ///< tag given when nothing else holds, since an answer is not known; empty: none
    std::vector<taxonomy_node> children{};

    friend bool operator==(taxonomy_node const&, taxonomy_node const&) = default;
};

} // namespace v0
} // namespace segmenta

#endif
