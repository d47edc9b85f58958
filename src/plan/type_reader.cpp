// SPDX-License-Identifier: Apache-2.0
// Reads the type of a field.
#include "plan/reader.hpp"

#include <segmenta/base/text.hpp>
#include <segmenta/record/money.hpp>
#include <segmenta/record/type.hpp>

#include <array>
#include <utility>

namespace segmenta {
inline namespace v0 {
namespace detail {
namespace {

/// What other systems call the types, and what the parentheses take.
std::string type_meant(std::string_view base, std::string nearest) {
    if (base == "decimal") return "Say the digits after the point, 0 to 18: decimal(2).";
    if (base == "money") return "Say the currency, and digits after the point if there are others: money(GBP,3).";
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 17> others{{{"int", "int64"},
                                                                                           {"integer", "int64"},
                                                                                           {"long", "int64"},
                                                                                           {"bigint", "int64"},
                                                                                           {"number", "double"},
                                                                                           {"float", "double"},
                                                                                           {"real", "double"},
                                                                                           {"text", "string"},
                                                                                           {"str", "string"},
                                                                                           {"varchar", "string"},
                                                                                           {"datetime", "instant"},
                                                                                           {"timestamp", "instant"},
                                                                                           {"time", "instant"},
                                                                                           {"boolean", "bool"},
                                                                                           {"enum", "category"},
                                                                                           {"list", "set"},
                                                                                           {"array", "set"}}};
    for (auto const& [other, own] : others)
        if (equal_ignore_case(base, other)) return "Did you mean " + std::string{own} + "?";
    return nearest;
}

} // namespace

std::optional<type> read_type(json_node const& node, plan_parts const& parts) {
    auto const text = node.text();
    if (!text) return std::nullopt;
    std::string full = *text;
    if (full == "money" || full.rfind("money(", 0) == 0) {
        bool const scale_only = full == "money" || (full.size() > 6 && full[6] >= '0' && full[6] <= '9');
        if (scale_only && parts.currency_code == unusable_currency) return std::nullopt; // said already
        if (scale_only && parts.currency_code.empty()) {
            node.error("plan.bad_type", "money without a currency, and the plan names none", shown(*text), {},
                       "Write money(EUR), or give the plan a \"currency\".");
            return std::nullopt;
        }
        if (scale_only)
            full = full == "money" ? "money(" + parts.currency_code + ")"
                                   : "money(" + parts.currency_code + "," + full.substr(6);
    }
    auto const what = parse_type(full);
    if (!what && full.rfind("money(", 0) == 0 && full.back() == ')') {
        auto const unit = std::string_view{full}.substr(6, full.find_first_of(",)") - 6);
        issue_list issues;
        (void)parse_currency(unit, node.place(), issues);
        node.report(issues);
        if (!issues.empty()) return std::nullopt;
    }
    if (!what) {
        static constexpr std::array<std::string_view, 11> names{
            "bool", "int64", "double", "decimal", "money", "date", "instant", "duration", "string", "category", "set"};
        std::string_view const base = std::string_view{full}.substr(0, full.find('('));
        node.error("plan.bad_type", "this is no type", shown(*text), std::string{type_examples},
                   type_meant(base, did_you_mean(base, names)));
    }
    return what;
}

} // namespace detail
} // namespace v0
} // namespace segmenta
