// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_SEGMENTER_CUSTOMER_EXPLANATION_HPP
#define SEGMENTA_SEGMENTER_CUSTOMER_EXPLANATION_HPP

/// \file
/// Why a customer has a tag or a segment or has not: every condition with what was seen and what was needed, what is
/// not known, and the nearest change that would turn the answer. `segmenter::explain` makes it.

#include <segmenta/record/status.hpp>
#include <segmenta/rule/explanation.hpp>
#include <segmenta/rule/nearest_change.hpp>
#include <segmenta/tag/tag_definition.hpp>
#include <segmenta/time/instant.hpp>
#include <segmenta/time/zone.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {

/// What an explanation goes into.
struct explain_options {
    bool nearest = true;                ///< look for the nearest change of a yes-or-no column
    std::vector<std::string> immutable; ///< attributes and columns that cannot change: age, gender, birth date
    std::size_t most_levels = 8;        ///< of columns that are made of columns
};

/// One column of one customer, explained.
///
/// Thread safety: a plain value; it borrows nothing.
struct column_explanation {
    std::string column;      ///< `tag.vip`
    localized_text titles;   ///< of a tag
    localized_text meanings; ///< likewise; of other columns their `meaning` under the plan's locale
    status state = status::unknown;
    std::string value; ///< `true`, `champions`, `12.50 CNY`; empty when there is none
    instant valid_until = instant::never();
    std::optional<explanation> why;        ///< of rules
    std::optional<explanation> applies_to; ///< of columns that are not for everybody
    std::string reason;                    ///< of strategies, and which values stood in for missing ones
    /// Where the answer is unknown: the least sets of missing variables of the rule that would decide it.
    std::vector<std::vector<std::string>> deciding;
    std::optional<nearest_change> change;    ///< of rules that are known, and of unknown ones towards true
    std::vector<column_explanation> made_of; ///< columns of the plan that the rule reads: rules and strategies
};

/// A column of a customer at a moment.
struct customer_explanation {
    std::string plan;    ///< id
    std::string version; ///< `segmenter::hash()`
    instant as_of{};
    zone where{}; ///< the plan's
    column_explanation answer;
};

/// As JSON with stable names and order of members; empty ones are left out. `indent` as spaces per level, 0 for one
/// line.
[[nodiscard]] std::string to_json(customer_explanation const& why, std::size_t indent = 0);

/// As lines for people, in English or Chinese (`locale`: `en`, `zh-Hans`, …; others are English):
///
///     tag.vip is false until 2024-07-01T00:00:00+08:00
///     ✗ sum of amount of orders in the last 30 days > 1000 CNY and level ≥ 3
///       ✗ sum of amount of orders in the last 30 days > 1000 CNY: is 870.00 CNY, more than 130.00 CNY more needed
///       (decides) ✓ level ≥ 3: is 4
///     To change it: …
[[nodiscard]] std::string to_text(customer_explanation const& why, std::string_view locale = "en");

} // namespace v0
} // namespace segmenta

#endif
