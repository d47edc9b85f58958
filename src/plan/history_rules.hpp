// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_PLAN_HISTORY_RULES_HPP
#define SEGMENTA_PLAN_HISTORY_RULES_HPP

// Histories in rules: `orders.within('P90D').where(o, o.city == 'Leeds').sum('amount') > 100`. What a rule asks of a
// history is a feature like those under `/columns`: it becomes a column nobody named, and the rule reads that column.
// So batches, requests, explanations and `valid_until` treat both alike, and rules that ask the same share one column.

#include <segmenta/error.hpp>
#include <segmenta/feature/feature.hpp>
#include <segmenta/rule/expression.hpp>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta {
inline namespace v0 {
namespace detail {

// A rule whose questions to histories are names of columns.
struct history_rule {
    expression rule;
    std::vector<feature_request> features; // each once, in the order of the rule
};

// The name of the column: the question itself, in one spelling.
std::string implied_name(feature_request const& feature);

// `is_column`: names that are columns or attributes, and so no histories. `record`: what may stand before a name.
// Issues: `rule.history`, at `place` with line and column.
history_rule without_histories(expression const& rule, std::function<bool(std::string const&)> const& is_column,
                               std::string_view record, issue_list& issues, std::string_view place);

} // namespace detail
} // namespace v0
} // namespace segmenta

#endif
