// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_RULE_ORACLE_HPP
#define SEGMENTA_TESTS_RULE_ORACLE_HPP

// A deliberately naive third evaluator: walks the tree of the parser, knows no types in advance, folds nothing,
// compares with big rational numbers, takes text apart into characters, and uses the calendar of the standard library.

#include "rule/syntax.hpp"

#include <segmenta/rule/environment.hpp>
#include <segmenta/rule/evaluation.hpp>
#include <segmenta/rule/expression.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace segmenta::test {

struct datum {
    enum class family { boolean, integer, natural, real, decimal, date, instant, duration, text, set };
    status state = status::unknown;
    family what = family::boolean;
    std::int64_t integer = 0; // boolean, integer, units, days, microseconds
    std::uint64_t natural = 0;
    double real = 0;
    unsigned scale = 0;
    std::string unit;
    std::string text;
    std::vector<std::string> set;
};

/// What a rule answers for one row; `wanted` is the type the checked rule has.
rule_result oracle_answer(expression const& rule, environment const& names, std::vector<value> const& row, type wanted,
                          std::string& text_memory);

} // namespace segmenta::test

#endif
