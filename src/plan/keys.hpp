// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_KEYS_HPP
#define SEGMENTA_PLAN_KEYS_HPP

// The keys of each object of a plan file, once: the reader refuses others with these, and tests compare them with
// docs/plan.schema.json and docs/plans.md.

#include <span>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

struct key_info {
    std::string_view name;
    bool required = false;
};

inline constexpr key_info plan_keys[]{
    {"$schema"}, {"segmenta", true}, {"id", true}, {"title"},        {"zone"},          {"currency"}, {"labels"},
    {"locale"},  {"sources"},        {"identity"}, {"when_missing"}, {"columns"}, {"tags"}, {"taxonomy"},
    {"outputs"},
};

inline constexpr key_info source_keys[]{
    {"kind"},  {"format"},   {"fields", true}, {"customer", true}, {"same_as"}, {"time"},
    {"order"}, {"event_id"}, {"derive"},       {"cancelled"},      {"reject"},
};

inline constexpr key_info identity_keys[]{{"keys"}, {"priority"}};

inline constexpr key_info identity_key_keys[]{{"of"}, {"at_most", true}, {"never"}};

inline constexpr key_info csv_format_keys[]{
    {"type"}, {"encoding"}, {"delimiter"}, {"quote"}, {"header"}, {"names"}, {"missing"}, {"trim"}, {"comment"},
};

inline constexpr key_info jsonl_format_keys[]{{"type"}, {"missing"}};

inline constexpr key_info field_keys[]{
    {"type", true}, {"column"}, {"position"}, {"format"}, {"units"}, {"half_width"}, {"minimum"}, {"maximum"},
    {"sensitivity"}, {"purposes"},
};

inline constexpr key_info rule_keys[]{{"rule", true}, {"applies_to"}, {"meaning"}, {"source"}};

inline constexpr key_info feature_keys[]{
    {"feature", true}, {"of", true},  {"field"}, {"window"},  {"until"},  {"from"},   {"to"},         {"calendar"},
    {"where"},         {"half_life"}, {"every"}, {"periods"}, {"steps"},  {"within"}, {"applies_to"}, {"meaning"},
    {"source"},
};

// The keys every strategy has; the others are its mechanism's.
inline constexpr key_info strategy_keys[]{
    {"strategy", true}, {"of"}, {"scheme"}, {"applies_to"}, {"meaning"}, {"source"},
};

inline constexpr key_info tag_keys[]{
    {"kind"},     {"rule"},        {"column"},    {"applies_to"}, {"in"},        {"title"}, {"meaning"}, {"owner"},
    {"purposes"}, {"sensitivity"}, {"valid_for"}, {"refresh"},    {"half_life"}, {"source"},
};

inline constexpr key_info taxonomy_keys[]{
    {"title"}, {"dimension"}, {"order"}, {"otherwise"}, {"unknown"}, {"children"},
};

inline constexpr key_info label_pack_keys[]{{"scheme", true}, {"locale", true}, {"labels", true}};

inline std::vector<std::string_view> key_names(std::span<key_info const> keys) {
    std::vector<std::string_view> names;
    names.reserve(keys.size());
    for (auto const& key : keys)
        names.push_back(key.name);
    return names;
}

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
