// SPDX-License-Identifier: Apache-2.0
// Reads `/when_missing`: what to do about customers who lack an attribute.
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>

#include <algorithm>
#include <array>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// Requests remember in one 64-bit word which values stand in.
constexpr std::size_t most_policies = 64;
constexpr std::string_view forms = "\"keep\", \"drop\", \"median\", \"mode\", {\"constant\": value}";

void read_policy(std::string const& attribute, json_node const& node, plan_parts& parts) {
    missing_policy policy{attribute, missing_action::constant, {}, node.definition()};
    if (node.is_object()) {
        static constexpr std::array<std::string_view, 1> keys{"constant"};
        node.check_keys(keys);
        auto const constant = node.require("constant");
        if (!constant) return;
        policy.constant = write_json(constant->value());
        parts.when_missing.push_back(std::move(policy));
        return;
    }
    if (!node.is_string()) return node.wrong_kind(forms);
    auto const text = *node.text();
    if (text == "keep") return;
    for (auto const what : {missing_action::drop, missing_action::median, missing_action::mode}) {
        if (to_string(what) != text) continue;
        policy.what = what;
        parts.when_missing.push_back(std::move(policy));
        return;
    }
    static constexpr std::array<std::string_view, 4> names{"keep", "drop", "median", "mode"};
    node.error("plan.unknown_name", "there is no such way to treat missing values", shown(text), std::string{forms},
               did_you_mean(text, names));
}

} // namespace

void read_when_missing(json_node const& policies, plan_parts& parts) {
    if (!policies.require_object()) return;
    for (auto const& [attribute, node] : policies.members())
        read_policy(attribute, node, parts);
    std::sort(parts.when_missing.begin(), parts.when_missing.end(),
              [](auto const& a, auto const& b) { return a.attribute < b.attribute; });
    if (parts.when_missing.size() > most_policies)
        policies.error("plan.bad_missing", "too many attributes have a policy",
                       std::to_string(parts.when_missing.size()), "at most " + std::to_string(most_policies));
}

} // namespace detail
} // namespace v0
} // namespace segmenta
