// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_BOTH_EVALUATORS_HPP
#define SEGMENTA_TESTS_RULE_BOTH_EVALUATORS_HPP

// What a rule answers about one row, alone and among others.

#include "rule/support.hpp"
#include "support/catch.hpp"

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segmenta::test {

/// The answer about `row` of both evaluators, which must agree, or `refused <codes>`. The block also has a row of which
/// nothing is known, whose answer must be that about no values.
inline std::string answer_of_both(std::string_view text, environment const& names, std::vector<value> const& row) {
    issue_list issues;
    auto const made = compile_rule(text, names, issues);
    if (!made) {
        std::string codes = "refused";
        for (auto const& problem : issues)
            codes += " " + problem.code;
        return codes;
    }
    rule_scratch scratch;
    std::string const one = show(made->evaluate(std::span<value const>(row), scratch));
    table_of_values const table(names, {std::vector<value>(names.size()), row, row});
    rule_scratch other;
    auto const many = made->evaluate(table.all(), other);
    CHECK(show(row_of(many, 1)) == one);
    CHECK(show(row_of(many, 2)) == one);
    CHECK(show(row_of(many, 0)) == show(made->evaluate(std::span<value const>(), scratch)));
    return one;
}

/// Rules with their answers.
inline void check_answers(environment const& names, std::vector<value> const& row,
                          std::vector<std::pair<std::string, std::string>> const& table) {
    for (auto const& [text, expected] : table) {
        INFO(text);
        CHECK(answer_of_both(text, names, row) == expected);
    }
}

} // namespace segmenta::test

#endif
