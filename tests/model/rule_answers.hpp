// SPDX-License-Identifier: Apache-2.0
#ifndef SEGMENTA_TESTS_MODEL_RULE_ANSWERS_HPP
#define SEGMENTA_TESTS_MODEL_RULE_ANSWERS_HPP

// Rules over the columns of a data set: the tag_rules of expected_*.json.

#include <segmenta/rule/program.hpp>

#include "strategy/strategy_test.hpp"
#include "support/text_columns.hpp"

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace segmenta::test {

/// Columns of a file as variables of rules: `customer.<name>`. Days are texts as ISO 8601 writes them.
class rule_columns {
public:
    explicit rule_columns(text_columns const& file) : file_(&file) {}

    rule_columns& numbers(std::vector<std::string> const& names) {
        for (auto const& name : names) {
            names_.variable(name, float64_type);
            std::vector<std::optional<double>> values;
            for (double const v : file_->numbers(name))
                values.push_back(std::isnan(v) ? std::nullopt : std::optional(v));
            columns_.real(values);
        }
        return *this;
    }
    rule_columns& texts(std::vector<std::string> const& names) {
        for (auto const& name : names) {
            names_.variable(name, category_type);
            auto const& texts = file_->texts(name);
            columns_.texts({texts.begin(), texts.end()});
        }
        return *this;
    }
    rule_columns& days(std::string const& name, std::vector<std::int32_t> const& since_1970) {
        names_.variable(name, date_type);
        columns_.days({since_1970.begin(), since_1970.end()});
        return *this;
    }

    /// The rows for which a rule is true.
    [[nodiscard]] std::vector<std::size_t> where(std::string const& rule) {
        auto const compiled = compile_rule(rule, names_);
        auto const rows = columns_.rows();
        rule_scratch scratch;
        auto const answers = compiled.evaluate(rows, scratch);
        std::vector<std::size_t> out;
        for (std::size_t i = 0; i < rows.size; ++i)
            if (answers.is_true(i)) out.push_back(i);
        return out;
    }

private:
    text_columns const* file_;
    environment names_;
    frame columns_;
};

} // namespace segmenta::test

#endif
